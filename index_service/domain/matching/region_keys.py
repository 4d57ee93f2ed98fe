"""What of a child the region's digests are made of: few kinds, and as many keys for everybody."""

from collections.abc import Mapping
from typing import Final

from index_service.domain.matching.keys import Facts, IndexKey, TokenKind, index_keys

FIRST_KINDS: Final = frozenset({TokenKind.NHS_NUMBER, TokenKind.UPN, TokenKind.FAMILY_DOB})
WIDE_KINDS: Final = FIRST_KINDS | {
    TokenKind.GIVEN_DOB,
    TokenKind.FAMILY_GIVEN_YEAR,
    TokenKind.INITIALS_DOB,
}
KINDS_OF: Final[Mapping[str, frozenset[TokenKind]]] = {"first": FIRST_KINDS, "wide": WIDE_KINDS}
FIRST_KEYS_MAX: Final = 6
REGION_KEYS_MAX: Final = 16  # of both sets together: the second holds the first


def region_keys(facts: Facts) -> tuple[IndexKey, ...]:
    """Return what other authorities find a child by, those of the first set before the rest.

    At most REGION_KEYS_MAX, FIRST_KEYS_MAX of them of the first set; most useful first.
    """
    kept = [key for key in index_keys(facts) if key.kind in WIDE_KINDS]
    first = [key for key in kept if key.kind in FIRST_KINDS][:FIRST_KEYS_MAX]
    rest = [key for key in kept if key.kind not in FIRST_KINDS]
    return (*first, *rest)[:REGION_KEYS_MAX]
