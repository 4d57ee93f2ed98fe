"""Saying that one works with a child, that it goes on, whom to ring now, and that it has ended."""

from typing import Any, Final

from starlette.responses import Response

from thin_client import clock, codes, codes_practice
from thin_client.asking import Visit
from thin_client.forms import Form
from thin_client.pages import whom
from thin_client.pages.page import Page
from thin_client.pages.posting import Posted, practice

_HARM_PLACES: Final = {
    "consent": "rests_on",
    "significant_harm": "rests_on",
    "significant_harm.decided_on": "decided",
    "significant_harm.review": "review",
}


def today_typed(name: str) -> dict[str, str]:
    """Return today as the three fields of a date show it."""
    day = clock.today()
    return {
        f"{name}-day": str(day.day),
        f"{name}-month": str(day.month),
        f"{name}-year": str(day.year),
    }


async def show_new(visit: Visit) -> Response:
    """Show the form, filled in with what was given last."""
    visit.access_for(visit.id("child_id"))
    suggested = await whom.suggested(visit)
    return await _new(visit, Form.blank(**suggested, **today_typed("began")), 200)


async def begin(visit: Visit) -> Response:
    """Record that one's agency works with this child."""
    child_id = visit.id("child_id")
    access = visit.access_for(child_id)
    form = await visit.form()
    stated: Any = {
        "service": form.choice("service", codes.SERVICES, "Say what kind of service yours is"),
        "began": form.day("began", "Say since when"),
        "contact": whom.whom_of(form),
        **_carried_by(form),
    }

    async def record() -> None:
        await visit.index.begin_involvement(
            stated, child_id, access=access, idempotency_key=form.once
        )
        whom.remember(visit, stated["contact"])

    posted = Posted(visit, form, _drawing(visit), {**whom.PLACES, **_HARM_PLACES})
    return await posted.does(record, f"/children/{child_id}")


async def show(visit: Visit) -> Response:
    """Show one involvement: one's own to confirm, change and end; another's to say if it worked."""
    return await _one(visit, {}, 200)


async def confirm(visit: Visit) -> Response:
    """Say that it goes on."""
    involvement_id, access = visit.id("involvement_id"), visit.access_for(visit.id("child_id"))
    posted = Posted(visit, await visit.form(), _drawing_one(visit, "confirming"))
    back = safe_from(posted.form, _here(visit))

    async def does() -> None:
        await visit.index.confirm_involvement(involvement_id, access=access)

    return await posted.does(does, back, "confirmed")


async def amend(visit: Visit) -> Response:
    """Say whom to ring from now on."""
    involvement_id, access = visit.id("involvement_id"), visit.access_for(visit.id("child_id"))
    form = await visit.form()
    stated: Any = {"contact": whom.whom_of(form)}
    posted = Posted(visit, form, _drawing_one(visit, "amending"), whom.PLACES)

    async def does() -> None:
        await visit.index.amend_involvement(stated, involvement_id, access=access)
        whom.remember(visit, stated["contact"])

    return await posted.does(does, _here(visit), "changed")


async def cease(visit: Visit) -> Response:
    """Say that it has ended."""
    involvement_id, access = visit.id("involvement_id"), visit.access_for(visit.id("child_id"))
    form = await visit.form()
    stated: Any = {"ceased": form.day("ceased", "Say when it ended")}
    posted = Posted(visit, form, _drawing_one(visit, "ceasing"))

    async def does() -> None:
        await visit.index.cease_involvement(stated, involvement_id, access=access)

    return await posted.does(does, _here(visit), "ended")


async def say_whether_it_worked(visit: Visit) -> Response:
    """Say whether the number led to somebody."""
    involvement_id, access = visit.id("involvement_id"), visit.access_for(visit.id("child_id"))
    form = await visit.form()
    outcome = form.choice("outcome", codes_practice.FEEDBACK, "Say what came of it")
    posted = Posted(visit, form, _drawing_one(visit, "saying"))
    stated: Any = {"outcome": outcome}

    async def does() -> None:
        await visit.index.say_whether_contact_worked(stated, involvement_id, access=access)

    return await posted.does(does, f"/children/{visit.id('child_id')}", "said")


def safe_from(form: Form, here: str) -> str:
    """Return the list a form was sent from, of those there are; the page itself otherwise."""
    return "/mine" if form.value("from") == "mine" else here


def _carried_by(form: Form) -> dict[str, Any]:
    """Return on what a sensitive service's entry rests: consent, or a decision of significant harm.

    What another service states here the index says is not for it.
    """
    rests = form.choice("rests_on", codes_practice.ENTERED_BY)
    if rests is None:
        if form.value("service") in codes_practice.SENSITIVE:
            form.fault("rests_on", "Say on what the entry of a sensitive service rests")
        return {}
    if rests == "consent":
        return {"consent": True}
    decided = form.day("decided", "Say when that was decided")
    review = form.day("review", "Say when that is looked at again")
    return {"significant_harm": {"reason": rests, "decided_on": decided, "review": review}}


def _drawing(visit: Visit) -> Any:
    async def draw(form: Form, status: int) -> Response:
        return await _new(visit, form, status)

    return draw


def _drawing_one(visit: Visit, which: str) -> Any:
    async def draw(form: Form, status: int) -> Response:
        return await _one(visit, {which: form}, status)

    return draw


async def _new(visit: Visit, form: Form, status: int) -> Response:
    hours = await whom.hours_offered(visit, form)
    me = await visit.me()
    return await practice(
        visit, "involvements/new.html", status, form=form, hours=hours, agency=me["agency"]
    )


async def _one(visit: Visit, forms: dict[str, Form], status: int) -> Response:
    child_id, involvement_id = visit.id("child_id"), visit.id("involvement_id")
    access = visit.access_for(child_id)
    one = (await visit.index.read_involvement(involvement_id, access=access)).body
    own = one["agency"] == (await visit.me())["agency"]["name"]
    amending = forms.get("amending") or Form.blank(
        **(whom.as_typed(one["contact"]) if one["contact"] else {})
    )
    return await practice(
        visit,
        "involvements/one.html",
        status,
        form=next(iter(forms.values()), None),
        one=one,
        own=own,
        child_id=child_id,
        here=_here(visit),
        amending=amending,
        confirming=forms.get("confirming") or Form.blank(),
        ceasing=forms.get("ceasing") or Form.blank(**today_typed("ceased")),
        saying=forms.get("saying") or Form.blank(),
        hours=await whom.hours_offered(visit, amending),
    )


def _here(visit: Visit) -> str:
    return f"/children/{visit.id('child_id')}/involvements/{visit.id('involvement_id')}"


_ONE: Final = "/children/{child_id:uuid}/involvements/{involvement_id:uuid}"
PAGES = (
    Page("/children/{child_id:uuid}/involvements/new", "involvement_new", show_new, begin),
    Page(_ONE, "involvement", show),
    Page(f"{_ONE}/confirm", "involvement_confirm", show, confirm),
    Page(f"{_ONE}/amend", "involvement_amend", show, amend),
    Page(f"{_ONE}/cease", "involvement_cease", show, cease),
    Page(f"{_ONE}/feedback", "involvement_feedback", show, say_whether_it_worked),
)
