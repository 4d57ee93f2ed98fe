"""Synthetic examples of what auditors ask of the log and are told."""

from typing import Any

_CHILD_ID = "6f9d2b1e-3c44-4a7e-9b57-0d2f8c5a1e90"
_ENTRY_ID = "6f4ac7ba-31c4-449e-9b57-5c3fbc5a8c7a"
_ACCOUNT_ID = "51e0b7c8-a94d-4f26-8b13-c6d7f2093ea4"
_AGENCY_ID = "3b8e5d60-1f27-4c9a-b4d8-72a6c0e91f35"
_PANEL_ID = "8d2e6f10-7b4c-4a93-8e5d-1c9f0b3a6d72"
_REFERENCE = "4a0c5b7e91d2f3864c0b9a7d5e1f2836"
_LEAF = "d694f49c69c81fcd6f8b0d7bdfc9d1f7f8fe53496fa9b6f31dbb45bd2c9f4c71"
_BLIND = "07c1f3e95b2a48d6803e7f1c9ad5b264e0938c7d15fa62b48e0d73c6a91f5be2"
_RECEIPT = "v1.b0rHujHESJ6bV1w_vFqMeg.1pT0nGnIH81vitffvdnR9_j-U0lvqfTzHbs9vSyfTHE.1796230800"
_TIME = {"since": 1796083200, "until": 1796169600}
_SAID = {
    "account": _ACCOUNT_ID,
    "agency": _AGENCY_ID,
    "agency_kind": "health_visiting",
    "role": "practitioner",
    "action": "read_child",
    "purpose": "safeguard",
    "reason": "review",
    "reference": "RPT/10442",
    "outcome": "shown",
    "code": None,
    "mediation": None,
    "override": False,
    "federated": False,
    "agreement_version": 1,
    "count": 0,
    "children": [
        {
            "reference": _REFERENCE,
            "child_id": _CHILD_ID,
            "shown": True,
            "classes": ["identity", "involvements"],
        }
    ],
}
_ENTRY = {"entry_id": _ENTRY_ID, "at": 1796144400, "state": "open", "said": _SAID}

INSPECTION_EXAMPLES: dict[str, Any] = {
    "LogSearched": {**_TIME, "child_id": _CHILD_ID},
    "LogFound": {
        "entries": [_ENTRY],
        "missing": [],
        "broken": 0,
        "closed_years": [],
        "next": None,
    },
    "EntryOpened": {
        "entry_id": _ENTRY_ID,
        "at": 1796144400,
        "state": "open",
        "leaf": _LEAF,
        "receipt": _RECEIPT,
        "blind": _BLIND,
        "entry": "{}",
        "shard": 202600,
        "leaf_index": 104417,
    },
    "LogExported": {**_TIME, "account_id": _ACCOUNT_ID, "form": "csv"},
    "BreachAsked": {**_TIME, "account_id": _ACCOUNT_ID, "form": "children"},
    "BreachReach": {
        "form": "children",
        "children": [
            {
                "child_id": _CHILD_ID,
                "references": [_REFERENCE],
                "classes": ["identity", "involvements"],
                "accounts": [_ACCOUNT_ID],
                "agencies": [_AGENCY_ID],
                "first": 1796144400,
                "last": 1796148000,
            }
        ],
        "counts": None,
        "unread": [],
        "closed_years": [],
    },
    "SampleAsked": {**_TIME, "agency_kind": "health_visiting", "size": 20},
    "SampleDrawn": {
        "seed": _BLIND,
        "committed": _LEAF,
        "cohort": 412,
        "entries": [_ENTRY],
        "closed_years": [],
    },
    "PanelOpened": {"child_id": _CHILD_ID, "account_id": _ACCOUNT_ID, "days": 30},
    "PanelShown": {
        "panel_id": _PANEL_ID,
        "child_id": _CHILD_ID,
        "ends_at": 1798736400,
        "involved": [
            {
                "agency_kind": "health_visiting",
                "service": "health_visiting",
                "agency_id": _AGENCY_ID,
                "began": "2026-02-03",
                "ceased": None,
            }
        ],
        "looked": [
            {
                "entry_id": _ENTRY_ID,
                "at": 1796144400,
                "state": "open",
                "leaf": _LEAF,
                "shard": 202600,
                "leaf_index": 104417,
                "said": {
                    "agency_kind": "health_visiting",
                    "agency_id": _AGENCY_ID,
                    "account_id": _ACCOUNT_ID,
                    "action": "read_child",
                    "purpose": "safeguard",
                    "outcome": "shown",
                    "shown": True,
                    "classes": ["identity", "involvements"],
                },
            }
        ],
        "missing": [],
        "closed_years": [],
        "next": None,
    },
}
