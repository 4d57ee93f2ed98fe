"""Granting and lifting a shield: by decision only, under the lock no record is written beside.

A grant hides at once through the child's policy and touches no search token: tokens
move later, in runs of one size, so that a grant leaves no mark of its own in storage.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from consent.facts import Action, DisclosureClass
from index_service.domain.errors import Code, Invalid
from index_service.domain.matching.keys import guard_keys
from index_service.domain.shield import Shield, ShieldAskedBy, ShieldGround
from index_service.log.entry import SubjectShown
from index_service.services.admitting import Admitted, Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.cases import SealedCase, checked_cases, new_case_id
from index_service.services.index import Index
from index_service.services.placing import NO_LINE, Surroundings, held_now, sought
from index_service.services.pointers import (
    LOAD_ROWS,
    Waiting,
    Waits,
    decoy,
    waiting_pointer,
)
from index_service.services.sealing import (
    SealedChild,
    facts_of,
    open_facts,
    open_record,
    sealed_policy,
    sealed_sheet,
)
from index_service.services.tokens import TokenSheet, sheet_of
from index_service.services.writing import (
    REPLAYED,
    Change,
    Once,
    Opened,
    Repeatable,
    add_case,
    child_to_write,
    put_policy,
    recorded,
    replace_case,
)
from index_service.store.work import Work, work_on

REVIEW_DAYS_MAX = 366


@dataclass(frozen=True, slots=True)
class Grant:
    """What a decision to shield states."""

    ground: ShieldGround
    asked_by: ShieldAskedBy
    review: date


class Shielding:
    """Grants and lifts shields for one authority."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def grant(
        self, login: Login, child_id: UUID, stated: Grant, sent: Repeatable, attempt: Attempt
    ) -> UUID:
        """Shield a child's record; every request begun after this returns sees it shielded.

        Other records of the same number, or name and date of birth, wait for the team
        from now on: a shield over one of two records of a child hides nothing.
        """
        index = self._index
        asked = Asked(login, Action.SHIELD, attempt.access)
        async with work_on(index.feed, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            # Bound to the child: the route's template and the body are the same for all.
            bound = replace(sent, body=child_id.bytes + sent.body)
            once = Once(index, admitted, attempt, bound)
            await work.locks.shields_exclusive()
            opened = await child_to_write(index, work, admitted, child_id, attempt)
            done = await once.before(work)
            if done is not None:
                await recorded(index, work, attempt, _change(opened, code=REPLAYED))
                return done.resource
            shield = _granted(admitted, stated)
            policy = await add_case(index, work, opened.child, shield)
            due = min(stated.review, policy.due) if policy.due else stated.review
            await put_policy(work, opened.child, replace(policy, shielded=True, due=due))
            await self._hold_duplicates(work, opened.child)
            # As many rows as an involvement that begins, so that a grant looks like one.
            await work.children.add_work([decoy() for _ in range(LOAD_ROWS)])
            change = replace(_change(opened), once=once, resource=shield.id)
            await recorded(index, work, attempt, change)
            return shield.id

    async def _hold_duplicates(self, work: Work, child: SealedChild) -> None:
        keyring = self._index.keyring
        facts = open_facts(child)
        texts = set(guard_keys(facts))
        around = Surroundings(self._index)
        # Nobody else writes records under the exclusive lock: the order of locks is free.
        found = await around.gather(work, [sought(self._index, facts)])
        for other in found.values():
            guarded = other.policy.shielded or other.policy.held or other.policy.archived
            if other.child_id == child.child_id or guarded:
                continue
            if texts.isdisjoint(guard_keys(open_facts(other))):
                continue
            await put_policy(work, other, held_now(other.policy))
            waiting = Waiting(Waits.HELD, other.child_id, NO_LINE)
            await work.children.add_work([waiting_pointer(keyring, waiting)])

    async def lift(self, login: Login, child_id: UUID, shield_id: UUID, attempt: Attempt) -> None:
        """Lift one shield; the record stays shielded while another is in force."""
        index = self._index
        asked = Asked(login, Action.LIFT_SHIELD, attempt.access)
        async with work_on(index.feed, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            await work.locks.shields_exclusive()
            opened = await child_to_write(index, work, admitted, child_id, attempt)
            standing = await self._standing(work, opened)
            found = [(case, each) for case, each in standing if each.id == shield_id]
            if not found:
                raise Invalid(Code.STATE_CONFLICT, "shield_id")
            case, shield = found[0]
            account = str(admitted.asker.account_id)
            lifted = replace(shield, lifted=admitted.ask.today, lifted_by=account)
            policy = await replace_case(index, work, opened.child, case, lifted)
            others = len(standing) > 1
            after = replace(policy, shielded=others)
            if others:
                await put_policy(work, opened.child, after)
            else:
                await self._unguard(work, opened, after)
            await recorded(index, work, attempt, _change(opened))

    async def _standing(self, work: Work, opened: Opened) -> list[tuple[SealedCase, Shield]]:
        ref = self._index.keyring.references.case_ref(opened.child.child_id)
        rows: list[Any] = [row._mapping for row in await work.children.cases([ref])]
        cases = checked_cases(self._index.keyring, opened.child.key, opened.child.policy, rows)
        bodies = [(case, case.body(case.head())) for case in cases if case.head().kind == "shield"]
        return [
            (case, body)
            for case, body in bodies
            if isinstance(body, Shield) and body.lifted is None
        ]

    async def _unguard(self, work: Work, opened: Opened, policy: Any) -> None:
        """Store the lifted policy and a sheet without guard rows: the child is as any other."""
        child, keyring = opened.child, self._index.keyring
        guarded = policy.held
        old = TokenSheet.decoded(child.part("tokens"))
        facts = facts_of(open_record(child))
        new = sheet_of(keyring, child.child_id, facts, guarded=guarded)
        await work.children.remove_tokens(old.search, old.guard)
        await work.children.add_tokens(new.search, new.guard)
        row = {
            "child_id": child.child_id,
            "policy": sealed_policy(child.key, child.child_id, policy),
            "tokens": sealed_sheet(child.key, child.child_id, new),
        }
        await work.children.replace([row])


def _granted(admitted: Admitted, stated: Grant) -> Shield:
    today = admitted.ask.today
    if not 0 < (stated.review - today).days <= REVIEW_DAYS_MAX:
        raise Invalid(Code.DATE_OUT_OF_RANGE, "review")
    decider = str(admitted.asker.account_id)
    return Shield(new_case_id(), stated.ground, stated.asked_by, decider, today, stated.review)


def _change(opened: Opened, code: str = "") -> Change:
    subjects = (SubjectShown(opened.child.child_id, (DisclosureClass.RESTRICTION,)),)
    return Change(subjects, opened.decision, code)
