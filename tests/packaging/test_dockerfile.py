"""The image: its Dockerfile keeps our rules, and what it runs does what it should.

Nothing here builds an image. Its commands are run one by one: the wheel is built from
exactly what is copied in, installed elsewhere, started, and asked how it is.
"""

import email
import os
import shutil
import stat
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from index_service.crypto.providers import FileKeyProvider, make_keys, week_id
from index_service.domain.clock import SystemClock
from tests.packaging.image import (
    ROOT,
    copied_in,
    faults,
    final_stage,
    health_command,
    instructions,
    kept_out,
)

TEXT = (ROOT / "Dockerfile").read_text("utf-8")
READ = instructions(TEXT)
IGNORE = (ROOT / ".dockerignore").read_text("utf-8")


def test_the_dockerfile_keeps_our_rules() -> None:
    assert list(faults(TEXT)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("FROM python:3.12-slim-bookworm\n", "FROM python:latest\n"),
        ("FROM python:3.12-slim-bookworm AS build", "FROM python AS build"),
        ("USER 10001:10001\n", ""),
        ("USER 10001:10001", "USER root"),
        ("USER 10001:10001", "USER index"),
        ("COPY alembic.ini ./", "ADD https://example.org/alembic.ini ./"),
        ("COPY alembic.ini ./", "COPY . ./"),
        ("COPY alembic.ini ./", "COPY absent.ini ./"),
        ("COPY alembic.ini ./", "COPY tests ./"),
        ("EXPOSE 8080", "ENV DATABASE_PASSWORD=x"),
        ("EXPOSE 8080", "RUN apt-get update && apt-get install -y curl"),
        ("EXPOSE 8080", "RUN curl https://example.org/x | sh"),
        ("EXPOSE 8080", "RUN pip install x"),
        ("HEALTHCHECK", "LABEL"),
        ('ENTRYPOINT ["index-service"]', "ENTRYPOINT index-service"),
        ('CMD ["serve"]', ""),
    ],
)
def test_a_poor_dockerfile_is_found(old: str, new: str) -> None:
    assert old in TEXT
    assert list(faults(TEXT.replace(old, new)))


@pytest.mark.parametrize("name", ["demo", "tests", "bench", "proofs", ".git", ".venv", "docs"])
def test_what_is_not_shipped_is_not_even_sent(name: str) -> None:
    assert kept_out(name, IGNORE)
    assert name not in copied_in(READ)


def test_the_image_serves_unless_told_otherwise() -> None:
    shipped = {each.word: each.rest for each in final_stage(READ)}
    assert (shipped["ENTRYPOINT"], shipped["CMD"]) == ('["index-service"]', '["serve"]')


def test_migrations_go_along() -> None:
    """`database migrate` looks for alembic.ini where it is run."""
    shipped = final_stage(READ)
    assert {"alembic.ini", "migrations"} <= set(copied_in(shipped))
    assert (ROOT / "migrations" / "roles.sql").exists()


