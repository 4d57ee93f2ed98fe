"""A live log: believed as far as it verifies, and never allowed to go back."""

import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from index_verify.asking import LiveLog
from index_verify.live import check_live, check_receipt
from index_verify.policy import Policy
from index_verify.spelling import Malformed
from index_verify.words import Verdict
from tests.verify.made import DEADLINE_S, SEEN_S, MadeLog, Stored
from tests.verify.served import TOKEN, Served, serving


@pytest.fixture
def served(log: MadeLog) -> Iterator[Served]:
    with serving(log, 16, 160, 288) as served:
        yield served


def codes(
    served: Served, since: Path | None = None, now_s: int = SEEN_S, *, leaves: bool = True
) -> list[str]:
    policy = Policy.of(served.log.keys.policy())
    report = check_live(LiveLog(served.url, TOKEN), policy, since, now_s, leaves=leaves)
    assert (report.verdict is Verdict.INTACT) == (not report.kinds)
    return sorted(report.kinds)


def forked(log: MadeLog) -> MadeLog:
    stored = [Stored(bytes(32), bytes(32), b"", None), *log.stored[1:]]
    return MadeLog(log.keys, stored=stored)


def test_an_honest_log_is_intact_and_its_newest_head_is_kept(
    served: Served, tmp_path: Path
) -> None:
    since = tmp_path / "seen"
    assert codes(served, since) == []
    assert since.read_text() == served.log.note(288)
    assert served.tokens == {f"Bearer {TOKEN}"}
    assert served.asked.count("/v1/log/leaves") == 3


def test_growth_since_the_head_seen_last_is_proven(served: Served, tmp_path: Path) -> None:
    since = tmp_path / "seen"
    since.write_text(served.log.note(160))
    for leaves in (True, False):
        assert codes(served, since, leaves=leaves) == []
        assert served.asked[-1].endswith("/consistency") or leaves
        since.write_text(served.log.note(160))
    other = served.log.growth(144, 288)
    for wrong in (other, other.replace('"from":144', '"from":160')):
        served.answers["consistency"] = wrong.encode()
        assert codes(served, since, leaves=False) == ["consistency"]


def test_a_log_that_went_back_is_refused_and_the_evidence_kept(
    served: Served, tmp_path: Path
) -> None:
    since = tmp_path / "seen"
    since.write_text(served.log.note(288))
    served.sizes = [16, 160]
    for leaves in (True, False):
        assert codes(served, since, leaves=leaves) == ["rollback"]
    assert since.read_text() == served.log.note(288)
    assert (tmp_path / "seen.against").read_text() == served.log.note(160)


def test_a_log_that_was_forked_is_refused(served: Served, tmp_path: Path) -> None:
    since = tmp_path / "seen"
    for size, expected in ((160, "consistency"), (288, "fork")):
        since.write_text(forked(served.log).note(size))
        assert expected in codes(served, since, leaves=False)
        assert {"head_not_in_log"} <= set(codes(served, since))
        assert since.read_text() == forked(served.log).note(size)


def test_a_year_that_is_not_shown_cannot_be_told(served: Served, tmp_path: Path) -> None:
    since = tmp_path / "seen"
    before = MadeLog(served.log.keys, shard=202500, stored=served.log.stored)
    since.write_text(before.note(16))
    for _ in range(2):
        assert codes(served, since) == ["since_elsewhere"]
        kept = before.note(16) + "\n" + served.log.note(288)
        assert since.read_text() == kept  # the one seen last stays, to be asked for again
    since.write_text(MadeLog(before.keys, shard=202700, stored=before.stored).note(16))
    assert codes(served, since) == ["rollback"]


