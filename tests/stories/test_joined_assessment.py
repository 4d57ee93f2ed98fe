"""Assessments and lead practitioners of two records that were joined."""

import pytest

from tests.stories.asking import Ask, refused
from tests.stories.consent_said import PARENT, aged, withdraw
from tests.stories.made import Stated, child_line, day, reference
from tests.stories.test_holding import CLOSE, due, hold, step
from tests.stories.test_holds import release, same
from tests.stories.test_own_assessment import SCHOOL, holder, lead, say

# Joined


async def waiting_twin(ask: Ask, child: Stated) -> str:
    """Have a supplier's line make a second record of a child, in doubt; return its id."""
    numberless = {**child, "address": {"kind": "none_known"}}
    sent = {k: v for k, v in numberless.items() if k not in ("nhs_number", "upn", "case_number")}
    before = await ask.holds()
    await ask.feed(child_line(reference(), sent))
    (doubtful,) = (await ask.holds()).keys() - before.keys()
    return doubtful


async def joined(ask: Ask, doubtful: str, survivor: str) -> None:
    """Decide that both records are of one child."""
    answer = await release(ask, doubtful, same(survivor))
    assert answer.status_code == 200, answer.text


async def test_assessment_and_lead_of_a_joined_record_go_over(ask: Ask) -> None:
    child = aged(9)
    own = await ask.create(child)
    doubtful = await waiting_twin(ask, child)
    await hold(ask, "teacher", doubtful, review_due=day(-1))
    assert (await lead(ask, "teacher", doubtful)).status_code == 204
    await joined(ask, doubtful, own)
    assert await holder(ask, "social_worker", own) == SCHOOL
    assert (await ask.shown("police_desk", own))["lead_professional"]["agency"] == SCHOOL
    for who in ("teacher", "manager"):
        assert {own, doubtful} & (await due(ask, who)).keys() == {own}
    assert (await step(ask, "teacher", own, "close", CLOSE)).status_code == 204
    assert own not in await due(ask, "teacher")


@pytest.mark.parametrize("where", ["joined", "left"])
async def test_what_was_refused_in_either_record_is_not_told_of_the_one_left(
    ask: Ask, where: str
) -> None:
    """Though the other was told the contrary later, and though the assessment was moved."""
    child = aged(9)
    own = await ask.create(child)
    doubtful = await waiting_twin(ask, child)
    held, other = (doubtful, own) if where == "joined" else (own, doubtful)
    await hold(ask, "teacher", held)
    await say(ask, "teacher", held, "refused")
    early = await say(ask, "teacher", other, "given")
    for _ in range(3):  # what is said in one second has numbers one apart: surely the later now
        assert (await withdraw(ask, "teacher", early, PARENT)).status_code == 204
        early = await say(ask, "teacher", other, "given")
    await joined(ask, doubtful, own)
    assert await holder(ask, "social_worker", own) is None
    assert await holder(ask, "teacher", own) == SCHOOL
    assert (await withdraw(ask, "teacher", early, PARENT)).status_code == 204
    await say(ask, "teacher", own, "given")
    assert await holder(ask, "social_worker", own) == SCHOOL


async def test_a_joined_record_goes_under_the_survivors_shield(ask: Ask) -> None:
    child = aged(9)
    own = await ask.create(child)
    doubtful = await waiting_twin(ask, child)
    await hold(ask, "teacher", doubtful)
    assert (await lead(ask, "teacher", doubtful)).status_code == 204
    await ask.shield(own, day(-90))
    await joined(ask, doubtful, own)
    for who in ("social_worker", "police_desk"):
        assert not (await ask.shown(who, own)).keys() & {"assessment", "lead_professional"}
    assert await holder(ask, "teacher", own) == SCHOOL


async def test_of_two_of_one_agency_the_later_held_stays(ask: Ask) -> None:
    """One open assessment an agency: else one would be left that nobody can close."""
    for first, second in ((9, 4), (4, 9)):
        child = aged(9)
        own = await ask.create(child)
        doubtful = await waiting_twin(ask, child)
        for record, since in ((own, first), (doubtful, second)):
            review = day(-2 if since == 4 else -60)
            await hold(ask, "teacher", record, held_since=day(since), review_due=review)
        for record, since in ((own, first), (doubtful, second)):
            assert (await lead(ask, "teacher", record, since)).status_code == 204
        await joined(ask, doubtful, own)
        shown = await ask.shown("social_worker", own)
        assert shown["assessment"]["held_since"] == day(4)
        assert shown["lead_professional"]["since"] == day(4)
        assert own in await due(ask, "teacher")
        assert (await step(ask, "teacher", own, "close", CLOSE)).status_code == 204
        again = await step(ask, "teacher", own, "close", CLOSE)
        refused(again, 409, "ended_already")
        assert own not in await due(ask, "teacher")
