"""A receipt is verified offline: it is the authority's, whole, and spelt in one way."""

from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from index_client import ReceiptKey, ReceiptWrong
from index_client.answers import Received, read_answer
from index_client.receipts import entry_id_of
from index_service.log.receipt import ReceiptFacts, signed_header
from tests.index_client.keys import text_of

PRIVATE = Ed25519PrivateKey.generate()
OTHER = Ed25519PrivateKey.generate()
KEY = ReceiptKey.of("northmere", text_of(PRIVATE.public_key()))
FACTS = ReceiptFacts(uuid4(), bytes(range(32)), 1_796_169_600)
HEADER = signed_header(PRIVATE, "northmere", FACTS)


def wrong(header: str, key: ReceiptKey = KEY) -> str:
    with pytest.raises(ReceiptWrong) as caught:
        key.check(header)
    return caught.value.cause


def test_a_receipt_of_the_index_holds() -> None:
    promise = KEY.check(HEADER)
    assert (promise.entry_id, promise.leaf) == (FACTS.entry_id, FACTS.leaf)
    assert promise.deadline_s == FACTS.deadline_s
    assert entry_id_of(HEADER) == FACTS.entry_id


def test_a_receipt_under_an_earlier_key_holds() -> None:
    both = ReceiptKey.of("northmere", text_of(OTHER.public_key()), text_of(PRIVATE.public_key()))
    assert both.check(HEADER).entry_id == FACTS.entry_id


def test_a_receipt_of_another_authority_or_key_does_not() -> None:
    assert wrong(signed_header(PRIVATE, "camfield", FACTS)) == "signature"
    assert wrong(signed_header(OTHER, "northmere", FACTS)) == "signature"


@given(st.integers(0, len(HEADER) - 1), st.sampled_from("ABab01-_.+ é\n"))
def test_no_sign_of_a_receipt_can_be_changed(place: int, sign: str) -> None:
    spoilt = HEADER[:place] + sign + HEADER[place + 1 :]
    if spoilt != HEADER:
        assert wrong(spoilt) in ("form", "signature")


def test_a_receipt_is_spelt_in_one_way() -> None:
    """The leaf's last sign has two bits to spare: set, it would decode to the same leaf."""
    version, entry, leaf, deadline, signature = HEADER.split(".")
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = leaf[:-1] + signs[signs.index(leaf[-1]) + 1]
    assert wrong(f"{version}.{entry}.{other}.{deadline}.{signature}") == "form"


@given(st.text(max_size=250))
def test_no_other_text_is_a_receipt(text: str) -> None:
    assert wrong(text) == "form"
    assert entry_id_of(text) is None


def test_the_key_is_read_from_the_published_policy() -> None:
    policy = (
        f"# whose\ncsa northmere\nlog a+b+c\nreceipt {text_of(PRIVATE.public_key())}\nquorum 1\n"
    )
    assert ReceiptKey.from_policy(policy).check(HEADER).entry_id == FACTS.entry_id
    for text in ("", "csa northmere\n", policy + "csa camfield\n", "csa northmere\nreceipt AA==\n"):
        with pytest.raises(ValueError, match=r"key|policy|names"):
            ReceiptKey.from_policy(text)


def answered(receipt: str | None, status: int = 200, body: bytes = b"{}") -> object:
    kind = "application/json" if status == 200 else "application/problem+json"
    headers = {"content-type": kind} | ({"audit-receipt": receipt} if receipt else {})
    return read_answer(Received(status, headers, body), KEY)


def test_an_answer_without_a_receipt_that_holds_is_no_answer() -> None:
    for receipt in (None, "v1.x", signed_header(OTHER, "northmere", FACTS)):
        assert isinstance(answered(receipt), ReceiptWrong)
    assert not isinstance(answered(HEADER), ReceiptWrong)


def test_a_refusal_under_a_false_receipt_is_not_believed() -> None:
    problem = b'{"code": "check_lapsed"}'
    assert isinstance(
        answered(signed_header(OTHER, "northmere", FACTS), 403, problem), ReceiptWrong
    )


def test_each_receipt_within_a_batch_is_verified() -> None:
    false = signed_header(OTHER, "northmere", FACTS)
    for receipt, holds in ((HEADER, True), (false, False)):
        body = f'{{"answers": [{{"receipt": "{HEADER}"}}, {{"receipt": "{receipt}"}}]}}'.encode()
        headers = {"content-type": "application/json", "audit-receipt": HEADER}
        read = read_answer(Received(200, headers, body), KEY, receipts_in="answers")
        assert isinstance(read, ReceiptWrong) is not holds
