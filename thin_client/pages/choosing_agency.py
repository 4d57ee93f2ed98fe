"""Choosing an agency by a part of its name, however many there are."""

from typing import Any, Final

from thin_client.asking import Visit, doors_of
from thin_client.forms import Form

OFFERED_MAX: Final = 20


async def agency_of(visit: Visit, form: Form, needed: str) -> tuple[str | None, dict[str, str]]:
    """Return the id of the agency meant, or None; and those to choose from where several fit."""
    known = {each["agency_id"]: each["agency"] for each in await doors_of(visit)}
    typed = form.text("agency", chars_max=60)
    fitting = _fitting(known, typed or "")
    chosen = form.value("agency_id")
    if chosen in fitting:
        return chosen, fitting
    if not typed:
        form.fault("agency", needed)
        return None, {}
    if len(fitting) == 1:
        return next(iter(fitting)), {}
    if not fitting:
        form.fault("agency", "No agency of this authority has a name like this")
        return None, {}
    if len(fitting) > OFFERED_MAX:
        form.fault("agency", "Many agencies have a name like this: give more of it")
        return None, {}
    form.fault("agency_id", "Choose which of these is meant")
    return None, fitting


def _fitting(known: dict[str, str], typed: str) -> dict[str, str]:
    """Return the agencies whose name holds every word typed; one of just that name alone."""
    words = typed.casefold().split()
    if not words:
        return {}
    whole = {id_: name for id_, name in known.items() if name.casefold() == " ".join(words)}
    part = {
        id_: name for id_, name in known.items() if all(each in name.casefold() for each in words)
    }
    return whole if len(whole) == 1 else dict(sorted(part.items(), key=_by_name))


def _by_name(named: tuple[str, str]) -> Any:
    return named[1].casefold(), named[0]
