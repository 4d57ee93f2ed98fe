"""One synthetic example of every body of the contract, by the name of its model.

Nobody here exists: Northmere is invented, numbers are from the ranges kept for tests.
"""

from typing import Any, get_args

from index_service.api.examples_agreements import AGREEMENT_EXAMPLES
from index_service.api.examples_caseloads import CASELOAD_EXAMPLES
from index_service.api.examples_consents import CONSENT_EXAMPLES
from index_service.api.examples_directory import DIRECTORY_EXAMPLES
from index_service.api.examples_inspections import INSPECTION_EXAMPLES
from index_service.api.examples_log import LOG_EXAMPLES
from index_service.api.examples_matters import MATTER_EXAMPLES
from index_service.api.examples_misuse import MISUSE_EXAMPLES
from index_service.api.examples_region import REGION_EXAMPLES
from index_service.api.examples_shields import SHIELD_EXAMPLES
from index_service.api.examples_subscriptions import SUBSCRIPTION_EXAMPLES
from index_service.api.examples_supervision import SUPERVISION_EXAMPLES
from index_service.api.examples_transfers import TRANSFER_EXAMPLES
from index_service.api.examples_who_looked import WHO_LOOKED_EXAMPLES
from index_service.api.wire_directory import Vocabularies

CHILD_ID = "6f9d2b1e-3c44-4a7e-9b57-0d2f8c5a1e90"
_INVOLVEMENT_ID = "0c1f7a52-8d1b-4f0e-a7a3-5b1c9e6d2f41"
_AGENCY_ID = "3b8e5d60-1f27-4c9a-b4d8-72a6c0e91f35"
_PRACTITIONER_ID = "d27c9f04-6e3a-4b81-9c05-8f1a2e7b6d43"
_ACCOUNT_ID = "51e0b7c8-a94d-4f26-8b13-c6d7f2093ea4"
_RECEIPT = (
    "v1.b50rHjxESn6bVw0vjFoekA.1pT0nGm0cH8m3Vb7vX0qvR5uQ2sY9wZ4aJ6kL8eN3fU.1796169600."
    "kQ7mW2xR9tB4vN6yH1cJ8pL3sD5fG0aZuE7iO2qT4wX6bM8nK1rV3yC5hP9jS0dFgA2lU4eIoY6tQ8wZxB1vNg"
)

