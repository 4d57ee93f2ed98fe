"""`moves`: responsibility for a child who moves to another authority."""

from typing import Any, get_args

from index_client.cli.asking import access
from index_client.cli.verbs import Facts, Option, Said, Verb, done, mount_noun, several
from index_client.generated import types as t

_NAME = ("given_name", "middle_names", "family_name")
_MEANT = ("date_of_birth", "nhs_number", "upn")


def mount(nouns: Any) -> None:
    """Add the commands to the parser."""
    mount_noun(nouns, "moves", "responsibility for a child who moves", _VERBS)


def _proposal(said: Said) -> Said:
    """Return a proposal with the child apart."""
    if "child" in said:
        return said
    made: Said = {name: said[name] for name in ("authority", "reason") if name in said}
    child: Said = {name: said[name] for name in _MEANT if name in said}
    child["name"] = {name: said[name] for name in _NAME if name in said}
    return {**made, "child": child}


_VERBS = (
    Verb(
        name="list",
        what="Moves of responsibility, and how far each has come",
        asks=lambda index, chosen: index.read_transfers(cursor=chosen.cursor),
        shows=several("Moves", "transfers"),
        pages=True,
    ),
    Verb(
        name="propose",
        what="Propose to take responsibility for a child who belongs here",
        asks=lambda index, chosen: index.propose_transfer(chosen.said, access=access(chosen)),
        shows=done("Proposed"),
        facts=Facts(
            "the authority that has the child, why, and who is meant",
            {
                "authority": (),
                "reason": get_args(t.MoveReason),
                **dict.fromkeys((*_NAME, *_MEANT), ()),
            },
            _proposal,
        ),
        why=True,
    ),
    Verb(
        name="agree",
        what="Agree that responsibility for this child moves",
        asks=lambda index, chosen: index.agree_transfer(
            {"transfer_id": chosen.transfer_id}, chosen.child_id, access=access(chosen)
        ),
        shows=done("Agreed"),
        ids=("child_id", "transfer_id"),
        sure="The record is let go, and the other authority takes it.",
        why=True,
    ),
    Verb(
        name="refuse",
        what="Refuse a move, or withdraw it",
        asks=lambda index, chosen: index.refuse_transfer(
            {"reason": chosen.because}, chosen.transfer_id, access=access(chosen)
        ),
        shows=done("Refused"),
        ids=("transfer_id",),
        options=(Option("because", "why", get_args(t.MoveRefusal), demanded=True),),
        sure="The move ends, and both teams are told why.",
        why=True,
    ),
    Verb(
        name="review",
        what="Note that a record which came here was reviewed",
        asks=lambda index, chosen: index.review_transfer(
            {"transfer_id": chosen.transfer_id}, chosen.child_id, access=access(chosen)
        ),
        shows=done("Noted"),
        ids=("child_id", "transfer_id"),
        why=True,
    ),
)
