"""Where each answer of the contract leads: by operation, its links to others."""

from typing import Any

Document = dict[str, Any]

_CHILD_READ = {
    "operationId": "readChild",
    "parameters": {"child_id": "$response.body#/id"},
}
_SAME_CHILD = {
    "operationId": "readChild",
    "parameters": {"child_id": "$request.path.child_id"},
}
_CONSENTS_READ = {
    "operationId": "readConsents",
    "parameters": {"child_id": "$request.path.child_id"},
}
_SAME_BATCH = {
    "source": "$request.path.source",
    "batch_id": "$request.path.batch_id",
}
LINKS: dict[str, dict[str, Document]] = {
    "lookUpChild": {
        "firstMatch": {
            "operationId": "readChild",
            "parameters": {"child_id": "$response.body#/matches/0/child/child_id"},
        }
    },
    "createChild": {"read": _CHILD_READ},
    "grantShield": {
        "read": _SAME_CHILD,
        "lift": {
            "operationId": "liftShield",
            "parameters": {"child_id": "$request.path.child_id"},
            "requestBody": {"shield_id": "$response.body#/id"},
        },
    },
    "askShield": {
        "read": {"operationId": "readShieldRequests"},
        "appeal": {
            "operationId": "appealShield",
            "parameters": {"shield_request_id": "$response.body#/id"},
        },
    },
    "proposeTransfer": {
        "read": {"operationId": "readTransfers"},
        "withdraw": {
            "operationId": "refuseTransfer",
            "parameters": {"transfer_id": "$response.body#/id"},
        },
    },
    "askOverride": {
        "read": _SAME_CHILD,
        "use": {
            "operationId": "readUnderOverride",
            "parameters": {"child_id": "$request.path.child_id"},
            "requestBody": {"override_id": "$response.body#/id"},
        },
    },
    "beginInvolvement": {
        "read": {
            "operationId": "readInvolvement",
            "parameters": {"involvement_id": "$response.body#/id"},
        }
    },
    "recordConsent": {
        "read": _CONSENTS_READ,
        "withdraw": {
            "operationId": "withdrawConsent",
            "parameters": {"consent_id": "$response.body#/id"},
        },
    },
    "recordBasis": {"read": _CONSENTS_READ},
    "recordNotShared": {"read": _CONSENTS_READ},
    "grantMediation": {
        "read": {
            "operationId": "readMediation",
            "parameters": {"mediation_id": "$response.body#/id"},
        }
    },
    "askContact": {
        "read": {
            "operationId": "readContactRequest",
            "parameters": {"contact_request_id": "$response.body#/id"},
        }
    },
    "subscribe": {
        "read": {"operationId": "readSubscriptions"},
        "end": {
            "operationId": "endSubscription",
            "parameters": {"subscription_id": "$response.body#/id"},
        },
    },
    "recordDissent": {
        "read": {
            "operationId": "readDissents",
            "parameters": {"child_id": "$request.path.child_id"},
        }
    },
    "supplyBatch": {
        "read": {"operationId": "readBatch", "parameters": _SAME_BATCH},
        "lines": {"operationId": "readBatchLines", "parameters": _SAME_BATCH},
    },
    "proposeAgreement": {
        "read": {"operationId": "readAgreements"},
        "approve": {
            "operationId": "approveAgreement",
            "parameters": {"agreement_id": "$response.body#/id"},
            "requestBody": {"difference": "$response.body#/difference"},
        },
    },
    "recordWhoLookedRequest": {
        "read": {"operationId": "readWhoLookedRequests"},
        "release": {
            "operationId": "releaseWhoLooked",
            "parameters": {"who_looked_request_id": "$response.body#/id"},
        },
    },
    "markRecord": {
        "read": {"operationId": "readMarks"},
        "end": {"operationId": "endMark", "parameters": {"mark_id": "$response.body#/id"}},
    },
    "drawStaffSample": {
        "read": {
            "operationId": "readStaffSample",
            "parameters": {"sample_id": "$response.body#/id"},
        },
        "signOff": {
            "operationId": "signOffStaffSample",
            "parameters": {"sample_id": "$response.body#/id"},
        },
    },
    "openPanel": {
        "read": {
            "operationId": "readPanel",
            "parameters": {"panel_id": "$response.body#/id"},
        }
    },
    "askLogRelease": {
        "read": {
            "operationId": "readLogRelease",
            "parameters": {"release_id": "$response.body#/id"},
        },
        "approve": {
            "operationId": "approveLogRelease",
            "parameters": {"release_id": "$response.body#/id"},
        },
    },
    "addAgency": {"read": {"operationId": "readAgencies"}},
    "addPractitioner": {
        "read": {
            "operationId": "readPractitioner",
            "parameters": {"practitioner_id": "$response.body#/id"},
        }
    },
}
