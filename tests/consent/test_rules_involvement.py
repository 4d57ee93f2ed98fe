"""Each rule about one involvement of a child already decided on, alone."""

from itertools import product
from typing import Any

from consent.agreement import Agreement
from consent.decide import decide, decide_involvement
from consent.decision import EVERY_CLASS, Decision
from consent.facts import (
    Action,
    AgencyKind,
    Ask,
    ChildFacts,
    DisclosureClass,
    InvolvementFacts,
    InvolvementLevel,
    Obligation,
    Purpose,
    Role,
    SensitiveBasis,
)
from tests.consent.examples import (
    AGENCY,
    AUDITOR,
    CAMFIELD,
    CASE_SYSTEM,
    DEFAULT,
    OPEN,
    OTHER_AGENCY,
    POLICE_DESK,
    SOCIAL_WORKER,
    SUPPLIER,
    TEACHER,
    TEAM,
    ask,
    asker,
    changed_default,
    default_with,
    named,
    team_ask,
)

NOTHING, BROKERED = InvolvementLevel.NOTHING, InvolvementLevel.BROKERED
EXISTENCE, CONTACT = InvolvementLevel.EXISTENCE, InvolvementLevel.CONTACT
CONTENT = InvolvementLevel.CONTENT
PLAIN = ChildFacts()
SHIELDED = ChildFacts(shielded=True)
OVERRIDDEN = ChildFacts(shielded=True, overridden=True)
NOBODYS = frozenset[Obligation]()
EVERYTHING = Decision(True, EVERY_CLASS, (), NOBODYS)
DENIED = Decision(False, frozenset(), (), NOBODYS)
READ = ask(Action.READ_CHILD)
TEAM_READ = team_ask(Action.READ_CHILD)
OVERRIDING = ask(Action.OVERRIDE, Purpose.ENQUIRE_SIGNIFICANT_HARM)
BASED = (SensitiveBasis.CONSENT, SensitiveBasis.SIGNIFICANT_HARM)
HOUSING = (Role.PRACTITIONER, AgencyKind.HOUSING)


def facts(
    *,
    sensitive: bool = False,
    own: bool = False,
    basis: SensitiveBasis = SensitiveBasis.CONSENT,
    kind: AgencyKind = AgencyKind.HEALTH_VISITING,
    agency: str = OTHER_AGENCY,
) -> InvolvementFacts:
    return InvolvementFacts(
        sensitive=sensitive, basis=basis, own_agency=own, agency_kind=kind, agency=agency
    )


def level(
    who: tuple[Role, AgencyKind],
    what: Ask,
    child: ChildFacts,
    involvement: InvolvementFacts,
    agreement: Agreement = DEFAULT,
) -> InvolvementLevel:
    decision = decide(asker(who), what, child, agreement)
    return decide_involvement(asker(who), what, decision, involvement, agreement)


def test_the_team_sees_every_involvement() -> None:
    """All of it, also when the record's decision permits no involvements as a class."""
    for child, sensitive, basis in product((PLAIN, SHIELDED), (False, True), SensitiveBasis):
        each = facts(sensitive=sensitive, basis=basis)
        assert level(TEAM, TEAM_READ, child, each) is CONTENT
    narrow = Decision(True, frozenset({DisclosureClass.IDENTITY}), (), NOBODYS)
    asked = team_ask(Action.SHIELD)
    assert decide_involvement(asker(TEAM), asked, narrow, facts(), DEFAULT) is CONTENT


def test_an_agency_sees_its_own_involvement_with_a_shielded_child() -> None:
    for sensitive in (False, True):
        own = facts(own=True, sensitive=sensitive)
        assert level(TEACHER, READ, SHIELDED, own) is CONTENT


def test_own_involvements_are_shown_only_where_the_action_shows_any() -> None:
    for action in (Action.RECORD_ASSESSMENT, Action.RECORD_CONSENT, Action.RECORD_DISSENT):
        assert level(TEACHER, ask(action), PLAIN, facts(own=True)) is NOTHING
    assert level(TEACHER, ask(Action.RECORD_INVOLVEMENT), SHIELDED, facts(own=True)) is CONTENT


def test_involvements_are_shown_where_the_record_permits_them() -> None:
    assert level(SOCIAL_WORKER, READ, PLAIN, facts()) is CONTENT
    assert level(SOCIAL_WORKER, ask(Action.RECORD_ASSESSMENT), PLAIN, facts()) is NOTHING


