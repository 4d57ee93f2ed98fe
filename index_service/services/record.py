"""Recording a child: a new core record, and amendments of one with their provenance."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from consent.coverage import NewRecord
from consent.facts import Action, DisclosureClass
from index_service.domain.child import (
    FORMER_NAMES_MAX,
    Address,
    AddressKind,
    Carer,
    ChildRecord,
    Education,
    Source,
)
from index_service.domain.errors import Code, Invalid
from index_service.domain.feed import LineOutcome
from index_service.domain.matching.grade import Grade, grade
from index_service.domain.matching.keys import Facts
from index_service.domain.matching.score import Candidate, prepare, score, withheld_fields
from index_service.log.entry import SubjectShown
from index_service.services.admitting import Admitted, Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.first_involvement import begin_with, first_involvement
from index_service.services.identity_change import refuse_same_day
from index_service.services.index import Index
from index_service.services.involvement import Beginning
from index_service.services.opening import Opened, child_to_write, decided
from index_service.services.peering.recorded_elsewhere import child_elsewhere, room_kept
from index_service.services.placing import (
    NO_LINE,
    Surroundings,
    birth_digests,
    held_now,
    placed,
    sought,
    waits,
)
from index_service.services.read import canonical_child, shown_child
from index_service.services.sealing import (
    CLASS_OF_SCHEME,
    SealedChild,
    facts_of,
    open_facts,
    open_policy,
    open_record,
    sealed_parts,
    sealed_policy,
    sealed_sheet,
    sheet_under,
)
from index_service.services.showing import Showing
from index_service.services.tokens import TokenSheet
from index_service.services.writing import REPLAYED, Change, Once, Repeatable, put_policy, recorded
from index_service.store.work import Work, work_on

_ADDRESSES = frozenset({AddressKind.CURRENT, AddressKind.LAST_KNOWN})


@dataclass(frozen=True, slots=True)
class ChildStated:
    """What is stated of a child not yet here: facts, and the involvement that goes with them."""

    record: ChildRecord
    beginning: Beginning | None = None


@dataclass(frozen=True, slots=True)
class Amendment:
    """What is to be different, and as of which day it is so. None leaves a part as it is."""

    as_of: date
    record: Callable[[ChildRecord], ChildRecord]
    attributes: tuple[str, ...]


def traced(record: ChildRecord) -> ChildRecord:
    """Return the record with what it can be found by taken from its address and names."""
    address: Address = record.address
    place = address if address.kind in _ADDRESSES else Address(address.kind)
    tracing = replace(record.tracing, postcode=place.postcode, house=place.house)
    return replace(record, tracing=tracing)


def renamed(before: ChildRecord, after: ChildRecord) -> ChildRecord:
    """Return an amended record with the name it had before kept as a former one.

    Schedule 1 paragraph 1 of SI 2007/2182: a name includes any former name.
    """
    old, new = before.identity.name, after.identity.name
    if new == old:
        return after
    former = tuple(name for name in after.tracing.former_names if name not in (old, new))
    kept = (old, *former)[:FORMER_NAMES_MAX]
    return replace(after, tracing=replace(after.tracing, former_names=kept))


def sourced(record: ChildRecord, attributes: tuple[str, ...], source: Source) -> ChildRecord:
    """Return the record with these attributes' provenance set to a source."""
    provenance = record.provenance | dict.fromkeys(attributes, source)
    return replace(record, provenance=provenance)


def attributes_of(record: ChildRecord) -> tuple[str, ...]:
    """Return the names of the attributes a whole record states."""
    named = ["name", "date_of_birth", "gender", "address"]
    named += ["carers"] if record.carers or record.identity.carers else []
    settings = record.settings
    schooled = settings.school or settings.education is not Education.NOT_KNOWN
    named += ["school"] if schooled else []
    named += ["practice"] if settings.practice else []
    return (*named, *(scheme.value for scheme in record.identifiers))


