"""The house rules as tests: the whole tree keeps each, and each finds what breaks it.

The numbers are those of the twelve house rules, or of the section of HOUSE_RULES.

| rule | what is checked |
|---|---|
| 1 | only_a_commit_mints_receipts |
| 5 | only_work_commits |
| 5 | middleware_is_plain_asgi |
| 5 | dependencies_neither_yield_nor_block |
| 5 | endpoints_do_not_block |
| 6 | a_tool_stays_in_its_room |
| 6 | nothing_is_imported_late |
| 6 | rooms_are_nouns_of_the_field |
| 7 | sql_is_in_store |
| 7 | no_session_state_is_set |
| 7 | every_select_has_a_limit |
| 7 | every_statement_is_for_one_csa |
| 9 | only_what_cannot_identify_is_logged |
| 9 | nothing_prints |
| 10 | safety_has_no_switch |
| 11 | names_are_the_fields_words |
| 12 | silence_has_a_reason |
| s2 | time_comes_from_the_clock |
| s3 | a_file_is_short |
| s3 | a_function_is_short |
| s3 | a_function_takes_few_arguments |
| s3 | a_module_has_few_public_names |
| s3 | a_module_says_what_lives_in_it |
| s3 | what_is_public_says_what_it_is |
| s4 | every_exception_is_caught_by_its_name |
| s5 | nothing_of_ours_is_mocked |

Tables, decisions, contracts and settings files are in test_papers.py. Rules 2, 3 and 4
are theorems and stories (tests/consent, tests/stories); rule 8 is mypy.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from tests.house import imports, shape, speech, statements
from tests.house.reading import CODE, PRODUCT, Source, sources

Check = Callable[[Source], Iterator[str]]

OWN = (*PRODUCT, "demo", "bench", "proofs")
API = ("index_service/api",)
STORE = ("index_service/store",)
STORIES = ("consent", "index_service/domain", "index_service/services", "index_service/api")


@dataclass(frozen=True)
class Rule:
    """A check, the rooms it is held in, who is excepted and why, and what it must find."""

    check: Check
    rooms: tuple[str, ...]
    bad: tuple[str, ...]
    but: dict[str, str] = field(default_factory=dict)
    at: str = "index_service/services/story.py"

    @property
    def name(self) -> str:
        """The check's name: a sentence."""
        return self.check.__name__


