"""Practitioners behind accounts, as the team adds them, and what stands on a caseload."""

from dataclasses import replace
from uuid import UUID

from index_service.log.entry import AccessEntry, Outcome
from index_service.services.directory_rows import seal_account
from index_service.store.work import work_on
from tests.stories.asking import CARE, KEEP, Answer, Ask, Why
from tests.stories.made import Stated, contact, key

OWN, CASELOAD, DOUBTFUL = "/v1/me/involvements", "/v1/caseload", "/v1/doubtful-contacts"
HAND_OVERS = f"{CASELOAD}/hand-overs"


def why_of(who: str) -> Why:
    """Return what somebody states: the team keeps the index."""
    return KEEP if "manager" in who or who.startswith("team") else CARE


async def practitioner(ask: Ask, agency_of: str, name: str, **differs: object) -> str:
    """Let the team add a practitioner of somebody's agency; return their id."""
    said = {
        "agency_id": str(ask.issuer.personas[agency_of].agency.id),
        "name": name,
        "team": contact()["team"],
        "phone": "+441632960777",
        **differs,
    }
    headers = {"Idempotency-Key": key()}
    answer = await ask("manager", "POST", "/v1/practitioners", said, headers=headers)
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["id"]
    return made


async def practising(ask: Ask, who: str, name: str) -> str:
    """Add a practitioner and let somebody's account be theirs; return their id."""
    who_id, index = await practitioner(ask, who, name), ask.served.index
    account = replace(ask.issuer.personas[who].account, practitioner_id=UUID(who_id))
    async with work_on(index.api, index.csa, index.log) as work:
        await work.directory.replace_account(account.id, seal_account(index.keyring, account))
        stamp = index.log.stamp()
        entry = AccessEntry(*stamp, action="change", route="tests", outcome=Outcome.RECORDED)
        await work.commit(index.log.prepare(entry))
    return who_id


async def page_of(ask: Ask, who: str, path: str) -> Stated:
    """Return one page."""
    answer = await ask(who, "GET", path, why=why_of(who))
    assert answer.status_code == 200, answer.text
    shown: Stated = answer.json()
    return shown


async def rows_on(ask: Ask, who: str, path: str, name: str = "involvements") -> list[Stated]:
    """Return the rows of every page; none may come twice."""
    found: list[Stated] = []
    more, joined = path, "&" if "?" in path else "?"
    while more:
        page = await page_of(ask, who, more)
        found += page[name]
        more = page["next"] and f"{path}{joined}cursor={page['next']}"
    ids = [each["involvement"]["involvement_id"] for each in found]
    assert len(set(ids)) == len(ids)
    return found


async def ids_on(ask: Ask, who: str, path: str, name: str = "involvements") -> list[str]:
    """Return which involvements stand there, in order."""
    rows = await rows_on(ask, who, path, name)
    return [each["involvement"]["involvement_id"] for each in rows]


async def handed(ask: Ask, who: str, said: Stated, *, once: dict[str, str] | None = None) -> Answer:
    """Hand a caseload over."""
    headers = once or {"Idempotency-Key": key()}
    return await ask(who, "POST", HAND_OVERS, said, why=why_of(who), headers=headers)
