"""How auditors ask in the stories: for a case, between two times, page by page."""

from typing import Any
from uuid import UUID

from tests.stories.asking import Answer, Ask
from tests.stories.made import Stated, key

CASE = "AUD/2026-17"
SEARCHES, EXPORTS = "/v1/log/searches", "/v1/log/exports"
BREACHES, SAMPLES, PANELS = "/v1/log/breaches", "/v1/log/samples", "/v1/panels"


def lately(ask: Ask) -> Stated:
    """Return the time from an hour ago until in a minute."""
    now_s = int(ask.served.index.clock.now().timestamp())
    return {"since": now_s - 3600, "until": now_s + 60}


async def inspect(
    ask: Ask, path: str, body: object = None, *, who: str = "auditor", case: str | None = CASE
) -> Answer:
    """Ask as an auditor, for a case."""
    headers = {"Access-Reference": case} if case else {}
    if path == PANELS:
        headers["Idempotency-Key"] = key()
    return await ask(who, "GET" if body is None else "POST", path, body, headers=headers)


async def searched(ask: Ask, **sought: Any) -> Stated:
    """Return one page of a search."""
    answer = await inspect(ask, SEARCHES, {**lately(ask), **sought})
    assert answer.status_code == 200, answer.text
    page: Stated = answer.json()
    return page


async def every(ask: Ask, **sought: Any) -> list[Stated]:
    """Return every entry a search finds, all pages; none may come twice."""
    sought = {**lately(ask), **sought}
    found: list[Stated] = []
    while True:
        page = await searched(ask, **sought)
        found += page["entries"]
        sought["cursor"] = page["next"]
        if page["next"] is None:
            break
    ids = [each["entry_id"] for each in found]
    assert len(set(ids)) == len(ids)
    return found


def account_of(ask: Ask, who: str) -> str:
    """Return the id of somebody's account."""
    return str(ask.issuer.personas[who].account.id)


async def looks_at(ask: Ask, looked_into: str) -> list[Stated]:
    """Return the auditors' own entries about a child or an account."""
    traces = {str(trace.entry_id) for trace in await ask.served.who_looked(looked_into)}
    return [each for each in await ask.served.entries() if each["entry_id"] in traces]


def reference_of(ask: Ask, child_id: str) -> str:
    """Return a child's reference this year."""
    keyring = ask.served.index.keyring
    return keyring.log_keys(keyring.log_years()[-1]).subject_ref(UUID(child_id)).hex()
