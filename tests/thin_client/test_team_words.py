"""The team's words: every code has one; records and agreements are compared fact by fact."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from consent.agreement import default_document
from thin_client import codes_team
from thin_client.pages.comparing import beside
from thin_client.pages.differing import differences

ROOT = Path(__file__).resolve().parents[2]
LISTS = {
    "SHIELD_GROUNDS": "ShieldGround",
    "SHIELD_ASKED_BY": "ShieldAskedBy",
    "IDENTITY_CHECKS": "IdentityCheck",
    "SHIELD_REFUSALS": "ShieldRefusal",
    "SHIELD_REQUEST_STATES": "ShieldRequestState",
    "OVERRIDE_GROUNDS": "OverrideGround",
    "OVERRIDE_STATES": "OverrideState",
    "SECOND_PERSONS": "SecondPerson",
    "OVERRIDE_OUTCOMES": "OverrideOutcome",
    "BROKERED": "Brokered",
    "HOLD_DECISIONS": "HoldDecision",
    "HOLD_CHECKS": "CheckedWith",
    "LINE_CODES": "LineCode",
    "MOVE_REASONS": "MoveReason",
    "MOVE_SIDES": "MoveSide",
    "MOVE_STEPS": "MoveStep",
    "MOVE_REFUSALS": "MoveRefusal",
    "WIDENINGS": "WideningKind",
    "COVERAGE_MODES": "CoverageMode",
    "ACCOUNT_STATES": "AccountState",
    "ALERT_OUTCOMES": "AlertOutcome",
    "NEW_IDENTITY_CAUSES": "NewIdentityCause",
    "REENTRIES": "Reentry",
    "RELEASE_STATES": "ReleaseState",
}
WITHIN = {
    "HOLD_OUTCOMES": ("Hold", "outcome"),
    "BATCH_STATES": ("BatchStatus", "state"),
    "PEER_KINDS": ("Peer", "kind"),
    "PEER_STATES": ("Peer", "state"),
    "REGION_CHECKS": ("RegionCheckShown", "what"),
}
CHILD: dict[str, Any] = {
    "name": {"given_name": "Ashva", "family_name": "Barenbeck"},
    "date_of_birth": "2015-03-14",
    "gender": "female",
    "identifiers": {"nhs_number": None, "upn": "N999000001001"},
    "carers": [],
    "address": {"kind": "current", "postcode": "NM1 1AB"},
    "involvements": [{"service": "school", "ceased": None}],
}


@cache
def schemas() -> dict[str, Any]:
    text = (ROOT / "openapi" / "index.yaml").read_text("utf-8")
    found: dict[str, Any] = yaml.load(text, yaml.CSafeLoader)["components"]["schemas"]
    return found


@pytest.mark.parametrize(("name", "schema"), LISTS.items())
def test_every_code_of_the_teams_pages_has_words(name: str, schema: str) -> None:
    assert set(getattr(codes_team, name)) == set(schemas()[schema]["enum"])


@pytest.mark.parametrize(("name", "place"), WITHIN.items())
def test_every_word_of_a_field_has_words(name: str, place: tuple[str, str]) -> None:
    schema, field = place
    assert set(getattr(codes_team, name)) == set(schemas()[schema]["properties"][field]["enum"])


def test_every_outcome_of_a_line_has_words() -> None:
    assert set(codes_team.LINE_OUTCOMES) == set(schemas()["LineOutcomes"]["properties"])


def test_what_is_chosen_for_a_shield_is_what_the_contract_takes() -> None:
    asked = schemas()["ShieldAsked"]["properties"]
    assert set(codes_team.OWN_GROUNDS) == set(asked["ground"]["enum"])
    assert set(codes_team.OWN_ASKED_BY) == set(asked["asked_by"]["enum"])


def test_two_records_are_compared_fact_by_fact() -> None:
    other = {**CHILD, "name": {"given_name": "ASHVA", "family_name": "Barolbeck"}}
    other = {**other, "address": None, "involvements": []}
    marks = {row["label"]: row["mark"] for row in beside(CHILD, other)}
    assert (marks["First name"], marks["Family name"]) == ("same", "differs")
    assert (marks["Postcode"], marks["Services"]) == ("single", "single")
    assert "NHS number" not in marks


def test_an_ended_service_is_not_compared() -> None:
    ended = {**CHILD, "involvements": [{"service": "school", "ceased": "2025-01-01"}]}
    rows = {row["label"]: row for row in beside(CHILD, ended)}
    assert (rows["Services"]["one"], rows["Services"]["other"]) == ("School", "")


def test_every_term_that_differs_is_told_once_and_nothing_else() -> None:
    old = {"a": {"b": ["x", "y"], "c": 1}, "gone": {"d": None}}
    new = {"a": {"b": ["y", "z_z"], "c": 2}, "new": [{"e": True}]}
    told = [tuple(each.values()) for each in differences(old, new)]
    assert told == [
        ("a, then b", "x", "", "removed"),
        ("a, then b", "", "z z", "added"),
        ("a, then c", "1", "2", "changed"),
        ("gone", "d: none", "", "removed"),
        ("new", "", '[{"e": true}]', "added"),
    ]


def test_an_agreement_does_not_differ_from_itself() -> None:
    document = default_document()
    assert differences(document, default_document()) == []
    for name in document:
        assert differences(document, {**document, name: "otherwise"}), name
