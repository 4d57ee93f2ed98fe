"""What an agreement means once it is understood: what adds up, what is withheld, for which days."""

from collections.abc import Mapping
from dataclasses import FrozenInstanceError
from datetime import date
from typing import Any

import pytest

from consent.agreement import (
    AgreementFault,
    compile_agreement,
    default_document,
)
from consent.agreement_terms import Budget, CafTelling, CoverageMode, InForce
from consent.facts import (
    Action,
    AgencyKind,
    DisclosureClass,
    InvolvementLevel,
    Purpose,
    Role,
    SecondPerson,
)
from tests.consent.examples import (
    AGENCY,
    CAMFIELD,
    DAY,
    DEFAULT,
    OTHER_AGENCY,
    changed_default,
    default_with,
    named,
    without_party,
)
from tests.consent.test_agreement import fault, full_document


def test_only_parties_are_given_anything() -> None:
    """Leaving the parties while other parts still name one is refused, not guessed at."""
    document: Any = default_document()
    document["parties"].remove("housing")
    assert fault(document)[0] == AgreementFault.KIND_NOT_PARTY
    apart = without_party(AgencyKind.HOUSING)
    held = (*apart.actions, *apart.purposes, *apart.classes, *apart.numbers, *apart.levels)
    assert held
    assert AgencyKind.HOUSING not in apart.budgets
    assert not [key for key in held if AgencyKind.HOUSING in key]


def test_what_is_withheld_only_takes_away() -> None:
    open_ = default_with("classes", "withheld", value=[])
    assert open_.classes.keys() == DEFAULT.classes.keys()
    assert all(DEFAULT.classes[key] <= open_.classes[key] for key in open_.classes)
    housing = (AgencyKind.HOUSING, Action.READ_CHILD)
    taken = open_.classes[housing] - DEFAULT.classes[housing]
    assert taken == {
        DisclosureClass.SETTINGS,
        DisclosureClass.ASSESSMENT,
        DisclosureClass.STATUS,
    }


def test_rows_of_a_role_add_up() -> None:
    rows = [
        {"agency_kinds": ["school"], "actions": ["lookup"]},
        {"agency_kinds": ["school", "police"], "actions": ["read_child"]},
    ]
    agreement = default_with("roles", "practitioner", value=rows)
    read = {Action.READ_CHILD}
    assert agreement.actions[Role.PRACTITIONER, AgencyKind.SCHOOL] == read | {Action.LOOKUP}
    assert agreement.actions[Role.PRACTITIONER, AgencyKind.POLICE] == read
    assert (Role.PRACTITIONER, AgencyKind.HOUSING) not in agreement.actions


def test_approvers_are_given_the_action_by_being_named() -> None:
    approve = Action.APPROVE_OVERRIDE
    for kind in AgencyKind:
        held = CAMFIELD.actions.get((Role.PRACTITIONER, kind), frozenset())
        assert (approve in held) is (kind is AgencyKind.SOCIAL_CARE)
    nothing_else = default_with("roles", "practitioner", value=[])
    approving = default_with("override", "approvers", value=["police"], of=nothing_else)
    assert approving.actions[Role.PRACTITIONER, AgencyKind.POLICE] == {approve}
    assert (Role.PRACTITIONER, AgencyKind.SCHOOL) not in approving.actions


def test_days_in_force_count_the_first_and_the_last() -> None:
    day = date(2026, 11, 21)
    for begins, until, covered in (
        (day, day, True),
        (day, None, True),
        (date(2026, 11, 22), None, False),
        (date(2026, 1, 1), date(2026, 11, 20), False),
        (date(2026, 1, 1), date(2026, 11, 22), True),
    ):
        assert InForce(begins, until).covers(day) is covered
    one_day = changed_default(in_force_from="2026-11-21", in_force_until="2026-11-21")
    assert (one_day.in_force_from, one_day.in_force_until) == (day, day)


def test_each_gateway_has_its_own_days() -> None:
    assert set(DEFAULT.gateways) == {
        *Purpose,
        DisclosureClass.NHS_NUMBER,
        DisclosureClass.UPN,
        DisclosureClass.CASE_NUMBER,
    }
    ended = default_with("purposes", "safeguard", "in_force_until", value="2026-11-20")
    closed = {gateway for gateway, days in ended.gateways.items() if not days.covers(DAY)}
    assert closed == {Purpose.SAFEGUARD}


