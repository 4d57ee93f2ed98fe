"""Telling a family who looked: the team records what it found out, and releases a report.

The gate decides when a request is recorded and again when it is released. Whatever the
family may not know leaves no trace in a report; what the team may know stands in the matter.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import orjson

from consent.facts import Action
from consent.who_looked import (
    TOLD_CLASSES,
    family_is_told_which_kind,
    team_may_tell_who_looked,
)
from index_service.domain.disclosure import Shown
from index_service.domain.errors import Code, Invalid, NotDisclosed
from index_service.domain.looks import (
    Detail,
    DetailGround,
    Look,
    Names,
    lines_of,
    month_before,
    month_of,
    tellable,
)
from index_service.domain.matter import Matter, MatterKind, MatterState, Step
from index_service.domain.who_looked import (
    REQUEST_DAYS_MAX,
    Findings,
    GateRefusal,
)
from index_service.log.entry import Outcome, SubjectShown
from index_service.services.admitting import Admitted, Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.auditing.looks import investigations_of, seen_of
from index_service.services.auditing.shown import kinds_of
from index_service.services.auditing.subject_gate import against, findings_of, is_guarded
from index_service.services.directory_rows import open_account, open_practitioner
from index_service.services.index import Index
from index_service.services.listed import Paging, most_urgent_first
from index_service.services.matters import (
    OpenMatter,
    matter_beheld,
    matter_to_change,
    matters_on,
    open_matter,
    put_matter,
)
from index_service.services.opening import ABSENT
from index_service.services.sealing import SealedChild, open_policy
from index_service.services.second_person import must_be_another
from index_service.services.stand_in import pass_over
from index_service.services.writing import REPLAYED, Change, Once, Repeatable, recorded
from index_service.store.reading import snapshot
from index_service.store.work import Work, work_on

NOTICE = (
    "This report covers whole months that are over. It names no sensitive service, and some "
    "looks are not told in it; whether any are is never said."
)
_LIST = "who_looked"  # requests that wait for their release
_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Requested:
    """What the desk records: what it found out, and how much is to be told on what ground."""

    findings: Findings
    detail: Detail = Detail.KINDS
    ground: DetailGround | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """A request as recorded: it waits for its release, or what stands against it."""

    id: UUID
    state: MatterState
    refusals: tuple[str, ...]


class WhoLooked:
    """Takes requests to be told who looked, and releases reports, for one authority."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def record(
        self, login: Login, child_id: UUID, wanted: Requested, sent: Repeatable, attempt: Attempt
    ) -> Answered:
        """Record a request; refused there and then unless everything is in order."""
        index = self._index
        async with work_on(index.feed, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, _asked(login, attempt), attempt)
            once = Once(index, admitted, attempt, sent.bound_to(child_id))
            child = await self._child(work, admitted, child_id, attempt)
            done = await once.before(work)
            if done is not None:
                matter = await matter_beheld(index, work, done.resource)
                assert matter is not None  # INVARIANT: matters are never removed
                await recorded(index, work, attempt, _change(matter, REPLAYED))
                return _answered(matter)
            matter = self._opened(admitted, child, wanted)
            waits = matter.state is MatterState.WAITING
            await open_matter(index, work, matter, (_LIST,) if waits else ())
            change = replace(_change(matter), once=once, resource=matter.id)
            await recorded(index, work, attempt, change)
            return _answered(matter)

    async def _child(
        self, work: Work, admitted: Admitted, child_id: UUID, attempt: Attempt
    ) -> SealedChild:
        """Return a child's row, unlocked: what a family asks must not show in it."""
        attempt.subjects = (child_id,)
        rows = await work.children.beheld([child_id])
        may = team_may_tell_who_looked(admitted.asker.facts, admitted.ask, admitted.agreement)
        if not rows or not may:
            pass_over(self._index, admitted)
            attempt.rules = (ABSENT,)
            raise NotDisclosed(ABSENT)
        return open_policy(self._index.keyring, rows[0])

    def _opened(self, admitted: Admitted, child: SealedChild, wanted: Requested) -> Matter:
        now_s, account = int(self._index.clock.now().timestamp()), str(admitted.asker.account_id)
        refusals = against(wanted.findings, child, admitted.ask.today)
        return Matter(
            uuid4(),
            MatterKind.WHO_LOOKED,
            MatterState.REFUSED if refusals else MatterState.WAITING,
            now_s,
            0 if refusals else now_s + REQUEST_DAYS_MAX * _DAY_S,
            account,
            str(admitted.asker.agency_id),
            child.child_id,
            {
                **_written(wanted.findings),
                "detail": wanted.detail.value,
                "detail_ground": wanted.ground.value if wanted.ground else None,
                "refusals": [each.value for each in refusals],
            },
            (Step(now_s, account, "refused" if refusals else "recorded"),),
        )

    async def waiting(self, login: Login, cursor: str | None, attempt: Attempt) -> bytes:
        """Return a page of the requests that wait for their release, encoded."""
        index = self._index
        async with snapshot(index.reading, index.csa) as reading:
            admitted = await admit(index, reading, _asked(login, attempt), attempt)
            found = await matters_on(index, reading, _LIST)
        paging = Paging(index.keyring, admitted, attempt, cursor)
        page, following = paging.page(found, most_urgent_first)
        attempt.subjects = tuple(_child_of(matter) for matter in page)
        attempt.answered(await index.log.append(attempt.entry(index.log.stamp(), Outcome.SHOWN)))
        shown = [_shown(matter) for matter in page]
        return orjson.dumps({"requests": shown, "next": following})

    async def refuse(
        self, login: Login, request_id: UUID, reason: GateRefusal, attempt: Attempt
    ) -> None:
        """Refuse a request that waits; anybody of the team may."""
        index = self._index
        async with work_on(index.feed, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, _asked(login, attempt), attempt)
            before = await self._waiting(work, request_id, attempt)
            step = self._step(admitted, "refused")
            after = before.matter.stepped(step, MatterState.REFUSED, refusals=[reason.value])
            await put_matter(index, work, before, after, (_LIST,))
            await recorded(index, work, attempt, _change(after))

    async def release(
        self, login: Login, request_id: UUID, sent: Repeatable, attempt: Attempt
    ) -> bytes:
        """Release a report, encoded, once; its entry commits to every byte of it.

        Invalid for the one who recorded the request where two people are needed, and where
        by now something stands against telling. Whoever released it and sends the same again
        until the request lapses gets the report made anew as of its release, decided anew,
        under an entry of its own.
        """
        index = self._index
        async with work_on(index.feed, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, _asked(login, attempt), attempt)
            once = Once(index, admitted, attempt, sent.bound_to(request_id))
            again = await once.before(work) is not None
            state = MatterState.ANSWERED if again else MatterState.WAITING
            before = await self._in_state(work, request_id, attempt, state)
            matter = before.matter
            child = await self._child(work, admitted, _child_of(matter), attempt)
            if int(index.clock.now().timestamp()) >= matter.due_s:
                raise Invalid(Code.ENDED_ALREADY)
            if against(findings_of(matter), child, admitted.ask.today):
                raise Invalid(Code.STATE_CONFLICT)
            step = matter.steps[-1] if again else self._step(admitted, "released")
            body = await self._report(work, admitted, matter, child, step.at_s)
            entry = replace(
                attempt.entry(index.log.stamp(), Outcome.SHOWN),
                subjects=(SubjectShown(child.child_id),),
                code=REPLAYED if again else "",
                result_commit=hashlib.sha256(body).hexdigest(),
            )
            if not again:
                after = matter.stepped(step, MatterState.ANSWERED)
                await put_matter(index, work, before, after, (_LIST,))
                await once.remember(work, matter.id, entry.entry_id)
            attempt.answered(await work.commit(index.log.prepare(entry)))
            return body

    async def _report(
        self, work: Work, admitted: Admitted, matter: Matter, child: SealedChild, at_s: int
    ) -> bytes:
        """Return what the family is told as of a release; Invalid where it is not one's own."""
        index, released = self._index, datetime.fromtimestamp(at_s, UTC)
        seen = await seen_of(index, work, child.child_id, kinds_of(admitted.view))
        detail = Detail(matter.details["detail"])
        guarded = await is_guarded(index, work, child, seen.looks)
        if guarded or detail is not Detail.KINDS:
            await must_be_another(index, work, admitted, matter.account)
        investigations = await investigations_of(index, work, child.child_id, seen)
        looks = tellable(seen.looks, investigations, seen.released, released)
        told = [each for each in looks if family_is_told_which_kind(each.kind)]
        detail = Detail.KINDS if guarded else detail
        names = await self._names(work, admitted, told, detail)
        return orjson.dumps(
            {
                "request_id": str(matter.id),
                "until": month_before(month_of(released)),
                "detail": detail.value,
                "looks": lines_of(told, names, TOLD_CLASSES),
                "notice": NOTICE,
            }
        )

    async def _waiting(self, work: Work, request_id: UUID, attempt: Attempt) -> OpenMatter:
        """Return a request under lock; NotDisclosed for none, Invalid once it is decided."""
        return await self._in_state(work, request_id, attempt, MatterState.WAITING)

    async def _in_state(
        self, work: Work, request_id: UUID, attempt: Attempt, state: MatterState
    ) -> OpenMatter:
        found = await matter_to_change(self._index, work, request_id)
        if found is None or found.matter.kind is not MatterKind.WHO_LOOKED:
            attempt.rules = (ABSENT,)
            raise NotDisclosed(ABSENT)
        attempt.subjects = (_child_of(found.matter),)
        if found.matter.state is not state:
            raise Invalid(Code.ENDED_ALREADY)
        return found

    async def _names(
        self, work: Work, admitted: Admitted, looks: Iterable[Look], detail: Detail
    ) -> Names:
        """Return what a report of this detail calls whoever looked: nobody, unless it names."""
        if detail is Detail.KINDS:
            return Names()
        agencies = {str(key): each.name for key, each in admitted.view.agencies.items()}
        if detail is Detail.AGENCIES:
            return Names(agencies)
        accounts = {each.account for each in looks if not each.by_keepers}
        return Names(agencies, await self._practitioners(work, accounts))

    async def _practitioners(self, work: Work, accounts: Iterable[str]) -> dict[str, str]:
        """Return practitioners' names by account, but of those whose own contact is shielded."""
        keyring, who_by = self._index.keyring, {}
        for account in sorted(accounts):
            row = await work.directory.account_beheld(UUID(account))
            opened = open_account(keyring, UUID(account), row["sealed"]) if row else None
            if opened is not None and opened.practitioner_id is not None:
                who_by[account] = opened.practitioner_id
        async with snapshot(self._index.reading, self._index.csa) as reading:
            rows = await reading.practitioners(sorted(set(who_by.values())))
        known = {each["practitioner_id"]: open_practitioner(keyring, each) for each in rows}
        return {
            account: known[who].name
            for account, who in who_by.items()
            if who in known and not known[who].contact_shielded
        }

    def _step(self, admitted: Admitted, word: str) -> Step:
        now_s = int(self._index.clock.now().timestamp())
        return Step(now_s, str(admitted.asker.account_id), word)


