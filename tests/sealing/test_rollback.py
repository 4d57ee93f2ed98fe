"""A restored backup closes the index until two people have let it go, and stays provable."""

import asyncio
import shutil
import subprocess
import time
from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from demo.issuer import Issuer
from demo.postgres import Postgres
from index_service.commands.seal import policy_lines
from index_service.log.second_place import PlaceUnfit
from index_service.opening import second_reading
from index_service.services.gate import Standing
from index_service.services.sealing_log.anew import NotReleased
from index_service.services.sealing_log.growing import RolledBack
from index_service.services.sealing_log.running import End, seal_anew
from index_verify.live import check_live
from index_verify.policy import Policy
from index_verify.words import Verdict
from tests.authority import Founded
from tests.sealing.restored import (
    RELEASES,
    BackedUp,
    Restored,
    backed_up,
    begun_anew,
    restored_from,
    sealed,
    suspend,
)
from tests.sealing.test_command import COMMAND, variables
from tests.stories.asking import NO_WHY, refused
from tests.stories.made import by_name, day
from tests.stories.test_log_proofs import live
from tests.stories.test_silence import outward


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def backup(
    postgres: Postgres,
    founded: Founded,
    issuer: Issuer,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[BackedUp]:
    async with backed_up(postgres, founded, issuer, tmp_path_factory.mktemp("backup")) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def restored(backup: BackedUp, issuer: Issuer, tmp_path: Path) -> AsyncIterator[Restored]:
    async with restored_from(backup, issuer, tmp_path) as now:
        yield now


async def approved(restored: Restored) -> UUID:
    """Have a release asked and approved; return the approval's entry."""
    release_id = await restored.release("manager")
    answer = await restored.approve("auditor", release_id)
    assert answer.status_code == 200, answer.text
    assert restored.ask.receipt_of(answer) == answer.json()["entry_id"]
    return UUID(answer.json()["entry_id"])


# Whoever may not


async def test_nobody_else_releases_a_restored_index(restored: Restored) -> None:
    refused(await restored.stated(None), 401, "not_authenticated")
    refused(await restored.stated("suspended_manager"), 403, "account_suspended")
    for who in ("social_worker", "schools_feed", "schools_auditor"):
        refused(await restored.stated(who), 403, "role_not_allowed")
        refused(await restored.approve(who, str(uuid4())), 403, "role_not_allowed")
    path = f"{RELEASES}/{uuid4()}"
    refused(await restored.ask("teacher", "GET", path, why=NO_WHY), 403, "role_not_allowed")
    refused(await restored.ask("manager", "GET", path, why=NO_WHY), 404, "not_disclosed")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"shields": "re_entered"}, "field_missing"),
        ({"shields": "yes", "withdrawals": "none_since", "suspensions": "none_since"},
         "field_invalid"),
    ],
)  # fmt: skip
async def test_what_was_entered_again_is_stated_in_full(
    restored: Restored, body: dict[str, str], code: str
) -> None:
    refused(await restored.stated("manager", body), 422, code)


# Closed


async def test_a_restored_index_shows_no_child_to_anybody(
    restored: Restored, backup: BackedUp
) -> None:
    """The child shielded since the backup is not shielded here: nobody is told."""
    ask, path = restored.ask, f"/v1/children/{backup.child_id}"
    assert restored.closed
    for who in ("social_worker", "manager", "override_holder"):
        refused(await ask(who, "POST", "/v1/lookups", by_name(backup.child)), 503, "index_restored")
        there, none = await ask.read(who, backup.child_id), await ask.read(who, str(uuid4()))
        refused(there, 503, "index_restored")
        assert outward(there) == outward(none)
        refused(await ask(who, "POST", f"{path}/override", {}), 422, "field_missing")
    refused(await ask("manager", "GET", "/v1/holds", why=NO_WHY), 503, "index_restored")
    refused(await ask.supply("schools_feed", "schools/one", b"{}"), 503, "index_restored")
    lift = {"shield_id": str(uuid4())}
    refused(await ask("manager", "POST", f"{path}/shield/lift", lift), 503, "index_restored")
    batch = {"subjects": [{"purpose": "safeguard", "reason": "review",
                           "lookup": by_name(backup.child)}]}  # fmt: skip
    (answer,) = (await ask("teacher", "POST", "/v1/lookups/batch", batch)).json()["answers"]
    assert answer["code"] == "index_restored"


async def test_a_refusal_is_plain_and_stands_in_the_log(
    restored: Restored, backup: BackedUp
) -> None:
    entry = await restored.ask.entry(await restored.ask.read("teacher", backup.child_id))
    assert (entry["outcome"], entry["code"]) == ("refused", "index_restored")


