"""The lines of a chunk as they are said: by whom, known by what, and who they bring here."""

from collections.abc import Container
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from consent.agreement import Agreement
from consent.coverage import BroughtBy, NewRecord, new_record
from consent.facts import AgencyKind, Role
from index_service.domain.child import ChildRecord
from index_service.domain.feed import (
    ChildLine,
    InvolvementLine,
    InvolvementVerb,
    LineInvalid,
    RawLine,
)
from index_service.domain.involvement import Involvement
from index_service.services.placing import Sought


@dataclass(frozen=True, slots=True)
class Supplier:
    """Who sends this feed, and the agreement it is taken under."""

    source: str
    agency: str
    agency_kind: AgencyKind
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class Read:
    """One line as read and as checked."""

    raw: RawLine
    line: ChildLine | InvolvementLine | LineInvalid


@dataclass(frozen=True, slots=True)
class Said:
    """A sound line with what it is known by, made once: its own reference first."""

    sent: bytes
    line: ChildLine | InvolvementLine
    refs: tuple[bytes, ...]
    mac: bytes
    content: dict[str, Any]
    stated: ChildRecord | None = None
    sought: Sought | None = None


@dataclass(frozen=True, slots=True)
class Referred:
    """What a supplier's own reference leads to."""

    child_id: UUID
    case_id: UUID


def record_of(
    child: Said, following: Said | None, supplier: Supplier, sent_before: Container[bytes]
) -> NewRecord:
    """Say what becomes of a new record a line would make, by this line and the next alone.

    Nothing else that is here counts, so that the supplier learns nothing by it.
    """
    brought = BroughtBy.NOBODY
    if following is not None and following.refs[0] not in sent_before:
        brought = _brought(child.refs[0], following, supplier.agency_kind)
    return new_record(brought, Role.SUPPLIER, supplier.agreement)


def _brought(child_ref: bytes, following: Said, kind: AgencyKind) -> BroughtBy:
    line = following.line
    if not isinstance(line, InvolvementLine) or line.verb is not InvolvementVerb.BEGIN:
        return BroughtBy.NOBODY
    if following.refs[1] != child_ref or line.ceased is not None:
        return BroughtBy.NOBODY
    if not Involvement.is_sensitive(line.service, kind):
        return BroughtBy.ORDINARY
    return BroughtBy.SENSITIVE if line.consent else BroughtBy.NOBODY
