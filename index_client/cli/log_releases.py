"""`log release-...`: that a restored index may answer again, stated by one and approved by two."""

from typing import get_args

from index_client.cli.verbs import Facts, Verb, done, one
from index_client.generated import types as t

_STATED = dict.fromkeys(("shields", "withdrawals", "suspensions"), get_args(t.Reentry))

RELEASES = (
    Verb(
        name="release-ask",
        what="State what was entered again after a restored backup",
        asks=lambda index, chosen: index.ask_log_release(chosen.said),
        shows=done("Stated"),
        facts=Facts("what was entered again, by kind", _STATED),
        sure="Somebody else approves it; then the restored index answers.",
    ),
    Verb(
        name="release-show",
        what="What a release states, and how far it has come",
        asks=lambda index, chosen: index.read_log_release(chosen.release_id),
        shows=one("The release"),
        ids=("release_id",),
    ),
    Verb(
        name="release-approve",
        what="Approve a release as a second person",
        asks=lambda index, chosen: index.approve_log_release(chosen.release_id),
        shows=one("The release"),
        ids=("release_id",),
        sure="The restored index answers from then on.",
    ),
)