def test_what_the_two_agreements_say() -> None:
    assert (DEFAULT.coverage, CAMFIELD.coverage) == (
        CoverageMode.UNIVERSAL,
        CoverageMode.INVOLVED_ONLY,
    )
    assert (DEFAULT.caf, CAMFIELD.caf) == (CafTelling.NOT_REFUSED, CafTelling.EXPRESS)
    assert DEFAULT.brokered_told_to == frozenset()
    assert CAMFIELD.brokered_told_to == {AgencyKind.SOCIAL_CARE, AgencyKind.POLICE}
    for agreement in (DEFAULT, CAMFIELD):
        assert agreement.override.statutory_kinds == {AgencyKind.SOCIAL_CARE, AgencyKind.POLICE}
        assert agreement.override.statutory_purposes == {Purpose.ENQUIRE_SIGNIFICANT_HARM}
        assert agreement.override.second_person is SecondPerson.BEFORE
        assert agreement.mediation.requesters == agreement.parties
    assert DEFAULT.override.second_person_statutory is SecondPerson.AFTER
    assert CAMFIELD.override.second_person_statutory is SecondPerson.BEFORE
    assert DEFAULT.mediation.mediators == frozenset(AgencyKind)
    assert CAMFIELD.mediation.mediators == {AgencyKind.AUTHORITY, AgencyKind.SOCIAL_CARE}
    assert not DEFAULT.named
    assert not DEFAULT.agency_levels
    assert set(DEFAULT.levels.values()) == {InvolvementLevel.CONTENT}
    assert len(DEFAULT.levels) == len(AgencyKind) ** 2


def test_budgets_are_the_default_or_the_kinds_one_exception() -> None:
    budgets = DEFAULT.budgets
    assert budgets[AgencyKind.HOUSING] == Budget(120, 60, 5, 10)
    assert budgets[AgencyKind.SCHOOL] == budgets[AgencyKind.SOCIAL_CARE] == Budget(400, 200, 5, 10)
    assert budgets[AgencyKind.POLICE] == Budget(1200, 800, 5, 10)
    assert set(budgets) == set(AgencyKind)


def test_exceptions_for_a_named_agency_add_up() -> None:
    rows = [
        named(classes_withheld=["status"], level_max="contact", purposes_closed=["safeguard"]),
        named(classes_withheld=["settings"], level_max="existence", purposes_closed=[]),
        {**named(classes_withheld=["carers"]), "agencies": [OTHER_AGENCY]},
    ]
    for each in (rows, rows[::-1]):
        agreement = changed_default(named=each)
        denied = agreement.named[AGENCY]
        assert denied.withheld == {DisclosureClass.STATUS, DisclosureClass.SETTINGS}
        assert denied.level is InvolvementLevel.EXISTENCE
        assert denied.closed == {Purpose.SAFEGUARD}
        assert agreement.named[OTHER_AGENCY].withheld == {DisclosureClass.CARERS}
        assert agreement.named[OTHER_AGENCY].level is InvolvementLevel.CONTENT


def test_a_compiled_agreement_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        DEFAULT.version = "2"  # type: ignore[misc]  # the point of the test
    full = compile_agreement(full_document())
    mappings = [
        value for name in full.__slots__ if isinstance(value := getattr(full, name), Mapping)
    ]
    assert len(mappings) == 10
    for mapping in mappings:
        with pytest.raises(TypeError):
            mapping[next(iter(mapping))] = frozenset()  # type: ignore[index]  # likewise


def test_agreements_are_equal_when_their_documents_are() -> None:
    again = compile_agreement(dict(reversed(default_document().items())))
    assert again == DEFAULT
    assert hash(again) == hash(DEFAULT)
    assert changed_default(check_years_max=2) != DEFAULT
    assert DEFAULT != "1"


def test_a_document_changed_afterwards_changes_nothing() -> None:
    document: Any = default_document()
    compiled = compile_agreement(document)
    document["parties"].clear()
    assert compiled == DEFAULT
    assert compiled.parties == DEFAULT.parties
