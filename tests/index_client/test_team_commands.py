"""The management team's stories on the command line, each against a real index."""

from uuid import uuid4

from tests.index_client.commanding import KEEPING, Commands, why
from tests.stories.agreeing import wider
from tests.stories.asking import SHIELDING, Ask, ndjson
from tests.stories.auditing import account_of
from tests.stories.made import DUTY, a_child, child_line, day, key, reference
from tests.stories.test_holds import held_by_name

NOBODY = str(uuid4())
SHIELDS = why(SHIELDING)


async def test_a_record_that_waits_is_released(commands: Commands, ask: Ask) -> None:
    child_id, _ = await held_by_name(ask)
    assert child_id in await commands.says("manager", "holds", "list")
    release = ["holds", "release", child_id, "--decision", "another_child", "--yes", *KEEPING]
    checked = ["--checked-with", "supplier"]
    assert "released." in await commands.says("manager", *release, *checked)
    other_id, _ = await held_by_name(ask)
    release[2] = other_id
    made = await commands.told("manager", *release, "--emergency", "yes")
    assert made["state"] == "waiting"
    approve = ["holds", "approve", other_id, made["release_id"], "--yes", *KEEPING]
    assert "Released." in await commands.says("second_manager", *approve)


async def test_a_shield_is_granted_reviewed_and_lifted(commands: Commands, ask: Ask) -> None:
    child_id = await ask.create(a_child())
    stated = {"ground": "named_threat", "asked_by": "practitioner", "review": day(-90)}
    made = await commands.told("manager", "shields", "grant", child_id, *SHIELDS, facts=stated)
    review = ["shields", "review", child_id, made["id"], "--next", day(-120), *SHIELDS]
    assert "Reviewed." in await commands.says("manager", *review)
    lift = ["shields", "lift", child_id, made["id"], *SHIELDS]
    status, _, err = await commands.run("manager", *lift)
    assert (status, "--yes" in err) == (2, True)
    assert "Lifted." in await commands.says("manager", *lift, "--yes")
    assert not (await ask.shown("manager", child_id))["restricted"]


async def test_an_identity_is_closed_for_good(commands: Commands, ask: Ask) -> None:
    child_id = await ask.create(a_child())
    close = ["identity", "close", child_id, *SHIELDS, "--yes"]
    assert "Closed." in await commands.says("manager", *close, facts={"cause": "adoption"})
    assert (await ask.read("social_worker", child_id)).status_code == 404


async def test_alerts_are_worked_off(commands: Commands, ask: Ask) -> None:
    child_id = await ask.create(a_child())
    await ask.shield(child_id, day(-90))
    typed = {"ground": "section_47_enquiry"}
    override = ["override", "ask", child_id, "--yes"]
    s47 = ["--purpose", "enquire_significant_harm", "--reason", "strategy_discussion"]
    await commands.says("social_worker", *override, *s47, facts=typed)
    alerts = (await commands.told("manager", "alerts", "list"))["alerts"]
    (alert,) = [each for each in alerts if each["child_id"] == child_id]
    assert alert["id"] in await commands.says("manager", "alerts", "list")
    conclude = ["alerts", "conclude", alert["id"], "--outcome", "no_concern", "--yes"]
    assert "Concluded." in await commands.says("second_manager", *conclude)


