"""Who asks, and what is stated with the question."""

import re
from dataclasses import dataclass
from uuid import UUID

from consent.facts import AccessReason, AskerFacts, Purpose
from index_service.domain.errors import Code, Invalid
from index_service.domain.identifiers import looks_like_an_identifier

_REFERENCE = re.compile(r"[A-Z0-9/-]{3,24}")


@dataclass(frozen=True, slots=True)
class Asker:
    """An authenticated account as the index knows it in this request's snapshot."""

    account_id: UUID
    agency_id: UUID
    facts: AskerFacts
    practitioner_id: UUID | None = None

    @property
    def known_as(self) -> UUID:
        """Return whom they are known as: the practitioner behind the account, if one is named."""
        return self.practitioner_id or self.account_id


@dataclass(frozen=True, slots=True)
class Access:
    """What the asker states: purpose, reason, and optionally a case reference.

    `mediation` is the id of the grant under which they ask on a requester's behalf.
    """

    purpose: Purpose | None = None
    reason: AccessReason | None = None
    reference: str | None = None
    mediation: UUID | None = None


def checked_reference(text: str) -> str:
    """Return a case reference fit to be logged; Invalid if it could carry an identifier."""
    if not _REFERENCE.fullmatch(text) or looks_like_an_identifier(text):
        raise Invalid(Code.REFERENCE_INVALID, "Access-Reference")
    return text
