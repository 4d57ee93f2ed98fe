"""What must be in order with the asker and the question, before any child is read.

No rule here can see a child: the answer is the same for every id (house rule 4).
Sources stand in README.md, by rule name.
"""

from collections.abc import Callable
from datetime import date

from consent.agreement import Agreement
from consent.decision import AskerReason
from consent.facts import (
    SENSITIVE_KINDS,
    AccountState,
    Action,
    AgencyKind,
    Ask,
    AskerFacts,
    Role,
)

AskerRule = Callable[[AskerFacts, Ask, Agreement], AskerReason | None]

# What is asked about no one child. All else, new actions too, states a purpose.
STATES_NO_PURPOSE = frozenset(
    {
        Action.SUPPLY,
        Action.READ_BATCH,
        Action.READ_HOLDS,
        Action.KEEP_DIRECTORY,
        Action.READ_DIRECTORY,
        Action.BROKER,
        Action.APPROVE_OVERRIDE,
        Action.INVESTIGATE,
        Action.READ_DUE,
        Action.KEEP_AGREEMENT,
        Action.READ_DECISION,
        Action.READ_NOTICES,
        Action.READ_PROOF,
        Action.INSPECT_LOG,
        Action.READ_PANEL,
        Action.TELL_WHO_LOOKED,
        Action.HANDLE_MISUSE,
        Action.SUPERVISE,
        Action.RELEASE_LOG,
    }
)

# A lapsed practitioner must be able to read on /v1/me what has lapsed, and why a request
# was refused for it.
OPEN_TO_THE_LAPSED = frozenset({Action.READ_DIRECTORY, Action.READ_DECISION, Action.READ_PROOF})

# The team's alone, whatever an agreement says; only an override may have other approvers.
TEAM_ACTIONS = frozenset(
    {
        Action.SHIELD,
        Action.LIFT_SHIELD,
        Action.BROKER,
        Action.APPROVE_OVERRIDE,
        Action.INVESTIGATE,
        Action.RELEASE_HOLD,
        Action.CLOSE_IDENTITY,
        Action.TRANSFER,
        Action.KEEP_AGREEMENT,
        Action.TELL_WHO_LOOKED,
    }
)

# Who watches the index is not who keeps it: the auditors' alone, whatever an agreement says.
AUDITORS_ACTIONS = frozenset({Action.INSPECT_LOG, Action.READ_PANEL, Action.HANDLE_MISUSE})


def suspended_account_asks_nothing(
    asker: AskerFacts, _ask: Ask, _agreement: Agreement
) -> AskerReason | None:
    """A suspended account asks nothing, from the next request on."""
    if asker.account_state == AccountState.SUSPENDED:
        return AskerReason.ACCOUNT_SUSPENDED
    return None


def closed_account_asks_nothing(
    asker: AskerFacts, _ask: Ask, _agreement: Agreement
) -> AskerReason | None:
    """A closed account, or one in no state known here, asks nothing."""
    if asker.account_state not in (AccountState.ACTIVE, AccountState.SUSPENDED):
        return AskerReason.ACCOUNT_CLOSED
    return None


def check_is_recent(asker: AskerFacts, ask: Ask, agreement: Agreement) -> AskerReason | None:
    """The criminal record check was made, and not more than the agreed years ago."""
    if ask.action in OPEN_TO_THE_LAPSED:
        return None
    checked, today = asker.checked_on, ask.today
    if checked is None or checked > today:
        return AskerReason.CHECK_LAPSED
    # Compared as calendar parts: the third anniversary is the last good day, and a
    # check of 29 February lapses after 28 February, with no date that does not exist.
    oldest = (today.year - agreement.check_years_max, today.month, today.day)
    if (checked.year, checked.month, checked.day) < oldest:
        return AskerReason.CHECK_LAPSED
    return None


def training_is_complete(asker: AskerFacts, ask: Ask, _agreement: Agreement) -> AskerReason | None:
    """The mandatory training is finished, and not on a day to come."""
    if ask.action in OPEN_TO_THE_LAPSED or _has_come(asker.trained_on, ask.today):
        return None
    return AskerReason.TRAINING_MISSING


def end_user_agreement_is_signed(
    asker: AskerFacts, ask: Ask, _agreement: Agreement
) -> AskerReason | None:
    """The end-user agreement is signed, and not on a day to come."""
    if ask.action in OPEN_TO_THE_LAPSED or _has_come(asker.signed_on, ask.today):
        return None
    return AskerReason.AGREEMENT_UNSIGNED


def employer_is_accredited(
    asker: AskerFacts, _ask: Ask, _agreement: Agreement
) -> AskerReason | None:
    """The employing organisation has passed accreditation."""
    if asker.employer_accredited is not True:
        return AskerReason.EMPLOYER_NOT_ACCREDITED
    return None


def agreement_is_in_force(_asker: AskerFacts, ask: Ask, agreement: Agreement) -> AskerReason | None:
    """The sharing agreement is in force on the day of asking, its last day included."""
    return None if agreement.in_force.covers(ask.today) else AskerReason.NO_AGREEMENT_IN_FORCE


