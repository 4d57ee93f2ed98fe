"""Whom to ring of a service that agreed to be named: read live, for as long as it may be told.

A release lifts what keeps a sensitive service from being named, and nothing else: who may
not see the record, or sees it shielded, is told nobody through it.
"""

from dataclasses import dataclass, replace
from uuid import UUID

from consent.decide import decide_involvement
from consent.facts import (
    Action,
    InvolvementFacts,
    InvolvementLevel,
    Obligation,
    Purpose,
    SensitiveBasis,
)
from index_service.domain.disclosure import Shown, shown_contact
from index_service.domain.involvement import Involvement
from index_service.services.admitting import Admitted
from index_service.services.cases import SealedCase, checked_cases
from index_service.services.contact_shield import involvement_as_seen
from index_service.services.facts import CaseFacts
from index_service.services.forms.form import CaseHead
from index_service.services.index import Index
from index_service.services.loads import case_token, open_load
from index_service.services.opening import decided
from index_service.services.sealing import SealedChild, open_policy
from index_service.store.reading import Snapshot

_NAMED = (InvolvementLevel.CONTACT, InvolvementLevel.CONTENT)


@dataclass(frozen=True, slots=True)
class Reachable:
    """One involvement as stored, its body still closed, and the child it is with."""

    child: SealedChild
    case: SealedCase
    head: CaseHead
    facts: InvolvementFacts

    @property
    def has_basis(self) -> bool:
        """Return whether a sensitive entry stands on a basis today; others need none."""
        return not self.facts.sensitive or self.facts.basis is not SensitiveBasis.NONE

    def body(self) -> Involvement:
        """Open the involvement; only after policy permitted it."""
        body = self.case.body(self.head)
        assert isinstance(body, Involvement)  # INVARIANT: the head said so
        return body


async def reachable(
    index: Index,
    reading: Snapshot,
    admitted: Admitted,
    involvement_id: UUID,
    purpose: Purpose | None,
) -> Reachable | None:
    """Return an involvement by its id, or None where there is none of a child that is here.

    `purpose` is the one the asker of the contact states: a consent may be for one alone.
    """
    keyring = index.keyring
    token = case_token(keyring, involvement_id)
    loads = [open_load(keyring, token, row["pointer"]) for row in await reading.work([token])]
    child_id = loads[0].child_id if loads else involvement_id
    rows = await reading.policies([child_id])
    cases = await reading.cases([keyring.references.case_ref(child_id)])
    if not rows:
        return None
    child = open_policy(keyring, rows[0])
    found = checked_cases(keyring, child.key, child.policy, cases)
    heads = {case.id: case.head() for case in found}
    today = admitted.ask.today
    facts = CaseFacts(heads.values(), admitted.asker.facts.agency, today, purpose)
    for case in found:
        head = heads[case.id]
        if case.id == involvement_id and head.kind == "involvement":
            return Reachable(child, case, head, facts.involvement(head))
    return None


def team_sees(admitted: Admitted, found: Reachable) -> bool:
    """Return whether the broker may see whom to ring of this involvement."""
    decision = decided(admitted, admitted.ask, found.child)
    asker, agreement = admitted.asker.facts, admitted.agreement
    level = decide_involvement(asker, admitted.ask, decision, found.facts, agreement)
    return decision.allowed and level in _NAMED


def released_contact(admitted: Admitted, found: Reachable | None) -> Shown | None:
    """Return whom to ring of a released involvement, or None where it may no longer be told.

    That is where this asker may not see the child's involvements, where the record is
    shielded from them, where the involvement has ceased or its basis has ended.
    """
    if found is None or not found.has_basis:
        return None
    ask = replace(admitted.ask, action=Action.READ_INVOLVEMENT)
    decision = decided(admitted, ask, found.child)
    if not decision.allowed or Obligation.WITHHOLD_WHEREABOUTS in decision.obligations:
        return None
    body = involvement_as_seen(admitted, found.body())
    if body.ceased is not None:
        return None
    agency = admitted.view.agencies.get(UUID(body.agency))
    return {
        "agency": agency.name if agency else "",
        "service": body.service.value,
        "contact": shown_contact(body.contact),
    }
