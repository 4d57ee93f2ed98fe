"""What a family may be told of who looked: policy's word, whatever the desk would tell."""

from dataclasses import replace
from datetime import date

import pytest

from consent.facts import (
    SENSITIVE_KINDS,
    AccountState,
    Action,
    AgencyKind,
    Ask,
    ChildFacts,
    DisclosureClass,
    Role,
)
from consent.who_looked import (
    KEEPING_ROLES,
    LOOKING_ROLES,
    TOLD_CLASSES,
    child_is_guarded,
    family_is_told_which_kind,
    team_may_tell_who_looked,
)
from tests.consent.examples import DEFAULT, TEAM, asker, bare

TELLER = asker(TEAM)
TELLS = bare(Action.TELL_WHO_LOOKED)


def test_the_team_may_tell_who_looked() -> None:
    assert team_may_tell_who_looked(TELLER, TELLS, DEFAULT) is True


def test_nobody_else_tells_who_looked_and_nothing_else_is_told_so() -> None:
    for who, ask in (
        (replace(TELLER, role=Role.AUDITOR), TELLS),
        (replace(TELLER, role=Role.PRACTITIONER), TELLS),
        (replace(TELLER, account_state=AccountState.SUSPENDED), TELLS),
        (TELLER, bare(Action.INVESTIGATE)),
        (TELLER, Ask(Action.TELL_WHO_LOOKED, date(1999, 1, 1))),
    ):
        assert team_may_tell_who_looked(who, ask, DEFAULT) is False


@pytest.mark.parametrize("kind", AgencyKind)
def test_a_family_is_told_every_kind_but_of_sensitive_services(kind: AgencyKind) -> None:
    assert family_is_told_which_kind(kind) is (kind not in SENSITIVE_KINDS)


def test_an_agency_nobody_knows_is_not_told_of() -> None:
    assert family_is_told_which_kind(None) is False


@pytest.mark.parametrize(
    "child", [ChildFacts(shielded=True), ChildFacts(held=True), ChildFacts(archived=True)]
)
def test_a_record_that_is_hidden_from_anybody_is_guarded(child: ChildFacts) -> None:
    assert child_is_guarded(child, sensitive=False) is True


def test_a_child_known_to_a_sensitive_service_is_guarded_and_no_other() -> None:
    assert child_is_guarded(ChildFacts(), sensitive=True) is True
    assert child_is_guarded(ChildFacts(), sensitive=False) is False


def test_what_would_tell_of_a_restriction_is_no_class_a_family_is_told() -> None:
    withheld = {DisclosureClass.RESTRICTION, DisclosureClass.PROVENANCE, DisclosureClass.CONSENTS}
    assert frozenset(DisclosureClass) - withheld == TOLD_CLASSES


def test_suppliers_do_not_look() -> None:
    assert frozenset(Role) - LOOKING_ROLES - KEEPING_ROLES == {Role.SUPPLIER}
    assert not LOOKING_ROLES & KEEPING_ROLES
