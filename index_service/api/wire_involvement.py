"""What practitioners state of their involvement and of whom to ring, on the wire."""

from datetime import date
from typing import Annotated

from pydantic import Field, StrictBool

from index_service.api.wire import (
    DayText,
    EmailText,
    NameText,
    PhoneText,
    TitleText,
    Wire,
    shaped,
)
from index_service.api.wire_consent import SignificantHarm
from index_service.domain import involvement as domain
from index_service.domain import shapes
from index_service.domain.dates import checked_near_date, checked_past_date, checked_time
from index_service.domain.errors import Code, Invalid
from index_service.domain.fields import (
    checked_email,
    checked_name,
    checked_phone,
    checked_team_name,
)
from index_service.domain.involvement import Day, Service
from index_service.domain.stated import inside
from index_service.services.bases import Decision

HOURS_MAX = 3  # weekdays, Saturdays, Sundays
REVIEW_DAYS_MAX = 366
Begun = tuple[Service, domain.Contact, date, bool | None, Decision | None]


class Hours(Wire):
    """When a line is answered, in local time; closing before opening means after midnight."""

    days: Annotated[list[Day], Field(min_length=1, max_length=7)]
    opens: Annotated[str, shaped(shapes.TIME)]
    closes: Annotated[str, shaped(shapes.TIME)]

    def to_domain(self) -> domain.Hours:
        """Return the hours with their days in order, each once."""
        if len(set(self.days)) != len(self.days):
            raise Invalid(Code.FIELD_INVALID, "days")
        if self.opens == self.closes:
            raise Invalid(Code.FIELD_INVALID, "closes")
        return domain.Hours(
            tuple(day for day in Day if day in self.days),
            checked_time(self.opens, "opens"),
            checked_time(self.closes, "closes"),
        )


class TeamContact(Wire):
    """The team: people leave, teams answer."""

    name: TitleText
    phone: PhoneText
    hours: Annotated[list[Hours], Field(max_length=HOURS_MAX)] = Field(default_factory=list)

    def to_domain(self) -> domain.TeamContact:
        """Return the checked team."""
        return domain.TeamContact(
            checked_team_name(self.name, "name"),
            checked_phone(self.phone, "phone"),
            tuple(
                inside(f"hours[{place}]", Hours.to_domain, hours)
                for place, hours in enumerate(self.hours)
            ),
        )


class PractitionerContact(Wire):
    """The practitioner by name, where the agency gives one."""

    name: NameText
    phone: PhoneText | None = None
    email: EmailText | None = None

    def to_domain(self) -> domain.PersonContact:
        """Return the checked practitioner."""
        return domain.PersonContact(
            checked_name(self.name, "name"),
            checked_phone(self.phone, "phone") if self.phone is not None else "",
            checked_email(self.email, "email") if self.email is not None else "",
        )


class Contact(Wire):
    """Whom to ring: the team always; with ask_for_duty, its duty practitioner."""

    team: TeamContact
    person: PractitionerContact | None = None
    ask_for_duty: StrictBool = False

    def to_domain(self) -> domain.Contact:
        """Return the checked contact; Invalid says where within it."""
        return domain.Contact(
            inside("team", TeamContact.to_domain, self.team),
            None
            if self.person is None
            else inside("person", PractitionerContact.to_domain, self.person),
            self.ask_for_duty,
        )


class InvolvementBegun(Wire):
    """A service says it works with a child. A sensitive one needs consent or significant harm."""

    service: Service
    contact: Contact
    began: DayText
    consent: Annotated[
        StrictBool | None, Field(description="A sensitive service's entry is consented to.")
    ] = None
    significant_harm: Annotated[
        SignificantHarm | None,
        Field(description="Instead of consent: the decision that carries a sensitive entry."),
    ] = None

    def to_domain(self, today: date) -> Begun:
        """Return service, contact, first day, and consent or significant harm, checked."""
        harm = self.significant_harm
        return (
            self.service,
            inside("contact", Contact.to_domain, self.contact),
            checked_near_date(self.began, today, "began"),
            self.consent,
            inside("significant_harm", lambda said: said.to_domain(self.service), harm)
            if harm is not None
            else None,
        )


class InvolvementAmended(Wire):
    """Another worker or team."""

    contact: Contact

    def to_domain(self) -> domain.Contact:
        """Return the checked contact."""
        return inside("contact", Contact.to_domain, self.contact)


class InvolvementCeased(Wire):
    """The involvement has ceased: its last day, today unless stated."""

    ceased: DayText | None = None

    def to_domain(self, today: date) -> date:
        """Return the last day, which has come."""
        return today if self.ceased is None else checked_past_date(self.ceased, today, "ceased")


class AssessmentStated(Wire):
    """The asker's agency holds a common assessment; never the assessment itself."""

    contact: Contact
    held_since: DayText
    review_due: Annotated[
        DayText | None,
        Field(description="A day to come, within a year; 12 weeks on unless stated."),
    ] = None

    def to_domain(self, today: date) -> tuple[domain.Contact, date]:
        """Return the checked contact and the day."""
        return (
            inside("contact", Contact.to_domain, self.contact),
            checked_past_date(self.held_since, today, "held_since"),
        )

    def review(self, today: date) -> date | None:
        """Return the day of the review, if one is stated: to come, within a year."""
        if self.review_due is None:
            return None
        day = checked_near_date(self.review_due, today, "review_due")
        if not 0 < (day - today).days <= REVIEW_DAYS_MAX:
            raise Invalid(Code.DATE_OUT_OF_RANGE, "review_due")
        return day


class LeadProfessionalStated(Wire):
    """Who leads for the child from now on."""

    contact: Contact
    since: DayText

    def to_domain(self, today: date) -> tuple[domain.Contact, date]:
        """Return the checked contact and the day."""
        return (
            inside("contact", Contact.to_domain, self.contact),
            checked_past_date(self.since, today, "since"),
        )
