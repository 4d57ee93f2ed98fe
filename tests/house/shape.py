"""How big things are, what they are called, and what is said of them (HOUSE_RULES 2 and 3)."""

import ast
import re
from collections.abc import Iterator

from tests.house.reading import Source, at

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
ARGUMENTS_MAX = 5
PUBLIC_NAMES_MAX = 12

BANNED = frozenset(
    "person patient client profile entity user tenant node event item payload helper manager util"
    " utils link relation owner hidden private special proxy impersonate purge remote serialize"
    " dump".split()
)
# The field's own words where they mean something else than what the rule is about.
ALLOWED_NAMES = {
    "PersonName": "a name as given, of a child, a carer or a practitioner alike",
    "PersonContact": "the named practitioner behind a team, as the guidance says it",
    "end_user_agreement_is_signed": "the user agreement, by its name in the guidance",
    "CarerRelation": "Schedule 1's word for how a carer stands to the child",
    "SecondPerson": "the two-person rule, by its usual name",
}
# Closed lists of words, shapes or tables: many names, one thing to look up.
VOCABULARIES = {
    "consent/facts.py": "the words policy decides on",
    "consent/rules_asker.py": "one predicate per rule about the asker",
    "consent/rules_child.py": "one predicate per rule about the child",
    "index_service/domain/child.py": "the parts of a record, in Schedule 1's order",
    "index_service/domain/disclosure.py": "one function per part shown",
    "index_service/domain/matching/compare.py": "one comparison per kind of fact",
    "index_service/federation/oblivious.py": "one function per step of RFC 9497",
    "index_service/services/encoding.py": "a writer and a reader per part of a record",
    "index_service/domain/fields.py": "one check per kind of text",
    "index_service/domain/shapes.py": "one shape per kind of text",
    "index_service/store/tables.py": "one table per name",
}
FOLDERS_BANNED = {"utils", "util", "common", "helpers", "helper", "core", "managers", "misc", "lib"}
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_SILENCED = re.compile(r"#\s*(noqa|type:\s*ignore)(.*)$")
_REASON = re.compile(r"noqa: [A-Z0-9, ]+\s+\(.+|ignore\[[a-z-, ]+\]\s+#.+")


def a_file_is_short(source: Source) -> Iterator[str]:
    """At most 400 lines; how long they are is the linter's to say."""
    lines = len(source.text.splitlines())
    if lines > FILE_LINES_MAX:
        yield f"{lines} lines"


def a_function_is_short(source: Source) -> Iterator[str]:
    """At most 70 lines, those of functions within it counted with those."""
    for function in source.functions:
        inner = [node for node in source.functions if source.parents[node] is function]
        own = _lines(function) - sum(map(_lines, inner))
        if own > FUNCTION_LINES_MAX:
            yield f"{at(function)} {function.name} has {own} lines"


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def a_function_takes_few_arguments(source: Source) -> Iterator[str]:
    """Five, then a dataclass."""
    for function in source.functions:
        taken = function.args
        names = [each.arg for each in (*taken.posonlyargs, *taken.args, *taken.kwonlyargs)]
        count = len([name for name in names if name not in ("self", "cls")])
        if count > ARGUMENTS_MAX:
            yield f"{at(function)} {function.name} takes {count}"


def a_module_has_few_public_names(source: Source) -> Iterator[str]:
    """Twelve functions and classes, but for closed vocabularies."""
    defined = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    names = {node.name for node in source.tree.body if isinstance(node, defined)}
    public = [name for name in names if not name.startswith("_")]
    if len(public) > PUBLIC_NAMES_MAX and source.path not in VOCABULARIES:
        yield f"{len(public)} public names"


def a_module_says_what_lives_in_it(source: Source) -> Iterator[str]:
    """One sentence at the top, unless there is nothing in it."""
    code = [line for line in source.text.splitlines() if line and not line.startswith("#")]
    if code and not code[0].startswith(('"""', 'r"""')):
        yield "no docstring"


def what_is_public_says_what_it_is(source: Source) -> Iterator[str]:
    """Public functions, classes and methods have a docstring."""
    for node in source.nodes:
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        if node.name.startswith("_") or ast.get_docstring(node):
            continue
        if source.within(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        whole = source.parents[node]
        inside = isinstance(whole, ast.ClassDef) and not whole.name.startswith("_")
        if inside or isinstance(whole, ast.Module):
            yield f"{at(node)} {node.name} has no docstring"


def names_are_the_fields_words(source: Source) -> Iterator[str]:
    """No class or function is called by a word of the never column."""
    for node in source.nodes:
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        words = {word.lower() for word in _WORDS.findall(node.name)}
        words |= {word.removesuffix("s") for word in words}
        if words & BANNED and node.name not in ALLOWED_NAMES:
            yield f"{at(node)} {node.name} says {', '.join(sorted(words & BANNED))}"


def rooms_are_nouns_of_the_field(source: Source) -> Iterator[str]:
    """No folder or module for what belongs nowhere."""
    for part in source.path.removesuffix(".py").split("/"):
        if part in FOLDERS_BANNED:
            yield f"{part} is no room"


def silence_has_a_reason(source: Source) -> Iterator[str]:
    """A silenced finding names its rule and says why on the same line."""
    for number, line in enumerate(source.text.splitlines(), 1):
        found = _SILENCED.search(line)
        if not found or '"' in found[2] or "'" in found[2]:
            continue
        if not _REASON.search(found[1] + found[2]):
            yield f"line {number} silences without a reason"
