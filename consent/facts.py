"""The words policy decides on: who asks, for what, and what is true of the child.

Closed vocabularies and frozen facts only. Nothing here reads a clock, a row or a
request; the caller says what day it is.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Role(StrEnum):
    """What an account may be used for; an account has exactly one."""

    PRACTITIONER = "practitioner"
    MANAGEMENT_TEAM = "management_team"
    AUDITOR = "auditor"
    SUPPLIER = "supplier"  # a feed system: supplies, never looks anyone up
    CASE_SYSTEM = "case_system"  # a system asking without a person at the keyboard


class AccountState(StrEnum):
    """Whether an account is usable at all."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class AgencyKind(StrEnum):
    """The kinds of agency that supply to and ask of an index."""

    AUTHORITY = "authority"  # the Children's Services Authority's own management team
    SOCIAL_CARE = "social_care"
    EARLY_HELP = "early_help"
    EARLY_YEARS = "early_years"
    SCHOOL = "school"
    COLLEGE = "college"
    HEALTH_VISITING = "health_visiting"
    SCHOOL_NURSING = "school_nursing"
    GENERAL_PRACTICE = "general_practice"
    HOSPITAL = "hospital"
    MENTAL_HEALTH = "mental_health"
    SEXUAL_HEALTH = "sexual_health"
    SUBSTANCE_MISUSE = "substance_misuse"
    POLICE = "police"
    PROBATION = "probation"
    YOUTH_JUSTICE = "youth_justice"
    HOUSING = "housing"
    VOLUNTARY = "voluntary"


SENSITIVE_KINDS = frozenset(
    {AgencyKind.MENTAL_HEALTH, AgencyKind.SEXUAL_HEALTH, AgencyKind.SUBSTANCE_MISUSE}
)


class Action(StrEnum):
    """What is asked of the index. Every governed route names exactly one."""

    LOOKUP = "lookup"
    READ_CHILD = "read_child"
    CREATE_CHILD = "create_child"
    AMEND_CHILD = "amend_child"
    READ_INVOLVEMENT = "read_involvement"
    RECORD_INVOLVEMENT = "record_involvement"  # begin, confirm, amend, cease
    RECORD_ASSESSMENT = "record_assessment"  # CAF held by whom; who leads
    SHIELD = "shield"
    LIFT_SHIELD = "lift_shield"
    SUPPLY = "supply"
    READ_BATCH = "read_batch"
    READ_HOLDS = "read_holds"
    KEEP_DIRECTORY = "keep_directory"  # agencies, practitioners, accounts, agreements
    READ_DIRECTORY = "read_directory"  # /v1/me, /v1/vocabularies, agencies' front doors
    RECORD_CONSENT = "record_consent"  # given, refused, withdrawn; another basis; not shared
    READ_CONSENTS = "read_consents"
    ASK_CONTACT = "ask_contact"  # asks the team to broker; reads no child
    BROKER = "broker"  # the team's side of it
    MEDIATE = "mediate"  # grants a mediator 15 minutes of one's own rights
    ASK_SHIELD = "ask_shield"
    OVERRIDE = "override"  # ask for an override, and read under it
    APPROVE_OVERRIDE = "approve_override"
    INVESTIGATE = "investigate"  # alerts, overrides after the fact
    RELEASE_HOLD = "release_hold"
    CLOSE_IDENTITY = "close_identity"  # the first of a new identity's two requests
    RECORD_STATUS = "record_status"  # child protection plan, looked after
    RECORD_DISSENT = "record_dissent"
    READ_DUE = "read_due"  # common assessments to be reviewed
    KEEP_AGREEMENT = "keep_agreement"
    READ_DECISION = "read_decision"  # why one's own request was answered as it was
    READ_NOTICES = "read_notices"  # what one's agency is told later
    READ_PROOF = "read_proof"  # heads of the access log, and proofs of one's own receipts
    INSPECT_LOG = "inspect_log"  # auditors: search and open entries, for a case number each
    READ_PANEL = "read_panel"  # one child, one case, ends by itself
    TELL_WHO_LOOKED = "tell_who_looked"  # the team's: what a family may be told
    HANDLE_MISUSE = "handle_misuse"  # named officers: alerts on use, worked to an outcome
    SUPERVISE = "supervise"  # a manager: own staff's use, samples signed off
    TRANSFER = "transfer"  # the team's: responsibility for a child moves between authorities
    RELEASE_LOG = "release_log"  # two people: a restored database may answer again
    SUBSCRIBE = "subscribe"  # to be told to ask again; reads no child


class Purpose(StrEnum):
    """The lawful purpose an asker states (sources: README.md)."""

    PROMOTE_WELFARE = "promote_welfare"
    SAFEGUARD = "safeguard"
    ENQUIRE_SIGNIFICANT_HARM = "enquire_significant_harm"
    FIND_MISSING_EDUCATION = "find_missing_education"
    KEEP_INDEX = "keep_index"


