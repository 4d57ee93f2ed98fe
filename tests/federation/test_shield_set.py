"""The shield set: found by digest alone, without authority, with a way for two teams to meet."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest
import pytest_asyncio

from demo.postgres import Postgres
from index_service.crypto.peer_keys import PeerKeyUse
from index_service.federation.errors import MessageRefused, PeerCode
from index_service.federation.shield_bodies import (
    ASK_PATH,
    BATCHES_MAX,
    NOTE_PATH,
    NOTES_BYTES,
    NOTES_PATH,
    TOLD_BYTES,
    UPLOAD_PATH,
    NotesAsked,
    NoteSent,
    ShieldRow,
    ShieldsAsked,
    ShieldsSent,
)
from index_service.federation.shield_note import (
    SEALED_NOTE_BYTES,
    NoteKeys,
    NoteUnfit,
    open_note,
    seal_note,
)
from index_service.federation.sizes import (
    NOTES_AT_ONCE,
    SHIELD_ASKED,
    SHIELD_ROWS,
    SHIELD_TOLD_MAX,
)
from tests.federation.parties import CAPACITY, Parties, parties_running

pytestmark = pytest.mark.asyncio(loop_scope="session")

EPOCH = timedelta(hours=6)
SERVE, MANAGE = PeerKeyUse.SERVE, PeerKeyUse.MANAGE
LIMITS = {"shield_asked_a_child": 8, "shield_batches_a_day": 12, "notes_a_day": 40}


@dataclass
class Batch:
    """A batch with one real row; the rest is filling that nobody tells from it."""

    digest: bytes
    keys: NoteKeys
    rows: tuple[ShieldRow, ...]

    @classmethod
    def of(cls, digest: bytes, times: int = 1) -> "Batch":
        """Make a batch in which a digest stands so many times."""
        keys = NoteKeys.made()
        rows = [ShieldRow(digest, keys.public)]
        rows += [ShieldRow(digest, os.urandom(32)) for _ in range(times - 1)]
        rows += [ShieldRow(os.urandom(16), os.urandom(32)) for _ in range(SHIELD_ROWS - times)]
        return cls(digest, keys, tuple(rows))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def region(
    postgres: Postgres, migrated: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Parties]:
    """A running locator, and members that may ask it."""
    place = tmp_path_factory.mktemp("shields")
    async with parties_running(postgres, migrated, place, EPOCH, locator=LIMITS) as running:
        yield running


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def _apart(region: Parties) -> None:
    """Begin each test in an epoch that nobody has uploaded for, with nothing used of the day."""
    region.clock.skew += 2 * EPOCH
    await region.rows("locator", "delete from member_day")


def _epoch(region: Parties) -> int:
    return region.directory.epochs.at(region.clock.now())


async def _uploaded(region: Parties, member: str, number: int, batch: Batch) -> Batch:
    async with region.asking(member) as client:
        await client.shield_upload(_epoch(region), number, batch.rows)
    return batch


async def _refused(
    region: Parties, path: str, body: bytes, use: PeerKeyUse = PeerKeyUse.MANAGE
) -> PeerCode:
    async with region.calling("camfield", use) as client:
        with pytest.raises(MessageRefused) as refused:
            await client.ask(region.directory.locator, path, body, 20)
    assert refused.value.by_peer
    return refused.value.code


async def test_a_shielded_child_is_found_anywhere_and_nobody_is_named(region: Parties) -> None:
    """The hit is a row and a key to write to; no name, no authority, in answer or table."""
    batch = await _uploaded(region, "northmere", 0, Batch.of(os.urandom(16)))
    async with region.asking("camfield") as client:
        found = await client.shield_ask(_epoch(region), [os.urandom(16), batch.digest])
        asked = ShieldsAsked(_epoch(region), (batch.digest,) * SHIELD_ASKED)
    assert [len(hits) for hits in found] == [0, 1]
    assert found[1][0].key == batch.keys.public
    async with region.calling("camfield", MANAGE) as caller:
        answer = await caller.ask(region.directory.locator, ASK_PATH, asked.encoded(), 20)
    assert len(answer.body) == TOLD_BYTES
    rows = await region.rows("locator", "select * from shield_row")
    for told in (answer.body, *(str(dict(row)).encode() for row in rows)):
        assert b"northmere" not in told


async def test_teams_meet_by_a_note_only_the_keeper_can_fetch_and_open(region: Parties) -> None:
    """The finder does not learn whose row it is; a third member fetches nothing."""
    batch = await _uploaded(region, "northmere", 0, Batch.of(os.urandom(16)))
    async with region.asking("camfield") as finder:
        hit = (await finder.shield_ask(_epoch(region), [batch.digest]))[0][0]
        await finder.note(hit, b"camfield 01632 960000")
        assert await finder.notes([]) == ()
    async with region.asking("northmere") as keeper:
        notes = await keeper.notes([])
        assert [note.key for note in notes] == [batch.keys.public]
        assert open_note(batch.keys, notes[0].note) == b"camfield 01632 960000"
        with pytest.raises(NoteUnfit):
            open_note(NoteKeys.made(), notes[0].note)
        assert len(await keeper.notes([])) == 1
        assert await keeper.notes([notes[0].note_id]) == ()


async def test_notes_of_others_are_not_removed(region: Parties) -> None:
    """Whoever guesses a note's id takes nothing from its keeper."""
    batch = await _uploaded(region, "northmere", 3, Batch.of(os.urandom(16)))
    async with region.asking("camfield") as finder, region.asking("northmere") as keeper:
        hit = (await finder.shield_ask(_epoch(region), [batch.digest]))[0][0]
        await finder.note(hit, b"x")
        note = (await keeper.notes([]))[0]
        await finder.notes([note.note_id])
        assert [each.note_id for each in await keeper.notes([])] == [note.note_id]