RULES = (
    Rule(
        speech.only_a_commit_mints_receipts,
        PRODUCT,
        ("receipt = self._log.committed(prepared)",),
        {"index_service/store/work.py": "the commit itself"},
    ),
    Rule(
        speech.only_work_commits,
        (*PRODUCT, "migrations"),
        ("await session.commit()", "connection.commit()"),
        {
            "index_service/store/work.py": "one story, one transaction",
            "migrations/env.py": "one migration, one transaction",
        },
    ),
    Rule(
        speech.middleware_is_plain_asgi,
        PRODUCT,
        (
            "from starlette.middleware.base import BaseHTTPMiddleware",
            "import starlette.middleware.base",
            "@app.middleware('http')\nasync def f(request, go_on): ...",
        ),
    ),
    Rule(
        speech.dependencies_neither_yield_nor_block,
        PRODUCT,
        (
            "async def s():\n    yield 1\nasync def f(x=Depends(s)): ...",
            "def s():\n    return 1\nasync def f(x=fastapi.Depends(s)): ...",
            "from elsewhere import s\nasync def f(x=Depends(s)): ...",
        ),
    ),
    Rule(
        speech.endpoints_do_not_block,
        API,
        ("@router.get('/v1/me')\ndef read_me(): ...",),
    ),
    Rule(
        imports.a_tool_stays_in_its_room,
        PRODUCT,
        (
            "from cryptography.hazmat.primitives import hashes",
            "import jose.jwt",
            "from sqlalchemy import select",
            "from sqlalchemy.ext.asyncio import AsyncSession",
            "import asyncpg",
            "from fastapi import Request",
        ),
    ),
    Rule(
        imports.nothing_is_imported_late,
        CODE,
        ("def f():\n    import json", "def f():\n    if x:\n        from consent import decide"),
    ),
    Rule(
        shape.rooms_are_nouns_of_the_field,
        (*CODE, "tests"),
        ("",),
        at="index_service/utils/text.py",
    ),
    Rule(
        statements.sql_is_in_store,
        PRODUCT,
        (
            "q = 'select 1'",
            "q = 'INSERT INTO child values (1)'",
            "q = f'update child set {x}'",
            "q = 'delete from child'",
            "q = f'alter role \"{role}\"'",
        ),
        {"index_service/store/": "where SQL lives"},
    ),
    Rule(
        statements.no_session_state_is_set,
        STORE,
        ("q = 'set lock_timeout = 1'", "q = f'SET SESSION x = {y}'", "q = 'reset all'"),
    ),
    Rule(
        statements.every_select_has_a_limit,
        STORE,
        (
            "q = select(child).where(child.c.csa == csa)",
            "q = compiled(select(child.c.child_id).where(child.c.csa == csa).order_by(x))",
        ),
    ),
    Rule(
        statements.every_statement_is_for_one_csa,
        STORE,
        (
            "q = select(child).where(child.c.child_id == one).limit(1)",
            "q = update(child).values(x=1).where(child.c.child_id == one)",
            "q = delete(child)",
        ),
    ),
    Rule(
        speech.only_what_cannot_identify_is_logged,
        PRODUCT,
        (
            "_log.error(f'no {child}')",
            "_log.error('no %s', child)",
            "_log.error('no %s', record.name.family)",
            "_log.error('no %s', str(error))",
            "_log.exception('no')",
            "logging.getLogger(__name__)\n_process_log.warning('x', exc_info=True)",
            "_log.info(text)",
        ),
    ),
    Rule(
        speech.nothing_prints,
        PRODUCT,
        ("print(child)",),
        {
            "index_service/commands/": "what an operator asked for is printed",
            "index_verify/cli.py": "the verdict is printed",
            "index_client/cli/": "what was asked for is printed",
            "thin_client/cli.py": "why it does not start is printed",
        },
    ),
    Rule(
        speech.safety_has_no_switch,
        ("index_service/settings.py",),
        (
            "class Settings:\n    verify: bool = True",
            "class Settings:\n    insecure_issuer: str = ''",
            "class Settings:\n    a: Annotated[StrictBool, 1]\n    b: bool | None = None",
        ),
    ),
    Rule(
        shape.names_are_the_fields_words,
        STORIES,
        ("class ClientProfile: ...", "def user_of(): ...", "class F:\n    async def items(x): ..."),
    ),
    Rule(
        shape.silence_has_a_reason,
        (*CODE, "tests"),
        ("x = 1  # noqa" + ": S101", "x = 1  # type" + ": ignore[attr-defined]", "# no" + "qa"),
    ),
    Rule(
        speech.time_comes_from_the_clock,
        PRODUCT,
        ("now = datetime.now(UTC)", "day = date.today()", "t = time.time()"),
        {
            "index_service/domain/clock.py": "the clock",
            "index_verify/cli.py": "the verifier takes nothing of the index's, its clock neither",
            "index_client/cli/clock.py": "the clock of whoever types",
            "thin_client/clock.py": "the clock of the pages",
        },
    ),
    Rule(
        shape.a_file_is_short,
        (*CODE, "tests"),
        ("x = 1\n" * 401,),
        {"index_client/generated/": "as long as the contract, and read there"},
    ),
    Rule(
        shape.a_function_is_short,
        CODE,
        ("def f():\n" + "    x = 1\n" * 71, "class A:\n    def f():\n" + "        x = 1\n" * 71),
    ),
    Rule(
        shape.a_function_takes_few_arguments,
        PRODUCT,
        ("def f(a, b, c, d, e, g): ...", "class A:\n    def f(self, a, b, c, *, d, e, g): ..."),
    ),
    Rule(
        shape.a_module_has_few_public_names,
        PRODUCT,
        ("\n".join(f"def f{n}(): ..." for n in range(13)),),
        {"index_client/generated/types.py": "a type per schema of the contract"},
    ),
    Rule(
        shape.a_module_says_what_lives_in_it,
        (*CODE, "tests"),
        ("import json\n", "# reason\nx = 1\n"),
    ),
    Rule(
        shape.what_is_public_says_what_it_is,
        OWN,
        ("def f(): ...", "class A: ...", "class A:\n    '''An a.'''\n    def f(self): ..."),
    ),
    Rule(
        speech.every_exception_is_caught_by_its_name,
        PRODUCT,
        (
            "try:\n    f()\nexcept Exception:\n    pass",
            "try:\n    f()\nexcept (OSError, BaseException):\n    pass",
            "try:\n    f()\nexcept:\n    pass",
        ),
        {
            "index_service/api/boundary.py": "whatever it is, it must not go unrecorded",
            "index_service/api/peer_boundary.py": "likewise",
            "thin_client/security.py": "whatever it is, its traceback may quote what was typed",
            "index_service/jobs/": "a job's main loop goes on",
        },
    ),
    Rule(
        imports.nothing_of_ours_is_mocked,
        CODE,
        ("from unittest.mock import patch", "import unittest.mock", "from unittest import mock"),
    ),
)

