"""Overriding a shield: one actor, one record, one read, loud, and seen by nobody else.

What an override is stands in a matter of its own and nowhere in the child's record, so
that to every other asker nothing has changed. Each step alerts the management team in
the transaction that takes it.
"""

import hashlib
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import orjson

from consent.decide import decide, override_terms
from consent.decision import Decision
from consent.facts import Action, SecondPerson
from index_service.domain.clock import next_working_day
from index_service.domain.errors import Code, Invalid, NotDisclosed
from index_service.domain.matter import Matter, MatterKind, MatterState, Step
from index_service.domain.override import (
    APPROVAL_S_MAX,
    OVERRIDE_S,
    OverrideGround,
    OverrideOutcome,
    OverrideState,
)
from index_service.log.entry import Outcome, SubjectShown
from index_service.services.admitting import Admitted, Asked, Login, admit
from index_service.services.attempt import Attempt, told
from index_service.services.facts import child_facts
from index_service.services.index import Index
from index_service.services.listed import Paging, most_urgent_first
from index_service.services.matters import (
    ALERTS,
    TEAM,
    OpenMatter,
    matter_beheld,
    matter_to_change,
    matters_on,
    open_matter,
    put_matter,
)
from index_service.services.opening import ABSENT, child_to_regard
from index_service.services.read import canonical_child, shown_child, subject_shown
from index_service.services.sealing import SealedChild, open_policy
from index_service.services.second_person import must_be_another
from index_service.services.showing import Showing
from index_service.services.writing import REPLAYED, Change, Once, Repeatable, recorded
from index_service.store.reading import snapshot
from index_service.store.work import Work, work_on

UNDER_INVESTIGATION = "overrides"  # those whose investigation is not concluded
_NOT_FOUND = "no_such_override"


@dataclass(frozen=True, slots=True)
class Overridden:
    """An override as its asker is told of it: until when it holds, if it does."""

    id: UUID
    state: OverrideState
    ends_s: int | None


