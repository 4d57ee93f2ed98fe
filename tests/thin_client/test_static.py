"""Static files: what is taken from govuk-frontend and nothing that is GOV.UK's alone."""

import hashlib
from pathlib import Path

import pytest

from tests.thin_client.govuk_assets import STATIC, style_of

TAKEN = {
    "govuk-frontend.min.css": "52584df83773e23590a18a41fd3b8692d9226b673fefdd14cfbaca79a8f51401",
    "govuk-frontend.min.js": "a442604aa242a24c6dfd84078f6185fed23a0e246b18a6af0866fe967afa4aeb",
}
FILES = sorted(STATIC.iterdir())


@pytest.mark.parametrize(("name", "digest"), TAKEN.items())
def test_what_was_taken_is_as_it_was_reviewed(name: str, digest: str) -> None:
    body = (STATIC / name).read_bytes()
    assert hashlib.sha256(body).hexdigest() == digest
    assert b"MIT License" in body


@pytest.mark.parametrize("file", [f for f in FILES if f.suffix != ".txt"], ids=lambda f: f.name)
def test_no_typeface_crest_or_foreign_address_is_shipped(file: Path) -> None:
    text = file.read_text("utf-8")
    for each in ("GDS Transport", "@font-face", "crest", "govuk-crown", "@import"):
        assert each not in text.replace("no crest", "")
    assert "url(" not in text or file.suffix == ".js"
    assert {f.suffix for f in FILES} == {".css", ".js", ".svg", ".txt"}


def test_files_of_a_page_leave_room_in_250_kb() -> None:
    fetched = sum(len(f.read_bytes()) for f in FILES if f.suffix != ".txt")
    assert fetched < 190_000


def test_a_release_that_changed_its_form_is_noticed() -> None:
    with pytest.raises(ValueError, match="expected"):
        style_of("@font-face{x}")
