"""`mediation`: let somebody else ask on one's behalf for a quarter of an hour."""

import argparse
from typing import Any

from index_client.answers import Answer
from index_client.cli.asking import access
from index_client.cli.faults import Wrong
from index_client.cli.tables import Page, moment
from index_client.cli.verbs import Option, Verb, mount_noun, one
from index_client.index import Index


def mount(nouns: Any) -> None:
    """Add the commands to the parser."""
    mount_noun(nouns, "mediation", "let somebody else ask on my behalf", _VERBS)


def _grant(index: Index, chosen: argparse.Namespace) -> Answer[Any]:
    if (chosen.account is None) == (chosen.agency is None):
        raise Wrong("A grant is for one account or for one agency: give --account or --agency")
    whom: Any = (
        {"mediator_account_id": chosen.account}
        if chosen.account
        else {"mediator_agency_id": chosen.agency}
    )
    return index.grant_mediation(whom, access=access(chosen))


def _shows_grant(page: Page, body: Any) -> None:
    page.say(f"Granted: {body['id']}, until {moment(body['until'])}.")
    page.say("The mediator states it as --mediation, with the same purpose and reason.")


_VERBS = (
    Verb(
        name="grant",
        what="Let one account, or any account of one agency, ask for me",
        asks=_grant,
        shows=_shows_grant,
        options=(Option("account", "whose, by id"), Option("agency", "whose, by id")),
        why=True,
    ),
    Verb(
        name="show",
        what="A grant that I made, or that was made for me",
        asks=lambda index, chosen: index.read_mediation(chosen.mediation_id, access=access(chosen)),
        shows=one("The grant"),
        ids=("mediation_id",),
        why=True,
    ),
)
