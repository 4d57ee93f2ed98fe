"""`accounts`: who may ask: logins, clearances and rights, kept by the management team."""

from typing import Any, get_args

from index_client.cli.verbs import (
    YES_NO,
    Facts,
    Option,
    Verb,
    done,
    mount_noun,
    one,
    several,
    truths,
)
from index_client.generated import types as t

_CLEARANCES = {"checked_on": (), "trained_on": (), "signed_on": ()}
_RIGHTS = {"may_override": YES_NO, "may_supervise": YES_NO}
_NEW = {
    "issuer": (),
    "subject": (),
    "agency_id": (),
    "role": get_args(t.Role),
    "practitioner_id": (),
    **_CLEARANCES,
    "binding_demanded": YES_NO,
    **_RIGHTS,
}


def mount(nouns: Any) -> None:
    """Add the commands to the parser."""
    mount_noun(nouns, "accounts", "who may ask: find, add, clear, suspend", _VERBS)


_VERBS = (
    Verb(
        name="list",
        what="The accounts there are, with state and clearances",
        asks=lambda index, chosen: index.read_accounts(
            agency_id=chosen.agency, cursor=chosen.cursor
        ),
        shows=several("Accounts", "accounts"),
        options=(Option("agency", "one agency's only, by id"),),
        pages=True,
    ),
    Verb(
        name="show",
        what="How an account stands: state, clearances and rights",
        asks=lambda index, chosen: index.read_account(chosen.account_id),
        shows=one("The account"),
        ids=("account_id",),
    ),
    Verb(
        name="add",
        what="Add an account for one login",
        asks=lambda index, chosen: index.add_account(chosen.said),
        shows=done("Added"),
        facts=Facts(
            "the login, its agency and role, and its clearances",
            _NEW,
            truths("binding_demanded", *_RIGHTS),
        ),
    ),
    Verb(
        name="amend",
        what="Suspend, close or clear an account",
        asks=lambda index, chosen: index.amend_account(chosen.said, chosen.account_id),
        shows=done("Amended. It is in force with the account's next request"),
        ids=("account_id",),
        facts=Facts(
            "what changes; null in --facts takes a clearance away",
            {"state": get_args(t.AccountState), **_CLEARANCES, **_RIGHTS},
            truths(*_RIGHTS),
        ),
    ),
)
