"""How a command asks: with the login kept, for a stated reason, facts from a prompt or a file.

What is personal is never taken from the command line: it would stay in the shell's history,
and everybody on the machine could read it in the list of processes.
"""

import argparse
import json
import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

from index_client.access import Access
from index_client.cli.faults import Wrong
from index_client.cli.login import tls
from index_client.cli.session import kept
from index_client.index import Index
from index_client.receipts import ReceiptKey

FILE_BYTES_MAX = 1024 * 1024
FACTS = (
    "given_name",
    "middle_names",
    "family_name",
    "date_of_birth",
    "gender",
    "postcode",
    "house",
    "nhs_number",
    "upn",
    "case_number",
)


def add_connection(parser: argparse.ArgumentParser) -> None:
    """Add what every command that asks takes."""
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")
    parser.add_argument(
        "--token-file", metavar="FILE", help="a token of your own, with --index; /dev/fd/N does"
    )
    parser.add_argument("--index", metavar="URL", help="with --token-file: where it may be sent")
    parser.add_argument("--ca", metavar="FILE", help="with --token-file: a certificate authority")
    parser.add_argument("--policy", metavar="FILE", help="verify receipts by this log's policy")
    parser.add_argument("--timeout", metavar="SECONDS", type=_seconds, help="how long to wait")


def add_why(
    parser: argparse.ArgumentParser, *, mediated: bool = False, demanded: bool = True
) -> None:
    """Add why the child is asked about: words of the vocabulary, and a case's number."""
    parser.add_argument("--purpose", required=demanded, metavar="WORD", help="the lawful purpose")
    parser.add_argument("--reason", required=demanded, metavar="WORD", help="why this child, now")
    parser.add_argument("--reference", metavar="CASE", help="your number for the case")
    if mediated:
        add_mediation(parser)


def add_mediation(parser: argparse.ArgumentParser) -> None:
    """Add the grant under which somebody else's rights apply."""
    parser.add_argument("--mediation", metavar="ID", help="a grant made for you")


def add_case(parser: argparse.ArgumentParser) -> None:
    """Add the case for which the access log is inspected."""
    parser.add_argument("--case", required=True, metavar="CASE", help="the case this is for")


def add_assent(parser: argparse.ArgumentParser) -> None:
    """Add how a script says beforehand that it wants what cannot be undone."""
    parser.add_argument("--yes", action="store_true", help="do not ask whether I am sure")


def add_facts(parser: argparse.ArgumentParser, what: str) -> None:
    """Add where the facts come from."""
    parser.add_argument(
        "--facts", metavar="FILE", help=f"{what} as JSON, - for standard input; else asked for"
    )


def connected(chosen: argparse.Namespace, timeout_s: float = 10.0) -> Index:
    """Return the index, asked with the login kept or with the token of a file."""
    waits_s = chosen.timeout or timeout_s
    if chosen.token_file:
        if not chosen.index:
            raise Wrong("A token is sent where you say, and nowhere else: give --index")
        token, address, ca_file, policy = _secret(chosen), chosen.index, chosen.ca, chosen.policy
    else:
        if chosen.index or chosen.ca:
            raise Wrong("A login is for the index it was made for: --index goes with --token-file")
        session = kept()
        token, address, ca_file = session.token, session.index_url, session.ca_file
        policy = chosen.policy or session.policy_file
    transport = httpx.HTTPTransport(verify=tls(ca_file)) if ca_file else None
    return Index(address, token, _receipts(policy), waits_s, transport)


def access(chosen: argparse.Namespace) -> Access:
    """Return why the child is asked about."""
    mediation = getattr(chosen, "mediation", None)
    return Access(chosen.purpose, chosen.reason, chosen.reference, mediation)


def stated(
    chosen: argparse.Namespace,
    names: Collection[str],
    words: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Any]:
    """Return facts: of a file, of standard input, or asked for one after the other.

    `words`: of which closed list a fact is, told with the question.
    """
    if chosen.facts:
        return _object(_text(chosen.facts))
    if not names:
        raise Wrong("This is too long to be asked for: give --facts FILE, or --facts - ")
    if not sys.stdin.isatty():
        raise Wrong("Nobody is there to be asked: give --facts FILE, or --facts - ")
    print("Leave empty what you do not know.", file=sys.stderr)
    answers = {name: _asked(name, (words or {}).get(name, ())) for name in names}
    return {name: answer for name, answer in answers.items() if answer}


def assured(chosen: argparse.Namespace, sentence: str) -> None:
    """Ask whether what cannot be undone is meant; Wrong unless it is."""
    if chosen.yes:
        return
    if not sys.stdin.isatty():
        raise Wrong(sentence, "Nobody is there to be asked: give --yes if you are sure.")
    print(f"{sentence} Type yes to go on: ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() != "yes":
        raise Wrong("Nothing was asked of the index.")


def policy_text(chosen: argparse.Namespace) -> str | None:
    """Return the log's policy, of --policy or of the login; None where there is neither."""
    policy = chosen.policy
    if policy is None and not chosen.token_file:
        policy = kept().policy_file
    return None if policy is None else _policy(policy)


def _asked(name: str, words: Sequence[str]) -> str:
    told = f" ({', '.join(words)})" if words else ""
    print(f"{name.replace('_', ' ')}{told}: ", end="", file=sys.stderr, flush=True)
    line = sys.stdin.readline()
    if not line:
        raise Wrong("The questions were not answered: nothing was asked.")
    return line.strip()


def _object(text: str) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise Wrong("The facts are not one JSON object.")
    return said


def _text(name: str) -> str:
    try:
        if name == "-":
            return sys.stdin.read(FILE_BYTES_MAX)
        with Path(name).open(encoding="utf-8") as file:
            return file.read(FILE_BYTES_MAX)
    except (OSError, ValueError):
        raise Wrong("The file of facts cannot be read as UTF-8 text.") from None


def _secret(chosen: argparse.Namespace) -> str:
    token = _text(chosen.token_file).strip()
    if not token or not token.isascii() or not token.isprintable():
        raise Wrong("The token's file holds no token.")
    return token


def _receipts(policy: str | None) -> ReceiptKey | None:
    if policy is None:
        return None
    try:
        return ReceiptKey.from_policy(_policy(policy))
    except ValueError:
        raise Wrong("The log's policy cannot be read.") from None


def _policy(file: str) -> str:
    try:
        return Path(file).read_text("utf-8")
    except (OSError, ValueError):
        raise Wrong("The log's policy cannot be read.") from None


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value <= 600:
        raise argparse.ArgumentTypeError("between 0 and 600")
    return value
