"""A thief with every table, lists of children and known children learns nobody's facts.

python -m proofs.thief [--quick] [--full] [--children N] [--live N] [--seed N]

Attackers hold a full dump, {0, 500, 6,000} known (child id, name, date of birth) triples
and lists of {0, 50, 100} % of the population. They try every way found to join rows and
then recover date of birth, surname and both of the other children. Their gain over the
best blind guess is at most .3 points (--quick has 6,000 children, a tenth of the known and
allows 1 point, as chance alone moves so few more). The control is the same attack on the
naive table, child ids beside the tokens and one HMAC per field: at least 10 points, or the
run is void. A day of live writes is attacked as well and reported, not judged: rows
written together can be joined until the nightly rewrite, and that is what is claimed.
"""

import argparse
import asyncio
import contextlib
import random
import sys
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import asyncpg

from demo.authority import (
    Authority,
    answering,
    found_authority,
    issuer_and_database,
    migrate,
    new_database,
    serving,
    with_room,
)
from demo.issuer import Issuer
from demo.postgres import SUPERUSER
from index_service.crypto.keyring import Keyring
from index_service.crypto.pointer import PointerRefused
from index_service.crypto.providers import FileKeyProvider
from proofs.workings import stolen
from proofs.workings.judged import Proof, table
from proofs.workings.living import live_writes
from proofs.workings.population import Key, Person, population
from proofs.workings.spoils import FACTS, Cell, Gains, Spoils, attacks, every_join, naive
from proofs.workings.stocking import (
    Pair,
    gathered,
    in_chunks,
    insert_tokens,
    keys_of_chunk,
    sealing_processes,
    stock_chunk,
)
from proofs.workings.stolen import Links
from proofs.workings.thievery import Row

DATABASE = "northmere"
KNOWN = (0, 500, 6000)
LISTED = (0, 50, 100)
GAIN_MAX = 0.3
CONTROL_MIN = 10.0
LISTS_CHUNK = 5000


@dataclass(frozen=True, slots=True)
class Plan:
    """How large a population, how many written live, how many known, the gain allowed."""

    children: int = 60_000
    live: int = 600
    seed: int = 0
    known: tuple[int, ...] = KNOWN
    gain_max: float = GAIN_MAX


@dataclass(frozen=True, slots=True)
class Stock:
    """The population as loaded: ids and token sheets by person, and what lists would say."""

    people: list[Person]
    ids: list[bytes]
    sheets: list[list[Pair]]
    rows: list[Row]
    strangers: list[Row]


async def prove(plan: Plan, proof: Proof) -> None:
    """Load, steal, attack, judge."""
    proof.conditions |= {
        "children": plan.children,
        "live": plan.live,
        "known": list(plan.known),
        "listed": list(LISTED),
        "gain_max": plan.gain_max,
        "seed": plan.seed,
    }
    async with issuer_and_database(fsync=False) as (postgres, issuer, directory):
        new_database(postgres, DATABASE)
        await asyncio.to_thread(migrate, postgres.url("{role}", DATABASE))
        authority = await found_authority(
            postgres, DATABASE, issuer, directory / "keys", with_room()
        )
        stock = await _stocked(plan, authority, proof)
        admin: Any = await asyncpg.connect(postgres.url(SUPERUSER, DATABASE))
        try:
            proof.doing("taking a full dump")
            person = {child_id: number for number, child_id in enumerate(stock.ids)}
            _attack_all(plan, await _spoils(stock, person, admin), proof)
            if plan.live:
                with serving(authority, directory / "server.log") as process:
                    await answering(authority, process)
                    await _live(plan, proof, (authority, issuer), stock, admin)
        finally:
            await admin.close()


