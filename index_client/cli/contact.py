"""`contact`: ask the team to bring one together with who works with a child; the team's inbox."""

import argparse
from typing import Any, get_args

from index_client.answers import Answer
from index_client.cli.asking import FACTS, access
from index_client.cli.shown import show_doors
from index_client.cli.tables import Page, moment
from index_client.cli.verbs import Facts, Option, Said, Verb, done, mount_noun, several
from index_client.generated import types as t
from index_client.index import Index

_ASKED = {
    "service": get_args(t.Service),
    "urgency": get_args(t.Urgency),
    "team_name": (),
    "team_phone": (),
}


def mount(nouns: Any) -> None:
    """Add the commands to the parser."""
    mount_noun(nouns, "contact", "brokered contact: ask, be told; the team's inbox", _VERBS)


def _made(said: Said) -> Said:
    """Return a request: what is known of the child apart, and whom to ring back."""
    if "call_back" in said:
        return said
    team = {"name": said.get("team_name", ""), "phone": said.get("team_phone", "")}
    made: Said = {name: said[name] for name in ("service", "urgency") if name in said}
    known = {name: said[name] for name in FACTS if name in said}
    return {**made, **({"lookup": known} if known else {}), "call_back": team}


def _ask(index: Index, chosen: argparse.Namespace) -> Answer[Any]:
    body: Any = {**chosen.said, "child_id": chosen.child_id}
    return index.ask_contact(body, access=access(chosen))


def _answer(index: Index, chosen: argparse.Namespace) -> Answer[Any]:
    body: t.ContactRequestAnswered = {
        "outcome": chosen.outcome,
        "involvement_id": chosen.involvement,
        "agreed_by": chosen.agreed_by,
        "agreed_on": chosen.agreed_on,
    }
    return index.answer_contact_request(body, chosen.contact_request_id)


def _shows_asked(page: Page, body: Any) -> None:
    page.say(f"Asked: {body['id']}. Answered by {moment(body['due'])} at the latest.")
    show_doors(page, body)


def _shows_request(page: Page, body: Any) -> None:
    page.facts("The request", {name: said for name, said in body.items() if name != "team"})
    if team := body.get("team"):
        page.facts("For the team", {name: said for name, said in team.items() if name != "steps"})
        page.records("What was done", team["steps"])


_VERBS = (
    Verb(
        name="ask",
        what="Ask for contact about a child whose record you have",
        asks=_ask,
        shows=_shows_asked,
        ids=("child_id",),
        facts=Facts("the service, how urgent it is, and whom to ring back", _ASKED, _made),
        why=True,
    ),
    Verb(
        name="ask-described",
        what="Ask for contact about a child nothing was found of",
        asks=lambda index, chosen: index.ask_contact(chosen.said, access=access(chosen)),
        shows=_shows_asked,
        facts=Facts(
            "the same, and what is known of the child",
            {**_ASKED, **dict.fromkeys(FACTS, ())},
            _made,
        ),
        why=True,
    ),
    Verb(
        name="list",
        what="My requests; to the team, all that wait",
        asks=lambda index, chosen: index.read_contact_requests(
            access=access(chosen), cursor=chosen.cursor
        ),
        shows=several("Requests for contact", "requests"),
        why=True,
        pages=True,
    ),
    Verb(
        name="show",
        what="What came of a request",
        asks=lambda index, chosen: index.read_contact_request(
            chosen.contact_request_id, access=access(chosen)
        ),
        shows=_shows_request,
        ids=("contact_request_id",),
        why=True,
    ),
    Verb(
        name="take",
        what="Take a request on, or over from a colleague",
        asks=lambda index, chosen: index.take_contact_request(chosen.contact_request_id),
        shows=done("Taken"),
        ids=("contact_request_id",),
    ),
    Verb(
        name="answer",
        what="Say what was brought about",
        asks=_answer,
        shows=done("Answered"),
        ids=("contact_request_id",),
        options=(
            Option("outcome", "what was brought about", get_args(t.Brokered), demanded=True),
            Option("involvement", "of the service that agreed to be named, by id"),
            Option("agreed-by", "who agreed, by the account's id"),
            Option("agreed-on", "the day"),
        ),
        sure="Whoever asked is told, and the request is closed.",
    ),
)
