"""Routes of the sealed log: heads, leaves, proofs; and of releases after a restored backup."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from consent.facts import Action
from index_service.api import contract
from index_service.api.identify import Identify, idempotency_key
from index_service.api.strict import StrictRoute
from index_service.api.wire import Id
from index_service.api.wire_log import (
    FromAsked,
    Kind,
    KindAsked,
    LeafAsked,
    LogGrowth,
    LogHeads,
    LogLeaves,
    LogReleaseAsked,
    LogReleaseShown,
    OneShardAsked,
    ShardAsked,
    SizeAsked,
    ToAsked,
)
from index_service.domain.errors import Code, Invalid
from index_service.domain.rollback import Reentered
from index_service.services.log_release import LogReleases
from index_service.services.proofs import HeadsAsked, Proofs, Stretch
from index_service.services.writing import Repeatable

ReleaseId = Annotated[Id, Path(description="The release's id.")]
_TEXT = "text/plain; charset=utf-8"
_PROOF = contract.answers(200, None, "The proof, as C2SP tlog-proof has it.", "child")
_PROOF[200]["content"] = {
    _TEXT: {"schema": {"type": "string", "description": "docs/log-format.md"}}
}
_RELEASES = "/v1/log/releases"


def head_routes(identify: Identify, proofs: Proofs) -> APIRouter:
    """Return the routes by which the log is kept outside: its heads and its leaves."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["proofs"])

    @router.get(
        "/v1/log/heads",
        operation_id="readLogHeads",
        summary="Signed heads of the access log, with cosignatures",
        responses=contract.answers(200, LogHeads, "The newest head of each shard, or one."),
    )
    async def heads(
        request: Request,
        kind: KindAsked = Kind.HOUR,
        shard: OneShardAsked = None,
        size: SizeAsked = None,
    ) -> Response:
        """Show heads; whoever keeps them catches a log that was rewritten or went back."""
        login, attempt = identify(request, Action.READ_PROOF)
        if size is not None and shard is None:
            raise Invalid(Code.QUERY_INVALID, "shard")
        number = None if shard is None else int(shard)
        asked = HeadsAsked(kind.head_kind(), number, None if size is None else int(size))
        return contract.encoded(await proofs.heads(login, asked, attempt))

    @router.get(
        "/v1/log/leaves",
        operation_id="readLogLeaves",
        summary="Leaf hashes of a shard, a page at a time",
        responses=contract.answers(200, LogLeaves, "The leaves.", "year"),
    )
    async def leaves(
        request: Request, shard: ShardAsked, begin: FromAsked, end: ToAsked
    ) -> Response:
        """Show leaves up to the newest head this asker is shown; each is blinded."""
        login, attempt = identify(request, Action.READ_PROOF)
        stretch = Stretch(int(shard), int(begin), int(end))
        return contract.encoded(await proofs.leaves(login, stretch, attempt))

    return router


def proof_routes(identify: Identify, proofs: Proofs) -> APIRouter:
    """Return the routes by which the log is checked from outside."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["proofs"])

    @router.get(
        "/v1/log/proofs/{leaf}",
        operation_id="readLogProof",
        summary="That a receipt's leaf is in the log",
        responses=_PROOF,
        response_class=Response,
    )
    async def inclusion(request: Request, leaf: LeafAsked, kind: KindAsked = Kind.HOUR) -> Response:
        """Prove a leaf in the newest head of a kind; one in none is 404 `leaf_not_sealed`."""
        login, attempt = identify(request, Action.READ_PROOF)
        proof = await proofs.inclusion(login, bytes.fromhex(leaf), kind.head_kind(), attempt)
        return Response(proof, media_type=_TEXT)

    @router.get(
        "/v1/log/consistency",
        operation_id="readLogGrowth",
        summary="That a shard's tree of one size is the beginning of a larger one",
        responses=contract.answers(200, LogGrowth, "The proof.", "year"),
    )
    async def consistency(
        request: Request, shard: ShardAsked, begin: FromAsked, end: ToAsked
    ) -> Response:
        """Prove that nothing before the smaller size was changed or taken out."""
        login, attempt = identify(request, Action.READ_PROOF)
        stretch = Stretch(int(shard), int(begin), int(end))
        return contract.encoded(await proofs.consistency(login, stretch, attempt))

    return router


def log_release_routes(identify: Identify, releases: LogReleases) -> APIRouter:
    """Return the routes by which two people let a restored index answer again."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["proofs"])

    @router.post(
        _RELEASES,
        status_code=201,
        operation_id="askLogRelease",
        summary="State what was entered again after a restored backup",
        responses=contract.answers(
            201, contract.Made, "Waits for a second person.", "body", "change"
        ),
        openapi_extra=contract.asks(contract.IDEMPOTENCY),
    )
    async def ask(request: Request, body: LogReleaseAsked) -> Response:
        """Ask that a restored index may answer; somebody else approves it."""
        login, attempt = identify(request, Action.RELEASE_LOG)
        stated = Reentered(body.shields, body.withdrawals, body.suspensions)
        sent = Repeatable(idempotency_key(request), await request.body())
        release_id = await releases.ask(login, stated, sent, attempt)
        return contract.made(release_id, f"{_RELEASES}/{release_id}")

    @router.get(
        f"{_RELEASES}/{{release_id}}",
        operation_id="readLogRelease",
        summary="What a release states, and how far it has come",
        responses=contract.answers(200, LogReleaseShown, "The release.", "child"),
    )
    async def read(request: Request, release_id: ReleaseId) -> Response:
        """Show a release to whoever may approve one."""
        login, attempt = identify(request, Action.RELEASE_LOG)
        return contract.encoded(await releases.read(login, release_id, attempt))

    @router.post(
        f"{_RELEASES}/{{release_id}}/approval",
        operation_id="approveLogRelease",
        summary="Approve a release as a second person",
        responses=contract.answers(200, LogReleaseShown, "Approved.", "child", "change"),
    )
    async def approve(request: Request, release_id: ReleaseId) -> Response:
        """Approve; the sealer is then given the approval's entry, and begins the tree anew."""
        login, attempt = identify(request, Action.RELEASE_LOG)
        return contract.encoded(await releases.approve(login, release_id, attempt))

    return router
