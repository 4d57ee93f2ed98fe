"""An agency's statement about a child: whoever makes it admitted, the child's row under lock.

One beginning for consents, bases, dissents and involvements, so that what stands before a
child is decided on is the same for all of them, and as fast.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TypeVar
from uuid import UUID

from consent.facts import Action, DisclosureClass
from index_service.crypto.envelope import SealBroken
from index_service.domain.errors import NotDisclosed
from index_service.log.entry import SubjectShown
from index_service.services.admitting import Admitted, Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.cases import CaseFact, SealedCase, checked_cases, opened_heads
from index_service.services.consents_standing import Headed, child_of
from index_service.services.index import Index
from index_service.services.opening import Opened, child_regarded, child_to_regard, child_to_write
from index_service.services.room import refuse_if_full
from index_service.services.sealing import SealedChild
from index_service.services.stand_in import stand_in
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

Found = TypeVar("Found")
_LOOKS_MAX = 3  # without a lock, where others write the child meanwhile


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement under way, in one transaction: by whom, and on which request."""

    index: Index
    work: Work
    admitted: Admitted
    attempt: Attempt

    async def about(self, child_id: UUID) -> Opened:
        """Lock the child it is about and decide; NotDisclosed alike whatever stands against it."""
        return await child_to_write(self.index, self.work, self.admitted, child_id, self.attempt)

    async def about_case(
        self, case_id: UUID, find: Callable[[Opened, Sequence[Headed]], Found]
    ) -> tuple[Opened, Found]:
        """Lock the child of a case row, and return what `find` makes of its rows.

        `find` raises NotDisclosed for what is not this asker's, and is asked before anything is
        locked: a row that is withheld takes no longer than one that is not there.
        """
        child_id = await child_of(self.index, self.work, case_id)
        for _ in range(_LOOKS_MAX):
            if await self._look(child_id, find):
                break
        opened = await child_regarded(self.index, self.work, self.admitted, child_id, self.attempt)
        return opened, find(opened, await self._headed(opened.child))

    async def _look(
        self, child_id: UUID, find: Callable[[Opened, Sequence[Headed]], object]
    ) -> bool:
        """Decide and find without a lock; return whether what was read belongs together.

        It does not where the child was written between the two statements; nor where somebody
        altered it, and the look under the lock says so.
        """
        try:
            regarded = await child_to_regard(
                self.index, self.work, self.admitted, child_id, self.attempt
            )
        except NotDisclosed:
            await self._go_through_another()
            raise
        try:
            heads = await self._headed(regarded.child)
        except SealBroken:
            return False
        find(regarded, heads)
        return True

    async def _headed(self, child: SealedChild) -> Sequence[Headed]:
        ref = self.index.keyring.references.case_ref(child.child_id)
        rows = [row._mapping for row in await self.work.children.cases([ref])]
        cases = checked_cases(self.index.keyring, child.key, child.policy, rows)
        return opened_heads(self.index.keyring, child.key, cases)

    async def _go_through_another(self) -> None:
        """Read the cases of the record that stands in, and open as many made heads, in vain."""
        keyring, other = self.index.keyring, stand_in(self.index)
        await self.work.children.cases([keyring.references.case_ref(other)])
        opened_heads(keyring, keyring.wrap.new_subject("child", other).key, ())

    async def once(
        self, opened: Opened, sent: Repeatable, *classes: DisclosureClass
    ) -> tuple[Once, UUID | None]:
        """Return the request as one that takes effect once, and what it made if it was sent before.

        Invalid where it would make one row more than there is room for.
        """
        child_id = opened.child.child_id
        once = Once(self.index, self.admitted, self.attempt, sent.bound_to(child_id))
        done = await once.before(self.work)
        if done is None:
            await refuse_if_full(self.index, self.work, self.admitted, opened)
            return once, None
        change = Change((SubjectShown(child_id, classes),), opened.decision, REPLAYED)
        await recorded(self.index, self.work, self.attempt, change)
        return once, done.resource

    async def add(self, opened: Opened, *facts: CaseFact) -> None:
        """Add rows to the child's record."""
        child = opened.child
        for fact in facts:
            child = replace(child, policy=await add_case(self.index, self.work, child, fact))
        await put_policy(self.work, child, child.policy)

    async def replace(self, opened: Opened, case: SealedCase, fact: CaseFact) -> None:
        """Put a row of the child's record in an old one's place."""
        policy = await replace_case(self.index, self.work, opened.child, case, fact)
        await put_policy(self.work, opened.child, policy)

    async def recorded(
        self,
        opened: Opened,
        *classes: DisclosureClass,
        once: Once | None = None,
        resource: UUID | None = None,
    ) -> None:
        """Write its entry and commit."""
        subjects = (SubjectShown(opened.child.child_id, classes),)
        change = Change(subjects, opened.decision, once=once, resource=resource)
        await recorded(self.index, self.work, self.attempt, change)


@asynccontextmanager
async def statement(
    index: Index, login: Login, action: Action, attempt: Attempt
) -> AsyncIterator[Statement]:
    """Admit who makes a statement; nobody shields a child until it is committed or refused."""
    asked = Asked(login, action, attempt.access)
    async with work_on(index.feed, index.csa, index.log) as work:
        admitted = await admit(index, work.directory, asked, attempt)
        await work.locks.shields_shared()
        yield Statement(index, work, admitted, attempt)
