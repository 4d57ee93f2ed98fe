"""The contract's schemas as types: what is sent and what is answered.

Written from openapi/index.yaml by `python -m tests.contract.rewrite`; never by hand.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict

AccessReason: TypeAlias = Literal[
    "new_referral",
    "coming_to_notice",
    "unscheduled_care",
    "planned_care",
    "assessment",
    "review",
    "contact_practitioner",
    "admission_or_attendance",
    "record_involvement",
    "strategy_discussion",
    "supply_or_correct",
    "shielding",
]
AccountState: TypeAlias = Literal["active", "suspended", "closed"]
Across: TypeAlias = Literal["own", "region", "region_wider"]
Action: TypeAlias = Literal[
    "lookup",
    "read_child",
    "create_child",
    "amend_child",
    "read_involvement",
    "record_involvement",
    "record_assessment",
    "shield",
    "lift_shield",
    "supply",
    "read_batch",
    "read_holds",
    "keep_directory",
    "read_directory",
    "record_consent",
    "read_consents",
    "ask_contact",
    "broker",
    "mediate",
    "ask_shield",
    "override",
    "approve_override",
    "investigate",
    "release_hold",
    "close_identity",
    "record_status",
    "record_dissent",
    "read_due",
    "keep_agreement",
    "read_decision",
    "read_notices",
    "read_proof",
    "inspect_log",
    "read_panel",
    "tell_who_looked",
    "handle_misuse",
    "supervise",
    "transfer",
    "release_log",
    "subscribe",
]
AddressKind: TypeAlias = Literal[
    "current",
    "last_known",
    "none_known",
    "left_england_may_return",
    "left_england_not_returning",
    "left_england_intention_unknown",
]
AgencyKind: TypeAlias = Literal[
    "authority",
    "social_care",
    "early_help",
    "early_years",
    "school",
    "college",
    "health_visiting",
    "school_nursing",
    "general_practice",
    "hospital",
    "mental_health",
    "sexual_health",
    "substance_misuse",
    "police",
    "probation",
    "youth_justice",
    "housing",
    "voluntary",
]
AlertOutcome: TypeAlias = Literal[
    "no_concern",
    "explained",
    "record_corrected",
    "raised_with_agency",
    "referred",
    "account_suspended",
]
AskedBy: TypeAlias = Literal["child", "parent", "court", "official"]
BasisKind: TypeAlias = Literal[
    "statutory_supply", "significant_harm", "public_interest", "court_order"
]
BasisReason: TypeAlias = Literal[
    "duty_to_supply",
    "duty_to_co_operate",
    "is_suffering",
    "is_likely_to_suffer",
    "harm_to_another_child",
    "harm_to_an_adult",
    "serious_crime",
    "ordered_by_court",
    "directed_by_court",
]
BreachForm: TypeAlias = Literal["children", "counts"]
Brokered: TypeAlias = Literal["passed_on", "contact_given", "nobody_to_broker", "not_agreed"]
BrokeringAnswer: TypeAlias = Literal["you_will_be_called", "contact", "no_contact_can_be_made"]
CafClosure: TypeAlias = Literal[
    "needs_met", "family_disengaged", "moved_authority", "moved_to_social_care"
]
CarerRelation: TypeAlias = Literal[
    "mother",
    "father",
    "step_parent",
    "grandparent",
    "other_relative",
    "foster_carer",
    "guardian",
    "local_authority",
    "other",
]
CheckedWith: TypeAlias = Literal["supplier", "family", "shield_decider"]
ChildsWish: TypeAlias = Literal["agrees", "objects", "not_asked"]
Code: TypeAlias = Literal[
    "not_disclosed",
    "not_authenticated",
    "account_unknown",
    "account_suspended",
    "account_closed",
    "check_lapsed",
    "training_missing",
    "agreement_unsigned",
    "employer_not_accredited",
    "token_not_bound",
    "role_not_allowed",
    "agency_not_party",
    "purpose_missing",
    "purpose_not_allowed",
    "reason_missing",
    "reason_not_allowed",
    "number_not_allowed",
    "case_missing",
    "no_agreement_in_force",
    "override_not_granted",
    "supervision_not_granted",
    "mediation_invalid",
    "another_day",
    "too_many_requests",
    "subscriptions_full",
    "not_json",
    "duplicate_key",
    "body_too_large",
    "body_too_deep",
    "character_not_allowed",
    "wrong_content_type",
    "not_acceptable",
    "no_such_route",
    "method_not_allowed",
    "field_unknown",
    "field_missing",
    "field_invalid",
    "header_invalid",
    "reference_invalid",
    "path_invalid",
    "query_invalid",
    "too_few_facts",
    "identifier_invalid",
    "date_out_of_range",
    "idempotency_key_missing",
    "idempotency_key_reused",
    "precondition_missing",
    "precondition_failed",
    "state_conflict",
    "consent_giver_not_allowed",
    "consent_overlaps",
    "consent_missing",
    "second_person_needed",
    "ended_already",
    "agreement_invalid",
    "agency_unknown",
    "batch_too_large",
    "export_too_large",
    "not_sealed_yet",
    "leaf_not_sealed",
    "log_year_dropped",
    "digest_missing",
    "digest_mismatch",
    "index_restored",
    "unrecorded",
    "unavailable",
    "defect",
]
Competence: TypeAlias = Literal["not_judged", "sufficient", "insufficient", "adult"]
ConsentFor: TypeAlias = Literal[
    "confidentiality", "sensitive_entry", "stay_past_18", "caf", "caf_transfer"
]
ConsentState: TypeAlias = Literal["given", "refused", "withdrawn"]
ContactOutcome: TypeAlias = Literal[
    "reached", "no_answer", "wrong_number", "no_longer_there", "no_longer_involved"
]
CoverageMode: TypeAlias = Literal["involved_only", "universal"]
Day: TypeAlias = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Detail: TypeAlias = Literal["kinds", "agencies", "names"]
DetailGround: TypeAlias = Literal[
    "child_asked", "complaint", "court_direction", "statutory_power", "staff_agreed"
]
DisclosureClass: TypeAlias = Literal[
    "identity",
    "tracing",
    "identifier:nhs_number",
    "identifier:upn",
    "identifier:case_number",
    "whereabouts",
    "carers",
    "settings",
    "involvements",
    "assessment",
    "provenance",
    "restriction",
    "status",
    "consents",
]
DissentAbout: TypeAlias = Literal[
    "no_assessment",
    "threshold_not_met",
    "no_conference",
    "plan_not_made",
    "plan_too_soon_ended",
    "closure",
    "lead_professional",
    "placement",
    "return_home",
    "information_not_shared",
]
Due: TypeAlias = Literal["overdue", "soon"]
Education: TypeAlias = Literal[
    "attending", "educated_otherwise", "not_receiving", "not_of_school_age", "not_known"
]
EntryState: TypeAlias = Literal["open", "not_openable", "tampered"]
ExportForm: TypeAlias = Literal["openings", "csv", "fhir"]
Field: TypeAlias = Literal[
    "given_name",
    "family_name",
    "middle_name",
    "date_of_birth",
    "gender",
    "address",
    "nhs_number",
    "upn",
    "case_number",
]
GateRefusal: TypeAlias = Literal[
    "identity_not_confirmed",
    "right_not_shown",
    "orders_not_checked",
    "order_forbids",
    "competence_not_judged",
    "child_cannot_ask",
    "child_is_competent",
    "child_is_adult",
    "child_objects",
    "child_not_asked",
    "harm_not_assessed",
    "harm_possible",
    "harm_likely",
]
Gender: TypeAlias = Literal["female", "male", "not_specified"]
Giver: TypeAlias = Literal["child", "parental_responsibility"]
Grade: TypeAlias = Literal["certain", "probable", "possible", "none"]
HandedOver: TypeAlias = Literal["handed_over", "ceased", "not_there"]
HoldDecision: TypeAlias = Literal["another_child", "same_child"]
IdentifierScheme: TypeAlias = Literal["nhs_number", "upn", "case_number"]
IdentityCheck: TypeAlias = Literal["documents_seen", "known_to_agency", "court_papers_seen"]
IdentityShown: TypeAlias = Literal[
    "not_confirmed", "documents_seen", "known_to_agency", "court_papers_seen"
]
JudgedBy: TypeAlias = Literal[
    "social_worker", "health_practitioner", "safeguarding_lead", "management_team", "court"
]
Kind: TypeAlias = Literal["minute", "hour"]
Level: TypeAlias = Literal[
    "exact",
    "nickname",
    "sounds_alike",
    "close",
    "swapped",
    "day_month_swapped",
    "partial",
    "differs",
    "missing",
    "not_compared",
]
LineCode: TypeAlias = Literal[
    "line_too_long",
    "not_utf8",
    "character_not_allowed",
    "not_json",
    "duplicate_key",
    "too_deep",
    "not_csv",
    "column_count",
    "field_unknown",
    "field_missing",
    "field_invalid",
    "identifier_invalid",
    "date_out_of_range",
    "reference_unknown",
    "consent_missing",
]
MoveReason: TypeAlias = Literal["moved_home", "address_learned", "placed", "dispute_settled"]
MoveRefusal: TypeAlias = Literal[
    "not_known_here", "still_lives_here", "another_child", "second_thoughts", "withdrawn"
]
MoveSide: TypeAlias = Literal["receiving", "holding"]
MoveStep: TypeAlias = Literal["proposed", "agreed", "delivered", "taken", "closed", "refused"]
NewIdentityCause: TypeAlias = Literal["adoption", "protection", "gender_recognition"]
NotAskedBecause: TypeAlias = Literal[
    "too_young", "cannot_understand", "would_endanger", "not_reached"
]
NotSharedReason: TypeAlias = Literal[
    "more_detrimental_to_child",
    "consent_refused",
    "not_relevant",
    "not_proportionate",
    "no_lawful_basis",
    "identity_not_verified",
    "advice_awaited",
    "restrained_by_court",
]
Obligation: TypeAlias = Literal["withhold_whereabouts", "withhold_sensitive", "offer_brokering"]
OpenKind: TypeAlias = Literal[
    "contact_unanswered", "assessment_past_review", "involvement_not_confirmed"
]
OrdersFound: TypeAlias = Literal[
    "not_checked",
    "none",
    "contact_unrestricted",
    "contact_restricted",
    "prohibited_steps",
    "non_molestation",
    "no_contact",
]
Outcome: TypeAlias = Literal[
    "shown", "nothing", "not_disclosed", "refused", "invalid", "recorded", "failed", "shed"
]
OverrideGround: TypeAlias = Literal[
    "section_47_enquiry", "immediate_danger", "police_protection", "missing_child", "court_order"
]
OverrideOutcome: TypeAlias = Literal[
    "in_order", "training_needed", "referred_to_employer", "referred_to_police"
]
OverrideState: TypeAlias = Literal["waiting", "granted", "refused", "used", "lapsed"]
Purpose: TypeAlias = Literal[
    "promote_welfare",
    "safeguard",
    "enquire_significant_harm",
    "find_missing_education",
    "keep_index",
]
ReceiptKept: TypeAlias = Literal["none", "code_only", "kept_by_service"]
Reentry: TypeAlias = Literal["re_entered", "none_since"]
ReleaseState: TypeAlias = Literal["waiting", "approved"]
RightShown: TypeAlias = Literal[
    "not_shown",
    "own_record",
    "birth_certificate",
    "responsibility_agreement",
    "responsibility_order",
    "adoption_order",
    "special_guardianship_order",
    "guardian_appointed",
    "court_direction",
    "statutory_power",
]
Role: TypeAlias = Literal["practitioner", "management_team", "auditor", "supplier", "case_system"]
SampleFinding: TypeAlias = Literal["in_order", "ask_the_practitioner", "refer_to_auditor"]
SecondPerson: TypeAlias = Literal["not_needed", "before", "after"]
SeriousHarm: TypeAlias = Literal["not_assessed", "none", "possible", "likely"]
Service: TypeAlias = Literal[
    "school",
    "early_years",
    "health_visiting",
    "school_nursing",
    "general_practice",
    "hospital",
    "social_care",
    "early_help",
    "education_welfare",
    "special_needs",
    "police",
    "probation",
    "youth_justice",
    "housing",
    "voluntary",
    "mental_health",
    "sexual_health",
    "substance_misuse",
]
ShieldAskedBy: TypeAlias = Literal["child", "parent_or_carer", "practitioner", "court", "region"]
ShieldGround: TypeAlias = Literal[
    "domestic_abuse",
    "witness_protection",
    "contested_adoption",
    "sensitive_fostering",
    "named_threat",
    "well_known_family",
    "shielded_elsewhere",
]
ShieldRefusal: TypeAlias = Literal[
    "no_increased_risk",
    "whereabouts_known",
    "asker_not_entitled",
    "identity_not_confirmed",
    "asker_not_reached",
]
ShieldRequestState: TypeAlias = Literal["waiting", "appealed", "granted", "refused"]
State: TypeAlias = Literal["answered", "nothing", "unreachable"]
Understanding: TypeAlias = Literal["sufficient", "insufficient", "not_needed"]
Urgency: TypeAlias = Literal["emergency", "same_day", "three_days"]
WideningKind: TypeAlias = Literal[
    "days",
    "check_years",
    "party",
    "action",
    "purpose",
    "reason",
    "gateway",
    "class",
    "number",
    "coverage",
    "level",
    "brokered",
    "caf",
    "override",
    "approver",
    "second_person",
    "mediation",
    "named",
    "budget",
    "subscription",
]
Id: TypeAlias = str
NameText: TypeAlias = str
PlaceText: TypeAlias = str
TitleText: TypeAlias = str
PhoneText: TypeAlias = str
EmailText: TypeAlias = str
PostcodeText: TypeAlias = str
DayText: TypeAlias = str
TimeText: TypeAlias = str
UrnText: TypeAlias = str
OdsText: TypeAlias = str
NhsNumberText: TypeAlias = str
UpnText: TypeAlias = str
CaseNumberText: TypeAlias = str
AccessReferenceText: TypeAlias = str
AuthorityText: TypeAlias = str


class AccessFound(TypedDict):
    """What a supervisor found of one access."""

    entry_id: Id
    finding: SampleFinding


class AccessReport(TypedDict):
    """What this index holds of a child, as far as its subject is told."""

    request_id: Id
    as_of: DayText
    record: RecordTold
    provenance: list[SourceTold]
    involvements: list[InvolvementTold]
    assessments: list[AssessmentTold]
    consents: list[ConsentTold]
    notice: Literal[
        "This report tells what this index holds of the child. It names no sensitive service and no third party's contact; whether anything is left out is never said."
    ]


class AccessSaid(TypedDict):
    """What the log says of one access, but what it found."""

    at: int
    account_id: Id
    practitioner_name: TitleText | None
    role: Role
    action: str
    purpose: Purpose | None
    reason: AccessReason | None
    reference: str | None
    outcome: Outcome
    mediated: bool
    out_of_hours: bool
    children: list[SampledChild]


class AccountAmended(TypedDict):
    """Another state, clearance or right; what is not named stays, null takes a clearance
    away.
    """

    checked_on: NotRequired[DayText | None]
    trained_on: NotRequired[DayText | None]
    signed_on: NotRequired[DayText | None]
    state: NotRequired[AccountState | None]
    may_override: NotRequired[bool | None]
    may_supervise: NotRequired[bool | None]


class AccountShown(TypedDict):
    """An account as the management team sees it; its login is kept as a digest only. `name`
    is that of the practitioner it stands for; null where it stands for none.
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
    binding_demanded: bool
    may_override: bool
    may_supervise: bool


