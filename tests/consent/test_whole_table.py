"""Every question the finite table holds, against a short specification of its own.

The specification below is written from the domain's rules, in words, and knows nothing
of the rules or of the compiled agreement.
"""

from itertools import cycle, product

from consent.decide import decide, decide_assessment, decide_involvement, may_ask, override_terms
from consent.decision import Decision
from consent.facts import (
    AccessReason,
    AccountState,
    Action,
    AgencyKind,
    Ask,
    AskerFacts,
    AssessmentFacts,
    CafConsent,
    ChildFacts,
    DisclosureClass,
    InvolvementFacts,
    Purpose,
    Role,
    SensitiveBasis,
)
from tests.consent.examples import DAY, DEFAULT, OTHER_AGENCY, asker


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


HEALTH = words(
    "health_visiting school_nursing general_practice hospital mental_health sexual_health"
    " substance_misuse"
)
ALL = frozenset(name.value for name in DisclosureClass)
READS = words("lookup read_child read_involvement record_involvement")
AFTERWARDS = words("read_directory read_decision read_notices read_proof")
NO_PURPOSE = AFTERWARDS | words(
    "supply read_batch read_holds keep_directory broker approve_override investigate read_due"
    " keep_agreement inspect_log read_panel tell_who_looked handle_misuse supervise release_log"
)
CONSENTS = words("record_consent read_consents")
ABOUT_A_CHILD = (
    READS
    | CONSENTS
    | words(
        "create_child amend_child record_assessment shield lift_shield read_holds broker"
        " ask_shield override release_hold close_identity transfer record_status record_dissent"
    )
)
WORKERS_ASK = CONSENTS | words("ask_contact subscribe mediate ask_shield record_dissent")
ROLE_DOES = {
    "practitioner": READS
    | AFTERWARDS
    | WORKERS_ASK
    | words("create_child amend_child record_assessment override record_status read_due supervise"),
    "management_team": ABOUT_A_CHILD
    | AFTERWARDS
    | words("read_batch keep_directory ask_contact approve_override investigate read_due")
    | words("keep_agreement tell_who_looked supervise release_log"),
    "auditor": words("read_directory read_decision read_proof inspect_log read_panel")
    | words("handle_misuse release_log"),
    "supplier": words("supply read_batch read_directory read_decision read_proof"),
    "case_system": AFTERWARDS | words("lookup"),
}
KIND_ENQUIRES = words("social_care police health_visiting school_nursing general_practice hospital")
KIND_FINDS_MISSING = words("authority social_care early_years school college")
KIND_HOLDS_NO_CAF = words("authority police probation mental_health sexual_health substance_misuse")
KIND_TOLD_STATUS = KIND_ENQUIRES
PURPOSE_HAS = {
    "promote_welfare": words(
        "new_referral unscheduled_care planned_care assessment review contact_practitioner"
        " admission_or_attendance record_involvement supply_or_correct"
    ),
    "safeguard": words(
        "new_referral coming_to_notice unscheduled_care planned_care assessment review"
        " contact_practitioner record_involvement strategy_discussion supply_or_correct"
    ),
    "enquire_significant_harm": words(
        "new_referral coming_to_notice assessment review contact_practitioner"
        " record_involvement strategy_discussion"
    ),
    "find_missing_education": words(
        "contact_practitioner admission_or_attendance record_involvement"
    ),
    "keep_index": words(
        "review contact_practitioner record_involvement supply_or_correct shielding"
    ),
}
RECORD = words("identity whereabouts carers settings involvements assessment")
SHOWN = {
    "lookup": words("identity tracing involvements assessment"),
    "read_child": RECORD | {"status"},
    "create_child": RECORD | {"tracing"},
    "amend_child": RECORD | {"tracing"},
    "read_involvement": words("identity involvements"),
    "record_involvement": words("identity involvements"),
    "record_assessment": words("identity assessment"),
    "record_consent": words("identity consents"),
    "read_consents": words("identity consents"),
    "ask_shield": words("identity"),
    "override": RECORD | {"status"},
    "record_status": words("identity status"),
    "record_dissent": words("identity"),
}
NUMBERED = words("lookup read_child create_child amend_child override")


def does(role: str, kind: str, action: str) -> bool:
    """Whether a role at a kind of agency has an action at all."""
    if role == "management_team" and kind != "authority":
        return False
    if role == "auditor" and kind != "authority":
        return action in words("read_directory read_decision read_proof")
    if role == "practitioner" and action == "record_status":
        return kind == "social_care"
    if role == "practitioner" and action == "read_due":
        return kind not in KIND_HOLDS_NO_CAF
    return action in ROLE_DOES[role]


