"""Exports as they are read: a first line, a line a leaf, a last line; one line in memory."""

import os
import re
from binascii import unhexlify
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, NamedTuple

from index_verify.entries import USUAL, Entry
from index_verify.heads import NOTE_LENGTH_MAX, Head, read_head, shard_of
from index_verify.policy import Policy
from index_verify.spelling import HASH_SIZE, Malformed, from_hex, whole, with_members

FORMAT = "index-log/1"
HASHES, OPENINGS = "hashes", "openings"
LINE_LENGTH_MAX = 1024 * 1024

_END = b'{"end":'
_INDEX_AND_LEAF = rb'\{"i":(0|[1-9][0-9]{0,17}),"leaf":"([0-9a-f]{64})"'
_HASH_LINE = re.compile(_INDEX_AND_LEAF + rb"\}\n")
_GONE_LINE = re.compile(_INDEX_AND_LEAF + rb',"gone":"(missing|year|broken)"\}\n')
_USUAL_OPENING = re.compile(
    _INDEX_AND_LEAF
    + rb',"blind":"([0-9a-f]{64})","entry":"('
    + USUAL.replace(b'"', rb'\\"')
    + rb')"\}\n'
)


class Line(NamedTuple):
    """One leaf's line; an opening has a blind and the exact text, another has neither.

    `entry` is what the text says where its form was seen to be canonical already; `gone` why the
    log itself could not open the leaf.
    """

    at: int
    leaf: bytes
    blind: bytes = b""
    text: bytes = b""
    entry: Entry | None = None
    gone: str = ""


@dataclass(frozen=True, slots=True)
class Export:
    """One export: where it is read from, what its first line says, the head in its last."""

    path: Path
    where: str
    kind: str
    shard: int
    head: Head

    def lines(self) -> Iterator[Line]:
        """Yield each leaf's line; Malformed where one is not what it must be, or at a cut."""
        with self.path.open("rb") as file:
            file.readline(LINE_LENGTH_MAX)
            yield from _lines(file, self.kind)


def open_export(path: Path, where: str, policy: Policy) -> Export:
    """Read the first and the last line; Malformed with what is wrong, OSError if unreadable."""
    with path.open("rb") as file:
        first = file.readline(LINE_LENGTH_MAX)
        if not first:
            raise Malformed("export_empty")
        if not first.endswith(b"\n"):
            raise Malformed("export_cut")
        kind, shard = _header(first, policy)
        _, note = _end(_last_line(file))
    head = read_head(note, policy)
    if head.shard != shard:
        raise Malformed("head_origin")
    return Export(path, where, kind, shard, head)


def _header(line: bytes, policy: Policy) -> tuple[str, int]:
    try:
        said = with_members(line, "format", "csa", "origin", "kind", "case")
        kind, case = said["kind"], said["case"]
        if said["format"] != FORMAT or kind not in (HASHES, OPENINGS):
            raise ValueError("another format")
        if not (case is None if kind == HASHES else isinstance(case, str) and case):
            raise ValueError("openings are for a case")
    except ValueError:
        raise Malformed("export_header") from None
    if said["csa"] != policy.csa:
        raise Malformed("export_csa")
    try:
        return kind, shard_of(str(said["origin"]), policy)
    except ValueError:
        raise Malformed("export_origin") from None


def _last_line(file: BinaryIO) -> bytes:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 2 * NOTE_LENGTH_MAX))
    return file.read().removesuffix(b"\n").rpartition(b"\n")[2] + b"\n"


def _end(line: bytes) -> tuple[int, str]:
    if not line.startswith(_END):
        raise Malformed("export_cut")
    try:
        said = with_members(line, "end", "head")
        if not isinstance(said["head"], str):
            raise ValueError("no head")
        return whole(said["end"]), said["head"]
    except ValueError:
        raise Malformed("export_cut") from None


def _lines(file: BinaryIO, kind: str) -> Iterator[Line]:
    raws = iter(partial(file.readline, LINE_LENGTH_MAX), b"")
    for count, raw in enumerate(raws):
        plain = _HASH_LINE.fullmatch(raw)
        if plain is not None:
            yield Line(int(plain[1]), unhexlify(plain[2]))
        elif raw.startswith(_END):
            if not raw.endswith(b"\n"):
                raise Malformed("export_cut")
            if _end(raw)[0] != count:
                raise Malformed("export_count")
            break
        elif kind == OPENINGS:
            yield _opening(raw)
        else:
            raise Malformed("export_line" if raw.endswith(b"\n") else "export_cut")
    else:
        raise Malformed("export_cut")
    if file.read(1):
        raise Malformed("export_after_end")


def _opening(raw: bytes) -> Line:
    usual = _USUAL_OPENING.fullmatch(raw)
    if usual is not None:
        index, leaf, blind, escaped, *needed = usual.groups()
        # Nothing but quotes is escaped in it, so this is the text, without JSON's help.
        text = escaped.translate(None, b"\\")
        return Line(int(index), unhexlify(leaf), unhexlify(blind), text, Entry(*needed))
    gone = _GONE_LINE.fullmatch(raw)
    if gone is not None:
        return Line(int(gone[1]), unhexlify(gone[2]), gone=gone[3].decode())
    if not raw.endswith(b"\n"):
        raise Malformed("export_cut")
    try:
        said = with_members(raw, "i", "leaf", "blind", "entry")
        leaf, blind = from_hex(said["leaf"], HASH_SIZE), from_hex(said["blind"], HASH_SIZE)
        return Line(whole(said["i"]), leaf, blind, said["entry"].encode())
    except (ValueError, AttributeError):
        raise Malformed("export_line") from None
