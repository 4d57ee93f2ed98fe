"""Subscriptions: told to ask again by a reference of one's own, and by nothing that betrays."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from consent.agreement import default_document
from demo.authority import roomy
from index_service.services.looking_again import LookingAgain
from tests.stories.asking import NO_WHY, SHIELDING, Answer, Ask, not_shown, refused
from tests.stories.consent_said import aged, agree, recorded, said, tell, withdraw
from tests.stories.later import asking_at, on
from tests.stories.made import Stated, a_child, day
from tests.stories.subscribing import (
    SUBSCRIPTIONS,
    Days,
    end,
    looking,
    noticed,
    own,
    subscribe,
    subscribed,
)

WORKER, OTHER = "social_worker", "health_visitor"


@pytest.fixture(scope="module")
def days(ask: Ask) -> Days:
    """Days that go by in this module's index."""
    return Days(ask.served)


async def worked_with(ask: Ask, **differs: Any) -> str:
    """Return a child somebody of social care works with."""
    child_id = await ask.create(a_child(**differs))
    await ask.begin(WORKER, child_id)
    return child_id


async def lifted(ask: Ask, child_id: str, shield_id: str) -> None:
    """Lift a shield."""
    body = {"shield_id": shield_id}
    path = f"/v1/children/{child_id}/shield/lift"
    answer = await ask("manager", "POST", path, body, why=SHIELDING)
    assert answer.status_code == 204, answer.text


def plain(answer: Answer, subscription_id: str) -> Stated:
    """Return what is shown of one subscription, its id apart."""
    (shown,) = [e for e in answer.json()["subscriptions"] if e["id"] == subscription_id]
    return {**shown, "id": ""}


async def test_whoever_works_with_a_child_is_told_to_ask_again_and_no_more(
    ask: Ask, days: Days
) -> None:
    child_id = await worked_with(ask)
    made = await subscribed(ask, WORKER, child_id)
    await days.looked()
    assert not await noticed(ask, WORKER, made)
    await ask.begin(OTHER, child_id, service="health_visiting")
    await days.looked()
    shown = (await own(ask, WORKER))[made]
    assert shown["ask_again"] is not None
    assert shown.keys() == {"id", "reference", "authority", "until", "ask_again"}
    assert child_id not in str(shown)
    day_of_it = shown["ask_again"]
    await days.looked()
    assert (await own(ask, WORKER))[made]["ask_again"] == day_of_it


async def test_that_an_entry_still_holds_is_no_news_and_that_it_ceased_is(
    ask: Ask, days: Days
) -> None:
    child_id = await ask.create(a_child())
    entry = await ask.begin(WORKER, child_id)
    other = await ask.begin(WORKER, child_id, service="early_help")
    made = await subscribed(ask, WORKER, child_id)
    await days.looked()
    path = f"/v1/involvements/{entry}"
    before = await ask.shown(WORKER, child_id)
    async with asking_at(ask, on(days=1)) as later:
        assert (await later(WORKER, "POST", f"{path}/confirm")).status_code == 204
    assert await ask.shown(WORKER, child_id) != before
    await days.looked()
    assert not await noticed(ask, WORKER, made)
    ceased = await ask(WORKER, "POST", f"/v1/involvements/{other}/cease", {})
    assert ceased.status_code == 204
    await days.looked()
    assert await noticed(ask, WORKER, made)


async def test_subscribing_says_the_same_whoever_the_child_is(ask: Ask) -> None:
    """And leaves as many rows; a shielded, a strange and no child at all are alike."""
    shielded = await worked_with(ask)
    await ask.shield(shielded, review=day(-90))
    counts = []
    for child_id in (await worked_with(ask), shielded, str(uuid4())):
        before = await _rows(ask)
        answer = await subscribe(ask, WORKER, child_id)
        assert answer.status_code == 201
        assert answer.json().keys() == {"id"}
        assert answer.headers["location"] == SUBSCRIPTIONS
        after = await _rows(ask)
        counts.append([now - then for now, then in zip(after, before, strict=True)])
    assert counts[0] == counts[1] == counts[2]


async def _rows(ask: Ask) -> list[int]:
    tables = ("matter", "work_token", "access_entry", "access_subject", "case_row", "child")
    sql = " union all ".join(f"select count(*) as n from {each}" for each in tables)
    return [row["n"] for row in await ask.served.rows(sql)]


async def test_a_shield_set_after_subscribing_is_silent_for_ever(ask: Ask, days: Days) -> None:
    """The same bytes as of nobody, and as many rows of every look; lifted, only what is new."""
    child_id = await worked_with(ask)
    real, nobody = (
        await subscribed(ask, WORKER, child_id),
        await subscribed(ask, WORKER, str(uuid4())),
    )
    await days.looked()
    shield_id = await ask.shield(child_id, review=day(-90))
    await ask.begin(OTHER, child_id, service="health_visiting")
    await ask.begin(WORKER, child_id, service="early_help")  # its own it is shown, and not told of
    before = await _rows(ask)
    await days.looked()
    await days.looked()
    answer = await ask(WORKER, "GET", SUBSCRIPTIONS, why=NO_WHY)
    assert plain(answer, real) == plain(answer, nobody)
    sizes = await ask.served.rows("select distinct length(sealed) as size from matter")
    assert len(sizes) == 1
    entries = [e for e in await ask.served.entries() if e["route"] == "job"]
    per_look = len(await own(ask, WORKER))
    assert len(entries[-2 * per_look :]) == 2 * per_look
    after = await _rows(ask)
    assert [now - then for now, then in zip(after[:2], before[:2], strict=True)] == [0, 0]
    await lifted(ask, child_id, shield_id)
    await days.looked()
    assert await noticed(ask, WORKER, real)  # the involvement is shown to everybody now
    assert not await noticed(ask, WORKER, nobody)


