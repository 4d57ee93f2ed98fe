"""Entries as FHIR R4 AuditEvent, in the shapes of IHE's Basic Audit Log Patterns (BALP 1.1).

One resource for each child of an entry, as BALP has it. An answered lookup claims the profile
Query or PatientQuery, an answered read Read or PatientRead; whatever else happened is an
AuditEvent and claims none. A child is named by reference, never by anything of its record.
"""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from consent.facts import Action, AgencyKind
from index_service.domain.disclosure import Shown
from index_service.log.entry import Outcome
from index_service.services.auditing.opening import Found
from index_service.services.auditing.shown import ChildNames, moment_text, shown_entry

_BALP = "https://profiles.ihe.net/ITI/BALP"
_TERMS = "http://terminology.hl7.org/CodeSystem"
_DICOM = "http://dicom.nema.org/resources/ontology/DCM"
_RESTFUL = "http://hl7.org/fhir/restful-interaction"
_OURS = "urn:index-service"
# The connection's address is not entered in the log: said so, as FHIR says what is not known.
_NETWORK = {
    "extension": [
        {
            "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
            "valueCode": "not-applicable",
        }
    ]
}
_ANSWERED = frozenset({Outcome.SHOWN, Outcome.NOTHING, Outcome.RECORDED})
_OUTCOMES = {Outcome.FAILED: "8", Outcome.SHED: "8"}  # serious failure; others: minor
_SUCCESS, _MINOR = "0", "4"
_CREATES = frozenset({Action.CREATE_CHILD, Action.RECORD_INVOLVEMENT, Action.SUPPLY})


def fhir_of(
    found: Iterable[Found], kinds: Mapping[str, AgencyKind], names: ChildNames, csa: str
) -> bytes:
    """Return a Bundle of type collection."""
    resources = [resource for each in found for resource in _resources(each, kinds, names, csa)]
    entry = [{"fullUrl": f"{_OURS}:{csa}:{each['id']}", "resource": each} for each in resources]
    return orjson.dumps({"resourceType": "Bundle", "type": "collection", "entry": entry})


def _resources(
    found: Found, kinds: Mapping[str, AgencyKind], names: ChildNames, csa: str
) -> Iterable[Shown]:
    """Yield what one entry says, once for each child in it, or once."""
    shown, entry = shown_entry(found, kinds, names), found.entry
    if entry is None:
        yield _unread(found, csa)
        return
    for number, child in enumerate(shown["said"]["children"] or [None]):
        kind = _kind(entry, child)
        yield {
            "resourceType": "AuditEvent",
            "id": str(found.entry_id) if number == 0 else f"{found.entry_id}-{number}",
            **({"meta": {"profile": [f"{_BALP}/StructureDefinition/{kind}"]}} if kind else {}),
            "type": {"system": f"{_TERMS}/audit-event-type", "code": "rest"},
            "subtype": [_interaction(entry), _code("action", entry["action"] or "none")],
            "action": _action(entry),
            "recorded": moment_text(found.at),
            "outcome": _outcome(entry),
            "outcomeDesc": " ".join(word for word in (entry["outcome"], entry["code"]) if word),
            "agent": _agents(entry, csa),
            "source": _source(csa),
            "entity": [*_things(found, entry), *([_child(child)] if child else [])],
        }


def _unread(found: Found, csa: str) -> Shown:
    """Say of an entry that cannot be read that it cannot: it is no reason to leave it out."""
    server = _agent("110152", _id("authority", csa))
    return {
        "resourceType": "AuditEvent",
        "id": str(found.entry_id),
        "type": {"system": f"{_TERMS}/audit-event-type", "code": "rest"},
        "recorded": moment_text(found.at),
        "outcome": "8",
        "outcomeDesc": found.state.value,
        "agent": [server],
        "source": _source(csa),
        "entity": [_leaf(found)],
    }


def _kind(entry: Mapping[str, Any], child: Shown | None) -> str | None:
    """Return the profile an answered lookup or read keeps."""
    if entry["outcome"] not in _ANSWERED or _interaction(entry)["code"] not in ("search", "read"):
        return None
    name = "Query" if _is_lookup(entry) else "Read"
    return f"IHE.BasicAudit.{'Patient' if child else ''}{name}"


def _is_lookup(entry: Mapping[str, Any]) -> bool:
    return bool(entry["action"] in (Action.LOOKUP, "batch"))


def _is_read(entry: Mapping[str, Any]) -> bool:
    return str(entry["action"]).startswith("read_") or entry["outcome"] == Outcome.SHOWN


