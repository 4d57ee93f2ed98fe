"""Heads as signed notes: both signatures or none, one spelling, and C2SP's own bytes."""

import hashlib
from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from index_service.log.checkpoint import (
    Checkpoint,
    HeadKeys,
    KeyKind,
    Note,
    NoteRefused,
    SignatureLine,
    VerifierKey,
    opened,
    read_checkpoint,
    read_line,
    read_note,
)
from index_service.log.tree import EMPTY_ROOT

ORIGIN = "index.northmere.example/log"
SEEDS = (bytes(range(32)), bytes(range(32, 64)))
KEYS = HeadKeys(ORIGIN, *SEEDS)
ROOT = hashlib.sha256(b"root").digest()
HEAD = Checkpoint(ORIGIN, 202600, 1234, ROOT)
AT_S = 1_790_000_000


def refused(raw: str) -> str:
    """Return the code a note is refused with; fail if it is taken."""
    with pytest.raises(NoteRefused) as found:
        opened(raw, KEYS.verifiers)
    return found.value.code


def test_a_head_opens_to_what_was_signed() -> None:
    assert opened(KEYS.signed(HEAD, AT_S), KEYS.verifiers) == HEAD


def test_a_head_is_written_as_c2sp_says() -> None:
    raw = KEYS.signed(HEAD, AT_S)
    text, _, lines = raw.rpartition("\n\n")
    assert text == f"{ORIGIN}/202600\n1234\n{b64encode(ROOT).decode()}"
    assert [line.split(" ")[:2] for line in lines.splitlines()] == [["—", ORIGIN]] * 2
    assert read_note(raw).raw() == raw


def test_the_lasting_signature_is_over_the_structure_of_tlog_cosignature() -> None:
    """Built here field by field, so that other people's verifiers take it."""
    line = read_note(KEYS.signed(HEAD, AT_S)).lines[1]
    log = f"{ORIGIN}/202600".encode()
    message = b"subtree/v1\n\x00" + bytes([len(ORIGIN)]) + ORIGIN.encode()
    message += AT_S.to_bytes(8) + bytes([len(log)]) + log
    message += bytes(8) + (1234).to_bytes(8) + ROOT
    public = MLDSA44PublicKey.from_public_bytes(KEYS.verifiers[1].public)
    assert line.signature[:8] == AT_S.to_bytes(8)
    public.verify(line.signature[8:], message)


def test_one_signature_alone_is_no_head() -> None:
    note = read_note(KEYS.signed(HEAD, AT_S))
    for line in note.lines:
        assert refused(Note(note.text, (line,)).raw()) == "signature"
        assert refused(Note(note.text, (line, line)).raw()) == "signature"


def test_a_key_signs_a_head_once() -> None:
    note = read_note(KEYS.signed(HEAD, AT_S))
    assert refused(Note(note.text, (*note.lines, note.lines[0])).raw()) == "signature"


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("at", [0, 8, -1])
def test_a_changed_signature_is_refused(which: int, at: int) -> None:
    note = read_note(KEYS.signed(HEAD, AT_S))
    lines = list(note.lines)
    changed = bytearray(lines[which].signature)
    changed[at] ^= 1
    lines[which] = SignatureLine(ORIGIN, lines[which].key_id, bytes(changed))
    assert refused(Note(note.text, tuple(lines)).raw()) == "signature"


def test_signatures_of_one_head_are_worth_nothing_under_another() -> None:
    lines = read_note(KEYS.signed(HEAD, AT_S)).lines
    for other in (
        Checkpoint(ORIGIN, 202600, 1235, ROOT),
        Checkpoint(ORIGIN, 202700, 1234, ROOT),
        Checkpoint(ORIGIN, 202600, 1234, EMPTY_ROOT),
    ):
        assert refused(Note(other.text(), lines).raw()) == "signature"


def test_a_head_of_another_log_is_refused() -> None:
    other = HeadKeys("index.camfield.example/log", *SEEDS)
    head = Checkpoint(other.origin, 202600, 1234, ROOT)
    assert refused(other.signed(head, AT_S)) == "origin"
    with pytest.raises(ValueError, match="another log"):
        KEYS.signed(head, AT_S)


def test_lines_of_others_stand_beside_and_are_not_judged() -> None:
    note = read_note(KEYS.signed(HEAD, AT_S))
    witness = SignatureLine("witness.example", b"abcd", b"x" * 72)
    assert opened(Note(note.text, (witness, *note.lines)).raw(), KEYS.verifiers) == HEAD


def test_one_of_two_keys_judges_no_head() -> None:
    raw = KEYS.signed(HEAD, AT_S)
    for key in KEYS.verifiers:
        with pytest.raises(NoteRefused):
            opened(raw, [key])
    with pytest.raises(NoteRefused):
        opened(raw, [])


