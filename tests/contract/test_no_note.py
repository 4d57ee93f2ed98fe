"""No field of the contract can hold a note: what a sender may state refuses narrative."""

from typing import Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field, TypeAdapter, ValidationError

from tests.contract.reading import request_schemas, reviewed


def texts() -> dict[tuple[str, int, int], str]:
    """Return each (pattern, shortest, longest) a sender may write into, and one place of it."""
    found: dict[tuple[str, int, int], str] = {}
    for name, schema in request_schemas(reviewed()):
        if schema.get("type") == "string" and "pattern" in schema:
            shape = (schema["pattern"], schema.get("minLength", 0), schema["maxLength"])
            found.setdefault(shape, name)
    return found


TEXTS = texts()
words = st.sampled_from(
    ["mum", "says", "he", "hits", "her", "Dad", "12", "flat", "J.", "o'clock", "is", "at-risk", "a"]
)
clauses = st.lists(words, min_size=1, max_size=14).map(" ".join)
# A stop after a single letter is an initial's; after a word it ends a sentence.
sentences = st.lists(words.filter(lambda word: word != "a"), min_size=1, max_size=9).map(" ".join)
breaks = st.sampled_from([", ", "! ", "? ", "\n", "\r\n", "; ", "… ", ": ", "\u2028", "\u0085"])
notes = st.one_of(
    st.builds("{}{}{}".format, clauses, breaks, clauses),
    st.builds("{}. {}".format, sentences.filter(lambda text: text[-1] != "."), clauses),
    st.builds("{}\n".format, clauses),
    st.lists(words, min_size=20, max_size=30).map(" ".join),
    st.lists(words, min_size=9, max_size=12).map(" ".join),
    st.text(alphabet="abc -'", min_size=61, max_size=90).filter(lambda text: " " in text),
)


def reader(pattern: str, shortest: int, longest: int) -> TypeAdapter[str]:
    """Return what the service itself reads such a text with."""
    kind: Any = Annotated[str, Field(pattern=pattern, min_length=shortest, max_length=longest)]
    return TypeAdapter(kind)


def test_every_kind_of_text_is_covered() -> None:
    """The search finds the texts there are: 15 shapes, those of headers, paths and accounts."""
    places = " ".join(TEXTS.values())
    assert len(TEXTS) >= 20
    for name in ("given_name", "house", "phone", "email", "subject", "Access-Reference", "line"):
        assert name in places


@pytest.mark.parametrize("shape", TEXTS, ids=TEXTS.values())
@settings(max_examples=60)  # for each of the shapes
@given(note=notes)
def test_no_note_fits(shape: tuple[str, int, int], note: str) -> None:
    with pytest.raises(ValidationError):
        reader(*shape).validate_python(note)


def test_a_looser_pattern_is_found_out() -> None:
    with pytest.raises(pytest.fail.Exception):
        test_no_note_fits.hypothesis.inner_test((r"^[^\n]{1,60}$", 1, 60), "He hits her. Call me")
