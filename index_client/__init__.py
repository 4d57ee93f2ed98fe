"""The index asked from Python: a method per operation, typed, receipts verified."""

from index_client.access import Access
from index_client.answers import Answer
from index_client.errors import (
    IndexFault,
    Misstated,
    ReceiptWrong,
    Refused,
    Unreachable,
    Unrecorded,
)
from index_client.index import AsyncIndex, Index
from index_client.receipts import Promise, ReceiptKey

__all__ = [
    "Access",
    "Answer",
    "AsyncIndex",
    "Index",
    "IndexFault",
    "Misstated",
    "Promise",
    "ReceiptKey",
    "ReceiptWrong",
    "Refused",
    "Unreachable",
    "Unrecorded",
]