def open_purposes(role: str, kind: str, action: str) -> set[str]:
    """The purposes this role at this kind of agency may state for this action."""
    welfare = {"promote_welfare", "safeguard"}
    if role == "auditor" or (role == "practitioner" and action == "supervise"):
        return set()
    if role in ("management_team", "supplier"):
        return {"keep_index"}
    if action in ("record_assessment", "read_due"):
        return welfare
    if action in ("create_child", "amend_child"):
        return welfare if kind == "social_care" else set()
    enquiry = {"enquire_significant_harm"} if kind in KIND_ENQUIRES else set()
    missing = {"find_missing_education"} if kind in KIND_FINDS_MISSING else set()
    if action == "override":
        return {"safeguard"} | enquiry
    if action in CONSENTS | words("ask_shield record_dissent record_status"):
        return welfare | enquiry
    return welfare | enquiry | missing


def may(who: AskerFacts, action: str, purpose: str | None, reason: str | None) -> bool:
    """Whether an asker with everything else in order may ask this, one case a line."""
    role, kind = who.role.value, who.agency_kind.value
    if not does(role, kind, action):
        return False
    if action == "override" and not who.may_override:
        by_statute = role == "practitioner" and kind in ("social_care", "police")
        if not by_statute or purpose != "enquire_significant_harm":
            return False
    if action == "supervise" and not who.may_supervise:
        return False
    if action == "record_assessment" and role == "practitioner" and kind in KIND_HOLDS_NO_CAF:
        return False
    if purpose is None:
        return action in NO_PURPOSE and reason is None
    if purpose not in open_purposes(role, kind, action):
        return False
    if reason is None:
        return action in NO_PURPOSE
    return reason in PURPOSE_HAS[purpose]


def numbers(kind: str, action: str) -> set[str]:
    """The numbers that return to this kind of agency in this action."""
    if action not in NUMBERED:
        return set()
    nhs = {"identifier:nhs_number"} if kind in HEALTH | {"social_care", "authority"} else set()
    taught = words("school college early_years social_care authority")
    upn = {"identifier:upn"} if kind in taught else set()
    case = {"identifier:case_number"} if kind in ("social_care", "authority") else set()
    return nhs | upn | case


def kept_back(kind: str, action: str) -> frozenset[str]:
    """The classes of an action that this kind of agency is not given."""
    status = frozenset() if kind in KIND_TOLD_STATUS else words("status")
    housing = words("settings assessment") if kind == "housing" else frozenset()
    if action in ("read_child", "override"):
        return status | housing
    return housing if action == "lookup" else frozenset()


def seen(role: str, kind: str, action: str, child: ChildFacts) -> frozenset[str]:
    """The classes an asker who may ask this sees of this child, one case a line."""
    if role in ("supplier", "auditor") or action not in ABOUT_A_CHILD:
        return frozenset()
    if child.archived and role != "management_team":
        return frozenset()
    if child.archived and action not in ("read_child", "read_holds", "read_consents"):
        return frozenset()
    if role == "management_team":
        return ALL
    if child.held:
        return frozenset()
    if action == "override" and not child.overridden:
        return words("identity")
    if child.shielded and action in ("amend_child", "record_assessment"):
        own = action == "record_assessment" and child.own_assessment
        return words("identity") if own else frozenset()
    if child.shielded and action != "override":
        return words("identity")
    return SHOWN[action] - kept_back(kind, action) | numbers(kind, action)


def involvement_level(
    role: str, action: str, permitted: frozenset[str], facts: InvolvementFacts
) -> str:
    """How much is shown of an involvement of a record that is shown, one case a line."""
    if role == "management_team":
        return "content"
    if "involvements" not in SHOWN[action]:
        return "nothing"
    if facts.sensitive and facts.basis == "none":
        return "nothing"
    if facts.own_agency:
        return "content"
    return "nothing" if facts.sensitive or "involvements" not in permitted else "content"


def assessment_told(
    who: AskerFacts, action: str, permitted: frozenset[str], facts: AssessmentFacts
) -> bool:
    """Whether an assessment of a record that is shown is told, one case a line."""
    role = who.role
    if "assessment" not in permitted:
        agreed = SHOWN.get(action, frozenset()) - kept_back(who.agency_kind, action)
        return facts.own_agency and facts.is_open and "assessment" in agreed
    return role == "management_team" or facts.own_agency or facts.consent != "refused"


HOLDERS = list(product(Role, AgencyKind))
BOTH = (False, True)
CHILDREN = [ChildFacts(*facts) for facts in product(BOTH, repeat=5)]
FEW_CHILDREN = [ChildFacts(), ChildFacts(shielded=True, overridden=True)]
RECORDED_BY = (AgencyKind.SCHOOL, OTHER_AGENCY)
INVOLVEMENTS = [
    InvolvementFacts(*facts, *RECORDED_BY) for facts in product(BOTH, SensitiveBasis, BOTH)
]
ASSESSMENTS = [AssessmentFacts(*facts) for facts in product(BOTH, CafConsent, BOTH)]
STATEMENTS = list(product([None, *Purpose], [None, *AccessReason]))
ASKS = {
    (action, purpose, reason): Ask(action, DAY, purpose, reason)
    for action, (purpose, reason) in product(Action, STATEMENTS)
}
ASKERS = {
    (role, kind, right): asker((role, kind), may_override=right, may_supervise=right)
    for role, kind, right in product(*(Role, AgencyKind), BOTH)
}
RIGHT_MATTERS = words("override approve_override supervise")


