"""`alerts`: what the management team is to look into."""

from typing import Any, get_args

from index_client.cli.verbs import Option, Verb, done, mount_noun, several
from index_client.generated import types as t

CONCLUDED = Option("outcome", "what came of it", get_args(t.AlertOutcome), demanded=True)
FOR_GOOD = "It leaves the list."


def mount(nouns: Any) -> None:
    """Add the commands to the parser."""
    mount_noun(nouns, "alerts", "what the team is to look into", _VERBS)


_VERBS = (
    Verb(
        name="list",
        what="Alerts not concluded yet, the most urgent first",
        asks=lambda index, chosen: index.read_alerts(cursor=chosen.cursor),
        shows=several("Alerts", "alerts"),
        pages=True,
    ),
    Verb(
        name="conclude",
        what="Say what came of looking into an alert",
        asks=lambda index, chosen: index.conclude_alert(
            {"outcome": chosen.outcome}, chosen.alert_id
        ),
        shows=done("Concluded"),
        ids=("alert_id",),
        options=(CONCLUDED,),
        sure=FOR_GOOD,
    ),
)
