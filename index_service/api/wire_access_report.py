"""Subject access reports on the wire: what a family is told of the record itself."""

from typing import Annotated, Literal

from pydantic import Field, StrictBool

from consent.facts import AgencyKind
from index_service.api.wire import DayText, Id, TitleText, Wire
from index_service.api.wire_child import AddressStated, Name
from index_service.api.wire_shown import CASES_MAX, Attribute, IdentifiersShown, SettingsShown
from index_service.domain.child import CARERS_MAX, FORMER_NAMES_MAX, Gender
from index_service.domain.consenting import ConsentFor, ConsentState
from index_service.domain.involvement import Service
from index_service.services.auditing.access_report import NOTICE

_Agency = Annotated[
    TitleText | None, Field(description="By name, where more was asked for than kinds.")
]
_Rows = Field(max_length=CASES_MAX)


class RecordTold(Wire):
    """The record itself: of third parties no contact."""

    name: Name
    former_names: Annotated[list[Name], Field(max_length=FORMER_NAMES_MAX)]
    date_of_birth: DayText
    gender: Gender
    carers: Annotated[list[Name], Field(max_length=CARERS_MAX)]
    identifiers: IdentifiersShown
    address: AddressStated | None
    settings: SettingsShown | None


class SourceTold(Wire):
    """Which kind of agency one attribute came from, as of which day."""

    attribute: Attribute
    agency_kind: AgencyKind
    agency: _Agency
    as_of: DayText
    by_person: Annotated[StrictBool, Field(description="A person corrected it.")]


class InvolvementTold(Wire):
    """A kind of agency that is or was involved; no sensitive service, and nobody's contact."""

    agency_kind: AgencyKind
    agency: _Agency
    service: Service | None
    began: DayText | None
    ceased: DayText | None


class AssessmentTold(Wire):
    """That a common assessment is or was held."""

    agency_kind: AgencyKind
    agency: _Agency
    held_since: DayText
    closed: DayText | None


class ConsentTold(Wire):
    """One consent or refusal, of anything but a sensitive service's entry."""

    given_for: ConsentFor
    state: ConsentState
    begins: DayText
    until: DayText | None


class AccessReport(Wire):
    """What this index holds of a child, as far as its subject is told."""

    request_id: Id
    as_of: DayText
    record: RecordTold
    provenance: Annotated[list[SourceTold], Field(max_length=20)]
    involvements: Annotated[list[InvolvementTold], _Rows]
    assessments: Annotated[list[AssessmentTold], _Rows]
    consents: Annotated[list[ConsentTold], _Rows]
    notice: Annotated[Literal[NOTICE], Field(description="The same in every report.")]  # type: ignore[valid-type]  # a constant, shown whole
