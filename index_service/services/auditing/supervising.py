"""A manager is shown how their own agency's staff use the index: counts, and nobody's child."""

from collections import defaultdict

import orjson

from consent.facts import Action
from index_service.domain.directory import Account, Agency
from index_service.domain.disclosure import Shown
from index_service.domain.errors import Code
from index_service.domain.looks import month_of
from index_service.domain.supervision import Tally
from index_service.log.entry import SubjectShown
from index_service.services.admitting import Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.auditing.auditor import Inspected, enter
from index_service.services.auditing.staff_entries import (
    MISSED,
    AccountEntries,
    entries_of,
    month_to_read,
    names_of,
    staff_of,
    use_in,
)
from index_service.services.cursors import cursor_position, next_cursor
from index_service.services.index import Index
from index_service.services.misuse.people import out_of_hours
from index_service.store.reading import snapshot
from index_service.store.work import work_on

PAGE_MAX = 50


class Supervising:
    """Shows supervisors of one authority the use their own staff make of the index."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def use(
        self, login: Login, stated: str | None, cursor: str | None, attempt: Attempt
    ) -> bytes:
        """Return a page of the accounts of the supervisor's own agency with their use, encoded.

        Its entry names every account shown, as an auditor's would.
        """
        index, keyring = self._index, self._index.keyring
        asked = Asked(login, Action.SUPERVISE, attempt.access)
        async with snapshot(index.reading, index.csa) as reading:
            admitted = await admit(index, reading, asked, attempt)
        month = stated or month_of(index.clock.now())
        span = month_to_read(index, month, Code.QUERY_INVALID)
        after = cursor_position(keyring, admitted, attempt, cursor)
        agency = admitted.view.agencies[admitted.asker.agency_id]
        async with work_on(index.audit, index.csa, index.log) as work:
            staff = await staff_of(index, work, admitted)
            rest = [each for each in staff if each.id.bytes > after]
            page = rest[:PAGE_MAX]
            names = await names_of(index, work, page)
            rows = [
                {
                    "account_id": str(each.id),
                    "practitioner_name": names.get(each.id),
                    **_counted(await entries_of(index, work, each, span), each, agency),
                }
                for each in page
            ]
        following = None
        if len(rest) > len(page):
            following = next_cursor(keyring, admitted, attempt, page[-1].id.bytes)
        body = orjson.dumps(
            {
                "month": month,
                "until": span.until_s,
                "agency_id": str(agency.id),
                "accounts": rows,
                "next": following,
            }
        )
        subjects = tuple(SubjectShown(each.id) for each in page)
        await enter(index, attempt, Inspected(subjects, month.encode(), body, len(page)))
        return body


def _counted(entries: AccountEntries, account: Account, agency: Agency) -> Shown:
    """Count one account's use, in all and by purpose stated; null for none stated."""
    whole = Tally()
    by_purpose: dict[str, Tally] = defaultdict(Tally)
    for each in entries.opened:
        entry = each.entry
        use = use_in(entry) if entry is not None else None
        if entry is None or use is None:
            continue
        missed = entry["outcome"] in MISSED
        late = out_of_hours(agency, entry["at_ms"] // 1000)
        for tally in (whole, by_purpose[entry["purpose"]]):
            tally.add(use, missed=missed, out_of_hours=late)
    return {
        "role": account.role.value,
        **whole.shown(),
        "by_purpose": [
            {"purpose": purpose or None, **by_purpose[purpose].shown()}
            for purpose in sorted(by_purpose)
        ],
        "unreadable": entries.unreadable,
    }
