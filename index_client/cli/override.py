"""`override`: see a shielded record once, as the law describes, and be asked about it."""

import argparse
from typing import Any, get_args

from index_client.answers import Answer
from index_client.cli.asking import access
from index_client.cli.shown import show_child
from index_client.cli.tables import Page, moment, words
from index_client.cli.verbs import YES_NO, Facts, Option, Verb, done, mount_noun, several
from index_client.generated import types as t
from index_client.index import Index


def mount(nouns: Any) -> None:
    """Add the commands to the parser."""
    mount_noun(nouns, "override", "see a shielded record once; it is investigated", _VERBS)


def _ask(index: Index, chosen: argparse.Namespace) -> Answer[Any]:
    body: Any = {**chosen.said, "warning_read": True}
    return index.ask_override(body, chosen.child_id, access=access(chosen))


def _shows_asked(page: Page, body: Any) -> None:
    page.say(f"{words(body['state'])}: {body['id']}, until {moment(body['ends_at'])}.")
    page.say(body["warning"])


_VERBS = (
    Verb(
        name="ask",
        what="Ask to override a shield",
        asks=_ask,
        shows=_shows_asked,
        ids=("child_id",),
        facts=Facts("the ground", {"ground": get_args(t.OverrideGround)}),
        sure="This override starts an investigation at once. It shows one record, once, to you "
        "alone, within 15 minutes; everybody else still sees the shield.",
        why=True,
    ),
    Verb(
        name="read",
        what="Read a shielded record under an override",
        asks=lambda index, chosen: index.read_under_override(
            {"override_id": chosen.override_id}, chosen.child_id, access=access(chosen)
        ),
        shows=lambda page, body: show_child(page, body["child"]),
        ids=("child_id", "override_id"),
        sure="Reading uses the override up.",
        why=True,
    ),
    Verb(
        name="list",
        what="Overrides whose investigation is not concluded",
        asks=lambda index, chosen: index.read_overrides(cursor=chosen.cursor),
        shows=several("Overrides", "overrides"),
        pages=True,
    ),
    Verb(
        name="approve",
        what="Say yes or no to somebody else's override",
        asks=lambda index, chosen: index.approve_override(
            {"approved": chosen.approved == "yes"}, chosen.override_id
        ),
        shows=done("Said"),
        ids=("override_id",),
        options=(Option("approved", "yes or no", YES_NO, demanded=True),),
        sure="What is said of an override stands.",
    ),
    Verb(
        name="conclude",
        what="Conclude the investigation of an override",
        asks=lambda index, chosen: index.conclude_override(
            {"outcome": chosen.outcome}, chosen.override_id
        ),
        shows=done("Concluded"),
        ids=("override_id",),
        options=(Option("outcome", "how it ended", get_args(t.OverrideOutcome), demanded=True),),
        sure="An investigation that is concluded is not opened again.",
    ),
)
