"""`login` and `logout`: the login kept between commands, by a code typed in a browser."""

import argparse
import os
import ssl
import sys
from typing import Any

import httpx

from index_client.cli.clock import now_s
from index_client.cli.device import awaited, begin, discover, revoke
from index_client.cli.faults import DONE, LoginRefused, Wrong
from index_client.cli.session import Session, forget, keep
from index_client.cli.tables import plain
from index_client.line import checked_address

_WAIT_S = 10.0


def mount(nouns: Any) -> None:
    """Add the commands to the parser."""
    login = nouns.add_parser(
        "login",
        help="log in with a code typed in a browser",
        description="Log in by device code. No password is asked for here; the login is kept "
        "until its access token ends (10 minutes at most), or until `logout`.",
    )
    for name, variable, what in (
        ("--index", "INDEX_URL", "the index's address"),
        ("--issuer", "INDEX_ISSUER", "the identity provider"),
        ("--client-id", "INDEX_CLIENT_ID", "this program's name there"),
    ):
        login.add_argument(
            name, metavar="TEXT", default=os.environ.get(variable), help=f"{what} (${variable})"
        )
    login.add_argument("--scope", default="openid", help="what is asked for (openid)")
    login.add_argument("--resource", help="the audience to ask for, where the provider wants it")
    login.add_argument("--ca", metavar="FILE", help="a certificate authority of your own")
    login.add_argument("--policy", metavar="FILE", help="the log's policy: receipts are verified")
    login.set_defaults(run=run)
    nouns.add_parser("logout", help="forget the login").set_defaults(run=leave)


def run(chosen: argparse.Namespace) -> int:
    """Log in and keep it."""
    if not (chosen.index and chosen.issuer and chosen.client_id):
        raise Wrong("Give --index, --issuer and --client-id, or set their variables.")
    address = checked_address(chosen.index)
    asked = {"client_id": chosen.client_id, "scope": chosen.scope}
    if chosen.resource:
        asked["resource"] = chosen.resource
    with _http(chosen.ca) as http:
        provider = discover(http, chosen.issuer)
        code = begin(http, provider, asked)
        print(f"Open {plain(code.address)} and type {plain(code.user_code)}", file=sys.stderr)
        token = awaited(http, provider, chosen.client_id, code)
    ends_at_s = now_s() + token.life_s
    files = [None if file is None else os.path.abspath(file) for file in (chosen.ca, chosen.policy)]
    keep(Session(address, chosen.issuer, chosen.client_id, ends_at_s, token.text, *files))
    print(f"You are logged in for {token.life_s // 60} minutes.", file=sys.stderr)
    return DONE


def leave(_chosen: argparse.Namespace) -> int:
    """Forget the login; the provider is told, if it can be."""
    session = forget()
    if session is not None:
        try:
            with _http(session.ca_file) as http:
                provider = discover(http, session.issuer)
                revoke(http, provider, session.client_id, session.token)
        except (httpx.HTTPError, LoginRefused):
            print("The identity provider was not told: its token ends by itself.", file=sys.stderr)
    return DONE


def _http(ca_file: str | None) -> httpx.Client:
    return httpx.Client(verify=tls(ca_file), timeout=_WAIT_S)


def tls(ca_file: str | None) -> ssl.SSLContext:
    """Return what certificates are checked by: the machine's authorities, and one's own."""
    context = ssl.create_default_context()
    try:
        if ca_file is not None:
            context.load_verify_locations(cafile=ca_file)
    except OSError:
        raise Wrong("The certificate authority's file cannot be read.") from None
    return context
