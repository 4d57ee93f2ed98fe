"""What is personal stands in bodies only: not in addresses, not in what is printed or raised."""

import asyncio
import copy
import traceback

import httpx
import pytest

from index_client import Access, AsyncIndex, Index, Misstated, Refused, Unreachable, Unrecorded
from index_client.answers import Received, read_answer
from index_client.line import checked_address

CHILD = "6f9d2b1e-3c44-4a7e-9b57-0d2f8c5a1e90"
SAFEGUARD = Access("safeguard", "review", reference="RPT/10442")
NAME = "Tamsinetta"


class _Network(httpx.BaseTransport):
    """Answers or fails as told, and keeps what was sent."""

    def __init__(self, *outcomes: httpx.Response | type[httpx.TransportError]) -> None:
        self.outcomes = list(outcomes)
        self.sent: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, httpx.Response):
            return outcome
        raise outcome(f"while asking for {NAME}", request=request)


def index(*outcomes: httpx.Response | type[httpx.TransportError]) -> tuple[Index, _Network]:
    network = _Network(*outcomes)
    return Index("https://index.northmere.example", "a.token", transport=network), network


def problem(status: int, **said: object) -> httpx.Response:
    headers = {"content-type": "application/problem+json", "audit-receipt": "v1.r"}
    return httpx.Response(status, headers=headers, json={"code": "not_disclosed", **said})


@pytest.mark.parametrize(
    "wrong", [NAME, "", "..", f"{CHILD}/override", f"{CHILD}?x=1", CHILD.upper()]
)
def test_what_is_no_id_never_reaches_an_address(wrong: str) -> None:
    asked, network = index()
    with pytest.raises(Misstated) as caught:
        asked.read_child(wrong, access=SAFEGUARD)
    assert network.sent == []
    assert not wrong or wrong not in str(caught.value)


def test_a_cursor_that_is_none_never_reaches_an_address() -> None:
    asked, network = index()
    with pytest.raises(Misstated):
        asked.read_holds(cursor=f"{NAME} Okonedo")
    assert network.sent == []


def test_what_is_asked_stands_in_the_body_alone() -> None:
    asked, network = index(httpx.Response(200, json={}))
    asked.look_up_child({"given_name": NAME, "nhs_number": "9990000018"}, access=SAFEGUARD)
    (request,) = network.sent
    assert NAME.encode() in request.content
    assert str(request.url) == "https://index.northmere.example/v1/lookups"
    assert not any(NAME in value for value in request.headers.values())
    assert request.headers["authorization"] == "Bearer a.token"
    assert request.headers["access-purpose"] == "safeguard"
    assert request.headers["access-reference"] == "RPT/10442"


@pytest.mark.parametrize("outcome", [httpx.ReadTimeout, httpx.RemoteProtocolError, httpx.ReadError])
def test_a_fault_takes_nothing_personal_along(outcome: type[httpx.TransportError]) -> None:
    asked, network = index(outcome, outcome, outcome)
    with pytest.raises(Unreachable) as caught:
        asked.look_up_child({"given_name": NAME}, access=SAFEGUARD)
    assert len(network.sent) == 1
    assert caught.value.sent
    fault = caught.value
    assert fault.__context__ is None
    assert fault.__cause__ is None
    told = f"{fault!r} {fault} {''.join(traceback.format_exception(fault))}"
    assert NAME not in told
    assert (copy.copy(fault).cause, copy.copy(fault).sent) == (fault.cause, True)


def test_a_refusal_prints_its_status_and_code_alone() -> None:
    fields = [{"field": "date_of_birth", "code": "field_invalid"}]
    asked, _ = index(problem(422, title=NAME, detail=NAME, errors=fields, also=["x_y"]))
    with pytest.raises(Refused) as caught:
        asked.look_up_child({"given_name": NAME}, access=SAFEGUARD)
    refused = caught.value
    assert str(refused) == "422 not_disclosed"
    assert NAME not in repr(refused)
    assert (refused.fields, refused.also) == ((("date_of_birth", "field_invalid"),), ("x_y",))
    assert (refused.detail, refused.receipt) == (NAME, "v1.r")
    assert copy.copy(refused).fields == refused.fields


