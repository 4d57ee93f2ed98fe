"""Probes of feeds: what suppliers send and hear, and what waits for the team."""

import hashlib
import json
from base64 import b64encode
from collections.abc import Mapping

from proofs.workings.worlds_people import SUPPLIERS, TEAM
from proofs.workings.worlds_probes import NO_WHY, Aim, Probe, Scene, Stated, asks

SOURCE = {"schools_feed": "schools", "health_feed": "child-health"}
BIG_BATCH = "stage-big"
_BATCHES = ("stage", "stage-big", "nobodys")


def batch(who: str | None, path: str, lines: list[Stated]) -> Probe:
    """Return the request that sends a batch."""
    body = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    digest = b64encode(hashlib.sha256(body).digest()).decode()
    headers = {
        "Content-Type": "application/x-ndjson",
        "Content-Digest": f"sha-256=:{digest}:",
    }
    return Probe("supplyBatch", who, "PUT", path, body, NO_WHY, headers)


def child_line(ref: str, as_of: str, child: Stated) -> Stated:
    """Return a supplier's line about a child."""
    return {"kind": "child", "reference": ref, "as_of": as_of, "child": child}


def _own(who: str | None) -> str:
    return SOURCE.get(who or "", "schools")


def _sent(aim: Aim, who: str | None, children: list[Mapping[str, object]]) -> Scene:
    source, name = _own(who), aim.key()
    lines: list[Stated] = []
    for child in children:
        ref = aim.label().replace("made", "C")
        lines.append(child_line(ref, aim.stage.day(1), dict(child)))
        lines.append(
            {
                "kind": "involvement",
                "verb": "begin",
                "reference": ref.replace("C", "I"),
                "child_reference": ref,
                "as_of": aim.stage.day(1),
                "service": "school",
                "team_name": "Northmere Primary Office",
                "team_phone": "+441632960155",
                "began": aim.stage.day(90),
            }
        )
    lines.append({"kind": "child", "reference": "!", "as_of": aim.stage.day(1)})
    path = f"/v1/feeds/{source}/batches/{name}"
    first = batch(who, path, lines)
    status = Probe("readBatch", who, "GET", path, why=NO_WHY)
    results = Probe("readBatchLines", who, "GET", f"{path}/lines", why=NO_WHY)
    return [first, first, status, results][: aim.chance.randrange(1, 5)]


@asks("supplyBatch", by=SUPPLIERS)
def supply(aim: Aim, who: str | None) -> Scene:
    """Send lines about children who resemble nobody, once or twice, and hear of them."""
    return _sent(aim, who, [aim.child().stated() for _ in range(aim.chance.randrange(1, 3))])


@asks("supplyBatch", by=SUPPLIERS, places=True)
def supply_twin(aim: Aim, who: str | None) -> Scene:
    """Send the hidden facts as a supplier would: as a line of one's own, and to change one."""
    change = aim.chance.choice(aim.secret.changes or ({"gender": "male"},))
    another = aim.child().stated()
    return _sent(aim, who, [aim.child().stated() | aim.secret.record, another, another | change])


@asks("readBatch", by=SUPPLIERS)
def status(aim: Aim, who: str | None) -> Scene:
    """Ask how far a batch has come: one's own, another's, nobody's."""
    path = f"/v1/feeds/{_own(who)}/batches/{aim.chance.choice(_BATCHES)}"
    return [Probe("readBatch", who, "GET", path, why=NO_WHY)]


@asks("readBatches", by=SUPPLIERS)
def batches(_: Aim, who: str | None) -> Scene:
    """Ask which batches one has sent."""
    return [Probe("readBatches", who, "GET", "/v1/feeds/batches", why=NO_WHY)]


@asks("readBatchLines", by=SUPPLIERS)
def results(aim: Aim, who: str | None) -> Scene:
    """Ask which lines were invalid; with a cursor made up, too."""
    path = f"/v1/feeds/{_own(who)}/batches/{aim.chance.choice(_BATCHES)}/lines"
    cursor = aim.chance.choice(["", f"?cursor={'A' * 120}"])
    return [Probe("readBatchLines", who, "GET", path + cursor, why=NO_WHY)]


@asks("readBatchLines", by=("schools_feed",))
def pages(aim: Aim, who: str | None) -> Scene:
    """Go on where the page before ended, as its reader and as another."""
    path, label = f"/v1/feeds/schools/batches/{BIG_BATCH}/lines", aim.label()
    if who not in SUPPLIERS or aim.chance.random() < 0.8:
        return [Probe("readBatchLines", who, "GET", path, why=NO_WHY, keeps=label)]
    following = f"{path}?cursor=«{label}.next»"
    return [
        Probe("readBatchLines", who, "GET", path, why=NO_WHY, keeps=label),
        Probe("readBatchLines", who, "GET", following, why=NO_WHY),
        Probe("readBatchLines", "health_feed", "GET", following, why=NO_WHY),
    ]


@asks("readHolds", by=(TEAM,))
def holds(aim: Aim, who: str | None) -> Scene:
    """Ask what waits, as the team or somebody who may not."""
    path = "/v1/holds" + aim.chance.choice(["", f"?cursor={'A' * 120}"])
    return [Probe("readHolds", who, "GET", path, why=NO_WHY)]
