"""Who asks, as far as misuse is noticed by it: agencies' hours, clearances, homes as digests."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import orjson

from consent.agreement import compile_agreement
from consent.facts import AccountState, AgencyKind
from index_service.domain.clock import LONDON, london_day
from index_service.domain.directory import Account, Agency, HomeDigests
from index_service.domain.involvement import Day
from index_service.domain.misuse.accesses import AccountFacts
from index_service.services.directory_rows import open_account, open_agency, open_practitioner
from index_service.services.index import Index
from index_service.services.views import open_agreement
from index_service.store.work import Work

LAPSES_SOON = timedelta(days=14)
_DAYS = tuple(Day)


@dataclass(frozen=True, slots=True)
class People:
    """Everybody who may ask, by the texts that stand in entries."""

    accounts: dict[str, Account]
    agencies: dict[str, Agency]
    homes: dict[str, HomeDigests]
    """Of an account whose practitioner stated a home."""
    check_years_max: int
    living: dict[tuple[str, str], frozenset[str]]
    """Accounts by agency and the digest of where they live; by agency and "" all of them."""

    def facts(self, account: str, agency: str, role: str, at_s: int) -> AccountFacts:
        """Return what the rules look at of somebody who asked."""
        known = self.agencies.get(agency)
        kind = known.kind.value if known else ""
        return AccountFacts(account, agency, kind, role, self._lapses_soon(account, at_s))

    def colleagues_live_at(self, account: str, agency: str, place: str) -> bool:
        """Whether another account of the agency has its home there."""
        return bool(place and self.living.get((agency, place), frozenset()) - {account})

    def homes_of(self, agency: str) -> bool:
        """Whether anybody of the agency stated a home."""
        return (agency, "") in self.living

    def out_of_hours(self, agency: str, at_s: int) -> bool:
        """Whether the agency's duty line, if it has hours, was closed then."""
        known = self.agencies.get(agency)
        return known is not None and out_of_hours(known, at_s)

    def is_duty_agency(self, agency: str) -> bool:
        """Whether unscheduled care comes to such an agency."""
        known = self.agencies.get(agency)
        return known is not None and known.kind in _UNSCHEDULED

    def _lapses_soon(self, account: str, at_s: int) -> bool:
        """Whether an account ended since, or its clearance ends within two weeks."""
        known = self.accounts.get(account)
        if known is None:
            return False
        if known.state is not AccountState.ACTIVE:
            return True
        day = london_day(datetime.fromtimestamp(at_s, UTC))
        ends = _years_after(known.checked_on, self.check_years_max)
        return ends is not None and day <= ends <= day + LAPSES_SOON


def out_of_hours(agency: Agency, at_s: int) -> bool:
    """Return whether an agency's duty line, if it has hours, was closed then."""
    if not agency.hours:
        return False
    local = datetime.fromtimestamp(at_s, UTC).astimezone(LONDON)
    day, clock = _DAYS[local.weekday()], local.strftime("%H:%M")
    before = _DAYS[local.weekday() - 1]
    for line in agency.hours:
        overnight = line.closes <= line.opens
        if day in line.days and line.opens <= clock and (overnight or clock < line.closes):
            return False
        if overnight and before in line.days and clock < line.closes:
            return False
    return True


_UNSCHEDULED = frozenset(
    {AgencyKind.HOSPITAL, AgencyKind.GENERAL_PRACTICE, AgencyKind.MENTAL_HEALTH}
)


async def people_of(index: Index, work: Work) -> People:
    """Return everybody who may ask, as they stand now."""
    keyring = index.keyring
    accounts = [
        open_account(keyring, row["account_id"], row["sealed"])
        for row in await work.staff.accounts()
    ]
    homes_by_who: dict[UUID, HomeDigests] = {}
    for row in await work.staff.practitioners():
        who = open_practitioner(keyring, row)
        if who.home is not None:
            homes_by_who[who.id] = who.home
    homes = {
        str(account.id): homes_by_who[account.practitioner_id]
        for account in accounts
        if account.practitioner_id in homes_by_who
    }
    by_id = {str(account.id): account for account in accounts}
    return People(
        accounts=by_id,
        agencies={
            str(row["agency_id"]): open_agency(keyring, row["agency_id"], row["sealed"])
            for row in await work.directory.agencies()
        },
        homes=homes,
        check_years_max=await _check_years_max(index, work),
        living=_living(by_id, homes),
    )


def _living(
    accounts: dict[str, Account], homes: dict[str, HomeDigests]
) -> dict[tuple[str, str], frozenset[str]]:
    """Return which accounts of an agency have their home where."""
    living: dict[tuple[str, str], frozenset[str]] = {}
    for account, home in homes.items():
        agency = str(accounts[account].agency_id)
        for place in {"", home.place}:
            there = living.get((agency, place), frozenset())
            living[agency, place] = there | {account}
    return living


async def _check_years_max(index: Index, work: Work) -> int:
    version = await work.directory.newest_agreement()
    if version is None:
        return 0
    text = open_agreement(index.keyring, version, await work.directory.agreement(version))
    return compile_agreement(orjson.loads(text)).check_years_max


def _years_after(day: date | None, years: int) -> date | None:
    if day is None or not years:
        return None
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February: lapses after the 28th
        return date(day.year + years, 2, 28)
