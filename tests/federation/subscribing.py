"""How stories across borders subscribe, look and exchange, over the network and in one process."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from consent.facts import AccessReason, AgencyKind, Purpose, Role
from demo.authority import roomy
from demo.towns import REGION, TOWNS, agreement_of
from index_service.federation.client import Answer, BeforeSending
from index_service.federation.members import Member
from index_service.federation.naming import agency_of
from index_service.federation.question import PeerAsker
from index_service.federation.subscriptions import PATH, Exchange, Placed, Told
from index_service.opening import built_job
from index_service.services.looking_again import LookingAgain
from index_service.services.peering.posting import Post
from index_service.services.peering.subscriptions_exchanged import Exchanging
from tests.federation.boroughs import CAMFIELD, NORTHMERE, across, living, question, settled
from tests.federation.direct import Direct, PostOffice
from tests.region import Borough, RegionServed
from tests.stories.consent_said import agree
from tests.stories.made import TODAY
from tests.stories.subscribing import subscribed

WORKER = "social_worker"
_days = count(1)


def told_across(town: str, *kinds: str, by: str = NORTHMERE) -> Any:
    """Return a town's agreement by which another's practitioners of these kinds are told."""
    document: Any = agreement_of(TOWNS[town])
    document["subscriptions"] = {
        "instrument": {"title": "Decision of the parties", "dated": "2026-05-01"},
        "without_involvement": [],
        "across": [
            {"agencies": [str(agency_of(REGION, by))], "agency_kinds": list(kinds)},
        ],
    }
    document["sensitive"]["brokered_told_to"] = []
    return roomy(document)


@dataclass
class Known:
    """Camfield's children by what is done to them, as Northmere's social worker found them."""

    ids: dict[str, str] = field(default_factory=dict)


async def found_across(region: RegionServed) -> Known:
    """Return children of Camfield, each found from Northmere by an answer's id."""
    camfield, made = region[CAMFIELD], Known()
    await agree(camfield.served, told_across(CAMFIELD, "social_care"))
    children = {name: camfield.child() for name in ("told", "hidden", "helped", "lost", "more")}
    for child in children.values():
        await living(camfield, child)
    await settled(region)
    for name, child in children.items():
        (match,) = (await across(region[NORTHMERE], question(child)))[CAMFIELD]["matches"]
        made.ids[name] = match["child"]["child_id"]
    return made


async def placed(region: RegionServed, child_id: str, who: str = WORKER) -> str:
    """Subscribe at Northmere to a child of Camfield."""
    return await subscribed(region[NORTHMERE].ask, who, child_id, authority=CAMFIELD)


async def exchanged(region: RegionServed) -> None:
    """Let Northmere state and fetch, as each hour, over the network."""
    await region.run_job("notify", NORTHMERE)


async def looked(region: RegionServed, **settings: int) -> None:
    """Let Camfield look, a day after it last did; with other settings if told so."""
    camfield = region[CAMFIELD]
    here = camfield.served.settings.model_copy(update=settings)
    async with built_job(here, "job", clock=camfield.clock) as index:
        assert index.region is not None
        standing = await index.region.standing()
        later = _Later(index.clock.now() + timedelta(days=next(_days)))
        await LookingAgain(replace(index, clock=later), index.feed, standing).run(asyncio.Event())


@dataclass(frozen=True)
class _Later:
    """A moment that stands."""

    moment: datetime

    def now(self) -> datetime:
        """Return it."""
        return self.moment

    def today(self) -> date:
        """Return its day."""
        return self.moment.date()


async def changed(borough: Borough, child_id: str, who: str, service: str) -> None:
    """Have somebody more work with a child."""
    await borough.ask.begin(who, child_id, service=service)


@dataclass
class Watched:
    """A way to other members that keeps every body that went and came."""

    way: Direct
    bodies: list[tuple[bytes, bytes]] = field(default_factory=list)

    async def ask(
        self,
        member: Member,
        path: str,
        body: bytes,
        deadline_s: float,
        before: BeforeSending | None = None,
    ) -> Answer:
        """Hand a message over, and keep both bodies."""
        answer = await self.way.ask(member, path, body, deadline_s, before)
        self.bodies.append((body, answer.body))
        return answer


async def posted(region: RegionServed, office: PostOffice, name: str) -> Watched:
    """Run one authority's exchange in this process, and return what went and came."""
    index = office.jobs[name]
    assert index.region is not None
    standing = await index.region.standing()
    assert standing is not None
    watched = Watched(Direct(region, index))
    await Exchanging(index, index.feed, Post(index, index.feed, watched, standing)).run(standing)
    return watched


async def stated(
    region: RegionServed, office: PostOffice, exchange: Exchange | bytes, by: str = NORTHMERE
) -> Told:
    """State something to Camfield as another authority would; return what it tells."""
    index = office.jobs[by]
    assert index.region is not None
    standing = await index.region.standing()
    assert standing is not None
    (camfield,) = [each for each in standing.peers if each.name == CAMFIELD]
    body = exchange if isinstance(exchange, bytes) else exchange.body()
    answer = await Direct(region, index).ask(camfield, PATH, body, 5.0)
    return Told.read(answer.body)


def placing(child_id: str, **differs: Any) -> Placed:
    """Return a subscription as Northmere would place it."""
    today = TODAY
    asker = PeerAsker(
        uuid4(), uuid4(), Role.PRACTITIONER, AgencyKind.SOCIAL_CARE, today, today, today
    )
    usual = {
        "subscription": uuid4(),
        "child_id": UUID(child_id),
        "asker": asker,
        "purpose": Purpose.SAFEGUARD,
        "reason": AccessReason.CONTACT_PRACTITIONER,
        "until": today + timedelta(days=300),
    }
    return Placed(**{**usual, **differs})


async def kept(borough: Borough) -> int:
    """Return how many matters lie at a borough."""
    (row,) = await borough.served.rows("select count(*) as n from matter")
    return int(row["n"])
