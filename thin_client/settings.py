"""What the thin client must be told. What is missing or unsafe stops the start."""

import base64
import binascii
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from thin_client.sealing import KEY_BYTES

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Settings(BaseSettings):
    """Which index is asked, who says who someone is, and where pages are.

    Read from the environment, prefix THIN_. There is nothing here that turns a safeguard off.
    """

    model_config = SettingsConfigDict(env_prefix="THIN_", extra="ignore", hide_input_in_errors=True)

    authority: Annotated[str, Field(min_length=2, max_length=60)]  # as a page names it
    index_url: str
    origin: str  # where browsers reach these pages: scheme, host and port, no path
    issuer: str
    client_id: Annotated[str, Field(min_length=1, max_length=200)]
    # A confidential client's secret lies in a file; a public one has "none", in so many letters.
    client_secret: Annotated[str, Field(pattern=r"^(none|/.+)$")]
    # "openid profile" shows a practitioner's name. An ID token then carries it, and is no hint
    # for logging out: the provider asks whether to.
    scope: Annotated[str, Field(pattern=r"^openid( [a-z_]+)*$")] = "openid"
    # Whom access tokens are to be for (RFC 8707); "none" where the provider knows by itself.
    resource: Annotated[str, Field(min_length=4, max_length=200)]
    # What a provider calls a second factor given just now; "none" asks for all factors anew.
    acr_stepped_up: Annotated[str, Field(pattern=r"^[^\s]{1,200}$")]
    issuer_ca_file: Path | None = None
    index_ca_file: Path | None = None
    session_key: Path  # seals what a browser carries while it signs in
    launch_keys: Annotated[str, Field(pattern=r"^(none|/.+)$")]  # of case systems
    receipt_keys: Annotated[str, Field(pattern=r"^(none|/.+)$")]  # of the index's access log
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8090
    answer_s_max: Annotated[float, Field(gt=0, le=60)] = 10.0

    @field_validator("origin", "index_url", "issuer")
    @classmethod
    def _over_tls(cls, url: str) -> str:
        parts = urlsplit(url)
        plain = parts.scheme == "http" and parts.hostname in LOOPBACK
        if not parts.hostname or not (parts.scheme == "https" or plain):
            raise ValueError("https, or http on loopback alone")
        if parts.query or parts.fragment or parts.username:
            raise ValueError("an address and nothing besides")
        return url.rstrip("/")

    @field_validator("origin")
    @classmethod
    def _no_path(cls, url: str) -> str:
        if urlsplit(url).path:
            raise ValueError("scheme, host and port, no path")
        return url

    @property
    def over_tls(self) -> bool:
        """Whether browsers reach these pages over https."""
        return self.origin.startswith("https://")

    @property
    def cookie_suffix(self) -> str:
        """What tells this client's cookies from those of others on loopback: nothing over https."""
        return "" if self.over_tls else f"-{urlsplit(self.origin).port or 80}"

    def cookie(self, name: str) -> str:
        """Return a cookie's name; over https only this very host can set it.

        Browsers differ on `__Host-` over plain http, even on loopback, where it is left out.
        """
        return f"__Host-{name}" if self.over_tls else f"{name}{self.cookie_suffix}"


def read_key(file: Path) -> bytes:
    """Return the 32 bytes a key file holds in base64; ValueError if it does not, or is open.

    A key others can read is no key, so it stops the start.
    """
    if file.stat().st_mode & 0o077:
        raise ValueError("the key file is open to others")
    try:
        key = base64.b64decode(file.read_text("ascii").strip(), validate=True)
    except (binascii.Error, UnicodeDecodeError) as fault:
        raise ValueError("the key file holds no base64") from fault
    if len(key) != KEY_BYTES:
        raise ValueError("the key is not of 32 bytes")
    return key
