"""A region for demo, tests and benches: its registrars, its members' papers, its directory.

Everything goes the way an operator's would: keys made, certificates given out by one private
authority, the directory written, signed by two registrars, loaded by every member.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from demo.authority import free_port
from demo.certificates import PrivateAuthority, ServerTls
from demo.postgres import SUPERUSER, Postgres
from demo.towns import REGION, TOWNS
from index_service.commands.keys import ensure_week
from index_service.crypto.oprf_keys import SERIES, OprfKeys, make_oprf_seeds
from index_service.crypto.peer_keys import PeerKeyUse, make_peer_keys, peer_keys
from index_service.crypto.providers import FileKeyProvider, make_keys, week_id
from index_service.domain.clock import SystemClock
from index_service.federation.directory import sign_directory, unsigned_directory
from index_service.federation.oblivious import derive_key_pair
from index_service.opening import built_job
from index_service.services.peering.membership import load_directory
from index_service.settings import DeriverSettings, JobSettings, LocatorSettings, Settings
from index_service.store.enrolment import enrol

DERIVER, LOCATOR = "deriver", "locator"
REGISTRARS: Final = ("registrar-1", "registrar-2")
QUORUM: Final = 2
EPOCH: Final = timedelta(days=28)
LIFE: Final = timedelta(days=365)
CAPACITY: Final = 25_000
DERIVED_A_DAY: Final[dict[str, Any]] = {"lookup_inputs_a_day": 1_000_000, "job_inputs_a_child": 256}
LOCATED_A_DAY: Final[dict[str, Any]] = {
    "located_a_day": 1_000_000,
    "shield_asked_a_child": 256,
    "shield_batches_a_day": 1_000,
    "notes_a_day": 10_000,
}
_STARTED_AGO: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Terms:
    """How long a region's epochs are, how long arrivals wait, how many children a member holds."""

    began: datetime
    epoch: timedelta = EPOCH
    arrivals_wait: timedelta = EPOCH
    capacity: int = CAPACITY

    @classmethod
    def of(cls, now: datetime) -> Self:
        """Return the usual terms of a region whose first epoch began yesterday."""
        return cls(now - _STARTED_AGO)


@dataclass(frozen=True, slots=True)
class MemberPapers:
    """What one member has for its peers: where it listens, its certificate, its public keys."""

    name: str
    kind: str
    title: str
    port: int
    tls: ServerTls
    keys: Path  # its key directory, in which its signing keys are
    public: tuple[tuple[str, str, str], ...] = ()  # id, use and base64 of each signing key
    reached: str = "call"

    @property
    def url(self) -> str:
        """Where its peers call it."""
        return f"https://127.0.0.1:{self.port}"

    def entry(self, terms: Terms) -> dict[str, Any]:
        """Return the member's lines of the directory."""
        start = int(terms.began.timestamp())
        areas = {"areas": [TOWNS[self.name].area]} if self.name in TOWNS else {}
        return {
            "name": self.name,
            "kind": self.kind,
            "title": self.title,
            "url": self.url,
            "certificates": [self.tls.pin()],
            "keys": [
                {
                    "id": key_id,
                    "use": use,
                    "public": public,
                    "from": start,
                    "until": start + int(LIFE.total_seconds()),
                }
                for key_id, use, public in self.public
            ],
            "versions": [1],
            "reached": self.reached,
            "capacity": terms.capacity if self.kind == "index" else 0,
            "front_door": self._front_door(),
            "state": "active",
            **areas,
        }

    def _front_door(self) -> dict[str, str] | None:
        if self.name not in TOWNS:
            return None
        agency = TOWNS[self.name].agency()
        return {"name": agency.name, "phone": agency.duty_phone}


