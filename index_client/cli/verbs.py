"""A command as data: what is stated with it, what it asks of the index, how the answer is shown."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from index_client.answers import Answer
from index_client.cli.asking import (
    add_assent,
    add_case,
    add_connection,
    add_facts,
    add_why,
    assured,
    connected,
    stated,
)
from index_client.cli.faults import DONE, REFUSED
from index_client.cli.tables import Page, as_json
from index_client.index import Index

Said = dict[str, Any]
Asks = Callable[[Index, argparse.Namespace], Answer[Any]]
Shows = Callable[[Page, Any], None]
YES_NO = ("yes", "no")
TEAM: Mapping[str, Sequence[str]] = {
    "team_name": (),
    "team_phone": (),
    "person_name": (),
    "person_phone": (),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is asked for at a prompt or read from a file: each fact, and the words it may be.

    `made` gives what was typed the contract's form, and leaves alone what has it already.
    """

    what: str
    asked: Mapping[str, Sequence[str]]
    made: Callable[[Said], Said] = dict


@dataclass(frozen=True, slots=True)
class Option:
    """Something not personal that is said on the command line: an id, a day, a word of a list."""

    name: str
    what: str
    words: Sequence[str] = ()
    demanded: bool = False
    number: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One command. `sure`: what it does that cannot be undone, said before it is asked for.

    `many`: the last of its ids may be given several times. `pages`: the answer comes in pages.
    `mediated`: it may be asked under a grant.
    `holds`: whether an answer is to be relied on; where it is not, the exit status says so.
    """

    name: str
    what: str
    asks: Asks
    shows: Shows
    ids: Sequence[str] = ()
    options: Sequence[Option] = ()
    facts: Facts | None = None
    sure: str = ""
    why: bool = False
    mediated: bool = False
    case: bool = False
    pages: bool = False
    many: bool = False
    holds: Callable[[Any], bool] = lambda _: True
    adds: Callable[[argparse.ArgumentParser], None] | None = field(default=None)


def mount_noun(nouns: Any, name: str, what: str, verbs: Sequence[Verb]) -> None:
    """Add a noun and its verbs to the parser."""
    within = nouns.add_parser(name, help=what).add_subparsers(
        dest="verb", required=True, metavar="VERB"
    )
    for verb in verbs:
        mount_verb(within, verb)


def mount_verb(within: Any, verb: Verb) -> None:
    """Add one command to a noun, or to the parser itself."""
    parser = within.add_parser(verb.name, help=verb.what, description=f"{verb.what}. {verb.sure}")
    for name in verb.ids:
        last = verb.many and name == verb.ids[-1]
        parser.add_argument(name, metavar=name.upper(), nargs="+" if last else None)
    for option in verb.options:
        _add_option(parser, option)
    if verb.facts is not None:
        add_facts(parser, verb.facts.what)
    if verb.sure:
        add_assent(parser)
    if verb.why:
        add_why(parser, mediated=verb.mediated)
    if verb.case:
        add_case(parser)
    if verb.pages:
        parser.add_argument("--cursor", metavar="TEXT", help="the next page, as the last one said")
    if verb.adds is not None:
        verb.adds(parser)
    add_connection(parser)
    parser.set_defaults(run=run, doing=verb)


def run(chosen: argparse.Namespace) -> int:
    """Run one command: state what is to be stated, ask, show."""
    verb: Verb = chosen.doing
    if verb.facts is not None:
        asked = verb.facts.asked
        chosen.said = verb.facts.made(stated(chosen, list(asked), asked))
    if verb.sure:
        assured(chosen, verb.sure)
    with connected(chosen) as index:
        body = verb.asks(index, chosen).body
    if chosen.json:
        as_json(body)
    else:
        verb.shows(Page(), body)
    return DONE if verb.holds(body) else REFUSED


def done(sentence: str) -> Shows:
    """Show that something was done, with the id of what was made by it."""

    def shows(page: Page, body: Any) -> None:
        made = body.get("id") if isinstance(body, dict) else None
        page.say(f"{sentence}: {made}" if made else f"{sentence}.")

    return shows


def one(title: str) -> Shows:
    """Show one thing, fact by fact."""
    return lambda page, body: page.facts(title, body)


def several(title: str, name: str, *fields: str) -> Shows:
    """Show the records of a page: the fields named, else all."""

    def shows(page: Page, body: Any) -> None:
        page.records(title, body[name], fields)
        more(page, body)

    return shows


def more(page: Page, body: Any) -> None:
    """Say how to see the next page, if there is one."""
    if body.get("next"):
        page.say(f"There is more: --cursor {body['next']}")


def with_contact(said: Said) -> Said:
    """Return what was typed with the team, and the person if one is named, as one contact."""
    if "contact" in said:
        return said
    rest = {
        name: value for name, value in said.items() if not name.startswith(("team_", "person_"))
    }
    contact: Said = {"team": _part(said, "team_")}
    if person := _part(said, "person_"):
        contact["person"] = person
    return {**rest, "contact": contact}


def truths(*names: str) -> Callable[[Said], Said]:
    """Return what makes yes and no of these facts true and false."""

    def made(said: Said) -> Said:
        told = {name: said[name] == "yes" for name in names if said.get(name) in YES_NO}
        return {**said, **told}

    return made


def _part(said: Said, prefix: str) -> Said:
    return {
        name.removeprefix(prefix): value for name, value in said.items() if name.startswith(prefix)
    }


def _add_option(parser: argparse.ArgumentParser, option: Option) -> None:
    told: Said = {"choices": tuple(option.words)} if option.words else {}
    if option.number:
        told["type"] = int
    parser.add_argument(
        f"--{option.name}",
        required=option.demanded,
        metavar="NUMBER" if option.number else "WORD" if option.words else "TEXT",
        help=f"{option.what}{' (' + ', '.join(option.words) + ')' if option.words else ''}",
        **told,
    )
