"""Releasing what waits: by one person who has checked, or at once by two.

A record that carries a shielded child's own number is never released by one person. A
release only ever takes a wait away; a shield stays where it is.
"""

from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from consent.facts import Action, DisclosureClass
from index_service.domain.errors import Code, Invalid, NotDisclosed
from index_service.domain.hold import RELEASE_S_MAX, HoldDecision, Release
from index_service.domain.matching.keys import guard_keys
from index_service.domain.matter import Matter, MatterKind, MatterState, Step
from index_service.log.entry import SubjectShown
from index_service.services.admitting import Admitted, Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.index import Index
from index_service.services.joining import Joint, join
from index_service.services.matters import (
    TEAM,
    OpenMatter,
    matter_to_change,
    open_matter,
    put_matter,
)
from index_service.services.opening import ABSENT, Opened, child_to_regard, child_to_write, decided
from index_service.services.placing import NO_LINE, Surroundings, sought
from index_service.services.pointers import (
    Waits,
    decoy,
    open_waiting,
    waiting_place,
    waiting_tokens,
)
from index_service.services.sealing import SealedChild, open_facts, open_policy
from index_service.services.second_person import must_be_another
from index_service.services.shielding import put_policy_and_tokens
from index_service.services.tokens import guard_tokens_of
from index_service.services.writing import Change, recorded
from index_service.store.work import Work, work_on

_NOT_FOUND = "no_such_release"
_NAME = "name:"  # how guard keys of a name begin; all others are of numbers


@dataclass(frozen=True, slots=True)
class _Row:
    """One row that lists a waiting record, as stored and as read."""

    stored: tuple[bytes, bytes]
    source_ref: bytes
    why: Waits


