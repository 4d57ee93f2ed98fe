"""The access log's tables: entries, their numbers, the sealed tree and its heads.

Rows are inserted and read; those of `writer_sealed` alone change. What is of a year that has
expired is dropped, but for its heads and the upper tiles of its tree (decision 0037).
"""

from datetime import datetime

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql.functions import FunctionElement

from index_service.store.columns import bytes_column, csa_column, metadata

_YEAR_NOW = text("extract(year from (now() at time zone 'UTC'))")


def _table(name: str, *parts: SchemaItem) -> Table:
    return Table(name, metadata, csa_column(), *parts)


def _pointing(name: str) -> Table:
    """Return a table of sealed rows that are found by a keyed reference, many under one.

    The year is the server's own clock's, for nothing else tells how old such a row is.
    """
    at_ref = Index(f"{name}_ref", "csa", "ref")
    year = Column("year", SmallInteger, nullable=False, server_default=_YEAR_NOW)
    return _table(name, bytes_column("ref"), bytes_column("sealed"), year, at_ref)


def _shard() -> Column[int]:
    return Column("shard", Integer, nullable=False)


def _moment(name: str, server_default: FunctionElement[datetime] | None = None) -> Column[datetime]:
    return Column(name, DateTime(timezone=True), nullable=False, server_default=server_default)


access_entry = _table(
    "access_entry",
    Column("entry_id", Uuid, nullable=False),
    _moment("at"),
    bytes_column("leaf"),
    bytes_column("sealed"),
    PrimaryKeyConstraint("csa", "entry_id"),
    # Without the id: moments rise, so every append is to the index's right edge, and entries
    # of one moment stand there in the order they came.
    Index("access_entry_moment", "csa", "at"),
)

access_subject = _pointing("access_subject")

# Entries are numbered by whoever wrote them, a batch at a time: a dense sequence for each
# writer, each batch bound to the hash of the one before it (log/numbering.py). A row goes
# when its entries have their leaves.
log_batch = _table(
    "log_batch",
    Column("writer", Uuid, nullable=False),
    Column("seq", BigInteger, nullable=False),
    bytes_column("previous"),
    bytes_column("hash"),
    Column("entries", ARRAY(Uuid), nullable=False),
    Column("predecessor", Uuid),  # of a writer's first batch: whose end was not known
    Column("predecessor_seq", BigInteger, nullable=False),
    bytes_column("predecessor_hash"),
    _moment("at", server_default=func.now()),
    PrimaryKeyConstraint("csa", "writer", "seq"),
)

# Entries that a story committed with its effect, until a batch numbers them.
unnumbered = _table(
    "unnumbered",
    Column("entry_id", Uuid, nullable=False),
    _moment("at", server_default=func.now()),
    PrimaryKeyConstraint("csa", "entry_id"),
)

# How far each writer's batches have their leaves; `mark` is the sealer's own MAC over the
# row, so that nobody else can say that a batch was sealed. The only rows of the log that change.
writer_sealed = _table(
    "writer_sealed",
    Column("writer", Uuid, nullable=False),
    Column("seq", BigInteger, nullable=False),
    bytes_column("hash"),
    bytes_column("previous"),
    bytes_column("mark"),
    PrimaryKeyConstraint("csa", "writer"),
)

# A tree of its own for each year, and after each release from a rollback.
log_shard = _table(
    "log_shard",
    _shard(),  # year * 100 + how often it was begun anew
    _moment("begun_at"),
    Column("begun", Text, nullable=False),  # the head it follows, and why: public
    PrimaryKeyConstraint("csa", "shard"),
)

leaf = _table(
    "leaf",
    _shard(),
    Column("leaf_index", BigInteger, nullable=False),
    bytes_column("hash"),
    Column("entry_id", Uuid),  # none: padding
    Column("pad_blind", LargeBinary),  # opens padding, so that it can be counted
    PrimaryKeyConstraint("csa", "shard", "leaf_index"),
    UniqueConstraint("csa", "entry_id"),
    Index("leaf_hash", "csa", "hash"),  # whoever holds a receipt asks by its leaf
)

# Full tiles of 256 hashes (C2SP tlog-tiles); what is not full yet follows from the leaves.
tile = _table(
    "tile",
    _shard(),
    Column("level", SmallInteger, nullable=False),
    Column("tile_index", BigInteger, nullable=False),
    bytes_column("hashes"),
    bytes_column("root"),
    PrimaryKeyConstraint("csa", "shard", "level", "tile_index"),
)

# Signed heads: each minute's for witnesses, each hour's for outsiders.
log_head = _table(
    "log_head",
    _shard(),
    Column("size", BigInteger, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    _moment("at"),
    Column("note", Text, nullable=False),
    PrimaryKeyConstraint("csa", "shard", "size", "kind"),
)

cosignature = _table(
    "cosignature",
    _shard(),
    Column("size", BigInteger, nullable=False),
    Column("witness", Text(collation="C"), nullable=False),
    Column("line", Text, nullable=False),
    PrimaryKeyConstraint("csa", "shard", "size", "witness"),
)

# Years whose leaves and entries are dropped, or are being dropped: said first, then done.
log_expired = _table(
    "log_expired",
    Column("year", SmallInteger, nullable=False),
    _moment("at"),
    PrimaryKeyConstraint("csa", "year"),
)

# What auditors find an account's entries of one day by: keyed, so that no row tells whose.
access_actor = _pointing("access_actor")

# What a day's questions cost: distinct by keyed digests, so that asking again is free.
charge = _table(
    "charge",
    Column("day", Date, nullable=False),
    bytes_column("who"),
    bytes_column("what"),
    PrimaryKeyConstraint("csa", "day", "who", "what"),
)

LOG_TABLES = (
    access_entry,
    access_subject,
    log_batch,
    unnumbered,
    writer_sealed,
    log_shard,
    leaf,
    tile,
    log_head,
    cosignature,
    log_expired,
    access_actor,
    charge,
)
