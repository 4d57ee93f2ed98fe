"""What insiders are shown of a flipped fact: asked of both worlds, it comes in one alone."""

from collections.abc import Iterator

from proofs.workings.worlds_arrivals import TEAMS, Arrival, finding, reading
from proofs.workings.worlds_people import TEAM
from proofs.workings.worlds_probes import Secret, Stage


def found_by_it(_: Stage, secret: Secret) -> Iterator[Arrival]:
    """The team finds a child by what is hidden from everybody else."""
    change = secret.changes[0]
    flat = {**change, **change.get("address", {}), **change.get("name", {})}
    telling = {name: value for name, value in flat.items() if isinstance(value, str)}
    asked = max(secret.questions, key=lambda one: len(telling.items() & one.items()))
    for who in TEAMS:
        yield finding("found by the hidden fact", who, asked, secret.child_id)


def found_by_name(_: Stage, secret: Secret) -> Iterator[Arrival]:
    """The team finds a record by name and day."""
    for who in TEAMS:
        yield finding("found by name and day", who, secret.questions[0], secret.child_id)


def involvement_shown(_: Stage, secret: Secret) -> Iterator[Arrival]:
    """The team and the service itself see who works with the child."""
    made = secret.ids["involvement"]
    for who in (*TEAMS, secret.ids["by"]):
        yield reading(
            "the involvement",
            who,
            secret.child_id,
            lambda one: made in [each["involvement_id"] for each in one["involvements"]],
        )


def record_read(_: Stage, secret: Secret) -> Iterator[Arrival]:
    """The record itself is read."""
    who = secret.ids.get("by", TEAM)
    yield reading(
        "the record", who, secret.child_id, lambda one: one["child_id"] == secret.child_id
    )


def school_shown(_: Stage, secret: Secret) -> Iterator[Arrival]:
    """The team sees where a shielded child is taught."""
    name = secret.record["school"]["name"]
    yield reading(
        "the school", TEAM, secret.child_id, lambda one: one["settings"]["school"]["name"] == name
    )


def ground_shown(_: Stage, secret: Secret) -> Iterator[Arrival]:
    """The team sees every ground a record is shielded on."""
    yield reading(
        "the ground",
        TEAM,
        secret.child_id,
        lambda one: (
            secret.ids["shield"] in [each["shield_id"] for each in one["restriction"]["shields"]]
        ),
    )
