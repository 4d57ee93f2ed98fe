"""Granting, reviewing and lifting a shield, under the lock no record is written beside.

By decision only. A grant hides at once through the child's policy and touches no search
token: tokens move later, in runs of one size, so that a grant leaves no mark of its own
in storage.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from consent.facts import Action, DisclosureClass
from index_service.domain.errors import Code, Invalid
from index_service.domain.shield import Shield, ShieldAskedBy, ShieldGround
from index_service.log.entry import SubjectShown
from index_service.services.admitting import Admitted, Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.cases import SealedCase, checked_cases, new_case_id
from index_service.services.encoding import Policy
from index_service.services.index import Index
from index_service.services.opening import Opened, child_to_write
from index_service.services.placing import (
    NO_LINE,
    Surroundings,
    held_now,
    may_be_one_child,
    sought,
)
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
    sheet_under,
)
from index_service.services.shield_requests import Granting, ShieldRequests
from index_service.services.tokens import TokenSheet
from index_service.services.writing import (
    REPLAYED,
    Change,
    Once,
    Repeatable,
    add_case,
    put_policy,
    recorded,
    replace_case,
)
from index_service.store.work import Work, work_on

REVIEW_DAYS_MAX = 366


@dataclass(frozen=True, slots=True)
class Grant:
    """What a decision to shield states, and the request it answers if it answers one."""

    ground: ShieldGround
    asked_by: ShieldAskedBy
    review: date
    request_id: UUID | None = None


class Shielding:
    """Grants, reviews and lifts shields for one authority."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._requests = ShieldRequests(index)

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
            once = Once(index, admitted, attempt, sent.bound_to(child_id))
            await work.locks.shields_exclusive()
            opened = await child_to_write(index, work, admitted, child_id, attempt)
            done = await once.before(work)
            if done is not None:
                await recorded(index, work, attempt, _change(opened, code=REPLAYED))
                return done.resource
            answered = None
            if stated.request_id is not None:
                answered = await self._requests.to_grant(
                    work, admitted, opened.child, stated.request_id
                )
            shield = _granted(admitted, stated, answered)
            policy = await add_case(index, work, opened.child, shield)
            due = min(stated.review, policy.due) if policy.due else stated.review
            await put_policy(work, opened.child, replace(policy, shielded=True, due=due))
            rows = await hold_duplicates(index, work, opened.child)
            # As many rows as an involvement that begins, so that a grant looks like one.
            rows += [decoy() for _ in range(LOAD_ROWS - len(rows))]
            await work.children.add_work(sorted(rows))
            change = replace(_change(opened), once=once, resource=shield.id)
            await recorded(index, work, attempt, change)
            return shield.id

    async def review(
        self, login: Login, child_id: UUID, shield_id: UUID, review: date, attempt: Attempt
    ) -> None:
        """Look at a shield again: it stands on, until another day of review."""
        index = self._index
        asked = Asked(login, Action.SHIELD, attempt.access)
        async with work_on(index.feed, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            today, account = admitted.ask.today, str(admitted.asker.account_id)
            _checked_review(review, today)
            await work.locks.shields_exclusive()
            opened = await child_to_write(index, work, admitted, child_id, attempt)
            case, shield, others = await self._standing(work, opened, shield_id)
            after = replace(shield, review=review, reviewed=today, reviewed_by=account)
            policy = await replace_case(index, work, opened.child, case, after)
            days = [review, *(other.review for other in others)]
            # Whatever else falls due stays due; only this shield's old day is past.
            days += [policy.due] if policy.due and policy.due != shield.review else []
            await put_policy(work, opened.child, replace(policy, due=min(days)))
            await recorded(index, work, attempt, _change(opened))

    async def lift(self, login: Login, child_id: UUID, shield_id: UUID, attempt: Attempt) -> None:
        """Lift one shield; the record stays shielded while another is in force."""
        index = self._index
        asked = Asked(login, Action.LIFT_SHIELD, attempt.access)
        async with work_on(index.feed, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            await work.locks.shields_exclusive()
            opened = await child_to_write(index, work, admitted, child_id, attempt)
            case, shield, others = await self._standing(work, opened, shield_id)
            account = str(admitted.asker.account_id)
            lifted = replace(shield, lifted=admitted.ask.today, lifted_by=account)
            policy = await replace_case(index, work, opened.child, case, lifted)
            after = replace(policy, shielded=bool(others))
            row = decoy()  # as an amendment does
            if others:
                await put_policy(work, opened.child, after)
            else:
                # A shield belongs to the child: over another record of it, it goes on hiding.
                if not after.held and await _shielded_elsewhere(index, work, opened.child):
                    after, row = held_now(after), _waits(index, opened.child)
                await put_policy_and_tokens(index, work, opened.child, after)
            await work.children.add_work([row])
            await recorded(index, work, attempt, _change(opened))

    async def _standing(
        self, work: Work, opened: Opened, shield_id: UUID
    ) -> tuple[SealedCase, Shield, list[Shield]]:
        """Return a shield in force with its row, and the others in force; Invalid if it is not."""
        standing = await shields_in_force(self._index, work, opened.child)
        found = [(case, each) for case, each in standing if each.id == shield_id]
        if not found:
            raise Invalid(Code.STATE_CONFLICT, "shield_id")
        ((case, shield),) = found
        return case, shield, [each for _, each in standing if each.id != shield_id]


async def shields_in_force(
    index: Index, work: Work, child: SealedChild
) -> list[tuple[SealedCase, Shield]]:
    """Return the shields of a child that are not lifted, each with its row."""
    found = await shields_of(index, work, child)
    return [(case, shield) for case, shield in found if shield.lifted is None]


async def shields_of(
    index: Index, work: Work, child: SealedChild
) -> list[tuple[SealedCase, Shield]]:
    """Return every shield a child has or had, each with its row."""
    ref = index.keyring.references.case_ref(child.child_id)
    rows: list[Any] = [row._mapping for row in await work.children.cases([ref])]
    cases = checked_cases(index.keyring, child.key, child.policy, rows)
    bodies = [(case, case.body(case.head())) for case in cases if case.head().kind == "shield"]
    return [(case, body) for case, body in bodies if isinstance(body, Shield)]


async def hold_duplicates(
    index: Index, work: Work, child: SealedChild
) -> list[tuple[bytes, bytes]]:
    """Hold every other record that may be this child's; return the rows that say so.

    A near miss that stood beside the child before the shield is held as it would be born.
    """
    facts = open_facts(child)
    rows = []
    # Nobody else writes records under the exclusive lock: the order of locks is free.
    found = await Surroundings(index).gather(work, [sought(index, facts)])
    for other in found.values():
        waits_or_hidden = other.policy.guarded or other.policy.archived
        if other.child_id == child.child_id or waits_or_hidden:
            continue
        if not may_be_one_child(facts, open_facts(other)):
            continue
        await put_policy(work, other, held_now(other.policy))
        rows.append(_waits(index, other))
    return rows


def _waits(index: Index, child: SealedChild) -> tuple[bytes, bytes]:
    since_s = int(index.clock.now().timestamp())
    return waiting_pointer(index.keyring, Waiting(Waits.HELD, child.child_id, NO_LINE, since_s))


async def _shielded_elsewhere(index: Index, work: Work, child: SealedChild) -> bool:
    """Return whether another record that may be this child's is shielded or closed."""
    facts = open_facts(child)
    found = await Surroundings(index).gather(work, [sought(index, facts)])
    return any(
        other.child_id != child.child_id
        and (other.policy.shielded or other.policy.closed)
        and may_be_one_child(facts, open_facts(other))
        for other in found.values()
    )


async def put_policy_and_tokens(
    index: Index, work: Work, child: SealedChild, policy: Policy
) -> None:
    """Store a policy and, at once, the tokens it wants."""
    old = TokenSheet.decoded(child.part("tokens"))
    new = sheet_under(index.keyring, child.child_id, facts_of(open_record(child)), policy)
    await work.children.remove_tokens(old.search, old.guard)
    await work.children.add_tokens(new.search, new.guard)
    row = {
        "child_id": child.child_id,
        "policy": sealed_policy(child.key, child.child_id, policy),
        "tokens": sealed_sheet(child.key, child.child_id, new),
    }
    await work.children.replace([row])


def _granted(admitted: Admitted, stated: Grant, answered: Granting | None) -> Shield:
    today = admitted.ask.today
    _checked_review(stated.review, today)
    decider = str(admitted.asker.account_id)
    shield = Shield(new_case_id(), stated.ground, stated.asked_by, decider, today, stated.review)
    if answered is None:
        return shield
    return replace(
        shield,
        request=str(answered.request_id),
        requested_by=answered.sent_by,
        appealed=answered.appealed,
    )


def _checked_review(review: date, today: date) -> None:
    if not 0 < (review - today).days <= REVIEW_DAYS_MAX:
        raise Invalid(Code.DATE_OUT_OF_RANGE, "review")


def _change(opened: Opened, code: str = "") -> Change:
    subjects = (SubjectShown(opened.child.child_id, (DisclosureClass.RESTRICTION,)),)
    return Change(subjects, opened.decision, code)
