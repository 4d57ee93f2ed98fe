"""Finding thousands of known values in any bytes, in six spellings, in one pass.

Text is found as runs of printable bytes (UTF-8, or UTF-16 with its zero bytes between),
whatever its case. Every window of a run is looked up among the beginnings of all
spellings. Long hexadecimal is read as what it spells, at both alignments.
"""

import re
from base64 import b64encode
from binascii import unhexlify
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

SEED = 7  # bytes looked up; no spelling is shorter
BLOCK = 8 * 1024 * 1024
OVERLAP = 4096
REMEMBERED_MAX = 2000  # bytes of a run worth remembering
ENCODINGS = ("utf-8", "utf-16", "hex", "base64", "reversed", "url")

_PLAIN = re.compile(rb"[ -~]{%d,}" % SEED)
_WIDE = re.compile(rb"(?:[ -~]\0){%d,}" % SEED)
_HEX = re.compile(rb"[0-9A-Fa-f]{%d,}" % (2 * SEED))
_HEX_ONLY = 64  # hexadecimal of this length is not read as text as well


@dataclass(frozen=True, slots=True)
class Hit:
    """One value found, how it was spelt, and where."""

    value: str
    encoding: str
    where: str


class Sought:
    """Known values, ready to be looked for."""

    def __init__(self, values: Iterable[str]) -> None:
        """Values shorter than SEED bytes in any spelling are a mistake of the caller."""
        self.values = frozenset(values)
        self._folded: dict[bytes, list[tuple[bytes, str, str]]] = defaultdict(list)
        self._exact: dict[bytes, list[tuple[bytes, str, str]]] = defaultdict(list)
        self._clean: set[bytes] = set()  # a server's own texts stand in every database it has
        for value in self.values:
            for encoding, spelt in _folded_spellings(value):
                self._add(self._folded, spelt, encoding, value)
            for spelt in _base64_spellings(value):
                self._add(self._exact, spelt, "base64", value)

    def _add(
        self, seeds: dict[bytes, list[tuple[bytes, str, str]]], spelt: bytes, how: str, value: str
    ) -> None:
        if len(spelt) < SEED:
            raise ValueError("too short a value to be looked for")
        seeds[spelt[:SEED]].append((spelt, how, value))

    def in_file(self, path: Path, where: str) -> Iterator[Hit]:
        """Yield what is found in a file, block by block."""
        with path.open("rb") as file:
            before = b""
            while block := file.read(BLOCK):
                yield from self.in_bytes(before + block, where)
                before = block[-OVERLAP:]

    def in_bytes(self, blob: bytes, where: str) -> Iterator[Hit]:
        """Yield what is found in these bytes."""
        for value, how in self._in_any(blob, ""):
            yield Hit(value, how, where)

    def _in_any(self, blob: bytes, read_as: str) -> Iterator[tuple[str, str]]:
        for run in _PLAIN.finditer(blob):
            if not read_as and run[0] in self._clean:
                continue
            found = list(self._in_run(run[0], read_as))
            yield from found
            # What was itself read from hexadecimal is not read as such again.
            if not found and not read_as and len(run[0]) < REMEMBERED_MAX:
                self._clean.add(run[0])
        for run in _WIDE.finditer(blob):
            yield from self._in_run(run[0].replace(b"\0", b""), "utf-16")

    def _in_run(self, run: bytes, read_as: str) -> Iterator[tuple[str, str]]:
        text = run
        if not read_as:
            for found in _HEX.finditer(run):
                for start in (0, 1):
                    part = found[0][start:]
                    even = part[: len(part) // 2 * 2]
                    yield from self._in_any(unhexlify(even), "hex")
                if len(found[0]) >= _HEX_ONLY:
                    text = text.replace(found[0], b" ")
        folded = text.lower()
        for seeds, windows in ((self._folded, folded), (self._exact, text)):
            for at in range(len(windows) - SEED + 1):
                for spelt, how, value in seeds.get(windows[at : at + SEED], ()):
                    if windows.startswith(spelt, at):
                        yield value, (read_as if how == "utf-8" and read_as else how)


def _folded_spellings(value: str) -> Iterator[tuple[str, bytes]]:
    plain = value.lower().encode()
    yield "utf-8", plain
    yield "reversed", plain[::-1]
    for urled in {quote(value, safe=""), quote_plus(value)} - {value}:
        yield "url", urled.lower().encode()


def _base64_spellings(value: str) -> set[bytes]:
    """Return what of a value's base64 is its own, however many bytes come before it."""
    spellings = set()
    for cased in {value, value.lower(), value.upper()}:
        for pad in range(3):
            whole = b64encode(b"\0" * pad + cased.encode())
            spellings.add(whole[-(-pad * 8 // 6) : (pad + len(cased)) * 8 // 6])
    return spellings


def spelt(value: str) -> dict[str, list[bytes]]:
    """Return a value in every encoding, to be planted by a control."""
    plain = value.encode()
    return {
        "utf-8": [plain],
        "utf-16": [value.encode("utf-16-le")],
        "hex": [plain.hex().encode()],
        "base64": [b64encode(b"-" * pad + plain + b"-") for pad in range(3)],
        "reversed": [plain[::-1]],
        "url": [quote(value, safe="").encode()],
    }
