"""What `serve` and the jobs must be told. What is missing or unsafe stops the start."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class JobSettings(BaseSettings):
    """What every process must be told: whose index it is, where it is stored, its keys.

    Read from the environment, prefix INDEX_ (but DATABASE_URL, as deployments give it).
    There is nothing here that turns a safeguard off.
    """

    model_config = SettingsConfigDict(
        env_prefix="INDEX_", extra="ignore", hide_input_in_errors=True
    )

    csa: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{2,30}$")]
    database_url: Annotated[str, Field(validation_alias="DATABASE_URL")]
    key_directory: Path

    @field_validator("database_url")
    @classmethod
    def _a_role_per_duty(cls, url: str) -> str:
        if not url.startswith("postgresql://") or "{role}" not in url:
            raise ValueError("name the server as postgresql:// with {role} for the login role")
        return url


class Settings(JobSettings):
    """What `serve` must be told besides: whose tokens to believe, and where to listen."""

    issuer: str
    audience: Annotated[str, Field(min_length=8, max_length=200)]
    jwks_url: str
    issuer_ca_file: Path | None = None
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    ops_host: str = "127.0.0.1"
    ops_port: Annotated[int, Field(ge=0, le=65535)] = 8081

    @field_validator("issuer", "jwks_url")
    @classmethod
    def _over_tls(cls, url: str) -> str:
        if not url.startswith("https://"):
            raise ValueError("an identity provider is asked over https only")
        return url
