"""What a thief with two dumps sees of each child row: traces, as numbers, nothing opened."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

_PARTS = (
    "select attname from pg_attribute where attrelid = 'child'::regclass and attnum > 0"
    " and not attisdropped and atttypid = 'bytea'::regtype order by attnum"
)
_BESIDE = (
    "child_token",
    "guard_token",
    "work_token",
    "case_row",
    "source_record",
    "matter",
    "idempotency",
    "access_entry",
    "access_subject",
)
_OUT_OF_LINE = ("tokens", "whereabouts")  # whose pieces are numbered in order of writing
_CHUNK_IDS_FROM = 170_000  # the server version that tells such a number
_HEAP_ONLY, _HOT_UPDATED = 0x8000, 0x4000

Traces = dict[UUID, dict[str, float]]
"""By child, each trace by its name."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One child row in one dump."""

    page: int
    offset: int
    born: int  # the transaction that wrote it
    parts: tuple[str, ...]  # a digest of each sealed part
    sizes: tuple[int, ...]
    pieces: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Storage:
    """One dump: child rows, and how many rows of other tables each transaction wrote."""

    children: dict[UUID, Seen]
    beside: dict[str, Counter[int]]
    often: dict[int, int]  # by transaction: how often its commonest work token stands
    tuples: dict[tuple[int, int], Mapping[str, int]] = field(default_factory=dict)
    pages: dict[int, Mapping[str, int]] = field(default_factory=dict)


async def storage(admin: Any) -> Storage:
    """Take everything a superuser sees of child rows and of what was written with them."""
    parts = [row["attname"] for row in await admin.fetch(_PARTS)]
    told = admin.get_server_version().major * 10_000 >= _CHUNK_IDS_FROM
    pieces = [f"pg_column_toast_chunk_id({name})::bigint" for name in _OUT_OF_LINE if told]
    rows = await admin.fetch(
        "select child_id, ctid, xmin::text::bigint as born,"
        f" array[{', '.join(f'md5({name})' for name in parts)}] as parts,"
        f" array[{', '.join(f'octet_length({name})' for name in parts)}, length(child::text)]"
        f" as sizes, array[{', '.join(pieces)}]::bigint[] as pieces from child"
    )
    children = {
        row["child_id"]: Seen(
            row["ctid"][0],
            row["ctid"][1],
            row["born"],
            tuple(row["parts"]),
            tuple(row["sizes"]),
            tuple(piece or 0 for piece in row["pieces"]),
        )
        for row in rows
    }
    beside = {table: await _by_transaction(admin, table) for table in _BESIDE}
    often = await admin.fetch(
        "select xmin::text::bigint as born, max(n) as n from (select xmin,"
        " count(*) over (partition by token) as n from work_token) as w group by 1"
    )
    found = Storage(children, beside, {row["born"]: row["n"] for row in often})
    await _look_into_pages(admin, found)
    return found


async def _by_transaction(admin: Any, table: str) -> Counter[int]:
    rows = await admin.fetch(
        f"select xmin::text::bigint as born, count(*) as n from {table} group by 1"
    )
    return Counter({row["born"]: row["n"] for row in rows})


async def _look_into_pages(admin: Any, found: Storage) -> None:
    """Read the pages of child rows raw: line pointers, free space, marks of each tuple."""
    await admin.execute("create extension if not exists pageinspect")
    rows = await admin.fetch(
        "select b as page, h.lower, h.upper, i.lp, i.lp_off, i.lp_flags, i.t_infomask2"
        " from generate_series(0, pg_relation_size('child') / 8192 - 1) as b,"
        " page_header(get_raw_page('child', b::int)) as h,"
        " heap_page_items(get_raw_page('child', b::int)) as i"
    )
    lines: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        lines[row["page"]].append(row)
        found.tuples[row["page"], row["lp"]] = {
            "lies_at": row["lp_off"],
            "heap_only": int(bool((row["t_infomask2"] or 0) & _HEAP_ONLY)),
            "hot_updated": int(bool((row["t_infomask2"] or 0) & _HOT_UPDATED)),
        }
    for page, of_page in lines.items():
        flags = Counter(row["lp_flags"] for row in of_page)
        found.pages[page] = {
            "lines": len(of_page),
            "free": of_page[0]["upper"] - of_page[0]["lower"],
            "unused": flags[0],
            "rows": flags[1],
            "redirects": flags[2],
            "dead": flags[3],
        }


