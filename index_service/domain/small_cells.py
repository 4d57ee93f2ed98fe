"""Counts fit to be passed on: small cells left out, and whatever would give them away."""

from collections.abc import Mapping
from typing import TypeVar

SMALL = 5

_Cell = TypeVar("_Cell")


def without_small_cells(counts: Mapping[_Cell, int], total: int) -> dict[_Cell, int | None]:
    """Return counts with None for every one below 5 and for as many more as hide those.

    Whoever knows the total must find neither one cell missing alone nor a missing sum below
    5; a total that is small itself hides every cell.
    """
    hidden = {cell for cell, count in counts.items() if count < SMALL or total < SMALL}
    rest = sorted((cell for cell in counts if cell not in hidden), key=lambda cell: counts[cell])
    while rest and hidden and sum(counts[each] for each in hidden) < SMALL:
        hidden.add(rest.pop(0))
    return {cell: None if cell in hidden else count for cell, count in counts.items()}


def shown_total(total: int) -> int | None:
    """Return a total, or None where it is small."""
    return total if total >= SMALL else None