def test_a_head_of_each_year_is_kept_and_its_growth_proven(served: Served, tmp_path: Path) -> None:
    since, newest = tmp_path / "seen", served.log
    before = MadeLog(newest.keys, shard=202500, stored=newest.stored)
    since.write_text(f"{before.note(16)}\n{newest.note(160)}")

    def show(size: int) -> None:
        notes = [before.note(size), newest.note(288)]
        served.answers["heads"] = json.dumps({"heads": notes}).encode()

    show(16)
    assert codes(served, since, leaves=False) == []
    kept = f"{before.note(16)}\n{newest.note(288)}"
    assert since.read_text() == kept
    show(1)
    assert codes(served, since, leaves=False) == ["rollback"]
    assert since.read_text() == kept
    against = (tmp_path / "seen.against").read_text()
    assert against == f"{before.note(1)}\n{newest.note(288)}"
    for wrong in (kept[:-1], f"{kept}\n", kept.replace("\n\n", "\n", 1), "\n\n"):
        since.write_text(wrong)
        assert codes(served, since, leaves=False) == ["head_form"]


def test_a_year_that_outlived_its_time_is_its_heads(served: Served, tmp_path: Path) -> None:
    since, newest = tmp_path / "seen", served.log
    old = MadeLog(newest.keys, shard=201900, stored=newest.stored)
    served.dropped = {201900}
    notes = [old.note(288), newest.note(288)]
    served.answers["heads"] = json.dumps({"heads": notes}).encode()
    for _ in range(2):
        assert codes(served, since) == []  # the second time the head seen last is the same
    since.write_text(old.note(160))
    assert codes(served, since) == ["since_dropped"]
    since.write_text(forked(old).note(288))
    assert "fork" in codes(served, since)


@pytest.mark.parametrize("shard", [202000, 202400, 202600])
def test_a_year_that_is_dropped_before_its_time_is_tampering(served: Served, shard: int) -> None:
    old = MadeLog(served.log.keys, shard=shard, stored=served.log.stored)
    served.dropped = {shard}
    notes = [old.note(288), MadeLog(old.keys, shard=202601, stored=old.stored).note(16)]
    served.answers["heads"] = json.dumps({"heads": notes}).encode()
    assert "dropped_early" in codes(served)


def test_a_log_that_sets_its_clock_on_drops_nothing_sooner(served: Served) -> None:
    old = MadeLog(served.log.keys, shard=202400, stored=served.log.stored)
    served.dropped = {202400}
    eight_years_s = 8 * 366 * 24 * 60 * 60
    ahead = old.keys.note(203400, old.leaves(), SEEN_S + eight_years_s)
    served.answers["heads"] = json.dumps({"heads": [old.note(288), ahead]}).encode()
    assert "dropped_early" in codes(served)
    assert "dropped_early" not in codes(served, now_s=SEEN_S + eight_years_s)


def test_who_says_gone_in_other_words_has_refused(served: Served) -> None:
    served.dropped, served.gone = {202600}, b"{}"
    assert codes(served) == ["live_refused"]


def test_leaves_that_do_not_give_the_heads_are_found(served: Served) -> None:
    honest = served.log
    served.log = forked(honest)
    heads = {"heads": [honest.note(size) for size in (16, 288)]}
    served.answers["heads"] = json.dumps(heads).encode()
    assert codes(served) == ["head_not_in_log"]


@pytest.mark.parametrize(
    ("what", "body", "code"),
    [
        ("heads", b"", "live_form"),
        ("heads", b"[]", "live_form"),
        ("heads", b'{"heads":[1]}', "live_form"),
        ("heads", b'{"heads":[]}', "live_no_heads"),
        ("heads", b'{"heads":["x"]}', "head_form"),
        ("leaves", b"{}", "live_form"),
        ("leaves", b'{"shard":202600,"from":0,"leaves":["00"]}', "live_form"),
        ("leaves", b'{"shard":202601,"from":0,"leaves":[]}', "live_form"),
        ("leaves", b'{"shard":202600,"from":0,"leaves":[]}', "live_withheld"),
    ],
)
def test_what_the_log_answers_is_not_believed(
    served: Served, what: str, body: bytes, code: str
) -> None:
    served.answers[what] = body
    assert code in codes(served)


