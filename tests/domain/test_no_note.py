"""No field can hold a note: whatever reads text refuses narrative (DOMAIN rule 1)."""

import inspect
import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index_service.domain import access, dates, feed, fields, identifiers
from index_service.domain.errors import Invalid

# A stop or mark that ends a clause; "J. Harrowell" is an initial and no sentence.
_CLAUSE = re.compile(r"[!?;:,…](\s|$)|(?<!\b[^\W\d_])\.(\s|$)")


def is_a_note(text: str) -> bool:
    """More than a form's line could be: lines, clauses, length, or a string of words."""
    return (
        "\n" in text
        or "\r" in text
        or _CLAUSE.search(text) is not None
        or len(text) > 60
        or len(text.split()) > 8
    )


def checks_of_text() -> dict[str, Callable[[str], object]]:
    """Return every check that takes a text alone, found by its name: none can be forgotten."""
    found = {}
    for module in (access, dates, feed, fields, identifiers):
        for name, check in vars(module).items():
            if name.startswith("checked_") and check.__module__ == module.__name__:
                parameters = list(inspect.signature(check).parameters.values())
                taken = [p for p in parameters if p.default is inspect.Parameter.empty]
                if [p.annotation for p in taken] == [str]:
                    found[name] = check
    return found


CHECKS = checks_of_text()
words = st.sampled_from(
    ["mum", "says", "he", "hits", "her", "Dad", "12", "flat", "J.", "o'clock", "is", "at-risk", "a"]
)
clauses = st.lists(words, min_size=1, max_size=14).map(" ".join)
breaks = st.sampled_from([". ", ", ", "! ", "? ", "\n", "\r\n", "; ", "… ", ": "])
notes = st.one_of(
    st.builds("{}{}{}".format, clauses, breaks, clauses),
    st.builds("{}{}".format, clauses, breaks).map(lambda text: text.rstrip(" ")),
    st.text(min_size=61, max_size=90),
    st.text(alphabet="ab9 -'.", min_size=61, max_size=70),
).filter(is_a_note)


def test_every_kind_of_text_is_covered() -> None:
    """The search by name finds the checks there are: 11 texts, a reference, identifiers."""
    assert {
        "checked_name",
        "checked_team_name",
        "checked_house",
        "checked_reference",
        "checked_feed_reference",
        "checked_case_number",
        "checked_email",
    } <= CHECKS.keys()
    assert len(CHECKS) >= 16


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
@settings(max_examples=40)  # for each of the checks
@given(text=notes)
def test_no_note_passes(check: Callable[[str], object], text: str) -> None:
    with pytest.raises(Invalid):
        check(text)


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
@settings(max_examples=40)  # for each of the checks
@given(text=st.text(max_size=80) | clauses)
def test_what_passes_is_no_note(check: Callable[[str], object], text: str) -> None:
    """The other way round, over what the checks do let through."""
    try:
        kept = check(text)
    except Invalid:
        return
    assert not is_a_note(str(kept))
    assert not is_a_note(text)