GOOD = HEAD.text()


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace("\n1234\n", "\n01234\n"),
        GOOD.replace("\n1234\n", "\n+1234\n"),
        GOOD.replace("\n1234\n", "\n1_234\n"),
        GOOD.replace("\n1234\n", "\n١٢٣٤\n"),
        GOOD.replace("\n1234\n", "\n-1\n"),
        GOOD.replace("\n1234\n", "\n 1234\n"),
        GOOD.replace("\n1234\n", "\n99999999999999999999\n"),
        GOOD.replace("\n1234\n", "\n0\n"),  # empty, with a root that is not
        GOOD.replace("/202600", "/0202600"),
        GOOD.replace("/202600", "/2026"),
        GOOD.replace("/202600", ""),
        GOOD.replace("/log", "/log "),
        GOOD.replace("/log", "/LOG"),
        GOOD.replace("=", ""),
        GOOD.replace("=\n", "==\n"),
        GOOD.replace("\n", "\r\n"),
        GOOD + "extension\n",
        GOOD[:-1],
        GOOD + "\n",
        "",
    ],
)
def test_no_other_spelling_of_a_head_is_taken(text: str) -> None:
    with pytest.raises(NoteRefused):
        read_checkpoint(text)


def test_spare_bits_of_base64_are_another_spelling() -> None:
    """The last letter of 32 bytes' base64 has two bits nobody reads."""
    spelt = b64encode(ROOT).decode()
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = spelt[:-2] + letters[letters.index(spelt[-2]) ^ 1] + "="
    with pytest.raises(NoteRefused):
        read_checkpoint(GOOD.replace(spelt, other))


@pytest.mark.parametrize(
    "line",
    [
        "- name AAAAAAAA",
        "— name  AAAAAAAA",
        "— name AAAAAAAA ",
        "— name AAAA",  # no room for a signature
        "— name AAAAAA",
        "— na+me AAAAAAAA",
        "— AAAAAAAA",
        "",
    ],
)
def test_no_other_spelling_of_a_line_is_taken(line: str) -> None:
    with pytest.raises(NoteRefused):
        read_line(line)


@pytest.mark.parametrize(
    "raw", ["", "x", "x\n\n", "x\n\n— a AAAAAAA=", "x\n— a AAAAAAA=\n", "x\n\n\n"]
)
def test_what_is_no_note_is_refused(raw: str) -> None:
    with pytest.raises(NoteRefused):
        read_note(raw)


def test_a_note_of_any_length_is_refused_before_it_is_read() -> None:
    note = read_note(KEYS.signed(HEAD, AT_S))
    many = Note(note.text, note.lines * 20)
    assert refused(many.raw()) == "form"


def test_a_verifier_key_is_read_as_it_is_written() -> None:
    for key in KEYS.verifiers:
        assert VerifierKey.read(key.text()) == key
    assert [key.kind for key in KEYS.verifiers] == [KeyKind.ED25519, KeyKind.ML_DSA_44]


def test_a_verifier_key_whose_id_or_spelling_differs_is_refused() -> None:
    text = KEYS.verifiers[0].text()
    name, id_, key = text.split("+", 2)
    for other in (
        f"{name}+00000000+{key}",
        f"{name}+{id_.upper()}x+{key}",
        f"{name}+{key}",
        f"{name}+{id_}+{key}=",
        f"{name}x+{id_}+{key}",
        f"{name}+{id_}+{b64encode(b'').decode()}",
        f"{name}+{id_}+{b64encode(bytes([2]) + bytes(32)).decode()}",
    ):
        with pytest.raises(NoteRefused):
            VerifierKey.read(other)


def test_a_witnesses_line_is_judged_over_its_moment() -> None:
    private = Ed25519PrivateKey.from_private_bytes(SEEDS[1])
    public = private.public_key().public_bytes_raw()
    key = VerifierKey("witness.example", KeyKind.COSIGNATURE, public)
    note = read_note(KEYS.signed(HEAD, AT_S))
    signature = private.sign(f"cosignature/v1\ntime {AT_S}\n{note.text}".encode())
    line = SignatureLine(key.name, key.key_id, AT_S.to_bytes(8) + signature)
    assert key.holds(note, line)
    later = SignatureLine(key.name, key.key_id, (AT_S + 1).to_bytes(8) + signature)
    assert not key.holds(note, later)
    assert not KEYS.verifiers[0].holds(note, line)


def test_a_log_has_a_name_that_stands_in_a_line() -> None:
    for origin in ("", "a b", "a+b", "A", "a/", "/a", "a\n", "a" * 201):
        with pytest.raises(ValueError, match="a log's name"):
            HeadKeys(origin, *SEEDS)


def test_keys_do_not_show_themselves() -> None:
    assert repr(KEYS) == f"HeadKeys(origin={ORIGIN!r})"
