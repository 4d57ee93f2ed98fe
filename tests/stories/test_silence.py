"""What depends on the child is silent: absent, held, archived and forbidden are one answer."""

from typing import Any
from uuid import uuid4

import pytest

from tests.stories.asking import KEEP, SHIELDING, Answer, Ask, Why, not_shown
from tests.stories.hidden import archived, held
from tests.stories.made import (
    Stated,
    a_child,
    by_address,
    by_everything,
    by_name,
    contact,
    day,
    involvement,
    key,
)

TAG = f'"{"x" * 22}"'
NEVER_MADE = (
    "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "6fa459ea-ee8a-11ee-894e-325096b39f47",
)


def outward(answer: Answer) -> tuple[int, bytes, tuple[tuple[str, str], ...]]:
    """Return all of an answer that is not new in each: status, bytes, headers in order."""
    blank = {"audit-receipt": "", "x-request-id": ""}
    headers = tuple((name, blank.get(name, value)) for name, value in answer.headers.items())
    return answer.status_code, answer.content, headers


def requests_on(child_id: str) -> dict[str, tuple[str, str, str, Any, dict[str, Any]]]:
    """Return every request that names a child by id: who, method, path, body, and the rest."""
    path = f"/v1/children/{child_id}"
    once = {"headers": {"Idempotency-Key": key()}}
    said = {"ground": "named_threat", "asked_by": "court", "review": day(-9)}
    held_since = {"contact": contact(), "held_since": day(3)}
    since = {"contact": contact(), "since": day(3)}
    return {
        "read": ("social_worker", "GET", path, None, {}),
        "amend": ("social_worker", "PATCH", path, a_child(), {"headers": {"If-Match": TAG}}),
        "begin": ("social_worker", "POST", f"{path}/involvements", involvement(), once),
        "assess": ("social_worker", "PUT", f"{path}/assessment", held_since, {}),
        "lead": ("social_worker", "PUT", f"{path}/lead-professional", since, {}),
        "dissent": (
            "social_worker",
            "POST",
            f"{path}/dissents",
            {"about": "closure", "contact": contact()},
            once,
        ),
        "dissents": ("social_worker", "GET", f"{path}/dissents", None, {}),
        "shield": ("manager", "POST", f"{path}/shield", said, {"why": SHIELDING}),
        "lift": (
            "manager",
            "POST",
            f"{path}/shield/lift",
            {"shield_id": str(uuid4())},
            {"why": SHIELDING},
        ),
    }


async def answer_to(ask: Ask, what: str, child_id: str) -> Answer:
    """Send one kind of request about one child."""
    who, method, path, body, more = requests_on(child_id)[what]
    return await ask(who, method, path, body, **more)


PRACTITIONERS = ("read", "amend", "begin", "assess", "lead", "dissent", "dissents")


@pytest.mark.parametrize("what", PRACTITIONERS)
async def test_absent_held_and_archived_are_one_answer_byte_for_byte(ask: Ask, what: str) -> None:
    absent = await answer_to(ask, what, str(uuid4()))
    not_shown(absent)
    for child_id, _ in (await held(ask), await archived(ask)):
        answer = await answer_to(ask, what, child_id)
        assert outward(answer) == outward(absent)
        assert len(answer.headers["audit-receipt"]) == len(absent.headers["audit-receipt"])


@pytest.mark.parametrize("what", ["amend", "assess", "lead"])
async def test_what_a_shield_forbids_is_the_same_answer(ask: Ask, what: str) -> None:
    child_id = await ask.create(a_child())
    await ask.shield(child_id, day(-90))
    absent = await answer_to(ask, what, str(uuid4()))
    assert outward(await answer_to(ask, what, child_id)) == outward(absent)


@pytest.mark.parametrize("what", ["shield", "lift"])
async def test_to_the_team_an_archived_child_is_as_one_never_recorded(ask: Ask, what: str) -> None:
    child_id, _ = await archived(ask)
    absent = await answer_to(ask, what, str(uuid4()))
    not_shown(absent)
    assert outward(await answer_to(ask, what, child_id)) == outward(absent)


@pytest.mark.parametrize("never", NEVER_MADE)
async def test_an_id_that_is_never_given_out_is_absent_like_any_other(ask: Ask, never: str) -> None:
    absent = outward(await ask.read("teacher", str(uuid4())))
    assert outward(await ask.read("teacher", never)) == absent


