"""Keys unfit for use are refused before anything starts, each for its own reason."""

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from index_service.crypto.providers import (
    FileKeyProvider,
    KeyFault,
    KeyProvider,
    KeyRefused,
    MemoryKeyProvider,
    make_keys,
    week_id,
)

GOOD = bytes.fromhex("9f3c1be07a5526d8c4e1f00b6d728a9310fe45b7832cd96e5a01bc37f4984de2")
WEAK = {
    "zeros": bytes(32),
    "one byte": b"\xe7" * 32,
    "text": b"The quick brown fox jumps 0123 !",
    "few distinct bytes": bytes(range(15)) + bytes(range(14, -1, -1)) + bytes((3, 9)),
    "halves": GOOD[:16] * 2,
    "repeats": (GOOD[:11] * 3)[:32],
    "counts": bytes(range(100, 132)),
    "counts back": bytes(range(255, 0, -7))[:32],
}


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """An empty directory of keys, as it should be."""
    made = tmp_path / "keys"
    made.mkdir(mode=0o700)
    return made


def put(directory: Path, name: str, content: str, mode: int = 0o600) -> None:
    (directory / name).write_text(content)
    (directory / name).chmod(mode)


def refusal(act: Callable[[], object]) -> tuple[KeyFault, str]:
    with pytest.raises(KeyRefused) as refused:
        act()
    assert GOOD.hex() not in str(refused.value)
    return refused.value.fault, refused.value.name


def test_a_fit_key_is_read(directory: Path) -> None:
    put(directory, "index.1", GOOD.hex(), 0o400)
    put(directory, "guard.1", GOOD[::-1].hex() + "\n")
    provider = FileKeyProvider(directory)
    assert provider.secret("index.1") == GOOD
    assert provider.secret("guard.1") == GOOD[::-1]


def test_no_start_without_the_directory(directory: Path) -> None:
    assert refusal(lambda: FileKeyProvider(directory / "none")) == (KeyFault.MISSING, "directory")


def test_no_start_on_a_file_in_the_directorys_place(directory: Path) -> None:
    put(directory, "file", "")
    fault = refusal(lambda: FileKeyProvider(directory / "file"))
    assert fault == (KeyFault.MALFORMED, "directory")


@pytest.mark.parametrize("mode", [0o750, 0o701, 0o770])
def test_no_start_on_a_directory_others_may_enter(directory: Path, mode: int) -> None:
    directory.chmod(mode)
    assert refusal(lambda: FileKeyProvider(directory)) == (KeyFault.WORLD_READABLE, "directory")


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o620, 0o601, 0o700])
def test_no_start_on_a_key_others_may_read(directory: Path, mode: int) -> None:
    put(directory, "index.1", GOOD.hex(), mode)
    assert refusal(lambda: FileKeyProvider(directory)) == (KeyFault.WORLD_READABLE, "index.1")


