"""Moves of responsibility between authorities: proposed, agreed to, refused, looked through."""

from typing import Any, Final

from starlette.responses import Response

from index_client import Refused
from thin_client import clock, codes_team
from thin_client.asking import Visit
from thin_client.forms import Form
from thin_client.pages.comparing import beside
from thin_client.pages.deciding import (
    KEEPING,
    Decision,
    among,
    cursor_of,
    done,
    draw,
    not_agreed_yet,
    preview,
    still_filling_in,
    team_page,
)
from thin_client.pages.page import Page

LIST: Final = "/team/moves"
_PLACES: Final = {
    "child.name.given_name": "given_name",
    "child.name.family_name": "family_name",
    "child.date_of_birth": "born",
    "child.nhs_number": "nhs_number",
    "child.upn": "upn",
}


async def show(visit: Visit) -> Response:
    """List the moves this authority has a part in, the newest first."""
    told = (await visit.index.read_transfers(cursor=cursor_of(visit))).body
    today = clock.today().isoformat()
    return await team_page(visit, "team/moves.html", told=told, today=today)


async def show_propose(visit: Visit) -> Response:
    """Show the form by which responsibility for a child is asked for."""
    return await _proposing(visit, Form.blank())


async def propose(visit: Visit) -> Response:
    """Propose to take responsibility for a child who belongs here."""
    form, peers = await visit.form(), await _authorities(visit)
    name = {
        "family_name": form.text("family_name", "Give the family name", 35),
        "given_name": form.text("given_name", chars_max=35),
    }
    child: Any = {
        "name": name,
        "date_of_birth": form.day("born", "Give the date of birth"),
        "nhs_number": form.text("nhs_number", chars_max=12),
        "upn": form.text("upn", chars_max=13),
    }
    authority = form.choice("authority", peers, "Say which authority is responsible now")
    reason = form.choice("reason", codes_team.MOVE_REASONS, "Say why the child belongs here")
    if still_filling_in(form):
        return await _proposing(visit, form)
    decision = Decision(
        f"Ask {peers[authority]} to let a child go",
        (
            (
                f"{peers[authority]}'s team is told the name, the date of birth and the numbers "
                f"you gave, and why: {codes_team.MOVE_REASONS[reason].lower()}. Nothing else."
            ),
            "The answer here is the same whether the child is known there or not.",
            "They stay responsible until this authority has taken the record.",
        ),
        "Propose the move",
        LIST,
        access=KEEPING,
    )
    if first := await not_agreed_yet(visit, form, decision):
        return first
    said: Any = {"authority": authority, "reason": reason, "child": child}
    try:
        await visit.index.propose_transfer(said, access=KEEPING, idempotency_key=form.once)
    except Refused as refused:
        if form.take(refused, _PLACES):
            return await _proposing(visit, form)
        raise
    return done(visit, form, LIST, "move_proposed")


async def show_one(visit: Visit) -> Response:
    """Show a move, whom it may be about here, and what can be decided."""
    return await _one(visit, Form.blank())


async def refuse(visit: Visit) -> Response:
    """Refuse a move, or withdraw it."""
    form, move = await visit.form(), await _found(visit)
    if move is None:
        return visit.go(LIST)
    reason = form.choice("reason", _reasons(move), "Say why not")
    if still_filling_in(form):
        return await _one(visit, form)
    decision = Decision(
        "Withdraw this move" if reason == "withdrawn" else "Refuse this move",
        (
            "Responsibility stays where it is.",
            f"Both teams are told why: {codes_team.MOVE_REFUSALS[reason].lower()}.",
            "Another move can be proposed later.",
        ),
        "Withdraw it" if reason == "withdrawn" else "Refuse it",
        f"{LIST}/{visit.id('move_id')}",
        careful=True,
        access=KEEPING,
    )
    if first := await not_agreed_yet(visit, form, decision):
        return first
    said: Any = {"reason": reason}
    await visit.index.refuse_transfer(said, visit.id("move_id"), access=KEEPING)
    return done(visit, form, LIST, "move_refused")


async def show_agree(visit: Visit) -> Response:
    """Show the child that was meant beside the record here, and what agreeing brings about."""
    return await _agreeing(visit, Form.blank())


async def agree(visit: Visit) -> Response:
    """Agree that responsibility moves."""
    form, child_id = await visit.form(), visit.id("child_id")
    if not form.ready or form.value("confirmed") != "yes":
        return await _agreeing(visit, form)
    if before := visit.already(form):
        return before
    said: Any = {"transfer_id": visit.id("move_id")}
    await visit.index.agree_transfer(said, child_id, access=KEEPING)
    return done(visit, form, LIST, "move_agreed")


