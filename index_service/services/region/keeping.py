"""What an operator of deriver or locator decides: who is not spoken with, from the next message on.

Neither has a management team or a token: this is a command's story, entered like any other.
"""

from index_service.federation.errors import DirectoryFault, DirectoryRefused
from index_service.log.entry import AccessEntry, Outcome
from index_service.services.index import Index
from index_service.services.peering.membership import RELEASED, SUSPENDED
from index_service.store.work import work_on


async def keep_member(index: Index, name: str, *, suspended: bool) -> None:
    """Suspend a member here, or release it; DirectoryRefused for whom the directory does not name.

    Once more changes nothing, and is entered again.
    """
    region = index.region
    async with work_on(index.api, index.csa, index.log) as work:
        await work.membership.hold()
        standing = None if region is None else await region.directories.standing(work.membership)
        if standing is None or name not in standing.directory.members or name == index.csa:
            raise DirectoryRefused(DirectoryFault.MEMBERS, "name")
        if suspended:
            await work.membership.suspend(name, index.clock.now())
        else:
            await work.membership.release(name)
        entry = AccessEntry(
            *index.log.stamp(),
            action="keep_member",
            route="command",
            outcome=Outcome.RECORDED,
            code=SUSPENDED if suspended else RELEASED,
            account=name,
        )
        await work.commit(index.log.prepare(entry))
