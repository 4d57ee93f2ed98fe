"""`involvements`: say that one works with a child, still or no more; see one's own."""

from typing import Any, get_args

from index_client.cli.asking import access
from index_client.cli.shown import show_caseload
from index_client.cli.tables import Page
from index_client.cli.verbs import (
    TEAM,
    Facts,
    Option,
    Verb,
    done,
    more,
    mount_noun,
    one,
    with_contact,
)
from index_client.generated import types as t

_BEGIN = Facts(
    "service and began (a day), the team's name and its phone; with hours, a person, consent or "
    "significant harm in --facts",
    {"service": get_args(t.Service), "began": (), "team_name": (), "team_phone": ()},
    with_contact,
)


def mount(nouns: Any) -> None:
    """Add the commands to the parser."""
    mount_noun(nouns, "involvements", "begin, confirm, amend, cease one; list mine", _VERBS)


def _shows_mine(page: Page, body: Any) -> None:
    show_caseload(page, "My involvements, those to confirm first", body["involvements"])
    more(page, body)


_VERBS = (
    Verb(
        name="mine",
        what="My involvements, those to confirm first",
        asks=lambda index, chosen: index.read_own_involvements(
            access=access(chosen), cursor=chosen.cursor
        ),
        shows=_shows_mine,
        why=True,
        pages=True,
    ),
    Verb(
        name="show",
        what="One involvement, and whom to ring",
        asks=lambda index, chosen: index.read_involvement(
            chosen.involvement_id, access=access(chosen)
        ),
        shows=one("The involvement"),
        ids=("involvement_id",),
        why=True,
        mediated=True,
    ),
    Verb(
        name="begin",
        what="I work with this child",
        asks=lambda index, chosen: index.begin_involvement(
            chosen.said, chosen.child_id, access=access(chosen)
        ),
        shows=done("Begun"),
        ids=("child_id",),
        facts=_BEGIN,
        why=True,
    ),
    Verb(
        name="amend",
        what="Another worker or team is to be rung",
        asks=lambda index, chosen: index.amend_involvement(
            chosen.said, chosen.involvement_id, access=access(chosen)
        ),
        shows=done("Amended"),
        ids=("involvement_id",),
        facts=Facts("whom to ring", TEAM, with_contact),
        why=True,
    ),
    Verb(
        name="confirm",
        what="I still work with this child",
        asks=lambda index, chosen: index.confirm_involvement(
            chosen.involvement_id, access=access(chosen)
        ),
        shows=done("Confirmed"),
        ids=("involvement_id",),
        why=True,
    ),
    Verb(
        name="cease",
        what="I work with this child no more",
        asks=lambda index, chosen: index.cease_involvement(
            {"ceased": chosen.ceased}, chosen.involvement_id, access=access(chosen)
        ),
        shows=done("Ceased"),
        ids=("involvement_id",),
        options=(Option("ceased", "its last day; today unless said"),),
        why=True,
    ),
)
