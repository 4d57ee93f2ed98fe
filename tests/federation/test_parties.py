"""Deriver and locator as operators run them: real processes, and settings that stop a start."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from demo.authority import ROOT
from demo.postgres import Postgres
from index_service.commands.cli import main
from index_service.crypto.peer_keys import PeerKeyUse
from index_service.federation.errors import Unreachable
from index_service.federation.filters import build
from index_service.federation.oblivious import region_input
from index_service.federation.sizes import DERIVED_AT_ONCE, KEYS_A_CHILD
from index_service.settings import DeriverSettings, LocatorSettings
from tests.federation.parties import CAPACITY, Parties, parties_running

pytestmark = pytest.mark.asyncio(loop_scope="session")

TEXT = region_input("search", 4, "ashdown|2014-05-06")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def region(
    postgres: Postgres, migrated: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Parties]:
    """Both parties founded, neither of them running in this process any more."""
    place = tmp_path_factory.mktemp("parties")
    async with parties_running(postgres, migrated, place, deriver={}, locator={}) as made:
        yield made


def _environment(settings: DeriverSettings | LocatorSettings) -> dict[str, str]:
    said = {
        "DATABASE_URL" if name == "database_url" else f"INDEX_{name.upper()}": str(value)
        for name, value in settings.model_dump().items()
    }
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **said}


async def _asked_at_last(region: Parties, name: str) -> None:
    """Ask until the process answers: it listens a moment after it began."""
    for _ in range(200):
        try:
            async with region.asking("northmere", PeerKeyUse.MANAGE) as client:
                if name == "deriver":
                    assert len(await client.derive("search", 0, [TEXT], DERIVED_AT_ONCE)) == 1
                else:
                    written = build([], CAPACITY * KEYS_A_CHILD["first"])
                    await client.upload_filter("first", 1, written)
                return
        except Unreachable:
            await asyncio.sleep(0.1)
    raise AssertionError("the process does not answer")


@pytest.mark.parametrize("name", ["deriver", "locator"])
async def test_the_command_serves_members_until_it_is_told_to_stop(
    region: Parties, name: str
) -> None:
    """The real process over mutual TLS; a signal ends it well."""
    await region.stop(name)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "index_service.commands.cli",
        name,
        "serve",
        env=_environment(region.settings[name]),
        cwd=ROOT,
    )
    try:
        await _asked_at_last(region, name)
    finally:
        process.send_signal(signal.SIGTERM)
        status = await asyncio.wait_for(process.wait(), 20)
    assert status == 0


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("deriver", "INDEX_LOOKUP_INPUTS_A_DAY"),
        ("deriver", "INDEX_JOB_INPUTS_A_CHILD"),
        ("deriver", "INDEX_OPRF_KEY_DIRECTORY"),
        ("deriver", "INDEX_PEER_CA"),
        ("locator", "INDEX_LOCATED_A_DAY"),
        ("locator", "INDEX_SHIELD_ASKED_A_CHILD"),
        ("locator", "INDEX_SHIELD_BATCHES_A_DAY"),
        ("locator", "INDEX_NOTES_A_DAY"),
        ("locator", "INDEX_REGION_POLICY"),
    ],
)
async def test_a_missing_setting_stops_the_start_and_is_named(
    region: Parties,
    name: str,
    missing: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """No budget, no key and no certificate has a default."""
    environment = _environment(region.settings[name])
    environment.pop(missing)
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    assert await asyncio.to_thread(main, [name, "serve"]) == 2
    assert missing in capsys.readouterr().err


async def test_no_part_in_a_region_is_no_deriver(
    region: Parties, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An index may say none; whoever serves a region may not."""
    environment = {**_environment(region.settings["deriver"]), "INDEX_REGION_POLICY": "none"}
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    assert await asyncio.to_thread(main, ["deriver", "serve"]) == 2
    assert "INDEX_REGION_POLICY" in capsys.readouterr().err


async def test_an_epochs_keys_are_made_once_and_their_public_halves_told(
    region: Parties,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What `make-keys` prints goes into the directory; asked again it is the same."""
    environment = _environment(region.settings["deriver"])
    environment["INDEX_OPRF_KEY_DIRECTORY"] = str(tmp_path / "oprf")
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    told = []
    for _ in range(2):
        assert await asyncio.to_thread(main, ["deriver", "make-keys", "5"]) == 0
        told.append(json.loads(capsys.readouterr().out))
    assert told[0] == told[1]
    assert {series: list(keys) for series, keys in told[0].items()} == {
        "search": ["5"],
        "shield": ["5"],
    }
    assert await asyncio.to_thread(main, ["deriver", "destroy-keys", "6"]) == 0
    assert capsys.readouterr().out == "destroyed 2\n"
    assert not list((tmp_path / "oprf").iterdir())


async def test_an_operator_loads_directories_and_suspends_members(
    region: Parties, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without people or tokens of its own: by commands, entered in its log."""
    for variable, value in _environment(region.settings["locator"]).items():
        monkeypatch.setenv(variable, value)
    written = str(region.papers.written())
    assert await asyncio.to_thread(main, ["locator", "load", written]) == 0
    assert capsys.readouterr().out == f"in force: version {region.papers.version}\n"
    assert await asyncio.to_thread(main, ["locator", "load", written]) == 2
    for verb, word in (("suspend", "suspended"), ("release", "released")):
        assert await asyncio.to_thread(main, ["locator", verb, "camfield"]) == 0
        entry = (await region.entries("locator"))[-1]
        assert (entry["action"], entry["code"], entry["account"]) == (
            "keep_member",
            word,
            "camfield",
        )
    assert await asyncio.to_thread(main, ["locator", "suspend", "nowhere"]) == 2
    assert await asyncio.to_thread(main, ["locator", "suspend", "locator"]) == 2
