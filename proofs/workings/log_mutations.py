"""Mutations of what is handed out of a log: entries, leaves, tiles, heads, receipts, proofs.

Each is edited, dropped, inserted, reordered, truncated or signed anew with another key; where it
stands in an export, the rest is mended to hide it: indices and counts, then the root, then the
signatures with keys that are not the log's, or with only one of the two that are.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from index_service.log.leaf import leaf_hash
from proofs.workings.log_real import RealLog
from proofs.workings.log_texts import Sheet, Text, mutated
from tests.verify.made import Keys, Stored, compact
from tests.verify.second import Case, tree

MENDED = ("nothing", "places", "root", "other keys", "one key")
EXPORT_ACTS = ("edit", "drop", "insert", "reorder", "truncate")


@dataclass(frozen=True, slots=True)
class Mutation:
    """One mutation: what was done to what, and the case as it is handed over."""

    target: str
    act: str
    case: Case


class Mutations:
    """Makes mutations of one log, each different from what it came from."""

    def __init__(self, log: RealLog, seed: int) -> None:
        self._log = log
        self._chance = Random(seed)
        self._older, self._newest = log.sizes[-2:]
        self._others = Keys(origin=log.keys.origin)
        self._halves = (
            Keys(log.keys.origin, log.keys.ed25519, self._others.ml_dsa),
            Keys(log.keys.origin, self._others.ed25519, log.keys.ml_dsa),
        )
        self._makers: list[tuple[str, str, Callable[[str], Case | None]]] = [
            *((target, act, self._export(target)) for target in ("entries", "leaves")
              for act in EXPORT_ACTS),
            *(("tiles", act, self._tiles) for act in EXPORT_ACTS),
            *((target, act, self._texts(target)) for target in
              ("heads", "kept heads", "receipts", "inclusion proofs", "consistency proofs")
              for act in EXPORT_ACTS),
            *(("heads", "sign anew", self._signed_anew) for _ in range(2)),
            ("receipts", "sign anew", self._receipt_anew),
            ("heads", "replay", self._replayed),
        ]  # fmt: skip

    def whole(self) -> list[Case]:
        """Return every case as it is before a mutation: both verifiers must find it intact."""
        names = "entries,leaves,tiles,heads,receipts,inclusion proofs,consistency proofs".split(",")
        return [self._case(name) for name in names]

    def some(self, count: int) -> Iterator[Mutation]:
        """Yield so many mutations, every kind in turn."""
        made = 0
        while made < count:
            target, act, make = self._makers[made % len(self._makers)]
            case = make(act)
            while case is None:  # chance changed nothing
                case = make(act)
            made += 1
            yield Mutation(target, act, case)

    def _case(self, target: str) -> Case:
        """Return what is handed over when this is what is mutated."""
        log, case = self._log, Case(self._log.policy())
        case.exports = [log.export(opened=True) if target == "entries" else log.export()]
        case.heads = [log.note(self._older)]
        if target == "tiles":
            case.tiles = log.tiles()
        elif target == "receipts":
            case.receipts = [log.receipt(index) for index in log.held()[:2]]
        elif target == "inclusion proofs":
            index = self._chance.randrange(self._newest)
            size = self._chance.choice([self._newest, self._older])
            index %= size
            case.inclusions = [(log.stored[index].leaf, log.inclusion(index, size))]
        elif target == "consistency proofs":
            case.growths = [log.growth(self._older, self._newest)]
        return case

    def _export(self, target: str) -> Callable[[str], Case | None]:
        def made(act: str) -> Case | None:
            case = self._case(target)
            sheet = Sheet.of(case.exports[0])
            self._do(act, sheet, opened=target == "entries")
            self._mend(sheet, self._chance.choice(MENDED))
            return self._other(case, "exports", [sheet.text()])

        return made

    def _do(self, act: str, sheet: Sheet, *, opened: bool) -> None:
        lines, chance = sheet.lines, self._chance
        at = chance.randrange(len(lines))
        if act == "edit":
            self._edit(lines[at], opened=opened)
        elif act == "drop":
            del lines[at : at + chance.choice([1, 1, 2, 16])]
        elif act == "insert":
            lines.insert(at, self._forged(at) if opened else {"i": at, "leaf": self._hex()})
        elif act == "reorder":
            other = (at + chance.randrange(1, len(lines))) % len(lines)
            lines[at], lines[other] = lines[other], lines[at]
        else:
            del lines[-chance.choice([1, 2, 16, len(lines) // 2]) :]

    def _edit(self, line: dict[str, object], *, opened: bool) -> None:
        what = self._chance.choice(["entry", "blind", "leaf", "both"] if opened else ["leaf"])
        if what in ("entry", "both"):
            line["entry"] = self._rewritten(str(line["entry"]))
        if what == "blind":
            line["blind"] = self._hex()
        if what == "leaf":
            line["leaf"] = self._hex()
        if what == "both":
            blind = bytes.fromhex(str(line["blind"]))
            line["leaf"] = leaf_hash(blind, str(line["entry"]).encode()).hex()

    def _rewritten(self, text: str) -> str:
        """Return an entry with another asker, child, purpose or moment, or a padding's place."""
        entry = json.loads(text)
        if "pad" in entry:
            return text.replace(":", ":1", 1)
        name = self._chance.choice(["account", "purpose", "outcome", "at_ms", "subjects"])
        other = {"at_ms": entry["at_ms"] + 1, "subjects": entry["subjects"] + [_SUBJECT]}
        entry[name] = other.get(name, f"{entry[name]}x")
        return compact(entry).decode().strip()

    def _forged(self, at: int) -> dict[str, object]:
        text = self._rewritten(self._chance.choice(self._log.stored[:100]).text.decode())
        blind = self._chance.randbytes(32)
        leaf = leaf_hash(blind, text.encode())
        return {"i": at, "leaf": leaf.hex(), "blind": blind.hex(), "entry": text}

    def _mend(self, sheet: Sheet, how: str) -> None:
        """Hide what was done, as far as whoever did it can."""
        if how == "nothing":
            return
        sheet.renumber()
        leaves = [bytes.fromhex(str(line["leaf"])) for line in sheet.lines]
        if how == "root":
            sheet.head = _with_root(sheet.head, leaves)
        elif how == "other keys":
            sheet.head = self._others.note(self._log.shard, leaves)
        elif how == "one key":
            sheet.head = self._chance.choice(self._halves).note(self._log.shard, leaves)

    def _tiles(self, act: str) -> Case | None:
        case = self._case("tiles")
        assert case.tiles is not None
        lines = case.tiles.splitlines(keepends=True)
        at = self._chance.randrange(len(lines))
        line = json.loads(lines[at])
        hashes = str(line["hashes"])
        place = self._chance.randrange(256) * 64
        if act == "edit":
            line["hashes"] = hashes[:place] + self._hex() + hashes[place + 64 :]
            lines[at] = compact(line)
        elif act == "drop":
            del lines[at]
        elif act == "insert":
            more = {**line, "tile": line["tile"] + self._chance.choice([0, len(lines)])}
            lines.insert(at, compact(more))
        elif act == "reorder":
            line["hashes"] = hashes[place:] + hashes[:place]
            lines[at] = compact(line)
        else:
            lines[-1] = lines[-1][: self._chance.randrange(1, len(lines[-1]))]
        return self._other(case, "tiles", b"".join(lines))

    def _texts(self, target: str) -> Callable[[str], Case | None]:
        def made(act: str) -> Case | None:
            case = self._case("heads" if target == "kept heads" else target)
            if target == "heads":
                sheet = Sheet.of(case.exports[0])
                sheet.head = mutated(Text.HEAD, sheet.head, act, self._chance)
                return self._other(case, "exports", [sheet.text()])
            if target == "kept heads":
                note = mutated(Text.HEAD, case.heads[0], act, self._chance)
                return self._other(case, "heads", [note])
            if target == "receipts":
                receipt = mutated(Text.RECEIPT, case.receipts[0], act, self._chance)
                return self._other(case, "receipts", [receipt, case.receipts[1]])
            if target == "inclusion proofs":
                ((leaf, text),) = case.inclusions
                proof = mutated(Text.INCLUSION, text, act, self._chance)
                return self._other(case, "inclusions", [(leaf, proof)])
            growth = mutated(Text.GROWTH, case.growths[0], act, self._chance)
            return self._other(case, "growths", [growth])

        return made

    def _signed_anew(self, _: str) -> Case | None:
        """Sign the true leaves, or others, with keys that are not both the log's."""
        case = self._case("heads")
        sheet = Sheet.of(case.exports[0])
        if self._chance.random() < 0.5:
            self._do("truncate", sheet, opened=False)
            sheet.renumber()
        leaves = [bytes.fromhex(str(line["leaf"])) for line in sheet.lines]
        keys = self._chance.choice([self._others, *self._halves])
        sheet.head = keys.note(self._log.shard, leaves)
        return self._other(case, "exports", [sheet.text()])

    def _receipt_anew(self, _: str) -> Case | None:
        """Sign a receipt of a leaf that never was, or was, with another key."""
        stored = self._chance.choice(self._log.stored[:100])
        made = Stored(self._chance.randbytes(32), b"", b"", stored.entry_id)
        held = self._chance.choice([made, self._log.stored[self._log.held()[0]]])
        receipt = self._others.receipt_of(held)
        return self._other(self._case("receipts"), "receipts", [receipt])

    def _replayed(self, _: str) -> Case | None:
        """Show the log as it was, to somebody who has seen it since."""
        case = self._case("heads")
        case.heads = [self._log.note(self._newest)]
        opened = self._chance.choice([None, True])
        return self._other(case, "exports", [self._log.export(self._older, opened=opened)])

    def _other(self, case: Case, name: str, value: object) -> Case | None:
        before = getattr(case, name)
        setattr(case, name, value)
        return None if value == before else case

    def _hex(self) -> str:
        return self._chance.randbytes(32).hex()


_SUBJECT = {"classes": ["identity"], "ref": "00" * 16, "shown": True}


def _with_root(note: str, leaves: list[bytes]) -> str:
    """Return a head with another size and root under the signatures it had."""
    text, _, signatures = note.partition("\n\n")
    origin = text.split("\n")[0]
    return f"{origin}\n{len(leaves)}\n{b64encode(tree(leaves)).decode()}\n\n{signatures}"
