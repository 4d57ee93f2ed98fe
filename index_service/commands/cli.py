"""The command line: mounts one file per noun and says what went wrong in a sentence."""

import argparse
import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module

NOUNS = (
    "serve",
    "seal",
    "keep-heads",
    "witness",
    "job",
    "database",
    "keys",
    "csa",
    "log",
    "contract",
    "deriver",
    "locator",
    "region",
    "peers",
)


def parser(asked: str = "") -> argparse.ArgumentParser:
    """Return the parser of the command asked for; of all where that is none of them.

    Only its file is read: a witness has no need of an index, and starts in a third of the time.
    """
    top = argparse.ArgumentParser(
        prog="index-service", description="The index of one Children's Services Authority."
    )
    nouns = top.add_subparsers(dest="noun", required=True, metavar="COMMAND")
    with _nothing_collected():
        for noun in (asked,) if asked in NOUNS else NOUNS:
            import_module(f"index_service.commands.{noun.replace('-', '_')}").mount(nouns)
    return top


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Import without looking for garbage: it took a seventh of a start, and little was found."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    words = sys.argv[1:] if arguments is None else arguments
    chosen = parser(words[0] if words else "").parse_args(words)
    if arguments is None:
        gc.freeze()  # the process is ours, and what was imported stays
    status: int = chosen.run(chosen)
    return status


if __name__ == "__main__":
    sys.exit(main())