async def _stocked(plan: Plan, authority: Authority, proof: Proof) -> Stock:
    """Load all but those to be written live: rows shuffled, tokens in token order."""
    proof.doing("inventing a population")
    people = population(plan.children + plan.live, plan.seed)
    strangers = population(plan.children, plan.seed + 1)
    random.Random(plan.seed).shuffle(people)
    settings = authority.settings
    with sealing_processes() as pool:
        parts = [
            pool.submit(stock_chunk, settings.database_url, settings.key_directory, some)
            for some in in_chunks(people[: plan.children])
        ]
        made = await asyncio.to_thread(gathered, parts, proof.doing, "sealing and inserting")
        known = [person.known() for person in (*people, *strangers)]
        listed = [pool.submit(keys_of_chunk, some) for some in in_chunks(known, LISTS_CHUNK)]
        sheets = [sheet for part in made for sheet in part.search]
        await insert_tokens(
            settings.database_url,
            [pair for sheet in sheets for pair in sheet],
            [pair for part in made for pair in part.guard],
            proof.doing,
        )
        keyed = await asyncio.to_thread(gathered, listed, proof.doing, "keys of lists")
    keys = [one for part in keyed for one in part]
    ids = [child_id for part in made for child_id in part.ids]
    rows = _rows(people, keys[: len(people)])
    return Stock(people, ids, sheets, rows, _rows(strangers, keys[len(people) :]))


def _rows(people: list[Person], keys: list[tuple[Key, ...]]) -> list[Row]:
    return [Row(own, who.born, who.family) for who, own in zip(people, keys, strict=True)]


async def _spoils(stock: Stock, person: Mapping[bytes, int], admin: Any) -> Spoils:
    dump = await stolen.stolen(admin)
    person_of = [person.get(child_id, -1) for child_id in dump.ids]
    true_links = {
        place: tuple(dump.number_of[token] for token, _ in stock.sheets[number])
        for place, number in enumerate(person_of)
        if 0 <= number < len(stock.sheets)
    }
    return Spoils(dump, stock.rows, stock.strangers, person_of, true_links)


def _cells(plan: Plan) -> list[Cell]:
    return [
        Cell(known, listed, plan.seed + known + listed) for known in plan.known for listed in LISTED
    ]


def _attack_all(plan: Plan, spoils: Spoils, proof: Proof) -> None:
    """Let every attacker try every way on the dump, and once on the naive design."""
    proof.doing("joining rows")
    joins, plain = every_join(spoils.dump), naive(spoils)
    shown: list[list[object]] = []
    worst: list[tuple[float, str]] = [(-100.0, "")] * len(FACTS)
    control: dict[Cell, Gains] = {}
    for cell in _cells(plan):
        proof.doing(f"attacking: {cell}")
        gains = attacks(spoils, cell, joins)
        best = [max((gain[fact], name) for name, gain in gains.items()) for fact in range(3)]
        worst = [
            max(known, (gain, f"{cell}, {name}"))
            for known, (gain, name) in zip(worst, best, strict=True)
        ]
        proof.doing(f"attacking the control: {cell}")
        control[cell] = attacks(plain, cell, {"ids": plain.true_links})["ids"]
        cells = [f"{gain:.2f}" for gain in (*(gain for gain, _ in best), *control[cell])]
        shown.append([cell, *cells])
    if not proof.quiet:
        heads = ["attacker (gain in points)", *FACTS, *(f"control {fact}" for fact in FACTS)]
        table(heads, shown)
    _judge(plan, proof, worst, control)
    shared, looks = stolen.equal_parts(spoils.dump), len(set(spoils.dump.looks))
    proof.claim("no two pointers share eight bytes at one place", shared == 0, shared)
    proof.claim("all child rows look the same from outside", looks == 1, f"{looks} looks")


def _judge(
    plan: Plan, proof: Proof, worst: list[tuple[float, str]], control: dict[Cell, Gains]
) -> None:
    for fact, (gain, who) in zip(FACTS, worst, strict=True):
        proof.claim(
            f"no attacker gains more than {plan.gain_max} points in {fact}",
            gain <= plan.gain_max,
            f"best {gain:.3f}: {who}",
        )
        proof.figures[f"gain_{fact.replace(' ', '_')}"] = round(gain, 3)
    for cell, gains in control.items():
        if cell.known and cell.listed:
            proof.claim(
                f"the naive design loses at least 10 points to {cell}",
                max(gains) >= CONTROL_MIN,
                " / ".join(f"{gain:.1f}" for gain in gains),
                control=True,
            )
            proof.figures["control_gains"] = [round(gain, 1) for gain in gains]


