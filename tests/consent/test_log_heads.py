"""Who is shown heads of the access log of each minute."""

from consent.facts import Role
from consent.log_heads import sees_minute_heads


def test_minute_heads_are_for_auditors_and_the_team_alone() -> None:
    assert {role for role in Role if sees_minute_heads(role)} == {
        Role.AUDITOR,
        Role.MANAGEMENT_TEAM,
    }
