"""Status indicators: subject of a child protection plan, looked after, and the responsible team."""

from dataclasses import dataclass
from uuid import UUID

from consent.facts import Action, DisclosureClass
from index_service.domain.involvement import Contact
from index_service.domain.status import LookedAfter, Spell, Status
from index_service.log.entry import SubjectShown
from index_service.services.admitting import Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.cases import checked_cases, new_case_id
from index_service.services.forms.status import STATUS
from index_service.services.index import Index
from index_service.services.opening import child_to_write
from index_service.services.pointers import LOAD_ROWS, decoy
from index_service.services.writing import Change, add_case, put_policy, recorded, replace_case
from index_service.store.work import work_on


@dataclass(frozen=True, slots=True)
class Stated:
    """What a responsible team states of a child's status."""

    contact: Contact
    protection_plan: Spell | None
    looked_after: LookedAfter | None


class Statuses:
    """Keeps what each responsible agency says of a child's status: one row an agency."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def record(self, login: Login, child_id: UUID, stated: Stated, attempt: Attempt) -> None:
        """State a child's status in place of what the asker's agency stated before."""
        index = self._index
        asked = Asked(login, Action.RECORD_STATUS, attempt.access)
        async with work_on(index.feed, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            await work.locks.shields_shared()
            opened = await child_to_write(index, work, admitted, child_id, attempt)
            child, agency = opened.child, str(admitted.asker.agency_id)
            ref = index.keyring.references.case_ref(child_id)
            rows = [row._mapping for row in await work.children.cases([ref])]
            cases = checked_cases(index.keyring, child.key, child.policy, rows)
            own = (STATUS.kind, agency)
            old = next((c for c in cases if (c.head().kind, c.head().agency) == own), None)
            row_id = old.id if old else new_case_id()
            fact = Status(
                agency, stated.contact, stated.protection_plan, stated.looked_after, row_id
            )
            if old is None:
                policy = await add_case(index, work, child, fact)
                # As many rows as any other entry that begins.
                await work.children.add_work(sorted(decoy() for _ in range(LOAD_ROWS)))
            else:
                policy = await replace_case(index, work, child, old, fact)
            await put_policy(work, child, policy)
            subjects = (SubjectShown(child_id, (DisclosureClass.STATUS,)),)
            await recorded(index, work, attempt, Change(subjects, opened.decision))
