"""Records that wait for the team: held for a shield's sake, or doubtful; compared and decided."""

from collections.abc import Mapping, Sequence
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

LIST: Final = "/team/holds"
NUMBERS: Final = ("nhs_number", "upn", "case_number")
_FACTS_MAX: Final = 3  # ways of asking who else this may be
_NO_MORE: Final = (
    "Needs a second person: the record carries a number of a shielded child. Nobody lets it go "
    "alone. Ask for its release at once, by two"
)


async def show(visit: Visit) -> Response:
    """List what waits, why, since when and until when."""
    told = (await visit.index.read_holds(cursor=cursor_of(visit))).body
    return await team_page(visit, "team/holds.html", told=told, now=clock.now_s())


async def show_one(visit: Visit) -> Response:
    """Show a record that waits, whom it may be, and what can be decided."""
    return await _alone_or_beside(visit, Form.blank())


async def release(visit: Visit) -> Response:
    """Release a record, from beside another or alone: its effects read, and agreed to."""
    form, child_id = await visit.form(), visit.id("child_id")
    said = _said(form, _other(visit))
    if still_filling_in(form):
        return await _alone_or_beside(visit, form)
    hold = await _hold(visit)
    decision = _decided(said, child_id, hold["outcome"] if hold else "held")
    if first := await not_agreed_yet(visit, form, decision):
        return first
    try:
        made = (await visit.index.release_hold(said, child_id, access=KEEPING)).body
    except Refused as refused:
        if refused.code == "second_person_needed":
            form.fault("decision", _NO_MORE)
        if form.take(refused, {"survivor_id": "decision"}) or form.faults:
            return await _alone_or_beside(visit, form)
        raise
    if made["state"] == "waiting":
        place = f"{LIST}/{child_id}/second/{made['release_id']}"
        return done(visit, form, place, "release_asked")
    joined = said["decision"] == "same_child"
    return done(visit, form, LIST, "joined" if joined else "released")


async def show_second(visit: Visit) -> Response:
    """Say what agreeing to a release brings about, and that it takes somebody else."""
    return await preview(visit, _second(visit))


async def agree(visit: Visit) -> Response:
    """Agree to a release as the second of two people."""
    form = await visit.form()
    if told := await not_agreed_yet(visit, form, _second(visit)):
        return told
    said: Any = {"release_id": visit.id("release_id")}
    await visit.index.approve_release(said, visit.id("child_id"), access=KEEPING)
    return done(visit, form, LIST, "released")


def _other(visit: Visit) -> str | None:
    """Return the record beside which one is decided, if it is not decided alone."""
    return visit.id("other_id") if "other_id" in visit.request.path_params else None


def _said(form: Form, other_id: str | None) -> Any:
    """Return the decision as the index takes it; with faults where its parts do not fit."""
    decision = form.choice("decision", DECISIONS if other_id else ALONE, "Say what you found out")
    if decision == "at_once":
        return {"decision": "another_child", "emergency": True}
    needed = "Say with whom you checked it" if decision else ""
    checked = form.choice("checked_with", codes_team.HOLD_CHECKS, needed)
    said = {"decision": decision, "checked_with": checked}
    return {**said, "survivor_id": other_id} if decision == "same_child" else said


def _decided(said: Mapping[str, Any], child_id: str, waits_as: str) -> Decision:
    choice = "at_once" if said.get("emergency") else said["decision"]
    effects = EFFECTS[choice]
    if choice == "another_child":
        effects = (_SEEN[waits_as], *effects)
    titles = {
        "another_child": "Release this record: it is another child's",
        "same_child": "Join this record to the other: it is the same child's",
        "at_once": "Ask for release at once, by two people",
    }
    buttons = {
        "another_child": "Release the record",
        "same_child": "Join the records",
        "at_once": "Ask for a second person",
    }
    careful = choice != "at_once"
    back = f"{LIST}/{child_id}"
    return Decision(titles[choice], effects, buttons[choice], back, careful, KEEPING)


def _second(visit: Visit) -> Decision:
    return Decision(
        "Second person: release a record at once",
        (
            (
                "Somebody asked that this record be released without a check, because it cannot "
                "wait. Whoever asked cannot agree to it themselves, with another account "
                "neither: give a colleague the address of this page."
            ),
            (
                "If you agree, everybody whom the sharing agreement lets see this child finds the "
                "record from the next request on, even where it carries a shielded child's number."
            ),
            "A shield over the record itself stays.",
            "The request can be agreed to for 24 hours.",
        ),
        "I am the second person, and agree",
        f"{LIST}/{visit.id('child_id')}",
        careful=True,
        access=KEEPING,
    )


