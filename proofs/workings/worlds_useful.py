"""The other half of the table: what every role gets in every world, whatever is hidden."""

from collections.abc import Iterator

from proofs.workings.worlds_arrivals import Arrival, finding, reading, within
from proofs.workings.worlds_people import CASE_SYSTEM, PRACTITIONERS, TEAM, THERAPIST
from proofs.workings.worlds_probes import NO_WHY, Probe, Stage, Stated
from proofs.workings.worlds_stage import whole


def everywhere(stage: Stage) -> Iterator[Arrival]:
    """Yield what each role gets in every world, however it is flipped elsewhere."""
    child_id, child = stage.children["plain-3"], stage.facts["plain-3"]
    said = whole(child)
    for who in (*PRACTITIONERS, THERAPIST):
        yield from _of_a_plain_child(who, child_id, said)
        place = {"postcode": child.postcode, "house": "4"}
        yield finding("found by name and day", who, child.question(), child_id)
        yield finding("found by address", who, {**child.question(), **place}, child_id)
        shielded = stage.facts["shielded too"]
        own = stage.children["shielded too"]
        yield finding("shielded: found by what is shown", who, shielded.question(), own)
        yield reading("shielded: is restricted", who, own, lambda one: one["restricted"] is True)
        yield Arrival(
            "front doors and broker line",
            who,
            Probe("readAgencies", who, "GET", "/v1/agencies", why=NO_WHY),
            lambda said: len(said["agencies"]) > 0,
        )
    for who in ("social_worker", "health_visitor"):
        asked = {"nhs_number": child.nhs_number}
        yield finding("found by NHS number", who, asked, child_id)
    yield finding("found by pupil number", "teacher", {"upn": child.upn}, child_id)
    certain = {**child.question(), "nhs_number": child.nhs_number}
    yield finding("one certain match", CASE_SYSTEM, certain, child_id)
    own = stage.children["shielded too"]
    yield reading(
        "shielded: own involvement", "teacher", own, lambda one: len(one["involvements"]) == 1
    )
    yield from _of_other_roles(stage)


def _of_a_plain_child(who: str, child_id: str, said: Stated) -> Iterator[Arrival]:
    yield reading("name", who, child_id, lambda one: within(said["name"], one["name"]))
    yield reading("address", who, child_id, lambda one: within(said["address"], one["address"]))
    yield reading(
        "carer's number",
        who,
        child_id,
        lambda one: one["carer_contacts"][0]["phone"] == said["carers"][0]["phone"],
    )
    yield reading(
        "school", who, child_id, lambda one: within(said["school"], one["settings"]["school"])
    )
    yield reading(
        "practice",
        who,
        child_id,
        lambda one: within(said["practice"], one["settings"]["practice"]),
    )
    yield reading(
        "who else works with the child",
        who,
        child_id,
        lambda one: {"social_care", "school"} <= {each["service"] for each in one["involvements"]},
    )
    yield reading("assessment held", who, child_id, lambda one: one["assessment"] is not None)
    yield reading("who leads", who, child_id, lambda one: one["lead_professional"] is not None)


def _of_other_roles(stage: Stage) -> Iterator[Arrival]:
    path = "/v1/feeds/schools/batches/stage"
    batch = Probe("readBatch", "schools_feed", "GET", path, why=NO_WHY)
    yield Arrival("own batch", "schools_feed", batch, lambda said: said["accepted"] == 1)
    lines = Probe("readBatchLines", "schools_feed", "GET", f"{path}/lines", why=NO_WHY)
    yield Arrival("own invalid lines", "schools_feed", lines, lambda said: len(said["lines"]) == 1)
    for who in ("auditor", "lapsed_nurse"):
        probe = Probe("readMe", who, "GET", "/v1/me", why=NO_WHY)
        yield Arrival("what stands in one's way", who, probe, lambda said: "role" in said)
    held = stage.children["held"]
    yield reading("held", TEAM, held, lambda one: one["restriction"]["held"] is True)
    holds = Probe("readHolds", TEAM, "GET", "/v1/holds", why=NO_WHY)
    yield Arrival(
        "what waits", TEAM, holds, lambda said: held in [one["child_id"] for one in said["holds"]]
    )
    yield reading(
        "provenance", TEAM, stage.children["plain-3"], lambda one: "address" in one["provenance"]
    )
