"""Storage and logs hold no known name, number or postcode, in any of six encodings.

python -m proofs.scan [--quick] [--full] [--children N] [--seed N]

A day of real use, bad input included, with every statement and its parameters logged by
PostgreSQL. Then the database is stopped and every byte searched: data directory, WAL,
dump, both logs, what statistics views show, environments. As a control a few values are
planted in a table and in the logs in each encoding: all must be found, or the run is void.
"""

import argparse
import asyncio
import random
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import asyncpg

from demo.authority import (
    answering,
    found_authority,
    issuer_and_database,
    migrate,
    new_database,
    serving,
    with_room,
)
from demo.postgres import SUPERUSER, Postgres
from index_service.crypto.providers import FileKeyProvider
from index_service.domain.clock import SystemClock
from proofs.workings.crowd import Child, crowd
from proofs.workings.judged import Proof, table
from proofs.workings.loading import spend_a_day
from proofs.workings.sought import ENCODINGS, Hit, Sought, spelt

DATABASE = "northmere"
PLANTED = 3
# Whatever an operator may turn on while looking for a fault.
TALKATIVE = {
    "log_statement": "all",
    "log_min_duration_statement": "0",
    "log_parameter_max_length": "-1",
    "log_connections": "on",
    "track_activity_query_size": "65536",
}
VIEWS = (
    "pg_stat_activity",
    "pg_stats",
    "pg_stat_user_tables",
    "pg_stat_user_indexes",
    "pg_settings",
    "pg_prepared_xacts",
    "pg_locks",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """How many children are known, and which they are."""

    children: int = 1000
    seed: int = 0
    keys_too: bool = True


def known_values(children: Iterable[Child]) -> set[str]:
    """Return every value of these children that must not be found."""
    values = set()
    for child in children:
        values |= {child.given, child.family, child.carer, child.nhs_number, child.upn}
        values |= {child.postcode, child.postcode.replace(" ", ""), child.phone}
        values |= {f"{child.given} {child.family}", "NM" + child.nhs_number[3:]}
    return values


async def prove(plan: Plan, proof: Proof) -> None:
    """Load, stop, search; then plant, and search again."""
    children = list(islice(crowd(plan.seed), plan.children))
    sought = Sought(known_values(children))
    proof.conditions |= {
        "children": len(children),
        "values": len(sought.values),
        "encodings": list(ENCODINGS),
        "seed": plan.seed,
    }
    proof.doing("starting a database, an issuer and the server")
    async with issuer_and_database(fsync=True) as (postgres, issuer, directory):
        new_database(postgres, DATABASE)
        await asyncio.to_thread(migrate, postgres.url("{role}", DATABASE))
        for name, value in TALKATIVE.items():
            postgres.psql(f"alter system set {name} = '{value}'")
        postgres.restart()
        authority = await found_authority(
            postgres, DATABASE, issuer, directory / "keys", with_room()
        )
        seen = directory / "seen"
        seen.mkdir()
        with serving(authority, directory / "server.log") as process:
            await answering(authority, process)
            today = SystemClock().today()
            statuses = await spend_a_day(authority, issuer, children, today, proof.doing)
            loaded = await _look(postgres, process.pid, seen)
        places = _dumped_and_stopped(postgres, directory, seen)
        hits = list(_searched(sought, places, proof))
        _judge(proof, hits, places)
        proof.claim("every known child was loaded", loaded >= plan.children, loaded)
        proof.claim(
            "the load had answers of every family, and no defect",
            {200, 201, 204, 400, 401, 403, 404, 415, 422} <= set(statuses) and 500 not in statuses,
            dict(sorted(statuses.items())),
        )
        proof.figures["requests"] = sum(statuses.values())
        if plan.keys_too:
            _judge_keys(proof, places, FileKeyProvider(directory / "keys"))
        await _control(postgres, directory, children[:PLANTED], proof)


async def _look(postgres: Postgres, server: int, seen: Path) -> int:
    """Keep what views, environments and open files of a running service show; count children."""
    admin: Any = await asyncpg.connect(postgres.url(SUPERUSER, DATABASE))
    await admin.execute("analyze")
    for view in VIEWS:
        rows = await admin.fetch(f"select t::text as line from {view} t")
        (seen / f"{view}.txt").write_text("\n".join(row["line"] for row in rows))
    loaded = int(await admin.fetchval("select count(*) from child"))
    await admin.close()
    postmaster = (postgres.data_directory / "postmaster.pid").read_text().split()[0]
    for pid in (str(server), postmaster):
        process = Path("/proc") / pid
        for part in ("environ", "cmdline"):
            (seen / f"{pid}.{part}").write_bytes((process / part).read_bytes())
        for descriptor in (process / "fd").iterdir():
            target = descriptor.resolve()
            # A file deleted but still open is read through its descriptor.
            if descriptor.is_file() and not str(target).startswith("/dev"):
                (seen / f"{pid}.fd{descriptor.name}").write_bytes(descriptor.read_bytes())
    return loaded


def _dumped_and_stopped(postgres: Postgres, directory: Path, seen: Path) -> dict[str, list[Path]]:
    """Dump the database, stop it cleanly, and return every file by kind of place."""
    dump = directory / "dump.sql"
    programs = postgres.binaries
    where = ["-h", str(postgres.socket_directory), "-U", SUPERUSER]
    with dump.open("wb") as out:
        for command in (["pg_dumpall", "--globals-only"], ["pg_dump", DATABASE]):
            subprocess.run([programs / command[0], *where, *command[1:]], stdout=out, check=True)
    postgres.stop("fast")
    files = [path for path in postgres.data_directory.rglob("*") if path.is_file()]
    wal = postgres.data_directory / "pg_wal"
    places = {
        "data directory": [path for path in files if wal not in path.parents],
        "WAL": [path for path in files if wal in path.parents],
        "dump": [dump],
        "PostgreSQL's log": [postgres.log_file],
        "the server's log": [directory / "server.log"],
        "views, environments, open files": sorted(seen.iterdir()),
    }
    named = {path for paths in places.values() for path in paths}
    left = [path for path in _files(directory) if path not in named]
    keys = directory / "keys"
    places["temporary files"] = [path for path in left if keys not in path.parents]
    return places


def _files(*directories: Path) -> Iterator[Path]:
    for directory in directories:
        yield from (path for path in directory.rglob("*") if path.is_file())


def _searched(sought: Sought, places: dict[str, list[Path]], proof: Proof) -> Iterator[Hit]:
    done = 0
    for place, paths in places.items():
        for path in paths:
            proof.doing(f"searching {place}, {done >> 20} MB done")
            done += path.stat().st_size
            yield from sought.in_file(path, place)


def _judge(proof: Proof, hits: list[Hit], places: dict[str, list[Path]]) -> None:
    by_place: dict[str, list[Hit]] = defaultdict(list)
    for hit in hits:
        by_place[hit.where].append(hit)
    sizes = {place: sum(path.stat().st_size for path in paths) for place, paths in places.items()}
    for place, size in sizes.items():
        found = by_place[place]
        examples = sorted({(hit.encoding, hit.value) for hit in found})[:3]
        proof.claim(
            f"none of the values is in: {place}",
            not found,
            f"{len(found)} hits in {size / 1e6:.1f} MB {examples or ''}",
        )
    proof.figures |= {
        "values": proof.conditions["values"],
        "hits": len(hits),
        "megabytes": round(sum(sizes.values()) / 1e6, 1),
    }
    if not proof.quiet:
        rows = [
            [place, len(places[place]), f"{sizes[place] / 1e6:.1f}", len(by_place[place])]
            for place in places
        ]
        table(["place", "files", "MB", "hits"], rows)


def _judge_keys(proof: Proof, places: dict[str, list[Path]], provider: FileKeyProvider) -> None:
    """No secret of the key directory stands anywhere else, raw or written out."""
    found: Counter[str] = Counter()
    secrets = {name: provider.secret(name) for name in provider.names()}
    for place, paths in places.items():
        for path in paths:
            proof.doing(f"looking for keys in {place}")
            blob = path.read_bytes()
            for secret in secrets.values():
                found[place] += secret in blob or secret.hex().encode() in blob
    proof.claim("no key stands in any of these places", not found.total(), dict(+found) or 0)


_PLANT = "insert into planted values ($1, $2, $3)"


async def _control(
    postgres: Postgres, directory: Path, children: list[Child], proof: Proof
) -> None:
    """Plant values where a fault would leave them; a search that misses one shows nothing."""
    proof.doing("planting values for the control")
    values = [value for child in children for value in (child.family, child.nhs_number)]
    values += [child.postcode for child in children]
    postgres.restart()
    admin: Any = await asyncpg.connect(postgres.url(SUPERUSER, DATABASE))
    await admin.execute("create table planted (how text, as_text text, as_bytes bytea)")
    for value in values:
        for how, spellings in spelt(value).items():
            for spelling in spellings:
                text = spelling.decode() if how != "utf-16" else ""
                # Twice: a page of WAL may end within one, and its head stand in between.
                for _ in range(2):
                    await admin.execute(_PLANT, how, text, spelling)
                with (directory / "server.log").open("ab") as log:
                    log.write(spelling + b"\n")
        await admin.execute(f"do $$ begin raise log '{value}'; end $$")
    await admin.close()
    places = _dumped_and_stopped(postgres, directory, directory / "seen")
    missed = []
    sought = Sought(values)
    for place in ("data directory", "WAL", "dump", "the server's log", "PostgreSQL's log"):
        found = {
            (hit.value, hit.encoding) for hit in _searched(sought, {place: places[place]}, proof)
        }
        spellings_wanted = ("utf-8",) if place == "PostgreSQL's log" else ENCODINGS
        wanted = {(value, how) for value in values for how in spellings_wanted}
        # Letters and digits are their own URL encoding: there is nothing else to find.
        wanted -= {(value, "url") for value in values if value.isalnum()}
        missed += [f"{value} as {how} in {place}" for value, how in sorted(wanted - found)]
    proof.claim(
        "values planted in tables and logs are found in every encoding",
        not missed,
        f"{len(missed)} missed of {len(values)} x {len(ENCODINGS)} x 4 {missed[:3] or ''}",
        control=True,
    )


def main(arguments: list[str]) -> int:
    """Prove it, at length."""
    parser = argparse.ArgumentParser(prog="prove scan")
    parser.add_argument("--quick", action="store_true", help="as the suite does: few children")
    parser.add_argument("--full", action="store_true", help="5,000 children")
    parser.add_argument("--children", type=int)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    chosen = parser.parse_args(arguments)
    usual = 20 if chosen.quick else 5000 if chosen.full else 1000
    plan = Plan(chosen.children or usual, chosen.seed)
    proof = Proof("scan")
    with proof.watched():
        asyncio.run(prove(plan, proof))
    return proof.verdict()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
