"""The boundary: nothing leaves unrecorded, and every request has exactly one entry."""

import asyncio
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.types import Receive, Scope, Send

from consent.facts import AccessReason, AccountState, AgencyKind, AskerFacts, Purpose, Role
from index_service.api.boundary import NotServed
from index_service.domain.access import Access, Asker
from index_service.domain.errors import Code
from index_service.log.entry import Outcome
from index_service.log.leaf import opened_trace
from index_service.log.receipt import Receipt, verify_receipt
from index_service.services.attempt import Attempt
from tests.api_unit.driven import body, drive, guarded, saying, scope_of, start
from tests.log.made import CHILD, NOON, Kept, made_entry, made_keyring

KEYRING = made_keyring()
ASKER = Asker(
    account_id=UUID("11111111-1111-4111-8111-111111111111"),
    agency_id=UUID("22222222-2222-4222-8222-222222222222"),
    facts=AskerFacts(
        role=Role.PRACTITIONER,
        agency_kind=AgencyKind.SCHOOL,
        agency="22222222-2222-4222-8222-222222222222",
        account_state=AccountState.ACTIVE,
        checked_on=date(2025, 1, 1),
        trained_on=date(2025, 1, 1),
        signed_on=date(2025, 1, 1),
        employer_accredited=True,
    ),
)

statuses = st.sampled_from([200, 201, 204, 302, 304, 400, 401, 403, 404, 409, 422, 429, 500, 503])
chunk_lists = st.lists(st.binary(min_size=1, max_size=20), max_size=4)


@dataclass
class Story:
    """An application that may append an entry, may lose the log, and then answers."""

    kept: Kept
    status: int
    chunks: tuple[bytes, ...] = (b"{}",)
    appends: bool = True
    tells: bool = True  # hands the receipt on
    log_up: bool = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        attempt: Attempt = scope["index.attempt"]
        if self.appends:
            receipt = await self.kept.log.append(made_entry(self.kept.log))
            if self.tells:
                attempt.answered(receipt)
        self.kept.write.up = self.log_up
        await send(start(self.status))
        for chunk in self.chunks:
            await send(body(chunk, more=True))
        await send(body())


@settings(deadline=None)
@given(statuses, st.booleans(), chunk_lists, st.booleans())
def test_no_byte_leaves_unrecorded(
    status: int, receipt: bool, chunks: list[bytes], log_up: bool
) -> None:
    """Whatever the application says: it leaves with the receipt of a durable entry, or not."""

    async def run() -> None:
        kept = Kept(KEYRING)
        kept.log.start()
        story = Story(kept, status, tuple(chunks), appends=receipt, log_up=log_up)
        sent = await drive(guarded(story, kept))
        accounted = receipt or (status >= 400 and log_up)
        headers = sent.values(b"audit-receipt")
        if accounted:
            public_key = KEYRING.receipt_key.public_key()
            facts = verify_receipt(public_key, "northmere", headers[0].decode())
            assert [(facts.entry_id, facts.leaf)] == [
                (row.entry_id, row.leaf) for row in kept.write.rows
            ]
            assert (sent.status, sent.body) == (status, b"".join(chunks))
        else:
            assert (sent.status, sent.body) == (503, b"")
        assert len(headers) == accounted
        assert len(kept.write.rows) == (receipt or log_up)
        assert sent.raised is None
        await kept.log.stop()

    asyncio.run(run())


async def test_a_success_without_its_receipt_is_withheld_and_written_down(kept: Kept) -> None:
    """A disclosure nobody recorded is a defect."""
    sent = await drive(guarded(Story(kept, 200, appends=False), kept))
    assert (sent.status, sent.body) == (503, b"")
    assert sent.values(b"audit-receipt") == []
    (entry,) = kept.entries()
    assert (entry["outcome"], entry["code"]) == (Outcome.FAILED, Code.DEFECT)


async def test_an_entry_whose_receipt_was_not_handed_on_is_not_doubled(kept: Kept) -> None:
    """A success stays withheld; a refusal leaves on the entry that is there."""
    sent = await drive(guarded(Story(kept, 200, tells=False), kept))
    assert (sent.status, sent.body, len(kept.write.rows)) == (503, b"", 1)
    sent = await drive(guarded(Story(kept, 404, tells=False), kept))
    assert (sent.status, sent.body, len(kept.write.rows)) == (404, b"{}", 2)
    assert len(sent.values(b"audit-receipt")) == 1


