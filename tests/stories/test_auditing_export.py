"""Exports for a case: openings that verify, rows no spreadsheet executes, FHIR in BALP's shapes."""

import base64
import csv
import hashlib
import io
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from index_service.services.auditing.export_csv import COLUMNS, guarded
from tests.stories.asking import NO_WHY, Answer, Ask, refused
from tests.stories.auditing import CASE, EXPORTS, account_of, inspect, lately, looks_at
from tests.stories.made import Stated, a_child, by_name

ORIGIN = "northmere.example/access-log"
SHARD = 202600


async def exported(ask: Ask, form: str, **sought: Any) -> Answer:
    """Return one part of an export."""
    answer = await inspect(ask, EXPORTS, {**lately(ask), "form": form, **sought})
    assert answer.status_code == 200, answer.text
    return answer


@pytest_asyncio.fixture(loop_scope="session")
async def sealed(ask: Ask) -> AsyncIterator[dict[str, int]]:
    """Every entry there is, in a tree as the sealer leaves it, under a head; by id its index."""
    rows = await ask.served.rows("select entry_id, leaf from access_entry order by at, entry_id")
    put = "insert into leaf values ('northmere', $1, $2, $3, $4, null)"
    for index, row in enumerate(rows):
        await ask.served.rows(put, SHARD, index, row["leaf"], row["entry_id"])
    note = f"{ORIGIN}/{SHARD}\n{len(rows)}\n{base64.b64encode(bytes(32)).decode()}\n\n— signed\n"
    head = "insert into log_head values ('northmere', $1, $2, 0, now(), $3)"
    await ask.served.rows(head, SHARD, len(rows), note)
    cosigned = "insert into cosignature values ('northmere', $1, $2, 'w', $3)"
    await ask.served.rows(cosigned, SHARD, len(rows), "— w cosigned")
    # A newer head that no witness has answered yet: proofs are handed out over the one before.
    later = note.replace(f"\n{len(rows)}\n", f"\n{len(rows) + 16}\n")
    await ask.served.rows(head, SHARD, len(rows) + 16, later)
    yield {str(row["entry_id"]): index for index, row in enumerate(rows)}
    for table in ("leaf", "log_head", "cosignature"):
        await ask.served.rows(f"delete from {table}")


# Whoever may not


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("teacher", "role_not_allowed"),
        ("manager", "role_not_allowed"),
        ("suspended_auditor", "account_suspended"),
    ],
)
async def test_whoever_may_not_exports_nothing(ask: Ask, who: str, code: str) -> None:
    sent = {"Access-Reference": CASE}
    body = {**lately(ask), "form": "csv"}
    answer = await ask(who, "POST", EXPORTS, body, why=NO_WHY, headers=sent)
    refused(answer, 403, code)


async def test_without_a_token_or_a_case_nothing_is_exported(ask: Ask) -> None:
    body = {**lately(ask), "form": "openings"}
    refused(await ask(None, "POST", EXPORTS, body), 401, "not_authenticated")
    refused(await inspect(ask, EXPORTS, body, case=None), 400, "case_missing")


# Openings


async def test_openings_are_lines_in_order_that_prove_their_leaves(
    ask: Ask, sealed_reads: tuple[str, list[str]], sealed: dict[str, int]
) -> None:
    child_id, reads = sealed_reads
    answer = await exported(ask, "openings", child_id=child_id, action="read_child")
    assert answer.headers["content-type"] == "application/x-ndjson"
    first, *lines, last = [json.loads(line) for line in answer.text.splitlines()]
    assert first == {
        "format": "index-log/1",
        "csa": "northmere",
        "origin": f"{ORIGIN}/{SHARD}",
        "kind": "openings",
        "case": CASE,
    }
    assert [line["i"] for line in lines] == [sealed[each] for each in reads]
    for line in lines:
        blind, text = bytes.fromhex(line["blind"]), line["entry"].encode()
        assert hashlib.sha256(b"\x00" + blind + text).hexdigest() == line["leaf"]
    assert last["end"] == len(lines)
    assert last["head"].startswith(f"{ORIGIN}/{SHARD}\n")
    assert last["head"].endswith("— signed\n— w cosigned\n")
    assert answer.headers["export-tampered"] == "0"
    assert "export-next" not in answer.headers


