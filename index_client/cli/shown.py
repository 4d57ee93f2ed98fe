"""How a found child is printed: who is involved, whom to ring first, how complete it is."""

from collections.abc import Mapping, Sequence
from typing import Any

from index_client.cli.tables import Page, cell, hours, whom, words

Said = Mapping[str, Any]
_OUTCOMES = {
    "found": "One child matches.",
    "several": "Several children match: compare before you ring.",
    "too_many": "Too many children match: add a date of birth, a postcode or a number.",
    "none": "Nothing is found that may be shown to you. That is not proof that nobody knows "
    "the child: ring a front door, or the broker line.",
}
DOOR_HEADS = ("ring", "agency", "duty line", "hours", "out of hours", "safeguarding lead")


def show_lookup(page: Page, answer: Said) -> None:
    """Print what a lookup came to."""
    page.say(_OUTCOMES.get(answer["outcome"], words(answer["outcome"])))
    for match in answer["matches"]:
        why = ", ".join(f"{words(each['field'])} {words(each['level'])}" for each in match["why"])
        page.say(f"{words(match['grade'])} ({why})")
        show_child(page, match["child"])
    if answer.get("region"):
        _show_region(page, answer["region"])
    show_coverage(page, answer)
    if answer["outcome"] in ("none", "too_many"):
        show_doors(page, answer)


def show_child(page: Page, child: Said) -> None:
    """Print one child as far as the asker may see."""
    name = child["name"]
    told = " ".join(
        name[part] for part in ("given_name", "middle_names", "family_name") if name.get(part)
    )
    facts: dict[str, object] = {
        "date_of_birth": child["date_of_birth"],
        "gender": words(child["gender"]),
        "child_id": child["child_id"],
        "record_restricted": child["restricted"],
        "common_assessment": _held(child.get("assessment")),
    }
    page.facts(told, facts)
    rows = [_contact_row(*each) for each in contacts(child)]
    page.table("Who to ring", ("as", "agency", "team", "phone", "hours", "person"), rows)
    if child.get("contact_can_be_brokered"):
        page.say("A service that is not named can be reached through the broker line.")


def contacts(child: Said) -> list[tuple[str, str, Said | None]]:
    """Return (as what, agency, contact) in the order to ring: who leads, who assesses, others."""
    found: list[tuple[str, str, Said | None]] = []
    for key, what in (("lead_professional", "lead professional"), ("assessment", "assessment")):
        held = child.get(key)
        if held and not held.get("closed"):
            found.append((what, held["agency"], held["contact"]))
    now = [each for each in child.get("involvements") or () if not each["ceased"]]
    before = [each for each in child.get("involvements") or () if each["ceased"]]
    for each in sorted(now, key=_confirmed, reverse=True) + before:
        what = words(each["service"]) + (" (ceased)" if each["ceased"] else "")
        found.append((what, each["agency"] or words(each["agency_kind"]), each["contact"]))
    return found


def show_coverage(page: Page, answer: Said) -> None:
    """Say which kinds of agency tell the index, and which do not."""
    feeding = [words(each["agency_kind"]) for each in answer["coverage"] if each["feeds"]]
    silent = [words(each["agency_kind"]) for each in answer["coverage"] if not each["feeds"]]
    page.say(f"Telling this index: {', '.join(feeding) or 'nobody yet'}.")
    if silent:
        page.say(f"Not telling it: {', '.join(silent)}. Ring them if they may know the child.")


def show_doors(page: Page, answer: Said) -> None:
    """Print the front doors, the broker line first."""
    doors: Sequence[Said] = answer["front_doors"]
    rows = [door_row(each, "front door") for each in doors]
    if answer["broker"]:
        rows.insert(0, door_row(answer["broker"], "broker line"))
    page.table("Front doors", DOOR_HEADS, rows)


def _confirmed(involvement: Said) -> str:
    return str(involvement["last_confirmed"] or involvement["began"] or "")


def _held(assessment: Said | None) -> str:
    if not assessment:
        return "none is told"
    return f"closed {assessment['closed']}" if assessment.get("closed") else "held"


def _contact_row(what: str, agency: str, contact: Said | None) -> list[object]:
    if contact is None:
        return [what, agency, None, "its front door", None, None]
    team, person = contact["team"], contact.get("person")
    told = f"{person['name']} {person.get('phone') or ''}".strip() if person else None
    duty = " (ask for duty)" if contact.get("ask_for_duty") else ""
    answered = hours(team.get("hours") or ())
    return [what, agency, team["name"], f"{team['phone']}{duty}", answered or None, told]


def show_caseload(page: Page, title: str, rows: Sequence[Said]) -> None:
    """Print involvements that go on: whose, whom to ring, and by when to confirm them."""
    heads = ("child", "born", "service", "with", "ring", "confirm by", "doubts", "involvement")
    page.table(title, heads, map(_caseload_row, rows))


def _caseload_row(row: Said) -> list[object]:
    held = row["involvement"]
    due = f"{row['confirm_by']}{' (overdue)' if row['overdue'] else ''}"
    return [
        f"{cell('name', row['name'])} {row['child_id']}",
        row["date_of_birth"],
        words(held["service"]),
        row["practitioner"],
        whom(held["contact"]) if held["contact"] else None,
        due,
        cell("doubts", row["contact_doubts"]),
        held["involvement_id"],
    ]


def door_row(door: Said, what: str) -> list[object]:
    """Return an agency's duty line, its hours and its lead as a row of a table."""
    lead = door["safeguarding_lead"]
    return [
        what,
        f"{door['agency']} ({words(door['agency_kind'])})",
        door["duty_phone"],
        hours(door["hours"]),
        door["out_of_hours_phone"],
        f"{lead['name']} {lead['phone']}",
    ]


def _show_region(page: Page, region: Said) -> None:
    rows = [
        (each["title"], words(each["state"]), words(each["outcome"]), _peer_door(each))
        for each in region["authorities"]
    ]
    page.table("Other authorities", ("authority", "state", "outcome", "front door"), rows)
    for each in region["authorities"]:
        for match in each["matches"]:
            page.say(f"{each['title']}: {words(match['grade'])}")
            show_child(page, match["child"])
    if not region["complete"]:
        page.say("Not every authority answered: this is not complete.")


def _peer_door(authority: Said) -> object:
    door = authority["front_door"]
    return None if door is None else list(door.values())