class AccountStated(TypedDict):
    """Who may ask: one login at one identity provider, with one role."""

    checked_on: NotRequired[DayText | None]
    trained_on: NotRequired[DayText | None]
    signed_on: NotRequired[DayText | None]
    issuer: str
    subject: str
    agency_id: Id
    role: Role
    practitioner_id: NotRequired[Id | None]
    binding_demanded: NotRequired[bool]
    may_override: NotRequired[bool]
    may_supervise: NotRequired[bool]


class AccountUse(TypedDict):
    """How one account of the supervisor's own agency used the index. No child is named."""

    lookups: int
    reads: int
    overrides: int
    refusals: int
    misses: int
    out_of_hours_percent: int | None
    account_id: Id
    practitioner_name: TitleText | None
    role: Role
    by_purpose: list[UseByPurpose]
    unreadable: int


class AccountsShown(TypedDict):
    """A page of accounts, in order of id."""

    accounts: list[AccountShown]
    next: NotRequired[str | None]


class AddressLines(TypedDict):
    """An address lived at now, or the last one known: a postcode, or a street and town."""

    kind: Literal["current", "last_known"]
    house: NotRequired[PlaceText | None]
    street: NotRequired[PlaceText | None]
    town: NotRequired[PlaceText | None]
    postcode: NotRequired[PostcodeText | None]


class AddressStatement(TypedDict):
    """The statement that stands in place of an address."""

    kind: Literal[
        "none_known",
        "left_england_may_return",
        "left_england_not_returning",
        "left_england_intention_unknown",
    ]


class Agencies(TypedDict):
    """Every agency of this authority."""

    agencies: list[AgencyShown]


class AgencyNamed(TypedDict):
    """The asker's own agency."""

    agency_id: Id
    name: TitleText
    kind: AgencyKind


class AgencyReached(TypedDict):
    """To which agency how many children were shown."""

    agency_id: Id
    children: int | None