def test_no_start_on_keys_of_another_owner(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(directory, "index.1", GOOD.hex())
    provider = FileKeyProvider(directory)
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    assert refusal(lambda: FileKeyProvider(directory)) == (KeyFault.NOT_OWNED, "directory")
    assert refusal(lambda: provider.secret("index.1")) == (KeyFault.NOT_OWNED, "index.1")


@pytest.mark.parametrize("content", ["", GOOD.hex()[:-1], GOOD.hex() + "0", GOOD.hex() + "\n\n"])
def test_no_start_on_a_key_of_the_wrong_length(directory: Path, content: str) -> None:
    put(directory, "index.1", content)
    assert refusal(lambda: FileKeyProvider(directory)) == (KeyFault.WRONG_LENGTH, "index.1")


@pytest.mark.parametrize("content", ["g" + GOOD.hex()[1:], " " * 64, GOOD.hex()[:62] + "é"])
def test_no_start_on_what_is_not_hexadecimal(directory: Path, content: str) -> None:
    put(directory, "index.1", content)
    assert refusal(lambda: FileKeyProvider(directory)) == (KeyFault.MALFORMED, "index.1")


@pytest.mark.parametrize("secret", WEAK.values(), ids=WEAK.keys())
def test_no_start_on_a_weak_key(directory: Path, secret: bytes) -> None:
    put(directory, "index.1", secret.hex())
    assert refusal(lambda: FileKeyProvider(directory)) == (KeyFault.WEAK, "index.1")
    weak = refusal(lambda: MemoryKeyProvider({"index.1": secret}))
    assert weak == (KeyFault.WEAK, "index.1")


@pytest.mark.parametrize("kind", ["link", "pipe", "directory"])
def test_no_start_on_what_is_not_a_regular_file(directory: Path, kind: str) -> None:
    """A pipe is refused at once, not waited for."""
    if kind == "link":
        put(directory, "elsewhere", GOOD.hex())
        (directory / "index.1").symlink_to(directory / "elsewhere")
    elif kind == "pipe":
        os.mkfifo(directory / "index.1", 0o600)
    else:
        (directory / "index.1").mkdir(0o600)
    assert refusal(lambda: FileKeyProvider(directory)) == (KeyFault.MALFORMED, "index.1")


def test_no_start_on_one_secret_under_two_names(directory: Path) -> None:
    """Destroying last week's key would destroy nothing."""
    put(directory, "wrap.202547", GOOD.hex())
    put(directory, "wrap.202548", GOOD.hex())
    assert refusal(lambda: FileKeyProvider(directory))[0] == KeyFault.REUSED


def test_a_key_gone_bad_while_running_is_refused(directory: Path) -> None:
    put(directory, "index.1", GOOD.hex())
    provider = FileKeyProvider(directory)
    (directory / "index.1").chmod(0o644)
    fault = refusal(lambda: provider.secret("index.1"))
    assert fault == (KeyFault.WORLD_READABLE, "index.1")


def providers(directory: Path) -> tuple[KeyProvider, KeyProvider]:
    return FileKeyProvider(directory), MemoryKeyProvider()


def test_a_created_key_is_fit_stays_and_is_never_replaced(directory: Path) -> None:
    for provider in providers(directory):
        provider.create("index.1")
        first = provider.secret("index.1")
        assert len(first) == 32
        assert refusal(lambda: provider.create("index.1")) == (KeyFault.EXISTS, "index.1")  # noqa: B023 (called at once)
        assert provider.secret("index.1") == first
    assert os.listdir(directory) == ["index.1"]
    assert os.stat(directory / "index.1").st_mode & 0o777 == 0o600
    assert FileKeyProvider(directory).names() == ("index.1",)


def test_a_destroyed_key_is_missing(directory: Path) -> None:
    for provider in providers(directory):
        provider.create("wrap.202548")
        provider.destroy("wrap.202548")
        for act in (provider.secret, provider.destroy):
            assert refusal(lambda: act("wrap.202548"))[0] == KeyFault.MISSING  # noqa: B023 (called at once)
        assert provider.names("wrap.") == ()


def test_names_are_ordered_by_number(directory: Path) -> None:
    for provider in providers(directory):
        for name in ("index.10", "index.9", "guard.1", "index.1"):
            provider.create(name)
        assert provider.names("index.") == ("index.1", "index.9", "index.10")
        assert provider.names()[0] == "guard.1"


@pytest.mark.parametrize(
    "name",
    ["index", "index.0", "index.01", "../index.1", "other.1", "wrap.48", "wrap.202554", "log.1"],
)
def test_other_names_are_no_keys(directory: Path, name: str) -> None:
    for provider in providers(directory):
        for act in (provider.create, provider.destroy):
            assert refusal(lambda: act(name))[0] in {KeyFault.NAME, KeyFault.MISSING}  # noqa: B023 (called at once)
        assert provider.names() == ()


def test_a_new_authority_gets_a_whole_set_once(directory: Path) -> None:
    for provider in providers(directory):
        make_keys(provider, week_id(date(2025, 11, 28)), 2025)
        assert provider.names("wrap.") == ("wrap.202548",)
        assert len(provider.names()) == 9
        again = refusal(lambda: make_keys(provider, 202549, 2025))  # noqa: B023 (called at once)
        assert again[0] == KeyFault.EXISTS


def test_no_new_set_beside_keys_that_stand() -> None:
    """Where some were lost, new ones would hide the loss."""
    provider = MemoryKeyProvider({"index.7": GOOD})
    assert refusal(lambda: make_keys(provider, 202548, 2025)) == (KeyFault.EXISTS, "index.7")
    assert provider.names() == ("index.7",)


def test_a_wrong_week_makes_no_key_at_all() -> None:
    provider = MemoryKeyProvider()
    assert refusal(lambda: make_keys(provider, 48, 2025))[0] == KeyFault.NAME
    assert provider.names() == ()


def test_weeks_follow_the_iso_calendar_over_the_new_year() -> None:
    assert week_id(date(2024, 12, 29)) == 202452
    assert week_id(date(2024, 12, 30)) == 202501
    assert week_id(date(2027, 1, 3)) == 202653
