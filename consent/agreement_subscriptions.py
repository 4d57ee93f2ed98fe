"""Compiling what an agreement says of subscriptions; an agreement that says nothing opens none."""

from types import MappingProxyType

from consent.agreement_document import Place
from consent.agreement_terms import SubscriptionTerms
from consent.facts import AgencyKind


def subscription_terms(place: Place | None, parties: frozenset[AgencyKind]) -> SubscriptionTerms:
    """Return who is told without an involvement, here and elsewhere; nobody if nothing is said."""
    if place is None:
        return SubscriptionTerms(frozenset(), MappingProxyType({}))
    parts = place.parts("instrument", "without_involvement", "across")
    parts["instrument"].instrument()
    across: dict[str, frozenset[AgencyKind]] = {}
    for row in parts["across"].listed():
        said = row.parts("agencies", "agency_kinds")
        kinds = said["agency_kinds"].kinds(parties)
        for agency in said["agencies"].agencies():
            across[agency] = across.get(agency, frozenset()) | kinds
    without = parts["without_involvement"].kinds(parties)
    return SubscriptionTerms(without, MappingProxyType(across))
