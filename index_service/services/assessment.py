"""That a common assessment is held and by whom, and who the lead professional is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from consent.decide import may_hold_assessment
from consent.facts import Action, Ask, DisclosureClass, Role
from index_service.domain.consent_rules import superseded
from index_service.domain.consenting import Consent, ConsentFor
from index_service.domain.errors import Code, Invalid, NotDisclosed
from index_service.domain.involvement import (
    REVIEW_AFTER,
    CafClosure,
    CafStatus,
    Contact,
    LeadProfessional,
    standing,
)
from index_service.log.entry import SubjectShown
from index_service.services.admitting import Admitted, Asked, Login, admit
from index_service.services.assessed import Headed, assessments_told, row_of
from index_service.services.attempt import Attempt
from index_service.services.cases import CaseFact, SealedCase, new_case_id
from index_service.services.consents_standing import standing_of
from index_service.services.due import due_rows
from index_service.services.encoding import Policy
from index_service.services.facts import CaseFacts
from index_service.services.forms.assessment import CAF
from index_service.services.forms.consent import CONSENT
from index_service.services.forms.form import CaseHead
from index_service.services.index import Index
from index_service.services.opening import Opened, child_to_end_own, child_to_write
from index_service.services.pointers import LOAD_ROWS, decoy
from index_service.services.room import refuse_if_full
from index_service.services.writing import Change, add_case, put_policy, recorded, replace_case
from index_service.store.work import Work, work_on

_NOT_HELD = "not_own_assessment"

_Made = Callable[[Admitted, UUID, CaseFact | None], CafStatus | LeadProfessional]


@dataclass(frozen=True, slots=True)
class _Found:
    """An assessment an asker may change, among its child's case rows."""

    case: SealedCase
    head: CaseHead
    caf: CafStatus
    heads: tuple[Headed, ...]


_Changed = Callable[[_Found], CafStatus]


@dataclass(frozen=True, slots=True)
class _Step:
    """One step with an assessment: how it changes it, and whether a shield leaves it open.

    `stated` judges the asker's side before a child is read.
    """

    stated: Callable[[Admitted], _Changed]
    shielded_too: bool = False


@dataclass(frozen=True, slots=True)
class Holding:
    """What the holder of a common assessment states of it."""

    contact: Contact
    since: date
    review: date | None = None


