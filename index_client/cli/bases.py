"""`bases`, `not-shared`: decisions to process without consent, and decisions not to share."""

from typing import Any, get_args

from index_client.cli.asking import access
from index_client.cli.verbs import Facts, Verb, done, mount_noun
from index_client.generated import types as t


def mount(nouns: Any) -> None:
    """Add the commands to the parser."""
    mount_noun(nouns, "bases", "decisions to process without consent", _BASES)
    mount_noun(nouns, "not-shared", "decisions not to share", _NOT_SHARED)


_BASES = (
    Verb(
        name="record",
        what="Record a decision to process without consent",
        asks=lambda index, chosen: index.record_basis(
            chosen.said, chosen.child_id, access=access(chosen)
        ),
        shows=done("Recorded"),
        ids=("child_id",),
        facts=Facts(
            "the basis, why, and when it is looked at again",
            {
                "kind": get_args(t.BasisKind),
                "reason": get_args(t.BasisReason),
                "service": get_args(t.Service),
                "decided_on": (),
                "review": (),
            },
        ),
        why=True,
    ),
    Verb(
        name="end",
        what="A basis no longer holds",
        asks=lambda index, chosen: index.end_basis(
            chosen.child_id, chosen.basis_id, access=access(chosen)
        ),
        shows=done("Ended"),
        ids=("child_id", "basis_id"),
        sure="A basis that has ended does not begin again.",
        why=True,
    ),
)
_NOT_SHARED = (
    Verb(
        name="record",
        what="Record a decision not to share",
        asks=lambda index, chosen: index.record_not_shared(
            chosen.said, chosen.child_id, access=access(chosen)
        ),
        shows=done("Recorded"),
        ids=("child_id",),
        facts=Facts(
            "with what kind of agency, why, and when it was decided",
            {
                "recipient_kind": get_args(t.AgencyKind),
                "reason": get_args(t.NotSharedReason),
                "decided_on": (),
            },
        ),
        why=True,
    ),
)
