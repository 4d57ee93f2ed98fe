"""Openings: what a leaf commits to, an entry in its canonical form or padding."""

import json
import re
from typing import Any, NamedTuple

from index_verify.spelling import Malformed, from_hex, from_json, sha256, whole

_TEXTS = (
    "account action agency code csa entry_id mediation outcome purpose query_commit reason"
    " reference request_id result_commit role route row_state"
).split()
_NEEDED = ("action", "at_ms", "code", "csa", "entry_id", "row_state")  # in their order
_NUMBERS = ("agreement", "at_ms", "count", "v")
_VERSION = 1


class Entry(NamedTuple):
    """What verifying needs of an entry, as it is spelt there: never shown to anybody."""

    action: bytes
    at_ms: bytes
    code: bytes
    csa: bytes
    entry_id: bytes
    row_state: bytes

    @property
    def approves_release(self) -> bool:
        """Whether a second person approved by it that the tree is begun anew."""
        return (self.action, self.code) == (b"release_log", b"approved")


def leaf_of(blind: bytes, text: bytes) -> bytes:
    """Return the leaf that a blind and a text open."""
    return sha256(b"\x00" + blind + text)


def is_padding(text: bytes) -> bool:
    """Return whether a text opens padding, wherever it says it stands."""
    return text.startswith(b'{"pad":')


def padding_at(index: int) -> bytes:
    """Return the text of padding at a place."""
    return b'{"pad":%d,"v":1}' % index


def read_entry(text: bytes) -> Entry:
    """Return an entry; Malformed unless this is its canonical form."""
    usual = _USUAL.fullmatch(text)
    return _any_entry(text) if usual is None else Entry(*usual.groups())


def _any_entry(text: bytes) -> Entry:
    """Read an entry with texts beyond plain ASCII, the long way."""
    try:
        entry = from_json(text)
        written = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        if written.encode() != text:
            raise ValueError("another spelling")
        return _checked(entry)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Malformed("opening_form") from None


def _checked(entry: dict[str, Any]) -> Entry:
    if set(entry) != {*_TEXTS, *_NUMBERS, "rules", "subjects"}:
        raise ValueError("other members")
    texts = [*(entry[name] for name in _TEXTS), *entry["rules"]]
    for subject in entry["subjects"]:
        if set(subject) != {"classes", "ref", "shown"} or type(subject["shown"]) is not bool:
            raise ValueError("another subject")
        texts += subject["classes"]
        from_hex(subject["ref"], len(subject["ref"]) // 2)
    numbers = [whole(entry[name]) for name in _NUMBERS]
    if not all(isinstance(text, str) for text in texts) or numbers[-1] != _VERSION:
        raise ValueError("another type")
    return Entry._make(str(entry[name]).encode() for name in _NEEDED)


def _usual() -> bytes:
    """Return the pattern of an entry whose texts need no escapes: what nearly every entry is."""
    text, whole_number = r'"[ !#-\[\]-~]*+"', r"(?:0|[1-9][0-9]{0,15})"
    texts = rf"\[(?:{text}(?:,{text})*)?\]"
    subject = rf'\{{"classes":{texts},"ref":"(?:[0-9a-f]{{2}})+","shown":(?:true|false)\}}'
    members = dict.fromkeys(_TEXTS, text) | dict.fromkeys(_NUMBERS, whole_number)
    members |= dict.fromkeys(_NEEDED, r'"([ !#-\[\]-~]*+)"') | {"at_ms": f"({whole_number})"}
    members |= {
        "rules": texts,
        "subjects": rf"\[(?:{subject}(?:,{subject})*)?\]",
        "v": str(_VERSION),
    }
    inside = ",".join(f'"{name}":{members[name]}' for name in sorted(members))
    return (r"\{" + inside + r"\}").encode()


USUAL = _usual()
_USUAL = re.compile(USUAL)
