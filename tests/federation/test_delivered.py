"""What another authority delivers is read in one spelling, and holds no note."""

from copy import deepcopy
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from consent.facts import AgencyKind
from index_service.domain.involvement import Contact, Involvement, Service, TeamContact
from index_service.domain.restated import stated_child
from index_service.domain.stated import child_record
from index_service.federation.errors import MessageRefused
from index_service.services.forms.involvement import INVOLVEMENT
from index_service.services.peering.delivered import read_record
from tests.stories.made import DUTY, TODAY, a_child

AGENCY = str(uuid4())


def delivered() -> dict[str, Any]:
    """Return a record with one involvement, as it comes."""
    contact = Contact(TeamContact("Camfield North Team", DUTY))
    fact = Involvement(
        uuid4(), AGENCY, AgencyKind.SCHOOL, Service.SCHOOL, contact, date(2024, 9, 2)
    )
    case = {
        "id": str(fact.id),
        "kind": "involvement",
        "head": [AGENCY, *INVOLVEMENT.head(fact)],
        "body": list(INVOLVEMENT.body(fact)),
    }
    source = ["name", AGENCY, "2024-09-02", 1_700_000_000, False]
    return {"child": a_child(), "provenance": [source], "cases": [case]}


def test_a_record_is_read_as_it_was_written() -> None:
    said = delivered()
    found = read_record(said, TODAY)
    assert stated_child(found.record) == stated_child(child_record(said["child"], TODAY))
    (fact,) = found.cases.values()
    assert isinstance(fact, Involvement)
    assert fact.contact.team.name == "Camfield North Team"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("cases", 0, "body", 0, 0), "ring after six; the father must not know 07700 900123"),
        (("cases", 0, "body", 4), "he is known to be violent"),
        (("cases", 0, "head", 0), "a note"),
        (("cases", 0, "head", 2), "wizardry"),
        (("cases", 0, "body", 1), "yesterday"),
        (("cases", 0, "kind"), "secret"),
        (("cases", 0, "id"), "1"),
        (("provenance", 0, 0), "rumour"),
        (("provenance", 0, 1), "somebody"),
        (("child", "note"), "anything"),
        (("more",), 1),
    ],
)
def test_a_delivery_with_a_note_or_of_another_form_is_refused(
    path: tuple[Any, ...], value: object
) -> None:
    said = deepcopy(delivered())
    part: Any = said
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    with pytest.raises(MessageRefused):
        read_record(said, TODAY)