def test_no_involvement_without_the_record() -> None:
    """Own involvements included: a 404 is a 404."""
    for who, what in ((SOCIAL_WORKER, READ), (TEAM, TEAM_READ)):
        for own in (False, True):
            shown = decide_involvement(asker(who), what, DENIED, facts(own=own), OPEN)
            assert shown is NOTHING


def test_suppliers_and_auditors_see_no_involvement() -> None:
    """Even of a record someone wrongly decided to show."""
    for who in (SUPPLIER, AUDITOR):
        for own in (False, True):
            shown = decide_involvement(asker(who), READ, EVERYTHING, facts(own=own), OPEN)
            assert shown is NOTHING


def test_without_a_basis_a_sensitive_entry_is_the_teams_alone() -> None:
    """Not its own agency's either: what was withdrawn is archived information."""
    unknown: Any = "hearsay"
    for basis, own in product((SensitiveBasis.NONE, unknown), (False, True)):
        without = facts(sensitive=True, own=own, basis=basis)
        for agreement in (DEFAULT, CAMFIELD, OPEN):
            assert level(SOCIAL_WORKER, READ, PLAIN, without, agreement) is NOTHING
            assert level(TEAM, TEAM_READ, PLAIN, without, agreement) is CONTENT
    for basis in BASED:
        own_entry = facts(sensitive=True, own=True, basis=basis)
        assert level(SOCIAL_WORKER, READ, PLAIN, own_entry) is CONTENT


def test_of_a_plain_involvement_no_basis_is_asked() -> None:
    for basis, own in product(SensitiveBasis, (False, True)):
        assert level(SOCIAL_WORKER, READ, PLAIN, facts(own=own, basis=basis)) is CONTENT


def test_of_a_sensitive_involvement_others_learn_at_most_that_it_can_be_brokered() -> None:
    for basis in BASED:
        sensitive = facts(sensitive=True, basis=basis)
        for who, agreement, told in (
            (SOCIAL_WORKER, DEFAULT, NOTHING),
            (SOCIAL_WORKER, CAMFIELD, BROKERED),
            (POLICE_DESK, CAMFIELD, BROKERED),
            (CASE_SYSTEM, OPEN, BROKERED),
            (TEACHER, CAMFIELD, NOTHING),
            (TEACHER, OPEN, BROKERED),
        ):
            assert level(who, READ, PLAIN, sensitive, agreement) is told


def test_brokering_is_told_only_where_involvements_are() -> None:
    """Not of a shielded child, not where the action shows none, not beyond the level agreed."""
    sensitive = facts(sensitive=True)
    assert level(SOCIAL_WORKER, ask(Action.LOOKUP), PLAIN, sensitive, CAMFIELD) is BROKERED
    assert level(SOCIAL_WORKER, READ, SHIELDED, sensitive, CAMFIELD) is NOTHING
    assert level(SOCIAL_WORKER, ask(Action.ASK_SHIELD), PLAIN, sensitive, CAMFIELD) is NOTHING
    silent = default_with("levels", "default", value="nothing", of=CAMFIELD)
    assert level(SOCIAL_WORKER, READ, PLAIN, sensitive, silent) is NOTHING


def test_an_override_never_shows_a_sensitive_service() -> None:
    for basis, agreement in product(SensitiveBasis, (DEFAULT, CAMFIELD, OPEN)):
        sensitive = facts(sensitive=True, basis=basis)
        shown = level(SOCIAL_WORKER, OVERRIDING, OVERRIDDEN, sensitive, agreement)
        assert shown in (NOTHING, BROKERED)
    assert level(SOCIAL_WORKER, OVERRIDING, OVERRIDDEN, facts()) is CONTENT
    assert level(SOCIAL_WORKER, OVERRIDING, SHIELDED, facts()) is NOTHING


def test_no_other_agencys_involvement_betrays_a_shielded_child() -> None:
    """Also where the classes were wrongly permitted: the obligation alone withholds."""
    assert level(SOCIAL_WORKER, READ, SHIELDED, facts()) is NOTHING
    owing = Decision(True, EVERY_CLASS, (), frozenset({Obligation.WITHHOLD_WHEREABOUTS}))
    assert decide_involvement(asker(), READ, owing, facts(), DEFAULT) is NOTHING
    assert decide_involvement(asker(), READ, owing, facts(own=True), DEFAULT) is CONTENT
    team = decide_involvement(asker(TEAM), TEAM_READ, owing, facts(), DEFAULT)
    assert team is CONTENT
    other = Decision(True, EVERY_CLASS, (), frozenset({Obligation.WITHHOLD_SENSITIVE}))
    assert decide_involvement(asker(), READ, other, facts(), DEFAULT) is CONTENT


