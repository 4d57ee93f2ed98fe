"""`holds`: what waits for a decision of the management team, and how it is released."""

import argparse
from typing import Any, get_args

from index_client.answers import Answer
from index_client.cli.asking import access
from index_client.cli.tables import Page, words
from index_client.cli.verbs import YES_NO, Option, Verb, done, mount_noun, several
from index_client.generated import types as t
from index_client.index import Index


def mount(nouns: Any) -> None:
    """Add the commands to the parser."""
    mount_noun(nouns, "holds", "held and doubtful lines of feeds", _VERBS)


def _release(index: Index, chosen: argparse.Namespace) -> Answer[Any]:
    body: Any = {"decision": chosen.decision, "emergency": chosen.emergency == "yes"}
    if chosen.checked_with:
        body["checked_with"] = chosen.checked_with
    if chosen.survivor:
        body["survivor_id"] = chosen.survivor
    return index.release_hold(body, chosen.child_id, access=access(chosen))


def _shows_released(page: Page, body: Any) -> None:
    page.say(f"{words(body['state'])}.")
    if body["release_id"]:
        page.say(f"A second person agrees: index-client holds approve ... {body['release_id']}")


_VERBS = (
    Verb(
        name="list",
        what="What waits for a decision, why, and until when",
        asks=lambda index, chosen: index.read_holds(cursor=chosen.cursor),
        shows=several("What waits", "holds"),
        pages=True,
    ),
    Verb(
        name="release",
        what="Release a record: another child's, or the same child's as another record",
        asks=_release,
        shows=_shows_released,
        ids=("child_id",),
        options=(
            Option("decision", "what was found out", get_args(t.HoldDecision), demanded=True),
            Option("checked-with", "from whom", get_args(t.CheckedWith)),
            Option("survivor", "the record that stands, by its id"),
            Option("emergency", "no check could be made", YES_NO),
        ),
        sure="A record that is released is shown, or is joined with the one that stands.",
        why=True,
    ),
    Verb(
        name="approve",
        what="Agree to a release as the second of two people",
        asks=lambda index, chosen: index.approve_release(
            {"release_id": chosen.release_id}, chosen.child_id, access=access(chosen)
        ),
        shows=done("Released"),
        ids=("child_id", "release_id"),
        sure="The record is released.",
        why=True,
    ),
)
