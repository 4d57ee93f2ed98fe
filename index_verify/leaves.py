"""Leaves read one by one: the tree they give, what openings open, what receipts look for."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from index_verify.entries import Entry, is_padding, leaf_of, padding_at, read_entry
from index_verify.exports import HASHES, OPENINGS, Export, Line
from index_verify.findings import Report
from index_verify.receipts import Promise
from index_verify.spelling import Malformed
from index_verify.states import LastStates
from index_verify.tree import GrowingTree


@dataclass(slots=True)
class Sought:
    """What is looked for while leaves go by."""

    csa: str
    promises: dict[bytes, Promise] = field(default_factory=dict)
    kept: set[bytes] = field(default_factory=set)  # leaves of promises that are there
    approved: dict[int, bool] = field(default_factory=dict)  # by shard, of first leaves opened
    states: LastStates | None = None
    tiles: bool = False


@dataclass(slots=True)
class Grown:
    """What the leaves of one shard come to: the root at each size asked for, tiles' digests."""

    size: int = 0
    roots: dict[int, bytes] = field(default_factory=dict)
    tiles: dict[tuple[int, int], bytes] = field(default_factory=dict)


class _Opener:
    """Checks the openings of one export, and notes what they say."""

    def __init__(self, export: Export, sought: Sought, report: Report) -> None:
        self._export = export
        self._sought = sought
        self._csa = sought.csa.encode()
        self._report = report
        self.unopened = -1
        self._next = 0
        self._lines = self._bare = 0

    def take(self, line: Line) -> None:
        """Check one line, an opening or not."""
        if line.at != self._next or not line.blind:
            self.unopened = line.at - (1 if line.blind else 0)
        self._next = line.at + 1
        self._lines += 1
        if line.gone:
            self._report.found(f"gone_{line.gone}", f"{self._export.where}, leaf {line.at}")
        elif not line.blind:
            self._bare += 1
        else:
            try:
                self._check(line)
            except Malformed as wrong:
                self._report.found(wrong.code, f"{self._export.where}, leaf {line.at}")

    def end(self) -> None:
        """Note what was left out behind the last line, and how many lines open nothing."""
        if self._bare:
            counted = f"{self._bare} of {self._lines} lines"
            self._report.found("unopened", f"{self._export.where}, {counted}")
        if self._next < self._export.head.size:
            self.unopened = self._export.head.size - 1

    def _check(self, line: Line) -> None:
        if leaf_of(line.blind, line.text) != line.leaf:
            raise Malformed("opening_leaf")
        if is_padding(line.text):
            if line.text != padding_at(line.at):
                raise Malformed("opening_padding")
            self._report.verified["paddings"] += 1
            self._begins(line, approved=False)
            return
        entry = line.entry or read_entry(line.text)
        if entry.csa != self._csa:
            raise Malformed("opening_csa")
        self._report.verified["openings"] += 1
        self._begins(line, approved=entry.approves_release)
        self._note(line, entry)

    def _begins(self, line: Line, *, approved: bool) -> None:
        if line.at == 0:
            self._sought.approved[self._export.shard] = approved

    def _note(self, line: Line, entry: Entry) -> None:
        promise = self._sought.promises.get(line.leaf)
        if promise is not None and str(UUID(bytes=promise.entry_id)).encode() != entry.entry_id:
            raise Malformed("receipt_entry")
        if self._sought.states is not None:
            try:
                self._sought.states.take((self._export.shard, line.at), entry)
            except ValueError:
                raise Malformed("opening_form") from None


def grow(export: Export, sizes: set[int], sought: Sought, report: Report) -> Grown:
    """Read a whole export: its tree, its openings. Malformed where it cannot be read on."""
    tree = GrowingTree(tiles=sought.tiles)
    grown = Grown(tiles=tree.tiles)
    opener = _Opener(export, sought, report)
    wanted = iter(sorted({*sizes, export.head.size}))
    stop = next(wanted)
    plain = export.kind == HASHES
    for line in export.lines():
        while tree.size == stop:
            grown.roots[stop] = tree.root()
            stop = next(wanted, -1)
        if line.at != tree.size:
            gap = export.kind == OPENINGS and line.at > tree.size
            raise Malformed("openings_alone" if gap else "export_order")
        if not plain:
            opener.take(line)
        if line.leaf in sought.promises:
            sought.kept.add(line.leaf)
        tree.append(line.leaf)
    while stop >= 0 and tree.size == stop:
        grown.roots[stop] = tree.root()
        stop = next(wanted, -1)
    if tree.size != export.head.size:
        short = export.kind == OPENINGS and tree.size < export.head.size
        raise Malformed("openings_alone" if short else "export_size")
    if grown.roots[tree.size] != export.head.root:
        raise Malformed("root")
    opener.end()
    _note_unopened(export, export.head.size - 1 if plain else opener.unopened, sought)
    grown.size = tree.size
    report.verified["leaves"] += tree.size
    return grown


def join(openings: Export, hashes: Export, sought: Sought, report: Report) -> None:
    """Read openings beside a verified export of hashes of the same log: each at its place."""
    opener = _Opener(openings, sought, report)
    beside = hashes.lines()
    before = -1
    for line in openings.lines():
        if line.at <= before:
            raise Malformed("export_order")
        before = line.at
        if _at(beside, line.at) != line.leaf:
            report.found("opening_elsewhere", f"{openings.where}, leaf {line.at}")
            continue
        opener.take(line)
    opener.end()
    _note_unopened(openings, opener.unopened, sought)


def _at(lines: Iterator[Line], index: int) -> bytes:
    return next((line.leaf for line in lines if line.at == index), b"")


def _note_unopened(export: Export, index: int, sought: Sought) -> None:
    if sought.states is not None:
        known = sought.states.unopened
        known[export.shard] = min(known.get(export.shard, index), index)
