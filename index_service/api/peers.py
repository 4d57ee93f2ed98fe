"""Routes of membership: who is in the region, whom this authority speaks with. The team's."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from consent.facts import Action
from index_service.api import contract
from index_service.api.identify import Identify
from index_service.api.strict import StrictRoute
from index_service.api.wire_peers import MemberName, PeerList
from index_service.services.peering.membership import Members

_NAME = Annotated[MemberName, Path(description="The member's name in the region's directory.")]


def peer_routes(identify: Identify, members: Members) -> APIRouter:
    """Return the routes of the region's members."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["region"])

    @router.get(
        "/v1/peers",
        operation_id="readPeers",
        summary="The other members of the region: who answers, who is suspended",
        responses=contract.answers(200, PeerList, "The members."),
    )
    async def read(request: Request) -> Response:
        """Show the region as this authority sees it now."""
        login, attempt = identify(request, Action.KEEP_DIRECTORY)
        return contract.encoded(await members.read(login, attempt))

    @router.put(
        "/v1/peers/{member}/suspension",
        status_code=204,
        operation_id="suspendPeer",
        summary="Speak with a member no more, from the next message on",
        responses=contract.answers(204, None, "Suspended.", "child"),
    )
    async def suspend(request: Request, member: _NAME) -> Response:
        """Suspend a member: in force in every worker's next message."""
        login, attempt = identify(request, Action.KEEP_DIRECTORY)
        await members.suspend(login, member, attempt)
        return Response(status_code=204)

    @router.delete(
        "/v1/peers/{member}/suspension",
        status_code=204,
        operation_id="releasePeer",
        summary="Speak with a member again",
        responses=contract.answers(204, None, "Released.", "child"),
    )
    async def release(request: Request, member: _NAME) -> Response:
        """Release a member: in force in every worker's next message."""
        login, attempt = identify(request, Action.KEEP_DIRECTORY)
        await members.release(login, member, attempt)
        return Response(status_code=204)

    return router
