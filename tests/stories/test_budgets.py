"""Budgets: what nothing explains is soon stopped, and who says why is never in the way."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest_asyncio

from consent.agreement import default_document
from index_service.services.budgets import AT_ONCE
from tests.stories.asking import CARE, Ask
from tests.stories.consent_said import agree
from tests.stories.made import a_child, by_everything, by_name

STOP = "too_many_requests"


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def _the_packaged_budgets(ask: Ask) -> AsyncIterator[None]:
    document: Any = default_document()
    for row in (document["budgets"]["default"], *document["budgets"]["exceptions"]):
        row["searches_a_day"] = row["children_a_day"] = 1000
    await agree(ask.served, document)
    await ask.served.rows("truncate charge")
    yield


async def ask_about(ask: Ask, who: str, question: Any, reference: str | None = None) -> Any:
    headers = {"Access-Reference": reference} if reference else {}
    return await ask(who, "POST", "/v1/lookups", question, why=CARE, headers=headers)


async def test_five_unexplained_children_are_shown_in_a_day_and_the_sixth_is_not(ask: Ask) -> None:
    children = [a_child() for _ in range(7)]
    ids = [await ask.create(child) for child in children]
    for child in children[:5]:
        assert (await ask_about(ask, "teacher", by_everything(child))).json()["matches"]
    stopped = await ask_about(ask, "teacher", by_everything(children[5]))
    assert (stopped.status_code, stopped.json()["code"]) == (429, STOP)
    # Alike for a child shown before, one that is not there, and one read by its id.
    for question in (by_everything(children[0]), by_name(a_child())):
        again = await ask_about(ask, "teacher", question)
        assert (again.status_code, again.content) == (429, stopped.content)
    read = await ask("teacher", "GET", f"/v1/children/{ids[6]}", why=CARE)
    absent = await ask("teacher", "GET", f"/v1/children/{uuid4()}", why=CARE)
    assert (read.status_code, read.json()["code"]) == (429, STOP)
    assert read.content == absent.content
    # Another account is not in its way, and a reference explains.
    assert (await ask_about(ask, "health_visitor", by_everything(children[5]))).status_code == 200
    told = await ask_about(ask, "teacher", by_everything(children[5]), "REF-20-114")
    assert told.json()["matches"]


async def test_the_same_child_and_the_same_question_cost_nothing_more(ask: Ask) -> None:
    child = a_child()
    child_id = await ask.create(child)
    for _ in range(8):
        assert (await ask_about(ask, "teacher", by_everything(child))).status_code == 200
        assert (await ask.read("teacher", child_id)).status_code == 200
    (row,) = await ask.served.rows("select count(*) as n from charge")
    # The social worker who recorded the child asked nothing: one question, one child.
    assert row["n"] == 1 + 3


async def test_one_reference_explains_ten_children_and_no_more(ask: Ask) -> None:
    children = [a_child() for _ in range(17)]
    for child in children:
        await ask.create(child)
    answers = [
        await ask_about(ask, "police_desk", by_everything(child), "REF-20-115")
        for child in children
    ]
    # Ten under the reference, five that nothing explains, then the stop.
    assert [answer.status_code for answer in answers] == [200] * 15 + [429] * 2
    last = await ask_about(ask, "police_desk", by_everything(children[-1]), "REF-20-116")
    assert last.status_code == 200


async def test_children_of_ones_own_work_need_no_reference(ask: Ask) -> None:
    for _ in range(7):
        child = a_child()
        child_id = await ask.create(child)
        await ask.begin("teacher", child_id)
        assert (await ask_about(ask, "teacher", by_everything(child))).status_code == 200
        assert (await ask.read("teacher", child_id)).status_code == 200


async def test_what_is_withheld_is_charged_to_nobody(ask: Ask) -> None:
    """Or the stop would tell of it."""
    for _ in range(7):
        child = a_child()
        await ask.shield(await ask.create(child), "2027-01-01")
        hidden = {"upn": child["upn"]}
        found = await ask_about(ask, "teacher", hidden)
        assert (found.status_code, found.json()["outcome"]) == (200, "none")


async def test_searches_are_bounded_too(ask: Ask) -> None:
    document: Any = default_document()
    document["budgets"]["exceptions"] = []
    document["budgets"]["default"]["searches_a_day"] = 3
    await agree(ask.served, document)
    asked = [await ask_about(ask, "teacher", by_name(a_child())) for _ in range(4)]
    assert [answer.status_code for answer in asked] == [200, 200, 200, 429]


async def test_many_questions_at_once_gain_no_more(ask: Ask) -> None:
    children = [a_child() for _ in range(12)]
    for child in children:
        await ask.create(child)
    asked = (ask_about(ask, "teacher", by_everything(child)) for child in children)
    answers = await asyncio.gather(*asked)
    assert sum(answer.status_code == 200 for answer in answers) == 5


async def test_how_many_rows_are_charged_tells_of_no_involvement(ask: Ask) -> None:
    """Nor does a row tell that two accounts, or two days, were about one child."""
    child = a_child()
    child_id = await ask.create(child)
    counts, digests = [], []
    for who, reference in (("teacher", None), ("health_visitor", "REF-20-117")):
        await ask.served.rows("truncate charge")
        await ask_about(ask, who, by_everything(child), reference)
        rows = await ask.served.rows("select what from charge")
        counts.append(len(rows))
        digests += [bytes(row["what"]) for row in rows]
    await ask.begin("housing_officer", child_id)
    await ask.served.rows("truncate charge")
    await ask_about(ask, "housing_officer", by_everything(child))
    counts.append(len(await ask.served.rows("select what from charge")))
    assert counts == [4, 4, 4]
    assert len(set(digests)) == len(digests)


async def test_many_questions_at_once_with_references_are_bounded_too(ask: Ask) -> None:
    document: Any = default_document()
    document["budgets"]["exceptions"] = []
    document["budgets"]["default"]["searches_a_day"] = 2
    await agree(ask.served, document)
    names = [by_name(a_child()) for _ in range(40)]
    asked = (ask_about(ask, "teacher", name, f"REF-21-{n}") for n, name in enumerate(names))
    answers = await asyncio.gather(*asked)
    assert sum(answer.status_code == 200 for answer in answers) <= AT_ONCE + 2