class AccessReason(StrEnum):
    """Why this child, now. Each purpose has its own; the agreement pairs them."""

    NEW_REFERRAL = "new_referral"
    COMING_TO_NOTICE = "coming_to_notice"
    UNSCHEDULED_CARE = "unscheduled_care"
    PLANNED_CARE = "planned_care"
    ASSESSMENT = "assessment"
    REVIEW = "review"
    CONTACT_PRACTITIONER = "contact_practitioner"
    ADMISSION_OR_ATTENDANCE = "admission_or_attendance"
    RECORD_INVOLVEMENT = "record_involvement"
    STRATEGY_DISCUSSION = "strategy_discussion"
    SUPPLY_OR_CORRECT = "supply_or_correct"
    SHIELDING = "shielding"


class DisclosureClass(StrEnum):
    """What may be shown or withheld as one. Values are stable: they stand in sealed rows."""

    IDENTITY = "identity"  # current name, date of birth, gender, carers' names
    TRACING = "tracing"  # former names, postcode, house
    NHS_NUMBER = "identifier:nhs_number"
    UPN = "identifier:upn"
    CASE_NUMBER = "identifier:case_number"
    WHEREABOUTS = "whereabouts"
    CARERS = "carers"  # carers' contact and relation
    SETTINGS = "settings"  # school and practice
    INVOLVEMENTS = "involvements"  # and who leads for the child
    ASSESSMENT = "assessment"  # CAF held by whom
    PROVENANCE = "provenance"  # who supplied what, when: the management team's
    RESTRICTION = "restriction"  # that and why a record is shielded or held
    STATUS = "status"  # child protection plan, looked after, and the responsible team
    CONSENTS = "consents"  # consents, other bases, decisions not to share


class Obligation(StrEnum):
    """What an allowed answer still owes."""

    WITHHOLD_WHEREABOUTS = "withhold_whereabouts"
    WITHHOLD_SENSITIVE = "withhold_sensitive"
    OFFER_BROKERING = "offer_brokering"


@dataclass(frozen=True, slots=True)
class AskerFacts:
    """What the index knows of the asking account; never depends on a child.

    Dates are days the check was made, the training finished, the agreement signed.
    """

    role: Role
    agency_kind: AgencyKind
    agency: str  # the agency's id
    account_state: AccountState
    checked_on: date | None
    trained_on: date | None
    signed_on: date | None
    employer_accredited: bool
    may_override: bool = False  # a right granted to the account by name
    may_supervise: bool = False  # likewise: sees how its own agency's staff use the index


@dataclass(frozen=True, slots=True)
class Ask:
    """One question: the action, and the purpose and reason stated for it."""

    action: Action
    today: date
    purpose: Purpose | None = None
    reason: AccessReason | None = None


@dataclass(frozen=True, slots=True)
class ChildFacts:
    """What is true of one child record. Built in one place: services/facts.py.

    `overridden`: this asker holds an override of this record's shield, granted, not used
    and not ended. It counts for Action.OVERRIDE alone. `own_assessment`: no more is asked for
    than to close or hand on an open assessment of the asker's own agency, which is decided
    on that assessment. It counts for Action.RECORD_ASSESSMENT alone.
    """

    archived: bool = False
    held: bool = False  # waits for a person's decision; nobody but the team sees it
    shielded: bool = False
    overridden: bool = False
    own_assessment: bool = False


class SensitiveBasis(StrEnum):
    """On what a sensitive service's entry stands today (regulation 11(3))."""

    NONE = "none"  # never given, refused, withdrawn or expired
    CONSENT = "consent"
    SIGNIFICANT_HARM = "significant_harm"


@dataclass(frozen=True, slots=True)
class InvolvementFacts:
    """What is true of one involvement of a child already decided on.

    `agency` and `agency_kind` are of the agency that recorded it; `basis` is asked of
    sensitive ones only.
    """

    sensitive: bool
    basis: SensitiveBasis
    own_agency: bool
    agency_kind: AgencyKind = AgencyKind.AUTHORITY
    agency: str = ""


class InvolvementLevel(StrEnum):
    """How much of one involvement is shown, least first."""

    NOTHING = "nothing"
    BROKERED = "brokered"  # only that contact can be brokered; never by whom
    EXISTENCE = "existence"  # that a service of this kind is involved
    CONTACT = "contact"  # and whom to ring
    CONTENT = "content"  # all the entry holds


class CafConsent(StrEnum):
    """What the family has said about telling that a common assessment is held."""

    NOT_STATED = "not_stated"
    GIVEN = "given"
    REFUSED = "refused"  # refused, withdrawn, or given once and expired


@dataclass(frozen=True, slots=True)
class AssessmentFacts:
    """What is true of a common assessment's entry; `own_agency`: the asker's agency holds it."""

    own_agency: bool
    consent: CafConsent
    is_open: bool = False  # neither closed nor handed on


class SecondPerson(StrEnum):
    """When somebody else must agree to an override."""

    NOT_NEEDED = "not_needed"
    BEFORE = "before"
    AFTER = "after"