def agency_is_party(asker: AskerFacts, _ask: Ask, agreement: Agreement) -> AskerReason | None:
    """The asker's kind of agency is a party to the sharing agreement."""
    if asker.agency_kind not in agreement.parties:
        return AskerReason.AGENCY_NOT_PARTY
    return None


def role_may_do_the_action(asker: AskerFacts, ask: Ask, agreement: Agreement) -> AskerReason | None:
    """The role is open to the kind of agency and may do what is asked."""
    if ask.action not in agreement.actions.get((asker.role, asker.agency_kind), ()):
        return AskerReason.ROLE_NOT_ALLOWED
    return None


def what_is_the_teams_is_asked_by_the_team(
    asker: AskerFacts, ask: Ask, agreement: Agreement
) -> AskerReason | None:
    """The team's own actions are the team's, but for approving overrides where that is agreed."""
    if ask.action not in TEAM_ACTIONS or asker.role == Role.MANAGEMENT_TEAM:
        return None
    if ask.action == Action.APPROVE_OVERRIDE and _approves(asker, agreement):
        return None
    return AskerReason.ROLE_NOT_ALLOWED


def what_is_the_auditors_is_asked_by_an_auditor(
    asker: AskerFacts, ask: Ask, _agreement: Agreement
) -> AskerReason | None:
    """The access log is searched and opened by auditors alone."""
    if ask.action in AUDITORS_ACTIONS and asker.role != Role.AUDITOR:
        return AskerReason.ROLE_NOT_ALLOWED
    return None


def a_rollback_is_released_by_team_or_auditor(
    asker: AskerFacts, ask: Ask, _agreement: Agreement
) -> AskerReason | None:
    """That a restored index may answer again is said by the team and the auditors, nobody else."""
    if ask.action != Action.RELEASE_LOG:
        return None
    if asker.role in (Role.MANAGEMENT_TEAM, Role.AUDITOR):
        return None
    return AskerReason.ROLE_NOT_ALLOWED


def supervision_is_a_granted_right(
    asker: AskerFacts, ask: Ask, _agreement: Agreement
) -> AskerReason | None:
    """Own staff's use is seen by a person to whom that right was granted by name."""
    if ask.action != Action.SUPERVISE:
        return None
    at_a_keyboard = asker.role in (Role.PRACTITIONER, Role.MANAGEMENT_TEAM)
    if at_a_keyboard and asker.may_supervise is True:
        return None
    return AskerReason.SUPERVISION_NOT_GRANTED


def sensitive_services_hold_no_assessment(
    asker: AskerFacts, ask: Ask, _agreement: Agreement
) -> AskerReason | None:
    """A sensitive service records no common assessment: whoever holds one is told by name."""
    if ask.action == Action.RECORD_ASSESSMENT and asker.agency_kind in SENSITIVE_KINDS:
        return AskerReason.ROLE_NOT_ALLOWED
    return None


def override_is_a_granted_right(
    asker: AskerFacts, ask: Ask, agreement: Agreement
) -> AskerReason | None:
    """A shield is overridden by right, granted to the account by name or by statutory task."""
    if ask.action != Action.OVERRIDE or asker.may_override is True:
        return None
    if takes_the_statutory_route(asker, ask, agreement):
        return None
    return AskerReason.OVERRIDE_NOT_GRANTED


def mediation_is_agreed(asker: AskerFacts, ask: Ask, agreement: Agreement) -> AskerReason | None:
    """Whoever asks through a mediator is of a kind of agency that may."""
    if ask.action == Action.MEDIATE and asker.agency_kind not in agreement.mediation.requesters:
        return AskerReason.ROLE_NOT_ALLOWED
    return None


def mediator_is_agreed(asker: AskerFacts, _ask: Ask, agreement: Agreement) -> AskerReason | None:
    """Whoever asks for another is at a keyboard, of a kind of agency that may mediate."""
    at_a_keyboard = asker.role in (Role.PRACTITIONER, Role.MANAGEMENT_TEAM)
    if at_a_keyboard and asker.agency_kind in agreement.mediation.mediators:
        return None
    return AskerReason.ROLE_NOT_ALLOWED


def purpose_is_stated(_asker: AskerFacts, ask: Ask, _agreement: Agreement) -> AskerReason | None:
    """Whoever asks about a child states a purpose."""
    if ask.purpose is None and ask.action not in STATES_NO_PURPOSE:
        return AskerReason.PURPOSE_MISSING
    return None


def purpose_is_open_to_the_asker(
    asker: AskerFacts, ask: Ask, agreement: Agreement
) -> AskerReason | None:
    """A stated purpose is one the agreement opens to this role and agency kind for this action."""
    if ask.purpose is None:
        return None
    opened = agreement.purposes.get((asker.role, asker.agency_kind, ask.action), ())
    return None if ask.purpose in opened else AskerReason.PURPOSE_NOT_ALLOWED


