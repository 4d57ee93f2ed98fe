"""`feedback`: whether a contact worked, and how often contacts do."""

from typing import Any, get_args

from index_client.cli.asking import access
from index_client.cli.verbs import Option, Verb, done, mount_noun, several
from index_client.generated import types as t


def mount(nouns: Any) -> None:
    """Add the commands to the parser."""
    mount_noun(nouns, "feedback", "whether a contact worked", _VERBS)


_VERBS = (
    Verb(
        name="say",
        what="What came of using an involvement's contact",
        asks=lambda index, chosen: index.say_whether_contact_worked(
            {"outcome": chosen.outcome}, chosen.involvement_id, access=access(chosen)
        ),
        shows=done("Said. Nobody is told that it was you"),
        ids=("involvement_id",),
        options=(Option("outcome", "what came of it", get_args(t.ContactOutcome), demanded=True),),
        why=True,
    ),
    Verb(
        name="figures",
        what="How often contacts worked in a month, by kind of agency",
        asks=lambda index, chosen: index.read_contacts_that_work(month=chosen.month),
        shows=several("Contacts that work", "kinds"),
        options=(Option("month", "such as 2026-03; the last one unless said"),),
    ),
)
