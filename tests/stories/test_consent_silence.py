"""Of consent, too, what depends on the child is silent: one answer, byte for byte."""

from uuid import UUID, uuid4

import pytest

from tests.stories.asking import Answer, Ask, not_shown
from tests.stories.consent_said import CHILD, about, aged, harm, once, recorded, said
from tests.stories.hidden import archive, archived, held
from tests.stories.made import Stated, day
from tests.stories.test_silence import outward

SILENT = {"recipient_kind": "housing", "reason": "not_relevant", "decided_on": day()}
OF_A_CHILD: dict[str, tuple[str, Stated | None]] = {
    "consents": ("POST", said()),
    "bases": ("POST", {"kind": "significant_harm", "service": "mental_health", **harm()}),
    "not-shared": ("POST", SILENT),
    "bases/8c2f6b0e-41d7-4e93-b5a8-90d3f17c62e4/end": ("POST", None),
}
OF_A_CONSENT: dict[str, Stated] = {
    "withdraw": CHILD,
    "renew": CHILD,
    "receipt": {"receipt": "K5QH2MZ7RTWB"},
}


async def of_child(ask: Ask, child_id: str, what: str) -> Answer:
    """Ask one thing about one child's consents."""
    method, body = OF_A_CHILD[what]
    return await ask("therapist", method, about(child_id, what), body, headers=once())


async def of_consent(ask: Ask, who: str, consent_id: str, step: str) -> Answer:
    """Ask one thing about one consent."""
    path = f"/v1/consents/{consent_id}/{step}"
    return await ask(who, "POST", path, OF_A_CONSENT[step])


@pytest.mark.parametrize("what", OF_A_CHILD)
async def test_a_child_not_shown_and_one_not_there_are_one_answer(ask: Ask, what: str) -> None:
    absent = await of_child(ask, str(uuid4()), what)
    not_shown(absent)
    for child_id, _ in (await held(ask), await archived(ask)):
        assert outward(await of_child(ask, child_id, what)) == outward(absent)


async def test_nobodys_consents_read_as_those_of_one_not_shown(ask: Ask) -> None:
    absent = await ask("therapist", "GET", about(str(uuid4())))
    not_shown(absent)
    for child_id, _ in (await held(ask), await archived(ask)):
        assert outward(await ask("therapist", "GET", about(child_id))) == outward(absent)


@pytest.mark.parametrize("step", OF_A_CONSENT)
async def test_anothers_consent_and_one_not_there_are_one_answer(ask: Ask, step: str) -> None:
    """Another agency's, an archived child's, another kind of row's, nobody's."""
    child_id = await ask.create(aged(13))
    gone = await ask.create(aged(13))
    theirs = await recorded(ask, "therapist", child_id, said())
    past = await recorded(ask, "therapist", gone, said())
    entry = await ask.begin("therapist", child_id, service="mental_health", consent=True)
    await archive(ask.served, UUID(gone))
    who = "manager" if step == "receipt" else "social_worker"
    absent = await of_consent(ask, who, str(uuid4()), step)
    not_shown(absent)
    # To the team the archive and every agency's rows are open to read.
    others = [entry, child_id] + ([] if who == "manager" else [past, theirs])
    for each in others:
        assert outward(await of_consent(ask, who, each, step)) == outward(absent)
    if step != "receipt":
        assert outward(await of_consent(ask, "therapist", past, step)) == outward(absent)
