"""Whether writers' batches follow one another without a gap, so that nothing vanished among them.

Pure: the sealer brings what is stored, and is told which batches may be sealed, in which
order, and whose may not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from index_service.log.numbering import Number, batch_hash, first_previous


class Fault(StrEnum):
    """Why a writer's batches stay unsealed. Each is evidence, or a defect of ours."""

    GAP = "gap"  # a number is missing
    CHAIN = "chain"  # not bound to the batch before it
    HASH = "hash"  # its entries do not give its hash
    ENTRY_MISSING = "entry_missing"
    PREDECESSOR = "predecessor"  # whom it follows is not there up to the number it names
    LEAF_DIFFERS = "leaf_differs"  # an entry's leaf in a tree is another one, or not proven
    FORGED = "forged"  # somebody else said how far it was sealed


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a writer's batches are sealed: the last one's number, hash and binding."""

    seq: int
    hash: bytes
    previous: bytes


@dataclass(frozen=True, slots=True)
class Waiting:
    """A stored batch: its number, and the entries it says it has, in their order."""

    number: Number
    entries: tuple[UUID, ...]


@dataclass(slots=True)
class Judged:
    """What may be sealed, in this order, how far each writer then is, and who is refused.

    `reached` covers writers that have come further only; `done` are batches that were
    sealed before and only have to go.
    """

    sound: list[Waiting] = field(default_factory=list)
    done: list[Waiting] = field(default_factory=list)
    reached: dict[UUID, Reached] = field(default_factory=dict)
    refused: dict[UUID, Fault] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stored:
    """What stands in the store about the waiting batches' entries and writers."""

    leaves: Mapping[UUID, bytes]  # of entries
    sealed: Mapping[UUID, bytes]  # of entries that have a leaf already
    reached: Mapping[UUID, Reached]  # of writers and of those they follow
    unproven: frozenset[UUID] = frozenset()  # entries whose leaf no signed head covers
    forged: frozenset[UUID] = frozenset()  # writers whose row is not the sealer's


def judge(csa: str, waiting: Sequence[Waiting], stored: Stored) -> Judged:
    """Judge batches given by writer and number; a writer whose one fails waits with the rest.

    A successor may come with, or before, the writer it follows: it is judged after it.
    """
    by_writer: dict[UUID, list[Waiting]] = {}
    for each in waiting:
        by_writer.setdefault(each.number.writer, []).append(each)
    judged = Judged()
    begun: set[UUID] = set()

    def take(writer: UUID) -> None:
        # INVARIANT: a chain of successors in one page is as long as the page at most, and
        # each writer is taken once, so one that follows itself ends as one without predecessor.
        chain = []
        following: UUID | None = writer
        while following in by_writer and following not in begun:
            begun.add(following)
            chain.append(following)
            before = by_writer[following][0].number.predecessor
            following = before.writer if before else None
        for each in reversed(chain):
            _take(csa, by_writer[each], stored, judged)

    for writer in by_writer:
        take(writer)
    return judged


def _take(csa: str, batches: Sequence[Waiting], stored: Stored, judged: Judged) -> None:
    writer = batches[0].number.writer
    if writer in stored.forged:
        judged.refused[writer] = Fault.FORGED
        return
    last = stored.reached.get(writer)
    for batch in batches:
        number = batch.number
        if last is not None and number.seq <= last.seq:
            judged.done.append(batch)
            continue
        fault = _fault(csa, batch, last, stored, judged)
        if fault is not None:
            judged.refused[writer] = fault
            return
        judged.sound.append(batch)
        last = judged.reached[writer] = Reached(number.seq, number.hash, number.previous)


def _fault(
    csa: str, batch: Waiting, last: Reached | None, stored: Stored, judged: Judged
) -> Fault | None:
    number = batch.number
    if number.seq != (last.seq + 1 if last else 1):
        return Fault.GAP
    if last is None and not _follows(number, stored, judged):
        return Fault.PREDECESSOR
    bound = last.hash if last else first_previous(csa, number.writer, number.predecessor)
    if number.previous != bound:
        return Fault.CHAIN
    if any(entry not in stored.leaves for entry in batch.entries):
        return Fault.ENTRY_MISSING
    leaves = [stored.leaves[entry] for entry in batch.entries]
    if batch_hash(csa, number.writer, number.seq, number.previous, leaves) != number.hash:
        return Fault.HASH
    if not stored.unproven.isdisjoint(batch.entries):
        return Fault.LEAF_DIFFERS
    if any(
        stored.sealed.get(e, leaf) != leaf for e, leaf in zip(batch.entries, leaves, strict=True)
    ):
        return Fault.LEAF_DIFFERS
    return None


def _follows(number: Number, stored: Stored, judged: Judged) -> bool:
    """Return whether whom a first batch follows is there, up to its last sure number.

    One batch more may be there: the one whose outcome was unknown.
    """
    before = number.predecessor
    if before is None:
        return True
    last = judged.reached.get(before.writer) or stored.reached.get(before.writer)
    if last is None:
        return False
    sure = (last.seq, last.hash) == (before.seq, before.hash)
    unsure = (last.seq, last.previous) == (before.seq + 1, before.hash)
    return sure or unsure
