"""Which children an index may hold a record of, and whether one just made is seen at once."""

from enum import StrEnum

from consent.agreement import Agreement
from consent.agreement_terms import CoverageMode
from consent.facts import Role


class BroughtBy(StrEnum):
    """Whose involvement is stated together with a child's first facts."""

    NOBODY = "nobody"
    SENSITIVE = "sensitive"  # a sensitive service's, which may be supplied
    ORDINARY = "ordinary"


class NewRecord(StrEnum):
    """What becomes of a record that is about to be made."""

    NOT_HELD = "not_held"
    WAITS = "waits"  # for the team, unseen
    SEEN = "seen"


def new_record(brought: BroughtBy, role: Role, agreement: Agreement) -> NewRecord:
    """Say what becomes of the record of a child stated by an account of this role.

    Where only children an agency works with are held, one without an involvement shown would
    tell of a sensitive service: what such a service alone brings waits for the team. The team
    itself may make a record ahead of the involvement, as for a new identity.
    """
    if agreement.coverage is CoverageMode.UNIVERSAL or role is Role.MANAGEMENT_TEAM:
        return NewRecord.SEEN
    if brought is BroughtBy.ORDINARY:
        return NewRecord.SEEN
    return NewRecord.WAITS if brought is BroughtBy.SENSITIVE else NewRecord.NOT_HELD
