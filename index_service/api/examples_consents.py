"""Examples of consents, other bases and decisions not to share as the contract shows them."""

from typing import Any

_CONSENT_ID = "c4b8e1d2-7a35-4f90-9d6b-2e81f0a7c354"
_ACCOUNT_ID = "51e0b7c8-a94d-4f26-8b13-c6d7f2093ea4"
_HARM = {"reason": "is_likely_to_suffer", "decided_on": "2026-11-19", "review": "2027-05-19"}
_SAID = {
    "giver": "child",
    "understanding": "sufficient",
    "judged_by": _ACCOUNT_ID,
    "day": "2026-11-20",
}

CONSENT_EXAMPLES: dict[str, Any] = {
    "ConsentStated": {
        "given_for": "sensitive_entry",
        "state": "given",
        "giver": "child",
        "understanding": "sufficient",
        "service": "mental_health",
        "until": "2028-11-20",
        "receipt": "code_only",
    },
    "ConsentMade": {"id": _CONSENT_ID, "receipt": "K5QH2MZ7RTWB"},
    "ConsentWithdrawn": {"giver": "child", "understanding": "sufficient"},
    "ConsentRenewed": {"giver": "child", "understanding": "sufficient", "until": "2029-11-20"},
    "ReceiptPresented": {"receipt": "K5QH2MZ7RTWB"},
    "ReceiptMatched": {"matches": True},
    "BasisStated": {"kind": "significant_harm", **_HARM, "service": "mental_health"},
    "NotSharedStated": {
        "recipient_kind": "housing",
        "reason": "not_proportionate",
        "decided_on": "2026-11-20",
    },
    "ConsentsShown": {
        "consents": [
            {
                "consent_id": _CONSENT_ID,
                "agency": "Northmere Listening Service",
                "given_for": "sensitive_entry",
                "service": "mental_health",
                "purpose": None,
                "receiving_authority": None,
                "state": "given",
                "in_force": True,
                "begins": "2026-11-20",
                "until": "2028-11-20",
                "given": _SAID,
                "renewed": None,
                "ended": None,
                "receipt": "code_only",
            }
        ],
        "bases": [
            {
                "basis_id": "e81f0a7c-3b54-4c27-8e90-d2a64f1b7935",
                "agency": "Northmere Listening Service",
                "kind": "significant_harm",
                **_HARM,
                "service": "mental_health",
                "decided_by": _ACCOUNT_ID,
                "ended": None,
            }
        ],
        "not_shared": [
            {
                "not_shared_id": "09d6b2e8-1f0a-4c35-84b8-e1d27a354f90",
                "agency": "Northmere Listening Service",
                "recipient_kind": "housing",
                "reason": "not_proportionate",
                "decided_by": _ACCOUNT_ID,
                "decided_on": "2026-11-20",
            }
        ],
    },
}
