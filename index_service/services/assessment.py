"""That a common assessment is held and by whom, and who the lead professional is."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from consent.facts import Action, DisclosureClass
from index_service.domain.errors import Code, Invalid
from index_service.domain.involvement import CafStatus, Contact, LeadProfessional
from index_service.log.entry import SubjectShown
from index_service.services.admitting import Admitted, Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.cases import SealedCase, checked_cases, new_case_id
from index_service.services.index import Index
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

_Made = Callable[[Admitted, UUID], CafStatus | LeadProfessional]


class Assessments:
    """Keeps the one common assessment status and the one lead professional of a child."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def hold(
        self, login: Login, child_id: UUID, contact: Contact, since: date, attempt: Attempt
    ) -> None:
        """State that the asker's agency holds a common assessment, replacing what stood."""

        def made(admitted: Admitted, row_id: UUID) -> CafStatus:
            _not_in_the_future(admitted, since, "held_since")
            return CafStatus(str(admitted.asker.agency_id), contact, since, id=row_id)

        await self._put(login, child_id, "caf", made, attempt)

    async def lead(
        self, login: Login, child_id: UUID, contact: Contact, since: date, attempt: Attempt
    ) -> None:
        """State who leads for the child, replacing who did."""

        def made(admitted: Admitted, row_id: UUID) -> LeadProfessional:
            _not_in_the_future(admitted, since, "since")
            return LeadProfessional(str(admitted.asker.agency_id), contact, since, id=row_id)

        await self._put(login, child_id, "lead", made, attempt)

    async def _put(
        self, login: Login, child_id: UUID, kind: str, made: _Made, attempt: Attempt
    ) -> None:
        index = self._index
        asked = Asked(login, Action.RECORD_ASSESSMENT, attempt.access)
        async with work_on(index.feed, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            await work.locks.shields_shared()
            opened = await child_to_write(index, work, admitted, child_id, attempt)
            old = await self._standing(work, opened, kind)
            if old is None:
                policy = await add_case(index, work, opened.child, made(admitted, new_case_id()))
            else:
                fact = made(admitted, old.id)
                policy = await replace_case(index, work, opened.child, old, fact)
            await put_policy(work, opened.child, policy)
            subjects = (SubjectShown(child_id, (DisclosureClass.ASSESSMENT,)),)
            await recorded(index, work, attempt, Change(subjects, opened.decision))

    async def _standing(self, work: Work, opened: Opened, kind: str) -> SealedCase | None:
        ref = self._index.keyring.references.case_ref(opened.child.child_id)
        rows = [row._mapping for row in await work.children.cases([ref])]
        cases = checked_cases(self._index.keyring, opened.child.key, opened.child.policy, rows)
        return next((case for case in cases if case.head().kind == kind), None)


def _not_in_the_future(admitted: Admitted, day: date, field: str) -> None:
    if day > admitted.ask.today:
        raise Invalid(Code.DATE_OUT_OF_RANGE, field)
