"""A sample of an agency's own accesses as it is kept, opened and shown to its supervisors."""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from consent.facts import Role
from index_service.crypto.keyring import Keyring
from index_service.domain.access import Asker
from index_service.domain.directory import Agency
from index_service.domain.disclosure import Shown
from index_service.domain.matter import Matter, MatterKind, MatterState, Step
from index_service.domain.supervision import SampleFinding, Span
from index_service.services.auditing.opening import Found, open_row
from index_service.services.index import Index
from index_service.services.misuse.people import out_of_hours
from index_service.store.work import Work

DRAWN, SIGNED_OFF = "drawn", "signed_off"
_FINDINGS = tuple(SampleFinding)  # kept by their place, one digit each: append, never move
_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class Lot:
    """What a sample is drawn from, its seed, and the entries that came out, by lot."""

    month: str
    span: Span
    seed: bytes
    accesses: int
    drawn: tuple[UUID, ...]


def new_sample(lot: Lot, asker: Asker, now_s: int) -> Matter:
    """Return a sample as a new matter of the supervisor's agency."""
    account = str(asker.account_id)
    return Matter(
        uuid4(),
        MatterKind.SAMPLE,
        MatterState.WAITING,
        now_s,
        account=account,
        agency=str(asker.agency_id),
        details={
            "month": lot.month,
            "since_s": lot.span.since_s,
            "until_s": lot.span.until_s,
            "seed": b64encode(lot.seed).decode(),
            "accesses": lot.accesses,
            "drawn": b64encode(b"".join(each.bytes for each in lot.drawn)).decode(),
            "findings": "",
        },
        steps=(Step(now_s, account, DRAWN),),
    )


def lot_of(sample: Matter) -> Lot:
    """Return what a sample was drawn from, and what came out."""
    kept = sample.details
    ids = b64decode(kept["drawn"])
    drawn = [UUID(bytes=ids[at : at + _ID_BYTES]) for at in range(0, len(ids), _ID_BYTES)]
    span = Span(kept["since_s"], kept["until_s"])
    return Lot(kept["month"], span, b64decode(kept["seed"]), kept["accesses"], tuple(drawn))


def kept_findings(lot: Lot, findings: Mapping[UUID, SampleFinding]) -> str:
    """Write findings down in the order of the lot."""
    return "".join(str(_FINDINGS.index(findings[each])) for each in lot.drawn)


def _findings_of(sample: Matter) -> list[SampleFinding | None]:
    kept = [_FINDINGS[int(digit)] for digit in sample.details["findings"]]
    return list(kept) or [None] * len(lot_of(sample).drawn)


async def entries_drawn(index: Index, log: Work, lot: Lot) -> list[Found | None]:
    """Return a sample's entries by lot; None in the place of one the log no longer holds."""
    rows = {row.entry_id: row for row in await log.entries.these(lot.drawn)}
    return [
        open_row(index.keyring, rows[entry_id]) if entry_id in rows else None
        for entry_id in lot.drawn
    ]


def account_in(found: Found | None) -> str:
    """Return the account an entry names, "" where it does not open."""
    return str(found.entry["account"]) if found is not None and found.entry else ""


def sample_head(sample: Matter) -> Shown:
    """Show what a sample is of, and how far it has come."""
    lot, last = lot_of(sample), sample.steps[-1]
    ended = last.word == SIGNED_OFF
    return {
        "id": str(sample.id),
        "month": lot.month,
        "until": lot.span.until_s,
        "drawn_at": sample.opened_s,
        "drawn_by": sample.account,
        "accesses": lot.accesses,
        "size": len(lot.drawn),
        "signed_off_at": last.at_s if ended else None,
        "signed_off_by": last.account if ended else None,
    }


@dataclass(frozen=True, slots=True)
class Naming:
    """What an access is shown with: the agency's hours, names by account, the index's keys."""

    agency: Agency
    names: Mapping[UUID, str]
    keyring: Keyring


def shown_sample(
    sample: Matter, entries: Sequence[Found | None], committed: str, naming: Naming
) -> Shown:
    """Show a sample whole: each access by lot, with its finding once there is one."""
    lot = lot_of(sample)
    return {
        **sample_head(sample),
        "seed": lot.seed.hex(),
        "committed": committed,
        "sampled": [
            {
                "entry_id": str(entry_id),
                "state": found.state.value if found else None,
                "said": _said(found, sample, naming) if found and found.entry else None,
                "finding": finding,
            }
            for entry_id, found, finding in zip(
                lot.drawn, entries, _findings_of(sample), strict=True
            )
        ],
    }


def _said(found: Found, sample: Matter, naming: Naming) -> Shown:
    """Show one access; of children only those shown to its asker, as the sample's references."""
    entry = found.entry
    assert entry is not None  # INVARIANT: asked of entries that open
    at_s = entry["at_ms"] // 1000
    return {
        "at": at_s,
        "account_id": entry["account"],
        "practitioner_name": naming.names.get(UUID(entry["account"])),
        "role": Role(entry["role"]).value,
        "action": entry["action"],
        "purpose": entry["purpose"] or None,
        "reason": entry["reason"] or None,
        "reference": entry["reference"] or None,
        "outcome": entry["outcome"],
        "mediated": bool(entry["mediation"]),
        "out_of_hours": out_of_hours(naming.agency, at_s),
        # Who was asked for and not shown is left out: of some routes only what is here is named.
        "children": [
            {
                "reference": _reference(naming.keyring, sample.id, each["ref"]),
                "classes": each["classes"],
            }
            for each in entry["subjects"]
            if each["shown"]
        ],
    }


def _reference(keyring: Keyring, sample_id: UUID, ref: str) -> str:
    """Return a child's reference in one sample: two samples, or agencies, cannot be compared."""
    return keyring.references.reference("sampled_child", sample_id.bytes, bytes.fromhex(ref)).hex()
