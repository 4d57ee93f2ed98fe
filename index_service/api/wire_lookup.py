"""Lookups on the wire: the question, its answer, and batches of both."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StrictInt

from consent.facts import AccessReason, AgencyKind, Purpose
from index_service.api.wire import (
    DayText,
    NameText,
    PlaceText,
    PostcodeText,
    Wire,
    shaped,
)
from index_service.api.wire_region import Match, RegionAnswer
from index_service.api.wire_shown import ChildShown, FrontDoor
from index_service.domain import shapes
from index_service.domain.access import Access, checked_reference
from index_service.domain.child import Gender, IdentifierScheme, PersonName
from index_service.domain.dates import checked_date
from index_service.domain.errors import Code, Invalid
from index_service.domain.fields import (
    checked_date_of_birth,
    checked_house,
    checked_name,
    checked_postcode,
)
from index_service.domain.identifiers import (
    checked_case_number,
    checked_nhs_number,
    checked_upn,
)
from index_service.domain.matching.keys import Facts
from index_service.services.peering.asking import Across

SUBJECTS_MAX = 400
MATCHES_MAX = 20

# What is enough to look a child up by; no source settles it, so an authority may set its own.
MINIMUM_FACTS: tuple[frozenset[str], ...] = (
    frozenset({"nhs_number"}),
    frozenset({"upn"}),
    frozenset({"case_number"}),
    frozenset({"family_name", "date_of_birth"}),
    frozenset({"given_name", "date_of_birth"}),
    # One name and a postcode lead to no token: it would be answered `none`, always.
    frozenset({"family_name", "given_name", "postcode"}),
)


class LookupAsked(Wire):
    """What is known of the child looked for.

    An identifier, a name with a date of birth, or both names with a postcode.
    """

    given_name: NameText | None = None
    middle_names: NameText | None = None
    family_name: NameText | None = None
    date_of_birth: DayText | None = None
    gender: Gender | None = None
    postcode: PostcodeText | None = None
    house: PlaceText | None = None
    nhs_number: Annotated[str, shaped(shapes.NHS_NUMBER)] | None = None
    upn: Annotated[str, shaped(shapes.UPN)] | None = None
    case_number: Annotated[str, shaped(shapes.CASE_NUMBER)] | None = None

    def to_domain(self, today: date, minimum: Sequence[frozenset[str]] = MINIMUM_FACTS) -> Facts:
        """Return the question's facts, checked; Invalid TOO_FEW_FACTS below the minimum."""
        stated = {name for name in self.model_fields_set if getattr(self, name) is not None}
        if not any(enough <= stated for enough in minimum):
            raise Invalid(Code.TOO_FEW_FACTS)
        day = None
        if self.date_of_birth is not None:
            day = checked_date_of_birth(checked_date(self.date_of_birth, "date_of_birth"), today)
        return Facts(
            names=self._names(),
            date_of_birth=day,
            postcode="" if self.postcode is None else checked_postcode(self.postcode),
            house="" if self.house is None else checked_house(self.house),
            identifiers=self._identifiers(),
            gender=self.gender,
        )

    def _names(self) -> tuple[PersonName, ...]:
        family, given, middle = (
            "" if text is None else checked_name(text, field)
            for text, field in (
                (self.family_name, "family_name"),
                (self.given_name, "given_name"),
                (self.middle_names, "middle_names"),
            )
        )
        return (PersonName(family, given, middle),) if family or given or middle else ()

    def _identifiers(self) -> dict[IdentifierScheme, str]:
        numbers = {}
        if self.nhs_number is not None:
            numbers[IdentifierScheme.NHS_NUMBER] = checked_nhs_number(self.nhs_number)
        if self.upn is not None:
            numbers[IdentifierScheme.UPN] = checked_upn(self.upn)
        if self.case_number is not None:
            numbers[IdentifierScheme.CASE_NUMBER] = checked_case_number(self.case_number)
        return numbers


class RegionLookupAsked(LookupAsked):
    """A lookup, and how far it goes: the own index alone, or whoever may know in the region."""

    across: Annotated[
        Across,
        Field(description="`region_wider` asks more authorities; it needs a case reference."),
    ] = Across.OWN


class Coverage(Wire):
    """Whether a kind of agency feeds this index, and as of which day."""

    agency_kind: AgencyKind
    feeds: bool
    as_of: DayText | None


class NextStep(Wire):
    """What every answer gives, the same for every child: coverage, and whom to ring."""

    agreement_version: StrictInt
    coverage: Annotated[list[Coverage], Field(max_length=len(AgencyKind))]
    front_doors: Annotated[list[FrontDoor], Field(max_length=500)]
    broker: FrontDoor | None


class LookupAnswer(NextStep):
    """What a lookup came to. `none` and `too_many` still say whom to ring."""

    outcome: Literal["found", "several", "too_many", "none"]
    matches: Annotated[list[Match], Field(max_length=MATCHES_MAX)]
    region: Annotated[
        RegionAnswer | None,
        Field(description="The other authorities' part; absent where only this one was asked."),
    ] = None


class ChildAnswer(NextStep):
    """One child record, read."""

    child: ChildShown


class BatchSubject(Wire):
    """One question of a batch, with its own purpose, reason and case reference."""

    purpose: Purpose
    reason: AccessReason
    reference: Annotated[str, shaped(shapes.ACCESS_REFERENCE)] | None = None
    lookup: LookupAsked

    def access(self) -> Access:
        """Return what is stated with the question; Invalid if the reference holds a number."""
        if self.reference is None:
            return Access(self.purpose, self.reason)
        try:
            return Access(self.purpose, self.reason, checked_reference(self.reference))
        except Invalid as refusal:
            raise Invalid(refusal.code, "reference") from None


class BatchAsked(Wire):
    """Up to 400 questions; each is decided and entered in the log on its own."""

    across: Annotated[
        Across, Field(description="How far every question goes, as in a single lookup.")
    ] = Across.OWN
    subjects: Annotated[list[BatchSubject], Field(min_length=1, max_length=SUBJECTS_MAX)]


class SubjectAnswer(Wire):
    """What became of one question, by its place: an answer or a code, and its own receipt."""

    position: Annotated[StrictInt, Field(ge=0, lt=SUBJECTS_MAX)]
    code: Code | None
    answer: LookupAnswer | None
    receipt: Annotated[str, Field(pattern=r"^v1\.[A-Za-z0-9_.\-]+$", max_length=300)]


class BatchAnswer(Wire):
    """An answer for each question, in order."""

    answers: Annotated[list[SubjectAnswer], Field(max_length=SUBJECTS_MAX)]