async def test_a_note_to_a_row_that_is_not_there_is_answered_alike(region: Parties) -> None:
    """Whether a row still stands is not told by leaving notes."""
    batch = await _uploaded(region, "northmere", 0, Batch.of(os.urandom(16)))
    note = seal_note(batch.keys.public, b"x")
    async with region.asking("camfield") as finder:
        hit = (await finder.shield_ask(_epoch(region), [batch.digest]))[0][0]
    bodies = set()
    async with region.calling("camfield", MANAGE) as client:
        for row in (hit.row, uuid4()):
            sent = NoteSent(row, note).encoded()
            bodies.add((await client.ask(region.directory.locator, NOTE_PATH, sent, 20)).body)
        fetched = await client.ask(
            region.directory.locator, NOTES_PATH, NotesAsked(()).encoded(), 20
        )
    assert len(bodies) == 1
    assert len(fetched.body) == NOTES_BYTES


async def test_many_rows_of_one_digest_take_no_others_place(region: Parties) -> None:
    """A member that floods the set hides nobody: every digest has its own bound."""
    mine, flooded = os.urandom(16), os.urandom(16)
    await _uploaded(region, "northmere", 0, Batch.of(mine))
    for number in range(3):
        await _uploaded(region, "camfield", number, Batch.of(flooded, SHIELD_ROWS))
    async with region.asking("northmere") as client:
        found = await client.shield_ask(_epoch(region), [flooded, mine])
    assert [len(hits) for hits in found] == [SHIELD_TOLD_MAX, 1]


async def test_others_rows_are_told_before_ones_own(region: Parties) -> None:
    """Who shielded the same child elsewhere is who one has to meet."""
    digest = os.urandom(16)
    await _uploaded(region, "camfield", 0, Batch.of(digest, SHIELD_TOLD_MAX))
    theirs = await _uploaded(region, "northmere", 0, Batch.of(digest))
    async with region.asking("camfield") as client:
        hits = (await client.shield_ask(_epoch(region), [digest]))[0]
    assert hits[0].key == theirs.keys.public
    assert len(hits) == SHIELD_TOLD_MAX


async def test_a_batch_is_stored_once_and_never_changed(region: Parties) -> None:
    """Sent again it is there already; another under its number is refused."""
    batch = Batch.of(os.urandom(16))
    for _ in range(2):
        await _uploaded(region, "camfield", 7, batch)
    other = ShieldsSent(_epoch(region), 7, Batch.of(os.urandom(16)).rows)
    assert await _refused(region, UPLOAD_PATH, other.encoded()) == PeerCode.ALREADY_THERE
    count = "select count(*) from shield_row where digest = $1"
    assert (await region.rows("locator", count, batch.digest))[0][0] == 1


async def test_batches_of_any_other_size_or_with_a_key_twice_are_refused(region: Parties) -> None:
    """Their size tells nothing, and a one-time key is one row's."""
    rows = Batch.of(os.urandom(16)).rows
    twice = (*rows[:-1], ShieldRow(rows[-1].digest, rows[0].key))
    for wrong in (rows[:-1], (*rows, rows[0]), (), twice):
        sent = ShieldsSent(_epoch(region), 0, wrong)
        assert await _refused(region, UPLOAD_PATH, sent.encoded()) == PeerCode.MALFORMED
    for number in (BATCHES_MAX, -1):
        sent = ShieldsSent(_epoch(region), number, rows)
        assert await _refused(region, UPLOAD_PATH, sent.encoded()) == PeerCode.MALFORMED
    asked = ShieldsAsked(_epoch(region), (os.urandom(16),) * (SHIELD_ASKED - 1))
    assert await _refused(region, ASK_PATH, asked.encoded()) == PeerCode.MALFORMED


