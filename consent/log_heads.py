"""Who is shown the access log's heads of each minute: they tell how busy the index was just now."""

from consent.facts import Role

_MINUTES = frozenset({Role.AUDITOR, Role.MANAGEMENT_TEAM})


def sees_minute_heads(role: Role) -> bool:
    """Say whether a role is shown each minute's head; everybody is shown each hour's."""
    return role in _MINUTES
