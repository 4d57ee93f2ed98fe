"""A shield over a child's record: who asked, on what ground, who decided, when reviewed."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class ShieldGround(StrEnum):
    """Why disclosing whereabouts raises the risk of significant harm."""

    DOMESTIC_ABUSE = "domestic_abuse"
    WITNESS_PROTECTION = "witness_protection"
    CONTESTED_ADOPTION = "contested_adoption"
    SENSITIVE_FOSTERING = "sensitive_fostering"
    NAMED_THREAT = "named_threat"
    WELL_KNOWN_FAMILY = "well_known_family"


class ShieldAskedBy(StrEnum):
    """Who asked for the shield."""

    CHILD = "child"
    PARENT_OR_CARER = "parent_or_carer"
    PRACTITIONER = "practitioner"
    COURT = "court"


@dataclass(frozen=True, slots=True)
class Shield:
    """One shield as granted, and whether it has been lifted. `decided_by` is an account id."""

    id: UUID
    ground: ShieldGround
    asked_by: ShieldAskedBy
    decided_by: str
    granted: date
    review: date
    lifted: date | None = None
    lifted_by: str = ""
