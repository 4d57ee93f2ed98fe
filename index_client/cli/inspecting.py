"""`who-looked` for the subject desk, `log search` for auditors."""

import argparse
from collections.abc import Mapping
from typing import Any, cast

from index_client.cli.asking import add_connection, add_facts, connected, stated
from index_client.cli.clock import DAY_S, now_s
from index_client.cli.faults import DONE
from index_client.cli.tables import Page, as_json, moment, words
from index_client.generated import types as t

_WHO_ASKS = ("asked_by", "identity", "right", "orders", "competence", "judged_by", "judged_on")
_REQUEST = (*_WHO_ASKS, "wish", "unasked_because", "harm", "detail", "detail_ground")
_HEADS = ("at", "entry", "state", "action", "outcome", "purpose", "account", "reference")


def mount(nouns: Any) -> None:
    """Add the commands to the parser."""
    desk = nouns.add_parser("who-looked", help="requests to be told who looked at a record")
    verbs = desk.add_subparsers(dest="verb", required=True, metavar="VERB")
    record = verbs.add_parser("record", help="record a request, as the desk found it")
    record.add_argument("child_id", metavar="CHILD_ID")
    add_facts(record, "what the desk found")
    release = verbs.add_parser("release", help="release the report of a request")
    release.add_argument("request_id", metavar="REQUEST_ID")
    listed = verbs.add_parser("list", help="requests that wait")
    for parser, run in ((record, record_request), (release, release_report), (listed, list_them)):
        add_connection(parser)
        parser.set_defaults(run=run)
    log = nouns.add_parser("log", help="the access log, for auditors")
    search = log.add_subparsers(dest="verb", required=True, metavar="VERB").add_parser(
        "search", help="entries of the last days"
    )
    _mount_search(search)


def record_request(chosen: argparse.Namespace) -> int:
    """Record a request to be told who looked."""
    body = stated(chosen, _REQUEST)
    with connected(chosen) as index:
        answer = index.record_who_looked_request(cast(t.WhoLookedAsked, body), chosen.child_id)
    if chosen.json:
        as_json(answer.body)
    else:
        Page().facts("The request", answer.body)
    return DONE


def release_report(chosen: argparse.Namespace) -> int:
    """Release a report: who saw what, in which months."""
    with connected(chosen) as index:
        body = index.release_who_looked(chosen.request_id).body
    if chosen.json:
        as_json(body)
        return DONE
    page = Page()
    page.records(f"Who looked, until {body['until']}", body["looks"])
    page.say(body["notice"])
    return DONE


def list_them(chosen: argparse.Namespace) -> int:
    """List the requests that wait, the most urgent first."""
    with connected(chosen) as index:
        body = index.read_who_looked_requests().body
    if chosen.json:
        as_json(body)
    else:
        Page().records("Requests to be told who looked", body["requests"])
    return DONE


def search_log(chosen: argparse.Namespace) -> int:
    """Search the access log for a case."""
    until = now_s()
    asked: dict[str, object] = {"since": until - chosen.days * DAY_S, "until": until}
    for name in ("account_id", "child_id", "action", "outcome", "purpose", "cursor"):
        if getattr(chosen, name) is not None:
            asked[name] = getattr(chosen, name)
    with connected(chosen) as index:
        body = index.search_log(cast(t.LogSearched, asked), reference=chosen.case).body
    if chosen.json:
        as_json(body)
        return DONE
    page = Page()
    page.table("Entries", _HEADS, [_row(each) for each in body["entries"]])
    if body["missing"] or body["broken"]:
        page.say(f"Missing: {len(body['missing'])}. Broken: {body['broken']}. Raise an alarm.")
    if body.get("next"):
        page.say(f"There is more: --cursor {body['next']}")
    return DONE


def _mount_search(search: argparse.ArgumentParser) -> None:
    add_connection(search)
    search.add_argument("--case", required=True, metavar="CASE", help="the case this is for")
    search.add_argument("--days", type=int, default=7, help="how far back (7)")
    for name, what in (
        ("account-id", "who asked"),
        ("child-id", "about whom, by the record's id"),
        ("action", "what was asked"),
        ("outcome", "what came of it"),
        ("purpose", "for what purpose"),
        ("cursor", "the next page, with everything else the same"),
    ):
        search.add_argument(f"--{name}", metavar="TEXT", help=what)
    search.set_defaults(run=search_log)


def _row(entry: t.EntryInspected) -> list[object]:
    said: Mapping[str, object] = entry["said"] or {}
    told = [words(said.get(name)) for name in ("action", "outcome", "purpose")]
    account, reference = said.get("account"), said.get("reference")
    return [
        moment(entry["at"]), entry["entry_id"], words(entry["state"]), *told, account, reference
    ]  # fmt: skip
