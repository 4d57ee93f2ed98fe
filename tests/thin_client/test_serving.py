"""`thin-client serve` as an operator runs it: what it must be told, and what it answers."""

import base64
import os
from pathlib import Path

import httpx
import pytest

from demo.issuer import Issuer
from demo.pages import Told, pages
from tests.thin_client.conftest import key_file
from thin_client.cli import main

TOLD = {
    "THIN_AUTHORITY": "Northmere",
    "THIN_INDEX_URL": "https://index.northmere.example",
    "THIN_ORIGIN": "https://pages.northmere.example",
    "THIN_ISSUER": "https://id.northmere.example",
    "THIN_CLIENT_ID": "thin-client",
    "THIN_CLIENT_SECRET": "none",
    "THIN_RESOURCE": "none",
    "THIN_ACR_STEPPED_UP": "none",
    "THIN_LAUNCH_KEYS": "none",
    "THIN_RECEIPT_KEYS": "none",
}


def started(monkeypatch: pytest.MonkeyPatch, told: dict[str, str]) -> int:
    """Run the command with these settings and no others; it must end by itself."""
    for name in [each for each in os.environ if each.startswith("THIN_")]:
        monkeypatch.delenv(name)
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    return main(["serve"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("THIN_SESSION_KEY", None),
        ("THIN_LAUNCH_KEYS", None),
        ("THIN_ORIGIN", "http://pages.northmere.example"),
        ("THIN_ISSUER", "http://id.northmere.example"),
        ("THIN_INDEX_URL", "http://10.0.0.1:8080"),
    ],
)
def test_what_is_missing_or_unsafe_stops_the_start_and_is_named(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    value: str | None,
) -> None:
    told = {**TOLD, "THIN_SESSION_KEY": str(key_file(tmp_path))}
    told = {**told, name: value} if value else {k: v for k, v in told.items() if k != name}
    assert started(monkeypatch, told) == 2
    said = capsys.readouterr().err
    assert name in said
    assert "northmere.example" not in said


@pytest.mark.parametrize(
    ("content", "mode"),
    [(base64.b64encode(b"k" * 16), 0o600), (base64.b64encode(b"k" * 32), 0o644), (b"!", 0o600)],
)
def test_a_weak_or_open_key_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, mode: int
) -> None:
    file = tmp_path / "weak.key"
    file.write_bytes(content)
    file.chmod(mode)
    assert started(monkeypatch, {**TOLD, "THIN_SESSION_KEY": str(file)}) == 2


def test_a_new_key_is_its_owners_alone_and_overwrites_none(tmp_path: Path) -> None:
    file = tmp_path / "new.key"
    assert main(["new-key", str(file)]) == 0
    assert file.stat().st_mode & 0o777 == 0o600
    before = file.read_bytes()
    assert main(["new-key", str(file)]) == 2
    assert file.read_bytes() == before


async def test_it_serves_on_loopback_and_logs_no_address(issuer: Issuer, tmp_path: Path) -> None:
    told = Told("Northmere", "http://127.0.0.1:9", issuer, tmp_path)
    async with pages(told) as address, httpx.AsyncClient(base_url=address) as browser:
        page = await browser.get("/sign-in/again")
        assert "Northmere" in page.text
        assert "strict-transport-security" not in page.headers
        assert "server" not in page.headers
        begun = await browser.get("/sign-in")
        assert begun.headers["location"].startswith(f"{issuer.url}/authorize?")
        # Loopback without TLS: no prefix, but the port, for cookies know none.
        assert begun.headers["set-cookie"].startswith("signing-in-")
        assert address.rpartition(":")[2] in begun.headers["set-cookie"].partition("=")[0]
        await browser.get("/children/6f9d2b1e-3c44-4a7e-9b57-0d2f8c5a1e90?name=Okonedo")
    said = (tmp_path / "pages.log").read_text("utf-8")
    assert "child 303" in said
    assert "6f9d2b1e" not in said
    assert "Okonedo" not in said