class AgencyShown(TypedDict):
    """An agency's front door, with its id."""

    agency: TitleText
    agency_kind: AgencyKind
    duty_phone: PhoneText
    hours: list[Hours]
    safeguarding_lead: SafeguardingLead
    out_of_hours_phone: PhoneText | None
    agency_id: Id


class AgencyStated(TypedDict):
    """An agency: its duty line with hours, and its named safeguarding lead."""

    name: TitleText
    kind: AgencyKind
    duty_phone: PhoneText
    hours: list[Hours]
    lead_name: NameText
    lead_phone: PhoneText
    accredited: bool
    front_door: NotRequired[bool]
    out_of_hours_phone: NotRequired[PhoneText | None]
    source: NotRequired[str | None]


class AgreedShown(TypedDict):
    """Who agreed to be named, for which involvement, on what day."""

    involvement_id: Id
    by_account_id: Id
    on: DayText


class AgreementApproved(TypedDict):
    """The difference a second person has seen, by its digest."""

    difference: str


class AgreementInForce(TypedDict):
    """The agreement every request is decided by."""

    name: str
    label: str
    instrument: Instrument
    in_force_from: DayText
    in_force_until: DayText | None
    coverage: CoverageMode
    version: int


class AgreementKept(TypedDict):
    """What became of an agreement: in force under a number, or waiting for a second person."""

    id: Id
    state: Literal["in_force", "waiting"]
    version: int | None
    widens: list[Widened]
    difference: str | None


class AgreementList(TypedDict):
    """Which agreement is in force, and which wait."""

    in_force: AgreementInForce
    waiting: list[AgreementWaiting]


class AgreementProposed(TypedDict):
    """An agreement to bring into force."""

    document: dict[str, Any]


class AgreementShown(TypedDict):
    """One version of the agreement, as it was sent."""

    version: int
    document: dict[str, Any]


class AgreementWaiting(TypedDict):
    """An agreement that waits, and all it would widen; `proposed_at` in seconds of the
    epoch.
    """

    name: str
    label: str
    instrument: Instrument
    in_force_from: DayText
    in_force_until: DayText | None
    coverage: CoverageMode
    id: Id
    state: Literal["in_force", "waiting"]
    version: int | None
    widens: list[Widened]
    difference: str | None
    proposed_by: Id
    proposed_at: int


class AlertConcluded(TypedDict):
    """What the team made of an alert."""

    outcome: AlertOutcome


class AlertShown(TypedDict):
    """Something the team is to look into; null where it concerns no account or no entry."""

    id: Id
    what: str
    since: DayText
    child_id: Id | None
    opened: int
    due: int | None
    account_id: Id | None
    mediator_account_id: Id | None
    entry_id: Id | None
    matter_id: Id | None
    authority: NotRequired[AuthorityText | None]
    phone: NotRequired[PhoneText | None]
    reference: NotRequired[Id | None]
    steps: list[StepShown]


class Alerts(TypedDict):
    """A page of the alerts not concluded yet, the most urgent first."""

    alerts: list[AlertShown]
    next: NotRequired[str | None]


class AssessmentClosed(TypedDict):
    """Why an assessment is closed, and its last day: today unless stated."""

    reason: CafClosure
    closed: NotRequired[DayText | None]


class AssessmentDue(TypedDict):
    """An assessment to be reviewed, and whose it is."""

    agency: TitleText | Literal[""]
    contact: Contact
    held_since: DayText
    review_due: DayText
    closed: DayText | None
    closure: CafClosure | None
    child_id: Id
    name: Name
    date_of_birth: DayText
    offered_to: AuthorityText | None


class AssessmentReassigned(TypedDict):
    """The agency that holds the assessment from today on, and whom to ring there."""

    agency_id: Id
    contact: Contact


class AssessmentShown(TypedDict):
    """That a common assessment is held, by whom, since when."""

    agency: TitleText | Literal[""]
    contact: Contact
    held_since: DayText
    review_due: DayText
    closed: DayText | None
    closure: CafClosure | None


class AssessmentStated(TypedDict):
    """The asker's agency holds a common assessment; never the assessment itself."""

    contact: Contact
    held_since: DayText
    review_due: NotRequired[DayText | None]


class AssessmentTold(TypedDict):
    """That a common assessment is or was held."""

    agency_kind: AgencyKind
    agency: TitleText | None
    held_since: DayText
    closed: DayText | None


class AssessmentsDue(TypedDict):
    """A page of assessments whose review is due within 28 days, or past."""

    assessments: list[AssessmentDue]
    next: str | None


class AuthorityAnswer(TypedDict):
    """One authority's part of an answer. `nothing` is no entry or nothing to disclose: one
    word, for every child. Ids of children are the answering authority's.
    """

    name: AuthorityText
    title: TitleText
    state: State
    as_of: int | None
    front_door: PeerDoor | None
    outcome: Literal["known", "shown", "too_many"] | None
    matches: list[Match]
    receipt: str | None


class BasisShown(TypedDict):
    """One decision to process without consent."""

    basis_id: Id
    agency: TitleText | Literal[""]
    kind: BasisKind
    reason: BasisReason
    service: Service | None
    decided_by: Id
    decided_on: DayText
    review: DayText
    ended: DayText | None


class BasisStated(TypedDict):
    """A decision of the asker's agency to process without consent; decided by whoever asks."""

    kind: BasisKind
    reason: BasisReason
    decided_on: DayText
    review: DayText
    service: NotRequired[Service | None]


class BatchAnswer(TypedDict):
    """An answer for each question, in order."""

    answers: list[SubjectAnswer]


class BatchAsked(TypedDict):
    """Up to 400 questions; each is decided and entered in the log on its own."""

    across: NotRequired[Across]
    subjects: list[BatchSubject]


class BatchListed(TypedDict):
    """A batch in the list of them: whose, begun when, and how far it has come."""

    source: str
    batch_id: str
    state: Literal["incomplete", "complete"]
    lines: int
    accepted: int
    invalid: int
    began_at: int


class BatchStatus(TypedDict):
    """How far a batch has come. `accepted` says a line was understood, and nothing more."""

    source: str
    batch_id: str
    state: Literal["incomplete", "complete"]
    lines: int
    accepted: int
    invalid: int
    results: str
    outcomes: NotRequired[LineOutcomes | None]


class BatchSubject(TypedDict):
    """One question of a batch, with its own purpose, reason and case reference."""

    purpose: Purpose
    reason: AccessReason
    reference: NotRequired[AccessReferenceText | None]
    lookup: LookupAsked


class BatchesListed(TypedDict):
    """A page of batches, newest first."""

    batches: list[BatchListed]
    next: NotRequired[str | None]


class BreachAsked(TypedDict):
    """Whose askings are looked at: an account's, an agency's, or everybody's."""

    since: int
    until: int
    account_id: NotRequired[Id | None]
    agency_id: NotRequired[Id | None]
    child_id: NotRequired[Id | None]
    agency_kind: NotRequired[AgencyKind | None]
    role: NotRequired[Role | None]
    action: NotRequired[Action | None]
    purpose: NotRequired[Purpose | None]
    outcome: NotRequired[Outcome | None]
    code: NotRequired[Code | None]
    mediated: NotRequired[bool | None]
    override: NotRequired[bool | None]
    federated: NotRequired[bool | None]
    form: BreachForm


class BreachCounts(TypedDict):
    """How many, fit to be passed on: nothing below 5, and nothing that would tell it."""

    children: int | None
    by_class: list[ClassReached]
    by_agency: list[AgencyReached]


class BreachReach(TypedDict):
    """Which children and classes were reached, or how many; never both."""

    form: BreachForm
    children: list[ChildReached] | None
    counts: BreachCounts | None
    unread: list[EntryUnread]
    closed_years: list[int]


class BrokeringShown(TypedDict):
    """What the team handles a request by."""

    account_id: Id
    agency_id: Id
    call_back: TeamContact
    lookup: LookupAsked | None
    overdue: bool
    outcome: Brokered | None
    agreed: AgreedShown | None
    steps: list[StepShown]


class CarerStated(TypedDict):
    """Someone with parental responsibility or care."""

    name: Name
    relation: CarerRelation
    parental_responsibility: bool
    phone: NotRequired[PhoneText | None]


class Caseload(TypedDict):
    """A page of an agency's caseload, in an order of its own, or of one practitioner's."""

    agency_id: Id
    involvements: list[CaseloadRow]
    next: NotRequired[str | None]


class CaseloadHandedOver(TypedDict):
    """A worker leaves: these involvements go to another practitioner of the same agency."""

    from_practitioner_id: Id
    to_practitioner_id: Id
    involvement_ids: list[Id]
    contact: NotRequired[Contact | None]


class CaseloadPractitioner(TypedDict):
    """A practitioner of the keeper's own agency."""

    practitioner_id: Id
    name: NameText


class CaseloadPractitioners(TypedDict):
    """A page of the practitioners behind the accounts of the keeper's own agency."""

    practitioners: list[CaseloadPractitioner]
    next: NotRequired[str | None]


