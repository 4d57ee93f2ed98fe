"""Synthetic examples of the region's bodies. Nobody here exists."""

from typing import Any

REGION_EXAMPLES: dict[str, Any] = {
    "PeerList": {
        "directory": {
            "region": "threetowns",
            "version": 7,
            "valid_until": 1811808000,
            "epoch": 3,
        },
        "peers": [
            {
                "name": "camfield",
                "title": "Camfield Children's Services",
                "kind": "index",
                "state": "active",
                "reached": "call",
                "suspended": False,
                "answers": True,
            },
            {
                "name": "eastbrook",
                "title": "Eastbrook Children's Services",
                "kind": "index",
                "state": "active",
                "reached": "poll",
                "suspended": True,
                "answers": None,
            },
        ],
        "checks": [
            {
                "what": "locator",
                "at": 1796144400,
                "well_at": 1796144400,
                "finding": "well",
            },
        ],
    },
}
