"""The check of exports: everything that was given, read and compared with everything else."""

from dataclasses import dataclass
from pathlib import Path

from index_verify.agreeing import Heads
from index_verify.exports import HASHES, OPENINGS, Export, open_export
from index_verify.findings import Report
from index_verify.heads import NOTE_LENGTH_MAX, read_head
from index_verify.leaves import Grown, Sought, grow, join
from index_verify.policy import Policy
from index_verify.proving import PROOF_TEXT_MAX, read_growth
from index_verify.receipts import read_receipt
from index_verify.spelling import Malformed
from index_verify.states import check_states, states_of
from index_verify.tiles import check_tiles

RECEIPTS_LENGTH_MAX = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Given:
    """What was given to be checked."""

    exports: tuple[Path, ...]
    openings: tuple[Path, ...] = ()
    heads: tuple[Path, ...] = ()
    consistency: tuple[Path, ...] = ()
    receipts: tuple[str, ...] = ()
    receipt_files: tuple[Path, ...] = ()
    tiles: Path | None = None
    state: Path | None = None


def check(given: Given, policy: Policy) -> Report:
    """Check it all; whatever is wrong stands in the report."""
    report = Report()
    run = _Run(given, policy, report, Heads(policy), Sought(policy.csa))
    run.prepare()
    shards = run.read()
    run.heads.compare(shards, report)
    run.judge_beginnings(set(shards))
    run.judge_receipts(set(shards))
    run.compare_rest(shards)
    if not report.verified["leaves"] and not report.kinds:
        report.found("nothing")
    return report


def text_of(path: Path, length_max: int) -> str:
    """Return a short file's text; OSError, or ValueError if it is long or no UTF-8."""
    with path.open("rb") as file:
        raw = file.read(length_max + 1)
    if len(raw) > length_max:
        raise ValueError("longer than anything of its kind")
    return raw.decode()


@dataclass(slots=True)
class _Run:
    given: Given
    policy: Policy
    report: Report
    heads: Heads
    sought: Sought

    def prepare(self) -> None:
        """Read what is short: receipts, heads, consistency proofs."""
        self.sought.tiles = self.given.tiles is not None
        if self.given.state is not None:
            self._take_state(self.given.state)
        for number, text in enumerate(self.given.receipts, 1):
            self._take_receipt(text, f"receipt {number}")
        for number, path in enumerate(self.given.receipt_files, 1):
            self._take_receipts(path, f"receipts {number}")
        for number, path in enumerate(self.given.heads, 1):
            self._take_head(path, f"head {number}")
        for number, path in enumerate(self.given.consistency, 1):
            self._take_growth(path, f"consistency proof {number}")

    def read(self) -> dict[int, Grown]:
        """Read exports, then openings beside them; return what each shard came to."""
        opened = [
            each
            for number, path in enumerate((*self.given.exports, *self.given.openings), 1)
            if (each := self._open(path, f"export {number}"))
        ]
        shards: dict[int, Grown] = {}
        base: dict[int, Export] = {}
        for export in opened:
            if export.kind == HASHES:
                self._grow(export, shards, base)
        for export in opened:
            if export.kind != OPENINGS:
                continue
            if export.shard in base:
                self._join(export, base[export.shard])
            else:
                self._grow(export, shards, {})
        return shards

    def judge_beginnings(self, shards: set[int]) -> None:
        """Say of each tree begun anew within its year whether an approved release begins it."""
        for shard in sorted(each for each in shards if each % 100):
            approved = self.sought.approved.get(shard)
            if not approved:
                code = "begun_anew" if approved is None else "begun_unapproved"
                self.report.found(code, f"shard {shard}")

    def judge_receipts(self, shards: set[int]) -> None:
        """Say of each receipt whether its promise was kept, was broken, or is still open."""
        as_of_s = self.heads.latest_s()
        for leaf, promise in self.sought.promises.items():
            if leaf in self.sought.kept:
                self.report.verified["receipts"] += 1
            elif as_of_s <= promise.deadline_s:
                self.report.found("receipt_early")
            elif not all(self._whole_year(year, shards) for year in promise.years):
                self.report.found("receipt_years")
            else:
                self.report.found("receipt_suppressed")

    def compare_rest(self, shards: dict[int, Grown]) -> None:
        """Compare stored tiles and rows."""
        try:
            if self.given.tiles is not None:
                check_tiles(self.given.tiles, shards, self.report)
            if self.given.state is not None and self.sought.states is not None:
                check_states(self.given.state, self.sought.states, self.policy.csa, self.report)
        except Malformed as wrong:
            self.report.found(wrong.code)
        except OSError:
            self.report.found("unreadable")

    def _whole_year(self, year: int, shards: set[int]) -> bool:
        """Return whether every tree of a year is shown: up to the last that any head names."""
        named = {head.shard for _, head in self.heads.all} | shards
        last = max((shard for shard in named if shard // 100 == year), default=year * 100)
        return shards.issuperset(range(year * 100, last + 1))

    def _open(self, path: Path, where: str) -> Export | None:
        try:
            export = open_export(path, where, self.policy)
        except Malformed as wrong:
            self.report.found(wrong.code, where)
        except OSError:
            self.report.found("unreadable", where)
        else:
            self.heads.add(where, export.head, self.report)
            return export
        return None

    def _grow(self, export: Export, shards: dict[int, Grown], base: dict[int, Export]) -> None:
        try:
            grown = grow(export, self.heads.sizes(export.shard), self.sought, self.report)
        except Malformed as wrong:
            self.report.found(wrong.code, export.where)
        except OSError:
            self.report.found("unreadable", export.where)
        else:
            if export.shard not in shards or grown.size > shards[export.shard].size:
                shards[export.shard] = grown
                base[export.shard] = export

    def _join(self, export: Export, hashes: Export) -> None:
        try:
            join(export, hashes, self.sought, self.report)
        except Malformed as wrong:
            self.report.found(wrong.code, export.where)
        except OSError:
            self.report.found("unreadable", export.where)

    def _take_state(self, path: Path) -> None:
        try:
            self.sought.states = states_of(path, self.policy.csa)
        except Malformed as wrong:
            self.report.found(wrong.code)
        except OSError:
            self.report.found("unreadable")

    def _take_receipts(self, path: Path, where: str) -> None:
        try:
            lines = text_of(path, RECEIPTS_LENGTH_MAX).splitlines()
        except (OSError, ValueError):
            self.report.found("unreadable", where)
        else:
            for number, line in enumerate(lines, 1):
                self._take_receipt(line, f"{where}, line {number}")

    def _take_receipt(self, text: str, where: str) -> None:
        try:
            promise = read_receipt(text, self.policy)
        except Malformed as wrong:
            self.report.found(wrong.code, where)
        else:
            self.sought.promises[promise.leaf] = promise

    def _take_head(self, path: Path, where: str) -> None:
        try:
            head = read_head(text_of(path, NOTE_LENGTH_MAX), self.policy)
        except Malformed as wrong:
            self.report.found(wrong.code, where)
        except OSError:
            self.report.found("unreadable", where)
        except ValueError:
            self.report.found("head_form", where)
        else:
            self.heads.add(where, head, self.report)

    def _take_growth(self, path: Path, where: str) -> None:
        try:
            growth = read_growth(text_of(path, PROOF_TEXT_MAX).encode(), self.policy)
        except Malformed as wrong:
            self.report.found(wrong.code, where)
        except OSError:
            self.report.found("unreadable", where)
        except ValueError:
            self.report.found("consistency_form", where)
        else:
            self.heads.growths.append((where, growth))
