"""The machine a bench runs on: processor time of processes, servers started, conditions."""

import asyncio
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo.authority import ROOT
from demo.postgres import KEEPER, Postgres

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def _fields(pid: int) -> list[str]:
    # The command's name stands in brackets and may hold anything, brackets too.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def cpu_s(pid: int) -> float:
    """Return the processor seconds a process has used, in user and kernel mode."""
    fields = _fields(pid)
    return (int(fields[11]) + int(fields[12])) * _TICK_S


def postmaster(postgres: Postgres) -> int:
    """Return the process id of a database server."""
    return int((postgres.data_directory / "postmaster.pid").read_text().split("\n", 1)[0])


def database_cpu_s(server: int) -> float:
    """Return the processor seconds of a database server, of all it runs and of all it ran."""
    fields = _fields(server)
    total = sum(int(fields[place]) for place in (11, 12, 13, 14)) * _TICK_S
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            if int(_fields(int(entry))[1]) == server:
                total += cpu_s(int(entry))
        except (FileNotFoundError, ProcessLookupError):
            continue  # ended while we looked; its parent counts it from now on
    return total


@contextmanager
def bound(module: str, arguments: list[str], log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a module of ours in a process that ends with this one, its output in `log`."""
    keeper = [sys.executable, "-I", "-S", str(KEEPER), "bind"]
    who = [str(number) for number in (os.getpid(), os.getuid(), os.getgid())]
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*keeper, *who, sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:]


async def listening(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait until somebody listens on a port; RuntimeError with the log if the process ended."""
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"a server ended: {_tail(log)}")
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        except OSError:
            await asyncio.sleep(0.05)
    raise RuntimeError("a server did not begin to listen")


def conditions(postgres: Postgres) -> dict[str, object]:
    """Return what the figures were measured on."""
    shown = postgres.psql("show server_version; show fsync; show synchronous_commit").split("\n")
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "postgres": shown[0],
        "fsync": shown[1],
        "synchronous_commit": shown[2],
        "load_average_before": round(os.getloadavg()[0], 2),
    }
