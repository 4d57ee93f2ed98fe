"""The sealer and its witnesses: every minute's head cosigned, and no harm done by losing them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from index_service.log.checkpoint import Checkpoint, VerifierKey
from index_service.log.policy import CosigningPolicy
from index_service.log.witness import ADD_PATH, SIZE_TYPE, Asked
from index_service.services.sealing_log.anew import NotReleased
from index_service.services.sealing_log.cosigning import Cosigning
from index_service.services.sealing_log.growing import RolledBack
from index_service.services.sealing_log.running import (
    End,
    keep_sealing,
    seal_anew,
    seal_once,
)
from index_verify.heads import read_head
from index_verify.policy import Policy
from tests.sealing.sealing import Beside
from tests.sealing.test_command import seal
from tests.sealing.witnesses import (
    NAMES,
    Three,
    address,
    listening_socket,
    log_lines,
    over_http,
    policy,
    post,
    three,
)


@pytest_asyncio.fixture(loop_scope="session")
async def served(beside: Beside, tmp_path: Path) -> AsyncIterator[Three]:
    """Three witnesses of the sealer's log."""
    async with three(tmp_path / "witnesses", log_lines(beside.rounds.sealer.keys)) as made:
        yield made


def cosigning(beside: Beside, lines: str) -> Cosigning:
    of = beside.rounds.sealer
    return Cosigning(CosigningPolicy.read(lines, of.keys.verifiers), of.store, of.keys)


async def minute(beside: Beside, count: int = 3) -> Checkpoint:
    """Let a minute pass in which entries are appended; return its head."""
    beside.clock.on(seconds=61)
    await beside.append(count)
    await beside.all()
    return await beside.head()


async def lines_of(beside: Beside, at: Checkpoint) -> dict[str, str]:
    sql = "select witness, line from cosignature where shard = $1 and size = $2"
    return {row[0]: row[1] for row in await beside.sql(sql, at.shard, at.size)}


async def test_each_minutes_head_is_cosigned_by_all_and_verifies(
    beside: Beside, served: Three
) -> None:
    asking = cosigning(beside, served.policy())
    for count in (1, 40, 300):
        at = await minute(beside, count)
        await asking.ask()
        assert asking.missing == {}
        lines = await lines_of(beside, at)
        assert sorted(lines) == sorted(NAMES)
        note = await beside.value("select note from log_head where size = $1 limit 1", at.size)
        told = f"csa northmere\n{served.lines}receipt {'A' * 43}=\n{served.policy()}"
        whole = note + "".join(f"{line}\n" for line in lines.values())
        assert len(read_head(whole, Policy.of(told)).cosigned_s) == 3
    await beside.checked()


async def test_a_sealer_started_anew_learns_what_was_cosigned(
    beside: Beside, served: Three
) -> None:
    """It knows no size, and one line was not stored before the crash."""
    at = await minute(beside)
    await cosigning(beside, served.policy()).ask()
    await beside.sql("delete from cosignature where witness = $1", NAMES[0])
    await cosigning(beside, served.policy()).ask()
    assert sorted(await lines_of(beside, at)) == sorted(NAMES)
    await beside.sql("delete from cosignature where witness = $1", NAMES[0])
    at = await minute(beside, 20)
    asking = cosigning(beside, served.policy())
    await asking.ask()
    assert asking.missing == {}
    assert sorted(await lines_of(beside, at)) == sorted(NAMES)


