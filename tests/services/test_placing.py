"""Whose a new record is: nobody's, a child's already here, or perhaps a shielded child's."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from index_service.crypto.keyring import Keyring
from index_service.crypto.providers import MemoryKeyProvider, make_keys
from index_service.domain.child import ChildRecord, Gender, IdentifierScheme, Identity, PersonName
from index_service.domain.feed import LineOutcome
from index_service.domain.matching.keys import Facts
from index_service.services.encoding import Policy
from index_service.services.index import Index
from index_service.services.placing import Surroundings, sought
from index_service.services.sealing import facts_of, new_child
from index_service.services.tokens import GUARD_KIND, guard_tokens_of, sheet_of


@pytest.fixture(scope="module")
def index() -> Index:
    """An index with keys only: nothing here reads or writes."""
    provider = MemoryKeyProvider()
    make_keys(provider, 202647, 2026)
    nothing: Any = None
    keyring = Keyring("northmere", provider)
    return Index("northmere", keyring, nothing, nothing, nothing, *[nothing] * 4)


def child(given: str = "Testa", number: str = "9990000018") -> ChildRecord:
    return ChildRecord(
        identity=Identity(PersonName("Example", given), date(2015, 3, 2), Gender.FEMALE),
        identifiers={IdentifierScheme.NHS_NUMBER: number} if number else {},
    )


def here(index: Index, record: ChildRecord, policy: Policy) -> Surroundings:
    """Surroundings in which this record stands, placed a line before."""
    around = Surroundings(index)
    around.index_new(new_child(index.keyring, record, policy), facts_of(record))
    return around


def judged(index: Index, around: Surroundings, facts: Facts) -> LineOutcome:
    return around.judge(sought(index, facts)).outcome


def test_nobody_like_it_is_new(index: Index) -> None:
    around = here(index, child("Bram", ""), Policy())
    assert judged(index, around, facts_of(child())) is LineOutcome.NEW


def test_the_same_number_and_name_is_the_same_child(index: Index) -> None:
    around = here(index, child(), Policy())
    found = around.judge(sought(index, facts_of(child())))
    assert found.outcome is LineOutcome.SAME
    assert found.same is not None


@pytest.mark.parametrize("policy", [Policy(shielded=True), Policy(held=True)])
@pytest.mark.parametrize(
    "facts",
    [
        facts_of(child()),
        facts_of(child(number="")),  # the feed of March 2009: names, no number
        facts_of(child("Tessa", "")),
        facts_of(
            replace(child(), identity=replace(child().identity, date_of_birth=date(2015, 2, 3)))
        ),
    ],
    ids=["all the same", "without number", "misspelt", "day and month swapped"],
)
def test_whatever_resembles_a_guarded_child_is_held(
    index: Index, policy: Policy, facts: Facts
) -> None:
    around = here(index, child(), policy)
    assert judged(index, around, facts) is LineOutcome.HELD


@pytest.mark.parametrize(
    ("record", "outcome"),
    [
        (child(), LineOutcome.HELD),
        (child(number=""), LineOutcome.HELD),
        (
            replace(
                child(),
                identity=Identity(PersonName("Fresh", "Testa"), date(2015, 3, 2), Gender.FEMALE),
                identifiers={},
            ),
            LineOutcome.NEW,
        ),
        (child("Tessa", ""), LineOutcome.NEW),
    ],
    ids=["all the same", "without number", "another family name", "misspelt"],
)
def test_a_closed_identity_holds_what_is_exactly_it_and_no_fresh_record(
    index: Index, record: ChildRecord, outcome: LineOutcome
) -> None:
    """Its search tokens are decoys: only the guard knows it, by number or name with birth."""
    around = here(index, child(), Policy(archived=True, closed=True))
    assert judged(index, around, facts_of(record)) is outcome


def test_a_guard_token_holds_when_no_search_token_leads_there(index: Index) -> None:
    """After upkeep has moved the hidden facts, only the guard knows them."""
    around = Surroundings(index)
    around._guards = set(guard_tokens_of(index.keyring, facts_of(child())))
    assert judged(index, around, facts_of(child())) is LineOutcome.HELD


def test_a_childs_own_guard_does_not_hold_its_own_line(index: Index) -> None:
    record = child()
    made = new_child(index.keyring, record, Policy(shielded=True))
    around = Surroundings(index)
    around.index_new(made, facts_of(record))
    around._guards = {token for token, _ in made.sheet.guard}
    assert not around.resembles_guarded(sought(index, facts_of(record)), made.child_id)
    assert around.resembles_guarded(sought(index, facts_of(record)), uuid4())


def test_guard_rows_are_real_only_for_guarded_records(index: Index) -> None:
    keyring, facts = index.keyring, facts_of(child())
    texts = guard_tokens_of(keyring, facts)
    assert GUARD_KIND == 255
    for guarded in (True, False):
        sheet = sheet_of(keyring, uuid4(), facts, guarded=guarded)
        assert len(sheet.guard) == 8
        assert any(token in texts for token, _ in sheet.guard) is guarded