def carer_names(carers: tuple[Carer, ...]) -> tuple[object, ...]:
    """Return the names that stand in the identity part for these carers."""
    return tuple(carer.name for carer in carers)


class Records:
    """Writes child records for one authority, over HTTP: one record a request."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def create(
        self, login: Login, stated: ChildStated, sent: Repeatable, attempt: Attempt
    ) -> UUID:
        """Create a record and return its id.

        The answer is the same whatever else the index holds: a record that may be a
        shielded child's is born held. Only a child this asker would have found as
        certain is refused as known already (STATE_CONFLICT).
        """
        index = self._index
        asked = Asked(login, Action.CREATE_CHILD, attempt.access)
        async with work_on(index.feed, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            await refuse_same_day(index, work, admitted)
            once = Once(index, admitted, attempt, sent)
            done = await once.before(work)
            if done is not None:
                change = Change((SubjectShown(done.resource),), code=REPLAYED)
                await recorded(index, work, attempt, change)
                return done.resource
            return await self._created(work, admitted, stated, once, attempt)

    async def _created(
        self, work: Work, admitted: Admitted, stated: ChildStated, once: Once, attempt: Attempt
    ) -> UUID:
        index, record = self._index, stated.record
        facts, becomes = first_involvement(admitted, stated.beginning)
        whole = sourced(traced(record), attributes_of(record), self._source(admitted))
        asked = sought(index, facts_of(whole))
        await work.locks.shields_shared()
        await work.locks.births(birth_digests(index, [asked]))
        around = Surroundings(index)
        found = await around.gather(work, [asked])
        self._refuse_if_seen(admitted, asked.facts, found.values())
        judged = around.judge(asked)
        agency = str(admitted.asker.agency_id)
        outcome = LineOutcome.DOUBTFUL if judged.same else judged.outcome
        if becomes is NewRecord.WAITS:
            outcome = LineOutcome.HELD
        if outcome is LineOutcome.NEW:
            sent_on = await child_elsewhere(index, work, admitted, (whole, facts))
            if sent_on is not None:
                change = Change((SubjectShown(sent_on),), once=once, resource=sent_on)
                await recorded(index, work, attempt, change)
                return sent_on
        else:
            await room_kept(index, work, admitted, whole)
        new = placed(index, whole, outcome, agency, NO_LINE)
        await work.children.insert([new.child.row])
        await work.children.add_tokens(new.child.sheet.search, new.child.sheet.guard)
        await work.children.add_work(new.work)
        await begin_with(index, work, new.child, facts)
        subjects = (SubjectShown(new.child.child_id, tuple(DisclosureClass)),)
        change = Change(subjects, once=once, resource=new.child.child_id)
        await recorded(index, work, attempt, change)
        return new.child.child_id

    def _refuse_if_seen(
        self, admitted: Admitted, stated: Facts, found: Iterable[SealedChild]
    ) -> None:
        """Refuse a record of a child this asker may see as certainly the same.

        Rests on each child's permitted facts alone: what else is found, hidden or shielded,
        turns no refusal into a record and no record into a refusal.
        """
        query = prepare(stated)
        ask = replace(admitted.ask, action=Action.LOOKUP)
        for child in found:
            permits = decided(admitted, ask, child).permits
            if DisclosureClass.TRACING not in permits:
                continue
            facts = open_facts(child)
            seen = {
                scheme: number
                for scheme, number in facts.identifiers.items()
                if CLASS_OF_SCHEME[scheme] in permits
            }
            candidate = Candidate(replace(facts, identifiers=seen), withheld_fields(permits))
            if grade(query, candidate, score(query, candidate)) is Grade.CERTAIN:
                raise Invalid(Code.STATE_CONFLICT)

    def _source(self, admitted: Admitted, as_of: date | None = None) -> Source:
        day = as_of or admitted.ask.today
        now = int(self._index.clock.now().timestamp())
        return Source(str(admitted.asker.agency_id), day, now, by_person=True)

    async def amend(
        self,
        login: Login,
        child_id: UUID,
        amendment: Amendment,
        if_match: str,
        attempt: Attempt,
    ) -> None:
        """Amend a record the asker has read and may write; PRECONDITION_FAILED if it changed.

        If what it becomes resembles a shielded child, the record waits for the team,
        unseen: nothing here ever widens who sees a shielded child.
        """
        index = self._index
        asked = Asked(login, Action.AMEND_CHILD, attempt.access)
        async with work_on(index.feed, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            await work.locks.shields_shared()
            opened = await child_to_write(index, work, admitted, child_id, attempt)
            await self._check_unchanged(work, admitted, opened, if_match)
            before = open_record(opened.child)
            source = self._source(admitted, amendment.as_of)
            after = amendment.record(before)
            if "former_names" not in amendment.attributes:  # who corrects a slip states them
                after = renamed(before, after)
            after = sourced(traced(after), amendment.attributes, source)
            await rewrite(index, work, opened.child, after)
            subjects = (SubjectShown(child_id, tuple(opened.decision.permits)),)
            await recorded(index, work, attempt, Change(subjects, opened.decision))

    async def _check_unchanged(
        self, work: Work, admitted: Admitted, opened: Opened, if_match: str
    ) -> None:
        """Compare If-Match with what this asker would be shown now, after policy."""
        index = self._index
        as_read = replace(admitted, ask=replace(admitted.ask, action=Action.READ_CHILD))
        decision = decided(as_read, as_read.ask, opened.child)
        ref = index.keyring.references.case_ref(opened.child.child_id)
        cases = [row._mapping for row in await work.children.cases([ref])]
        shown = shown_child(Showing(index, as_read), opened.child, decision, list(cases))
        account = admitted.asker.account_id
        if not index.keyring.tags.etag_matches(account, canonical_child(shown), if_match):
            raise Invalid(Code.PRECONDITION_FAILED, "If-Match")


async def rewrite(index: Index, work: Work, child: SealedChild, after: ChildRecord) -> LineOutcome:
    """Store a changed record and move its tokens; held if it now resembles a shielded one."""
    facts = facts_of(after)
    asked = sought(index, facts)
    around = Surroundings(index)
    await around.behold(work, asked, child.child_id)
    touches = around.newly_resembles(asked, child.child_id)
    if child.policy.shielded:
        await _hold_beside(index, work, around.beside_shielded(asked, child.child_id))
    outcome = LineOutcome.HELD if touches else LineOutcome.CHANGED
    parts = sealed_parts(child.key, child.child_id, after)
    policy = replace(held_now(child.policy) if touches else child.policy, more=parts.more)
    old = TokenSheet.decoded(child.part("tokens"))
    new = sheet_under(index.keyring, child.child_id, facts, policy)
    await work.children.remove_tokens(old.search, old.guard)
    await work.children.add_tokens(new.search, new.guard)
    row = {
        "child_id": child.child_id,
        "policy": sealed_policy(child.key, child.child_id, policy),
        **parts.columns,
        "tokens": sealed_sheet(child.key, child.child_id, new),
    }
    await work.children.replace([row])
    # A record that waits already is listed already: another row like it would be refused.
    listed = LineOutcome.CHANGED if child.policy.held else outcome
    await work.children.add_work([waits(index, child.child_id, listed)])
    return outcome


async def _hold_beside(index: Index, work: Work, others: Sequence[UUID]) -> None:
    """Hold other records of a shielded child.

    They are locked after their own child's, which no order of ids allows for: of two who wait
    for each other the database ends one, who tries again.
    """
    for row in await work.children.locked(sorted(others)) if others else ():
        other = open_policy(index.keyring, row)
        if not other.policy.guarded:
            await put_policy(work, other, held_now(other.policy))
            await work.children.add_work([waits(index, other.child_id, LineOutcome.HELD)])
