"""Every governed route of the application, with a body each takes, so that none is forgotten."""

from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import uuid4

from fastapi.routing import APIRoute

from demo.personas import SCHOOLS
from index_service.api.app import Stories, create_app
from index_service.api.identify import Identify
from tests.stories.made import Stated, a_child, by_name, contact, day, involvement, key

ABOUT = {"purpose": "safeguard", "reason": "review"}


class Route(NamedTuple):
    """One method on one path template."""

    method: str
    template: str

    def path(self) -> str:
        """Return a path that matches, its ids valid and nobody's."""
        words = {"source": "schools", "batch_id": "nobodys"}
        parts = [part.strip("{}") if part.startswith("{") else "" for part in self._parts()]
        filled = [
            words.get(name, str(uuid4())) if name else part
            for name, part in zip(parts, self._parts(), strict=True)
        ]
        return "/".join(filled)

    def _parts(self) -> list[str]:
        return self.template.split("/")


def every_route() -> list[Route]:
    """Return every route that is mounted, in the contract or not."""
    nothing: Any = None
    app = create_app(Stories(nothing), Identify(nothing, nothing), nothing)
    return sorted(
        Route(method, route.path)
        for route in _mounted(app.routes)
        for method in route.methods or ()
    )


def _mounted(routes: list[Any]) -> Iterator[APIRoute]:
    """Yield single routes, those of included routers too; TypeError for any other kind."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from _mounted(inner.routes)
        elif isinstance(route, APIRoute):
            yield route
        else:
            raise TypeError("something is mounted that is no governed route")


SAMPLES: dict[Route, Stated] = {
    Route("POST", "/v1/lookups"): by_name(a_child()),
    Route("POST", "/v1/lookups/batch"): {"subjects": [{**ABOUT, "lookup": by_name(a_child())}]},
    Route("POST", "/v1/children"): a_child(),
    Route("PATCH", "/v1/children/{child_id}"): a_child(),
    Route("POST", "/v1/children/{child_id}/shield"): {
        "ground": "named_threat",
        "asked_by": "court",
        "review": day(-30),
    },
    Route("POST", "/v1/children/{child_id}/shield/lift"): {"shield_id": str(uuid4())},
    Route("PUT", "/v1/children/{child_id}/assessment"): {
        "contact": contact(),
        "held_since": day(3),
    },
    Route("PUT", "/v1/children/{child_id}/lead-professional"): {
        "contact": contact(),
        "since": day(3),
    },
    Route("POST", "/v1/children/{child_id}/involvements"): involvement("school"),
    Route("PATCH", "/v1/involvements/{involvement_id}"): {"contact": contact()},
    Route("POST", "/v1/involvements/{involvement_id}/cease"): {"ceased": day(1)},
    Route("POST", "/v1/agencies"): {
        "name": "Northmere Night Shelter",
        "kind": "housing",
        "duty_phone": "+441632960555",
        "hours": [{"days": ["sat"], "opens": "09:00", "closes": "12:00"}],
        "lead_name": "Marit Quoyle",
        "lead_phone": "+441632960556",
        "accredited": True,
    },
    Route("POST", "/v1/practitioners"): {
        "agency_id": str(SCHOOLS.id),
        "name": "Marit Quoyle",
        "team": contact()["team"],
    },
    Route("POST", "/v1/accounts"): {
        "issuer": "https://login.northmere.example",
        "subject": "p-4410",
        "agency_id": str(SCHOOLS.id),
        "role": "practitioner",
        "checked_on": day(30),
    },
    Route("PATCH", "/v1/accounts/{account_id}"): {"state": "suspended", "checked_on": day(9)},
}
"""A body in order for every route that takes JSON."""


def headers_of(route: Route) -> dict[str, str]:
    """Return the headers a change on this route needs."""
    if route.method == "PATCH" and route.template.startswith("/v1/children"):
        return {"If-Match": f'"{"x" * 22}"'}
    return {"Idempotency-Key": key()} if route.method == "POST" else {}


def asker_of(route: Route) -> str:
    """Return somebody whose role may do what the route does."""
    if route.template.startswith("/v1/feeds"):
        return "schools_feed"
    keeps = ("/v1/agencies", "/v1/practitioners", "/v1/accounts", "/v1/holds")
    if route.template.startswith(keeps) or "shield" in route.template:
        return "manager"
    return "social_worker"
