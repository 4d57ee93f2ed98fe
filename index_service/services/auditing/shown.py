"""Entries of the log as auditors are shown them: codes, ids of askers, references of children."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from consent.facts import AgencyKind
from index_service.crypto.keyring import Keyring
from index_service.domain.disclosure import Shown
from index_service.domain.inspection import is_federated, is_override
from index_service.log.receipt import SEAL_DEADLINE_S, ReceiptFacts, unsigned_header
from index_service.services.auditing.opening import Found, keys_of
from index_service.services.views import View

_ABOUT_WHOM = ("account", "agency", "role", "purpose", "reason", "reference", "code")


def kinds_of(view: View) -> dict[str, AgencyKind]:
    """Return every agency's kind, by its id as entries write it."""
    return {str(agency_id): agency.kind for agency_id, agency in view.agencies.items()}


class ChildNames:
    """Turns references of children back into ids: of those ids alone that were asked about."""

    def __init__(self, keyring: Keyring, child_id: UUID | None) -> None:
        self._keyring = keyring
        self._child_id = child_id
        self._refs: dict[int, str] = {}

    def child_of(self, year: int, ref: str) -> str | None:
        """Return the id that stands behind a reference of a year, if it is the one asked about."""
        if self._child_id is None:
            return None
        if year not in self._refs:
            keys = keys_of(self._keyring, year)
            self._refs[year] = keys.subject_ref(self._child_id).hex() if keys else ""
        return str(self._child_id) if self._refs[year] == ref else None


def shown_entry(found: Found, kinds: Mapping[str, AgencyKind], names: ChildNames) -> Shown:
    """Show one entry that was looked for; of one that cannot be opened, that it cannot."""
    entry = found.entry
    head: Shown = {
        "entry_id": str(found.entry_id),
        "at": _seconds(found.at),
        "state": found.state.value,
    }
    if entry is None:
        return {**head, "said": None}
    grant, _, requester = entry["mediation"].partition("/")
    said = {
        **{name: entry[name] or None for name in _ABOUT_WHOM},
        "agency_kind": kinds.get(entry["agency"]),
        "action": entry["action"] or None,
        "outcome": entry["outcome"],
        "mediation": {"grant_id": grant, "requester_id": requester} if grant else None,
        "override": is_override(entry),
        "federated": is_federated(entry),
        "agreement_version": entry["agreement"],
        "count": entry["count"],
        "children": [
            {
                "reference": each["ref"],
                "child_id": names.child_of(found.at.year, each["ref"]),
                "shown": each["shown"],
                "classes": each["classes"],
            }
            for each in entry["subjects"]
        ],
    }
    return {**head, "said": said}


def shown_opening(found: Found) -> Shown:
    """Show one entry whole: the exact text, and what proves it against its leaf."""
    opening = found.opening
    deadline_s = _seconds(found.at) + SEAL_DEADLINE_S
    return {
        "entry_id": str(found.entry_id),
        "at": _seconds(found.at),
        "state": found.state.value,
        "leaf": found.leaf.hex(),
        "receipt": unsigned_header(ReceiptFacts(found.entry_id, found.leaf, deadline_s)),
        "blind": opening.blind.hex() if opening else None,
        "entry": opening.canonical.decode() if opening else None,
    }


def moment_text(moment: datetime) -> str:
    """Return a moment in UTC, to the millisecond, as ISO 8601 writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
