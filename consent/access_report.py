"""What of a record its subject is told, once the desk has found that it may be told at all.

Whoever reads a report may be the danger, or live with it. With kinds alone it tells what
any asker of a shielded record is told; more is told where more was asked for on a ground,
and never of a child who is guarded. Never how to reach a third party, nor a sensitive service.
"""

from consent.facts import DisclosureClass, InvolvementFacts
from consent.who_looked import family_is_told_which_kind

_ALWAYS = frozenset(
    {
        DisclosureClass.IDENTITY,
        DisclosureClass.NHS_NUMBER,
        DisclosureClass.UPN,
        DisclosureClass.CASE_NUMBER,
        DisclosureClass.INVOLVEMENTS,
        DisclosureClass.PROVENANCE,
    }
)
_MORE = _ALWAYS | frozenset(
    {
        DisclosureClass.TRACING,
        DisclosureClass.WHEREABOUTS,
        DisclosureClass.SETTINGS,
        DisclosureClass.ASSESSMENT,
        DisclosureClass.CONSENTS,
    }
)


def subject_is_told(*, more: bool, guarded: bool) -> frozenset[DisclosureClass]:
    """Return the classes a subject is told; `more` than kinds was asked for on a ground."""
    return _MORE if more and not guarded else _ALWAYS


def subject_is_told_of(involvement: InvolvementFacts) -> bool:
    """Say whether a subject is told of an involvement: of no sensitive one."""
    return not involvement.sensitive and family_is_told_which_kind(involvement.agency_kind)
