"""The demo: an index brought up, fed over HTTP, and its story told step by step.

    python -m demo.story [--once] [--children N] [--port P]

The story checks itself: a step that does not go as told ends it with status 1. Without
--once the index then serves until Ctrl-C. Nothing of it is left, however it ends.
"""

import argparse
import asyncio
import signal
import sys
import time
from contextlib import AsyncExitStack
from typing import Final

from demo.asking import REFERENCE, Asking, NotAsTold, expect
from demo.boroughs import Boroughs, shared
from demo.joining import Joining
from demo.pages import Told, pages
from demo.personas import LAPSED
from demo.population import Population, made_population
from demo.postgres import PostgresFailed, PostgresMissing
from demo.running import PortTaken, Running, chosen_port, running
from demo.scenes_across import (
    child_moves_to_another_borough,
    one_question_to_three_boroughs,
    other_borough_refuses,
    shield_holds_in_another_borough,
    silent_borough_is_named,
)
from demo.scenes_found import (
    health_visitor_reads,
    lapsed_nurse_is_told_why,
    nothing_found_is_no_dead_end,
    police_desk_checks_three,
    social_worker_records,
    teacher_finds_a_child,
)
from demo.scenes_kept import (
    feed_cannot_undo_a_shield,
    killed_server_loses_nothing,
    shielded_child_cannot_be_found_by_place,
    suspension_works_on_the_next_request,
)
from demo.scenes_proved import family_asks_who_looked, log_is_verified_by_a_stranger
from demo.scenes_withheld import (
    contact_is_brokered,
    override_is_loud_and_narrow,
    withdrawn_consent_hides_at_once,
)
from demo.stage import Stage
from demo.supplies import (
    CHILD_HEALTH,
    SCHOOLS_SOURCE,
    child_health_lines,
    encoded,
    schools_lines,
)
from demo.supplying import supply_together
from demo.telling import columns, heading, progress, say
from index_service.domain.clock import SystemClock

CHILDREN: Final = 20_000
CHILDREN_MIN: Final = 20
CHILDREN_MAX: Final = 500_000
INTERRUPTED: Final = 130
SCENES: Final = (
    lapsed_nurse_is_told_why,
    teacher_finds_a_child,
    health_visitor_reads,
    social_worker_records,
    police_desk_checks_three,
    withdrawn_consent_hides_at_once,
    contact_is_brokered,
    nothing_found_is_no_dead_end,
    shielded_child_cannot_be_found_by_place,
    feed_cannot_undo_a_shield,
    override_is_loud_and_narrow,
    suspension_works_on_the_next_request,
    killed_server_loses_nothing,
)
ACROSS: Final = (
    one_question_to_three_boroughs,
    other_borough_refuses,
    silent_borough_is_named,
    shield_holds_in_another_borough,
    child_moves_to_another_borough,
)
PROVED: Final = (
    family_asks_who_looked,
    log_is_verified_by_a_stranger,
)


async def demonstrate(children: int, port: int, *, once: bool) -> None:
    """Bring an index up, feed it, tell the story, and serve unless it is to be once."""
    started, chosen = time.monotonic(), chosen_port(port)
    heading("Three authorities are founded: Northmere, Camfield, Eastbrook")
    async with running(chosen) as up:
        heading(f"Two suppliers feed each index: {children:,} children in all")
        joining = Joining(up)
        boroughs = await fed(up, children, joining)
        heading("The story begins in Northmere")
        stage = Stage(up, boroughs)
        for scene in SCENES:
            await scene(stage)
        heading("Northmere joins the region")
        await joining.all_joined()
        for scene in (*ACROSS, *PROVED):
            await scene(stage)
        await counted(up, started)
        if not once:
            async with pages(_of_home(up)) as address:
                told_how_to_ask(up, address)
                await served(up)


async def fed(up: Running, children: int, joining: Joining) -> Boroughs:
    """Make the population, share it out, and send every supplier's batch; return it.

    An authority that is fed joins the region while the others are.
    """
    with progress("population"):
        everyone = made_population(children, SystemClock().today())
        boroughs = shared(everyone)
        feeds = {name: _feeds(up, name, each) for name, each in boroughs.towns.items()}
    await supply_together(feeds, joining.begin)
    return boroughs


def _feeds(up: Running, name: str, population: Population) -> list[tuple[Asking, str, bytes]]:
    asking = up.boroughs[name].asking
    health, schools = child_health_lines(population), schools_lines(population)
    return [
        (asking, CHILD_HEALTH, encoded(health)),
        (asking, SCHOOLS_SOURCE, encoded(schools)),
    ]


async def counted(up: Running, started: float) -> None:
    """Say how much was asked and logged; NotAsTold unless every receipt has its entry."""
    answers = receipts = entries = 0
    for borough in up.boroughs.values():
        missing = await borough.log.missing(borough.asking.receipts)
        expect(missing == 0, "an entry for every receipt", borough.town.title, missing, "missing")
        answers += borough.asking.answers
        receipts += len(borough.asking.receipts)
        entries += await borough.log.entries()
    heading(f"All as told, in {time.monotonic() - started:.0f} s")
    say(f"   {answers} requests answered, {receipts} receipts given,")
    say(f"   each with its entry in the access logs, which hold {entries} entries")
    say("   (feeds have one for each chunk of lines; founding has its own).")


