"""`agreements`: which agreement is in force, what a new one would widen, and its approval."""

import argparse
from typing import Any

from index_client.answers import Answer
from index_client.cli.tables import Page, as_json, words
from index_client.cli.verbs import Facts, Option, Verb, mount_noun
from index_client.index import Index

_FIELDS = ("version", "name", "label", "in_force_from", "in_force_until", "coverage")


def mount(nouns: Any) -> None:
    """Add the commands to the parser."""
    mount_noun(nouns, "agreements", "the sharing agreement: in force, waiting, to approve", _VERBS)


def _propose(index: Index, chosen: argparse.Namespace) -> Answer[Any]:
    return index.propose_agreement({"document": chosen.said})


def _shows_list(page: Page, body: Any) -> None:
    page.records("In force", [body["in_force"]], _FIELDS)
    page.records("Waiting", body["waiting"], ("id", *_FIELDS[1:], "proposed_by", "proposed_at"))
    for each in body["waiting"]:
        _shows_widened(page, each)


def _shows_kept(page: Page, body: Any) -> None:
    if body["state"] == "in_force":
        page.say(f"In force, version {body['version']}.")
        return
    page.say(f"It waits for a second person: {body['id']}")
    _shows_widened(page, body)


def _shows_widened(page: Page, body: Any) -> None:
    rows = [(words(each["kind"]), words(each["where"])) for each in body["widens"]]
    page.table(f"What {body['id']} would widen", ("what", "where"), rows)
    page.say(f"The difference: {body['difference']}")


_VERBS = (
    Verb(
        name="list",
        what="Which agreement is in force, and which wait",
        asks=lambda index, _: index.read_agreements(),
        shows=_shows_list,
    ),
    Verb(
        name="show",
        what="The document of one version",
        asks=lambda index, chosen: index.read_agreement(chosen.version),
        shows=lambda _, body: as_json(body["document"]),
        ids=("version",),
    ),
    Verb(
        name="propose",
        what="Bring an agreement into force, or propose one that widens anything",
        asks=_propose,
        shows=_shows_kept,
        facts=Facts("the whole document", {}),
        sure="An agreement that widens nothing is in force at once.",
    ),
    Verb(
        name="approve",
        what="Bring a proposed agreement into force, having seen what it widens",
        asks=lambda index, chosen: index.approve_agreement(
            {"difference": chosen.difference}, chosen.agreement_id
        ),
        shows=_shows_kept,
        ids=("agreement_id",),
        options=(Option("difference", "the difference seen, as `list` says it", demanded=True),),
        sure="Every request from the answer on is decided by it.",
    ),
)
