"""What comes of an answer of the shield set: a shield at once, a note to the other team.

A hit is written as a person's grant would be, and where there was none as many rows of
nobody are: storage does not tell which runs found somebody.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from random import SystemRandom
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncEngine

from index_service.crypto.envelope import SealBroken
from index_service.domain.matching.keys import guard_keys
from index_service.domain.shield import Shield, ShieldAskedBy, ShieldGround
from index_service.federation.region_client import RegionClient
from index_service.federation.shield_bodies import ShieldHit
from index_service.federation.sizes import DERIVED_BY_JOBS, SHIELD_ASKED
from index_service.log.entry import AccessEntry, Outcome, SubjectShown
from index_service.services.cases import new_case_id, seal_case
from index_service.services.encoding import Policy
from index_service.services.index import Index
from index_service.services.peering.alarms import Alarm, tell
from index_service.services.peering.shield_rows import (
    SERIES,
    ShieldRows,
    is_own,
    note_text,
    shield_input,
)
from index_service.services.pointers import LOAD_ROWS, decoy
from index_service.services.sealing import SealedChild, open_facts, open_policy, sealed_policy
from index_service.services.shielding import hold_duplicates, shields_of
from index_service.services.unchecked import unchecked_pointer
from index_service.services.writing import add_case, put_policy
from index_service.store.work import Work, work_on

REVIEW_DAYS: Final = 28
HIT: Final = "shield_from_region"
STILL: Final = "shield_lifted_here_stands_in_region"
_NAME = "name:"  # how guard keys of a name begin; all others are of numbers
_chance = SystemRandom()

Pair = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Asked:
    """A record as it is asked about: all its guard keys, and the rows that list it if it waits."""

    child_id: UUID
    texts: tuple[str, ...]
    listed: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What the set said of one record: by which of its guard keys, and the rows hit."""

    asked: Asked
    texts: frozenset[str]
    hits: tuple[ShieldHit, ...]


