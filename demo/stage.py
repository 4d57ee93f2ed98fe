"""What every step of the story shares: the index, the children, and how a step is told."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from demo.asking import Answer, Speaker, expect
from demo.boroughs import Boroughs
from demo.population import Child, Population
from demo.running import Running
from demo.telling import columns, say, told
from demo.towns import NORTHMERE

HEX_SHOWN = 8


@dataclass(slots=True)
class Stage:
    """The running indexes and their populations, and the ids the story has come by."""

    running: Running
    boroughs: Boroughs
    ids: dict[str, str] = field(default_factory=dict)
    told: int = 0

    @property
    def population(self) -> Population:
        """The children of Northmere, where most of the story plays."""
        return self.boroughs.towns[NORTHMERE]

    def step(self, title: str) -> None:
        """Begin the next step."""
        self.told += 1
        say(f"\n {self.told:>2}  {title}")

    def asks(self, speaker: Speaker, what: str, why: str = "") -> None:
        """Say who asks, why (what the speaker states, unless told), and what."""
        told("who", speaker.who)
        told("why", why or speaker.why)
        told("asks", what)

    async def shown(self, answer: Answer, *lines: str, further: Iterable[str] = ()) -> None:
        """Say what an answer showed, and that its entry stands in the log.

        `further` are receipts of other answers the lines speak of.
        """
        told("shown", *lines)
        lines = ()
        for receipt in (answer.receipt, *further):
            borough = self.running.giver(receipt)
            facts = await borough.log.standing(receipt)
            entry, leaf = facts.entry_id.hex[:HEX_SHOWN], facts.leaf.hex()[:HEX_SHOWN]
            stands = "stands" if borough is self.running.home else f"stands in {borough.town.title}"
            lines += (f"receipt {receipt[:11]}…  entry {entry}…  leaf {leaf}…  {stands}",)
        told("log", *lines)

    def entry_of(self, answer: Answer) -> str:
        """Return the id of the entry an answer stands on, as its receipt says."""
        log = self.running.giver(answer.receipt).log
        return str(log.promised(answer.receipt).entry_id)


def question(child: Child, **instead: str) -> dict[str, str]:
    """Return a lookup by name and date of birth; `instead` takes the place of facts."""
    known = {
        "given_name": child.given,
        "family_name": child.family,
        "date_of_birth": child.born.isoformat(),
    }
    return known | instead


def named(shown: dict[str, Any]) -> str:
    """Return the name and date of birth of a child as an answer shows them."""
    name = shown["name"]
    return f"{name['given_name']} {name['family_name']}, born {shown['date_of_birth']}"


def agreed(match: dict[str, Any]) -> str:
    """Return why a match is one, without what was not compared."""
    silent = ("missing", "not_compared")
    levels = (each for each in match["why"] if each["level"] not in silent)
    return ", ".join(f"{each['field']} {each['level']}" for each in levels)


def to_ring(involvements: Iterable[dict[str, Any]]) -> list[str]:
    """Return whom to ring, one line for each involvement, aligned."""
    rows = [_row(each["service"], each["contact"]) for each in involvements]
    return columns(rows) if rows else ["(no involvement shown)"]


def _row(service: str, contact: dict[str, Any]) -> tuple[str, ...]:
    team, person = contact["team"], contact["person"]
    return (
        service,
        team["name"],
        team["phone"],
        hours(team["hours"]),
        person["name"] if person else "ask for duty",
    )


def hours(lines: list[dict[str, Any]]) -> str:
    """Return hours in short."""
    return "; ".join(
        f"{line['days'][0]}-{line['days'][-1]} {line['opens']}-{line['closes']}" for line in lines
    )


def refused(answer: Answer, status: int, code: str) -> None:
    """Go on if an answer is this refusal."""
    expect(
        (answer.status, answer.code) == (status, code),
        f"{status} {code}",
        answer.status,
        answer.code,
    )
