"""Why one looks after one's own work: said on the page, and changed there where it is not so."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from index_client import Access, Refused
from thin_client.asking import Visit, WhyNeeded

REVIEW: Final = Access("promote_welfare", "review")
_NOT_THIS_WHY: Final = frozenset({"purpose_not_allowed", "reason_not_allowed"})
Asking = Callable[[Access], Awaitable[Any]]


async def asked(visit: Visit, ask: Asking) -> tuple[Any, Access, str]:
    """Return what the index tells of one's own work, why it was asked, and under which id.

    A review for children's welfare, unless something else was said; whom the agreement does not
    let ask for that is asked why.
    """
    account: str = (await visit.me())["account_id"]
    access = access_of(visit, account)
    try:
        return (await ask(access)).body, access, account
    except Refused as refused:
        if refused.code in _NOT_THIS_WHY:
            raise WhyNeeded(account) from refused
        raise


def access_of(visit: Visit, account: str) -> Access:
    """Return why this account looks after its work: as it said, or a review."""
    return visit.stated_for(account) or REVIEW
