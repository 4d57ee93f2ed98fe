"""Routes of the directory: what I may do, the vocabularies, agencies, practitioners, accounts."""

from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Path, Query, Request, Response

from consent.facts import Action
from index_service.api import contract
from index_service.api.identify import Identify, idempotency_key
from index_service.api.strict import StrictRoute
from index_service.api.wire import Id
from index_service.api.wire_directory import (
    AccountAmended,
    AccountShown,
    AccountsShown,
    AccountStated,
    Agencies,
    AgencyStated,
    Me,
    Vocabularies,
)
from index_service.api.wire_matter import Cursor
from index_service.api.wire_practitioner import (
    HomeStated,
    PractitionerAdded,
    PractitionerAmended,
    PractitionerShown,
)
from index_service.domain.clock import Clock
from index_service.domain.stated import inside
from index_service.services.admitting import Login
from index_service.services.contact_shield import ContactShields
from index_service.services.directory import Directories
from index_service.services.writing import Repeatable

AccountId = Annotated[Id, Path(description="The account's id.")]
PractitionerId = Annotated[Id, Path(description="The practitioner's id.")]
_OfAgency = Annotated[Id | None, Query(description="Those of one agency; all unless stated.")]


def asker_routes(identify: Identify, directories: Directories) -> APIRouter:
    """Return the routes that tell askers of themselves and of the index's words."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["directory"])

    @router.get(
        "/v1/me",
        operation_id="readMe",
        summary="What the index knows of the asking account, and what stands in its way",
        responses=contract.answers(200, Me, "The account."),
    )
    async def me(request: Request) -> Response:
        """Tell the asker plainly: role, clearances, and why an action would be refused."""
        login, attempt = identify(request, Action.READ_DIRECTORY)
        return contract.encoded(await directories.me(login, attempt))

    @router.get(
        "/v1/vocabularies",
        operation_id="readVocabularies",
        summary="The closed vocabularies",
        responses=contract.answers(200, Vocabularies, "The vocabularies."),
    )
    async def vocabularies(request: Request) -> Response:
        """Show every word the contract knows."""
        login, attempt = identify(request, Action.READ_DIRECTORY)
        return contract.encoded(await directories.vocabularies(login, attempt))

    @router.get(
        "/v1/agencies",
        operation_id="readAgencies",
        summary="Every agency's front door",
        responses=contract.answers(200, Agencies, "The agencies."),
    )
    async def agencies(request: Request) -> Response:
        """Show duty lines, hours and safeguarding leads."""
        login, attempt = identify(request, Action.READ_DIRECTORY)
        return contract.encoded(await directories.agencies(login, attempt))

    return router


def agency_routes(identify: Identify, directories: Directories) -> APIRouter:
    """Return the routes by which the management team keeps agencies and practitioners."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["directory"])

    @router.post(
        "/v1/agencies",
        status_code=201,
        operation_id="addAgency",
        summary="Add an agency",
        responses=contract.answers(201, contract.Made, "Added.", "body", "change"),
        openapi_extra=contract.asks(contract.IDEMPOTENCY),
    )
    async def add_agency(request: Request, body: AgencyStated) -> Response:
        """Add an agency with its duty line, hours and named lead."""
        login, attempt = identify(request, Action.KEEP_DIRECTORY)
        sent = Repeatable(idempotency_key(request), await request.body())
        agency = body.to_domain(uuid4())
        agency_id = await directories.add_agency(login, agency, body.source or "", sent, attempt)
        return contract.made(agency_id, "/v1/agencies")

    @router.post(
        "/v1/practitioners",
        status_code=201,
        operation_id="addPractitioner",
        summary="Add a practitioner",
        responses=contract.answers(201, contract.Made, "Added.", "body", "change"),
        openapi_extra=contract.asks(contract.IDEMPOTENCY),
    )
    async def add_practitioner(request: Request, body: PractitionerAdded) -> Response:
        """Add a practitioner and the team that answers for them."""
        login, attempt = identify(request, Action.KEEP_DIRECTORY)
        sent = Repeatable(idempotency_key(request), await request.body())
        who = body.to_domain(uuid4())
        home = inside("home", HomeStated.to_domain, body.home) if body.home else None
        practitioner_id = await directories.add_practitioner(login, who, sent, attempt, home)
        return contract.made(practitioner_id, f"/v1/practitioners/{practitioner_id}")

    @router.get(
        "/v1/practitioners/{practitioner_id}",
        operation_id="readPractitioner",
        summary="How to reach a practitioner's team",
        responses=contract.answers(200, PractitionerShown, "The practitioner.", "child"),
    )
    async def read_practitioner(request: Request, practitioner_id: PractitionerId) -> Response:
        """Show one practitioner to the management team."""
        login, attempt = identify(request, Action.KEEP_DIRECTORY)
        return contract.encoded(await directories.practitioner(login, practitioner_id, attempt))

    return router