class CaseloadRow(TypedDict):
    """One involvement that goes on, of the asker's agency unless the asker is the team."""

    child_id: Id
    name: Name | None
    date_of_birth: DayText | None
    involvement: InvolvementShown
    practitioner_id: Id | None
    practitioner: NameText | None
    confirm_by: DayText
    overdue: bool
    contact_doubts: list[ContactOutcome]


class ChildAmended(TypedDict):
    """Facts in place of those on the index; what is not named stays. Null takes away an
    identifier, the school or the practice.
    """

    former_names: NotRequired[list[Name] | None]
    nhs_number: NotRequired[NhsNumberText | None]
    upn: NotRequired[UpnText | None]
    case_number: NotRequired[CaseNumberText | None]
    address: NotRequired[AddressLines | AddressStatement | None]
    carers: NotRequired[list[CarerStated] | None]
    education: NotRequired[Education | None]
    school: NotRequired[SchoolStated | None]
    practice: NotRequired[PracticeStated | None]
    as_of: NotRequired[DayText | None]
    name: NotRequired[Name | None]
    date_of_birth: NotRequired[DayText | None]
    gender: NotRequired[Gender | None]


class ChildAnswer(TypedDict):
    """One child record, read."""

    agreement_version: int
    coverage: list[Coverage]
    front_doors: list[FrontDoor]
    broker: FrontDoor | None
    child: ChildShown


class ChildFacts(TypedDict):
    """The facts of a child not yet on the index."""

    former_names: NotRequired[list[Name] | None]
    nhs_number: NotRequired[NhsNumberText | None]
    upn: NotRequired[UpnText | None]
    case_number: NotRequired[CaseNumberText | None]
    address: NotRequired[AddressLines | AddressStatement | None]
    carers: NotRequired[list[CarerStated] | None]
    education: NotRequired[Education | None]
    school: NotRequired[SchoolStated | None]
    practice: NotRequired[PracticeStated | None]
    as_of: NotRequired[DayText | None]
    name: Name
    date_of_birth: DayText
    gender: Gender
    involvement: NotRequired[InvolvementBegun | None]


class ChildInspected(TypedDict):
    """A child an entry names; `child_id` only where that very child was asked about."""

    reference: str
    child_id: Id | None
    shown: bool
    classes: list[DisclosureClass]


class ChildMeant(TypedDict):
    """Who is meant: enough for the other authority's team to know the child by."""

    name: Name
    date_of_birth: DayText
    nhs_number: NotRequired[NhsNumberText | None]
    upn: NotRequired[UpnText | None]


class ChildReached(TypedDict):
    """What was shown of one child, to whom; no id where no record is on the index any more."""

    child_id: Id | None
    references: list[str]
    classes: list[DisclosureClass]
    accounts: list[str]
    agencies: list[Id]
    first: int
    last: int


class ChildShown(TypedDict):
    """One child as far as this asker may see. `restricted`: the record is shielded."""

    child_id: Id
    restricted: bool
    name: Name
    date_of_birth: DayText
    gender: Gender
    carers: list[Name]
    identifiers: IdentifiersShown
    address: NotRequired[AddressLines | AddressStatement | None]
    carer_contacts: NotRequired[list[CarerStated] | None]
    settings: NotRequired[SettingsShown | None]
    provenance: NotRequired[dict[str, SourceShown] | None]
    involvements: NotRequired[list[InvolvementShown] | None]
    contact_can_be_brokered: NotRequired[Literal[True] | None]
    assessment: NotRequired[AssessmentShown | None]
    lead_professional: NotRequired[LeadProfessionalShown | None]
    status: NotRequired[list[StatusShown] | None]
    restriction: NotRequired[RestrictionShown | None]


class ClassReached(TypedDict):
    """Of how many children this class was shown."""

    disclosure_class: DisclosureClass
    children: int | None


class ClassesShown(TypedDict):
    """Of how many children these classes of facts were shown."""

    classes: list[DisclosureClass]
    children: int


class ConsentMade(TypedDict):
    """The consent's id, and what proves it: told once, here, if wanted at all."""

    id: Id
    receipt: str | None


class ConsentRenewed(TypedDict):
    """A consent in force is renewed, counted from today."""

    giver: Giver
    understanding: NotRequired[Understanding | None]
    until: NotRequired[DayText | None]


class ConsentShown(TypedDict):
    """One consent or refusal. `in_force`: given, and today is one of its days."""

    consent_id: Id
    agency: TitleText | Literal[""]
    given_for: ConsentFor
    service: Service | None
    purpose: Purpose | None
    receiving_authority: AuthorityText | None
    state: ConsentState
    in_force: bool
    begins: DayText
    until: DayText | None
    given: SaidShown
    renewed: SaidShown | None
    ended: SaidShown | None
    receipt: ReceiptKept


class ConsentStated(TypedDict):
    """Consent given or refused to the asker's agency. A refusal has no days: it begins
    today.
    """

    giver: Giver
    understanding: NotRequired[Understanding | None]
    given_for: ConsentFor
    state: Literal["given", "refused"]
    service: NotRequired[Service | None]
    purpose: NotRequired[Purpose | None]
    begins: NotRequired[DayText | None]
    until: NotRequired[DayText | None]
    receiving_authority: NotRequired[AuthorityText | None]
    receipt: NotRequired[ReceiptKept]


class ConsentTold(TypedDict):
    """One consent or refusal, of anything but a sensitive service's entry."""

    given_for: ConsentFor
    state: ConsentState
    begins: DayText
    until: DayText | None


class ConsentWithdrawn(TypedDict):
    """A consent is withdrawn, as of now."""

    giver: Giver
    understanding: NotRequired[Understanding | None]


class ConsentsShown(TypedDict):
    """What the asker's agency recorded of consent, to the team everybody's; newest first."""

    consents: list[ConsentShown]
    bases: list[BasisShown]
    not_shared: list[NotSharedShown]


class Contact(TypedDict):
    """Whom to ring: the team always; with ask_for_duty, its duty practitioner."""

    team: TeamContact
    person: NotRequired[PractitionerContact | None]
    ask_for_duty: NotRequired[bool]


class ContactFeedbackSaid(TypedDict):
    """What came of using the contact. Whoever says so is never told on."""

    outcome: ContactOutcome


class ContactFigures(TypedDict):
    """How often contacts worked in a month, by kind of agency; no child, no practitioner."""

    month: str
    kinds: list[KindOfContacts]


class ContactReleased(TypedDict):
    """A service that agreed to be named, and whom to ring there."""

    agency: TitleText | Literal[""]
    service: Service
    contact: Contact


class ContactRequestAnswered(TypedDict):
    """What the team brought about. A contact is given where a service agreed, by whom and
    when.
    """

    outcome: Brokered
    involvement_id: NotRequired[Id | None]
    agreed_by: NotRequired[Id | None]
    agreed_on: NotRequired[DayText | None]


class ContactRequestListed(TypedDict):
    """How far a request has come."""

    id: Id
    state: Literal["waiting", "taken", "answered"]
    urgency: Urgency
    service: Service | None
    child_id: Id | None
    opened: int
    due: int


class ContactRequestMade(TypedDict):
    """A request to be rung by, or told of, whoever works with a child. The child is named by
    an id, or described by what is known of them where nothing was found. Without a
    service, any.
    """

    child_id: NotRequired[Id | None]
    lookup: NotRequired[LookupAsked | None]
    service: NotRequired[Service | None]
    urgency: Urgency
    call_back: TeamContact


class ContactRequestShown(TypedDict):
    """One request. `contact` where a service agreed, for as long as it may be told."""

    id: Id
    state: Literal["waiting", "taken", "answered"]
    urgency: Urgency
    service: Service | None
    child_id: Id | None
    opened: int
    due: int
    answer: BrokeringAnswer | None
    contact: ContactReleased | None
    team: NotRequired[BrokeringShown | None]


class ContactRequested(TypedDict):
    """A request is with the team until it is answered; out of hours, ring the broker's line."""

    agreement_version: int
    coverage: list[Coverage]
    front_doors: list[FrontDoor]
    broker: FrontDoor | None
    id: Id
    due: int


class ContactRequests(TypedDict):
    """A page of requests, the most urgent first."""

    requests: list[ContactRequestListed]
    next: NotRequired[str | None]


class Coverage(TypedDict):
    """Whether a kind of agency feeds this index, and as of which day."""

    agency_kind: AgencyKind
    feeds: bool
    as_of: DayText | None


class DecisionShown(TypedDict):
    """Why one of the asker's own requests was answered as it was. What was not disclosed is
    one answer, whatever the cause: `rules` are empty.
    """

    entry_id: Id
    at: int
    action: Action | Literal["batch"] | None
    outcome: Outcome
    code: Code | None
    rules: list[
        Literal[
            "team_keeps_the_index",
            "agreement_gives",
            "own_number",
            "own_involvement",
            "own_assessment",
            "agency_excepted",
            "level_agreed",
            "record_shielded",
            "override_not_in_force",
        ]
        | Code
    ]
    obligations: list[Obligation]
    agreement_version: int
    shown: list[ClassesShown]
    leaf: str


