"""Homes and family names as keyed digests: compared, never read back, never kept in clear."""

from index_service.crypto.keyring import Keyring
from index_service.domain.directory import HomeDigests, HomeStated
from index_service.domain.matching import fold

_BYTES = 8  # enough to tell homes apart; too few people state one for two to meet by chance


def home_digests(keyring: Keyring, home: HomeStated) -> HomeDigests:
    """Return the digests of a home; "" for what was not stated or stands for no place."""
    family, postcode = fold.fold(home.family_name), fold.postcode(home.postcode)
    house = fold.house(home.house)
    return HomeDigests(
        family=_digest(keyring, "family", family),
        postcode=_digest(keyring, "postcode", postcode),
        place=_digest(keyring, "place", postcode, house) if house else "",
    )


def _digest(keyring: Keyring, what: str, first: str, *more: str) -> str:
    """Return a digest, or "" where there is nothing to be compared."""
    if not first:
        return ""
    parts = (what.encode(), first.encode(), *(part.encode() for part in more))
    return keyring.references.reference("home", *parts)[:_BYTES].hex()
