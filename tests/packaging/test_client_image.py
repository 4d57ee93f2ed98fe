"""The pages' image: its Dockerfile keeps our rules, and its wheel holds the pages and no index."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.packaging.image import ROOT, copied_in, faults, health_command, instructions

TEXT = (ROOT / "Dockerfile.client").read_text("utf-8")
READ = instructions(TEXT)


def run(*command: str, cwd: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a command with nothing of this process's environment but where programs are."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        command, cwd=cwd, env=kept | environment, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the wheel brings, built from what the Dockerfile copies in."""
    place = tmp_path_factory.mktemp("build")
    for name in copied_in(READ):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, place / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, place / name)
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", "wheels", "."]
    built = run(sys.executable, "-m", "pip", "wheel", *options, cwd=place)
    assert built.returncode == 0, built.stderr[-2000:]
    (wheel,) = (place / "wheels").glob("*.whl")
    into = place / "installed"
    zipfile.ZipFile(wheel).extractall(into)
    return into


def test_the_dockerfile_keeps_our_rules() -> None:
    assert list(faults(TEXT)) == []


def test_the_image_holds_the_pages_and_nothing_of_the_index(installed: Path) -> None:
    ours = {each.name for each in installed.iterdir() if not each.name.endswith(".dist-info")}
    assert ours == {"index_client", "thin_client"}


def test_no_template_and_no_static_file_is_forgotten(installed: Path) -> None:
    wanted = {
        path.relative_to(ROOT).as_posix()
        for folder in ("templates", "static", "pages")
        for path in (ROOT / "thin_client" / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert wanted == {each for each in wanted if (installed / each).is_file()}


def test_what_is_installed_starts_and_says_what_it_is_not_told(installed: Path) -> None:
    module = [sys.executable, "-m", "thin_client.cli", "serve"]
    told = run(*module, cwd=installed, PYTHONPATH=str(installed))
    assert told.returncode == 2
    assert "THIN_SESSION_KEY" in told.stderr


def test_the_container_is_asked_how_it_is() -> None:
    word, option, script = health_command(READ)
    assert (word, option) == ("python", "-c")
    compile(script, "health", "exec")
    assert "/sign-in/again" in script