async def test_agencies_practitioners_and_accounts_are_kept(commands: Commands, ask: Ask) -> None:
    typed = {
        "name": "Northmere Youth Club",
        "kind": "voluntary",
        "duty_phone": DUTY,
        "lead_name": "Ren Ashby",
        "lead_phone": DUTY,
        "accredited": "yes",
        "days": "mon, tue",
        "opens": "09:00",
        "closes": "17:00",
    }
    agency_id = (await commands.told("manager", "agencies", "add", facts=typed))["id"]
    listed = (await commands.told("teacher", "agencies", "list"))["agencies"]
    (added,) = [each for each in listed if each["agency_id"] == agency_id]
    assert added["hours"] == [{"days": ["mon", "tue"], "opens": "09:00", "closes": "17:00"}]
    worker = {"name": "Ren Ashby", "team_name": "Club Team", "team_phone": DUTY}
    made = await commands.told("manager", "practitioners", "add", agency_id, facts=worker)
    hide = ["practitioners", "contact", made["id"], "--shielded", "yes"]
    await commands.says("manager", *hide)
    shown = await commands.says("manager", "practitioners", "show", made["id"])
    assert "Club Team" in shown
    login = {
        "issuer": ask.issuer.url,
        "subject": f"northmere-{key()}",
        "agency_id": agency_id,
        "role": "practitioner",
        "practitioner_id": made["id"],
        "checked_on": day(9),
        "may_override": "no",
    }
    account_id = (await commands.told("manager", "accounts", "add", facts=login))["id"]
    amend = ["accounts", "amend", account_id]
    assert "Amended" in await commands.says("manager", *amend, facts={"state": "suspended"})
    shown = await commands.told("manager", "accounts", "show", account_id)
    assert (shown["state"], shown["practitioner_id"]) == ("suspended", made["id"])
    listed = await commands.told("manager", "accounts", "list", "--agency", agency_id)
    assert listed["accounts"] == [shown]
    await commands.refused("teacher", "accounts", "list")
    own = ["accounts", "amend", account_of(ask, "teacher")]
    await commands.refused("teacher", *own, facts={"state": "active"})


async def test_an_agreement_is_proposed_and_approved_by_another(
    commands: Commands, ask: Ask
) -> None:
    version = (await commands.told("manager", "agreements", "list"))["in_force"]["version"]
    assert "In force" in await commands.says("manager", "agreements", "list")
    document = await commands.says("manager", "agreements", "show", str(version))
    assert '"coverage"' in document
    propose = ["agreements", "propose", "--yes"]
    kept = await commands.told("manager", *propose, facts=wider())
    assert kept["state"] == "waiting"
    assert kept["difference"] in await commands.says("manager", "agreements", "list")
    approve = ["agreements", "approve", kept["id"], "--difference", kept["difference"], "--yes"]
    assert "In force, version" in await commands.says("second_manager", *approve)


async def test_a_batch_is_followed_line_by_line(commands: Commands, ask: Ask) -> None:
    batch = key()
    lines = [child_line(reference(), a_child()), {"kind": "child"}]
    answer = await ask.supply("schools_feed", f"schools/{batch}", ndjson(lines))
    assert answer.status_code == 200, answer.text
    told = await commands.told("schools_feed", "feeds", "show", "schools", batch)
    assert (told["accepted"], told["invalid"]) == (1, 1)
    assert batch in await commands.says("manager", "feeds", "show", "schools", batch)
    newest = (await commands.told("schools_feed", "feeds", "list"))["batches"][0]
    assert (newest["batch_id"], newest["invalid"]) == (batch, 1)
    printed = await commands.says("schools_feed", "feeds", "lines", "schools", batch)
    assert "invalid" in printed


async def test_the_region_and_its_moves_are_asked_of_an_index_that_stands_alone(
    commands: Commands, ask: Ask
) -> None:
    assert "nobody is spoken with" in await commands.says("manager", "peers", "list")
    assert "Moves: none." in await commands.says("manager", "moves", "list")
    await commands.refused("manager", "peers", "suspend", "camfield", "--yes")
    await commands.refused("manager", "peers", "release", "camfield")
    child = a_child()
    child_id = await ask.create(child)
    meant = {**child["name"], "date_of_birth": child["date_of_birth"]}
    typed = {"authority": "camfield", "reason": "moved_home", **meant}
    await commands.refused("manager", "moves", "propose", *KEEPING, facts=typed)
    refuse = ["moves", "refuse", NOBODY, "--because", "not_known_here", "--yes", *KEEPING]
    assert "not_disclosed" in await commands.refused("manager", *refuse)
    agree = ["moves", "agree", child_id, NOBODY, "--yes", *KEEPING]
    assert "not_disclosed" in await commands.refused("manager", *agree)
    review = ["moves", "review", child_id, NOBODY, *KEEPING]
    assert "not_disclosed" in await commands.refused("manager", *review)


async def test_the_release_of_a_restored_index_is_asked_for_and_refused_where_none_is_due(
    commands: Commands,
) -> None:
    typed = dict.fromkeys(("shields", "withdrawals", "suspensions"), "none_since")
    await commands.refused("manager", "log", "release-ask", "--yes", facts=typed)
    await commands.refused("manager", "log", "release-show", NOBODY)
    await commands.refused("manager", "log", "release-approve", NOBODY, "--yes")
