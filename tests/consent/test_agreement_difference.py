"""What a second person is shown of a new agreement: all that is wider, and only that."""

import json
from typing import Any

import pytest

from consent.agreement import Agreement, compile_agreement
from consent.agreement_difference import Widening, WideningKind, narrowings, widenings
from consent.facts import (
    AgencyKind,
)
from tests.consent.examples import (
    AGENCY,
    CAMFIELD,
    DEFAULT,
    OPEN,
    OTHER_AGENCY,
    default_with,
    named,
)

Path = tuple[str | int, ...]

EXCEPTED = default_with(
    "named",
    value=[
        named(
            classes_withheld=["status", "settings"],
            level_max="existence",
            purposes_closed=["safeguard", "promote_welfare"],
        )
    ],
)


def row(asking: list[str], level: str, kinds: list[str], *agencies: str) -> dict[str, object]:
    of = {"agency_kinds": kinds, "agencies": list(agencies)}
    return {"asking": asking, "of": of, "level": level}


def told(agreement: Agreement, *path: str | int, value: object) -> list[tuple[str, tuple]]:
    """What is wider when one place is replaced; nothing may be wider in turning back."""
    changed = default_with(*path, value=value, of=agreement)
    found = widenings(agreement, changed)
    assert narrowings(changed, agreement) == found
    assert list(found) == sorted(found)
    return [(each.kind.value, each.where) for each in found]


def test_an_agreement_is_not_wider_than_itself() -> None:
    ending = default_with("in_force_until", value="2026-12-31")
    for agreement in (DEFAULT, CAMFIELD, OPEN, EXCEPTED, START, ending):
        assert widenings(agreement, agreement) == ()


LEVELS = {
    "default": "contact",
    "exceptions": [
        row(["school"], "existence", ["police"]),
        row(["school"], "nothing", [], OTHER_AGENCY),
    ],
}
LEVELLED = default_with("levels", value=LEVELS)


def subscriptions(*without: str, across: tuple[str, ...] = ()) -> dict[str, object]:
    """What an agreement says of subscriptions, across borders of one agency's."""
    told = [{"agencies": [AGENCY], "agency_kinds": [*across]}]
    instrument = {"title": "Decision of the parties", "dated": "2026-05-01"}
    return {"instrument": instrument, "without_involvement": [*without], "across": told}


