"""Every governed route of the application, with a body each takes, so that none is forgotten."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import uuid4

from fastapi.routing import APIRoute

from consent.agreement import default_document
from demo.personas import SCHOOLS, made_id
from index_service.api.app import Stories, create_app
from index_service.api.identify import Identify
from tests.stories.asking import Why
from tests.stories.made import Stated, a_child, by_name, contact, day, involvement, key

ABOUT = {"purpose": "safeguard", "reason": "review"}


class Route(NamedTuple):
    """One method on one path template."""

    method: str
    template: str

    def path(self) -> str:
        """Return a path that matches, its ids valid and nobody's."""
        words = {"leaf": "ab" * 32, "source": "schools", "batch_id": "nobodys", "version": "999999"}
        words["member"] = "nobodys"
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


_NOW_S = int(datetime.now(UTC).timestamp())
_A_DAY = {"since": _NOW_S - 86_400, "until": _NOW_S + 60}

SAMPLES: dict[Route, Stated] = {
    Route("POST", "/v1/log/searches"): {**_A_DAY, "mediated": False, "role": "practitioner"},
    Route("POST", "/v1/log/exports"): {**_A_DAY, "form": "csv", "action": "read_holds"},
    Route("POST", "/v1/log/breaches"): {**_A_DAY, "form": "counts"},
    Route("POST", "/v1/log/samples"): {**_A_DAY, "size": 3, "seed": "5b" * 32},
    Route("POST", "/v1/log/releases"): {
        "shields": "re_entered",
        "withdrawals": "none_since",
        "suspensions": "none_since",
    },
    Route("POST", "/v1/panels"): {
        "child_id": str(uuid4()),
        "account_id": str(made_id("account of second_auditor")),  # never who opens it
        "days": 30,
    },
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
    Route("POST", "/v1/children/{child_id}/shield/review"): {
        "shield_id": str(uuid4()),
        "review": day(-30),
    },
    Route("POST", "/v1/children/{child_id}/shield-requests"): {
        "ground": "named_threat",
        "asked_by": "child",
        "identity_checked": "known_to_agency",
        "can_be_contacted": True,
    },
    Route("POST", "/v1/shield-requests/{shield_request_id}/refuse"): {
        "reason": "no_increased_risk",
    },
    Route("POST", "/v1/children/{child_id}/close-identity"): {"cause": "protection"},
    Route("POST", "/v1/children/{child_id}/override"): {
        "ground": "immediate_danger",
        "warning_read": True,
    },
    Route("POST", "/v1/children/{child_id}/override/read"): {"override_id": str(uuid4())},
    Route("POST", "/v1/overrides/{override_id}/approve"): {"approved": True},
    Route("POST", "/v1/overrides/{override_id}/conclude"): {"outcome": "in_order"},
    Route("POST", "/v1/holds/{child_id}/release"): {
        "decision": "another_child",
        "checked_with": "family",
    },
    Route("POST", "/v1/holds/{child_id}/release/approve"): {"release_id": str(uuid4())},
    Route("PATCH", "/v1/practitioners/{practitioner_id}"): {"contact_shielded": True},
    Route("PUT", "/v1/children/{child_id}/assessment"): {
        "contact": contact(),
        "held_since": day(3),
    },
    Route("POST", "/v1/children/{child_id}/assessment/close"): {"reason": "needs_met"},
    Route("POST", "/v1/children/{child_id}/assessment/reassign"): {
        "agency_id": str(SCHOOLS.id),
        "contact": contact(),
    },
    Route("POST", "/v1/children/{child_id}/assessment/transfer"): {"authority": "camfield"},
    Route("PUT", "/v1/children/{child_id}/lead-professional"): {
        "contact": contact(),
        "since": day(3),
    },
    Route("PUT", "/v1/children/{child_id}/status"): {
        "contact": contact(),
        "child_protection_plan": {"began": day(40)},
        "looked_after": None,
    },
    Route("POST", "/v1/agreements"): {"document": default_document()},
    Route("POST", "/v1/agreements/{agreement_id}/approve"): {"difference": "0" * 64},
    Route("POST", "/v1/children/{child_id}/involvements"): involvement("school"),
    Route("POST", "/v1/children/{child_id}/consents"): {
        "given_for": "sensitive_entry",
        "state": "given",
        "giver": "child",
        "understanding": "sufficient",
        "service": "mental_health",
        "purpose": "safeguard",
        "begins": day(),
        "until": day(-30),
        "receipt": "code_only",
    },
    Route("POST", "/v1/children/{child_id}/bases"): {
        "kind": "significant_harm",
        "reason": "is_suffering",
        "decided_on": day(),
        "review": day(-30),
        "service": "mental_health",
    },
    Route("POST", "/v1/children/{child_id}/not-shared"): {
        "recipient_kind": "housing",
        "reason": "not_relevant",
        "decided_on": day(),
    },
    Route("POST", "/v1/consents/{consent_id}/withdraw"): {
        "giver": "child",
        "understanding": "sufficient",
    },
    Route("POST", "/v1/consents/{consent_id}/renew"): {
        "giver": "child",
        "understanding": "sufficient",
        "until": day(-30),
    },
    Route("POST", "/v1/consents/{consent_id}/receipt"): {"receipt": "K5QH2MZ7RTWB"},
    Route("PATCH", "/v1/involvements/{involvement_id}"): {"contact": contact()},
    Route("POST", "/v1/involvements/{involvement_id}/cease"): {"ceased": day(1)},
    Route("POST", "/v1/involvements/{involvement_id}/feedback"): {"outcome": "no_answer"},
    Route("POST", "/v1/caseload/hand-overs"): {
        "from_practitioner_id": str(uuid4()),
        "to_practitioner_id": str(uuid4()),
        "involvement_ids": [str(uuid4())],
    },
    Route("POST", "/v1/mediations"): {"mediator_account_id": str(uuid4())},
    Route("POST", "/v1/contact-requests"): {
        "lookup": by_name(a_child()),
        "urgency": "same_day",
        "call_back": contact()["team"],
    },
    Route("POST", "/v1/contact-requests/{contact_request_id}/answer"): {"outcome": "passed_on"},
    Route("POST", "/v1/children/{child_id}/dissents"): {
        "about": "no_assessment",
        "contact": contact(),
    },
    Route("POST", "/v1/alerts/{alert_id}/conclude"): {"outcome": "explained"},
    Route("POST", "/v1/misuse/alerts/{alert_id}/conclude"): {"outcome": "explained"},
    Route("POST", "/v1/misuse/marks"): {"child_id": str(uuid4()), "mark": "canary"},
    Route("POST", "/v1/supervision/samples"): {"month": day()[:7], "size": 3},
    Route("POST", "/v1/supervision/samples/{sample_id}/sign-off"): {
        "findings": [{"entry_id": str(uuid4()), "finding": "in_order"}],
    },
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
    Route("POST", "/v1/children/{child_id}/who-looked-requests"): {
        "asked_by": "child",
        "identity": "known_to_agency",
        "right": "own_record",
        "orders": "none",
        "competence": "sufficient",
        "judged_by": "social_worker",
        "judged_on": day(2),
        "wish": "agrees",
        "harm": "none",
    },
    Route("POST", "/v1/who-looked-requests/{who_looked_request_id}/refuse"): {
        "reason": "harm_possible",
    },
    Route("POST", "/v1/subscriptions"): {"child_id": str(uuid4()), "reference": "HV/2031-77"},
    Route("POST", "/v1/transfers"): {
        "authority": "camfield",
        "reason": "moved_home",
        "child": {"name": {"family_name": "Ashdown"}, "date_of_birth": day(2000)},
    },
    Route("POST", "/v1/transfers/{transfer_id}/refuse"): {"reason": "still_lives_here"},
    Route("POST", "/v1/children/{child_id}/transfer"): {"transfer_id": str(uuid4())},
    Route("POST", "/v1/children/{child_id}/transfer/review"): {"transfer_id": str(uuid4())},
    Route("PATCH", "/v1/accounts/{account_id}"): {"state": "suspended", "checked_on": day(9)},
}
"""A body in order for every route that takes JSON."""


