"""Which children are held, under each coverage mode."""

import pytest

from consent.coverage import BroughtBy, NewRecord, new_record
from consent.facts import Role
from tests.consent.examples import CAMFIELD, DEFAULT

NOT_THE_TEAM = [role for role in Role if role is not Role.MANAGEMENT_TEAM]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("brought", BroughtBy)
def test_under_universal_coverage_every_child_is_held_and_seen(
    brought: BroughtBy, role: Role
) -> None:
    assert new_record(brought, role, DEFAULT) is NewRecord.SEEN


@pytest.mark.parametrize("role", NOT_THE_TEAM)
def test_where_only_involved_children_are_held_no_other_is(role: Role) -> None:
    assert new_record(BroughtBy.ORDINARY, role, CAMFIELD) is NewRecord.SEEN
    assert new_record(BroughtBy.NOBODY, role, CAMFIELD) is NewRecord.NOT_HELD


@pytest.mark.parametrize("role", NOT_THE_TEAM)
def test_a_child_brought_by_a_sensitive_service_alone_waits_unseen(role: Role) -> None:
    assert new_record(BroughtBy.SENSITIVE, role, CAMFIELD) is NewRecord.WAITS


@pytest.mark.parametrize("brought", BroughtBy)
def test_the_team_may_make_a_record_ahead_of_the_involvement(brought: BroughtBy) -> None:
    assert new_record(brought, Role.MANAGEMENT_TEAM, CAMFIELD) is NewRecord.SEEN


def test_the_words_are_those_of_the_papers() -> None:
    assert [*BroughtBy] == ["nobody", "sensitive", "ordinary"]
    assert [*NewRecord] == ["not_held", "waits", "seen"]
