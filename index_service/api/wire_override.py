"""Overrides of shields on the wire: asked for, approved, read under, investigated."""

from typing import Annotated, Literal

from pydantic import Field, StrictBool

from consent.facts import SecondPerson
from index_service.api.wire import Id, Wire
from index_service.api.wire_matter import PAGE_MAX, Next, Seconds
from index_service.domain.override import (
    WARNING,
    OverrideGround,
    OverrideOutcome,
    OverrideState,
)


class OverrideAsked(Wire):
    """A request to override a shield, by somebody who knows what that sets off."""

    ground: OverrideGround
    warning_read: Annotated[Literal[True], Field(description=WARNING)]


class OverrideMade(Wire):
    """An override as it stands: in force until `ends_at`, or waiting for a second person."""

    id: Id
    state: OverrideState
    ends_at: Seconds | None
    warning: Annotated[Literal[WARNING], Field(description="What it sets off.")]  # type: ignore[valid-type]  # a constant, shown whole


class OverrideUsed(Wire):
    """The override under which a record is read; it is used up by it."""

    override_id: Id


class OverrideApproved(Wire):
    """What the second person says."""

    approved: StrictBool


class OverrideConcluded(Wire):
    """How the investigation of an override ended; it began without presuming anything."""

    outcome: OverrideOutcome


class OverrideShown(Wire):
    """One override under investigation, for the management team."""

    override_id: Id
    child_id: Id
    account_id: Id
    agency_id: Id
    ground: OverrideGround
    second_person: SecondPerson
    state: OverrideState
    asked_at: Seconds
    due: Seconds
    ends_at: Seconds | None
    read_at: Seconds | None
    approved: StrictBool | None
    approved_by: Id | None


class Overrides(Wire):
    """A page of overrides, the most urgent first."""

    overrides: Annotated[list[OverrideShown], Field(max_length=PAGE_MAX)]
    next: Next = None