def headers_of(route: Route) -> dict[str, str]:
    """Return the headers a change on this route needs."""
    if route.method == "PATCH" and route.template.startswith("/v1/children"):
        return {"If-Match": f'"{"x" * 22}"'}
    if route.template.startswith("/v1/caseload"):  # kept by a supervisor, about children
        return {"Idempotency-Key": key(), **Why("safeguard", "review").headers()}
    if asker_of(route) == "auditor":
        return {"Idempotency-Key": key(), "Access-Reference": "AUD/2026-1"}
    return {"Idempotency-Key": key()} if route.method == "POST" else {}


def asker_of(route: Route) -> str:
    """Return somebody whose role may do what the route does."""
    if route.template.startswith(("/v1/supervision", "/v1/caseload")):
        return "supervisor"
    if route.template.startswith("/v1/feeds"):
        return "schools_feed"
    if route.template.startswith(("/v1/log", "/v1/panels", "/v1/misuse")):
        return "auditor"
    keeps = ("/v1/agencies", "/v1/practitioners", "/v1/accounts", "/v1/holds", "/v1/agreements")
    if route.template.startswith((*keeps, "/v1/overrides")) or "shield" in route.template:
        return "manager"
    if "override" in route.template:
        return "override_holder"
    if route.template.startswith(("/v1/alerts", "/v1/contact-requests/")):
        return "manager"
    if "who-looked" in route.template or "/v1/transfers" in route.template:
        return "manager"
    if route.template.endswith(("{child_id}/transfer", "/transfer/review")):
        return "manager"
    if "close-identity" in route.template or route.template.endswith("/receipt"):
        return "manager"
    return "social_worker"
