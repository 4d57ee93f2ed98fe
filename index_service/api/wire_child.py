"""What senders state of a child, on the wire."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StrictBool

from index_service.api.wire import (
    DayText,
    NameText,
    PhoneText,
    PlaceText,
    PostcodeText,
    TitleText,
    Wire,
    shaped,
)
from index_service.api.wire_involvement import Begun, InvolvementBegun
from index_service.domain import shapes
from index_service.domain.child import (
    CARERS_MAX,
    FORMER_NAMES_MAX,
    AddressKind,
    CarerRelation,
    ChildRecord,
    Education,
    Gender,
)
from index_service.domain.dates import checked_past_date
from index_service.domain.stated import ATTRIBUTES, amended_record, child_record, inside


class Name(Wire):
    """A name as given; one who has a single name has it as the family name."""

    family_name: NameText
    given_name: NameText | None = None
    middle_names: NameText | None = None


class AddressLines(Wire):
    """An address lived at now, or the last one known: a postcode, or a street and town."""

    kind: Literal[AddressKind.CURRENT, AddressKind.LAST_KNOWN]
    house: PlaceText | None = None
    street: PlaceText | None = None
    town: PlaceText | None = None
    postcode: PostcodeText | None = None


class AddressStatement(Wire):
    """The statement that stands in place of an address."""

    kind: Literal[
        AddressKind.NONE_KNOWN,
        AddressKind.LEFT_MAY_RETURN,
        AddressKind.LEFT_NOT_RETURNING,
        AddressKind.LEFT_INTENTION_UNKNOWN,
    ]


AddressStated = Annotated[AddressLines | AddressStatement, Field(discriminator="kind")]


class CarerStated(Wire):
    """Someone with parental responsibility or care."""

    name: Name
    relation: CarerRelation
    parental_responsibility: StrictBool
    phone: PhoneText | None = None


class SchoolStated(Wire):
    """The school or college attended."""

    urn: Annotated[str, shaped(shapes.URN)]
    name: TitleText
    phone: PhoneText | None = None
    starts: DayText
    ends: DayText | None = None


class PracticeStated(Wire):
    """The general practice the child is registered with."""

    ods: Annotated[str, shaped(shapes.ODS)]
    name: TitleText
    phone: PhoneText | None = None
    since: DayText


class _Facts(Wire):
    """What may be stated; which of it must be is for the models that inherit."""

    former_names: Annotated[list[Name] | None, Field(max_length=FORMER_NAMES_MAX)] = None
    nhs_number: Annotated[str, shaped(shapes.NHS_NUMBER)] | None = None
    upn: Annotated[str, shaped(shapes.UPN)] | None = None
    case_number: Annotated[str, shaped(shapes.CASE_NUMBER)] | None = None
    address: AddressStated | None = None
    carers: Annotated[list[CarerStated] | None, Field(max_length=CARERS_MAX)] = None
    education: Education | None = None
    school: SchoolStated | None = None
    practice: PracticeStated | None = None
    as_of: Annotated[DayText | None, Field(description="The day these facts were true.")] = None

    def as_of_day(self, today: date) -> date:
        """Return the day the facts were true: today unless stated."""
        return today if self.as_of is None else checked_past_date(self.as_of, today, "as_of")

    def _stated(self) -> dict[str, object]:
        # Only what was sent: a null takes something away, an absence does not.
        return self.model_dump(mode="json", exclude_unset=True, exclude={"as_of", "involvement"})


class ChildFacts(_Facts):
    """The facts of a child not yet on the index."""

    name: Name
    date_of_birth: DayText
    gender: Gender
    involvement: Annotated[
        InvolvementBegun | None,
        Field(
            description="Begun with the record; asked for where only involved children are held."
        ),
    ] = None

    def to_domain(self, today: date) -> ChildRecord:
        """Return the checked record, without provenance."""
        return child_record(self._stated(), today)

    def begins(self, today: date) -> Begun | None:
        """Return the involvement begun with the record, checked, if one is stated."""
        if self.involvement is None:
            return None
        return inside("involvement", lambda said: said.to_domain(today), self.involvement)


class ChildAmended(_Facts):
    """Facts in place of those on the index; what is not named stays.

    Null takes away an identifier, the school or the practice.
    """

    name: Name | None = None
    date_of_birth: DayText | None = None
    gender: Gender | None = None

    def to_domain(self, record: ChildRecord, today: date) -> ChildRecord:
        """Return the record as amended, its provenance untouched."""
        return amended_record(record, self._stated(), today)

    @property
    def attributes(self) -> tuple[str, ...]:
        """What is stated: the attributes whose provenance changes."""
        return tuple(dict.fromkeys(ATTRIBUTES[name] for name in self._stated()))
