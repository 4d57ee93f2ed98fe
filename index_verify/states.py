"""Row states: followed from entry to entry, then compared with a state export or a dump's text.

Each entry of a change says of each row which state it found and which it left. So the states of
a row are a chain, whatever order its entries came into the log in: a row that was put back
stands as an earlier link, and one that was put back and written since has a link nobody left.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from index_verify.dumps import dumped_rows
from index_verify.entries import Entry
from index_verify.findings import Report
from index_verify.spelling import (
    HASH_SIZE,
    Malformed,
    from_base64,
    from_hex,
    parts,
    sha256,
    whole,
    with_members,
)

_DOMAIN = b"isa/row-state/1"
_REF, _SHORT = 16, 16
_TOLD = _REF + _SHORT + HASH_SIZE
_NO_ROW = bytes(_SHORT)
_FORMAT = "index-states/1"
_END = b'{"end":'
_SETTLED_MS = 60_000  # by then whatever was written before is in the log

Place = tuple[int, int]
"""A shard and an index within it: where in the whole log something stands."""


class _Link(NamedTuple):
    """What one entry says of one row."""

    place: Place
    ref: str
    before: bytes
    after: bytes


def state_of(columns: list[bytes]) -> bytes:
    """Return the state of a row by its sealed columns."""
    return sha256(parts(_DOMAIN, *columns))


class LastStates:
    """What entries say of rows: how each was left last, and what does not follow.

    Of rows read at a moment, only entries up to that moment tell.
    """

    def __init__(self, read_ms: int | None = None) -> None:
        self._read_ms = read_ms
        self._shown_ms = 0
        self.last: dict[bytes, _Link] = {}  # by the state left, shortened
        self.unopened: dict[int, int] = {}  # the last leaf of each shard that nobody opened
        self.swapped: list[_Link] = []
        self._loose: dict[bytes, list[_Link]] = {}  # what they found is of no entry so far
        self._older = array("Q")  # beginnings of states that others followed: there are many
        self._begun: Counter[str] = Counter()

    def take(self, place: Place, entry: Entry) -> None:
        """Note what an entry says of rows; ValueError if it is not of its form."""
        at_ms = int(entry.at_ms)
        self._shown_ms = max(self._shown_ms, at_ms)
        if self._read_ms is not None and at_ms > self._read_ms:
            return
        told = from_base64(entry.row_state.decode())
        if len(told) % _TOLD:
            raise ValueError("no row states")
        for at in range(0, len(told), _TOLD):
            ref, states = told[at : at + _REF], told[at + _REF : at + _TOLD]
            self._follow(_Link(place, ref.hex(), states[:_SHORT], states[_SHORT:]))

    def _follow(self, link: _Link) -> None:
        found = self.last.pop(link.before, None)
        if link.before == _NO_ROW:
            self._begun[link.ref] += 1
        elif found is None:
            self._loose.setdefault(link.before, []).append(link)
        else:
            self._join(found, link)
        key = link.after[:_SHORT]
        waiting = self._loose.get(key)
        if waiting:  # entries of several processes are sealed in any order
            self._join(link, waiting.pop(0))
        else:
            self.last[key] = link

    def _join(self, link: _Link, following: _Link) -> None:
        self._older.append(_begins(link.after))
        same_year = link.place[0] // 100 == following.place[0] // 100
        if same_year and link.ref != following.ref:  # references are a year's
            self.swapped.append(following)

    def loose(self) -> list[_Link]:
        """Return what found a state that no entry left."""
        return [link for links in self._loose.values() for link in links]

    def beginnings(self) -> Counter[str]:
        """Return how often each row begins: made new, or found as no entry left it."""
        return self._begun + Counter(link.ref for link in self.loose())

    def older_of(self, states: Iterable[bytes]) -> set[bytes]:
        """Return which of these states were left by an entry that another followed."""
        sought = {_begins(state): state for state in states}
        return {sought[each] for each in self._older if each in sought} if sought else set()

    def may_be_named_later(self, place: Place) -> bool:
        """Return whether a leaf behind this place is not opened."""
        left_out = [(shard, index) for shard, index in self.unopened.items() if index >= 0]
        return any(one > place for one in left_out)

    def ends_early(self) -> bool:
        """Return whether the log shown may lack entries of before the rows were read."""
        return self._read_ms is not None and self._shown_ms < self._read_ms + _SETTLED_MS

    def partly(self) -> bool:
        """Return whether any leaf is not opened."""
        return any(index >= 0 for index in self.unopened.values())


def _begins(state: bytes) -> int:
    return int.from_bytes(state[:8])


def states_of(path: Path, csa: str) -> LastStates:
    """Begin to follow the rows that are in a file; Malformed, OSError."""
    with path.open("rb") as file:
        if file.read(1) != b"{":
            return LastStates()
        file.seek(0)
        try:
            said = with_members(file.readline(), "format", "csa", "at_ms")
            if said["format"] != _FORMAT:
                raise ValueError("another format")
            read_ms = whole(said["at_ms"])
        except ValueError:
            raise Malformed("state_form") from None
    if said["csa"] != csa:
        raise Malformed("export_csa")
    return LastStates(read_ms)


def check_states(path: Path, known: LastStates, csa: str, report: Report) -> None:
    """Compare every row of a state export or of a dump; Malformed, OSError."""
    _check_chains(known, report)
    with path.open("rb") as file:
        begins = file.read(1)
        file.seek(0)
        if begins == b"{":
            rows = _check_export(file, known, report)
        else:
            rows = _check_dump([state_of(row) for row in dumped_rows(file, csa)], known, report)
    if not rows:
        report.found("state_nothing")


def _check_chains(known: LastStates, report: Report) -> None:
    for link in known.swapped:
        report.found("state_between", f"row {link.ref}")
    loose, beginnings = known.loose(), known.beginnings()
    older = known.older_of(link.before for link in loose)
    for link in loose:
        if link.before in older:
            report.found("state_between", f"row {link.ref}")
        elif known.partly():
            report.found("state_unopened", f"row {link.ref}")
        else:
            once = beginnings[link.ref] == 1
            report.found("state_begins" if once else "state_between", f"row {link.ref}")


def _check_export(file: BinaryIO, known: LastStates, report: Report) -> int:
    named = {link.ref for link in known.last.values()}
    seen: set[str] = set()
    strange: list[tuple[list[str], bytes]] = []
    rows = 0
    for refs, state in _exported(file):
        rows += 1
        if refs[0] in seen:
            report.found("state_twice", f"row {refs[0]}")
        seen.update(refs)
        link = known.last.get(state[:_SHORT])
        if link is None or link.after != state or link.ref not in refs:
            strange.append((refs, state))
        elif known.may_be_named_later(link.place):
            report.found("state_unopened", f"row {refs[0]}")
        else:
            report.verified["row states"] += 1
    older = known.older_of(state for _, state in strange)
    for refs, state in strange:
        code = _judged(state, older, known, named=not named.isdisjoint(refs))
        report.found(code, f"row {refs[0]}")
    if named - seen:
        report.found("state_gone")
    return rows


def _exported(file: BinaryIO) -> Iterator[tuple[list[str], bytes]]:
    """Yield each row's references, this year's first, and its state; Malformed."""
    file.readline()
    for count, raw in enumerate(file):
        try:
            if not raw.endswith(b"\n"):
                raise ValueError("cut")
            if raw.startswith(_END):
                if whole(with_members(raw, "end")["end"]) != count or file.read(1):
                    raise ValueError("cut, or added to")
                return
            said = with_members(raw, "child", "earlier", "state")
            refs = [said["child"], *said["earlier"]]
            for ref in refs:
                from_hex(ref, _REF)
            yield refs, from_hex(said["state"], HASH_SIZE)
        except (ValueError, TypeError):
            raise Malformed("state_form") from None
    raise Malformed("state_form")


def _judged(state: bytes, older: set[bytes], known: LastStates, *, named: bool) -> str:
    if state in older:
        return "state_older"
    if state[:_SHORT] in known.last:
        return "state"  # of another row
    if known.partly():
        return "state_unopened"
    if known.ends_early():
        return "state_early"
    return "state" if named else "state_unnamed"


def _check_dump(states: list[bytes], known: LastStates, report: Report) -> int:
    """Compare as sets: a dump does not tell which row an entry's reference is of."""
    there = set(states)
    lasts = {link.after for link in known.last.values()}
    sure = {link.after for link in known.last.values() if not known.may_be_named_later(link.place)}
    strange = there - lasts
    older = known.older_of(strange)
    for _ in older:
        report.found("state_older")
    gone, strangers = len(lasts - there), len(strange - older)
    if strangers and known.partly():
        report.found("state_unopened")
    elif strangers and gone > len(older):
        report.found("state")
    elif strangers:
        report.found("state_unnamed")
    if len(there & lasts) > len(there & sure):
        report.found("state_unopened")
    if gone > len(older) + strangers:
        report.found("state_gone")
    if len(there) < len(states):
        report.found("state_twice")
    report.verified["row states"] += len(sure & there)
    return len(states)
