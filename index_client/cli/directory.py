"""`agencies`, `practitioners`: every front door, and how to reach a practitioner's team."""

import argparse
from typing import Any, get_args

from index_client.answers import Answer
from index_client.cli.shown import DOOR_HEADS, door_row
from index_client.cli.tables import Page
from index_client.cli.verbs import (
    YES_NO,
    Facts,
    Option,
    Said,
    Verb,
    done,
    mount_noun,
    one,
    truths,
)
from index_client.generated import types as t
from index_client.index import Index

_AGENCY = {
    "name": (),
    "kind": get_args(t.AgencyKind),
    "duty_phone": (),
    "lead_name": (),
    "lead_phone": (),
    "out_of_hours_phone": (),
    "accredited": YES_NO,
    "front_door": YES_NO,
    "days": get_args(t.Day),
    "opens": (),
    "closes": (),
}


def mount(nouns: Any) -> None:
    """Add the commands to the parser."""
    mount_noun(nouns, "agencies", "front doors: whom to ring at an agency", _AGENCIES)
    mount_noun(nouns, "practitioners", "how to reach a practitioner's team", _PRACTITIONERS)


def _agency(said: Said) -> Said:
    """Return an agency: the days, separated by commas, with their hours as one span."""
    made = truths("accredited", "front_door")(said)
    if "hours" in made:
        return made
    days = [day.strip() for day in made.pop("days", "").split(",") if day.strip()]
    span = {"days": days, "opens": made.pop("opens", ""), "closes": made.pop("closes", "")}
    return {**made, "hours": [span]}


def _practitioner(said: Said) -> Said:
    """Return a practitioner with their team."""
    if "team" in said:
        return said
    rest = {name: value for name, value in said.items() if not name.startswith("team_")}
    return {
        **rest,
        "team": {"name": said.get("team_name", ""), "phone": said.get("team_phone", "")},
    }


def _add_practitioner(index: Index, chosen: argparse.Namespace) -> Answer[Any]:
    body: Any = {**chosen.said, "agency_id": chosen.agency_id}
    return index.add_practitioner(body)


def _shows_doors(page: Page, body: Any) -> None:
    rows = [(*door_row(each, each["agency_id"]),) for each in body["agencies"]]
    page.table("Front doors", ("agency id", *DOOR_HEADS[1:]), rows)


_AGENCIES = (
    Verb(
        name="list",
        what="Every agency's front door",
        asks=lambda index, _: index.read_agencies(),
        shows=_shows_doors,
    ),
    Verb(
        name="add",
        what="Add an agency",
        asks=lambda index, chosen: index.add_agency(chosen.said),
        shows=done("Added"),
        facts=Facts("the agency, its duty line with hours, and its lead", _AGENCY, _agency),
    ),
)
_PRACTITIONERS = (
    Verb(
        name="show",
        what="How to reach a practitioner's team",
        asks=lambda index, chosen: index.read_practitioner(chosen.practitioner_id),
        shows=one("The practitioner"),
        ids=("practitioner_id",),
    ),
    Verb(
        name="add",
        what="Add a practitioner to an agency",
        asks=_add_practitioner,
        shows=done("Added"),
        ids=("agency_id",),
        facts=Facts(
            "the name and the team; with the home that may be compared in --facts",
            {"name": (), "team_name": (), "team_phone": (), "phone": (), "email": ()},
            _practitioner,
        ),
    ),
    Verb(
        name="contact",
        what="Show everybody but the team a practitioner's team line only, or no longer",
        asks=lambda index, chosen: index.shield_contact(
            {"contact_shielded": chosen.shielded == "yes"}, chosen.practitioner_id
        ),
        shows=done("So it is from now on"),
        ids=("practitioner_id",),
        options=(Option("shielded", "whether the team alone is shown", YES_NO, demanded=True),),
    ),
)
