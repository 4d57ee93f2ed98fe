"""`log entry|proof|state|compare`: the log's proofs checked here, by its published policy.

Without a policy the arithmetic alone is checked, and it is said that nobody's signature was.
"""

import argparse
from base64 import b64decode
from dataclasses import replace
from typing import Any, get_args

from index_client.answers import Answer
from index_client.cli.asking import policy_text
from index_client.cli.clock import now_s
from index_client.cli.faults import Wrong
from index_client.cli.tables import Page, moment, plain, words
from index_client.cli.verbs import Option, Said, Verb
from index_client.errors import ReceiptWrong, Refused
from index_client.generated import types as t
from index_client.index import Index
from index_client.proof import (
    Head,
    LogKeys,
    ProofWrong,
    Signed,
    consistent,
    included,
    leaf_of,
    read_head,
    read_inclusion,
    signatures,
)
from index_client.receipts import Promise, ReceiptKey, promise_of

_UNSIGNED = (
    "No signature was checked: give the log's published policy with --policy FILE. "
    "index-verify checks all of it with code of its own."
)
_NOT_SEALED = "leaf_not_sealed"
_CHECKS = (
    "leaf_opens", "path_leads_to_head", "place_agrees", "head_is_one", "begins_with_noted",
    "log_signed", "witnessed", "promise_kept",
)  # fmt: skip
_VERDICTS = {True: "holds", False: "FAILS", None: "not checked"}
_KIND = Option("kind", "each minute's heads or each hour's", get_args(t.Kind))


def _open(index: Index, chosen: argparse.Namespace) -> Answer[Any]:
    """Open an entry, make its leaf from its text, and prove the leaf."""
    keys = _keys(chosen)
    answer: Answer[Any] = index.open_entry(chosen.entry_id, reference=chosen.case)
    opened: t.EntryOpened = answer.body
    proof: Said = {"sealed": opened["leaf_index"] is not None}
    if opened["entry"] is not None and opened["blind"] is not None:
        proof["leaf_opens"] = leaf_of(opened["blind"], opened["entry"]) == opened["leaf"]
    if opened["leaf_index"] is not None:
        proof |= _proved(index, opened["leaf"], chosen.kind, keys)
        if proof.get("place") is not None:
            proof["place_agrees"] = proof["place"] == opened["leaf_index"]
    proof |= _kept(proof, promise_of(opened["receipt"]))
    return replace(answer, body={**opened, "proof": proof})


def _prove(index: Index, chosen: argparse.Namespace) -> Answer[Any]:
    """Prove the leaf of a receipt: whether the promise was kept."""
    keys, promise = _keys(chosen), _promise(chosen)
    leaf = chosen.leaf if promise is None else promise.leaf.hex()
    proved = _proved(index, leaf, chosen.kind, keys)
    return Answer(status=200, body={"leaf": leaf, **proved, **_kept(proved, promise)})


def _state(index: Index, chosen: argparse.Namespace) -> Answer[Any]:
    """Read the newest heads and check who signed each."""
    keys = _keys(chosen)
    answer: Answer[Any] = index.read_log_heads(kind=chosen.kind, shard=chosen.shard)
    notes = answer.body["heads"]
    told = {"heads": [_head(note, keys) for note in reversed(notes)], "notes": notes}
    quorum = None if keys is None else keys.quorum
    return replace(answer, body={**told, "quorum": quorum})


def _compare(index: Index, chosen: argparse.Namespace) -> Answer[Any]:
    """Prove that the log shown now begins with a head that was noted."""
    keys, noted = _keys(chosen), (chosen.size, _root(chosen.root))
    answer: Answer[Any] = index.read_log_heads(kind=chosen.kind, shard=chosen.shard)
    if not answer.body["heads"]:
        raise Wrong("That shard has no head yet: there is nothing to compare with.")
    note = answer.body["heads"][-1]
    told = _head(note, keys)
    holds = told["head_is_one"] and _grew(index, noted, read_head(note))
    return replace(answer, body={**told, "noted_size": chosen.size, "begins_with_noted": holds})


def _grew(index: Index, noted: tuple[int, bytes], head: Head) -> bool:
    here = (head.size, head.root)
    if noted[0] >= head.size:
        return noted == here
    shard = str(head.shard)
    growth = index.read_log_growth(shard=shard, from_=str(noted[0]), to=str(head.size))
    return consistent(noted, here, growth.body["proof"])


def _root(text: str) -> bytes:
    try:
        root = b64decode(text, validate=True)
    except ValueError:
        root = b""
    if len(root) != 32:
        raise Wrong("A root is 32 bytes in base64, as `log state` tells it.")
    return root


def _proved(index: Index, leaf: str, kind: t.Kind | None, keys: LogKeys | None) -> Said:
    try:
        text = index.read_log_proof(leaf, kind=kind).body
    except Refused as refused:
        if refused.code != _NOT_SEALED:
            raise
        return {"sealed": False}
    try:
        proof = read_inclusion(text)
        head = read_head(proof.note)
    except ProofWrong:
        return {"sealed": True, "path_leads_to_head": False}
    path = included(leaf, proof, head)
    return {
        "sealed": True,
        "place": proof.index,
        "path_leads_to_head": path,
        **_head(proof.note, keys),
    }


def _head(note: str, keys: LogKeys | None) -> Said:
    try:
        head = read_head(note)
        signed = signatures(note, head, keys)
    except ProofWrong:
        return {"head_is_one": False}
    return {
        "head_is_one": True,
        "shard": head.shard,
        "size": head.size,
        "root": head.root_text,
        **_signed(signed, keys),
    }


