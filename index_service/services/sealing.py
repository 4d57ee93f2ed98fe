"""A child's record to and from its sealed row; each part is opened by name, one at a time."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from consent.facts import DisclosureClass
from index_service.crypto.keyring import Keyring
from index_service.crypto.seal import SubjectKey
from index_service.domain.child import Carer, ChildRecord, IdentifierScheme, Identity, Tracing
from index_service.domain.matching.keys import Facts
from index_service.services import encoding
from index_service.services.encoding import Policy
from index_service.services.tokens import TokenSheet, sheet_of

CLASS_OF_SCHEME = {
    IdentifierScheme.NHS_NUMBER: DisclosureClass.NHS_NUMBER,
    IdentifierScheme.UPN: DisclosureClass.UPN,
    IdentifierScheme.CASE_NUMBER: DisclosureClass.CASE_NUMBER,
}
_COLUMN_OF_SCHEME = {scheme: f"identifier_{scheme.value}" for scheme in IdentifierScheme}
_PLACE_OF_SCHEME = {scheme: f"identifier:{scheme.value}" for scheme in IdentifierScheme}


@dataclass(frozen=True, slots=True)
class SealedChild:
    """One child's row with its key unwrapped and only its policy opened so far."""

    child_id: UUID
    key: SubjectKey
    policy: Policy
    row: Any

    def part(self, name: str) -> bytes:
        """Open one named part of the row (not an identifier)."""
        return self.key.open(name, self.child_id, self.row[name])

    def identity(self) -> Identity:
        """Open who the child is."""
        more = (self.part("identity_more"),) if self.policy.more else ()
        return encoding.decode_identity(self.part("identity"), *more)

    def tracing(self) -> Tracing:
        """Open what the child is traced by."""
        more = (self.part("tracing_more"),) if self.policy.more else ()
        return encoding.decode_tracing(self.part("tracing"), *more)

    def carers(self, identity: Identity) -> tuple[Carer, ...]:
        """Open who has care and how to reach them, beside the names already open."""
        return encoding.decode_carers(self.part("carers"), identity.carers)

    def identifier(self, scheme: IdentifierScheme) -> str:
        """Open one identifier; empty if the child has none."""
        envelope = self.row[_COLUMN_OF_SCHEME[scheme]]
        return self.key.open(_PLACE_OF_SCHEME[scheme], self.child_id, envelope).decode()


def open_policy(keyring: Keyring, row: Any) -> SealedChild:
    """Unwrap a child's key and open its policy: all that may be opened before a decision."""
    child_id = row["child_id"]
    key = keyring.wrap.open_subject("child", child_id, row["wrap_key_id"], row["wrapped_key"])
    policy = encoding.decode_policy(key.open("policy", child_id, row["policy"]))
    return SealedChild(child_id, key, policy, row)


def open_record(child: SealedChild) -> ChildRecord:
    """Open every part: for stories that write, and match, with full knowledge."""
    numbers = {scheme: child.identifier(scheme) for scheme in IdentifierScheme}
    identity = child.identity()
    return ChildRecord(
        identity=identity,
        tracing=child.tracing(),
        identifiers={scheme: number for scheme, number in numbers.items() if number},
        address=encoding.decode_address(child.part("whereabouts")),
        carers=child.carers(identity),
        settings=encoding.decode_settings(child.part("settings")),
        provenance=encoding.decode_provenance(child.part("provenance")),
    )


def open_facts(child: SealedChild) -> Facts:
    """Open what a child can be found by, and nothing else: for matching with full knowledge."""
    identity, tracing = child.identity(), child.tracing()
    numbers = {scheme: child.identifier(scheme) for scheme in IdentifierScheme}
    return Facts(
        names=(identity.name,),
        former_names=tracing.former_names,
        date_of_birth=identity.date_of_birth,
        postcode=tracing.postcode,
        house=tracing.house,
        identifiers={scheme: number for scheme, number in numbers.items() if number},
        gender=identity.gender,
    )


def facts_of(record: ChildRecord) -> Facts:
    """Return what a record can be found by."""
    identity, tracing = record.identity, record.tracing
    return Facts(
        names=(identity.name,),
        former_names=tracing.former_names,
        date_of_birth=identity.date_of_birth,
        postcode=tracing.postcode,
        house=tracing.house,
        identifiers=dict(record.identifiers),
        gender=identity.gender,
    )


@dataclass(frozen=True, slots=True)
class Parts:
    """The sealed parts of a record but policy and tokens, by column.

    `more` says whether the further parts hold any name; the policy must say so too.
    """

    columns: dict[str, bytes]
    more: bool


def sealed_parts(key: SubjectKey, child_id: UUID, record: ChildRecord) -> Parts:
    """Seal every part of a record but policy and tokens."""
    identity, identity_more = encoding.encode_identity(record.identity)
    tracing, tracing_more = encoding.encode_tracing(record.tracing)
    plain = {
        "identity": identity,
        "identity_more": identity_more,
        "tracing": tracing,
        "tracing_more": tracing_more,
        "whereabouts": encoding.encode_address(record.address),
        "carers": encoding.encode_carers(record.carers),
        "settings": encoding.encode_settings(record.settings),
        "provenance": encoding.encode_provenance(record.provenance),
    }
    columns = {place: key.seal(place, child_id, text) for place, text in plain.items()}
    for scheme, column in _COLUMN_OF_SCHEME.items():
        number = record.identifiers.get(scheme, "").encode()
        columns[column] = key.seal(_PLACE_OF_SCHEME[scheme], child_id, number)
    return Parts(columns, more=identity_more != b"[]" or tracing_more != b"[]")


def sealed_policy(key: SubjectKey, child_id: UUID, policy: Policy) -> bytes:
    """Seal a policy part."""
    return key.seal("policy", child_id, encoding.encode_policy(policy))


def sheet_under(keyring: Keyring, child_id: UUID, facts: Facts, policy: Policy) -> TokenSheet:
    """Return the token sheet of a record as its policy wants it: the one place that says."""
    found = not policy.superseded
    return sheet_of(keyring, child_id, facts, guarded=policy.guarded, found=found)


def sealed_sheet(key: SubjectKey, child_id: UUID, sheet: TokenSheet) -> bytes:
    """Seal a token sheet."""
    return key.seal("tokens", child_id, sheet.encoded())


@dataclass(frozen=True, slots=True)
class NewChild:
    """A child about to be inserted: its row, its key and its token sheet."""

    child_id: UUID
    key: SubjectKey
    policy: Policy
    row: dict[str, Any]
    sheet: TokenSheet


def new_child(keyring: Keyring, record: ChildRecord, policy: Policy) -> NewChild:
    """Seal a new record under a new key; the id is random, never chosen, never ordered."""
    child_id = uuid4()
    made = keyring.wrap.new_subject("child", child_id)
    sheet = sheet_under(keyring, child_id, facts_of(record), policy)
    parts = sealed_parts(made.key, child_id, record)
    policy = replace(policy, more=parts.more)
    row = {
        "child_id": child_id,
        "wrap_key_id": made.wrap_key_id,
        "wrapped_key": made.wrapped,
        "policy": sealed_policy(made.key, child_id, policy),
        **parts.columns,
        "tokens": sealed_sheet(made.key, child_id, sheet),
    }
    return NewChild(child_id, made.key, policy, row, sheet)
