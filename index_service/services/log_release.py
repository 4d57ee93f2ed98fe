"""Two people let a restored index answer again, having entered what was decided since the backup.

The statement is a matter, sealed under this index's keys and bound to the head the database
fell behind. Its approval is an entry; the sealer begins a new tree with that entry's leaf, and
only then does the gate open (decision 0023).
"""

from dataclasses import replace
from uuid import UUID, uuid4

import orjson

from consent.facts import Action
from index_service.domain.errors import Code, Invalid, NotDisclosed
from index_service.domain.matter import Matter, MatterKind, MatterState, Step
from index_service.domain.rollback import Reentered, Reentry, ReleaseState
from index_service.log.checkpoint import Checkpoint, read_checkpoint
from index_service.log.entry import Outcome
from index_service.services.admitting import Admitted, Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.index import Index
from index_service.services.matters import (
    OpenMatter,
    matter_by_id,
    matter_to_change,
    open_matter,
    put_matter,
)
from index_service.services.opening import ABSENT
from index_service.services.restoring import RELEASES, look
from index_service.services.second_person import must_be_another
from index_service.services.writing import REPLAYED, Change, Once, Repeatable, recorded
from index_service.store.reading import snapshot
from index_service.store.work import Work, work_on


class LogReleases:
    """Releases of one authority's log from a rollback."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def ask(
        self, login: Login, stated: Reentered, sent: Repeatable, attempt: Attempt
    ) -> UUID:
        """State what was entered again, and return the release that waits for somebody else.

        Invalid where the database is not behind its log: there is nothing to release.
        """
        index = self._index
        asked = Asked(login, Action.RELEASE_LOG, attempt.access)
        async with work_on(index.api, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            once = Once(index, admitted, attempt, sent)
            done = await once.before(work)
            if done is not None:
                await recorded(index, work, attempt, Change(code=REPLAYED))
                return done.resource
            behind = await self._behind()
            step = self._step(admitted, "asked")
            matter = Matter(
                uuid4(),
                MatterKind.LOG_RELEASE,
                MatterState.WAITING,
                step.at_s,
                account=step.account,
                details={
                    "follows": behind.text(),
                    "shields": stated.shields.value,
                    "withdrawals": stated.withdrawals.value,
                    "suspensions": stated.suspensions.value,
                },
                steps=(step,),
            )
            await open_matter(index, work, matter, (RELEASES,))
            attempt.rules = stated.words()
            change = Change(code="asked", once=once, resource=matter.id)
            await recorded(index, work, attempt, change)
            return matter.id

    async def read(self, login: Login, release_id: UUID, attempt: Attempt) -> bytes:
        """Return a release, encoded."""
        index = self._index
        asked = Asked(login, Action.RELEASE_LOG, attempt.access)
        async with snapshot(index.reading, index.csa) as reading:
            await admit(index, reading, asked, attempt)
            matter = await matter_by_id(index, reading, release_id)
        release = _release(matter, attempt)
        attempt.answered(await index.log.append(attempt.entry(index.log.stamp(), Outcome.SHOWN)))
        return _shown(release)

    async def approve(self, login: Login, release_id: UUID, attempt: Attempt) -> bytes:
        """Approve a release as another person than who asked, and return it, encoded."""
        index = self._index
        asked = Asked(login, Action.RELEASE_LOG, attempt.access)
        async with work_on(index.api, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            before = await self._to_approve(work, admitted, release_id, attempt)
            entry = replace(
                attempt.entry(index.log.stamp(), Outcome.RECORDED),
                code="approved",
                rules=_stated(before.matter).words(),
            )
            prepared = index.log.prepare(entry)
            after = before.matter.stepped(
                self._step(admitted, "approved"),
                MatterState.ANSWERED,
                entry_id=str(entry.entry_id),
                leaf=prepared.row.leaf.hex(),
            )
            await put_matter(index, work, before, after)
            attempt.answered(await work.commit(prepared))
            return _shown(after)

    async def _behind(self) -> Checkpoint:
        """Return the head the database is behind now; Invalid where it is behind none."""
        await look(self._index)
        gate = self._index.gate
        if gate is None or gate.behind is None:
            raise Invalid(Code.STATE_CONFLICT)
        return gate.behind

    async def _to_approve(
        self, work: Work, admitted: Admitted, release_id: UUID, attempt: Attempt
    ) -> OpenMatter:
        found = await matter_to_change(self._index, work, release_id)
        matter = _release(found.matter if found else None, attempt)
        assert found is not None  # INVARIANT: no matter, no release
        await must_be_another(self._index, work, admitted, matter.account)
        if matter.state is not MatterState.WAITING:
            raise Invalid(Code.ENDED_ALREADY)
        if (await self._behind()).shard != _follows(matter).shard:
            raise Invalid(Code.STATE_CONFLICT)
        return found

    def _step(self, admitted: Admitted, word: str) -> Step:
        now_s = int(self._index.clock.now().timestamp())
        return Step(now_s, str(admitted.asker.account_id), word)


def _release(matter: Matter | None, attempt: Attempt) -> Matter:
    if matter is None or matter.kind is not MatterKind.LOG_RELEASE:
        attempt.rules = (ABSENT,)
        raise NotDisclosed(ABSENT)
    return matter


def _follows(matter: Matter) -> Checkpoint:
    return read_checkpoint(matter.details["follows"])


def _stated(matter: Matter) -> Reentered:
    said = matter.details
    return Reentered(
        Reentry(said["shields"]), Reentry(said["withdrawals"]), Reentry(said["suspensions"])
    )


def _shown(matter: Matter) -> bytes:
    stated, follows = _stated(matter), _follows(matter)
    approved = matter.state is MatterState.ANSWERED
    return orjson.dumps(
        {
            "release_id": str(matter.id),
            "state": ReleaseState.APPROVED if approved else ReleaseState.WAITING,
            "shields": stated.shields,
            "withdrawals": stated.withdrawals,
            "suspensions": stated.suspensions,
            "follows_shard": follows.shard,
            "follows_size": follows.size,
            "entry_id": matter.details.get("entry_id"),
        }
    )
