"""One run over the accesses of four weeks: judged, and told as alerts to the officers.

An alert is a matter on their list, never an entry of its own, and changes nothing about the
account. Every run leaves as many rows, whatever it found; what there is no room for is told
by the next.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from index_service.domain.clock import london_day
from index_service.domain.matter import Matter, MatterKind, MatterState
from index_service.domain.misuse.accesses import AccessFacts, Mark
from index_service.domain.misuse.alerting import Misgiving, judge
from index_service.log.entry import AccessEntry, Outcome
from index_service.services.index import Index
from index_service.services.matters import matters_on, open_matter
from index_service.services.misuse.children import Wanted, known_children, named_children
from index_service.services.misuse.entries import Noted, noted_between
from index_service.services.misuse.facts import Period, Surroundings
from index_service.services.misuse.lists import ALERTED, WATCHED, Reading
from index_service.services.misuse.people import People, people_of
from index_service.store.work import Work, work_on

PERIOD = timedelta(days=28)
MATTERS_A_RUN = 16
ENTRIES_LISTED_MAX = 8
_ACTION = "misuse"
_WEEK_S = 7 * 86_400


@dataclass(frozen=True, slots=True)
class Telling:
    """A misgiving, when its newest access was, and the id its matter has that week."""

    matter_id: UUID
    newest_s: int
    misgiving: Misgiving


async def misuse_noticed(index: Index) -> int:
    """Judge the accesses of the last four weeks; return how many alerts were written.

    Runs as the auditors' duty. What was told of an account and a child, or a pattern, is
    not told again for accesses of the same week, whatever became of it.
    """
    now = index.clock.now()
    async with work_on(index.audit, index.csa, index.log) as work:
        await work.locks.alone(_ACTION)
        accesses = await accesses_between(index, work, now - PERIOD, now)
        fresh = await _untold(index, work, accesses)
        told = sorted(fresh, key=lambda each: (each.newest_s, each.matter_id))[:MATTERS_A_RUN]
        now_s = int(now.timestamp())
        matters = [_alert(each, now_s) for each in told]
        matters += [_decoy(now_s) for _ in range(MATTERS_A_RUN - len(told))]
        for matter in sorted(matters, key=lambda each: each.id.bytes):
            lists = (ALERTED,) if matter.kind is MatterKind.MISUSE else ()
            await open_matter(index, work, matter, lists)
        entry = AccessEntry(
            *index.log.stamp(),
            action=_ACTION,
            route="job",
            outcome=Outcome.RECORDED,
            count=len(accesses),
        )
        await work.commit(index.log.prepare(entry))
    return len(told)


async def accesses_between(
    index: Index, work: Work, since: datetime, until: datetime
) -> list[AccessFacts]:
    """Return every access of a period with what is known around it."""
    entries = await noted_between(index, work, since, until)
    people = await people_of(index, work)
    shown = {ref for noted in entries if noted.is_access for ref in noted.shown}
    years = range(since.year, until.year + 1)
    child_of = await named_children(index, work, shown, years)
    wanted = _wanted(entries, child_of, people)
    period = Period(
        now_s=int(until.timestamp()),
        entries=entries,
        people=people,
        child_of=child_of,
        known=await known_children(index, work, wanted),
        marks=await _marks(index, work),
    )
    return Surroundings(period).accesses()


def _wanted(entries: Sequence[Noted], child_of: dict[str, UUID], people: People) -> Wanted:
    """Return which children were shown to whom, and whose homes there is one to compare with."""
    agencies: dict[UUID, set[str]] = defaultdict(set)
    compared: set[UUID] = set()
    for noted in entries:
        if not noted.is_access:
            continue
        asking = {noted.agency}
        requester = people.accounts.get(noted.mediation.partition("/")[2])
        if requester is not None:
            asking.add(str(requester.agency_id))
        for ref in noted.shown:
            if (child_id := child_of.get(ref)) is not None:
                agencies[child_id] |= asking
                if people.homes_of(noted.agency):
                    compared.add(child_id)
    frozen = {child_id: frozenset(asked) for child_id, asked in agencies.items()}
    return Wanted(frozen, frozenset(compared))


async def _marks(index: Index, work: Work) -> dict[UUID, Mark]:
    """Return the records that are marked."""
    matters = await matters_on(index, Reading(work), WATCHED)
    return {each.child_id: Mark(each.details["mark"]) for each in matters if each.child_id}


async def _untold(index: Index, work: Work, accesses: Sequence[AccessFacts]) -> list[Telling]:
    """Return what is to be told and was not."""
    found = {each.entry: each for each in accesses}
    by_id: dict[UUID, Telling] = {}
    for misgiving in judge(accesses).misgivings:
        told = _telling(index, misgiving, [found[entry] for entry in misgiving.entries])
        by_id.setdefault(told.matter_id, told)
    there = await work.matters.beheld(sorted(by_id)) if by_id else ()
    known = {row["id"] for row in there}
    return [each for each in by_id.values() if each.matter_id not in known]


def _telling(index: Index, misgiving: Misgiving, accesses: Sequence[AccessFacts]) -> Telling:
    newest = max(accesses, key=lambda each: each.at_s)
    about = newest.touched[0].child if newest.touched and not misgiving.pattern else ""
    parts = (
        misgiving.account,
        misgiving.agency,
        misgiving.rules[0].rule if misgiving.pattern else "",
        about,
        str(newest.at_s // _WEEK_S),
    )
    encoded = [part.encode() for part in parts]
    reference = index.keyring.references.reference(_ACTION, *encoded)
    return Telling(UUID(bytes=reference, version=4), newest.at_s, misgiving)


def _alert(told: Telling, now_s: int) -> Matter:
    """Return the alert: entry references and rules; neither a child nor a name stands in it."""
    misgiving = told.misgiving
    explained: list[Any] = [[str(each.by or ""), each.version] for each in misgiving.explained]
    return Matter(
        id=told.matter_id,
        kind=MatterKind.MISUSE,
        state=MatterState.WAITING,
        opened_s=now_s,
        account=misgiving.account,
        agency=misgiving.agency,
        details={
            "since": london_day(datetime.fromtimestamp(told.newest_s, UTC)).isoformat(),
            "rules": [[each.rule, each.points, each.version] for each in misgiving.rules[:6]],
            "explained": explained[:ENTRIES_LISTED_MAX],
            "entries": list(misgiving.entries[-ENTRIES_LISTED_MAX:]),
            "accesses": len(misgiving.entries),
        },
    )


def _decoy(now_s: int) -> Matter:
    return Matter(uuid4(), MatterKind.DECOY, MatterState.ENDED, now_s)
