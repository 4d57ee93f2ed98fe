"""`consents`: what was recorded of consent; record it, withdraw it, renew it, prove a receipt."""

from typing import Any, get_args

from index_client.cli.asking import access
from index_client.cli.tables import Page
from index_client.cli.verbs import Facts, Verb, done, mount_noun
from index_client.generated import types as t

_SAID_BY = {"giver": get_args(t.Giver), "understanding": get_args(t.Understanding)}
_FIELDS = ("consent_id", "given_for", "service", "state", "in_force", "begins", "until", "agency")


def mount(nouns: Any) -> None:
    """Add the commands to the parser."""
    mount_noun(nouns, "consents", "consent: record, withdraw, renew, read, prove", _VERBS)


def _shows(page: Page, body: Any) -> None:
    page.records("Consents and refusals", body["consents"], _FIELDS)
    page.records("Other bases", body["bases"])
    page.records("Decisions not to share", body["not_shared"])


def _shows_made(page: Page, body: Any) -> None:
    page.say(f"Recorded: {body['id']}.")
    if body["receipt"]:
        page.say(f"The receipt, told this once: {body['receipt']}")


_VERBS = (
    Verb(
        name="list",
        what="What was recorded of consent, other bases, and decisions not to share",
        asks=lambda index, chosen: index.read_consents(chosen.child_id, access=access(chosen)),
        shows=_shows,
        ids=("child_id",),
        why=True,
    ),
    Verb(
        name="record",
        what="Record consent given or refused to my agency",
        asks=lambda index, chosen: index.record_consent(
            chosen.said, chosen.child_id, access=access(chosen)
        ),
        shows=_shows_made,
        ids=("child_id",),
        facts=Facts(
            "who gave it, for what, for how long, and whether a receipt is wanted",
            {
                **_SAID_BY,
                "given_for": get_args(t.ConsentFor),
                "state": ("given", "refused"),
                "service": get_args(t.Service),
                "purpose": get_args(t.Purpose),
                "receiving_authority": (),
                "begins": (),
                "until": (),
                "receipt": get_args(t.ReceiptKept),
            },
        ),
        why=True,
    ),
    Verb(
        name="withdraw",
        what="Withdraw a consent, as of now",
        asks=lambda index, chosen: index.withdraw_consent(
            chosen.said, chosen.consent_id, access=access(chosen)
        ),
        shows=done("Withdrawn"),
        ids=("consent_id",),
        facts=Facts("who withdraws it", _SAID_BY),
        sure="Whoever was told before is told so.",
        why=True,
    ),
    Verb(
        name="renew",
        what="Renew a consent in force, counted from today",
        asks=lambda index, chosen: index.renew_consent(
            chosen.said, chosen.consent_id, access=access(chosen)
        ),
        shows=done("Renewed"),
        ids=("consent_id",),
        facts=Facts("who renews it, and until when", {**_SAID_BY, "until": ()}),
        why=True,
    ),
    Verb(
        name="prove",
        what="Open a receipt or code somebody brought to the counter",
        asks=lambda index, chosen: index.prove_consent(
            chosen.said, chosen.consent_id, access=access(chosen)
        ),
        shows=done("It is this consent's"),
        ids=("consent_id",),
        facts=Facts("what was brought", {"receipt": ()}),
        why=True,
    ),
)
