"""What the team is to look into, and what came of it."""

from typing import Any, Final

from starlette.responses import Response

from thin_client import clock, codes_team
from thin_client.asking import Visit
from thin_client.forms import Form
from thin_client.pages.deciding import (
    Decision,
    among,
    cursor_of,
    done,
    draw,
    not_agreed_yet,
    still_filling_in,
    team_page,
)
from thin_client.pages.page import Page

LIST: Final = "/team/alerts"


async def show(visit: Visit) -> Response:
    """List the alerts not concluded yet, the most urgent first."""
    told = (await visit.index.read_alerts(cursor=cursor_of(visit))).body
    return await team_page(visit, "team/alerts.html", told=told, now=clock.now_s())


async def show_one(visit: Visit) -> Response:
    """Show an alert, and where to look into it."""
    return await _one(visit, Form.blank())


async def conclude(visit: Visit) -> Response:
    """Say what came of looking into it."""
    form = await visit.form()
    outcome = form.choice("outcome", codes_team.ALERT_OUTCOMES, "Say what came of it")
    if still_filling_in(form):
        return await _one(visit, form)
    effects = (
        f"It is written down that you concluded: {codes_team.ALERT_OUTCOMES[outcome].lower()}.",
        "The alert leaves the list of the whole team. The access log keeps it.",
        *(note for told_of, note in _ALSO.items() if told_of == outcome),
    )
    back = f"{LIST}/{visit.id('alert_id')}"
    decision = Decision("Conclude this alert", effects, "Conclude it", back)
    if first := await not_agreed_yet(visit, form, decision):
        return first
    said: Any = {"outcome": outcome}
    await visit.index.conclude_alert(said, visit.id("alert_id"))
    return done(visit, form, LIST, "alert_concluded")


_ALSO: Final = {
    "account_suspended": "This suspends nobody by itself: suspend the account first, under "
    "Accounts.",
    "record_corrected": "This corrects nothing by itself: correct the record first.",
}


async def _one(visit: Visit, form: Form) -> Response:
    alert = await among(
        lambda cursor: visit.index.read_alerts(cursor=cursor),
        "alerts",
        "id",
        visit.id("alert_id"),
    )
    if alert is None:
        return visit.go(LIST)
    return await draw(visit, "team/alert.html", form, alert=alert, now=clock.now_s())


PAGES = (
    Page(LIST, "alerts", show),
    Page(f"{LIST}/{{alert_id:uuid}}", "alert", show_one, conclude),
)
