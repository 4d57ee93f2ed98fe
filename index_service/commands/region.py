"""`region`: a registrar's key and signature, a member's keys, a directory brought into force."""

import argparse
import json
import sys
from base64 import b64encode
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from index_service.commands.starting import named_settings, uvloop_run
from index_service.crypto.peer_keys import (
    PeerKeyUse,
    make_peer_keys,
    make_registrar_key,
    peer_keys,
    registrar_key,
)
from index_service.crypto.providers import FileKeyProvider, KeyRefused
from index_service.federation.directory import sign_directory
from index_service.federation.errors import DirectoryRefused
from index_service.opening import opened
from index_service.services.peering.membership import load_directory
from index_service.settings import Settings
from index_service.store.engines import WrongRoles
from index_service.store.reading import LOST


def mount(nouns: Any) -> None:
    """Add the command to the parser."""
    noun = nouns.add_parser("region", help="membership of a region: keys, signatures, directory")
    verbs = noun.add_subparsers(dest="verb", required=True, metavar="VERB")
    keys = verbs.add_parser(
        "make-keys", help="make a member's next keys; print their public halves"
    )
    keys.add_argument("directory", type=Path, help="its key directory (INDEX_KEY_DIRECTORY)")
    keys.add_argument("--member", required=True, help="its name in the region's directory")
    keys.set_defaults(run=run_make_keys)
    registrar = verbs.add_parser("make-registrar", help="make a registrar's key, alone in a place")
    registrar.add_argument("directory", type=Path)
    registrar.add_argument("--id", required=True, help="as policies name it")
    registrar.set_defaults(run=run_make_registrar)
    sign = verbs.add_parser("sign", help="add a registrar's signature to a directory's file")
    sign.add_argument("document", type=Path)
    sign.add_argument("--keys", type=Path, required=True, help="the registrar's key directory")
    sign.add_argument("--id", required=True, help="as policies name it")
    sign.set_defaults(run=run_sign)
    load = verbs.add_parser("load", help="bring a signed directory into force here")
    load.add_argument("document", type=Path)
    load.set_defaults(run=run_load)


def run_make_keys(chosen: argparse.Namespace) -> int:
    """Make the next key of each use beside the former ones."""
    try:
        provider = FileKeyProvider(chosen.directory)
        make_peer_keys(provider)
        newest = [(use, *peer_keys(chosen.member, provider, use)[0]) for use in PeerKeyUse]
    except KeyRefused as refused:
        return _refused(refused)
    lines = [
        {"id": key_id, "use": use, "public": b64encode(_raw(private)).decode()}
        for use, key_id, private in newest
    ]
    print(json.dumps(lines, indent=1))
    return 0


def run_make_registrar(chosen: argparse.Namespace) -> int:
    """Make a registrar's key; print the line by which policies know it."""
    chosen.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        provider = FileKeyProvider(chosen.directory)
        make_registrar_key(provider)
        print(f"registrar {chosen.id} {b64encode(_raw(registrar_key(provider))).decode()}")
    except KeyRefused as refused:
        return _refused(refused)
    return 0


def run_sign(chosen: argparse.Namespace) -> int:
    """Sign a directory's file in place: what it says is for the registrar to have read."""
    try:
        private = registrar_key(FileKeyProvider(chosen.keys))
        signed = sign_directory(chosen.document.read_bytes(), chosen.id, private)
        chosen.document.write_bytes(signed)
    except (KeyRefused, DirectoryRefused) as refused:
        return _refused(refused)
    except OSError as lost:
        return _refused(type(lost).__name__)
    return 0


def run_load(chosen: argparse.Namespace) -> int:
    """Bring a directory into force: running processes go by it from their next message on."""
    try:
        settings = Settings()  # pydantic reads the environment
    except ValidationError as wrong:
        print("not loaded: missing or unsafe settings: " + named_settings(wrong), file=sys.stderr)
        return 2
    try:
        version = uvloop_run(_load(settings, chosen.document.read_bytes()))
    except (KeyRefused, DirectoryRefused) as refused:
        return _refused(refused)
    except WrongRoles:
        return _refused("the login roles are not this authority's")
    except LOST as lost:
        print(f"not loaded: {type(lost).__name__}", file=sys.stderr)
        return 3
    print(f"in force: version {version}")
    return 0


async def _load(settings: Settings, document: bytes) -> int:
    async with opened(settings) as made:
        return (await load_directory(made.index, document)).version


def _raw(private: Any) -> bytes:
    return bytes(private.public_key().public_bytes_raw())


def _refused(why: object) -> int:
    print(f"refused: {why}", file=sys.stderr)
    return 2
