"""Tokens that must not be believed. Each differs from a good one in one thing only."""

import json

import orjson
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from index_service.identity.parsing import encoded
from tests.identity.forge import (
    AUDIENCE,
    EC_KEY,
    FORGERS_KEY,
    ISSUER,
    NOW,
    RSA_KEY,
    Json,
    claims,
    ec_jwk,
    es256,
    header,
    hs256,
    rs256,
    rsa_jwk,
    signed_text,
    token,
)

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
BEGUN = int(NOW.timestamp())


def attacks() -> dict[str, str]:
    """Return every attack token by what is wrong with it."""
    parts = (of_algorithms(), of_keys(), of_headers(), of_signatures(), of_form(), of_claims())
    named: dict[str, str] = {}
    for part in parts:
        assert not named.keys() & part.keys()
        named |= part
    return named


def of_algorithms() -> dict[str, str]:
    found = {
        f"alg {alg!r}": token(header(alg=alg))
        for alg in (
            "none", "None", "NONE", "nOnE", "", "es256", "ES384", "ES512", "ES256K", "RS256",
            "RS384", "PS256", "EdDSA", "HS256", "HS512", "dir", None, 5, ["ES256"], True,
        )
    }  # fmt: skip
    found["alg missing"] = token(header(alg=...))
    for alg in ("none", "None"):
        found[f"alg {alg} without signature"] = signed_text(header(alg=alg), claims()) + "."
    for name, public, kid in (
        ("EC", EC_KEY.public_key(), "ec-1"),
        ("RSA", RSA_KEY.public_key(), "rsa-1"),
    ):
        secrets = {
            "PEM": public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
            "DER": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
            "SSH": public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH),
            "JWK": orjson.dumps(ec_jwk(EC_KEY) if name == "EC" else rsa_jwk(RSA_KEY)),
            "nothing": b"",
        }
        text = signed_text(header(alg="HS256", kid=kid), claims())
        for form, secret in secrets.items():
            by_secret = encoded(hs256(text.encode(), secret))
            found[f"HS256 with the {name} key's {form}"] = f"{text}.{by_secret}"
    text = signed_text(header(alg="RS256", kid="ec-1"), claims())
    found["RS256 by the RSA key under the EC key's id"] = f"{text}.{encoded(rs256(text.encode()))}"
    text = signed_text(header(kid="rsa-1"), claims())
    found["ES256 by the EC key under the RSA key's id"] = f"{text}.{encoded(es256(text.encode()))}"
    text = signed_text(header(alg="RS256", kid="rsa-1"), claims())
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    for name, how, digest in (
        ("PSS", pss, hashes.SHA256()),
        ("SHA-1", padding.PKCS1v15(), hashes.SHA1()),  # noqa: S303 (the attack)
        ("SHA-512", padding.PKCS1v15(), hashes.SHA512()),
    ):
        signature = RSA_KEY.sign(text.encode(), how, digest)
        found[f"RS256 signed with {name}"] = f"{text}.{encoded(signature)}"
    return found


def of_keys() -> dict[str, str]:
    found = {
        f"kid {kid!r}": token(header(kid=kid))
        for kid in (
            "", "unknown", "EC-1", "ec-1 ", "ec-1\0", "../../../dev/null", "' or 1=1 --", None, 1,
            ["ec-1"], {"kid": "ec-1"}, "e" * 600,
        )
    }  # fmt: skip
    found["kid missing"] = token(header(kid=...))
    text = signed_text(header(), claims())
    forged = f"{text}.{encoded(es256(text.encode(), FORGERS_KEY))}"
    found["signed by another key"] = forged
    own = ec_jwk(FORGERS_KEY, "forger")
    for name, head in (
        ("jwk", header(jwk=own)),
        ("jwk under a known id", header(jwk={**own, "kid": "ec-1"})),
        ("jku", header(jku="https://forger.example/jwks.json", kid="forger")),
        ("x5u", header(x5u="https://forger.example/chain.pem")),
        ("x5c", header(x5c=["MIIB"])),
    ):
        text = signed_text(head, claims())
        signature = encoded(es256(text.encode(), FORGERS_KEY))
        found[f"forger's own {name}"] = f"{text}.{signature}"
    return found


