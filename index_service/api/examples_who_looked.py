"""Synthetic examples of a family's request to be told who looked, and of what it is told."""

from typing import Any

from index_service.services.auditing.access_report import NOTICE as RECORD_NOTICE
from index_service.services.auditing.who_looked import NOTICE

_CHILD_ID = "6f9d2b1e-3c44-4a7e-9b57-0d2f8c5a1e90"
_REQUEST_ID = "2e7c90b4-58d3-4f1a-9c26-b0d47e8f3a15"
_ACCOUNT_ID = "51e0b7c8-a94d-4f26-8b13-c6d7f2093ea4"
_AT = 1796169600
_NAME = {"given_name": "Tamsin", "middle_names": None, "family_name": "Okonedo-Vale"}
_FOUND = {
    "asked_by": "parent",
    "identity": "documents_seen",
    "right": "birth_certificate",
    "orders": "none",
    "competence": "insufficient",
    "judged_by": "social_worker",
    "judged_on": "2026-11-20",
    "wish": "agrees",
    "unasked_because": None,
    "harm": "none",
    "detail": "kinds",
    "detail_ground": None,
}

WHO_LOOKED_EXAMPLES: dict[str, Any] = {
    "WhoLookedAsked": _FOUND,
    "WhoLookedRecorded": {"id": _REQUEST_ID, "state": "waiting", "refusals": []},
    "WhoLookedRequests": {
        "requests": [
            {
                "request_id": _REQUEST_ID,
                "child_id": _CHILD_ID,
                "recorded_by": _ACCOUNT_ID,
                "recorded_at": _AT,
                "due": _AT + 28 * 86_400,
                **_FOUND,
            }
        ],
        "next": None,
    },
    "WhoLookedRefused": {"reason": "harm_possible"},
    "WhoLookedReport": {
        "request_id": _REQUEST_ID,
        "until": "2026-10",
        "detail": "kinds",
        "looks": [
            {
                "month": "2026-09",
                "agency_kind": "authority",
                "agency": None,
                "practitioner": None,
                "purpose": None,
                "classes": [],
            },
            {
                "month": "2026-10",
                "agency_kind": "health_visiting",
                "agency": None,
                "practitioner": None,
                "purpose": "safeguard",
                "classes": ["identity", "involvements"],
            },
        ],
        "notice": NOTICE,
    },
    "AccessReport": {
        "request_id": _REQUEST_ID,
        "as_of": "2026-11-22",
        "record": {
            "name": _NAME,
            "former_names": [],
            "date_of_birth": "2016-05-14",
            "gender": "female",
            "carers": [{"given_name": "Marisol", "middle_names": None, "family_name": "Vale"}],
            "identifiers": {"nhs_number": "9990000018", "upn": None, "case_number": None},
            "address": None,
            "settings": None,
        },
        "provenance": [
            {
                "attribute": "name",
                "agency_kind": "school",
                "agency": None,
                "as_of": "2026-09-02",
                "by_person": False,
            }
        ],
        "involvements": [
            {
                "agency_kind": "health_visiting",
                "agency": None,
                "service": None,
                "began": None,
                "ceased": None,
            }
        ],
        "assessments": [],
        "consents": [],
        "notice": RECORD_NOTICE,
    },
}
