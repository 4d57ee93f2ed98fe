"""An index's way to deriver and locator: every call of one size, no proof taken on trust.

Whatever goes wrong is raised: Unreachable where nobody answers, MessageRefused where what is
said does not count, ProofFailed where the deriver did not use the key of the directory.
"""

import hashlib
import os
import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from index_service.federation.client import PeerClient
from index_service.federation.directory import RegionDirectory
from index_service.federation.errors import MessageRefused, PeerCode
from index_service.federation.forms import object_of, whole_of
from index_service.federation.members import Member
from index_service.federation.oblivious import (
    DERIVED_BYTES,
    Evaluated,
    ProofFailed,
    blind,
    derived_digests,
)
from index_service.federation.region_bodies import (
    EVALUATE_PATH,
    FILTERS_PATH,
    LOCATE_PATH,
    LOCATED_COUNTS,
    EvaluateAsked,
    EvaluateSaid,
    FilterSent,
    LocateAsked,
    LocateSaid,
    Stored,
)
from index_service.federation.shield_bodies import (
    ASK_PATH,
    NOTE_PATH,
    NOTES_PATH,
    UPLOAD_PATH,
    NoteKept,
    NotesAsked,
    NoteSent,
    NotesTold,
    ShieldHit,
    ShieldRow,
    ShieldsAsked,
    ShieldsSent,
    ShieldsTold,
)
from index_service.federation.shield_note import seal_note
from index_service.federation.sizes import (
    DEADLINE_S,
    DERIVED_BY_JOBS,
    PROBE_BYTES,
    SHIELD_ASKED,
    padded,
)

JOB_DEADLINE_S: Final = 30.0
"""How long a job waits for one answer; nobody stands at the counter meanwhile."""

_UPLOADS_TIMES = 4  # as long as any other answer: a filter has a megabyte or more

PROBE_PATH: Final = "/peer/v1/probe"
PROBE_PARTS: Final = ("directory", "epoch", "shields_checked")
_MOMENT_MAX = 2**40


class RegionClient:
    """Asks the region's deriver and locator for one member, by the directory in force."""

    def __init__(
        self, peers: PeerClient, directory: RegionDirectory, deadline_s: float = DEADLINE_S
    ) -> None:
        self.directory = directory
        self._peers = peers
        self._deadline_s = deadline_s

    async def derive(
        self, series: str, epoch: int, inputs: Sequence[bytes], size: int = DERIVED_BY_JOBS
    ) -> tuple[bytes, ...]:
        """Return the derived digests of at most `size` inputs by one call of that many points.

        LookupError where the directory has no key of the epoch.
        """
        public = self.directory.deriver_key(series, epoch)
        # A call of none is a call like any other: what it derives is thrown away.
        blinded = blind(inputs or [os.urandom(DERIVED_BYTES)], size)
        asked = EvaluateAsked(series, epoch, blinded.points)
        body = await self._ask(self.directory.deriver, EVALUATE_PATH, asked.encoded())
        said = EvaluateSaid.decoded(body, size)
        found = derived_digests(public, blinded, Evaluated(said.points, said.proof))
        return found[: len(inputs)]

    async def derive_by_calls(
        self, series: str, epoch: int, inputs: Sequence[bytes], calls: int
    ) -> list[bytes]:
        """Return the derived digests of inputs by exactly so many calls of a job's size."""
        if len(inputs) > calls * DERIVED_BY_JOBS:
            raise ValueError("more inputs than these calls carry")
        found: list[bytes] = []
        for call in range(calls):
            some = inputs[call * DERIVED_BY_JOBS : (call + 1) * DERIVED_BY_JOBS]
            found += await self.derive(series, epoch, some)
        return found

    async def locate(
        self, set_name: str, epoch: int, digests: Sequence[bytes]
    ) -> Mapping[str, str]:
        """Return what the locator says of every index: possible, no_entry or no_filter.

        The digests are filled with random ones up to the set's one number.
        """
        count = LOCATED_COUNTS[set_name]
        if len(digests) > count:
            raise ValueError("more digests than one question carries")
        filled = sorted((*digests, *(_chance() for _ in range(count - len(digests)))))
        asked = LocateAsked(set_name, epoch, tuple(filled))
        body = await self._ask(self.directory.locator, LOCATE_PATH, asked.encoded())
        return LocateSaid.decoded(body).members

    async def upload_filter(self, set_name: str, epoch: int, written: bytes) -> None:
        """Hand the locator this member's filter; it must say that it keeps this very one."""
        sent = FilterSent(set_name, epoch, written).encoded()
        body = await self._ask(self.directory.locator, FILTERS_PATH, sent, _UPLOADS_TIMES)
        if Stored.decoded(body).sha256 != hashlib.sha256(written).hexdigest():
            raise MessageRefused(PeerCode.MALFORMED)

    async def shield_upload(self, epoch: int, batch: int, rows: Sequence[ShieldRow]) -> None:
        """Put one batch of rows into the shield set; the same batch again changes nothing."""
        sent = ShieldsSent(epoch, batch, tuple(rows)).encoded()
        body = await self._ask(self.directory.locator, UPLOAD_PATH, sent)
        Stored.decoded(body)

    async def shield_ask(self, epoch: int, digests: Sequence[bytes]) -> list[list[ShieldHit]]:
        """Return, for each digest, the rows of the shield set that are of it.

        Filled with random digests and in an order by lot: an ask tells not even how many.
        """
        if len(digests) > SHIELD_ASKED:
            raise ValueError("more digests than one question carries")
        filled = [*digests, *(_chance() for _ in range(SHIELD_ASKED - len(digests)))]
        order = random.SystemRandom().sample(range(SHIELD_ASKED), SHIELD_ASKED)
        asked = ShieldsAsked(epoch, tuple(filled[place] for place in order))
        body = await self._ask(self.directory.locator, ASK_PATH, asked.encoded())
        found: list[list[ShieldHit]] = [[] for _ in filled]
        for hit in ShieldsTold.decoded(body).hits:
            found[order[hit.place]].append(hit)
        return found[: len(digests)]

    async def note(self, hit: ShieldHit, text: bytes) -> None:
        """Leave a note for whoever put a row into the set; NoteUnfit where its key is none."""
        sent = NoteSent(hit.row, seal_note(hit.key, text)).encoded()
        await self._ask(self.directory.locator, NOTE_PATH, sent)

    async def notes(self, had: Sequence[UUID]) -> Sequence[NoteKept]:
        """Fetch the notes left at this member's rows; those of `had` are done with."""
        sent = NotesAsked(tuple(had)).encoded()
        return NotesTold.decoded(await self._ask(self.directory.locator, NOTES_PATH, sent)).notes

    async def checks_answered(self, member: Member) -> datetime | None:
        """Return until when another index's checks of the shield set were answered, if told."""
        body = padded(b"{}", PROBE_BYTES)
        said = object_of(await self._ask(member, PROBE_PATH, body), *PROBE_PARTS)
        until = said["shields_checked"]
        return None if until is None else datetime.fromtimestamp(whole_of(until, _MOMENT_MAX), UTC)

    async def _ask(self, member: Member, path: str, body: bytes, times: int = 1) -> bytes:
        answer = await self._peers.ask(member, path, body, times * self._deadline_s)
        return answer.body


def _chance() -> bytes:
    return os.urandom(DERIVED_BYTES)


__all__ = ["JOB_DEADLINE_S", "ProofFailed", "RegionClient"]
