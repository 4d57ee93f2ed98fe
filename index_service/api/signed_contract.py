"""The contract of routes between members: signed both ways, each request and answer of one form.

What a member must send is written down from the very numbers its reader goes by.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from index_service.api.peer_boundary import status_of
from index_service.federation.errors import PeerCode
from index_service.federation.sizes import PROBLEM_BYTES

Schema = dict[str, Any]

# What may be wrong with any message, whatever it asks.
_OF_ALL = (
    PeerCode.UNKNOWN_MEMBER,
    PeerCode.CERTIFICATE_MISMATCH,
    PeerCode.SIGNATURE_INVALID,
    PeerCode.CLOCK_SKEW,
    PeerCode.REPLAYED,
    PeerCode.SUSPENDED,
    PeerCode.VERSION_UNSUPPORTED,
    PeerCode.TOO_LARGE,
    PeerCode.MALFORMED,
)
_SIGNATURE = {
    "Content-Digest": "SHA-256 of the body (RFC 9530).",
    "Signature-Input": "What the one signature, `isa`, covers (RFC 9421).",
    "Signature": "Ed25519, by a key of the sender that the directory names.",
}
_ANSWERED = {
    **_SIGNATURE,
    "Isa-In-Reply-To": "SHA-256 of the request's signature, hexadecimal.",
    "Audit-Receipt": "The receipt of the answering member's entry.",
}


@dataclass(frozen=True, slots=True)
class SignedRoute:
    """One route of a peer port, as its contract has it."""

    path: str
    operation: str
    summary: str
    description: str
    asked: Schema
    said: Schema
    bytes_max: int
    answer_bytes: int
    refusals: tuple[PeerCode, ...] = ()

    def written(self) -> dict[str, Any]:
        """Return the route's operation."""
        also = f" Refused besides: {', '.join(self.refusals)}." if self.refusals else ""
        good = {
            "description": self.said["description"],
            "headers": {name: _part("headers", name) for name in _ANSWERED},
            "content": {"application/json": _typed(self.said)},
        }
        statuses = sorted({status_of(code) for code in (*_OF_ALL, *self.refusals)})
        return {
            "operationId": self.operation,
            "summary": self.summary,
            "description": f"{self.description} A request has at most {self.bytes_max} bytes, an"
            f" answer exactly {self.answer_bytes}: spaces follow the object.{also}",
            "parameters": [_part("parameters", name) for name in _SIGNATURE],
            "requestBody": {"required": True, "content": {"application/json": _typed(self.asked)}},
            "responses": {
                "200": good,
                **{str(each): _part("responses", f"Refused{each}") for each in statuses},
                "500": {"description": "A defect. No body, and nothing said."},
                "503": {"description": "Not now. No body, and nothing said."},
            },
        }


def signed_contract(info: dict[str, Any], routes: Sequence[SignedRoute]) -> dict[str, Any]:
    """Return the OpenAPI document of these routes."""
    scheme = {
        "type": "mutualTLS",
        "description": "TLS 1.3; the certificate's key is one the signed directory names.",
    }
    codes: dict[int, list[PeerCode]] = {}
    for code in dict.fromkeys((*_OF_ALL, *(each for route in routes for each in route.refusals))):
        codes.setdefault(status_of(code), []).append(code)
    return {
        "openapi": "3.1.0",
        "info": {**info, "license": {"name": "MIT", "identifier": "MIT"}, "version": "1.0.0"},
        "servers": [{"url": "https://member.example", "description": "As the directory names it."}],
        "security": [{"member": []}],
        "paths": {route.path: {"post": route.written()} for route in routes},
        "components": {
            "securitySchemes": {"member": scheme},
            "parameters": {name: _header(name, text) for name, text in _SIGNATURE.items()},
            "headers": {
                name: {"description": text, "schema": {"type": "string"}}
                for name, text in _ANSWERED.items()
            },
            "responses": {
                f"Refused{status}": _problem(status, codes[status]) for status in sorted(codes)
            },
        },
    }


def stated(description: str, example: dict[str, Any], **parts: Schema) -> Schema:
    """Return the schema of an object that has exactly these parts."""
    return {
        "type": "object",
        "description": description,
        "properties": parts,
        "required": list(parts),
        "additionalProperties": False,
        "example": example,
    }


def listed(description: str, of: Schema, least: int, most: int) -> Schema:
    """Return the schema of a list within its bounds."""
    bounds = {"minItems": least, "maxItems": most}
    return {"type": "array", "description": description, "items": of, **bounds}


def tupled(description: str, *of: Schema) -> Schema:
    """Return the schema of a list of exactly these parts, in this order."""
    bounds = {"minItems": len(of), "maxItems": len(of), "items": False}
    return {"type": "array", "description": description, "prefixItems": list(of), **bounds}


def base64(description: str, size: int) -> Schema:
    """Return the schema of so many bytes in base64."""
    length = 4 * -(-size // 3)
    return {
        "type": "string",
        "description": description,
        "contentEncoding": "base64",
        "minLength": length,
        "maxLength": length,
    }


def shaped(description: str, pattern: str) -> Schema:
    """Return the schema of a text of one form."""
    return {"type": "string", "description": description, "pattern": pattern}


def one_of(description: str, *words: str) -> Schema:
    """Return the schema of one of these words."""
    return {"type": "string", "description": description, "enum": list(words)}


def whole(description: str, most: int) -> Schema:
    """Return the schema of a whole number from nought."""
    return {"type": "integer", "description": description, "minimum": 0, "maximum": most}


def _typed(schema: Schema) -> dict[str, Any]:
    bare = {name: part for name, part in schema.items() if name != "example"}
    return {"schema": bare, "example": schema["example"]}


def _header(name: str, text: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": True,
        "description": text,
        "schema": {"type": "string"},
    }


def _part(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}


def _problem(status: int, codes: list[PeerCode]) -> dict[str, Any]:
    words = [code.value for code in codes]
    schema = stated(
        "Why, alike for every child.",
        {"code": words[0], "status": status, "type": f"/problems/peer/{words[0]}"},
        code=one_of("Stable.", *words),
        status={"type": "integer", "description": "As the status line.", "const": status},
        type=shaped("Stable.", "^/problems/peer/[a-z_]+$"),
    )
    return {
        "description": f"Refused, signed, {PROBLEM_BYTES} bytes long.",
        "headers": {name: _part("headers", name) for name in _ANSWERED},
        "content": {"application/problem+json": _typed(schema)},
    }
