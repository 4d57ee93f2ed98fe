"""The id under which an authority stands in another's agreement and directory of agencies."""

from uuid import NAMESPACE_URL, UUID, uuid5


def agency_of(region: str, member: str) -> UUID:
    """Return a member's id as an agency: the same at every index of the region."""
    return uuid5(NAMESPACE_URL, f"isa:{region}/{member}")