class DissentShown(TypedDict):
    """One dissent, and how to reach whoever recorded it."""

    dissent_id: Id
    about: DissentAbout
    agency: TitleText | Literal[""]
    contact: Contact
    recorded: DayText


class DissentStated(TypedDict):
    """A practitioner disagrees with what was decided about a child."""

    about: DissentAbout
    contact: Contact


class Dissents(TypedDict):
    """The dissents about a child that this asker may see, newest first."""

    dissents: list[DissentShown]


class DoubtfulContacts(TypedDict):
    """A page of involvements whose contact is in doubt: of the own agency, or all for the
    team.
    """

    contacts: list[CaseloadRow]
    next: NotRequired[str | None]


class EntryInspected(TypedDict):
    """One entry that was looked for; nothing of it is said where it cannot be opened."""

    entry_id: Id
    at: int
    state: EntryState
    said: EntrySaid | None


class EntryOpened(TypedDict):
    """One entry whole: the exact text and its blind, from which anybody makes the leaf."""

    entry_id: Id
    at: int
    state: EntryState
    leaf: str
    receipt: str
    blind: str | None
    entry: str | None
    shard: int | None
    leaf_index: int | None


class EntrySaid(TypedDict):
    """What an entry says, in codes, ids of askers and references of children."""

    account: str | None
    agency: Id | None
    agency_kind: AgencyKind | None
    role: Role | None
    action: str | None
    purpose: Purpose | None
    reason: AccessReason | None
    reference: str | None
    outcome: Outcome
    code: str | None
    mediation: MediationTold | None
    override: bool
    federated: bool
    agreement_version: int
    count: int
    children: list[ChildInspected]


class EntryUnread(TypedDict):
    """An entry of that time that could not be asked."""

    entry_id: Id
    state: EntryState


class ExplanationShown(TypedDict):
    """Why accesses were made, as far as work explains them; null where nothing does."""

    by: str | None
    version: int


class Fault(TypedDict):
    """One field at fault, by its path in the request and a code."""

    code: Code
    field: str


class FrontDoor(TypedDict):
    """An agency's duty line, its hours, and whom to ring when it is closed."""

    agency: TitleText
    agency_kind: AgencyKind
    duty_phone: PhoneText
    hours: list[Hours]
    safeguarding_lead: SafeguardingLead
    out_of_hours_phone: PhoneText | None


class GroupRate(TypedDict):
    """How many accounts of a group were alerted on; null where a count is small."""

    group: str
    accounts: int | None
    alerted: int | None


class HandOverLine(TypedDict):
    """What became of one involvement; whatever is not the keeper's to change is not there."""

    involvement_id: Id
    outcome: HandedOver


class HandOverLines(TypedDict):
    """What became of each involvement, in the order they were sent."""

    lines: list[HandOverLine]


class Hold(TypedDict):
    """A record that waits for a decision of the management team, why, since and until when."""

    child_id: Id
    outcome: Literal["held", "doubtful"]
    held_since: int
    due: int


class HoldReleaseApproved(TypedDict):
    """The release a second person agrees to."""

    release_id: Id


class HoldReleaseMade(TypedDict):
    """Released at once, or waiting for a second person, who names `release_id`."""

    state: Literal["released", "waiting"]
    release_id: Id | None


class HoldReleased(TypedDict):
    """What a person found out about a record that waits, and from whom. An emergency needs
    no check, and a second person.
    """

    decision: HoldDecision
    checked_with: NotRequired[CheckedWith | None]
    survivor_id: NotRequired[Id | None]
    emergency: NotRequired[bool]


class Holds(TypedDict):
    """A page of what waits."""

    holds: list[Hold]
    next: NotRequired[str | None]


class HomeStated(TypedDict):
    """Where a practitioner lives, and by which family name: kept as keyed digests only."""

    family_name: NameText
    postcode: PostcodeText
    house: PlaceText


class Hours(TypedDict):
    """When a line is answered, in local time; closing before opening means after midnight."""

    days: list[Day]
    opens: TimeText
    closes: TimeText


class IdentifiersShown(TypedDict):
    """The numbers this asker may have."""

    nhs_number: NotRequired[NhsNumberText | None]
    upn: NotRequired[UpnText | None]
    case_number: NotRequired[CaseNumberText | None]


class IdentityClosed(TypedDict):
    """A decision to close a child's identity, the first of two requests on different days."""

    cause: NewIdentityCause


class Instrument(TypedDict):
    """The law or decision an agreement rests on, and its date."""

    title: str
    dated: DayText


class InvolvementAmended(TypedDict):
    """Another worker or team."""

    contact: Contact


class InvolvementBegun(TypedDict):
    """A service says it works with a child. A sensitive one needs consent or significant
    harm.
    """

    service: Service
    contact: Contact
    began: DayText
    consent: NotRequired[bool | None]
    significant_harm: NotRequired[SignificantHarm | None]


class InvolvementCeased(TypedDict):
    """The involvement has ceased: its last day, today unless stated."""

    ceased: NotRequired[DayText | None]


class InvolvementShown(TypedDict):
    """A service involved with a child and how to reach it."""

    involvement_id: Id
    level: Literal["existence", "contact", "content"]
    agency: TitleText | Literal[""] | None
    agency_kind: AgencyKind
    service: Service
    contact: Contact | None
    began: DayText | None
    ceased: DayText | None
    last_confirmed: DayText | None


class InvolvementTold(TypedDict):
    """A kind of agency that is or was involved; no sensitive service, and nobody's contact."""

    agency_kind: AgencyKind
    agency: TitleText | None
    service: Service | None
    began: DayText | None
    ceased: DayText | None


class KindOfContacts(TypedDict):
    """What was said of contacts of one kind of agency."""

    agency_kind: AgencyKind
    said: int | None
    outcomes: list[OutcomeCount]


class LeadProfessionalShown(TypedDict):
    """Who leads for the child, and how to reach them."""

    agency: TitleText | Literal[""]
    contact: Contact
    since: DayText | None


class LeadProfessionalStated(TypedDict):
    """Who leads for the child from now on."""

    contact: Contact
    since: DayText


class LeftOpen(TypedDict):
    """One thing a team left open. `child_id` only where the supervisor's own reading shows
    it.
    """

    kind: OpenKind
    child_id: Id | None
    involvement_id: Id | None
    contact_request_id: Id | None
    account_id: Id | None
    practitioner_id: Id | None
    since: DayText
    due: int | None


class LineOutcomes(TypedDict):
    """How many lines became what: for the management team."""

    new: int
    same: int
    changed: int
    held: int
    doubtful: int
    halted: int
    routed: int
    invalid: int


class LineResult(TypedDict):
    """What became of one line: only what the line itself determines."""

    line: int
    result: Literal["accepted", "invalid"]
    code: NotRequired[LineCode | None]
    field: NotRequired[str | None]


class LineResults(TypedDict):
    """A page of line results, in order of lines."""

    lines: list[LineResult]
    next: NotRequired[str | None]


class LogExported(TypedDict):
    """What is to be exported and in what form, or with `cursor` its next part."""

    since: int
    until: int
    account_id: NotRequired[Id | None]
    agency_id: NotRequired[Id | None]
    child_id: NotRequired[Id | None]
    agency_kind: NotRequired[AgencyKind | None]
    role: NotRequired[Role | None]
    action: NotRequired[Action | None]
    purpose: NotRequired[Purpose | None]
    outcome: NotRequired[Outcome | None]
    code: NotRequired[Code | None]
    mediated: NotRequired[bool | None]
    override: NotRequired[bool | None]
    federated: NotRequired[bool | None]
    form: ExportForm
    cursor: NotRequired[str | None]


class LogFound(TypedDict):
    """A page of entries, oldest first, of the log as it stood at the first page."""

    entries: list[EntryInspected]
    missing: list[Id]
    broken: int
    closed_years: list[int]
    next: NotRequired[str | None]


LogGrowth = TypedDict(
    "LogGrowth", {"origin": "str", "from": "int", "to": "int", "proof": "list[str]"}
)


class LogHeads(TypedDict):
    """Signed heads, each a C2SP note with its cosignatures, the newest last."""

    heads: list[str]


LogLeaves = TypedDict("LogLeaves", {"shard": "int", "from": "int", "leaves": "list[str]"})


class LogReleaseAsked(TypedDict):
    """What was entered again of what was decided since the backup, by kind."""

    shields: Reentry
    withdrawals: Reentry
    suspensions: Reentry


