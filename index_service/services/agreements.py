"""Sharing agreements as data: proposed, compared, approved by a second person, in force.

What widens nothing holds at once; what widens anything waits until somebody else has
seen the difference and names it. Versions are added, never rewritten.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import orjson

from consent.agreement import Agreement, AgreementInvalid, compile_agreement
from consent.agreement_difference import Widening, widenings
from consent.decide import may_ask
from consent.facts import Action
from index_service.crypto.keyring import Keyring
from index_service.domain.disclosure import shown_agreement
from index_service.domain.errors import Code, Invalid, NotDisclosed
from index_service.domain.matter import Matter, MatterKind, MatterState, Step
from index_service.log.entry import Outcome
from index_service.services.admitting import Admitted, Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.index import Index
from index_service.services.matters import (
    OpenMatter,
    matter_to_change,
    matters_on,
    open_matter,
    put_matter,
)
from index_service.services.second_person import must_be_another
from index_service.services.views import AGREEMENT_BYTES, open_agreement, seal_agreement
from index_service.services.writing import REPLAYED, Change, Once, Repeatable, recorded
from index_service.store.reading import snapshot
from index_service.store.work import Work, work_on

WAITING = "agreements"  # the management team's list of agreements that wait
PROPOSED, LOADED = "proposed", "loaded"
_DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a proposed agreement: its number once in force, else its difference."""

    id: UUID
    version: int | None
    widens: Sequence[Widening] = ()
    difference: str | None = None

    def shown(self) -> dict[str, Any]:
        """Return it as the contract shows it."""
        return {
            "id": str(self.id),
            "state": "waiting" if self.version is None else "in_force",
            "version": self.version,
            "widens": _shown(self.widens),
            "difference": self.difference,
        }


@dataclass(frozen=True, slots=True)
class _InForce:
    """The agreement a difference is told against, by its number."""

    version: int
    agreement: Agreement

    def compared(self, proposal_id: UUID, new: Agreement) -> Kept:
        """Return what a second person must have seen before this may hold."""
        widens = widenings(self.agreement, new)
        seen = [self.version, new.canonical, _shown(widens)]
        return Kept(proposal_id, None, widens, hashlib.sha256(orjson.dumps(seen)).hexdigest())