@pytest_asyncio.fixture(loop_scope="session")
async def sealed_reads(ask: Ask) -> tuple[str, list[str]]:
    """A child and the entries of three reads of it, made before what seals them."""
    child_id = await ask.create(a_child())
    return child_id, [ask.receipt_of(await ask.read("teacher", child_id)) for _ in range(3)]


async def test_what_is_not_sealed_yet_is_not_exported_as_if_it_were(
    ask: Ask, sealed_reads: tuple[str, list[str]], sealed: dict[str, int]
) -> None:
    child_id, _ = sealed_reads
    await ask.read("teacher", child_id)
    body = {**lately(ask), "form": "openings", "child_id": child_id}
    refused(await inspect(ask, EXPORTS, body), 409, "not_sealed_yet")
    assert (await exported(ask, "csv", child_id=child_id)).text


async def test_a_leaf_over_every_head_is_not_exported(
    ask: Ask, sealed_reads: tuple[str, list[str]], sealed: dict[str, int]
) -> None:
    child_id, _ = sealed_reads
    await ask.served.rows("delete from log_head where size > $1", len(sealed))
    await ask.served.rows("update log_head set size = 1")
    body = {**lately(ask), "form": "openings", "child_id": child_id}
    refused(await inspect(ask, EXPORTS, body), 409, "not_sealed_yet")


async def test_another_leaf_in_the_tree_shows_in_the_export(
    ask: Ask, sealed_reads: tuple[str, list[str]], sealed: dict[str, int]
) -> None:
    child_id, reads = sealed_reads
    change = "update leaf set hash = $1 where entry_id = $2"
    await ask.served.rows(change, bytes(32), UUID(reads[1]))
    answer = await exported(ask, "openings", child_id=child_id, action="read_child")
    assert answer.headers["export-tampered"] == "1"
    lines = [json.loads(line) for line in answer.text.splitlines()][1:-1]
    wrong = [
        line["i"]
        for line in lines
        if hashlib.sha256(
            b"\x00" + bytes.fromhex(line["blind"]) + line["entry"].encode()
        ).hexdigest()
        != line["leaf"]
    ]
    assert wrong == [sealed[reads[1]]]


async def test_a_part_is_of_one_shard_and_the_next_goes_on(
    ask: Ask, sealed_reads: tuple[str, list[str]], sealed: dict[str, int]
) -> None:
    child_id, reads = sealed_reads
    await ask.served.rows("update leaf set shard = $1 where entry_id = $2", 202601, UUID(reads[2]))
    head = "insert into log_head values ('northmere', 202601, 100000, 0, now(), $1)"
    await ask.served.rows(head, f"{ORIGIN}/202601\n100000\nx\n\n— signed\n")
    sought = {**lately(ask), "child_id": child_id, "action": "read_child"}
    first = await exported(ask, "openings", **sought)
    assert [line.count('"i"') for line in first.text.splitlines()] == [0, 1, 1, 0]
    rest = await exported(ask, "openings", **sought, cursor=first.headers["export-next"])
    told = [json.loads(line) for line in rest.text.splitlines()]
    assert told[0]["origin"] == f"{ORIGIN}/202601"
    assert [line["i"] for line in told[1:-1]] == [sealed[reads[2]]]


