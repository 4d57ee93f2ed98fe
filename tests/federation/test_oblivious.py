"""RFC 9497's oblivious function: its test vectors, and what is refused of a dishonest deriver."""

from dataclasses import replace

import pytest

from index_service.federation.oblivious import (
    DERIVED_BYTES,
    Evaluated,
    PointRefused,
    ProofFailed,
    blind,
    derive_key_pair,
    derived_digests,
    evaluate_batch,
    evaluated_by_key,
    finalize,
    region_input,
    verify,
)

_hex = bytes.fromhex
# RFC 9497, A.1.2: ristretto255-SHA512, VOPRF mode.
KEY = derive_key_pair(b"\xa3" * 32, b"test key")
SECRET = "e6f73f344b79b379f1a0dd37e07ff62e38d9f71345ce62ae3a9bc60b04ccd909"
PUBLIC = "c803e2cc6b05fc15064549b5920659ca4a77b2cca6f04f6b357009335476ad4e"
INPUTS = (b"\x00", b"\x5a" * 17)
BLIND = "64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706"
BLIND_2 = "222a5e897cf59db8145db8d16e597e8facb80ae7d4e26d9881aa6f61d645fc0e"
NONCE = BLIND_2
NONCE_3 = "419c4f4f5052c53c45f3da494d2b67b220d02118e0857cdbcf037f9ea84bbe0c"
BLINDED = "863f330cc1a1259ed5a5998a23acfd37fb4351a793a5b3c090b642ddc439b945"
EVALUATED = "aa8fa048764d5623868679402ff6108d2521884fa138cd7f9c7669a9a014267e"
OUTPUTS = (
    (
        "b58cfbe118e0cb94d79b5fd6a6dafb98764dff49c14e1770b566e42402da1a7d"
        "a4d8527693914139caee5bd03903af43a491351d23b430948dd50cde10d32b3c"
    ),
    (
        "8a9a2f3c7f085b65933594309041fc1898d42d0858e59f90814ae90571a6df60"
        "356f4610bf816f27afdd84f47719e480906d27ecd994985890e5f539e7ea74b6"
    ),
)
VECTORS = {
    "vector 1": (
        INPUTS[:1],
        (BLIND,),
        (BLINDED,),
        (EVALUATED,),
        NONCE,
        (
            "ddef93772692e535d1a53903db24367355cc2cc78de93b3be5a8ffcc6985dd06"
            "6d4346421d17bf5117a2a1ff0fcb2a759f58a539dfbe857a40bce4cf49ec600d"
        ),
        OUTPUTS[:1],
    ),
    "vector 2": (
        INPUTS[1:],
        (BLIND,),
        ("cc0b2a350101881d8a4cba4c80241d74fb7dcbfde4a61fde2f91443c2bf9ef0c",),
        ("60a59a57208d48aca71e9e850d22674b611f752bed48b36f7a91b372bd7ad468",),
        NONCE,
        (
            "401a0da6264f8cf45bb2f5264bc31e109155600babb3cd4e5af7d181a2c9dc0a"
            "67154fabf031fd936051dec80b0b6ae29c9503493dde7393b722eafdf5a50b02"
        ),
        OUTPUTS[1:],
    ),
    "vector 3": (
        INPUTS,
        (BLIND, BLIND_2),
        (BLINDED, "90a0145ea9da29254c3a56be4fe185465ebb3bf2a1801f7124bbbadac751e654"),
        (EVALUATED, "cc5ac221950a49ceaa73c8db41b82c20372a4c8d63e5dded2db920b7eee36a2a"),
        NONCE_3,
        (
            "cc203910175d786927eeb44ea847328047892ddf8590e723c37205cb74600b0a"
            "5ab5337c8eb4ceae0494c2cf89529dcf94572ed267473d567aeed6ab873dee08"
        ),
        OUTPUTS,
    ),
}
ORDER = 2**252 + 27742317777372353535851937790883648493


def test_a_seed_gives_the_key_pair_of_the_rfc() -> None:
    """DeriveKeyPair, both halves."""
    assert KEY.secret.hex() == SECRET
    assert KEY.public.hex() == PUBLIC
    assert SECRET not in repr(KEY)


