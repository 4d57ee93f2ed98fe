"""Lines routed to the authority a child belongs to: one parcel of them a message, of one size.

Each line is as the feed's schema has it. Beside it stands, where its child or involvement moved
on, the id it was delivered under: what the line says is said of that.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson

from consent.facts import AgencyKind
from index_service.domain.errors import Invalid
from index_service.domain.strict_json import parse_json
from index_service.federation.errors import DirectoryRefused, MessageRefused, PeerCode
from index_service.federation.reading import listed, stated, whole, word
from index_service.federation.sizes import (
    PARCEL_ANSWER_BYTES,
    PARCEL_BYTES,
    PARCEL_LINES_MAX,
    padded,
)

PATH = "/peer/v1/routed"
FORMAT = 1
ACCEPTED, INVALID = "accepted", "invalid"

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_ANY_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SOURCE = re.compile(r"[a-z0-9-]{2,40}")
_KIND = re.compile("|".join(AgencyKind))
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_OUTCOME = re.compile(f"{ACCEPTED}|{INVALID}")
_SUPPLIER = {
    "source",
    "agency",
    "agency_kind",
    "checked_on",
    "trained_on",
    "signed_on",
    "accredited",
}


@dataclass(frozen=True, slots=True)
class RoutedSupplier:
    """Whose lines they are, and what the authority that took them knows of the account."""

    source: str
    agency: UUID
    agency_kind: AgencyKind
    checked_on: date | None
    trained_on: date | None
    signed_on: date | None
    accredited: bool


@dataclass(frozen=True, slots=True, repr=False)
class RoutedLine:
    """One line's content; `child` and `involvement` are ids of what moved on, if it did."""

    content: dict[str, Any]
    child: UUID | None = None
    involvement: UUID | None = None

    def written(self) -> bytes:
        """Return it as it stands in a parcel."""
        return orjson.dumps(
            {
                "line": self.content,
                "child": str(self.child) if self.child else None,
                "involvement": str(self.involvement) if self.involvement else None,
            }
        )


@dataclass(frozen=True, slots=True, repr=False)
class Parcel:
    """Some lines of one supplier. The same parcel is the same message, however often sent."""

    id: UUID
    supplier: RoutedSupplier
    lines: tuple[RoutedLine, ...]

    def body(self) -> bytes:
        """Return the message's body."""
        return padded(
            parcel_text(self.id, self.supplier, [e.written() for e in self.lines]), PARCEL_BYTES
        )

    @classmethod
    def read(cls, body: bytes) -> "Parcel":
        """Return the parcel a message holds, or MessageRefused."""
        try:
            said = stated(parse_json(body), {"format", "parcel", "supplier", "lines"}, "parcel")
            whole(said["format"], "format", FORMAT, FORMAT)
            lines = [_line(each) for each in listed(said["lines"], "lines", PARCEL_LINES_MAX)]
            return cls(_id(said["parcel"]), _supplier(said["supplier"]), tuple(lines))
        except (Invalid, DirectoryRefused):
            raise MessageRefused(PeerCode.MALFORMED) from None


def parcel_text(parcel_id: UUID, supplier: RoutedSupplier, lines: Sequence[bytes]) -> bytes:
    """Return a parcel as it is kept and sent, but for its padding."""
    head = orjson.dumps(
        {
            "format": FORMAT,
            "parcel": str(parcel_id),
            "supplier": {
                "source": supplier.source,
                "agency": str(supplier.agency),
                "agency_kind": supplier.agency_kind.value,
                "checked_on": supplier.checked_on,
                "trained_on": supplier.trained_on,
                "signed_on": supplier.signed_on,
                "accredited": supplier.accredited,
            },
        }
    )
    return head[:-1] + b',"lines":[' + b",".join(lines) + b"]}"


@dataclass(frozen=True, slots=True)
class ParcelAnswer:
    """What became of a parcel: of each line in order `accepted` or `invalid`, nothing else.

    `lines` is None where the agreement there does not let their supplier supply: none was read.
    `disputed`: an address is not that authority's by its own directory. It keeps what it took.
    """

    lines: tuple[str, ...] | None
    disputed: bool = False

    def body(self) -> bytes:
        """Return the answer's body."""
        said = {"format": FORMAT, "lines": self.lines, "disputed": self.disputed}
        return padded(orjson.dumps(said), PARCEL_ANSWER_BYTES)

    @classmethod
    def read(cls, body: bytes, lines: int) -> "ParcelAnswer":
        """Return what is answered, or MessageRefused where it is no answer to so many lines."""
        try:
            said = stated(parse_json(body), {"format", "lines", "disputed"}, "answer")
            whole(said["format"], "format", FORMAT, FORMAT)
            disputed = said["disputed"]
            if said["lines"] is None and disputed is False:
                return cls(None)
            found = [word(each, _OUTCOME, "lines") for each in listed(said["lines"], "", lines)]
        except (Invalid, DirectoryRefused):
            raise MessageRefused(PeerCode.MALFORMED) from None
        if len(found) != lines or type(disputed) is not bool:
            raise MessageRefused(PeerCode.MALFORMED)
        return cls(tuple(found), disputed)


def _id(said: object) -> UUID:
    return UUID(word(said, _ID, "id"))


def _line(said: object) -> RoutedLine:
    part = stated(said, {"line", "child", "involvement"}, "lines")
    content = part["line"]
    if not isinstance(content, dict):
        raise MessageRefused(PeerCode.MALFORMED)
    ids = [None if part[name] is None else _id(part[name]) for name in ("child", "involvement")]
    return RoutedLine(content, *ids)


def _supplier(said: object) -> RoutedSupplier:
    part = stated(said, _SUPPLIER, "supplier")
    if type(part["accredited"]) is not bool:
        raise MessageRefused(PeerCode.MALFORMED)
    return RoutedSupplier(
        word(part["source"], _SOURCE, "source"),
        UUID(word(part["agency"], _ANY_ID, "agency")),
        AgencyKind(word(part["agency_kind"], _KIND, "agency_kind")),
        _day(part["checked_on"]),
        _day(part["trained_on"]),
        _day(part["signed_on"]),
        part["accredited"],
    )


def _day(said: object) -> date | None:
    if said is None:
        return None
    try:
        return date.fromisoformat(word(said, _DAY, "day"))
    except ValueError:
        raise MessageRefused(PeerCode.MALFORMED) from None
