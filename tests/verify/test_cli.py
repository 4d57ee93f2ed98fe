"""The command: 0 intact, 1 tampered, 2 cannot tell, a sentence for each finding, no echo."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from index_verify import cli
from index_verify.words import SENTENCES
from tests.verify.made import MadeLog
from tests.verify.served import serving


@pytest.fixture
def place(log: MadeLog, tmp_path: Path) -> Path:
    """A folder with everything that is handed out, as files."""
    files = {
        "policy": log.keys.policy(),
        "log": log.export().decode(),
        "cut": log.export().decode()[:5000],
        "openings": log.export(opened={2, 3}, sparse=True).decode(),
        "head": log.note(160),
        "newest": log.note(),
        "growth": log.growth(160, 304),
        "proof": log.inclusion(4),
        "receipts": f"{log.receipt(2)}\n{log.receipt(3)}\n",
        "tiles": log.tiles().decode(),
        "token": "made-up\n",
        "empty": "",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def run(place: Path, *words: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Run the command on files of the folder, each word after an @."""
    arguments = [str(place / word[1:]) if word[0] == "@" else word for word in words]
    before = sys.argv
    sys.argv = ["index-verify", *arguments, "--policy", str(place / "policy")]
    try:
        with pytest.raises(SystemExit) as left:
            cli.main()
    finally:
        sys.argv = before
    return int(str(left.value.code)), capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("export @log", 0),
        ("export @log --head @head --consistency @growth --tiles @tiles", 0),
        ("export @log --openings @openings --receipts @receipts", 0),
        ("export @log @log", 0),
        ("export @cut", 1),
        ("export @empty", 1),
        ("export @log --tiles @empty", 2),
        ("export @missing", 2),
        ("export @log --state @empty", 2),
        ("export @log --receipt v1.nonsense", 1),
        ("export @log --head @log", 1),
        ("split @head @newest", 2),
        ("split @head @newest --proof @growth", 0),
        ("split @head @head", 0),
        ("split @head @log", 1),
        ("split @newest @head --proof @proof", 1),
        ("receipt v1.nonsense", 1),
        ("live http://127.0.0.1:1", 2),
        ("live http://log.example", 2),
    ],
)
def test_the_status_is_the_verdict(
    place: Path, words: str, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    left, said = run(place, *words.split(), capsys=capsys)
    assert left == status, said
    verdict = ["intact", "tampered", "cannot_tell"][status]
    assert said.splitlines()[-1].startswith(verdict)
    assert (len(said.splitlines()) == 1) == (status == 0)


def test_a_proof_is_of_its_leaf(
    place: Path, log: MadeLog, capsys: pytest.CaptureFixture[str]
) -> None:
    for index, status in ((4, 0), (5, 1)):
        leaf = log.stored[index].leaf.hex()
        assert run(place, "proof", "@proof", "--leaf", leaf, capsys=capsys)[0] == status
    assert run(place, "proof", "@proof", "--leaf", "AB", capsys=capsys)[0] == 2


def test_a_live_log_and_a_receipt_are_asked_for(
    place: Path, log: MadeLog, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(log, 160, 304) as served:
        words = ["live", served.url, "--since", "@seen", "--token-file", "@token"]
        assert run(place, *words, capsys=capsys)[0] == 0
        assert (place / "seen").exists()
        assert run(place, *words, "--heads-only", capsys=capsys)[0] == 0
        assert run(place, "receipt", log.receipt(2), "--log", served.url, capsys=capsys)[0] == 0
    assert served.tokens == {"Bearer made-up", None}


def test_json_says_the_same(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, said = run(place, "export", "@cut", "--json", capsys=capsys)
    report = json.loads(said)
    assert (status, report["verdict"]) == (1, "tampered")
    (finding,) = report["findings"]
    assert finding["code"] == "export_cut"
    assert finding["sentence"] == SENTENCES["export_cut"]
    assert report["kinds"] == {"export_cut": 1}


def test_nothing_that_was_read_is_echoed(
    place: Path, log: MadeLog, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = log.export(opened=True).replace(b'"leaf":"', b'"leaf":"0', 1).decode()
    (place / "bad").write_text(lines.replace("safeguarding", "Ada Example"))
    for words in (("export", "@bad"), ("export", "@bad", "--json")):
        said = run(place, *words, capsys=capsys)[1]
        assert "Ada" not in said
        assert str(place) not in said
        assert log.stored[0].leaf.hex()[:16] not in said


def test_a_defect_of_ours_does_not_read_as_tampering(place: Path) -> None:
    broken = (
        "import sys; from index_verify import cli; cli.run = lambda asked: 1 // 0;"
        " sys.argv = ['index-verify', 'export', 'x', '--policy', 'x']; cli.main()"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", broken], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "failed itself" in done.stderr
    assert str(place) not in done.stderr


def test_a_policy_that_cannot_be_read_cannot_be_told(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for text in ("", "csa x", "\x00", "quorum 1\n" * 3):
        (place / "policy").write_text(text)
        assert run(place, "export", "@log", capsys=capsys)[0] == 2
    (place / "policy").unlink()
    assert run(place, "export", "@log", capsys=capsys)[0] == 2
