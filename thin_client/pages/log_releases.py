"""After a restored backup: two people say what was entered again, and the index answers again."""

from typing import Any, Final

from starlette.responses import Response

from thin_client import codes_team
from thin_client.asking import Visit
from thin_client.forms import Form
from thin_client.pages.deciding import (
    Decision,
    done,
    draw,
    not_agreed_yet,
    still_filling_in,
    team_page,
)
from thin_client.pages.page import Page

START: Final = "/team/log-releases"
KINDS: Final = {
    "shields": "Shields, and identities closed",
    "withdrawals": "Consents withdrawn or refused, bases ended, decisions not to share",
    "suspensions": "Accounts suspended or closed, rights and agreements narrowed",
}


async def show(visit: Visit) -> Response:
    """Show the form that states what was entered again."""
    return await draw(visit, "team/log_release_ask.html", Form.blank(), kinds=KINDS)


async def ask(visit: Visit) -> Response:
    """State what was entered again; somebody else approves it."""
    form = await visit.form()
    stated: Any = {
        kind: form.choice(kind, codes_team.REENTRIES, "Say what became of these") for kind in KINDS
    }
    if still_filling_in(form):
        return await draw(visit, "team/log_release_ask.html", form, kinds=KINDS)
    decision = Decision(
        "State what was entered again",
        (
            *(
                f"{said}: {codes_team.REENTRIES[stated[kind]].lower()}."
                for kind, said in KINDS.items()
            ),
            (
                "Whatever was decided since the backup and is not entered again is lost: a "
                "shield that is missing hides nobody."
            ),
            "The index goes on answering nobody until somebody else than you approves this.",
        ),
        "State it",
        START,
        careful=True,
    )
    if first := await not_agreed_yet(visit, form, decision):
        return first
    made = (await visit.index.ask_log_release(stated, idempotency_key=form.once)).body
    return done(visit, form, f"{START}/{made['id']}", "log_release_asked")


async def show_one(visit: Visit) -> Response:
    """Show a release, and how far it has come."""
    told = (await visit.index.read_log_release(visit.id("release_id"))).body
    return await team_page(
        visit, "team/log_release.html", release=told, kinds=KINDS, form=Form.blank()
    )


async def approve(visit: Visit) -> Response:
    """Approve a release as the second person."""
    form, place = await visit.form(), f"{START}/{visit.id('release_id')}"
    if not form.ready:
        return await show_one(visit)
    decision = Decision(
        "Approve this release as the second person",
        (
            (
                "You say, too, that what the statement names was entered again. Whoever stated it "
                "cannot approve it."
            ),
            (
                "The sealer is then given the approval's entry and begins the log's tree anew; "
                "after that the index answers everybody again."
            ),
        ),
        "I am the second person, and approve",
        place,
        careful=True,
    )
    if first := await not_agreed_yet(visit, form, decision):
        return first
    await visit.index.approve_log_release(visit.id("release_id"))
    return done(visit, form, place, "log_release_approved")


PAGES = (
    Page(START, "log_release_asked", show, ask),
    Page(f"{START}/{{release_id:uuid}}", "log_release", show_one, approve),
)
