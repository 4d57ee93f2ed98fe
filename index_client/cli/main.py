"""The command line: mounts one file per noun, and says in a sentence what went wrong.

Exit status: 0 answered; 1 refused, or an answer that is not to be relied on; 2 asked wrongly,
and nothing was asked; 3 no answer, ask again.
"""

import argparse
import os
import sys
from collections.abc import Sequence

import httpx

from index_client.cli import (
    accounts,
    agreements,
    alerts,
    assessment,
    bases,
    batch,
    caseload,
    children,
    completion,
    consents,
    contact,
    desk,
    directory,
    dissents,
    feedback,
    feeds,
    holds,
    involvements,
    log,
    login,
    mediation,
    misuse,
    moves,
    override,
    panels,
    peers,
    shields,
    subscriptions,
    supervision,
    who_looked,
)
from index_client.cli.faults import ASKED_WRONGLY, NO_ANSWER, REFUSED, LoginRefused, Wrong, told
from index_client.errors import IndexFault, Misstated

_NOUNS = (
    # Everybody, and practitioners
    login, desk, children, involvements, feedback, contact, mediation, batch, caseload, directory,
    consents, bases, assessment, override, shields, dissents, subscriptions, supervision,
    # The subject desk and auditors
    who_looked, log, panels, misuse,
    # The management team
    holds, alerts, accounts, agreements, moves, feeds, peers,
    completion,
)  # fmt: skip
_EPILOG = (
    "Names, dates of birth and numbers are asked for at a prompt, or read from a file or standard "
    "input: on the command line they would stay in the shell's history. "
    "Exit status: 0 answered; 1 refused, or not to be relied on; 2 asked wrongly; 3 no answer."
)


def parser() -> argparse.ArgumentParser:
    """Return the parser of every command."""
    top = argparse.ArgumentParser(
        prog="index-client", description="Ask an index of children.", epilog=_EPILOG
    )
    nouns = top.add_subparsers(dest="noun", required=True, metavar="COMMAND")
    for noun in _NOUNS:
        noun.mount(nouns)
    top.set_defaults(whole=top)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    chosen = parser().parse_args(arguments)
    try:
        status: int = chosen.run(chosen)
    except Wrong as wrong:
        return _leave(ASKED_WRONGLY, wrong.sentences)
    except LoginRefused as refused:
        return _leave(REFUSED, [str(refused)])
    except IndexFault as fault:
        return _leave(*told(fault))
    except Misstated as wrong:
        return _leave(ASKED_WRONGLY, [f"{wrong}."])
    except httpx.HTTPError:
        return _leave(NO_ANSWER, ["The identity provider cannot be reached."])
    except BrokenPipeError:
        return _silenced()
    except OSError:
        return _leave(NO_ANSWER, ["What was answered could not be written: nothing is kept."])
    except KeyboardInterrupt:
        return _leave(NO_ANSWER, ["Stopped."])
    return status


def _silenced() -> int:
    """Whoever read the output has gone: say no more, not at the interpreter's end either."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return NO_ANSWER


def _leave(status: int, sentences: Sequence[str]) -> int:
    for sentence in sentences:
        print(sentence, file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
