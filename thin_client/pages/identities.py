"""Closing a child's identity for good: the first of two steps, which nothing joins."""

from typing import Any, Final

from starlette.responses import Response

from thin_client import codes_team
from thin_client.asking import Visit
from thin_client.forms import Form
from thin_client.pages.deciding import (
    SHIELDING,
    Decision,
    done,
    draw,
    not_agreed_yet,
    still_filling_in,
)
from thin_client.pages.page import Page

EFFECTS: Final = (
    "No search finds this record any more, and nobody but the team can open it.",
    "Former names are dropped for good.",
    "What resembles it waits for the team, unseen by others: so that no feed brings it back.",
    (
        "The child's new record is created like any other, on another day, and by nobody's link: "
        "nothing in the index says that the two are one child, and nothing will."
    ),
    "You cannot create any record today: the new one is made on another day.",
    "It cannot be taken back.",
)


async def show(visit: Visit) -> Response:
    """Show the form by which an identity is closed."""
    return await draw(visit, "team/identity_close.html", Form.blank())


async def close(visit: Visit) -> Response:
    """Close an identity."""
    child_id, form = visit.id("child_id"), await visit.form()
    cause = form.choice("cause", codes_team.NEW_IDENTITY_CAUSES, "Say why it is closed")
    if still_filling_in(form):
        return await draw(visit, "team/identity_close.html", form)
    decision = Decision(
        "Close this child's identity for good",
        EFFECTS,
        "Close it for good",
        f"/team/children/{child_id}",
        careful=True,
        access=SHIELDING,
    )
    if first := await not_agreed_yet(visit, form, decision):
        return first
    said: Any = {"cause": cause}
    await visit.index.close_identity(said, child_id, access=SHIELDING)
    return done(visit, form, "/team", "identity_closed")


PAGES = (Page("/team/children/{child_id:uuid}/close-identity", "identity_closed", show, close),)
