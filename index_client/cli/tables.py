"""What is printed: tables for people, JSON for programs; nothing answered can steer a terminal."""

import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

# Marks that turn the direction of writing round: a name could show as another.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_DASH = "–"
_CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)+")
# Said as they must be typed again.
_TYPED = frozenset({"authority", "batch_id", "name", "source"})
_MOMENTS = frozenset(
    "asked_at at drawn_at due ends_at first held_since last opened proposed_at read_at received_at"
    " recorded_at reviewed signed_off_at since until valid_until well_at".split()
)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def plain(value: object) -> str:
    """Return a value as one line of text without control characters."""
    if value is None:
        return _DASH
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(plain, value)) or _DASH
    if isinstance(value, Mapping):
        return ", ".join(f"{plain(key)}: {plain(each)}" for key, each in value.items()) or _DASH
    return "".join(
        " " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") or sign in _TURNING else sign
        for sign in str(value)
    )


def words(code: object) -> str:
    """Return a word of a closed list as it is read."""
    return plain(code).replace("_", " ")


def moment(seconds: object) -> str:
    """Return a moment, in UTC."""
    if not isinstance(seconds, int):
        return _DASH
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def hours(spans: Iterable[Mapping[str, Any]]) -> str:
    """Return when a line is answered: mon-fri 08:30-17:30; days that follow one another as one."""
    told = []
    for span in spans:
        runs: list[list[str]] = []
        for place, day in enumerate(_DAYS):
            if day not in span["days"]:
                continue
            if runs and runs[-1][-1] == _DAYS[place - 1]:
                runs[-1].append(day)
            else:
                runs.append([day])
        days = ", ".join(run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
        told.append(f"{days} {span['opens']}-{span['closes']}")
    return "; ".join(told)


def as_json(body: object) -> None:
    """Print an answer as the index gave it; ASCII, so that nothing in it acts on a terminal."""
    json.dump(body, sys.stdout, indent=2, ensure_ascii=True)
    sys.stdout.write("\n")


class Page:
    """Prints for a person, as wide as the terminal is; nothing printed is read as markup."""

    def __init__(self) -> None:
        """Print to standard output."""
        self._console = Console(highlight=False, markup=False, emoji=False, soft_wrap=False)

    def say(self, text: str) -> None:
        """Print a sentence."""
        self._console.print(Text(plain(text)))

    def table(self, title: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Print rows below a title; of none, that there are none."""
        kept = [[plain(cell) for cell in row] for row in rows]
        if not kept:
            self.say(f"{title}: none.")
            return
        # Too wide, its cells would be folded within words and ids: one line for each cell then.
        apart = len(heads) > 2 and _width(heads, kept) > self._console.width
        table = Table(
            title=Text(title, style="bold"),
            title_justify="left",
            box=box.SIMPLE_HEAD,
            expand=False,
            show_header=not apart,
        )
        for head in ("what", "said") if apart else heads:
            table.add_column(head, overflow="fold")
        for row in kept:
            if apart:
                for head, told in zip(heads, row, strict=True):
                    table.add_row(head, Text(told))
                table.add_row("", "")
            else:
                table.add_row(*map(Text, row))
        self._console.print(table)

    def facts(self, title: str, said: Mapping[str, object]) -> None:
        """Print what is known of one thing."""
        rows = [(words(name), cell(name, told)) for name, told in said.items()]
        self.table(title, ("what", "said"), rows)

    def records(
        self, title: str, records: Sequence[Mapping[str, Any]], fields: Sequence[str] = ()
    ) -> None:
        """Print records of one kind, their fields as columns: those named, else all."""
        heads = fields or list(dict.fromkeys(name for record in records for name in record))
        rows = [[cell(name, record.get(name)) for name in heads] for record in records]
        self.table(title, [words(head) for head in heads], rows)


def _width(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """Return how wide a table is whose cells are not folded."""
    return sum(2 + max(map(len, column)) for column in zip(heads, *rows, strict=True)) + 2


def cell(name: str, value: object) -> str:
    """Return a field's value as it is read: a moment, a word, a name, whom to ring."""
    if name in _MOMENTS and isinstance(value, int) and not isinstance(value, bool):
        return moment(value)
    if isinstance(value, Mapping):
        return _several(value)
    if isinstance(value, (list, tuple)):
        told = [cell(name, each) for each in value]
        return ("; " if any(isinstance(each, Mapping) for each in value) else ", ").join(
            told
        ) or _DASH
    if isinstance(value, str) and _CODE.fullmatch(value) and name not in _TYPED:
        return words(value)
    return plain(value)


def _several(value: Mapping[str, Any]) -> str:
    if "family_name" in value:
        parts = ("given_name", "middle_names", "family_name")
        return plain(" ".join(value[part] for part in parts if value.get(part)))
    if "opens" in value:
        return hours([value])
    if "team" in value and isinstance(value["team"], Mapping):
        return whom(value)
    told = {key: cell(key, each) for key, each in value.items()}
    return ", ".join(f"{words(key)}: {each}" for key, each in told.items()) or _DASH


def whom(contact: Mapping[str, Any]) -> str:
    """Return whom to ring: the team, and the person where one is named."""
    team, person = contact["team"], contact.get("person")
    duty = " (ask for duty)" if contact.get("ask_for_duty") else ""
    named = f"; {person['name']} {person.get('phone') or ''}".rstrip() if person else ""
    return plain(f"{team['name']} {team['phone']}{duty}{named}")