def traces(before: Storage, after: Storage, flagged: Sequence[UUID] = ()) -> Traces:
    """Return every trace of each child that stands in both dumps.

    `flagged` are children whose rows a naive design would mark in a column of its own.
    """
    groups: dict[int, list[UUID]] = defaultdict(list)
    for child_id, seen in sorted(after.children.items(), key=lambda one: one[1].offset):
        groups[seen.born].append(child_id)
    place = {
        child_id: (number + 1) / len(group)
        for group in groups.values()
        for number, child_id in enumerate(group)
    }
    marked = set(flagged)
    turned = _turned(before, after)
    found: Traces = {}
    for child_id, seen in after.children.items():
        old = before.children.get(child_id)
        if old is None:
            continue
        found[child_id] = {
            "flag": child_id in marked,
            "written_with": len(groups[seen.born]),
            "place_among_them": place[child_id],
            "pages_moved": seen.page - old.page,
            "moved": seen.page != old.page,
            "offset_moved": seen.offset - old.offset,
            "offset_far": abs(seen.offset - old.offset),
            "page_turned": turned.get(seen.page, 0),
            "born": seen.born,
            "born_after": seen.born - old.born,
            "commonest_work": after.often.get(seen.born, 0),
            **_changes(old, seen),
            **_where(after, seen),
            **{f"was_{name}": value for name, value in _where(before, old).items()},
            **{f"with_{table}": counts[seen.born] for table, counts in after.beside.items()},
        }
    return found


def _turned(before: Storage, after: Storage) -> dict[int, int]:
    """Return of each page whether its rows' order is an odd permutation of what it was.

    Each writing of a row is one exchange with the page's free place, so the order keeps
    count of them, unless it is stirred.
    """
    pages: dict[int, dict[int, int]] = defaultdict(dict)
    for child_id, seen in after.children.items():
        old = before.children.get(child_id)
        if old is not None and old.page == seen.page:
            pages[seen.page][old.offset] = seen.offset
    return {page: is_odd(moves) for page, moves in pages.items()}


def is_odd(moves: dict[int, int]) -> bool:
    """Return whether so many exchanges made these moves; free places went the other way."""
    left, taken = set(moves) - set(moves.values()), set(moves.values()) - set(moves)
    whole = moves | dict(zip(sorted(taken), sorted(left), strict=True))
    order = list(whole)
    places = [order.index(whole[each]) for each in order]
    return sum(a > b for n, a in enumerate(places) for b in places[n + 1 :]) % 2 == 1


def _changes(old: Seen, new: Seen) -> dict[str, float]:
    parts = [a != b for a, b in zip(old.parts, new.parts, strict=True)]
    sizes = [b - a for a, b in zip(old.sizes, new.sizes, strict=True)]
    pieces = zip(old.pieces, new.pieces, strict=True)
    return {
        "parts_changed": sum(parts),
        **{f"part_{number}": changed for number, changed in enumerate(parts)},
        **{f"size_{number}": grown for number, grown in enumerate(sizes)},
        **{f"piece_{number}": new_piece for number, (_, new_piece) in enumerate(pieces)},
    }


def _where(dump: Storage, seen: Seen) -> dict[str, float]:
    at = {"page": seen.page, "offset": seen.offset}
    return {**at, **dump.tuples[seen.page, seen.offset], **dump.pages[seen.page]}
