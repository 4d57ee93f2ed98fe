"""The whole way in: a code, typed in a browser with both factors, and then a question."""

import asyncio
import re
from pathlib import Path

import pytest

from demo.issuer import Issuer
from demo.signing_in import Browser
from index_client.cli import device
from index_client.cli.main import main
from tests.index_client.reaching import Reached


async def test_a_practitioner_logs_in_by_device_code_and_asks(
    reached: Reached,
    issuer: Issuer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    loop = asyncio.get_running_loop()
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))

    async def type_it(address: str, code: str) -> str:
        async with Browser.opened(issuer, "social_worker") as browser:
            return await browser.connects(f"{address}?user_code={code}")

    def meanwhile(_wait_s: float) -> None:
        """Instead of waiting, do what the program waits for."""
        told = re.search(r"Open (\S+) and type (\S+)", capsys.readouterr().err)
        assert told
        asyncio.run_coroutine_threadsafe(type_it(told[1], told[2]), loop).result(30)

    monkeypatch.setattr(device.awaited, "__defaults__", (meanwhile,))
    issuer.register("index-client", device=True)
    words = ["--index", reached.address, "--issuer", issuer.url, "--client-id", "index-client"]
    ca = ["--ca", str(issuer.ca_file)]
    assert await asyncio.to_thread(main, ["login", *words, *ca]) == 0
    assert await asyncio.to_thread(main, ["me"]) == 0
    assert "practitioner" in capsys.readouterr().out
    assert await asyncio.to_thread(main, ["logout"]) == 0
    assert await asyncio.to_thread(main, ["me"]) == 2