@pytest.mark.parametrize("name", VECTORS)
def test_every_step_gives_the_bytes_of_the_rfc(name: str) -> None:
    """Blind, evaluate, prove, verify, finalise: single and batch."""
    inputs, blinds, blinded, evaluated, nonce, proof, outputs = VECTORS[name]
    asked = blind(inputs, len(inputs), [_hex(each) for each in blinds])
    assert [point.hex() for point in asked.points] == list(blinded)
    said = evaluate_batch(KEY, asked.points, _hex(nonce))
    assert [point.hex() for point in said.points] == list(evaluated)
    assert said.proof.hex() == proof
    verify(KEY.public, asked.points, said)
    assert [output.hex() for output in finalize(asked, said)] == list(outputs)


def test_two_calls_for_one_input_share_no_byte_and_give_one_digest() -> None:
    """The deriver cannot tell that it was asked the same twice; the member gets the same."""
    text = region_input("search", 4, "smith|2012-03-04")
    calls = [blind([text], 24) for _ in range(2)]
    assert not set(calls[0].points) & set(calls[1].points)
    digests = [derived_digests(KEY.public, c, evaluate_batch(KEY, c.points)) for c in calls]
    assert digests[0] == digests[1]
    assert [len(each) for each in digests[0]] == [DERIVED_BYTES]


def test_whoever_holds_the_key_has_what_the_blinded_way_gives() -> None:
    for text in INPUTS:
        blinded = blind([text], 1)
        (found,) = finalize(blinded, evaluate_batch(KEY, blinded.points))
        assert evaluated_by_key(KEY, text) == found
    assert [evaluated_by_key(KEY, text).hex() for text in INPUTS] == list(OUTPUTS)


def test_series_kind_and_text_give_each_another_input() -> None:
    """No two things a child is known by are one to the function."""
    inputs = {
        region_input("search", 4, "a"),
        region_input("shield", 4, "a"),
        region_input("search", 5, "a"),
        region_input("search", 4, "b"),
        region_input("search", 4, ""),
    }
    assert len(inputs) == 5


def test_a_proof_altered_in_any_byte_fails() -> None:
    """So does one for other points, in another order, or by another key."""
    asked = blind([b"one", b"two"], 8)
    said = evaluate_batch(KEY, asked.points)
    verify(KEY.public, asked.points, said)
    for place in range(len(said.proof)):
        altered = bytearray(said.proof)
        altered[place] ^= 1 << (place % 8)
        with pytest.raises(ProofFailed):
            verify(KEY.public, asked.points, replace(said, proof=bytes(altered)))
    other = derive_key_pair(b"\xa4" * 32, b"")
    swapped = (said.points[1], said.points[0], *said.points[2:])
    for wrong in (
        replace(said, points=swapped),
        replace(said, points=said.points[:-1]),
        replace(said, proof=said.proof[:-1]),
        replace(said, proof=b""),
        replace(said, points=(bytes(32), *said.points[1:])),
        replace(said, points=(b"\xff" * 32, *said.points[1:])),
        evaluate_batch(other, asked.points),
        Evaluated((*said.points[:-1], evaluate_batch(other, asked.points).points[-1]), said.proof),
    ):
        with pytest.raises(ProofFailed):
            derived_digests(KEY.public, asked, wrong)


@pytest.mark.parametrize("half", [0, 32])
def test_a_proof_has_one_spelling(half: int) -> None:
    """A scalar with the group's order added is the same number, and no proof."""
    asked = blind([b"one"], 2)
    said = evaluate_batch(KEY, asked.points)
    number = int.from_bytes(said.proof[half : half + 32], "little") + ORDER
    proof = bytearray(said.proof)
    proof[half : half + 32] = number.to_bytes(32, "little")
    with pytest.raises(ProofFailed):
        verify(KEY.public, asked.points, replace(said, proof=bytes(proof)))


@pytest.mark.parametrize(
    "point",
    [bytes(32), b"\xff" * 32, b"\x01" + bytes(31), b"", bytes(31), bytes(33)],
    ids=["identity", "too large", "odd", "nothing", "shorter", "longer"],
)
def test_what_is_no_point_is_not_evaluated(point: bytes) -> None:
    """The identity, other spellings and other lengths: nothing is computed with the key."""
    with pytest.raises(PointRefused):
        evaluate_batch(KEY, [*blind([b"one"], 2).points, point])


def test_a_call_carries_its_fixed_number_and_never_more() -> None:
    """Random points fill it; what does not fit is refused, not cut."""
    assert len(blind([b"one"], 24).points) == 24
    with pytest.raises(ValueError, match="more inputs"):
        blind([b"one", b"two"], 1)
    with pytest.raises(ValueError, match="or none"):
        blind([], 24)
