"""Why: what an asker is told later of how their own request was answered, and on what rules.

Everything that is silent is one answer here too: of a request that was not disclosed it is
told that it was not. What is told is a closed list of words that depend on the asker, the
agreement and what the answer itself showed; anything else in an entry stays there.
"""

from collections import Counter
from typing import Any
from uuid import UUID

import orjson

from consent.decision import ChildReason
from consent.facts import Action, Obligation
from index_service.crypto.keyring import Keyring
from index_service.domain.errors import Code, NotDisclosed
from index_service.log.entry import Outcome
from index_service.log.leaf import LogRow, opened
from index_service.services.admitting import Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.index import Index
from index_service.services.opening import ABSENT
from index_service.store.reading import snapshot
from index_service.store.work import work_on

_OF_ASKER_AND_AGREEMENT = frozenset(
    {
        ChildReason.TEAM_KEEPS_THE_INDEX,
        ChildReason.AGREEMENT_GIVES,
        ChildReason.OWN_NUMBER,
        ChildReason.OWN_INVOLVEMENT,
        ChildReason.OWN_ASSESSMENT,
        ChildReason.AGENCY_EXCEPTED,
        ChildReason.LEVEL_AGREED,
    }
)
# An answer that shows a record says on its face whether it is restricted.
_ON_THE_FACE = frozenset({ChildReason.RECORD_SHIELDED, ChildReason.OVERRIDE_NOT_IN_FORCE})
_OWED_ALWAYS = frozenset({Obligation.WITHHOLD_SENSITIVE, Obligation.OFFER_BROKERING})
_CODES = frozenset(Code)


class Decisions:
    """Tells askers of one authority why."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def read(self, login: Login, entry_id: UUID, attempt: Attempt) -> bytes:
        """Return why a request of the asker's own was answered as it was, encoded.

        NotDisclosed alike for an entry that is not there and for another's.
        """
        index = self._index
        asked = Asked(login, Action.READ_DECISION, attempt.access)
        async with snapshot(index.reading, index.csa) as reading:
            admitted = await admit(index, reading, asked, attempt)
        async with work_on(index.audit, index.csa, index.log) as work:
            row = await work.entries.one(entry_id)
        entry = _opened(index.keyring, row) if row is not None else None
        # A request that ended before its account was looked up names the token's subject.
        own = (str(admitted.asker.account_id), attempt.login)
        if row is None or entry is None or entry["account"] not in own:
            attempt.rules = (ABSENT,)
            raise NotDisclosed(ABSENT)
        attempt.answered(await index.log.append(attempt.entry(index.log.stamp(), Outcome.SHOWN)))
        return orjson.dumps({**shown_decision(entry), "leaf": row["leaf"].hex()})


def shown_decision(entry: dict[str, Any]) -> dict[str, Any]:
    """Return what is told of an entry; of what was not disclosed, always the same."""
    silent = entry["outcome"] == Outcome.NOT_DISCLOSED
    shown = entry["outcome"] == Outcome.SHOWN
    tellable = _OF_ASKER_AND_AGREEMENT | (_ON_THE_FACE if shown else frozenset())
    owed = _OWED_ALWAYS | ({Obligation.WITHHOLD_WHEREABOUTS} if shown else frozenset())
    words = [] if silent else entry["rules"]
    classes = Counter(tuple(each["classes"]) for each in entry["subjects"] if each["shown"])
    return {
        "entry_id": entry["entry_id"],
        "at": entry["at_ms"] // 1000,
        "action": entry["action"] or None,
        "outcome": entry["outcome"],
        "code": entry["code"] if entry["code"] in _CODES else None,
        "rules": [word for word in words if word in tellable or word in _CODES],
        "obligations": [word for word in words if word in owed],
        "agreement_version": entry["agreement"],
        "shown": [
            {"classes": list(names), "children": count}
            for names, count in sorted(classes.items())
            if shown
        ],
    }


def _opened(keyring: Keyring, row: Any) -> dict[str, Any] | None:
    """Open an entry that is checked against its leaf; None where its year has no keys any more."""
    year = row["at"].year
    if year not in keyring.log_years():
        return None
    stored = LogRow(row["entry_id"], row["at"], row["leaf"], row["sealed"], ())
    entry: dict[str, Any] = orjson.loads(opened(stored, keyring.log_keys(year)).canonical)
    return entry