async def test_losing_witnesses_alarms_and_seals_on(
    beside: Beside, served: Three, caplog: pytest.LogCaptureFixture
) -> None:
    asking = cosigning(beside, served.policy())
    await minute(beside)
    await asking.ask()
    await served.stop(0)
    beside.clock.on(seconds=61)
    await beside.append(2)
    assert await seal_once(beside.again(), None, asking) is End.WELL
    assert asking.missing == {NAMES[0]: "unreachable"}
    assert f"not cosigned, name={NAMES[0]} outcome=unreachable" in caplog.text
    assert "fewer witnesses than the quorum" not in caplog.text
    await served.stop(1)
    beside.clock.on(seconds=61)
    await beside.append(2)
    assert await seal_once(beside.again(), None, asking) is End.WELL
    assert "fewer witnesses than the quorum, count=1" in caplog.text
    assert len(await lines_of(beside, await beside.head())) == 1
    await served.start(0)
    await served.start(1)
    at = await minute(beside)
    await asking.ask()
    assert asking.missing == {}
    assert len(await lines_of(beside, at)) == 3
    await beside.checked()


async def test_a_witness_that_never_answers_holds_nothing_up(beside: Beside, served: Three) -> None:
    silent = listening_socket()
    silent.listen(8)
    urls = [address(silent), *served.urls[1:]]
    lines = policy([each.key.verifier for each in served.begun], urls, 2)
    asking = cosigning(beside, lines)
    stop = asyncio.Event()
    loop = asyncio.create_task(keep_sealing(beside.again(), None, stop, 0.02, asking))
    try:
        beside.clock.on(seconds=61)
        async with asyncio.timeout(30):
            took = [await sealed_within(beside) for _ in range(10)]
            while len(await lines_of(beside, await minute_head(beside))) < 2:  # noqa: ASYNC110 (a task)
                await asyncio.sleep(0.05)
        assert max(took) < 4  # the silent witness is waited for longer than that
    finally:
        stop.set()
        await loop
        silent.close()
    await beside.checked()


async def sealed_within(beside: Beside) -> float:
    """Append an entry; return how many seconds it took to be sealed."""
    clock = asyncio.get_running_loop()
    began = clock.time()
    await beside.append(1)
    while await beside.unsealed():  # noqa: ASYNC110 (a task of the sealer tells)
        await asyncio.sleep(0.02)
    return clock.time() - began


async def minute_head(beside: Beside) -> Checkpoint:
    sql = "select shard, size from log_head where kind = 1 order by shard desc, size desc limit 1"
    (row,) = await beside.sql(sql)
    return Checkpoint("", row["shard"], row["size"], b"")


async def set_back(beside: Beside, at: Checkpoint, place: str) -> None:
    """Restore database and second place to a head: they agree with one another."""
    for table, column in (
        ("leaf", "leaf_index >= $1"),
        ("tile", "(tile_index + 1) * 256 > $1"),
        ("log_head", "size > $1"),
        ("cosignature", "size > $1"),
    ):
        await beside.sql(f"delete from {table} where {column}", at.size)
    beside.settings.second_place.write_text(place)


async def two_minutes(beside: Beside, asking: Cosigning) -> tuple[Checkpoint, str]:
    """Have two heads cosigned; return the first, and the note the second place had then."""
    first = await minute(beside)
    place = beside.settings.second_place.read_text()
    await asking.ask()
    await minute(beside, 20)
    await asking.ask()
    assert asking.missing == {}
    return first, place


async def test_a_machine_set_back_is_stopped_by_one_witness_that_has_the_head(
    beside: Beside, served: Three, caplog: pytest.LogCaptureFixture
) -> None:
    """Database and second place both restored; the witness shows our own signatures."""
    first, place = await two_minutes(beside, cosigning(beside, served.policy()))
    await set_back(beside, first, place)
    await served.stop(0)
    await served.stop(1)
    await beside.sql("delete from cosignature")
    asking = cosigning(beside, served.policy())
    assert await seal_once(beside.again(), None, asking) is End.ROLLED_BACK
    assert f"A WITNESS HOLDS WHAT WE DO NOT, name={NAMES[2]}" in caplog.text
    assert "ROLLED BACK, nothing is signed, code=witnesses" in caplog.text
    with pytest.raises(RolledBack, match="witnesses"):
        asking.check()
    size = (await beside.head()).size
    await beside.append(3)
    assert await seal_once(beside.again(), None, asking) is not End.WELL
    assert (await beside.head()).size >= size


