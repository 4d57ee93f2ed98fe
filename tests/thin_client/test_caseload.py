"""My involvements to confirm first, contacts in doubt, a caseload handed to somebody else."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from tests.stories.asking import Ask
from tests.stories.made import Stated, a_child, contact, day
from tests.stories.practising import practising
from tests.thin_client.browsing import Forms, text_of
from tests.thin_client.conftest import Line, Signing


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def leaver(ask: Ask) -> AsyncIterator[str]:
    """The social worker, who leaves."""
    yield await practising(ask, "social_worker", "Marit Quoyle")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def taker(ask: Ask) -> AsyncIterator[str]:
    """The colleague, who stays."""
    yield await practising(ask, "colleague", "Idris Fenwick")


async def working(ask: Ask, began: int = 30) -> tuple[Stated, str]:
    """Record a child the leaver works with; return its facts and the involvement."""
    child = a_child()
    child_id = await ask.create(child)
    said = contact(name="Marit Quoyle")
    return child, await ask.begin("social_worker", child_id, contact=said, began=day(began))


async def test_what_goes_on_is_confirmed_in_one_screen(
    sign_in: Signing, ask: Ask, leaver: str
) -> None:
    assert leaver
    (child, first), (_, second) = await working(ask, 300), await working(ask)
    worker = await sign_in("social_worker")
    page = await worker.get("/mine")
    assert child["name"]["family_name"] in text_of(page)
    rows = (await ask("social_worker", "GET", "/v1/me/involvements")).json()["involvements"]
    told = [each["involvement"]["involvement_id"] for each in rows]  # those to confirm first
    assert {first, second} <= set(told)
    assert sorted(told, key=page.text.index) == told
    assert "Asked for, and written down: support a child's welfare; a review" in (
        text_of(page).replace("&#39;", "'")
    )
    assert "Tick those that go on" in text_of(await worker.send(page, "/mine"))
    page = await worker.send(page, "/mine", involvement=first)
    assert "Confirmed as of today." in text_of(page)
    shown = (await ask("social_worker", "GET", f"/v1/involvements/{first}")).json()
    assert shown["last_confirmed"] == day()


async def test_what_ended_meanwhile_spoils_no_other(
    sign_in: Signing, ask: Ask, leaver: str
) -> None:
    assert leaver
    _, first = await working(ask)
    worker = await sign_in("social_worker")
    page = await worker.get("/mine")
    await ask("social_worker", "POST", f"/v1/involvements/{first}/cease", {})
    page = await worker.send(page, "/mine", involvement=first)
    assert "but for those that had ended" in text_of(page)


async def test_contacts_in_doubt_are_shown_and_never_who_said_so(
    sign_in: Signing, ask: Ask, leaver: str
) -> None:
    assert leaver
    child, involvement_id = await working(ask)
    for who in ("teacher", "police_desk"):
        path = f"/v1/involvements/{involvement_id}/feedback"
        assert (await ask(who, "POST", path, {"outcome": "wrong_number"})).status_code == 204
    worker = await sign_in("social_worker")
    page = await worker.get("/mine/doubtful")
    assert child["name"]["family_name"] in text_of(page)
    assert "wrong number" in text_of(page)
    assert "Primary School" not in text_of(page)


async def test_a_leavers_work_is_handed_over(
    sign_in: Signing, ask: Ask, leaver: str, taker: str
) -> None:
    child, involvement_id = await working(ask)
    keeper = await sign_in("supervisor")
    page = await keeper.get("/caseload")
    assert child["name"]["family_name"] in text_of(page)
    assert "Hand over what is ticked" not in text_of(page)  # of one person only
    page = await keeper.get(f"/caseload?practitioner_id={leaver}")
    assert "Caseload of Marit Quoyle" in text_of(page)
    where = "/caseload/hand-over"
    wrong = await keeper.send(page, where, involvement=involvement_id, to=leaver)
    assert "Choose somebody else than they who hand over" in text_of(wrong)
    page = await keeper.send(page, where, involvement=involvement_id, to=taker)
    assert "Handed over to Idris Fenwick" in text_of(page)
    assert "Handed over: 1" in text_of(page)
    mine = await (await sign_in("colleague")).get("/mine")
    assert child["name"]["family_name"] in text_of(mine)


async def test_a_caseload_is_for_whoever_keeps_it(sign_in: Signing) -> None:
    worker = await sign_in("social_worker")
    assert "/caseload" not in Forms.of((await worker.get("/mine")).text).links
    assert "no right to supervise" in text_of(await worker.get("/caseload"))


@pytest.mark.parametrize(
    ("who", "path", "asked", "action"),
    [
        ("social_worker", "/mine?", "/v1/me/involvements", "/mine"),
        ("supervisor", "/caseload?due=soon&", "/v1/caseload", "/caseload/hand-over"),
    ],
)
async def test_a_fault_on_a_later_page_of_a_list_leaves_one_on_that_page(
    sign_in: Signing,
    ask: Ask,
    line: Line,
    leaver: str,
    who: str,
    path: str,
    asked: str,
    action: str,
) -> None:
    await working(ask)
    rows = (await ask("social_worker", "GET", "/v1/me/involvements")).json()["involvements"]
    staff = [{"practitioner_id": leaver, "name": "Marit Quoyle"}]
    told = {"involvements": rows[:1], "practitioners": staff, "next": None}
    one = await sign_in(who)
    await one.get("/")
    line.whole()
    line.answer, line.only = httpx.Response(200, json=told), asked
    cursor = "bm90LWEtcGFnZS1vZi1vdXJz"
    page = await one.get(f"{path}practitioner_id={leaver}&cursor={cursor}")
    line.asked.clear()
    page = await one.send(page, action)
    again = [each.url.params for each in line.asked if each.url.path == asked]
    line.whole()
    assert page.status_code == 400
    assert [each["cursor"] for each in again] == [cursor]
    assert [each.get("due") for each in again] == ["soon" if "due" in path else None]
