"""An agreement is compiled only when every part of its document is understood."""

import json
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
from consent.facts import (
    Action,
    AgencyKind,
    Role,
)
from tests.consent.examples import (
    AGENCY,
    DEFAULT,
    OPEN,
    OTHER_AGENCY,
    camfield_document,
    named,
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


def test_no_agreement_gives_more_of_a_sensitive_service_than_brokering() -> None:
    """There is no word for it: the section names who is told that, and nothing else."""
    document = full_document()
    document["sensitive"]["level"] = "content"
    assert fault(document) == (AgreementFault.KEY_UNKNOWN, "sensitive")
    assert OPEN.brokered_told_to == frozenset(AgencyKind)