def test_an_answer_and_an_access_print_nothing_personal() -> None:
    asked, _ = index(httpx.Response(200, json={"given_name": NAME}, headers={"etag": '"e"'}))
    answer = asked.read_child(CHILD, access=SAFEGUARD)
    assert NAME not in repr(answer)
    assert (answer.status, answer.etag) == (200, '"e"')
    assert "10442" not in repr(SAFEGUARD)


def test_a_lost_write_is_repeated_under_the_same_key() -> None:
    asked, network = index(httpx.ReadTimeout, problem(404))
    with pytest.raises(Refused):
        asked.begin_involvement({}, CHILD, access=SAFEGUARD)  # type: ignore[typeddict-item]  # unread
    keys = {request.headers["idempotency-key"] for request in network.sent}
    assert (len(network.sent), len(keys)) == (2, 1)


def test_a_lookup_is_sent_again_only_if_it_was_never_sent() -> None:
    asked, network = index(httpx.ConnectError, httpx.ConnectTimeout, httpx.Response(200, json={}))
    asked.look_up_child({}, access=SAFEGUARD)
    assert len(network.sent) == 3


@pytest.mark.parametrize(
    ("received", "fault"),
    [
        (Received(503, {}, b""), Unrecorded),
        (Received(503, {"content-type": "text/html"}, b"<p>"), Unreachable),
        (Received(502, {}, b""), Unreachable),
        (Received(500, {}, b""), Refused),
        (Received(302, {"location": "https://elsewhere.example"}, b""), Refused),
        (Received(200, {"content-type": "text/html"}, b"<p>Log in to the WLAN"), Unreachable),
        (Received(200, {"content-type": "application/json"}, b"{"), Unreachable),
        (Received(200, {"content-type": "application/json"}, b"[" * 100_000), Unreachable),
        (Received(403, {"content-type": "application/problem+json"}, b"[]"), Refused),
    ],
)
def test_what_is_no_answer_of_an_index_is_a_fault(received: Received, fault: type) -> None:
    assert isinstance(read_answer(received, None), fault)


def test_no_cookie_is_kept_between_those_who_ask() -> None:
    set_one = httpx.Response(200, json={}, headers={"set-cookie": "seen=you; Path=/"})
    asked, network = index(set_one, httpx.Response(200, json={}))
    asked.read_me()
    asked.read_me()
    assert "cookie" not in network.sent[1].headers


def test_nobody_is_sent_elsewhere() -> None:
    away = httpx.Response(307, headers={"location": "https://elsewhere.example/v1/me"})
    asked, network = index(away)
    with pytest.raises(Refused):
        asked.read_me()
    assert len(network.sent) == 1


def test_a_grant_is_not_used_where_none_counts() -> None:
    asked, network = index()
    with pytest.raises(Misstated):
        asked.confirm_involvement(CHILD, access=Access("safeguard", "review", mediation=CHILD))
    assert network.sent == []


@pytest.mark.parametrize("token", ["", "a\nb", "é"])
def test_what_is_no_token_is_not_sent(token: str) -> None:
    with Index("https://index.northmere.example", token, transport=_Network()) as asked:
        with pytest.raises(Misstated) as caught:
            asked.read_me()
        assert not token or token not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    [
        "http://index.example",
        "ftp://x",
        "index.example",
        "https://",
        "https://a:b@x",
        "https://x?y",
    ],
)
def test_an_index_is_asked_over_https_or_on_this_machine(address: str) -> None:
    with pytest.raises(Misstated):
        checked_address(address)
    assert checked_address("http://127.0.0.1:8080/") == "http://127.0.0.1:8080"


async def test_the_asynchronous_client_keeps_its_deadline() -> None:
    class Slow(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, stream=_Dripping())

    async with AsyncIndex("https://x.example", "t", timeout_s=0.2, transport=Slow()) as asked:
        with pytest.raises(Unreachable) as caught:
            await asked.read_me()
    assert caught.value.cause == "timeout"
    assert caught.value.__context__ is None


class _Dripping(httpx.AsyncByteStream):
    async def __aiter__(self):  # type: ignore[no-untyped-def]  # httpx's own shape
        while True:
            await asyncio.sleep(0.02)
            yield b" "
