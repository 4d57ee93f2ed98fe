"""The contract's own generator against the live index: it answers as its contract says.

Asked as the management team, as a social worker and, for feeds, as a supplier. What fits
the contract is steered to records that exist; what does not fit is sent as generated.
"""

import asyncio
import base64
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import jsonschema
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core import NOT_SET
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from index_service.api.meanings import MEANINGS
from tests.contract.reading import operations, request_schemas, reviewed
from tests.stories.asking import CARE, KEEP, NDJSON, NO_WHY, SHIELDING, Ask, Why
from tests.stories.made import a_child, key

DOCUMENT = reviewed()
COMPONENTS = DOCUMENT["components"]
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
OPERATIONS = {op["operationId"]: (method, path) for method, path, op in operations(DOCUMENT)}
FEEDS = ("supplyBatch", "readBatch", "readBatchLines")
NAMES = {name for _, each in request_schemas(DOCUMENT) for name in each.get("properties", ())}
CONSTANT = "\n".join(
    text
    for code, each in MEANINGS.items()
    for text in (f"/problems/{code}", each.title, each.next_step)
)
# Short texts stand in codes and titles by chance; what is personal is longer.
ECHO_LENGTH_MIN = 9
CHECKED = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# The same requests in every run: a suite that must pass is no place to go looking.
FEW = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
FEWER = settings(FEW, max_examples=8)

WHY = {
    "createChild": {"social_worker": Why("safeguard", "new_referral"), "manager": KEEP},
    "grantShield": {"manager": SHIELDING},
    "liftShield": {"manager": SHIELDING},
}
ASKERS = [
    *((name, "manager") for name in OPERATIONS),
    *((name, "social_worker") for name in OPERATIONS if name not in FEEDS),
    *((name, "schools_feed") for name in FEEDS),
]
EXAMPLES: dict[str, dict[str, Any]] = {
    op["operationId"]: op["requestBody"]["content"]["application/json"]["example"]
    for _, _, op in operations(DOCUMENT)
    if "application/json" in op.get("requestBody", {}).get("content", {})
}
TAKES_SOMETHING = {
    op["operationId"]
    for _, _, op in operations(DOCUMENT)
    if op.get("parameters") or op.get("requestBody")
}


@dataclass
class Sender:
    """Sends generated requests as one asker, from the thread the generator runs in."""

    ask: Ask
    who: str
    operation: str
    loop: asyncio.AbstractEventLoop
    known: dict[str, str]

    def send(self, case: Case, why: Why, also: Mapping[str, str]) -> httpx.Response:
        """Send one request and return its answer."""
        sent = requests.Request(**case.as_transport_kwargs("https://index.test")).prepare()
        body = sent.body.encode() if isinstance(sent.body, str) else sent.body
        # The token is this asker's own: made-up ones are for tests/identity.
        ours = {"authorization", *(name.lower() for name in also)}
        headers = {name: value for name, value in sent.headers.items() if name.lower() not in ours}
        asking = self.ask(
            self.who,
            str(sent.method),
            sent.path_url,
            body,
            why=why,
            headers={**headers, **also},
        )
        return asyncio.run_coroutine_threadsafe(asking, self.loop).result(30)

    def steered(self, case: Case, generated: frozenset[str]) -> httpx.Response:
        """Send a request that fits, about a record that exists, for a purpose that is allowed.

        Of a JSON body, only the `generated` parts are; the rest is the contract's example.
        """
        for name in case.path_parameters:
            if name in self.known:
                case.path_parameters[name] = self.known[name]
        usual = KEEP if self.who == "manager" else CARE
        why = WHY.get(self.operation, {}).get(self.who, usual)
        also = why.headers() if "Access-Purpose" in case.headers else {}
        if "If-Match" in case.headers:
            also["If-Match"] = self._etag()
        if "Idempotency-Key" in case.headers:
            also["Idempotency-Key"] = key()
        if isinstance(case.body, dict):
            example = EXAMPLES[self.operation] | self._own(EXAMPLES[self.operation])
            case.body = example | {n: case.body[n] for n in generated if n in case.body}
        if self.operation == "supplyBatch":
            case.path_parameters["batch_id"] = key()
            case.body = json.dumps({"kind": case.body}).encode()
            digest = base64.b64encode(hashlib.sha256(case.body).digest()).decode()
            also["Content-Type"] = NDJSON
            also["Content-Digest"] = f"sha-256=:{digest}:"
        return self.send(case, NO_WHY, also)

    def _own(self, example: Mapping[str, Any]) -> dict[str, str]:
        """Return what an example must say of this index, not of the contract's."""
        known = {"subject": key(), "agency_id": self.known["agency_id"]}
        return {name: value for name, value in known.items() if name in example}

    def _etag(self) -> str:
        reading = self.ask.read(self.who, self.known["child_id"])
        answer = asyncio.run_coroutine_threadsafe(reading, self.loop).result(30)
        # A child closed, or amended to resemble a shielded one, is not there to be read.
        return answer.headers.get("ETag", f'"{"A" * 22}"')


