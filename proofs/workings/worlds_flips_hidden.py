"""The hidden facts themselves: of shielded, held, archived and others' children."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from index_service.services.sealing import open_policy, sealed_policy
from index_service.store.work import work_on
from proofs.workings.worlds_arrivals import TEAMS, Arrival, reading
from proofs.workings.worlds_flip import flips
from proofs.workings.worlds_people import TEAM, THERAPIST
from proofs.workings.worlds_probes import (
    CONTACT,
    Probe,
    Secret,
    Stage,
    Stated,
    by_place,
    questions_on,
)
from proofs.workings.worlds_running import World, written
from proofs.workings.worlds_shown import (
    found_by_it,
    found_by_name,
    ground_shown,
    involvement_shown,
    record_read,
    school_shown,
)
from proofs.workings.worlds_stage import NAMED, Hand, whole


@flips(TEAMS, found_by_it)
async def hidden_address(hand: Hand, stage: Stage) -> Secret:
    """A shielded child lives elsewhere."""
    child_id, old = stage.children["shielded"], stage.facts["shielded"]
    new = next(stage.people)
    address = new.stated()["address"]
    await hand.amend(child_id, address=address)
    moved = replace(old, postcode=new.postcode)
    named = {"given_name": old.given, "family_name": old.family}
    questions = tuple(
        asked
        for lived in (old, moved)
        for asked in (
            by_place(lived),
            {**named, "postcode": lived.postcode},
            {**lived.question(), "postcode": lived.postcode, "house": "4"},
        )
    )
    changes = ({"address": address}, {"address": old.stated()["address"]})
    return Secret(child_id, questions, changes, {"address": address})


@flips(TEAMS, found_by_it)
async def hidden_number(hand: Hand, stage: Stage) -> Secret:
    """A shielded child has another NHS number."""
    child_id, old = stage.children["shielded"], stage.facts["shielded"]
    number = next(stage.people).nhs_number
    await hand.amend(child_id, nhs_number=number)
    asked = tuple({"nhs_number": each} for each in (number, old.nhs_number))
    named = tuple({**old.question(), **each} for each in asked)
    return Secret(child_id, (*asked, *named), asked, asked[0], waits=True)


@flips(TEAMS, found_by_it)
async def hidden_former_name(hand: Hand, stage: Stage) -> Secret:
    """A shielded child was once called otherwise."""
    child_id, old = stage.children["shielded"], stage.facts["shielded"]
    former = next(stage.people)
    name = former.stated()["name"]
    await hand.amend(child_id, former_names=[name])
    once = replace(old, given=former.given, family=former.family)
    questions = questions_on(once)[:4]
    record = {"name": name, "date_of_birth": old.born.isoformat()}
    return Secret(child_id, questions, (record,), record, waits=True)


@flips(TEAMS, school_shown)
async def hidden_school(hand: Hand, stage: Stage) -> Secret:
    """A shielded child goes to another school; the carer has another number."""
    child_id, old = stage.children["shielded"], stage.facts["shielded"]
    other = next(stage.people)
    said = whole(replace(old, carer=other.carer))
    carers = [old.stated()["carers"][0] | {"phone": "+441632960998"}]
    await hand.amend(child_id, school=said["school"], carers=carers)
    questions = questions_on(old)
    return Secret(child_id, questions, ({"school": said["school"]},), {"school": said["school"]})


@flips((*TEAMS, "health_visitor"), involvement_shown)
async def hidden_involvement(hand: Hand, stage: Stage) -> Secret:
    """Another agency works with a shielded child: who does tells where."""
    child_id, child = stage.children["shielded"], stage.facts["shielded"]
    made = await hand.begin("health_visitor", child_id, service="health_visiting")
    ids = {"involvement": made, "by": "health_visitor"}
    return Secret(child_id, questions_on(child), ids=ids)


@flips(TEAMS, ground_shown)
async def another_ground(hand: Hand, stage: Stage) -> Secret:
    """A shielded child is shielded for a second reason."""
    child_id, child = stage.children["shielded"], stage.facts["shielded"]
    made = await hand.shield(child_id, "named_threat")
    return Secret(child_id, questions_on(child), ids={"shield": made})


@flips((*TEAMS, THERAPIST), involvement_shown)
async def sensitive_involvement(hand: Hand, stage: Stage) -> Secret:
    """A sensitive service works with a child everybody may see."""
    child_id, child = stage.children["plain-0"], stage.facts["plain-0"]
    made = await hand.begin(THERAPIST, child_id, service="mental_health", consent=True)
    ids = {"involvement": made, "by": THERAPIST}
    return Secret(child_id, questions_on(child), ids=ids)


def _contact(_: Stage, secret: Secret) -> Iterator[Arrival]:
    """The team sees whom to ring, whose own contact is shielded."""
    phone = secret.ids["phone"]
    yield reading("the contact", TEAM, secret.child_id, lambda one: phone in str(one))


@flips(TEAMS, _contact)
async def hidden_contact(hand: Hand, stage: Stage) -> Secret:
    """A practitioner whose own contact is shielded has another number."""
    one, phone = stage.ids["involvement of plain-1 by teacher"], "+441632960996"
    contact = {**CONTACT, "person": {**NAMED, "phone": phone}}
    path = f"/v1/involvements/{one}"
    await hand.do(Probe("amendInvolvement", "teacher", "PATCH", path, {"contact": contact}))
    ids = {"involvement": one, "phone": phone}
    return Secret(stage.children["plain-1"], questions_on(stage.facts["plain-1"]), ids=ids)


@flips(TEAMS, found_by_name)
async def held_record(hand: Hand, stage: Stage) -> Secret:
    """A record waits for the team, being of a shielded child's number."""
    child = next(stage.people)
    facts = child.stated()
    facts["nhs_number"] = stage.facts["shielded too"].nhs_number
    child_id = await hand.create(facts, "manager")
    named = {"name": facts["name"], "date_of_birth": facts["date_of_birth"]}
    return Secret(child_id, questions_on(child)[:4], (named,), named, waits=True)


