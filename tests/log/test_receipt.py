"""Receipts: minted by the access log alone, altered by nobody, good for one answer."""

from base64 import urlsafe_b64decode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from index_service.log.receipt import (
    SEAL_DEADLINE_S,
    Receipt,
    ReceiptRefused,
    verify_receipt,
)
from tests.log.made import NOON, Kept, made_entry

ROOT = Path(__file__).resolve().parents[2]


async def test_a_receipt_names_the_entry_its_leaf_and_its_deadline(kept: Kept) -> None:
    """What a case system can check with the public key alone."""
    entry = made_entry(kept.log)
    receipt = await kept.log.append(entry)
    facts = verify_receipt(kept.keyring.receipt_key.public_key(), "northmere", str(receipt))
    assert (facts.entry_id, facts.leaf) == (entry.entry_id, kept.write.rows[0].leaf)
    assert facts.deadline_s == int(NOON.timestamp()) + SEAL_DEADLINE_S


async def test_no_character_of_a_receipt_can_be_changed(kept: Kept) -> None:
    """Every character replaced in turn, cut off, or added to: refused."""
    header = str(await kept.log.append(made_entry(kept.log)))
    public_key = kept.keyring.receipt_key.public_key()
    for at, old in enumerate(header):
        for new in "0A_.":
            if new != old:
                with pytest.raises(ReceiptRefused):
                    verify_receipt(public_key, "northmere", header[:at] + new + header[at + 1 :])
    for other in ("", header[:-1], header + "A", header + "\n", " " + header, "v1....", "é"):
        with pytest.raises(ReceiptRefused):
            verify_receipt(public_key, "northmere", other)


async def test_a_receipt_has_one_spelling(kept: Kept) -> None:
    """Spare bits of base64 set decode to the same bytes, and are refused all the same."""
    header = str(await kept.log.append(made_entry(kept.log)))
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = header[:-1] + alphabet[alphabet.index(header[-1]) + 1]
    same = [urlsafe_b64decode(each.rsplit(".", 1)[1] + "==") for each in (header, other)]
    assert same[0] == same[1]
    with pytest.raises(ReceiptRefused):
        verify_receipt(kept.keyring.receipt_key.public_key(), "northmere", other)


async def test_a_receipt_of_one_authority_proves_nothing_of_another(kept: Kept) -> None:
    """Neither under another name nor under another key."""
    header = str(await kept.log.append(made_entry(kept.log)))
    with pytest.raises(ReceiptRefused):
        verify_receipt(kept.keyring.receipt_key.public_key(), "camfield", header)
    with pytest.raises(ReceiptRefused):
        verify_receipt(Ed25519PrivateKey.generate().public_key(), "northmere", header)


async def test_nobody_but_the_access_log_mints(kept: Kept) -> None:
    """The constructor refuses, and no other module of ours has the token in hand."""
    receipt = await kept.log.append(made_entry(kept.log))
    for token in (None, object(), receipt, Receipt):
        with pytest.raises(TypeError):
            Receipt(token, receipt.entry_id, str(receipt))
    holders = {
        path.name
        for folder in ("index_service", "demo")
        for path in (ROOT / folder).rglob("*.py")
        if "_MINT" in path.read_text()
    }
    assert holders == {"receipt.py", "access_log.py"}


async def test_a_receipt_accounts_for_one_answer(kept: Kept) -> None:
    """A second answer on the same entry would be an answer without one."""
    receipt = await kept.log.append(made_entry(kept.log))
    assert not receipt.spent
    assert receipt.spend() == str(receipt)
    assert receipt.spent
    with pytest.raises(RuntimeError):
        receipt.spend()
