"""The governed application: every story of an index mounted on its routes."""

from typing import Any

from fastapi import FastAPI

from index_service.api.children import assessment_routes, child_routes, restriction_routes
from index_service.api.directory import asker_routes, keeping_routes
from index_service.api.feeds import feed_routes
from index_service.api.identify import Identify
from index_service.api.involvements import involvement_routes
from index_service.api.lookups import batch_routes, lookup_routes
from index_service.api.problems import install_problems
from index_service.api.published import published
from index_service.domain.clock import Clock
from index_service.services.assessment import Assessments
from index_service.services.batch import Batches
from index_service.services.directory import Directories
from index_service.services.feeding import Feeding
from index_service.services.holds import Holds
from index_service.services.index import Index
from index_service.services.involvement import Involvements
from index_service.services.lookup import Lookups
from index_service.services.read import Reads
from index_service.services.record import Records
from index_service.services.shielding import Shielding

DESCRIPTION = (
    "The index of one Children's Services Authority: the core record of every child and a "
    "flag for each practitioner involved, so that people who work with a child find each "
    "other. A directory of who, never a case file. Nothing leaves before the access log "
    "durably holds it; every answer carries its receipt."
)


class Stories:
    """Everything the routes can ask an index to do."""

    def __init__(self, index: Index) -> None:
        self.lookups = Lookups(index)
        self.batches = Batches(index, self.lookups)
        self.reads = Reads(index)
        self.records = Records(index)
        self.involvements = Involvements(index)
        self.assessments = Assessments(index)
        self.shielding = Shielding(index)
        self.feeding = Feeding(index)
        self.holds = Holds(index)
        self.directories = Directories(index)


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
    for router in (
        lookup_routes(identify, stories.lookups, clock),
        batch_routes(identify, stories.batches, clock),
        child_routes(identify, stories.reads, stories.records, clock),
        restriction_routes(identify, stories.shielding, clock),
        assessment_routes(identify, stories.assessments, clock),
        involvement_routes(identify, stories.involvements, clock),
        feed_routes(identify, stories.feeding, stories.holds),
        asker_routes(identify, stories.directories),
        keeping_routes(identify, stories.directories, clock),
    ):
        app.include_router(router)
    install_problems(app)
    return app


def contract_of_code() -> dict[str, Any]:
    """Return the OpenAPI document of the routes. Needs no keys and no store: nothing is asked."""
    nothing: Any = None
    app = create_app(Stories(nothing), Identify(nothing, nothing), nothing)
    return published(app.openapi())
