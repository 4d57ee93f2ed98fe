"""Room for one more row in a child's record, told without counting what others recorded."""

from index_service.domain.errors import Code, Invalid
from index_service.services.admitting import Admitted
from index_service.services.cases import CASES_A_CHILD_MAX, OWN_CASES_MAX, checked_cases
from index_service.services.index import Index
from index_service.services.opening import Opened
from index_service.store.work import Work


async def refuse_if_full(index: Index, work: Work, admitted: Admitted, opened: Opened) -> None:
    """Raise Invalid where the asker's agency has as many rows of a child as one may have.

    The asker knows its own; how many others there are no refusal may tell.
    """
    child = opened.child
    if child.policy.cases < OWN_CASES_MAX:
        return
    ref = index.keyring.references.case_ref(child.child_id)
    rows = [row._mapping for row in await work.children.cases([ref])]
    cases = checked_cases(index.keyring, child.key, child.policy, rows)
    own = sum(case.head().agency == admitted.asker.facts.agency for case in cases)
    if own >= OWN_CASES_MAX or len(cases) >= CASES_A_CHILD_MAX:
        raise Invalid(Code.STATE_CONFLICT)
