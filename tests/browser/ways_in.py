"""Where each persona begins to walk, and the forms whose answers are pages of their own."""

from typing import Final

from tests.browser.peopled import Peopled
from tests.browser.stand import SYSTEM
from tests.stories.telling import CHILD

Fill = tuple[str, str, dict[str, str]]  # a page ("": this one), where its form goes, what is typed
WHY: Final = {"purpose": "safeguard", "reason": "contact_practitioner"}
CASE: Final = "AUD/2026-17"
# Pages that one authority by itself, today, cannot come to: test_pages_apart.py looks at them.
LATER: Final = frozenset({"who_looked_report"})  # of a month that is over
RESTORED: Final = frozenset({"log_release"})  # after a backup was restored
ACROSS: Final = frozenset(
    {"move", "move_agreed", "move_reviewed", "peer_released", "peer_suspended"}
)
UNREACHED: Final = LATER | RESTORED | ACROSS


def seeds(persona: str, made: Peopled, origin: str) -> list[str]:
    """Return where a persona begins: the first page, and what another tool's link leads to."""
    ids = made.ids
    link = SYSTEM.link(aud=f"{origin}/launch", child=ids["long"], purpose="safeguard")
    child = f"/children/{ids['child']}"
    own = {
        "teacher": [f"/launch?link={link}", child],
        "social_worker": [
            f"{child}/involvements/{ids['involvement']}",
            f"/children/{ids['shielded']}",
            f"/children/{ids['shielded']}/override/{ids['override']}",
            f"/mediation/{ids['mediation']}",
            f"/children/{ids['long']}",
        ],
        "therapist": [f"/children/{ids['harmed']}/bases/{ids['basis']}/end"],
        "manager": [
            f"/team/children/{ids['shielded']}",
            f"{child}/who-looked",
            f"/team/practitioners/{ids['practitioner']}",
            f"/team/practitioners/{ids['practitioner']}/unshield",
            f"/team/overrides/{ids['override']}/conclude",
            f"{child}/consents/{ids['consent']}/prove",
        ],
        "second_manager": [f"/team/holds/{ids['held_twice']}/second/{ids['hold_release']}"],
        "supervisor": [
            f"/caseload?practitioner_id={ids['practitioner']}",
            f"/staff-samples/{ids['sample']}",
        ],
        "auditor": [f"/panels/{ids['panel']}", f"/misuse/{ids['misuse_alert']}"],
        "second_auditor": [f"/panels/{ids['panel']}"],
    }
    return ["/", *own.get(persona, [])]


def fills(persona: str, made: Peopled) -> list[Fill]:
    """Return the forms a persona fills in: page, where it goes, what is typed."""
    ids, name = made.ids, made.child["name"]
    year, month, day = made.child["date_of_birth"].split("-")
    who = {**name, "born-day": day, "born-month": month, "born-year": year}
    nobody = {**who, "given_name": "Zyxw", "family_name": "Vutsrq"}
    search: Fill = ("/", "/", {**WHY, **who})
    found = {key: word for key, word in CHILD.items() if key != "judged_on"} | {"detail": "kinds"}
    parts = zip(("year", "month", "day"), CHILD["judged_on"].split("-"), strict=True)
    judged = {f"judged_on-{part}": digits for part, digits in parts}
    head = {"shard": "202600", "size": "1", "root": f"{'A' * 43}="}
    consent = {
        "given_for": "caf",
        "state": "given",
        "giver": "child",
        "understanding": "sufficient",
        "receipt": "code_only",
    }
    panel = {"case": CASE, "child_id": ids["child"], "account_id": ids["reader"], "days": "7"}
    own: dict[str, list[Fill]] = {
        "teacher": [
            search,
            ("/", "/", {**WHY, **nobody}),
            ("/mediate", "/mediate", {**WHY, "number": ids["mediation"].replace("-", "")}),
            ("", "", who),
            ("/receipts", "/receipts", {"receipt": ids["receipt"]}),
            (f"/children/{ids['child']}/subscribe", "", {"reference": "NM/20/115"}),
        ],
        "supervisor": [
            (
                f"/caseload?practitioner_id={ids['practitioner']}",
                "/caseload/hand-over",
                {"to": ids["colleague"], "involvement": ids["handed"]},
            )
        ],
        "social_worker": [
            search,
            ("/mediation", "/mediation", {**WHY, "agency": "Northmere Primary School"}),
            (f"/children/{ids['child']}/consents/new", "", consent),
        ],
        "manager": [
            ("/team/find", "/team/find", who),
            (f"/children/{ids['child']}/who-looked", "", {**found, **judged}),
            ("/team/accounts", "/team/accounts", {"name": "a"}),
            ("/team/batches", "/team/batches", {"source": "schools", "batch_id": ids["batch"]}),
        ],
        "auditor": [
            ("/log", "/log", {"case": CASE, "child_id": ids["child"]}),
            ("/marks", "/marks", {"child_id": ids["child"], "mark": "canary"}),
            ("/panels/new", "/panels/new", panel),
            ("/log/state", "/log/state", head),
        ],
    }
    return own.get(persona, [])