def purpose_rests_on_law_in_force(
    _asker: AskerFacts, ask: Ask, agreement: Agreement
) -> AskerReason | None:
    """A stated purpose is one whose gateway is in force on the day of asking."""
    if ask.purpose is None or agreement.gateways[ask.purpose].covers(ask.today):
        return None
    return AskerReason.PURPOSE_NOT_ALLOWED


def purpose_is_not_closed_to_the_agency(
    asker: AskerFacts, ask: Ask, agreement: Agreement
) -> AskerReason | None:
    """A stated purpose is not one the agreement closes to this agency by name."""
    named = agreement.named.get(asker.agency)
    if named is not None and ask.purpose in named.closed:
        return AskerReason.PURPOSE_NOT_ALLOWED
    return None


def reason_is_stated(_asker: AskerFacts, ask: Ask, _agreement: Agreement) -> AskerReason | None:
    """Whoever asks about a child states why, now."""
    if ask.reason is None and ask.action not in STATES_NO_PURPOSE:
        return AskerReason.REASON_MISSING
    return None


def reason_belongs_to_the_purpose(
    _asker: AskerFacts, ask: Ask, agreement: Agreement
) -> AskerReason | None:
    """A stated reason belongs to the stated purpose; without a purpose it belongs to none."""
    if ask.reason is None:
        return None
    if ask.purpose is not None and ask.reason in agreement.reasons[ask.purpose]:
        return None
    return AskerReason.REASON_NOT_ALLOWED


# In the order they are told: the account, then the agreement, then the question.
ASKER_RULES: tuple[AskerRule, ...] = (
    suspended_account_asks_nothing,
    closed_account_asks_nothing,
    check_is_recent,
    training_is_complete,
    end_user_agreement_is_signed,
    employer_is_accredited,
    agreement_is_in_force,
    agency_is_party,
    role_may_do_the_action,
    what_is_the_teams_is_asked_by_the_team,
    what_is_the_auditors_is_asked_by_an_auditor,
    a_rollback_is_released_by_team_or_auditor,
    supervision_is_a_granted_right,
    sensitive_services_hold_no_assessment,
    override_is_a_granted_right,
    mediation_is_agreed,
    purpose_is_stated,
    purpose_is_open_to_the_asker,
    purpose_rests_on_law_in_force,
    purpose_is_not_closed_to_the_agency,
    reason_is_stated,
    reason_belongs_to_the_purpose,
)


# Of somebody who asks for another only the account is in question, and the kind of agency.
MEDIATOR_RULES: tuple[AskerRule, ...] = (
    suspended_account_asks_nothing,
    closed_account_asks_nothing,
    check_is_recent,
    training_is_complete,
    end_user_agreement_is_signed,
    employer_is_accredited,
    agreement_is_in_force,
    agency_is_party,
    mediator_is_agreed,
)


def defects(asker: AskerFacts, ask: Ask, agreement: Agreement) -> tuple[AskerReason, ...]:
    """Return everything wrong with the asker or the question, once, in the order of the rules.

    TypeError when a rule answers with anything but a reason or None: a broken rule
    answers nothing.
    """
    return _reasons([rule(asker, ask, agreement) for rule in ASKER_RULES])


def defects_of_a_mediator(
    mediator: AskerFacts, ask: Ask, agreement: Agreement
) -> tuple[AskerReason, ...]:
    """Return everything wrong with whoever asks on another's behalf, likewise."""
    return _reasons([rule(mediator, ask, agreement) for rule in MEDIATOR_RULES])


def takes_the_statutory_route(asker: AskerFacts, ask: Ask, agreement: Agreement) -> bool:
    """Say whether a practitioner's stated purpose is a statutory task of its kind of agency."""
    kind, purpose = asker.agency_kind, ask.purpose
    return asker.role == Role.PRACTITIONER and agreement.override.on_statutory_route(kind, purpose)


def holds_assessments(kind: AgencyKind, agreement: Agreement) -> bool:
    """Say whether practitioners of this kind of agency may record common assessments."""
    role, action = Role.PRACTITIONER, Action.RECORD_ASSESSMENT
    given = action in agreement.actions.get((role, kind), ())
    opened = bool(agreement.purposes.get((role, kind, action)))
    return given and opened and kind not in SENSITIVE_KINDS


def _approves(asker: AskerFacts, agreement: Agreement) -> bool:
    named = asker.role == Role.PRACTITIONER and asker.agency_kind in agreement.override.approvers
    return named and asker.may_override is True


def _has_come(day: date | None, today: date) -> bool:
    return day is not None and day <= today


def _reasons(said: list[AskerReason | None]) -> tuple[AskerReason, ...]:
    found: dict[AskerReason, None] = {}
    for reason in said:
        if reason is None:
            continue
        if type(reason) is not AskerReason:
            raise TypeError("an asker rule gave neither a reason nor None")
        found[reason] = None
    return tuple(found)
