"""Tables of lookups across boroughs: the region, its messages, digests, filters, shields.

An index uses the first ten; deriver and locator, which know no child, the last four.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
)

from index_service.store.columns import bytes_column, csa_column, metadata


def _word(name: str) -> Column[str]:
    return Column(name, Text(collation="C"), nullable=False)


def _moment(name: str = "at") -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=False)


# The region's directory as its registrars signed it, public among members. Every process
# verifies it again before it believes it; in force is the newest.
region_directory = Table(
    "region_directory",
    metadata,
    csa_column(),
    Column("version", BigInteger, nullable=False),
    bytes_column("document"),
    _moment(),
    PrimaryKeyConstraint("csa", "version"),
)

# A row is a member that this authority does not speak with, from the next message on.
peer_suspension = Table(
    "peer_suspension",
    metadata,
    csa_column(),
    _word("member"),
    _moment(),
    PrimaryKeyConstraint("csa", "member"),
)

# Messages heard, by a digest of key and nonce: none is heard twice, by no worker.
peer_nonce = Table(
    "peer_nonce",
    metadata,
    csa_column(),
    bytes_column("ref"),
    _moment(),
    PrimaryKeyConstraint("csa", "ref"),
    Index("peer_nonce_at", "csa", "at"),
)

# The heads of both signed messages of an exchange, beside the entry that commits to them.
exchange = Table(
    "exchange",
    metadata,
    csa_column(),
    Column("entry_id", Uuid, nullable=False),
    bytes_column("sealed"),
    PrimaryKeyConstraint("csa", "entry_id"),
)

# An index's own children, by the derived digests of an epoch: keyed tokens, sealed pointers.
# The epoch is in the token, the kind in the pointer: rows are alike, and lie like any token's.
region_token = Table(
    "region_token",
    metadata,
    csa_column(),
    bytes_column("token"),
    bytes_column("pointer"),
    PrimaryKeyConstraint("csa", "token", "pointer"),
)

# What a child stands under in the region: one row each, of one form.
region_sheet = Table(
    "region_sheet",
    metadata,
    csa_column(),
    bytes_column("child_ref"),
    bytes_column("sealed"),
    PrimaryKeyConstraint("csa", "child_ref"),
)

# An index's own filters as it uploaded them, in sealed parts: probes are judged by them.
region_filter = Table(
    "region_filter",
    metadata,
    csa_column(),
    Column("epoch", Integer, nullable=False),
    _word("set"),
    Column("part", Integer, nullable=False),
    bytes_column("sealed"),
    PrimaryKeyConstraint("csa", "epoch", "set", "part"),
)

# The one-time keys of the rows an index put into the shield set: as many for each batch. Found
# by what a row is of, or by the key a note is sealed to; random where a row is of nobody.
shield_key = Table(
    "shield_key",
    metadata,
    csa_column(),
    Column("epoch", Integer, nullable=False),
    Column("batch", Integer, nullable=False),
    bytes_column("ref"),
    bytes_column("key_ref"),
    bytes_column("sealed"),
    PrimaryKeyConstraint("csa", "ref"),
    Index("shield_key_of_batch", "csa", "epoch", "batch"),
    Index("shield_key_of_key", "csa", "key_ref"),
)

# How an index fares with deriver, locator and shield set: when last asked, when last answered.
region_check = Table(
    "region_check",
    metadata,
    csa_column(),
    _word("what"),
    _moment(),
    _moment("well_at"),
    _word("word"),
    PrimaryKeyConstraint("csa", "what"),
)

# Messages that wait for a peer without a port; a lease that ends goes to one claimant.
peer_work = Table(
    "peer_work",
    metadata,
    csa_column(),
    Column("id", Uuid, nullable=False),
    _word("peer"),
    _moment("due_at"),
    Column("lease_until", DateTime(timezone=True)),
    Column("lease", Uuid),
    bytes_column("sealed"),
    PrimaryKeyConstraint("csa", "id"),
    Index("peer_work_of_peer", "csa", "peer", "due_at"),
)

# What goes to another authority, or came from it and is not yet this one's: lines to be
# routed, a record on its way. Of one size each, whatever it holds.
parcel = Table(
    "parcel",
    metadata,
    csa_column(),
    Column("id", Uuid, nullable=False),
    Column("wrap_key_id", Integer, nullable=False),
    bytes_column("wrapped_key"),
    bytes_column("sealed"),
    PrimaryKeyConstraint("csa", "id"),
    ForeignKeyConstraint(["csa", "wrap_key_id"], ["wrap_key.csa", "wrap_key.wrap_key_id"]),
)

# Each member's filters, one for a set and epoch; never changed within their epoch.
member_filter = Table(
    "member_filter",
    metadata,
    csa_column(),
    _word("member"),
    _word("set"),
    Column("epoch", Integer, nullable=False),
    bytes_column("digest"),
    bytes_column("filter"),
    _moment(),
    PrimaryKeyConstraint("csa", "member", "set", "epoch"),
)

# The shield set: digests without authority, each with a key to seal a note to. A batch stands
# under a keyed reference of whose it is and its number: whoever reads the table alone learns
# neither whose rows are whose nor which batches go together.
shield_row = Table(
    "shield_row",
    metadata,
    csa_column(),
    Column("id", Uuid, nullable=False),
    Column("epoch", Integer, nullable=False),
    bytes_column("digest"),
    bytes_column("note_key"),
    bytes_column("batch"),
    PrimaryKeyConstraint("csa", "id"),
    Index("shield_row_asked", "csa", "epoch", "digest"),
    Index("shield_row_of_batch", "csa", "batch"),
)

# Notes to the keeper of a row, until fetched: found by the row's batch, sealed to its key.
shield_note = Table(
    "shield_note",
    metadata,
    csa_column(),
    Column("id", Uuid, nullable=False),
    bytes_column("batch"),
    bytes_column("note_key"),
    bytes_column("sealed"),
    _moment(),
    PrimaryKeyConstraint("csa", "id"),
    Index("shield_note_of_batch", "csa", "batch", "at"),
)

# What each member has used of its day at deriver and locator, by what it asked for.
member_day = Table(
    "member_day",
    metadata,
    csa_column(),
    Column("day", Date, nullable=False),
    _word("member"),
    _word("what"),
    Column("used", BigInteger, nullable=False),
    PrimaryKeyConstraint("csa", "day", "member", "what"),
)

FEDERATION_TABLES = (
    region_directory,
    peer_suspension,
    peer_nonce,
    exchange,
    region_token,
    region_sheet,
    region_filter,
    shield_key,
    region_check,
    peer_work,
    parcel,
    member_filter,
    shield_row,
    shield_note,
    member_day,
)
