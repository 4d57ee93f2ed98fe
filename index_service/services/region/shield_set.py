"""The locator's story of the shield set: who is shielded somewhere, by digests without authority.

Whose a row is stands nowhere: a batch goes by a keyed reference of its keeper and number, which
only the keeper's own asking leads to again.
"""

import hashlib
from collections.abc import Collection, Iterator
from uuid import uuid4

from index_service.federation.errors import MessageRefused, PeerCode
from index_service.federation.region_bodies import STORED_BYTES, Stored
from index_service.federation.shield_bodies import (
    ASK_BYTES_MAX,
    ASK_PATH,
    BATCHES_MAX,
    NOTE_BYTES_MAX,
    NOTE_PATH,
    NOTES_BYTES,
    NOTES_BYTES_MAX,
    NOTES_PATH,
    TOLD_BYTES,
    UPLOAD_BYTES_MAX,
    UPLOAD_PATH,
    NoteKept,
    NotesAsked,
    NoteSent,
    NotesTold,
    ShieldHit,
    ShieldsAsked,
    ShieldsSent,
    ShieldsTold,
)
from index_service.federation.sizes import NOTES_AT_ONCE, SHIELD_ROWS, SHIELD_TOLD_MAX
from index_service.services.index import Index
from index_service.services.peering.heard import PeerAsked, PeerHandler, PeerSaid
from index_service.services.region.locating import NOTES_KEPT, LocatorLimits, forget
from index_service.services.region.serving import (
    Charge,
    Noted,
    Serving,
    check_epoch,
    check_manages,
)
from index_service.store.region import StoredNote, StoredRow

FETCHES_A_DAY = 512


class ShieldSet(Serving):
    """Keeps one region's shield set, and the notes by which its teams meet."""

    def __init__(self, index: Index, limits: LocatorLimits) -> None:
        super().__init__(index)
        self._limits = limits

    def handlers(self) -> tuple[PeerHandler, ...]:
        """Return the routes of the shield set and its notes."""
        return (
            PeerHandler(UPLOAD_PATH, self.upload, STORED_BYTES, UPLOAD_BYTES_MAX, step_s=0),
            PeerHandler(ASK_PATH, self.ask, TOLD_BYTES, ASK_BYTES_MAX, step_s=0),
            PeerHandler(NOTE_PATH, self.leave_note, STORED_BYTES, NOTE_BYTES_MAX, step_s=0),
            PeerHandler(NOTES_PATH, self.fetch_notes, NOTES_BYTES, NOTES_BYTES_MAX, step_s=0),
        )

    async def upload(self, heard: PeerAsked) -> PeerSaid:
        """Keep a batch; sent again it is there already, another under its number is refused."""
        check_manages(heard)
        sent = ShieldsSent.decoded(heard.body)
        check_epoch(sent.epoch, self.epochs_to_prepare(heard.standing.directory))
        given = {(row.digest, row.key) for row in sent.rows}
        if len({key for _, key in given}) != SHIELD_ROWS:
            raise MessageRefused(PeerCode.MALFORMED)  # a one-time key is one row's
        batch = self._batch(heard, sent.epoch, sent.batch)
        async with self.work() as work:
            await work.region.one_at_a_time(f"shields {heard.sender.member.name}")
            limit = self._limits.shield_batches_a_day
            await self.charge(work, heard, Charge("batches", 1, limit))
            stands = await work.region.batch_rows(batch, SHIELD_ROWS)
            if stands and set(stands) != given:
                raise MessageRefused(PeerCode.ALREADY_THERE)
            if not stands:
                rows = [StoredRow(uuid4(), digest, key, batch) for digest, key in sorted(given)]
                await work.region.add_shield_rows(sent.epoch, rows)
            await forget(self, work, heard.standing.directory)
            noted = Noted("keep_shields", f"shield/{sent.epoch}", len(sent.rows))
            kept = hashlib.sha256(b"".join(digest + key for digest, key in sorted(given)))
            return await self.told(work, heard, noted, Stored(kept.hexdigest()).encoded())

    async def ask(self, heard: PeerAsked) -> PeerSaid:
        """Tell which of the digests are a shielded child's, and where a note to each row goes."""
        check_manages(heard)
        asked = ShieldsAsked.decoded(heard.body)
        check_epoch(asked.epoch, self.epochs_now(heard.standing.directory))
        count = len(asked.digests)
        async with self.work() as work:
            most = self._limits.shield_asked_a_child * heard.sender.member.capacity
            await self.charge(work, heard, Charge("shields", count, most))
            rows = await work.region.shield_rows(asked.epoch, sorted(set(asked.digests)))
            own = set(self._batches(heard, {asked.epoch}))
            noted = Noted("ask_shields", f"shield/{asked.epoch}", count)
            told = ShieldsTold(tuple(_hits(asked, rows, own)))
            return await self.told(work, heard, noted, told.encoded())

    async def leave_note(self, heard: PeerAsked) -> PeerSaid:
        """Keep a note for the keeper of a row; of a row that is not there nothing is told."""
        check_manages(heard)
        sent = NoteSent.decoded(heard.body)
        async with self.work() as work:
            await self.charge(work, heard, Charge("notes", 1, self._limits.notes_a_day))
            found = await work.region.shield_row(sent.row)
            if found is not None:
                batch, key = found
                note = StoredNote(uuid4(), key, sent.note)
                await work.region.add_note(note, batch, self.index.clock.now())
            kept = Stored(hashlib.sha256(sent.note).hexdigest())
            noted = Noted("leave_note", "", 1)
            return await self.told(work, heard, noted, kept.encoded())

    async def fetch_notes(self, heard: PeerAsked) -> PeerSaid:
        """Hand a member the oldest notes to its own rows, those it had before removed."""
        check_manages(heard)
        asked = NotesAsked.decoded(heard.body)
        current = heard.standing.directory.epochs.at(self.index.clock.now())
        epochs = set(range(max(0, current - NOTES_KEPT), current + 2))
        own = list(self._batches(heard, epochs))
        async with self.work() as work:
            await self.charge(work, heard, Charge("fetches", 1, FETCHES_A_DAY))
            await work.region.drop_notes(asked.had, own)
            notes = await work.region.notes(own, NOTES_AT_ONCE)
            told = NotesTold(tuple([NoteKept(*note) for note in notes]))
            noted = Noted("fetch_notes", "", len(notes))
            return await self.told(work, heard, noted, told.encoded())

    def _batches(self, heard: PeerAsked, epochs: Collection[int]) -> Iterator[bytes]:
        """Yield the references of every batch a member may have in these epochs."""
        for epoch in epochs:
            for number in range(BATCHES_MAX):
                yield self._batch(heard, epoch, number)

    def _batch(self, heard: PeerAsked, epoch: int, number: int) -> bytes:
        parts = (heard.sender.member.name.encode(), epoch.to_bytes(4), number.to_bytes(4))
        return self.index.keyring.references.reference("shield batch", *parts)


def _hits(
    asked: ShieldsAsked, rows: Collection[StoredRow], own: Collection[bytes]
) -> Iterator[ShieldHit]:
    """Yield a few rows for each digest found, others' before the asker's own."""
    # Rows come in the order of their random ids; the sort keeps it within each half.
    ordered = sorted(rows, key=lambda row: row.batch in own)
    for place, digest in enumerate(asked.digests):
        of_digest = [row for row in ordered if row.digest == digest]
        for row in of_digest[:SHIELD_TOLD_MAX]:
            yield ShieldHit(place, row.id, row.note_key)
