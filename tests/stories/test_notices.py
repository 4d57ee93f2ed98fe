"""Notices and alerts: what an agency is told later, what the team looks into and concludes."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from index_service.domain.clock import london_day
from index_service.domain.matter import Matter, MatterKind, MatterState
from index_service.log.entry import AccessEntry, Outcome
from index_service.services.matters import ALERTS, of_agency, open_matter
from index_service.store.work import work_on
from tests.stories.asking import KEEP, NO_WHY, Ask, not_shown, refused
from tests.stories.made import Stated, day
from tests.stories.test_silence import outward

NOTICES, ALERTED = "/v1/notices", "/v1/alerts"


async def told(ask: Ask, lists: tuple[str, ...], **differs: Any) -> str:
    """Write a matter as those do who tell of something; return its id."""
    index = ask.served.index
    now_s = int(index.clock.now().timestamp())
    facts: dict[str, Any] = {
        "kind": MatterKind.ALERT,
        "state": MatterState.WAITING,
        "opened_s": now_s,
        "child_id": uuid4(),
        "details": {"what": "tripwire", "since": day(2)},
        **differs,
    }
    matter = Matter(uuid4(), **facts)
    async with work_on(index.api, index.csa, index.log) as work:
        await open_matter(index, work, matter, lists)
        stamp = index.log.stamp()
        entry = AccessEntry(*stamp, action="tell", route="tests", outcome=Outcome.RECORDED)
        await work.commit(index.log.prepare(entry))
    return str(matter.id)


async def alerts(ask: Ask, who: str = "manager") -> dict[str, Stated]:
    """Return every alert the team has, by id, in the order shown."""
    found: dict[str, Stated] = {}
    cursor = ""
    while True:
        answer = await ask(who, "GET", ALERTED + cursor, why=NO_WHY)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert found.keys().isdisjoint(each["id"] for each in page["alerts"])
        found |= {each["id"]: each for each in page["alerts"]}
        if not page["next"]:
            return found
        cursor = f"?cursor={page['next']}"


async def concluded(
    ask: Ask, alert_id: str, outcome: str = "explained", who: str = "manager"
) -> Any:
    """Conclude an alert."""
    path = f"{ALERTED}/{alert_id}/conclude"
    return await ask(who, "POST", path, {"outcome": outcome}, why=NO_WHY)


def agency(ask: Ask, who: str) -> str:
    """Return somebody's agency's id."""
    return str(ask.issuer.personas[who].agency.id)


# Whoever may not


@pytest.mark.parametrize("path", [NOTICES, ALERTED])
async def test_without_a_token_nothing_is_shown(ask: Ask, path: str) -> None:
    refused(await ask(None, "GET", path), 401, "not_authenticated")


@pytest.mark.parametrize("who", ["schools_feed", "auditor"])
async def test_roles_nobody_tells_anything_read_no_notices(ask: Ask, who: str) -> None:
    refused(await ask(who, "GET", NOTICES, why=NO_WHY), 403, "role_not_allowed")


@pytest.mark.parametrize("who", ["social_worker", "teacher", "auditor", "case_system"])
async def test_alerts_are_the_teams(ask: Ask, who: str) -> None:
    alert_id = await told(ask, (ALERTS,))
    refused(await ask(who, "GET", ALERTED, why=NO_WHY), 403, "role_not_allowed")
    refused(await concluded(ask, alert_id, who=who), 403, "role_not_allowed")


@pytest.mark.parametrize("path", [NOTICES, ALERTED])
async def test_a_suspended_account_is_shown_nothing(ask: Ask, path: str) -> None:
    refused(await ask("suspended_manager", "GET", path, why=NO_WHY), 403, "account_suspended")


# Notices


async def test_an_agency_is_told_what_is_for_it_and_nothing_else(ask: Ask) -> None:
    child_id = uuid4()
    lists = (of_agency(agency(ask, "health_visitor")),)
    details = {"what": "consent_withdrawn", "since": day(1)}
    made = await told(ask, lists, kind=MatterKind.NOTICE, child_id=child_id, details=details)
    answer = await ask("health_visitor", "GET", NOTICES, why=NO_WHY)
    (shown,) = [each for each in answer.json()["notices"] if each["id"] == made]
    assert shown == {
        "id": made,
        "what": "consent_withdrawn",
        "since": day(1),
        "child_id": str(child_id),
    }
    assert str(child_id) in {
        str(child_id)
        for trace in await ask.served.who_looked(str(child_id))
        if str(trace.entry_id) == ask.receipt_of(answer) and trace.shown
    }
    other = await ask("teacher", "GET", NOTICES, why=NO_WHY)
    assert made not in {each["id"] for each in other.json()["notices"]}


async def test_the_newest_notice_stands_first_and_pages_go_on(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index_service.services.listed.PAGE_MAX", 2)
    lists = (of_agency(agency(ask, "police_desk")),)
    now_s = int(ask.served.index.clock.now().timestamp())
    made = [
        await told(ask, lists, kind=MatterKind.NOTICE, opened_s=now_s - 60 * n) for n in range(5)
    ]
    found: list[str] = []
    cursor = ""
    while True:
        page = (await ask("police_desk", "GET", NOTICES + cursor, why=NO_WHY)).json()
        assert len(page["notices"]) <= 2
        assert set(found).isdisjoint(each["id"] for each in page["notices"])
        found += [each["id"] for each in page["notices"]]
        if not page["next"]:
            break
        cursor = f"?cursor={page['next']}"
        other = await ask("teacher", "GET", NOTICES + cursor, why=NO_WHY)
        refused(other, 400, "query_invalid")
    assert found == made


# Alerts


async def test_an_alert_is_shown_whatever_told_it(ask: Ask) -> None:
    account, entry_id, child_id, override_id = (uuid4() for _ in range(4))
    now_s = int(ask.served.index.clock.now().timestamp())
    whole = await told(
        ask,
        (ALERTS,),
        due_s=now_s + 600,
        account=str(account),
        child_id=child_id,
        details={
            "what": "override",
            "since": day(1),
            "entry_id": str(entry_id),
            "override_id": str(override_id),
        },
    )
    bare = await told(ask, (ALERTS,), child_id=None, details={})
    found = await alerts(ask)
    assert found[whole] == {
        "id": whole,
        "what": "override",
        "since": day(1),
        "child_id": str(child_id),
        "opened": found[whole]["opened"],
        "due": now_s + 600,
        "account_id": str(account),
        "mediator_account_id": None,
        "entry_id": str(entry_id),
        "matter_id": str(override_id),
        "authority": None,
        "phone": None,
        "reference": None,
        "steps": [],
    }
    today = london_day(datetime.fromtimestamp(now_s, UTC)).isoformat()
    assert (found[bare]["what"], found[bare]["since"]) == ("alert", today)
    nothing = ("child_id", "due", "account_id", "mediator_account_id", "entry_id", "matter_id")
    assert [found[bare][name] for name in nothing] == [None] * len(nothing)
    # What has a clock stands before what has none.
    assert list(found).index(whole) < list(found).index(bare)


async def test_a_concluded_alert_leaves_the_list_and_is_concluded_once(ask: Ask) -> None:
    child_id = uuid4()
    alert_id = await told(ask, (ALERTS,), child_id=child_id)
    answer = await concluded(ask, alert_id, "account_suspended")
    assert answer.status_code == 204
    entry = await ask.entry(answer)
    assert (entry["action"], entry["code"]) == ("investigate", "account_suspended")
    assert entry["account"] == str(ask.issuer.personas["manager"].account.id)
    looked = {str(trace.entry_id) for trace in await ask.served.who_looked(str(child_id))}
    assert entry["entry_id"] in looked
    assert alert_id not in await alerts(ask)
    refused(await concluded(ask, alert_id), 409, "ended_already")


async def test_concluding_takes_nothing_from_the_agency_that_was_told_too(ask: Ask) -> None:
    lists = (of_agency(agency(ask, "health_visitor")), ALERTS)
    both = await told(ask, lists, kind=MatterKind.NOTICE)
    assert (await concluded(ask, both)).status_code == 204
    shown = (await ask("health_visitor", "GET", NOTICES, why=NO_WHY)).json()["notices"]
    assert both in {each["id"] for each in shown}


async def test_what_is_no_alert_is_concluded_as_what_is_not_there(ask: Ask) -> None:
    notice = await told(ask, (of_agency(agency(ask, "teacher")),), kind=MatterKind.NOTICE)
    absent = await concluded(ask, str(uuid4()))
    not_shown(absent)
    assert outward(await concluded(ask, notice)) == outward(absent)
    assert outward(await concluded(ask, str(UUID(int=0)))) == outward(absent)


@pytest.mark.parametrize("said", [{"outcome": "guilty"}, {"outcome": ""}])
async def test_an_alert_is_concluded_in_closed_words(ask: Ask, said: Stated) -> None:
    alert_id = await told(ask, (ALERTS,))
    answer = await ask("manager", "POST", f"{ALERTED}/{alert_id}/conclude", said, why=KEEP)
    refused(answer, 422, "field_invalid")
    assert alert_id in await alerts(ask)
