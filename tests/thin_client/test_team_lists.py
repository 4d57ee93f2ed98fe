"""Lists that are told in pages: nothing on a later page is taken for gone, and deeds are told."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.stories.asking import NO_WHY, Ask
from tests.stories.made import a_child, child_line, day, key, reference
from tests.stories.test_holds import held_by_name
from tests.stories.test_override import override, shielded
from tests.stories.test_shield_request import made as shield_asked
from tests.thin_client.browsing import Forms, text_of
from tests.thin_client.conftest import Line, Signing
from tests.thin_client.test_team_keeping import doing
from thin_client.pages.batches import PAGES_READ_MAX
from thin_client.pages.deciding import among

PAGES = 30
_FACTS = {"family_name": "Barenfen", "given_name": "Osk", "date_of_birth": "2016-05-14"}


@pytest.fixture(autouse=True)
def whole(line: Line) -> Iterator[None]:
    """Every test ends with the line to the index whole."""
    yield
    line.whole()


@dataclass
class _Told:
    body: Any


async def read(cursor: str | None) -> _Told:
    """Tell one page of a long list: three on each."""
    page = int(cursor or 0)
    following = str(page + 1) if page + 1 < PAGES else None
    holds = [{"child_id": f"{page}.{place}"} for place in range(3)]
    return _Told({"holds": holds, "next": following})


async def test_what_waits_on_the_last_of_many_pages_is_not_said_to_wait_no_more() -> None:
    last = f"{PAGES - 1}.2"
    assert await among(read, "holds", "child_id", last) == {"child_id": last}
    assert await among(read, "holds", "child_id", f"{PAGES}.0") is None


async def test_the_list_a_deed_leads_to_says_what_was_done_and_the_next_look_does_not(
    sign_in: Signing, ask: Ask
) -> None:
    child_id, _ = await held_by_name(ask)
    manager = await sign_in("manager")
    path = f"/team/holds/{child_id}"
    said = {"decision": "another_child", "checked_with": "supplier"}
    page = await doing(manager, path, path, **said)
    assert page.url.path == "/team/holds"
    assert "Done The record was released" in text_of(page)
    assert "Done" not in text_of(await manager.get("/team/holds"))


async def test_a_childs_page_says_that_its_shield_was_granted(sign_in: Signing, ask: Ask) -> None:
    child_id = await ask.create(a_child())
    manager = await sign_in("manager")
    path = f"/team/children/{child_id}/shield"
    year, month, on = day(-20).split("-")
    review = {"review-day": on, "review-month": month, "review-year": year}
    page = await doing(manager, path, path, ground="named_threat", asked_by="court", **review)
    assert "Done The record is shielded from now on" in text_of(page)


# What is said of others and of records is so


async def test_too_many_to_show_is_not_said_to_be_nobody(
    sign_in: Signing, ask: Ask, line: Line
) -> None:
    child_id, _ = await held_by_name(ask)
    manager = await sign_in("manager")
    answer = await ask.look_up("manager", **_FACTS)
    told = {**answer, "outcome": "too_many", "matches": []}
    line.whole()
    line.only, line.answer = "/v1/lookups", httpx.Response(200, json=told)
    said = text_of(await manager.get(f"/team/holds/{child_id}"))
    assert "finds too many records to show any" in said
    assert "finds nobody else" not in said


async def test_before_a_shield_is_decided_the_page_leads_to_the_record_and_says_who_sees_what(
    sign_in: Signing, ask: Ask
) -> None:
    child_id, request_id = await shield_asked(ask)
    manager = await sign_in("manager")
    page = await manager.get(f"/team/shield-requests/{request_id}")
    assert "You see all of it, under a shield too" in text_of(page)
    assert f"/children/{child_id}" in Forms.of(page.text).links
    record = await manager.get(f"/children/{child_id}")
    assert record.url.path == f"/children/{child_id}"
    assert record.status_code == 200


async def test_an_override_says_whose_it_is_and_of_which_agency(sign_in: Signing, ask: Ask) -> None:
    child_id, _ = await shielded(ask)
    override_id = (await override(ask, child_id)).json()["id"]
    manager = await sign_in("manager")
    said = text_of(await manager.get(f"/team/overrides/{override_id}"))
    overrides = (await ask("manager", "GET", "/v1/overrides", why=NO_WHY)).json()["overrides"]
    (found,) = [each for each in overrides if each["override_id"] == override_id]
    who = f"/v1/accounts/{found['account_id']}"
    account = (await ask("manager", "GET", who, why=NO_WHY)).json()
    told = (await ask("manager", "GET", "/v1/agencies", why=NO_WHY)).json()["agencies"]
    (agency,) = [each["agency"] for each in told if each["agency_id"] == found["agency_id"]]
    assert f"Of agency {agency}" in said
    assert found["agency_id"] not in said
    assert f"By {account['name'] or 'Practitioner, account'}" in said


# Batches


async def test_the_newest_batches_are_listed_and_lead_to_each(sign_in: Signing, ask: Ask) -> None:
    batch = (await ask.feed(child_line(reference(), a_child())))["batch_id"]
    manager = await sign_in("manager")
    page = await manager.get("/team/batches")
    here = f"/team/batches/schools/{batch}"
    assert here in Forms.of(page.text).links
    assert "1 lines, 1 accepted" in text_of(await manager.get(here))


async def test_charts_of_a_part_of_a_batch_say_so(sign_in: Signing, ask: Ask, line: Line) -> None:
    batch = key()
    assert (await ask.supply("schools_feed", f"schools/{batch}", b"x\n" * 3)).status_code == 200
    manager = await sign_in("manager")
    here = f"/team/batches/schools/{batch}"
    assert "of the first" not in text_of(await manager.get(here))
    lines = (await ask("manager", "GET", f"/v1/feeds/schools/batches/{batch}/lines")).json()
    line.whole()
    line.only = f"{batch}/lines"
    line.answer = httpx.Response(200, json={**lines, "next": "A" * 100})
    said = text_of(await manager.get(here))
    counted = 3 * PAGES_READ_MAX
    assert f"Invalid lines by fault, of the first {counted}" in said
    assert f"counts the first {counted} of 3 invalid lines only" in said
