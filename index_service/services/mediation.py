"""The grant behind a mediated question: made by a requester, for one mediator, for 15 minutes.

What makes it invalid is never told apart: whoever tries ids learns nothing of grants.
"""

from dataclasses import dataclass
from uuid import UUID

from consent.facts import AccessReason, Purpose
from index_service.domain.access import Asker
from index_service.domain.matter import Matter, MatterKind, MatterState
from index_service.services.index import Index
from index_service.services.matters import MatterReader, matter_by_id

GRANT_S = 15 * 60


@dataclass(frozen=True, slots=True)
class MediationGrant:
    """Who may ask for whom, and what the requester stated. Ids of the mediator: one is set.

    `until_s` is the first second, since the epoch, at which it no longer holds.
    """

    id: UUID
    requester: UUID
    mediator_account: UUID | None
    mediator_agency: UUID | None
    purpose: Purpose | None
    reason: AccessReason | None
    until_s: int

    def made_for(self, asker: Asker) -> bool:
        """Return whether this asker is the mediator it was made for."""
        return self.mediator_account == asker.account_id or self.mediator_agency == asker.agency_id

    def matter(self, agency: UUID, made_s: int) -> Matter:
        """Return the grant as a matter of the requester's."""
        return Matter(
            self.id,
            MatterKind.MEDIATION,
            MatterState.WAITING,
            made_s,
            self.until_s,
            account=str(self.requester),
            agency=str(agency),
            details={
                "account": str(self.mediator_account or ""),
                "agency": str(self.mediator_agency or ""),
                "purpose": self.purpose,
                "reason": self.reason,
            },
        )


def grant_of(matter: Matter) -> MediationGrant:
    """Return the grant a matter holds."""
    told = matter.details
    return MediationGrant(
        matter.id,
        UUID(matter.account),
        UUID(told["account"]) if told["account"] else None,
        UUID(told["agency"]) if told["agency"] else None,
        Purpose(told["purpose"]),
        AccessReason(told["reason"]),
        matter.due_s,
    )


async def grant_by_id(index: Index, reading: MatterReader, grant_id: UUID) -> MediationGrant | None:
    """Return a grant, in force or not, or None if there is none of this id."""
    matter = await matter_by_id(index, reading, grant_id)
    if matter is None or matter.kind is not MatterKind.MEDIATION:
        return None
    return grant_of(matter)


async def grant_in_force(
    index: Index, reading: MatterReader, grant_id: UUID, mediator: Asker
) -> MediationGrant | None:
    """Return a grant that holds now and was made for this mediator, or None."""
    grant = await grant_by_id(index, reading, grant_id)
    if grant is None or not grant.made_for(mediator):
        return None
    return grant if index.clock.now().timestamp() < grant.until_s else None
