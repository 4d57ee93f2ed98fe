"""One child of a run over three boroughs: what must be hidden where, and who looks."""

from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from demo.towns import TOWNS
from proofs.workings.shield_views import IDENTITY
from tests.region import Borough, RegionServed
from tests.stories.made import Stated

ASKER = "health_visitor"  # works with none of them: records are made by a social worker


@dataclass(slots=True)
class Standing:
    """A shield in force: its id where it was set by hand, and whether the set has it."""

    id: str
    uploaded: bool = False


@dataclass(slots=True)
class Record:
    """One borough's record. `seen` once its arrival check was answered.

    `told` once a check was answered that another borough's shield stands.
    """

    child_id: str
    must_hide: bool = False
    seen: bool = False
    told: bool = False


@dataclass(slots=True)
class Child:
    """One run's child, its records, its shields by the borough that set them."""

    number: int
    home: str
    facts: Stated
    records: dict[str, Record] = field(default_factory=dict)
    shields: dict[str, Standing] = field(default_factory=dict)
    ever_shielded: bool = False
    fed: int = 0

    def is_uploaded(self, but: str) -> bool:
        """Return whether a shield of another borough than this stands in the set."""
        return any(each.uploaded for name, each in self.shields.items() if name != but)

    def stated(self, borough: Borough) -> Stated:
        """Return the child as a borough has it: who it is, at an address there."""
        who = {name: self.facts[name] for name in ("name", "date_of_birth", "gender", "nhs_number")}
        at = self.facts["address"]
        inward = at["postcode"].split(" ")[1]
        postcode = f"{borough.town.area}9 {inward}"
        return {**who, "address": {**at, "town": borough.town.title, "postcode": postcode}}


class Counted(Protocol):
    """Where looks are counted."""

    looks: int
    hidden_looks: int
    open_seen: int
    unshielded: list[str]
    involvements: int
    involvements_lost: list[str]


@dataclass(frozen=True, slots=True)
class Eye:
    """Ordinary practitioners of every borough, looking for children."""

    region: RegionServed
    ran: Counted

    async def look(self, children: list[Child], down: str, *, across: bool = False) -> None:
        """Look every child up in every borough by number, by name and by id."""
        for child in children:
            for name, record in child.records.items():
                await self._here(child, name, record)
            if across and not down:
                await self._across(child)

    async def _here(self, child: Child, name: str, record: Record) -> None:
        ask = self.region[name].ask
        by_number = await ask.look_up(ASKER, nhs_number=child.facts["nhs_number"])
        by_name = await ask.look_up(
            ASKER, **child.facts["name"], date_of_birth=child.facts["date_of_birth"]
        )
        read = await ask.read(ASKER, record.child_id) if record.child_id else None
        self.ran.looks += 3
        found = [match["child"] for match in by_number["matches"]]
        if not record.must_hide:
            self.ran.open_seen += bool(found)
            return
        self.ran.hidden_looks += 3
        shown = [match["child"] for match in by_name["matches"]]
        if read is not None and read.status_code != 404:
            shown.append(read.json()["child"])
        if found:
            self._wrong(child, name, "found by its number")
        if not all(is_stub(each) for each in shown):
            self._wrong(child, name, "shown with more than who it is")

    async def _across(self, child: Child) -> None:
        """Look from every other borough: what each authority tells of it there."""
        for asking in TOWNS:
            facts = {"nhs_number": child.facts["nhs_number"], "across": "region"}
            said = await self.region[asking].ask.look_up(ASKER, **facts)
            self.ran.looks += 1
            for part in said["region"]["authorities"]:
                record = child.records.get(part["name"])
                if record is None or not record.must_hide:
                    self.ran.open_seen += bool(part["matches"])
                    continue
                self.ran.hidden_looks += 1
                if part["state"] == "answered":
                    self._wrong(child, part["name"], f"told of to {asking} by its number")

    def _wrong(self, child: Child, name: str, what: str) -> None:
        shields = {where: each.uploaded for where, each in child.shields.items()}
        self.ran.unshielded.append(f"child {child.number} at {name} {what}; shields {shields}")

    async def involvements(self, children: list[Child]) -> None:
        """Read at its home authority every child that was supplied elsewhere."""
        for child in children:
            record = child.records.get(child.home)
            if not child.fed or child.ever_shielded or record is None or not record.child_id:
                continue
            self.ran.involvements += child.fed
            answer = await self.region[child.home].ask.read(ASKER, record.child_id)
            shown = answer.json()["child"]["involvements"] if answer.status_code == 200 else []
            schools = [each for each in shown if each["service"] == "school"]
            if len(schools) < child.fed:
                self.ran.involvements_lost.append(
                    f"child {child.number} at {child.home}: {len(schools)} of {child.fed}"
                )

    @staticmethod
    async def newest(borough: Borough) -> str:
        """Return the id of the record that came last: only a judge asks storage."""
        sql = "select pointer, ref from source_record order by xmin::text::bigint desc limit 1"
        (row,) = await borough.served.rows(sql)
        pointers: Any = borough.served.index.keyring.pointers
        opened = pointers.open_small(row["ref"], row["pointer"])
        return str(UUID(bytes=opened[:16]))


def is_stub(shown: Any) -> bool:
    """Return whether no more is shown of a child than who it is."""
    return shown["restricted"] is True and not shown["identifiers"] and shown.keys() <= IDENTITY
