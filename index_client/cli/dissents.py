"""`dissents`: say that one disagrees with what was decided about a child, and read who does."""

from typing import Any, get_args

from index_client.cli.asking import access
from index_client.cli.verbs import TEAM, Facts, Verb, done, mount_noun, several, with_contact
from index_client.generated import types as t


def mount(nouns: Any) -> None:
    """Add the commands to the parser."""
    mount_noun(nouns, "dissents", "disagreeing with what was decided about a child", _VERBS)


_VERBS = (
    Verb(
        name="record",
        what="I disagree with what was decided",
        asks=lambda index, chosen: index.record_dissent(
            chosen.said, chosen.child_id, access=access(chosen)
        ),
        shows=done("Recorded"),
        ids=("child_id",),
        facts=Facts(
            "about what, and whom to ring",
            {"about": get_args(t.DissentAbout), **TEAM},
            with_contact,
        ),
        why=True,
    ),
    Verb(
        name="list",
        what="My agency's dissents about a child; to the team, all",
        asks=lambda index, chosen: index.read_dissents(chosen.child_id, access=access(chosen)),
        shows=several("Dissents", "dissents"),
        ids=("child_id",),
        why=True,
    ),
)
