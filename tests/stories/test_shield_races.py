"""A shield set while feed lines about the child are in flight: never an unshielded record."""

from proofs.workings.shield_races import raced
from tests.stories.asking import Ask
from tests.stories.racing_shield import race

RACES = 40


async def test_a_shield_set_while_lines_are_in_flight_hides_every_record(ask: Ask) -> None:
    seen = await raced(ask, race, RACES, "social_worker")
    assert seen.unshielded == ()
    assert seen.looked >= 6 * RACES
