"""Involvements as a caseload shows them: each decided on as a read by whoever asks."""

from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from consent.decide import decide_involvement
from consent.decision import Decision
from consent.facts import (
    AskerFacts,
    DisclosureClass,
    InvolvementFacts,
    InvolvementLevel,
)
from index_service.domain import disclosure
from index_service.domain.caseload import confirm_by
from index_service.domain.contact_feedback import doubts
from index_service.domain.disclosure import Shown
from index_service.domain.involvement import Involvement
from index_service.log.entry import SubjectShown
from index_service.services.admitting import Admitted
from index_service.services.cases import checked_cases
from index_service.services.contact_shield import involvement_as_seen
from index_service.services.directory_rows import open_practitioner
from index_service.services.facts import CaseFacts
from index_service.services.index import Index
from index_service.services.loads import Load
from index_service.services.opening import decided
from index_service.services.sealing import SealedChild, open_policy
from index_service.store.reading import Snapshot

AT_ONCE = 8  # children, so that even the fullest records stay under the bound of one query
_CLASSES = (DisclosureClass.IDENTITY, DisclosureClass.INVOLVEMENTS)
Whose = Callable[[AskerFacts, InvolvementFacts, InvolvementLevel], bool]


@dataclass(frozen=True, slots=True)
class OnCaseload:
    """One involvement that goes on, opened because policy shows it, and its child."""

    child: SealedChild
    decision: Decision
    involvement: Involvement


async def rows_with_names(reading: Snapshot, ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return these children's sealed rows, with whatever their names take."""
    further = {row["child_id"]: row for row in await reading.further(ids)}
    rows = await reading.candidates(ids)
    return [{**row, **further.get(row["child_id"], {})} for row in rows]


def subjects_of(rows: Iterable[OnCaseload]) -> tuple[SubjectShown, ...]:
    """Return what an entry says of these: each child once."""
    ids = dict.fromkeys(each.child.child_id for each in rows)
    return tuple(SubjectShown(child_id, _CLASSES, shown=True) for child_id in ids)


class CaseloadRows:
    """One asker's look at involvements, in one snapshot; `whose` says which of them stand there."""

    def __init__(self, index: Index, reading: Snapshot, admitted: Admitted, whose: Whose) -> None:
        self._index = index
        self._reading = reading
        self._admitted = admitted
        self._whose = whose

    @property
    def agency(self) -> str:
        """The asker's own agency."""
        return self._admitted.asker.facts.agency

    async def opened(self, loads: Sequence[Load]) -> AsyncGenerator[OnCaseload, None]:
        """Yield those of these that go on and are this asker's to see, in order of their loads."""
        for begin in range(0, len(loads), AT_ONCE):
            some = loads[begin : begin + AT_ONCE]
            found = await self._opened(some)
            for load in some:
                if load.case_id in found:
                    yield found[load.case_id]

    async def _opened(self, loads: Sequence[Load]) -> dict[UUID, OnCaseload]:
        keyring, wanted = self._index.keyring, {load.case_id for load in loads}
        ids = sorted({load.child_id for load in loads})
        refs = {child_id: keyring.references.case_ref(child_id) for child_id in ids}
        rows: dict[bytes, list[Any]] = {ref: [] for ref in refs.values()}
        for row in await self._reading.cases(list(rows)):
            rows[row["child_ref"]].append(row)
        found: dict[UUID, OnCaseload] = {}
        for row in await rows_with_names(self._reading, ids):
            child = open_policy(keyring, row)
            decision = decided(self._admitted, self._admitted.ask, child)
            if decision.allowed:
                sealed = rows[refs[child.child_id]]
                found |= {
                    each.id: OnCaseload(child, decision, each)
                    for each in self._of_child(child, decision, sealed)
                    if each.id in wanted
                }
        return found

    def _of_child(
        self, child: SealedChild, decision: Decision, rows: Sequence[Any]
    ) -> Iterable[Involvement]:
        asker, ask = self._admitted.asker.facts, self._admitted.ask
        cases = checked_cases(self._index.keyring, child.key, child.policy, rows)
        heads = [(case, case.head()) for case in cases]
        facts = CaseFacts((head for _, head in heads), asker.agency, ask.today, ask.purpose)
        for case, head in heads:
            if head.kind != "involvement":
                continue
            told = facts.involvement(head)
            level = decide_involvement(asker, ask, decision, told, self._admitted.agreement)
            if self._whose(asker, told, level):
                body = case.body(head)
                assert isinstance(body, Involvement)  # INVARIANT: the head said so
                if body.ceased is None:
                    yield body

    async def shown(self, rows: Sequence[OnCaseload], *, supervised: bool = False) -> list[Shown]:
        """Return these as the contract shows them."""
        names = await self._names(rows, supervised=supervised)
        return [self._shown(each, names) for each in rows]

    async def _names(self, rows: Sequence[OnCaseload], *, supervised: bool) -> dict[str, str]:
        """Return practitioners' names; of one whose own contact is shielded to whom it is told."""
        asker = self._admitted.asker
        ids = sorted({UUID(who) for each in rows if (who := each.involvement.practitioner)})
        found = await self._reading.practitioners(ids) if ids else ()
        known = (open_practitioner(self._index.keyring, row) for row in found)
        return {
            str(who.id): who.name
            for who in known
            if supervised or who.id == asker.practitioner_id or not who.contact_shielded
        }

    def _shown(self, each: OnCaseload, names: dict[str, str]) -> Shown:
        admitted, said = self._admitted, each.involvement
        named = DisclosureClass.IDENTITY in each.decision.permits
        identity = each.child.identity() if named else None
        agency = admitted.view.agencies.get(UUID(said.agency))
        seen = involvement_as_seen(admitted, said)
        name, day = agency.name if agency else "", confirm_by(said)
        return {
            "child_id": str(each.child.child_id),
            "name": disclosure.shown_name(identity.name) if identity else None,
            "date_of_birth": identity.date_of_birth.isoformat() if identity else None,
            "involvement": disclosure.shown_involvement(seen, name, InvolvementLevel.CONTENT),
            "practitioner_id": said.practitioner,
            "practitioner": names.get(said.practitioner or ""),
            "confirm_by": day.isoformat(),
            "overdue": day < admitted.ask.today,
            "contact_doubts": [outcome.value for outcome in doubts(said.reports)],
        }
