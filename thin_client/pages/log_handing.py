"""What an auditor does with entries found: exports, how far a breach reached, a random sample."""

from typing import Any, Final

from starlette.responses import Response

from index_client import Refused
from thin_client import codes_audit
from thin_client.asking import Visit
from thin_client.forms import Form
from thin_client.pages.log_searching import shared
from thin_client.pages.page import Page

SAMPLE_MAX: Final = 200
CHILDREN_A_PAGE: Final = 100
_KINDS: Final = {
    "openings": ("application/x-ndjson", "jsonl"),
    "csv": ("text/csv; charset=utf-8", "csv"),
    "fhir": ("application/fhir+json", "json"),
}


async def show_export(visit: Visit) -> Response:
    """Show the form, and how far an export has come that was begun."""
    kept = visit.kept("log", visit.id("search"))
    return visit.go("/log") if kept is None else await _export(visit, kept, Form.blank())


async def export(visit: Visit) -> Response:
    """Hand over the next part as a file. Nothing of it stays here but where the next begins."""
    search = visit.id("search")
    kept = visit.kept("log", search)
    if kept is None:
        return visit.go("/log")
    form = await visit.form()
    wanted = form.choice("form", codes_audit.EXPORT_FORMS, "Say in what form")
    if not form.ready or wanted is None:
        return await _export(visit, kept, form, 400 if form.faults else 200)
    begun = visit.kept("export", f"{search}:{wanted}") or {"part": 0, "cursor": None}
    asked: Any = {**kept["sought"], "form": wanted}
    if begun["cursor"]:
        asked["cursor"] = begun["cursor"]
    told = await visit.index.export_log(asked, reference=kept["case"])
    part = begun["part"] + 1
    come = {
        "part": part,
        "cursor": told.headers.get("export-next"),
        "tampered": int(told.headers.get("export-tampered", "0")),
    }
    visit.session.put(f"export:{search}:{wanted}", come)
    kind, ending = _KINDS[wanted]
    named = f'attachment; filename="access-log-part-{part}.{ending}"'
    return Response(told.body, media_type=kind, headers={"Content-Disposition": named})


async def reach(visit: Visit) -> Response:
    """Show which children were reached by these entries, or how many."""
    kept, form = visit.kept("log", visit.id("search")), visit.id("form")
    if kept is None or form not in codes_audit.BREACH_FORMS:
        return visit.go("/log")
    asked: Any = {**kept["sought"], "form": form}
    told = (await visit.index.read_breach(asked, reference=kept["case"])).body
    first = _first(visit)
    return await visit.page(
        "audit/reach.html",
        told=told,
        first=first,
        some=(told["children"] or [])[first : first + CHILDREN_A_PAGE],
        kept=kept,
        here=_here(visit),
        **(await shared(visit)),
    )


async def show_sample(visit: Visit) -> Response:
    """Show the sample drawn, by its seed again; the form before one is drawn."""
    kept = visit.kept("log", visit.id("search"))
    if kept is None:
        return visit.go("/log")
    if "sample" not in kept:
        return await _sample(visit, kept, Form.blank(size="20"))
    asked: Any = {**kept["sought"], **kept["sample"]}
    drawn = (await visit.index.draw_sample(asked, reference=kept["case"])).body
    return await visit.page(
        "audit/sampled.html", drawn=drawn, kept=kept, here=_here(visit), **(await shared(visit))
    )


async def draw_sample(visit: Visit) -> Response:
    """Draw by lot; the log commits to cohort, size and seed before anything of it is seen."""
    kept = visit.kept("log", visit.id("search"))
    if kept is None:
        return visit.go("/log")
    form = await visit.form()
    size = _size(form)
    if not form.ready or size is None:
        return await _sample(visit, kept, form, 400 if form.faults else 200)
    if done := visit.already(form):
        return done
    asked: Any = {**kept["sought"], "size": size}
    try:
        drawn = (await visit.index.draw_sample(asked, reference=kept["case"])).body
    except Refused as refused:
        if form.take(refused):
            return await _sample(visit, kept, form, 400)
        raise
    number = visit.keep("log", {**kept, "sample": {"size": size, "seed": drawn["seed"]}})
    return visit.sent(form, f"/log/results/{number}/sample")


def _first(visit: Visit) -> int:
    """Return from which child on a long list is shown."""
    said = visit.request.query_params.get("from") or ""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 6 else 0


def _size(form: Form) -> int | None:
    typed = form.text("size", "Say how many to draw", 3) or ""
    if typed.isascii() and typed.isdigit() and 1 <= int(typed) <= SAMPLE_MAX:
        return int(typed)
    form.fault("size", f"Give a number from 1 to {SAMPLE_MAX}")
    return None


def _here(visit: Visit) -> str:
    return f"/log/results/{visit.id('search')}"


async def _export(visit: Visit, kept: Any, form: Form, status: int = 200) -> Response:
    search = visit.id("search")
    begun = {
        wanted: come
        for wanted in codes_audit.EXPORT_FORMS
        if (come := visit.kept("export", f"{search}:{wanted}")) is not None
    }
    told = {"form": form, "kept": kept, "begun": begun, "here": _here(visit), "audit": codes_audit}
    return await visit.page("audit/export.html", status, **told)


async def _sample(visit: Visit, kept: Any, form: Form, status: int = 200) -> Response:
    return await visit.page("audit/sample.html", status, form=form, kept=kept, here=_here(visit))


PAGES = (
    Page("/log/results/{search}/export", "log_export", show_export, export),
    Page("/log/results/{search}/reach/{form}", "log_reach", reach),
    Page("/log/results/{search}/sample", "log_sample", show_sample, draw_sample),
)
