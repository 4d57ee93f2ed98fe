"""Batches of the feeds: how far they have come, and how good their lines were."""

import re
from collections import Counter
from typing import Any, Final

from starlette.responses import Response

from thin_client import codes_team, words
from thin_client.asking import Visit
from thin_client.codes import Words
from thin_client.forms import Form
from thin_client.pages.deciding import cursor_of, draw, team_page
from thin_client.pages.page import Page

START: Final = "/team/batches"
SHOWN_MAX: Final = 200
PAGES_READ_MAX: Final = 10  # of invalid lines: enough to chart, and said where it is not all
_SOURCE: Final = re.compile(r"[a-z0-9-]{2,40}")
# Not of dots alone: an address would be shortened by them.
_BATCH: Final = re.compile(r"(?!\.+$)[A-Za-z0-9._-]{1,40}")


async def show(visit: Visit) -> Response:
    """List the batches that were sent, newest first, and ask which."""
    return await _listed(visit, Form.blank())


async def find(visit: Visit) -> Response:
    """Go to a batch by the names its supplier gave."""
    form = await visit.form()
    source = form.text("source", "Give the feed's source", 40)
    batch_id = form.text("batch_id", "Give the supplier's name for the batch", 40)
    if source and not _SOURCE.fullmatch(source):
        form.fault("source", "A source has small letters, digits and dashes, such as schools")
    if batch_id and not _BATCH.fullmatch(batch_id):
        form.fault("batch_id", "A batch's name has letters, digits, dots, dashes and _")
    if not form.ready:
        return await _listed(visit, form)
    return visit.go(f"{START}/{source}/{batch_id}")


async def _listed(visit: Visit, form: Form) -> Response:
    told = (await visit.index.read_batches(cursor=cursor_of(visit))).body
    rows = [
        {**each, "share": _share(each["accepted"], each["lines"])}
        for each in told["batches"]
        if _BATCH.fullmatch(each["batch_id"])
    ]
    shown = {"batches": rows, "next": told["next"]}
    return await draw(visit, "team/batches.html", form, told=shown)


async def show_one(visit: Visit) -> Response:
    """Show a batch: its outcomes and its faults, each as a chart beside its numbers."""
    source, batch_id = visit.id("source"), visit.id("batch_id")
    if not _SOURCE.fullmatch(source) or not _BATCH.fullmatch(batch_id):
        return visit.go(START)
    status = (await visit.index.read_batch(source, batch_id)).body
    lines, whole = await _invalid(visit, source, batch_id) if status["invalid"] else ([], True)
    codes = Counter(str(each.get("code")) for each in lines)
    fields = Counter(each["field"] for each in lines if each.get("field"))
    return await team_page(
        visit,
        "team/batch.html",
        batch=status,
        outcomes=_rows(status.get("outcomes") or {}, codes_team.LINE_OUTCOMES),
        faults=_rows(dict(codes.most_common()), codes_team.LINE_CODES),
        fields_at_fault=[{"label": name, "value": n} for name, n in fields.most_common(10)],
        lines=lines[:SHOWN_MAX],
        counted=len(lines),
        whole=whole,
        accepted_share=_share(status["accepted"], status["lines"]),
    )


async def _invalid(visit: Visit, source: str, batch_id: str) -> tuple[list[Any], bool]:
    """Return which lines were invalid, and whether these are all."""
    found: list[Any] = []
    cursor: str | None = None
    for _ in range(PAGES_READ_MAX):
        told = (await visit.index.read_batch_lines(source, batch_id, cursor=cursor)).body
        found += [each for each in told["lines"] if each["result"] == "invalid"]
        cursor = told.get("next")
        if not cursor:
            return found, True
    return found, False


def _rows(counted: Any, said: Words) -> list[dict[str, Any]]:
    return [{"label": words.word(said, code), "value": number} for code, number in counted.items()]


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "none sent"


PAGES = (
    Page(START, "batches", show, find),
    Page(f"{START}/{{source}}/{{batch_id}}", "batch", show_one),
)