@pytest.mark.parametrize("status", [301, 401, 403, 404, 429, 500, 503])
def test_a_log_that_refuses_cannot_be_told(served: Served, status: int) -> None:
    """A redirect is followed nowhere: the token is for this log alone."""
    served.status = status
    assert codes(served) == ["live_refused"]
    assert len(served.asked) == 1


def test_a_log_that_is_away_cannot_be_told(log: MadeLog) -> None:
    with serving(log, 16) as served:
        pass
    assert codes(served) == ["live_unreachable"]


@pytest.mark.parametrize("url", ["http://log.example", "ftp://127.0.0.1", "file:///etc", "log"])
def test_a_token_goes_nowhere_unprotected(url: str) -> None:
    with pytest.raises(Malformed, match="live_address"):
        LiveLog(url, TOKEN)


def told(served: Served, receipt: str, now_s: int = DEADLINE_S) -> list[str]:
    policy = Policy.of(served.log.keys.policy())
    report = check_receipt(receipt, policy, LiveLog(served.url), now_s)
    assert (report.verdict is Verdict.INTACT) == (not report.kinds)
    return sorted(report.kinds)


def test_a_receipt_leads_to_its_proof(served: Served) -> None:
    assert told(served, served.log.receipt(5)) == []
    assert served.asked == [f"/v1/log/proofs/{served.log.stored[5].leaf.hex()}"]


def test_a_receipt_past_its_deadline_leads_to_proof_of_suppression(served: Served) -> None:
    receipt = served.log.receipt(5)
    served.log = MadeLog(served.log.keys, stored=served.log.stored[6:])
    assert told(served, receipt) == ["receipt_early"]
    assert told(served, receipt, DEADLINE_S + 1) == ["receipt_suppressed"]
    for other in (b"", b"[]", b"not here", b'{"code":"not_found"}'):
        served.not_there = other  # anybody on the way may say 404: it accuses nobody
        assert told(served, receipt, DEADLINE_S + 1) == ["live_refused"]


def test_a_receipt_of_a_dropped_year_accuses_nobody_once_that_may_be_dropped(
    served: Served,
) -> None:
    receipt = served.log.receipt(5)
    served.log = MadeLog(served.log.keys, stored=served.log.stored[6:])
    served.dropped = {202600}
    seven_years_s = 7 * 366 * 24 * 60 * 60
    assert told(served, receipt, DEADLINE_S + seven_years_s) == ["receipt_dropped"]
    assert told(served, receipt, DEADLINE_S + seven_years_s // 2) == ["receipt_suppressed"]
    served.dropped = set()
    assert told(served, receipt, DEADLINE_S + seven_years_s) == ["receipt_suppressed"]


def test_a_proof_of_another_leaf_is_no_proof(served: Served) -> None:
    proof = served.log.inclusion(6, 288)
    first = b64encode(served.log.path(5, 288)[0]).decode()
    honest = served.log.inclusion(5, 288)
    for wrong in (
        proof,
        honest.replace("index 5", "index 4"),
        honest.replace(first, b64encode(bytes(32)).decode()),
        honest.replace(first + "\n", ""),
    ):
        served.answers["proofs"] = wrong.encode()
        assert told(served, served.log.receipt(5)) == ["proof_path"]
    formless = (honest[:40], honest.replace("@v1", "@v2"), honest.replace("index", "at"))
    for body in (*(wrong.encode() for wrong in formless), b"\xff"):
        served.answers["proofs"] = body
        assert told(served, served.log.receipt(5)) == ["proof_form"]


def test_a_receipt_without_a_log_is_only_genuine(log: MadeLog) -> None:
    report = check_receipt(log.receipt(5), Policy.of(log.keys.policy()), None, 0)
    assert list(report.kinds) == ["receipt_nowhere"]
    assert report.verdict is Verdict.CANNOT_TELL
