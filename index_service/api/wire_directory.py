"""Agencies, practitioners and accounts on the wire, and what an asker learns of itself."""

from dataclasses import replace
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictBool, StrictInt

from consent.facts import AccessReason, AccountState, Action, AgencyKind, Purpose, Role
from index_service.api.wire import DayText, Id, NameText, PhoneText, TitleText, Wire
from index_service.api.wire_involvement import HOURS_MAX, Hours
from index_service.api.wire_matter import PAGE_MAX, Next
from index_service.api.wire_shown import FrontDoor
from index_service.domain import directory
from index_service.domain.alert import AlertOutcome
from index_service.domain.brokering import Brokered, BrokeringAnswer, Urgency
from index_service.domain.child import (
    AddressKind,
    CarerRelation,
    Education,
    Gender,
    IdentifierScheme,
)
from index_service.domain.consenting import (
    BasisKind,
    BasisReason,
    ConsentFor,
    Giver,
    NotSharedReason,
    ReceiptKept,
    Understanding,
)
from index_service.domain.dates import checked_past_date
from index_service.domain.dissent import DissentAbout
from index_service.domain.errors import Code
from index_service.domain.fields import (
    checked_name,
    checked_org_name,
    checked_phone,
)
from index_service.domain.hold import CheckedWith, HoldDecision
from index_service.domain.involvement import CafClosure, Day, Service
from index_service.domain.matching.grade import Grade
from index_service.domain.override import OverrideGround, OverrideOutcome
from index_service.domain.shield import (
    IdentityCheck,
    NewIdentityCause,
    ShieldAskedBy,
    ShieldGround,
    ShieldRefusal,
)
from index_service.domain.stated import inside

_Source = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9-]{2,40}$",
        min_length=2,
        max_length=40,
        examples=["northmere-health-visiting"],
    ),
]
_WORDS = Field(max_length=100)


class AgencyStated(Wire):
    """An agency: its duty line with hours, and its named safeguarding lead."""

    name: TitleText
    kind: AgencyKind
    duty_phone: PhoneText
    hours: Annotated[list[Hours], Field(max_length=HOURS_MAX)]
    lead_name: NameText
    lead_phone: PhoneText
    accredited: StrictBool
    front_door: StrictBool = False
    out_of_hours_phone: PhoneText | None = None
    source: _Source | None = None

    def to_domain(self, agency_id: UUID) -> directory.Agency:
        """Return the checked agency; its feed source stays here."""
        night = self.out_of_hours_phone
        return directory.Agency(
            id=agency_id,
            name=checked_org_name(self.name, "name"),
            kind=self.kind,
            duty_phone=checked_phone(self.duty_phone, "duty_phone"),
            hours=tuple(
                inside(f"hours[{place}]", Hours.to_domain, hours)
                for place, hours in enumerate(self.hours)
            ),
            lead_name=checked_name(self.lead_name, "lead_name"),
            lead_phone=checked_phone(self.lead_phone, "lead_phone"),
            accredited=self.accredited,
            front_door=self.front_door,
            out_of_hours="" if night is None else checked_phone(night, "out_of_hours_phone"),
        )


class AgencyShown(FrontDoor):
    """An agency's front door, with its id."""

    agency_id: Id


class Agencies(Wire):
    """Every agency of this authority."""

    agencies: Annotated[list[AgencyShown], Field(max_length=5000)]


class _Standing(Wire):
    """The days a clearance was given; null where it was not."""

    checked_on: DayText | None = None
    trained_on: DayText | None = None
    signed_on: DayText | None = None

    def _day(self, field: str, today: date) -> date | None:
        text: str | None = getattr(self, field)
        return None if text is None else checked_past_date(text, today, field)


class AccountStated(_Standing):
    """Who may ask: one login at one identity provider, with one role."""

    issuer: Annotated[
        str,
        Field(
            pattern=r"^https://[a-z0-9.\-]{4,80}(:[0-9]{1,5})?(/[A-Za-z0-9._\-]{1,40}){0,4}/?$",
            max_length=200,
            examples=["https://login.northmere.example"],
        ),
    ]
    subject: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9._:\-]{1,80}$",
            min_length=1,
            max_length=80,
            examples=["p-4410"],
        ),
    ]
    agency_id: Id
    role: Role
    practitioner_id: Id | None = None
    binding_demanded: StrictBool = False
    may_override: Annotated[
        StrictBool, Field(description="A right to ask for overrides of shields, given by name.")
    ] = False
    may_supervise: Annotated[
        StrictBool, Field(description="A right to see how the agency's own staff use the index.")
    ] = False

    def to_domain(self, account_id: UUID, today: date) -> directory.Account:
        """Return the account, active; its login is digested elsewhere."""
        return directory.Account(
            id=account_id,
            agency_id=self.agency_id,
            role=self.role,
            state=AccountState.ACTIVE,
            checked_on=self._day("checked_on", today),
            trained_on=self._day("trained_on", today),
            signed_on=self._day("signed_on", today),
            binding_demanded=self.binding_demanded,
            practitioner_id=self.practitioner_id,
            may_override=self.may_override,
            may_supervise=self.may_supervise,
        )


