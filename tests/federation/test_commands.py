"""What operators and registrars type: keys, signatures, a directory brought into force, a trial."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from demo.authority import Authority
from demo.issuer import Issuer
from demo.postgres import Postgres
from index_service.commands.cli import main
from index_service.crypto.providers import FileKeyProvider
from index_service.federation.directory import RegionDirectory, RegionPolicy
from index_service.federation.errors import DirectoryFault, DirectoryRefused
from tests.authority import Founded
from tests.federation.papers import NOW, Papers
from tests.federation.port import CAMFIELD, NORTHMERE, Ports, message, ports_open, sent


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ports(
    postgres: Postgres,
    database: str,
    founded: Founded,
    issuer: Issuer,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Ports]:
    """Northmere's peer port, one worker of it running."""
    place = tmp_path_factory.mktemp("ports")
    async with ports_open(postgres, database, founded.settings, place) as opened:
        yield opened


def test_a_registrar_makes_a_key_alone_and_signs_with_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    papers, keys = Papers(), tmp_path / "registrar"
    assert main(["region", "make-registrar", str(keys), "--id", "registrar-9"]) == 0
    line = capsys.readouterr().out
    assert main(["region", "make-registrar", str(keys), "--id", "registrar-9"]) == 2
    document = tmp_path / "directory.json"
    document.write_bytes(papers.signed(by=("registrar-1",)))
    policy = RegionPolicy.read(papers.policy_text() + line)
    with pytest.raises(DirectoryRefused) as refused:
        RegionDirectory.verified(document.read_bytes(), policy, NOW)
    assert refused.value.fault is DirectoryFault.QUORUM
    signing = ["region", "sign", str(document), "--keys", str(keys), "--id", "registrar-9"]
    assert main(signing) == 0
    assert RegionDirectory.verified(document.read_bytes(), policy, NOW).version == 3


def test_an_indexs_own_keys_sign_no_directory(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys, document = tmp_path / "keys", tmp_path / "directory.json"
    assert main(["keys", "make", str(keys)]) == 0
    assert FileKeyProvider(keys).names("peer_") == ()  # made only when asked for
    document.write_bytes(Papers().signed())
    signing = ["region", "sign", str(document), "--keys", str(keys), "--id", "registrar-1"]
    assert main(signing) == 2
    assert "refused" in capsys.readouterr().err


def test_a_members_next_keys_stand_beside_the_former(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = tmp_path / "keys"
    assert main(["keys", "make", str(keys)]) == 0
    making = ["region", "make-keys", str(keys), "--member", NORTHMERE]
    for number in (1, 2):
        capsys.readouterr()
        assert main(making) == 0
        told = json.loads(capsys.readouterr().out)
        assert [each["id"] for each in told] == [
            f"{NORTHMERE}/serve/{number}",
            f"{NORTHMERE}/manage/{number}",
        ]
    assert len(FileKeyProvider(keys).names("peer_")) == 4


@pytest.mark.asyncio(loop_scope="session")
async def test_a_directory_loaded_by_command_holds_from_the_next_message(
    ports: Ports,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in Authority(ports.settings).environment().items():
        monkeypatch.setenv(name, value)
    document = tmp_path / "directory.json"
    said = ports.document()
    camfield = next(each for each in said["members"] if each["name"] == CAMFIELD)
    camfield["certificates"] = ["00" * 32]
    document.write_bytes(ports.signed(said))
    assert (await sent(ports, message(ports))).status == 200
    loading = ["region", "load", str(document)]
    assert await asyncio.to_thread(main, loading) == 0
    assert capsys.readouterr().out == f"in force: version {said['version']}\n"
    assert (await sent(ports, message(ports))).code == "certificate_mismatch"
    assert await asyncio.to_thread(main, loading) == 2
    assert capsys.readouterr().err == "refused: older\n"
    await ports.load()
    assert (await sent(ports, message(ports))).status == 200


@pytest.mark.asyncio(loop_scope="session")
async def test_a_trial_needs_papers_that_count(
    ports: Ports, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is sent where the directory or the key would not count."""
    document, tls = tmp_path / "directory.json", ports.tls(CAMFIELD)
    document.write_bytes(ports.signed(ports.said))
    papers = ["--policy", str(ports.papers.policy(CAMFIELD)), "--directory", str(document)]
    keys = ["--keys", str(ports.papers.members[CAMFIELD].keys)]
    own = ["--certificate", str(tls.certificate), "--key", str(tls.key), "--ca", str(tls.ca)]
    trying = [*papers, *keys, *own]
    assert await asyncio.to_thread(main, ["peers", "conform", "nobodys", *trying]) == 2
    assert "no such endpoint" in capsys.readouterr().err
    document.write_bytes(document.read_bytes() + b"\n")
    assert await asyncio.to_thread(main, ["peers", "conform", NORTHMERE, *trying]) == 2
    assert capsys.readouterr().err == "refused: form spelling\n"
