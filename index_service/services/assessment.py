"""That a common assessment is held and by whom, and who the lead professional is."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from consent.facts import Action, DisclosureClass, Role
from index_service.domain.consent_rules import superseded
from index_service.domain.consenting import Consent, ConsentFor
from index_service.domain.errors import Code, Invalid, NotDisclosed
from index_service.domain.involvement import (
    REVIEW_AFTER,
    CafClosure,
    CafStatus,
    Contact,
    LeadProfessional,
)
from index_service.log.entry import SubjectShown
from index_service.services.admitting import Admitted, Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.cases import CaseFact, SealedCase, checked_cases, new_case_id
from index_service.services.due import due_rows
from index_service.services.forms.consent import CONSENT
from index_service.services.forms.form import CaseHead
from index_service.services.index import Index
from index_service.services.pointers import LOAD_ROWS, decoy
from index_service.services.writing import (
    Change,
    Opened,
    add_case,
    child_to_write,
    put_policy,
    recorded,
    replace_case,
)
from index_service.store.work import Work, work_on

_NOT_HELD = "not_own_assessment"

_Made = Callable[[Admitted, UUID], CafStatus | LeadProfessional]
_Heads = list[tuple[SealedCase, CaseHead]]
_Changed = Callable[[CafStatus, _Heads], CafStatus]


@dataclass(frozen=True, slots=True)
class Holding:
    """What the holder of a common assessment states of it."""

    contact: Contact
    since: date
    review: date | None = None


class Assessments:
    """Keeps the one common assessment status and the one lead professional of a child."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def hold(self, login: Login, child_id: UUID, stated: Holding, attempt: Attempt) -> None:
        """State that the asker's agency holds a common assessment, replacing what stood."""

        def made(admitted: Admitted, row_id: UUID) -> CafStatus:
            today = admitted.ask.today
            _not_in_the_future(admitted, stated.since, "held_since")
            usual = stated.since + REVIEW_AFTER
            review = stated.review or (usual if usual > today else today + REVIEW_AFTER)
            holder = str(admitted.asker.agency_id)
            return CafStatus(holder, stated.contact, stated.since, id=row_id, review_due=review)

        await self._put(login, child_id, "caf", made, attempt)

    async def lead(
        self, login: Login, child_id: UUID, contact: Contact, since: date, attempt: Attempt
    ) -> None:
        """State who leads for the child, replacing who did."""

        def made(admitted: Admitted, row_id: UUID) -> LeadProfessional:
            _not_in_the_future(admitted, since, "since")
            return LeadProfessional(str(admitted.asker.agency_id), contact, since, id=row_id)

        await self._put(login, child_id, "lead", made, attempt)

    async def close(
        self, login: Login, child_id: UUID, why: CafClosure, day: date, attempt: Attempt
    ) -> None:
        """Close the asker's agency's assessment on a day already come, saying why."""

        def stated(admitted: Admitted) -> _Changed:
            _not_in_the_future(admitted, day, "closed")

            def changed(caf: CafStatus, _: _Heads) -> CafStatus:
                if day < caf.held_since:
                    raise Invalid(Code.DATE_OUT_OF_RANGE, "closed")
                return replace(caf, closed=day, closure=why)

            return changed

        await self._change(login, child_id, stated, attempt)

    async def reassign(
        self, login: Login, child_id: UUID, to: UUID, contact: Contact, attempt: Attempt
    ) -> None:
        """Hand the asker's agency's assessment to another agency of a kind that may hold one."""

        def stated(admitted: Admitted) -> _Changed:
            _may_hold(admitted, to)
            today = admitted.ask.today
            return lambda caf, _: replace(caf, agency=str(to), contact=contact, held_since=today)

        await self._change(login, child_id, stated, attempt)

    async def offer(self, login: Login, child_id: UUID, authority: str, attempt: Attempt) -> None:
        """Note that the asker's agency's assessment is offered to another authority.

        Only with a live consent to its transfer that names this authority.
        """

        def stated(admitted: Admitted) -> _Changed:
            if authority == self._index.csa:
                raise Invalid(Code.FIELD_INVALID, "authority")

            def changed(caf: CafStatus, heads: _Heads) -> CafStatus:
                if not _transfer_consented(admitted, heads, authority):
                    raise Invalid(Code.CONSENT_MISSING)
                return replace(caf, offered_to=authority, offered_on=admitted.ask.today)

            return changed

        await self._change(login, child_id, stated, attempt)

    async def _put(
        self, login: Login, child_id: UUID, kind: str, made: _Made, attempt: Attempt
    ) -> None:
        index = self._index
        asked = Asked(login, Action.RECORD_ASSESSMENT, attempt.access)
        async with work_on(index.feed, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            await work.locks.shields_shared()
            opened = await child_to_write(index, work, admitted, child_id, attempt)
            heads = await self._heads(work, opened)
            old = next((each for each in heads if each[1].kind == kind), None)
            fact = made(admitted, old[0].id if old else new_case_id())
            if old is None:
                policy = await add_case(index, work, opened.child, fact)
                rows = self._rows(child_id, fact)
                rows += [decoy() for _ in range(LOAD_ROWS - len(rows))]
                await work.children.add_work(sorted(rows))
            else:
                policy = await replace_case(index, work, opened.child, old[0], fact)
                await self._relist(work, child_id, old[0].body(old[1]), fact)
            await put_policy(work, opened.child, policy)
            await recorded(index, work, attempt, _changed(opened))

    async def _change(
        self,
        login: Login,
        child_id: UUID,
        stated: Callable[[Admitted], _Changed],
        attempt: Attempt,
    ) -> None:
        """Change the assessment the asker's agency holds, or any for the team.

        `stated` judges the asker's side before a child is read. Somebody else's
        assessment, and none, are the one 404.
        """
        index = self._index
        asked = Asked(login, Action.RECORD_ASSESSMENT, attempt.access)
        async with work_on(index.feed, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            changed = stated(admitted)
            await work.locks.shields_shared()
            opened = await child_to_write(index, work, admitted, child_id, attempt)
            heads = await self._heads(work, opened)
            case, before = _held(admitted, heads, attempt)
            if before.closed is not None:
                raise Invalid(Code.ENDED_ALREADY)
            after = changed(before, heads)
            policy = await replace_case(index, work, opened.child, case, after)
            await self._relist(work, child_id, before, after)
            await put_policy(work, opened.child, policy)
            await recorded(index, work, attempt, _changed(opened))

    async def _heads(self, work: Work, opened: Opened) -> _Heads:
        ref = self._index.keyring.references.case_ref(opened.child.child_id)
        rows = [row._mapping for row in await work.children.cases([ref])]
        cases = checked_cases(self._index.keyring, opened.child.key, opened.child.policy, rows)
        return [(case, case.head()) for case in cases]

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


def _held(admitted: Admitted, heads: _Heads, attempt: Attempt) -> tuple[SealedCase, CafStatus]:
    asker = admitted.asker.facts
    for case, head in heads:
        own = head.agency == asker.agency or asker.role is Role.MANAGEMENT_TEAM
        if head.kind == "caf" and own:
            caf = case.body(head)
            assert isinstance(caf, CafStatus)  # INVARIANT: the head said so
            return case, caf
    attempt.rules = (_NOT_HELD,)
    raise NotDisclosed(_NOT_HELD)


def _transfer_consented(admitted: Admitted, heads: _Heads, authority: str) -> bool:
    """Say whether the newest word on a transfer to this authority is a consent in force."""
    rows = [
        case.body(head)
        for case, head in heads
        if head.kind == CONSENT.kind and head.extra[0] == ConsentFor.CAF_TRANSFER
    ]
    said = [row for row in rows if isinstance(row, Consent)]
    today, purpose = admitted.ask.today, admitted.ask.purpose
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
    agency, action = admitted.view.agencies.get(agency_id), Action.RECORD_ASSESSMENT
    if agency is None:
        raise Invalid(Code.FIELD_INVALID, "agency_id")
    role, agreement = Role.PRACTITIONER, admitted.agreement
    may = action in agreement.actions.get((role, agency.kind), ())
    if not may or not agreement.purposes.get((role, agency.kind, action)):
        raise Invalid(Code.FIELD_INVALID, "agency_id")


def _changed(opened: Opened) -> Change:
    subjects = (SubjectShown(opened.child.child_id, (DisclosureClass.ASSESSMENT,)),)
    return Change(subjects, opened.decision)


def _not_in_the_future(admitted: Admitted, day: date, field: str) -> None:
    if day > admitted.ask.today:
        raise Invalid(Code.DATE_OUT_OF_RANGE, field)
