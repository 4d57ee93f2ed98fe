"""The canonical form: one entry has one spelling, readable by any JSON reader."""

import json
from dataclasses import fields, replace
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from consent.facts import DisclosureClass
from index_service.log.entry import AccessEntry, Outcome, SubjectShown, canonical

ENTRY = AccessEntry(
    "northmere",
    UUID("0b1f7a52-6c1d-4b58-9f0a-3d2e1c4b5a69"),
    1_763_726_400_250,
    action="lookup",
    route="/v1/lookups",
    outcome=Outcome.SHOWN,
    rules=("shield_withholds_whereabouts",),
    subjects=(
        SubjectShown(
            UUID("6f1c2a4e-9a55-4d0e-8f7e-0d6a1f3b2c4d"),
            (DisclosureClass.INVOLVEMENTS, DisclosureClass.IDENTITY),
            shown=True,
        ),
    ),
)
REFS = (bytes(range(16)),)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
entries = st.builds(
    AccessEntry,
    csa=texts,
    entry_id=st.uuids(),
    at_ms=st.integers(0, 2**53 - 1),
    action=texts,
    route=texts,
    outcome=st.sampled_from(Outcome),
    rules=st.lists(texts, max_size=3).map(tuple),
    reference=texts,
    agreement=st.integers(0, 99),
    subjects=st.lists(
        st.builds(
            SubjectShown,
            st.uuids(),
            st.lists(st.sampled_from(DisclosureClass)).map(tuple),
            st.booleans(),
        ),
        max_size=4,
    ).map(tuple),
)


@given(entries)
def test_the_canonical_form_is_what_the_standard_library_writes(entry: AccessEntry) -> None:
    """A verifier with nothing but the standard library can rebuild every leaf."""
    written = canonical(entry, [b"\x01" * 16] * len(entry.subjects))
    again = json.dumps(
        json.loads(written), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    assert again.encode() == written


@given(entries)
def test_a_child_id_never_stands_in_an_entry(entry: AccessEntry) -> None:
    """Children stand in entries as keyed references only."""
    assume(entry.entry_id not in {subject.child_id for subject in entry.subjects})
    written = canonical(entry, [b"\x01" * 16] * len(entry.subjects))
    for subject in entry.subjects:
        assert str(subject.child_id).encode() not in written
        assert subject.child_id.hex.encode() not in written


def test_every_field_is_committed_to() -> None:
    """A change of any one field changes the bytes the leaf is made of."""
    before = canonical(ENTRY, REFS)
    subject = ENTRY.subjects[0]
    other: dict[str, object] = {
        "entry_id": UUID(int=1),
        "outcome": Outcome.NOTHING,
        "rules": ("another",),
        "subjects": (replace(subject, shown=False),),
    }
    for each in fields(AccessEntry):
        value = getattr(ENTRY, each.name)
        changed = other.get(each.name, value + 1 if isinstance(value, int) else f"{value}x")
        assert canonical(replace(ENTRY, **{each.name: changed}), REFS) != before, each.name  # type: ignore[arg-type]  # by name
    fewer = replace(ENTRY, subjects=(replace(subject, classes=subject.classes[:1]),))
    assert canonical(fewer, REFS) != before
    assert canonical(ENTRY, (bytes(16),)) != before


def test_the_order_in_which_classes_were_collected_does_not_matter() -> None:
    """Classes come out of sets, whose order differs from process to process."""
    subject = ENTRY.subjects[0]
    turned = replace(subject, classes=subject.classes[::-1] + subject.classes)
    assert canonical(replace(ENTRY, subjects=(turned,)), REFS) == canonical(ENTRY, REFS)


@pytest.mark.parametrize("name", ["at_ms", "agreement", "count"])
@pytest.mark.parametrize("number", [1.0, True, 2**53])
def test_a_number_two_readers_could_read_differently_is_refused(name: str, number: object) -> None:
    """No floats, no booleans for numbers, nothing beyond 53 bits."""
    with pytest.raises(TypeError):
        canonical(replace(ENTRY, **{name: number}), REFS)  # type: ignore[arg-type]  # the point


def test_text_that_is_not_unicode_is_refused() -> None:
    """A lone surrogate has no UTF-8."""
    with pytest.raises(TypeError):
        canonical(replace(ENTRY, reference="\ud800"), REFS)


def test_every_subject_needs_its_reference() -> None:
    """A missing reference is a defect, not a shorter entry."""
    with pytest.raises(ValueError, match="shorter"):
        canonical(ENTRY, ())
