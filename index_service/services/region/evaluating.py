"""The deriver's story: blinded points of a member under an epoch's key, counted and logged.

It sees points that tell nothing; what it holds against a member that asks for too many is the
number alone.
"""

import asyncio
import logging
from dataclasses import dataclass

from index_service.crypto.oprf_keys import OprfKeys
from index_service.crypto.providers import KeyRefused
from index_service.federation.directory import RegionDirectory
from index_service.federation.errors import MessageRefused, PeerCode
from index_service.federation.members import KeyUse
from index_service.federation.oblivious import KeyPair, PointRefused, evaluate_batch
from index_service.federation.region_bodies import (
    EVALUATE_BYTES_MAX,
    EVALUATE_PATH,
    EVALUATED_BYTES,
    EvaluateAsked,
    EvaluateSaid,
)
from index_service.services.index import Index
from index_service.services.peering.heard import PeerAsked, PeerHandler, PeerSaid
from index_service.services.region.serving import (
    Charge,
    Noted,
    Serving,
    check_epoch,
    check_manages,
)

_process_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DeriverLimits:
    """How many inputs a member derives a day: for its lookups, and for each child in its jobs."""

    lookup_inputs_a_day: int
    job_inputs_a_child: int


class Evaluating(Serving):
    """Evaluates for the members of one region."""

    def __init__(self, index: Index, keys: OprfKeys[KeyPair], limits: DeriverLimits) -> None:
        super().__init__(index)
        self._keys = keys
        self._limits = limits

    def handlers(self) -> tuple[PeerHandler, ...]:
        """Return the deriver's one route. Its answers hang on no child and wait for no step."""
        return (
            PeerHandler(
                EVALUATE_PATH, self.evaluate, EVALUATED_BYTES, EVALUATE_BYTES_MAX, step_s=0
            ),
        )

    async def evaluate(self, heard: PeerAsked) -> PeerSaid:
        """Return the points of a call under its epoch's key with their proof, or MessageRefused."""
        asked = EvaluateAsked.decoded(heard.body)
        if asked.series == "shield":
            check_manages(heard)
        self._check_epoch(heard, asked.epoch)
        key = self._key(heard.standing.directory, asked.series, asked.epoch)
        async with self.work() as work:
            await self.charge(work, heard, self._charge(heard, len(asked.points)))
            try:
                # The group's arithmetic holds no lock of the interpreter: other calls go on.
                found = await asyncio.to_thread(evaluate_batch, key, asked.points)
            except PointRefused:
                raise MessageRefused(PeerCode.MALFORMED) from None
            body = EvaluateSaid(found.points, found.proof).encoded()
            about = f"{asked.series}/{asked.epoch}"
            noted = Noted("evaluate", about, len(asked.points))
            return await self.told(work, heard, noted, body)

    def _check_epoch(self, heard: PeerAsked, epoch: int) -> None:
        """Lookups are of now; jobs prepare the next epoch as well."""
        among = self.epochs_now(heard.standing.directory)
        if heard.sender.use == KeyUse.MANAGE:
            among |= self.epochs_to_prepare(heard.standing.directory)
        check_epoch(epoch, among)

    def _charge(self, heard: PeerAsked, count: int) -> Charge:
        if heard.sender.use == KeyUse.MANAGE:
            return Charge(
                "jobs", count, self._limits.job_inputs_a_child * heard.sender.member.capacity
            )
        return Charge("lookups", count, self._limits.lookup_inputs_a_day)

    def _key(self, directory: RegionDirectory, series: str, epoch: int) -> KeyPair:
        """Return the epoch's key if it is the one the directory names, else refuse the epoch."""
        try:
            key = self._keys.of(series, epoch)
            if directory.deriver_key(series, epoch) == key.public:
                return key
        except (KeyRefused, LookupError):
            pass
        name = f"{series}/{epoch}"
        _process_log.critical("the key is not the one the directory names, name=%s", name)
        raise MessageRefused(PeerCode.EPOCH_REFUSED)