class Agreements:
    """Keeps one authority's sharing agreements."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def propose(
        self, login: Login, document: Mapping[str, Any], sent: Repeatable, attempt: Attempt
    ) -> Kept:
        """Bring an agreement into force if it widens nothing; else keep it for a second person."""
        index = self._index
        asked = Asked(login, Action.KEEP_AGREEMENT, attempt.access)
        async with work_on(index.api, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            once = Once(index, admitted, attempt, sent)
            await work.directory.hold()
            done = await once.before(work)
            if done is not None:
                kept = await self._again(work, admitted, done.resource)
                await recorded(index, work, attempt, Change(code=REPLAYED))
                return kept
            new = _compiled(admitted, document)
            proposal_id = uuid4()
            sealed = _sealed(index.keyring, proposal_id, document)
            kept = (await self._standing(work, admitted)).compared(proposal_id, new)
            matter = self._proposed(admitted, proposal_id)
            if not kept.widens:
                kept = Kept(proposal_id, await self._load(work, document))
                matter = self._answered(admitted, matter, kept)
            await work.directory.add_proposal(proposal_id, sealed)
            await open_matter(index, work, matter, [WAITING] if kept.version is None else [])
            code = PROPOSED if kept.version is None else LOADED
            change = Change(code=code, once=once, resource=proposal_id)
            await recorded(index, work, attempt, change)
            return kept

    async def approve(
        self, login: Login, proposal_id: UUID, difference: str, attempt: Attempt
    ) -> Kept:
        """Bring a proposed agreement into force: somebody else, who saw this difference."""
        index = self._index
        asked = Asked(login, Action.KEEP_AGREEMENT, attempt.access)
        async with work_on(index.api, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            await work.directory.hold()
            before = await self._waiting(work, proposal_id)
            await must_be_another(index, work, admitted, before.matter.account)
            document = await self._document(work, proposal_id)
            new = _compiled(admitted, document)
            seen = (await self._standing(work, admitted)).compared(proposal_id, new)
            if seen.difference != difference:
                raise Invalid(Code.STATE_CONFLICT, "difference")
            kept = Kept(proposal_id, await self._load(work, document))
            after = self._answered(admitted, before.matter, kept)
            await put_matter(index, work, before, after, off=[WAITING])
            await recorded(index, work, attempt, Change(code=LOADED))
            return kept

    async def read(self, login: Login, attempt: Attempt) -> bytes:
        """Return which agreement is in force, and which wait with what they would widen."""
        index, keyring = self._index, self._index.keyring
        asked = Asked(login, Action.KEEP_AGREEMENT, attempt.access)
        async with snapshot(index.reading, index.csa) as reading:
            admitted = await admit(index, reading, asked, attempt)
            matters = await matters_on(index, reading, WAITING)
            rows = await reading.proposals([matter.id for matter in matters])
        sealed = {row["id"]: row["sealed"] for row in rows}
        standing = _InForce(admitted.agreement_version, admitted.agreement)
        waiting = []
        for matter in matters:
            new = compile_agreement(_opened(keyring, matter.id, sealed[matter.id]))
            told = standing.compared(matter.id, new)
            who = {"proposed_by": matter.account, "proposed_at": matter.opened_s}
            waiting.append({**told.shown(), **who, **shown_agreement(new)})
        in_force = {"version": standing.version, **shown_agreement(standing.agreement)}
        return await self._told({"in_force": in_force, "waiting": waiting}, attempt)

    async def document(self, login: Login, version: int, attempt: Attempt) -> bytes:
        """Return the document of one version, in force now or earlier."""
        index = self._index
        asked = Asked(login, Action.KEEP_AGREEMENT, attempt.access)
        async with snapshot(index.reading, index.csa) as reading:
            admitted = await admit(index, reading, asked, attempt)
            if version > admitted.agreement_version:
                raise NotDisclosed("absent")
            sealed = await reading.agreement(version)
        text = open_agreement(index.keyring, version, sealed)
        return await self._told({"version": version, _DOCUMENT: orjson.Fragment(text)}, attempt)

    async def _told(self, body: object, attempt: Attempt) -> bytes:
        index = self._index
        entry = attempt.entry(index.log.stamp(), Outcome.SHOWN)
        attempt.answered(await index.log.append(entry))
        return orjson.dumps(body)

    async def _again(self, work: Work, admitted: Admitted, proposal_id: UUID) -> Kept:
        """Return what became of a proposal since."""
        found = await matter_to_change(self._index, work, proposal_id)
        assert found is not None  # INVARIANT: proposals and their matters are never removed
        if found.matter.state is not MatterState.WAITING:
            return Kept(proposal_id, found.matter.details["version"])
        new = compile_agreement(await self._document(work, proposal_id))
        return (await self._standing(work, admitted)).compared(proposal_id, new)

    async def _waiting(self, work: Work, proposal_id: UUID) -> OpenMatter:
        found = await matter_to_change(self._index, work, proposal_id)
        if found is None or found.matter.kind is not MatterKind.AGREEMENT:
            raise NotDisclosed("absent")
        if found.matter.state is not MatterState.WAITING:
            raise Invalid(Code.ENDED_ALREADY)
        return found

    async def _document(self, work: Work, proposal_id: UUID) -> Mapping[str, Any]:
        sealed = await work.directory.proposal(proposal_id)
        return _opened(self._index.keyring, proposal_id, sealed)

    async def _standing(self, work: Work, admitted: Admitted) -> _InForce:
        """Return what is in force now that nobody else can change it."""
        version = await work.directory.newest_agreement()
        if version in (None, admitted.agreement_version):
            return _InForce(admitted.agreement_version, admitted.agreement)
        sealed = await work.directory.agreement(version)
        text = open_agreement(self._index.keyring, version, sealed)
        return _InForce(version, compile_agreement(orjson.loads(text)))

    async def _load(self, work: Work, document: Mapping[str, Any]) -> int:
        """Add an agreement as the next version: in force for every request begun after."""
        version = (await work.directory.newest_agreement() or 0) + 1
        sealed = seal_agreement(self._index.keyring, version, dict(document))
        await work.directory.add_agreement(version, sealed)
        await work.directory.changed()
        return version

    def _proposed(self, admitted: Admitted, proposal_id: UUID) -> Matter:
        asker = admitted.asker
        return Matter(
            proposal_id,
            MatterKind.AGREEMENT,
            MatterState.WAITING,
            self._now_s(),
            account=str(asker.account_id),
            agency=str(asker.agency_id),
        )

    def _answered(self, admitted: Admitted, matter: Matter, kept: Kept) -> Matter:
        step = Step(self._now_s(), str(admitted.asker.account_id), LOADED)
        return matter.stepped(step, MatterState.ANSWERED, version=kept.version)

    def _now_s(self) -> int:
        return int(self._index.clock.now().timestamp())


def _compiled(admitted: Admitted, document: Mapping[str, Any]) -> Agreement:
    """Return the agreement a document states, if the team could still keep agreements under it.

    Else nobody could ever bring another into force.
    """
    try:
        new = compile_agreement(document)
    except AgreementInvalid as invalid:
        path = f"{_DOCUMENT}.{invalid.path}" if invalid.path else _DOCUMENT
        raise Invalid(Code.AGREEMENT_INVALID, path) from None
    if not new.in_force.covers(admitted.ask.today):
        raise Invalid(Code.AGREEMENT_INVALID, f"{_DOCUMENT}.in_force_from")
    if not may_ask(admitted.asker.facts, admitted.ask, new):
        raise Invalid(Code.AGREEMENT_INVALID, f"{_DOCUMENT}.roles")
    # Known in this snapshot; agencies are never removed, so it stays true.
    refuse_unknown_agencies(new, admitted.view.agencies)
    return new


def refuse_unknown_agencies(agreement: Agreement, known: Collection[UUID]) -> None:
    """Raise Invalid where an agency excepted by name is none: it would withhold from nobody."""
    excepted = {
        "levels": {agency for _, agency in agreement.agency_levels},
        "named": agreement.named.keys(),
    }
    for part, agencies in excepted.items():
        if not {UUID(agency) for agency in agencies} <= set(known):
            raise Invalid(Code.AGENCY_UNKNOWN, f"{_DOCUMENT}.{part}")


def _sealed(keyring: Keyring, proposal_id: UUID, document: Mapping[str, Any]) -> bytes:
    text = orjson.dumps(dict(document))
    if len(text) > AGREEMENT_BYTES:
        raise Invalid(Code.BODY_TOO_LARGE)
    return keyring.rows.seal("proposal", proposal_id, text, AGREEMENT_BYTES)


def _opened(keyring: Keyring, proposal_id: UUID, sealed: bytes) -> Mapping[str, Any]:
    document: Mapping[str, Any] = orjson.loads(keyring.rows.open("proposal", proposal_id, sealed))
    return document


def _shown(widens: Sequence[Widening]) -> list[dict[str, Any]]:
    return [{"kind": each.kind.value, "where": list(each.where)} for each in widens]