async def test_a_shield_that_comes_and_goes_is_no_news(ask: Ask, days: Days) -> None:
    child_id = await worked_with(ask)
    made = await subscribed(ask, WORKER, child_id)
    await days.looked()
    shield_id = await ask.shield(child_id, review=day(-90))
    await days.looked()
    await lifted(ask, child_id, shield_id)
    await days.looked()
    assert not await noticed(ask, WORKER, made)


async def test_what_is_not_shown_to_the_subscriber_raises_nothing(ask: Ask, days: Days) -> None:
    """A sensitive entry, its consent, its withdrawal: to a kind that is told nothing of it."""
    await tell(ask.served, "health_visiting")
    child_id = await ask.create(aged(14))
    for who, service in ((WORKER, "social_care"), (OTHER, "health_visiting")):
        await ask.begin(who, child_id, service=service)
    told = await subscribed(ask, OTHER, child_id)
    untold = await subscribed(ask, WORKER, child_id)
    await days.looked()
    await ask.begin("therapist", child_id, service="mental_health", consent=True)
    consent_id = await recorded(ask, "therapist", child_id, said())
    await days.looked()
    assert await noticed(ask, OTHER, told)  # inside what it may know
    assert not await noticed(ask, WORKER, untold)
    day_told = (await own(ask, OTHER))[told]["ask_again"]
    assert (await withdraw(ask, "therapist", consent_id)).status_code == 204
    await days.looked()
    await days.looked()
    assert not await noticed(ask, WORKER, untold)
    assert (await own(ask, OTHER))[told]["ask_again"] == day_told


async def test_without_an_involvement_of_ones_own_nothing_comes_unless_agreed(
    ask: Ask, days: Days
) -> None:
    child_id = await worked_with(ask)
    made = await subscribed(ask, "police_desk", child_id)
    await days.looked()
    await ask.begin(OTHER, child_id, service="health_visiting")
    await days.looked()
    assert not await noticed(ask, "police_desk", made)
    document: Any = default_document()
    document["subscriptions"] = {
        "instrument": {"title": "Decision of the parties", "dated": "2026-05-01"},
        "without_involvement": ["police"],
        "across": [],
    }
    await agree(ask.served, roomy(document))
    await days.looked()
    await ask.begin("teacher", child_id, service="school")
    await days.looked()
    assert await noticed(ask, "police_desk", made)
    await tell(ask.served)


async def test_it_goes_with_the_involvement(ask: Ask, days: Days) -> None:
    child_id = await ask.create(a_child())
    entry = await ask.begin("teacher", child_id, service="school")
    made = await subscribed(ask, "teacher", child_id)
    await days.looked()
    answer = await ask("teacher", "POST", f"/v1/involvements/{entry}/cease", {})
    assert answer.status_code in (200, 204), answer.text
    await ask.begin(OTHER, child_id, service="health_visiting")
    await days.looked()
    assert not await noticed(ask, "teacher", made)


async def test_each_look_is_an_entry_of_its_own(ask: Ask, days: Days) -> None:
    """A look at nobody's child is one as well, and so is a look that said nothing."""
    child_id, nobody = await worked_with(ask), str(uuid4())
    for each in (child_id, nobody):
        await subscribed(ask, WORKER, each, reference="LOOK/77")
    await days.looked()
    await ask.begin(OTHER, child_id, service="health_visiting")
    await days.looked()
    entries = [
        (entry["outcome"], entry["code"], len(entry["subjects"]))
        for entry in await ask.served.entries()
        if entry["action"] == "subscribe" and entry["reference"] == "LOOK/77"
        if entry["route"] == "job"
    ]
    assert sorted(entries) == [("nothing", "looked", 1)] * 3 + [("shown", "noticed", 1)]
    traces = await ask.served.who_looked(child_id)
    assert [trace.shown for trace in traces].count(True) >= 1
    assert not any(trace.shown for trace in await ask.served.who_looked(nobody))


async def test_it_is_looked_at_once_a_day(ask: Ask, days: Days) -> None:
    await subscribed(ask, WORKER, str(uuid4()), reference="ONCE/77")

    async def looks() -> int:
        return sum(
            entry["route"] == "job" and entry["reference"] == "ONCE/77"
            for entry in await ask.served.entries()
        )

    await days.looked()
    assert await looks() == 1
    await days.again()
    assert await looks() == 1
    await days.looked()
    assert await looks() == 2