async def test_what_was_decided_since_can_be_entered_again(
    restored: Restored, backup: BackedUp
) -> None:
    ask = restored.ask
    await ask.shield(backup.child_id, day(-30))
    assert (await suspend(ask, "housing_officer")).status_code == 204
    assert (await ask("teacher", "GET", "/v1/me", why=NO_WHY)).status_code == 200
    assert (await ask("teacher", "GET", "/v1/log/heads", why=NO_WHY)).status_code == 200
    await restored.look()
    assert restored.closed


async def test_a_restored_index_stays_closed_when_started_again(
    restored: Restored, backup: BackedUp, issuer: Issuer, tmp_path: Path
) -> None:
    """And however much is entered: the tree does not grow, for nothing is sealed."""
    await restored.beside.append(40)
    with pytest.raises(RolledBack):
        await restored.beside.rounds.round()
    database = restored.ask.served.database
    async with restored_from(backup, issuer, tmp_path, database=database) as again:
        refused(await again.ask.read("manager", backup.child_id), 503, "index_restored")


async def test_another_tree_of_the_same_size_is_closed_too(restored: Restored) -> None:
    gate, beside = restored.ask.served.index.gate, restored.beside
    assert gate is not None
    head = await beside.head()
    shard = await beside.value("select max(shard) from leaf")
    size = await beside.value("select count(*) from leaf")
    assert (shard, gate.standing) == (head.shard, Standing.BEHIND)
    made = "insert into leaf select 'northmere', $1, n, sha256(n::text::bytea), null, '\\x00'"
    await beside.sql(f"{made} from generate_series($2::bigint, $3) n", shard, size, head.size + 20)
    await restored.look()
    assert gate.standing is Standing.BEHIND


async def test_a_second_place_nobody_can_read_opens_nothing(
    restored: Restored, backup: BackedUp, issuer: Issuer, tmp_path: Path
) -> None:
    """At the start it is not known; once known, that holds for a while."""
    place = restored.beside.settings.second_place
    place.rename(place.with_name("elsewhere"))
    database = restored.ask.served.database
    async with restored_from(backup, issuer, tmp_path, database=database) as again:
        refused(await again.ask.read("manager", backup.child_id), 503, "index_restored")
        refused(await again.stated("manager"), 409, "state_conflict")
    place.write_text("not a head")
    place.chmod(0o600)
    await restored.look()
    assert restored.closed
    gate = restored.ask.served.index.gate
    assert gate is not None
    assert gate.standing is Standing.BEHIND


# Released


async def test_two_people_and_the_sealer_open_it_again(
    restored: Restored, backup: BackedUp
) -> None:
    ask, beside = restored.ask, restored.beside
    follows = await beside.head()
    await ask.shield(backup.child_id, day(-30))
    release_id = await restored.release()
    waiting = (await ask("auditor", "GET", f"{RELEASES}/{release_id}", why=NO_WHY)).json()
    assert (waiting["state"], waiting["entry_id"]) == ("waiting", None)
    assert (waiting["follows_shard"], waiting["follows_size"]) == (follows.shard, follows.size)
    entry = await approved_by(restored, "auditor", release_id)
    await restored.look()
    assert restored.closed  # until the sealer has begun anew
    await begun_anew(restored, entry)
    assert not restored.closed
    head = await beside.checked()
    assert head.shard == follows.shard + 1
    first = "select entry_id from leaf where shard = $1 and leaf_index = 0"
    assert await beside.value(first, head.shard) == entry
    said = await beside.value("select begun from log_shard where shard = $1", head.shard)
    assert f"{follows.size}\\n" in said
    assert entry.hex in said
    shown = await ask.shown("teacher", backup.child_id)
    assert shown["restricted"] is True
    opened = next(e for e in await ask.served.entries() if e["entry_id"] == str(entry))
    assert opened["code"] == "approved"
    words = ["shields_re_entered", "withdrawals_none_since", "suspensions_re_entered"]
    assert opened["rules"] == words


async def approved_by(restored: Restored, who: str, release_id: str) -> UUID:
    answer = await restored.approve(who, release_id)
    assert answer.status_code == 200, answer.text
    return UUID(answer.json()["entry_id"])


async def test_a_released_log_is_verifiable_and_its_receipts_are_proven(
    restored: Restored,
) -> None:
    await begun_anew(restored, await approved(restored))
    answer = await restored.ask("teacher", "GET", "/v1/me", why=NO_WHY)
    restored.beside.clock.on(hours=1)
    await sealed(restored.beside)
    assert answer.headers["audit-receipt"]
    public = restored.ask.served.index.keyring.receipt_key.public_key().public_bytes_raw()
    own = f"receipt {b64encode(public).decode()}\nquorum 0\n"
    policy = Policy.of(policy_lines(restored.beside.settings) + own)
    judged = await asyncio.to_thread(check_live, live(restored.ask), policy, None, int(time.time()))
    assert judged.verdict is Verdict.INTACT, judged.kinds
    assert judged.verified["leaves"] > 16


