"""Telling those who were told: a consent ended, so what they learnt on it holds no longer.

Run minutes later, never in the request path. Only who was in fact told hears of it, and
only while nothing else would still tell them: a notice is a reference, never a service.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import orjson

from consent.facts import Action, CafConsent, DisclosureClass, Purpose, Role, SensitiveBasis
from index_service.crypto.log_keys import LogKeys
from index_service.domain.clock import london_day
from index_service.domain.consent_rules import superseded
from index_service.domain.consenting import Consent, ConsentFor, ConsentState
from index_service.domain.involvement import CafState, CafStatus, Involvement
from index_service.domain.matter import Matter, MatterKind, MatterState
from index_service.log.entry import AccessEntry, Outcome, Told
from index_service.log.leaf import LogRow, SubjectTrace, opened, opened_trace
from index_service.services.consents_standing import (
    DAY,
    NOTICES,
    Headed,
    Standing,
    child_of,
    headed,
    notices_on,
)
from index_service.services.facts import CaseFacts
from index_service.services.index import Index
from index_service.services.lists import list_pointer, list_tokens, open_listed
from index_service.services.matters import (
    matter_beheld,
    matters_on,
    of_account,
    of_agency,
    open_matter,
)
from index_service.services.sealing import open_policy
from index_service.store.work import Work, work_on

WHAT = {
    Told.CONTACT_BROKERED: "contact_no_longer_brokered",
    Told.ASSESSMENT_HELD: "assessment_no_longer_told",
}
"""What a notice says: which kind of thing holds no longer."""

LATE_DAYS_MAX = 366
"""However long the job was away, up to so many days, nothing that expired goes untold."""

_ACTION = "notices"
_PURPOSES = (None, *Purpose)  # a consent may be for one of them only


@dataclass(frozen=True, slots=True)
class Fallen:
    """What no longer holds: what was told, by reason of whose record, since which day.

    `to_readers`: whoever read that it is so is told. `involvements` are those whose contact
    may have been released by brokering: whoever was given it is told in any case.
    """

    told: Told
    agency: str
    since: date
    to_readers: bool = True
    involvements: frozenset[str] = frozenset()


async def notices_due(index: Index) -> int:
    """Tell whoever is to be told of consents that ended; return how many notices were written.

    Each ended consent is one transaction: told to all or, if it fails, again next time.
    Runs as the auditors' duty, the only one that reads who was told.
    """
    keyring, today = index.keyring, index.clock.today()
    names = [notices_on(today - DAY * back) for back in range(LATE_DAYS_MAX)]
    listed: list[tuple[str, UUID]] = []
    async with work_on(index.audit, index.csa, index.log) as work:
        for name in (NOTICES, *names):
            rows = await work.children.work(list_tokens(keyring, name))
            listed += [(name, open_listed(keyring, row.token, row.pointer)) for row in rows]
    return sum([await _tell(index, name, case_id) for name, case_id in dict.fromkeys(listed)])


async def _tell(index: Index, name: str, case_id: UUID) -> int:
    token, _ = list_pointer(index.keyring, name, case_id)
    async with work_on(index.audit, index.csa, index.log) as work:
        await work.locks.alone(_ACTION)
        places = [
            (row.token, row.pointer)
            for row in await work.children.work([token])
            if open_listed(index.keyring, row.token, row.pointer) == case_id
        ]
        if not places:
            return 0  # another run was quicker
        child_id = await child_of(index, work, case_id)
        heads = await _heads(index, work, child_id)
        fallen = _fallen(heads, case_id, index.clock.today(), expired=name != NOTICES)
        agencies = await _told(index, work, child_id, fallen) if fallen else set()
        for agency in sorted(agencies):
            assert fallen is not None  # INVARIANT: nobody was told of nothing
            notice = _notice(index, child_id, agency, fallen)
            await open_matter(index, work, notice, (of_agency(agency),))
        await work.children.remove_work(places)
        entry = AccessEntry(
            *index.log.stamp(),
            action=_ACTION,
            route="job",
            outcome=Outcome.RECORDED,
            count=len(agencies),
        )
        await work.commit(index.log.prepare(entry))
        return len(agencies)


def _notice(index: Index, child_id: UUID, agency: str, fallen: Fallen) -> Matter:
    return Matter(
        uuid4(),
        MatterKind.NOTICE,
        MatterState.WAITING,
        opened_s=int(index.clock.now().timestamp()),
        agency=agency,
        child_id=child_id,
        details={"what": WHAT[fallen.told], "since": index.clock.today().isoformat()},
    )


async def _heads(index: Index, work: Work, child_id: UUID) -> tuple[Headed, ...]:
    rows = await work.children.beheld([child_id])
    if not rows:
        return ()
    child = open_policy(index.keyring, rows[0])
    ref = index.keyring.references.case_ref(child_id)
    return headed(index, child, [row._mapping for row in await work.children.cases([ref])])


# What fell


def _fallen(heads: Sequence[Headed], case_id: UUID, today: date, *, expired: bool) -> Fallen | None:
    """Return what fell with a consent, or with a line that took one back; None if nothing did.

    `expired`: by the day alone, nobody having said anything since.
    """
    for case, head in heads:
        if case.id != case_id:
            continue
        body = case.body(head)
        if isinstance(body, Involvement):
            entry = (body.agency, body.service.value)
            return _entry_fallen(heads, entry, body.began, today)
        if isinstance(body, Consent):
            since = _expired_since(heads, body, today) if expired else _since(heads, body)
            return _consent_fallen(heads, body, since, today)
    return None


def _consent_fallen(
    heads: Sequence[Headed], consent: Consent, since: date | None, today: date
) -> Fallen | None:
    if since is None:
        return None
    if consent.given_for is ConsentFor.CAF:
        return _assessment_fallen(heads, consent.agency, since, today)
    service = consent.service.value if consent.service else ""
    return _entry_fallen(heads, (consent.agency, service), since, today)


def _since(heads: Sequence[Headed], consent: Consent) -> date | None:
    """Return the day from which something was told on what now ended; None if nothing was."""
    if consent.state is ConsentState.WITHDRAWN:
        return _unbroken_since(heads, consent)
    if consent.state is not ConsentState.REFUSED:
        return None  # given again, or renewed, meanwhile
    earlier = [each for each in _earlier(heads, consent) if each.begins <= consent.begins]
    if earlier:
        before = earlier[0]
        return _unbroken_since(heads, before) if before.in_force(consent.begins) else None
    return _stated_since(heads, consent)


def _expired_since(heads: Sequence[Headed], consent: Consent, today: date) -> date | None:
    """Return likewise for what the day alone ended; None if it did not."""
    over = consent.until is not None and consent.until < today
    if consent.state is not ConsentState.GIVEN or not over:
        return None  # withdrawn and told of then, or renewed
    assert consent.until is not None  # INVARIANT: over says so
    own = Standing(tuple(heads)).consents(consent.agency)
    # What stood in its place by its last day has an end of its own to be told of.
    return None if superseded(consent, own, consent.until) else _unbroken_since(heads, consent)


def _unbroken_since(heads: Sequence[Headed], consent: Consent) -> date:
    """Return from when on it was told: consents without a day between them are as one."""
    since = consent.begins
    for each in _earlier(heads, consent):
        follows = each.until is None or each.until >= since - DAY
        if each.state is not ConsentState.GIVEN or not follows:
            return since
        since = min(since, each.begins)
    return min(since, _stated_since(heads, consent) or since)


def _earlier(heads: Sequence[Headed], consent: Consent) -> list[Consent]:
    """Return what was said before on the same matter, the newest first."""
    own = Standing(tuple(heads)).consents(consent.agency)
    rows = [each for each in own if each.concerns == consent.concerns]
    before = [each for each in rows if each.sequence < consent.sequence]
    return sorted(before, key=lambda each: each.sequence, reverse=True)


def _stated_since(heads: Sequence[Headed], consent: Consent) -> date | None:
    """Return since when it was told with no consent recorded: stated with an entry, or a CAF."""
    days = []
    for case, head in heads:
        if head.agency != consent.agency:
            continue
        body = case.body(head) if head.kind in ("involvement", "caf") else None
        stated = isinstance(body, Involvement) and body.consent_in_force
        if stated and isinstance(body, Involvement) and consent.service is body.service:
            days.append(body.began)
        elif isinstance(body, CafStatus) and consent.given_for is ConsentFor.CAF:
            days.append(body.held_since)
    return min(days, default=None)


def _entry_fallen(
    heads: Sequence[Headed], entry: tuple[str, str], since: date, today: date
) -> Fallen | None:
    """Say that an entry fell; while another's contact can be brokered, only who was told whom.

    To anybody else a notice would tell that there were two.
    """
    entries = [(case, head) for case, head in heads if head.kind == "involvement"]
    fell = {str(case.id) for case, head in entries if (head.agency, head.extra[1]) == entry}
    standing = set()
    for purpose in _PURPOSES:
        facts = CaseFacts((head for _, head in heads), "", today, purpose)
        for case, head in entries:
            told = facts.involvement(head)
            if told.sensitive and told.basis is not SensitiveBasis.NONE:
                standing.add(str(case.id))
    if not fell or fell & standing:
        return None
    to_readers = not standing
    return Fallen(Told.CONTACT_BROKERED, entry[0], since, to_readers, frozenset(fell))


def _assessment_fallen(
    heads: Sequence[Headed], agency: str, since: date, today: date
) -> Fallen | None:
    held = [
        head
        for _, head in heads
        if head.kind == "caf" and head.agency == agency and head.extra[0] != CafState.HANDED_ON
    ]
    for purpose in _PURPOSES:
        facts = CaseFacts((head for _, head in heads), "", today, purpose)
        if any(facts.assessment(head).consent is not CafConsent.REFUSED for head in held):
            return None
    return Fallen(Told.ASSESSMENT_HELD, agency, since) if held else None


# Whom it was told


async def _told(index: Index, work: Work, child_id: UUID, fallen: Fallen) -> set[str]:
    """Return the agencies that were told, but for whose record it is and the team.

    A read that showed it stands in the child's rows of the log; a contact released by
    brokering stands there as a read of the request, which names the involvement.
    """
    agencies: set[str] = set()
    dropped = await work.expiring.years()
    for year in index.keyring.log_years():
        if year < fallen.since.year or year in dropped:
            continue
        keys = index.keyring.log_keys(year)
        ref = keys.subject_ref(child_id)
        traces = [
            opened_trace(row.ref, row.sealed, keys) for row in await work.entries.of_subjects([ref])
        ]
        told = {trace.entry_id: trace for trace in traces if _may_have_told(trace, fallen)}
        for row in await work.entries.these(list(told)):
            entry = _opened(row, keys)
            day = london_day(datetime.fromtimestamp(entry["at_ms"] / 1000, UTC))
            if day < fallen.since:
                continue
            if _read(told[row.entry_id], fallen) or await _released(index, work, entry, fallen):
                agencies |= await _agencies_of(index, work, entry)
    return agencies - {fallen.agency, ""}


async def _agencies_of(index: Index, work: Work, entry: dict[str, Any]) -> set[str]:
    """Return whom an entry told: who asked, but for the team, and for whom they asked."""
    found = set() if entry["role"] == Role.MANAGEMENT_TEAM else {entry["agency"]}
    grant_id, _, requester = entry["mediation"].partition("/")
    grant = await matter_beheld(index, work, UUID(grant_id)) if requester else None
    return found | {grant.agency} if grant else found


def _may_have_told(trace: SubjectTrace, fallen: Fallen) -> bool:
    released = bool(fallen.involvements) and trace.classes == (DisclosureClass.INVOLVEMENTS,)
    return trace.shown and (_read(trace, fallen) or released)


def _read(trace: SubjectTrace, fallen: Fallen) -> bool:
    return fallen.to_readers and fallen.told in trace.told


class _Reading:
    """A transaction that matters are read in as in a snapshot."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def work(self, tokens: Sequence[bytes]) -> list[Any]:
        """Return (token, pointer) rows."""
        return [row._mapping for row in await self._work.children.work(tokens)]

    async def matters(self, ids: Sequence[UUID]) -> list[Any]:
        """Return sealed matters."""
        return await self._work.matters.beheld(ids)


async def _released(index: Index, work: Work, entry: dict[str, Any], fallen: Fallen) -> bool:
    """Return whether an entry is of a request through which such an involvement was named."""
    if entry["action"] != Action.ASK_CONTACT or not fallen.involvements:
        return False
    asked = await matters_on(index, _Reading(work), of_account(entry["account"]))
    named: Iterable[Any] = (matter.details.get("agreed") for matter in asked)
    return any(agreed and agreed[0] in fallen.involvements for agreed in named)


def _opened(row: Any, keys: LogKeys) -> dict[str, Any]:
    stored = LogRow(row.entry_id, row.at, row.leaf, row.sealed, ())
    entry: dict[str, Any] = orjson.loads(opened(stored, keys).canonical)
    return entry