class HoldReleases:
    """Releases records that wait, for one authority."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def release(
        self, login: Login, child_id: UUID, stated: Release, attempt: Attempt
    ) -> UUID | None:
        """Release a record; of an emergency return the release that waits for somebody else."""
        index = self._index
        asked = Asked(login, Action.RELEASE_HOLD, attempt.access)
        async with work_on(index.feed, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            await work.locks.shields_exclusive()
            if stated.emergency:
                opened = await child_to_regard(index, work, admitted, child_id, attempt)
                await self._waiting(work, opened.child)
                matter = self._opened(admitted, child_id)
                await open_matter(index, work, matter, (TEAM,))
                await recorded(index, work, attempt, _change(opened, "emergency"))
                return matter.id
            opened = await child_to_write(index, work, admitted, child_id, attempt)
            rows = await self._waiting(work, opened.child)
            if stated.decision is HoldDecision.SAME_CHILD:
                assert stated.survivor_id is not None  # INVARIANT: the wire demands it
                await self._join(work, admitted, opened, stated.survivor_id)
            elif await self._carries_a_shielded_number(work, opened.child):
                raise Invalid(Code.SECOND_PERSON_NEEDED)
            else:
                await self._let_go(work, opened.child, rows)
            checked = f"checked_with_{stated.checked_with}" if stated.checked_with else ""
            await recorded(index, work, attempt, _change(opened, checked))
            return None

    async def approve(
        self, login: Login, child_id: UUID, release_id: UUID, attempt: Attempt
    ) -> None:
        """Release a record as the second of two people, whatever it carries."""
        index = self._index
        asked = Asked(login, Action.RELEASE_HOLD, attempt.access)
        async with work_on(index.feed, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            await work.locks.shields_exclusive()
            opened = await child_to_write(index, work, admitted, child_id, attempt)
            before = await self._to_approve(work, admitted, opened, release_id, attempt)
            rows = await self._waiting(work, opened.child)
            await self._let_go(work, opened.child, rows)
            step = self._step(admitted, "approved")
            after = before.matter.stepped(step, MatterState.ENDED)
            await put_matter(index, work, before, after, (TEAM,))
            await recorded(index, work, attempt, _change(opened, "emergency"))

    def _opened(self, admitted: Admitted, child_id: UUID) -> Matter:
        step = self._step(admitted, "asked")
        return Matter(
            uuid4(),
            MatterKind.RELEASE,
            MatterState.WAITING,
            step.at_s,
            step.at_s,  # an emergency is due at once
            step.account,
            str(admitted.asker.agency_id),
            child_id,
            steps=(step,),
        )

    def _step(self, admitted: Admitted, word: str) -> Step:
        now_s = int(self._index.clock.now().timestamp())
        return Step(now_s, str(admitted.asker.account_id), word)

    async def _to_approve(
        self, work: Work, admitted: Admitted, opened: Opened, release_id: UUID, attempt: Attempt
    ) -> OpenMatter:
        found = await matter_to_change(self._index, work, release_id)
        matter = found.matter if found else None
        named = matter and (matter.kind, matter.child_id)
        if found is None or named != (MatterKind.RELEASE, opened.child.child_id):
            attempt.rules = (_NOT_FOUND,)
            raise NotDisclosed(_NOT_FOUND)
        await must_be_another(self._index, work, admitted, found.matter.account)
        now_s = int(self._index.clock.now().timestamp())
        late = now_s >= found.matter.opened_s + RELEASE_S_MAX
        if late or found.matter.state is not MatterState.WAITING:
            raise Invalid(Code.ENDED_ALREADY)
        return found

    async def _waiting(self, work: Work, child: SealedChild) -> list[_Row]:
        """Return the rows that list a record; Invalid if it waits for nobody."""
        keyring = self._index.keyring
        token = waiting_tokens(keyring)[waiting_place(child.child_id)]
        rows = []
        for row in await work.children.work([token]):
            waiting = open_waiting(keyring, row.token, row.pointer)
            if waiting.child_id == child.child_id:
                rows.append(_Row((row.token, row.pointer), waiting.source_ref, waiting.why))
        if not child.policy.held and all(row.why is not Waits.DOUBTFUL for row in rows):
            raise Invalid(Code.STATE_CONFLICT)
        return rows

    async def _let_go(self, work: Work, child: SealedChild, rows: list[_Row]) -> None:
        """Let everybody see a record whom its other restrictions do not hinder."""
        await put_policy_and_tokens(self._index, work, child, replace(child.policy, held=False))
        await self._take_off(work, rows)

    async def _take_off(self, work: Work, rows: list[_Row]) -> None:
        await work.children.remove_work([row.stored for row in rows])
        # As many rows as before, and the one more that an amendment leaves.
        await work.children.add_work(sorted(decoy() for _ in range(len(rows) + 1)))

    async def _join(
        self, work: Work, admitted: Admitted, opened: Opened, survivor_id: UUID
    ) -> None:
        child = opened.child
        if survivor_id == child.child_id:
            raise Invalid(Code.FIELD_INVALID, "survivor_id")
        found = await work.children.locked([survivor_id])
        survivor = open_policy(self._index.keyring, found[0]) if found else None
        if survivor is None or not decided(admitted, admitted.ask, survivor).allowed:
            raise NotDisclosed(ABSENT)
        if survivor.policy.unseen or child.policy.unchecked:
            raise Invalid(Code.STATE_CONFLICT, "survivor_id")
        if not survivor.policy.shielded and await self._carries_a_shielded_number(work, child):
            # What stood in it would be seen at the survivor: a release by another name.
            raise Invalid(Code.SECOND_PERSON_NEEDED)
        rows = await self._waiting(work, child)
        refs = [row.source_ref for row in rows if row.source_ref != NO_LINE]
        await join(self._index, work, Joint(child, survivor), refs)
        await self._take_off(work, rows)

    async def _carries_a_shielded_number(self, work: Work, child: SealedChild) -> bool:
        """Return whether another child, shielded or closed, has a number this record states."""
        facts = open_facts(child)
        numbers = {text for text in guard_keys(facts) if not text.startswith(_NAME)}
        if not numbers:
            return False
        keyring = self._index.keyring
        others = await Surroundings(self._index).gather(work, [sought(self._index, facts)])
        tokens = [
            token for token, text in guard_tokens_of(keyring, facts).items() if text in numbers
        ]
        ids = {
            keyring.pointers.open(row.token, row.pointer).child_id
            for row in await work.children.guards_of(tokens)
        }
        for row in await work.children.beheld(sorted(ids - others.keys())):
            others[row["child_id"]] = open_policy(keyring, row)
        return any(
            (other.policy.shielded or other.policy.closed)
            and not numbers.isdisjoint(guard_keys(open_facts(other)))
            for other in others.values()
            if other.child_id != child.child_id
        )


def _change(opened: Opened, code: str) -> Change:
    subjects = (SubjectShown(opened.child.child_id, (DisclosureClass.RESTRICTION,)),)
    return Change(subjects, opened.decision, code)
