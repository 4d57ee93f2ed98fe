"""How the team tells a family who looked: the request as found, and its report a month later."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.stories.asking import NO_WHY, Answer, Ask
from tests.stories.later import asking_at, on
from tests.stories.made import Stated, day, key

REQUESTS = "/v1/who-looked-requests"
MONTH_LATER = {"days": 40}
_DAYS_ON = -40
CHILD: Stated = {
    "asked_by": "child",
    "identity": "known_to_agency",
    "right": "own_record",
    "orders": "none",
    "competence": "sufficient",
    "judged_by": "social_worker",
    "judged_on": day(2),
    "wish": "agrees",
    "harm": "none",
}
PARENT: Stated = {
    **CHILD,
    "asked_by": "parent",
    "identity": "documents_seen",
    "right": "birth_certificate",
    "competence": "insufficient",
}


@asynccontextmanager
async def a_month_later(ask: Ask) -> AsyncIterator[Ask]:
    """Ask once this month is over."""
    async with asking_at(ask, on(**MONTH_LATER)) as later:
        yield later


def of_then(found: Stated) -> Stated:
    """Return what was found, the child's understanding judged a month later."""
    return {**found, "judged_on": day(_DAYS_ON)}


async def asked(
    ask: Ask, child_id: str, found: Stated, who: str = "manager", **more: Any
) -> Answer:
    """Record a request to be told who looked."""
    path = f"/v1/children/{child_id}/who-looked-requests"
    headers = {"Idempotency-Key": key(), **more}
    return await ask(who, "POST", path, found, why=NO_WHY, headers=headers)


async def release(
    ask: Ask, request_id: str, who: str = "manager", sent_as: str | None = None
) -> Answer:
    """Release a report; under a key of its own unless told."""
    headers = {"Idempotency-Key": sent_as or key()}
    path = f"{REQUESTS}/{request_id}/release"
    return await ask(who, "POST", path, why=NO_WHY, headers=headers)


async def refuse(ask: Ask, request_id: str, who: str = "manager") -> Answer:
    """Refuse a request that waits."""
    said = {"reason": "harm_possible"}
    return await ask(who, "POST", f"{REQUESTS}/{request_id}/refuse", said, why=NO_WHY)


async def waits(ask: Ask, child_id: str, found: Stated) -> str:
    """Record a request that is in order and return its id."""
    answer = await asked(ask, child_id, found)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["state"], made["refusals"]) == ("waiting", [])
    request_id: str = made["id"]
    return request_id


async def reported(
    ask: Ask, child_id: str, found: Stated = CHILD, who: str = "second_manager"
) -> Answer:
    """Return the report of a month later, released by a second person unless told."""
    async with a_month_later(ask) as later:
        request_id = await waits(later, child_id, of_then(found))
        answer = await release(later, request_id, who)
    ask.answers += later.answers
    assert answer.status_code == 200, answer.text
    return answer


async def told(
    ask: Ask, child_id: str, found: Stated = CHILD, who: str = "second_manager"
) -> list[Stated]:
    """Return the lines of the report of a month later."""
    lines: list[Stated] = (await reported(ask, child_id, found, who)).json()["looks"]
    return lines


def kinds(lines: list[Stated]) -> list[str]:
    """Return which kinds of agency lines tell of."""
    return sorted(line["agency_kind"] for line in lines)
