"""A day of live writes: children recorded one by one, and others supplied in a batch."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx

from demo.authority import Authority
from demo.issuer import Issuer
from index_service.crypto.keyring import Keyring
from index_service.crypto.providers import FileKeyProvider
from index_service.domain.clock import SystemClock
from proofs.workings.asking import JSON, SAFEGUARD
from proofs.workings.crowd import content_digest, nhs_number, upn
from proofs.workings.population import Person

SOURCE = "child-health"


@dataclass(frozen=True, slots=True)
class Lived:
    """Ids of children written live, with their numbers in the population."""

    one_by_one: dict[bytes, int]
    supplied: dict[bytes, int]


async def live_writes(
    authority: Authority, issuer: Issuer, people: dict[int, Person], admin: Any
) -> Lived:
    """Record half of these people one by one and supply the others in one batch."""
    numbers = list(people)
    half = len(numbers) // 2
    base_url = f"http://127.0.0.1:{authority.settings.port}"
    async with httpx.AsyncClient(base_url=base_url, timeout=120) as client:
        one_by_one = {}
        for number in numbers[:half]:
            child_id = await _recorded(client, issuer, people[number])
            if child_id is not None:
                one_by_one[child_id.bytes] = number
        await _supplied(client, issuer, {number: people[number] for number in numbers[half:]})
    supplied = await _ids_of(authority, admin, numbers[half:])
    return Lived(one_by_one, supplied)


async def _recorded(client: httpx.AsyncClient, issuer: Issuer, person: Person) -> UUID | None:
    token = issuer.token_for("social_worker")
    headers = {**SAFEGUARD, **JSON, "Authorization": f"Bearer {token}"}
    headers["Idempotency-Key"] = f"live-{uuid4()}"
    answer = await client.post("/v1/children", content=_stated(person), headers=headers)
    # A twin by chance of somebody here is refused; there are a few in any population.
    return UUID(answer.json()["id"]) if answer.status_code == 201 else None


async def _supplied(client: httpx.AsyncClient, issuer: Issuer, people: dict[int, Person]) -> None:
    today = SystemClock().today().isoformat()
    body = b"".join(
        b'{"kind": "child", "reference": "L%d", "as_of": "%s", "child": %s}\n'
        % (number, today.encode(), _stated(person))
        for number, person in people.items()
    )
    headers = {
        "Authorization": f"Bearer {issuer.token_for('health_feed')}",
        "Content-Type": "application/x-ndjson",
        "Content-Digest": content_digest(body),
    }
    path = f"/v1/feeds/{SOURCE}/batches/live"
    answer = await client.put(path, content=body, headers=headers)
    answer.raise_for_status()


async def _ids_of(authority: Authority, admin: Any, numbers: list[int]) -> dict[bytes, int]:
    """Return the children of the batch by id: the judge holds the keys, the thief does not."""
    keyring = Keyring(authority.settings.csa, FileKeyProvider(authority.settings.key_directory))
    refs = {keyring.references.source_ref(SOURCE, f"child/L{number}"): number for number in numbers}
    rows = await admin.fetch(
        "select ref, pointer from source_record where ref = any($1)", list(refs)
    )
    return {
        keyring.pointers.open_small(row["ref"], row["pointer"])[:16]: refs[row["ref"]]
        for row in rows
    }


def _stated(person: Person) -> bytes:
    stated: dict[str, Any] = {
        "name": {"given_name": person.given, "family_name": person.family},
        "date_of_birth": person.born.isoformat(),
        "gender": "female",
        "upn": upn(person.serial),
        "address": {
            "kind": "current",
            "house": person.house,
            "street": "Mill Lane",
            "town": "Northmere",
            "postcode": person.postcode,
        },
    }
    number = nhs_number(person.serial)
    return json.dumps(stated | ({"nhs_number": number} if number else {})).encode()
