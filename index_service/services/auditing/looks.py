"""Reading from the log who looked at one child, and what of that is under investigation.

As the auditors' duty, over every year whose keys there are. A row that does not open, or an
entry that went missing, ends the reading: a report that leaves it out would hide a look.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from consent.facts import Action, AgencyKind, Role
from consent.who_looked import KEEPING_ROLES, LOOKING_ROLES
from index_service.domain.alert import AlertOutcome
from index_service.domain.errors import Code, Invalid
from index_service.domain.inspection import is_override
from index_service.domain.looks import Investigation, Look
from index_service.domain.matter import Matter
from index_service.domain.override import OverrideOutcome
from index_service.log.entry import Outcome
from index_service.log.leaf import LeafMismatch, LogRow, SubjectTrace, opened, opened_trace
from index_service.services.auditing.opening import keys_of
from index_service.services.auditing.panels import FROZEN
from index_service.services.directory_rows import open_account
from index_service.services.index import Index
from index_service.services.matters import matters_on
from index_service.services.misuse.lists import ALERTED, CONCLUDED, Reading
from index_service.services.overriding import UNDER_INVESTIGATION
from index_service.store.reading import OverTheBound
from index_service.store.work import Work, work_on

_DAY_S = 86_400
REFERRED_S = 366 * _DAY_S
"""What was referred to others goes on being looked into where nobody tells the index."""

_REFERRED_OVERRIDE = frozenset(
    {OverrideOutcome.REFERRED_TO_EMPLOYER.value, OverrideOutcome.REFERRED_TO_POLICE.value}
)
_REFERRED_MISUSE = frozenset({AlertOutcome.REFERRED.value, AlertOutcome.ACCOUNT_SUSPENDED.value})


@dataclass(frozen=True, slots=True)
class Seen:
    """What the log says of one child: who looked, when it was told of before, and referrals.

    `referred` is when an investigation of an override of this child was passed on to others.
    """

    looks: tuple[Look, ...]
    released: tuple[datetime, ...]
    referred: tuple[int, ...]


async def seen_of(
    index: Index, work: Work, child_id: UUID, kinds: Mapping[str, AgencyKind]
) -> Seen:
    """Return what every year of the log that opens says of a child.

    `work` is the story's own, in which requesters of mediated access are looked up; Invalid
    past 100,000 entries.
    """
    found: list[tuple[SubjectTrace, dict[str, Any]]] = []
    async with work_on(index.audit, index.csa, index.log) as log:
        for year in index.keyring.log_years():
            found += await _of_year(index, log, child_id, year)
    entries = [entry for _, entry in found]
    looks = []
    for trace, entry in found:
        if trace.shown and entry["role"] in LOOKING_ROLES | KEEPING_ROLES:
            looks += [
                _look(trace, entry, who, kinds) for who in await _shown_to(index, work, entry)
            ]
    return Seen(
        tuple(looks),
        tuple(_at(each) for each in entries if _told_of_it(each)),
        tuple(int(_at(each).timestamp()) for each in entries if _refers_an_override(each)),
    )


async def _of_year(
    index: Index, log: Work, child_id: UUID, year: int
) -> list[tuple[SubjectTrace, dict[str, Any]]]:
    keys = keys_of(index.keyring, year)
    if keys is None or year in await log.expiring.years():
        return []
    try:
        rows = await log.entries.of_subjects([keys.subject_ref(child_id)])
    except OverTheBound:
        raise Invalid(Code.EXPORT_TOO_LARGE) from None
    traces = [opened_trace(row.ref, row.sealed, keys) for row in rows]
    by_id: dict[UUID, SubjectTrace] = {}
    for trace in traces:  # one answer may show a child twice, as a batch of lookups does
        before = by_id.get(trace.entry_id, trace)
        classes = tuple({*before.classes, *trace.classes})
        by_id[trace.entry_id] = replace(trace, classes=classes, shown=before.shown or trace.shown)
    entries = await log.entries.these(list(by_id))
    if len(entries) != len(by_id):
        raise LeafMismatch
    found = []
    for row in entries:
        stored = LogRow(row.entry_id, row.at, row.leaf, row.sealed, ())
        found.append((by_id[row.entry_id], orjson.loads(opened(stored, keys).canonical)))
    return found


async def _shown_to(index: Index, work: Work, entry: dict[str, Any]) -> list[tuple[str, str]]:
    """Return (agency, account) of who asked and, under a grant, of the requester."""
    asked = [(entry["agency"], entry["account"])]
    _, _, requester = entry["mediation"].partition("/")
    row = await work.directory.account_beheld(UUID(requester)) if requester else None
    if row is None:
        return asked
    account = open_account(index.keyring, UUID(requester), row["sealed"])
    return [*asked, (str(account.agency_id), requester)]


def _look(
    trace: SubjectTrace,
    entry: dict[str, Any],
    who: tuple[str, str],
    kinds: Mapping[str, AgencyKind],
) -> Look:
    agency, account = who
    return Look(
        str(trace.entry_id),
        _at(entry),
        agency,
        account,
        kinds.get(agency),
        entry["purpose"],
        frozenset(trace.classes),
        by_keepers=entry["role"] in KEEPING_ROLES,
        overriding=is_override(entry),
    )


def _at(entry: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(entry["at_ms"] / 1000, UTC)


def _told_of_it(entry: dict[str, Any]) -> bool:
    released = entry["action"] == Action.TELL_WHO_LOOKED and entry["outcome"] == Outcome.SHOWN
    return bool(released and entry["result_commit"])


def _refers_an_override(entry: dict[str, Any]) -> bool:
    concludes = entry["action"] == Action.INVESTIGATE and entry["role"] == Role.MANAGEMENT_TEAM
    return bool(concludes and entry["code"] in _REFERRED_OVERRIDE)


async def investigations_of(
    index: Index, work: Work, child_id: UUID, seen: Seen
) -> list[Investigation]:
    """Return what is looked into about a child now, or was and is not to be told of yet."""
    reading = Reading(work)
    overrides = await matters_on(index, reading, UNDER_INVESTIGATION)
    panels = await matters_on(index, reading, FROZEN)
    alerts = [
        *await matters_on(index, reading, ALERTED),
        *await matters_on(index, reading, CONCLUDED),
    ]
    found = [_of_override(each, seen.looks) for each in overrides if each.child_id == child_id]
    found += [
        Investigation(each.opened_s, until_s=each.details["ends_s"])
        for each in panels
        if each.child_id == child_id
    ]
    found += [_of_referral(at_s, seen.looks) for at_s in seen.referred]
    return found + [each for alert in alerts for each in _of_alert(alert, seen.looks)]


def _of_override(override: Matter, looks: Iterable[Look]) -> Investigation:
    own = (
        look.entry_id
        for look in looks
        if look.overriding and look.account == override.account and look.at_s >= override.opened_s
    )
    return Investigation(override.opened_s, frozenset(own))


def _of_referral(at_s: int, looks: Iterable[Look]) -> Investigation:
    """Return the investigation of overrides that was passed on: which one, no entry says."""
    before = [look for look in looks if look.overriding and look.at_s <= at_s]
    opened_s = min((look.at_s for look in before), default=at_s)
    return Investigation(opened_s, frozenset(look.entry_id for look in before), at_s + REFERRED_S)


def _of_alert(alert: Matter, looks: Iterable[Look]) -> list[Investigation]:
    """Return the investigation an alert on misuse is of this child, if it is and goes on."""
    until_s = None
    if (outcome := alert.details.get("concluded")) is not None:
        if outcome not in _REFERRED_MISUSE:
            return []
        until_s = max(step.at_s for step in alert.steps) + REFERRED_S
    named = frozenset(alert.details["entries"])
    # A pattern of many accesses lists the last of them: then all before it count.
    whole = alert.details["accesses"] > len(named)
    own = {
        look.entry_id
        for look in looks
        if look.entry_id in named
        or (whole and look.account == alert.account and look.at_s <= alert.opened_s)
    }
    return [Investigation(alert.opened_s, frozenset(own), until_s)] if own else []
