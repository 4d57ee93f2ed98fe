"""Batches that may be sealed, in which order, and whose may not."""

import os
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index_service.log.dense import Fault, Judged, Reached, Stored, Waiting, judge
from index_service.log.numbering import Predecessor, Writer, batch_hash

CSA = "northmere"


class Book:
    """A writer, and everything it has written."""

    def __init__(self, writer: Writer | None = None) -> None:
        self.writer = writer or Writer(CSA)
        self.waiting: list[Waiting] = []
        self.leaves: dict[UUID, bytes] = {}

    def write(self, count: int = 1, *, sure: bool = True) -> Waiting:
        entries = {uuid4(): os.urandom(32) for _ in range(count)}
        self.leaves |= entries
        number = self.writer.number(list(entries.values()))
        if sure:
            self.writer.sure(number)
        self.waiting.append(Waiting(number, tuple(entries)))
        return self.waiting[-1]

    def judged(self, **differs: object) -> Judged:
        stored = Stored(self.leaves, {}, {})
        return judge(CSA, self.waiting, replace(stored, **differs))  # type: ignore[arg-type]  # fields of one call


def reached(batch: Waiting) -> Reached:
    return Reached(batch.number.seq, batch.number.hash, batch.number.previous)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=8))
def test_a_writer_without_gaps_is_sealed_to_its_end(counts: list[int]) -> None:
    book = Book()
    for count in counts:
        book.write(count)
    judged = book.judged()
    last = book.waiting[-1]
    assert judged.sound == book.waiting
    assert judged.reached == {last.number.writer: reached(last)}
    assert not judged.refused


@given(st.integers(2, 8), st.data())
def test_whatever_batch_is_missing_nothing_after_it_is_sealed(
    count: int, data: st.DataObject
) -> None:
    book = Book()
    for _ in range(count):
        book.write()
    gone = data.draw(st.integers(0, count - 2))
    writer = book.waiting.pop(gone).number.writer
    judged = book.judged()
    assert len(judged.sound) == gone
    assert judged.refused == {writer: Fault.GAP}


def test_what_was_sealed_before_only_has_to_go() -> None:
    book = Book()
    first, second, third = book.write(), book.write(), book.write()
    writer = first.number.writer
    judged = book.judged(reached={writer: reached(second)})
    assert (judged.done, judged.sound) == ([first, second], [third])
    judged = book.judged(reached={writer: reached(third)})
    assert (judged.done, judged.sound, judged.reached) == (book.waiting, [], {})


def test_a_batch_bound_to_another_than_was_sealed_is_refused() -> None:
    book = Book()
    first, second = book.write(), book.write()
    other = Reached(first.number.seq, os.urandom(32), first.number.previous)
    book.waiting = [second]
    judged = book.judged(reached={second.number.writer: other})
    assert judged.refused == {second.number.writer: Fault.CHAIN}


def test_a_first_batch_bound_to_another_beginning_is_refused() -> None:
    book = Book()
    batch = book.write()
    number, leaves = batch.number, [book.leaves[each] for each in batch.entries]
    previous = os.urandom(32)
    hash_ = batch_hash(CSA, number.writer, 1, previous, leaves)
    book.waiting = [replace(batch, number=replace(number, previous=previous, hash=hash_))]
    assert book.judged().refused == {number.writer: Fault.CHAIN}


@pytest.mark.parametrize("fault", [Fault.ENTRY_MISSING, Fault.HASH, Fault.LEAF_DIFFERS])
def test_an_entry_gone_another_or_sealed_as_another_is_refused(fault: Fault) -> None:
    book = Book()
    batch = book.write(3)
    sealed = {}
    if fault is Fault.ENTRY_MISSING:
        del book.leaves[batch.entries[1]]
    elif fault is Fault.HASH:
        book.leaves[batch.entries[1]] = os.urandom(32)
    else:
        sealed = {batch.entries[1]: os.urandom(32)}
    assert book.judged(sealed=sealed).refused == {batch.number.writer: fault}


@pytest.mark.parametrize("change", ["drop", "swap", "add"])
def test_other_entries_than_were_numbered_are_refused(change: str) -> None:
    book = Book()
    batch = book.write(3)
    extra = uuid4()
    book.leaves[extra] = os.urandom(32)
    a, b, c = batch.entries
    entries = {"drop": (a, b), "swap": (b, a, c), "add": (a, b, c, extra)}[change]
    book.waiting = [replace(batch, entries=entries)]
    assert book.judged().refused == {batch.number.writer: Fault.HASH}


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("sealed", [False, True])
def test_a_successor_is_judged_after_whom_it_follows(kept: bool, sealed: bool) -> None:
    """In whatever order they come; the batch nobody was sure of may be there or not."""
    book = Book()
    book.write(), book.write()
    unsure = book.write(sure=False)
    if not kept:
        book.waiting.remove(unsure)
    book.writer.unsure()
    done = list(book.waiting)
    after = book.write()
    if sealed:
        book.waiting = [after]
        judged = book.judged(reached={done[-1].number.writer: reached(done[-1])})
        assert judged.sound == [after]
    else:
        book.waiting = [after, *done]
        assert book.judged().sound == [*done, after]


def test_a_successor_without_whom_it_follows_is_refused() -> None:
    book = Book()
    first, second = book.write(), book.write()
    writer = first.number.writer
    book.writer.unsure()
    after = book.write()
    for before, said in (
        ([], {}),
        ([first], {}),
        ([], {writer: reached(first)}),
        ([], {writer: Reached(second.number.seq, os.urandom(32), os.urandom(32))}),
        ([], {writer: Reached(9, second.number.hash, second.number.hash)}),
    ):
        book.waiting = [*before, after]
        judged = book.judged(reached=said)
        assert judged.refused == {after.number.writer: Fault.PREDECESSOR}


def test_writers_that_follow_each_other_in_a_ring_are_refused() -> None:
    one, two = Book(), Book()
    a, b = one.write(), two.write()

    def following(batch: Waiting, other: Waiting) -> Waiting:
        before = Predecessor(other.number.writer, 1, other.number.hash)
        return replace(batch, number=replace(batch.number, predecessor=before))

    one.waiting = [following(a, b), following(b, a)]
    one.leaves |= two.leaves
    judged = one.judged()
    assert set(judged.refused.values()) == {Fault.PREDECESSOR}
    assert judged.sound == []


def test_a_forged_row_of_a_writer_refuses_it_and_nobody_else() -> None:
    book, other = Book(), Book()
    batch, fine = book.write(), other.write()
    book.waiting.append(fine)
    book.leaves |= other.leaves
    judged = book.judged(forged=frozenset({batch.number.writer}))
    assert judged.refused == {batch.number.writer: Fault.FORGED}
    assert judged.sound == [fine]


def test_a_chain_of_many_writers_is_judged_without_recursion() -> None:
    book = Book()
    for _ in range(3000):
        book.write()
        book.writer.unsure()
    book.waiting.reverse()
    assert len(book.judged().sound) == 3000
