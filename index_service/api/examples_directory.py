"""Examples of the contract's answers about accounts: whose, in which state, how cleared."""

from typing import Any

_ACCOUNT: dict[str, Any] = {
    "account_id": "51e0b7c8-a94d-4f26-8b13-c6d7f2093ea4",
    "agency_id": "3b8e5d60-1f27-4c9a-b4d8-72a6c0e91f35",
    "name": "J. Harrowell",
    "practitioner_id": "d27c9f04-6e3a-4b81-9c05-8f1a2e7b6d43",
    "role": "practitioner",
    "state": "active",
    "checked_on": "2025-09-30",
    "trained_on": "2026-01-12",
    "signed_on": "2026-01-13",
    "binding_demanded": False,
    "may_override": False,
    "may_supervise": False,
}
DIRECTORY_EXAMPLES: dict[str, Any] = {
    "AccountShown": _ACCOUNT,
    "AccountsShown": {"accounts": [_ACCOUNT], "next": None},
}
