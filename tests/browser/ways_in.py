"""Where each persona begins to walk, and the forms whose answers are pages of their own."""

from typing import Final

from tests.browser.peopled import Peopled
from tests.stories.telling import CHILD

Fill = tuple[str, str, dict[str, str]]  # a page ("": this one), where its form goes, what is typed
WHY: Final = {"purpose": "safeguard", "reason": "contact_practitioner"}
CASE: Final = "AUD/2026-17"
# Pages that one authority by itself cannot come to, and why. Each is opened elsewhere.
UNREACHED: Final = {
    "launched": "begins at a case system: tests/thin_client/test_launch_link.py",
    "log_release": "only after a restore: tests/thin_client/",
    "move": "of two authorities: tests/thin_client/",
    "move_agreed": "of two authorities: tests/thin_client/",
    "move_reviewed": "of two authorities: tests/thin_client/",
    "peer_released": "of two authorities: tests/thin_client/",
    "peer_suspended": "of two authorities: tests/thin_client/",
}


def seeds(persona: str, made: Peopled) -> list[str]:
    """Return where a persona begins: the first page, and what another tool's link leads to."""
    ids = made.ids
    child = f"/children/{ids['child']}"
    own = {
        "teacher": [child],
        "social_worker": [
            f"{child}/involvements/{ids['involvement']}",
            f"/children/{ids['shielded']}",
            f"/children/{ids['shielded']}/override/{ids['override']}",
            f"/mediation/{ids['mediation']}",
            f"/children/{ids['long']}",
        ],
        "therapist": [f"{child}/consents", f"{child}/consents/{ids['consent']}/prove"],
        "manager": [
            f"/team/children/{ids['shielded']}",
            f"{child}/who-looked",
            f"/team/practitioners/{ids['practitioner']}",
        ],
        "auditor": [f"/panels/{ids['panel']}"],
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
    panel = {"case": CASE, "child_id": ids["child"], "account_id": ids["reader"], "days": "7"}
    own: dict[str, list[Fill]] = {
        "teacher": [
            search,
            ("/", "/", {**WHY, **nobody}),
            ("/mediate", "/mediate", {**WHY, "number": ids["mediation"].replace("-", "")}),
            ("", "", who),
        ],
        "social_worker": [
            search,
            ("/mediation", "/mediation", {**WHY, "agency": "Northmere Primary School"}),
        ],
        "manager": [
            ("/team/find", "/team/find", who),
            (f"/children/{ids['child']}/who-looked", "", {**found, **judged}),
            ("/team/batches", "/team/batches", {"source": "schools", "batch_id": ids["batch"]}),
        ],
        "auditor": [
            ("/log", "/log", {"case": CASE, "child_id": ids["child"]}),
            ("/marks", "/marks", {"child_id": ids["child"], "mark": "canary"}),
            ("/panels/new", "/panels/new", panel),
        ],
    }
    return own.get(persona, [])
