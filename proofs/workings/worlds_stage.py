"""What is there in both worlds before they differ: children, feeds, shields, involvements."""

from dataclasses import dataclass
from itertools import count
from typing import Any

from demo.personas import SCHOOLS
from proofs.workings.crowd import Child
from proofs.workings.worlds_on_feeds import BIG_BATCH, batch, child_line
from proofs.workings.worlds_people import FAMILIES, PRACTITIONERS
from proofs.workings.worlds_probes import (
    CARE,
    CONTACT,
    KEEP,
    RECORD,
    SHIELDING,
    Probe,
    Stage,
    Stated,
    Why,
)
from proofs.workings.worlds_running import Grounds, Seen, World

NAMED: Stated = {"name": "Berit Solane"}
INVALID_LINES = 1001  # one more than a page shows
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Hand:
    """Does in one world what its people do, and insists that it is done."""

    grounds: Grounds
    world: World

    async def ask(self, probe: Probe) -> Seen:
        """Ask this world alone."""
        self.grounds.clock.move()
        return await self.world.answer(probe.request(self.grounds, 10**11 + next(_numbers)))

    async def do(self, probe: Probe) -> Any:
        """Ask, and return what was answered: a refusal here is a defect of the stage."""
        seen = await self.ask(probe)
        if seen.status >= 300:
            raise RuntimeError(f"{probe.operation} by {probe.who}: {seen.status} {seen.body!r}")
        return seen.json()

    async def create(self, facts: Stated, who: str = "social_worker") -> str:
        """Record a child; return its id."""
        why = KEEP if who == "manager" else RECORD
        once = {"Idempotency-Key": f"hand-of-the-proof-{next(_numbers):06d}"}
        made = await self.do(Probe("createChild", who, "POST", "/v1/children", facts, why, once))
        return str(made["id"])

    async def amend(self, child_id: str, **facts: Any) -> None:
        """Amend a record as the management team."""
        path = f"/v1/children/{child_id}"
        read = await self.ask(Probe("readChild", "manager", "GET", path, why=KEEP))
        tag = {"If-Match": read.header("etag")}
        await self.do(Probe("amendChild", "manager", "PATCH", path, facts, KEEP, tag))

    async def begin(self, who: str, child_id: str, **differs: Any) -> str:
        """Begin an involvement; return its id."""
        said = {"service": "school", "contact": CONTACT, "began": "2024-02-05", **differs}
        return await self.made(who, f"/v1/children/{child_id}/involvements", said)

    async def made(self, who: str, path: str, said: Stated, why: Why = CARE) -> str:
        """Make something at a path; return its id."""
        once = {"Idempotency-Key": f"hand-of-the-proof-{next(_numbers):06d}"}
        return str((await self.do(Probe("make", who, "POST", path, said, why, once)))["id"])

    async def shield(self, child_id: str, ground: str = "domestic_abuse") -> str:
        """Shield a child; return the shield's id."""
        review = f"{self.grounds.clock.today().year + 1}-01-01"
        said = {"ground": ground, "asked_by": "practitioner", "review": review}
        return await self.made("manager", f"/v1/children/{child_id}/shield", said, SHIELDING)


async def staged(hand: Hand) -> Stage:
    """Make what both worlds share, by the stories themselves."""
    stage = Stage(hand.grounds.clock.today())
    for number in range(5):
        await _plain(hand, stage, f"plain-{number}")
    await _twins(hand, stage)
    await _refused(hand, stage)
    await _shielded(hand, stage)
    await _held(hand, stage)
    await _contact_shielded(hand, stage)
    await _to_hand_over_to(hand, stage)
    await _fed(hand, stage)
    return stage


async def _plain(hand: Hand, stage: Stage, name: str, **differs: Any) -> None:
    child = next(stage.people)
    child_id = await hand.create(whole(child) | differs)
    stage.children[name], stage.facts[name] = child_id, child
    for who, service in (("social_worker", "social_care"), ("teacher", "school")):
        made = await hand.begin(who, child_id, service=service)
        stage.ids[f"involvement of {name} by {who}"] = made
    said = {"contact": CONTACT, "held_since": stage.day(20)}
    path = f"/v1/children/{child_id}"
    await hand.do(Probe("holdAssessment", "teacher", "PUT", f"{path}/assessment", said))
    said = {"contact": CONTACT, "since": stage.day(20)}
    await hand.do(Probe("nameLead", "social_worker", "PUT", f"{path}/lead-professional", said))


