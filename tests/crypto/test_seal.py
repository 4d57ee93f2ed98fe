"""Sealed records open in their own place only, show one size, and die with their key."""

import os
import weakref
from collections.abc import Callable
from itertools import product
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index_service.crypto.envelope import Breach, SealBroken, TooLarge
from index_service.crypto.held import RECHECK_S_MAX, Held
from index_service.crypto.keyring import Keyring
from index_service.crypto.providers import KeyFault, KeyRefused, MemoryKeyProvider, make_keys
from index_service.crypto.seal import SIZES, WRAPPED_BYTES, SubjectKey, WrapKeys, envelope_size

places = st.sampled_from(sorted(SIZES))
rows = st.uuids() | st.binary(min_size=1, max_size=40)
ROW = UUID("0b9f2f3e-58a6-4bd5-8a0e-6a1f7d9b1c11")
SMALL = "identifier:upn"


class Ticks:
    """A clock that stands until it is told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def key(northmere: Keyring) -> SubjectKey:
    return northmere.wrap.new_subject("child", ROW).key


def breach(act: Callable[[], object]) -> Breach:
    with pytest.raises(SealBroken) as broken:
        act()
    return broken.value.breach


@st.composite
def fitting(draw: st.DrawFn) -> tuple[str, bytes]:
    place = draw(places)
    length = draw(st.sampled_from([0, 1, SIZES[place] - 1, SIZES[place]]))
    return place, draw(st.binary(min_size=length, max_size=length))


@settings(max_examples=60)
@given(fitting(), rows)
def test_what_was_sealed_is_opened_and_every_row_of_a_place_has_one_size(
    northmere: Keyring, sealed: tuple[str, bytes], row: UUID | bytes
) -> None:
    place, plaintext = sealed
    new = northmere.wrap.new_subject("child", row)
    assert len(new.wrapped) == WRAPPED_BYTES == 60
    envelope = new.key.seal(place, row, plaintext)
    assert len(envelope) == envelope_size(place) == SIZES[place] + 39
    opened = northmere.wrap.open_subject("child", row, new.wrap_key_id, new.wrapped)
    assert opened.open(place, row, envelope) == plaintext


@pytest.mark.parametrize("place", SIZES)
def test_what_does_not_fit_is_refused_not_given_a_larger_row(key: SubjectKey, place: str) -> None:
    key.seal(place, ROW, b"x" * SIZES[place])
    with pytest.raises(TooLarge) as refused:
        key.seal(place, ROW, b"x" * (SIZES[place] + 1))
    assert (refused.value.place, refused.value.capacity) == (place, SIZES[place])


def test_zeros_at_the_end_of_a_plaintext_are_kept(key: SubjectKey) -> None:
    assert key.open(SMALL, ROW, key.seal(SMALL, ROW, b"a\0\0")) == b"a\0\0"


def test_two_seals_of_one_thing_share_nothing_but_the_first_byte(key: SubjectKey) -> None:
    seals = [key.seal(SMALL, ROW, b"same") for _ in range(100)]
    assert {sealed[:1] for sealed in seals} == {b"\1"}
    for part in (slice(1, 9), slice(9, 21), slice(21, 55), slice(55, None)):
        assert len({sealed[part] for sealed in seals}) == 100


def test_any_flipped_bit_is_refused(northmere: Keyring) -> None:
    new = northmere.wrap.new_subject("child", ROW)
    envelope = new.key.seal(SMALL, ROW, b"T123456789012")
    row = northmere.rows.seal("agency", ROW, b"duty line", 64)
    for at, bit in product(range(len(envelope)), range(8)):
        breach(lambda: new.key.open(SMALL, ROW, flipped(envelope, at, bit)))  # noqa: B023 (called at once)
    for at, bit in product(range(WRAPPED_BYTES), range(8)):
        turned = flipped(new.wrapped, at, bit)
        breach(lambda: northmere.wrap.open_subject("child", ROW, new.wrap_key_id, turned))  # noqa: B023 (called at once)
    for at, bit in product(range(len(row)), range(8)):
        breach(lambda: northmere.rows.open("agency", ROW, flipped(row, at, bit)))  # noqa: B023 (called at once)


def flipped(sealed: bytes, at: int, bit: int) -> bytes:
    return sealed[:at] + bytes((sealed[at] ^ 1 << bit,)) + sealed[at + 1 :]


@given(fitting(), places, rows, rows)
@settings(max_examples=60)
def test_an_envelope_opens_in_its_own_place_and_row_only(
    northmere: Keyring,
    sealed: tuple[str, bytes],
    other_place: str,
    row: UUID | bytes,
    other_row: UUID | bytes,
) -> None:
    place, plaintext = sealed
    key = northmere.wrap.new_subject("child", row).key
    envelope = key.seal(place, row, plaintext)
    if other_place != place:
        breach(lambda: key.open(other_place, row, envelope))
    if other_row != row:
        assert breach(lambda: key.open(place, other_row, envelope)) == Breach.TAG


def test_identifiers_of_one_size_do_not_stand_for_each_other(key: SubjectKey) -> None:
    envelope = key.seal("identifier:upn", ROW, b"1")
    assert breach(lambda: key.open("identifier:nhs_number", ROW, envelope)) == Breach.TAG


def test_the_version_of_another_envelope_does_not_fit(key: SubjectKey) -> None:
    one, other = (key.seal(SMALL, ROW, b"1") for _ in range(2))
    mixed = one[:1] + other[1:9] + one[9:]
    assert breach(lambda: key.open(SMALL, ROW, mixed)) == Breach.TAG


def test_another_subjects_envelope_is_refused(northmere: Keyring) -> None:
    one, other = (northmere.wrap.new_subject("child", ROW).key for _ in range(2))
    assert breach(lambda: other.open(SMALL, ROW, one.seal(SMALL, ROW, b"1"))) == Breach.TAG


@pytest.mark.parametrize("length", [0, 1, 38, 39, 70, 72, 500])
def test_bytes_of_another_size_are_refused(key: SubjectKey, length: int) -> None:
    assert breach(lambda: key.open(SMALL, ROW, b"\1" * length)) == Breach.FORM


def test_a_place_nobody_declared_is_a_defect(key: SubjectKey) -> None:
    with pytest.raises(KeyError):
        key.seal("notes", ROW, b"")


def test_a_wrapped_key_opens_for_its_own_table_row_week_and_authority_only(
    northmere: Keyring, camfield: Keyring
) -> None:
    week, wrapped, _ = northmere.wrap.new_subject("child", ROW)
    northmere.wrap.open_subject("child", ROW, week, wrapped)
    swaps = [
        lambda: northmere.wrap.open_subject("practitioner", ROW, week, wrapped),
        lambda: northmere.wrap.open_subject("child", uuid4(), week, wrapped),
        lambda: camfield.wrap.open_subject("child", ROW, week, wrapped),
    ]
    assert [breach(swap) for swap in swaps] == [Breach.TAG] * 3
    assert breach(lambda: northmere.wrap.open_subject("child", ROW, 202501, wrapped)) == Breach.KEY
    for cut in (b"", wrapped[:-1], wrapped + b"\0"):
        assert (
            breach(lambda: northmere.wrap.open_subject("child", ROW, week, cut))  # noqa: B023 (called at once)
            == Breach.FORM
        )


def test_the_week_stands_in_what_the_wrap_is_bound_to() -> None:
    """Two weeks with one key: still the row's week cannot be rewritten to outlive its end."""
    provider, same_key = MemoryKeyProvider(), os.urandom(32)
    provider.create("wrap.202549")
    wrap = WrapKeys("northmere", provider, lambda week: same_key)
    week, wrapped, _ = wrap.new_subject("child", ROW)
    assert week == 202549
    wrap.open_subject("child", ROW, 202549, wrapped)
    assert breach(lambda: wrap.open_subject("child", ROW, 202548, wrapped)) == Breach.TAG


