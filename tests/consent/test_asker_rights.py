"""What the rights to override and to supervise open, and who agrees to an override."""

from consent.decide import override_terms
from consent.decision import AskerReason
from consent.facts import (
    Action,
    Purpose,
    SecondPerson,
)
from tests.consent.examples import (
    CAMFIELD,
    CASE_SYSTEM,
    DEFAULT,
    HEALTH_VISITOR,
    OPEN,
    POLICE_DESK,
    SOCIAL_WORKER,
    TEACHER,
    TEAM,
    ask,
    asker,
    bare,
    default_with,
    team_ask,
)
from tests.consent.test_rules_asker import reasons


def test_the_right_to_supervise_opens_no_other_question() -> None:
    for action in Action:
        if action is not Action.SUPERVISE:
            for who, what in ((SOCIAL_WORKER, ask(action)), (TEAM, team_ask(action))):
                without, with_right = (asker(who, may_supervise=on) for on in (False, True))
                assert reasons(without, what, OPEN) == reasons(with_right, what, OPEN)


def test_an_override_is_approved_by_the_team_or_by_approvers_agreed_on() -> None:
    """By practitioners with the right, of the kinds named, and by nobody else."""
    approving, refused = bare(Action.APPROVE_OVERRIDE), (AskerReason.ROLE_NOT_ALLOWED,)
    assert reasons(asker(may_override=True), approving, CAMFIELD) == ()
    assert reasons(asker(may_override=False), approving, CAMFIELD) == refused
    assert reasons(asker(POLICE_DESK, may_override=True), approving, CAMFIELD) == refused
    assert reasons(asker(CASE_SYSTEM, may_override=True), approving, OPEN) == refused
    assert reasons(asker(may_override=True), approving) == refused
    assert reasons(asker(TEAM), approving, CAMFIELD) == ()
    # Named in the roles alone, it is still refused: approvers are named as approvers.
    in_roles = default_with("roles", "practitioner", 0, "actions", value=["approve_override"])
    assert reasons(asker(may_override=True), approving, in_roles) == refused


def test_the_right_to_override_opens_no_other_question() -> None:
    for action in Action:
        if action not in (Action.OVERRIDE, Action.APPROVE_OVERRIDE):
            for who, what in ((SOCIAL_WORKER, ask(action)), (TEAM, team_ask(action))):
                without, with_right = (asker(who, may_override=on) for on in (False, True))
                assert reasons(without, what, OPEN) == reasons(with_right, what, OPEN)


def test_a_second_person_agrees_as_the_terms_of_the_route_say() -> None:
    worried = ask(Action.OVERRIDE, Purpose.SAFEGUARD)
    enquiry = ask(Action.OVERRIDE, Purpose.ENQUIRE_SIGNIFICANT_HARM)
    for who, what, agreement, expected in (
        (SOCIAL_WORKER, worried, DEFAULT, SecondPerson.BEFORE),
        (SOCIAL_WORKER, enquiry, DEFAULT, SecondPerson.AFTER),
        (POLICE_DESK, enquiry, DEFAULT, SecondPerson.AFTER),
        (HEALTH_VISITOR, enquiry, DEFAULT, SecondPerson.BEFORE),
        (CASE_SYSTEM, enquiry, DEFAULT, SecondPerson.BEFORE),
        (TEAM, team_ask(Action.OVERRIDE), DEFAULT, SecondPerson.BEFORE),
        (SOCIAL_WORKER, enquiry, CAMFIELD, SecondPerson.BEFORE),
        (TEACHER, worried, OPEN, SecondPerson.NOT_NEEDED),
    ):
        assert override_terms(asker(who, may_override=True), what, agreement) == expected
