"""Until when a check counts, and how young an agreement may ask it to be."""

from datetime import date

import pytest

from consent.decision import AskerReason
from consent.facts import (
    Action,
)
from tests.consent.examples import (
    ask,
    asker,
    changed_default,
)
from tests.consent.test_rules_asker import READ, reasons


@pytest.mark.parametrize(
    ("checked", "today", "good"),
    [
        (date(2023, 11, 21), date(2026, 11, 21), True),
        (date(2023, 11, 21), date(2026, 11, 22), False),
        (date(2023, 11, 20), date(2026, 11, 21), False),
        (date(2026, 11, 21), date(2026, 11, 21), True),
        (date(2026, 11, 22), date(2026, 11, 21), False),  # made tomorrow
        (None, date(2026, 11, 21), False),
        (date(2024, 2, 29), date(2027, 2, 28), True),
        (date(2024, 2, 29), date(2027, 3, 1), False),
        (date(2025, 2, 28), date(2028, 2, 28), True),
        (date(2025, 2, 28), date(2028, 2, 29), False),
        (date(2025, 3, 1), date(2028, 2, 29), True),
    ],
)
def test_a_check_lapses_the_day_after_its_third_anniversary(
    checked: date | None, today: date, good: bool
) -> None:
    who = asker(checked_on=checked, trained_on=date(2023, 1, 1), signed_on=date(2023, 1, 1))
    expected = () if good else (AskerReason.CHECK_LAPSED,)
    assert reasons(who, ask(Action.READ_CHILD, today=today)) == expected


def test_an_agreement_may_ask_for_a_younger_check() -> None:
    yearly = changed_default(check_years_max=1)
    assert reasons(asker(checked_on=date(2025, 11, 21)), READ, yearly) == ()
    lapsed = reasons(asker(checked_on=date(2025, 11, 20)), READ, yearly)
    assert lapsed == (AskerReason.CHECK_LAPSED,)
