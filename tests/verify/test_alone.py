"""index_verify stands alone: nothing of ours, nothing but `cryptography`, in little memory."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

from index_verify.tree import GrowingTree
from tests.house.reading import ROOT, sources
from tests.verify.made import MadeLog, compact

MEGABYTE = 1024


def test_it_imports_the_standard_library_and_cryptography_alone() -> None:
    allowed = sys.stdlib_module_names | {"cryptography", "index_verify"}
    found = {
        module.partition(".")[0]
        for source in sources("index_verify")
        for _, module, _ in source.imports
    }
    assert found <= allowed
    assert "cryptography" in found


def test_the_second_verifier_takes_nothing_from_the_first() -> None:
    (source,) = sources("tests/verify/second.py")
    allowed = sys.stdlib_module_names | {"cryptography"}
    assert {module.partition(".")[0] for _, module, _ in source.imports} <= allowed


def test_it_runs_where_the_service_is_not(log: MadeLog, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "index_verify", tmp_path / "index_verify")
    (tmp_path / "policy").write_text(log.keys.policy())
    (tmp_path / "log").write_bytes(log.export())
    command = [sys.executable, "-m", "index_verify", "export", "log", "--policy", "policy"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "intact: 1 heads, 304 leaves verified\n"


def test_a_hundred_thousand_leaves_are_hashed_in_a_second_and_a_half() -> None:
    """A fifteenth of the fifteen seconds a million may take, measured in time of one processor."""
    leaves = [number.to_bytes(32) for number in range(100_000)]
    tree, began_s = GrowingTree(), time.process_time()
    for leaf in leaves:
        tree.append(leaf)
    tree.root()
    assert time.process_time() - began_s < 1.5


def test_memory_does_not_grow_with_the_log(log: MadeLog, tmp_path: Path) -> None:
    (tmp_path / "policy").write_text(log.keys.policy())
    first, *_, last = log.export().splitlines(keepends=True)
    line = compact({"i": 0, "leaf": "0" * 64})
    sizes = []
    for count in (1_000, 200_000):
        with (tmp_path / "log").open("wb") as file:
            file.write(first)
            file.writelines(line.replace(b"0", b"%d" % at, 1) for at in range(count))
            file.write(last)
        program = (
            "import resource, sys; from pathlib import Path; from index_verify.checking import *;"
            "from index_verify.policy import Policy;"
            "r = check(Given((Path('log'),)), Policy.of(Path('policy').read_text()));"
            "print(sorted(r.kinds), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
        )
        environment = {"PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        kinds, _, size = done.stdout.rpartition(" ")
        assert kinds == "['export_count']"
        sizes.append(int(size))
    assert sizes[1] - sizes[0] < 4 * MEGABYTE