class LogReleaseShown(TypedDict):
    """A release: what was stated, how far it has come, and what the sealer is told."""

    shields: Reentry
    withdrawals: Reentry
    suspensions: Reentry
    release_id: Id
    state: ReleaseState
    follows_shard: int
    follows_size: int
    entry_id: Id | None


class LogSearched(TypedDict):
    """A search, or with `cursor` the next page of the same search."""

    since: int
    until: int
    account_id: NotRequired[Id | None]
    agency_id: NotRequired[Id | None]
    child_id: NotRequired[Id | None]
    agency_kind: NotRequired[AgencyKind | None]
    role: NotRequired[Role | None]
    action: NotRequired[Action | None]
    purpose: NotRequired[Purpose | None]
    outcome: NotRequired[Outcome | None]
    code: NotRequired[Code | None]
    mediated: NotRequired[bool | None]
    override: NotRequired[bool | None]
    federated: NotRequired[bool | None]
    cursor: NotRequired[str | None]


class LookSaid(TypedDict):
    """How somebody looked; null agency: not told. Of the team, that they looked."""

    agency_kind: AgencyKind | None
    agency_id: Id | None
    account_id: str | None
    action: str | None
    purpose: Purpose | None
    outcome: Outcome
    shown: bool
    classes: list[DisclosureClass]


class LookTold(TypedDict):
    """In one month, somebody of such an agency was shown facts of these classes, for a
    purpose. Of the management team and the auditors it is told that they looked, and
    nothing else.
    """

    month: str
    agency_kind: AgencyKind
    agency: TitleText | None
    practitioner: NameText | None
    purpose: Purpose | None
    classes: list[DisclosureClass]


class LookedAfter(TypedDict):
    """Looked after by an authority, which may be another than the child lives in."""

    began: DayText
    ended: NotRequired[DayText | None]
    authority: AuthorityText


class LookedAfterShown(TypedDict):
    """Looked after, and by which authority."""

    began: DayText
    ended: DayText | None
    authority: AuthorityText


class LookupAnswer(TypedDict):
    """What a lookup came to. `none` and `too_many` still say whom to ring."""

    agreement_version: int
    coverage: list[Coverage]
    front_doors: list[FrontDoor]
    broker: FrontDoor | None
    outcome: Literal["found", "several", "too_many", "none"]
    matches: list[Match]
    region: NotRequired[RegionAnswer | None]


class LookupAsked(TypedDict):
    """What is known of the child looked for. An identifier, a name with a date of birth, or
    both names with a postcode.
    """

    given_name: NotRequired[NameText | None]
    middle_names: NotRequired[NameText | None]
    family_name: NotRequired[NameText | None]
    date_of_birth: NotRequired[DayText | None]
    gender: NotRequired[Gender | None]
    postcode: NotRequired[PostcodeText | None]
    house: NotRequired[PlaceText | None]
    nhs_number: NotRequired[NhsNumberText | None]
    upn: NotRequired[UpnText | None]
    case_number: NotRequired[CaseNumberText | None]


class Made(TypedDict):
    """What was made is known by this id; the Location header says where it is read."""

    id: Id


class MarkMade(TypedDict):
    """A record to be marked: as a canary, or as one everybody has heard of."""

    child_id: Id
    mark: Literal["canary", "well_known"]


class MarkShown(TypedDict):
    """A record that is marked, since when."""

    child_id: Id
    mark: Literal["canary", "well_known"]
    id: Id
    since: int


class Marks(TypedDict):
    """A page of the records that are marked, newest first."""

    marks: list[MarkShown]
    next: NotRequired[str | None]


class Match(TypedDict):
    """One child found, how surely, why, and who works with them."""

    grade: Grade
    score_bits: float
    why: list[Why]
    child: ChildShown


class Me(TypedDict):
    """What the index knows of the asking account. `may`: by action, what stands in the way.
    `numbers`: by which numbers it can look up a child; by others the answer is `none`,
    whoever the child.
    """

    account_id: Id
    agency: AgencyNamed
    practitioner_id: Id | None
    role: Role
    state: AccountState
    checked_on: DayText | None
    trained_on: DayText | None
    agreement_signed_on: DayText | None
    may: dict[str, list[Code]]
    numbers: list[IdentifierScheme]
    agreement_version: int


class MediationAsked(TypedDict):
    """Who may ask on the requester's behalf: one account, or any account of one agency."""

    mediator_account_id: NotRequired[Id | None]
    mediator_agency_id: NotRequired[Id | None]


class MediationMade(TypedDict):
    """A grant: the mediator states its id as Access-Mediation until it ends."""

    id: Id
    until: int


class MediationShown(TypedDict):
    """A grant as the requester made it; the mediator states the same purpose and reason."""

    id: Id
    until: int
    mediator_account_id: Id | None
    mediator_agency_id: Id | None
    purpose: Purpose
    reason: AccessReason


class MediationTold(TypedDict):
    """Under which grant somebody asked on whose behalf."""

    grant_id: Id
    requester_id: Id


class MisuseAlertListed(TypedDict):
    """One alert: whose use it is about, and which rules spoke. It names no child."""

    id: Id
    state: str
    opened: int
    since: DayText
    account_id: Id | None
    agency_id: Id
    accesses: int
    rules: list[RuleShown]


class MisuseAlertShown(TypedDict):
    """One alert with the newest of its entries, by reference; opening them takes a case
    number.
    """

    id: Id
    state: str
    opened: int
    since: DayText
    account_id: Id | None
    agency_id: Id
    accesses: int
    rules: list[RuleShown]
    entries: list[Id]
    explained: list[ExplanationShown]
    outcome: AlertOutcome | None
    steps: list[StepShown]


class MisuseAlerts(TypedDict):
    """A page of the alerts on misuse not concluded yet, newest first."""

    alerts: list[MisuseAlertListed]
    next: NotRequired[str | None]


class MisuseConcluded(TypedDict):
    """What the officer made of an alert."""

    outcome: AlertOutcome


class MisuseRates(TypedDict):
    """Whether staff of some group are alerted on more often than others. It names nobody."""

    groups: list[GroupRate]


class Name(TypedDict):
    """A name as given; one who has a single name has it as the family name."""

    family_name: NameText
    given_name: NotRequired[NameText | None]
    middle_names: NotRequired[NameText | None]


class NotSharedShown(TypedDict):
    """One decision not to share."""

    not_shared_id: Id
    agency: TitleText | Literal[""]
    recipient_kind: AgencyKind
    reason: NotSharedReason
    decided_by: Id
    decided_on: DayText


class NotSharedStated(TypedDict):
    """A decision of the asker's agency not to share; decided by whoever asks."""

    recipient_kind: AgencyKind
    reason: NotSharedReason
    decided_on: DayText


class NoticeShown(TypedDict):
    """Something an agency is told of: what it is, since which day, and about which child."""

    id: Id
    what: str
    since: DayText
    child_id: Id | None


class Notices(TypedDict):
    """A page of what the asker's agency is told, newest first, and who answers for it there."""

    notices: list[NoticeShown]
    safeguarding_lead: SafeguardingLead
    next: NotRequired[str | None]


class OpenWorkListed(TypedDict):
    """A page of what the supervisor's own team left open."""

    open: list[LeftOpen]
    next: NotRequired[str | None]


class OutcomeCount(TypedDict):
    """How often one thing was said."""

    outcome: ContactOutcome
    count: int | None


class OverrideApproved(TypedDict):
    """What the second person says."""

    approved: bool


class OverrideAsked(TypedDict):
    """A request to override a shield, by somebody who knows what that sets off."""

    ground: OverrideGround
    warning_read: Literal[True]


class OverrideConcluded(TypedDict):
    """How the investigation of an override ended; it began without presuming anything."""

    outcome: OverrideOutcome


class OverrideMade(TypedDict):
    """An override as it stands: in force until `ends_at`, or waiting for a second person."""

    id: Id
    state: OverrideState
    ends_at: int | None
    warning: Literal[
        "This override starts an investigation at once. It shows one record, once, to you alone, within 15 minutes; everybody else still sees the shield."
    ]


class OverrideShown(TypedDict):
    """One override under investigation, for the management team."""

    override_id: Id
    child_id: Id
    account_id: Id
    agency_id: Id
    ground: OverrideGround
    second_person: SecondPerson
    state: OverrideState
    asked_at: int
    due: int
    ends_at: int | None
    read_at: int | None
    approved: bool | None
    approved_by: Id | None


class OverrideUsed(TypedDict):
    """The override under which a record is read; it is used up by it."""

    override_id: Id


class Overrides(TypedDict):
    """A page of overrides, the most urgent first."""

    overrides: list[OverrideShown]
    next: NotRequired[str | None]


class OwnInvolvements(TypedDict):
    """A page of the asker's own involvements, those to confirm first."""

    involvements: list[CaseloadRow]
    next: NotRequired[str | None]


class PanelInvolvement(TypedDict):
    """One involvement as a panel is told of it; no sensitive service is among them."""

    agency_kind: AgencyKind
    service: str
    agency_id: Id | None
    began: DayText | None
    ceased: DayText | None


