"""An agreement is compiled only when every part of its document is understood."""

import json
from collections.abc import Mapping
from dataclasses import FrozenInstanceError
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent.agreement import (
    AgreementFault,
    AgreementInvalid,
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
    OPEN,
    OTHER_AGENCY,
    camfield_document,
    changed_default,
    default_with,
    named,
    without_party,
)

Path = tuple[str | int, ...]


def places(value: Any, path: Path = ()) -> list[Path]:
    """The path to every value of a document, the document itself first."""
    parts = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [path] + [below for key, part in parts for below in places(part, (*path, key))]


def at(document: Any, path: Path) -> Any:
    for key in path:
        document = document[key]
    return document


def _full() -> str:
    """An agreement's document with a row in every list, as JSON."""
    document = camfield_document()
    document["levels"]["exceptions"][0]["of"]["agencies"] = [OTHER_AGENCY]
    document["named"] = [named(classes_withheld=["status"], purposes_closed=["safeguard"])]
    document["in_force_until"] = "2027-12-31"
    return json.dumps(document)


FULL = _full()


def full_document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(FULL)
    return document


def replaced(path: Path, value: object) -> dict[str, object]:
    document = full_document()
    at(document, path[:-1])[path[-1]] = value
    return document


def fault(document: dict[str, object]) -> tuple[AgreementFault, str]:
    with pytest.raises(AgreementInvalid) as refused:
        compile_agreement(document)
    return refused.value.code, refused.value.path


PLACES = places(full_document())
TABLES = [path for path in PLACES if isinstance(at(full_document(), path), dict)]


def test_the_default_agreement_is_understood() -> None:
    assert DEFAULT.version == "1"
    assert DEFAULT.check_years_max == 3
    assert DEFAULT.in_force_from == date(2026, 5, 1)
    assert DEFAULT.in_force_until is None
    assert DEFAULT.parties == frozenset(AgencyKind)
    assert DEFAULT.instrument.title.startswith("Children Act 2004")
    assert Action.LOOKUP in DEFAULT.actions[Role.CASE_SYSTEM, AgencyKind.HOSPITAL]


def test_no_part_may_be_missing() -> None:
    for path in (path for path in PLACES if path and isinstance(path[-1], str)):
        document = full_document()
        del at(document, path[:-1])[path[-1]]
        assert fault(document)[0] == AgreementFault.KEY_MISSING, path


def test_no_unknown_part_is_passed_over() -> None:
    for path in TABLES:
        document = full_document()
        at(document, path)["carte_blanche"] = ["lookup"]
        code, where = fault(document)
        assert code == AgreementFault.KEY_UNKNOWN, path
        assert "carte_blanche" not in where


ODD: st.SearchStrategy[object] = st.sampled_from(
    [None, True, 1.0, -1, "", " ", "lookups", [], ["any"], {}, [None], [[]], {"": 1}]
)
FREE_TEXT = {"name", "title", "version"}


@settings(max_examples=100)
@given(st.sampled_from(PLACES[1:]), ODD)
def test_no_odd_value_is_taken_for_a_meant_one(path: Path, odd: object) -> None:
    """A list may be empty, a text may be any text, an agreement may be open-ended; that is all."""
    before = at(full_document(), path)
    if odd == [] and (isinstance(before, list) or before == "all_parties"):
        return
    if path[-1] == "in_force_until" and odd is None:
        return
    if path[-1] in FREE_TEXT and odd == "lookups":
        return
    fault(replaced(path, odd))


def test_nothing_is_listed_twice_or_misspelt() -> None:
    for path in PLACES:
        words = at(full_document(), path)
        if isinstance(words, list) and words and isinstance(words[0], str):
            twice, misspelt = [*words, words[0]], [words[0].upper(), *words[1:]]
            ids = path[-1] == "agencies"
            unknown = AgreementFault.TEXT_INVALID if ids else AgreementFault.WORD_UNKNOWN
            assert fault(replaced(path, twice))[0] == AgreementFault.WORD_REPEATED, path
            assert fault(replaced(path, misspelt))[0] == unknown, path


