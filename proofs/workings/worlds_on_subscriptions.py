"""Probes of subscriptions: of the hidden child, of nobody, ended by others, listed by owners."""

from proofs.workings.worlds_people import PRACTITIONERS, THERAPIST
from proofs.workings.worlds_probes import CARE, NO_WHY, Aim, Probe, Scene, asks

_WORKERS = (*PRACTITIONERS, THERAPIST)
_ALL = "/v1/subscriptions"


@asks("subscribe", by=_WORKERS)
def subscribe(aim: Aim, who: str | None) -> Scene:
    """Subscribe, twice by one key, see one's own, end it and end it again."""
    label, once = aim.label(), aim.once()
    body = {"child_id": aim.child_id(), "reference": "PROBE/77"}
    first = Probe("subscribe", who, "POST", _ALL, body, CARE, once, label)
    mine = Probe("readSubscriptions", who, "GET", _ALL, why=NO_WHY)
    ended = Probe("endSubscription", who, "DELETE", f"{_ALL}/«{label}.id»", why=NO_WHY)
    return [first, first, mine, ended, ended][: aim.chance.randrange(1, 6)]


@asks("readSubscriptions", by=_WORKERS)
def mine(aim: Aim, who: str | None) -> Scene:
    """Ask for one's own, with a cursor made up, too."""
    cursor = aim.chance.choice(["", f"?cursor={'A' * 120}"])
    return [Probe("readSubscriptions", who, "GET", _ALL + cursor, why=NO_WHY)]


@asks("endSubscription", by=_WORKERS)
def end(aim: Aim, who: str | None) -> Scene:
    """End one that is not there, or the hidden child's, by its id."""
    path = f"{_ALL}/{aim.chance.choice([aim.child_id(), aim.id_of('no')])}"
    return [Probe("endSubscription", who, "DELETE", path, why=NO_WHY)]