def of_headers() -> dict[str, str]:
    found = {
        f"typ {typ!r}": token(header(typ=typ))
        for typ in (
            "JWT", "jwt", "AT+JWT", "application/at+jwt", "dpop+jwt", "logout+jwt", "id+jwt",
            "secevent+jwt", "", None, ["at+jwt"], "at+jwt ",
        )
    }  # fmt: skip
    found["typ missing"] = token(header(typ=...))
    more: dict[str, object] = {
        "crit": ["exp"], "b64": False, "zip": "DEF", "cty": "JWT", "jku": ISSUER, "x5t": "AAAA",
        "x5t#S256": "AAAA", "epk": {}, "enc": "A256GCM", "nonce": "1", "jwk": ec_jwk(EC_KEY),
    }  # fmt: skip
    for name, value in more.items():
        found[f"header with {name}"] = token(header(**{name: value}))
    found["header with unknown crit"] = token(header(crit=["urn:forger"], **{"urn:forger": 1}))
    found["header with empty crit"] = token(header(crit=[]))
    texts = {
        "not JSON": b"at+jwt",
        "a list": b'[{"alg":"ES256"}]',
        "a string": b'"ES256"',
        "null": b"null",
        "empty object": b"{}",
        "deeply nested list": b"[" * 1500,
        "deeply nested object": b'{"a":' * 500,
        "nested list inside": b'{"alg":"ES256","kid":"ec-1","typ":"at+jwt","x":' + b"[" * 900,
        "repeated alg": b'{"alg":"none","alg":"ES256","kid":"ec-1","typ":"at+jwt"}',
        "repeated kid": b'{"alg":"ES256","kid":"forger","kid":"ec-1","typ":"at+jwt"}',
        "repeated typ": b'{"alg":"ES256","kid":"ec-1","typ":"JWT","typ":"at+jwt"}',
        "byte order mark": b"\xef\xbb\xbf" + orjson.dumps(header()),
        "UTF-16": json.dumps(header()).encode("utf-16"),
        "broken UTF-8": orjson.dumps(header())[:-1] + b',"\xff":1}',
        "trailing text": orjson.dumps(header()) + b"x",
        "comment": b"/**/" + orjson.dumps(header()),
        "NaN": b'{"alg":"ES256","kid":"ec-1","typ":"at+jwt","x":NaN}',
        "more than it may hold": orjson.dumps(header()) + b" " * 1024,
    }
    found |= {f"header is {name}": token(text) for name, text in texts.items()}
    return found


def of_signatures() -> dict[str, str]:
    text = signed_text(header(), claims())
    good = es256(text.encode())
    r, s = good[:32], good[32:]
    other = token(body=claims(sub="northmere-manager")).rsplit(".", 1)[1]
    der = EC_KEY.sign(text.encode(), ec.ECDSA(hashes.SHA256()))
    sha512 = EC_KEY.sign(text.encode(), ec.ECDSA(hashes.SHA512()))
    order = ORDER.to_bytes(32)
    made = {
        "in DER": der,
        "in DER over SHA-512": sha512,
        "of zeros": bytes(64),
        "r zero": bytes(32) + s,
        "s zero": r + bytes(32),
        "r the order": order + s,
        "s the order": r + order,
        "all ones": b"\xff" * 64,
        "swapped halves": s + r,
        "cut by one": good[:-1],
        "longer by one": good + b"\0",
        "padded in front": b"\0" + good,
        "padded halves": b"\0" + r + b"\0" + s,
        "half": r,
        "one bit other": bytes([good[0] ^ 1]) + good[1:],
        "of the header only": es256(text.split(".")[0].encode()),
        "of decoded text": es256(orjson.dumps(header()) + orjson.dumps(claims())),
    }
    found = {f"signature {name}": f"{text}.{encoded(value)}" for name, value in made.items()}
    found["signature missing"] = f"{text}."
    found["signature of another token"] = f"{text}.{other}"
    best = encoded(good)
    found["signature padded with ="] = f"{text}.{best}=="
    # 64 bytes leave four bits of the last character unused: 15 more spellings of one signature.
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(best[-1])
    for step in (1, 2, 15):
        found[f"signature spelled otherwise {step}"] = f"{text}.{best[:-1]}{alphabet[last + step]}"
    found["signature with a line break"] = f"{text}.{best[:40]}\n{best[40:]}"
    found["signature in the other alphabet"] = f"{text}.+/{best[2:]}"
    changed = signed_text(header(), claims(sub="northmere-manager"))
    found["claims changed after signing"] = f"{changed}.{best}"
    return found


def of_form() -> dict[str, str]:
    good = token()
    head, body, signature = good.split(".")
    slack = signed_text(header(), orjson.dumps(claims()) + b" " * 5)
    found = {
        "nothing": "",
        "a dot": ".",
        "two dots": "..",
        "three dots": "...",
        "two parts": f"{head}.{body}",
        "four parts": f"{good}.{signature}",
        "five parts": f"{head}..{body}.{body}.{signature}",
        "an empty part in front": f".{good}",
        "empty header": f".{body}.{signature}",
        "empty claims": f"{head}..{signature}",
        "space in front": f" {good}",
        "space behind": f"{good} ",
        "line end behind": f"{good}\n",
        "NUL behind": f"{good}\0",
        "NUL inside": f"{head}.\0{body}.{signature}",
        "with its scheme": f"Bearer {good}",
        "in quotes": f'"{good}"',
        "two in a row": f"{good},{good}",
        "full-width dots": good.replace(".", "\uff0e"),
        "a letter from elsewhere": "\u0435" + good[1:],
        "a lone surrogate": good + "\ud800",
        "claims padded with =": f"{head}.{body}=.{signature}",
        "JSON serialisation": json.dumps(
            {"protected": head, "payload": body, "signature": signature}
        ),
        "twelve thousand characters": token(body=claims(note="x" * 9000)),
        "four million characters": "A" * 4_000_000,
        "longer than allowed by spaces": token(body=orjson.dumps(claims()) + b" " * 4000),
        "claims spelled otherwise": f"{head}.{_respelled(slack.split('.')[1])}.{signature}",
    }
    text = f"{_respelled(encoded(orjson.dumps(header()) + b' '))}.{body}"
    found["header spelled otherwise"] = f"{text}.{encoded(es256(text.encode()))}"
    text = f"{head}.{_respelled(encoded(_filled(claims())))}"
    found["claims spelled otherwise, signed"] = f"{text}.{encoded(es256(text.encode()))}"
    return found


