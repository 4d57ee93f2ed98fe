"""What is read, opened and written for who is hidden, and for who is not there, is as much."""

from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from index_service.crypto.pointer import PointerSealer
from index_service.crypto.seal import SubjectKey
from index_service.store.children import Children
from index_service.store.reading import Snapshot
from tests.stories.asking import Ask
from tests.stories.consent_said import CHILD, aged, recorded, said
from tests.stories.hidden import archive, archived, held
from tests.stories.made import Stated, a_child, day

NO_TAG = {"If-Match": f'"{"x" * 22}"'}


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count what is opened, and whether a row came."""
    counted: Counter[str] = Counter()

    def opening(name: str, plain: Callable[..., Any]) -> Callable[..., Any]:
        def counting(*given: Any) -> Any:
            counted[name] += 1
            return plain(*given)

        return counting

    def reading(name: str, plain: Callable[..., Any]) -> Callable[..., Any]:
        async def counting(*given: Any) -> Any:
            row = await plain(*given)
            counted[name] += row is not None
            return row

        return counting

    def locking(plain: Callable[..., Any]) -> Callable[..., Any]:
        async def counting(*given: Any) -> Any:
            counted["locked"] += 1
            return await plain(*given)

        return counting

    monkeypatch.setattr(SubjectKey, "open", opening("parts", SubjectKey.open))
    small = PointerSealer.open_small
    monkeypatch.setattr(PointerSealer, "open_small", opening("pointers", small))
    monkeypatch.setattr(Snapshot, "whole_or", reading("rows", Snapshot.whole_or))
    monkeypatch.setattr(Children, "beheld_or", reading("rows", Children.beheld_or))
    monkeypatch.setattr(Children, "locked", locking(Children.locked))
    return counted


async def work_of(ask: Ask, done: Counter[str], *asked: Any) -> dict[str, int]:
    """Return what one refusal took; the last is of how many its entry tells."""
    done.clear()
    answer = await ask("social_worker", *asked[:2], *asked[2:3], headers=dict(*asked[3:]))
    assert answer.status_code == 404
    took = dict(done)
    return {**took, "subjects": len((await ask.entry(answer))["subjects"])}


@pytest.mark.parametrize("cases", [0, 3])
async def test_an_involvement(ask: Ask, done: Counter[str], cases: int) -> None:
    child_id = await ask.create(a_child())
    for _ in range(cases):
        await ask.begin("teacher", child_id, service="school")
    withheld = await ask.begin("therapist", child_id, service="mental_health", consent=True)
    hidden, _ = await held(ask)
    refused = await ask.begin("manager", hidden, service="social_care")
    await ask.shown("social_worker", child_id)
    found = [
        await work_of(ask, done, "GET", f"/v1/involvements/{each}")
        for each in (uuid4(), withheld, refused)
    ]
    assert found == [{"parts": 13, "pointers": 1, "subjects": 1}] * 3


CEASED: Stated = {"ceased": day()}
SAID: Stated = {"outcome": "no_answer"}


@pytest.mark.parametrize(
    ("step", "body"), [("confirm", None), ("cease", CEASED), ("feedback", SAID)]
)
async def test_a_change_of_an_involvement(
    ask: Ask, done: Counter[str], step: str, body: Stated | None
) -> None:
    """Nothing is locked, and a child of few cases is refused as one that is not there."""
    child_id, (hidden, _) = await ask.create(a_child()), await held(ask)
    withheld = await ask.begin("therapist", child_id, service="mental_health", consent=True)
    refused = await ask.begin("manager", hidden, service="social_care")
    await ask.shown("social_worker", child_id)
    found = [
        await work_of(ask, done, "POST", f"/v1/involvements/{each}/{step}", body)
        for each in (uuid4(), withheld, refused)
    ]
    assert found == [{"parts": 13, "pointers": 1, "rows": 1, "subjects": 1}] * 3


@pytest.mark.parametrize("step", ["withdraw", "renew"])
async def test_a_change_of_a_consent(ask: Ask, done: Counter[str], step: str) -> None:
    child_id, gone = await ask.create(aged(13)), await ask.create(aged(13))
    theirs = await recorded(ask, "therapist", child_id, said())
    refused = await recorded(ask, "therapist", gone, said())
    await archive(ask.served, UUID(gone))
    await ask.shown("social_worker", child_id)
    found = [
        await work_of(ask, done, "POST", f"/v1/consents/{each}/{step}", CHILD)
        for each in (uuid4(), theirs, refused)
    ]
    assert found == [{"parts": 13, "pointers": 1, "rows": 1, "subjects": 1}] * 3


@pytest.mark.parametrize("method", ["GET", "PATCH"])
async def test_a_child(ask: Ask, done: Counter[str], method: str) -> None:
    await ask.shown("social_worker", await ask.create(a_child()))
    (away, _), (waiting, _) = await archived(ask), await held(ask)
    body = ({"gender": "female"}, NO_TAG) if method == "PATCH" else ()
    found = [
        await work_of(ask, done, method, f"/v1/children/{each}", *body)
        for each in (uuid4(), away, waiting)
    ]
    assert found == [{"parts": 1, "rows": 1, "subjects": 1}] * 3


@pytest.mark.parametrize("what", ["consents", "dissents"])
async def test_what_is_recorded_of_a_child(ask: Ask, done: Counter[str], what: str) -> None:
    await ask.shown("social_worker", await ask.create(a_child()))
    (away, _), (waiting, _) = await archived(ask), await held(ask)
    found = [
        await work_of(ask, done, "GET", f"/v1/children/{each}/{what}")
        for each in (uuid4(), away, waiting)
    ]
    assert found == [{"parts": 1, "rows": 1, "subjects": 1}] * 3