@pytest.fixture(scope="module")
def known_ids() -> dict[str, str]:
    """Filled in by the first test of the module."""
    return {}


async def matters(ask: Ask, ids: Mapping[str, str]) -> dict[str, str]:
    """Return ids of a request for contact, a grant and an entry, all the social worker's."""
    call_back = {"name": "Northmere North Team", "phone": "+441632960111"}
    asked = {"child_id": ids["child_id"], "urgency": "same_day", "call_back": call_back}
    headers = {"Idempotency-Key": key()}
    request = await ask("social_worker", "POST", "/v1/contact-requests", asked, headers=headers)
    mediator = {"mediator_account_id": ids["account_id"]}
    grant = await ask("social_worker", "POST", "/v1/mediations", mediator)
    return {
        "contact_request_id": request.json()["id"],
        "mediation_id": grant.json()["id"],
        "entry_id": ask.receipt_of(request),
    }


async def sender(ask: Ask, who: str, operation: str, ids: dict[str, str]) -> Sender:
    """Return a sender that knows one child, one involvement, one account."""
    if not ids:
        ids["child_id"] = await ask.create(a_child())
        ids["involvement_id"] = await ask.begin("social_worker", ids["child_id"])
        ids["account_id"] = str(ask.issuer.personas["housing_officer"].account.id)
        ids["agency_id"] = str(ask.issuer.personas["housing_officer"].agency.id)
        ids |= await matters(ask, ids)
        ids["source"] = "schools"
        ids["batch_id"] = (await ask.feed({"kind": "nonsense"}))["batch_id"]
    return Sender(ask, who, operation, asyncio.get_running_loop(), ids)


def texts_in(sent: object) -> Iterator[str]:
    """Yield every text a request held but the contract's own names and what is too short."""
    if isinstance(sent, str):
        if len(sent) >= ECHO_LENGTH_MIN and sent not in NAMES:
            yield sent
    elif isinstance(sent, Mapping):
        for name, value in sent.items():
            yield from texts_in(name)
            yield from texts_in(value)
    elif isinstance(sent, list):
        for value in sent:
            yield from texts_in(value)


def check(case: Case, answer: httpx.Response) -> None:
    """Hold one answer to the contract; a refusal repeats nothing that was sent."""
    case.validate_response(answer, checks=CHECKED)
    if answer.status_code >= 400:
        for text in texts_in(case.body):
            if text in CONSTANT:  # the generator draws from the code's own texts, too
                continue
            assert text not in answer.text
            assert json.dumps(text)[1:-1] not in answer.text


@pytest.mark.parametrize(("name", "who"), ASKERS)
async def test_what_fits_is_answered_as_the_contract_says(
    ask: Ask, known_ids: dict[str, str], name: str, who: str
) -> None:
    method, path = OPERATIONS[name]
    cases = SCHEMA[path][method].as_strategy(generation_mode=GenerationMode.POSITIVE)
    sending = await sender(ask, who, name, known_ids)
    parts = sorted(EXAMPLES.get(name, {})) or ["none"]

    @(FEW if who == "manager" else FEWER)
    @given(case=cases, generated=st.frozensets(st.sampled_from(parts), max_size=3))
    def asked(case: Case, generated: frozenset[str]) -> None:
        check(case, sending.steered(case, generated))

    await asyncio.to_thread(asked)


@pytest.mark.parametrize("name", sorted(TAKES_SOMETHING))
async def test_what_does_not_fit_is_refused_as_the_contract_says(
    ask: Ask, known_ids: dict[str, str], name: str
) -> None:
    method, path = OPERATIONS[name]
    cases = SCHEMA[path][method].as_strategy(generation_mode=GenerationMode.NEGATIVE)
    sending = await sender(ask, "manager", name, known_ids)
    fits = body_check(name)

    @FEW
    @given(case=cases)
    def asked(case: Case) -> None:
        answer = sending.send(case, NO_WHY, {})
        # Something else than the body may be what is wrong, or, with a token put right, nothing.
        assert answer.status_code >= 400 or fits(case.body)
        check(case, answer)

    await asyncio.to_thread(asked)


def body_check(name: str) -> Callable[[object], bool]:
    """Return whether a body fits the contract of an operation, by a validator not our own."""
    method, path = OPERATIONS[name]
    body = DOCUMENT["paths"][path][method].get("requestBody", {"content": {}})
    if "application/json" not in body["content"]:
        return lambda sent: True
    schema = {**body["content"]["application/json"]["schema"], "components": COMPONENTS}
    validator = jsonschema.Draft202012Validator(schema)
    return lambda sent: sent is not NOT_SET and validator.is_valid(sent)