def _filled(body: Json) -> bytes:
    """Return the JSON of claims, lengthened until its base64url has unused bits."""
    text = orjson.dumps(body)
    return text if len(text) % 3 else text + b" "


def _respelled(part: str) -> str:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return part[:-1] + alphabet[(alphabet.index(part[-1]) + 1) % 64]


def of_claims() -> dict[str, str]:
    wrong: dict[str, list[object]] = {
        "exp": [
            ..., None, str(BEGUN + 600), BEGUN + 600.5, 1e308, True, [BEGUN + 600], 0, -1, BEGUN,
            BEGUN - 1, BEGUN + 601, BEGUN + 315_360_000,
        ],
        "iat": [
            ..., None, str(BEGUN), BEGUN + 0.5, True, 0, -5, BEGUN + 31, BEGUN + 86_400,
            BEGUN + 600, BEGUN - 1,
        ],
        "nbf": [None, str(BEGUN), BEGUN + 31, BEGUN + 86_400, True, [BEGUN], -1],
        "aud": [
            ..., None, "", AUDIENCE + "/", AUDIENCE.upper(), AUDIENCE[:-1], [AUDIENCE],
            [AUDIENCE, "https://other.example"], "https://other.example", {"aud": AUDIENCE}, "*",
        ],
        "iss": [
            ..., None, "", ISSUER + "/", ISSUER.replace("https", "http"), [ISSUER],
            "https://forger.example", ISSUER.upper(),
        ],
        "sub": [
            ..., None, "", 7, ["northmere-social-worker"], "northmere-social-worker\0", "a b",
            "line\nend", "x" * 256, "\u0456van", {"sub": 1}, True,
        ],
        "jti": [..., None, "", 7, "\0", ["0b9f4a3e"]],
        "client_id": [..., None, "", 7],
        "cnf": [
            None, {}, [], "jkt", {"kid": "1"}, {"jkt": None}, {"jkt": ""}, {"jkt": "short"},
            {"jkt": "A" * 44}, {"jkt": "B" * 43}, {"jkt": 5}, {"x5t": "A" * 43},
            {"jwk": ec_jwk(FORGERS_KEY)}, {"jkt": "A" * 43, "x5t#S256": "A" * 43},
        ],
    }  # fmt: skip
    found = {
        f"{name} {value!r}"[:70]: token(body=claims(**{name: value}))
        for name, values in wrong.items()
        for value in values
    }
    found["iat ahead of nbf"] = token(body=claims(iat=BEGUN + 31, nbf=BEGUN))
    found["exp of forty digits"] = token(body=_replaced("exp", b"1" + b"0" * 40))
    found["exp with an exponent"] = token(body=_replaced("exp", str(BEGUN + 600).encode() + b"e0"))
    found["sub a lone surrogate"] = token(body=_replaced("sub", rb'"\ud800"'))
    for name in ("sub", "aud", "exp", "iss"):
        value = orjson.dumps(claims()[name])
        twice = b'{"%s":%s,' % (name.encode(), value) + orjson.dumps(claims())[1:]
        found[f"{name} twice"] = token(body=twice)
    disguised = rb'{"s\u0075b":"northmere-manager",' + orjson.dumps(claims())[1:]
    found["sub twice, once in disguise"] = token(body=disguised)
    bodies = {
        "not JSON": b"exp=1",
        "a list": orjson.dumps([claims()]),
        "a string": b'"sub"',
        "nothing": b"{}",
        "a token": token().encode(),
        "NaN inside": orjson.dumps(claims())[:-1] + b',"x":NaN}',
        "Infinity inside": orjson.dumps(claims())[:-1] + b',"x":-Infinity}',
        "deeply nested": orjson.dumps(claims())[:-1] + b',"x":' + b"[" * 1000 + b"]" * 1000 + b"}",
        "UTF-16": json.dumps(claims()).encode("utf-16"),
        "broken UTF-8": orjson.dumps(claims())[:-1] + b',"x":"\xff"}',
        "byte order mark": b"\xef\xbb\xbf" + orjson.dumps(claims()),
        "trailing text": orjson.dumps(claims()) + b"{}",
    }
    found |= {f"claims are {name}": token(body=body) for name, body in bodies.items()}
    return found


def _replaced(name: str, value: bytes) -> bytes:
    rest = orjson.dumps(claims(**{name: ...}))
    return b'{"%s":%s,' % (name.encode(), value) + rest[1:]
