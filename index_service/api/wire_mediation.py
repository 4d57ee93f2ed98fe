"""Grants of mediated access on the wire."""

from typing import Annotated

from pydantic import Field, StrictInt

from consent.facts import AccessReason, Purpose
from index_service.api.wire import Id, Wire

UntilSeconds = Annotated[
    StrictInt, Field(ge=0, description="In seconds of the epoch: from then on it no longer holds.")
]


class MediationAsked(Wire):
    """Who may ask on the requester's behalf: one account, or any account of one agency."""

    mediator_account_id: Id | None = None
    mediator_agency_id: Id | None = None


class MediationMade(Wire):
    """A grant: the mediator states its id as Access-Mediation until it ends."""

    id: Id
    until: UntilSeconds


class MediationShown(MediationMade):
    """A grant as the requester made it; the mediator states the same purpose and reason."""

    mediator_account_id: Id | None
    mediator_agency_id: Id | None
    purpose: Purpose
    reason: AccessReason
