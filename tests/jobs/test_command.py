"""`index-service job`: what it needs, what it refuses, how it ends."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from index_service.jobs.jobs import JOBS
from index_service.jobs.running import keep_running, run_once
from index_service.opening import built_job
from index_service.settings import JobSettings
from index_service.store.engines import WrongRoles
from tests.authority import Served
from tests.sealing.witnesses import log_lines
from tests.stories.asking import Ask
from tests.stories.made import a_child

OWN = ("upkeep", "resort", "tripwire", "due")
ROOT = Path(__file__).resolve().parent.parent.parent


def environment(served: Served, **differs: str) -> dict[str, str]:
    """Return what an operator sets for a job, and nothing of an issuer."""
    settings = served.settings
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": settings.database_url,
        "INDEX_CSA": settings.csa,
        "INDEX_KEY_DIRECTORY": str(settings.key_directory),
        "INDEX_REGION_POLICY": settings.region_policy,
        **differs,
    }


async def job(served: Served, *arguments: str, **differs: str) -> tuple[int, str]:
    """Run the command to its end; return its status and what it said."""
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "index_service.commands.cli", "job", *arguments],
        env=environment(served, **differs),
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["upkeep", "tripwire"])
async def test_a_job_runs_once_and_ends(ask: Ask, served: Served, name: str) -> None:
    await ask.create(a_child())
    before = len(await served.entries())
    assert await job(served, name, "--once") == (0, "")
    assert words((await served.entries())[before:]) == {(name, "job")}


@pytest.mark.parametrize("name", ["resort", "due"])
async def test_a_job_does_what_its_name_says(ask: Ask, served: Served, name: str) -> None:
    await ask.create(a_child())
    before = len(await served.entries())
    async with built_job(served.settings, JOBS[name].duty) as index:
        assert await JOBS[name].run(index, asyncio.Event()) is True
    assert words((await served.entries())[before:]) == {(name, "job")}


async def test_expiry_is_told_for_how_long_and_by_whose_heads(
    ask: Ask, served: Served, tmp_path: Path
) -> None:
    policy = tmp_path / "policy"
    policy.write_text(log_lines(), "utf-8")
    told = {"INDEX_LOG_YEARS": "6", "INDEX_LOG_POLICY": str(policy)}
    before = len(await served.entries())
    assert await job(served, "expire", "--once", **told) == (0, "")
    for name in told:
        less = {each: value for each, value in told.items() if each != name}
        status, said = await job(served, "expire", "--once", **less)
        assert (status, name.removeprefix("INDEX_").lower() in said.lower()) == (2, True), said
    policy.write_text("nothing of the kind", "utf-8")
    status, said = await job(served, "expire", "--once", **told)
    assert (status, said) == (2, "not started: the log's policy was refused: line\n")
    assert len(await served.entries()) == before  # nothing was due, and nothing is said


def words(entries: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """Return what entries say was done, and by which way."""
    return {(entry["action"], entry["route"]) for entry in entries}


async def test_a_missing_setting_stops_the_start_and_is_named(served: Served) -> None:
    status, said = await job(served, "due", "--once", INDEX_CSA="")
    assert (status, said) == (2, "not started: missing or unsafe settings: INDEX_CSA\n")


def test_one_role_for_all_duties_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CSA", "KEY_DIRECTORY"):
        monkeypatch.setenv(f"INDEX_{name}", "northmere")
    monkeypatch.setenv("INDEX_REGION_POLICY", "none")
    monkeypatch.setenv("DATABASE_URL", "postgresql://one@host/index")
    with pytest.raises(ValidationError):
        JobSettings()


async def test_keys_that_are_not_there_stop_the_start(served: Served, tmp_path: Path) -> None:
    status, said = await job(served, "due", "--once", INDEX_KEY_DIRECTORY=str(tmp_path))
    assert status == 2
    assert said.startswith("not started: a key was refused")


async def test_a_database_that_is_not_there_stops_the_start(served: Served) -> None:
    address = "postgresql://{role}@127.0.0.1:1/none"
    status, said = await job(served, "due", "--once", DATABASE_URL=address)
    assert status == 3
    assert said.startswith("not started: the database cannot be had")


@pytest.mark.parametrize("name", OWN)
async def test_a_login_role_of_another_duty_is_refused(served: Served, name: str) -> None:
    """As after an enrolment gone wrong: the role logs in, and stands for something else."""
    duty = JOBS[name].duty
    stands = "update csa_role set duty = $1 where role = $2"
    await served.rows(stands, "feed", f"northmere_{duty}")
    try:
        with pytest.raises(WrongRoles):
            async with built_job(served.settings, duty):
                pytest.fail("started")
    finally:
        await served.rows(stands, duty, f"northmere_{duty}")


async def test_a_job_asked_to_stop_ends_in_good_order(served: Served) -> None:
    before = len(await served.entries())
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "index_service.commands.cli", "job", "tripwire"),
        *("--every", "3600"),
        env=environment(served),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(30):
        while len(await served.entries()) == before:  # noqa: ASYNC110 (another process tells)
            await asyncio.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        said, _ = await process.communicate()
    assert (process.returncode, said) == (0, b"")


async def test_the_loop_outlives_a_run_that_fails() -> None:
    stop, runs = asyncio.Event(), 0

    async def failing(_: asyncio.Event) -> bool:
        nonlocal runs
        runs += 1
        if runs == 3:
            stop.set()
        raise ValueError("NM1 1AA")

    async with asyncio.timeout(5):
        await keep_running("due", failing, 0.01, stop)
    assert runs == 3


async def test_a_failed_run_is_told_by_its_type_and_nothing_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def failing(_: asyncio.Event) -> bool:
        raise ValueError("NM1 1AA")

    assert await run_once("due", failing, asyncio.Event()) is False
    assert [record.getMessage() for record in caplog.records] == [
        "job due: a run failed, cause=ValueError"
    ]


def test_what_moves_tokens_replays_no_questions_and_the_other_way_round() -> None:
    duties = {name: JOBS[name].duty for name in OWN}
    assert duties == {"upkeep": "job", "resort": "job", "tripwire": "tripwire", "due": "job"}
