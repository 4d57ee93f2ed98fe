"""What code may do and what may not be found in it (HOUSE_RULES 1 and 4)."""

import ast
import re
from collections.abc import Iterator

from tests.house.reading import Source, at, named

_LOGGERS = re.compile(r"(^|\.)(_process_log|_log|log|logger|logging)$")
_LEVELS = {"debug", "info", "warning", "warn", "error", "critical", "exception", "log"}
# What a line of the process log may hold: types, codes, kinds, counts, places in code.
_SAYABLE = re.compile(r"(^|_|\.)(code|codes|kind|count|name|status|outcome|fault)$|[A-Z0-9_]+$")
_SAYABLE_CALLS = {"len", "_place"}
_SWITCH = re.compile("disable|skip|insecure|debug|allow_")
_CLOCKS = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time",
    "datetime.datetime.now", "datetime.date.today", "time.time_ns", "time.localtime",
}  # fmt: skip


def only_what_cannot_identify_is_logged(source: Source) -> Iterator[str]:
    """A constant format, with codes, counts and names of types."""
    for call in source.calls:
        if not isinstance(call.func, ast.Attribute) or call.func.attr not in _LEVELS:
            continue
        if not _LOGGERS.search(named(call.func.value)):
            continue
        if call.func.attr == "exception" or call.keywords:
            yield f"{at(call)} logs a traceback or more"
        form, *told = call.args or [ast.Name("nothing")]
        if not (isinstance(form, ast.Constant) and isinstance(form.value, str)):
            yield f"{at(call)} logs a text that is not constant"
        for each in told:
            if not _sayable(each):
                yield f"{at(call)} logs {ast.unparse(each)}"


def _sayable(told: ast.expr) -> bool:
    if isinstance(told, ast.Constant):
        return True
    if isinstance(told, ast.Attribute) and told.attr == "__name__":
        return isinstance(told.value, ast.Call) and named(told.value.func) == "type"
    if isinstance(told, ast.Call):
        return named(told.func) in _SAYABLE_CALLS
    return bool(_SAYABLE.search(named(told))) if named(told) else False


def nothing_prints(source: Source) -> Iterator[str]:
    """Standard output is for commands."""
    for call in source.calls:
        if named(call.func) in ("print", "pprint"):
            yield f"{at(call)} prints"


def every_exception_is_caught_by_its_name(source: Source) -> Iterator[str]:
    """Whoever catches Exception catches defects too."""
    for node in source.nodes:
        if not isinstance(node, ast.ExceptHandler):
            continue
        kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        for kind in kinds:
            if kind is None or named(kind) in ("Exception", "BaseException"):
                yield f"{at(node)} catches everything"


def time_comes_from_the_clock(source: Source) -> Iterator[str]:
    """Stories are told what time it is, so that tests can say so too."""
    for call in source.calls:
        if named(call.func) in _CLOCKS:
            yield f"{at(call)} reads the time itself"


def only_a_commit_mints_receipts(source: Source) -> Iterator[str]:
    """`committed` turns a prepared entry into a receipt."""
    for call in source.calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr == "committed":
            yield f"{at(call)} mints a receipt"


def only_work_commits(source: Source) -> Iterator[str]:
    """A session or connection is committed in one place."""
    for call in source.calls:
        bare = not call.args and not call.keywords
        if isinstance(call.func, ast.Attribute) and call.func.attr == "commit" and bare:
            yield f"{at(call)} commits"


def middleware_is_plain_asgi(source: Source) -> Iterator[str]:
    """BaseHTTPMiddleware hides what leaves."""
    for node, module, name in source.imports:
        if name == "BaseHTTPMiddleware" or module == "starlette.middleware.base":
            yield f"{at(node)} takes BaseHTTPMiddleware"
    for call in source.calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr == "middleware":
            yield f"{at(call)} adds a function as middleware"


def dependencies_neither_yield_nor_block(source: Source) -> Iterator[str]:
    """What runs after a yield runs after the answer has gone; what blocks, blocks all."""
    known = {function.name: function for function in source.functions}
    for call in source.calls:
        if named(call.func).rpartition(".")[2] not in ("Depends", "Security"):
            continue
        function = known.get(named(call.args[0])) if call.args else None
        if function is None:
            yield f"{at(call)} depends on what cannot be seen here"
        elif not isinstance(function, ast.AsyncFunctionDef):
            yield f"{at(call)} depends on {function.name}, which blocks"
        elif any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in ast.walk(function)):
            yield f"{at(call)} depends on {function.name}, which yields"


def endpoints_do_not_block(source: Source) -> Iterator[str]:
    """A plain function would run in a thread, outside the request's context."""
    for function in source.functions:
        routed = any(
            isinstance(each, ast.Call)
            and isinstance(each.func, ast.Attribute)
            and each.func.attr in ("get", "put", "post", "patch", "delete")
            for each in function.decorator_list
        )
        if routed and not isinstance(function, ast.AsyncFunctionDef):
            yield f"{at(function)} {function.name} blocks"


def safety_has_no_switch(source: Source) -> Iterator[str]:
    """No setting is a yes or no, and none is called after switching something off."""
    for node in source.nodes:
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
            continue
        name = node.target.id
        if "bool" in ast.unparse(node.annotation) or _SWITCH.search(name):
            yield f"{at(node)} {name} is a switch"
