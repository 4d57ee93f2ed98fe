"""`shields`, `identity`: ask for a shield, decide, look at it again, lift it; close an identity."""

import argparse
from typing import Any, get_args

from index_client.answers import Answer
from index_client.cli.asking import access
from index_client.cli.verbs import Facts, Option, Verb, done, mount_noun, several
from index_client.generated import types as t
from index_client.index import Index

_GROUNDS = tuple(each for each in get_args(t.ShieldGround) if each != "shielded_elsewhere")
_ASKERS = tuple(each for each in get_args(t.ShieldAskedBy) if each != "region")


def mount(nouns: Any) -> None:
    """Add the commands to the parser."""
    mount_noun(nouns, "shields", "shielding: ask, appeal, grant, review, lift", _VERBS)
    mount_noun(nouns, "identity", "close an identity for good", _IDENTITY)


def _ask(index: Index, chosen: argparse.Namespace) -> Answer[Any]:
    body: Any = {**chosen.said, "can_be_contacted": True}
    return index.ask_shield(body, chosen.child_id, access=access(chosen))


_ASKING = (
    Verb(
        name="ask",
        what="Ask that a child's record be shielded",
        asks=_ask,
        shows=done("Asked"),
        ids=("child_id",),
        facts=Facts(
            "the ground, who asks, and how that is known",
            {
                "ground": _GROUNDS,
                "asked_by": _ASKERS,
                "identity_checked": get_args(t.IdentityCheck),
            },
        ),
        sure="The team must be able to reach whoever asks: asking says that it can.",
        why=True,
    ),
    Verb(
        name="requests",
        what="My requests for shields; to the team, all there are",
        asks=lambda index, chosen: index.read_shield_requests(
            access=access(chosen), cursor=chosen.cursor
        ),
        shows=several("Requests for shields", "requests"),
        why=True,
        pages=True,
    ),
    Verb(
        name="appeal",
        what="Appeal against a refusal; another person decides",
        asks=lambda index, chosen: index.appeal_shield(
            chosen.shield_request_id, access=access(chosen)
        ),
        shows=done("Appealed"),
        ids=("shield_request_id",),
        sure="A refusal is appealed against once.",
        why=True,
    ),
)
_DECIDING = (
    Verb(
        name="refuse",
        what="Refuse a shield that was asked for",
        asks=lambda index, chosen: index.refuse_shield(
            {"reason": chosen.because}, chosen.shield_request_id, access=access(chosen)
        ),
        shows=done("Refused"),
        ids=("shield_request_id",),
        options=(Option("because", "why", get_args(t.ShieldRefusal), demanded=True),),
        sure="Whoever asked is told, and may appeal once.",
        why=True,
    ),
    Verb(
        name="grant",
        what="Shield a child's record: nobody but the team sees where they are",
        asks=lambda index, chosen: index.grant_shield(
            chosen.said, chosen.child_id, access=access(chosen)
        ),
        shows=done("Shielded"),
        ids=("child_id",),
        facts=Facts(
            "the ground, who asked, the day of review, and the request by its id",
            {"ground": _GROUNDS, "asked_by": _ASKERS, "review": (), "request_id": ()},
        ),
        why=True,
    ),
    Verb(
        name="review",
        what="Look at a shield again: it stands on",
        asks=lambda index, chosen: index.review_shield(
            {"shield_id": chosen.shield_id, "review": chosen.next},
            chosen.child_id,
            access=access(chosen),
        ),
        shows=done("Reviewed"),
        ids=("child_id", "shield_id"),
        options=(Option("next", "the next day of review", demanded=True),),
        why=True,
    ),
    Verb(
        name="lift",
        what="Lift one shield, by decision only",
        asks=lambda index, chosen: index.lift_shield(
            {"shield_id": chosen.shield_id}, chosen.child_id, access=access(chosen)
        ),
        shows=done("Lifted"),
        ids=("child_id", "shield_id"),
        sure="Unless another shield stands, everybody with access sees where the child is.",
        why=True,
    ),
)
_VERBS = (*_ASKING, *_DECIDING)
_IDENTITY = (
    Verb(
        name="close",
        what="Close an identity; the new one is created on another day",
        asks=lambda index, chosen: index.close_identity(
            chosen.said, chosen.child_id, access=access(chosen)
        ),
        shows=done("Closed"),
        ids=("child_id",),
        facts=Facts("the cause", {"cause": get_args(t.NewIdentityCause)}),
        sure="It is closed for good: nobody finds the record again.",
        why=True,
    ),
)
