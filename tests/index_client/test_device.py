"""Login by device code against a provider on real HTTP; what is kept of it, and for how long."""

import json
import os
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from index_client.cli import device, session
from index_client.cli.faults import LoginRefused, Wrong
from index_client.cli.main import main
from index_client.cli.session import Session, forget, keep, kept

TOKEN = "an.access.token"
LOGIN = Session("https://index.northmere.example", "https://login.example", "cli", 2**40, TOKEN)


class _Provider(ThreadingHTTPServer):
    """Says what it is told to say, and keeps the forms it was sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.polls: list[dict[str, Any]] = []
        self.device: dict[str, Any] = {
            "device_code": "secret-device-code",
            "user_code": "BCDF-GHJK",
            "verification_uri": f"{self.url}/device",
            "expires_in": 60,
            "interval": 1,
        }
        self.document: dict[str, Any] = {
            "issuer": self.url,
            "device_authorization_endpoint": f"{self.url}/code",
            "token_endpoint": f"{self.url}/token",
            "revocation_endpoint": f"{self.url}/revoke",
        }

    def granting(self, **differs: object) -> dict[str, Any]:
        return {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 600, **differs}


class _Answering(BaseHTTPRequestHandler):
    server: _Provider

    def do_GET(self) -> None:
        self._say(self.server.document)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self.server.forms.append((self.path, form))
        if self.path == "/code":
            self._say(self.server.device)
        elif self.path == "/token":
            self._say(self.server.polls.pop(0))
        else:
            self._say({})

    def _say(self, said: dict[str, Any]) -> None:
        text = json.dumps(said).encode()
        self.send_response(400 if "error" in said else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def provider_running() -> Iterator[_Provider]:
    with _Provider() as provider:
        threading.Thread(target=provider.serve_forever, args=(0.02,), daemon=True).start()
        yield provider
        provider.shutdown()


@pytest.fixture
def provider() -> Iterator[_Provider]:
    with provider_running() as running:
        yield running


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Wait for nothing, and tell how long it would have been."""
    waited: list[float] = []
    monkeypatch.setattr(device.awaited, "__defaults__", (waited.append,))
    return waited


@pytest.fixture(autouse=True)
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of one's own, as a login session has it."""
    place = tmp_path / "run"
    place.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(place))
    return place


def log_in(provider: _Provider) -> int:
    told = ["--index", "https://index.northmere.example", "--issuer", provider.url]
    return main(["login", *told, "--client-id", "cli"])


def test_a_login_waits_for_the_person_and_is_kept_for_its_maker_alone(
    provider: _Provider, waits: list[float], runtime: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    provider.polls = [
        {"error": "authorization_pending"},
        {"error": "slow_down"},
        provider.granting(),
    ]
    assert log_in(provider) == 0
    assert waits == [1, 1, 6]
    (file,) = runtime.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert kept().token == TOKEN
    assert TOKEN not in repr(kept())
    said = capsys.readouterr()
    assert f"{provider.url}/device" in said.err
    assert "BCDF-GHJK" in said.err
    assert TOKEN not in said.err + said.out
    assert [form.get("scope") for path, form in provider.forms if path == "/code"] == ["openid"]


@pytest.mark.parametrize("error", ["access_denied", "expired_token", "invalid_client", "x\x1b[2J"])
def test_a_refusal_ends_the_waiting(
    provider: _Provider,
    waits: list[float],
    runtime: Path,
    capsys: pytest.CaptureFixture[str],
    error: str,
) -> None:
    provider.polls = [{"error": error, "error_description": "words of theirs"}]
    assert log_in(provider) == 1
    assert list(runtime.iterdir()) == []
    assert "theirs" not in (said := capsys.readouterr().err)
    assert "\x1b" not in said


def test_nobody_waits_for_ever(provider: _Provider, waits: list[float]) -> None:
    provider.polls = [{"error": "authorization_pending"}] * 61
    assert log_in(provider) == 1
    assert sum(waits) == 60


@pytest.mark.parametrize(
    "differs",
    [
        {"issuer": "https://login.example"},
        {"device_authorization_endpoint": None},
        {"token_endpoint": "http://login.example/token"},
        {"token_endpoint": "https://a:b@login.example/token"},
    ],
)
def test_a_provider_that_speaks_for_another_or_unsafely_is_refused(
    provider: _Provider, differs: dict[str, Any]
) -> None:
    provider.document |= differs
    assert log_in(provider) == 1
    assert provider.forms == []


def test_a_token_that_claims_to_live_long_is_kept_for_ten_minutes(
    provider: _Provider, waits: list[float]
) -> None:
    provider.polls = [provider.granting(expires_in=10**9, refresh_token="never kept")]
    before = session.now_s()
    assert log_in(provider) == 0
    assert kept().ends_at_s <= before + 600 + 5
    assert (
        "never kept"
        not in (Path(os.environ["XDG_RUNTIME_DIR"]) / "index-client.session").read_text()
    )


def test_logout_removes_the_login_and_tells_the_provider(
    provider: _Provider, waits: list[float], runtime: Path
) -> None:
    provider.polls = [provider.granting()]
    log_in(provider)
    assert main(["logout"]) == 0
    assert list(runtime.iterdir()) == []
    assert provider.forms[-1][0] == "/revoke"
    assert provider.forms[-1][1]["token"] == TOKEN
    assert main(["logout"]) == 0


def test_logout_works_without_the_provider(waits: list[float], runtime: Path) -> None:
    with provider_running() as gone:
        gone.polls = [gone.granting()]
        log_in(gone)
    assert main(["logout"]) == 0
    assert list(runtime.iterdir()) == []


def test_a_login_others_could_read_is_not_used(runtime: Path) -> None:
    keep(LOGIN)
    (file,) = runtime.iterdir()
    file.chmod(0o640)
    with pytest.raises(Wrong, match="Others"):
        kept()
    forget()
    runtime.chmod(0o755)
    with pytest.raises(Wrong, match="not yours alone"):
        keep(LOGIN)


def test_a_login_that_has_ended_is_not_used(runtime: Path) -> None:
    keep(Session("https://x.example", "https://y.example", "cli", session.now_s() + 5, TOKEN))
    with pytest.raises(Wrong, match="ended"):
        kept()


def test_a_login_is_kept_nowhere_but_in_the_runtime_directory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    with pytest.raises(Wrong, match="XDG_RUNTIME_DIR"):
        keep(LOGIN)


def test_a_token_goes_to_the_index_it_was_made_for_only() -> None:
    keep(LOGIN)
    assert main(["me", "--index", "https://elsewhere.example"]) == 2


def test_a_provider_that_answers_with_a_page_gives_no_login(provider: _Provider) -> None:
    provider.device = {"device_code": 7}
    with pytest.raises(LoginRefused), device_http() as http:
        device.begin(http, device.discover(http, provider.url), {"client_id": "cli"})


def device_http() -> httpx.Client:
    return httpx.Client()
