"""Probes of the directory: of no child, so that nothing of it may differ for anybody."""

from demo.personas import MANAGEMENT, SCHOOLS
from proofs.workings.worlds_people import EVERYBODY, TEAM
from proofs.workings.worlds_probes import CONTACT, NO_WHY, Aim, Probe, Scene, asks

_ALL = tuple(who for who in EVERYBODY if who is not None)


@asks("readMe", by=_ALL, of_no_child=True)
def me(_: Aim, who: str | None) -> Scene:
    """Ask what stands in one's way."""
    return [Probe("readMe", who, "GET", "/v1/me", why=NO_WHY)]


@asks("readVocabularies", by=_ALL, of_no_child=True)
def vocabularies(_: Aim, who: str | None) -> Scene:
    """Ask for every word."""
    return [Probe("readVocabularies", who, "GET", "/v1/vocabularies", why=NO_WHY)]


@asks("readAgencies", by=_ALL, of_no_child=True)
def agencies(_: Aim, who: str | None) -> Scene:
    """Ask for front doors."""
    return [Probe("readAgencies", who, "GET", "/v1/agencies", why=NO_WHY)]


@asks("addAgency", by=(TEAM,), of_no_child=True)
def add_agency(aim: Aim, who: str | None) -> Scene:
    """Add an agency, twice under one key."""
    body = {
        "name": f"Northmere {aim.child().family} Club",
        "kind": "voluntary",
        "duty_phone": "+441632960555",
        "hours": [{"days": ["sat"], "opens": "09:00", "closes": "12:00"}],
        "lead_name": "Marit Quoyle",
        "lead_phone": "+441632960556",
        "accredited": False,
    }
    once = aim.once()
    first = Probe("addAgency", who, "POST", "/v1/agencies", body, NO_WHY, once)
    return [first, first][: aim.chance.randrange(1, 3)]


@asks("addPractitioner", by=(TEAM,), of_no_child=True)
def add_practitioner(aim: Aim, who: str | None) -> Scene:
    """Add a practitioner and read them."""
    label = aim.label()
    body = {"agency_id": str(SCHOOLS.id), "name": "Marit Quoyle", "team": CONTACT["team"]}
    path = "/v1/practitioners"
    return [
        Probe("addPractitioner", who, "POST", path, body, NO_WHY, aim.once(), label),
        Probe("readPractitioner", who, "GET", f"{path}/«{label}.id»", why=NO_WHY),
    ]


@asks("readPractitioner", by=(TEAM,), of_no_child=True)
def practitioner(aim: Aim, who: str | None) -> Scene:
    """Read a practitioner, or the hidden child's id as if it were one."""
    which = aim.chance.choice([aim.child_id(), aim.id_of("practitioner")])
    path = f"/v1/practitioners/{which}"
    return [Probe("readPractitioner", who, "GET", path, why=NO_WHY)]


@asks("shieldContact", by=(TEAM,), of_no_child=True)
def shield_contact(aim: Aim, who: str | None) -> Scene:
    """Shield the contact of a practitioner who is not there: the hidden child's id."""
    path = f"/v1/practitioners/{aim.child_id()}"
    return [Probe("shieldContact", who, "PATCH", path, {"contact_shielded": True}, NO_WHY)]


@asks("addAccount", by=(TEAM,), of_no_child=True)
def add_account(aim: Aim, who: str | None) -> Scene:
    """Add an account and suspend it."""
    label = aim.label()
    body = {
        "issuer": "https://login.northmere.example",
        "subject": f"p-{aim.label()}",
        "agency_id": str(SCHOOLS.id),
        "role": "practitioner",
        "checked_on": aim.stage.day(30),
    }
    return [
        Probe("addAccount", who, "POST", "/v1/accounts", body, NO_WHY, aim.once(), label),
        Probe(
            "amendAccount",
            who,
            "PATCH",
            f"/v1/accounts/«{label}.id»",
            {"state": "suspended"},
            NO_WHY,
        ),
    ]


@asks("readAccounts", by=(TEAM,), of_no_child=True)
def accounts(aim: Aim, who: str | None) -> Scene:
    """Ask for the team's own accounts, or for those of the hidden child's id as an agency."""
    which = aim.chance.choice([str(MANAGEMENT.id), aim.child_id()])
    path = f"/v1/accounts?agency_id={which}"
    return [Probe("readAccounts", who, "GET", path, why=NO_WHY)]


@asks("readAccount", by=(TEAM,), of_no_child=True)
def account(aim: Aim, who: str | None) -> Scene:
    """Read an account that is not there: the hidden child's id, or nobody's."""
    which = aim.chance.choice([aim.child_id(), aim.id_of("account")])
    return [Probe("readAccount", who, "GET", f"/v1/accounts/{which}", why=NO_WHY)]


@asks("amendAccount", by=(TEAM,), of_no_child=True)
def amend_account(aim: Aim, who: str | None) -> Scene:
    """Amend an account that is not there: the hidden child's id, or nobody's."""
    path = f"/v1/accounts/{aim.child_id()}"
    return [Probe("amendAccount", who, "PATCH", path, {"state": "suspended"}, NO_WHY)]
