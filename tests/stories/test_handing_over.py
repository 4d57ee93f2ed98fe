"""A worker leaves: their involvements go to a colleague, each decided on alone."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from tests.stories.asking import CARE, NO_WHY, Ask, refused
from tests.stories.auditing import reference_of
from tests.stories.hidden import archive
from tests.stories.made import Stated, a_child, by_name, contact, day, key
from tests.stories.practising import CASELOAD, OWN, handed, ids_on, practising, practitioner

LEAVER, TAKER = "+441632960771", "+441632960772"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def leaver(ask: Ask) -> AsyncIterator[str]:
    """The social worker, who leaves."""
    yield await practising(ask, "social_worker", "Marit Quoyle")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def taker(ask: Ask) -> AsyncIterator[str]:
    """The colleague, who stays."""
    yield await practising(ask, "colleague", "Idris Fenwick")


async def working(ask: Ask, child_id: str | None = None) -> str:
    """Begin an involvement of the leaver with a child; return its id."""
    said = contact(name="Marit Quoyle", phone=LEAVER)
    return await ask.begin("social_worker", child_id or await ask.create(a_child()), contact=said)


def over(leaver: str, taker: str, *ids: str, **more: object) -> Stated:
    """Return what a keeper asks."""
    said = {"from_practitioner_id": leaver, "to_practitioner_id": taker}
    return {**said, "involvement_ids": list(ids), **more}


async def became(ask: Ask, said: Stated, who: str = "supervisor") -> list[str]:
    """Hand over and return what became of each line."""
    answer = await handed(ask, who, said)
    assert answer.status_code == 200, answer.text
    lines = answer.json()["lines"]
    assert [each["involvement_id"] for each in lines] == said["involvement_ids"]
    return [each["outcome"] for each in lines]


async def test_a_caseload_goes_to_a_colleague_and_the_former_contact_is_shown_no_more(
    ask: Ask, leaver: str, taker: str
) -> None:
    child = a_child()
    child_id = await ask.create(child)
    ids = [await working(ask, child_id), await working(ask, child_id), await working(ask)]
    assert await became(ask, over(leaver, taker, *ids)) == ["handed_over"] * 3
    assert set(ids) <= set(await ids_on(ask, "colleague", OWN))
    assert set(ids).isdisjoint(await ids_on(ask, "social_worker", OWN))
    assert set(ids) <= set(await ids_on(ask, "supervisor", CASELOAD))
    (match,) = (await ask.look_up("teacher", **by_name(child)))["matches"]
    people = [each["contact"]["person"] for each in match["child"]["involvements"]]
    assert people == [{"name": "Idris Fenwick", "phone": "+441632960777", "email": None}] * 2
    assert LEAVER not in str(match)


async def test_the_contact_may_be_stated(ask: Ask, leaver: str, taker: str) -> None:
    involvement_id = await working(ask)
    said = contact("Northmere West Team", name="Idris Fenwick", phone=TAKER)
    assert await became(ask, over(leaver, taker, involvement_id, contact=said)) == ["handed_over"]
    shown = (await ask("teacher", "GET", f"/v1/involvements/{involvement_id}")).json()
    assert shown["contact"]["team"]["name"] == "Northmere West Team"
    assert shown["contact"]["person"]["phone"] == TAKER


async def test_each_line_is_decided_on_alone(ask: Ask, leaver: str, taker: str) -> None:
    good, ended, gone = await working(ask), await working(ask), await ask.create(a_child())
    put_away = await working(ask, gone)
    await archive(ask.served, UUID(gone))
    await ask("social_worker", "POST", f"/v1/involvements/{ended}/cease", {})
    colleagues = await ask.begin("colleague", await ask.create(a_child()))
    schools = await ask.begin("teacher", await ask.create(a_child()), service="school")
    unnamed = await ask.begin("double_worker", await ask.create(a_child()))
    ids = (good, ended, put_away, schools, unnamed, str(uuid4()), colleagues)
    assert await became(ask, over(leaver, taker, *ids)) == [
        "handed_over",
        "ceased",
        "not_there",
        "not_there",
        "not_there",
        "not_there",
        "handed_over",  # it is with the colleague already
    ]


async def test_a_shielded_childs_own_involvement_goes_over_and_widens_nothing(
    ask: Ask, leaver: str, taker: str
) -> None:
    child = a_child()
    child_id = await ask.create(child)
    involvement_id = await working(ask, child_id)
    await ask.shield(child_id, day(-60))
    assert await became(ask, over(leaver, taker, involvement_id)) == ["handed_over"]
    for who in ("teacher", "police_desk"):
        (match,) = (await ask.look_up(who, **by_name(child)))["matches"]
        assert match["child"]["restricted"] is True
        assert "involvements" not in match["child"]
        read = await ask(who, "GET", f"/v1/involvements/{involvement_id}")
        assert read.status_code == 404
    assert (await ask("colleague", "GET", f"/v1/involvements/{involvement_id}")).status_code == 200


async def test_a_hand_over_sent_twice_happens_once(ask: Ask, leaver: str, taker: str) -> None:
    involvement_id = await working(ask)
    said, once = over(leaver, taker, involvement_id), {"Idempotency-Key": key()}
    first = await handed(ask, "supervisor", said, once=once)
    back = over(taker, leaver, involvement_id)
    again = await handed(ask, "supervisor", said, once=once)
    assert again.content == first.content
    assert await became(ask, back) == ["handed_over"]
    replayed = await handed(ask, "supervisor", said, once=once)
    assert replayed.json()["lines"][0]["outcome"] == "not_there"  # it went back meanwhile
    assert involvement_id in await ids_on(ask, "social_worker", OWN)
    refused(
        await handed(ask, "supervisor", over(taker, leaver, str(uuid4())), once=once),
        422,
        "idempotency_key_reused",
    )


async def test_its_entry_names_every_child_and_what_became_of_them(
    ask: Ask, leaver: str, taker: str
) -> None:
    children = [await ask.create(a_child()) for _ in range(2)]
    ids = [await working(ask, each) for each in children]
    other = await ask.create(a_child())
    elsewhere = await ask.begin("teacher", other, service="school")
    answer = await handed(ask, "supervisor", over(leaver, taker, *ids, elsewhere))
    entry = await ask.entry(answer)
    assert (entry["outcome"], entry["count"]) == ("recorded", 3)
    told = {each["ref"]: each["classes"] for each in entry["subjects"]}
    assert told == {
        **{reference_of(ask, each): ["involvements"] for each in children},
        reference_of(ask, other): [],
    }


@pytest.mark.parametrize(
    ("who", "why", "status", "code"),
    [
        ("social_worker", CARE, 403, "supervision_not_granted"),
        ("suspended_supervisor", CARE, 403, "account_suspended"),
        ("auditor", CARE, 403, "role_not_allowed"),
        ("supervisor", NO_WHY, 400, "purpose_missing"),
    ],
)
async def test_nobody_else_hands_a_caseload_over(
    ask: Ask, leaver: str, taker: str, who: str, why: object, status: int, code: str
) -> None:
    involvement_id = await working(ask)
    answer = await ask(
        who,
        "POST",
        "/v1/caseload/hand-overs",
        over(leaver, taker, involvement_id),
        why=why,  # type: ignore[arg-type]  # parametrized
        headers={"Idempotency-Key": key()},
    )
    refused(answer, status, code)
    assert involvement_id in await ids_on(ask, "social_worker", OWN)


async def test_another_agencys_keeper_moves_nothing_and_it_goes_to_no_other_agency(
    ask: Ask, leaver: str, taker: str
) -> None:
    involvement_id = await working(ask)
    schools = await practitioner(ask, "teacher", "Sorrel Ashdown")
    refused(
        await handed(ask, "supervisor", over(leaver, schools, involvement_id)),
        422,
        "field_invalid",
    )
    refused(
        await handed(ask, "supervisor", over(leaver, str(uuid4()), involvement_id)),
        422,
        "field_invalid",
    )
    said = over(leaver, schools, involvement_id)
    assert await became(ask, said, "schools_supervisor") == ["not_there"]
    assert involvement_id in await ids_on(ask, "social_worker", OWN)


async def test_a_hand_over_is_to_somebody_else_and_names_each_once(
    ask: Ask, leaver: str, taker: str
) -> None:
    one = str(uuid4())
    for said in (
        over(leaver, leaver, one),
        over(leaver, taker, one, one),
        over(leaver, taker),
        over(leaver, taker, *(str(uuid4()) for _ in range(101))),
    ):
        assert (await handed(ask, "supervisor", said)).status_code == 422
