"""The subject desk: a family asks who looked; what was found of it, and the report released."""

from typing import Any, Final

from starlette.responses import Response

from index_client import Refused
from thin_client import clock, codes_audit, codes_subject
from thin_client.asking import Visit
from thin_client.forms import Form
from thin_client.pages.cases import case_of, keep_case, suggested_case
from thin_client.pages.page import Page

LINES_A_PART: Final = 150  # the longest of them fit into a part of a session
PARTS_MAX: Final = 60
_FOUND: Final = (
    ("asked_by", codes_subject.ASKED_BY, "Say who asks"),
    ("identity", codes_subject.IDENTITY, "Say how it is known who they are"),
    ("right", codes_subject.RIGHT, "Say by what it is theirs to ask"),
    ("orders", codes_subject.ORDERS, "Say which court order was found"),
    ("competence", codes_subject.COMPETENCE, "Say what the child understands"),
    ("wish", codes_subject.WISHES, "Say what the child says to it"),
    ("harm", codes_subject.HARM, "Say whether telling could do serious harm"),
    ("detail", codes_subject.DETAILS, "Say how much is to be told"),
)
_JUDGED: Final = frozenset({"sufficient", "insufficient"})


async def show_waiting(visit: Visit) -> Response:
    """List the requests that wait for their release."""
    cursor = visit.request.query_params.get("cursor")
    told = (await visit.index.read_who_looked_requests(cursor=cursor)).body
    return await visit.page(
        "who_looked/waiting.html",
        requests=told["requests"],
        next=told["next"],
        form=Form.blank(case=suggested_case(visit)),
        subject=codes_subject,
    )


async def show_form(visit: Visit) -> Response:
    """Show the form in which the desk says what it found."""
    return await _form(visit, Form.blank(detail="kinds"))


async def record(visit: Visit) -> Response:
    """Record a request as it was found; it is refused there and then unless all is in order."""
    form = await visit.form()
    asked = _found(form)
    if not form.ready:
        return await _form(visit, form, 400 if form.faults else 200)
    if done := visit.already(form):
        return done
    child_id = visit.id("child_id")
    try:
        made = await visit.index.record_who_looked_request(
            asked, child_id, idempotency_key=form.once
        )
    except Refused as refused:
        if form.take(refused):
            return await _form(visit, form, 400)
        raise
    told = {"id": made.body["id"], "child_id": child_id, "refusals": made.body["refusals"]}
    return visit.sent(form, f"/who-looked/recorded/{visit.keep('recorded', told)}")


async def show_recorded(visit: Visit) -> Response:
    """Show whether a request waits, or what stands against it: the desk's, not the family's."""
    told = visit.kept("recorded", visit.id("recorded"))
    if told is None:
        return visit.go("/who-looked")
    return await visit.page("who_looked/recorded.html", told=told, subject=codes_subject)


async def show_one(visit: Visit) -> Response:
    """Ask for the case, and release a request or refuse it."""
    return await _one(visit, Form.blank(case=suggested_case(visit)))


async def refuse(visit: Visit) -> Response:
    """Refuse a request for what its findings did not say."""
    form = await visit.form()
    reason = form.choice("reason", codes_subject.REFUSALS, "Say what stands against it")
    if not form.ready:
        return await _one(visit, form, 400 if form.faults else 200)
    if done := visit.already(form):
        return done
    asked: Any = {"reason": reason}
    await visit.index.refuse_who_looked(asked, visit.id("request_id"))
    return visit.sent(form, "/who-looked")


async def release(visit: Visit) -> Response:
    """Release the report, once. It is kept for this session alone, sealed, until it is printed."""
    form = await visit.form()
    case = case_of(form)
    if not form.ready or case is None:
        return await _one(visit, form, 400 if form.faults else 200)
    if done := visit.already(form):
        return done
    request_id = visit.id("request_id")
    # Under the form's own number: where its answer is lost, sending it again makes it anew.
    made = await visit.index.release_who_looked(request_id, idempotency_key=form.once)
    told: Any = made.body
    looks = told.pop("looks")
    parts = [looks[at : at + LINES_A_PART] for at in range(0, len(looks), LINES_A_PART)]
    keep_case(visit, visit.id("request_id"), case)
    made_on = clock.today().isoformat()
    head = {**told, "case": case, "made_on": made_on, "child_id": visit.id("child_id")}
    if len(parts) > PARTS_MAX:  # too long to keep: it is drawn at once, and cannot be shown again
        return await _report(visit, head, looks)
    kept = [visit.keep("looks", part) for part in parts]
    return visit.sent(form, f"/who-looked/reports/{visit.keep('report', {**head, 'parts': kept})}")


async def show_report(visit: Visit) -> Response:
    """Show a report that was released in this session, to be printed."""
    head = visit.kept("report", visit.id("report"))
    parts = [] if head is None else [visit.kept("looks", part) for part in head["parts"]]
    if head is None or None in parts:
        return visit.go("/who-looked")
    return await _report(visit, head, [look for part in parts for look in part])


def _found(form: Form) -> Any:
    """Return what the desk found; what does not fit together is said beside its field."""
    found: dict[str, Any] = {
        name: form.choice(name, listed, needed) for name, listed, needed in _FOUND
    }
    judged = found["competence"] in _JUDGED
    by = form.choice("judged_by", codes_subject.JUDGED_BY, "Say who judged it" if judged else "")
    on = form.day("judged_on", "Say when it was judged" if judged else "")
    because = form.choice(
        "unasked_because",
        codes_subject.NOT_ASKED,
        "Say why the child was not asked" if found["wish"] == "not_asked" else "",
    )
    more = found["detail"] not in ("kinds", None)
    ground = form.choice(
        "detail_ground", codes_subject.GROUNDS, "Say why more is told than kinds" if more else ""
    )
    if judged:
        found |= {"judged_by": by, "judged_on": on}
    if found["wish"] == "not_asked":
        found["unasked_because"] = because
    if more:
        found["detail_ground"] = ground
    return found


async def _form(visit: Visit, form: Form, status: int = 200) -> Response:
    told = {"form": form, "child_id": visit.id("child_id"), "subject": codes_subject}
    return await visit.page("who_looked/form.html", status, **told)


async def _one(visit: Visit, form: Form, status: int = 200) -> Response:
    child_id, request_id = visit.id("child_id"), visit.id("request_id")
    here = f"/children/{child_id}/who-looked/{request_id}"
    paper = f"/children/{child_id}/access-report/{request_id}"
    told = {"form": form, "here": here, "paper": paper}
    return await visit.page("who_looked/one.html", status, subject=codes_subject, **told)


async def _report(visit: Visit, head: Any, looks: list[Any]) -> Response:
    told = {"report": head, "looks": looks, "audit": codes_audit, "subject": codes_subject}
    return await visit.page("who_looked/report.html", **told)


_ONE: Final = "/children/{child_id:uuid}/who-looked/{request_id:uuid}"
PAGES = (
    Page("/who-looked", "who_looked", show_waiting),
    Page("/children/{child_id:uuid}/who-looked", "who_looked_form", show_form, record),
    Page("/who-looked/recorded/{recorded}", "who_looked_recorded", show_recorded),
    Page("/who-looked/reports/{report}", "who_looked_report", show_report),
    Page(_ONE, "who_looked_one", show_one),
    Page(f"{_ONE}/refuse", "who_looked_refuse", show_one, refuse),
    Page(f"{_ONE}/release", "who_looked_release", show_one, release),
)