def fresh() -> tuple[MemoryKeyProvider, Ticks, Keyring]:
    provider, ticks = MemoryKeyProvider(), Ticks()
    make_keys(provider, 202548, 2025)
    return provider, ticks, Keyring("northmere", provider, ticks)


def test_a_destroyed_wrap_key_makes_rows_unreadable_at_once_when_told() -> None:
    provider, _, keys = fresh()
    week, wrapped, _ = keys.wrap.new_subject("child", ROW)
    provider.destroy("wrap.202548")
    keys.wrap.forget(week)
    assert breach(lambda: keys.wrap.open_subject("child", ROW, week, wrapped)) == Breach.KEY
    with pytest.raises(KeyRefused) as refused:
        keys.wrap.new_subject("child", ROW)
    assert refused.value.fault == KeyFault.MISSING


def test_a_wrap_key_destroyed_by_another_process_is_used_for_a_second_at_most() -> None:
    provider, ticks, keys = fresh()
    week, wrapped, _ = keys.wrap.new_subject("child", ROW)
    provider.destroy("wrap.202548")
    ticks.now = RECHECK_S_MAX * 0.99
    keys.wrap.open_subject("child", ROW, week, wrapped)
    ticks.now = RECHECK_S_MAX
    assert breach(lambda: keys.wrap.open_subject("child", ROW, week, wrapped)) == Breach.KEY
    ticks.now = RECHECK_S_MAX * 1.5  # a refusal starts no second of grace
    assert breach(lambda: keys.wrap.open_subject("child", ROW, week, wrapped)) == Breach.KEY


