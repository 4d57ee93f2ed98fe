"""What an agency is told later, and the management team's alerts: shown alike, whatever told them.

A matter's details say `what` it is in one word and `since` which day; who wrote it knows
more, and shows that elsewhere.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from uuid import UUID

import orjson

from consent.decide import may_ask
from consent.facts import AccessReason, Action, Ask, Obligation, Purpose
from index_service.crypto.keyring import Keyring
from index_service.domain.alert import AlertOutcome
from index_service.domain.clock import london_day
from index_service.domain.disclosure import Shown
from index_service.domain.errors import Code, Invalid, NotDisclosed
from index_service.domain.matter import Matter, Step
from index_service.log.entry import Outcome, SubjectShown
from index_service.services.admitting import Admitted, Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.brokering_shown import shown_steps
from index_service.services.index import Index
from index_service.services.listed import Paging, Place, most_urgent_first, newest_first
from index_service.services.lists import list_pointer
from index_service.services.matters import (
    ALERTS,
    OpenMatter,
    matter_to_change,
    matters_on,
    of_agency,
    put_matter,
)
from index_service.services.noticing import WHAT
from index_service.services.opening import ABSENT, decided
from index_service.services.sealing import open_policy
from index_service.services.writing import Change, recorded
from index_service.store.reading import Snapshot, snapshot
from index_service.store.work import Work, work_on

_STEPS_MAX = 6  # what a row has room for
_AT_ONCE = 500  # children
_QUESTIONS = (Action.READ_CHILD, Action.LOOKUP)


class Notices:
    """Shows agencies their notices and the team its alerts, for one authority."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def of_own_agency(self, login: Login, cursor: str | None, attempt: Attempt) -> bytes:
        """Return a page of what the asker's agency is told, newest first, encoded."""
        index = self._index
        asked = Asked(login, Action.READ_NOTICES, attempt.access)
        async with snapshot(index.reading, index.csa) as reading:
            admitted = await admit(index, reading, asked, attempt)
            agency = admitted.view.agencies[admitted.asker.agency_id]
            found = await matters_on(index, reading, of_agency(str(agency.id)))
            found = await _told_now(index, reading, admitted, found)
        paging = Paging(index.keyring, admitted, attempt, cursor)
        notices, following = await self._page(paging, found, newest_first)
        lead = {"name": agency.lead_name, "phone": agency.lead_phone}
        shown = [_shown_notice(each) for each in notices]
        return orjson.dumps({"notices": shown, "safeguarding_lead": lead, "next": following})

    async def alerts(self, login: Login, cursor: str | None, attempt: Attempt) -> bytes:
        """Return a page of the alerts not concluded yet, most urgent first, encoded."""
        index = self._index
        asked = Asked(login, Action.INVESTIGATE, attempt.access)
        async with snapshot(index.reading, index.csa) as reading:
            admitted = await admit(index, reading, asked, attempt)
            found = await matters_on(index, reading, ALERTS)
        paging = Paging(index.keyring, admitted, attempt, cursor)
        alerts, following = await self._page(paging, found, most_urgent_first)
        return orjson.dumps({"alerts": [_shown_alert(each) for each in alerts], "next": following})

    async def _page(
        self, paging: Paging, found: list[Matter], place: Place
    ) -> tuple[list[Matter], str | None]:
        """Return one page and the next one's cursor, having entered whom it names."""
        page, following = paging.page(found, place)
        children = dict.fromkeys(each.child_id for each in page if each.child_id)
        subjects = tuple(SubjectShown(child_id, shown=True) for child_id in children)
        log, attempt = self._index.log, paging.attempt
        entry = replace(attempt.entry(log.stamp(), Outcome.SHOWN), subjects=subjects)
        attempt.answered(await log.append(entry))
        return page, following

    async def conclude(
        self, login: Login, alert_id: UUID, outcome: AlertOutcome, attempt: Attempt
    ) -> None:
        """Conclude an alert and take it off the list; what it is about stays as it is."""
        index = self._index
        asked = Asked(login, Action.INVESTIGATE, attempt.access)
        async with work_on(index.api, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            before = await self._alert(work, alert_id, attempt)
            matter, now_s = before.matter, int(index.clock.now().timestamp())
            step = Step(now_s, str(admitted.asker.account_id), outcome.value)
            kept = replace(matter, steps=matter.steps[-(_STEPS_MAX - 1) :])
            after = kept.stepped(step, matter.state, concluded=outcome.value)
            await put_matter(index, work, before, after, (ALERTS,))
            subjects = (SubjectShown(matter.child_id),) if matter.child_id else ()
            await recorded(index, work, attempt, Change(subjects, code=outcome.value))

    async def _alert(self, work: Work, alert_id: UUID, attempt: Attempt) -> OpenMatter:
        """Return an alert under lock; NotDisclosed for what never stood on the list."""
        found = await matter_to_change(self._index, work, alert_id)
        if found is not None and "concluded" in found.matter.details:
            raise Invalid(Code.ENDED_ALREADY)
        if found is None or not await _stands(self._index.keyring, work, alert_id):
            attempt.rules = (ABSENT,)
            raise NotDisclosed(ABSENT)
        return found


async def _stands(keyring: Keyring, work: Work, alert_id: UUID) -> bool:
    """Return whether a matter stands on the team's list of alerts."""
    token, pointer = list_pointer(keyring, ALERTS, alert_id)
    return any(row.pointer == pointer for row in await work.children.work([token]))


async def _told_now(
    index: Index, reading: Snapshot, admitted: Admitted, found: Sequence[Matter]
) -> list[Matter]:
    """Leave out what tells of a record this asker could not see whole now; it comes back with it.

    What an agency did itself stays told.
    """
    ids = sorted({each.child_id for each in found if each.child_id and _of_others(each)})
    seen: set[UUID] = set()
    ask = _as_reader(admitted)
    if ids and ask is not None:
        for begin in range(0, len(ids), _AT_ONCE):
            for row in await reading.policies(ids[begin : begin + _AT_ONCE]):
                child = open_policy(index.keyring, row)
                decision = decided(admitted, ask, child)
                restricted = Obligation.WITHHOLD_WHEREABOUTS in decision.obligations
                if decision.allowed and not restricted:
                    seen.add(child.child_id)
    return [each for each in found if not _of_others(each) or each.child_id in seen]


def _of_others(matter: Matter) -> bool:
    """Return whether a notice is of what others said, which was told on a consent."""
    return matter.details.get("what") in WHAT.values()


def _as_reader(admitted: Admitted) -> Ask | None:
    """Return a question about a child that this asker may ask, or None if there is none.

    Notices are read for no purpose; what a record shows depends on none but in being allowed.
    """
    for action, purpose, reason in product(_QUESTIONS, Purpose, AccessReason):
        ask = replace(admitted.ask, action=action, purpose=purpose, reason=reason)
        if may_ask(admitted.asker.facts, ask, admitted.agreement).allowed:
            return ask
    return None


def _what(matter: Matter) -> str:
    word: str = matter.details.get("what") or matter.details.get("cause") or matter.kind.value
    return word


def _since(matter: Matter) -> str:
    day = matter.details.get("since")
    return day or london_day(datetime.fromtimestamp(matter.opened_s, UTC)).isoformat()


def _shown_notice(matter: Matter) -> Shown:
    return {
        "id": str(matter.id),
        "what": _what(matter),
        "since": _since(matter),
        "child_id": str(matter.child_id) if matter.child_id else None,
    }


def _shown_alert(matter: Matter) -> Shown:
    entries = matter.details.get("entries") or [None]
    return {
        **_shown_notice(matter),
        "opened": matter.opened_s,
        "due": matter.due_s or None,
        "account_id": matter.account or None,
        "mediator_account_id": matter.details.get("mediator") or None,
        "entry_id": matter.details.get("entry_id") or entries[-1],
        "matter_id": matter.details.get("override_id") or matter.details.get("matter"),
        "authority": matter.details.get("authority"),
        "phone": matter.details.get("phone") or None,
        "reference": matter.details.get("reference"),
        "steps": shown_steps(matter),
    }
