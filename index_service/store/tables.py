"""Every table of an index, as SQLAlchemy Core. The stored shape; no behaviour.

Every key leads with `csa`. What varies by policy is never a plain column, a row's
existence or a row's size: sealed columns have one size per table (crypto.seal.SIZES).
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from index_service.store.columns import bytes_column, csa_column, metadata
from index_service.store.federation_tables import FEDERATION_TABLES
from index_service.store.log_tables import LOG_TABLES

# Which authority and duty a login role stands for: the wall of row-level security.
csa_role = Table(
    "csa_role",
    metadata,
    Column("role", Text(collation="C"), primary_key=True),
    csa_column(),
    Column("duty", Text(collation="C"), nullable=False),
)

# A row is an open weekly wrap key; the key itself is in the provider. Closing is
# deleting the row, which the foreign keys refuse while anything is wrapped under it.
wrap_key = Table(
    "wrap_key",
    metadata,
    csa_column(),
    Column("wrap_key_id", Integer, nullable=False),
    PrimaryKeyConstraint("csa", "wrap_key_id"),
)


def _subject_key() -> list[Column[int] | Column[bytes]]:
    return [Column("wrap_key_id", Integer, nullable=False), bytes_column("wrapped_key")]


def _to_open_wrap_key() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["csa", "wrap_key_id"], ["wrap_key.csa", "wrap_key.wrap_key_id"])


child = Table(
    "child",
    metadata,
    csa_column(),
    Column("child_id", Uuid, nullable=False),
    *_subject_key(),
    bytes_column("policy"),
    bytes_column("identity"),
    bytes_column("tracing"),
    bytes_column("identifier_nhs_number"),
    bytes_column("identifier_upn"),
    bytes_column("identifier_case_number"),
    bytes_column("whereabouts"),
    bytes_column("carers"),
    bytes_column("settings"),
    bytes_column("identity_more"),  # carers' and former names beyond what those parts hold: rare,
    bytes_column("tracing_more"),  # so out of a lookup's way, yet sealed for every child alike
    bytes_column("provenance"),
    bytes_column("tokens"),
    PrimaryKeyConstraint("csa", "child_id"),
    _to_open_wrap_key(),
)

# What a row's state is made of (log/row_states.py), in the order of the table.
SEALED_COLUMNS = tuple(
    column.name
    for column in child.columns
    if isinstance(column.type, LargeBinary) and column.name != "wrapped_key"
)


def _sealed_pointers(name: str) -> Table:
    """Return a table of keyed tokens and sealed pointers: rows that cannot be joined."""
    return Table(
        name,
        metadata,
        csa_column(),
        bytes_column("token"),
        bytes_column("pointer"),
        PrimaryKeyConstraint("csa", "token", "pointer"),
    )


child_token = _sealed_pointers("child_token")
guard_token = _sealed_pointers("guard_token")  # roles feed, job, tripwire only
work_token = _sealed_pointers("work_token")  # caseloads of agencies, lines that wait

case_row = Table(
    "case_row",
    metadata,
    csa_column(),
    Column("id", Uuid, nullable=False),
    bytes_column("child_ref"),
    bytes_column("sealed"),
    PrimaryKeyConstraint("csa", "id"),
    Index("case_row_of_child", "csa", "child_ref"),
)

# What is asked of people rather than kept of a child: requests to broker, grants of
# mediated access, what waits for a second person, alerts and notices. A row each, of one
# form, whatever it is about and whether or not that is on the index.
matter = Table(
    "matter",
    metadata,
    csa_column(),
    Column("id", Uuid, nullable=False),
    *_subject_key(),
    bytes_column("sealed"),
    PrimaryKeyConstraint("csa", "id"),
    _to_open_wrap_key(),
)

# Questions lately asked, sealed: the tripwire replays each and removes it.
asked = Table(
    "asked",
    metadata,
    csa_column(),
    Column("id", Uuid, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    bytes_column("sealed"),
    PrimaryKeyConstraint("csa", "id"),
)

practitioner = Table(
    "practitioner",
    metadata,
    csa_column(),
    Column("practitioner_id", Uuid, nullable=False),
    *_subject_key(),
    bytes_column("sealed"),
    PrimaryKeyConstraint("csa", "practitioner_id"),
    _to_open_wrap_key(),
)

agency = Table(
    "agency",
    metadata,
    csa_column(),
    Column("agency_id", Uuid, nullable=False),
    bytes_column("sealed"),
    PrimaryKeyConstraint("csa", "agency_id"),
)

account = Table(
    "account",
    metadata,
    csa_column(),
    Column("account_id", Uuid, nullable=False),
    bytes_column("login"),  # keyed digest of issuer and subject
    Column("agency_id", Uuid, nullable=False),
    bytes_column("sealed"),
    PrimaryKeyConstraint("csa", "account_id"),
    UniqueConstraint("csa", "login"),
    ForeignKeyConstraint(["csa", "agency_id"], ["agency.csa", "agency.agency_id"]),
)

agreement = Table(
    "agreement",
    metadata,
    csa_column(),
    Column("version", Integer, nullable=False),
    bytes_column("sealed"),
    PrimaryKeyConstraint("csa", "version"),
)

# Agreements somebody proposed: each as it was sent, sealed. In force is only what stands in
# the table above; whether a proposal was approved is a matter.
proposal = Table(
    "proposal",
    metadata,
    csa_column(),
    Column("id", Uuid, nullable=False),
    bytes_column("sealed"),
    PrimaryKeyConstraint("csa", "id"),
)

# One row per authority: counts every change of agencies, feeds and agreements, so that
# what each worker keeps compiled is known to be current in the request's own snapshot.
directory = Table(
    "directory",
    metadata,
    csa_column(),
    Column("version", BigInteger, nullable=False),
    PrimaryKeyConstraint("csa"),
)

source_record = Table(
    "source_record",
    metadata,
    csa_column(),
    bytes_column("ref"),  # keyed digest of source and the supplier's own reference
    bytes_column("line_mac"),
    bytes_column("pointer"),
    bytes_column("sealed"),
    PrimaryKeyConstraint("csa", "ref"),
)

feed_source = Table(
    "feed_source",
    metadata,
    csa_column(),
    Column("source", Text(collation="C"), nullable=False),
    Column("agency_id", Uuid, nullable=False),
    Column("as_of", Date),  # of the last batch whose digest was met
    PrimaryKeyConstraint("csa", "source"),
    ForeignKeyConstraint(["csa", "agency_id"], ["agency.csa", "agency.agency_id"]),
)

feed_batch = Table(
    "feed_batch",
    metadata,
    csa_column(),
    Column("source", Text(collation="C"), nullable=False),
    Column("batch_id", Text(collation="C"), nullable=False),
    bytes_column("digest"),
    *_subject_key(),
    Column("lines", Integer, nullable=False),
    Column("accepted", Integer, nullable=False),
    Column("invalid", Integer, nullable=False),
    Column("complete", SmallInteger, nullable=False),
    bytes_column("sealed"),  # what became of the accepted lines: for the team
    Column("began_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("csa", "source", "batch_id"),
    ForeignKeyConstraint(["csa", "source"], ["feed_source.csa", "feed_source.source"]),
    _to_open_wrap_key(),
)

# Lines that are nonsense by themselves; what else became of a line is the team's to know.
feed_invalid = Table(
    "feed_invalid",
    metadata,
    csa_column(),
    Column("source", Text(collation="C"), nullable=False),
    Column("batch_id", Text(collation="C"), nullable=False),
    Column("line", Integer, nullable=False),
    Column("code", Text(collation="C"), nullable=False),
    Column("field", Text(collation="C"), nullable=False),
    PrimaryKeyConstraint("csa", "source", "batch_id", "line"),
    ForeignKeyConstraint(
        ["csa", "source", "batch_id"],
        ["feed_batch.csa", "feed_batch.source", "feed_batch.batch_id"],
    ),
)

idempotency = Table(
    "idempotency",
    metadata,
    csa_column(),
    bytes_column("key"),  # MAC of account, route and key
    bytes_column("pointer"),  # body MAC, status, what was made, its entry: sealed, so nothing joins
    Column("at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("csa", "key"),
)

_APART = (csa_role, *FEDERATION_TABLES, *LOG_TABLES)
GOVERNED = (
    tuple(table for table in metadata.sorted_tables if table not in _APART)
    + FEDERATION_TABLES
    + LOG_TABLES
)
"""Every table under forced row-level security."""