@dataclass(slots=True)
class Region:
    """A region's papers in one directory: whoever holds them can write its next version."""

    directory: Path
    terms: Terms
    authority: PrivateAuthority
    registrars: Mapping[str, Ed25519PrivateKey]
    members: dict[str, MemberPapers] = field(default_factory=dict)
    deriver_keys: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    version: int = 0

    @classmethod
    def begun(cls, directory: Path, terms: Terms) -> Self:
        """Make the registrars' keys and the private authority of a new region."""
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        registrars = {each: Ed25519PrivateKey.generate() for each in REGISTRARS}
        return cls(directory, terms, PrivateAuthority.made(directory), registrars)

    def joined(self, name: str, kind: str, keys: Path) -> None:
        """Make a member's keys, certificate and port, and put it among the members."""
        provider = FileKeyProvider(keys)
        if not provider.names("peer_"):
            make_peer_keys(provider)
        public = [
            (key_id, use.value, b64encode(_raw(private)).decode())
            for use in PeerKeyUse
            for key_id, private in peer_keys(name, provider, use)
        ]
        tls = self.authority.certified(self.directory / name, name, calls=True)
        title = TOWNS[name].title if name in TOWNS else name.capitalize()
        self.members[name] = MemberPapers(name, kind, title, free_port(), tls, keys, tuple(public))

    def keyed(self, seeds: Path, epochs: Sequence[int] = (0, 1)) -> None:
        """Make the deriver's seeds of some epochs; their public keys stand in the directory."""
        provider = FileKeyProvider(seeds)
        for epoch in epochs:
            make_oprf_seeds(provider, epoch)
        keys = OprfKeys(REGION, provider, derive_key_pair)
        self.deriver_keys = {
            series: {str(e): b64encode(keys.of(series, e).public).decode() for e in epochs}
            for series in SERIES
        }

    def told(self, settings: Settings) -> Settings:
        """Return a member's settings with its part in the region."""
        papers = self.members[settings.csa]
        return settings.model_copy(
            update={
                "region_policy": str(self.policy(settings.csa)),
                "peer_certificate": papers.tls.certificate_file,
                "peer_key": papers.tls.key_file,
                "peer_ca": papers.tls.ca_file,
                "peer_host": "127.0.0.1",
                "peer_port": papers.port,
            }
        )

    def polls(self, name: str) -> None:
        """Say of a member that nobody can call it: it fetches its questions."""
        self.members[name] = replace(self.members[name], reached="poll")

    def policy(self, name: str) -> Path:
        """Write down what one member believes of the region; return where."""
        lines = [f"region {REGION}"]
        for key_id, private in self.registrars.items():
            lines.append(f"registrar {key_id} {b64encode(_raw(private)).decode()}")
        lines += [f"quorum {QUORUM}", f"self {name}"]
        path = self.directory / name / "region-policy"
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return path

    def document(self) -> dict[str, Any]:
        """Return the directory as it stands; its version is the last one written."""
        terms, start = self.terms, int(self.terms.began.timestamp())
        return {
            "format": 1,
            "region": REGION,
            "version": self.version,
            "valid_from": start,
            "valid_until": start + int(LIFE.total_seconds()),
            "epochs": {
                "zero": start,
                "seconds": int(terms.epoch.total_seconds()),
                "arrivals_wait_seconds": int(terms.arrivals_wait.total_seconds()),
            },
            "deriver_keys": {series: dict(keys) for series, keys in self.deriver_keys.items()},
            "members": [each.entry(terms) for each in self.members.values()],
        }

    def written(self, signed_by: Sequence[str] = REGISTRARS) -> Path:
        """Write the directory's next version, signed; return where."""
        self.version += 1
        document = unsigned_directory(self.document())
        for each in signed_by:
            document = sign_directory(document, each, self.registrars[each])
        path = self.directory / f"directory-{self.version}.json"
        path.write_bytes(document)
        return path


async def found_party(
    postgres: Postgres, database: str, place: Path, papers: Region, name: str
) -> DeriverSettings | LocatorSettings:
    """Enrol a deriver or a locator on a migrated database, and make its keys; return its settings.

    A member like any index, with a log and keys of its own, and no child.
    """
    await enrol(postgres.url(SUPERUSER, database), name)
    keys, seeds = place / "keys", place / "oprf"
    for each in (place, keys, seeds):
        each.mkdir(mode=0o700, exist_ok=True)
    today = SystemClock().today()
    provider = FileKeyProvider(keys)
    make_keys(provider, week_id(today), today.year)
    ensure_week(provider, today)
    papers.joined(name, name, keys)
    member = papers.members[name]
    told: dict[str, Any] = {
        "csa": name,
        "DATABASE_URL": postgres.url("{role}", database),
        "key_directory": keys,
        "region_policy": str(papers.policy(name)),
        "peer_certificate": member.tls.certificate_file,
        "peer_key": member.tls.key_file,
        "peer_ca": member.tls.ca_file,
        "peer_host": "127.0.0.1",
        "peer_port": member.port,
        "ops_port": free_port(),
    }
    if name == LOCATOR:
        return LocatorSettings(**told, **LOCATED_A_DAY)
    papers.keyed(seeds)
    return DeriverSettings(**told, oprf_key_directory=seeds, **DERIVED_A_DAY)


async def load(settings: JobSettings, document: bytes) -> None:
    """Bring a directory into force at a member, as `index-service region load` does."""
    async with built_job(settings, "api") as index:
        await load_directory(index, document)


def _raw(private: Ed25519PrivateKey) -> bytes:
    return private.public_key().public_bytes_raw()
