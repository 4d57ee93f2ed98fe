"""Words for auditors and families: every code of the contract has one, and none that is not."""

from collections.abc import Mapping
from typing import Any

import pytest

from consent.decision import ChildReason
from index_service.domain.misuse.explaining import AtOnce
from index_service.domain.misuse.rules import RULES
from tests.thin_client.test_words import schemas
from thin_client import codes_audit, codes_subject

LISTS: tuple[tuple[Mapping[str, str], str], ...] = (
    (codes_audit.OUTCOMES, "Outcome"),
    (codes_audit.ACTIONS, "Action"),
    (codes_audit.ENTRY_STATES, "EntryState"),
    (codes_audit.CLASSES, "DisclosureClass"),
    (codes_audit.ALERT_OUTCOMES, "AlertOutcome"),
    (codes_audit.EXPORT_FORMS, "ExportForm"),
    (codes_audit.BREACH_FORMS, "BreachForm"),
    (codes_audit.FINDINGS, "SampleFinding"),
    (codes_audit.OPEN_KINDS, "OpenKind"),
    (codes_audit.OBLIGATIONS, "Obligation"),
    (codes_subject.ASKED_BY, "AskedBy"),
    (codes_subject.IDENTITY, "IdentityShown"),
    (codes_subject.RIGHT, "RightShown"),
    (codes_subject.ORDERS, "OrdersFound"),
    (codes_subject.COMPETENCE, "Competence"),
    (codes_subject.JUDGED_BY, "JudgedBy"),
    (codes_subject.WISHES, "ChildsWish"),
    (codes_subject.NOT_ASKED, "NotAskedBecause"),
    (codes_subject.HARM, "SeriousHarm"),
    (codes_subject.DETAILS, "Detail"),
    (codes_subject.GROUNDS, "DetailGround"),
    (codes_subject.REFUSALS, "GateRefusal"),
    (codes_subject.CONSENT_FOR, "ConsentFor"),
    (codes_subject.CONSENT_STATES, "ConsentState"),
    (codes_subject.GIVERS, "Giver"),
    (codes_subject.UNDERSTANDINGS, "Understanding"),
    (codes_subject.RECEIPTS, "ReceiptKept"),
    (codes_subject.BASIS_KINDS, "BasisKind"),
    (codes_subject.BASIS_REASONS, "BasisReason"),
    (codes_subject.NOT_SHARED, "NotSharedReason"),
)


@pytest.mark.parametrize(("listed", "schema"), LISTS, ids=[schema for _, schema in LISTS])
def test_every_code_has_words(listed: Mapping[str, str], schema: str) -> None:
    assert set(listed) == set(schemas()[schema]["enum"])


def test_marks_and_decisions_rules_have_words() -> None:
    mark: dict[str, Any] = schemas()["MarkMade"]["properties"]["mark"]
    assert set(codes_audit.MARKS) == set(mark["enum"])
    told: dict[str, Any] = schemas()["DecisionShown"]["properties"]["rules"]["items"]
    (rules,) = (each["enum"] for each in told["anyOf"] if "enum" in each)
    assert set(codes_audit.DECISION_RULES) == set(rules) <= {str(each) for each in ChildReason}


def test_rules_on_misuse_and_what_explains_have_words() -> None:
    assert {rule.__name__ for rule in RULES} <= set(codes_audit.RULES)
    assert {str(each) for each in AtOnce} <= set(codes_audit.EXPLANATIONS)
