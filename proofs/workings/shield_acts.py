"""How each step of a run is done: by the suppliers, practitioners and managers who would do it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from index_service.services.sealing import open_facts
from proofs.workings.shield_index import MANAGERS, SOURCES, Tried
from proofs.workings.shield_run import Run, Standing, Whose
from proofs.workings.shield_said import Said
from proofs.workings.shield_steps import Deed, Step

AT_ONCE = 6
Line = tuple[str, dict[str, Any]]


def line(run: Run, source: str, ref: str, said: Said, place: int) -> Line:
    """Return a supplier's line, stated as of a later day than every one before it."""
    as_of = run.today - timedelta(days=40 - place)
    body = {"kind": "child", "reference": ref, "as_of": as_of.isoformat(), "child": said.stated()}
    return source, body


class Acts:
    """Does steps to the runs of one block."""

    def __init__(self, tried: Tried) -> None:
        self._tried = tried
        self._few = asyncio.Semaphore(AT_ONCE)
        self._deeds: dict[Deed, Callable[[Run, Step], Awaitable[None]]] = {
            Deed.CREATE: self._create,
            Deed.AMEND: self._amend,
            Deed.RENAME: self._rename,
            Deed.SHIELD: self._shield,
            Deed.LIFT: self._lift,
            Deed.RELEASE: self._release,
            Deed.ADOPT: self._adopt,
        }

    async def do(self, runs: list[Run], place: int) -> list[Run]:
        """Do the steps that stand at one place of their runs; return the runs that had one."""
        stepped = [run for run in runs if place < len(run.steps)]
        deeds = {run.steps[place].deed for run in stepped}
        for run in stepped:
            if run.steps[place].deed in (Deed.RESTART, Deed.UPKEEP):
                run.done.append(run.steps[place].deed.value)
        if Deed.RESTART in deeds:
            await self._tried.start()
        if Deed.UPKEEP in deeds:
            await self._tried.upkeep([each for run in stepped for each in run.records])
        await asyncio.gather(*(self._one(run, run.steps[place]) for run in stepped))
        lines = [found for run in stepped if (found := self._line(run, place)) is not None]
        for source in SOURCES:
            some = [body for each, body in lines if each == source]
            if some:
                await self._tried.supply(source, some)
        await self._settle(stepped)
        return stepped

    async def _one(self, run: Run, step: Step) -> None:
        deed = self._deeds.get(step.deed)
        if deed is not None:
            async with self._few:
                await deed(run, step)

    async def _settle(self, stepped: list[Run]) -> None:
        """See where each line went and what every record holds now."""
        awaited = {ref: run for run in stepped for ref in run.awaited}
        for ref, child_id in (await self._tried.ids_of(awaited)).items():
            run = awaited[ref]
            run.made(child_id, run.awaited.pop(ref), run.refs[ref])
        owners = {child_id: run for run in stepped for child_id in run.records}
        for child_id, child in (await self._tried.opened(owners)).items():
            run = owners[child_id]
            record = run.records[child_id]
            record.held = child.policy.held
            run.grown(record, open_facts(child))

    # Suppliers

    def _line(self, run: Run, place: int) -> Line | None:
        step = run.steps[place]
        if step.deed not in (Deed.LINE, Deed.OTHER, Deed.MISTAKE):
            return None
        chance = run.begin(step)
        source = chance.choice(list(SOURCES))
        slot, said, whose = self._stated(run, step.deed)
        run.done.append(step.deed.value)
        ref = f"{slot}-{run.number}"
        run.refs[source, ref] = whose
        run.awaited[source, ref] = said
        return line(run, source, ref, said, place)

    def _stated(self, run: Run, deed: Deed) -> tuple[str, Said, Whose]:
        """Return under which reference what is stated of whom; first of all the truth."""
        chance, first = run.inventor.chance, not run.records
        if deed is Deed.OTHER:
            return "D", run.other if first else run.inventor.moved(run.other), Whose.OTHERS
        if deed is Deed.LINE and run.old is not None and chance.random() < 0.5:
            # A supplier that was not told: under a reference of its own, else it made the link.
            return f"F{chance.randrange(2)}", run.inventor.known_still(run.old), Whose.FORMER
        said = run.truth if first else run.near_miss()
        slot = "D" if deed is Deed.MISTAKE else f"C{chance.randrange(2)}"
        return (f"N{slot}" if run.old is not None else slot), said, Whose.CHILDS

    # Practitioners and managers

    def _chosen(self, run: Run, step: Step) -> Standing | None:
        chance, of_child = run.begin(step), run.of_child()
        return chance.choice(of_child) if of_child else None

    async def _create(self, run: Run, step: Step) -> None:
        run.begin(step)
        said = run.near_miss() if run.records else run.truth
        seen = await self._tried.ask("social_worker", "POST", "/v1/children", said.stated())
        if seen.status == 201:
            run.done.append(step.deed.value)
            run.made(UUID(seen.json()["id"]), said, Whose.CHILDS)

    async def _amend(self, run: Run, step: Step) -> None:
        record = self._chosen(run, step)
        if record is None:
            return
        said = run.near_miss()
        stated = said.stated()
        parts: list[dict[str, Any]] = [
            {"address": stated["address"], "carers": stated["carers"], "school": stated["school"]},
            {n: stated[n] for n in ("nhs_number", "upn", "case_number") if n in stated},
            {"name": stated["name"], "date_of_birth": stated["date_of_birth"]},
        ]
        if await self._amended(run, record, run.inventor.chance.choice(parts), said):
            run.done.append(step.deed.value)

    async def _rename(self, run: Run, step: Step) -> None:
        record = self._chosen(run, step)
        if record is None:
            return
        run.truth = run.inventor.renamed(run.truth)
        if await self._amended(run, record, {"name": run.truth.stated()["name"]}, run.truth):
            run.done.append(step.deed.value)

    async def _amended(self, run: Run, record: Standing, facts: dict[str, Any], said: Said) -> bool:
        """Amend as a social worker, or as the manager where the social worker may not."""
        path = f"/v1/children/{record.child_id}"
        for who in ("manager",) if record.hidden else ("social_worker", "manager"):
            read = await self._tried.ask(who, "GET", path)
            if read.status != 200:
                continue
            tag = read.header("etag")
            seen = await self._tried.ask(who, "PATCH", path, facts, If_Match=tag)
            if seen.status == 204:
                run.made(record.child_id, said, Whose.CHILDS)
                return True
        return False

    async def _shield(self, run: Run, step: Step) -> None:
        record = self._chosen(run, step)
        if record is None:
            return
        review = (run.today + timedelta(days=90)).isoformat()
        said = {"ground": "domestic_abuse", "asked_by": "practitioner", "review": review}
        path = f"/v1/children/{record.child_id}/shield"
        seen = await self._tried.ask("manager", "POST", path, said)
        if seen.status == 201:
            run.done.append(step.deed.value)
            run.granted(record, seen.json()["id"])

    async def _lift(self, run: Run, step: Step) -> None:
        shielded = [record for record in run.of_child() if record.shields]
        if not shielded:
            return
        record = run.begin(step).choice(shielded)
        path = f"/v1/children/{record.child_id}/shield/lift"
        seen = await self._tried.ask("manager", "POST", path, {"shield_id": record.shields[0]})
        if seen.status == 204:
            run.done.append(step.deed.value)
            run.lifted(record, record.shields[0])

    async def _release(self, run: Run, step: Step) -> None:
        """Release a record that waits: another child's, by one or by two; or the same child's."""
        chance = run.begin(step)
        held = [record for record in run.of_child() if record.held]
        if not held:
            return
        record = chance.choice(held)
        shielded = [each for each in run.of_child() if each.shields and not each.held]
        if shielded and record not in shielded and chance.random() < 0.5:
            await self._join(run, record, chance.choice(shielded), step)
        elif await self._let_go(record):
            record.released = True
            run.done.append(step.deed.value)

    async def _let_go(self, record: Standing) -> bool:
        """Have a record released as another child's; by two people where one does not do."""
        path = f"/v1/holds/{record.child_id}/release"
        one, other = MANAGERS
        said = {"decision": "another_child", "checked_with": "supplier"}
        if (await self._tried.ask(one, "POST", path, said)).status == 200:
            return True
        said_at_once = {"decision": "another_child", "emergency": True}
        seen = await self._tried.ask(one, "POST", path, said_at_once)
        if seen.status != 200:
            return False
        agreed = {"release_id": seen.json()["release_id"]}
        return (await self._tried.ask(other, "POST", f"{path}/approve", agreed)).status == 204

    async def _join(self, run: Run, record: Standing, survivor: Standing, step: Step) -> None:
        said = {"decision": "same_child", "checked_with": "family"}
        said["survivor_id"] = str(survivor.child_id)
        path = f"/v1/holds/{record.child_id}/release"
        seen = await self._tried.ask("manager", "POST", path, said)
        if seen.status != 200:
            return
        whole = await self._tried.ask("manager", "GET", f"/v1/children/{survivor.child_id}")
        shields = whole.json()["child"]["restriction"]["shields"]
        in_force = [shield["shield_id"] for shield in shields if shield["lifted"] is None]
        run.joined(record, survivor, in_force)
        run.done.append(step.deed.value)

    async def _adopt(self, run: Run, step: Step) -> None:
        """Close the identity and record the child under another name and other numbers."""
        record = self._chosen(run, step)
        if record is None or run.old is not None:
            return
        path = f"/v1/children/{record.child_id}/close-identity"
        if (await self._tried.ask("manager", "POST", path, {"cause": "adoption"})).status != 204:
            return
        run.ended(record)
        run.done.append(step.deed.value)
        stated = run.truth.stated()
        seen = await self._tried.ask("social_worker", "POST", "/v1/children", stated)
        if seen.status == 201:
            run.made(UUID(seen.json()["id"]), run.truth, Whose.CHILDS)
