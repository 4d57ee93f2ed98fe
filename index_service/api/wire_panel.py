"""Panels on the wire: opened for one child's case, and what their reader is told."""

from typing import Annotated

from pydantic import Field, StrictBool, StrictInt

from consent.facts import AgencyKind, DisclosureClass, Purpose
from index_service.api.wire import DayText, Id, Wire
from index_service.api.wire_inspection import Account, Hash, Missing, Word, Years
from index_service.api.wire_matter import PAGE_MAX, Next, Seconds
from index_service.domain.inspection import EntryState
from index_service.log.entry import Outcome


class PanelOpened(Wire):
    """Whose case is reviewed, by which account, for how many days."""

    child_id: Id
    account_id: Id
    days: Annotated[StrictInt, Field(ge=1, le=90)]


class PanelInvolvement(Wire):
    """One involvement as a panel is told of it; no sensitive service is among them."""

    agency_kind: AgencyKind
    service: Word
    agency_id: Id | None
    began: DayText | None
    ceased: DayText | None


class LookSaid(Wire):
    """How somebody looked; null agency: not told. Of the team, that they looked."""

    agency_kind: AgencyKind | None
    agency_id: Id | None
    account_id: Account | None
    action: Word | None
    purpose: Purpose | None
    outcome: Outcome
    shown: StrictBool
    classes: Annotated[list[DisclosureClass], Field(max_length=len(DisclosureClass))]


class PanelLook(Wire):
    """One entry about the child, and its leaf, by which it is proved."""

    entry_id: Id
    at: Seconds
    state: EntryState
    leaf: Hash
    shard: Annotated[StrictInt | None, Field(ge=0)]
    leaf_index: Annotated[StrictInt | None, Field(ge=0)]
    said: LookSaid | None


class PanelShown(Wire):
    """Who was involved with one child, and a page of who looked."""

    panel_id: Id
    child_id: Id
    ends_at: Seconds
    involved: Annotated[list[PanelInvolvement], Field(max_length=2_000)]
    looked: Annotated[list[PanelLook], Field(max_length=PAGE_MAX)]
    missing: Missing
    closed_years: Years
    next: Next = None