def _of_home(up: Running) -> Told:
    """Return what the home authority's pages are told."""
    policy = up.server.settings.log_policy
    return Told(up.home.town.title, up.server.address, up.issuer, up.directory, policy)


def told_how_to_ask(up: Running, address: str) -> None:
    """Print addresses, personas, how to get a token, and three requests to paste."""
    issuer = up.issuer
    settings = up.server.settings
    heading("It serves until Ctrl-C")
    rows = [
        ("pages", address, "sign in as any persona: one click fills the password in"),
        ("index", up.server.address, "contract: openapi/index.yaml"),
        ("probes", f"http://127.0.0.1:{settings.ops_port}", "/healthz /readyz /metrics"),
        ("issuer", issuer.url, f"certificate authority of this run: {issuer.ca_file}"),
        ("server log", str(up.server.log_file), ""),
    ]
    for line in columns(rows):
        say(f"   {line}")
    say(f"\n   Command line: index-client login --index {up.server.address} \\")
    say(f"     --client-id index-client --issuer {issuer.url} \\")
    say(f"     --resource {issuer.audience} --ca {issuer.ca_file}")
    say("\n   Personas:")
    notes = {"teacher": "suspended in step 12", LAPSED: "check lapsed"}
    people = [
        (each.name, each.title, each.agency.name, notes.get(each.name, ""))
        for each in issuer.personas.values()
    ]
    for line in columns(people):
        say(f"     {line}")
    say("\n   A token (good for ten minutes) for any of them:\n")
    say(f"token() {{ curl -s --cacert {issuer.ca_file} \\")
    secret = f"client_secret={issuer.secret}"
    say(f"  -d grant_type=client_credentials -d client_id=$1 -d {secret} \\")
    say(f'  {issuer.token_url} | sed \'s/.*"access_token":"\\([^"]*\\)".*/\\1/\'; }}')
    say("\n   Three requests to paste:\n")
    for request in requests_to_paste(up):
        say(request + "\n")


def requests_to_paste(up: Running) -> tuple[str, ...]:
    """Return a lookup, what the lapsed nurse may do, and the end of the story's suspension."""
    address = up.server.address
    teacher = up.issuer.personas["teacher"].account.id
    why = "-H 'Access-Purpose: safeguard' -H 'Access-Reason: contact_practitioner'"
    why += f" -H 'Access-Reference: {REFERENCE}'"
    json = "-H 'Content-Type: application/json'"
    asked = (
        '{"given_name":"Tobias","family_name":"Quennel-Adu","postcode":"NM3 4TQ","across":"region"}'
    )
    as_whom = '-H "Authorization: Bearer $(token {})"'.format
    restored = '{"state":"active"}'
    looks = f"curl -si -w '\\n' {as_whom('health_visitor')} {why} {json}"
    restores = f"curl -si -X PATCH {as_whom('manager')} {json}"
    return (
        f"{looks} \\\n  -d '{asked}' {address}/v1/lookups",
        f"curl -si -w '\\n' {as_whom(LAPSED)} {address}/v1/me",
        f"{restores} \\\n  -d '{restored}' {address}/v1/accounts/{teacher}",
    )


async def served(up: Running) -> None:
    """Run the region's jobs and wait until told to stop; NotAsTold if the server ends itself."""
    async with AsyncExitStack() as jobs:
        for borough in up.boroughs.values():
            await jobs.enter_async_context(borough.job("shields"))
        await jobs.enter_async_context(up.home.job("derive"))
        await asyncio.to_thread(up.server.wait)
    raise NotAsTold(f"the index ended by itself; its log: {up.server.log_file}")


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="dev.py demo", description="Tell the index's story.")
    parser.add_argument("--once", action="store_true", help="end after the story")
    parser.add_argument("--children", type=int, default=CHILDREN, help=f"default {CHILDREN}")
    parser.add_argument("--port", type=int, default=0, help="of the API; 8080 if it is free")
    chosen = parser.parse_args()
    if not CHILDREN_MIN <= chosen.children <= CHILDREN_MAX:
        parser.error(f"--children: {CHILDREN_MIN} to {CHILDREN_MAX}")
    if not 0 <= chosen.port <= 65535:
        parser.error("--port: 0 to 65535")
    return chosen


async def _until_stopped(chosen: argparse.Namespace) -> None:
    """Run the demo so that being asked to end ends it in order."""
    task = asyncio.current_task()
    assert task is not None
    # SIGINT too: a shell that starts it in the background would have it ignored.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    await demonstrate(chosen.children, chosen.port, once=chosen.once)


def main() -> int:
    """Run the demo; return its exit status."""
    chosen = arguments()
    try:
        asyncio.run(_until_stopped(chosen))
    except NotAsTold as finding:
        print(f"\nnot as told: {finding}", file=sys.stderr)
        return 1
    except PortTaken:
        print(f"port {chosen.port} is taken: choose another with --port", file=sys.stderr)
        return 2
    except (PostgresMissing, PostgresFailed) as failure:
        print(f"no database: {failure}", file=sys.stderr)
        return 3
    except (KeyboardInterrupt, asyncio.CancelledError):
        say("\nstopped; nothing is left")
        return 0 if not chosen.once else INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main())
