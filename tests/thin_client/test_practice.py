"""Practitioners' pages without an index: their words, whom to ring, an agency among many."""

import asyncio
from typing import Any

import pytest

from tests.thin_client.test_words import schemas
from thin_client import codes_practice
from thin_client.forms import Form
from thin_client.pages import choosing_agency, whom
from thin_client.pages.choosing_agency import OFFERED_MAX

LISTS = {
    "OVERRIDE_GROUNDS": "OverrideGround",
    "OVERRIDE_STATES": "OverrideState",
    "DISSENTS": "DissentAbout",
    "FEEDBACK": "ContactOutcome",
}
OFFICE = {"days": ["mon", "tue"], "opens": "08:30", "closes": "17:30"}
TEAM = {"team": ["Assessment team"], "team_phone": ["01632 960111"]}


@pytest.mark.parametrize(("name", "schema"), LISTS.items())
def test_every_code_of_the_contract_has_words(name: str, schema: str) -> None:
    assert set(getattr(codes_practice, name)) == set(schemas()[schema]["enum"])


def test_every_outcome_that_casts_doubt_has_words() -> None:
    assert set(codes_practice.DOUBTS) == set(schemas()["ContactOutcome"]["enum"]) - {"reached"}


def test_every_basis_belongs_to_a_kind_of_basis() -> None:
    assert set(codes_practice.BASIS_KIND_OF) == set(schemas()["BasisReason"]["enum"])
    assert set(codes_practice.BASIS_KIND_OF.values()) == set(schemas()["BasisKind"]["enum"])


def sent(**fields: list[str]) -> Form:
    """Return a form as it was sent."""
    return Form({**TEAM, **fields}, sent=True)


def test_a_contact_comes_back_as_it_was_shown() -> None:
    person = {"name": "J. Harrowell", "phone": "+441632960131", "email": "j.harrowell@n.example"}
    hours = [OFFICE, {"days": ["sat"], "opens": "22:00", "closes": "06:00"}]
    team = {"name": "Assessment team", "phone": "+441632960111", "hours": hours}
    contact = {"team": team, "person": person, "ask_for_duty": True}
    form = Form({name: [text] for name, text in whom.as_typed(contact).items()}, sent=True)
    assert whom.whom_of(form) == contact
    assert form.ready


def test_a_team_without_hours_or_person_is_enough() -> None:
    form = sent()
    assert whom.whom_of(form)["team"]["hours"] == []
    assert form.ready


@pytest.mark.parametrize(
    ("fields", "at_fault"),
    [
        ({"team": [""]}, "team"),
        ({"team_phone": [""]}, "team_phone"),
        ({"person_email": ["a@b.example"]}, "person"),
        ({"hours": ["every day"]}, "hours"),
        ({"hours": ["mon 08:30-17:30;" * 4]}, "hours"),
        ({"hours": ["mon,mon 08:30-17:30; drop"]}, "hours"),
        ({"hours": ["other"], "opens": ["9"], "closes": ["17:00"], "days": ["mon"]}, "opens"),
        ({"hours": ["other"], "opens": ["9:00"], "closes": ["25:00"], "days": ["mon"]}, "closes"),
        ({"hours": ["other"], "opens": ["9:00"], "closes": ["17:00"], "days": ["x"]}, "days"),
    ],
)
def test_what_is_wrong_with_a_contact_is_said_beside_it(
    fields: dict[str, list[str]], at_fault: str
) -> None:
    form = sent(**fields)
    whom.whom_of(form)
    assert [each.field for each in form.faults] == [at_fault]


def chosen(
    monkeypatch: pytest.MonkeyPatch, names: list[str], **typed: str
) -> tuple[str | None, dict[str, str], Form]:
    """Choose among agencies of these names, whose ids are their places."""
    known = [{"agency_id": str(at), "agency": name} for at, name in enumerate(names)]

    async def doors(_visit: Any) -> list[dict[str, str]]:
        return known

    monkeypatch.setattr(choosing_agency, "doors_of", doors)
    form = Form({name: [text] for name, text in typed.items()}, sent=True)
    visit: Any = None
    found, offered = asyncio.run(choosing_agency.agency_of(visit, form, "Say which"))
    return found, offered, form


def test_one_agency_is_found_among_thousands(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"Northmere School {n}" for n in range(5000)]
    assert chosen(monkeypatch, names, agency="school 4321")[0] == "4321"
    assert chosen(monkeypatch, names, agency="Northmere  school 12")[0] == "12"  # its whole name
    found, offered, form = chosen(monkeypatch, names, agency="school")
    assert (found, offered) == (None, {})
    assert form.fault_of("agency") == "Many agencies have a name like this: give more of it"


def test_of_a_few_one_is_chosen_and_no_other_than_those(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["Northmere Police", "Camfield Police", "Housing"]
    found, offered, form = chosen(monkeypatch, names, agency="police")
    assert found is None
    assert list(offered.values()) == ["Camfield Police", "Northmere Police"]
    assert len(offered) <= OFFERED_MAX
    assert form.fault_of("agency_id") == "Choose which of these is meant"
    assert chosen(monkeypatch, names, agency="police", agency_id="1")[0] == "1"
    assert chosen(monkeypatch, names, agency="police", agency_id="2")[0] is None
    assert chosen(monkeypatch, names, agency="zz")[2].fault_of("agency")
    assert chosen(monkeypatch, names)[2].fault_of("agency") == "Say which"