_NAME = {"family_name": "Okonedo-Vale", "given_name": "Tamsin", "middle_names": None}
_CARER = {"family_name": "Vale", "given_name": "Marisol", "middle_names": None}
_HOURS = [{"days": ["mon", "tue", "wed", "thu", "fri"], "opens": "08:30", "closes": "17:30"}]
_TEAM = {"name": "Northmere Health Visiting North", "phone": "+441632960130", "hours": _HOURS}
_CONTACT = {
    "team": _TEAM,
    "person": {
        "name": "J. Harrowell",
        "phone": "+441632960131",
        "email": "j.harrowell@northmere.example",
    },
    "ask_for_duty": True,
}
_ADDRESS = {
    "kind": "current",
    "house": "12",
    "street": "Larkfield Rise",
    "town": "Northmere",
    "postcode": "NM1 4QT",
}
_SCHOOL = {
    "urn": "900123",
    "name": "Larkfield Primary School",
    "phone": "+441632960120",
    "starts": "2020-09-01",
    "ends": None,
}
_PRACTICE = {
    "ods": "Z99123",
    "name": "Larkfield Surgery",
    "phone": "+441632960160",
    "since": "2016-06-01",
}
_QUESTION = {
    "given_name": "Tamsin",
    "family_name": "Okonedo-Vale",
    "date_of_birth": "2016-05-14",
    "postcode": "NM1 4QT",
}
_DOOR = {
    "agency": "Northmere Health Visiting",
    "agency_kind": "health_visiting",
    "duty_phone": "+441632960130",
    "hours": _HOURS,
    "safeguarding_lead": {"name": "Idris Fenwick-Amadi", "phone": "+441632960132"},
    "out_of_hours_phone": "+441632960999",
}
_BROKER = {
    "agency": "Northmere Index Management Team",
    "agency_kind": "authority",
    "duty_phone": "+441632960100",
    "hours": _HOURS,
    "safeguarding_lead": {"name": "Oluchi Brandt", "phone": "+441632960101"},
    "out_of_hours_phone": "+441632960999",
}
_NEXT_STEP = {
    "agreement_version": 1,
    "coverage": [
        {"agency_kind": "health_visiting", "feeds": True, "as_of": "2026-11-20"},
        {"agency_kind": "school", "feeds": False, "as_of": None},
    ],
    "front_doors": [_BROKER, _DOOR],
    "broker": _BROKER,
}
_INVOLVEMENT = {
    "involvement_id": _INVOLVEMENT_ID,
    "level": "content",
    "agency": "Northmere Health Visiting",
    "agency_kind": "health_visiting",
    "service": "health_visiting",
    "contact": _CONTACT,
    "began": "2026-02-03",
    "ceased": None,
    "last_confirmed": "2026-11-02",
}
_ASSESSMENT = {
    "agency": "Northmere Health Visiting",
    "contact": _CONTACT,
    "held_since": "2026-03-17",
    "review_due": "2026-12-08",
    "closed": None,
    "closure": None,
}
_CHILD = {
    "child_id": CHILD_ID,
    "restricted": False,
    "name": _NAME,
    "date_of_birth": "2016-05-14",
    "gender": "female",
    "carers": [_CARER],
    "identifiers": {"nhs_number": "9990000018", "case_number": None},
    "involvements": [_INVOLVEMENT],
    "assessment": _ASSESSMENT,
    "lead_professional": {
        "agency": "Northmere Health Visiting",
        "contact": _CONTACT,
        "since": "2026-03-17",
    },
}
_ANSWER = {
    **_NEXT_STEP,
    "outcome": "found",
    "matches": [
        {
            "grade": "certain",
            "score_bits": 31.5,
            "why": [
                {"field": "given_name", "level": "exact"},
                {"field": "family_name", "level": "exact"},
                {"field": "date_of_birth", "level": "exact"},
                {"field": "address", "level": "exact"},
            ],
            "child": _CHILD,
        }
    ],
}
_NOTHING = {**_NEXT_STEP, "outcome": "none", "matches": []}
_AGENCY = {
    "name": "Northmere Health Visiting",
    "kind": "health_visiting",
    "duty_phone": "+441632960130",
    "hours": _HOURS,
    "lead_name": "Idris Fenwick-Amadi",
    "lead_phone": "+441632960132",
    "accredited": True,
    "front_door": True,
    "out_of_hours_phone": "+441632960999",
    "source": "northmere-health-visiting",
}
_PRACTITIONER = {
    "agency_id": _AGENCY_ID,
    "name": "J. Harrowell",
    "team": _TEAM,
    "phone": "+441632960131",
    "email": "j.harrowell@northmere.example",
}


def _every_word() -> dict[str, list[str]]:
    """Return all vocabularies: each field of the model is a list of one enumeration."""
    return {
        name: [word.value for word in get_args(field.annotation)[0]]
        for name, field in Vocabularies.model_fields.items()
    }


