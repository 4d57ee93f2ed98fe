"""A shield over a child's record: who asked, on what ground, who decided, when reviewed."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal
from uuid import UUID


class ShieldGround(StrEnum):
    """Why disclosing whereabouts raises the risk of significant harm."""

    DOMESTIC_ABUSE = "domestic_abuse"
    WITNESS_PROTECTION = "witness_protection"
    CONTESTED_ADOPTION = "contested_adoption"
    SENSITIVE_FOSTERING = "sensitive_fostering"
    NAMED_THREAT = "named_threat"
    WELL_KNOWN_FAMILY = "well_known_family"
    SHIELDED_ELSEWHERE = "shielded_elsewhere"  # another authority of the region shields the child


class ShieldAskedBy(StrEnum):
    """Who asked for the shield."""

    CHILD = "child"
    PARENT_OR_CARER = "parent_or_carer"
    PRACTITIONER = "practitioner"
    COURT = "court"
    REGION = "region"  # the region's shield set: nobody here decided


StatedGround = Literal[
    ShieldGround.DOMESTIC_ABUSE,
    ShieldGround.WITNESS_PROTECTION,
    ShieldGround.CONTESTED_ADOPTION,
    ShieldGround.SENSITIVE_FOSTERING,
    ShieldGround.NAMED_THREAT,
    ShieldGround.WELL_KNOWN_FAMILY,
]
"""What a person may state; that another authority shields a child is found, not stated."""

StatedBy = Literal[
    ShieldAskedBy.CHILD,
    ShieldAskedBy.PARENT_OR_CARER,
    ShieldAskedBy.PRACTITIONER,
    ShieldAskedBy.COURT,
]


class IdentityCheck(StrEnum):
    """How it was made sure that whoever asks for a shield is who they say."""

    DOCUMENTS_SEEN = "documents_seen"
    KNOWN_TO_AGENCY = "known_to_agency"
    COURT_PAPERS_SEEN = "court_papers_seen"


class ShieldRefusal(StrEnum):
    """Why a shield that was asked for is not granted."""

    NO_INCREASED_RISK = "no_increased_risk"
    WHEREABOUTS_KNOWN = "whereabouts_known"  # to those they would be kept from
    ASKER_NOT_ENTITLED = "asker_not_entitled"
    IDENTITY_NOT_CONFIRMED = "identity_not_confirmed"
    ASKER_NOT_REACHED = "asker_not_reached"


class ShieldRequestState(StrEnum):
    """How far a request for a shield has come."""

    WAITING = "waiting"
    APPEALED = "appealed"  # waits again, for somebody else than who refused it
    GRANTED = "granted"
    REFUSED = "refused"


class NewIdentityCause(StrEnum):
    """Why a child's identity on the index is given up."""

    ADOPTION = "adoption"
    PROTECTION = "protection"
    GENDER_RECOGNITION = "gender_recognition"


@dataclass(frozen=True, slots=True)
class Shield:
    """One shield as granted, reviewed and perhaps lifted.

    `decided_by`, `requested_by`, `reviewed_by` and `lifted_by` are account ids, "" where it
    is nobody's (the first of a shield of the region); `request` is the id of the request it
    answers, and `appealed` whether that was refused before.
    """

    id: UUID
    ground: ShieldGround
    asked_by: ShieldAskedBy
    decided_by: str
    granted: date
    review: date
    lifted: date | None = None
    lifted_by: str = ""
    request: str = ""
    requested_by: str = ""
    appealed: bool = False
    reviewed: date | None = None
    reviewed_by: str = ""