class AccountAmended(_Standing):
    """Another state, clearance or right; what is not named stays, null takes a clearance away."""

    state: AccountState | None = None
    may_override: StrictBool | None = None
    may_supervise: StrictBool | None = None

    def to_domain(self, account: directory.Account, today: date) -> directory.Account:
        """Return the account as amended."""
        named = self.model_fields_set
        if self.state is not None:
            account = replace(account, state=self.state)
        if self.may_override is not None:
            account = replace(account, may_override=self.may_override)
        if self.may_supervise is not None:
            account = replace(account, may_supervise=self.may_supervise)
        if "checked_on" in named:
            account = replace(account, checked_on=self._day("checked_on", today))
        if "trained_on" in named:
            account = replace(account, trained_on=self._day("trained_on", today))
        if "signed_on" in named:
            account = replace(account, signed_on=self._day("signed_on", today))
        return account


class AccountShown(Wire):
    """An account as the management team sees it; its login is kept as a digest only.

    `name` is that of the practitioner it stands for; null where it stands for none.
    """

    account_id: Id
    agency_id: Id
    name: NameText | None
    practitioner_id: Id | None
    role: Role
    state: AccountState
    checked_on: DayText | None
    trained_on: DayText | None
    signed_on: DayText | None
    binding_demanded: StrictBool
    may_override: StrictBool
    may_supervise: StrictBool


class AccountsShown(Wire):
    """A page of accounts, in order of id."""

    accounts: Annotated[list[AccountShown], Field(max_length=PAGE_MAX)]
    next: Next = None


class AgencyNamed(Wire):
    """The asker's own agency."""

    agency_id: Id
    name: TitleText
    kind: AgencyKind


class Me(Wire):
    """What the index knows of the asking account.

    `may`: by action, what stands in the way. `numbers`: by which numbers it can look up a child;
    by others the answer is `none`, whoever the child.
    """

    account_id: Id
    agency: AgencyNamed
    practitioner_id: Id | None
    role: Role
    state: AccountState
    checked_on: DayText | None
    trained_on: DayText | None
    agreement_signed_on: DayText | None
    may: Annotated[dict[Action, Annotated[list[Code], _WORDS]], _WORDS]
    numbers: Annotated[list[IdentifierScheme], _WORDS]
    agreement_version: StrictInt


class Vocabularies(Wire):
    """The closed vocabularies; words are added, none changes its meaning."""

    roles: Annotated[list[Role], _WORDS]
    agency_kinds: Annotated[list[AgencyKind], _WORDS]
    purposes: Annotated[list[Purpose], _WORDS]
    reasons: Annotated[list[AccessReason], _WORDS]
    genders: Annotated[list[Gender], _WORDS]
    identifier_schemes: Annotated[list[IdentifierScheme], _WORDS]
    address_kinds: Annotated[list[AddressKind], _WORDS]
    carer_relations: Annotated[list[CarerRelation], _WORDS]
    education: Annotated[list[Education], _WORDS]
    services: Annotated[list[Service], _WORDS]
    days: Annotated[list[Day], _WORDS]
    grades: Annotated[list[Grade], _WORDS]
    shield_grounds: Annotated[list[ShieldGround], _WORDS]
    shield_asked_by: Annotated[list[ShieldAskedBy], _WORDS]
    consents_for: Annotated[list[ConsentFor], _WORDS]
    consent_givers: Annotated[list[Giver], _WORDS]
    understandings: Annotated[list[Understanding], _WORDS]
    consent_receipts: Annotated[list[ReceiptKept], _WORDS]
    bases: Annotated[list[BasisKind], _WORDS]
    basis_reasons: Annotated[list[BasisReason], _WORDS]
    not_shared_reasons: Annotated[list[NotSharedReason], _WORDS]
    urgencies: Annotated[list[Urgency], _WORDS]
    brokering_outcomes: Annotated[list[Brokered], _WORDS]
    brokering_answers: Annotated[list[BrokeringAnswer], _WORDS]
    dissent_about: Annotated[list[DissentAbout], _WORDS]
    alert_outcomes: Annotated[list[AlertOutcome], _WORDS]
    shield_identity_checks: Annotated[list[IdentityCheck], _WORDS]
    shield_refusals: Annotated[list[ShieldRefusal], _WORDS]
    new_identity_causes: Annotated[list[NewIdentityCause], _WORDS]
    override_grounds: Annotated[list[OverrideGround], _WORDS]
    override_outcomes: Annotated[list[OverrideOutcome], _WORDS]
    hold_decisions: Annotated[list[HoldDecision], _WORDS]
    caf_closures: Annotated[list[CafClosure], _WORDS]
    hold_checks: Annotated[list[CheckedWith], _WORDS]