def test_using_a_wrap_key_does_not_put_off_its_examination() -> None:
    provider, ticks, keys = fresh()
    week, wrapped, _ = keys.wrap.new_subject("child", ROW)
    provider.destroy("wrap.202548")
    for tenth in range(10):
        ticks.now = tenth / 10
        keys.wrap.open_subject("child", ROW, week, wrapped)
    ticks.now = RECHECK_S_MAX
    assert breach(lambda: keys.wrap.open_subject("child", ROW, week, wrapped)) == Breach.KEY


def test_new_subjects_go_under_the_newest_week_within_a_second() -> None:
    provider, ticks, keys = fresh()
    old = keys.wrap.new_subject("child", ROW)
    provider.create("wrap.202549")
    provider.create("wrap.202601")
    ticks.now = RECHECK_S_MAX
    assert keys.wrap.current_id() == 202601
    assert keys.wrap.new_subject("child", ROW).wrap_key_id == 202601
    keys.wrap.open_subject("child", ROW, old.wrap_key_id, old.wrapped)


def test_the_week_before_serves_once_a_newer_key_is_forgotten() -> None:
    provider, ticks, keys = fresh()
    provider.create("wrap.202549")
    ticks.now = RECHECK_S_MAX
    assert keys.wrap.current_id() == 202549
    provider.destroy("wrap.202549")
    keys.wrap.forget(202549)
    assert keys.wrap.current_id() == 202548


def test_nothing_built_from_a_destroyed_key_is_kept() -> None:
    class Cipher:
        """Stands for what was built from a key."""

    ticks, held_by_provider = Ticks(), {202548}

    def build(week: int) -> Cipher:
        if week not in held_by_provider:
            raise KeyRefused(KeyFault.MISSING, "wrap")
        return Cipher()

    held = Held(build, ticks)
    built = weakref.ref(held.of(202548))
    assert built() is not None
    held_by_provider.clear()
    ticks.now = RECHECK_S_MAX
    with pytest.raises(KeyRefused):
        held.of(202548)
    assert built() is None


@given(st.binary(max_size=64), rows)
@settings(max_examples=40)
def test_an_authoritys_row_opens_where_it_stood_only(
    northmere: Keyring, camfield: Keyring, plaintext: bytes, row: UUID | bytes
) -> None:
    envelope = northmere.rows.seal("account", row, plaintext, 64)
    assert len(envelope) == 64 + 39
    assert northmere.rows.open("account", row, envelope) == plaintext
    swaps = [
        lambda: northmere.rows.open("agency", row, envelope),
        lambda: northmere.rows.open("account", uuid4(), envelope),
        lambda: camfield.rows.open("account", row, envelope),
        lambda: northmere.rows.open("account", row, envelope[:-1]),
        lambda: northmere.rows.open("account", row, envelope[:20]),
    ]
    assert [breach(swap) for swap in swaps] == [Breach.TAG] * 4 + [Breach.FORM]


def test_an_authoritys_row_says_which_key_sealed_it() -> None:
    provider, _, keys = fresh()
    old = keys.rows.seal("account", ROW, b"x", 64)
    provider.create("authority.2")
    turned = Keyring("northmere", provider)
    assert turned.rows.open("account", ROW, old) == b"x"
    assert turned.rows.seal("account", ROW, b"x", 64)[:1] == b"\2"
    provider.destroy("authority.1")
    assert (
        breach(lambda: Keyring("northmere", provider).rows.open("account", ROW, old)) == Breach.KEY
    )


def test_a_broken_seal_tells_where_and_why_and_nothing_else(key: SubjectKey) -> None:
    envelope = flipped(key.seal("identity", ROW, b"Synthetic Child"), 60, 1)
    with pytest.raises(SealBroken) as broken:
        key.open("identity", ROW, envelope)
    assert str(broken.value) == "tag: identity"
    with pytest.raises(TooLarge) as refused:
        key.seal(SMALL, ROW, b"Synthetic Child" * 9)
    assert str(refused.value) == "identifier:upn: 135 bytes of 32"
