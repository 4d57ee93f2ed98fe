"""Rules on how an access was made: when, by whom, how often, and what came of it."""

from index_service.domain.misuse.accesses import AccessFacts
from index_service.domain.misuse.around import Around

_DAYS_RETURNING = 3


def out_of_hours(access: AccessFacts, _around: Around) -> int:
    """Asked when nobody of the agency is on duty."""
    return 20 if access.out_of_hours else 0


def account_about_to_lapse(access: AccessFacts, around: Around) -> int:
    """Asked, with nothing to explain it, by somebody about to leave."""
    return 35 if around.unexplained and access.who.lapses_soon else 0


def no_later_involvement(access: AccessFacts, around: Around) -> int:
    """Nothing explained it then, and nothing came of it."""
    return 15 if around.unexplained and access.settled and access.touched else 0


def kept_returning(access: AccessFacts, around: Around) -> int:
    """The same child again, on other days, and still nothing explains it."""
    if not around.unexplained:
        return 0
    days = around.returns.days(access)
    return 35 + 5 * (days - _DAYS_RETURNING) if days >= _DAYS_RETURNING else 0


def mediated_without_a_request(access: AccessFacts, around: Around) -> int:
    """Asked for somebody else, whom nothing ties to the child."""
    return 40 if access.mediated and around.unexplained else 0
