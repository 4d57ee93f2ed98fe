"""Examples of moves of responsibility as the contract shows them."""

from typing import Any

_TRANSFER_ID = "0c7a95e2-6d18-4b3f-9e40-8fb1d2567a3c"
_CHILD_ID = "6f9d2b1e-3c44-4a7e-9b57-0d2f8c5a1e90"
_AT = 1796169600
_CHILD = {
    "name": {"family_name": "Okonedo-Vale", "given_name": "Tessaly"},
    "date_of_birth": "2016-05-14",
    "nhs_number": "9990000018",
}

TRANSFER_EXAMPLES: dict[str, Any] = {
    "TransferProposed": {"authority": "camfield", "reason": "moved_home", "child": _CHILD},
    "TransferNamed": {"transfer_id": _TRANSFER_ID},
    "TransferRefused": {"reason": "still_lives_here"},
    "Transfers": {
        "transfers": [
            {
                "transfer_id": _TRANSFER_ID,
                "side": "receiving",
                "authority": "camfield",
                "step": "closed",
                "reason": "moved_home",
                "refusal": None,
                "child": _CHILD,
                "child_id": _CHILD_ID,
                "opened": _AT,
                "review_due": "2026-12-30",
                "reviewed": None,
            }
        ],
        "next": None,
    },
}