async def test_one_receipt_accounts_for_one_answer(kept: Kept) -> None:
    """An answer on another request's receipt would be an answer without an entry."""
    receipt = await kept.log.append(made_entry(kept.log))

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scope["index.attempt"].answered(receipt)
        await saying(start(200), body(b"{}"))(scope, receive, send)

    boundary = guarded(app, kept)
    assert (await drive(boundary)).status == 200
    sent = await drive(boundary)
    assert (sent.status, sent.body) == (503, b"")
    assert [entry["outcome"] for entry in kept.entries()] == [Outcome.NOTHING, Outcome.FAILED]


def test_an_attempt_is_answered_once() -> None:
    """Two entries for one answer would leave the second's promise untold."""
    attempt = Attempt("")
    receipt = object.__new__(Receipt)
    attempt.answered(receipt)
    with pytest.raises(RuntimeError):
        attempt.answered(receipt)
    assert attempt.receipt is receipt


async def test_only_the_boundary_writes_its_headers(kept: Kept) -> None:
    """A receipt header of the application's own is removed, and so is the server's name."""
    forged = [
        (b"Audit-Receipt", b"v1.forged"),
        (b"Server", b"x"),
        (b"cache-control", b"public"),
        (b"x-request-id", b"x"),
        (b"content-type", b"application/problem+json"),
    ]
    sent = await drive(guarded(saying(start(404, forged), body()), kept))
    assert sent.values(b"Audit-Receipt") == sent.values(b"Server") == sent.values(b"server") == []
    assert len(sent.values(b"audit-receipt")) == 1
    assert sent.values(b"cache-control") == [b"no-store"]
    assert sent.values(b"x-content-type-options") == [b"nosniff"]
    assert sent.values(b"content-type") == [b"application/problem+json"]
    assert len(sent.values(b"x-request-id")) == 1


@pytest.mark.parametrize(
    "sent_id",
    [b"", b"x", b"1" * 36, b"{0b1f7a52-6c1d-4b58-9f0a-3d2e1c4b5a69}", b"9990000018", b"a\r\nb: c"],
)
async def test_a_request_id_not_shaped_like_one_is_replaced(kept: Kept, sent_id: bytes) -> None:
    """Nothing an asker writes is sent back but a UUID."""
    scope = scope_of(headers=[(b"x-request-id", sent_id)])
    sent = await drive(guarded(saying(start(404), body()), kept), scope)
    (echoed,) = sent.values(b"x-request-id")
    assert UUID(echoed.decode()).version == 4
    assert kept.entries()[0]["request_id"] == echoed.decode()


async def test_a_request_id_is_echoed_and_logged(kept: Kept) -> None:
    """In one spelling, whatever case it came in."""
    mine = str(uuid4())
    scope = scope_of(headers=[(b"x-request-id", mine.upper().encode())])
    sent = await drive(guarded(saying(start(404), body()), kept), scope)
    assert sent.values(b"x-request-id") == [mine.encode()]
    assert kept.entries()[0]["request_id"] == mine