class ShieldHits:
    """Asks about records of one authority, and makes of the answers what they are to come to."""

    def __init__(
        self, index: Index, engine: AsyncEngine, region: RegionClient, rows: ShieldRows
    ) -> None:
        self._index = index
        self._engine = engine
        self._region = region
        self._rows = rows

    async def ask(self, unit: Sequence[Asked]) -> list[Found]:
        """Ask about these records, always by as many calls of as many digests."""
        epoch = self._region.directory.epochs.at(self._index.clock.now())
        stated = [(each, text) for each in unit for text in each.texts]
        inputs = [shield_input(text) for _, text in stated]
        digests = await self._region.derive(SERIES, epoch, inputs)
        hits: list[list[ShieldHit]] = []
        for start in range(0, DERIVED_BY_JOBS, SHIELD_ASKED):
            some = digests[start : start + SHIELD_ASKED]
            hits += await self._region.shield_ask(epoch, some)
        ours = await self._rows.ours([hit.key for some_hits in hits for hit in some_hits])
        found: dict[UUID, Found] = {}
        for (asked, text), rows in zip(stated, hits, strict=True):
            others = tuple(hit for hit in rows if hit.key not in ours)
            if others:
                known = found.get(asked.child_id, Found(asked, frozenset(), ()))
                found[asked.child_id] = Found(asked, known.texts | {text}, known.hits + others)
        return list(found.values())

    async def settle(self, found: Found) -> Asked | None:
        """Shield a record that was hit, then let the other team know; return it as it waits.

        None where it was settled before. Until the note has been left the record stays listed,
        and unseen if it was not shielded: whatever is cut off between the next run finishes.
        """
        waiting = await self._shield(found)
        if waiting is not None:
            own = self._region.directory.own
            phone = own.front_door.phone if own.front_door else ""
            text = note_text(own.name, phone, self._reference(found.asked.child_id))
            for hit in found.hits:
                await self._region.note(hit, text)
        return waiting

    async def _shield(self, found: Found) -> Asked | None:
        index, asked = self._index, found.asked
        async with work_on(self._engine, index.csa, index.log) as work:
            await work.locks.shields_exclusive()
            rows = await work.children.locked([asked.child_id])
            child = open_policy(index.keyring, rows[0]) if rows else None
            if child is None or child.policy.archived:
                return None
            shields = [shield for _, shield in await shields_of(index, work, child)]
            in_force = [shield for shield in shields if shield.lifted is None]
            if any(not is_own(shield) for shield in in_force):
                return asked if child.policy.unchecked or asked.listed else None
            # One of our own does not stand for theirs: it may be lifted while theirs holds.
            lifted = any(not is_own(shield) for shield in shields)
            if lifted and all(text.startswith(_NAME) for text in found.texts):
                # Whoever lifted it knew: names and a birthday may be another child's.
                if not in_force:
                    await self._still(work, asked.child_id)
                return None
            listed = await self._granted(work, child, asked)
        return replace(asked, listed=listed)

    async def _granted(self, work: Work, child: SealedChild, asked: Asked) -> tuple[Pair, ...]:
        """Write the shield and commit; return the rows that list the record until it is told."""
        index, today = self._index, self._index.clock.today()
        shield = _of_the_region(index)
        policy = await add_case(index, work, child, shield)
        due = min(shield.review, policy.due) if policy.due else shield.review
        # Who was shielded already waits on the list alone: going from sight would tell of theirs.
        unseen = child.policy.unchecked or not child.policy.shielded
        after = replace(policy, shielded=True, due=due, unchecked=unseen)
        await put_policy(work, child, after)
        listed = asked.listed
        row = decoy()
        if not child.policy.unchecked:
            now_s = int(index.clock.now().timestamp())
            row = unchecked_pointer(index.keyring, child.child_id, now_s)
            listed = (row,)
        rows = [*await hold_duplicates(index, work, child), row]
        rows += [decoy() for _ in range(LOAD_ROWS + 1 - len(rows))]
        await work.children.add_work(sorted(rows))
        reference = str(self._reference(child.child_id))
        about = today.isoformat().encode()
        alarm = Alarm(HIT, child.child_id, {"reference": reference}, about, once=True)
        await tell(index, work, [alarm], 1)
        await work.commit(index.log.prepare(self._entry(child.child_id)))
        return listed

    async def _still(self, work: Work, child_id: UUID) -> None:
        """Tell the team, once a week, that a shield it lifted stands with somebody else."""
        week = self._index.clock.today().isocalendar()
        about = f"{week.year}/{week.week}".encode()
        await tell(self._index, work, [Alarm(STILL, child_id, {}, about, once=True)], 1)
        await work.commit(self._index.log.prepare(self._entry(child_id)))

    async def leave_as_many_rows(self) -> None:
        """Leave what one shield would have left, of nobody: for a run that found nobody."""
        index = self._index
        async with work_on(self._engine, index.csa, index.log) as work:
            await work.locks.shields_exclusive()
            ids = await work.upkeep.child_ids()
            rows = await work.children.locked([_chance.choice(ids)]) if ids else []
            for row in rows:
                child = open_policy(index.keyring, row)
                await put_policy(work, child, child.policy)
                nobody = _of_the_region(index)
                key = index.keyring.wrap.new_subject("child", uuid4()).key
                sealed = seal_case(key, nobody.id, nobody)
                ref = index.keyring.references.case_ref(uuid4())
                case = {"id": nobody.id, "child_ref": ref, "sealed": sealed}
                await work.children.add_cases([case])
                await work.children.add_work(sorted(decoy() for _ in range(LOAD_ROWS + 1)))
                await tell(index, work, [], 1)
                await work.commit(index.log.prepare(self._entry(child.child_id)))

    async def release(self, unit: Sequence[Asked], *, others: bool = False) -> int:
        """End the wait of records the set has answered about; return of how many.

        Nothing else of a record's policy is touched: who was to be held is held. A record
        that is recognised by more than was asked waits on. `others` were not new: for them
        a row is left for each that is taken off.
        """
        index = self._index
        by_id = {each.child_id: each for each in unit}
        rows, listed = [], list[Pair]()
        async with work_on(self._engine, index.csa, index.log) as work:
            await work.locks.shields_shared()
            for row in await work.children.locked(sorted(by_id)):
                asked = by_id[row["child_id"]]
                child = self._as_asked(row, asked)
                if child is None:
                    continue
                policy = replace(child.policy, unchecked=False)
                sealed = sealed_policy(child.key, child.child_id, policy)
                rows.append({"child_id": child.child_id, "policy": sealed})
                listed += asked.listed
            await work.children.replace(rows)
            await work.children.remove_work(listed)
            if others:
                await work.children.add_work(sorted(decoy() for _ in listed))
            await work.commit(index.log.prepare(self._entry(None, len(rows))))
        return len(rows)

    def _as_asked(self, row: object, asked: Asked) -> SealedChild | None:
        """Return a record that is recognised by no more than was asked, or None."""
        try:
            child = open_policy(self._index.keyring, row)
            texts = guard_keys(open_facts(child))
        except SealBroken:
            return None
        return child if set(texts) <= set(asked.texts) else None

    def _reference(self, child_id: UUID) -> UUID:
        """Return the reference two teams speak of a record by; it leads nowhere by itself."""
        reference = self._index.keyring.references.reference("shield_note", child_id.bytes)
        return UUID(bytes=reference, version=4)

    def _entry(self, child_id: UUID | None, count: int = 0) -> AccessEntry:
        stamp = self._index.log.stamp()
        subjects = (SubjectShown(child_id),) if child_id else ()
        return AccessEntry(
            *stamp,
            action="shield_check",
            route="job",
            outcome=Outcome.RECORDED,
            subjects=subjects,
            count=count,
        )


def asked_of(child: SealedChild, listed: tuple[Pair, ...] = ()) -> Asked:
    """Return a record as it is asked about."""
    return Asked(child.child_id, guard_keys(open_facts(child)), listed)


def is_checked(policy: Policy) -> bool:
    """Return whether a record is one anybody could be led to, and so is asked about."""
    return not policy.superseded


def _of_the_region(index: Index) -> Shield:
    today = index.clock.today()
    return Shield(
        new_case_id(),
        ShieldGround.SHIELDED_ELSEWHERE,
        ShieldAskedBy.REGION,
        "",
        today,
        today + timedelta(days=REVIEW_DAYS),
    )
