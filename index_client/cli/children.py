"""`lookup`, `child`, `involvements`: find a child, see who works with them, say that one does."""

import argparse
from typing import Any, cast

from index_client.cli.asking import FACTS, access, add_connection, add_facts, add_why, connected
from index_client.cli.asking import stated as facts_stated
from index_client.cli.faults import DONE
from index_client.cli.shown import show_child, show_coverage, show_doors, show_lookup
from index_client.cli.tables import Page, as_json
from index_client.generated import types as t

_BEGIN = (
    "service and began (a day), the team's name and its phone; with hours, a person, consent or "
    "significant harm in --facts"
)


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
    _mount_involvements(nouns.add_parser("involvements", help="begin, confirm, cease one"))


def look_up(chosen: argparse.Namespace) -> int:
    """Find a child."""
    body = {**facts_stated(chosen, FACTS), "across": chosen.across}
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


def begin(chosen: argparse.Namespace) -> int:
    """Say that one's service works with a child."""
    body = facts_stated(chosen, ("service", "began", "team_name", "team_phone"))
    if "contact" not in body:
        team = {"name": body.pop("team_name", ""), "phone": body.pop("team_phone", "")}
        body["contact"] = {"team": team}
    with connected(chosen) as index:
        answer = index.begin_involvement(
            cast(t.InvolvementBegun, body), chosen.child_id, access=access(chosen)
        )
    _done(chosen, "Begun", answer.body)
    return DONE


def confirm(chosen: argparse.Namespace) -> int:
    """Say that one still works with a child."""
    with connected(chosen) as index:
        index.confirm_involvement(chosen.involvement_id, access=access(chosen))
    _done(chosen, "Confirmed", {"id": chosen.involvement_id})
    return DONE


def cease(chosen: argparse.Namespace) -> int:
    """Say that one works with a child no more."""
    with connected(chosen) as index:
        index.cease_involvement(
            {"ceased": chosen.ceased}, chosen.involvement_id, access=access(chosen)
        )
    _done(chosen, "Ceased", {"id": chosen.involvement_id})
    return DONE


def _mount_involvements(noun: argparse.ArgumentParser) -> None:
    verbs = noun.add_subparsers(dest="verb", required=True, metavar="VERB")
    begins = verbs.add_parser("begin", help="I work with this child")
    begins.add_argument("child_id", metavar="CHILD_ID")
    add_facts(begins, _BEGIN)
    confirms = verbs.add_parser("confirm", help="I still do")
    ceases = verbs.add_parser("cease", help="I do no more")
    for parser in (confirms, ceases):
        parser.add_argument("involvement_id", metavar="INVOLVEMENT_ID")
    ceases.add_argument("--ceased", metavar="DAY", help="its last day; today unless said")
    for parser, run in ((begins, begin), (confirms, confirm), (ceases, cease)):
        add_connection(parser)
        add_why(parser)
        parser.set_defaults(run=run)


def _done(chosen: argparse.Namespace, what: str, body: Any) -> None:
    if chosen.json:
        as_json(body)
    else:
        Page().say(f"{what}: {body['id']}")
