"""One fact in which two worlds differ, for whom it is inside F, and what they must be shown."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from proofs.workings.worlds_arrivals import Inside
from proofs.workings.worlds_probes import Secret, Stage
from proofs.workings.worlds_stage import Hand

Apply = Callable[[Hand, Stage], Awaitable[Secret]]


@dataclass(frozen=True, slots=True)
class Flip:
    """One fact of one world, told by a hand that knows the keys.

    `insiders`: for whom it is inside F, so that the worlds differ to them. `inside`: what
    they ask, which must arrive in the world that has it and differ from the other world's
    answer, or nothing was compared. `elsewhere`: the insiders are of another authority.
    """

    name: str
    insiders: tuple[str, ...]
    apply: Apply
    inside: Inside
    elsewhere: bool = False


FLIPS: list[Flip] = []


def flips(
    insiders: tuple[str, ...], inside: Inside, *, elsewhere: bool = False
) -> Callable[[Apply], Apply]:
    """Register a flip under the name of the function that applies it."""

    def register(apply: Apply) -> Apply:
        FLIPS.append(Flip(apply.__name__, insiders, apply, inside, elsewhere))
        return apply

    return register
