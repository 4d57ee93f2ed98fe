"""The deriver's secrets: a seed for each series and epoch, in a directory of their own.

A seed destroyed is an epoch that nobody can derive for any more; no other seed tells it.
"""

from collections.abc import Callable
from typing import Final, Generic, TypeVar

from index_service.crypto.associated import associated, number_bytes
from index_service.crypto.held import Held
from index_service.crypto.providers import KeyFault, KeyProvider, KeyRefused

SERIES: Final = ("search", "shield")

Key = TypeVar("Key")


def _name(series: str, epoch: int) -> str:
    return f"oprf_{series}.{epoch}"


def make_oprf_seeds(provider: KeyProvider, epoch: int) -> None:
    """Create an epoch's seed of each series; those that are there already stay as they are."""
    _refuse_strangers(provider)
    present = provider.names()
    for series in SERIES:
        if _name(series, epoch) not in present:
            provider.create(_name(series, epoch))


def destroy_oprf_seeds(provider: KeyProvider, before: int) -> int:
    """Destroy the seeds of all epochs before one; return how many there were."""
    past = [name for name in provider.names("oprf_") if int(name.partition(".")[2]) < before]
    for name in past:
        provider.destroy(name)
    return len(past)


def _refuse_strangers(provider: KeyProvider) -> None:
    """Refuse a directory with any other key in it: the deriver's is its own."""
    strangers = [name for name in provider.names() if not name.startswith("oprf_")]
    if strangers:
        raise KeyRefused(KeyFault.NAME, strangers[0])


class OprfKeys(Generic[Key]):
    """The keys of every epoch there is a seed for, as `derive` makes them of seed and purpose."""

    def __init__(
        self, region: str, provider: KeyProvider, derive: Callable[[bytes, bytes], Key]
    ) -> None:
        _refuse_strangers(provider)
        self._region = region.encode()
        self._provider = provider
        self._derive = derive
        self._held = {series: Held(self._maker(series)) for series in SERIES}

    def __repr__(self) -> str:
        return "OprfKeys()"

    def of(self, series: str, epoch: int) -> Key:
        """Return the key of a series and epoch; KeyRefused where its seed is gone, or not made."""
        return self._held[series].of(epoch)

    def _maker(self, series: str) -> Callable[[int], Key]:
        def made(epoch: int) -> Key:
            info = associated(
                b"isa/region/oprf/1", self._region, series.encode(), number_bytes(epoch)
            )
            return self._derive(self._provider.secret(_name(series, epoch)), info)

        return made
