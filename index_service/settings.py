"""What `serve`, the jobs and the sealer must be told. What is missing or unsafe stops the start."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class StoreSettings(BaseSettings):
    """What every process must be told: whose index it is, and where it is stored.

    Read from the environment, prefix INDEX_ (but DATABASE_URL, as deployments give it).
    There is nothing here that turns a safeguard off.
    """

    model_config = SettingsConfigDict(
        env_prefix="INDEX_", extra="ignore", hide_input_in_errors=True
    )

    csa: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{2,30}$")]
    database_url: Annotated[str, Field(validation_alias="DATABASE_URL")]

    @field_validator("database_url")
    @classmethod
    def _a_role_per_duty(cls, url: str) -> str:
        if not url.startswith("postgresql://") or "{role}" not in url:
            raise ValueError("name the server as postgresql:// with {role} for the login role")
        return url


class RegionSettings(StoreSettings):
    """What a member of a region must be told besides: all of it, or "none" in so many letters."""

    region_policy: Annotated[str, Field(pattern=r"^(none|/.+)$")]
    peer_certificate: Annotated[Path | None, Field(validate_default=True)] = None
    peer_key: Annotated[Path | None, Field(validate_default=True)] = None
    peer_ca: Annotated[Path | None, Field(validate_default=True)] = None
    # How many children another authority is told of in a day, and how often it may miss: the
    # authority's own choice. A peer that sifts its guesses is stopped by the first alone.
    peer_children_a_day: Annotated[int, Field(ge=1, le=100_000)] = 25
    peer_misses_a_day: Annotated[int, Field(ge=1, le=100_000)] = 200

    @field_validator("peer_certificate", "peer_key", "peer_ca")
    @classmethod
    def _all_or_nothing(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        _check_of_region(file, info)
        return file


def _check_of_region(value: object, info: ValidationInfo) -> None:
    if "region_policy" not in info.data:
        return  # it is at fault itself, and named
    if (value is None) is not (info.data.get("region_policy") == "none"):
        raise ValueError("a member of a region needs all of them, an authority outside none")


class JobSettings(RegionSettings):
    """What every process of the index must be told besides: where its keys are."""

    key_directory: Path


class ExpirySettings(JobSettings):
    """What the job that drops old years of the access log must be told besides.

    For how many whole years after its own a year stays is for whoever answers for the log to
    say; fewer than six nobody may. Heads count that the policy's keys signed and, where it names
    witnesses, its quorum cosigned.
    """

    log_years: Annotated[int, Field(ge=6, le=100)]  # the database keeps to six too
    log_policy: Path


class SealSettings(StoreSettings):
    """What `seal` must be told: its own keys, the log's name, where the last head also stands.

    A head off the machine and witnesses are the rule; doing without either is said in so many
    letters: "none".
    """

    sealer_key_directory: Path
    log_origin: Annotated[str, Field(min_length=3, max_length=200)]
    second_place: Path
    off_machine_url: Annotated[str, Field(pattern=r"^(none|https?://[^\s/?#@]+)$")]
    witness_policy: Annotated[str, Field(pattern=r"^(none|/.+)$")]


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
    # Where the last sealed head also stands: a file, a keeper's address, or "none" in so many
    # letters. A database behind it is a restored one, and is closed.
    second_place: Annotated[str, Field(pattern=r"^(none|/.+|https?://[^\s/?#@]+)$")]
    log_policy: Annotated[Path | None, Field(validate_default=True)] = None
    # How long entries may wait to be sealed before nothing is looked up any more: the
    # authority's own choice, for the log must not become an outage for children.
    seal_lag_stop_s: Annotated[int, Field(ge=60, le=7 * 24 * 60 * 60)] = 4 * 60 * 60

    # Where other members are heard; a host of "none" where this one polls instead.
    peer_host: Annotated[str | None, Field(validate_default=True)] = None
    peer_port: Annotated[int | None, Field(ge=0, le=65535, validate_default=True)] = None

    @field_validator("peer_host", "peer_port")
    @classmethod
    def _region_too(cls, value: Any, info: ValidationInfo) -> Any:
        _check_of_region(value, info)
        return value

    @field_validator("issuer", "jwks_url")
    @classmethod
    def _over_tls(cls, url: str) -> str:
        if not url.startswith("https://"):
            raise ValueError("an identity provider is asked over https only")
        return url

    @field_validator("log_policy")
    @classmethod
    def _heads_need_keys(cls, policy: Path | None, info: ValidationInfo) -> Path | None:
        if policy is None and info.data.get("second_place", "none") != "none":
            raise ValueError("whose heads count in the second place, a policy's log lines say")
        return policy


class PartySettings(JobSettings):
    """What deriver and locator must be told: they are members of a region, or nothing."""

    region_policy: Annotated[str, Field(pattern=r"^/.+$")]
    peer_host: str
    peer_port: Annotated[int, Field(ge=0, le=65535)]
    ops_host: str = "127.0.0.1"
    ops_port: Annotated[int, Field(ge=0, le=65535)] = 8081


_ADay = Annotated[int, Field(ge=1, le=2**40)]


class DeriverSettings(PartySettings):
    """What the deriver must be told besides: its own keys, and how much a member's day holds.

    Inputs of lookups are counted by the day, those of jobs by the day for each child of the
    member's capacity.
    """

    oprf_key_directory: Path
    lookup_inputs_a_day: _ADay
    job_inputs_a_child: _ADay


class LocatorSettings(PartySettings):
    """What the locator must be told besides: how much a member's day holds."""

    located_a_day: _ADay
    shield_asked_a_child: _ADay
    shield_batches_a_day: _ADay
    notes_a_day: _ADay