SAFEGUARD = ("purposes", "safeguard")
CASES: list[tuple[Agreement, Path, object, list[tuple[str, tuple[str, ...]]]]] = [
    (DEFAULT, ("in_force_from",), "2026-04-30", [("days", ("in_force_from",))]),
    (DEFAULT, ("in_force_until",), "2026-12-31", []),
    (
        default_with("in_force_until", value="2026-12-31"),
        ("in_force_until",),
        "2027-01-01",
        [("days", ("in_force_until",))],
    ),
    (
        default_with("in_force_until", value="2026-12-31"),
        ("in_force_until",),
        None,
        [("days", ("in_force_until",))],
    ),
    (CAMFIELD, ("check_years_max",), 3, [("check_years", ("3",))]),
    (DEFAULT, ("check_years_max",), 1, []),
    (DEFAULT, ("name",), "Another name", []),
    (DEFAULT, ("version",), "2", []),
    (
        DEFAULT,
        ("roles", "case_system", 0, "actions"),
        ["lookup", "read_directory", "read_decision", "read_notices", "supply"],
        [("action", ("case_system", kind, "supply")) for kind in sorted(AgencyKind)],
    ),
    (
        DEFAULT,
        (*SAFEGUARD, "open_to", 2, "agency_kinds"),
        ["social_care", "police"],
        [
            ("purpose", ("practitioner", "police", action, "safeguard"))
            for action in ("amend_child", "create_child", "record_status")
        ],
    ),
    (
        DEFAULT,
        ("purposes", "find_missing_education", "reasons"),
        ["contact_practitioner", "review"],
        [("reason", ("find_missing_education", "review"))],
    ),
    (
        DEFAULT,
        (*SAFEGUARD, "in_force_from"),
        "2026-01-01",
        [("gateway", ("safeguard", "in_force_from"))],
    ),
    (DEFAULT, (*SAFEGUARD, "in_force_until"), "2026-12-31", []),
    (
        default_with("identifiers", "schemes", "upn", "in_force_until", value="2026-12-31"),
        ("identifiers", "schemes", "upn", "in_force_until"),
        None,
        [("gateway", ("identifier:upn", "in_force_until"))],
    ),
    (
        DEFAULT,
        ("classes", "withheld", 0, "actions"),
        ["lookup", "override"],
        [
            ("class", ("read_child", "housing", "assessment")),
            ("class", ("read_child", "housing", "settings")),
        ],
    ),
    (
        DEFAULT,
        ("identifiers", "schemes", "case_number", "agency_kinds"),
        ["authority", "police"],
        [
            ("number", (action, "police", "identifier:case_number"))
            for action in ("amend_child", "create_child", "lookup", "override", "read_child")
        ],
    ),
    (CAMFIELD, ("coverage", "mode"), "universal", [("coverage", ("universal",))]),
    (DEFAULT, ("coverage", "mode"), "involved_only", []),
    (
        LEVELLED,
        ("levels", "exceptions", 0, "level"),
        "content",
        [("level", ("school", "police", "content"))],
    ),
    (LEVELLED, ("levels", "exceptions", 0, "level"), "nothing", []),
    (
        LEVELLED,
        ("levels", "exceptions", 1, "level"),
        "existence",
        [("level", ("school", OTHER_AGENCY, "existence"))],
    ),
    (
        LEVELLED,
        ("levels", "exceptions"),
        [LEVELS["exceptions"][0]],
        [("level", ("school", OTHER_AGENCY, "content"))],
    ),
    (LEVELLED, ("levels", "exceptions", 1, "of", "agencies"), [OTHER_AGENCY, AGENCY], []),
    (
        DEFAULT,
        ("sensitive", "brokered_told_to"),
        ["police"],
        [("brokered", ("police",))],
    ),
    (CAMFIELD, ("caf", "consent"), "not_refused", [("caf", ("not_refused",))]),
    (DEFAULT, ("caf", "consent"), "express", []),
    (
        DEFAULT,
        ("override", "statutory", "agency_kinds"),
        ["social_care", "hospital"],
        [
            ("override", ("hospital", "enquire_significant_harm")),
            ("second_person", ("hospital", "enquire_significant_harm", "after")),
        ],
    ),
    (
        DEFAULT,
        ("override", "statutory", "purposes"),
        ["safeguard"],
        [
            *[("override", (kind, "safeguard")) for kind in ("police", "social_care")],
            *[
                ("second_person", (kind, "safeguard", "after"))
                for kind in ("police", "social_care")
            ],
        ],
    ),
    (
        DEFAULT,
        ("override", "approvers"),
        ["police"],
        [("action", ("practitioner", "police", "approve_override")), ("approver", ("police",))],
    ),
    (DEFAULT, ("override", "second_person"), "after", [("second_person", ("after",))]),
    (
        DEFAULT,
        ("override", "second_person_statutory"),
        "not_needed",
        [
            ("second_person", (kind, "enquire_significant_harm", "not_needed"))
            for kind in ("police", "social_care")
        ],
    ),
    (DEFAULT, ("override", "second_person_statutory"), "before", []),
    (
        CAMFIELD,
        ("mediation", "mediators"),
        ["authority", "social_care", "police"],
        [("mediation", ("mediators", "police"))],
    ),
    (
        default_with("mediation", "requesters", value=["police"]),
        ("mediation", "requesters"),
        ["school"],
        [("mediation", ("requesters", "school"))],
    ),
    (
        EXCEPTED,
        ("named", 0, "classes_withheld"),
        ["status", "carers"],
        [("named", (AGENCY, "settings"))],
    ),
    (EXCEPTED, ("named", 0, "level_max"), "contact", [("named", (AGENCY, "contact"))]),
    (EXCEPTED, ("named", 0, "level_max"), "nothing", []),
    (
        EXCEPTED,
        ("named", 0, "purposes_closed"),
        ["promote_welfare"],
        [("named", (AGENCY, "safeguard"))],
    ),
    (
        EXCEPTED,
        ("named",),
        [],
        [
            ("named", (AGENCY, name))
            for name in ("content", "promote_welfare", "safeguard", "settings", "status")
        ],
    ),
    (DEFAULT, ("named",), [named(classes_withheld=["status"])], []),
    (
        DEFAULT,
        ("subscriptions",),
        subscriptions("police", across=("school",)),
        [("subscription", (AGENCY, "school")), ("subscription", ("without_involvement", "police"))],
    ),
    (
        default_with("subscriptions", value=subscriptions("police", across=("school",))),
        ("subscriptions",),
        subscriptions(),
        [],
    ),
    (
        DEFAULT,
        ("budgets", "exceptions", 0),
        {
            "agency_kinds": ["school"],
            "searches_a_day": 401,
            "children_a_day": 201,
            "unexplained_a_day": 6,
            "children_of_a_reference": 11,
        },
        [
            ("budget", ("school", "children_a_day", "201")),
            ("budget", ("school", "children_of_a_reference", "11")),
            ("budget", ("school", "searches_a_day", "401")),
            ("budget", ("school", "unexplained_a_day", "6")),
        ],
    ),
    (
        DEFAULT,
        ("budgets", "default"),
        {
            "searches_a_day": 1,
            "children_a_day": 1,
            "unexplained_a_day": 1,
            "children_of_a_reference": 1,
        },
        [],
    ),
]


