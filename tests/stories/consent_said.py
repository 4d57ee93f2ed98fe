"""How the stories record consent, and see what others learn by it."""

from datetime import date, timedelta
from itertools import count
from typing import Any

from consent.agreement import default_document
from demo.authority import roomy
from index_service.log.entry import AccessEntry, Outcome
from index_service.services.views import seal_agreement
from index_service.store.work import work_on
from tests.authority import Served
from tests.stories.asking import Answer, Ask
from tests.stories.made import TODAY, Stated, a_child, day, key

ENTRY = {"given_for": "sensitive_entry", "service": "mental_health"}
CHILD = {"giver": "child", "understanding": "sufficient"}
PARENT = {"giver": "parental_responsibility", "understanding": "insufficient"}
_births = count()


def once() -> dict[str, str]:
    """Return the header of a request that is sent once."""
    return {"Idempotency-Key": key()}


def aged(years: int, **differs: Any) -> Stated:
    """Return the facts of a child of this age, no two born on the same day for long."""
    born = date(TODAY.year - years, TODAY.month, 1) - timedelta(days=next(_births) % 300)
    return a_child(date_of_birth=born.isoformat(), **differs)


def said(state: str = "given", **differs: Any) -> Stated:
    """Return the statement of a child who understands, about a sensitive entry."""
    return {**ENTRY, **CHILD, "state": state, **differs}


def about(child_id: str, what: str = "consents") -> str:
    """Return the path under which something is recorded of a child."""
    return f"/v1/children/{child_id}/{what}"


async def record(ask: Ask, who: str, child_id: str, body: Stated) -> Answer:
    """Record consent given or refused."""
    return await ask(who, "POST", about(child_id), body, headers=once())


async def recorded(ask: Ask, who: str, child_id: str, body: Stated) -> str:
    """Record consent given or refused, and return its id."""
    answer = await record(ask, who, child_id, body)
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["id"]
    return made


async def withdraw(ask: Ask, who: str, consent_id: str, body: Stated | None = None) -> Answer:
    """Withdraw a consent: the child, who understands, unless told otherwise."""
    return await ask(who, "POST", f"/v1/consents/{consent_id}/withdraw", body or CHILD)


async def renew(ask: Ask, who: str, consent_id: str, body: Stated | None = None) -> Answer:
    """Renew a consent: the child, who understands, unless told otherwise."""
    return await ask(who, "POST", f"/v1/consents/{consent_id}/renew", body or CHILD)


async def read(ask: Ask, who: str, child_id: str) -> Stated:
    """Read what was recorded of consent."""
    answer = await ask(who, "GET", about(child_id))
    assert answer.status_code == 200, answer.text
    shown: Stated = answer.json()
    return shown


async def brokered(ask: Ask, who: str, child_id: str) -> bool:
    """Return whether somebody is told that contact with some service can be brokered."""
    return (await ask.shown(who, child_id)).get("contact_can_be_brokered") is True


def harm(**differs: Any) -> Stated:
    """Return a decision that a sensitive entry is made for significant harm."""
    stated = {"reason": "is_likely_to_suffer", "decided_on": day(2), "review": day(-60)}
    return {**stated, **differs}


async def tell(served: Served, *kinds: str, caf: str = "not_refused") -> None:
    """Bring an agreement into force by which these kinds learn that contact can be brokered."""
    document: Any = default_document()
    document["sensitive"]["brokered_told_to"] = list(kinds)
    document["caf"]["consent"] = caf
    await agree(served, roomy(document))


async def agree(served: Served, document: Any) -> None:
    """Bring an agreement into force, whatever it widens."""
    index = served.index
    (row,) = await served.rows("select max(version) as newest from agreement")
    version = row["newest"] + 1
    async with work_on(index.api, index.csa, index.log) as work:
        sealed = seal_agreement(index.keyring, version, document)
        await work.directory.add_agreement(version, sealed)
        await work.directory.changed()
        stamp = index.log.stamp()
        entry = AccessEntry(*stamp, action="found", route="tests", outcome=Outcome.RECORDED)
        await work.commit(index.log.prepare(entry))
