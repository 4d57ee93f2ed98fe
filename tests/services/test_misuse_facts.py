"""What ties work leaves between an access and a child, one at a time, on entries made by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from consent.facts import AccountState, Action, Role
from demo.personas import HEALTH_VISITING, SCHOOLS, personas
from index_service.domain.directory import HomeDigests
from index_service.domain.misuse.accesses import AccessFacts, Mark, Nearness, WorkTie
from index_service.log.entry import Outcome
from index_service.services.misuse.children import Known
from index_service.services.misuse.entries import Noted
from index_service.services.misuse.facts import SETTLES_S, Period, Surroundings
from index_service.services.misuse.people import People

DAY_S = 86_400
NOON = datetime(2026, 11, 4, 12, tzinfo=UTC)  # a Wednesday
AT_S = int(NOON.timestamp())
TODAY = NOON.date()
CHILD = UUID(int=7)
REF = "ab" * 16
TEACHER = personas(TODAY)["teacher"].account
VISITOR = personas(TODAY)["health_visitor"].account
SCHOOL, HEALTH = str(SCHOOLS.id), str(HEALTH_VISITING.id)
HOME = HomeDigests("family", "postcode", "place")


def people(**homes: HomeDigests) -> People:
    """Return a teacher and a health visitor, with homes where some are given by account."""
    accounts = {str(each.id): each for each in (TEACHER, VISITOR)}
    return People(
        accounts=accounts,
        agencies={SCHOOL: SCHOOLS, HEALTH: HEALTH_VISITING},
        homes=homes,
        check_years_max=3,
        living={
            (str(accounts[account].agency_id), home.place): frozenset({account})
            for account, home in homes.items()
        },
    )


def noted(**differs: Any) -> Noted:
    """Return a teacher's lookup that showed the child."""
    entry = Noted(
        entry_id=uuid4(),
        at_s=AT_S,
        action=Action.LOOKUP,
        outcome=Outcome.SHOWN,
        account=str(TEACHER.id),
        agency=SCHOOL,
        role=Role.PRACTITIONER,
        reason="review",
        reference="",
        mediation="",
        shown=(REF,),
        named=(REF,),
    )
    return replace(entry, **differs)


def recorded(days: float, **differs: Any) -> Noted:
    """Return a change recorded so many days after the access."""
    stated = {"action": Action.RECORD_INVOLVEMENT, "outcome": Outcome.RECORDED, "shown": ()}
    return noted(at_s=int(AT_S + days * DAY_S), **{**stated, **differs})


def around(
    *entries: Noted, known: Known | None = None, who: People | None = None, **differs: Any
) -> AccessFacts:
    """Return the first entry, an access, with what the others and the child say of it."""
    stated: dict[str, Any] = {
        "now_s": AT_S + 20 * DAY_S,
        "entries": entries,
        "people": who or people(),
        "child_of": {REF: CHILD},
        "known": {CHILD: known or Known(CHILD)},
        "marks": {},
        **differs,
    }
    (access, *_) = Surroundings(Period(**stated)).accesses()
    return access


def ties(*entries: Noted, **differs: Any) -> frozenset[WorkTie]:
    """Return what of work leads the first entry to the child."""
    return around(*entries, **differs).touched[0].work


def involved(agency: str = SCHOOL, began: int = 100, ceased: int | None = None) -> Known:
    """Return a child with an involvement, its days counted back from the access."""
    days = TODAY - timedelta(days=began), ceased
    end = None if ceased is None else TODAY - timedelta(days=ceased)
    return Known(CHILD, involved={agency: [(days[0], end)]})


def test_nothing_leads_to_a_child_nobody_works_with() -> None:
    assert ties(noted()) == set()


def test_an_involvement_of_ones_own_agency_explains_and_of_another_does_not() -> None:
    assert ties(noted(), known=involved()) == {WorkTie.INVOLVEMENT}
    assert ties(noted(), known=involved(HEALTH)) == set()


@pytest.mark.parametrize(("ceased", "explains"), [(0, True), (90, True), (91, False)])
def test_an_involvement_explains_for_ninety_days_after_it_ceased(
    ceased: int, explains: bool
) -> None:
    assert bool(ties(noted(), known=involved(ceased=ceased))) is explains


@pytest.mark.parametrize(("began", "explains"), [(-14, True), (-15, False)])
def test_an_involvement_explains_what_came_two_weeks_before_it(began: int, explains: bool) -> None:
    assert bool(ties(noted(), known=involved(began=began))) is explains


def test_an_involvement_recorded_after_the_access_is_a_later_one() -> None:
    found = ties(noted(), recorded(10), known=involved(began=30))
    assert found == {WorkTie.LATER_INVOLVEMENT}
    found = ties(noted(), recorded(-1), recorded(10), known=involved(began=30))
    assert WorkTie.INVOLVEMENT in found


def test_recording_something_explains_a_weeks_accesses_of_that_account() -> None:
    amended = recorded(6, action=Action.AMEND_CHILD)
    assert ties(noted(), amended) == {WorkTie.RECORDING}
    assert ties(noted(), recorded(8, action=Action.AMEND_CHILD)) == set()
    assert ties(noted(), replace(amended, account=str(VISITOR.id))) == set()


