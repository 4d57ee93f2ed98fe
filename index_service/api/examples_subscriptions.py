"""Synthetic examples of subscriptions."""

from typing import Any

_SUBSCRIPTION_ID = "4be07a1d-92c6-4f35-8d0b-e6a1f7c3052b"
_CHILD_ID = "6f9d2b1e-3c44-4a7e-9b57-0d2f8c5a1e90"

SUBSCRIPTION_EXAMPLES: dict[str, Any] = {
    "SubscriptionMade": {
        "child_id": _CHILD_ID,
        "reference": "HV/2031-77",
        "authority": "camfield",
    },
    "Subscriptions": {
        "subscriptions": [
            {
                "id": _SUBSCRIPTION_ID,
                "reference": "HV/2031-77",
                "authority": "camfield",
                "until": "2027-11-20",
                "ask_again": "2026-11-22",
            }
        ],
        "next": None,
    },
}
