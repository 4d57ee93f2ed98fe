"""For how long a year of the access log stays, and which heads of it count before it goes."""

from dataclasses import dataclass

from index_service.log.checkpoint import VerifierKey
from index_service.log.policy import CosigningPolicy


@dataclass(frozen=True, slots=True)
class LogLife:
    """For how many whole years after its own a year stays, and whose heads of it count."""

    years: int
    log: tuple[VerifierKey, ...]
    witnesses: CosigningPolicy | None  # None: the authority has none, and says so