# What each check must let pass, beside the tree itself.
GOOD = (
    (speech.only_work_commits, "await work.commit(log.prepare(entry))"),
    (speech.dependencies_neither_yield_nor_block, "async def s(): ...\nDepends(s)"),
    (speech.only_what_cannot_identify_is_logged, "_log.error('x %s', type(e).__name__)"),
    (speech.only_what_cannot_identify_is_logged, "work.access_log.append(child)"),
    (statements.no_session_state_is_set, "q = 'set local lock_timeout = 1'"),
    (statements.sql_is_in_store, "'''Select the answer.'''\nx = 'begin'"),
    (statements.every_select_has_a_limit, "select(func.pg_advisory_xact_lock(1))"),
    (shape.names_are_the_fields_words, "class Linked: ...\ndef nodes_end(): ..."[:18]),
    (shape.a_function_is_short, "def f():\n    def g():\n" + "        x = 1\n" * 69),
    (shape.silence_has_a_reason, "x = 1  # noqa" + ": S101 (its contract)"),
)


def broken(rule: Rule) -> list[str]:
    """Return where the tree breaks a rule."""
    return [
        f"{source.path}: {complaint}"
        for source in sources(*rule.rooms)
        if not source.path.startswith(tuple(rule.but))
        for complaint in rule.check(source)
    ]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_tree_keeps_the_rule(rule: Rule) -> None:
    assert broken(rule) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_rule_bites(rule: Rule) -> None:
    for code in rule.bad:
        assert list(rule.check(Source(rule.at, code))), code


@pytest.mark.parametrize(("check", "code"), GOOD, ids=lambda each: getattr(each, "__name__", ""))
def test_the_rule_lets_pass_what_is_right(check: Check, code: str) -> None:
    assert list(check(Source("index_service/services/story.py", code))) == []


def test_every_exception_of_a_rule_is_needed() -> None:
    """Whoever is excepted without need would be free to break the rule later."""
    for rule in RULES:
        for path in rule.but:
            found = [s for s in sources(*rule.rooms) if s.path.startswith(path)]
            assert any(list(rule.check(source)) for source in found), (rule.name, path)


def test_every_name_that_is_allowed_is_used() -> None:
    text = "".join(source.text for source in sources(*PRODUCT))
    assert [name for name in shape.ALLOWED_NAMES if name not in text] == []


def test_the_table_above_names_every_check() -> None:
    told = re.findall(r"^\| \w+ \| (\w+) \|$", str(__doc__), re.MULTILINE)
    assert sorted(told) == sorted(rule.name for rule in RULES)