async def test_a_tree_grown_anew_past_what_was_cosigned_is_a_fork(
    beside: Beside, served: Three
) -> None:
    """Set back and sealed on while no witness could be reached: sizes agree, roots do not."""
    first, place = await two_minutes(beside, cosigning(beside, served.policy()))
    await set_back(beside, first, place)
    await beside.sql(
        "delete from access_entry where entry_id not in (select entry_id from leaf"
        " where entry_id is not null)"
    )
    await beside.sql("delete from log_batch")
    again = beside.again()
    for _ in range(3):
        beside.clock.on(seconds=61)
        await beside.append(20)
        await beside.all(again)
    asking = cosigning(beside, served.policy())
    assert await seal_once(beside.again(), None, asking) is End.ROLLED_BACK
    assert asking.missing == dict.fromkeys(NAMES, "disputed")


async def test_what_witnesses_hold_can_be_released_and_followed(
    beside: Beside, served: Three
) -> None:
    """Database and second place agree, so that nobody else knows of a rollback."""
    asking = cosigning(beside, served.policy())
    with pytest.raises(NotReleased, match="not_rolled_back"):
        await seal_anew(beside.again(), None, (await beside.append(1))[0], asking)
    first, place = await two_minutes(beside, asking)
    last = await beside.head()
    await set_back(beside, first, place)
    (entry,) = await beside.append(1)
    assert await seal_anew(beside.again(), None, entry, asking) is End.WELL
    begun = "select begun::json->>'follows' from log_shard order by shard desc limit 1"
    assert await beside.value(begun) == last.text()
    again = cosigning(beside, served.policy())
    rounds = beside.again()
    for _ in range(2):
        beside.clock.on(seconds=61)
        assert await seal_once(rounds, None, again) is not End.ROLLED_BACK
    at = await beside.head()
    assert (at.shard, again.missing) == (first.shard + 1, {})
    assert sorted(await lines_of(beside, at)) == sorted(NAMES)


async def test_a_running_sealer_stops_when_a_witness_contradicts_it(
    beside: Beside, served: Three
) -> None:
    first, place = await two_minutes(beside, cosigning(beside, served.policy()))
    await set_back(beside, first, place)
    asking = cosigning(beside, served.policy())
    stop = asyncio.Event()
    loop = asyncio.create_task(keep_sealing(beside.again(), None, stop, 0.02, asking))
    async with asyncio.timeout(20):
        await beside.append(1)
        beside.clock.on(seconds=61)
        while True:
            await asyncio.sleep(0.02)
            await beside.append(1)
            try:
                asking.check()
            except RolledBack:
                break
        await asyncio.sleep(0.2)
        stood = await beside.head()
        await beside.append(1)
        await asyncio.sleep(0.3)
        assert await beside.head() == stood
        stop.set()
        await loop


class Lying:
    """A witness that claims to know any size, and shows no head."""

    def __init__(self, size: int) -> None:
        self.size = size

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        told = scope["path"] == ADD_PATH
        headers = [(b"content-type", SIZE_TYPE.encode())]
        start = {"type": "http.response.start", "status": 409 if told else 404, "headers": headers}
        await send(start)
        await send({"type": "http.response.body", "body": b"%d\n" % self.size if told else b""})


async def lied_to(beside: Beside, served: Three, liars: int) -> End:
    """Seal once where some of three witnesses lie about the size; quorum 2."""
    async with over_http(Lying(1_000_000)) as lie:
        urls = [lie] * liars + served.urls[liars:]
        lines = policy([each.key.verifier for each in served.begun], urls, 2)
        beside.clock.on(seconds=61)
        await beside.append(1)
        asking = cosigning(beside, lines)
        end = await seal_once(beside.again(), None, asking)
        assert asking.missing == dict.fromkeys(NAMES[:liars], "disputed")
        return end


