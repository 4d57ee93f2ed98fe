"""`panels`: let one account review one child's case, for so many days."""

import argparse
from typing import Any

from index_client.answers import Answer
from index_client.cli.tables import Page, moment
from index_client.cli.verbs import Option, Verb, done, more, mount_noun
from index_client.generated import types as t
from index_client.index import Index


def mount(nouns: Any) -> None:
    """Add the commands to the parser."""
    mount_noun(nouns, "panels", "reviews of one child's case", _VERBS)


def _open(index: Index, chosen: argparse.Namespace) -> Answer[Any]:
    body: t.PanelOpened = {
        "child_id": chosen.child_id,
        "account_id": chosen.account,
        "days": chosen.days,
    }
    return index.open_panel(body, reference=chosen.case)


def _shows(page: Page, body: Any) -> None:
    page.say(f"Panel {body['panel_id']}, until {moment(body['ends_at'])}.")
    page.records("Who was involved", body["involved"])
    page.records("Who looked", body["looked"], ("at", "entry_id", "state", "said"))
    if body["missing"]:
        page.say(f"Missing: {len(body['missing'])}. Raise an alarm.")
    more(page, body)


_VERBS = (
    Verb(
        name="open",
        what="Let one account review one child's case",
        asks=_open,
        shows=done("Opened"),
        ids=("child_id",),
        options=(
            Option("account", "who reviews, by id", demanded=True),
            Option("days", "for how many days", demanded=True, number=True),
        ),
        case=True,
    ),
    Verb(
        name="show",
        what="Who was involved with the child of a panel, and who looked",
        asks=lambda index, chosen: index.read_panel(
            chosen.panel_id, reference=chosen.case, cursor=chosen.cursor
        ),
        shows=_shows,
        ids=("panel_id",),
        case=True,
        pages=True,
    ),
)
