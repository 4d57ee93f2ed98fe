"""`peers`: the other members of the region: who answers, who is suspended, what was checked."""

from typing import Any

from index_client.cli.tables import Page, moment
from index_client.cli.verbs import Verb, done, mount_noun


def mount(nouns: Any) -> None:
    """Add the commands to the parser."""
    mount_noun(nouns, "peers", "the region: its members and the locator's state", _VERBS)


def _shows(page: Page, body: Any) -> None:
    directory = body["directory"]
    if directory is None:
        page.say("No directory is in force: nobody is spoken with.")
    else:
        until = moment(directory["valid_until"])
        page.say(f"Region {directory['region']}, directory {directory['version']}, until {until}.")
    page.records("Members", body["peers"])
    page.records("What was checked", body["checks"])


_VERBS = (
    Verb(
        name="list",
        what="The region and its members, and what was checked of them",
        asks=lambda index, _: index.read_peers(),
        shows=_shows,
    ),
    Verb(
        name="suspend",
        what="Speak with a member no more, from the next message on",
        asks=lambda index, chosen: index.suspend_peer(chosen.member),
        shows=done("Suspended"),
        ids=("member",),
        sure="Lookups across the region are not complete while a member is suspended.",
    ),
    Verb(
        name="release",
        what="Speak with a member again",
        asks=lambda index, chosen: index.release_peer(chosen.member),
        shows=done("Released"),
        ids=("member",),
    ),
)
