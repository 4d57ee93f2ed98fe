"""`batch` and `coming-to-notice`: many children asked about in one request.

Every question has its own reason, decision and entry in the log, and is charged to the
asker's budget as if asked alone. So nothing is sent twice: where the answer is lost, the
questions may stand in the log, and whoever asked decides whether to ask again.
"""

import argparse
import re
from pathlib import Path
from typing import Any, cast

from index_client.cli.asking import add_connection, add_facts, add_mediation, connected, stated
from index_client.cli.faults import DONE, Wrong
from index_client.cli.notice_lines import NoticeLine, read_lines
from index_client.cli.notice_result import HEADING, ResultFile, row_of
from index_client.cli.tables import Page, as_json
from index_client.errors import Refused
from index_client.generated import types as t
from index_client.index import Index

WAITS_S = 120.0
_ACROSS = ("own", "region", "region_wider")
_PLACE = re.compile(r"subjects\[(\d{1,3})\]\.?(.*)")


def mount(nouns: Any) -> None:
    """Add the commands to the parser."""
    batch = nouns.add_parser("batch", help="ask about up to 400 children at once, in JSON")
    add_connection(batch)
    add_facts(batch, "the questions, as the contract's BatchAsked")
    add_mediation(batch)
    batch.set_defaults(run=run)
    notice = nouns.add_parser(
        "coming-to-notice",
        help="check a run of children from a CSV file",
        description="Ask about every child of a CSV file (up to 400), each with its own reason, "
        "decision and entry; write for each whether it is known, whether a common assessment is "
        "held, and whom to ring. The result names no child: it has the line and the reference.",
    )
    add_connection(notice)
    notice.add_argument("file", metavar="FILE", type=Path, help="the children, with a heading")
    notice.add_argument("--result", metavar="FILE", type=Path, required=True, help="a new file")
    notice.add_argument("--across", choices=_ACROSS, default="own", help="how far to ask (own)")
    notice.add_argument("--purpose", metavar="WORD", default="safeguard")
    notice.add_argument("--reason", metavar="WORD", default="coming_to_notice")
    add_mediation(notice)
    notice.set_defaults(run=check_run)


def run(chosen: argparse.Namespace) -> int:
    """Ask a batch as it is."""
    body = cast(t.BatchAsked, stated(chosen, ()))
    with connected(chosen, WAITS_S) as index:
        answers = index.look_up_children(body, mediation=chosen.mediation).body["answers"]
    if chosen.json:
        as_json({"answers": answers})
        return DONE
    rows = [row_of(NoticeLine(each["position"], "", {}), each, "") for each in answers]
    Page().table("Answers", HEADING, rows)
    return DONE


def check_run(chosen: argparse.Namespace) -> int:
    """Check a run of children and write the result, whole or not at all."""
    lines = read_lines(chosen.file, referenced=chosen.across == "region_wider")
    with ResultFile(chosen.result) as result, connected(chosen, WAITS_S) as index:
        answers = asked(index, chosen, lines)
        rows = [
            row_of(line, answer, chosen.across) for line, answer in zip(lines, answers, strict=True)
        ]
        result.put(rows)
    found = [str(row[2]) for row in rows]
    counts = {word: found.count(word) for word in dict.fromkeys(found)}
    if chosen.json:
        as_json({"lines": len(rows), "results": counts})
    else:
        Page().facts(f"{len(rows)} children checked", dict(counts))
    return DONE


def asked(
    index: Index, chosen: argparse.Namespace, lines: list[NoticeLine]
) -> list[t.SubjectAnswer]:
    """Ask about every line at once; Wrong with the lines where the index finds one not in order."""
    body: t.BatchAsked = {
        "across": chosen.across,
        "subjects": [line.subject(chosen.purpose, chosen.reason) for line in lines],
    }
    faults: list[str] = []
    try:
        answers = index.look_up_children(body, mediation=chosen.mediation).body["answers"]
    except Refused as refused:
        faults = [_by_line(*fault, lines) for fault in refused.fields]
        if refused.status != 422 or not faults:
            raise
        answers = []
    if faults:
        raise Wrong(*faults, "Nothing was looked up.")
    return sorted(answers, key=lambda answer: answer["position"])


def _by_line(place: str, code: str, lines: list[NoticeLine]) -> str:
    found = _PLACE.fullmatch(place)
    if found is None or int(found[1]) >= len(lines):
        return f"{place}: {code}"
    return f"Line {lines[int(found[1])].number}: {found[2].removeprefix('lookup.')} ({code})"