def rights(action: Action) -> tuple[bool, ...]:
    return BOTH if action in RIGHT_MATTERS else (False,)


def test_who_may_ask_what_with_which_purpose_and_reason() -> None:
    """Where the role has the action, every statement; where not, each in turn."""
    points = allowed = 0
    turn = cycle(STATEMENTS)
    for (role, kind), action in product(HOLDERS, Action):
        tried = STATEMENTS if does(role, kind, action) else [(None, None), next(turn), next(turn)]
        for right, (purpose, reason) in product(rights(action), tried):
            who = ASKERS[role, kind, right]
            said = may_ask(who, ASKS[action, purpose, reason], DEFAULT).allowed
            if said is not may(who, action, purpose, reason):
                raise AssertionError((role, kind, right, action, purpose, reason, said))
            points += 1
            allowed += said
    assert points > 40_000
    assert allowed > 5000


def test_who_sees_what_of_which_child() -> None:
    points = shown = 0
    for (role, kind), action in product(HOLDERS, Action):
        for right in rights(action):
            who = ASKERS[role, kind, right]
            for ask in _two_asks(who, action):
                may_it = may(who, action, ask.purpose, ask.reason)
                for child in CHILDREN if may_it else FEW_CHILDREN:
                    decision = decide(who, ask, child, DEFAULT)
                    expected = seen(role, kind, action, child) if may_it else frozenset()
                    if decision.permits != expected or decision.allowed is not bool(expected):
                        raise AssertionError((role, kind, ask, child, decision))
                    points += 1
                    if decision.allowed:
                        shown += _check_entries(who, ask, decision)
    assert points > 15_000
    assert shown > 5000


def test_no_state_of_an_account_but_a_good_one_reads_a_child() -> None:
    good = (AccountState.ACTIVE, DAY, DAY, DAY, True)
    late, old = DAY.replace(year=2027), DAY.replace(year=2022)
    days = (None, DAY, late, old)
    reading = Ask(Action.READ_CHILD, DAY, Purpose.SAFEGUARD, AccessReason.REVIEW)
    for state, checked, trained, signed, accredited in product(
        AccountState, days, days, days, (False, True)
    ):
        who = asker(
            account_state=state,
            checked_on=checked,
            trained_on=trained,
            signed_on=signed,
            employer_accredited=accredited,
        )
        # Training and signature do not age; a check does.
        once = tuple(DAY if day == old else day for day in (trained, signed))
        expected = (state, checked, *once, accredited) == good
        assert may_ask(who, reading, DEFAULT).allowed is expected
        assert decide(who, reading, ChildFacts(), DEFAULT).allowed is expected
        plain = state is AccountState.ACTIVE and accredited
        for action in (Action.READ_DIRECTORY, Action.READ_DECISION, Action.READ_PROOF):
            assert may_ask(who, Ask(action, DAY), DEFAULT).allowed is plain
        assert may_ask(who, Ask(Action.READ_NOTICES, DAY), DEFAULT).allowed is expected


def test_when_an_override_takes_a_second_person() -> None:
    for (role, kind), purpose in product(HOLDERS, [None, *Purpose]):
        ask = ASKS[Action.OVERRIDE, purpose, None]
        statutory = (
            role == "practitioner"
            and kind in ("social_care", "police")
            and purpose == "enquire_significant_harm"
        )
        said = override_terms(ASKERS[role, kind, True], ask, DEFAULT)
        assert said == ("after" if statutory else "before")


def _two_asks(who: AskerFacts, action: Action) -> tuple[Ask, Ask]:
    """One question in order where there is one, and one with nothing stated."""
    bare = ASKS[action, None, None]
    for purpose, reason in STATEMENTS:
        if purpose is not None and may(who, action, purpose, reason):
            return ASKS[action, purpose, reason], bare
    return ASKS[action, Purpose.SAFEGUARD, AccessReason.REVIEW], bare


def _check_entries(who: AskerFacts, ask: Ask, decision: Decision) -> int:
    permitted = frozenset(name.value for name in decision.permits)
    for involvement in INVOLVEMENTS:
        level = decide_involvement(who, ask, decision, involvement, DEFAULT)
        if level != involvement_level(who.role, ask.action, permitted, involvement):
            raise AssertionError((who, ask, decision, involvement, level))
    for assessment in ASSESSMENTS:
        told = decide_assessment(who, ask, decision, assessment, DEFAULT)
        if told is not assessment_told(who, ask.action, permitted, assessment):
            raise AssertionError((who, ask, decision, assessment, told))
    return len(INVOLVEMENTS) + len(ASSESSMENTS)
