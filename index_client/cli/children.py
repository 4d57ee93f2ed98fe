"""`lookup`, `child`, `children`: find a child, see who works with them, record or amend one."""

import argparse
from typing import Any, cast, get_args

from index_client.answers import Answer
from index_client.cli.asking import (
    FACTS,
    access,
    add_assent,
    add_connection,
    add_facts,
    add_why,
    assured,
    connected,
    stated,
)
from index_client.cli.faults import DONE
from index_client.cli.shown import show_child, show_coverage, show_doors, show_lookup
from index_client.cli.tables import Page, as_json
from index_client.cli.verbs import Facts, Said, Verb, done, mount_verb
from index_client.generated import types as t

_NAME = ("given_name", "middle_names", "family_name")
_LINES = ("house", "street", "town", "postcode")
_RECORD = {
    **dict.fromkeys((*_NAME, "date_of_birth"), ()),
    "gender": get_args(t.Gender),
    **dict.fromkeys(("nhs_number", "upn", "case_number", *_LINES), ()),
}


def mount(nouns: Any) -> None:
    """Add the commands to the parser."""
    lookup = nouns.add_parser("lookup", help="find a child and who works with them")
    add_connection(lookup)
    add_why(lookup, mediated=True)
    add_facts(lookup, "what is known of the child")
    lookup.add_argument("--across", choices=("own", "region", "region_wider"), default="own")
    lookup.set_defaults(run=look_up)
    child = nouns.add_parser("child", help="read a child's record by its id")
    add_connection(child)
    add_why(child, mediated=True)
    child.add_argument("child_id", metavar="CHILD_ID")
    child.set_defaults(run=read)
    children = nouns.add_parser("children", help="record or amend a child's record")
    within = children.add_subparsers(dest="verb", required=True, metavar="VERB")
    mount_verb(within, _CREATE)
    amends = within.add_parser("amend", help="amend a record, having seen it")
    amends.add_argument("child_id", metavar="CHILD_ID")
    add_facts(amends, "what is to stand in place of what was seen")
    add_assent(amends)
    add_why(amends)
    add_connection(amends)
    amends.set_defaults(run=amend)


def look_up(chosen: argparse.Namespace) -> int:
    """Find a child."""
    body = {**stated(chosen, FACTS), "across": chosen.across}
    with connected(chosen) as index:
        answer = index.look_up_child(cast(t.RegionLookupAsked, body), access=access(chosen))
    if chosen.json:
        as_json(answer.body)
    else:
        show_lookup(Page(), answer.body)
    return DONE


def read(chosen: argparse.Namespace) -> int:
    """Show a child's record."""
    with connected(chosen) as index:
        answer = index.read_child(chosen.child_id, access=access(chosen))
    if chosen.json:
        as_json(answer.body)
        return DONE
    page = Page()
    show_child(page, answer.body["child"])
    show_coverage(page, answer.body)
    if not answer.body["child"].get("involvements"):
        show_doors(page, answer.body)
    return DONE


def amend(chosen: argparse.Namespace) -> int:
    """Amend the record that is shown, and no later state of it."""
    body: Any = _facts(stated(chosen, list(_RECORD), _RECORD))
    with connected(chosen) as index:
        seen: Answer[t.ChildAnswer] = index.read_child(chosen.child_id, access=access(chosen))
        if not chosen.json:
            show_child(Page(), seen.body["child"])
        assured(chosen, f"Put in place of what is shown: {', '.join(body)}.")
        index.amend_child(body, chosen.child_id, access=access(chosen), if_match=seen.etag or "")
    if chosen.json:
        as_json(None)
    else:
        Page().say("Amended.")
    return DONE


def _facts(said: Said) -> Said:
    """Return the facts of a record: the name and the address each as one."""
    made: Said = {fact: said[fact] for fact in said if fact not in (*_NAME, *_LINES)}
    if name := {part: said[part] for part in _NAME if part in said}:
        made["name"] = name
    if lines := {part: said[part] for part in _LINES if part in said}:
        made["address"] = {"kind": "current", **lines}
    return made


_CREATE = Verb(
    name="create",
    what="Record a child who is not yet on the index",
    asks=lambda index, chosen: index.create_child(chosen.said, access=access(chosen)),
    shows=done("Recorded"),
    facts=Facts("what is known of the child", _RECORD, _facts),
    why=True,
)