DECISIONS: Final[Mapping[str, str]] = {
    **codes_team.HOLD_DECISIONS,
    "at_once": "An emergency: release it as another child's at once, unchecked, by two people",
}
ALONE: Final = tuple(each for each in DECISIONS if each != "same_child")
_SEEN: Final = {
    "held": "From the next request on, everybody whom the sharing agreement lets see this child "
    "finds the record, with its address, school, practice and services as far as each may see.",
    "doubtful": "The record goes on being found by everybody whom the sharing agreement lets see "
    "it, as a record of its own.",
}
EFFECTS: Final[Mapping[str, Sequence[str]]] = {
    "another_child": (
        "The two records stay two: nothing goes from one to the other.",
        (
            "It leaves this list. What resembles a shielded child's record by name only is "
            "released by one person; what carries a shielded child's number the index lets go "
            "only by two."
        ),
        "A shield over either record stays.",
        "What has then been seen cannot be unseen.",
    ),
    "same_child": (
        "Services, assessment, consents and shields of this record go over to the other one.",
        "The name, address and numbers in it do not: those of the other record stay.",
        "The stricter stays: a shield over either is a shield over the one that is left.",
        (
            "This record is found no more, by its id neither; its supplier's next lines go to the "
            "other one."
        ),
        "It leaves this list. It cannot be taken apart again by a click.",
    ),
    "at_once": (
        "Nothing is released yet, and nobody sees more than now.",
        (
            "Somebody else of the team has to agree, within 24 hours; you cannot, and your other "
            "account, if you have one, cannot either."
        ),
        "When they agree, everybody whom the sharing agreement lets see this child finds it.",
    ),
}


async def _alone_or_beside(visit: Visit, form: Form) -> Response:
    """Draw the record that waits: with whom it may be, or beside the one of them looked at."""
    child, other_id = await _read(visit, visit.id("child_id")), _other(visit)
    hold = await _hold(visit)
    told: dict[str, Any] = {
        "child": child,
        "hold": hold,
        "decisions": DECISIONS,
        "effects": EFFECTS,
        "seen": _SEEN[hold["outcome"] if hold else "held"],
        "access": KEEPING,
        "now": clock.now_s(),
    }
    if other_id is None:
        others, too_many = await _resembling(visit, child)
        told |= {"others": others, "too_many": too_many, "only": ALONE}
        return await draw(visit, "team/hold.html", form, **told)
    other = await _read(visit, other_id)
    told |= {"other": other, "rows": beside(child, other), "only": tuple(DECISIONS)}
    return await draw(visit, "team/hold_beside.html", form, **told)


async def _read(visit: Visit, child_id: str) -> Any:
    visit.state_access(child_id, KEEPING)
    return (await visit.index.read_child(child_id, access=KEEPING)).body["child"]


async def _hold(visit: Visit) -> Any:
    """Return how the record waits; None where it does not any more."""
    return await among(
        lambda cursor: visit.index.read_holds(cursor=cursor),
        "holds",
        "child_id",
        visit.id("child_id"),
    )


async def _resembling(visit: Visit, child: Any) -> tuple[list[Any], list[str]]:
    """Return whom the index finds by what this record states, each once, without itself.

    And by what it finds too many to show any: there may be somebody among them.

    The list of holds does not say whom a record resembles: it is asked as anybody of the team
    would ask, by number and by name.
    """
    found: dict[str, Any] = {}
    too_many: list[str] = []
    for facts in _questions(child)[:_FACTS_MAX]:
        asked: Any = facts
        told = (await visit.index.look_up_child(asked, access=KEEPING)).body
        if told["outcome"] == "too_many":
            too_many.append("name and date of birth" if "family_name" in facts else "a number")
        for match in told["matches"]:
            found.setdefault(match["child"]["child_id"], match)
    found.pop(child["child_id"], None)
    return list(found.values()), too_many


def _questions(child: Any) -> list[dict[str, str]]:
    name = {part: said for part, said in child["name"].items() if said}
    by_name = {**name, "date_of_birth": child["date_of_birth"]}
    numbers = [{each: child["identifiers"].get(each)} for each in NUMBERS]
    return [by_name, *(each for each in numbers if all(each.values()))]


_ONE: Final = "/team/holds/{child_id:uuid}"
PAGES = (
    Page(LIST, "holds", show),
    Page(_ONE, "hold", show_one, release),
    Page(f"{_ONE}/beside/{{other_id:uuid}}", "hold_beside", show_one, release),
    Page(f"{_ONE}/second/{{release_id:uuid}}", "hold_second", show_second, agree),
)
