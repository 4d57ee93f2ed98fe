"""The officers' worklist: alerts on how the index is used, read, taken and concluded.

An alert shows entries, rules and explanations by reference. It names no child, and ends
nothing: suspending is done, where it is right, as any suspension is. Nobody is shown an
alert on their own use, by whichever account.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

import orjson

from consent.facts import Action
from index_service.domain.alert import AlertOutcome
from index_service.domain.disclosure import Shown
from index_service.domain.errors import Code, Invalid, NotDisclosed
from index_service.domain.matter import Matter, MatterState, Step
from index_service.domain.misuse.origins import OTHER, origin_of
from index_service.domain.small_cells import shown_total
from index_service.log.entry import Outcome
from index_service.services.admitting import Admitted, Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.brokering_shown import shown_steps
from index_service.services.directory_rows import open_account, open_practitioner
from index_service.services.index import Index
from index_service.services.listed import Paging, newest_first
from index_service.services.lists import list_pointer
from index_service.services.matters import (
    OpenMatter,
    matter_by_id,
    matter_to_change,
    matters_on,
    put_matter,
)
from index_service.services.misuse.lists import ALERTED, CONCLUDED, Reading, stands_on
from index_service.services.opening import ABSENT
from index_service.services.second_person import accounts_of
from index_service.services.writing import Change, recorded
from index_service.store.work import Work, work_on

_STEPS_MAX = 6  # what a row has room for


class Worklist:
    """Shows and concludes alerts on misuse for one authority."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def alerts(self, login: Login, cursor: str | None, attempt: Attempt) -> bytes:
        """Return a page of the alerts not concluded yet, newest first, encoded."""
        index = self._index
        async with work_on(index.api, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, _asked(login, attempt), attempt)
            found = await matters_on(index, Reading(work), ALERTED)
            own = await accounts_of(index, work, admitted.asker)
        others = [each for each in found if each.account not in own]
        paging = Paging(index.keyring, admitted, attempt, cursor)
        page, following = paging.page(others, newest_first)
        attempt.answered(await index.log.append(attempt.entry(index.log.stamp(), Outcome.SHOWN)))
        return orjson.dumps({"alerts": [_listed(each) for each in page], "next": following})

    async def read(self, login: Login, alert_id: UUID, attempt: Attempt) -> bytes:
        """Return one alert, concluded or not, with its entries and what explains them."""
        index = self._index
        async with work_on(index.api, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, _asked(login, attempt), attempt)
            reading = Reading(work)
            matter = await matter_by_id(index, reading, alert_id)
            own = await accounts_of(index, work, admitted.asker)
            standing = [*await matters_on(index, reading, ALERTED)]
            standing += await matters_on(index, reading, CONCLUDED)
        stands = any(each.id == alert_id for each in standing)
        if matter is None or not stands or matter.account in own:
            attempt.rules = (ABSENT,)
            raise NotDisclosed(ABSENT)
        attempt.answered(await index.log.append(attempt.entry(index.log.stamp(), Outcome.SHOWN)))
        return orjson.dumps(_shown(matter))

    async def take(self, login: Login, alert_id: UUID, attempt: Attempt) -> None:
        """Note that an officer looks into an alert; another may take it over."""
        index = self._index
        async with work_on(index.api, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, _asked(login, attempt), attempt)
            before = await self._alert(work, alert_id, admitted, attempt)
            after = _stepped(before.matter, self._step(admitted, "taken"), MatterState.TAKEN)
            await put_matter(index, work, before, after)
            await recorded(index, work, attempt, Change())

    async def conclude(
        self, login: Login, alert_id: UUID, outcome: AlertOutcome, attempt: Attempt
    ) -> None:
        """Conclude an alert: it leaves the list, and is told again to nobody."""
        index = self._index
        async with work_on(index.api, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, _asked(login, attempt), attempt)
            before = await self._alert(work, alert_id, admitted, attempt)
            step = self._step(admitted, outcome.value)
            after = _stepped(before.matter, step, MatterState.ENDED, concluded=outcome.value)
            await put_matter(index, work, before, after, (ALERTED,))
            await work.children.add_work([list_pointer(index.keyring, CONCLUDED, alert_id)])
            await recorded(index, work, attempt, Change(code=outcome.value))

    async def rates(self, login: Login, attempt: Attempt) -> bytes:
        """Return how many alerts there were by what staff names look to be of, encoded.

        Nobody is named, small cells are left out, and no group is told of an account.
        """
        index = self._index
        async with work_on(index.api, index.csa, index.log) as work:
            await admit(index, work.directory, _asked(login, attempt), attempt)
            groups = await _groups(index, work)
            reading = Reading(work)
            matters = [*await matters_on(index, reading, ALERTED)]
            matters += await matters_on(index, reading, CONCLUDED)
        body = orjson.dumps(_rates(groups, matters))
        attempt.answered(await index.log.append(attempt.entry(index.log.stamp(), Outcome.SHOWN)))
        return body

    def _step(self, admitted: Admitted, word: str) -> Step:
        now_s = int(self._index.clock.now().timestamp())
        return Step(now_s, str(admitted.asker.account_id), word)

    async def _alert(
        self, work: Work, alert_id: UUID, admitted: Admitted, attempt: Attempt
    ) -> OpenMatter:
        """Return an alert under lock; NotDisclosed for what never stood on the list."""
        found = await matter_to_change(self._index, work, alert_id)
        own = await accounts_of(self._index, work, admitted.asker)
        if found is not None and found.matter.account not in own:
            keyring = self._index.keyring
            if await stands_on(keyring, work, ALERTED, alert_id):
                return found
            if await stands_on(keyring, work, CONCLUDED, alert_id):
                raise Invalid(Code.ENDED_ALREADY)
        attempt.rules = (ABSENT,)
        raise NotDisclosed(ABSENT)


