"""The governed application: every story of an index mounted on its routes."""

from typing import Any

from fastapi import APIRouter, FastAPI

from index_service.api.access_reports import access_report_routes
from index_service.api.agreements import agreement_routes
from index_service.api.assessments import assessment_routes, due_routes, holder_routes
from index_service.api.caseloads import (
    caseload_routes,
    contact_feedback_routes,
    own_involvement_routes,
)
from index_service.api.children import child_routes
from index_service.api.consents import basis_routes, consent_change_routes, consent_routes
from index_service.api.contact_requests import brokering_routes, contact_request_routes
from index_service.api.decisions import decision_routes
from index_service.api.directory import (
    account_routes,
    agency_routes,
    asker_routes,
    contact_shield_routes,
)
from index_service.api.dissents import dissent_routes
from index_service.api.feeds import feed_routes
from index_service.api.holds import hold_routes
from index_service.api.identify import Identify
from index_service.api.inspections import (
    breach_routes,
    export_routes,
    inspection_routes,
    panel_routes,
)
from index_service.api.involvements import involvement_change_routes, involvement_routes
from index_service.api.log_proofs import head_routes, log_release_routes, proof_routes
from index_service.api.lookups import batch_routes, lookup_routes
from index_service.api.mediations import mediation_routes
from index_service.api.misuse import mark_routes, misuse_rate_routes, misuse_routes
from index_service.api.notices import notice_routes
from index_service.api.overrides import investigation_routes, override_routes
from index_service.api.peers import peer_routes
from index_service.api.problems import install_problems
from index_service.api.published import published
from index_service.api.shields import identity_routes, shield_request_routes, shield_routes
from index_service.api.status import status_routes
from index_service.api.subscriptions import subscription_routes
from index_service.api.supervision import sample_routes, supervision_routes
from index_service.api.transfers import child_transfer_routes, transfer_routes
from index_service.api.who_looked import who_looked_routes
from index_service.domain.clock import Clock
from index_service.services.agreements import Agreements
from index_service.services.assessment import Assessments
from index_service.services.auditing.access_report import AccessReports
from index_service.services.auditing.breaches import Breaches
from index_service.services.auditing.exporting import Exports
from index_service.services.auditing.inspecting import Inspections
from index_service.services.auditing.open_work import OpenWork
from index_service.services.auditing.panels import Panels
from index_service.services.auditing.sampling import Samples
from index_service.services.auditing.supervised_samples import SupervisedSamples
from index_service.services.auditing.supervising import Supervising
from index_service.services.auditing.who_looked import WhoLooked
from index_service.services.bases import Bases
from index_service.services.batch import Batches
from index_service.services.brokering import Brokering
from index_service.services.budgets import Budgets
from index_service.services.caseloads import Caseloads
from index_service.services.consenting import Consents
from index_service.services.contact_feedback import ContactFeedback
from index_service.services.contact_shield import ContactShields
from index_service.services.decisions import Decisions
from index_service.services.directory import Directories
from index_service.services.dissenting import Dissents
from index_service.services.due import DueList
from index_service.services.feed_batches import FeedBatches
from index_service.services.feeding import Feeding
from index_service.services.handing_over import HandOvers
from index_service.services.hold_release import HoldReleases
from index_service.services.holds import Holds
from index_service.services.identity_change import IdentityChanges
from index_service.services.index import Index
from index_service.services.involvement import Involvements
from index_service.services.log_release import LogReleases
from index_service.services.lookup import Lookups
from index_service.services.mediating import Mediations
from index_service.services.misuse.marking import Marking
from index_service.services.misuse.worklist import Worklist
from index_service.services.notices import Notices
from index_service.services.overriding import Overriding
from index_service.services.peering.asking import RegionLookups
from index_service.services.peering.membership import Members
from index_service.services.peering.transfers import Transfers
from index_service.services.proofs import Proofs
from index_service.services.read import Reads
from index_service.services.record import Records
from index_service.services.shield_requests import ShieldRequests
from index_service.services.shielding import Shielding
from index_service.services.status import Statuses
from index_service.services.subscribing import Subscriptions

DESCRIPTION = (
    "The index of one Children's Services Authority: the core record of every child and a "
    "flag for each practitioner involved, so that people who work with a child find each "
    "other. A directory of who, never a case file. Nothing leaves before the access log "
    "durably holds it; every answer carries its receipt."
)


