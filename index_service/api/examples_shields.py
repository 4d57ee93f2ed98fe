"""Examples of shields, overrides and holds as the contract shows them."""

from typing import Any

from index_service.domain.override import WARNING

_CHILD_ID = "6f9d2b1e-3c44-4a7e-9b57-0d2f8c5a1e90"
_SHIELD_ID = "9a4e3c17-52b6-4d0c-8a6f-1e7b0d93c5a2"
_REQUEST_ID = "b1c6e0d4-7f25-4a93-8d1e-60f3a97c25b8"
_OVERRIDE_ID = "4d8f2a63-e915-4c70-b6a2-d87f10c53e94"
_RELEASE_ID = "e37a9c05-48d1-4f6b-a02c-5b94d6f81a37"
_ACCOUNT_ID = "51e0b7c8-a94d-4f26-8b13-c6d7f2093ea4"
_AGENCY_ID = "3b8e5d60-1f27-4c9a-b4d8-72a6c0e91f35"
_AT = 1796169600
_ASKED = {
    "ground": "domestic_abuse",
    "asked_by": "parent_or_carer",
    "identity_checked": "documents_seen",
}

SHIELD_EXAMPLES: dict[str, Any] = {
    "ShieldGranted": {
        "ground": "domestic_abuse",
        "asked_by": "parent_or_carer",
        "review": "2027-05-20",
        "request_id": _REQUEST_ID,
    },
    "ShieldReviewed": {"shield_id": _SHIELD_ID, "review": "2027-11-19"},
    "ShieldLifted": {"shield_id": _SHIELD_ID},
    "ShieldAsked": {**_ASKED, "can_be_contacted": True},
    "ShieldRefused": {"reason": "whereabouts_known"},
    "ShieldRequests": {
        "requests": [
            {
                **_ASKED,
                "request_id": _REQUEST_ID,
                "child_id": _CHILD_ID,
                "state": "refused",
                "asked_at": _AT,
                "due": _AT + 86_400,
                "sent_by": _ACCOUNT_ID,
                "refusal": "whereabouts_known",
            }
        ],
        "next": None,
    },
    "IdentityClosed": {"cause": "adoption"},
    "OverrideAsked": {"ground": "section_47_enquiry", "warning_read": True},
    "OverrideMade": {
        "id": _OVERRIDE_ID,
        "state": "granted",
        "ends_at": _AT + 900,
        "warning": WARNING,
    },
    "OverrideUsed": {"override_id": _OVERRIDE_ID},
    "OverrideApproved": {"approved": True},
    "OverrideConcluded": {"outcome": "in_order"},
    "Overrides": {
        "overrides": [
            {
                "override_id": _OVERRIDE_ID,
                "child_id": _CHILD_ID,
                "account_id": _ACCOUNT_ID,
                "agency_id": _AGENCY_ID,
                "ground": "section_47_enquiry",
                "second_person": "after",
                "state": "used",
                "asked_at": _AT,
                "due": _AT + 86_400,
                "ends_at": _AT + 900,
                "read_at": _AT + 60,
                "approved": None,
                "approved_by": None,
            }
        ],
        "next": None,
    },
    "Holds": {
        "holds": [
            {
                "child_id": _CHILD_ID,
                "outcome": "held",
                "held_since": _AT,
                "due": _AT + 86_400,
            }
        ],
        "next": None,
    },
    "HoldReleased": {"decision": "another_child", "checked_with": "supplier"},
    "HoldReleaseMade": {"state": "waiting", "release_id": _RELEASE_ID},
    "HoldReleaseApproved": {"release_id": _RELEASE_ID},
    "PractitionerAmended": {"contact_shielded": True},
}