async def test_it_stays_open_when_started_again(
    restored: Restored, backup: BackedUp, issuer: Issuer, tmp_path: Path
) -> None:
    await begun_anew(restored, await approved(restored))
    database = restored.ask.served.database
    async with restored_from(backup, issuer, tmp_path, database=database) as again:
        assert not again.closed
        assert (await again.ask.read("manager", backup.child_id)).status_code == 200


async def test_the_operators_command_begins_it_anew(restored: Restored) -> None:
    entry = await approved(restored)
    for wrong in (str(uuid4()), str(entry)):
        done = await asyncio.to_thread(
            subprocess.run,
            [*COMMAND, "seal", "--after-rollback", wrong],
            env=variables(restored.beside),
            capture_output=True,
            text=True,
            timeout=60,
        )
        if wrong == str(entry):
            assert done.returncode == End.WELL, done.stderr
        else:
            assert done.returncode == End.REFUSED
            assert done.stderr == "refused: nothing is begun anew (no_such_entry)\n"
    await restored.look()
    assert not restored.closed


# Not released


async def test_one_person_is_not_enough(restored: Restored) -> None:
    """Nor is the same person with two accounts."""
    release_id = await restored.release("manager")
    refused(await restored.approve("manager", release_id), 409, "second_person_needed")
    release_id = await restored.release("double_manager")
    refused(await restored.approve("same_manager", release_id), 409, "second_person_needed")
    assert (await restored.approve("second_manager", release_id)).status_code == 200
    refused(await restored.approve("auditor", release_id), 409, "ended_already")


async def test_a_tree_begun_for_anything_but_an_approval_stays_closed(
    restored: Restored, backup: BackedUp
) -> None:
    """An operator alone opens nothing: neither with any entry, nor with the asking's."""
    asked = UUID(restored.ask.receipt_of(await restored.stated("manager")))
    for entry in (asked, None):
        await begun_anew(restored, entry or (await restored.beside.append(1))[0])
        gate = restored.ask.served.index.gate
        assert gate is not None
        assert gate.standing is Standing.UNRELEASED
        refused(await restored.ask.read("manager", backup.child_id), 503, "index_restored")
    await begun_anew(restored, await approved(restored))
    assert not restored.closed


async def test_an_approval_opens_one_tree_and_no_later_one(
    restored: Restored, backup: BackedUp, issuer: Issuer, tmp_path: Path
) -> None:
    entry = await approved(restored)
    await begun_anew(restored, entry)
    with pytest.raises(NotReleased, match="sealed_before"):
        await seal_anew(restored.beside.rounds, None, entry)
    async with restored_from(backup, issuer, tmp_path) as once_more:  # the old backup again
        assert once_more.closed
        with pytest.raises(NotReleased, match="no_such_entry"):
            await seal_anew(once_more.beside.rounds, None, entry)
        await begun_anew(once_more, await approved(once_more))
        assert not once_more.closed
        assert (await once_more.beside.head()).shard % 100 == 2


async def test_a_healthy_index_has_nothing_to_release(restored: Restored) -> None:
    await begun_anew(restored, await approved(restored))
    refused(await restored.stated("manager"), 409, "state_conflict")


async def test_a_healthy_tree_is_not_begun_anew(
    backup: BackedUp, issuer: Issuer, tmp_path: Path
) -> None:
    """Restored together with its second place it is as it was, and nothing was lost."""
    shutil.copytree(backup.directory, tmp_path, dirs_exist_ok=True)
    async with restored_from(backup, issuer, tmp_path) as now:
        place = now.beside.settings.second_place
        note = await now.beside.value("select note from log_head order by size desc limit 1")
        place.write_text(note)
        await now.look()
        assert not now.closed
        (entry,) = await now.beside.append(1)
        with pytest.raises(NotReleased, match="not_rolled_back"):
            await seal_anew(now.beside.rounds, None, entry)


async def test_beginning_anew_goes_on_where_it_was_cut_short(restored: Restored) -> None:
    """The shard stands, the head does not: done again, the swap alone is left."""
    entry = await approved(restored)
    place = restored.beside.settings.second_place
    before = place.read_bytes()
    assert await seal_anew(restored.beside.rounds, None, entry) is End.WELL
    place.write_bytes(before)
    await restored.look()
    assert restored.closed
    await begun_anew(restored, entry)
    assert not restored.closed
    await restored.beside.checked()


async def test_a_policy_that_names_no_log_stops_the_start(
    restored: Restored, tmp_path: Path
) -> None:
    settings = restored.ask.served.settings
    reading = second_reading(settings)
    assert reading is not None
    assert await reading.place.read() is not None
    keeper = settings.model_copy(update={"second_place": "http://127.0.0.1:1"})
    away = second_reading(keeper)
    assert away is not None
    with pytest.raises(PlaceUnfit):
        await away.place.read()
    none = settings.model_copy(update={"second_place": "none"})
    assert second_reading(none) is None
