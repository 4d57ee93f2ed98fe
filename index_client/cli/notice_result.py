"""The result of a coming-to-notice run: for each child known or not, and whom to ring.

It names no child: a row is found again by its line and the report's number. What a cell
holds is made harmless for a spreadsheet, where a text beginning with = would be computed.
"""

import csv
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from index_client.cli.faults import Wrong
from index_client.cli.notice_lines import NoticeLine
from index_client.cli.shown import contacts
from index_client.cli.tables import hours, plain, words
from index_client.receipts import entry_id_of

Said = Mapping[str, Any]
HEADING = (
    "line",
    "reference",
    "result",
    "common_assessment",
    "ring",
    "agency",
    "team",
    "phone",
    "hours",
    "also_involved",
    "asked",
    "not_telling",
    "no_answer_from",
    "code",
    "entry",
)
_RING = ("ring", "agency", "team", "phone", "hours")
_SURE = ("certain", "probable")
_FIRST_DOOR = "social_care"


class ResultFile:
    """A file for the result, made before anything is asked and in place only when it is whole.

    It is for its maker alone (0600), and lies beside its place under another name until then.
    """

    def __init__(self, path: Path) -> None:
        """Take the place; Wrong if something is there, or nothing can be written there."""
        self._path = path
        self._new = path.with_name(f".{path.name}.{uuid4().hex}")
        if path.exists() or path.is_symlink():
            raise Wrong("The result's file is there already: name another. Nothing was asked.")
        try:
            opened = os.open(self._new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError:
            raise Wrong("The result cannot be written there. Nothing was asked.") from None
        self._file = os.fdopen(opened, "w", encoding="utf-8", newline="")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        self._file.close()
        with suppress(FileNotFoundError):
            self._new.unlink()

    def put(self, rows: Iterable[Sequence[object]]) -> None:
        """Write the rows below the heading, and put the file in its place."""
        writer = csv.writer(self._file)
        writer.writerow(HEADING)
        writer.writerows([_harmless(cell) for cell in row] for row in rows)
        self._file.flush()
        os.fsync(self._file.fileno())
        try:
            os.link(self._new, self._path)  # unlike a renaming it overwrites nothing
        except FileExistsError:
            raise Wrong("Something has come to be in the result's place: not replaced.") from None
        except OSError:  # a file system without links: it was free when the run began
            self._new.replace(self._path)


def row_of(line: NoticeLine, told: Said, across: str) -> list[object]:
    """Return a child's row of the result, in the heading's order."""
    row: dict[str, object] = {
        "line": line.number,
        "reference": line.reference,
        "result": "not_answered",
        "asked": across,
        "code": told["code"],
        "entry": entry_id_of(told["receipt"]),
    }
    if told["answer"] is not None:
        row |= _answered(told["answer"])
    return [row.get(name) or "" for name in HEADING]


def _answered(answer: Said) -> dict[str, object]:
    known, assessed, ring, others = _summary(answer)
    region = answer.get("region") or {"authorities": []}
    missing = [each["title"] for each in region["authorities"] if each["state"] == "unreachable"]
    silent = [words(each["agency_kind"]) for each in answer["coverage"] if not each["feeds"]]
    return {
        "result": known,
        "common_assessment": assessed,
        **dict(zip(_RING, ring, strict=True)),
        "also_involved": "; ".join(others),
        "not_telling": "; ".join(silent),
        "no_answer_from": "; ".join(missing),
    }


def _summary(answer: Said) -> tuple[str, str, list[str], list[str]]:
    """Return known or not, assessed or not, whom to ring first, and who else is involved."""
    surely = [each for each in answer["matches"] if each["grade"] in _SURE]
    if answer["outcome"] == "found" and surely:
        return _known("known", surely[0]["child"], answer)
    if answer["outcome"] == "too_many":
        return "too_many", "not_told", _door(answer), []
    if answer["matches"]:  # which of them it is, a person must say
        return "possible", "not_told", _door(answer), []
    for authority in (answer.get("region") or {"authorities": ()})["authorities"]:
        sure = [each for each in authority["matches"] if each["grade"] in _SURE]
        if len(authority["matches"]) == 1 and sure:
            return _known("known_elsewhere", sure[0]["child"], answer, authority)
        if authority["outcome"] is not None:
            what = {"known": "known_elsewhere", "shown": "possible"}
            found = what.get(authority["outcome"], authority["outcome"])
            return found, "not_told", _peer_door(authority) or _door(answer), []
    return "nothing_found", "not_told", _door(answer), []


def _known(
    what: str, child: Said, answer: Said, authority: Said | None = None
) -> tuple[str, str, list[str], list[str]]:
    held = child.get("assessment")
    assessed = "none_told" if not held else ("closed" if held.get("closed") else "yes")
    found = contacts(child)
    reached = [each for each in found if each[2] is not None and "(ceased)" not in each[0]]
    others = [_ringing(*each) for each in found if each not in reached[:1]]
    ring = _contact(*reached[0]) if reached else (authority and _peer_door(authority))
    # Who works with a child of a restricted record, the team says that keeps the index.
    if not ring and (child.get("contact_can_be_brokered") or child.get("restricted")):
        ring = _broker(answer)
    return what, assessed, ring or _door(answer), [" ".join(filter(None, each)) for each in others]


def _ringing(what: str, agency: str, contact: Said | None) -> list[str]:
    return _contact(what, agency, contact) if contact else [what, agency]


def _contact(what: str, agency: str, contact: Said | None) -> list[str]:
    team: Said = contact["team"] if contact else {"name": "", "phone": "", "hours": []}
    duty = " (ask for duty)" if contact and contact.get("ask_for_duty") else ""
    answered = hours(team.get("hours") or ())
    return [what, agency, team["name"], f"{_phone(team['phone'])}{duty}", answered]


def _door(answer: Said) -> list[str]:
    """The front door of social care where there is one; else the broker line, or any door."""
    doors = sorted(answer["front_doors"], key=lambda door: door["agency_kind"] != _FIRST_DOOR)
    if doors and (doors[0]["agency_kind"] == _FIRST_DOOR or not answer["broker"]):
        return _line("front door", doors[0])
    return _broker(answer)


def _broker(answer: Said) -> list[str]:
    broker = answer["broker"]
    if broker is None:
        return [""] * len(_RING)
    return _line("broker line", broker)


def _line(what: str, door: Said) -> list[str]:
    return [what, door["agency"], "", _phone(door["duty_phone"]), hours(door["hours"])]


def _peer_door(authority: Said) -> list[str] | None:
    door = authority["front_door"]
    if door is None:
        return None
    return ["front door", authority["title"], door["name"], _phone(door["phone"]), ""]


def _phone(number: str) -> str:
    """As it is dialled here: a leading + would be the beginning of a sum."""
    return number.replace("+44", "0", 1) if number.startswith("+44") else number.replace("+", "00")


def _harmless(cell: object) -> str:
    text = "" if cell is None else plain(cell)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text
