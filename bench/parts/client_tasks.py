"""Twenty tasks of new practitioners: which child, what is known of it, whom one must come to.

The children are the bench's own among many others; each is prepared over the API by its people.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from demo.asking import Asking, expect
from tests.stories.made import a_child, contact, day, involvement, nhs_number, upn

# By kind: how a child is asked for, and what stands at the end. The first four reach a service's
# own number; of the others nobody may be told a service, and a duty line is what is left.
KINDS: Final = {
    "name and date of birth": 6,
    "name misheard": 3,
    "number": 3,
    "name, age and postcode": 2,
    "one of several": 2,
    "shielded": 1,
    "sensitive service alone": 1,
    "not on the index": 2,
}
FIRST_NUMBER: Final = 250_000
TWINS_NUMBER: Final = "+441632960498"
PERSONAS: Final = ("teacher", "social_worker", "health_visitor", "police_desk")
# A number finds a child for those alone whose agency it is for: each types the one it has.
NUMBERS: Final = {"teacher": "upn", "social_worker": "nhs_number", "health_visitor": "nhs_number"}
DEAD_ENDS: Final = ("shielded", "sensitive service alone", "not on the index")


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a practised hand and a new eye take, in seconds: stated with the result."""

    key_s: float = 0.2  # each key
    looks_s: float = 2.0  # a page met for the first time
    field_s: float = 0.5  # from one field to the next
    chooses_s: float = 1.2  # one of a list
    reads_code_s: float = 1.5
    reads_answer_s: float = 3.0
    at_once: int = 1  # people, a browser each


HURRIED: Final = Pace(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Task:
    """One practitioner's question, as it is typed, and the number that answers it."""

    kind: str
    persona: str
    typed: dict[str, str] = field(repr=False)
    name: str = field(repr=False)  # of the child, as a page writes it
    number: str  # of the service to ring; "" where any duty line is right


async def prepared(asking: Asking) -> list[Task]:
    """Prepare every task's child and return the tasks."""
    kinds = [kind for kind, count in KINDS.items() for _ in range(count)]
    return [await _prepared(asking, kind, place) for place, kind in enumerate(kinds)]


async def _prepared(asking: Asking, kind: str, place: int) -> Task:
    child, able = _numbered(place), tuple(NUMBERS) if kind == "number" else PERSONAS
    persona = able[place % len(able)]
    number = f"+4416329604{place:02d}"
    if kind != "not on the index":
        child_id = await _created(asking, child)
        if kind == "sensitive service alone":
            await _begun(asking, child_id, "therapist", number)
        else:
            await _begun(asking, child_id, "social_worker", number)
        if kind == "one of several":
            twin_id = await _created(asking, _twin(child, place))
            await _begun(asking, twin_id, "social_worker", TWINS_NUMBER)
        if kind == "shielded":
            await _shielded(asking, child_id)
    name = f"{child['name']['given_name']} {child['name']['family_name']}"
    return Task(
        kind, persona, _typed(kind, child, persona), name, "" if kind in DEAD_ENDS else number
    )


def _numbered(place: int) -> dict[str, Any]:
    """Return a child of numbers that none of the bench's many others has."""
    n = FIRST_NUMBER + place
    return a_child(nhs_number=nhs_number(n), upn=upn(n), case_number=f"TASK{place:03d}")


def _twin(child: dict[str, Any], place: int) -> dict[str, Any]:
    """Return another child of the same family name and day, as twins are."""
    other = _numbered(place + len(KINDS) * 10)
    name = {**other["name"], "family_name": child["name"]["family_name"]}
    return {**other, "name": name, "date_of_birth": child["date_of_birth"]}


async def _created(asking: Asking, child: dict[str, Any]) -> str:
    worker = asking.persona("social_worker", "safeguard", "new_referral")
    answer = await worker.post("/v1/children", child)
    expect(answer.status == 201, "a child recorded", answer.status, answer.body)
    return str(answer.body["id"])


async def _begun(asking: Asking, child_id: str, who: str, number: str) -> None:
    said = contact()
    said["team"]["phone"] = number
    body = involvement(contact=said)
    if who == "therapist":
        body = involvement("mental_health", contact=said, consent=True)
    speaker = asking.persona(who, "safeguard", "contact_practitioner")
    answer = await speaker.post(f"/v1/children/{child_id}/involvements", body)
    expect(answer.status == 201, "an involvement recorded", answer.status, answer.body)


async def _shielded(asking: Asking, child_id: str) -> None:
    said = {"ground": "domestic_abuse", "asked_by": "practitioner", "review": day(-90)}
    manager = asking.persona("manager", "keep_index", "shielding")
    answer = await manager.post(f"/v1/children/{child_id}/shield", said)
    expect(answer.status == 201, "a shield", answer.status, answer.body)


def _typed(kind: str, child: dict[str, Any], persona: str) -> dict[str, str]:
    """Return what is typed into which field."""
    if kind == "number":
        return {"number": child[NUMBERS[persona]]}
    year, month, born = child["date_of_birth"].split("-")
    typed = dict(child["name"])
    if kind == "name misheard":
        typed["family_name"] = f"{typed['family_name']}e"
    if kind == "one of several":
        del typed["given_name"]
    if kind == "name, age and postcode":
        age = int(day()[:4]) - int(year)
        return {**typed, "age": str(age), "postcode": child["address"]["postcode"]}
    return {**typed, "born": born, "born-month": month, "born-year": year}
