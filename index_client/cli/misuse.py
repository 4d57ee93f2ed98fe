"""`misuse`: alerts on how the index is used, whom they concern, and records that are marked."""

import argparse
from typing import Any

from index_client.answers import Answer
from index_client.cli.alerts import CONCLUDED, FOR_GOOD
from index_client.cli.tables import Page
from index_client.cli.verbs import Option, Verb, done, mount_noun, several
from index_client.index import Index


def mount(nouns: Any) -> None:
    """Add the commands to the parser."""
    mount_noun(nouns, "misuse", "alerts on how the index is used; marks", (*_ALERTS, *_MARKS))


def _mark(index: Index, chosen: argparse.Namespace) -> Answer[Any]:
    body: Any = {"child_id": chosen.child_id, "mark": chosen.mark}
    return index.mark_record(body)


def _shows_alert(page: Page, body: Any) -> None:
    apart = ("entries", "rules", "steps", "explained")
    page.facts("The alert", {name: said for name, said in body.items() if name not in apart})
    page.records("Rules that spoke", body["rules"])
    page.records("What explains it", body["explained"])
    page.records("What was done", body["steps"])
    page.table("Entries: index-client log entry", ("entry",), [(each,) for each in body["entries"]])


_ALERTS = (
    Verb(
        name="list",
        what="Alerts not concluded yet, newest first",
        asks=lambda index, chosen: index.read_misuse_alerts(cursor=chosen.cursor),
        shows=several("Alerts on misuse", "alerts"),
        pages=True,
    ),
    Verb(
        name="show",
        what="One alert: entries, rules and explanations, by reference",
        asks=lambda index, chosen: index.read_misuse_alert(chosen.alert_id),
        shows=_shows_alert,
        ids=("alert_id",),
    ),
    Verb(
        name="take",
        what="Say that I look into an alert",
        asks=lambda index, chosen: index.take_misuse_alert(chosen.alert_id),
        shows=done("Taken"),
        ids=("alert_id",),
    ),
    Verb(
        name="conclude",
        what="Say what came of looking into an alert; nobody is suspended by it",
        asks=lambda index, chosen: index.conclude_misuse_alert(
            {"outcome": chosen.outcome}, chosen.alert_id
        ),
        shows=done("Concluded"),
        ids=("alert_id",),
        options=(CONCLUDED,),
        sure=FOR_GOOD,
    ),
    Verb(
        name="rates",
        what="Whether staff of some group are alerted on more often than others",
        asks=lambda index, _: index.read_misuse_rates(),
        shows=several("Alerted on, by group", "groups"),
    ),
)
_MARKS = (
    Verb(
        name="marks",
        what="Which records are marked so that accesses to them are noticed",
        asks=lambda index, chosen: index.read_marks(cursor=chosen.cursor),
        shows=several("Marked records", "marks"),
        pages=True,
    ),
    Verb(
        name="mark",
        what="Mark a record",
        asks=_mark,
        shows=done("Marked"),
        ids=("child_id",),
        options=(Option("mark", "as what", ("canary", "well_known"), demanded=True),),
    ),
    Verb(
        name="end-mark",
        what="End a mark",
        asks=lambda index, chosen: index.end_mark(chosen.mark_id),
        shows=done("Ended"),
        ids=("mark_id",),
    ),
)
