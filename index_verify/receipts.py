"""Receipts: what an answer's header promised, and whether the promise was kept."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature

from index_verify.policy import Policy
from index_verify.spelling import HASH_SIZE, Malformed, from_base64url, parts

DEADLINE_S = 24 * 60 * 60  # after the entry
_LAST_S = 253_402_300_799  # of the year 9999
_NAME = "Audit-Receipt:"
_DOMAIN = b"index-service/audit-receipt/v1"
_FORM = re.compile(r"v1\.([\w-]{22})\.([\w-]{43})\.([1-9][0-9]{0,11})\.([\w-]{86})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Promise:
    """What a genuine receipt promises: this leaf is in the tree by the deadline."""

    entry_id: bytes
    leaf: bytes
    deadline_s: int

    @property
    def years(self) -> set[int]:
        """The years whose trees the leaf may stand in."""
        moments = (self.deadline_s - DEADLINE_S, self.deadline_s)
        return {datetime.fromtimestamp(min(max(each, 0), _LAST_S), UTC).year for each in moments}


def read_receipt(text: str, policy: Policy) -> Promise:
    """Return what a receipt promises, or Malformed. The header's name may stand before it."""
    form = _FORM.fullmatch(text.removeprefix(_NAME).strip())
    if form is None:
        raise Malformed("receipt_form")
    try:
        entry_id = from_base64url(form[1], 16)
        leaf, signature = from_base64url(form[2], HASH_SIZE), from_base64url(form[4], 64)
    except ValueError:
        raise Malformed("receipt_form") from None
    promise = Promise(entry_id, leaf, int(form[3]))
    deadline = promise.deadline_s.to_bytes(8)
    message = parts(_DOMAIN, policy.csa.encode(), entry_id, leaf, deadline)
    for key in policy.receipts:
        try:
            key.verify(signature, message)
        except InvalidSignature:
            continue
        return promise
    raise Malformed("receipt_signature")