async def test_parts_neither_repeat_nor_lose(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index_service.services.auditing.exporting.PART_MAX", 2)
    child_id = await ask.create(a_child())
    reads = [ask.receipt_of(await ask.read("teacher", child_id)) for _ in range(5)]
    sought = {**lately(ask), "child_id": child_id, "action": "read_child"}
    found: list[str] = []
    while True:
        part = await exported(ask, "csv", **sought)
        found += [row["entry_id"] for row in csv.DictReader(io.StringIO(part.text))]
        if "export-next" not in part.headers:
            break
        sought["cursor"] = part.headers["export-next"]
    assert found == reads


async def test_an_export_too_large_is_refused_plainly(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index_service.services.auditing.exporting.PART_BYTES_MAX", 100)
    body = {**lately(ask), "form": "csv"}
    answer = await inspect(ask, EXPORTS, body)
    refused(answer, 413, "export_too_large")
    assert (await ask.entry(answer))["code"] == "export_too_large"


async def test_an_export_is_an_entry_for_its_case(ask: Ask) -> None:
    child_id = str(uuid4())
    answer = await exported(ask, "csv", child_id=child_id)
    (entry,) = await looks_at(ask, child_id)
    assert (entry["entry_id"], entry["reference"]) == (ask.receipt_of(answer), CASE)
    assert entry["result_commit"] == hashlib.sha256(answer.content).hexdigest()


# Rows of a spreadsheet


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_cell_begins_a_formula(first: str) -> None:
    assert guarded(f"{first}cmd|' /C calc'!A0") == f"'{first}cmd|' /C calc'!A0"


def test_other_cells_are_as_they_are() -> None:
    for plain in ("", "a=b", "RPT/10442", "'already"):
        assert guarded(plain) == plain


async def test_a_reference_that_would_be_a_formula_is_guarded(ask: Ask) -> None:
    """A case reference may begin with a hyphen: whoever looked may have chosen it so."""
    child_id = await ask.create(a_child())
    path, headers = f"/v1/children/{child_id}", {"Access-Reference": "-2/3-1"}
    read = await ask("teacher", "GET", path, headers=headers)
    assert read.status_code == 200
    answer = await exported(ask, "csv", child_id=child_id, action="read_child")
    assert answer.headers["content-type"].startswith("text/csv")
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert tuple(row) == COLUMNS
    assert row["reference"] == "'-2/3-1"
    assert (row["child"], row["shown"], row["override"]) == (child_id, "yes", "no")
    assert "identity" in row["classes"].split()
    assert row["account"] == account_of(ask, "teacher")


# FHIR: what the profiles of BALP require, by hand

REST = {"system": "http://terminology.hl7.org/CodeSystem/audit-event-type", "code": "rest"}
DCM = "http://dicom.nema.org/resources/ontology/DCM"
PROFILES = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit."


def coded(thing: Stated, system: str) -> list[str]:
    """Return the codes of one system in a CodeableConcept or Coding."""
    codings = thing.get("coding", [thing])
    return [each["code"] for each in codings if each["system"] == system]


def check_base(resource: Stated) -> None:
    """Hold a resource to what R4 requires of every AuditEvent."""
    assert resource["resourceType"] == "AuditEvent"
    assert len(resource["id"]) <= 64
    assert resource["type"] == REST
    assert resource["recorded"].endswith("Z")
    assert resource["action"] in "CRUDE"
    assert resource["outcome"] in ("0", "4", "8", "12")
    assert all(isinstance(each["requestor"], bool) for each in resource["agent"])
    assert resource["source"]["observer"]["identifier"]["value"] == "northmere"


def check_profile(resource: Stated) -> None:
    """Hold an answered lookup or read to the elements its profile makes mandatory."""
    (profile,) = resource["meta"]["profile"]
    name = profile.removeprefix(PROFILES)
    searched = name.endswith("Query")
    assert resource["outcome"] == "0"
    assert resource["action"] == ("E" if searched else "R")
    restful = "http://hl7.org/fhir/restful-interaction"
    assert [c for each in resource["subtype"] for c in coded(each, restful)] == [
        "search" if searched else "read"
    ]
    for code in ("110153", "110152"):
        (agent,) = [each for each in resource["agent"] if code in coded(each["type"], DCM)]
        assert agent["who"]["identifier"]["value"]
        assert agent["network"]
        assert "media" not in agent
    for agent in resource["agent"]:
        if coded(agent["type"], "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"):
            assert agent["requestor"]
            assert agent["who"]
            assert "network" not in agent
    types = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
    roles = "http://terminology.hl7.org/CodeSystem/object-role"
    (thing,) = [each for each in resource["entity"] if "2" in coded(each["type"], types)]
    if searched:
        assert coded(thing["role"], roles) == ["24"]
        assert base64.b64decode(thing["query"], validate=True)
        assert not {"what", "lifecycle", "detail"} & thing.keys()
    else:
        assert coded(thing["role"], roles) == ["4"]
        assert thing["what"]
    patients = [each for each in resource["entity"] if "1" in coded(each["type"], types)]
    assert len(patients) == name.startswith("Patient")
    for patient in patients:
        assert coded(patient["role"], roles) == ["1"]
        assert patient["what"]["type"] == "Patient"
    request = "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType"
    (transaction,) = [e for e in resource["entity"] if coded(e["type"], request)]
    value = transaction["what"]["identifier"]["value"]
    assert str(UUID(value)) == value


async def resources(ask: Ask, **sought: Any) -> list[Stated]:
    """Return an export's resources."""
    answer = await exported(ask, "fhir", **sought)
    assert answer.headers["content-type"] == "application/fhir+json"
    bundle = answer.json()
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "collection")
    assert len({each["fullUrl"] for each in bundle["entry"]}) == len(bundle["entry"])
    return [each["resource"] for each in bundle["entry"]]


async def test_fhir_keeps_the_shapes_of_balp(ask: Ask) -> None:
    child = a_child()
    child_id = await ask.create(child)
    await ask.read("teacher", child_id)
    await ask("police_desk", "POST", "/v1/lookups", by_name(child))
    found = await resources(ask, child_id=child_id)
    for resource in found:
        check_base(resource)
    claimed = {each["meta"]["profile"][0]: each for each in found if "meta" in each}
    assert set(claimed) >= {f"{PROFILES}PatientRead", f"{PROFILES}PatientQuery"}
    for resource in claimed.values():
        check_profile(resource)
    created = [each for each in found if "meta" not in each]
    assert [each["action"] for each in created] == ["C"]


async def test_fhir_names_the_child_asked_about_and_no_other(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    await ask.read("teacher", child_id)
    (by_child,) = await resources(ask, child_id=child_id, action="read_child")
    assert child_id in json.dumps(by_child)
    everybodys = await resources(ask, action="read_child")
    assert child_id not in json.dumps(everybodys)
    for resource in everybodys:
        check_base(resource)


async def test_a_lookup_that_showed_several_is_a_resource_a_child(ask: Ask) -> None:
    twin = a_child(nhs_number=None, upn=None, case_number=None)
    for given in ("Fenwick", "Galdra"):
        await ask.create({**twin, "name": {**twin["name"], "given_name": given}})
    question = {"family_name": twin["name"]["family_name"], "date_of_birth": twin["date_of_birth"]}
    answer = await ask("teacher", "POST", "/v1/lookups", question)
    assert len(answer.json()["matches"]) == 2
    found = [
        each
        for each in await resources(ask, action="lookup")
        if each["id"].startswith(ask.receipt_of(answer))
    ]
    assert len(found) == 2
    for resource in found:
        check_profile(resource)


async def test_a_refusal_claims_no_profile_of_success(ask: Ask) -> None:
    child_id = str(uuid4())
    await ask.read("lapsed_nurse", child_id)
    (resource,) = await resources(ask, child_id=child_id)
    check_base(resource)
    assert resource["outcome"] == "4"
    assert "meta" not in resource
    assert resource["outcomeDesc"] == "refused check_lapsed"
