"""Each rule about one involvement of a child already decided on, alone."""

from itertools import product

from consent.decide import decide, decide_involvement
from consent.decision import EVERY_CLASS, Decision
from consent.facts import (
    Action,
    AgencyKind,
    Ask,
    ChildFacts,
    DisclosureClass,
    InvolvementFacts,
    Obligation,
    Role,
)
from tests.consent.examples import (
    AUDITOR,
    DEFAULT,
    OPEN,
    SOCIAL_WORKER,
    SUPPLIER,
    TEACHER,
    TEAM,
    ask,
    asker,
    team_ask,
)

PLAIN = ChildFacts()
SHIELDED = ChildFacts(shielded=True)
NOBODYS = frozenset[Obligation]()
EVERYTHING = Decision(True, EVERY_CLASS, (), NOBODYS)
NOTHING = Decision(False, frozenset(), (), NOBODYS)
READ = ask(Action.READ_CHILD)


def facts(*, sensitive: bool = False, own: bool = False, consent: bool = False) -> InvolvementFacts:
    return InvolvementFacts(sensitive=sensitive, consent_in_force=consent, own_agency=own)


def shown(
    who: tuple[Role, AgencyKind], what: Ask, child: ChildFacts, involvement: InvolvementFacts
) -> bool:
    decision = decide(asker(who), what, child, DEFAULT)
    return decide_involvement(asker(who), what, decision, involvement, DEFAULT)


def test_the_team_sees_every_involvement() -> None:
    """Also when the record's decision permits no involvements as a class."""
    for child, sensitive in product((PLAIN, SHIELDED), (False, True)):
        assert shown(TEAM, team_ask(Action.READ_CHILD), child, facts(sensitive=sensitive))
    narrow = Decision(True, frozenset({DisclosureClass.IDENTITY}), (), NOBODYS)
    asked = team_ask(Action.SHIELD)
    assert decide_involvement(asker(TEAM), asked, narrow, facts(), DEFAULT)


def test_an_agency_sees_its_own_involvement_with_a_shielded_child() -> None:
    for sensitive in (False, True):
        assert shown(TEACHER, READ, SHIELDED, facts(own=True, sensitive=sensitive))


def test_own_involvements_are_shown_only_where_the_action_shows_any() -> None:
    assert not shown(TEACHER, ask(Action.RECORD_ASSESSMENT), PLAIN, facts(own=True))
    assert shown(TEACHER, ask(Action.RECORD_INVOLVEMENT), SHIELDED, facts(own=True))


def test_involvements_are_shown_where_the_record_permits_them() -> None:
    assert shown(SOCIAL_WORKER, READ, PLAIN, facts())
    assert not shown(SOCIAL_WORKER, ask(Action.RECORD_ASSESSMENT), PLAIN, facts())


def test_no_involvement_without_the_record() -> None:
    """Own involvements included: a 404 is a 404."""
    for who, what in ((SOCIAL_WORKER, READ), (TEAM, team_ask(Action.READ_CHILD))):
        for own in (False, True):
            assert not decide_involvement(asker(who), what, NOTHING, facts(own=own), OPEN)


def test_suppliers_and_auditors_see_no_involvement() -> None:
    """Even of a record someone wrongly decided to show."""
    for who in (SUPPLIER, AUDITOR):
        for own in (False, True):
            assert not decide_involvement(asker(who), READ, EVERYTHING, facts(own=own), OPEN)


def test_a_sensitive_involvement_is_seen_by_itself_and_the_team() -> None:
    assert not shown(SOCIAL_WORKER, READ, PLAIN, facts(sensitive=True))
    assert shown(SOCIAL_WORKER, READ, PLAIN, facts(sensitive=True, own=True))
    assert shown(TEAM, team_ask(Action.READ_CHILD), PLAIN, facts(sensitive=True))


def test_consent_in_force_widens_nothing() -> None:
    cases = product((SOCIAL_WORKER, TEAM), (PLAIN, SHIELDED), (False, True), (False, True))
    for who, child, sensitive, own in cases:
        what = team_ask(Action.READ_CHILD) if who is TEAM else READ
        without, with_consent = (
            shown(who, what, child, facts(sensitive=sensitive, own=own, consent=consent))
            for consent in (False, True)
        )
        assert without is with_consent


def test_no_other_agencys_involvement_betrays_a_shielded_child() -> None:
    """Also where the classes were wrongly permitted: the obligation alone withholds."""
    assert not shown(SOCIAL_WORKER, READ, SHIELDED, facts())
    owing = Decision(True, EVERY_CLASS, (), frozenset({Obligation.WITHHOLD_WHEREABOUTS}))
    assert not decide_involvement(asker(), READ, owing, facts(), DEFAULT)
    assert decide_involvement(asker(), READ, owing, facts(own=True), DEFAULT)
