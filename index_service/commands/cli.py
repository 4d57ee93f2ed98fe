"""The command line: mounts one file per noun and says what went wrong in a sentence."""

import argparse
import sys
from collections.abc import Sequence

from index_service.commands import (
    contract,
    csa,
    database,
    deriver,
    job,
    keep_heads,
    keys,
    locator,
    log,
    peers,
    region,
    seal,
    serve,
    witness,
)


def parser() -> argparse.ArgumentParser:
    """Return the parser of every command."""
    top = argparse.ArgumentParser(
        prog="index-service", description="The index of one Children's Services Authority."
    )
    nouns = top.add_subparsers(dest="noun", required=True, metavar="COMMAND")
    for noun in (
        serve,
        seal,
        keep_heads,
        witness,
        job,
        database,
        keys,
        csa,
        log,
        contract,
        deriver,
        locator,
        region,
        peers,
    ):
        noun.mount(nouns)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    chosen = parser().parse_args(arguments)
    status: int = chosen.run(chosen)
    return status


if __name__ == "__main__":
    sys.exit(main())
