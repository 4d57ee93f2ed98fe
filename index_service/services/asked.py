"""What a lookup leaves for the tripwire: the question as asked, sealed, one size for all.

Every lookup leaves one, whatever it found and whoever asked; nothing in the request
depends on what becomes of it.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import orjson

from consent.facts import Role
from index_service.crypto.keyring import Keyring
from index_service.domain.access import Asker
from index_service.domain.child import IdentifierScheme, PersonName
from index_service.domain.matching.keys import Facts

ASKED_BYTES = 1024
_TABLE = "asked"


@dataclass(frozen=True, slots=True)
class Question:
    """One question as it was asked, by whom, and the entry that records it.

    `mediator` is the account that asked on behalf of `account`, "" if nobody did.
    """

    entry_id: UUID
    account: str
    agency: str
    by_team: bool
    facts: Facts
    mediator: str = ""


def seal_asked(
    keyring: Keyring, entry_id: UUID, asker: Asker, facts: Facts, mediator: str = ""
) -> bytes:
    """Seal a question, bound to the entry of its answer."""
    text = orjson.dumps(
        [
            1,
            str(asker.account_id),
            str(asker.agency_id),
            asker.facts.role is Role.MANAGEMENT_TEAM,
            [[name.family, name.given, name.middle] for name in facts.names],
            facts.date_of_birth,
            facts.postcode,
            facts.house,
            {scheme.value: number for scheme, number in facts.identifiers.items()},
            mediator,
        ]
    )
    return keyring.asked.seal(_TABLE, entry_id, text, ASKED_BYTES)


def open_asked(keyring: Keyring, entry_id: UUID, sealed: bytes) -> Question:
    """Open a question, or SealBroken."""
    row = orjson.loads(keyring.asked.open(_TABLE, entry_id, sealed))
    _, account, agency, by_team, names, born, postcode, house, numbers, *since = row
    (mediator,) = since or ("",)  # rows grow at their end
    facts = Facts(
        names=tuple([PersonName(*name) for name in names]),
        date_of_birth=date.fromisoformat(born) if born else None,
        postcode=postcode,
        house=house,
        identifiers={IdentifierScheme(scheme): number for scheme, number in numbers.items()},
    )
    return Question(entry_id, account, agency, bool(by_team), facts, mediator)
