"""Consent withdrawn between search and read, and racing a read: never told once acknowledged."""

import asyncio

from tests.stories.asking import Ask, not_shown
from tests.stories.consent_said import aged, record, recorded, said, tell, withdraw
from tests.stories.made import by_name
from tests.stories.racing_consent import race_consent

RACES = 60


async def test_consent_withdrawn_between_search_and_read_is_not_read(ask: Ask) -> None:
    await tell(ask.served, "social_care")
    child = aged(14)
    child_id = await ask.create(child)
    entry = await ask.begin("therapist", child_id, service="mental_health", consent=True)
    consent_id = await recorded(ask, "therapist", child_id, said())
    (match,) = (await ask.look_up("social_worker", **by_name(child)))["matches"]
    assert match["child"]["contact_can_be_brokered"] is True
    assert (await withdraw(ask, "therapist", consent_id)).status_code == 204
    assert "contact_can_be_brokered" not in await ask.shown("social_worker", child_id)
    not_shown(await ask("therapist", "GET", f"/v1/involvements/{entry}"))


async def test_no_read_begun_after_a_withdrawal_was_acknowledged_tells(ask: Ask) -> None:
    await tell(ask.served, "social_care")
    raced = await race_consent(ask, RACES)
    assert raced.wrong == []
    assert raced.races == RACES
    assert raced.told >= RACES
    assert raced.late >= RACES


async def test_of_two_withdrawals_at_once_one_takes_effect(ask: Ask) -> None:
    child_id = await ask.create(aged(14))
    for _ in range(5):
        consent_id = await recorded(ask, "therapist", child_id, said())
        answers = await asyncio.gather(
            withdraw(ask, "therapist", consent_id), withdraw(ask, "manager", consent_id)
        )
        assert sorted(answer.status_code for answer in answers) == [204, 409]


async def test_of_two_consents_at_once_one_is_recorded(ask: Ask) -> None:
    child_id = await ask.create(aged(14))
    answers = await asyncio.gather(*(record(ask, "therapist", child_id, said()) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
