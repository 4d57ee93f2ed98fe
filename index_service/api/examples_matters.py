"""Synthetic examples of mediation, brokering, dissents, decisions, notices and alerts."""

from typing import Any

_CHILD_ID = "6f9d2b1e-3c44-4a7e-9b57-0d2f8c5a1e90"
_REQUEST_ID = "2f8a6c51-9d04-4b7e-8e13-a5c7d0b94f62"
_GRANT_ID = "b7d15e08-4a3f-4c92-9e61-0c8d2f7a5b34"
_ENTRY_ID = "6f4ac7ba-31c4-449e-9b57-5c3fbc5a8c7a"
_ACCOUNT_ID = "51e0b7c8-a94d-4f26-8b13-c6d7f2093ea4"
_TEAM_ACCOUNT_ID = "c04b9a7e-2d18-4f53-a6e0-97b1d3f8264c"
_AGENCY_ID = "3b8e5d60-1f27-4c9a-b4d8-72a6c0e91f35"
_INVOLVEMENT_ID = "0c1f7a52-8d1b-4f0e-a7a3-5b1c9e6d2f41"
_HOURS = [{"days": ["mon", "tue", "wed", "thu", "fri"], "opens": "08:30", "closes": "17:30"}]
_CALL_BACK = {"name": "Northmere Emergency Department", "phone": "+441632960170", "hours": []}
_CONTACT = {
    "team": {"name": "Northmere Listening Service", "phone": "+441632960180", "hours": _HOURS},
    "person": None,
    "ask_for_duty": True,
}
_KNOWN = {
    "given_name": "Tamsin",
    "family_name": "Okonedo-Vale",
    "date_of_birth": "2016-05-14",
}
_LISTED = {
    "id": _REQUEST_ID,
    "state": "answered",
    "urgency": "same_day",
    "service": "mental_health",
    "child_id": None,
    "opened": 1796144400,
    "due": 1796173200,
}
_NOTICE = {"id": _GRANT_ID, "what": "dissent", "since": "2026-11-20", "child_id": _CHILD_ID}

MATTER_EXAMPLES: dict[str, Any] = {
    "MediationAsked": {"mediator_account_id": _ACCOUNT_ID},
    "MediationMade": {"id": _GRANT_ID, "until": 1796145300},
    "MediationShown": {
        "id": _GRANT_ID,
        "until": 1796145300,
        "mediator_account_id": _ACCOUNT_ID,
        "mediator_agency_id": None,
        "purpose": "safeguard",
        "reason": "unscheduled_care",
    },
    "ContactRequestMade": {
        "lookup": _KNOWN,
        "service": "mental_health",
        "urgency": "same_day",
        "call_back": _CALL_BACK,
    },
    "ContactRequests": {"requests": [_LISTED], "next": None},
    "ContactRequestShown": {
        **_LISTED,
        "answer": "contact",
        "contact": {
            "agency": "Northmere Listening Service",
            "service": "mental_health",
            "contact": _CONTACT,
        },
    },
    "ContactRequestAnswered": {
        "outcome": "contact_given",
        "involvement_id": _INVOLVEMENT_ID,
        "agreed_by": _ACCOUNT_ID,
        "agreed_on": "2026-11-20",
    },
    "DissentStated": {"about": "plan_too_soon_ended", "contact": _CONTACT},
    "Dissents": {
        "dissents": [
            {
                "dissent_id": _ENTRY_ID,
                "about": "plan_too_soon_ended",
                "agency": "Northmere Listening Service",
                "contact": _CONTACT,
                "recorded": "2026-11-20",
            }
        ]
    },
    "DecisionShown": {
        "entry_id": _ENTRY_ID,
        "at": 1796144400,
        "action": "read_child",
        "outcome": "shown",
        "code": None,
        "rules": ["agreement_gives", "own_number"],
        "obligations": ["offer_brokering", "withhold_sensitive"],
        "agreement_version": 1,
        "shown": [{"classes": ["assessment", "identity", "involvements"], "children": 1}],
        "leaf": "d694f49c69c81fcd6f8b0d7bdfc9d1f7f8fe53496fa9b6f31dbb45bd2c9f4c71",
    },
    "Notices": {
        "notices": [_NOTICE],
        "safeguarding_lead": {"name": "Idris Fenwick-Amadi", "phone": "+441632960132"},
        "next": None,
    },
    "Alerts": {
        "alerts": [
            {
                **_NOTICE,
                "what": "tripwire",
                "opened": 1796144400,
                "due": None,
                "account_id": _ACCOUNT_ID,
                "mediator_account_id": None,
                "entry_id": _ENTRY_ID,
                "matter_id": None,
                "authority": None,
                "phone": None,
                "reference": None,
                "steps": [
                    {"at": 1796144460, "account_id": _TEAM_ACCOUNT_ID, "step": "taken"},
                ],
            }
        ],
        "next": None,
    },
    "AlertConcluded": {"outcome": "explained"},
}
