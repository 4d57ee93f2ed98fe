"""The short form of `prove scan`, and the search itself: it finds what it looks for."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofs.scan import Plan, prove
from proofs.workings.judged import Proof
from proofs.workings.sought import ENCODINGS, SEED, Sought, spelt

VALUES = ("Okrenovash", "9990000018", "ZX11 4AB")


def test_storage_and_logs_hold_no_known_value() -> None:
    """Some fifty values of five children; the long form has 10,000 of a thousand."""
    proof = Proof("scan", quiet=True)
    asyncio.run(prove(Plan(children=5), proof))
    assert proof.failed == []
    assert not proof.void


@pytest.mark.parametrize("how", ENCODINGS)
@pytest.mark.parametrize("value", VALUES)
@given(before=st.binary(max_size=20), after=st.binary(max_size=20))
def test_a_value_is_found_in_every_encoding_wherever_it_stands(
    value: str, how: str, before: bytes, after: bytes
) -> None:
    for spelling in spelt(value)[how]:
        blob = before + b"\x00" + spelling + b"\xff" + after
        found = {hit.value for hit in Sought(VALUES).in_bytes(blob, "here")}
        assert value in found


def test_a_value_is_found_whatever_its_case() -> None:
    hits = Sought(VALUES).in_bytes(b"...okRENovash...", "here")
    assert [hit.value for hit in hits] == ["Okrenovash"]


@given(st.binary(max_size=2000))
def test_nothing_is_found_where_nothing_is(blob: bytes) -> None:
    assert list(Sought(VALUES).in_bytes(blob, "here")) == []


def test_a_value_too_short_to_stand_out_is_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        Sought(["a" * (SEED - 1)])