async def _live(
    plan: Plan, proof: Proof, asked: tuple[Authority, Issuer], stock: Stock, admin: Any
) -> None:
    """Attack what a day of live writes leaves lying together, until it is rewritten."""
    proof.doing(f"writing {plan.live} children live")
    people = {n: stock.people[n] for n in range(plan.children, plan.children + plan.live)}
    lived = await live_writes(*asked, people, admin)
    person = {child_id: number for number, child_id in enumerate(stock.ids)}
    proof.doing("taking another dump")
    spoils = await _spoils(stock, {**person, **lived.one_by_one, **lived.supplied}, admin)
    joins = {"tokens by transaction": stolen.by_transaction(spoils.dump)}
    place_of = {child_id: place for place, child_id in enumerate(spoils.dump.ids)}
    shown: list[list[object]] = []
    for name, ids in (("one by one", lived.one_by_one), ("in a batch", lived.supplied)):
        only = {place_of[child_id] for child_id in ids if child_id not in person}
        joined = _joined(asked[0], spoils, joins["tokens by transaction"], only)
        proof.figures[f"live_{name.replace(' ', '_')}_joined_percent"] = round(joined, 1)
        worst = [0.0, 0.0, 0.0]
        for cell in _cells(plan):
            proof.doing(f"attacking live writes {name}: {cell}")
            gains = attacks(spoils, cell, joins, only)
            best = [max(gain[fact] for gain in gains.values()) for fact in range(3)]
            worst = [max(pair) for pair in zip(worst, best, strict=True)]
            shown.append([f"written {name}, {cell}", *(f"{gain:.2f}" for gain in best)])
        proof.figures[f"live_{name.replace(' ', '_')}_gains"] = [round(gain, 1) for gain in worst]
    if not proof.quiet:
        print("\n  Until the nightly rewrite, reported and not judged:")
        table(["live writes (gain in points)", *FACTS], shown)


def _joined(authority: Authority, spoils: Spoils, links: Links, only: set[int]) -> float:
    """Return the share of children, in percent, joined with all their tokens and no other's."""
    settings = authority.settings
    pointers = Keyring(settings.csa, FileKeyProvider(settings.key_directory)).pointers
    dump, own = spoils.dump, defaultdict(set)
    token_of = {number: token for token, number in dump.number_of.items()}
    written = {dump.child_born[place] for place in only}
    place_of = {child_id: place for place, child_id in enumerate(dump.ids)}
    rows = zip(dump.tokens, dump.token_born, dump.pointers, strict=True)
    for number, born, pointer in rows:
        if born in written:
            with contextlib.suppress(PointerRefused):  # a decoy's
                found = pointers.open(token_of[number], pointer)
                own[place_of[found.child_id.bytes]].add(number)
    whole = [place for place in only if own[place] <= set(links.get(place, ()))]
    apart = [place for place in whole if not _shares(links, own, place)]
    return 100 * len(apart) / max(1, len(only))


def _shares(links: Links, own: Mapping[int, set[int]], place: int) -> bool:
    """Whether tokens of another child alone were joined with this one."""
    joined = set(links[place])
    others = set().union(*(tokens for other, tokens in own.items() if other != place))
    return bool(joined & (others - own[place]))


def main(arguments: list[str]) -> int:
    """Prove it, at length."""
    parser = argparse.ArgumentParser(prog="prove thief")
    parser.add_argument("--quick", action="store_true", help="6,000 children, 1 point allowed")
    parser.add_argument("--full", action="store_true", help="350,000 children")
    parser.add_argument("--children", type=int)
    parser.add_argument("--live", type=int)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    chosen = parser.parse_args(arguments)
    plan = Plan(seed=chosen.seed)
    if chosen.quick:
        plan = QUICK
    if chosen.full:
        plan = Plan(350_000, 1000, chosen.seed)
    asked = {"children": chosen.children, "live": chosen.live}
    plan = replace(plan, seed=chosen.seed, **{n: v for n, v in asked.items() if v is not None})
    proof = Proof("thief")
    with proof.watched():
        asyncio.run(prove(plan, proof))
    return proof.verdict()


QUICK = Plan(6000, 60, 0, (0, 100, 600), gain_max=1.0)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