def _asked(login: Login, attempt: Attempt) -> Asked:
    return Asked(login, Action.TELL_WHO_LOOKED, attempt.access)


def _written(found: Findings) -> dict[str, Any]:
    return {
        "asked_by": found.asked_by.value,
        "identity": found.identity.value,
        "right": found.right.value,
        "orders": found.orders.value,
        "competence": found.competence.value,
        "judged_by": found.judged_by.value if found.judged_by else None,
        "judged_on": found.judged_on.isoformat() if found.judged_on else None,
        "wish": found.wish.value,
        "unasked_because": found.unasked_because.value if found.unasked_because else None,
        "harm": found.harm.value,
    }


def _shown(matter: Matter) -> Shown:
    known = {name: value for name, value in matter.details.items() if name != "refusals"}
    return {
        "request_id": str(matter.id),
        "child_id": str(matter.child_id),
        "recorded_by": matter.account,
        "recorded_at": matter.opened_s,
        "due": matter.due_s,
        **known,
    }


def _answered(matter: Matter) -> Answered:
    """Say how a request was answered when it was recorded, whatever became of it since."""
    refused = matter.steps[0].word == "refused"
    state = MatterState.REFUSED if refused else MatterState.WAITING
    return Answered(matter.id, state, tuple(matter.details["refusals"]) if refused else ())


def _change(matter: Matter, code: str = "") -> Change:
    refusals = matter.details["refusals"]
    return Change((SubjectShown(_child_of(matter)),), code=code or "".join(refusals[:1]))


def _child_of(matter: Matter) -> UUID:
    assert matter.child_id is not None  # INVARIANT: a request is about one child
    return matter.child_id
