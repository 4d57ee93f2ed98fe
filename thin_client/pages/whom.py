"""Whom to ring, as a form asks for it: a team, its hours, and a person where one is named."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from thin_client import codes, spoken
from thin_client.asking import Visit, doors_of
from thin_client.forms import Form

NONE, OTHER = "none", "other"
HOURS_MAX: Final = 3
_DAY: Final = "(?:mon|tue|wed|thu|fri|sat|sun)"
_ROW: Final = re.compile(rf"({_DAY}(?:,{_DAY}){{0,6}}) (\d\d:\d\d)-(\d\d:\d\d)")
_TIME: Final = re.compile(r"([01]?\d|2[0-4])[:.]?([0-5]\d)")
PLACES: Final = {
    "contact.team.name": "team",
    "contact.team.phone": "team_phone",
    "contact.team.hours": "hours",
    "contact.person.name": "person",
    "contact.person.phone": "person_phone",
    "contact.person.email": "person_email",
}


def whom_of(form: Form) -> dict[str, Any]:
    """Return the contact a form states, as the index takes it."""
    team = form.text("team", "Say which team or desk is to be rung", 60)
    phone = form.phone("team_phone", "Give the team's number: people leave, teams answer")
    hours = _hours(form)
    name = form.text("person", chars_max=35)
    own = {"phone": form.phone("person_phone"), "email": form.text("person_email", chars_max=60)}
    if not name and any(own.values()):
        form.fault("person", "Say whose number or address it is, or leave them out")
    person = {"name": name, **{key: value for key, value in own.items() if value}}
    return {
        "team": {"name": team, "phone": phone, "hours": hours},
        "person": person if name else None,
        "ask_for_duty": "yes" in form.values("duty"),
    }


def as_typed(contact: Mapping[str, Any]) -> dict[str, str]:
    """Return a contact of the index as the form's fields show it."""
    team, person = contact["team"], contact.get("person") or {}
    shown = {
        "team": team["name"],
        "team_phone": spoken.phone(team["phone"]),
        "hours": written(team.get("hours") or ()),
        "person": person.get("name"),
        "person_phone": spoken.phone(person["phone"]) if person.get("phone") else None,
        "person_email": person.get("email"),
        "duty": "yes" if contact.get("ask_for_duty") else None,
    }
    return {name: value for name, value in shown.items() if value}


async def suggested(visit: Visit) -> dict[str, str]:
    """Return what a new contact begins with: what was given last, or the agency's front door."""
    last: dict[str, str] | None = visit.session.get("whom")
    if last:
        return last
    door = await own_door(visit)
    if door is None:
        return {}
    hours = door["hours"] if len(door["hours"]) <= HOURS_MAX else ()
    team = {"name": door["agency"], "phone": door["duty_phone"], "hours": hours}
    return as_typed({"team": team, "ask_for_duty": True})


def remember(visit: Visit, contact: Mapping[str, Any]) -> None:
    """Keep what was given as what the next form suggests, in plain sight."""
    visit.session.put("whom", as_typed(contact))


async def own_door(visit: Visit) -> Mapping[str, Any] | None:
    """Return the front door of the asker's own agency, if it has one."""
    own = (await visit.me())["agency"]["agency_id"]
    return next((each for each in await doors_of(visit) if each["agency_id"] == own), None)


async def hours_offered(visit: Visit, form: Form) -> dict[str, str]:
    """Return the hours a form offers, in words: those that stand, the duty line's, others."""
    door = await own_door(visit)
    known = [form.value("hours"), written(door["hours"]) if door else ""]
    rows = {text: read for text in known if (read := _read(text))}
    return {
        **{text: spoken.hours(read) for text, read in rows.items()},
        NONE: "Not said",
        OTHER: "Other hours, given below",
    }


def written(hours: Sequence[Mapping[str, Any]]) -> str:
    """Return hours in one line, for a choice of a form: `mon,tue 08:30-17:30;sat 09:00-12:00`."""
    rows = (f"{','.join(each['days'])} {each['opens']}-{each['closes']}" for each in hours)
    return ";".join(rows)


def _read(text: str) -> list[dict[str, Any]]:
    rows = [_ROW.fullmatch(each) for each in text.split(";")] if text else []
    if not 0 < len(rows) <= HOURS_MAX:
        return []
    found = [each for each in rows if each]
    if len(found) < len(rows):
        return []
    return [{"days": e[1].split(","), "opens": e[2], "closes": e[3]} for e in found]


def _hours(form: Form) -> list[dict[str, Any]]:
    chosen = form.value("hours") or NONE
    if chosen == NONE:
        return []
    if chosen != OTHER:
        rows = _read(chosen)
        if not rows:
            form.fault("hours", "Choose one of those listed")
        return rows
    days = form.choices("days", codes.DAYS)
    if not days:
        form.fault("days", "Say on which days the team answers")
    opens, closes = _time(form, "opens"), _time(form, "closes")
    return [{"days": days, "opens": opens, "closes": closes}]


def _time(form: Form, name: str) -> str | None:
    typed = _TIME.fullmatch(form.value(name).strip())
    if typed is None:
        form.fault(name, "Give a time, such as 8:30 or 17:00")
        return None
    return f"{int(typed[1]):02}:{typed[2]}"
