"""The log's keys of a year: sealed entries, keyed references, nothing of the wrap keys."""

from collections.abc import Callable
from functools import partial
from itertools import product
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index_service.crypto.envelope import Breach, SealBroken, TooLarge
from index_service.crypto.keyring import Keyring
from index_service.crypto.log_keys import ENTRY_STEP, SUBJECT_CAPACITY
from index_service.crypto.providers import KeyFault, KeyRefused, MemoryKeyProvider, make_keys

ENTRY = UUID("9a6c1f3e-08b1-4b55-9c1e-9a3d2f10aa01")
CHILD = UUID("5f0b1c7e-6d0e-4c53-9f5e-0d2f3b1a4c55")


@pytest.fixture(scope="module")
def two_years() -> Keyring:
    provider = MemoryKeyProvider()
    make_keys(provider, 202552, 2025)
    provider.create("log.2026")
    return Keyring("northmere", provider)


@given(st.integers(0, 1100), st.uuids())
@settings(max_examples=50)
def test_an_entry_opens_and_shows_only_a_multiple_of_256(
    northmere: Keyring, length: int, entry_id: UUID
) -> None:
    log, plaintext = northmere.log_keys(2025), b"e" * length
    sealed = log.seal_entry(entry_id, plaintext)
    assert (len(sealed) - 37) % ENTRY_STEP == 0
    assert len(sealed) - 39 - length < ENTRY_STEP
    assert log.open_entry(entry_id, sealed) == plaintext


def test_any_flipped_bit_is_refused(northmere: Keyring) -> None:
    log = northmere.log_keys(2025)
    entry, ref = log.seal_entry(ENTRY, b"entry"), log.subject_ref(CHILD)
    subject = log.seal_subject(ref, CHILD.bytes)
    for at, bit in product(range(len(entry)), range(8)):
        with pytest.raises(SealBroken):
            log.open_entry(ENTRY, flipped(entry, at, bit))
    for at, bit in product(range(len(subject)), range(8)):
        with pytest.raises(SealBroken):
            log.open_subject(ref, flipped(subject, at, bit))


def flipped(sealed: bytes, at: int, bit: int) -> bytes:
    return sealed[:at] + bytes((sealed[at] ^ 1 << bit,)) + sealed[at + 1 :]


def test_an_entry_opens_under_its_own_id_year_and_authority_only(
    two_years: Keyring, camfield: Keyring
) -> None:
    sealed = two_years.log_keys(2025).seal_entry(ENTRY, b"entry")
    for log, entry_id in (
        (two_years.log_keys(2025), uuid4()),
        (two_years.log_keys(2026), ENTRY),
        (camfield.log_keys(2025), ENTRY),
    ):
        with pytest.raises(SealBroken):
            log.open_entry(entry_id, sealed)


@pytest.mark.parametrize("length", [0, 30, 37, 39, 294, 37 + 511])
def test_bytes_of_another_size_are_refused_for_their_form(northmere: Keyring, length: int) -> None:
    log = northmere.log_keys(2025)
    opens: tuple[Callable[[bytes], bytes], ...] = (
        partial(log.open_entry, ENTRY),
        partial(log.open_subject, bytes(16)),
    )
    for open_ in opens:
        with pytest.raises(SealBroken) as broken:
            open_(b"\1" * length)
        assert broken.value.breach == Breach.FORM


def test_references_of_subjects_differ_by_child_year_and_authority(
    two_years: Keyring, northmere: Keyring, camfield: Keyring
) -> None:
    found = [
        two_years.log_keys(2025).subject_ref(CHILD),
        two_years.log_keys(2026).subject_ref(CHILD),
        northmere.log_keys(2025).subject_ref(CHILD),
        camfield.log_keys(2025).subject_ref(CHILD),
        northmere.log_keys(2025).subject_ref(uuid4()),
        northmere.references.case_ref(CHILD),
    ]
    assert len(set(found)) == len(found)
    assert {len(ref) for ref in found} == {16}
    assert found[0] == two_years.log_keys(2025).subject_ref(CHILD)


def test_what_auditors_search_by_is_apart_by_label(northmere: Keyring) -> None:
    log = northmere.log_keys(2025)
    found = [log.search_ref("account", "b"), log.search_ref("accoun", "tb"), log.subject_ref(CHILD)]
    assert len(set(found)) == 3


def test_a_subject_row_has_one_size_and_opens_under_its_own_reference(northmere: Keyring) -> None:
    log = northmere.log_keys(2025)
    ref = log.subject_ref(CHILD)
    sealed = [log.seal_subject(ref, b"s" * n) for n in (0, 1, SUBJECT_CAPACITY)]
    assert {len(row) for row in sealed} == {SUBJECT_CAPACITY + 39}
    assert log.open_subject(ref, sealed[2]) == b"s" * SUBJECT_CAPACITY
    with pytest.raises(SealBroken):
        log.open_subject(log.subject_ref(uuid4()), sealed[0])
    with pytest.raises(TooLarge):
        log.seal_subject(ref, b"s" * (SUBJECT_CAPACITY + 1))


def test_the_log_opens_after_every_wrap_key_is_destroyed() -> None:
    provider = MemoryKeyProvider()
    make_keys(provider, 202548, 2025)
    keys = Keyring("northmere", provider)
    sealed = keys.log_keys(2025).seal_entry(ENTRY, b"entry")
    provider.destroy("wrap.202548")
    provider.create("wrap.202549")
    assert Keyring("northmere", provider).log_keys(2025).open_entry(ENTRY, sealed) == b"entry"


def test_a_year_without_a_key_is_refused(two_years: Keyring) -> None:
    assert two_years.log_years() == (2025, 2026)
    with pytest.raises(KeyRefused) as refused:
        two_years.log_keys(2027)
    assert (refused.value.fault, refused.value.name) == (KeyFault.MISSING, "log.2027")
