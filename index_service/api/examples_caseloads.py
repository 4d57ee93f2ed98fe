"""Synthetic examples of caseloads, hand-overs, and of whether contacts worked."""

from typing import Any

_CHILD_ID = "6f9d2b1e-3c44-4a7e-9b57-0d2f8c5a1e90"
_AGENCY_ID = "3b8e5d60-1f27-4c9a-b4d8-72a6c0e91f35"
_INVOLVEMENT_ID = "b2d6f813-7a40-4e9c-85b1-c93e07d4f628"
_LEAVES = "9c41e7a5-02db-4f68-8b3e-d7f015a2c694"
_STAYS = "d0738b2f-e5a1-4c96-a47d-1f82b6c09e53"
_CONTACT = {
    "team": {"name": "Northmere North Team", "phone": "+441632960131", "hours": []},
    "person": {"name": "Marit Quoyle", "phone": "+441632960132", "email": None},
    "ask_for_duty": False,
}
_ROW = {
    "child_id": _CHILD_ID,
    "name": {"given_name": "Tamsin", "middle_names": None, "family_name": "Okonedo-Vale"},
    "date_of_birth": "2016-05-14",
    "involvement": {
        "involvement_id": _INVOLVEMENT_ID,
        "level": "content",
        "agency": "Northmere Health Visiting",
        "agency_kind": "health_visiting",
        "service": "health_visiting",
        "contact": _CONTACT,
        "began": "2026-02-03",
        "ceased": None,
        "last_confirmed": "2026-05-05",
    },
    "practitioner_id": _LEAVES,
    "practitioner": "Marit Quoyle",
    "confirm_by": "2026-11-03",
    "overdue": True,
    "contact_doubts": ["wrong_number"],
}

CASELOAD_EXAMPLES: dict[str, Any] = {
    "OwnInvolvements": {"involvements": [_ROW], "next": None},
    "Caseload": {"agency_id": _AGENCY_ID, "involvements": [_ROW], "next": None},
    "CaseloadPractitioners": {
        "practitioners": [{"practitioner_id": _STAYS, "name": "Idris Fenwick-Amadi"}],
        "next": None,
    },
    "CaseloadHandedOver": {
        "from_practitioner_id": _LEAVES,
        "to_practitioner_id": _STAYS,
        "involvement_ids": [_INVOLVEMENT_ID],
        "contact": None,
    },
    "HandOverLines": {
        "lines": [{"involvement_id": _INVOLVEMENT_ID, "outcome": "handed_over"}],
    },
    "ContactFeedbackSaid": {"outcome": "wrong_number"},
    "DoubtfulContacts": {"contacts": [_ROW], "next": None},
    "ContactFigures": {
        "month": "2026-10",
        "kinds": [
            {
                "agency_kind": "health_visiting",
                "said": 61,
                "outcomes": [
                    {"outcome": "reached", "count": 47},
                    {"outcome": "no_answer", "count": 8},
                    {"outcome": "wrong_number", "count": None},
                    {"outcome": "no_longer_there", "count": None},
                    {"outcome": "no_longer_involved", "count": None},
                ],
            }
        ],
    },
}