async def _twins(hand: Hand, stage: Stage) -> None:
    """Two visible children of one name and day, who live apart: equals stand side by side."""
    await _plain(hand, stage, "plain-twin")
    other = stage.facts["plain-twin"].stated()
    facts = next(stage.people).stated() | {n: other[n] for n in ("name", "date_of_birth")}
    stage.children["second twin"] = await hand.create(facts)


async def _refused(hand: Hand, stage: Stage) -> None:
    """A child of whom no assessment is held, and who refused to have one told."""
    stage.facts["bare"] = next(stage.people)
    stage.children["bare"] = child_id = await hand.create(stage.facts["bare"].stated())
    said = {"given_for": "caf", "state": "refused", "giver": "child"}
    said["understanding"] = "sufficient"
    path = f"/v1/children/{child_id}/consents"
    stage.ids["consent refused"] = await hand.made("health_visitor", path, said)


async def _shielded(hand: Hand, stage: Stage) -> None:
    for name in ("shielded", "shielded too"):
        child = next(stage.people)
        child_id = await hand.create(whole(child))
        stage.children[name], stage.facts[name] = child_id, child
        stage.ids[f"involvement of {name}"] = await hand.begin("teacher", child_id)
        stage.ids[f"shield of {name}"] = await hand.shield(child_id)


async def _held(hand: Hand, stage: Stage) -> None:
    facts = next(stage.people).stated()
    facts["nhs_number"] = stage.facts["shielded too"].nhs_number
    stage.children["held"] = await hand.create(facts)


async def _contact_shielded(hand: Hand, stage: Stage) -> None:
    """A practitioner whose own contact is shielded works with a child everybody may see."""
    said = {"agency_id": str(SCHOOLS.id), "name": NAMED["name"], "team": CONTACT["team"]}
    stage.ids["practitioner shielded"] = made = await hand.made(
        "manager", "/v1/practitioners", said, None
    )
    path, body = f"/v1/practitioners/{made}", {"contact_shielded": True}
    await hand.do(Probe("shieldContact", "manager", "PATCH", path, body, None))
    one = stage.ids["involvement of plain-1 by teacher"]
    contact = {**CONTACT, "person": {**NAMED, "phone": "+441632960997"}}
    path = f"/v1/involvements/{one}"
    await hand.do(Probe("amendInvolvement", "teacher", "PATCH", path, {"contact": contact}))


async def _to_hand_over_to(hand: Hand, stage: Stage) -> None:
    """The parent has a colleague, to whom their manager may give their involvements."""
    said = {"agency_id": str(FAMILIES.id), "name": "Sorrel Ashdown", "team": CONTACT["team"]}
    stage.ids["taker"] = await hand.made("manager", "/v1/practitioners", said, None)


async def _fed(hand: Hand, stage: Stage) -> None:
    child = next(stage.people)
    stage.facts["plain-fed"] = child
    path = "/v1/feeds/schools/batches/stage"
    lines = [child_line("C-stage", stage.day(2), child.stated()), {"kind": "nothing"}]
    await hand.do(batch("schools_feed", path, lines))
    path = f"/v1/feeds/schools/batches/{BIG_BATCH}"
    await hand.do(batch("schools_feed", path, [{"kind": "child"}] * INVALID_LINES))
    found = await hand.do(
        Probe("lookUpChild", PRACTITIONERS[0], "POST", "/v1/lookups", child.question())
    )
    stage.children["plain-fed"] = found["matches"][0]["child"]["child_id"]


def whole(child: Child) -> Stated:
    """Return all that may be stated of a child: school, practice and carers too."""
    return {
        **child.stated(),
        "school": {"urn": "100001", "name": f"{child.carer} School", "starts": "2023-09-04"},
        "practice": {"ods": "Z99999", "name": f"{child.given} Practice", "since": "2022-01-10"},
    }
