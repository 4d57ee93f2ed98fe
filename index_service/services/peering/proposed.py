"""What a receiving authority states of a child whose responsibility it proposes to take."""

from datetime import date
from typing import Any

from index_service.domain.errors import Invalid
from index_service.domain.matching.keys import Facts
from index_service.domain.stated import child_record
from index_service.federation.forms import malformed
from index_service.services.sealing import facts_of

_STATED = frozenset({"name", "date_of_birth", "nhs_number", "upn"})


def proposed_facts(stated: dict[str, Any], today: date) -> Facts:
    """Return who is meant, checked like any sender's statement; Invalid where it is not."""
    return facts_of(child_record({**stated, "gender": "not_specified"}, today))


def checked_facts(stated: object, today: date) -> Facts:
    """Return who another authority means, or MessageRefused."""
    if not isinstance(stated, dict) or not stated.keys() <= _STATED:
        raise malformed()
    try:
        return proposed_facts(stated, today)
    except Invalid:
        raise malformed() from None
