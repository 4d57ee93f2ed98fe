"""`caseload`: an agency's involvements, those in doubt, and what a leaving worker hands over."""

import argparse
from typing import Any, get_args

from index_client.answers import Answer
from index_client.cli.asking import access
from index_client.cli.shown import show_caseload
from index_client.cli.tables import Page
from index_client.cli.verbs import Option, Verb, more, mount_noun, several
from index_client.generated import types as t
from index_client.index import Index


def mount(nouns: Any) -> None:
    """Add the commands to the parser."""
    mount_noun(nouns, "caseload", "my agency's caseload, and handing over", _VERBS)


def _hand_over(index: Index, chosen: argparse.Namespace) -> Answer[Any]:
    body: t.CaseloadHandedOver = {
        "from_practitioner_id": chosen.leaves,
        "to_practitioner_id": chosen.to,
        "involvement_ids": chosen.involvement_id,
    }
    return index.hand_over_caseload(body, access=access(chosen))


def _shows_caseload(page: Page, body: Any) -> None:
    show_caseload(page, "My agency's caseload", body["involvements"])
    more(page, body)


def _shows_doubtful(page: Page, body: Any) -> None:
    show_caseload(page, "Contacts in doubt", body["contacts"])
    more(page, body)


_VERBS = (
    Verb(
        name="list",
        what="My agency's involvements",
        asks=lambda index, chosen: index.read_caseload(
            access=access(chosen),
            practitioner_id=chosen.practitioner,
            due=chosen.due,
            cursor=chosen.cursor,
        ),
        shows=_shows_caseload,
        options=(
            Option("practitioner", "one practitioner's, by id"),
            Option("due", "those to confirm", get_args(t.Due)),
        ),
        why=True,
        pages=True,
    ),
    Verb(
        name="practitioners",
        what="The practitioners a caseload may go to",
        asks=lambda index, chosen: index.read_caseload_practitioners(cursor=chosen.cursor),
        shows=several("Practitioners", "practitioners"),
        pages=True,
    ),
    Verb(
        name="doubtful",
        what="Contacts that several people say do not work",
        asks=lambda index, chosen: index.read_doubtful_contacts(
            access=access(chosen), cursor=chosen.cursor
        ),
        shows=_shows_doubtful,
        why=True,
        pages=True,
    ),
    Verb(
        name="hand-over",
        what="Give a leaving worker's involvements to another practitioner",
        asks=_hand_over,
        shows=several("Handed over", "lines"),
        ids=("involvement_id",),
        options=(
            Option("leaves", "the practitioner who leaves, by id", demanded=True),
            Option("to", "the practitioner who takes on, by id", demanded=True),
        ),
        sure="The former contact is shown no more.",
        why=True,
        many=True,
    ),
)
