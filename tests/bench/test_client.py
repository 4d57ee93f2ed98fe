"""The bench of the pages: what it calls reached, in time and light, and that each can be missed."""

from dataclasses import dataclass, field

from bench.client import figures, met
from bench.parts.client_tasks import DEAD_ENDS, KINDS


@dataclass
class Came:
    """A task as it may have gone."""

    whole_s: float = 40.0
    to_login_s: float = 12.0
    screens: int = 2
    reached: bool = True
    weight: int = 50_000
    own_ms: list[float] = field(default_factory=lambda: [4.0, 6.0])
    queue_ms: list[float] = field(default_factory=lambda: [0.0, 0.0])
    index_ms: list[float] = field(default_factory=lambda: [20.0])
    cpu_ms: list[float] = field(default_factory=lambda: [4.0])


def missed(*worse: Came) -> set[str]:
    """Return which targets a run of twenty misses when these stand in for some of it."""
    came = [*worse, *(Came() for _ in range(20 - len(worse)))]
    return {name for name, is_met in met(figures(came)).items() if not is_met}


def test_every_target_can_be_missed() -> None:
    assert missed() == set()
    assert missed(Came(reached=False)) == set()
    assert missed(Came(reached=False), Came(reached=False)) == {"reached"}
    assert missed(Came(whole_s=61.0), Came(screens=3)) == {"in time"}
    assert missed(Came(weight=250_001)) == {"weight"}
    assert missed(*(Came(own_ms=[50.1, 50.1]) for _ in range(2))) == {"own time"}
    waited = [Came(own_ms=[90.0, 90.0], queue_ms=[90.0, 90.0]) for _ in range(2)]
    assert missed(*waited) == {"own time"}  # whatever it waited for


def test_there_are_twenty_tasks_and_most_end_at_a_services_own_number() -> None:
    assert sum(KINDS.values()) == 20
    assert sum(KINDS[kind] for kind in DEAD_ENDS) < 5
