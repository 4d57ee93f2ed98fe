"""The log's entries of an agency's own staff, account by account, as a supervisor needs them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from consent.facts import Action
from consent.supervision import supervisor_sees_use
from index_service.domain.directory import Account
from index_service.domain.errors import Code, Invalid
from index_service.domain.inspection import Sought
from index_service.domain.supervision import Span, Use, month_until
from index_service.log.entry import Outcome
from index_service.services.admitting import Admitted
from index_service.services.auditing.finding import Finding
from index_service.services.auditing.opening import Found, keys_of
from index_service.services.directory_rows import open_account, open_practitioner
from index_service.services.index import Index
from index_service.store.auditing import Settled
from index_service.store.work import Work

_READS = frozenset({Action.READ_CHILD, Action.READ_INVOLVEMENT, Action.READ_CONSENTS})
_UNDER_AN_OVERRIDE = "/override/read"
_ANSWERED = frozenset({Outcome.SHOWN, Outcome.NOTHING, Outcome.NOT_DISCLOSED})
MISSED = frozenset({Outcome.NOTHING, Outcome.NOT_DISCLOSED})
_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class AccountEntries:
    """One account's entries of a time that open; `unreadable` counts those that do not."""

    opened: tuple[Found, ...]
    unreadable: int


def use_in(entry: Mapping[str, Any]) -> Use | None:
    """Return how an entry used the index; None for what is no access, and for nonsense sent.

    By what was asked and the outcome its asker was told, and by nothing else: whatever was
    silent to them is silent here too.
    """
    action, outcome = entry["action"], entry["outcome"]
    if action not in _READS | {Action.LOOKUP, Action.OVERRIDE}:
        return None
    if outcome == Outcome.REFUSED:
        return Use.REFUSAL
    if action == Action.OVERRIDE and not entry["route"].endswith(_UNDER_AN_OVERRIDE):
        asked = outcome in (Outcome.RECORDED, Outcome.NOT_DISCLOSED)
        return Use.OVERRIDE if asked else None
    if outcome not in _ANSWERED:
        return None
    return Use.LOOKUP if action == Action.LOOKUP else Use.READ


def month_to_read(index: Index, month: str, code: Code) -> Span:
    """Return a month; Invalid for one yet to begin, or whose entries no key opens."""
    span = month_until(month, index.clock.now())
    if span is None:
        raise Invalid(code, "month")
    year = datetime.fromtimestamp(span.since_s, UTC).year
    if keys_of(index.keyring, year) is None:
        raise Invalid(code, "month")
    return span


async def staff_of(index: Index, work: Work, admitted: Admitted) -> list[Account]:
    """Return the accounts whose use this supervisor sees, closed ones too, in order of id."""
    asker, ask, agreement = admitted.asker.facts, admitted.ask, admitted.agreement
    accounts = [
        open_account(index.keyring, row["account_id"], row["sealed"])
        for row in await work.staff.accounts()
    ]
    seen = [
        each
        for each in accounts
        if supervisor_sees_use(asker, ask, str(each.agency_id), each.role, agreement)
    ]
    return sorted(seen, key=lambda each: each.id.bytes)


async def names_of(index: Index, work: Work, accounts: list[Account]) -> dict[UUID, str]:
    """Return the names of practitioners behind accounts, by account; of the same agency's only."""
    ids = sorted({each.practitioner_id for each in accounts if each.practitioner_id})
    rows = await work.directory.practitioners(ids) if ids else ()
    known = {who.id: who for who in (open_practitioner(index.keyring, row) for row in rows)}
    found = {}
    for account in accounts:
        who = known.get(account.practitioner_id) if account.practitioner_id else None
        if who is not None and who.agency_id == account.agency_id:
            found[account.id] = who.name
    return found


async def entries_of(index: Index, work: Work, account: Account, span: Span) -> AccountEntries:
    """Return what an account asked as one of its agency; Invalid past 100,000 entries."""
    settled = Settled(index.clock.now(), await work.auditing.horizon())
    sought = Sought(span.since_s, span.until_s, account_id=account.id, agency_id=account.agency_id)
    finding = Finding(index, work, sought, {}, settled)
    opened: list[Found] = []
    unreadable = 0
    after = None
    while True:
        page = await finding.page(after, _AT_ONCE)
        opened += [each for each in page.found if each.entry is not None]
        unreadable += sum(each.entry is None for each in page.found)
        after = page.following
        if after is None:
            return AccountEntries(tuple(opened), unreadable + len(page.missing) + page.broken)