async def test_one_witness_that_only_says_so_alarms_and_closes_nothing(
    beside: Beside, served: Three, caplog: pytest.LogCaptureFixture
) -> None:
    assert await lied_to(beside, served, 1) is End.WELL
    assert f"not cosigned, name={NAMES[0]} outcome=disputed" in caplog.text


async def test_as_many_as_cosign_are_believed_without_a_head(beside: Beside, served: Three) -> None:
    assert await lied_to(beside, served, 2) is End.ROLLED_BACK


async def test_a_line_by_another_key_is_no_cosignature(beside: Beside, served: Three) -> None:
    keys = [each.key.verifier for each in served.begun]
    strange = VerifierKey(NAMES[0], keys[0].kind, bytes(range(32)))
    asking = cosigning(beside, policy([strange, *keys[1:]], served.urls, 2))
    at = await minute(beside)
    await asking.ask()
    assert asking.missing == {NAMES[0]: "cosignature"}
    assert sorted(await lines_of(beside, at)) == sorted(NAMES[1:])


async def test_a_witness_that_forgot_is_named(
    beside: Beside, served: Three, caplog: pytest.LogCaptureFixture
) -> None:
    asking = cosigning(beside, served.policy())
    await minute(beside)
    await asking.ask()
    await served.stop(0)
    for file in served.begun[0].state.glob("*.head"):
        file.unlink()
    await served.start(0)
    at = await minute(beside)
    await asking.ask()
    assert f"a witness forgot what it cosigned, name={NAMES[0]}" in caplog.text
    assert len(await lines_of(beside, at)) == 3


async def test_a_heads_size_known_already_is_proven_from_there(
    beside: Beside, served: Three
) -> None:
    """Somebody else handed a head to a witness first: nothing is lost by it."""
    first = await minute(beside)
    note = await beside.value("select note from log_head where size = $1 limit 1", first.size)
    assert (await post(served.urls[0], Asked(0, (), note).text()))[0] == 200
    asking = cosigning(beside, served.policy())
    at = await minute(beside, 30)
    await asking.ask()
    assert asking.missing == {}
    assert len(await lines_of(beside, at)) == 3


async def test_the_last_head_of_a_year_is_cosigned_though_the_next_began(
    beside: Beside, served: Three
) -> None:
    asking = cosigning(beside, served.policy())
    year = beside.clock.at.year
    closing = await minute(beside, 5)
    beside.clock.at = beside.clock.at.replace(year=year + 1, month=1, day=1)
    await beside.all()
    begun = await minute(beside, 5)
    assert begun.shard == (year + 1) * 100
    await asking.ask()
    assert asking.missing == {}
    for each in (closing, begun):
        assert len(await lines_of(beside, each)) == 3


async def test_a_shard_that_was_left_behind_contradicts_nobody(
    beside: Beside, served: Three
) -> None:
    """After a release from a rollback a new shard grows; witnesses hold more of the old one."""
    first, place = await two_minutes(beside, cosigning(beside, served.policy()))
    await set_back(beside, first, place)
    await beside.sql("delete from cosignature")
    sql = "insert into log_shard (csa, shard, begun_at, begun)"
    await beside.sql(f"{sql} values ('northmere', $1, now(), '{{}}')", first.shard + 1)
    asking = cosigning(beside, served.policy())
    await asking.ask()
    asking.check()
    assert asking.missing == {}


async def test_the_command_has_heads_cosigned_and_is_told_by_whom(
    beside: Beside, served: Three, tmp_path: Path
) -> None:
    file = tmp_path / "policy"
    file.write_text(served.lines + served.policy())
    await beside.append(3)
    await beside.sql("delete from log_head")  # the clock of the command is not set on
    status, said = await seal(beside, "--once", INDEX_WITNESS_POLICY=str(file))
    assert (status, said) == (End.WELL, "")
    assert await beside.value("select count(*) from cosignature") == 3
