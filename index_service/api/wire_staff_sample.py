"""Samples of own staff's accesses, drawn and signed off, on the wire."""

from typing import Annotated

from pydantic import Field, StrictBool, StrictInt

from consent.facts import AccessReason, DisclosureClass, Purpose, Role
from index_service.api.wire import Id, Wire
from index_service.api.wire_inspection import Hash, Stated, Word
from index_service.api.wire_matter import PAGE_MAX, Next, Seconds
from index_service.api.wire_supervision import StaffName, Until
from index_service.api.wire_who_looked import Month
from index_service.domain.errors import Code, Invalid
from index_service.domain.inspection import EntryState
from index_service.domain.supervision import SAMPLE_MAX, SampleFinding
from index_service.log.entry import Outcome

_CHILDREN_MAX = 100_000

_Count = Annotated[StrictInt, Field(ge=0)]


class StaffSampleAsked(Wire):
    """A sample to be drawn of the accesses of the supervisor's own agency."""

    month: Month
    size: Annotated[StrictInt, Field(ge=1, le=SAMPLE_MAX, description="How many accesses.")]


class StaffSampleListed(Wire):
    """A sample: of which month, how many of how many, and who signed it off."""

    id: Id
    month: Month
    until: Until
    drawn_at: Seconds
    drawn_by: Id
    accesses: Annotated[_Count, Field(description="Of how many it was drawn.")]
    size: Annotated[_Count, Field(description="How many were drawn.")]
    signed_off_at: Annotated[Seconds | None, Field(description="Null while it waits.")]
    signed_off_by: Id | None


class StaffSamples(Wire):
    """A page of the own agency's samples, newest first."""

    samples: Annotated[list[StaffSampleListed], Field(max_length=PAGE_MAX)]
    next: Next = None


class SampledChild(Wire):
    """A child shown in an access, and the classes of facts; never which child, or what."""

    reference: Annotated[
        str,
        Field(
            pattern=r"^[0-9a-f]{32}$",
            max_length=32,
            examples=["c1f0739be25d48a6b7e4902d6c8f315a"],
            description="Holds within this sample alone.",
        ),
    ]
    classes: Annotated[list[DisclosureClass], Field(max_length=len(DisclosureClass))]


class AccessSaid(Wire):
    """What the log says of one access, but what it found."""

    at: Seconds
    account_id: Id
    practitioner_name: StaffName
    role: Role
    action: Word
    purpose: Purpose | None
    reason: AccessReason | None
    reference: Stated
    outcome: Outcome
    mediated: Annotated[StrictBool, Field(description="On a requester's behalf.")]
    out_of_hours: Annotated[StrictBool, Field(description="While the duty line was closed.")]
    children: Annotated[list[SampledChild], Field(max_length=_CHILDREN_MAX)]


class SampledAccess(Wire):
    """One access of a sample, and what the supervisor found of it."""

    entry_id: Id
    state: Annotated[
        EntryState | None, Field(description="Null where the log no longer holds the entry.")
    ]
    said: Annotated[AccessSaid | None, Field(description="Null where it does not open.")]
    finding: Annotated[SampleFinding | None, Field(description="Null while not signed off.")]


class StaffSampleShown(StaffSampleListed):
    """A sample with its accesses, its seed, and what the entry of its draw commits to."""

    seed: Hash
    committed: Hash
    sampled: Annotated[list[SampledAccess], Field(max_length=SAMPLE_MAX)]


class AccessFound(Wire):
    """What a supervisor found of one access."""

    entry_id: Id
    finding: SampleFinding


class SampleSignedOff(Wire):
    """A whole sample signed off: one finding for each of its accesses."""

    findings: Annotated[list[AccessFound], Field(max_length=SAMPLE_MAX)]

    def by_entry(self) -> dict[Id, SampleFinding]:
        """Return the findings by entry; Invalid where one has two."""
        found = {each.entry_id: each.finding for each in self.findings}
        if len(found) != len(self.findings):
            raise Invalid(Code.FIELD_INVALID, "findings")
        return found
