"""Small programs that keep a child process from outliving the one that started it.

Run as a script, with the standard library only, by demo/postgres.py:

    keeper.py bind PARENT UID GID COMMAND...   becomes COMMAND, which dies with PARENT
    keeper.py tie PARENT UID GID COMMAND...    likewise, without being asked
    keeper.py reap DIRECTORY                   waits for the end of standard input, then
                                               ends what runs in DIRECTORY and removes it

The first two serve Linux at once; the third works everywhere and clears up as well. None
is reached by a Ctrl-C at the terminal: all are started in a session of their own.
"""

import contextlib
import ctypes
import os
import shutil
import signal
import sys
import time

PR_SET_PDEATHSIG = 1
END_SECONDS_MAX = 10.0


def bind(parent: int, account: tuple[int, int], command: list[str], number: int) -> None:
    """Become `command`, as an unprivileged account, to be sent a signal when the parent dies."""
    uid, gid = account
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
    os.umask(0o077)
    if sys.platform == "linux":
        # After the change of account: that would clear the signal again.
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)  # the parent died before the signal was set
    os.execv(command[0], command)


def reap(directory: str) -> None:
    """Wait until whoever holds the other end is gone, then leave nothing behind."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while os.read(0, 1024):
        pass
    data = os.path.join(directory, "data")
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        pid = running_in(data)
        if pid is None:
            break
        with contextlib.suppress(OSError):
            os.kill(pid, number)
        wait_for_end(data)
    deadline = time.monotonic() + END_SECONDS_MAX
    while os.path.exists(directory) and time.monotonic() < deadline:
        shutil.rmtree(directory, ignore_errors=True)  # again while an initdb is dying in it


def running_in(data: str) -> int | None:
    """Return the id of the server running in a data directory, if one does."""
    try:
        with open(os.path.join(data, "postmaster.pid"), encoding="ascii") as file:
            pid = int(file.readline())
        # A crash leaves the file behind, and its number may be another process by now.
        if sys.platform == "linux" and not os.path.samefile(f"/proc/{pid}/cwd", data):
            return None
        os.kill(pid, 0)
    except (OSError, ValueError):
        return None
    return pid


def wait_for_end(data: str) -> None:
    """Wait until nothing runs in a data directory, at most END_SECONDS_MAX."""
    deadline = time.monotonic() + END_SECONDS_MAX
    while running_in(data) is not None and time.monotonic() < deadline:
        time.sleep(0.02)


if __name__ == "__main__":
    ends = {"bind": signal.SIGINT, "tie": signal.SIGKILL}
    if sys.argv[1] in ends:
        whose = int(sys.argv[3]), int(sys.argv[4])
        bind(int(sys.argv[2]), whose, sys.argv[5:], int(ends[sys.argv[1]]))
    else:
        reap(sys.argv[2])