class PanelLook(TypedDict):
    """One entry about the child, and its leaf, by which it is proved."""

    entry_id: Id
    at: int
    state: EntryState
    leaf: str
    shard: int | None
    leaf_index: int | None
    said: LookSaid | None


class PanelOpened(TypedDict):
    """Whose case is reviewed, by which account, for how many days."""

    child_id: Id
    account_id: Id
    days: int


class PanelShown(TypedDict):
    """Who was involved with one child, and a page of who looked."""

    panel_id: Id
    child_id: Id
    ends_at: int
    involved: list[PanelInvolvement]
    looked: list[PanelLook]
    missing: list[Id]
    closed_years: list[int]
    next: NotRequired[str | None]


class Peer(TypedDict):
    """Another member. `answers`: null where nobody tried of late."""

    name: AuthorityText
    title: TitleText
    kind: Literal["index", "deriver", "locator"]
    state: Literal["active", "leaving"]
    reached: Literal["call", "poll"]
    suspended: bool
    answers: bool | None


class PeerDoor(TypedDict):
    """Whom to ring at another authority."""

    name: TitleText
    phone: PhoneText


class PeerList(TypedDict):
    """The region and its other members; no directory: nobody is spoken with."""

    directory: RegionInForce | None
    peers: list[Peer]
    checks: list[RegionCheckShown]


class PracticeStated(TypedDict):
    """The general practice the child is registered with."""

    ods: OdsText
    name: TitleText
    phone: NotRequired[PhoneText | None]
    since: DayText


class PractitionerAdded(TypedDict):
    """A practitioner, and where they live if they agreed to that being compared."""

    agency_id: Id
    name: NameText
    team: TeamContact
    phone: NotRequired[PhoneText | None]
    email: NotRequired[EmailText | None]
    home: NotRequired[HomeStated | None]


class PractitionerAmended(TypedDict):
    """Whether everybody but the management team is shown the practitioner's team only."""

    contact_shielded: bool


class PractitionerContact(TypedDict):
    """The practitioner by name, where the agency gives one."""

    name: NameText
    phone: NotRequired[PhoneText | None]
    email: NotRequired[EmailText | None]


class PractitionerShown(TypedDict):
    """How to reach one practitioner's team; whether all but the team are shown only that."""

    agency_id: Id
    name: NameText
    team: TeamContact
    phone: NotRequired[PhoneText | None]
    email: NotRequired[EmailText | None]
    practitioner_id: Id
    contact_shielded: bool


class Problem(TypedDict):
    """RFC 9457 problem. Texts are constants of the code; nothing sent is repeated."""

    type: str
    title: str
    status: int
    code: Code
    detail: str
    errors: NotRequired[list[Fault] | None]
    also: NotRequired[list[Code] | None]


class ReceiptMatched(TypedDict):
    """It is this consent's. One that is not is refused."""

    matches: Literal[True]


class ReceiptPresented(TypedDict):
    """What somebody at the counter brought: a receipt, or a code."""

    receipt: str


class RecordTold(TypedDict):
    """The record itself: of third parties no contact."""

    name: Name
    former_names: list[Name]
    date_of_birth: DayText
    gender: Gender
    carers: list[Name]
    identifiers: IdentifiersShown
    address: AddressLines | AddressStatement | None
    settings: SettingsShown | None


class RegionAnswer(TypedDict):
    """What the region came to. Not `complete` where an authority did not answer."""

    across: Literal["region", "region_wider"]
    complete: bool
    wider_offered: bool
    authorities: list[AuthorityAnswer]


class RegionCheckShown(TypedDict):
    """Something asked of the region by a job: when last, when last well, what came of it."""

    what: Literal["deriver", "locator", "shield_new", "shield_set", "shield_night"]
    at: int
    well_at: int
    finding: str


class RegionInForce(TypedDict):
    """The region's directory in force here; `valid_until` in seconds of the epoch."""

    region: AuthorityText
    version: int
    valid_until: int
    epoch: int


class RegionLookupAsked(TypedDict):
    """A lookup, and how far it goes: the own index alone, or whoever may know in the region."""

    given_name: NotRequired[NameText | None]
    middle_names: NotRequired[NameText | None]
    family_name: NotRequired[NameText | None]
    date_of_birth: NotRequired[DayText | None]
    gender: NotRequired[Gender | None]
    postcode: NotRequired[PostcodeText | None]
    house: NotRequired[PlaceText | None]
    nhs_number: NotRequired[NhsNumberText | None]
    upn: NotRequired[UpnText | None]
    case_number: NotRequired[CaseNumberText | None]
    across: NotRequired[Across]


class RestrictionShown(TypedDict):
    """What restricts a record, for the management team."""

    shielded: bool
    held: bool
    shields: list[ShieldShown]


class RuleShown(TypedDict):
    """A rule that spoke of an access, how loudly, and in which version it stood."""

    rule: str
    points: int
    version: int


class SafeguardingLead(TypedDict):
    """The named person an agency answers for safeguarding by."""

    name: NameText
    phone: PhoneText


class SaidShown(TypedDict):
    """Who said it, the judgement that it was theirs to say, by whom, when."""

    giver: Giver | None
    understanding: Understanding | None
    judged_by: Id | None
    day: DayText


class SampleAsked(TypedDict):
    """A cohort, how many of its accesses to draw, and a seed to draw the same ones again."""

    since: int
    until: int
    account_id: NotRequired[Id | None]
    agency_id: NotRequired[Id | None]
    child_id: NotRequired[Id | None]
    agency_kind: NotRequired[AgencyKind | None]
    role: NotRequired[Role | None]
    action: NotRequired[Action | None]
    purpose: NotRequired[Purpose | None]
    outcome: NotRequired[Outcome | None]
    code: NotRequired[Code | None]
    mediated: NotRequired[bool | None]
    override: NotRequired[bool | None]
    federated: NotRequired[bool | None]
    size: int
    seed: NotRequired[str | None]


class SampleDrawn(TypedDict):
    """A random sample; the seed, and what the access log has committed to before it was
    seen.
    """

    seed: str
    committed: str
    cohort: int | None
    entries: list[EntryInspected]
    closed_years: list[int]


class SampleSignedOff(TypedDict):
    """A whole sample signed off: one finding for each of its accesses."""

    findings: list[AccessFound]


class SampledAccess(TypedDict):
    """One access of a sample, and what the supervisor found of it."""

    entry_id: Id
    state: EntryState | None
    said: AccessSaid | None
    finding: SampleFinding | None


class SampledChild(TypedDict):
    """A child shown in an access, and the classes of facts; never which child, or what."""

    reference: str
    classes: list[DisclosureClass]


class SchoolStated(TypedDict):
    """The school or college attended."""

    urn: UrnText
    name: TitleText
    phone: NotRequired[PhoneText | None]
    starts: DayText
    ends: NotRequired[DayText | None]


class SettingsShown(TypedDict):
    """Where the child is taught and registered with a doctor."""

    education: Education
    school: SchoolStated | None
    practice: PracticeStated | None


class ShieldAsked(TypedDict):
    """A request that a record be shielded, by whom, and how that is known."""

    ground: Literal[
        "domestic_abuse",
        "witness_protection",
        "contested_adoption",
        "sensitive_fostering",
        "named_threat",
        "well_known_family",
    ]
    asked_by: Literal["child", "parent_or_carer", "practitioner", "court"]
    identity_checked: IdentityCheck
    can_be_contacted: Literal[True]


class ShieldGranted(TypedDict):
    """A decision to shield: its ground, who asked, and the day it is looked at again."""

    ground: Literal[
        "domestic_abuse",
        "witness_protection",
        "contested_adoption",
        "sensitive_fostering",
        "named_threat",
        "well_known_family",
    ]
    asked_by: Literal["child", "parent_or_carer", "practitioner", "court"]
    review: DayText
    request_id: NotRequired[Id | None]


class ShieldLifted(TypedDict):
    """A decision to lift one shield; the record stays shielded while another stands."""

    shield_id: Id


class ShieldRefused(TypedDict):
    """Why a shield is not granted."""

    reason: ShieldRefusal


class ShieldRequestShown(TypedDict):
    """One request for a shield, and how far it has come."""

    request_id: Id
    child_id: Id
    ground: ShieldGround
    asked_by: ShieldAskedBy
    identity_checked: IdentityCheck
    state: ShieldRequestState
    asked_at: int
    due: int
    sent_by: Id
    refusal: ShieldRefusal | None


class ShieldRequests(TypedDict):
    """A page of requests for shields."""

    requests: list[ShieldRequestShown]
    next: NotRequired[str | None]


class ShieldReviewed(TypedDict):
    """A shield looked at again: it stands on, until the next day of review."""

    shield_id: Id
    review: DayText


