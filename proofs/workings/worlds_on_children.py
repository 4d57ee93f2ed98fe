"""Probes of child records: create, read, amend."""

from typing import Any

from proofs.workings.worlds_people import PRACTITIONERS, TEAM
from proofs.workings.worlds_probes import RECORD, Aim, Probe, Scene, asks

_WRITERS = ("social_worker", "colleague")
_READERS = (*PRACTITIONERS, TEAM)


@asks("readChild", by=_READERS)
def read(aim: Aim, who: str | None) -> Scene:
    """Read by id: the hidden one's, another's, nobody's; twice, so that tags are compared."""
    path = f"/v1/children/{aim.child_id()}"
    return [Probe("readChild", who, "GET", path) for _ in range(aim.chance.randrange(1, 3))]


@asks("createChild", by=_WRITERS)
def create_another(aim: Aim, who: str | None) -> Scene:
    """Record a child who resembles nobody, send it again, and again with another body."""
    child, once, label = aim.child().stated(), aim.once(), aim.label()
    first = Probe("createChild", who, "POST", "/v1/children", child, RECORD, once, label)
    other = Probe("createChild", who, "POST", "/v1/children", aim.child().stated(), RECORD, once)
    read_it = Probe("readChild", who, "GET", f"/v1/children/«{label}.id»")
    return [first, first, other, read_it][: aim.chance.randrange(1, 5)]


@asks("createChild", by=_WRITERS, places=True)
def create_twin(aim: Aim, who: str | None) -> Scene:
    """Record a child made of the hidden facts; its maker may hear that it is not released."""
    child, label = aim.child().stated() | aim.secret.record, aim.label()
    path = f"/v1/children/«{label}.id»"
    waits = aim.secret.waits
    return [
        Probe("createChild", who, "POST", "/v1/children", child, RECORD, aim.once(), label),
        Probe("readChild", who, "GET", path, declared=waits),
    ]


def _read_and_amend(
    aim: Aim, who: str | None, child_id: str, facts: Any, declared: bool = False
) -> Scene:
    path, label = f"/v1/children/{child_id}", aim.label()
    tag = {"If-Match": f"«{label}.etag»"}
    return [
        Probe("readChild", who, "GET", path, keeps=label),
        Probe("amendChild", who, "PATCH", path, facts, RECORD, tag),
        Probe("readChild", who, "GET", path, declared=declared),
    ]


@asks("amendChild", by=_WRITERS)
def amend(aim: Aim, who: str | None) -> Scene:
    """Amend by the tag one read, by one made up, by none."""
    child_id = aim.child_id() if aim.chance.random() < 0.5 else aim.visible()[0]
    path, phone = f"/v1/children/{child_id}", f"+441632960{aim.chance.randrange(200, 999)}"
    facts = {"practice": {"ods": "Z99998", "name": "Made Up Practice", "phone": phone}}
    facts["practice"]["since"] = "2024-01-08"
    if aim.chance.random() < 0.5:
        return _read_and_amend(aim, who, child_id, facts)
    tag = aim.chance.choice([{"If-Match": f'"{"x" * 22}"'}, {}, {"If-Match": "*"}])
    return [Probe("amendChild", who, "PATCH", path, facts, RECORD, tag)]


@asks("amendChild", by=_WRITERS, places=True)
def amend_into(aim: Aim, who: str | None) -> Scene:
    """Put the hidden facts on a child of one's own making."""
    label, waits = aim.label(), aim.secret.waits
    change = aim.chance.choice(aim.secret.changes or ({"gender": "male"},))
    made = Probe(
        "createChild", who, "POST", "/v1/children", aim.child().stated(), RECORD, aim.once(), label
    )
    return [made, *_read_and_amend(aim, who, f"«{label}.id»", change, declared=waits)]