@pytest.mark.parametrize(
    ("method", "step", "body"),
    [
        ("GET", "", None),
        ("PATCH", "", {"contact": contact()}),
        ("POST", "/confirm", None),
        ("POST", "/cease", {}),
    ],
)
async def test_an_involvement_not_shown_and_one_not_there_are_one_answer(
    ask: Ask, method: str, step: str, body: Stated | None
) -> None:
    """Not there, of a sensitive service, of a shielded child, of an archived one."""
    child_id = await ask.create(a_child())
    sensitive = await ask.begin("therapist", child_id, service="mental_health", consent=True)
    shielded_child = await ask.create(a_child())
    shielded = await ask.begin("teacher", shielded_child, service="school")
    await ask.shield(shielded_child, day(-90))
    absent = await ask("social_worker", method, f"/v1/involvements/{uuid4()}{step}", body)
    not_shown(absent)
    for each in (sensitive, shielded, child_id):
        answer = await ask("social_worker", method, f"/v1/involvements/{each}{step}", body)
        assert outward(answer) == outward(absent)


async def test_what_is_wrong_with_the_asker_is_said_whether_or_not_the_child_is_there(
    ask: Ask,
) -> None:
    """The other half: asker-side refusals are plain, and equal for every id."""
    child_id, _ = await held(ask)
    ids = (child_id, await ask.create(a_child()), str(uuid4()))
    for who, why in (
        ("suspended_worker", None),
        ("lapsed_nurse", None),
        ("auditor", None),
        ("teacher", Why(None, None)),
        ("teacher", KEEP),
    ):
        path = "/v1/children/"
        answers = {outward(await ask(who, "GET", path + each, why=why)) for each in ids}
        assert len(answers) == 1
        assert answers.pop()[0] in (400, 403)


# Lookups


@pytest.mark.parametrize("hidden", [held, archived])
@pytest.mark.parametrize("by", [by_name, by_everything, by_address])
async def test_a_hidden_child_is_looked_up_as_one_never_recorded(
    ask: Ask, hidden: Any, by: Any
) -> None:
    _, facts = await hidden(ask)
    for who in ("social_worker", "teacher", "case_system"):
        absent = await ask(who, "POST", "/v1/lookups", by(a_child()))
        assert outward(await ask(who, "POST", "/v1/lookups", by(facts))) == outward(absent)


async def test_a_shielded_childs_number_is_as_one_nobody_has(ask: Ask) -> None:
    child = a_child()
    await ask.shield(await ask.create(child), day(-90))
    for number in ("nhs_number", "upn", "case_number"):
        known = await ask("social_worker", "POST", "/v1/lookups", {number: child[number]})
        absent = await ask("social_worker", "POST", "/v1/lookups", {number: a_child()[number]})
        assert outward(known) == outward(absent)


async def test_a_hidden_twin_changes_nothing_of_the_visible_ones_answer(ask: Ask) -> None:
    """Grade, order and margin are decided on what this asker may see."""
    child = a_child()
    await ask.create(child)
    before = await ask("teacher", "POST", "/v1/lookups", by_name(child))
    twin_id, _ = await held(ask)
    tag = (await ask.read("manager", twin_id)).headers["etag"]
    twin = {"name": child["name"], "date_of_birth": child["date_of_birth"]}
    assert (await ask.amend("manager", twin_id, tag, **twin)).status_code == 204
    not_shown(await ask.read("social_worker", twin_id))
    after = await ask("teacher", "POST", "/v1/lookups", by_name(child))
    assert outward(after) == outward(before)
    assert len((await ask.look_up("manager", **by_name(child)))["matches"]) == 2


async def test_creating_what_a_hidden_child_is_answers_as_creating_any_other(ask: Ask) -> None:
    _, facts = await held(ask)
    answers = []
    for child in (facts, a_child()):
        headers = {"Idempotency-Key": key()}
        answers.append(await ask("social_worker", "POST", "/v1/children", child, headers=headers))
    (status, body, headers_1), (_, body_2, headers_2) = map(outward, answers)
    assert status == 201
    assert len(body) == len(body_2)
    assert [name for name, _ in headers_1] == [name for name, _ in headers_2]
