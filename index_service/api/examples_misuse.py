"""Synthetic examples of alerts on misuse, marks and rates."""

from typing import Any

_ALERT_ID = "9a3e6f72-1c58-4d0b-8e27-d4b6a1c90f53"
_MARK_ID = "4d7b02c9-8f16-4e3a-b5d8-71c0e92f6a34"
_CHILD_ID = "6f9d2b1e-3c44-4a7e-9b57-0d2f8c5a1e90"
_ENTRY_ID = "6f4ac7ba-31c4-449e-9b57-5c3fbc5a8c7a"
_ACCOUNT_ID = "51e0b7c8-a94d-4f26-8b13-c6d7f2093ea4"
_OFFICER_ID = "c04b9a7e-2d18-4f53-a6e0-97b1d3f8264c"
_AGENCY_ID = "3b8e5d60-1f27-4c9a-b4d8-72a6c0e91f35"
_LISTED = {
    "id": _ALERT_ID,
    "state": "taken",
    "opened": 1796144400,
    "since": "2026-11-19",
    "account_id": _ACCOUNT_ID,
    "agency_id": _AGENCY_ID,
    "accesses": 1,
    "rules": [
        {"rule": "neighbours_child", "points": 50, "version": 1},
        {"rule": "no_later_involvement", "points": 15, "version": 1},
    ],
}

MISUSE_EXAMPLES: dict[str, Any] = {
    "MisuseAlerts": {"alerts": [_LISTED], "next": None},
    "MisuseAlertShown": {
        **_LISTED,
        "entries": [_ENTRY_ID],
        "explained": [{"by": None, "version": 1}],
        "outcome": None,
        "steps": [{"at": 1796148000, "account_id": _OFFICER_ID, "step": "taken"}],
    },
    "MisuseConcluded": {"outcome": "raised_with_agency"},
    "MarkMade": {"child_id": _CHILD_ID, "mark": "canary"},
    "Marks": {
        "marks": [{"id": _MARK_ID, "child_id": _CHILD_ID, "mark": "canary", "since": 1796144400}],
        "next": None,
    },
    "MisuseRates": {
        "groups": [
            {"group": "south_asian_muslim", "accounts": 41, "alerted": 6},
            {"group": "east_asian", "accounts": None, "alerted": None},
            {"group": "british_irish_and_other", "accounts": 310, "alerted": 47},
        ]
    },
}