class Stories:
    """Everything the routes can ask an index to do."""

    def __init__(self, index: Index) -> None:
        budgets = Budgets(index)
        self.lookups = RegionLookups(index, Lookups(index, budgets), budgets)
        self.batches = Batches(index, self.lookups)
        self.reads = Reads(index, budgets)
        self.records = Records(index)
        self.involvements = Involvements(index)
        self.caseloads = Caseloads(index)
        self.hand_overs = HandOvers(index)
        self.contact_feedback = ContactFeedback(index)
        self.assessments = Assessments(index)
        self.due = DueList(index)
        self.statuses = Statuses(index)
        self.agreements = Agreements(index)
        self.consents = Consents(index)
        self.bases = Bases(index)
        self.shielding = Shielding(index)
        self.shield_requests = ShieldRequests(index)
        self.identity_changes = IdentityChanges(index)
        self.transfers = Transfers(index)
        self.overriding = Overriding(index)
        self.feeding = Feeding(index)
        self.feed_batches = FeedBatches(index)
        self.holds = Holds(index)
        self.hold_releases = HoldReleases(index)
        self.contact_shields = ContactShields(index)
        self.mediations = Mediations(index)
        self.brokering = Brokering(index)
        self.decisions = Decisions(index)
        self.proofs = Proofs(index)
        self.log_releases = LogReleases(index)
        self.dissents = Dissents(index)
        self.notices = Notices(index)
        self.subscriptions = Subscriptions(index)
        self.misuse_worklist = Worklist(index)
        self.misuse_marking = Marking(index)
        self.directories = Directories(index)
        self.members = Members(index)
        self.inspections = Inspections(index)
        self.exports = Exports(index)
        self.breaches = Breaches(index)
        self.samples = Samples(index)
        self.panels = Panels(index)
        self.who_looked = WhoLooked(index)
        self.access_reports = AccessReports(index)
        self.supervising = Supervising(index)
        self.open_work = OpenWork(index)
        self.supervised_samples = SupervisedSamples(index)


def create_app(stories: Stories, identify: Identify, clock: Clock) -> FastAPI:
    """Return the application. It must be served behind the boundary (main.governed_app)."""
    app = FastAPI(
        title="Index service",
        version="1.0.0",
        description=DESCRIPTION,
        license_info={"name": "MIT", "identifier": "MIT"},
        servers=[{"url": "https://index.example", "description": "One authority's index."}],
        openapi_url=None,  # the reviewed contract is openapi/index.yaml, not a page to probe
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        # Spans and metrics of the framework would carry paths to whoever set a provider.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    for router in _routers(stories, identify, clock):
        # Not included: that builds each route a second time, while the first requests wait.
        app.router.routes.extend(router.routes)
    install_problems(app)
    return app


def _routers(stories: Stories, identify: Identify, clock: Clock) -> tuple[APIRouter, ...]:
    """Return the routes of every story, in the order the contract has them."""
    return (
        lookup_routes(identify, stories.lookups, clock),
        batch_routes(identify, stories.batches, clock),
        child_routes(identify, stories.reads, stories.records, clock),
        shield_routes(identify, stories.shielding, clock),
        shield_request_routes(identify, stories.shield_requests),
        identity_routes(identify, stories.identity_changes),
        transfer_routes(identify, stories.transfers, clock),
        child_transfer_routes(identify, stories.transfers),
        override_routes(identify, stories.overriding),
        investigation_routes(identify, stories.overriding),
        assessment_routes(identify, stories.assessments, clock),
        holder_routes(identify, stories.assessments, clock),
        due_routes(identify, stories.due),
        status_routes(identify, stories.statuses, clock),
        agreement_routes(identify, stories.agreements),
        involvement_routes(identify, stories.involvements, clock),
        involvement_change_routes(identify, stories.involvements, clock),
        own_involvement_routes(identify, stories.caseloads),
        caseload_routes(identify, stories.caseloads, stories.hand_overs),
        contact_feedback_routes(identify, stories.contact_feedback),
        consent_routes(identify, stories.consents),
        consent_change_routes(identify, stories.consents),
        basis_routes(identify, stories.bases),
        feed_routes(identify, stories.feeding, stories.feed_batches),
        hold_routes(identify, stories.holds, stories.hold_releases),
        mediation_routes(identify, stories.mediations),
        contact_request_routes(identify, stories.brokering, clock),
        brokering_routes(identify, stories.brokering, clock),
        dissent_routes(identify, stories.dissents),
        decision_routes(identify, stories.decisions),
        head_routes(identify, stories.proofs),
        proof_routes(identify, stories.proofs),
        log_release_routes(identify, stories.log_releases),
        notice_routes(identify, stories.notices),
        subscription_routes(identify, stories.subscriptions),
        misuse_routes(identify, stories.misuse_worklist),
        misuse_rate_routes(identify, stories.misuse_worklist),
        mark_routes(identify, stories.misuse_marking),
        inspection_routes(identify, stories.inspections),
        export_routes(identify, stories.exports),
        breach_routes(identify, stories.breaches, stories.samples),
        panel_routes(identify, stories.panels),
        who_looked_routes(identify, stories.who_looked, clock),
        access_report_routes(identify, stories.access_reports),
        supervision_routes(identify, stories.supervising, stories.open_work),
        sample_routes(identify, stories.supervised_samples),
        asker_routes(identify, stories.directories),
        agency_routes(identify, stories.directories),
        account_routes(identify, stories.directories, clock),
        contact_shield_routes(identify, stories.contact_shields),
        peer_routes(identify, stories.members),
    )


def contract_of_code() -> dict[str, Any]:
    """Return the OpenAPI document of the routes. Needs no keys and no store: nothing is asked."""
    nothing: Any = None
    app = create_app(Stories(nothing), Identify(nothing, nothing), nothing)
    return published(app.openapi())
