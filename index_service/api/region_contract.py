"""What deriver and locator answer, as openapi/region.yaml has it."""

from base64 import b64encode
from typing import Any

from index_service.api.signed_contract import (
    Schema,
    SignedRoute,
    base64,
    listed,
    one_of,
    shaped,
    signed_contract,
    stated,
    tupled,
    whole,
)
from index_service.domain.shapes import AUTHORITY
from index_service.federation import region_bodies as bodies
from index_service.federation import shield_bodies as shields
from index_service.federation.errors import PeerCode
from index_service.federation.forms import EPOCH_MAX
from index_service.federation.members import MEMBERS_MAX
from index_service.federation.oblivious import DERIVED_BYTES, POINT_BYTES, PROOF_BYTES
from index_service.federation.shield_note import PUBLIC_BYTES, SEALED_NOTE_BYTES
from index_service.federation.sizes import (
    DERIVED_AT_ONCE,
    DERIVED_BY_JOBS,
    DERIVED_WIDE_AT_ONCE,
    LOCATED_AT_ONCE,
    LOCATED_WIDE_AT_ONCE,
    NOTES_AT_ONCE,
    SHIELD_ASKED,
    SHIELD_ROWS,
    SHIELD_TOLD_MAX,
)

_EPOCH = whole("The region's epoch.", EPOCH_MAX)
_SET = one_of("Which keys of a child.", "first", "wide")
_POINT = base64("A point of ristretto255, never the identity.", POINT_BYTES)
_DIGEST = shaped("A derived digest.", f"^[0-9a-f]{{{2 * DERIVED_BYTES}}}$")
_SHA256 = shaped("What is kept of it, by its SHA-256.", "^[0-9a-f]{64}$")
_ID = shaped("An id of the locator's.", "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
_KEY = base64("A one-time X25519 key: a note to the row is sealed to it.", PUBLIC_BYTES)
_NOTE = base64("X25519, HKDF-SHA-256, AES-256-GCM: see docs/federation.md.", SEALED_NOTE_BYTES)

_A_POINT = b64encode(bytes(POINT_BYTES)).decode()
_A_PROOF = b64encode(bytes(PROOF_BYTES)).decode()
_A_NOTE = b64encode(bytes(SEALED_NOTE_BYTES)).decode()
_A_DIGEST = "00" * DERIVED_BYTES
_AN_ID = "00000000-0000-4000-8000-000000000000"

_STORED = stated("Stored, durably.", {"sha256": "0" * 64}, sha256=_SHA256)
_SPENT, _EPOCH_REFUSED = PeerCode.BUDGET_SPENT, PeerCode.EPOCH_REFUSED
_MANAGES = PeerCode.KEY_NOT_ALLOWED


def region_contract() -> dict[str, Any]:
    """Return openapi/region.yaml."""
    info = {
        "title": "Deriver and locator",
        "description": "What the members of a region ask of the deriver, which evaluates points"
        " it cannot read, and of the locator, which holds filters it cannot try: run by"
        " different operators. The protocol is in docs/federation.md.",
    }
    return signed_contract(info, (_EVALUATE, _FILTERS, _LOCATE, _UPLOAD, _ASK, _LEAVE, _FETCH))


def _points() -> Schema:
    counts = (DERIVED_AT_ONCE, DERIVED_WIDE_AT_ONCE, DERIVED_BY_JOBS)
    return {
        "type": "array",
        "description": f"Exactly {counts[0]}, {counts[1]} or {counts[2]} points.",
        "items": _POINT,
        "oneOf": [{"minItems": count, "maxItems": count} for count in counts],
    }


_EVALUATE = SignedRoute(
    bodies.EVALUATE_PATH,
    "evaluatePoints",
    "Evaluate blinded points",
    "RFC 9497, VOPRF mode, ristretto255-SHA512. Lookups (keys of use serve) ask for the epoch there"
    " is, jobs (manage) for the next one as well; series shield is for keys of use manage alone.",
    stated(
        "Points to be put under the key of a series and epoch.",
        {"series": "search", "epoch": 7, "points": [_A_POINT] * DERIVED_AT_ONCE},
        series=one_of("What is derived for.", "search", "shield"),
        epoch=_EPOCH,
        points=_points(),
    ),
    stated(
        "The points under the key, in their order, and one proof for all of them.",
        {"points": [_A_POINT] * DERIVED_AT_ONCE, "proof": _A_PROOF},
        points=_points(),
        proof=base64("Challenge and response.", PROOF_BYTES),
    ),
    bodies.EVALUATE_BYTES_MAX,
    bodies.EVALUATED_BYTES,
    (_MANAGES, _EPOCH_REFUSED, _SPENT),
)
_FILTERS = SignedRoute(
    bodies.FILTERS_PATH,
    "keepFilter",
    "Upload a filter",
    "The sender's own, of the size its capacity gives; of the next epoch, where it may be put anew"
    " until that begins, or of this one if there is none. Keys of use manage alone.",
    stated(
        "A filter of a set for an epoch.",
        {"set": "first", "epoch": 7, "filter": "aXNhL2Z1MTY="},
        set=_SET,
        epoch=_EPOCH,
        filter={
            "type": "string",
            "description": "Mark, number of keys, seed, fingerprints: see docs/federation.md.",
            "contentEncoding": "base64",
            "maxLength": bodies.FILTER_BYTES_MAX,
        },
    ),
    _STORED,
    bodies.FILTER_BYTES_MAX,
    bodies.STORED_BYTES,
    (_MANAGES, _EPOCH_REFUSED, _SPENT, PeerCode.FILTER_REFUSED, PeerCode.ALREADY_THERE),
)
_LOCATE = SignedRoute(
    bodies.LOCATE_PATH,
    "locateChild",
    "Ask which authorities may know a child",
    f"Exactly {LOCATED_AT_ONCE} digests of set first, {LOCATED_WIDE_AT_ONCE} of set wide, the rest"
    " of them random.",
    stated(
        "Derived digests of a question.",
        {"set": "first", "epoch": 7, "digests": [_A_DIGEST] * LOCATED_AT_ONCE},
        set=_SET,
        epoch=_EPOCH,
        digests=listed("The digests.", _DIGEST, LOCATED_AT_ONCE, LOCATED_WIDE_AT_ONCE),
    ),
    stated(
        "Every index of the region, whatever was asked.",
        {"members": {"camfield": "possible", "eastbrook": "no_entry", "northmere": "no_filter"}},
        members={
            "type": "object",
            "description": "By name. No filter: it has uploaded none for this epoch.",
            "maxProperties": MEMBERS_MAX,
            "propertyNames": {"pattern": AUTHORITY.pattern},
            "additionalProperties": one_of(
                "Of one member.", bodies.POSSIBLE, bodies.NO_ENTRY, bodies.NO_FILTER
            ),
        },
    ),
    bodies.LOCATE_BYTES_MAX,
    bodies.LOCATED_BYTES,
    (_EPOCH_REFUSED, _SPENT),
)
_UPLOAD = SignedRoute(
    shields.UPLOAD_PATH,
    "keepShields",
    "Upload a batch of the shield set",
    f"Exactly {SHIELD_ROWS} rows, real ones and filling. Stored once; the same batch again changes"
    " nothing. Keys of use manage alone.",
    stated(
        "A batch of an epoch.",
        {"epoch": 7, "batch": 0, "rows": [[_A_DIGEST, _A_POINT]] * SHIELD_ROWS},
        epoch=_EPOCH,
        batch=whole("The sender's own number of it.", shields.BATCHES_MAX - 1),
        rows=listed(
            "The rows.", tupled("Digest and key.", _DIGEST, _KEY), SHIELD_ROWS, SHIELD_ROWS
        ),
    ),
    _STORED,
    shields.UPLOAD_BYTES_MAX,
    bodies.STORED_BYTES,
    (_MANAGES, _EPOCH_REFUSED, _SPENT, PeerCode.ALREADY_THERE),
)
_ASK = SignedRoute(
    shields.ASK_PATH,
    "askShields",
    "Ask whether children are shielded anywhere",
    f"Exactly {SHIELD_ASKED} digests of series shield. Keys of use manage alone.",
    stated(
        "Digests of the epoch there is.",
        {"epoch": 7, "digests": [_A_DIGEST] * SHIELD_ASKED},
        epoch=_EPOCH,
        digests=listed("The digests.", _DIGEST, SHIELD_ASKED, SHIELD_ASKED),
    ),
    stated(
        "Every hit; whose rows they are is in none.",
        {"hits": [[3, _AN_ID, _A_POINT]]},
        hits=listed(
            f"At most {SHIELD_TOLD_MAX} for each digest, other members' before the sender's own.",
            tupled(
                "Place of the digest, row, key.",
                whole("Place in the question.", SHIELD_ASKED - 1),
                _ID,
                _KEY,
            ),
            0,
            SHIELD_ASKED * SHIELD_TOLD_MAX,
        ),
    ),
    shields.ASK_BYTES_MAX,
    shields.TOLD_BYTES,
    (_MANAGES, _EPOCH_REFUSED, _SPENT),
)
_LEAVE = SignedRoute(
    shields.NOTE_PATH,
    "leaveNote",
    "Leave a note for whoever keeps a row",
    "Answered alike whether the row is there. Keys of use manage alone.",
    stated(
        "A note, sealed to the row's key.", {"row": _AN_ID, "note": _A_NOTE}, row=_ID, note=_NOTE
    ),
    _STORED,
    shields.NOTE_BYTES_MAX,
    bodies.STORED_BYTES,
    (_MANAGES, _SPENT),
)
_FETCH = SignedRoute(
    shields.NOTES_PATH,
    "fetchNotes",
    "Fetch the notes to one's own rows",
    "Oldest first; those named as had are removed. Keys of use manage alone.",
    stated(
        "What the sender has had.",
        {"had": []},
        had=listed("Ids of notes.", _ID, 0, NOTES_AT_ONCE),
    ),
    stated(
        "The sender's notes.",
        {"notes": [[_AN_ID, _A_POINT, _A_NOTE]]},
        notes=listed(
            "As many as one answer holds.",
            tupled("Id, key it is sealed to, note.", _ID, _KEY, _NOTE),
            0,
            NOTES_AT_ONCE,
        ),
    ),
    shields.NOTES_BYTES_MAX,
    shields.NOTES_BYTES,
    (_MANAGES, _SPENT),
)
