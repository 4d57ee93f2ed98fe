"""`index-service seal` and `keys make-sealer`: what they need, refuse and print."""

import asyncio
import signal
import subprocess
from pathlib import Path

from demo.authority import Authority
from demo.sealing import sealer_settings, sealing
from index_service.commands.keep_heads import log_keys
from index_service.commands.seal import policy_lines
from index_service.log.checkpoint import KeyKind, VerifierKey
from index_service.services.sealing_log.running import End
from tests.sealing.sealing import Beside, SetClock, environment
from tests.sealing.witnesses import COMMAND, ENVIRONMENT, NAMES, policy


def variables(beside: Beside, **differs: str) -> dict[str, str]:
    return environment(beside.settings, **ENVIRONMENT, **differs)


async def seal(beside: Beside, *arguments: str, **differs: str) -> tuple[int, str]:
    """Run the command to its end; return its status and what it said."""
    done = await asyncio.to_thread(
        subprocess.run,
        [*COMMAND, "seal", *arguments],
        env=variables(beside, **differs),
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout + done.stderr


async def test_a_log_is_founded_once_and_sealed_by_the_command(unfounded: Beside) -> None:
    status, said = await seal(unfounded, "--once")
    assert status == End.SECOND_PLACE
    assert "no second place" in said
    assert await seal(unfounded, "--found") == (0, "")
    status, said = await seal(unfounded, "--found")
    assert (status, said) == (1, "founded already: the second place holds a head\n")
    await unfounded.append(3)
    assert (await seal(unfounded, "--once"))[0] == End.WELL
    unfounded.clock.at = SetClock().at
    unfounded.clock.on(seconds=6)
    await unfounded.all()
    await unfounded.checked()
    assert await unfounded.unsealed() == []


async def test_a_restored_backup_is_the_exit_status(beside: Beside) -> None:
    await beside.sql("delete from leaf")
    status, said = await seal(beside, "--once")
    assert status == End.ROLLED_BACK
    assert "ROLLED BACK" in said


async def test_a_refused_writer_is_the_exit_status_and_named_by_its_id(beside: Beside) -> None:
    (entry,) = await beside.append(1)
    await beside.sql("delete from access_entry where entry_id = $1", entry)
    status, said = await seal(beside, "--once")
    assert status == End.REFUSED
    writer = await beside.value("select writer from log_batch")
    assert said.strip().endswith(f"outcome=entry_missing writer={writer.hex}")


async def test_the_public_keys_are_printed_as_a_policy_holds_them(beside: Beside) -> None:
    status, said = await seal(beside, "--policy")
    assert status == 0
    assert said.startswith("csa northmere\n")
    assert log_keys(said) == beside.verifiers


async def test_doing_without_a_head_off_the_machine_is_said_in_so_many_words(
    beside: Beside,
) -> None:
    lacking = "not started: missing or unsafe settings: INDEX_OFF_MACHINE_URL\n"
    for url in ("", "ftp://x", "https://user@host", "None"):
        assert await seal(beside, "--once", INDEX_OFF_MACHINE_URL=url) == (2, lacking)


async def test_what_is_missing_or_unfit_stops_the_start(beside: Beside, tmp_path: Path) -> None:
    for differs, word in (
        ({"INDEX_SECOND_PLACE": str(tmp_path / "none" / "head")}, "second place"),
        ({"INDEX_SEALER_KEY_DIRECTORY": str(beside.served.settings.key_directory)}, "key"),
        ({"INDEX_SEALER_KEY_DIRECTORY": str(tmp_path)}, "key"),
        ({"INDEX_LOG_ORIGIN": "a b c"}, "INDEX_LOG_ORIGIN"),
        ({"INDEX_CSA": "Northmere"}, "INDEX_CSA"),
        ({"DATABASE_URL": "postgresql://one@host/index"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://{role}@127.0.0.1:1/none"}, "database"),
    ):
        status, said = await seal(beside, "--once", **differs)
        assert status != 0, differs
        assert word in said
        assert "Traceback" not in said


async def test_a_login_role_of_another_duty_is_refused(beside: Beside) -> None:
    stands = "update csa_role set duty = $1 where role = 'northmere_seal'"
    await beside.sql(stands, "job")
    status, said = await seal(beside, "--once")
    assert status == 2
    assert "login role" in said


async def test_a_sealer_asked_to_stop_ends_in_good_order(beside: Beside) -> None:
    process = await asyncio.create_subprocess_exec(
        *(*COMMAND, "seal"),
        env=variables(beside),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    await beside.append(2)
    async with asyncio.timeout(30):
        while await beside.unsealed():  # noqa: ASYNC110 (another process tells)
            await asyncio.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        said, _ = await process.communicate()
    assert (process.returncode, said) == (0, b"")
    await beside.checked()


def test_the_sealers_keys_are_made_in_an_empty_directory(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    make = [*COMMAND, "keys", "make-sealer", str(keys)]
    assert subprocess.run(make, check=False).returncode == 0
    assert sorted(path.name for path in keys.iterdir()) == ["head_ed25519.1", "head_ml_dsa.1"]
    assert subprocess.run(make, check=False, capture_output=True).returncode == 2


async def test_the_demos_sealer_is_the_real_one(unfounded: Beside, tmp_path: Path) -> None:
    """Begun once, taken up again after it was stopped."""
    authority = Authority(unfounded.served.settings)
    made = tmp_path / "demo"
    await asyncio.to_thread(made.mkdir)
    settings = sealer_settings(authority, made)
    for _ in range(2):
        entries = await unfounded.append(2)
        with sealing(authority, settings, made / "log") as process:
            async with asyncio.timeout(30):
                while set(entries) & set(await unfounded.unsealed()):
                    await asyncio.sleep(0.05)
                    assert process.poll() is None
        settings = sealer_settings(authority, made)
    assert process.returncode == 0
    assert policy_lines(settings).startswith(f"csa {settings.csa}\nlog index.northmere.example/")


async def test_doing_without_witnesses_is_said_in_so_many_words(
    beside: Beside, tmp_path: Path
) -> None:
    lacking = "not started: missing or unsafe settings: INDEX_WITNESS_POLICY\n"
    for wrong in ("", "None", "policy"):
        assert await seal(beside, "--once", INDEX_WITNESS_POLICY=wrong) == (2, lacking)
    keys = [VerifierKey(name, KeyKind.COSIGNATURE, bytes(32)) for name in NAMES[:1]]
    file = tmp_path / "policy"
    lines = policy(keys, ["https://one.example"], 1)
    for content, code in (("", "witness"), (lines.replace(" independent", ""), "independent")):
        file.write_text(content)
        refused = f"not started: the witness policy was refused ({code})\n"
        assert await seal(beside, "--once", INDEX_WITNESS_POLICY=str(file)) == (2, refused)
    refused = "not started: the witness policy was refused (file)\n"
    none = str(tmp_path / "none")
    assert await seal(beside, "--once", INDEX_WITNESS_POLICY=none) == (2, refused)
