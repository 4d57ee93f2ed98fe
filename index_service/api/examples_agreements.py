"""Examples of sharing agreements as the contract shows them: the packaged default."""

from typing import Any

from consent.agreement import default_document

_DIFFERENCE = "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"
_AGREEMENT = {
    "name": "Default sharing agreement",
    "label": "1",
    "instrument": {"title": "Children Act 2004, sections 10 to 12", "dated": "2004-11-15"},
    "in_force_from": "2026-05-01",
    "in_force_until": None,
    "coverage": "universal",
}
_PROPOSED = {
    "id": "7d1f5a02-9c3e-4b68-a41d-e05b82c7f916",
    "state": "waiting",
    "version": None,
    "widens": [{"kind": "class", "where": ["read_child", "housing", "settings"]}],
    "difference": _DIFFERENCE,
}

AGREEMENT_EXAMPLES: dict[str, Any] = {
    "AgreementProposed": {"document": default_document()},
    "AgreementApproved": {"difference": _DIFFERENCE},
    "AgreementKept": _PROPOSED,
    "AgreementList": {
        "in_force": {"version": 1, **_AGREEMENT},
        "waiting": [
            {
                **_PROPOSED,
                **_AGREEMENT,
                "label": "2",
                "proposed_by": "51e0b7c8-a94d-4f26-8b13-c6d7f2093ea4",
                "proposed_at": 1795168800,
            }
        ],
    },
    "AgreementShown": {"version": 1, "document": default_document()},
}