async def test_another_epochs_set_is_neither_written_nor_asked(region: Parties) -> None:
    """This one's and the next one's batches are kept; only this one's are asked."""
    batch = Batch.of(os.urandom(16))
    for ahead in (-1, 2):
        sent = ShieldsSent(_epoch(region) + ahead, 0, batch.rows)
        assert await _refused(region, UPLOAD_PATH, sent.encoded()) == PeerCode.EPOCH_REFUSED
    async with region.asking("camfield") as client:
        await client.shield_upload(_epoch(region) + 1, 0, batch.rows)
        assert await client.shield_ask(_epoch(region), [batch.digest]) == [[]]
    asked = ShieldsAsked(_epoch(region) + 1, (batch.digest,) * SHIELD_ASKED)
    assert await _refused(region, ASK_PATH, asked.encoded()) == PeerCode.EPOCH_REFUSED
    region.clock.skew += EPOCH
    async with region.asking("northmere") as client:
        assert len((await client.shield_ask(_epoch(region), [batch.digest]))[0]) == 1


async def test_keys_that_answer_people_have_no_part_in_it(region: Parties) -> None:
    """Neither upload, nor ask, nor notes: no question of a practitioner's leads here."""
    epoch = _epoch(region)
    bodies = {
        UPLOAD_PATH: ShieldsSent(epoch, 0, Batch.of(os.urandom(16)).rows).encoded(),
        ASK_PATH: ShieldsAsked(epoch, (os.urandom(16),) * SHIELD_ASKED).encoded(),
        NOTE_PATH: NoteSent(uuid4(), bytes(SEALED_NOTE_BYTES)).encoded(),
        NOTES_PATH: NotesAsked(()).encoded(),
    }
    for path, body in bodies.items():
        assert await _refused(region, path, body, SERVE) == PeerCode.KEY_NOT_ALLOWED


async def test_a_days_batches_asks_and_notes_run_out(region: Parties) -> None:
    """Each by its own number; asks by the member's capacity."""
    epoch = _epoch(region)
    async with region.asking("camfield") as client:
        for number in range(LIMITS["shield_batches_a_day"]):
            await client.shield_upload(epoch, number, Batch.of(os.urandom(16)).rows)
        for _ in range(LIMITS["shield_asked_a_child"] * CAPACITY // SHIELD_ASKED):
            await client.shield_ask(epoch, [os.urandom(16)])
    bodies = {
        UPLOAD_PATH: ShieldsSent(epoch, 99, Batch.of(os.urandom(16)).rows).encoded(),
        ASK_PATH: ShieldsAsked(epoch, (os.urandom(16),) * SHIELD_ASKED).encoded(),
    }
    for path, body in bodies.items():
        assert await _refused(region, path, body) == PeerCode.BUDGET_SPENT


async def test_an_upload_is_one_entry_that_tells_nothing_of_its_rows(region: Parties) -> None:
    """Whose it was, how many rows, which epoch; not under what they stand in the table."""
    batch = await _uploaded(region, "northmere", 1, Batch.of(os.urandom(16)))
    entry = (await region.entries("locator"))[-1]
    told = {name: entry[name] for name in ("action", "account", "reference", "count")}
    assert told == {
        "action": "keep_shields",
        "account": "northmere",
        "reference": f"shield/{_epoch(region)}",
        "count": SHIELD_ROWS,
    }
    row = (
        await region.rows("locator", "select * from shield_row where digest = $1", batch.digest)
    )[0]
    hidden = (batch.digest.hex(), row["batch"].hex(), str(row["id"]), batch.keys.public.hex())
    assert not any(each in str(entry) for each in hidden)


async def test_more_notes_than_one_answer_holds_come_with_the_next(region: Parties) -> None:
    """None is lost: what was had is named, the rest follows."""
    batch = await _uploaded(region, "northmere", 2, Batch.of(os.urandom(16)))
    async with region.asking("camfield") as finder, region.asking("northmere") as keeper:
        hit = (await finder.shield_ask(_epoch(region), [batch.digest]))[0][0]
        for number in range(NOTES_AT_ONCE + 2):
            await finder.note(hit, str(number).encode())
        first = await keeper.notes([])
        rest = await keeper.notes([note.note_id for note in first])
    texts = [open_note(batch.keys, note.note) for note in (*first, *rest)]
    assert sorted(int(text) for text in texts) == list(range(NOTES_AT_ONCE + 2))
    assert len(first) == NOTES_AT_ONCE