def levels(default: str, *exceptions: tuple[list[str], list[str], str]) -> Agreement:
    rows = [
        {"asking": asking, "of": {"agency_kinds": kinds, "agencies": []}, "level": shown}
        for asking, kinds, shown in exceptions
    ]
    return changed_default(levels={"default": default, "exceptions": rows})


def test_an_involvement_is_shown_as_far_as_agreed_between_the_kinds() -> None:
    for agreed in (NOTHING, EXISTENCE, CONTACT, CONTENT):
        other = CONTACT if agreed is not CONTACT else EXISTENCE
        for agreement, told, told_others in (
            (levels(agreed), agreed, agreed),
            (levels(other, (["school"], ["health_visiting"], agreed)), agreed, other),
        ):
            assert level(TEACHER, READ, PLAIN, facts(), agreement) is told
            assert level(SOCIAL_WORKER, READ, PLAIN, facts(), agreement) is told_others
            police = facts(kind=AgencyKind.POLICE)
            assert level(TEACHER, READ, PLAIN, police, agreement) is told_others
            assert level(TEACHER, READ, PLAIN, facts(own=True), agreement) is CONTENT
            assert level(TEAM, TEAM_READ, PLAIN, facts(), agreement) is CONTENT


def test_of_two_levels_for_the_same_kinds_the_lesser_counts() -> None:
    rows = [(["school"], ["health_visiting"], each) for each in ("content", "existence")]
    for exceptions in (rows, rows[::-1]):
        agreement = levels("contact", *exceptions)
        assert level(TEACHER, READ, PLAIN, facts(), agreement) is EXISTENCE


def test_an_involvement_of_a_kind_that_is_no_party_is_not_shown() -> None:
    """What an agency supplied under an agreement it has left is not passed on under this one."""
    probation = facts(kind=AgencyKind.PROBATION)
    assert level(SOCIAL_WORKER, READ, PLAIN, probation, CAMFIELD) is NOTHING
    assert level(SOCIAL_WORKER, READ, PLAIN, probation) is CONTENT


def test_an_involvement_of_a_named_agency_is_shown_no_further_than_excepted() -> None:
    row = {
        "asking": ["school"],
        "of": {"agency_kinds": [], "agencies": [OTHER_AGENCY]},
        "level": "existence",
    }
    for default, told in (("content", EXISTENCE), ("nothing", NOTHING)):
        agreement = changed_default(levels={"default": default, "exceptions": [row]})
        assert level(TEACHER, READ, PLAIN, facts(), agreement) is told
    agreement = changed_default(levels={"default": "content", "exceptions": [row]})
    assert level(SOCIAL_WORKER, READ, PLAIN, facts(), agreement) is CONTENT
    assert level(TEACHER, READ, PLAIN, facts(agency=AGENCY), agreement) is CONTENT
    assert level(TEACHER, READ, PLAIN, facts(own=True), agreement) is CONTENT
    everybody = {**row, "asking": "all_parties"}
    agreement = changed_default(levels={"default": "content", "exceptions": [everybody]})
    assert level(TEAM, TEAM_READ, PLAIN, facts(), agreement) is CONTENT
    twice = [{**row, "level": "contact"}, row]
    for rows in (twice, twice[::-1]):
        agreement = changed_default(levels={"default": "content", "exceptions": rows})
        assert level(TEACHER, READ, PLAIN, facts(), agreement) is EXISTENCE


def test_a_named_agency_is_shown_no_further_than_excepted() -> None:
    for default, told in (("content", EXISTENCE), ("nothing", NOTHING)):
        agreement = changed_default(
            levels={"default": default, "exceptions": []}, named=[named(level_max="existence")]
        )
        assert level(TEACHER, READ, PLAIN, facts(), agreement) is told
    agreement = changed_default(named=[named(level_max="existence")])
    other = asker(TEACHER, agency=OTHER_AGENCY)
    decision = decide(other, READ, PLAIN, agreement)
    assert decide_involvement(other, READ, decision, facts(), agreement) is CONTENT
    assert level(TEACHER, READ, PLAIN, facts(own=True), agreement) is CONTENT
    assert level(TEAM, TEAM_READ, PLAIN, facts(), agreement) is CONTENT


def test_housing_in_camfield_learns_only_that_a_service_is_involved() -> None:
    assert level(HOUSING, READ, PLAIN, facts(), CAMFIELD) is EXISTENCE
    assert level(HOUSING, READ, PLAIN, facts(), DEFAULT) is CONTENT
