"""What a search came to, here and in other authorities together, as its page says it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

NAMED_MAX: Final = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the page of an answer begins with.

    `elsewhere`: another authority shows a child or knows one. `crowded`: those where too many fit.
    """

    heading: str
    none_here: bool
    elsewhere: bool
    known: str
    crowded: str
    several: bool

    @property
    def nowhere(self) -> bool:
        """Whether no child is shown or known anywhere that was asked, for want of one that fits."""
        return self.none_here and not self.elsewhere and not self.crowded

    @property
    def dead_end(self) -> bool:
        """Whether there is nobody to ring but front doors."""
        return self.heading in (_NONE, _CROWDED)


_NONE: Final = "No child to show"
_CROWDED: Final = "Too many children fit to show them"
_HERE: Final = {"found": "One child found", "none": _NONE, "too_many": _CROWDED}
_HERE_TOO: Final = {"found": "one child found here", "too_many": "too many to show fit here"}


def outcome_of(found: Mapping[str, Any]) -> Outcome:
    """Return what an answer came to, its own part and every other authority's."""
    region: Mapping[str, Any] = found.get("region") or {}
    parts: Sequence[Mapping[str, Any]] = region.get("authorities") or ()
    showing = [part for part in parts if part["matches"]]
    shown = sum(len(part["matches"]) for part in showing)
    known = _named([part for part in parts if part["outcome"] == "known"])
    said = []
    if shown:
        what = "one child" if shown == 1 else f"{shown} children"
        said.append(f"{what} shown by {_named(showing)}")
    if known:
        said.append(f"a child like this is known to {known}")
    here = len(found["matches"])
    return Outcome(
        heading=_heading(found["outcome"], here, said),
        none_here=found["outcome"] == "none",
        elsewhere=bool(said),
        known=known,
        crowded=_named([part for part in parts if part["outcome"] == "too_many"]),
        several=here + shown > 1,
    )


def _heading(own: str, here: int, elsewhere: list[str]) -> str:
    if not elsewhere:
        return f"{here} children may be meant" if own == "several" else _HERE[own]
    first = f"{here} children found here" if own == "several" else _HERE_TOO.get(own)
    text = _listed([*([first] if first else []), *elsewhere])
    return text[0].upper() + text[1:]


def _named(parts: Sequence[Mapping[str, Any]]) -> str:
    names = [part["title"] for part in parts]
    return _listed(names) if len(names) <= NAMED_MAX else f"{len(names)} other authorities"


def _listed(said: Sequence[str]) -> str:
    """Return several things as a sentence lists them."""
    return " and ".join(filter(None, (", ".join(said[:-1]), *said[-1:])))