def _signed(signed: Signed, keys: LogKeys | None) -> Said:
    if keys is None:
        return {"log_signed": None, "witnessed": None, "signed_at": None, "witnesses": {}}
    witnesses = {each.name: signed.cosigned.get(each.name) for each in keys.witnesses}
    enough = len(signed.cosigned) >= keys.quorum if keys.quorum else None
    return {
        "log_signed": signed.by_log,
        "witnessed": enough,
        "signed_at": signed.signed_s or None,
        "witnesses": witnesses,
    }


def _keys(chosen: argparse.Namespace) -> LogKeys | None:
    text = policy_text(chosen)
    try:
        return None if text is None else LogKeys.from_policy(text)
    except ValueError:
        raise Wrong("The log's policy has no keys of a log.") from None


def _promise(chosen: argparse.Namespace) -> Promise | None:
    """Return what a receipt promises; None of a leaf. A forged one accuses nobody."""
    promise = promise_of(chosen.leaf)
    if promise is None and "." in chosen.leaf:
        raise Wrong("That is neither a leaf nor a receipt.")
    if promise is not None and (text := policy_text(chosen)) is not None:
        try:
            ReceiptKey.from_policy(text).check(chosen.leaf)
        except ReceiptWrong:
            raise Wrong("That receipt is not this authority's.") from None
        except ValueError:
            raise Wrong(
                "The log's policy has no receipt key: give the leaf, or no policy."
            ) from None
    return promise


def _kept(proved: Said, promise: Promise | None) -> Said:
    """Say so where a promise is broken: past its deadline the leaf is in no head."""
    broken = promise is not None and not proved["sealed"] and promise.deadline_s < now_s()
    return {"promise_kept": False} if broken else {}


def _shows_entry(page: Page, body: Any) -> None:
    page.facts("The entry", {name: body[name] for name in ("entry_id", "at", "state", "leaf")})
    page.say(plain(body["entry"]))
    _shows_proof(page, body["proof"])


def _shows_checks(page: Page, body: Any) -> None:
    rows = [(words(name), _VERDICTS[body[name]]) for name in _CHECKS if name in body]
    page.table("What was checked here", ("check", "verdict"), rows)


def _holds(body: Any) -> bool:
    """Return whether nothing that was checked has failed."""
    return not any(body.get(name) is False for name in _CHECKS)


def _shows_proof(page: Page, body: Any) -> None:
    if body.get("promise_kept") is False:
        page.say("Its deadline is over and no head has it: unless its year was dropped for age.")
    elif not body["sealed"]:
        page.say("No head has it yet: ask again after the receipt's deadline.")
    _shows_checks(page, body)
    if body.get("size") is not None:
        page.facts("The head", {name: body[name] for name in ("shard", "size", "root")})
        _shows_witnesses(page, body)
    if not _holds(body):
        page.say("The log does not prove this entry. Raise an alarm.")


def _shows_state(page: Page, body: Any) -> None:
    heads = [
        (
            each.get("shard"),
            each.get("size"),
            each.get("root"),
            moment(each.get("signed_at")),
            _VERDICTS[each.get("log_signed", False)],
            _VERDICTS[each.get("witnessed", False)],
        )
        for each in body["heads"]
    ]
    page.table(
        "Heads, the newest first",
        ("shard", "size", "root", "signed", "log's keys", "witnesses"),
        heads,
    )
    if body["heads"]:
        _shows_witnesses(page, body["heads"][0])
    if not all(each["head_is_one"] for each in body["heads"]):
        page.say("What was told as a head is none. Raise an alarm.")
    elif not all(map(_holds, body["heads"])):
        page.say("A head is not signed as the policy says. Raise an alarm.")


def _shows_compared(page: Page, body: Any) -> None:
    _shows_checks(page, body)
    _shows_witnesses(page, body)
    if body["begins_with_noted"] is False:
        page.say("The log does not begin with the head that was noted. Raise an alarm.")


def _shows_witnesses(page: Page, head: Any) -> None:
    if head.get("log_signed") is None and head.get("head_is_one"):
        page.say(_UNSIGNED)
        return
    rows = [(name, moment(at)) for name, at in head.get("witnesses", {}).items()]
    page.table("Witnesses of the newest head", ("witness", "cosigned"), rows)


PROVING = (
    Verb(
        name="entry",
        what="One entry opened for a case, and what proves it",
        asks=_open,
        shows=_shows_entry,
        holds=lambda body: body["state"] != "tampered" and _holds(body["proof"]),
        ids=("entry_id",),
        options=(_KIND,),
        case=True,
    ),
    Verb(
        name="proof",
        what="That a receipt's leaf is in the log: its promise was kept",
        asks=_prove,
        shows=_shows_proof,
        holds=_holds,
        ids=("leaf",),
        options=(_KIND,),
    ),
    Verb(
        name="state",
        what="The log's newest heads, who signed them, and which witnesses",
        asks=_state,
        shows=_shows_state,
        holds=lambda body: all(map(_holds, body["heads"])),
        options=(_KIND, Option("shard", "one shard's, such as 202600")),
    ),
    Verb(
        name="compare",
        what="That the log shown now begins with a head I noted earlier",
        asks=_compare,
        shows=_shows_compared,
        holds=_holds,
        options=(
            _KIND,
            Option("shard", "of the head noted", demanded=True),
            Option("size", "of the head noted", demanded=True, number=True),
            Option("root", "of the head noted", demanded=True),
        ),
    ),
)
