"""Every guard that must bite, how it is taken out of the source, and the test that notices.

Rules come from the table in consent/README.md, grants and walls from the migrations' own
statements: a new one is a new mutant without a line here. The rest is named by hand.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

VERSIONS = "migrations/versions"
GRANTS = (
    f"{VERSIONS}/0001_grants.sql",
    f"{VERSIONS}/0002_grants.sql",
    f"{VERSIONS}/0003_grants.sql",
    f"{VERSIONS}/0004_grants.sql",
    f"{VERSIONS}/0005_grants.sql",
    f"{VERSIONS}/0007_grants.sql",
)
WALLS = tuple(f"{VERSIONS}/000{number}_walls.sql" for number in (1, 2, 3, 4, 7))
STORE = "tests/store"
STORIES = "tests/stories"
# A policy's WITH CHECK by itself: the tables a row is tried on, for another authority.
CHECKED = ("child", "guard_token", "case_row", "access_entry", "account")
# Taken out, nothing changes on a fresh server: what they say is PostgreSQL's default, and
# they are there for a server on which somebody has said otherwise before.
SAID_AGAIN = ("revoke all on all tables in schema public", "grant usage on schema public")
_ROW = re.compile(r"^\| `(\w+)` \| `[\w:]+` \| .+ \| `(\w+)` \|$", re.MULTILINE)
_RULE_ROOMS = (
    ("ASKER_RULES", "consent/rules_asker.py", "tests/consent/test_rules_asker.py"),
    ("MEDIATOR_RULES", "consent/rules_asker.py", "tests/consent/test_rules_asker.py"),
    ("CHILD_RULES", "consent/rules_child.py", "tests/consent/test_rules_child.py"),
    (
        "INVOLVEMENT_RULES",
        "consent/rules_involvement.py",
        "tests/consent/test_rules_involvement.py",
    ),
    (
        "ASSESSMENT_RULES",
        "consent/rules_assessment.py",
        "tests/consent/test_rules_assessment.py",
    ),
)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One guard taken out: `old` becomes `new` in one file, once. `test` must then fail."""

    kind: str
    guard: str
    path: str
    old: str
    new: str
    test: str


def every_mutant(root: Path) -> list[Mutant]:
    """Return all of them for the source tree at `root`."""
    grants = [each for path in GRANTS for each in dropped_grants(root, path)]
    walls = [each for path in WALLS for each in policies(root, path)]
    return [*rules(root), *BOUNDARY, *grants, *MORE_GRANTS, *walls]


def rules(root: Path) -> Iterator[Mutant]:
    """Yield each rule of policy, taken out of its tuple."""
    named = dict(_ROW.findall((root / "consent" / "README.md").read_text("utf-8")))
    for name, path, tests in _RULE_ROOMS:
        text = (root / path).read_text("utf-8")
        start = text.index(f"\n{name}: ")
        whole = text[start : text.index("\n)\n", start) + 3]
        for rule in re.findall(r"^    (\w+),$", whole, re.MULTILINE):
            without = whole.replace(f"    {rule},\n", "") if rule in named else whole
            test = f"{tests}::{named.get(rule, 'test_is_missing')}"
            yield Mutant("rule", rule, path, whole, without, test)


def statements(text: str) -> list[str]:
    """Return a migration's statements, each as it stands."""
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    return [part.strip() for part in lines.split(";") if part.strip()]


def dropped_grants(root: Path, path: str) -> Iterator[Mutant]:
    """Yield each statement of a migration that grants or revokes, left out."""
    exactly = "test_a_duty_is_granted_what_it_needs_and_nothing_else"
    for statement in statements((root / path).read_text("utf-8")):
        if statement.startswith(SAID_AGAIN):
            continue
        named = "test_nobody_changes_removes_or_empties_the_access_log"
        test = exactly if statement.startswith(("grant", "revoke insert")) else named
        if statement.startswith("grant insert ("):
            test = "test_a_duty_is_granted_those_columns_and_no_others"
        where = f"{STORE}/test_grants.py::{test}"
        yield Mutant("grant", statement, path, f"{statement};", "", where)


def _granted(privilege: str, test: str) -> Mutant:
    last = "grant insert on access_entry, access_subject to index_job;"
    new = f"{last}\ngrant {privilege};"
    return Mutant(
        "grant", f"+ {privilege}", GRANTS[0], last, new, f"{STORE}/test_grants.py::{test}"
    )


_LOG_KEPT = "test_nobody_changes_removes_or_empties_the_access_log"
_ONE_WRITER = "test_only_one_duty_writes_records"
MORE_GRANTS = (
    *(
        _granted(f"{verb} on {table} to index_{duty}", _LOG_KEPT)
        for verb in ("update", "delete", "truncate")
        for table in ("access_entry", "access_subject")
        for duty in ("api", "feed", "audit", "job")
        if (verb, duty) != ("delete", "job")  # it has that, behind the walls of 0007
    ),
    _granted("select on access_entry to index_api", "test_only_auditors_read_the_access_log"),
    _granted("select on access_entry to index_feed", "test_only_auditors_read_the_access_log"),
    _granted(
        "select on guard_token to index_api",
        "test_the_process_that_answers_reads_no_guard_token",
    ),
    _granted("insert on child to index_api", _ONE_WRITER),
    _granted("delete on child to index_feed", _ONE_WRITER),
    _granted("update on case_row to index_api", _ONE_WRITER),
    _granted("delete on child_token to index_api", _ONE_WRITER),
    _granted(
        "insert on account to index_feed", "test_the_duty_that_writes_records_makes_no_account"
    ),
    _granted("update on agreement to index_api", "test_agreements_are_added_and_never_rewritten"),
    _granted("insert on csa_role to index_api", "test_nobody_says_whose_role_is_whose"),
    _granted("update on csa_role to index_feed", "test_nobody_says_whose_role_is_whose"),
    _granted("select on child to public", "test_whoever_may_connect_may_read_nothing"),
)


