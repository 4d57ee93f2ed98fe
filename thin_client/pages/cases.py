"""The case an auditor asks for: stated before anything is opened, never in an address."""

import re
from typing import Final

from starlette.responses import Response

from thin_client.asking import Visit, safe_back
from thin_client.forms import Form
from thin_client.pages.page import Page

_CASE: Final = re.compile(r"[A-Z0-9/-]{3,24}")
_LAST: Final = "case"


def case_of(form: Form) -> str | None:
    """Return the case number a form states; None with a fault where it states none."""
    typed = form.text("case", "Give the number of the case you ask for")
    if typed is None or _CASE.fullmatch(typed.upper()):
        return typed.upper() if typed else None
    form.fault("case", "Use 3 to 24 letters, digits, / and -, and no NHS number or UPN")
    return None


def case_for(visit: Visit, about: str) -> str | None:
    """Return the case stated for an entry, an alert or a panel in this session."""
    stated: str | None = visit.session.get(f"case:{about}")
    return stated


def keep_case(visit: Visit, about: str, case: str) -> None:
    """Keep the case stated, and as what the next form suggests in plain sight."""
    visit.session.put(f"case:{about}", case)
    suggest_case(visit, case)


def suggest_case(visit: Visit, case: str) -> None:
    """Keep a case as what the next form suggests."""
    visit.session.put(_LAST, case)


def suggested_case(visit: Visit) -> str | None:
    """Return the case stated last."""
    known: str | None = visit.session.get(_LAST)
    return known


def to_state_case(visit: Visit, about: str) -> Response:
    """Lead to where the case is stated, and back here from there."""
    return visit.go(f"/case/{about}?back={visit.request.url.path}")


async def show(visit: Visit) -> Response:
    """Ask for which case."""
    back = safe_back(visit.request.query_params.get("back"))
    return await _drawn(visit, Form.blank(case=suggested_case(visit)), back)


async def state(visit: Visit) -> Response:
    """Keep the case, and go back to where it was needed."""
    form = await visit.form()
    back, case = safe_back(form.value("back")), case_of(form)
    if not form.ready or case is None:
        return await _drawn(visit, form, back, 400 if form.faults else 200)
    keep_case(visit, visit.id("about"), case)
    return visit.go(back)


async def _drawn(visit: Visit, form: Form, back: str, status: int = 200) -> Response:
    told = {"form": form, "back": back, "about": visit.id("about")}
    return await visit.page("audit/case.html", status, **told)


PAGES = (Page("/case/{about:uuid}", "case", show, state),)