@pytest.mark.parametrize(
    ("path", "value", "code", "where"),
    [
        (("format",), 1, AgreementFault.NUMBER_INVALID, "format"),
        (("format",), 3, AgreementFault.NUMBER_INVALID, "format"),
        (("format",), True, AgreementFault.NUMBER_INVALID, "format"),
        (("check_years_max",), 4, AgreementFault.NUMBER_INVALID, "check_years_max"),
        (("check_years_max",), 0, AgreementFault.NUMBER_INVALID, "check_years_max"),
        (("version",), "v 1", AgreementFault.TEXT_INVALID, "version"),
        (("name",), "two\nlines", AgreementFault.TEXT_INVALID, "name"),
        (("name",), "x" * 241, AgreementFault.TEXT_INVALID, "name"),
        (("in_force_from",), "2026-02-30", AgreementFault.DATE_INVALID, "in_force_from"),
        (("in_force_from",), "20260501", AgreementFault.DATE_INVALID, "in_force_from"),
        (("in_force_from",), "2026-W18-5", AgreementFault.DATE_INVALID, "in_force_from"),
        (("in_force_until",), "2026-04-30", AgreementFault.DATES_REVERSED, "in_force_until"),
        (("parties", 3), "schools", AgreementFault.WORD_UNKNOWN, "parties[3]"),
        (("roles",), [], AgreementFault.NOT_AN_OBJECT, "roles"),
        (
            ("roles", "auditor", 0, "actions"),
            "all",
            AgreementFault.NOT_A_LIST,
            "roles.auditor[0].actions",
        ),
        (("coverage", "mode"), "all", AgreementFault.WORD_UNKNOWN, "coverage.mode"),
        (("levels", "default"), "brokered", AgreementFault.WORD_UNKNOWN, "levels.default"),
        (
            ("levels", "exceptions", 0, "level"),
            "brokered",
            AgreementFault.WORD_UNKNOWN,
            "levels.exceptions[0].level",
        ),
        (
            ("levels", "exceptions", 0, "of", "agencies", 0),
            "Camfield Housing",
            AgreementFault.TEXT_INVALID,
            "levels.exceptions[0].of.agencies[0]",
        ),
        (
            ("levels", "exceptions", 0, "asking"),
            ["probation"],
            AgreementFault.KIND_NOT_PARTY,
            "levels.exceptions[0].asking",
        ),
        (
            ("sensitive", "brokered_told_to"),
            ["probation"],
            AgreementFault.KIND_NOT_PARTY,
            "sensitive.brokered_told_to",
        ),
        (("caf", "consent"), "given", AgreementFault.WORD_UNKNOWN, "caf.consent"),
        (
            ("override", "second_person"),
            "never",
            AgreementFault.WORD_UNKNOWN,
            "override.second_person",
        ),
        (
            ("override", "statutory", "agency_kinds"),
            ["probation"],
            AgreementFault.KIND_NOT_PARTY,
            "override.statutory.agency_kinds",
        ),
        (
            ("override", "approvers"),
            ["probation"],
            AgreementFault.KIND_NOT_PARTY,
            "override.approvers",
        ),
        (
            ("mediation", "mediators"),
            ["probation"],
            AgreementFault.KIND_NOT_PARTY,
            "mediation.mediators",
        ),
        (("named", 0, "agencies"), AGENCY, AgreementFault.NOT_A_LIST, "named[0].agencies"),
        (
            ("named", 0, "classes_withheld"),
            ["identity"],
            AgreementFault.IDENTITY_MISSING,
            "named[0].classes_withheld",
        ),
        (
            ("named", 0, "level_max"),
            "brokered",
            AgreementFault.WORD_UNKNOWN,
            "named[0].level_max",
        ),
        (
            ("budgets", "default", "searches_a_day"),
            0,
            AgreementFault.NUMBER_INVALID,
            "budgets.default.searches_a_day",
        ),
        (
            ("budgets", "default", "children_a_day"),
            1_000_001,
            AgreementFault.NUMBER_INVALID,
            "budgets.default.children_a_day",
        ),
        (
            ("budgets", "exceptions", 1, "agency_kinds"),
            ["social_care"],
            AgreementFault.KIND_REPEATED,
            "budgets.exceptions[1].agency_kinds",
        ),
        (
            ("purposes", "safeguard", "in_force_until"),
            "2026-04-30",
            AgreementFault.DATES_REVERSED,
            "purposes.safeguard.in_force_until",
        ),
        (
            ("identifiers", "schemes", "upn", "in_force_until"),
            "2026-04-30",
            AgreementFault.DATES_REVERSED,
            "identifiers.schemes.upn.in_force_until",
        ),
        (
            ("identifiers", "schemes", "upn", "in_force_from"),
            None,
            AgreementFault.DATE_INVALID,
            "identifiers.schemes.upn.in_force_from",
        ),
        (
            ("purposes", "safeguard", "open_to", 0, "agency_kinds"),
            "everyone",
            AgreementFault.NOT_A_LIST,
            "purposes.safeguard.open_to[0].agency_kinds",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    path: Path, value: object, code: AgreementFault, where: str
) -> None:
    assert fault(replaced(path, value)) == (code, where)


def test_a_fault_never_repeats_what_was_written() -> None:
    with pytest.raises(AgreementInvalid) as refused:
        compile_agreement(replaced(("name",), "Jane\x00Doe"))
    assert str(refused.value) == "text_invalid at name"


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


@pytest.mark.parametrize(
    "name", ["provenance", "restriction", "identifier:nhs_number", "identifier:upn"]
)
def test_some_classes_no_agreement_gives(name: str) -> None:
    document: Any = default_document()
    document["classes"]["by_action"]["lookup"].append(name)
    assert fault(document) == (AgreementFault.CLASS_NOT_GIVABLE, "classes.by_action.lookup")


def test_identity_goes_with_every_class() -> None:
    path = ("classes", "by_action", "lookup")
    assert fault(replaced(path, ["tracing"])) == (
        AgreementFault.IDENTITY_MISSING,
        "classes.by_action.lookup",
    )
    document: Any = default_document()
    document["classes"]["withheld"][0]["classes"] = ["identity"]
    assert fault(document)[0] == AgreementFault.IDENTITY_MISSING


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


def test_no_agreement_gives_more_of_a_sensitive_service_than_brokering() -> None:
    """There is no word for it: the section names who is told that, and nothing else."""
    document = full_document()
    document["sensitive"]["level"] = "content"
    assert fault(document) == (AgreementFault.KEY_UNKNOWN, "sensitive")
    assert OPEN.brokered_told_to == frozenset(AgencyKind)


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