def policies(root: Path, path: str) -> Iterator[Mutant]:
    """Yield each table's wall without its policy, its force, its being on, and its check."""
    text = (root / path).read_text("utf-8")
    own = f"{STORE}/test_walls.py::test_a_duty_sees_its_own_authority_in_every_table"
    owner = f"{STORE}/test_walls.py::test_the_owner_of_the_tables_sees_and_writes_nothing"
    young = "tests/sealing/test_expiry.py::test_the_database_lets_nobody_drop_what_is_younger"
    for statement in statements(text):
        if named := re.match(r"create policy (\w+) on (\w+) as restrictive", statement):
            guard = f"{named[2]}: {named[1]}"
            yield Mutant("wall", guard, path, f"{statement};", "", young)
    for table in re.findall(r"^create policy own_authority on (\w+)$", text, re.MULTILINE):
        policy = next(s for s in statements(text) if s.startswith(_policy_of(table)))
        using = re.search(r"using (\(csa = \(.+?\)\))\n", policy)
        check = re.search(r"with check (\(csa = \(.+?\)\))$", policy)
        assert using is not None
        assert check is not None
        on = f"alter table {table} enable row level security;"
        force = f"alter table {table} force row level security;"
        wide = policy.replace(f"using {using[1]}", "using (true)")
        yield Mutant("wall", f"{table}: policy", path, f"{policy};", "", own)
        yield Mutant("wall", f"{table}: using", path, policy, wide, own)
        yield Mutant("wall", f"{table}: force", path, force, "", f"{owner}[{table}]")
        yield Mutant("wall", f"{table}: enable", path, on, "", own)
        if table in CHECKED:
            loose = policy.replace(f"with check {check[1]}", "with check (true)")
            test = f"{STORE}/test_walls.py::test_no_row_is_written_for_another_authority[{table}]"
            yield Mutant("wall", f"{table}: check", path, policy, loose, test)


def _policy_of(table: str) -> str:
    return f"create policy own_authority on {table}\n"


def _boundary(guard: str, old: str, new: str, test: str) -> Mutant:
    path = "index_service/api/boundary.py"
    return Mutant("boundary", guard, path, old, new, f"tests/api_unit/{test}")


BOUNDARY = (
    Mutant(
        "boundary",
        "the served application is behind the boundary",
        "index_service/main.py",
        "    return Boundary(app, index.log, Flood(index.log))",
        "    return app",
        f"{STORIES}/test_access_log.py::test_a_receipt_names_the_leaf_that_stands_in_the_log",
    ),
    _boundary(
        "a success needs a receipt",
        "        if status < 400:  # A disclosure",
        "        if status < 0:  # A disclosure",
        "test_boundary.py::test_a_success_without_its_receipt_is_withheld_and_written_down",
    ),
    _boundary(
        "no receipt, no answer",
        "        if receipt is None or self._state is not _State.WEIGHING:",
        "        if self._state is not _State.WEIGHING:",
        "test_boundary.py::test_no_byte_leaves_unrecorded",
    ),
    _boundary(
        "a receipt is good for one answer",
        "        if receipt is not None and not receipt.spent:\n            return receipt",
        "        if receipt is not None:\n            return receipt",
        "test_boundary.py::test_one_receipt_accounts_for_one_answer",
    ),
    _boundary(
        "nobody else writes Audit-Receipt",
        "        RECEIPT_HEADER,\n",
        "",
        "test_boundary.py::test_only_the_boundary_writes_its_headers",
    ),
    _boundary(
        "unknown messages are refused",
        "        self._broken = self._state is _State.OPEN\n        self._state = _State.DROPPED",
        "        await self._send({'type': kind})",
        "test_interruptions.py::test_an_unknown_message_breaks_an_answer_off",
    ),
    _boundary(
        "a refusal is entered",
        "        task = self._boundary.record(self._attempt, outcome)\n        if task is None:",
        "        task = None\n        if task is None:",
        "test_boundary.py::test_a_refusal_s_entry_holds_what_was_asked_and_by_whom",
    ),
    _boundary(
        "a disconnect takes no entry along",
        "            if self._state is _State.UNSAID and not self._accounted():",
        "            if False:",
        "test_interruptions.py::test_a_cancelled_request_has_exactly_one_entry",
    ),
    _boundary(
        "only HTTP is served",
        '        if scope["type"] != "http":\n            raise NotServed\n',
        "",
        "test_boundary.py::test_only_http_is_served",
    ),
    Mutant(
        "boundary",
        "only the access log mints receipts",
        "index_service/log/receipt.py",
        "        if mint is not _MINT:",
        "        if False:",
        "tests/log/test_receipt.py::test_nobody_but_the_access_log_mints",
    ),
    Mutant(
        "boundary",
        "who may not ask is refused before any child is read",
        "index_service/services/admitting.py",
        "    if not decision.allowed:",
        "    if False:",
        f"{STORIES}/test_lookup.py::test_suppliers_and_auditors_look_nobody_up",
    ),
    Mutant(
        "boundary",
        "a hit of a withheld class is dropped",
        "index_service/services/search.py",
        "if decision.allowed and not decision.permits.isdisjoint(hits[child.child_id]):",
        "if decision.allowed:",
        f"{STORIES}/test_shield.py::test_a_hidden_fact_leads_to_no_near_match",
    ),
)