def _asked(login: Login, attempt: Attempt) -> Asked:
    return Asked(login, Action.HANDLE_MISUSE, attempt.access)


def _stepped(matter: Matter, step: Step, state: MatterState, **details: Any) -> Matter:
    kept = replace(matter, steps=matter.steps[-(_STEPS_MAX - 1) :])
    return kept.stepped(step, state, **details)


def _listed(matter: Matter) -> Shown:
    return {
        "id": str(matter.id),
        "state": matter.state.value,
        "opened": matter.opened_s,
        "since": matter.details["since"],
        "account_id": matter.account or None,
        "agency_id": matter.agency,
        "accesses": matter.details["accesses"],
        "rules": [
            {"rule": rule, "points": points, "version": version}
            for rule, points, version in matter.details["rules"]
        ],
    }


def _shown(matter: Matter) -> Shown:
    return {
        **_listed(matter),
        "entries": matter.details["entries"],
        "explained": [
            {"by": by or None, "version": version} for by, version in matter.details["explained"]
        ],
        "outcome": matter.details.get("concluded"),
        "steps": shown_steps(matter),
    }


async def _groups(index: Index, work: Work) -> dict[str, str]:
    """Return the group each account's name looks to be of; those without a name are left out."""
    names = {}
    for row in await work.staff.practitioners():
        who = open_practitioner(index.keyring, row)
        names[who.id] = who.name
    accounts = [
        open_account(index.keyring, row["account_id"], row["sealed"])
        for row in await work.staff.accounts()
    ]
    return {
        str(account.id): origin_of(names[account.practitioner_id].split()[-1].lower())
        for account in accounts
        if account.practitioner_id in names
    }


def _rates(groups: dict[str, str], matters: Iterable[Matter]) -> Shown:
    """Return accounts, and accounts alerted on, by group; null for a group with a small cell.

    No totals are told: with them, what is left out could be worked out.
    """
    told = {each.account for each in matters if each.account}
    accounts = Counter(groups.values())
    alerted = Counter(groups[each] for each in told if each in groups)
    rows = []
    for group in sorted(accounts, key=lambda each: (each == OTHER, each)):
        cells = (alerted[group], accounts[group] - alerted[group])
        small = any(shown_total(cell) is None for cell in cells)
        rows.append(
            {
                "group": group.replace(", ", "_").replace(" ", "_"),
                "accounts": None if small else accounts[group],
                "alerted": None if small else alerted[group],
            }
        )
    return {"groups": rows}
