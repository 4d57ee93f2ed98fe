"""How an index fares with the region's services, as it tells its team and the other members."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from index_service.services.index import Index
from index_service.store.region_checks import Checked
from index_service.store.work import work_on

NEW: Final = "shield_new"
SET: Final = "shield_set"
NIGHT: Final = "shield_night"
NOTES: Final = "shield_notes"
NIGHTLY: Final = timedelta(hours=22)
SHOWN: Final = ("deriver", "locator", NEW, SET, NIGHT)


async def checks_answered(index: Index) -> datetime | None:
    """Return until when the checks of new records, and of all, were answered; None if not yet."""
    known = await _known(index)
    if NEW not in known or NIGHT not in known:
        return None
    return min(known[NEW].well_at, known[NIGHT].well_at + NIGHTLY)


async def checks_shown(index: Index) -> list[dict[str, Any]]:
    """Return how each service of the region was last asked and last answered, for the team."""
    known = await _known(index)
    return [
        {
            "what": what,
            "at": int(known[what].at.timestamp()),
            "well_at": int(known[what].well_at.timestamp()),
            "finding": known[what].word,
        }
        for what in SHOWN
        if what in known
    ]


async def _known(index: Index) -> Mapping[str, Checked]:
    async with work_on(index.api, index.csa, index.log) as work:
        return await work.region_checks.checks()
