"""Stored tiles, against those the leaves give."""

from pathlib import Path

from index_verify.findings import Report
from index_verify.heads import SHARD_FIRST
from index_verify.leaves import Grown
from index_verify.spelling import HASH_SIZE, Malformed, from_hex, sha256, whole, with_members
from index_verify.tree import TILE


def check_tiles(path: Path, shards: dict[int, Grown], report: Report) -> None:
    """Compare each line of a tile export; Malformed, OSError."""
    seen: set[tuple[int, int, int]] = set()
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            place, digest = _tile(raw)
            where = f"tile {number}"
            expected = shards[place[0]].tiles.get(place[1:]) if place[0] in shards else None
            if place in seen:
                report.found("tile_twice", where)
            elif expected is None:
                report.found("tile_beyond", where)
            elif expected != digest:
                report.found("tile", where)
            else:
                report.verified["tiles"] += 1
            seen.add(place)
    for shard, grown in shards.items():
        if any((shard, *place) not in seen for place in grown.tiles):
            report.found("tile_missing")


def _tile(raw: bytes) -> tuple[tuple[int, int, int], bytes]:
    try:
        said = with_members(raw, "shard", "level", "tile", "hashes")
        place = whole(said["shard"]), whole(said["level"]), whole(said["tile"])
        hashes = from_hex(said["hashes"], TILE * HASH_SIZE)
        if place[0] < SHARD_FIRST or not raw.endswith(b"\n"):
            raise ValueError("cut, or no shard")
    except ValueError:
        raise Malformed("tile_form") from None
    return place, sha256(hashes)