class Assessments:
    """Keeps what each agency says of assessment and lead: one row an agency of either.

    Nobody writes over another's: it may be one it is not told of.
    """

    def __init__(self, index: Index) -> None:
        self._index = index

    async def hold(self, login: Login, child_id: UUID, stated: Holding, attempt: Attempt) -> None:
        """State that the asker's agency holds a common assessment, replacing what it stated."""

        def made(admitted: Admitted, row_id: UUID, old: CaseFact | None) -> CafStatus:
            today = admitted.ask.today
            _not_in_the_future(admitted, stated.since, "held_since")
            usual = stated.since + REVIEW_AFTER
            review = stated.review or (usual if usual > today else today + REVIEW_AFTER)
            holder = str(admitted.asker.agency_id)
            caf = CafStatus(holder, stated.contact, stated.since, id=row_id, review_due=review)
            return replace(caf, refused=old.refused) if isinstance(old, CafStatus) else caf

        await self._put(login, child_id, "caf", made, attempt)

    async def lead(
        self, login: Login, child_id: UUID, contact: Contact, since: date, attempt: Attempt
    ) -> None:
        """State that the asker's agency leads for the child, replacing what it stated."""

        def made(admitted: Admitted, row_id: UUID, _: CaseFact | None) -> LeadProfessional:
            _not_in_the_future(admitted, since, "since")
            who = admitted.asker.facts
            return LeadProfessional(who.agency, who.agency_kind, contact, since, id=row_id)

        await self._put(login, child_id, "lead", made, attempt)

    async def close(
        self, login: Login, child_id: UUID, why: CafClosure, day: date, attempt: Attempt
    ) -> None:
        """Close the asker's agency's assessment on a day already come, saying why."""

        def stated(admitted: Admitted) -> _Changed:
            _not_in_the_future(admitted, day, "closed")

            def changed(found: _Found) -> CafStatus:
                if day < found.caf.held_since:
                    raise Invalid(Code.DATE_OUT_OF_RANGE, "closed")
                return replace(found.caf, closed=day, closure=why)

            return changed

        await self._change(login, child_id, _Step(stated, shielded_too=True), attempt)

    async def reassign(
        self, login: Login, child_id: UUID, to: UUID, contact: Contact, attempt: Attempt
    ) -> None:
        """Hand the asker's agency's assessment to another agency of a kind that may hold one.

        What the family refused goes along with it.
        """

        def stated(admitted: Admitted) -> _Changed:
            _may_hold(admitted, to)
            today = admitted.ask.today

            def changed(found: _Found) -> CafStatus:
                told = CaseFacts((head for _, head in found.heads), "", today)
                refused = told.last_consent if told.refused_to_the_next(found.head) else 0
                before = replace(found.caf, refused=refused)
                return replace(before, agency=str(to), contact=contact, held_since=today)

            return changed

        await self._change(login, child_id, _Step(stated, shielded_too=True), attempt)

    async def offer(self, login: Login, child_id: UUID, authority: str, attempt: Attempt) -> None:
        """Note that the asker's agency's assessment is offered to another authority.

        Only with a live consent to its transfer that names this authority.
        """

        def stated(admitted: Admitted) -> _Changed:
            if authority == self._index.csa:
                raise Invalid(Code.FIELD_INVALID, "authority")

            def changed(found: _Found) -> CafStatus:
                if not transfer_consented(admitted.ask, found.heads, authority):
                    raise Invalid(Code.CONSENT_MISSING)
                return replace(found.caf, offered_to=authority, offered_on=admitted.ask.today)

            return changed

        await self._change(login, child_id, _Step(stated), attempt)

    async def _put(
        self, login: Login, child_id: UUID, kind: str, made: _Made, attempt: Attempt
    ) -> None:
        index = self._index
        asked = Asked(login, Action.RECORD_ASSESSMENT, attempt.access)
        async with work_on(index.feed, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            await work.locks.shields_shared()
            opened = await child_to_write(index, work, admitted, child_id, attempt)
            heads = (await standing_of(index, work, opened.child)).heads
            old = row_of(heads, kind, admitted.asker.facts.agency)
            before = old[0].body(old[1]) if old else None
            fact = made(admitted, old[0].id if old else new_case_id(), before)
            if old is None or before is None:
                await refuse_if_full(index, work, admitted, opened)
                policy = await add_case(index, work, opened.child, fact)
                rows = self._rows(child_id, fact)
                rows += [decoy() for _ in range(LOAD_ROWS - len(rows))]
                await work.children.add_work(sorted(rows))
            else:
                policy = await replace_case(index, work, opened.child, old[0], fact)
                await self._relist(work, child_id, before, fact)
            await put_policy(work, opened.child, policy)
            await recorded(index, work, attempt, _changed(opened))

    async def _change(self, login: Login, child_id: UUID, step: _Step, attempt: Attempt) -> None:
        """Change the assessment the asker's agency holds, or the one the team is told of.

        Somebody else's assessment, and none, are the one 404.
        """
        index = self._index
        asked = Asked(login, Action.RECORD_ASSESSMENT, attempt.access)
        async with work_on(index.feed, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            changed = step.stated(admitted)
            await work.locks.shields_shared()
            to_change = child_to_end_own if step.shielded_too else child_to_write
            opened = await to_change(index, work, admitted, child_id, attempt)
            heads = (await standing_of(index, work, opened.child)).heads
            found = _held(admitted, opened, heads, attempt)
            if found.caf.closed is not None:
                raise Invalid(Code.ENDED_ALREADY)
            policy = await self._put_changed(work, opened, found, changed(found))
            await put_policy(work, opened.child, policy)
            await recorded(index, work, attempt, _changed(opened))

    async def _put_changed(
        self, work: Work, opened: Opened, found: _Found, after: CafStatus
    ) -> Policy:
        """Put an assessment in its place: in that of its new holder's own, if they have one."""
        child, case = opened.child, found.case
        there = row_of(found.heads, CAF.kind, after.agency)
        if there is None or there[0].id == case.id:
            await self._relist(work, child.child_id, found.caf, after)
            return await replace_case(self._index, work, child, case, after)
        other, before = there[0], there[0].body(there[1])
        assert isinstance(before, CafStatus)  # INVARIANT: the head said so
        after = replace(after, id=other.id, refused=max(after.refused, before.refused))
        await self._relist(work, child.child_id, before, after)
        gone = replace(found.caf, handed_on=True)
        policy = await replace_case(self._index, work, child, case, gone)
        return await replace_case(self._index, work, replace(child, policy=policy), other, after)

    def _rows(self, child_id: UUID, fact: CaseFact) -> list[tuple[bytes, bytes]]:
        if not isinstance(fact, CafStatus):
            return []
        return due_rows(self._index.keyring, child_id, fact)

    async def _relist(self, work: Work, child_id: UUID, before: CaseFact, after: CaseFact) -> None:
        """Put an assessment where its holder and its day of review belong.

        A closed one stays listed and is passed over, so that rows do not tell of closing.
        """
        off, on = self._rows(child_id, before), self._rows(child_id, after)
        if off != on:
            await work.children.remove_work(off)
            await work.children.add_work(sorted(on))


def _held(
    admitted: Admitted, opened: Opened, heads: tuple[Headed, ...], attempt: Attempt
) -> _Found:
    """Return the assessment to change, of those policy tells this asker of."""
    asker, ask = admitted.asker.facts, admitted.ask
    facts = CaseFacts((head for _, head in heads), asker.agency, ask.today, ask.purpose)
    found = {
        caf.agency: _Found(case, head, caf, heads)
        for (case, head), caf in assessments_told(admitted, opened.decision, heads, facts)
        if head.agency == asker.agency or asker.role is Role.MANAGEMENT_TEAM
    }
    chosen = standing(each.caf for each in found.values())
    if chosen is None:
        attempt.rules = (_NOT_HELD,)
        raise NotDisclosed(_NOT_HELD)
    return found[chosen.agency]


def transfer_consented(ask: Ask, heads: Iterable[Headed], authority: str) -> bool:
    """Say whether the newest word on a transfer to this authority is a consent in force."""
    rows = [
        case.body(head)
        for case, head in heads
        if head.kind == CONSENT.kind and head.extra[0] == ConsentFor.CAF_TRANSFER
    ]
    said = [row for row in rows if isinstance(row, Consent)]
    today, purpose = ask.today, ask.purpose
    standing = [
        each
        for each in said
        if each.receiving == authority and each.begins <= today
        if not superseded(each, said, today)
    ]
    newest = max(standing, key=lambda each: each.sequence, default=None)
    if newest is None or not newest.in_force(today):
        return False
    return newest.purpose in (None, purpose)


def _may_hold(admitted: Admitted, agency_id: UUID) -> None:
    """Refuse an agency that is not here, or whose practitioners may hold no assessment."""
    agency = admitted.view.agencies.get(agency_id)
    if agency is None or not may_hold_assessment(agency.kind, admitted.agreement):
        raise Invalid(Code.FIELD_INVALID, "agency_id")


def _changed(opened: Opened) -> Change:
    subjects = (SubjectShown(opened.child.child_id, (DisclosureClass.ASSESSMENT,)),)
    return Change(subjects, opened.decision)


def _not_in_the_future(admitted: Admitted, day: date, field: str) -> None:
    if day > admitted.ask.today:
        raise Invalid(Code.DATE_OUT_OF_RANGE, field)
