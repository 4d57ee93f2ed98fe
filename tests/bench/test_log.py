"""The log bench's short form: all it says, and that each of its judgements can fail."""

import json
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bench.log import QUICK, Found, result_line
from bench.parts.log_append import (
    ALONE,
    BESIDE_SEALING,
    CHAINED,
    CHAINED_STATEMENT,
    OURS,
    SINGLE,
    SINGLE_STATEMENT,
    Measured,
    appends,
)
from bench.parts.log_gaps import REFUSED, Gaps, Harried, Said, looked_at
from bench.parts.log_lag import Heads, Lag, Lost, spread
from bench.parts.log_stand import Stand
from bench.parts.log_verified import (
    INTACT,
    TAMPERED,
    Verified,
    made_export,
    tampered,
    verify,
)
from demo.authority import Authority
from demo.postgres import Postgres
from demo.sealing import sealer_settings
from tests.authority import Founded, Served, database_made, serving
from tests.sealing.sealing import sealer_beside

ONE = Measured(100, 4_000.0, 20.0, 30.0, 1.0, 2.0)
SOUND = Gaps(90, 3, 20, 2, 5, 128, 1, 0, 0, 0, 0, verified=True)


def found() -> Found:
    """Return what meets every target, just."""
    slow = {SINGLE: 4_000.0 / 6, SINGLE_STATEMENT: 900.0, CHAINED: 100.0, CHAINED_STATEMENT: 150.0}
    appended = {name: [replace(ONE, per_s=per_s)] for name, per_s in slow.items()}
    return Found(
        Verified(70_000.0, 14.9, 30.0, INTACT),
        Lag(100, 200.0, (0.5, 1.0, 1.1), (0.6, 2.0, 5.0)),
        {OURS: [ONE], BESIDE_SEALING: [ONE], **appended, **{name: [ONE] for name in ALONE}},
        SOUND,
    )


def stand_on(served: Served, directory: Path) -> Stand:
    """Return the bench's stand on the tests' own server, its sealer not running."""
    authority = Authority(served.settings)
    sealer = sealer_settings(authority, directory)
    keyring = served.index.keyring
    return Stand(served.postgres, served.database, directory, authority, sealer, keyring)


@pytest_asyncio.fixture(loop_scope="session")
async def fresh(postgres: Postgres, founded: Founded) -> AsyncIterator[Served]:
    """An index of this test's own."""
    with database_made(postgres, founded.template) as name:
        async with serving(postgres, name, founded.settings) as served:
            yield served


async def test_every_build_keeps_what_it_acknowledges_and_the_line_tells_of_each(
    fresh: Served, tmp_path: Path
) -> None:
    appended = await appends(stand_on(fresh, tmp_path), 0.1, 1)
    assert all(one.count > 0 and one.cpu_us > 0 for one in chain(*appended.values()))
    done = replace(found(), appended=appended)
    line: Any = json.loads(json.dumps(result_line(done, QUICK, {"fsync": "off"})))
    assert line["bench"] == "log"
    for name in ("group", "group_beside_sealing", "insert_per_transaction", "lock_and_chain"):
        assert line[f"{name}_per_s"] > 0
    for name in ("times", "times_beside_sealing", "cpu_times"):
        assert set(line[name]) == {CHAINED, CHAINED_STATEMENT, SINGLE, SINGLE_STATEMENT}
    assert line["met"] == done.met()
    assert line["gaps"]["verified"] is True
    assert line["conditions"]["concurrent"] == 64


async def test_a_log_with_a_leaf_taken_out_or_altered_is_not_called_whole(
    fresh: Served, tmp_path: Path
) -> None:
    stands = stand_on(fresh, tmp_path)
    said = Said([tmp_path / "said_first", tmp_path / "said_second"])
    directory = tmp_path / "beside"
    directory.mkdir()
    async with sealer_beside(fresh, directory) as beside:
        beside.clock.on(seconds=6)  # what founding left unnumbered is adopted
        await beside.rounds.found()
        ids = await beside.append(20)
        await beside.all()
        said.files[0].write_text("".join(f"{each}\n" for each in ids))
        said.files[1].write_text(f"{ids[0]}\n-\n?\n{str(ids[1])[:9]}")
        here = replace(stands, sealer=beside.settings)
        harried = Harried(here, tmp_path, said, [], kills=1, cuts=1)
        whole = await looked_at(harried, "")
        assert whole.sound
        assert (whole.acknowledged, whole.unknown, whole.rolled_back) == (20, 1, 1)
        assert not (await looked_at(harried, f"sealer: {REFUSED}, outcome=gap")).sound
        last = await beside.value("select max(leaf_index) from leaf")
        altered = "update leaf set hash = sha256(hash) where leaf_index = $1"
        await beside.sql(altered, last)
        found_altered = await looked_at(harried, "")
        assert not found_altered.verified
        assert found_altered.holes == 0
        await beside.sql("delete from leaf where entry_id = $1", ids[5])
        taken = await looked_at(harried, "")
        assert (taken.missing, taken.holes, taken.verified) == (1, 1, False)
        assert taken.differing >= 1


def test_every_target_can_be_missed() -> None:
    assert set(found().met().values()) == {True}
    missed = {
        "verify": replace(found(), verified=replace(found().verified, seconds=15.0)),
        "seal_lag": replace(found(), lag=replace(found().lag, head_s=(0.6, 2.1, 2.2))),
        "gap_free": replace(found(), gaps=replace(SOUND, missing=1)),
    }
    for name, figure in ((CHAINED, 101.0), (SINGLE, 667.0)):
        slower = {**found().appended, name: [replace(ONE, per_s=figure)]}
        target = "times_lock_and_chain" if name == CHAINED else "times_insert_per_transaction"
        missed[target] = replace(found(), appended=slower)
    for name, one in missed.items():
        assert [each for each, met in one.met().items() if not met] == [name]


@pytest.mark.parametrize("what", ["missing", "differing", "holes", "refused"])
def test_a_log_with_anything_wrong_in_it_is_not_sound(what: str) -> None:
    assert SOUND.sound
    assert not replace(SOUND, **{what: 1}).sound  # type: ignore[arg-type]  # all four are numbers
    assert not replace(SOUND, verified=False).sound
    assert not replace(SOUND, kills=0).sound  # nothing was done to it


def test_an_altered_export_is_told_from_an_intact_one(tmp_path: Path) -> None:
    export = made_export(tmp_path, 20)
    assert verify(export).status == INTACT
    assert verify(tampered(export)).status == TAMPERED


def test_a_leaf_is_sealed_by_the_first_head_that_covers_it() -> None:
    heads = Heads([16, 16, 40], [1.0, 2.0, 3.0])
    assert [heads.covering(index) for index in (0, 15, 16, 39)] == [1.0, 1.0, 3.0, 3.0]
    with pytest.raises(Lost):
        heads.covering(40)
    waits = [float(number) for number in range(1, 201)]
    random.Random(1).shuffle(waits)
    assert spread(waits) == (101.0, 199.0, 200.0)
