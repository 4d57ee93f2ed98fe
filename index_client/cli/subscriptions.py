"""`subscriptions`: be told to ask again about a child there is lasting reason for."""

import argparse
from typing import Any

from index_client.answers import Answer
from index_client.cli.asking import access
from index_client.cli.faults import Wrong
from index_client.cli.verbs import Option, Verb, done, mount_noun, several
from index_client.index import Index


def mount(nouns: Any) -> None:
    """Add the commands to the parser."""
    mount_noun(nouns, "subscriptions", "be told to ask again about a child", _VERBS)


def _begin(index: Index, chosen: argparse.Namespace) -> Answer[Any]:
    if not chosen.reference:
        raise Wrong("A notice names your number for the case and nothing else: give --reference")
    body: Any = {"child_id": chosen.child_id, "reference": chosen.reference}
    if chosen.authority:
        body["authority"] = chosen.authority
    return index.subscribe(body, access=access(chosen))


_VERBS = (
    Verb(
        name="begin",
        what="Be told, by my own number for the case, to ask again about a child",
        asks=_begin,
        shows=done("Subscribed"),
        ids=("child_id",),
        options=(Option("authority", "whose record it is, where it is another authority's"),),
        why=True,
    ),
    Verb(
        name="list",
        what="My subscriptions, and which of them to ask about again",
        asks=lambda index, chosen: index.read_subscriptions(cursor=chosen.cursor),
        shows=several("My subscriptions", "subscriptions"),
        pages=True,
    ),
    Verb(
        name="end",
        what="End a subscription of mine",
        asks=lambda index, chosen: index.end_subscription(chosen.subscription_id),
        shows=done("Ended"),
        ids=("subscription_id",),
    ),
)
