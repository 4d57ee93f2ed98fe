"""The access log's tables: entries, their numbers, the sealed tree and its heads.

Rows are inserted and read; those of `writer_sealed` alone change.
"""

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
)

from index_service.store.columns import bytes_column, csa_column, metadata

access_entry = Table(
    "access_entry",
    metadata,
    csa_column(),
    Column("entry_id", Uuid, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    bytes_column("leaf"),
    bytes_column("sealed"),
    PrimaryKeyConstraint("csa", "entry_id"),
    Index("access_entry_at", "csa", "at", "entry_id"),
)

access_subject = Table(
    "access_subject",
    metadata,
    csa_column(),
    bytes_column("ref"),
    bytes_column("sealed"),
    Index("access_subject_ref", "csa", "ref"),
)

# Entries are numbered by whoever wrote them, a batch at a time: a dense sequence for each
# writer, each batch bound to the hash of the one before it (log/numbering.py). A row goes
# when its entries have their leaves.
log_batch = Table(
    "log_batch",
    metadata,
    csa_column(),
    Column("writer", Uuid, nullable=False),
    Column("seq", BigInteger, nullable=False),
    bytes_column("previous"),
    bytes_column("hash"),
    Column("entries", ARRAY(Uuid), nullable=False),
    Column("predecessor", Uuid),  # of a writer's first batch: whose end was not known
    Column("predecessor_seq", BigInteger, nullable=False),
    bytes_column("predecessor_hash"),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("csa", "writer", "seq"),
)

# Entries that a story committed with its effect, until a batch numbers them.
unnumbered = Table(
    "unnumbered",
    metadata,
    csa_column(),
    Column("entry_id", Uuid, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("csa", "entry_id"),
)

# How far each writer's batches have their leaves; `mark` is the sealer's own MAC over the
# row, so that nobody else can say that a batch was sealed. The only rows of the log that change.
writer_sealed = Table(
    "writer_sealed",
    metadata,
    csa_column(),
    Column("writer", Uuid, nullable=False),
    Column("seq", BigInteger, nullable=False),
    bytes_column("hash"),
    bytes_column("previous"),
    bytes_column("mark"),
    PrimaryKeyConstraint("csa", "writer"),
)

# A tree of its own for each year, and after each release from a rollback.
log_shard = Table(
    "log_shard",
    metadata,
    csa_column(),
    Column("shard", Integer, nullable=False),  # year * 100 + how often it was begun anew
    Column("begun_at", DateTime(timezone=True), nullable=False),
    Column("begun", Text, nullable=False),  # the head it follows, and why: public
    PrimaryKeyConstraint("csa", "shard"),
)

leaf = Table(
    "leaf",
    metadata,
    csa_column(),
    Column("shard", Integer, nullable=False),
    Column("leaf_index", BigInteger, nullable=False),
    bytes_column("hash"),
    Column("entry_id", Uuid),  # none: padding
    Column("pad_blind", LargeBinary),  # opens padding, so that it can be counted
    PrimaryKeyConstraint("csa", "shard", "leaf_index"),
    UniqueConstraint("csa", "entry_id"),
    Index("leaf_hash", "csa", "hash"),  # whoever holds a receipt asks by its leaf
)

# Full tiles of 256 hashes (C2SP tlog-tiles); what is not full yet follows from the leaves.
tile = Table(
    "tile",
    metadata,
    csa_column(),
    Column("shard", Integer, nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("tile_index", BigInteger, nullable=False),
    bytes_column("hashes"),
    bytes_column("root"),
    PrimaryKeyConstraint("csa", "shard", "level", "tile_index"),
)

# Signed heads: each minute's for witnesses, each hour's for outsiders.
log_head = Table(
    "log_head",
    metadata,
    csa_column(),
    Column("shard", Integer, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("note", Text, nullable=False),
    PrimaryKeyConstraint("csa", "shard", "size", "kind"),
)

cosignature = Table(
    "cosignature",
    metadata,
    csa_column(),
    Column("shard", Integer, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("witness", Text(collation="C"), nullable=False),
    Column("line", Text, nullable=False),
    PrimaryKeyConstraint("csa", "shard", "size", "witness"),
)

# What auditors find an account's entries of one day by: keyed, so that no row tells whose.
access_actor = Table(
    "access_actor",
    metadata,
    csa_column(),
    bytes_column("ref"),
    bytes_column("sealed"),
    Index("access_actor_ref", "csa", "ref"),
)

# What a day's questions cost: distinct by keyed digests, so that asking again is free.
charge = Table(
    "charge",
    metadata,
    csa_column(),
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
    access_actor,
    charge,
)
