"""The command `index-verify`: 0 intact, 1 tampered, 2 cannot tell."""

import argparse
import sys
import time
from pathlib import Path

from index_verify.asking import LiveLog
from index_verify.checking import Given, check, text_of
from index_verify.findings import Report
from index_verify.heads import NOTE_LENGTH_MAX
from index_verify.live import check_live, check_receipt
from index_verify.policy import Policy
from index_verify.proving import PROOF_TEXT_MAX, check_inclusion
from index_verify.spelling import Malformed, from_hex
from index_verify.splitting import check_split
from index_verify.words import EXIT, Verdict

POLICY_LENGTH_MAX = 1024 * 1024
TOKEN_LENGTH_MAX = 64 * 1024


def main() -> None:
    """Run the command, and leave with its verdict."""
    status = EXIT[Verdict.CANNOT_TELL]
    asked = _parser().parse_args()
    try:
        status = run(asked)
    finally:
        # A defect of ours must not read as tampering: Python's own status for one is 1.
        if sys.exc_info()[0] is not None:
            print("cannot_tell: index-verify failed itself", file=sys.stderr)
        sys.exit(status)


def run(asked: argparse.Namespace) -> int:
    """Do what was asked, print what was found, return the status."""
    try:
        report = _COMMANDS[asked.command](asked, _policy(asked.policy))
    except Malformed as wrong:
        report = Report()
        report.found(wrong.code)
    print(report.as_json() if asked.json else "\n".join(report.lines()))
    return EXIT[report.verdict]


def _policy(path: Path) -> Policy:
    return Policy.of(_read(path, POLICY_LENGTH_MAX, "policy_form"))


def _read(path: Path, length_max: int, code: str) -> str:
    try:
        return text_of(path, length_max)
    except OSError:
        raise Malformed("unreadable") from None
    except ValueError:
        raise Malformed(code) from None


def _export(asked: argparse.Namespace, policy: Policy) -> Report:
    given = Given(
        exports=tuple(asked.files),
        openings=tuple(asked.openings),
        heads=tuple(asked.head),
        consistency=tuple(asked.consistency),
        receipts=tuple(asked.receipt),
        receipt_files=tuple(asked.receipts),
        tiles=asked.tiles,
        state=asked.state,
    )
    return check(given, policy)


def _proof(asked: argparse.Namespace, policy: Policy) -> Report:
    return check_inclusion(_read(asked.file, PROOF_TEXT_MAX, "proof_form"), asked.leaf, policy)


def _receipt(asked: argparse.Namespace, policy: Policy) -> Report:
    log = _live_log(asked.log, asked) if asked.log else None
    return check_receipt(asked.receipt, policy, log, int(time.time()))


def _live(asked: argparse.Namespace, policy: Policy) -> Report:
    log = _live_log(asked.url, asked)
    return check_live(log, policy, asked.since, int(time.time()), leaves=not asked.heads_only)


def _split(asked: argparse.Namespace, policy: Policy) -> Report:
    first, second = (_read(each, NOTE_LENGTH_MAX, "head_form") for each in asked.heads)
    proof = asked.proof and _read(asked.proof, PROOF_TEXT_MAX, "consistency_form").encode()
    return check_split((first, second), proof, policy)


def _live_log(address: str, asked: argparse.Namespace) -> LiveLog:
    holds = asked.token_file
    token = _read(holds, TOKEN_LENGTH_MAX, "unreadable").strip() if holds else ""
    return LiveLog(address, token, asked.kind)


_COMMANDS = {
    "export": _export,
    "proof": _proof,
    "receipt": _receipt,
    "live": _live,
    "split": _split,
}


def _leaf(text: str) -> bytes:
    return from_hex(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="index-verify", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    every = argparse.ArgumentParser(add_help=False)
    every.add_argument("--policy", type=Path, required=True, help="whose signatures count")
    every.add_argument("--json", action="store_true", help="one line of JSON")
    asking = argparse.ArgumentParser(add_help=False)
    asking.add_argument("--token-file", type=Path, help="holds the bearer token")
    asking.add_argument(
        "--kind", choices=("hour", "minute"), default="hour", help="whose heads: minute, auditors'"
    )

    _add_export(commands.add_parser("export", parents=[every], help="exports, with all beside"))
    proof = commands.add_parser("proof", parents=[every], help="one leaf's inclusion proof")
    proof.add_argument("file", type=Path, metavar="FILE")
    proof.add_argument("--leaf", type=_leaf, required=True, metavar="HEX")
    receipt = commands.add_parser("receipt", parents=[every, asking], help="one answer's receipt")
    receipt.add_argument("receipt", metavar="RECEIPT")
    receipt.add_argument("--log", metavar="URL", help="the log that must prove its leaf")
    live = commands.add_parser("live", parents=[every, asking], help="a log as it answers now")
    live.add_argument("url", metavar="URL")
    live.add_argument("--since", type=Path, metavar="HEADFILE", help="keeps the head seen last")
    live.add_argument("--heads-only", action="store_true", help="prove growth, fetch no leaves")
    split = commands.add_parser("split", parents=[every], help="two heads of one log")
    split.add_argument("heads", type=Path, nargs=2, metavar="HEAD")
    split.add_argument("--proof", type=Path, metavar="FILE", help="a consistency proof")
    return parser


def _add_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    parser.add_argument("--receipt", action="append", default=[], metavar="RECEIPT")
    several = {
        "receipts": "receipts, one a line",
        "openings": "openings of leaves of an export",
        "head": "a head the log must begin with",
        "consistency": "a consistency proof",
    }
    for name, told in several.items():
        parser.add_argument(
            f"--{name}", action="append", type=Path, default=[], metavar="FILE", help=told
        )
    parser.add_argument("--tiles", type=Path, metavar="FILE", help="stored tiles")
    parser.add_argument("--state", type=Path, metavar="FILE", help="row states, or a pg_dump text")