_ASKED: dict[str, Any] = {
    "LookupAsked": _QUESTION,
    "RegionLookupAsked": {**_QUESTION, "across": "own"},
    "BatchAsked": {
        "subjects": [
            {
                "purpose": "promote_welfare",
                "reason": "planned_care",
                "reference": "RPT/10442",
                "lookup": _QUESTION,
            }
        ]
    },
    "ChildFacts": {
        "name": {"family_name": "Okonedo-Vale", "given_name": "Tamsin"},
        "date_of_birth": "2016-05-14",
        "gender": "female",
        "former_names": [{"family_name": "Vale", "given_name": "Tamsin"}],
        "nhs_number": "9990000018",
        "address": _ADDRESS,
        "carers": [
            {
                "name": {"family_name": "Vale", "given_name": "Marisol"},
                "relation": "mother",
                "parental_responsibility": True,
                "phone": "01632 960188",
            }
        ],
        "education": "attending",
        "school": _SCHOOL,
        "practice": _PRACTICE,
        "as_of": "2026-11-20",
        "involvement": {
            "service": "early_help",
            "contact": _CONTACT,
            "began": "2026-11-16",
        },
    },
    "ChildAmended": {"address": _ADDRESS, "upn": None, "as_of": "2026-11-20"},
    "InvolvementBegun": {
        "service": "health_visiting",
        "contact": _CONTACT,
        "began": "2026-02-03",
    },
    "InvolvementAmended": {"contact": _CONTACT},
    "InvolvementCeased": {"ceased": "2026-11-20"},
    "AssessmentStated": {
        "contact": _CONTACT,
        "held_since": "2026-03-17",
        "review_due": "2026-12-08",
    },
    "AssessmentClosed": {"reason": "needs_met", "closed": "2026-11-20"},
    "AssessmentReassigned": {"agency_id": _AGENCY_ID, "contact": _CONTACT},
    "TransferOffered": {"authority": "camfield"},
    "StatusStated": {
        "contact": _CONTACT,
        "child_protection_plan": {"began": "2026-09-02", "ended": None},
        "looked_after": {"authority": "camfield", "began": "2025-11-03", "ended": "2026-06-30"},
    },
    "LeadProfessionalStated": {"contact": _CONTACT, "since": "2026-03-17"},
    "AgencyStated": _AGENCY,
    "PractitionerAdded": {
        **_PRACTITIONER,
        "home": {"family_name": "Harrowell", "postcode": "NM1 4QT", "house": "7"},
    },
    "AccountStated": {
        "issuer": "https://login.northmere.example",
        "subject": "p-4410",
        "agency_id": _AGENCY_ID,
        "role": "practitioner",
        "practitioner_id": _PRACTITIONER_ID,
        "checked_on": "2025-09-30",
        "trained_on": "2026-01-12",
        "signed_on": "2026-01-13",
    },
    "AccountAmended": {"state": "suspended"},
}
_TOLD: dict[str, Any] = {
    "LookupAnswer": _ANSWER,
    "BatchAnswer": {
        "answers": [
            {"position": 0, "code": None, "answer": _NOTHING, "receipt": _RECEIPT},
        ]
    },
    "ChildAnswer": {
        **_NEXT_STEP,
        "child": {
            **_CHILD,
            "address": _ADDRESS,
            "carer_contacts": [
                {
                    "name": _CARER,
                    "relation": "mother",
                    "parental_responsibility": True,
                    "phone": "+441632960188",
                }
            ],
            "settings": {"education": "attending", "school": _SCHOOL, "practice": _PRACTICE},
        },
    },
    "ContactRequested": {
        **_NEXT_STEP,
        "id": "2f8a6c51-9d04-4b7e-8e13-a5c7d0b94f62",
        "due": 1796173200,
    },
    "Made": {"id": CHILD_ID},
    "AssessmentsDue": {
        "assessments": [
            {
                "child_id": CHILD_ID,
                "name": _NAME,
                "date_of_birth": "2016-05-14",
                **_ASSESSMENT,
                "offered_to": None,
            }
        ],
        "next": None,
    },
    "InvolvementShown": _INVOLVEMENT,
    "BatchStatus": {
        "source": "northmere-health-visiting",
        "batch_id": "2026-11-20.1",
        "state": "complete",
        "lines": 812,
        "accepted": 810,
        "invalid": 2,
        "results": "/v1/feeds/northmere-health-visiting/batches/2026-11-20.1/lines",
    },
    "BatchesListed": {
        "batches": [
            {
                "source": "northmere-health-visiting",
                "batch_id": "2026-11-20.1",
                "state": "complete",
                "lines": 812,
                "accepted": 810,
                "invalid": 2,
                "began_at": 1795737600,
            }
        ],
        "next": None,
    },
    "LineResults": {
        "lines": [
            {
                "line": 17,
                "result": "invalid",
                "code": "identifier_invalid",
                "field": "child.nhs_number",
            }
        ],
        "next": None,
    },
    "Me": {
        "account_id": _ACCOUNT_ID,
        "agency": {
            "agency_id": _AGENCY_ID,
            "name": "Northmere Health Visiting",
            "kind": "health_visiting",
        },
        "practitioner_id": _PRACTITIONER_ID,
        "role": "practitioner",
        "state": "active",
        "checked_on": "2022-09-30",
        "trained_on": "2026-01-12",
        "agreement_signed_on": "2026-01-13",
        "may": {"lookup": ["check_lapsed"], "read_directory": []},
        "numbers": ["nhs_number"],
        "agreement_version": 1,
    },
    "Vocabularies": _every_word(),
    "Agencies": {"agencies": [{"agency_id": _AGENCY_ID, **_DOOR}]},
    "PractitionerShown": {
        "practitioner_id": _PRACTITIONER_ID,
        **_PRACTITIONER,
        "contact_shielded": False,
    },
}

EXAMPLES: dict[str, Any] = {
    **DIRECTORY_EXAMPLES,
    **CASELOAD_EXAMPLES,
    **SHIELD_EXAMPLES,
    **TRANSFER_EXAMPLES,
    **WHO_LOOKED_EXAMPLES,
    **INSPECTION_EXAMPLES,
    **LOG_EXAMPLES,
    **MATTER_EXAMPLES,
    **SUBSCRIPTION_EXAMPLES,
    **MISUSE_EXAMPLES,
    **REGION_EXAMPLES,
    **SUPERVISION_EXAMPLES,
    **_ASKED,
    **_TOLD,
    **AGREEMENT_EXAMPLES,
    **CONSENT_EXAMPLES,
}