class ShieldShown(TypedDict):
    """One shield, for the management team."""

    shield_id: Id
    ground: ShieldGround
    asked_by: ShieldAskedBy
    decided_by: Id | None
    granted: DayText
    review: DayText
    lifted: DayText | None
    request_id: Id | None
    requested_by: Id | None
    appealed: bool
    reviewed: DayText | None


class SignificantHarm(TypedDict):
    """The provider's decision to enter a sensitive service without consent (reg 11(3))."""

    reason: Literal["is_suffering", "is_likely_to_suffer"]
    decided_on: DayText
    review: DayText


class SourceShown(TypedDict):
    """Where an attribute came from; `received_at` in seconds of the epoch."""

    agency_id: Id
    as_of: DayText
    received_at: int
    by_person: bool


class SourceTold(TypedDict):
    """Which kind of agency one attribute came from, as of which day."""

    attribute: Literal[
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
    agency_kind: AgencyKind
    agency: TitleText | None
    as_of: DayText
    by_person: bool


class Spell(TypedDict):
    """From a first day to a last one, both already come."""

    began: DayText
    ended: NotRequired[DayText | None]


class SpellShown(TypedDict):
    """Since when, and until when if it has ended in the last 12 months."""

    began: DayText
    ended: DayText | None


class StaffSampleAsked(TypedDict):
    """A sample to be drawn of the accesses of the supervisor's own agency."""

    month: str
    size: int


class StaffSampleListed(TypedDict):
    """A sample: of which month, how many of how many, and who signed it off."""

    id: Id
    month: str
    until: int
    drawn_at: int
    drawn_by: Id
    accesses: int
    size: int
    signed_off_at: int | None
    signed_off_by: Id | None


class StaffSampleShown(TypedDict):
    """A sample with its accesses, its seed, and what the entry of its draw commits to."""

    id: Id
    month: str
    until: int
    drawn_at: int
    drawn_by: Id
    accesses: int
    size: int
    signed_off_at: int | None
    signed_off_by: Id | None
    seed: str
    committed: str
    sampled: list[SampledAccess]


class StaffSamples(TypedDict):
    """A page of the own agency's samples, newest first."""

    samples: list[StaffSampleListed]
    next: NotRequired[str | None]


class StaffUse(TypedDict):
    """A page of the accounts of the supervisor's own agency, with a month's use."""

    month: str
    until: int
    agency_id: Id
    accounts: list[AccountUse]
    next: NotRequired[str | None]


class StatusShown(TypedDict):
    """What one agency says, now or in the last 12 months, and its responsible team."""

    agency: TitleText | Literal[""]
    contact: Contact
    child_protection_plan: SpellShown | None
    looked_after: LookedAfterShown | None


class StatusStated(TypedDict):
    """What the responsible team says: each null if it is not so, and never why."""

    contact: Contact
    child_protection_plan: Spell | None
    looked_after: LookedAfter | None


class StepShown(TypedDict):
    """One thing done about a matter, by whom, in one word; null where it was the index
    itself.
    """

    at: int
    account_id: Id | None
    step: str


class SubjectAnswer(TypedDict):
    """What became of one question, by its place: an answer or a code, and its own receipt."""

    position: int
    code: Code | None
    answer: LookupAnswer | None
    receipt: str


class SubscriptionMade(TypedDict):
    """About whom one is to be told to ask again, and by which reference."""

    child_id: Id
    reference: AccessReferenceText
    authority: NotRequired[AuthorityText | None]


class SubscriptionShown(TypedDict):
    """One subscription of the asker's own."""

    id: Id
    reference: AccessReferenceText
    authority: AuthorityText | None
    until: DayText
    ask_again: DayText | None


class Subscriptions(TypedDict):
    """A page of one's own subscriptions, the newest first."""

    subscriptions: list[SubscriptionShown]
    next: NotRequired[str | None]


class TeamContact(TypedDict):
    """The team: people leave, teams answer."""

    name: TitleText
    phone: PhoneText
    hours: NotRequired[list[Hours]]


class TransferNamed(TypedDict):
    """Which move is meant."""

    transfer_id: Id


class TransferOffered(TypedDict):
    """The authority an assessment is offered to."""

    authority: AuthorityText


class TransferProposed(TypedDict):
    """A proposal to take responsibility for a child from the authority that has it."""

    authority: AuthorityText
    reason: MoveReason
    child: ChildMeant


class TransferRefused(TypedDict):
    """Why a move does not come about; `withdrawn` is for the side that proposed it."""

    reason: MoveRefusal


class TransferShown(TypedDict):
    """One move as this side knows it."""

    transfer_id: Id
    side: MoveSide
    authority: AuthorityText
    step: MoveStep
    reason: MoveReason
    refusal: MoveRefusal | None
    child: ChildMeant
    child_id: Id | None
    opened: int
    review_due: DayText | None
    reviewed: int | None


class Transfers(TypedDict):
    """A page of moves, the newest first."""

    transfers: list[TransferShown]
    next: NotRequired[str | None]


class UseByPurpose(TypedDict):
    """Use for one purpose stated; null where none was."""

    lookups: int
    reads: int
    overrides: int
    refusals: int
    misses: int
    out_of_hours_percent: int | None
    purpose: Purpose | None


class Vocabularies(TypedDict):
    """The closed vocabularies; words are added, none changes its meaning."""

    roles: list[Role]
    agency_kinds: list[AgencyKind]
    purposes: list[Purpose]
    reasons: list[AccessReason]
    genders: list[Gender]
    identifier_schemes: list[IdentifierScheme]
    address_kinds: list[AddressKind]
    carer_relations: list[CarerRelation]
    education: list[Education]
    services: list[Service]
    days: list[Day]
    grades: list[Grade]
    shield_grounds: list[ShieldGround]
    shield_asked_by: list[ShieldAskedBy]
    consents_for: list[ConsentFor]
    consent_givers: list[Giver]
    understandings: list[Understanding]
    consent_receipts: list[ReceiptKept]
    bases: list[BasisKind]
    basis_reasons: list[BasisReason]
    not_shared_reasons: list[NotSharedReason]
    urgencies: list[Urgency]
    brokering_outcomes: list[Brokered]
    brokering_answers: list[BrokeringAnswer]
    dissent_about: list[DissentAbout]
    alert_outcomes: list[AlertOutcome]
    shield_identity_checks: list[IdentityCheck]
    shield_refusals: list[ShieldRefusal]
    new_identity_causes: list[NewIdentityCause]
    override_grounds: list[OverrideGround]
    override_outcomes: list[OverrideOutcome]
    hold_decisions: list[HoldDecision]
    caf_closures: list[CafClosure]
    hold_checks: list[CheckedWith]


class WhoLookedAsked(TypedDict):
    """A request to be told who looked, as the desk found it."""

    asked_by: AskedBy
    identity: IdentityShown
    right: RightShown
    orders: OrdersFound
    competence: Competence
    judged_by: NotRequired[JudgedBy | None]
    judged_on: NotRequired[DayText | None]
    wish: ChildsWish
    unasked_because: NotRequired[NotAskedBecause | None]
    harm: SeriousHarm
    detail: NotRequired[Detail]
    detail_ground: NotRequired[DetailGround | None]


class WhoLookedRecorded(TypedDict):
    """A request as recorded: it waits for its release, or is refused, and why. Never told
    on.
    """

    id: Id
    state: Literal["waiting", "refused"]
    refusals: list[GateRefusal]


class WhoLookedRefused(TypedDict):
    """What stands against telling, which the findings did not say."""

    reason: GateRefusal


class WhoLookedReport(TypedDict):
    """Who looked at a child's record, in months that are over; no counts, no days."""

    request_id: Id
    until: str
    detail: Detail
    looks: list[LookTold]
    notice: Literal[
        "This report covers whole months that are over. It names no sensitive service, and some looks are not told in it; whether any are is never said."
    ]


class WhoLookedRequest(TypedDict):
    """One request that waits for its release, with all the desk found."""

    asked_by: AskedBy
    identity: IdentityShown
    right: RightShown
    orders: OrdersFound
    competence: Competence
    judged_by: NotRequired[JudgedBy | None]
    judged_on: NotRequired[DayText | None]
    wish: ChildsWish
    unasked_because: NotRequired[NotAskedBecause | None]
    harm: SeriousHarm
    detail: NotRequired[Detail]
    detail_ground: NotRequired[DetailGround | None]
    request_id: Id
    child_id: Id
    recorded_by: Id
    recorded_at: int
    due: int


class WhoLookedRequests(TypedDict):
    """A page of requests, the most urgent first."""

    requests: list[WhoLookedRequest]
    next: NotRequired[str | None]


class Why(TypedDict):
    """How far one field agrees, among those this asker may see."""

    field: Field
    level: Level


class Widened(TypedDict):
    """One thing an agreement gives that the one in force does not; `where` in known words."""

    kind: WideningKind
    where: list[str]
