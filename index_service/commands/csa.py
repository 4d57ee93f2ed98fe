"""`csa`: enrol an authority on a server, and found its index."""

import argparse
import asyncio
import os
import sys
from datetime import date
from typing import Any
from uuid import uuid4

from consent.agreement import default_document
from consent.facts import AccountState, AgencyKind, Role
from index_service.domain.clock import SystemClock
from index_service.domain.directory import Account, Agency
from index_service.domain.errors import Invalid
from index_service.domain.fields import checked_name, checked_org_name, checked_phone
from index_service.opening import opened
from index_service.services.admitting import Login
from index_service.services.founding import FoundedAlready, Founding, found
from index_service.settings import Settings
from index_service.store.enrolment import CsaNameRefused, enrol


def mount(nouns: Any) -> None:
    """Add the command to the parser."""
    noun = nouns.add_parser("csa", help="enrol an authority; found its index")
    verbs = noun.add_subparsers(dest="verb", required=True, metavar="VERB")
    enrolling = verbs.add_parser("enrol", help="make its login roles (ADMIN_DATABASE_URL)")
    enrolling.add_argument("name")
    enrolling.set_defaults(run=run_enrol)
    founding = verbs.add_parser("found", help="write first agreement, team and manager")
    for option in ("team", "duty-phone", "lead-name", "lead-phone", "subject"):
        founding.add_argument(f"--{option}", required=True)
    for option in ("checked-on", "trained-on", "signed-on"):
        founding.add_argument(f"--{option}", required=True, type=date.fromisoformat)
    founding.set_defaults(run=run_found)


def run_enrol(chosen: argparse.Namespace) -> int:
    """Make an authority's login roles on the server."""
    dsn = os.environ.get("ADMIN_DATABASE_URL")
    if not dsn:
        print("ADMIN_DATABASE_URL is missing: the server administrator's address", file=sys.stderr)
        return 2
    try:
        asyncio.run(enrol(dsn, chosen.name))
    except CsaNameRefused:
        print("refused: a name is 3 to 31 of a-z, 0-9 and _, a letter first", file=sys.stderr)
        return 2
    return 0


def run_found(chosen: argparse.Namespace) -> int:
    """Found the index named by the settings."""
    try:
        asyncio.run(_found(Settings(), chosen))
    except FoundedAlready:
        print("founded already: further changes go through the API", file=sys.stderr)
        return 1
    except Invalid as refusal:
        print(f"refused: {refusal.code} {refusal.field}", file=sys.stderr)
        return 2
    return 0


async def _found(settings: Settings, chosen: argparse.Namespace) -> None:
    team = Agency(
        id=uuid4(),
        name=checked_org_name(chosen.team, "team"),
        kind=AgencyKind.AUTHORITY,
        duty_phone=checked_phone(chosen.duty_phone, "duty-phone"),
        hours=(),
        lead_name=checked_name(chosen.lead_name, "lead-name"),
        lead_phone=checked_phone(chosen.lead_phone, "lead-phone"),
        accredited=True,
        front_door=True,
    )
    manager = Account(
        id=uuid4(),
        agency_id=team.id,
        role=Role.MANAGEMENT_TEAM,
        state=AccountState.ACTIVE,
        checked_on=chosen.checked_on,
        trained_on=chosen.trained_on,
        signed_on=chosen.signed_on,
    )
    login = Login(settings.issuer, chosen.subject)
    async with opened(settings, clock=SystemClock()) as made:
        await found(made.index, Founding(default_document(), team, manager, login))