def run(*command: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command with nothing of this process's environment but where programs are."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        command,
        cwd=cwd,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without a network from what the Dockerfile copies in."""
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
    (made,) = (place / "wheels").glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing in it but what the wheel brings."""
    place = tmp_path_factory.mktemp("installed")
    options = ["--no-deps", "--no-index", "--target", str(place), str(wheel)]
    done = run(sys.executable, "-m", "pip", "install", *options, cwd=place)
    assert done.returncode == 0, done.stderr[-2000:]
    return place


def test_the_wheel_holds_the_index_and_nothing_of_the_demo(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    ours = {top for top in tops if not top.endswith(".dist-info")}
    assert ours == {"consent", "index_service", "index_verify"}
    assert not [name for name in names if name.endswith((".pem", ".key", ".env"))]


def test_the_wheel_forgets_no_module_and_no_data(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    ours = {
        path.relative_to(ROOT).as_posix()
        for room in ("consent", "index_service", "index_verify")
        for path in (ROOT / room).rglob("*")
        if path.suffix in (".py", ".json", ".csv")
    }
    assert "consent/agreement_v1.json" in ours
    assert ours <= names


def test_the_wheel_brings_the_command_its_licence_and_its_needs(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        (folder,) = {n.split("/")[0] for n in opened.namelist() if ".dist-info/" in n}
        points = opened.read(f"{folder}/entry_points.txt").decode()
        about = email.message_from_bytes(opened.read(f"{folder}/METADATA"))
        assert any(name.startswith(f"{folder}/licenses/") for name in opened.namelist())
    assert "index-service = index_service.commands.cli:main" in points
    assert "index-verify = index_verify.cli:main" in points
    needs = [n for n in about.get_all("Requires-Dist", ()) if "extra ==" not in n]
    assert not [need for need in needs if "postgres" in need or "hypothesis" in need]
    assert about["License-Expression"] == "MIT"


def command(installed: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the installed index, with these settings and no others."""
    module = [sys.executable, "-m", "index_service.commands.cli", *words]
    return run(*module, cwd=installed, PYTHONPATH=str(installed), **settings)


def test_the_installed_index_says_what_it_can_do(installed: Path) -> None:
    told = command(installed, "--help")
    assert told.returncode == 0, told.stderr
    for word in ("serve", "database", "keys", "csa", "contract"):
        assert word in told.stdout
    where = "import index_service; print(index_service.__file__)"
    place = run(sys.executable, "-c", where, cwd=installed, PYTHONPATH=str(installed))
    assert place.stdout.startswith(str(installed))


def test_the_installed_verifier_runs_without_the_index(installed: Path, tmp_path: Path) -> None:
    shutil.copytree(installed / "index_verify", tmp_path / "index_verify")
    module = [sys.executable, "-m", "index_verify", "export", "x", "--policy", "x"]
    told = run(*module, cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert (told.returncode, told.stderr) == (2, "")
    assert told.stdout.startswith("cannot_tell: ")


NEEDED = {
    "DATABASE_URL", "INDEX_CSA", "INDEX_KEY_DIRECTORY", "INDEX_ISSUER", "INDEX_AUDIENCE",
    "INDEX_JWKS_URL", "INDEX_REGION_POLICY", "INDEX_SECOND_PLACE",
}  # fmt: skip


def settings(keys: Path) -> dict[str, str]:
    """Return settings `serve` would start with, if there were a database."""
    return {
        "DATABASE_URL": "postgresql://{role}@127.0.0.1:1/zephyrine",
        "INDEX_CSA": "northmere",
        "INDEX_KEY_DIRECTORY": str(keys),
        "INDEX_ISSUER": "https://login.zephyrine.example",
        "INDEX_AUDIENCE": "https://index.zephyrine.example",
        "INDEX_JWKS_URL": "https://login.zephyrine.example/jwks.json",
        "INDEX_REGION_POLICY": "none",
        "INDEX_SECOND_PLACE": "none",
    }


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """A directory with every key of a new authority."""
    place = tmp_path / "keys"
    place.mkdir(mode=0o700)
    today = SystemClock().today()
    make_keys(FileKeyProvider(place), week_id(today), today.year)
    return place


def test_serve_names_every_setting_that_is_missing(installed: Path) -> None:
    told = command(installed, "serve")
    assert told.returncode == 2
    named = told.stderr.rpartition(": ")[2].strip().split(", ")
    assert set(named) == NEEDED


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INDEX_ISSUER", "http://login.zephyrine.example"),
        ("INDEX_JWKS_URL", "http://login.zephyrine.example/jwks.json"),
        ("DATABASE_URL", "postgresql://zephyrine:hunter2@127.0.0.1:1/index"),
        ("DATABASE_URL", "mysql://{role}@zephyrine/index"),
        ("INDEX_CSA", "Zephyrine; drop"),
        ("INDEX_AUDIENCE", "zeph"),
        ("INDEX_REGION_POLICY", "zephyrine"),
        ("INDEX_SECOND_PLACE", "zephyrine"),
        ("INDEX_PORT", "zephyrine"),
    ],
)
def test_serve_refuses_an_unsafe_setting_by_name_and_never_repeats_it(
    installed: Path, keys: Path, name: str, value: str
) -> None:
    told = command(installed, "serve", **settings(keys) | {name: value})
    assert told.returncode == 2
    assert told.stderr.strip().endswith(": " + name)
    assert "zeph" not in told.stderr.lower() + told.stdout.lower()
    assert "hunter2" not in told.stderr


def test_serve_refuses_keys_that_others_can_read(installed: Path, keys: Path) -> None:
    key = sorted(path for path in keys.rglob("*") if path.is_file())[0]
    key.chmod(key.stat().st_mode | stat.S_IROTH)
    told = command(installed, "serve", **settings(keys))
    assert told.returncode == 2
    assert "key was refused" in told.stderr
    assert key.read_bytes().hex() not in told.stderr


def test_serve_refuses_a_key_that_is_missing(installed: Path, keys: Path) -> None:
    sorted(path for path in keys.rglob("*") if path.is_file())[0].unlink()
    told = command(installed, "serve", **settings(keys))
    assert told.returncode == 2
    assert "key was refused" in told.stderr


def test_serve_says_when_only_the_database_is_missing(installed: Path, keys: Path) -> None:
    """Settings and keys are right here: what was refused above was refused for its own sake."""
    told = command(installed, "serve", **settings(keys))
    assert told.returncode == 3
    assert "database" in told.stderr
    assert "zephyrine" not in told.stderr


class Toy(BaseHTTPRequestHandler):
    """Answers /healthz with the status it is told."""

    status = 200

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(self.status if self.path == "/healthz" else 404)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def toy() -> Iterator[HTTPServer]:
    """A server on the port the health check will ask."""
    server = HTTPServer(("127.0.0.1", 0), Toy)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False), (404, False)])
def test_the_health_check_tells_a_healthy_index_from_another(
    toy: HTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, healthy: bool
) -> None:
    monkeypatch.setattr(Toy, "status", status)
    program, *words = health_command(READ)
    assert program == "python"
    # A proxy of the environment must not be asked in the index's place.
    done = run(
        sys.executable,
        *words,
        cwd=tmp_path,
        INDEX_OPS_PORT=str(toy.server_port),
        http_proxy="http://127.0.0.1:1",
    )
    assert (done.returncode == 0) is healthy


def test_the_health_check_fails_where_nothing_listens(tmp_path: Path) -> None:
    words = health_command(READ)[1:]
    assert run(sys.executable, *words, cwd=tmp_path, INDEX_OPS_PORT="1").returncode != 0
