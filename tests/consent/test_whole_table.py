"""Every question the finite table holds, against a short specification of its own.

The specification below is written from the domain's rules, in words, and knows nothing
of the rules or of the compiled agreement.
"""

from itertools import product

from consent.decide import decide, decide_involvement, may_ask
from consent.decision import Decision
from consent.facts import (
    AccessReason,
    AccountState,
    Action,
    AgencyKind,
    Ask,
    AskerFacts,
    ChildFacts,
    DisclosureClass,
    InvolvementFacts,
    Purpose,
    Role,
)
from tests.consent.examples import DAY, DEFAULT, asker


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


HEALTH = words(
    "health_visiting school_nursing general_practice hospital mental_health sexual_health"
    " substance_misuse"
)
ALL = frozenset(name.value for name in DisclosureClass)
READS = words("lookup read_child read_involvement record_involvement read_directory")
NO_PURPOSE = words("supply read_batch read_holds keep_directory read_directory")
ABOUT_A_CHILD = words(
    "lookup read_child create_child amend_child read_involvement record_involvement"
    " record_assessment shield lift_shield read_holds"
)
ROLE_DOES = {
    "practitioner": READS | words("create_child amend_child record_assessment"),
    "management_team": ABOUT_A_CHILD | words("read_batch keep_directory read_directory"),
    "auditor": words("read_directory"),
    "supplier": words("supply read_batch read_directory"),
    "case_system": words("lookup read_directory"),
}
KIND_ENQUIRES = words("social_care police health_visiting school_nursing general_practice hospital")
KIND_FINDS_MISSING = words("authority social_care early_years school college")
KIND_HOLDS_NO_CAF = words("authority police probation mental_health sexual_health substance_misuse")
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
    "read_child": RECORD,
    "create_child": RECORD | {"tracing"},
    "amend_child": RECORD | {"tracing"},
    "read_involvement": words("identity involvements"),
    "record_involvement": words("identity involvements"),
    "record_assessment": words("identity assessment"),
}
NUMBERED = words("lookup read_child create_child amend_child")


def open_purposes(role: str, kind: str, action: str) -> set[str]:
    """The purposes this role at this kind of agency may state for this action."""
    welfare = {"promote_welfare", "safeguard"}
    if role == "auditor":
        return set()
    if role in ("management_team", "supplier"):
        return {"keep_index"}
    if action == "record_assessment":
        return set() if kind in KIND_HOLDS_NO_CAF else welfare
    if action in ("create_child", "amend_child"):
        return welfare if kind == "social_care" else set()
    enquiry = {"enquire_significant_harm"} if kind in KIND_ENQUIRES else set()
    missing = {"find_missing_education"} if kind in KIND_FINDS_MISSING else set()
    return welfare | enquiry | missing


def may(role: str, kind: str, action: str, purpose: str | None, reason: str | None) -> bool:
    """Whether an asker with everything else in order may ask this, one case a line."""
    if action not in ROLE_DOES[role]:
        return False
    if role == "management_team" and kind != "authority":
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


def seen(role: str, kind: str, action: str, child: ChildFacts) -> frozenset[str]:
    """The classes an asker who may ask this sees of this child, one case a line."""
    if role in ("supplier", "auditor") or action not in ABOUT_A_CHILD:
        return frozenset()
    if child.archived and (role, action) not in (
        ("management_team", "read_child"),
        ("management_team", "read_holds"),
    ):
        return frozenset()
    if role == "management_team":
        return ALL
    if child.held:
        return frozenset()
    if child.shielded:
        return frozenset() if action in ("amend_child", "record_assessment") else words("identity")
    kept_back = words("settings assessment") if kind == "housing" else frozenset()
    kept_back = kept_back if action in ("lookup", "read_child") else frozenset()
    return SHOWN[action] - kept_back | numbers(kind, action)


def involvement_seen(role: str, action: str, child: ChildFacts, facts: InvolvementFacts) -> bool:
    """Whether an involvement of a record that is shown is shown too, one case a line."""
    if role == "management_team":
        return True
    if "involvements" not in SHOWN[action]:
        return False
    if facts.own_agency:
        return True
    return not facts.sensitive and not child.shielded


HOLDERS = list(product(Role, AgencyKind))
CHILDREN = [ChildFacts(*facts) for facts in product((False, True), repeat=3)]
INVOLVEMENTS = [InvolvementFacts(*facts) for facts in product((False, True), repeat=3)]
STATEMENTS = list(product([None, *Purpose], [None, *AccessReason]))
ASKS = {
    (action, purpose, reason): Ask(action, DAY, purpose, reason)
    for action, (purpose, reason) in product(Action, STATEMENTS)
}


def test_who_may_ask_what_with_which_purpose_and_reason() -> None:
    points = allowed = 0
    for role, kind in HOLDERS:
        who = asker((role, kind))
        for (action, purpose, reason), ask in ASKS.items():
            said = may_ask(who, ask, DEFAULT).allowed
            if said is not may(role, kind, action, purpose, reason):
                raise AssertionError((role, kind, action, purpose, reason, said))
            points += 1
            allowed += said
    assert points == 5 * 18 * 14 * 6 * 13
    assert allowed > 2000


def test_who_sees_what_of_which_child() -> None:
    points = shown = 0
    for (role, kind), action, child in product(HOLDERS, Action, CHILDREN):
        who = asker((role, kind))
        for ask in _two_asks(role, kind, action):
            decision = decide(who, ask, child, DEFAULT)
            may_it = may(role, kind, action, ask.purpose, ask.reason)
            expected = seen(role, kind, action, child) if may_it else frozenset()
            if decision.permits != expected or decision.allowed is not bool(expected):
                raise AssertionError((role, kind, ask, child, decision))
            points += 1
            if decision.allowed:
                shown += _check_involvements(who, ask, child, decision)
    assert points == 5 * 18 * 14 * 8 * 2
    assert shown > 1000


def test_no_state_of_an_account_but_a_good_one_reads_a_child() -> None:
    good = (AccountState.ACTIVE, DAY, DAY, DAY, True)
    late, old = DAY.replace(year=2027), DAY.replace(year=2022)
    days = (None, DAY, late, old)
    reading = Ask(Action.READ_CHILD, DAY, Purpose.SAFEGUARD, AccessReason.REVIEW)
    directory = Ask(Action.READ_DIRECTORY, DAY)
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
        assert may_ask(who, directory, DEFAULT).allowed is plain


def _two_asks(role: Role, kind: AgencyKind, action: Action) -> tuple[Ask, Ask]:
    """One question in order where there is one, and one with nothing stated."""
    bare = ASKS[action, None, None]
    for purpose, reason in STATEMENTS:
        if purpose is not None and may(role, kind, action, purpose, reason):
            return ASKS[action, purpose, reason], bare
    return ASKS[action, Purpose.SAFEGUARD, AccessReason.REVIEW], bare


def _check_involvements(who: AskerFacts, ask: Ask, child: ChildFacts, decision: Decision) -> int:
    shown = 0
    for facts in INVOLVEMENTS:
        said = decide_involvement(who, ask, decision, facts, DEFAULT)
        if said is not involvement_seen(who.role, ask.action, child, facts):
            raise AssertionError((who, ask, child, facts, said))
        shown += said
    return shown