@pytest.mark.parametrize(("agreement", "path", "value", "expected"), CASES)
def test_what_is_wider_is_told_and_nothing_else(
    agreement: Agreement, path: Path, value: object, expected: list[tuple[str, tuple[str, ...]]]
) -> None:
    assert told(agreement, *path, value=value) == expected


def test_every_kind_of_widening_is_tried() -> None:
    tried = {kind for *_, expected in CASES for kind, _ in expected}
    assert tried | {"party"} == {kind.value for kind in WideningKind}


def test_a_new_party_is_wider_in_all_that_it_is_given() -> None:
    document: dict[str, Any] = json.loads(CAMFIELD.canonical)
    document["parties"].append("probation")
    joined = compile_agreement(document)
    found = widenings(CAMFIELD, joined)
    assert Widening(WideningKind.PARTY, ("probation",)) in found
    assert {"action", "purpose", "class", "level", "budget", "mediation"} <= {
        each.kind for each in found
    }
    assert all("probation" in each.where for each in found)
    assert widenings(joined, CAMFIELD) == ()


def test_leaving_a_stricter_statutory_route_is_wider() -> None:
    """Taking a kind off the route loosens the terms of those who hold the right by name."""
    strict = default_with("override", "second_person", value="not_needed")
    strict = default_with("override", "second_person_statutory", value="before", of=strict)
    assert told(strict, "override", "statutory", "agency_kinds", value=["police"]) == [
        ("second_person", ("social_care", "enquire_significant_harm", "not_needed"))
    ]


def _start() -> Agreement:
    """The default agreement with a row in every list that can narrow or widen."""
    agreement = default_with("named", value=json.loads(EXCEPTED.canonical)["named"])
    agreement = default_with("levels", value=LEVELS, of=agreement)
    agreement = default_with("sensitive", "brokered_told_to", value=["police"], of=agreement)
    return default_with("override", "approvers", value=["police"], of=agreement)


START = _start()
