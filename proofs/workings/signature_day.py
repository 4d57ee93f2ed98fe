"""A day at an authority: ordinary case traffic, and some shields among it, in any order."""

import json
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from index_service.domain.clock import SystemClock
from proofs.workings.crowd import nhs_number, upn
from proofs.workings.population import Person
from proofs.workings.shield_index import Tried

CONTACT = {"team": {"name": "Northmere North Team", "phone": "+441632960155"}}
BEGINS = (
    ("social_worker", "social_care"),
    ("health_visitor", "health_visiting"),
    ("teacher", "school"),
    ("police_desk", "police"),
)
LINES_A_BATCH = 10
_Deed = Callable[[], Awaitable[None]]


class DayWrong(Exception):  # noqa: N818 (what became of a day, not an error of ours)
    """A request of the day was not answered as it must be, so the day shows nothing."""


@dataclass(frozen=True, slots=True)
class Day:
    """Which children are shielded on a day, and which are worked with."""

    shielded: Sequence[UUID]
    worked_with: Sequence[UUID]
    number: int


async def lived(
    tried: Tried,
    people: dict[UUID, Person],
    day: Day,
    chance: random.Random,
    after_each: Callable[[UUID], Awaitable[None]] | None = None,
) -> None:
    """Do everything of a day, one thing after another, in an order drawn by lot."""
    works = _Works(tried, people, chance, SystemClock().today(), day.number)
    deeds: list[_Deed] = [works.shielding(child_id, after_each) for child_id in day.shielded]
    supplied = list(day.worked_with[: len(day.worked_with) // 10])
    deeds += [works.working_with(child_id) for child_id in day.worked_with[len(supplied) :]]
    for start in range(0, len(supplied), LINES_A_BATCH):
        deeds.append(works.supplying(supplied[start : start + LINES_A_BATCH]))
    chance.shuffle(deeds)
    for deed in deeds:
        await deed()


@dataclass(slots=True)
class _Works:
    tried: Tried
    people: dict[UUID, Person]
    chance: random.Random
    today: date
    number: int

    def shielding(
        self, child_id: UUID, after_each: Callable[[UUID], Awaitable[None]] | None
    ) -> _Deed:
        async def deed() -> None:
            review = str(self.today + timedelta(days=self.chance.randrange(30, 300)))
            said = {"ground": "named_threat", "asked_by": "practitioner", "review": review}
            await self._ask("manager", "POST", f"/v1/children/{child_id}/shield", said)
            if after_each is not None:
                await after_each(child_id)

        return deed

    def working_with(self, child_id: UUID) -> _Deed:
        async def deed() -> None:
            if self.chance.random() < 0.15:
                await self._amend(child_id)
                return
            who, service = self.chance.choice(BEGINS)
            began = str(self.today - timedelta(days=self.chance.randrange(100)))
            said = {"service": service, "contact": CONTACT, "began": began}
            path = f"/v1/children/{child_id}/involvements"
            seen = await self.tried.ask(who, "POST", path, said)
            if seen.status == 404:
                return  # a line of this day came to resemble a shielded child: it waits, unseen
            if seen.status != 201:
                raise DayWrong(f"an involvement was answered {seen.status}")
            if self.chance.random() < 0.2:
                made = json.loads(seen.body)["id"]
                await self._ask(who, "POST", f"/v1/involvements/{made}/confirm")

        return deed

    def supplying(self, some: Sequence[UUID]) -> _Deed:
        async def deed() -> None:
            lines = [self._line(child_id) for child_id in some]
            seen = await self.tried.supply("child-health", lines)
            if seen.status != 200 or json.loads(seen.body)["accepted"] != len(lines):
                raise DayWrong(f"a batch was answered {seen.status}")

        return deed

    async def _amend(self, child_id: UUID) -> None:
        path = f"/v1/children/{child_id}"
        read = await self.tried.ask("social_worker", "GET", path)
        if read.status == 404:
            return
        etag = dict(read.headers)["etag"]
        person = self.people[child_id]
        house = str(self.chance.randrange(1, 120))
        said = {"address": {**_address(person), "house": house}}
        await self._ask("social_worker", "PATCH", path, said, If_Match=etag)

    def _line(self, child_id: UUID) -> dict[str, Any]:
        person = self.people[child_id]
        return {
            "kind": "child",
            "reference": f"S{self.number}-{person.serial}",
            "as_of": str(self.today),
            "child": _stated(person),
        }

    async def _ask(self, who: str, method: str, path: str, body: object = None, **more: str) -> Any:
        seen = await self.tried.ask(who, method, path, body, **more)
        if seen.status >= 300:
            raise DayWrong(f"{method} of a {path.rpartition('/')[2][:12]}: {seen.status}")
        return seen


def _address(person: Person) -> dict[str, str]:
    return {
        "kind": "current",
        "house": person.house,
        "street": "Mill Lane",
        "town": "Northmere",
        "postcode": person.postcode,
    }


def _stated(person: Person) -> dict[str, Any]:
    stated: dict[str, Any] = {
        "name": {"given_name": person.given, "family_name": person.family},
        "date_of_birth": person.born.isoformat(),
        "gender": "female",
        "upn": upn(person.serial),
        "address": _address(person),
    }
    number = nhs_number(person.serial)
    return stated | ({"nhs_number": number} if number else {})