async def test_a_refusal_s_entry_holds_what_was_asked_and_by_whom(kept: Kept) -> None:
    """The ids asked for stand in it whether or not they exist."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        attempt: Attempt = scope["index.attempt"]
        attempt.action = "read_child"
        attempt.asker = ASKER
        attempt.access = Access(Purpose.SAFEGUARD, AccessReason.COMING_TO_NOTICE, "NM/1")
        attempt.subjects = (CHILD,)
        attempt.code = Code.NOT_DISCLOSED
        attempt.rules = ("record_shielded",)
        attempt.outcome = Outcome.NOT_DISCLOSED
        attempt.agreement = 1
        await saying(start(404), body())(scope, receive, send)

    await drive(guarded(app, kept))
    keys = kept.keyring.log_keys(NOON.year)
    (entry,) = kept.entries()
    expected = {
        "account": str(ASKER.account_id),
        "agency": str(ASKER.agency_id),
        "role": "practitioner",
        "purpose": "safeguard",
        "reason": "coming_to_notice",
        "reference": "NM/1",
        "code": "not_disclosed",
        "rules": ["record_shielded"],
        "outcome": "not_disclosed",
        "agreement": 1,
        "subjects": [{"classes": [], "ref": keys.subject_ref(CHILD).hex(), "shown": False}],
    }
    assert {name: entry[name] for name in expected} == expected
    (trace,) = (opened_trace(*each, keys) for each in kept.write.rows[0].subjects)
    assert str(trace.entry_id) == entry["entry_id"]


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (400, Code.NOT_JSON, Outcome.INVALID),
        (422, Code.FIELD_INVALID, Outcome.INVALID),
        (405, Code.METHOD_NOT_ALLOWED, Outcome.INVALID),
        (401, Code.NOT_AUTHENTICATED, Outcome.REFUSED),
        (403, Code.ROLE_NOT_ALLOWED, Outcome.REFUSED),
        (429, Code.TOO_MANY_REQUESTS, Outcome.REFUSED),
        (404, Code.NOT_DISCLOSED, Outcome.NOT_DISCLOSED),
        (404, Code.NO_SUCH_ROUTE, Outcome.INVALID),
        (500, "", Outcome.FAILED),
        (503, Code.UNAVAILABLE, Outcome.FAILED),
    ],
)
async def test_an_outcome_nobody_named_follows_from_the_status(
    kept: Kept, status: int, code: str, outcome: Outcome
) -> None:
    """For routes matched; a 500 without a code is a defect."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scope["index.attempt"].route = "/v1/children/{child_id}"
        scope["index.attempt"].code = code
        await saying(start(status), body())(scope, receive, send)

    await drive(guarded(app, kept))
    (entry,) = kept.entries()
    assert (entry["outcome"], entry["code"]) == (outcome, code or Code.DEFECT)


async def test_an_entry_names_the_route_s_template_never_the_path(kept: Kept) -> None:
    """Through the real framework: matched, unmatched, wrong method, and a handler that breaks."""
    app = FastAPI(openapi_url=None)

    @app.get("/v1/children/{child_id}")
    async def read(child_id: UUID) -> None:
        raise LookupError(str(child_id))

    boundary = guarded(app, kept)
    path = f"/v1/children/{CHILD}"
    sent = [
        await drive(boundary, scope_of(path)),
        await drive(boundary, scope_of(f"/{CHILD}")),
        await drive(boundary, {**scope_of(path), "method": "PUT"}),
        await drive(boundary, scope_of("/v1/children/9990000018")),
    ]
    assert [each.status for each in sent] == [500, 404, 405, 422]
    assert [len(each.values(b"audit-receipt")) for each in sent] == [1, 1, 1, 1]
    entries = kept.entries()
    template = "/v1/children/{child_id}"
    assert [entry["route"] for entry in entries] == [template, "unmatched", template, template]
    outcomes = [Outcome.FAILED, Outcome.INVALID, Outcome.INVALID, Outcome.INVALID]
    assert [entry["outcome"] for entry in entries] == outcomes
    assert "9990000018" not in str(entries)
    assert str(CHILD) not in str(entries)


async def test_a_log_that_does_not_answer_in_time_is_a_log_that_is_down(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The refusal is withheld; the entry is written all the same, once."""
    monkeypatch.setattr("index_service.api.boundary.RECORD_S_MAX", 0.01)
    kept.write.gate.clear()
    sent = await drive(guarded(saying(start(404), body(b"{}")), kept))
    assert (sent.status, sent.body, sent.values(b"audit-receipt")) == (503, b"", [])
    kept.write.gate.set()
    await kept.log.stop()
    assert len(kept.write.rows) == 1


async def test_ways_of_sending_past_the_boundary_are_not_offered(kept: Kept) -> None:
    """Of what the server can do, the application is told of the client's certificate alone."""
    seen: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["extensions"])
        await saying(start(404), body())(scope, receive, send)

    await drive(guarded(app, kept))
    assert seen == [{"tls": {"client_cert_name": "x"}}]


async def test_only_http_is_served(kept: Kept) -> None:
    """A websocket would carry answers no entry stands for."""
    sent = await drive(guarded(saying(start(404), body()), kept), {"type": "websocket"})
    assert isinstance(sent.raised, NotServed)
    assert sent.messages == []


async def test_the_boundary_exempts_no_path(kept: Kept) -> None:
    """Not health, not documentation, not an empty one."""
    boundary = guarded(saying(start(200), body(b"ok")), kept)
    for path in ("/healthz", "/docs", "/openapi.json", "", "/", "/metrics"):
        sent = await drive(boundary, scope_of(path))
        assert (sent.status, sent.body) == (503, b"")
    assert len(kept.write.rows) == 6