def _interaction(entry: Mapping[str, Any]) -> Shown:
    if _is_lookup(entry):
        word = "search"
    elif _is_read(entry):
        word = "read"
    else:
        word = "create" if entry["action"] in _CREATES else "update"
    return {"system": _RESTFUL, "code": word}


def _action(entry: Mapping[str, Any]) -> str:
    words = {"search": "E", "read": "R", "create": "C", "update": "U"}
    return words[_interaction(entry)["code"]]


def _outcome(entry: Mapping[str, Any]) -> str:
    outcome = entry["outcome"]
    return _SUCCESS if outcome in _ANSWERED else _OUTCOMES.get(outcome, _MINOR)


def _agents(entry: Mapping[str, Any], csa: str) -> list[Shown]:
    """Return the agency's system, the index, and who asked; under a grant also for whom."""
    asking = [
        _agent("110153", _id("agency", entry["agency"] or "unknown")),
        _agent("110152", _id("authority", csa)),
    ]
    if entry["account"]:
        asking.append(_asker(entry))
    requester = entry["mediation"].partition("/")[2]
    if requester:
        asking.append(
            {
                "type": {"coding": [_code("participation", "requester")]},
                "who": {"identifier": _id("account", requester)},
                "requestor": False,
            }
        )
    return asking


def _asker(entry: Mapping[str, Any]) -> Shown:
    asker: Shown = {
        "type": {"coding": [{"system": f"{_TERMS}/v3-ParticipationType", "code": "IRCP"}]},
        "who": {"identifier": _id("account", entry["account"])},
        "requestor": True,
    }
    if entry["role"]:
        asker["role"] = [{"coding": [_code("role", entry["role"])]}]
    stated = [_code(name, entry[name]) for name in ("purpose", "reason") if entry[name]]
    if stated:
        asker["purposeOfUse"] = [{"coding": [each]} for each in stated]
    if entry["agreement"]:
        asker["policy"] = [f"{_OURS}:agreement:{entry['agreement']}"]
    return asker


def _agent(code: str, who: Shown) -> Shown:
    return {
        "type": {"coding": [{"system": _DICOM, "code": code}]},
        "who": {"identifier": who},
        "requestor": False,
        "network": _NETWORK,
    }


def _source(csa: str) -> Shown:
    return {
        "observer": {"identifier": _id("authority", csa)},
        "type": [{"system": f"{_TERMS}/security-source-type", "code": "4"}],
    }


def _things(found: Found, entry: Mapping[str, Any]) -> list[Shown]:
    """Return the request's id, what was asked or read, and the leaf it is committed to by."""
    things = [_leaf(found)]
    if entry["request_id"]:
        things.append(
            {
                "type": {
                    "system": f"{_BALP}/CodeSystem/BasicAuditEntityType",
                    "code": "XrequestId",
                },
                "what": {"identifier": {"value": entry["request_id"]}},
            }
        )
    object_type = {"system": f"{_TERMS}/audit-entity-type", "code": "2"}
    role = {"system": f"{_TERMS}/object-role", "code": "24" if _is_lookup(entry) else "4"}
    if _is_lookup(entry):
        # The question is in no log: what stands there is its commitment.
        commitment = b64encode(bytes.fromhex(entry["query_commit"]) or b"\x00").decode()
        things.append({"type": object_type, "role": role, "query": commitment})
    else:
        what = {"identifier": _id("route", entry["route"])}
        things.append({"type": object_type, "role": role, "what": what})
    if entry["reference"]:
        case = {"identifier": _id("case", entry["reference"])}
        things.append({"type": _code("thing", "case"), "what": case})
    return things


def _child(child: Shown) -> Shown:
    """Return whom it concerned: by the reference of the log, or the id that was asked about."""
    name = _id("child", child["child_id"]) if child["child_id"] else _id("ref", child["reference"])
    told: Shown = {
        "type": {"system": f"{_TERMS}/audit-entity-type", "code": "1"},
        "role": {"system": f"{_TERMS}/object-role", "code": "1"},
        "what": {"type": "Patient", "identifier": name},
    }
    if child["classes"]:
        told["detail"] = [{"type": "class", "valueString": each} for each in child["classes"]]
    return told


def _leaf(found: Found) -> Shown:
    return {"type": _code("thing", "leaf"), "what": {"identifier": _id("leaf", found.leaf.hex())}}


def _id(kind: str, value: str) -> Shown:
    return {"system": f"{_OURS}:{kind}", "value": value}


def _code(kind: str, code: str) -> Shown:
    return {"system": f"{_OURS}:{kind}", "code": code}
