"""Synthetic examples of own staff's use, open work and samples."""

from typing import Any

_CHILD_ID = "6f9d2b1e-3c44-4a7e-9b57-0d2f8c5a1e90"
_ACCOUNT_ID = "51e0b7c8-a94d-4f26-8b13-c6d7f2093ea4"
_SUPERVISOR_ID = "e7c41d08-5b93-4a6f-9d20-84f1b6c3a572"
_AGENCY_ID = "3b8e5d60-1f27-4c9a-b4d8-72a6c0e91f35"
_INVOLVEMENT_ID = "b2d6f813-7a40-4e9c-85b1-c93e07d4f628"
_SAMPLE_ID = "2f8a6c15-d03e-4b79-a6f4-1c9b57e08d63"
_ENTRY_ID = "6f4ac7ba-31c4-449e-9b57-5c3fbc5a8c7a"
_COUNTS = {
    "lookups": 41,
    "reads": 63,
    "overrides": 0,
    "refusals": 1,
    "misses": 4,
    "out_of_hours_percent": 6,
}
_LISTED = {
    "id": _SAMPLE_ID,
    "month": "2026-10",
    "until": 1793491200,
    "drawn_at": 1793620800,
    "drawn_by": _SUPERVISOR_ID,
    "accesses": 812,
    "size": 1,
    "signed_off_at": 1793707200,
    "signed_off_by": _SUPERVISOR_ID,
}

SUPERVISION_EXAMPLES: dict[str, Any] = {
    "StaffUse": {
        "month": "2026-10",
        "until": 1793491200,
        "agency_id": _AGENCY_ID,
        "accounts": [
            {
                "account_id": _ACCOUNT_ID,
                "practitioner_name": "Marit Quoyle",
                "role": "practitioner",
                **_COUNTS,
                "by_purpose": [{"purpose": "safeguard", **_COUNTS}],
                "unreadable": 0,
            }
        ],
        "next": None,
    },
    "OpenWorkListed": {
        "open": [
            {
                "kind": "involvement_not_confirmed",
                "child_id": _CHILD_ID,
                "involvement_id": _INVOLVEMENT_ID,
                "contact_request_id": None,
                "account_id": None,
                "practitioner_id": None,
                "since": "2026-04-09",
                "due": None,
            }
        ],
        "next": None,
    },
    "StaffSampleAsked": {"month": "2026-10", "size": 12},
    "StaffSamples": {"samples": [_LISTED], "next": None},
    "StaffSampleShown": {
        **_LISTED,
        "seed": "5b" * 32,
        "committed": "c7" * 32,
        "sampled": [
            {
                "entry_id": _ENTRY_ID,
                "state": "open",
                "said": {
                    "at": 1792573800,
                    "account_id": _ACCOUNT_ID,
                    "practitioner_name": "Marit Quoyle",
                    "role": "practitioner",
                    "action": "read_child",
                    "purpose": "safeguard",
                    "reason": "review",
                    "reference": "CIN/2026-118",
                    "outcome": "shown",
                    "mediated": False,
                    "out_of_hours": False,
                    "children": [
                        {
                            "reference": "c1f0739be25d48a6b7e4902d6c8f315a",
                            "classes": ["identity", "involvements"],
                        }
                    ],
                },
                "finding": "in_order",
            }
        ],
    },
    "SampleSignedOff": {"findings": [{"entry_id": _ENTRY_ID, "finding": "in_order"}]},
}