@flips(TEAMS, found_by_name)
async def held_twin(hand: Hand, stage: Stage) -> Secret:
    """A record that waits has the name and day of a child everybody may see."""
    seen = stage.facts["plain-1"]
    facts = next(stage.people).stated()
    facts["nhs_number"] = stage.facts["shielded too"].nhs_number
    child_id = await hand.create(facts, "manager")
    named = {"name": seen.stated()["name"], "date_of_birth": seen.born.isoformat()}
    await hand.amend(child_id, **named)
    return Secret(child_id, questions_on(seen), (named,), named, waits=True)


@flips(TEAMS, found_by_it)
async def near_miss(hand: Hand, stage: Stage) -> Secret:
    """A shielded child's hidden facts resemble those of a child everybody may see."""
    child_id, seen = stage.children["shielded"], stage.facts["plain-2"]
    near = _near(seen.stated())
    await hand.amend(child_id, former_names=[near["name"]], address=near["address"])
    name = {"given_name": near["name"]["given_name"], "family_name": near["name"]["family_name"]}
    born = stage.facts["shielded"].born.isoformat()
    questions = (
        *questions_on(seen)[:4],
        {**name, "date_of_birth": seen.born.isoformat()},
        {**name, "date_of_birth": born},
        {**name, "postcode": seen.postcode},
    )
    record = {"name": near["name"], "date_of_birth": born}
    return Secret(child_id, questions, (record,), record, waits=True)


def _near(stated: Stated) -> Stated:
    """Return facts that resemble those of a child: one letter of the family name is another."""
    name = stated["name"]
    family = name["family_name"][:-1] + ("a" if name["family_name"][-1] != "a" else "e")
    return {"name": {**name, "family_name": family}, "address": stated["address"]}


@flips(TEAMS, record_read)
async def archived_child(hand: Hand, stage: Stage) -> Secret:
    """A child's record lies in the archive."""
    child = next(stage.people)
    child_id = await hand.create(whole(child))
    made = await hand.begin("teacher", child_id)
    await _archive(hand.world, UUID(child_id))
    facts = child.stated()
    record = {name: facts[name] for name in ("name", "date_of_birth", "nhs_number")}
    number = {"nhs_number": child.nhs_number}
    ids = {"involvement": made}
    return Secret(child_id, questions_on(child), (number,), record, ids)


async def _archive(world: World, child_id: UUID) -> None:
    """Write the fact straight in: the archive's own story comes with a later issue."""
    index = world.index
    async with work_on(index.feed, index.csa, index.log) as work:
        child = open_policy(index.keyring, (await work.children.locked([child_id]))[0])
        sealed = sealed_policy(child.key, child_id, replace(child.policy, archived=True))
        await work.children.replace([{"child_id": child_id, "policy": sealed}])
        await work.commit(index.log.prepare(written(index, "archive")))


@flips((), record_read, elsewhere=True)
async def other_authority(hand: Hand, stage: Stage) -> Secret:
    """Another authority knows a child, in the same database: nobody here is an insider."""
    child = next(stage.people)
    child_id = await hand.create(whole(child))
    made = await hand.begin("teacher", child_id)
    number = ({"nhs_number": child.nhs_number},)
    ids = {"involvement": made, "by": "social_worker"}
    return Secret(child_id, questions_on(child), number, whole(child), ids)
