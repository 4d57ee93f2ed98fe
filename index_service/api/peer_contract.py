"""What an index answers other members, as openapi/peer.yaml has it."""

from base64 import b64encode
from enum import StrEnum
from typing import Any

from consent.facts import AccessReason, AgencyKind, Purpose, Role
from consent.peers import PeerMode
from index_service.api.peer_contract_subscriptions import subscriptions_route
from index_service.api.signed_contract import (
    Schema,
    SignedRoute,
    listed,
    one_of,
    shaped,
    signed_contract,
    stated,
    tupled,
    whole,
)
from index_service.domain.child import Gender, IdentifierScheme
from index_service.domain.shapes import ACCESS_REFERENCE, DAY
from index_service.domain.transfer import MoveStep
from index_service.federation import moves, routed
from index_service.federation.answer import MATCHES_MAX, PeerOutcome
from index_service.federation.question import (
    DIGEST_BYTES,
    EPOCH_MAX,
    FIRST_PATH,
    SECOND_PATH,
    TICKET_BYTES_MAX,
)
from index_service.federation.sizes import (
    ANSWER_BYTES,
    FIRST_ANSWER_BYTES,
    LOCATED_AT_ONCE,
    LOCATED_WIDE_AT_ONCE,
    MOVE_ANSWER_BYTES,
    MOVE_BYTES,
    PARCEL_ANSWER_BYTES,
    PARCEL_BYTES,
    PARCEL_LINES_MAX,
    PROBE_ANSWER_BYTES,
    PROBE_BYTES,
    QUESTION_BYTES,
)
from index_service.services.peering.probe import PROBE_PATH
from index_service.services.peering.work_queue import (
    AT_ONCE,
    CLAIM_PATH,
    RECEIPT_MAX,
    RESULT_BYTES,
    RESULT_PATH,
    TAKEN_BYTES,
)

_UUID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
_AN_ID = "00000000-0000-4000-8000-000000000000"
_A_TICKET = b64encode(bytes(87)).decode()


def _values(words: type[StrEnum]) -> list[str]:
    return [each.value for each in words]


def _id(description: str) -> Schema:
    return shaped(description, _UUID)


def _or_none(schema: Schema) -> Schema:
    return {"description": schema["description"], "anyOf": [schema, {"type": "null"}]}


