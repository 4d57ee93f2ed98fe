"""How the demo speaks: aligned lines, and progress on whatever takes longer than two seconds."""

import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

SILENCE_S_MAX = 1.5  # a line at least each two seconds, on a busy machine too
LABEL_WIDTH = 7


def say(text: str = "") -> None:
    """Print a line at once."""
    print(text, flush=True)


def heading(text: str) -> None:
    """Print what begins now."""
    say(f"\n== {text}")


def told(label: str, *lines: str) -> None:
    """Print lines under one label, aligned with those of every other label."""
    for place, line in enumerate(lines):
        say(f"     {label if place == 0 else '':<{LABEL_WIDTH}} {line}")


def columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Return rows as lines whose columns stand under one another."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return [
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


@contextmanager
def progress(what: str, far: Callable[[], str] = str) -> Iterator[None]:
    """Say how far something is while it lasts, then what it took.

    On a terminal one line is written over and over; elsewhere each state is a line of its
    own. Told by a thread, because what is waited for may not let go of the event loop.
    """
    started = time.monotonic()
    over = threading.Event()
    terminal = sys.stdout.isatty()

    def state() -> str:
        return f"   {what}  {time.monotonic() - started:5.1f} s  {far()}".rstrip()

    def tell() -> None:
        while not over.wait(0.2 if terminal else SILENCE_S_MAX):
            if terminal:
                print(f"\r\x1b[2K{state()}", end="", flush=True)
            else:
                say(state())

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        over.set()
        teller.join()
        say(f"{chr(13) + chr(27) + '[2K' if terminal else ''}{state()}")
