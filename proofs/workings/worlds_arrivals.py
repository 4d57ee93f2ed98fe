"""What is inside F for somebody: how it is asked for, and whether it came."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from proofs.workings.worlds_people import TEAM
from proofs.workings.worlds_probes import CARE, KEEP, Probe, Secret, Stage, Stated, Why
from proofs.workings.worlds_running import Seen

TEAMS = (TEAM, "second_manager")
Holds = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Arrival:
    """One fact inside F for somebody; `holds` is asked of the answer."""

    fact: str
    who: str
    probe: Probe
    holds: Holds

    def came(self, seen: Seen) -> bool:
        """Whether an answer holds it."""
        said = seen.json() if seen.status == 200 else None
        try:
            return said is not None and self.holds(said)
        except (KeyError, IndexError, TypeError):
            return False  # the part is not there at all


Inside = Callable[[Stage, Secret], Iterable[Arrival]]


def why_of(who: str) -> Why:
    """Return what somebody states by habit."""
    return KEEP if who in TEAMS else CARE


def reading(fact: str, who: str, child_id: str, holds: Holds) -> Arrival:
    """Expect something of a record that is read; `holds` is asked of the child shown."""
    probe = Probe("readChild", who, "GET", f"/v1/children/{child_id}", why=why_of(who))
    return Arrival(fact, who, probe, lambda said: holds(said["child"]))


def finding(fact: str, who: str, asked: Stated, child_id: str) -> Arrival:
    """Expect a lookup to lead to a child."""
    probe = Probe("lookUpChild", who, "POST", "/v1/lookups", asked, why_of(who))
    return Arrival(
        fact,
        who,
        probe,
        lambda said: child_id in [one["child"]["child_id"] for one in said["matches"]],
    )


def within(stated: Stated, shown: Stated) -> bool:
    """Whether all that was stated is shown so, where it is shown."""
    return all(shown[name] == value for name, value in stated.items() if name in shown)
