"""The README says what the rules are, and each rule bites: taken out, its test fails."""

import importlib
import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import consent
from consent import rules_asker, rules_assessment, rules_child, rules_involvement
from consent.agreement import AGREED_ACTIONS
from consent.decision import AskerReason, ChildReason
from consent.facts import Action, AgencyKind, DisclosureClass, Obligation
from tests.consent.examples import DEFAULT

README = (Path(consent.__file__).parent / "README.md").read_text("utf-8")
ROW = re.compile(r"^\| `(\w+)` \| `([\w:]+)` \| (.+?) \| (.+?) \| `(\w+)` \|$", re.MULTILINE)
ROWS = {row[1]: row.groups() for row in ROW.finditer(README)}
ROOMS: list[tuple[Any, str, str]] = [
    (rules_asker, "ASKER_RULES", "tests.consent.test_rules_asker"),
    (rules_asker, "MEDIATOR_RULES", "tests.consent.test_rules_asker"),
    (rules_child, "CHILD_RULES", "tests.consent.test_rules_child"),
    (rules_involvement, "INVOLVEMENT_RULES", "tests.consent.test_rules_involvement"),
    (rules_assessment, "ASSESSMENT_RULES", "tests.consent.test_rules_assessment"),
]
RULES: list[tuple[Any, str, str, Any]] = [
    (room, name, tests, rule) for room, name, tests in ROOMS for rule in getattr(room, name)
]


def named_test(tests: str, rule: Any) -> Callable[[], None]:
    found: Callable[[], None] = getattr(importlib.import_module(tests), ROWS[rule.__name__][4])
    return found


def test_the_readme_has_a_row_for_every_rule_and_no_other() -> None:
    """Once each: of the account of a mediator the same is asked as of an asker's."""
    assert list(ROWS) == list(dict.fromkeys(rule.__name__ for *_, rule in RULES))


def test_a_row_says_what_its_rule_says() -> None:
    for *_, rule in RULES:
        _, code, sentence, source, _ = ROWS[rule.__name__]
        assert sentence == inspect.getdoc(rule)
        assert code in {*AskerReason, *ChildReason, *Obligation}
        assert source.strip()


@pytest.mark.parametrize(
    ("room", "name", "tests", "rule"),
    RULES,
    ids=[f"{name}-{rule.__name__}" for _, name, _, rule in RULES],
)
def test_a_rule_taken_out_makes_its_named_test_fail(
    monkeypatch: pytest.MonkeyPatch, room: Any, name: str, tests: str, rule: Any
) -> None:
    named = named_test(tests, rule)
    named()
    monkeypatch.setattr(room, name, tuple(r for r in getattr(room, name) if r is not rule))
    with pytest.raises(AssertionError):
        named()


def test_every_reason_is_given_by_some_rule() -> None:
    codes = {row[1] for row in ROWS.values()}
    assert set(AskerReason) <= codes
    assert set(ChildReason) - codes == {ChildReason.NO_RULE_PERMITS}


@pytest.mark.parametrize("action", AGREED_ACTIONS)
def test_the_classes_table_is_the_default_agreement(action: Action) -> None:
    row = re.search(rf"^\| {action} \| (.+?) \| (.*?) ?\|$", README, re.MULTILINE)
    assert row
    shown = set(row[1].split(", "))
    withheld = [part.partition(" from ") for part in row[2].split("; ") if part]
    for kind in AgencyKind:
        kept_back = {
            name
            for names, _, kinds in withheld
            if kind in kinds.split(", ")
            for name in names.split(", ")
        }
        assert {name.value for name in DEFAULT.classes[kind, action]} == shown - kept_back


@pytest.mark.parametrize(
    "number", [DisclosureClass.NHS_NUMBER, DisclosureClass.UPN, DisclosureClass.CASE_NUMBER]
)
def test_the_numbers_table_is_the_default_agreement(number: DisclosureClass) -> None:
    row = re.search(rf"^\| {number} \| (.+?) \| .+ \|$", README, re.MULTILINE)
    assert row
    given = {kind.value for (kind, _), held in DEFAULT.numbers.items() if number in held}
    assert set(row[1].split(", ")) == given