def account_routes(identify: Identify, directories: Directories, clock: Clock) -> APIRouter:
    """Return the routes by which the management team keeps accounts."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["directory"])

    @router.post(
        "/v1/accounts",
        status_code=201,
        operation_id="addAccount",
        summary="Add an account for one login",
        responses=contract.answers(201, contract.Made, "Added.", "body", "change"),
        openapi_extra=contract.asks(contract.IDEMPOTENCY),
    )
    async def add_account(request: Request, body: AccountStated) -> Response:
        """Add an account: who may ask, for which agency, in which role."""
        login, attempt = identify(request, Action.KEEP_DIRECTORY)
        sent = Repeatable(idempotency_key(request), await request.body())
        account = body.to_domain(uuid4(), clock.today())
        of = Login(body.issuer, body.subject)
        account_id = await directories.add_account(login, account, of, sent, attempt)
        return contract.made(account_id, f"/v1/accounts/{account_id}")

    @router.get(
        "/v1/accounts",
        operation_id="readAccounts",
        summary="The accounts there are: whose, in which state, with which clearances",
        responses=contract.answers(200, AccountsShown, "A page of accounts."),
    )
    async def read_accounts(
        request: Request, agency_id: _OfAgency = None, cursor: Cursor = None
    ) -> Response:
        """Show the team every account, closed ones too, or those of one agency."""
        login, attempt = identify(request, Action.KEEP_DIRECTORY)
        return contract.encoded(await directories.accounts(login, agency_id, cursor, attempt))

    @router.get(
        "/v1/accounts/{account_id}",
        operation_id="readAccount",
        summary="How an account stands: its state, clearances and rights",
        responses=contract.answers(200, AccountShown, "The account.", "child"),
    )
    async def read_account(request: Request, account_id: AccountId) -> Response:
        """Show one account to the management team."""
        login, attempt = identify(request, Action.KEEP_DIRECTORY)
        return contract.encoded(await directories.account(login, account_id, attempt))

    @router.patch(
        "/v1/accounts/{account_id}",
        status_code=204,
        operation_id="amendAccount",
        summary="Suspend, close or clear an account",
        responses=contract.answers(204, None, "Amended.", "child", "body"),
    )
    async def amend_account(
        request: Request, account_id: AccountId, body: AccountAmended
    ) -> Response:
        """Change an account: in force in the next request of every worker."""
        login, attempt = identify(request, Action.KEEP_DIRECTORY)
        today = clock.today()
        await directories.change_account(
            login, account_id, lambda account: body.to_domain(account, today), attempt
        )
        return Response(status_code=204)

    return router


def contact_shield_routes(identify: Identify, contacts: ContactShields) -> APIRouter:
    """Return the route by which a practitioner's own contact is kept from all but the team."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["directory"])

    @router.patch(
        "/v1/practitioners/{practitioner_id}",
        status_code=204,
        operation_id="shieldContact",
        summary="Show everybody but the team a practitioner's team line only, or no longer",
        responses=contract.answers(204, None, "Amended.", "child", "body"),
    )
    async def shield_contact(
        request: Request, practitioner_id: PractitionerId, body: PractitionerAmended
    ) -> Response:
        """Shield a practitioner's own contact: in force in every worker's next request."""
        login, attempt = identify(request, Action.KEEP_DIRECTORY)
        shielded = body.contact_shielded
        await contacts.change(login, practitioner_id, attempt, shielded=shielded)
        return Response(status_code=204)

    return router
