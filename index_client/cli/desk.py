"""`me`, `mine`, `decisions`, `vocabularies`: one's own standing, work, answers, and the words."""

import argparse
import re
from typing import Any
from uuid import UUID

from index_client.cli.asking import access, add_connection, add_why, connected
from index_client.cli.faults import DONE, Wrong
from index_client.cli.shown import show_caseload
from index_client.cli.tables import Page, as_json, moment, words
from index_client.receipts import entry_id_of


def mount(nouns: Any) -> None:
    """Add the commands to the parser."""
    for name, what, run in (
        ("me", "my account, and what stands in its way", me),
        ("mine", "what waits for me or my team", mine),
        ("vocabularies", "the closed lists of words", vocabularies),
    ):
        parser = nouns.add_parser(name, help=what)
        add_connection(parser)
        if name == "mine":
            add_why(parser, demanded=False)
        parser.set_defaults(run=run)
    decisions = nouns.add_parser("decisions", help="why one of my questions was answered so")
    add_connection(decisions)
    decisions.add_argument("entry", metavar="ENTRY", help="an entry's id, or a whole receipt")
    decisions.set_defaults(run=decision)


def me(chosen: argparse.Namespace) -> int:
    """Show the asking account."""
    with connected(chosen) as index:
        body = index.read_me().body
    if chosen.json:
        as_json(body)
        return DONE
    page = Page()
    page.facts("My account", {name: value for name, value in body.items() if name != "may"})
    rows = [(words(action), words(", ".join(lacks))) for action, lacks in body["may"].items()]
    page.table("What I may do", ("action", "what stands in the way"), rows)
    return DONE


def mine(chosen: argparse.Namespace) -> int:
    """Show what I am to confirm, and what my agency is told; to a supervisor, what lies open."""
    if (chosen.purpose is None) != (chosen.reason is None):
        raise Wrong("Say why with both --purpose and --reason.")
    own: Any = None
    with connected(chosen) as index:
        if chosen.purpose is not None:
            own = index.read_own_involvements(access=access(chosen)).body["involvements"]
        supervises = not index.read_me().body["may"].get("supervise", ["role_not_allowed"])
        told = index.read_notices().body
        opened = index.read_open_work().body["open"] if supervises else []
    if chosen.json:
        as_json({"involvements": own, "notices": told["notices"], "open": opened})
        return DONE
    page = Page()
    if own is None:
        page.say("My involvements are told for a reason: --purpose WORD --reason WORD")
    else:
        show_caseload(page, "My involvements, those to confirm first", own)
    page.records("What my agency is told", told["notices"])
    if supervises:
        page.records("What my team left open", opened)
    if told.get("next"):
        page.say("There is more: the newest are shown.")
    return DONE


def decision(chosen: argparse.Namespace) -> int:
    """Say why a question was answered as it was."""
    with connected(chosen) as index:
        body = index.read_decision(_entry_id(chosen.entry)).body
    if chosen.json:
        as_json(body)
    else:
        Page().facts("Why it was answered so", {**body, "at": moment(body["at"])})
    return DONE


def vocabularies(chosen: argparse.Namespace) -> int:
    """Show the closed lists of words."""
    with connected(chosen) as index:
        body = index.read_vocabularies().body
    if chosen.json:
        as_json(body)
    else:
        Page().table(
            "Words", ("list", "words"), [(words(name), told) for name, told in body.items()]
        )
    return DONE


def _entry_id(text: str) -> str:
    if re.fullmatch(r"[0-9a-f-]{36}", text):
        return text
    entry_id: UUID | None = entry_id_of(text)
    if entry_id is None:
        raise Wrong("That is neither an entry's id nor a receipt.")
    return str(entry_id)
