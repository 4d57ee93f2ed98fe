"""One leg of a peer's question: who asks as this authority sees them, and what is entered of it."""

from dataclasses import dataclass, field, replace
from uuid import UUID

from consent.decide import may_ask
from consent.facts import AccountState, Action, Ask, AskerFacts
from consent.peers import PeerTerms, asker_of_peer, peer_terms
from index_service.domain.access import Asker
from index_service.domain.errors import Refused, Unavailable
from index_service.domain.matching.keys import Facts
from index_service.federation.answer import PeerOutcome
from index_service.federation.naming import agency_of
from index_service.federation.question import PeerAsker, Stated
from index_service.log.entry import Outcome, SubjectShown
from index_service.log.leaf import Left
from index_service.services.admitting import Admitted
from index_service.services.asked import seal_asked
from index_service.services.index import Index
from index_service.services.peering.heard import PeerAsked, PeerSaid
from index_service.services.views import View
from index_service.store.reading import Snapshot

NOT_NAMED = "authority_not_named"


@dataclass(slots=True)
class Leg:
    """One leg being answered: what stands in its entry."""

    asked: PeerAsked
    stated: Stated
    code: str = PeerOutcome.NOTHING.value
    rules: tuple[str, ...] = ()
    agreement: int = 0
    subjects: tuple[SubjectShown, ...] = ()
    asker: Asker | None = None
    charges: tuple[tuple[bytes, bytes], ...] = ()
    facts: Facts = field(default_factory=Facts)

    @property
    def member(self) -> str:
        """Which authority asks."""
        return self.asked.sender.member.name

    @property
    def shows(self) -> bool:
        """Whether the answer tells anything."""
        return bool(self.subjects)


async def admitted_peer(index: Index, reading: Snapshot, leg: Leg) -> Admitted | None:
    """Return the asker as this authority's agreement sees them; None where nothing is told.

    Unavailable while this index answers nobody: that is neither yes nor no.
    """
    stated = leg.stated
    check_open(index)
    row = await reading.in_force()
    view = await index.views.at(row["directory"], row["agreement"], reading)
    peer = agency_of(leg.asked.standing.directory.region, leg.member)
    agreement = view.agreement
    ask = Ask(Action.LOOKUP, index.clock.today(), stated.purpose, stated.reason)
    leg.asker, terms = seen_here(view, peer, stated.asker)
    seen = leg.asker.facts
    leg.agreement = row["agreement"] or 0
    if agreement is None or terms is None:
        leg.rules = (NOT_NAMED,)
        return None
    allowed = may_ask(seen, ask, agreement)
    if not allowed:
        leg.rules = tuple(reason.value for reason in allowed.reasons)
        return None
    return Admitted(leg.asker, ask, agreement, leg.agreement, view, peer=terms)


def check_open(index: Index) -> None:
    """Raise Unavailable while this index answers nobody about children."""
    try:
        if index.gate is not None:
            index.gate.check(Action.LOOKUP)
        if index.lag is not None:
            index.lag.check(Action.LOOKUP)
    except Refused:
        raise Unavailable from None


async def recorded(index: Index, leg: Leg, body: bytes, facts: Facts | None) -> PeerSaid:
    """Make the leg's entry durable with its charges and, of a search, its question."""
    stated, asker = leg.stated, leg.asker
    assert asker is not None  # INVARIANT: admitted_peer sets it
    outcome = Outcome.SHOWN if leg.shows else Outcome.NOTHING
    entry = replace(
        leg.asked.entry(index.log.stamp(), outcome, leg.code),
        action=Action.LOOKUP.value,
        rules=leg.rules,
        account=str(asker.account_id),
        role=stated.asker.role.value,
        purpose=stated.purpose.value,
        reason=stated.reason.value,
        reference=stated.reference or "",
        mediation="" if stated.mediator is None else str(stated.mediator),
        agreement=leg.agreement,
        subjects=leg.subjects,
    )
    question = None
    if facts is not None:
        question = seal_asked(index.keyring, entry.entry_id, asker, facts, entry.mediation)
    return await leg.asked.told(index.log, entry, body, Left(question, leg.charges))


def seen_here(view: View, peer: UUID, asker: PeerAsker) -> tuple[Asker, PeerTerms | None]:
    """Return who asks as this authority sees them, and on what terms; None where on none."""
    agreement, agency = view.agreement, view.agencies.get(peer)
    terms = None if agreement is None else peer_terms(str(peer), agreement)
    facts = _facts_of(asker, accredited=agency is not None and agency.accredited)
    seen = facts if terms is None else asker_of_peer(facts, terms)
    return Asker(asker.account, peer, seen), terms


def _facts_of(asker: PeerAsker, *, accredited: bool) -> AskerFacts:
    """Return what a peer states of its asker; that its employers are accredited is agreed here."""
    return AskerFacts(
        role=asker.role,
        agency_kind=asker.agency_kind,
        agency=str(asker.agency),
        account_state=AccountState.ACTIVE,
        checked_on=asker.checked_on,
        trained_on=asker.trained_on,
        signed_on=asker.signed_on,
        employer_accredited=accredited,
    )
