"""`feeds`: how far a batch of a supplier has come, and which of its lines were invalid."""

from typing import Any

from index_client.cli.verbs import Verb, mount_noun, one, several


def mount(nouns: Any) -> None:
    """Add the commands to the parser."""
    mount_noun(nouns, "feeds", "batches of suppliers, and their invalid lines", _VERBS)


_VERBS = (
    Verb(
        name="list",
        what="The batches that were sent, newest first",
        asks=lambda index, chosen: index.read_batches(cursor=chosen.cursor),
        shows=several("Batches", "batches"),
        pages=True,
    ),
    Verb(
        name="show",
        what="How far a batch has come",
        asks=lambda index, chosen: index.read_batch(chosen.source, chosen.batch),
        shows=one("The batch"),
        ids=("source", "batch"),
    ),
    Verb(
        name="lines",
        what="Which lines of a batch were invalid, and why",
        asks=lambda index, chosen: index.read_batch_lines(
            chosen.source, chosen.batch, cursor=chosen.cursor
        ),
        shows=several("Lines", "lines"),
        ids=("source", "batch"),
        pages=True,
    ),
)
