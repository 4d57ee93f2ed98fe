"""A supervisor sees how own staff use the index, what is left open, and signs samples off."""

import re
from datetime import timedelta
from typing import Any, Final

from starlette.responses import Response

from index_client import Refused
from thin_client import clock, codes, codes_audit
from thin_client.asking import Visit
from thin_client.forms import Form
from thin_client.pages.page import Page

SAMPLE_MAX: Final = 200
MONTHS_OFFERED: Final = 13
CHARTED_MAX: Final = 20  # the table below has everybody
_MONTH: Final = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


async def show_use(visit: Visit) -> Response:
    """Show a month's use by account and by purpose; no child, and nothing of what was found."""
    asked = visit.request.query_params.get("month") or ""
    month = asked if _MONTH.fullmatch(asked) else None
    cursor = visit.request.query_params.get("cursor")
    told = (await visit.index.read_staff_use(month=month, cursor=cursor)).body
    much = [(each["lookups"] + each["reads"], _named(each)) for each in told["accounts"]]
    lookups = [
        {"label": name, "value": count}
        for count, name in sorted(much, key=lambda pair: -pair[0])[:CHARTED_MAX]
        if count
    ]
    purposes: dict[str | None, int] = {}
    for account in told["accounts"]:
        for each in account["by_purpose"]:
            asked_count = each["lookups"] + each["reads"]
            purposes[each["purpose"]] = purposes.get(each["purpose"], 0) + asked_count
    by_purpose = [
        {"label": codes.PURPOSES.get(purpose or "", "No purpose stated"), "value": count}
        for purpose, count in sorted(purposes.items(), key=lambda pair: -pair[1])
    ]
    shown: dict[str, Any] = {
        "use": told,
        "lookups": lookups,
        "by_purpose": by_purpose,
        "months": _months(),
    }
    return await visit.page("supervision/use.html", named=_named, **shown)


async def show_open_work(visit: Visit) -> Response:
    """Show by reference what the own agency left open."""
    cursor = visit.request.query_params.get("cursor")
    told = (await visit.index.read_open_work(cursor=cursor)).body
    shown: dict[str, Any] = {"left": told["open"], "next": told["next"], "audit": codes_audit}
    return await visit.page("supervision/open_work.html", **shown)


async def show_samples(visit: Visit) -> Response:
    """List the samples drawn, and the form to draw another."""
    return await _samples(visit, Form.blank(month=_months()[0], size="20"))


async def draw(visit: Visit) -> Response:
    """Draw by lot; the log commits to agency, month, size and seed."""
    form = await visit.form()
    month = form.choice("month", _months(), "Say of which month")
    typed = form.text("size", "Say how many accesses to draw", 3) or ""
    if typed and not (typed.isascii() and typed.isdigit() and 1 <= int(typed) <= SAMPLE_MAX):
        form.fault("size", f"Give a number from 1 to {SAMPLE_MAX}")
    if not form.ready:
        return await _samples(visit, form, 400 if form.faults else 200)
    if done := visit.already(form):
        return done
    asked: Any = {"month": month, "size": int(typed)}
    try:
        made = await visit.index.draw_staff_sample(asked, idempotency_key=form.once)
    except Refused as refused:
        if form.take(refused):
            return await _samples(visit, form, 400)
        raise
    return visit.sent(form, f"/staff-samples/{made.body['id']}")


async def show_sample(visit: Visit) -> Response:
    """Show a sample: when, who, why, with what outcome; a child is a reference."""
    return await _sample(visit, Form.blank())


async def sign_off(visit: Visit) -> Response:
    """Sign a whole sample off, a finding for each access, by somebody with no access in it."""
    form, sample_id = await visit.form(), visit.id("sample_id")
    entries = [name.removeprefix("finding-") for name in form.fields if _is_finding(name)]
    found = {
        each: form.choice(f"finding-{each}", codes_audit.FINDINGS, "Say what you found")
        for each in entries
    }
    sample = (await visit.index.read_staff_sample(sample_id)).body
    for each in sample["sampled"]:
        if each["entry_id"] not in found:
            form.fault(f"finding-{each['entry_id']}", "Say what you found of every access")
    if not form.ready:
        return await _drawn(visit, sample, form, 400 if form.faults else 200)
    if done := visit.already(form):
        return done
    findings = [{"entry_id": entry, "finding": finding} for entry, finding in found.items()]
    asked: Any = {"findings": findings}
    await visit.index.sign_off_staff_sample(asked, sample_id)
    return visit.sent(form, f"/staff-samples/{sample_id}")


def _is_finding(name: str) -> bool:
    return name.startswith("finding-")


def _named(account: Any) -> str:
    """Return who an account is of; its id's beginning where no practitioner is recorded."""
    name: str | None = account["practitioner_name"]
    return name or f"Account {account['account_id'][:8]}"


def _months() -> list[str]:
    """Return this month and those before, the newest first."""
    day, found = clock.today().replace(day=1), []
    for _ in range(MONTHS_OFFERED):
        found.append(f"{day:%Y-%m}")
        day = (day - timedelta(days=1)).replace(day=1)
    return found


async def _samples(visit: Visit, form: Form, status: int = 200) -> Response:
    cursor = visit.request.query_params.get("cursor")
    told = (await visit.index.read_staff_samples(cursor=cursor)).body
    shown = {"samples": told["samples"], "next": told["next"], "months": _months()}
    return await visit.page("supervision/samples.html", status, form=form, **shown)


async def _sample(visit: Visit, form: Form, status: int = 200) -> Response:
    sample = (await visit.index.read_staff_sample(visit.id("sample_id"))).body
    return await _drawn(visit, sample, form, status)


async def _drawn(visit: Visit, sample: Any, form: Form, status: int) -> Response:
    shown = {"sample": sample, "audit": codes_audit, "named": _named}
    return await visit.page("supervision/sample.html", status, form=form, **shown)


PAGES = (
    Page("/staff-use", "staff_use", show_use),
    Page("/open-work", "open_work", show_open_work),
    Page("/staff-samples", "staff_samples", show_samples, draw),
    Page("/staff-samples/{sample_id:uuid}", "staff_sample", show_sample, sign_off),
)