async def test_whoever_may_not_ask_is_told_nothing(ask: Ask, days: Days) -> None:
    """Suspended since: nothing is raised, nothing is listed; released, what is shown then."""
    child_id = await worked_with(ask)
    made = await subscribed(ask, "colleague", child_id)
    await days.looked()
    account = ask.issuer.personas["colleague"].account.id
    path = f"/v1/accounts/{account}"
    answer = await ask("manager", "PATCH", path, {"state": "suspended"}, why=NO_WHY)
    assert answer.status_code in (200, 204), answer.text
    refused(await ask("colleague", "GET", SUBSCRIPTIONS, why=NO_WHY), 403, "account_suspended")
    await ask.begin(OTHER, child_id, service="health_visiting")
    await days.looked()
    entries = [e for e in await ask.served.entries() if e["account"] == str(account)]
    assert entries[-1]["outcome"] == "nothing"
    assert "asker_not_allowed" in entries[-1]["rules"]
    answer = await ask("manager", "PATCH", path, {"state": "active"}, why=NO_WHY)
    assert not await noticed(ask, "colleague", made)
    await days.looked()
    assert await noticed(ask, "colleague", made)


@pytest.mark.parametrize("who", ["schools_feed", "auditor", "case_system", "manager"])
async def test_only_practitioners_subscribe(ask: Ask, who: str) -> None:
    refused(await subscribe(ask, who, str(uuid4())), 403, "role_not_allowed")


async def test_who_has_lapsed_or_states_nothing_subscribes_to_nobody(ask: Ask) -> None:
    refused(await subscribe(ask, "lapsed_nurse", str(uuid4())), 403, "check_lapsed")
    refused(await subscribe(ask, WORKER, str(uuid4()), why=NO_WHY), 400, "purpose_missing")
    refused(await subscribe(ask, None, str(uuid4())), 401, "not_authenticated")  # type: ignore[arg-type]  # nobody


@pytest.mark.parametrize("reference", ["999-000-0018", "9990000018", "C999000000001"])
async def test_a_reference_is_no_number_of_a_child(ask: Ask, reference: str) -> None:
    answer = await subscribe(ask, WORKER, str(uuid4()), reference=reference)
    refused(answer, 400, "reference_invalid")


@pytest.mark.parametrize("reference", ["ab", "Tom Vale", "A" * 25, "", 7])
async def test_a_reference_holds_no_note(ask: Ask, reference: object) -> None:
    answer = await subscribe(ask, WORKER, str(uuid4()), reference=reference)
    assert answer.status_code in (400, 422)


async def test_an_authority_nobody_knows_is_refused_plainly(ask: Ask) -> None:
    refused(await subscribe(ask, WORKER, str(uuid4()), authority="nowhere"), 422, "field_invalid")


async def test_ended_by_its_owner_it_is_gone_and_to_others_it_never_was(
    ask: Ask, days: Days
) -> None:
    child_id = await worked_with(ask)
    made = await subscribed(ask, WORKER, child_id)
    not_shown(await end(ask, OTHER, made))
    not_shown(await end(ask, WORKER, str(uuid4())))
    assert (await end(ask, WORKER, made)).status_code == 204
    assert made not in await own(ask, WORKER)
    refused(await end(ask, WORKER, made), 409, "ended_already")
    await days.looked()
    await ask.begin(OTHER, child_id, service="health_visiting")
    await days.looked()
    assert made not in await own(ask, WORKER)


async def test_sent_twice_it_is_one_subscription(ask: Ask) -> None:
    body = {"child_id": str(uuid4()), "reference": "TWICE/1"}
    headers = {"Idempotency-Key": "made-up-key-subscribed-twice"}
    ids = set()
    for _ in range(2):
        answer = await ask(WORKER, "POST", SUBSCRIPTIONS, body, headers=headers)
        ids.add(answer.json()["id"])
    assert len(ids) == 1
    assert sum(e["reference"] == "TWICE/1" for e in (await own(ask, WORKER)).values()) == 1


async def test_one_account_has_only_so_many(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index_service.services.subscribing.ACCOUNT_MAX", 2)
    first = await subscribed(ask, "emergency_nurse", str(uuid4()))
    await subscribed(ask, "emergency_nurse", str(uuid4()))
    refused(await subscribe(ask, "emergency_nurse", str(uuid4())), 403, "subscriptions_full")
    assert (await end(ask, "emergency_nurse", first)).status_code == 204
    await subscribed(ask, "emergency_nurse", str(uuid4()))


async def test_after_a_year_it_is_over(ask: Ask) -> None:
    made = await subscribed(ask, "housing_officer", str(uuid4()))
    async with asking_at(ask, on(days=364)) as later:
        assert made in await own(later, "housing_officer")
    async with asking_at(ask, on(days=367)) as later:
        assert made not in await own(later, "housing_officer")
    before = await ask.served.rows("select count(*) as n from work_token")
    async with looking(ask.served, 367) as index:
        await LookingAgain(index, index.feed, None).run(asyncio.Event())
    after = await ask.served.rows("select count(*) as n from work_token")
    assert after[0]["n"] < before[0]["n"]