async def show_review(visit: Visit) -> Response:
    """Say what noting the review brings about."""
    return await preview(visit, _reviewing(visit))


async def review(visit: Visit) -> Response:
    """Note that a record which came here was looked through."""
    form = await visit.form()
    if told := await not_agreed_yet(visit, form, _reviewing(visit)):
        return told
    said: Any = {"transfer_id": visit.id("move_id")}
    await visit.index.review_transfer(said, visit.id("child_id"), access=KEEPING)
    return done(visit, form, LIST, "move_reviewed")


def _reviewing(visit: Visit) -> Decision:
    effects = (
        "It is written down that you looked through the record that came here.",
        "The reminder of its review, due within four weeks of the move, goes.",
        "The record itself is not changed.",
    )
    back = f"{LIST}/{visit.id('move_id')}"
    return Decision("The record was looked through", effects, "Note it", back, access=KEEPING)


def _reasons(move: Any) -> tuple[str, ...]:
    return codes_team.HOLDERS_REFUSALS if move["side"] == "holding" else ("withdrawn",)


async def _one(visit: Visit, form: Form) -> Response:
    move = await _found(visit)
    if move is None:
        return visit.go(LIST)
    if move["child_id"]:
        visit.state_access(move["child_id"], KEEPING)
    to_agree = move["side"] == "holding" and move["step"] == "proposed"
    return await draw(
        visit,
        "team/move.html",
        form,
        move=move,
        reasons=_reasons(move),
        found=await _looked_up(visit, move["child"]) if to_agree else None,
        to_agree=to_agree,
        access=KEEPING,
    )


async def _looked_up(visit: Visit, meant: Any) -> Any:
    """Return what the index answers to what the other authority told of the child."""
    name = {part: said for part, said in meant["name"].items() if said}
    asked: Any = {**name, "date_of_birth": meant["date_of_birth"]}
    if meant.get("nhs_number"):
        asked["nhs_number"] = meant["nhs_number"]
    return (await visit.index.look_up_child(asked, access=KEEPING)).body


async def _agreeing(visit: Visit, form: Form) -> Response:
    move, child_id = await _found(visit), visit.id("child_id")
    if move is None:
        return visit.go(LIST)
    visit.state_access(child_id, KEEPING)
    child = (await visit.index.read_child(child_id, access=KEEPING)).body["child"]
    held = _assessment(child)
    return await draw(
        visit,
        "team/move_agree.html",
        form,
        move=move,
        child=child,
        rows=[each for each in beside(_as_child(move["child"]), child) if each["one"]],
        assessment=held,
        goes_along=held and await _goes_along(visit, child_id, move["authority"]),
        access=KEEPING,
    )


def _as_child(meant: Any) -> dict[str, Any]:
    """Return what the other authority told of a child as a record has it."""
    numbers = {each: meant.get(each) for each in ("nhs_number", "upn")}
    return {
        "name": meant["name"],
        "date_of_birth": meant["date_of_birth"],
        "gender": None,
        "identifiers": numbers,
        "carers": [],
    }


def _assessment(child: Any) -> Any:
    held = child.get("assessment")
    return held if held and not held["closed"] else None


async def _goes_along(visit: Visit, child_id: str, authority: str) -> bool:
    """Return whether the family agreed that the assessment goes to that authority."""
    told = (await visit.index.read_consents(child_id, access=KEEPING)).body
    return any(
        each["given_for"] == "caf_transfer"
        and each["in_force"]
        and each["receiving_authority"] in (None, authority)
        for each in told["consents"]
    )


async def _proposing(visit: Visit, form: Form) -> Response:
    authorities = await _authorities(visit)
    return await draw(visit, "team/move_propose.html", form, authorities=authorities)


async def _authorities(visit: Visit) -> dict[str, str]:
    """Return the other authorities' names by what the region calls them."""
    told = (await visit.index.read_peers()).body
    return {
        each["name"]: each["title"]
        for each in told["peers"]
        if each["kind"] == "index" and not each["suspended"]
    }


async def _found(visit: Visit) -> Any:
    return await among(
        lambda cursor: visit.index.read_transfers(cursor=cursor),
        "transfers",
        "transfer_id",
        visit.id("move_id"),
    )


_ONE: Final = "/team/moves/{move_id:uuid}"
PAGES = (
    Page(LIST, "moves", show),
    Page(f"{LIST}/propose", "move_proposed", show_propose, propose),
    Page(_ONE, "move", show_one, refuse),
    Page(f"{_ONE}/agree/{{child_id:uuid}}", "move_agreed", show_agree, agree),
    Page(f"{_ONE}/review/{{child_id:uuid}}", "move_reviewed", show_review, review),
)