def _bytes(description: str, most: int) -> Schema:
    return {
        "type": "string",
        "description": description,
        "contentEncoding": "base64",
        "maxLength": 4 * -(-most // 3),
    }


def _yes_or_no(description: str) -> Schema:
    return {"type": "boolean", "description": description}


def _day(description: str) -> Schema:
    return _or_none(shaped(description, DAY.pattern))


_DIGEST = shaped("A derived digest.", f"^[0-9a-f]{{{2 * DIGEST_BYTES}}}$")
_FORMAT: Schema = {"type": "integer", "description": "Of the message.", "const": 1}
_KIND = one_of("Kind of agency.", *_values(AgencyKind))
_EXAMPLE_ASKER = {
    "account": _AN_ID,
    "agency": _AN_ID,
    "role": "practitioner",
    "agency_kind": "health_visiting",
    "checked_on": "2025-03-01",
    "trained_on": "2025-03-02",
    "signed_on": "2025-03-03",
}
_ASKER = stated(
    "Who asks, as the asking authority knows them.",
    _EXAMPLE_ASKER,
    account=_id("A reference of the account, made for the authority asked."),
    agency=_id("A reference of the agency, likewise."),
    role=one_of("Role.", *_values(Role)),
    agency_kind=_KIND,
    checked_on=_day("Enhanced check."),
    trained_on=_day("Training."),
    signed_on=_day("Agreement signed."),
)
_EXAMPLE_COMMON = {
    "question_id": _AN_ID,
    "asker": _EXAMPLE_ASKER,
    "mediator": None,
    "purpose": "safeguard",
    "reason": "contact_practitioner",
    "reference": None,
    "epoch": 7,
    "set": "first",
}
_COMMON: dict[str, Schema] = {
    "question_id": _id("The same for every sending of this question, and for both legs."),
    "asker": _ASKER,
    "mediator": _or_none(_id("A reference of who asks on the asker's behalf.")),
    "purpose": one_of("The lawful purpose.", *_values(Purpose)),
    "reason": one_of("Why this child, now.", *_values(AccessReason)),
    "reference": _or_none(shaped("A case reference.", ACCESS_REFERENCE.pattern)),
    "epoch": whole("The region's epoch.", EPOCH_MAX),
    "set": one_of("Which keys of a child.", "first", "wide"),
}


def _text(description: str, length_max: int) -> Schema:
    return {"type": "string", "description": description, "maxLength": length_max}


_LOOKUP = stated(
    "What is asked; as strict as an asker's own lookup.",
    {},
    names=listed(
        "At most one.",
        tupled(
            "A name.",
            *(_text(f"{each.title()} name.", 35) for each in ("family", "given", "middle")),
        ),
        0,
        1,
    ),
    date_of_birth=_day("Date of birth."),
    postcode=_text("Postcode.", 9),
    house=_text("House.", 40),
    identifiers={
        "type": "object",
        "description": "Numbers by scheme.",
        "propertyNames": {"enum": [each.value for each in IdentifierScheme]},
        "additionalProperties": _text("A number.", 16),
    },
    gender=_or_none(one_of("Gender.", *_values(Gender))),
)
_PROBE = SignedRoute(
    PROBE_PATH,
    "probe",
    "Ask whether a member is there",
    "Depends on nothing stored of any child. Deriver and locator answer it too.",
    {"type": "object", "description": "Nothing.", "additionalProperties": False, "example": {}},
    stated(
        "Which directory the member goes by.",
        {"directory": 7, "epoch": 3, "shields_checked": None},
        directory=whole("Its version.", 2**53 - 1),
        epoch=whole("The epoch there is now.", EPOCH_MAX),
        shields_checked=_or_none(
            whole("Until when an index's checks of the shield set were answered.", 2**40)
        ),
    ),
    PROBE_BYTES,
    PROBE_ANSWER_BYTES,
)
_FIRST = SignedRoute(
    FIRST_PATH,
    "askFirst",
    "Leg 1: whether to go on",
    "By derived digests alone: no field of the question. Logged and charged by itself.",
    stated(
        "The asker, and the digests of what is asked.",
        {**_EXAMPLE_COMMON, "digests": ["00" * DIGEST_BYTES] * LOCATED_AT_ONCE},
        **_COMMON,
        digests=listed(
            f"Exactly {LOCATED_AT_ONCE} of set first, {LOCATED_WIDE_AT_ONCE} of set wide.",
            _DIGEST,
            LOCATED_AT_ONCE,
            LOCATED_WIDE_AT_ONCE,
        ),
    ),
    stated(
        "Whether to go on; which of the reasons against it there is, is in none.",
        {"question_id": _AN_ID, "go_on": True, "ticket": _A_TICKET},
        question_id=_id("Of the question."),
        go_on=_yes_or_no("Whether leg 2 may come to anything."),
        ticket=_bytes("To come back with, whatever was answered.", TICKET_BYTES_MAX),
    ),
    QUESTION_BYTES,
    FIRST_ANSWER_BYTES,
)
_SECOND = SignedRoute(
    SECOND_PATH,
    "askSecond",
    "Leg 2: the question, or a dummy of its size",
    "Decided anew by the answering authority's agreement, consents and shields; never passed on.",
    stated(
        "The question. A dummy has no lookup.",
        {**_EXAMPLE_COMMON, "ticket": _A_TICKET, "lookup": None},
        **_COMMON,
        ticket=_bytes("As leg 1 gave it.", TICKET_BYTES_MAX),
        lookup=_or_none(_LOOKUP),
    ),
    stated(
        "What is disclosed; the asking authority can only take away.",
        {"question_id": _AN_ID, "outcome": "nothing", "mode": None, "matches": []},
        question_id=_id("Of the question."),
        outcome=one_of("Nothing: no entry, or nothing to disclose.", *_values(PeerOutcome)),
        mode=_or_none(one_of("On which terms.", *_values(PeerMode))),
        matches=listed(
            "Children as a lookup shows them (openapi/index.yaml), scores in tenths of a bit.",
            {"type": "object", "description": "A child."},
            0,
            MATCHES_MAX,
        ),
    ),
    QUESTION_BYTES,
    ANSWER_BYTES,
)
_CLAIM = SignedRoute(
    CLAIM_PATH,
    "claimWork",
    "Fetch the questions that wait for a member without a port",
    "Waits a little where there are none. What a lease names is its claimant's until it ends.",
    {"type": "object", "description": "Nothing.", "additionalProperties": False, "example": {}},
    stated(
        "A lease and its questions.",
        {"lease": _AN_ID, "work": []},
        lease=_id("To bring the answers under."),
        work=listed(
            "Each as it would have been sent.",
            stated(
                "A question.",
                {},
                id=_id("Of the work."),
                path=one_of("Where it would have been sent.", FIRST_PATH, SECOND_PATH),
                body=_bytes("Its body.", QUESTION_BYTES),
            ),
            0,
            AT_ONCE,
        ),
    ),
    PROBE_BYTES,
    ANSWER_BYTES,
)
_RESULT = SignedRoute(
    RESULT_PATH,
    "bringResult",
    "Bring the answer to a question that was claimed",
    "Not taken once the lease has ended.",
    stated(
        "An answer, of the size it would have had.",
        {"id": _AN_ID, "lease": _AN_ID, "receipt": "", "answer": "e30="},
        id=_id("Of the work."),
        lease=_id("It was claimed under."),
        receipt=_text("The receipt of the answering member's entry.", RECEIPT_MAX),
        answer=_bytes("The answer's body.", ANSWER_BYTES),
    ),
    stated("Whether it was taken.", {"taken": True}, taken=_yes_or_no("False: the lease ended.")),
    RESULT_BYTES,
    TAKEN_BYTES,
)
_SUPPLIER = stated(
    "Whose lines they are, as the authority that took them knows them.",
    {},
    source=shaped("Name of the feed.", "^[a-z0-9-]{2,40}$"),
    agency=_id("A reference of the agency."),
    agency_kind=_KIND,
    checked_on=_day("Enhanced check."),
    trained_on=_day("Training."),
    signed_on=_day("Agreement signed."),
    accredited=_yes_or_no("Whether the employer is."),
)
_ROUTED = SignedRoute(
    routed.PATH,
    "routeLines",
    "Hand on lines about children who belong elsewhere",
    "The same parcel again changes nothing.",
    stated(
        "One parcel of one supplier's lines.",
        {
            "format": 1,
            "parcel": _AN_ID,
            "supplier": {
                "source": "schools",
                "agency": _AN_ID,
                "agency_kind": "school",
                "checked_on": None,
                "trained_on": None,
                "signed_on": None,
                "accredited": True,
            },
            "lines": [],
        },
        format=_FORMAT,
        parcel=_id("The same for every sending."),
        supplier=_SUPPLIER,
        lines=listed(
            "In their order.",
            stated(
                "A line.",
                {},
                line={"type": "object", "description": "As openapi/feed-line.json has it."},
                child=_or_none(_id("Of a child that moved on.")),
                involvement=_or_none(_id("Of an involvement that moved on.")),
            ),
            0,
            PARCEL_LINES_MAX,
        ),
    ),
    stated(
        "What became of each line, and nothing else.",
        {"format": 1, "lines": ["accepted"], "disputed": False},
        format=_FORMAT,
        lines=_or_none(
            listed("In their order.", one_of("Of one.", "accepted", "invalid"), 0, PARCEL_LINES_MAX)
        ),
        disputed=_yes_or_no("An address is not this authority's: it keeps what it took."),
    ),
    PARCEL_BYTES,
    PARCEL_ANSWER_BYTES,
)
_MOVES = SignedRoute(
    moves.PATH,
    "moveChild",
    "Tell one step of a move of responsibility",
    "Each is durable where it is told before the next is sent, and may be told again.",
    stated(
        "A step.",
        {"format": 1, "move": _AN_ID, "step": "agreed", "said": {}},
        format=_FORMAT,
        move=_id("The same for every step."),
        step=one_of("Which.", *_values(MoveStep)),
        said={
            "type": "object",
            "description": "The step's own: of a proposal child and reason, of a refusal refusal,"
            " of a delivery its number, the record and the id it had, of what was taken number"
            " and digest; of the others nothing.",
        },
    ),
    stated(
        "How far the move has come there.",
        {"format": 1, "step": "agreed"},
        format=_FORMAT,
        step=one_of("Which step it stands at.", *_values(MoveStep)),
    ),
    MOVE_BYTES,
    MOVE_ANSWER_BYTES,
)


def peer_contract() -> dict[str, Any]:
    """Return openapi/peer.yaml."""
    info = {
        "title": "Peers",
        "description": "What the indexes of a region ask of each other. Every message is signed"
        " and of one size; the protocol is in docs/federation.md.",
    }
    posted = (_ROUTED, _MOVES, subscriptions_route(_ASKER))
    return signed_contract(info, (_PROBE, _FIRST, _SECOND, _CLAIM, _RESULT, *posted))
