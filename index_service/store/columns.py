"""What every table's definition begins with: the one metadata, and columns all have."""

from sqlalchemy import Column, LargeBinary, MetaData, Text

metadata = MetaData()


def csa_column() -> Column[str]:
    """Return the column every key leads with."""
    return Column("csa", Text(collation="C"), nullable=False)


def bytes_column(name: str) -> Column[bytes]:
    """Return a column of bytes that is never null."""
    return Column(name, LargeBinary, nullable=False)
