"""`peers conform`: try one member's endpoint, it alone, with good messages and bad ones."""

import argparse
import sys
from pathlib import Path
from typing import Any

from index_service.commands.starting import uvloop_run
from index_service.crypto.peer_keys import PeerKeyUse, peer_keys
from index_service.crypto.providers import FileKeyProvider, KeyRefused
from index_service.domain.clock import SystemClock
from index_service.federation.conformance import Trial, Trier, conform
from index_service.federation.directory import RegionDirectory, RegionPolicy
from index_service.federation.errors import DirectoryFault, DirectoryRefused
from index_service.federation.tls import TlsFiles


def mount(nouns: Any) -> None:
    """Add the command to the parser."""
    noun = nouns.add_parser("peers", help="try another member's endpoint")
    verbs = noun.add_subparsers(dest="verb", required=True, metavar="VERB")
    trying = verbs.add_parser("conform", help="send it good and bad messages; print what became")
    trying.add_argument("member", help="whose endpoint, by its name in the directory")
    trying.add_argument("--policy", type=Path, required=True, help="the tester's region policy")
    trying.add_argument("--directory", type=Path, required=True, help="signed, as loaded there")
    trying.add_argument("--keys", type=Path, required=True, help="the tester's key directory")
    for part in ("certificate", "key", "ca"):
        trying.add_argument(f"--{part}", type=Path, required=True, help=f"the tester's TLS {part}")
    trying.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Try an endpoint: 0 it did as it must, 1 it did not, 2 nothing was tried."""
    try:
        tester = _tester(chosen)
    except (DirectoryRefused, KeyRefused) as refused:
        print(f"refused: {refused}", file=sys.stderr)
        return 2
    except (OSError, UnicodeDecodeError) as lost:
        print(f"refused: {type(lost).__name__}", file=sys.stderr)
        return 2
    trials = uvloop_run(conform(tester))
    for each in trials:
        print(_line(each))
    missed = sum(not each.is_met for each in trials)
    print(f"{len(trials) - missed} of {len(trials)} as it must be")
    return 1 if missed else 0


def _tester(chosen: argparse.Namespace) -> Trier:
    clock = SystemClock()
    policy = RegionPolicy.read(chosen.policy.read_text(encoding="utf-8"))
    directory = RegionDirectory.verified(chosen.directory.read_bytes(), policy, clock.now())
    target = directory.members.get(chosen.member)
    if target is None or not target.url:
        raise DirectoryRefused(DirectoryFault.MEMBERS, "no such endpoint")
    keys = dict(peer_keys(policy.self_name, FileKeyProvider(chosen.keys), PeerKeyUse.SERVE))
    known = next((each for each in keys if directory.own.key(each, clock.now())), None)
    if known is None:
        raise DirectoryRefused(DirectoryFault.SELF, "key")
    files = TlsFiles(chosen.certificate, chosen.key, chosen.ca)
    files.check()
    return Trier(target, known, keys[known], files, clock)


def _line(trial: Trial) -> str:
    mark = "ok  " if trial.is_met else "FAIL"
    told = trial.told if trial.is_met else f"{trial.told} {trial.note}".rstrip()
    return f"{mark} {trial.name:32} {trial.expected:20} {told}"
