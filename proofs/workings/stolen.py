"""What a thief of storage holds, and every way found to join its rows without a key."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Links = dict[int, tuple[int, ...]]
"""Rows thought to be one child's: the child's place in the heap, token numbers."""

_TOKENS = "select xmin::text::bigint as born, token, pointer from child_token order by ctid"
_SIZED = (
    "select attname from pg_attribute where attrelid = 'child'::regclass and attnum > 0"
    " and not attisdropped and atttypid = 'bytea'::regtype order by attnum"
)


@dataclass
class Dump:
    """Every column and system column of the tables, in the order they lie in."""

    ids: list[bytes]
    child_born: list[int]  # xmin: the transaction that wrote the row
    looks: list[int]  # rows that look alike from outside have one number
    tokens: list[int]  # numbers of tokens, so that equal tokens are equal numbers
    token_born: list[int]
    pointers: list[bytes]
    often: list[int]  # by token number: in how many rows it stands
    number_of: dict[bytes, int]


async def stolen(admin: Any) -> Dump:
    """Take everything a superuser can see of children and their tokens."""
    sized = [row["attname"] for row in await admin.fetch(_SIZED)]
    sizes = ", ".join(f"octet_length({name})" for name in sized)
    children = await admin.fetch(
        "select xmin::text::bigint as born, child_id, wrap_key_id,"
        f" array[{sizes}] as sizes, length(child::text) as whole from child order by ctid"
    )
    looks: dict[tuple[Any, ...], int] = {}
    dump = Dump([], [], [], [], [], [], [], {})
    for row in children:
        look = (*row["sizes"], row["whole"], row["wrap_key_id"])
        dump.ids.append(row["child_id"].bytes)
        dump.child_born.append(row["born"])
        dump.looks.append(looks.setdefault(look, len(looks)))
    async with admin.transaction():
        async for row in admin.cursor(_TOKENS, prefetch=20_000):
            number = dump.number_of.setdefault(row["token"], len(dump.number_of))
            dump.tokens.append(number)
            dump.token_born.append(row["born"])
            dump.pointers.append(row["pointer"])
    counted = Counter(dump.tokens)
    dump.often = [counted[number] for number in range(len(dump.number_of))]
    return dump


def by_place(dump: Dump) -> Links:
    """Join the nth child with the nth stretch of the token table."""
    children, rows = len(dump.ids), len(dump.tokens)
    return {
        child: tuple(dump.tokens[rows * child // children : rows * (child + 1) // children])
        for child in range(children)
    }


def by_transaction(dump: Dump) -> Links:
    """Join what one transaction wrote; in a larger one, the nth child with the nth stretch.

    Where no transaction wrote to both tables, transactions are paired in their order.
    """
    children: dict[int, list[int]] = defaultdict(list)
    rows: dict[int, list[int]] = defaultdict(list)
    for place, born in enumerate(dump.child_born):
        children[born].append(place)
    for place, born in enumerate(dump.token_born):
        rows[born].append(dump.tokens[place])
    both = children.keys() & rows.keys()
    apart = zip(sorted(children), sorted(rows), strict=False)
    pairs = [(born, born) for born in both] or list(apart)
    links: Links = {}
    for ours, theirs in pairs:
        some, stretch = children[ours], rows[theirs]
        for nth, child in enumerate(some):
            start, end = (len(stretch) * n // len(some) for n in (nth, nth + 1))
            links[child] = tuple(stretch[start:end])
    return links


def by_pointer(dump: Dump) -> Links:
    """Join by any eight bytes of a child's id found in a pointer, wherever they stand."""
    parts = {}
    for child, child_id in enumerate(dump.ids):
        parts[child_id[:8]] = parts[child_id[8:]] = child
    links: dict[int, list[int]] = defaultdict(list)
    for token, pointer in zip(dump.tokens, dump.pointers, strict=True):
        for at in range(len(pointer) - 7):
            found = parts.get(pointer[at : at + 8])
            if found is not None:
                links[found].append(token)
                break
    return {child: tuple(joined) for child, joined in links.items()}


def equal_parts(dump: Dump) -> int:
    """Count pointers that share eight bytes at one place with another: a handle to join by."""
    shared = 0
    for at in range(0, 32, 8):
        counted = Counter(pointer[at : at + 8] for pointer in dump.pointers)
        shared += sum(number for number in counted.values() if number > 1)
    return shared


def neighbours(order: Sequence[int], known: set[int]) -> dict[int, int]:
    """Return for each child the nearest known one before it in an order of rows."""
    nearest: dict[int, int] = {}
    last: int | None = None
    for child in order:
        if child in known:
            last = child
        elif last is not None:
            nearest[child] = last
    return nearest
