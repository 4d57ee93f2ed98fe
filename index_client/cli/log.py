"""`log`, for auditors: entries looked for, handed over, reached or drawn by lot, for a case."""

import argparse
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_args

from index_client.answers import Answer
from index_client.cli.clock import DAY_S, now_s
from index_client.cli.log_proving import PROVING
from index_client.cli.log_releases import RELEASES
from index_client.cli.tables import Page, moment, plain, words
from index_client.cli.verbs import Option, Verb, more, mount_noun
from index_client.generated import types as t
from index_client.index import Index

_HEADS = ("at", "entry", "state", "action", "outcome", "purpose", "account", "reference")
_WORDS = {
    "agency_kind": ("of which kind of agency", get_args(t.AgencyKind)),
    "role": ("in which role", get_args(t.Role)),
    "action": ("what was asked", get_args(t.Action)),
    "outcome": ("what came of it", get_args(t.Outcome)),
    "purpose": ("for what purpose", get_args(t.Purpose)),
    "code": ("with what code", get_args(t.Code)),
}
_IDS = {
    "account_id": "who asked",
    "agency_id": "of which agency",
    "child_id": "about whom, by the record's id",
}
_TRUTHS = {
    "mediated": "asked for somebody else",
    "override": "under an override",
    "federated": "asked by another authority",
}


def mount(nouns: Any) -> None:
    """Add the commands to the parser."""
    mount_noun(nouns, "log", "the access log", (*_VERBS, *PROVING, *RELEASES))


def _adds_filters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--days", type=int, default=7, metavar="NUMBER", help="how far back (7)")
    parser.add_argument("--since", type=int, metavar="SECONDS", help="of the epoch, not --days")
    parser.add_argument("--until", type=int, metavar="SECONDS", help="of the epoch; now unless")
    for name, what in _IDS.items():
        parser.add_argument(f"--{_option(name)}", metavar="ID", help=what)
    for name, (what, known) in _WORDS.items():
        parser.add_argument(f"--{_option(name)}", metavar="WORD", choices=known, help=what)
    for name, what in _TRUTHS.items():
        parser.add_argument(f"--{name}", action="store_true", help=f"only what was {what}")


def _filters(chosen: argparse.Namespace) -> dict[str, Any]:
    # The end is not part of the time, and this very second is.
    until = now_s() + 1 if chosen.until is None else chosen.until
    since = until - chosen.days * DAY_S if chosen.since is None else chosen.since
    asked: dict[str, Any] = {"since": since, "until": until}
    for name in (*_IDS, *_WORDS, "cursor"):
        if getattr(chosen, name, None) is not None:
            asked[name] = getattr(chosen, name)
    return asked | {name: True for name in _TRUTHS if getattr(chosen, name)}


def _option(name: str) -> str:
    return name.replace("_", "-")


def _search(index: Index, chosen: argparse.Namespace) -> Answer[Any]:
    body: Any = _filters(chosen)
    return index.search_log(body, reference=chosen.case)


def _export(index: Index, chosen: argparse.Namespace) -> Answer[Any]:
    body: Any = {**_filters(chosen), "form": chosen.form}
    answer: Answer[Any] = index.export_log(body, reference=chosen.case)
    told = {"export": answer.body, "next": answer.headers.get("export-next")}
    return replace(answer, body=told)


def _breach(index: Index, chosen: argparse.Namespace) -> Answer[Any]:
    body: Any = {**_filters(chosen), "form": chosen.form}
    return index.read_breach(body, reference=chosen.case)


def _sample(index: Index, chosen: argparse.Namespace) -> Answer[Any]:
    body: Any = {**_filters(chosen), "size": chosen.size}
    if chosen.seed:
        body["seed"] = chosen.seed
    return index.draw_sample(body, reference=chosen.case)


def _shows_found(page: Page, body: Any) -> None:
    page.table("Entries", _HEADS, map(_row, body["entries"]))
    if body["missing"] or body["broken"]:
        page.say(f"Missing: {len(body['missing'])}. Broken: {body['broken']}. Raise an alarm.")
    _shows_closed(page, body)
    more(page, body)


def _shows_export(_: Page, body: Any) -> None:
    """Write the export as it is to a file, so that it can be verified; a terminal is spared."""
    text: str = body["export"]
    if sys.stdout.isatty():
        text = "".join(f"{plain(line)}\n" for line in text.splitlines())
    sys.stdout.write(text)
    if body["next"]:
        print(f"There is more: --cursor {plain(body['next'])}", file=sys.stderr)


def _shows_breach(page: Page, body: Any) -> None:
    if body["children"] is not None:
        page.records("Children reached", body["children"])
    if body["counts"] is not None:
        page.say(f"Children reached: {plain(body['counts']['children'])}")
        page.records("By class of facts", body["counts"]["by_class"])
        page.records("By agency", body["counts"]["by_agency"])
    page.records("Entries that could not be asked", body["unread"])
    _shows_closed(page, body)


def _shows_sample(page: Page, body: Any) -> None:
    page.table("Drawn by lot", _HEADS, map(_row, body["entries"]))
    page.facts("The draw", {name: body[name] for name in ("cohort", "seed", "committed")})
    _shows_closed(page, body)


def _shows_closed(page: Page, body: Any) -> None:
    if body["closed_years"]:
        page.say(f"Years whose entries are not opened any more: {plain(body['closed_years'])}.")


def _row(entry: t.EntryInspected) -> list[object]:
    said: Mapping[str, object] = entry["said"] or {}
    told = [words(said.get(name)) for name in ("action", "outcome", "purpose")]
    account, reference = said.get("account"), said.get("reference")
    return [
        moment(entry["at"]), entry["entry_id"], words(entry["state"]), *told, account, reference
    ]  # fmt: skip


_VERBS = (
    Verb(
        name="search",
        what="Entries of the last days",
        asks=_search,
        shows=_shows_found,
        adds=_adds_filters,
        case=True,
        pages=True,
    ),
    Verb(
        name="export",
        what="Openings of the log for a case, to standard output: JSON Lines, CSV or FHIR",
        asks=_export,
        shows=_shows_export,
        options=(Option("form", "in what form", get_args(t.ExportForm), demanded=True),),
        adds=_adds_filters,
        case=True,
        pages=True,
    ),
    Verb(
        name="breach",
        what="Which children, classes and askers were reached",
        asks=_breach,
        shows=_shows_breach,
        options=(Option("form", "named or counted", get_args(t.BreachForm), demanded=True),),
        adds=_adds_filters,
        case=True,
    ),
    Verb(
        name="sample",
        what="A random sample of accesses, to be drawn again by its seed",
        asks=_sample,
        shows=_shows_sample,
        options=(
            Option("size", "how many", demanded=True, number=True),
            Option("seed", "of an earlier draw"),
        ),
        adds=_adds_filters,
        case=True,
    ),
)
