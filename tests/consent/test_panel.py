"""What a panel is told: policy's word, whatever an agreement says."""

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
    InvolvementFacts,
    InvolvementLevel,
    Role,
    SensitiveBasis,
)
from consent.panel import (
    panel_is_told,
    panel_is_told_that_one_looked,
    panel_is_told_which_agency,
)
from tests.consent.examples import AUDITOR, DEFAULT, asker, bare

READER = asker(AUDITOR)
READS = bare(Action.READ_PANEL)
INVOLVED = InvolvementFacts(False, SensitiveBasis.NONE, False, AgencyKind.SCHOOL, "a")


def test_a_panel_is_told_an_involvement() -> None:
    assert panel_is_told(READER, READS, ChildFacts(), INVOLVED, DEFAULT) is InvolvementLevel.CONTENT
    archived = ChildFacts(archived=True)
    assert panel_is_told(READER, READS, archived, INVOLVED, DEFAULT) is InvolvementLevel.CONTENT


def test_of_a_shielded_child_a_panel_is_told_that_there_is_one() -> None:
    shielded = ChildFacts(shielded=True)
    assert panel_is_told(READER, READS, shielded, INVOLVED, DEFAULT) is InvolvementLevel.EXISTENCE


@pytest.mark.parametrize("basis", SensitiveBasis)
def test_a_panel_is_told_of_no_sensitive_service(basis: SensitiveBasis) -> None:
    sensitive = replace(INVOLVED, sensitive=True, basis=basis)
    for child in (ChildFacts(), ChildFacts(shielded=True)):
        told = panel_is_told(READER, READS, child, sensitive, DEFAULT)
        assert told is InvolvementLevel.NOTHING


def test_of_a_record_in_doubt_a_panel_is_told_nothing() -> None:
    held = ChildFacts(held=True)
    assert panel_is_told(READER, READS, held, INVOLVED, DEFAULT) is InvolvementLevel.NOTHING


def test_nobody_else_is_told_as_a_panel_is() -> None:
    askers = (
        (replace(READER, role=Role.MANAGEMENT_TEAM), READS),
        (replace(READER, agency_kind=AgencyKind.SCHOOL), READS),
        (replace(READER, account_state=AccountState.SUSPENDED), READS),
        (READER, bare(Action.INSPECT_LOG)),
        (READER, Ask(Action.READ_PANEL, date(1999, 1, 1))),
    )
    for who, ask in askers:
        told = panel_is_told(who, ask, ChildFacts(), INVOLVED, DEFAULT)
        assert told is InvolvementLevel.NOTHING


def test_that_a_sensitive_one_looked_is_not_told_nor_of_a_shielded_child_which_agency() -> None:
    for kind in AgencyKind:
        plain = kind not in SENSITIVE_KINDS
        assert panel_is_told_that_one_looked(kind) is plain
        assert panel_is_told_which_agency(kind, ChildFacts()) is plain
        assert panel_is_told_which_agency(kind, ChildFacts(shielded=True)) is False
    assert panel_is_told_that_one_looked(None) is False