def test_a_colleagues_recording_under_the_same_reference_is_a_shared_case() -> None:
    change = recorded(-20, action=Action.AMEND_CHILD, account="colleague", reference="NM/1")
    assert ties(noted(reference="NM/1"), change) == {WorkTie.SHARED_CASE}
    assert ties(noted(reference="NM/2"), change) == set()
    assert ties(noted(), replace(change, reference="")) == set()


def test_a_line_of_ones_own_feed_explains_two_weeks() -> None:
    assert ties(noted(), known=Known(CHILD, fed={SCHOOL: [AT_S + 14 * DAY_S]})) == {WorkTie.FEED}
    assert ties(noted(), known=Known(CHILD, fed={SCHOOL: [AT_S + 15 * DAY_S]})) == set()
    assert ties(noted(), known=Known(CHILD, fed={HEALTH: [AT_S]})) == set()


def test_an_assessment_of_ones_own_is_a_review() -> None:
    assert ties(noted(), known=Known(CHILD, assessing={SCHOOL})) == {WorkTie.REVIEW}


def test_a_mediation_explains_where_its_requester_works_with_the_child() -> None:
    asked = noted(mediation=f"{uuid4()}/{VISITOR.id}")
    assert ties(asked, known=involved(HEALTH)) == {WorkTie.MEDIATION}
    assert ties(asked) == set()
    assert ties(noted(), known=involved(HEALTH)) == set()


def test_the_teams_duty_is_the_teams_alone() -> None:
    held = noted(action=Action.READ_HOLDS, role=Role.MANAGEMENT_TEAM, agency="team")
    asked = noted(role=Role.MANAGEMENT_TEAM, agency="team", account="manager")
    assert WorkTie.TEAM_DUTY in ties(asked, held)
    assert WorkTie.TEAM_DUTY not in ties(noted(), held)


def test_marks_and_shields_are_told() -> None:
    found = around(noted(), known=Known(CHILD, shielded=True), marks={CHILD: Mark.WELL_KNOWN})
    assert found.touched[0].marks == {Mark.SHIELDED, Mark.WELL_KNOWN}


@pytest.mark.parametrize(
    ("own", "near"),
    [
        (HOME, {Nearness.OWN_HOUSEHOLD, Nearness.OWN_FAMILY_NAME}),
        (HomeDigests("other", "postcode", "next door"), {Nearness.NEIGHBOURS_CHILD}),
        (HomeDigests("family", "elsewhere", "far"), {Nearness.OWN_FAMILY_NAME}),
        (HomeDigests("other", "elsewhere", "far"), set()),
        (HomeDigests("", "", ""), set()),
    ],
)
def test_homes_are_compared_by_digest(own: HomeDigests, near: set[Nearness]) -> None:
    found = around(noted(), known=Known(CHILD, home=HOME), who=people(**{str(TEACHER.id): own}))
    assert found.touched[0].near == near


def test_digests_of_nothing_are_equal_to_nothing() -> None:
    empty = HomeDigests("", "", "")
    found = around(noted(), known=Known(CHILD, home=empty), who=people(**{str(TEACHER.id): empty}))
    assert found.touched[0].near == set()


def test_a_colleagues_child_is_of_ones_own_agency_and_not_ones_own() -> None:
    theirs = people(**{str(TEACHER.id): HOME})
    known = Known(CHILD, home=HOME)
    found = around(noted(account="another"), known=known, who=theirs)
    assert found.touched[0].near == {Nearness.COLLEAGUES_CHILD}
    assert Nearness.COLLEAGUES_CHILD not in around(noted(), known=known, who=theirs).touched[0].near
    found = around(noted(account="another", agency=HEALTH), known=known, who=theirs)
    assert found.touched[0].near == set()


@pytest.mark.parametrize(("hours", "late"), [(0, False), (11, True), (72, True)])
def test_out_of_hours_is_when_the_agencys_line_is_closed(hours: int, late: bool) -> None:
    """A school's, on a Wednesday at noon, that night, and on Saturday."""
    access = around(noted(at_s=AT_S + hours * 3_600))
    assert access.out_of_hours is late


@pytest.mark.parametrize(
    ("differs", "soon"),
    [
        ({}, False),
        ({"state": AccountState.CLOSED}, True),
        ({"checked_on": date(2023, 11, 10)}, True),
        ({"checked_on": date(2023, 12, 10)}, False),
        ({"checked_on": None}, False),
    ],
)
def test_an_account_lapses_soon_with_its_clearance_or_once_ended(
    differs: dict[str, Any], soon: bool
) -> None:
    account = replace(TEACHER, **differs)
    who = replace(people(), accounts={str(TEACHER.id): account})
    assert around(noted(), who=who).who.lapses_soon is soon


def test_an_access_settles_when_the_days_for_recording_are_over() -> None:
    assert around(noted(), now_s=AT_S + SETTLES_S).settled
    assert not around(noted(), now_s=AT_S + SETTLES_S - 1).settled


def test_what_was_not_shown_is_not_touched_and_others_work_is_no_access() -> None:
    assert around(noted(shown=())).touched == ()
    assert around(noted(), recorded(1)).entry
    assert not recorded(1).is_access
    assert not noted(role=Role.SUPPLIER).is_access
    assert not noted(outcome=Outcome.REFUSED).is_access
