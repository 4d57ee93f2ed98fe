"""Associated data cannot be read two ways."""

from hypothesis import given
from hypothesis import strategies as st

from index_service.crypto.associated import associated

# Few letters and many lengths, zero bytes included: what collides under concatenation.
parts = st.lists(
    st.binary(max_size=3) | st.sampled_from([b"", b"\0", b"\0\0\0\1", b"\0\0\0\1a", b"ab"]),
    max_size=4,
).map(tuple)


def taken_apart(joined: bytes) -> tuple[bytes, ...]:
    found: list[bytes] = []
    while joined:
        end = 4 + int.from_bytes(joined[:4])
        found.append(joined[4:end])
        joined = joined[end:]
    return tuple(found)


@given(parts)
def test_the_parts_can_be_told_from_the_whole(tuple_of_parts: tuple[bytes, ...]) -> None:
    """Whatever can be taken apart again is injective."""
    assert taken_apart(associated(*tuple_of_parts)) == tuple_of_parts


@given(parts, parts)
def test_different_parts_never_look_the_same(
    left: tuple[bytes, ...], right: tuple[bytes, ...]
) -> None:
    assert (associated(*left) == associated(*right)) == (left == right)


@given(parts, parts)
def test_a_prefix_may_be_computed_once(left: tuple[bytes, ...], right: tuple[bytes, ...]) -> None:
    assert associated(*left) + associated(*right) == associated(*left, *right)
