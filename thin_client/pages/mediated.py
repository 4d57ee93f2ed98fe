"""Asking for somebody else: a search and a record under a banner, until it ends."""

from typing import Any

from starlette.responses import Response

from index_client import Access
from thin_client import clock
from thin_client.asking import Visit
from thin_client.forms import Form
from thin_client.pages.children import told_of_child
from thin_client.pages.page import Page
from thin_client.pages.posting import practice
from thin_client.pages.searching import answered, described


async def show(visit: Visit) -> Response:
    """Show the search form of the one asked for."""
    return await _form(visit, Form.blank(), 200)


async def ask(visit: Visit) -> Response:
    """Keep what was typed, and go to its answer."""
    if _mode(visit) is None:
        return _ended(visit)
    form = await visit.form()
    search = described(form)
    if not form.ready:
        return await _form(visit, form, 400 if form.faults else 200)
    if done := visit.already(form):
        return done
    return visit.sent(form, f"{_at(visit)}/results/{visit.keep('search', search)}")


async def change(visit: Visit) -> Response:
    """Show the form of a search again, as it was filled in."""
    search = visit.kept("search", visit.id("search"))
    return await _form(visit, Form(search["typed"]["fields"]) if search else Form.blank(), 200)


async def answer(visit: Visit) -> Response:
    """Ask the index, now, as the requester would."""
    mode = _mode(visit)
    if mode is None:
        return _ended(visit)

    async def draw(form: Form) -> Response:
        return await _form(visit, form, 400)

    shown = {"at": _at(visit), "mode": mode}
    return await answered(visit, _access(mode), draw, "mediating/results.html", shown)


async def show_child(visit: Visit) -> Response:
    """Read the record as the requester would."""
    mode = _mode(visit)
    if mode is None:
        return _ended(visit)
    access = _access(mode)
    answer = await visit.index.read_child(visit.id("child_id"), access=access)
    told: dict[str, Any] = {**told_of_child(answer, access), "at": _at(visit), "mode": mode}
    return await practice(visit, "mediating/child.html", **told)


async def end(visit: Visit) -> Response:
    """End it here; the grant itself ends in its time."""
    form = await visit.form()
    if not form.ready:
        return await _form(visit, Form.blank(), 200)
    visit.session.put(f"mediated:{visit.id('mode')}", None)
    return visit.go(f"/mediate?did={visit.keep('did', 'mediation_over')}")


def _mode(visit: Visit) -> dict[str, Any] | None:
    """Return for whom is asked here, and why; None once that has ended."""
    mode: dict[str, Any] | None = visit.kept("mediated", visit.id("mode"))
    return mode if mode and mode["until"] > clock.now_s() else None


def _ended(visit: Visit) -> Response:
    return visit.go(f"/mediate?did={visit.keep('did', 'mediation_over')}")


def _access(mode: dict[str, Any]) -> Access:
    return Access(mode["purpose"], mode["reason"], mode["reference"], mode["id"])


def _at(visit: Visit) -> str:
    return f"/mediated/{visit.id('mode')}"


async def _form(visit: Visit, form: Form, status: int) -> Response:
    mode = _mode(visit)
    if mode is None:
        return _ended(visit)
    return await practice(
        visit, "mediating/search.html", status, form=form, at=_at(visit), mode=mode
    )


PAGES = (
    Page("/mediated/{mode}", "mediated", show, ask),
    Page("/mediated/{mode}/searches/{search}", "mediated_changed", change),
    Page("/mediated/{mode}/results/{search}", "mediated_results", answer),
    Page("/mediated/{mode}/children/{child_id:uuid}", "mediated_child", show_child),
    Page("/mediated/{mode}/end", "mediated_end", show, end),
)
