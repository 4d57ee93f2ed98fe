"""`assessment`, `lead-professional`, `status`: who holds the CAF, who leads, what plan there is."""

from typing import Any, get_args

from index_client.cli.asking import access
from index_client.cli.verbs import TEAM, Facts, Said, Verb, done, mount_noun, several, with_contact
from index_client.generated import types as t

_STATUS = "what my team says now: null in --facts where it is not so; what is left empty is not so"


def mount(nouns: Any) -> None:
    """Add the commands to the parser."""
    mount_noun(nouns, "assessment", "the common assessment (CAF): hold, hand on, close", _CAF)
    mount_noun(nouns, "lead-professional", "who leads for a child", _LEAD)
    mount_noun(nouns, "status", "a plan, being looked after, the responsible team", _STATUSES)


def _status(said: Said) -> Said:
    """Return a status: a spell where its first day was typed, null where it was not."""
    made = with_contact(said)
    if "child_protection_plan" in made or "looked_after" in made:
        return made
    plan, care = made.pop("plan_began", None), made.pop("looked_after_began", None)
    authority = made.pop("looked_after_by", "")
    return {
        **made,
        "child_protection_plan": {"began": plan} if plan else None,
        "looked_after": {"began": care, "authority": authority} if care else None,
    }


_CAF = (
    Verb(
        name="hold",
        what="My agency holds a common assessment",
        asks=lambda index, chosen: index.hold_assessment(
            chosen.said, chosen.child_id, access=access(chosen)
        ),
        shows=done("Recorded"),
        ids=("child_id",),
        facts=Facts(
            "since when, when it is reviewed, and whom to ring",
            {"held_since": (), "review_due": (), **TEAM},
            with_contact,
        ),
        why=True,
    ),
    Verb(
        name="close",
        what="Close the common assessment my agency holds",
        asks=lambda index, chosen: index.close_assessment(
            chosen.said, chosen.child_id, access=access(chosen)
        ),
        shows=done("Closed"),
        ids=("child_id",),
        facts=Facts("why, and its last day", {"reason": get_args(t.CafClosure), "closed": ()}),
        sure="A closed assessment is not opened again.",
        why=True,
    ),
    Verb(
        name="reassign",
        what="Hand the common assessment to another agency",
        asks=lambda index, chosen: index.reassign_assessment(
            chosen.said, chosen.child_id, access=access(chosen)
        ),
        shows=done("Handed on"),
        ids=("child_id",),
        facts=Facts(
            "the agency by its id, and whom to ring there",
            {"agency_id": (), **TEAM},
            with_contact,
        ),
        sure="The other agency holds it from today; mine can't take it back.",
        why=True,
    ),
    Verb(
        name="offer",
        what="Offer the common assessment to another authority",
        asks=lambda index, chosen: index.offer_assessment(
            chosen.said, chosen.child_id, access=access(chosen)
        ),
        shows=done("Offered"),
        ids=("child_id",),
        facts=Facts("to which authority", {"authority": ()}),
        why=True,
    ),
    Verb(
        name="due",
        what="Common assessments whose review is due within 28 days, or past",
        asks=lambda index, chosen: index.read_assessments_due(
            access=access(chosen), cursor=chosen.cursor
        ),
        shows=several("Reviews due", "assessments"),
        why=True,
        pages=True,
    ),
)
_LEAD = (
    Verb(
        name="name",
        what="Say who leads for a child",
        asks=lambda index, chosen: index.name_lead_professional(
            chosen.said, chosen.child_id, access=access(chosen)
        ),
        shows=done("Named"),
        ids=("child_id",),
        facts=Facts("since when, and whom to ring", {"since": (), **TEAM}, with_contact),
        why=True,
    ),
)
_STATUSES = (
    Verb(
        name="record",
        what="State a child protection plan, being looked after, and the responsible team",
        asks=lambda index, chosen: index.record_status(
            chosen.said, chosen.child_id, access=access(chosen)
        ),
        shows=done("Recorded, in place of what was said before"),
        ids=("child_id",),
        facts=Facts(
            _STATUS,
            {"plan_began": (), "looked_after_began": (), "looked_after_by": (), **TEAM},
            _status,
        ),
        why=True,
    ),
)
