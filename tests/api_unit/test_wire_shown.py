"""What is disclosed, as the wire says it."""

import json
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from consent.facts import (
    AgencyKind,
    InvolvementLevel,
)
from index_service.api.wire_directory import (
    AgencyShown,
)
from index_service.api.wire_lookup import ChildAnswer
from index_service.api.wire_shown import ChildShown, InvolvementShown
from index_service.api.wire_status import StatusShown
from index_service.domain import disclosure, status
from index_service.domain import involvement as domain
from index_service.domain.child import (
    Address,
    AddressKind,
    Carer,
    CarerRelation,
    Education,
    Gender,
    Identity,
    PersonName,
    Practice,
    School,
    Settings,
    Source,
)
from index_service.domain.involvement import Service
from index_service.domain.shield import Shield, ShieldAskedBy, ShieldGround
from tests.api_unit.test_wire import AN_ID, TODAY
from tests.api_unit.test_wire_stated import CHECKED


def shown_child() -> dict[str, Any]:
    """A child with every part, as the disclosing code shows it."""
    name = PersonName("Okonedo-Vale", "Tamsin", "Wren")
    carer = Carer(PersonName("Okonedo", "Ines"), CarerRelation.MOTHER, True)
    settings = Settings(
        Education.ATTENDING,
        School("900123", "Larkfield Primary School", "", date(2021, 9, 1)),
        Practice("Z99123", "Northmere Road Surgery", "+441632960300", date(2016, 6, 1)),
    )
    flag = domain.Involvement(UUID(AN_ID), AN_ID, AgencyKind.SCHOOL, Service.SCHOOL, CHECKED, TODAY)
    shield = Shield(
        UUID(AN_ID), ShieldGround.NAMED_THREAT, ShieldAskedBy.COURT, AN_ID, TODAY, TODAY
    )
    identity = Identity(name, date(2016, 5, 14), Gender.FEMALE, (carer.name,))
    parts = disclosure.shown_identity(identity)
    parts["identifiers"] = {"nhs_number": "9990000018", "upn": None}
    parts["address"] = disclosure.shown_address(
        Address(AddressKind.CURRENT, "12", "", "", "NM1 4QT")
    )
    parts["carer_contacts"] = disclosure.shown_carers([carer])
    parts["settings"] = disclosure.shown_settings(settings)
    parts["provenance"] = disclosure.shown_provenance({"name": Source(AN_ID, TODAY, 1_700_000_000)})
    parts["involvements"] = [
        disclosure.shown_involvement(flag, "Larkfield Primary School", InvolvementLevel.CONTENT)
    ]
    parts["assessment"] = None
    parts["lead_professional"] = None
    told = status.Status(AN_ID, CHECKED, status.Spell(TODAY))
    parts["status"] = [disclosure.shown_status(told, "Northmere Childrens Social Care", TODAY)]
    parts["restriction"] = disclosure.shown_restriction(shielded=True, held=False, shields=[shield])
    return disclosure.disclose(UUID(AN_ID), restricted=True, parts=parts)


def test_what_is_disclosed_is_what_the_contract_says() -> None:
    """The answers' bytes are made without the models; here the models read them."""
    shown = json.loads(json.dumps(shown_child()))
    ChildShown.model_validate(shown)
    InvolvementShown.model_validate(shown["involvements"][0])
    StatusShown.model_validate(shown["status"][0])
    least = {key: shown[key] for key in ("child_id", "restricted", "name", "date_of_birth")}
    least |= {"gender": "female", "carers": [], "identifiers": {}}
    ChildShown.model_validate(least)
    door = {
        "agency": "Northmere Health Visiting",
        "agency_kind": "health_visiting",
        "duty_phone": "+441632960400",
        "hours": [],
        "safeguarding_lead": {"name": "Ines Harrowell", "phone": "+441632960401"},
        "out_of_hours_phone": None,
    }
    AgencyShown.model_validate({"agency_id": AN_ID, **door})
    answer = {
        "child": shown,
        "agreement_version": 1,
        "coverage": [{"agency_kind": "school", "feeds": True, "as_of": "2026-11-20"}],
        "front_doors": [door],
        "broker": None,
    }
    ChildAnswer.model_validate(answer)
    with pytest.raises(ValidationError):
        ChildShown.model_validate({**shown, "former_names": []})
