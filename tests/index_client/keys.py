"""Keys as an authority publishes them."""

from base64 import b64encode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def text_of(public: Ed25519PublicKey) -> str:
    """Return a key as a policy file has it."""
    return b64encode(public.public_bytes_raw()).decode()
