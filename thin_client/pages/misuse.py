"""How the index is used: alerts to look into, marks on records, rates by group. The auditors'."""

from typing import Any

from starlette.responses import Response

from index_client import Refused
from thin_client import codes_audit
from thin_client.asking import Visit
from thin_client.forms import Form
from thin_client.pages.log_searching import ID_FORM, shared
from thin_client.pages.page import Page


async def show_alerts(visit: Visit) -> Response:
    """List what is to be looked into; never one on the officer's own use."""
    cursor = visit.request.query_params.get("cursor")
    told = (await visit.index.read_misuse_alerts(cursor=cursor)).body
    rules: dict[str, int] = {}
    for alert in told["alerts"]:
        for each in alert["rules"]:
            rules[each["rule"]] = rules.get(each["rule"], 0) + 1
    by_rule = [
        {"label": codes_audit.RULES.get(rule, rule), "value": count}
        for rule, count in sorted(rules.items(), key=lambda pair: -pair[1])
    ]
    shows = await shared(visit)
    return await visit.page(
        "misuse/alerts.html", alerts=told["alerts"], next=told["next"], by_rule=by_rule, **shows
    )


async def show_alert(visit: Visit) -> Response:
    """Show one alert: rules, explanations and entries, by reference."""
    return await _alert(visit, Form.blank())


async def take(visit: Visit) -> Response:
    """Say that one looks into an alert."""
    form, here = await visit.form(), _here(visit)
    if not form.ready:
        return await _alert(visit, form)
    if done := visit.already(form):
        return done
    await visit.index.take_misuse_alert(visit.id("alert_id"))
    return visit.sent(form, here)


async def conclude(visit: Visit) -> Response:
    """Say what came of it. No outcome suspends anybody."""
    form = await visit.form()
    outcome = form.choice("outcome", codes_audit.ALERT_OUTCOMES, "Say what came of it")
    if not form.ready:
        return await _alert(visit, form, 400 if form.faults else 200)
    if done := visit.already(form):
        return done
    asked: Any = {"outcome": outcome}
    await visit.index.conclude_misuse_alert(asked, visit.id("alert_id"))
    return visit.sent(form, _here(visit))


async def show_rates(visit: Visit) -> Response:
    """Show whether staff of some group are alerted on more often than others."""
    groups = (await visit.index.read_misuse_rates()).body["groups"]
    rows = [_rate(each["group"], each["accounts"], each["alerted"]) for each in groups]
    return await visit.page("misuse/rates.html", rows=rows)


async def show_marks(visit: Visit) -> Response:
    """List the records that are marked, and the form to mark another."""
    return await _marks(visit, Form.blank())


async def mark(visit: Visit) -> Response:
    """Mark a record; answered alike whether or not there is one."""
    form = await visit.form()
    child_id = (form.text("child_id", "Give the id of the record") or "").lower()
    if child_id and not ID_FORM.fullmatch(child_id):
        form.fault("child_id", "A record's id has 36 characters, as its address shows it")
    what = form.choice("mark", codes_audit.MARKS, "Say as what it is marked")
    if not form.ready:
        return await _marks(visit, form, 400 if form.faults else 200)
    if done := visit.already(form):
        return done
    asked: Any = {"child_id": child_id, "mark": what}
    try:
        await visit.index.mark_record(asked, idempotency_key=form.once)
    except Refused as refused:
        if form.take(refused):
            return await _marks(visit, form, 400)
        raise
    return visit.sent(form, "/marks")


async def show_end(visit: Visit) -> Response:
    """Ask whether a mark is to end."""
    return await visit.page("misuse/end_mark.html", form=Form.blank())


async def end(visit: Visit) -> Response:
    """End a mark; what was noticed stays noticed."""
    form = await visit.form()
    if not form.ready:
        return await visit.page("misuse/end_mark.html", form=form)
    if done := visit.already(form):
        return done
    await visit.index.end_mark(visit.id("mark_id"))
    return visit.sent(form, "/marks")


def _rate(group: str, accounts: int | None, alerted: int | None) -> dict[str, Any]:
    label = group.replace("_", " ").capitalize()
    if accounts is None or alerted is None:
        return {"label": label, "value": 0, "shown": "too few to say"}
    percent = round(100 * alerted / accounts) if accounts else 0
    return {"label": label, "value": percent, "shown": f"{percent} % ({alerted} of {accounts})"}


def _here(visit: Visit) -> str:
    return f"/misuse/{visit.id('alert_id')}"


async def _alert(visit: Visit, form: Form, status: int = 200) -> Response:
    alert = (await visit.index.read_misuse_alert(visit.id("alert_id"))).body
    shows = await shared(visit)
    told = {"form": form, "alert": alert, "here": _here(visit), **shows}
    return await visit.page("misuse/alert.html", status, **told)


async def _marks(visit: Visit, form: Form, status: int = 200) -> Response:
    # A form is sent without the cursor, and shows the first page with what is at fault.
    cursor = visit.request.query_params.get("cursor")
    told = (await visit.index.read_marks(cursor=cursor)).body
    shown = {"marks": told["marks"], "next": told["next"], "audit": codes_audit}
    return await visit.page("misuse/marks.html", status, form=form, **shown)


PAGES = (
    Page("/misuse", "misuse_alerts", show_alerts),
    Page("/misuse/rates", "misuse_rates", show_rates),
    Page("/misuse/{alert_id:uuid}", "misuse_alert", show_alert),
    Page("/misuse/{alert_id:uuid}/take", "misuse_take", show_alert, take),
    Page("/misuse/{alert_id:uuid}/conclude", "misuse_conclude", show_alert, conclude),
    Page("/marks", "marks", show_marks, mark),
    Page("/marks/{mark_id:uuid}/end", "mark_end", show_end, end),
)
