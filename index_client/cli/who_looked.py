"""`who-looked`, `access-report`: what a family is told, at the subject desk."""

from typing import Any, get_args

from index_client.cli.tables import Page
from index_client.cli.verbs import Facts, Option, Verb, done, mount_noun, mount_verb, one, several
from index_client.generated import types as t

_ASKED = {
    "asked_by": get_args(t.AskedBy),
    "identity": get_args(t.IdentityShown),
    "right": get_args(t.RightShown),
    "orders": get_args(t.OrdersFound),
    "competence": get_args(t.Competence),
    "judged_by": get_args(t.JudgedBy),
    "judged_on": (),
    "wish": get_args(t.ChildsWish),
    "unasked_because": get_args(t.NotAskedBecause),
    "harm": get_args(t.SeriousHarm),
    "detail": get_args(t.Detail),
    "detail_ground": get_args(t.DetailGround),
}


def mount(nouns: Any) -> None:
    """Add the commands to the parser."""
    mount_noun(nouns, "who-looked", "requests to be told who looked at a record", _VERBS)
    mount_verb(nouns, _REPORT)


def _shows_looks(page: Page, body: Any) -> None:
    page.records(f"Who looked, until {body['until']}", body["looks"])
    page.say(body["notice"])


def _shows_report(page: Page, body: Any) -> None:
    page.facts(f"What this index holds, {body['as_of']}", body["record"])
    for name in ("involvements", "assessments", "consents", "provenance"):
        page.records(name.capitalize(), body[name])
    page.say(body["notice"])


_VERBS = (
    Verb(
        name="record",
        what="Record a request, as the desk found it",
        asks=lambda index, chosen: index.record_who_looked_request(chosen.said, chosen.child_id),
        shows=one("The request"),
        ids=("child_id",),
        facts=Facts("what the desk found", _ASKED),
    ),
    Verb(
        name="release",
        what="Release the report of a request",
        asks=lambda index, chosen: index.release_who_looked(chosen.request_id),
        shows=_shows_looks,
        ids=("request_id",),
        sure="A report is released once.",
    ),
    Verb(
        name="refuse",
        what="Refuse a request that waits",
        asks=lambda index, chosen: index.refuse_who_looked(
            {"reason": chosen.because}, chosen.request_id
        ),
        shows=done("Refused"),
        ids=("request_id",),
        options=(Option("because", "what stands against it", get_args(t.GateRefusal), True),),
        sure="A request that is refused is not released any more.",
    ),
    Verb(
        name="list",
        what="Requests that wait, the most urgent first",
        asks=lambda index, chosen: index.read_who_looked_requests(cursor=chosen.cursor),
        shows=several("Requests to be told who looked", "requests"),
        pages=True,
    ),
)
_REPORT = Verb(
    name="access-report",
    what="What a family is told of the record itself (subject access)",
    asks=lambda index, chosen: index.read_access_report(chosen.child_id, request_id=chosen.request),
    shows=_shows_report,
    ids=("child_id",),
    options=(Option("request", "the request it answers, by its id", demanded=True),),
)
