"""A supplier states consent with its lines, and takes it back with them."""

import pytest

from demo.personas import SOCIAL_CARE
from tests.stories.asking import Ask
from tests.stories.consent_said import aged, brokered, read, recorded, said, tell
from tests.stories.made import DUTY, begin_line, child_line, day, next_line, reference
from tests.stories.test_consent_notices import noticed, told


async def fed(ask: Ask) -> tuple[str, str, str]:
    """Supply a child with a sensitive entry; return its id, and both references."""
    await tell(ask.served, "social_care")
    child, child_ref, ref = aged(12), reference(), reference("I")
    begin = begin_line(ref, child_ref, service="mental_health", consent=True)
    status = await ask.feed(child_line(child_ref, child), begin)
    assert status["accepted"] == 2
    (match,) = (await ask.look_up("manager", nhs_number=child["nhs_number"]))["matches"]
    return match["child"]["child_id"], ref, child_ref


async def own(ask: Ask, child_id: str) -> int:
    """Count the involvements the supplying agency itself is shown."""
    return len((await ask.shown("teacher", child_id))["involvements"])


@pytest.mark.parametrize("verb", ["change", "cease"])
async def test_a_line_that_takes_consent_back_hides_the_entry(ask: Ask, verb: str) -> None:
    child_id, ref, child_ref = await fed(ask)
    assert (await brokered(ask, "social_worker", child_id), await own(ask, child_id)) == (True, 1)
    ceased = {"ceased": day()} if verb == "cease" else {}
    await ask.feed(next_line(verb, ref, child_ref, consent=False, **ceased))
    assert (await brokered(ask, "social_worker", child_id), await own(ask, child_id)) == (False, 0)
    assert len((await ask.shown("manager", child_id))["involvements"]) == 1
    assert await noticed(ask, child_id) == told(ask, SOCIAL_CARE)


async def test_a_line_that_states_it_again_shows_it_again(ask: Ask) -> None:
    child_id, ref, child_ref = await fed(ask)
    for consent in (False, True, False, True):  # before any notice was sent
        await ask.feed(next_line("change", ref, child_ref, consent=consent))
        assert await brokered(ask, "social_worker", child_id) is consent
    assert await noticed(ask, child_id) == told(ask)


async def test_a_line_ends_what_was_recorded_by_hand(ask: Ask) -> None:
    child_id, ref, child_ref = await fed(ask)
    await recorded(ask, "teacher", child_id, said())
    await ask.feed(next_line("change", ref, child_ref, consent=False))
    assert not await brokered(ask, "social_worker", child_id)
    (shown,) = (await read(ask, "teacher", child_id))["consents"]
    assert shown["state"] == "withdrawn"
    assert shown["ended"] == {
        "giver": None,
        "understanding": None,
        "judged_by": None,
        "day": day(),
    }
    # Of a record once kept by hand the hand has the last word.
    await ask.feed(next_line("change", ref, child_ref, consent=True))
    assert not await brokered(ask, "social_worker", child_id)
    await recorded(ask, "teacher", child_id, said())
    assert await brokered(ask, "social_worker", child_id)


async def test_a_line_of_a_new_entry_takes_back_too(ask: Ask) -> None:
    """Begun and taken back in one batch, over a consent recorded before."""
    child_id, _, child_ref = await fed(ask)
    await recorded(ask, "teacher", child_id, said())
    ref = reference("I")
    await ask.feed(
        begin_line(ref, child_ref, service="mental_health", consent=True),
        next_line("change", ref, child_ref, consent=False),
    )
    (shown,) = (await read(ask, "teacher", child_id))["consents"]
    assert shown["state"] == "withdrawn"
    assert not await brokered(ask, "social_worker", child_id)


async def test_a_line_does_not_revive_what_was_refused(ask: Ask) -> None:
    child_id, ref, child_ref = await fed(ask)
    await recorded(ask, "teacher", child_id, said("refused"))
    await ask.feed(next_line("change", ref, child_ref, consent=True))
    assert (await brokered(ask, "social_worker", child_id), await own(ask, child_id)) == (False, 0)


async def test_a_line_without_consent_is_refused_before_and_after(ask: Ask) -> None:
    _, _, child_ref = await fed(ask)
    line = begin_line(reference("I"), child_ref, service="sexual_health")
    status = await ask.feed(line)
    assert status["invalid"] == 1


async def test_every_change_leaves_as_many_rows(ask: Ask) -> None:
    _, ref, child_ref = await fed(ask)
    counts = [await rows(ask)]
    team = {"team_name": "Northmere Annexe Office", "team_phone": DUTY}
    for says in ({"consent": False}, {"consent": True}, team):
        await ask.feed(next_line("change", ref, child_ref, **says))
        counts.append(await rows(ask))
    assert [counts[n + 1] - counts[n] for n in range(3)] == [1, 1, 1]


async def rows(ask: Ask) -> int:
    """Count the pointers of work."""
    (row,) = await ask.served.rows("select count(*) as work from work_token")
    return int(row["work"])
