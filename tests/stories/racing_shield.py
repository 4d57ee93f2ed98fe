"""A child and what is said and asked of the child while its shield is being granted."""

from proofs.workings.shield_races import Race
from tests.stories.made import (
    a_child,
    by_address,
    by_everything,
    by_name,
    child_line,
    day,
    misspelt,
    nhs_number,
    reference,
)


def race(number: int) -> Race:
    """Make a child, and lines that are the child's, nearly the child's, or move the child."""
    child = a_child()
    moved = {**child["address"], "house": "9", "postcode": "NM8 8YY"}
    bare = {"name": child["name"], "date_of_birth": child["date_of_birth"]}
    spelt = misspelt(child["name"])
    # Without the number, at another place: before the shield a doubtful second record.
    elsewhere = {**child["address"], "house": "11", "postcode": "NM7 7XX"}
    unlike = {
        "gender": child["gender"],
        "nhs_number": nhs_number(300_000 + number),
        "address": elsewhere,
    }
    lines = [
        ("schools_feed", {**child, "address": moved}),
        ("health_feed", {**bare, **unlike}),
        ("schools_feed", {**bare, **unlike, "name": spelt, "nhs_number": child["nhs_number"]}),
    ]
    chosen = lines[number % 3 :] + lines[: number % 3]
    rival = a_child()
    return Race(
        child,
        rival,
        by_everything(rival),
        [(source, child_line(reference(), line)) for source, line in chosen],
        [
            by_name(child),
            by_everything(child),
            by_everything({**child, "address": elsewhere}),
            by_address(child),
            {**spelt, "date_of_birth": child["date_of_birth"]},
        ],
        day(-90),
        number % 10 * 0.015,
    )
