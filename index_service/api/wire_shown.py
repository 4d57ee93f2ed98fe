"""What askers are shown, on the wire: contracts of answers whose bytes are made elsewhere.

A part that policy withholds is absent from an answer, so every such field is optional;
within a part that is shown, null means the record does not have it.
"""

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt

from consent.facts import AgencyKind
from index_service.api.wire import DayText, Id, NameText, PhoneText, TitleText, Wire, shaped
from index_service.api.wire_child import (
    AddressStated,
    CarerStated,
    Name,
    PracticeStated,
    SchoolStated,
)
from index_service.api.wire_involvement import Contact, Hours
from index_service.api.wire_status import StatusShown
from index_service.domain import shapes
from index_service.domain.child import CARERS_MAX, Education, Gender
from index_service.domain.involvement import CafClosure, Service
from index_service.domain.shield import ShieldAskedBy, ShieldGround

CASES_MAX = 200

# The attributes provenance is kept for: the values of domain.stated.ATTRIBUTES.
Attribute = Literal[
    "name",
    "date_of_birth",
    "gender",
    "former_names",
    "nhs_number",
    "upn",
    "case_number",
    "address",
    "carers",
    "school",
    "practice",
]


class IdentifiersShown(Wire):
    """The numbers this asker may have."""

    nhs_number: Annotated[str, shaped(shapes.NHS_NUMBER)] | None = None
    upn: Annotated[str, shaped(shapes.UPN)] | None = None
    case_number: Annotated[str, shaped(shapes.CASE_NUMBER)] | None = None


class SettingsShown(Wire):
    """Where the child is taught and registered with a doctor."""

    education: Education
    school: SchoolStated | None
    practice: PracticeStated | None


class SourceShown(Wire):
    """Where an attribute came from; `received_at` in seconds of the epoch."""

    agency_id: Id
    as_of: DayText
    received_at: StrictInt
    by_person: StrictBool


class InvolvementShown(Wire):
    """A service involved with a child and how to reach it."""

    involvement_id: Id
    level: Annotated[
        Literal["existence", "contact", "content"],
        Field(description="How much the agreement shows; what it leaves out is null."),
    ]
    agency: TitleText | Literal[""] | None
    agency_kind: AgencyKind
    service: Service
    contact: Contact | None
    began: DayText | None
    ceased: DayText | None
    last_confirmed: DayText | None


class AssessmentShown(Wire):
    """That a common assessment is held, by whom, since when."""

    agency: TitleText | Literal[""]
    contact: Contact
    held_since: DayText
    review_due: DayText
    closed: DayText | None
    closure: Annotated[
        CafClosure | None,
        Field(description="Why it was closed; told for 12 months."),
    ]


class LeadProfessionalShown(Wire):
    """Who leads for the child, and how to reach them."""

    agency: TitleText | Literal[""]
    contact: Contact
    since: Annotated[DayText | None, Field(description="Null where no more than contact is told.")]


class ShieldShown(Wire):
    """One shield, for the management team."""

    shield_id: Id
    ground: ShieldGround
    asked_by: ShieldAskedBy
    decided_by: Annotated[
        Id | None, Field(description="Null where the region's shield set told of the shield.")
    ]
    granted: DayText
    review: DayText
    lifted: DayText | None
    request_id: Annotated[Id | None, Field(description="The request it answers.")]
    requested_by: Annotated[Id | None, Field(description="The account that sent the request.")]
    appealed: Annotated[StrictBool, Field(description="Refused first, granted on appeal.")]
    reviewed: Annotated[DayText | None, Field(description="When it was last looked at again.")]


class RestrictionShown(Wire):
    """What restricts a record, for the management team."""

    shielded: StrictBool
    held: StrictBool
    shields: Annotated[list[ShieldShown], Field(max_length=CASES_MAX)]


class ChildShown(Wire):
    """One child as far as this asker may see. `restricted`: the record is shielded."""

    child_id: Id
    restricted: StrictBool
    name: Name
    date_of_birth: DayText
    gender: Gender
    carers: Annotated[list[Name], Field(max_length=CARERS_MAX)]
    identifiers: IdentifiersShown
    address: AddressStated | None = None
    carer_contacts: Annotated[list[CarerStated] | None, Field(max_length=CARERS_MAX)] = None
    settings: SettingsShown | None = None
    provenance: Annotated[dict[Attribute, SourceShown] | None, Field(max_length=20)] = None
    involvements: Annotated[list[InvolvementShown] | None, Field(max_length=CASES_MAX)] = None
    contact_can_be_brokered: Annotated[
        Literal[True] | None,
        Field(description="A service that may not be named can be reached through the team."),
    ] = None
    assessment: AssessmentShown | None = None
    lead_professional: LeadProfessionalShown | None = None
    status: Annotated[
        list[StatusShown] | None,
        Field(
            description="By agency, now or in the last 12 months; null if nothing is.",
            max_length=CASES_MAX,
        ),
    ] = None
    restriction: RestrictionShown | None = None


class SafeguardingLead(Wire):
    """The named person an agency answers for safeguarding by."""

    name: NameText
    phone: PhoneText


class FrontDoor(Wire):
    """An agency's duty line, its hours, and whom to ring when it is closed."""

    agency: TitleText
    agency_kind: AgencyKind
    duty_phone: PhoneText
    hours: Annotated[list[Hours], Field(max_length=7)]
    safeguarding_lead: SafeguardingLead
    out_of_hours_phone: PhoneText | None