class Overriding:
    """Grants overrides of shields, shows the record once, and has each one investigated."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def ask(
        self,
        login: Login,
        child_id: UUID,
        ground: OverrideGround,
        sent: Repeatable,
        attempt: Attempt,
    ) -> Overridden:
        """Ask to override a shield the asker sees; in force at once, or once approved."""
        index = self._index
        asked = Asked(login, Action.OVERRIDE, attempt.access)
        async with work_on(index.feed, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            once = Once(index, admitted, attempt, sent.bound_to(child_id))
            await work.locks.shields_shared()
            opened = await child_to_regard(index, work, admitted, child_id, attempt)
            done = await once.before(work)
            if done is not None:
                matter = await matter_beheld(index, work, done.resource)
                assert matter is not None  # INVARIANT: matters are never removed
                change = Change((SubjectShown(child_id),), opened.decision, REPLAYED)
                await recorded(index, work, attempt, change)
                return self._told(matter)
            if not opened.child.policy.shielded:
                raise Invalid(Code.STATE_CONFLICT)
            matter = self._opened(admitted, child_id, ground)
            await open_matter(index, work, matter, (TEAM, UNDER_INVESTIGATION))
            await self._alert(work, matter, "override_asked")
            subjects = (SubjectShown(child_id),)
            change = Change(subjects, opened.decision, matter.state.value, once, matter.id)
            await recorded(index, work, attempt, change)
            return self._told(matter)

    def _opened(self, admitted: Admitted, child_id: UUID, ground: OverrideGround) -> Matter:
        now, account = self._index.clock.now(), str(admitted.asker.account_id)
        now_s, due_s = int(now.timestamp()), int(next_working_day(now).timestamp())
        terms = override_terms(admitted.asker.facts, admitted.ask, admitted.agreement)
        waits = terms is SecondPerson.BEFORE
        return Matter(
            uuid4(),
            MatterKind.OVERRIDE,
            MatterState.WAITING if waits else MatterState.TAKEN,
            now_s,
            # Who waits for approval enquires now; an approval afterwards has a working day.
            now_s + OVERRIDE_S if waits else due_s,
            account,
            str(admitted.asker.agency_id),
            child_id,
            {
                "ground": ground.value,
                "second_person": terms.value,
                "ends_s": 0 if waits else now_s + OVERRIDE_S,
            },
            (Step(now_s, account, "asked"),),
        )

    async def read(
        self, login: Login, child_id: UUID, override_id: UUID, attempt: Attempt
    ) -> bytes:
        """Show the record to whom the override was granted, once; decided anew, and used by it."""
        index = self._index
        asked = Asked(login, Action.OVERRIDE, attempt.access)
        async with work_on(index.feed, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            attempt.subjects = (child_id,)
            # Nobody writes records meanwhile, so that the row needs no lock that would show.
            await work.locks.shields_exclusive()
            before = self._own(
                await matter_to_change(index, work, override_id), admitted, child_id, attempt
            )
            self._must_be_in_force(before.matter)
            child, decision = await self._decided(work, admitted, child_id, attempt)
            ref = index.keyring.references.case_ref(child_id)
            cases: list[Any] = [row._mapping for row in await work.children.cases([ref])]
            shown = shown_child(Showing(index, admitted), child, decision, cases)
            step = self._step(admitted, "read")
            after = before.matter.stepped(step, before.matter.state, used_s=step.at_s)
            await put_matter(index, work, before, after)
            await self._alert(work, after, "override_read")
            entry = replace(
                attempt.entry(index.log.stamp(), Outcome.SHOWN),
                rules=told(decision),
                subjects=(subject_shown(child_id, decision, shown),),
                result_commit=hashlib.sha256(canonical_child(shown)).hexdigest(),
            )
            attempt.answered(await work.commit(index.log.prepare(entry)))
        step_on = admitted.view.next_step
        version = admitted.agreement_version
        return orjson.dumps({"child": shown, "agreement_version": version, **step_on})

    def _own(
        self, found: OpenMatter | None, admitted: Admitted, child_id: UUID, attempt: Attempt
    ) -> OpenMatter:
        """Return the asker's own override of this child; anybody else's is as none."""
        if found is not None and found.matter.kind is MatterKind.OVERRIDE:
            own = found.matter.account == str(admitted.asker.account_id)
            if own and found.matter.child_id == child_id:
                return found
        attempt.rules = (_NOT_FOUND,)
        raise NotDisclosed(_NOT_FOUND)

    def _must_be_in_force(self, matter: Matter) -> None:
        state = self._state(matter)
        if state is OverrideState.WAITING:
            raise Invalid(Code.SECOND_PERSON_NEEDED)
        if state is not OverrideState.GRANTED:
            raise Invalid(Code.ENDED_ALREADY)

    async def _decided(
        self, work: Work, admitted: Admitted, child_id: UUID, attempt: Attempt
    ) -> tuple[SealedChild, Decision]:
        rows = await work.children.beheld([child_id])
        if not rows:
            attempt.rules = (ABSENT,)
            raise NotDisclosed(ABSENT)
        child = open_policy(self._index.keyring, rows[0])
        facts = replace(child_facts(child.policy), overridden=True)
        decision = decide(admitted.asker.facts, admitted.ask, facts, admitted.agreement)
        if not decision.allowed:
            attempt.rules = tuple(reason.value for reason in decision.reasons)
            raise NotDisclosed(*attempt.rules)
        return child, decision

    async def approve(
        self, login: Login, override_id: UUID, approved: bool, attempt: Attempt
    ) -> None:
        """Approve an override or not, before it is in force or after; never one's own."""
        index = self._index
        asked = Asked(login, Action.APPROVE_OVERRIDE, attempt.access)
        async with work_on(index.feed, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            before = await self._to_decide(work, admitted, override_id, attempt)
            matter = before.matter
            if self._approval_is_over(matter):
                raise Invalid(Code.ENDED_ALREADY)
            step = self._step(admitted, "approved" if approved else "not_approved")
            known: dict[str, Any] = {"approved": approved, "approved_by": step.account}
            state = MatterState.TAKEN
            off: tuple[str, ...] = ()
            if matter.state is MatterState.WAITING and approved:
                known["ends_s"] = step.at_s + OVERRIDE_S
            elif matter.state is MatterState.WAITING:
                state, off = MatterState.REFUSED, (TEAM, UNDER_INVESTIGATION)
            elif not approved:
                known["ends_s"] = min(step.at_s, matter.details["ends_s"])
            after = matter.stepped(step, state, **known)
            await put_matter(index, work, before, after, off)
            await self._alert(work, after, f"override_{step.word}")
            await recorded(index, work, attempt, _change(after, step.word))

    def _approval_is_over(self, matter: Matter) -> bool:
        if "approved" in matter.details or matter.state is MatterState.ENDED:
            return True
        if matter.details["second_person"] == SecondPerson.NOT_NEEDED:
            return True
        return self._state(matter) is OverrideState.LAPSED and matter.state is MatterState.WAITING

    async def conclude(
        self, login: Login, override_id: UUID, outcome: OverrideOutcome, attempt: Attempt
    ) -> None:
        """Conclude the investigation of an override that can show nothing any more."""
        index = self._index
        asked = Asked(login, Action.INVESTIGATE, attempt.access)
        async with work_on(index.feed, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            before = await self._to_decide(work, admitted, override_id, attempt)
            matter = before.matter
            if matter.state not in (MatterState.WAITING, MatterState.TAKEN):
                raise Invalid(Code.ENDED_ALREADY)
            over = self._state(matter) in (OverrideState.USED, OverrideState.LAPSED)
            after_the_fact = matter.details["second_person"] == SecondPerson.AFTER
            if not over or (after_the_fact and "approved" not in matter.details):
                raise Invalid(Code.STATE_CONFLICT)
            step = self._step(admitted, "concluded")
            after = matter.stepped(step, MatterState.ENDED, outcome=outcome.value)
            await put_matter(index, work, before, after, (TEAM, UNDER_INVESTIGATION))
            await recorded(index, work, attempt, _change(after, outcome.value))

    async def _to_decide(
        self, work: Work, admitted: Admitted, override_id: UUID, attempt: Attempt
    ) -> OpenMatter:
        """Return an override under lock for somebody else than its asker to decide on."""
        found = await matter_to_change(self._index, work, override_id)
        if found is None or found.matter.kind is not MatterKind.OVERRIDE:
            attempt.rules = (_NOT_FOUND,)
            raise NotDisclosed(_NOT_FOUND)
        attempt.subjects = (_child(found.matter),)
        await must_be_another(self._index, work, admitted, found.matter.account)
        return found

    async def under_investigation(
        self, login: Login, cursor: str | None, attempt: Attempt
    ) -> bytes:
        """Return a page of the overrides not concluded, encoded, the most urgent first."""
        index = self._index
        asked = Asked(login, Action.INVESTIGATE, attempt.access)
        async with snapshot(index.reading, index.csa) as reading:
            admitted = await admit(index, reading, asked, attempt)
            found = await matters_on(index, reading, UNDER_INVESTIGATION)
        paging = Paging(index.keyring, admitted, attempt, cursor)
        page, following = paging.page(found, most_urgent_first)
        attempt.subjects = tuple(_child(matter) for matter in page)
        entry = attempt.entry(index.log.stamp(), Outcome.SHOWN)
        attempt.answered(await index.log.append(entry))
        shown = [self._shown(matter) for matter in page]
        return orjson.dumps({"overrides": shown, "next": following})

    def _shown(self, matter: Matter) -> dict[str, Any]:
        known = matter.details
        return {
            "override_id": str(matter.id),
            "child_id": str(matter.child_id),
            "account_id": matter.account,
            "agency_id": matter.agency,
            "ground": known["ground"],
            "second_person": known["second_person"],
            "state": self._state(matter).value,
            "asked_at": matter.opened_s,
            "due": matter.due_s,
            "ends_at": known["ends_s"] or None,
            "read_at": known.get("used_s"),
            "approved": known.get("approved"),
            "approved_by": known.get("approved_by"),
        }

    def _state(self, matter: Matter) -> OverrideState:
        """Return how far an override has come by now; only the clock lets it lapse."""
        now_s, known = int(self._index.clock.now().timestamp()), matter.details
        if matter.state is MatterState.REFUSED:
            return OverrideState.REFUSED
        if "used_s" in known:
            return OverrideState.USED
        if matter.state is MatterState.WAITING:
            late = now_s >= matter.opened_s + APPROVAL_S_MAX
            return OverrideState.LAPSED if late else OverrideState.WAITING
        return OverrideState.GRANTED if now_s < known["ends_s"] else OverrideState.LAPSED

    def _told(self, matter: Matter) -> Overridden:
        return Overridden(matter.id, self._state(matter), matter.details["ends_s"] or None)

    def _step(self, admitted: Admitted, word: str) -> Step:
        now_s = int(self._index.clock.now().timestamp())
        return Step(now_s, str(admitted.asker.account_id), word)

    async def _alert(self, work: Work, override: Matter, cause: str) -> None:
        """Tell the management team at once, by a matter that names no child's facts."""
        now_s = int(self._index.clock.now().timestamp())
        alert = Matter(
            uuid4(),
            MatterKind.ALERT,
            MatterState.WAITING,
            now_s,
            override.due_s,
            account=override.account,
            agency=override.agency,
            child_id=override.child_id,
            details={"cause": cause, "override_id": str(override.id)},
        )
        await open_matter(self._index, work, alert, (ALERTS,))


def _child(matter: Matter) -> UUID:
    assert matter.child_id is not None  # INVARIANT: an override is of one record
    return matter.child_id


def _change(matter: Matter, word: str) -> Change:
    return Change((SubjectShown(_child(matter)),), code=word)
