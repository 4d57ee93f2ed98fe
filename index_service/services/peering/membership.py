"""Membership of a region: a directory loaded, a member suspended and released, who there is."""

from datetime import datetime
from typing import Any

import orjson

from consent.facts import Action
from index_service.domain.errors import NotDisclosed
from index_service.federation.directory import RegionDirectory
from index_service.federation.errors import DirectoryFault, DirectoryRefused
from index_service.federation.members import Member
from index_service.log.entry import AccessEntry, Outcome
from index_service.services.admitting import Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.index import Index
from index_service.services.opening import ABSENT
from index_service.services.peering.region import Reachability, Standing
from index_service.services.peering.region_state import checks_shown
from index_service.services.writing import Change, recorded
from index_service.store.reading import snapshot
from index_service.store.work import work_on

SUSPENDED, RELEASED, LOADED = "suspended", "released", "loaded"


async def load_directory(index: Index, document: bytes) -> RegionDirectory:
    """Bring a signed directory into force for every message from now on, or DirectoryRefused.

    It must be newer than the one in force, and name a key of this authority's own: else the
    next message would be signed with one that nobody knows.
    """
    region, now = index.region, index.clock.now()
    if region is None:
        raise DirectoryRefused(DirectoryFault.POLICY, "none")
    found = RegionDirectory.verified(document, region.policy, now)
    if not _names_our_key(found, region.signer.public_keys, now):
        raise DirectoryRefused(DirectoryFault.SELF, "key")
    async with work_on(index.api, index.csa, index.log) as work:
        await work.membership.hold()
        stands = await work.membership.stands()
        if stands.version is not None and stands.version >= found.version:
            raise DirectoryRefused(DirectoryFault.OLDER)
        await work.membership.load(found.version, document, now)
        entry = AccessEntry(
            *index.log.stamp(),
            action="load_region",
            route="command",
            outcome=Outcome.RECORDED,
            code=LOADED,
        )
        await work.commit(index.log.prepare(entry))
    return found


def _names_our_key(found: RegionDirectory, ours: dict[str, bytes], now: datetime) -> bool:
    named = {key.id: key.raw for key in found.own.keys if key.counts(now)}
    return any(named.get(key_id) == raw for key_id, raw in ours.items())


class Members:
    """The members of the region as the management team sees and keeps them."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def read(self, login: Login, attempt: Attempt) -> bytes:
        """Return every other member: whether it answers, whether it is suspended here."""
        index = self._index
        asked = Asked(login, Action.KEEP_DIRECTORY, attempt.access)
        async with snapshot(index.reading, index.csa) as reading:
            await admit(index, reading, asked, attempt)
        standing = await index.region.standing() if index.region else None
        entry = attempt.entry(index.log.stamp(), Outcome.SHOWN)
        attempt.answered(await index.log.append(entry))
        if standing is None or index.region is None:
            return orjson.dumps({"directory": None, "peers": [], "checks": []})
        now = index.clock.now()
        return orjson.dumps(
            {
                "directory": _shown_directory(standing.directory, now),
                "peers": _shown_peers(standing, index.region.reachability, now),
                "checks": await checks_shown(index),
            }
        )

    async def suspend(self, login: Login, name: str, attempt: Attempt) -> None:
        """Speak with a member no more, from the next message on; once more changes nothing."""
        await self._change(login, name, attempt, suspended=True)

    async def release(self, login: Login, name: str, attempt: Attempt) -> None:
        """Speak with a member again."""
        await self._change(login, name, attempt, suspended=False)

    async def _change(self, login: Login, name: str, attempt: Attempt, *, suspended: bool) -> None:
        index = self._index
        asked = Asked(login, Action.KEEP_DIRECTORY, attempt.access)
        async with work_on(index.api, index.csa, index.log) as work:
            await admit(index, work.directory, asked, attempt)
            await work.membership.hold()
            standing = None
            if index.region is not None:
                standing = await index.region.directories.standing(work.membership)
            if standing is None or name not in _others(standing.directory):
                raise NotDisclosed(ABSENT)
            if suspended:
                await work.membership.suspend(name, index.clock.now())
            else:
                await work.membership.release(name)
            code = SUSPENDED if suspended else RELEASED
            await recorded(index, work, attempt, Change(code=f"{code}_{name}"))


def _others(directory: RegionDirectory) -> dict[str, Member]:
    return {n: each for n, each in directory.members.items() if n != directory.self_name}


def _shown_directory(directory: RegionDirectory, now: datetime) -> dict[str, Any]:
    return {
        "region": directory.region,
        "version": directory.version,
        "valid_until": int(directory.valid_until.timestamp()),
        "epoch": directory.epochs.at(now),
    }


def _shown_peers(
    standing: Standing, reachability: Reachability, now: datetime
) -> list[dict[str, Any]]:
    others = _others(standing.directory)
    return [
        {
            "name": name,
            "title": others[name].title,
            "kind": others[name].kind,
            "state": others[name].state,
            "reached": others[name].reached,
            "suspended": name in standing.suspended,
            "answers": reachability.of(name, now),
        }
        for name in sorted(others)
    ]
