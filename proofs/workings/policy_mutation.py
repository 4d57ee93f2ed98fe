"""Small faults put into a module, one at a time: what good tests must notice.

Left alone is what decides nothing: docstrings, annotations, decorators, types and the names
a module exports. All else that an operator below fits is changed, one change a mutation.
"""

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

_FLIPS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_TURNED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_CALLED = {"min": "max", "max": "min", "any": "all", "all": "any"}
_DROPPED = (ast.Raise, ast.Continue, ast.Expr, ast.AugAssign, ast.If, ast.For)
_UNSAID = ("annotation", "returns", "decorator_list", "bases", "keywords", "type_ignores")
_BLOCKS = ("body", "orelse", "finalbody")
_Change = Callable[[], object]
_Place = tuple[ast.AST, str, _Change]


@dataclass(frozen=True, slots=True)
class Mutation:
    """One change: its name, the module it is in, where, and the module's whole text with it."""

    name: str
    path: str
    line: int
    text: str


def mutations(root: Path, path: str, some: Callable[[int], bool] | None = None) -> list[Mutation]:
    """Return the mutations of a module, or some by number: each text once and none its own."""
    source = (root / path).read_text("utf-8")
    tree = ast.parse(source)
    seen, found = {ast.unparse(tree)}, []
    scopes, named = dict(_scopes(tree, "")), Counter[str]()
    for number, (node, what, _) in enumerate(list(_places(tree))):
        name = f"{path} {scopes.get(node, '')}: {what}"
        named[name] += 1
        if some is not None and not some(number):
            continue
        copy = ast.parse(source)
        _, _, change = next(islice(_places(copy), number, None))
        change()
        text = ast.unparse(ast.fix_missing_locations(copy))
        if text not in seen:
            seen.add(text)
            again = f" ({named[name]})" if named[name] > 1 else ""
            found.append(Mutation(name + again, path, getattr(node, "lineno", 0), text))
    return found


def _scopes(node: ast.AST, scope: str) -> Iterator[tuple[ast.AST, str]]:
    """Yield every node with the function or class it stands in."""
    for child in ast.iter_child_nodes(node):
        inner = scope
        if isinstance(child, (ast.FunctionDef, ast.ClassDef)):
            inner = f"{scope}.{child.name}".strip(".")
        yield child, inner
        yield from _scopes(child, inner)


def _places(tree: ast.Module) -> Iterator[_Place]:
    """Yield each place where one thing can be changed, what, and how."""
    for node in _deciding(tree):
        if isinstance(node, ast.Compare):
            yield from _comparisons(node)
        elif isinstance(node, ast.BoolOp):
            yield from _connectives(node)
        elif isinstance(node, (ast.UnaryOp, ast.BinOp, ast.IfExp, ast.Call, ast.Constant)):
            yield from _expressions(node)
        elif isinstance(node, (ast.Tuple, ast.List, ast.Set, ast.Dict, ast.comprehension)):
            yield from _members(node)
        elif isinstance(node, (ast.Return, ast.If)):
            yield from _statements(node)
        for block in _BLOCKS:
            yield from _left_out(getattr(node, block, None))


def _deciding(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a tree that decide anything, in the tree's own order."""
    yield node
    for name, value in ast.iter_fields(node):
        if name in _UNSAID and isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.arg)):
            continue
        if name == "annotation":
            continue
        parts = value if isinstance(value, list) else [value]
        if name == "exc" and isinstance(value, ast.Call):
            # What a fault says is for people; that it is raised is mutated as a statement.
            parts = [each for each in value.args if not isinstance(each, ast.Constant)]
        for part in parts:
            if isinstance(part, ast.AST) and not _unsaid(part):
                yield from _deciding(part)


def _unsaid(node: ast.AST) -> bool:
    """Return whether nothing rests on a node: imports, docstrings, types, exported names."""
    if isinstance(node, (ast.Import, ast.ImportFrom, ast.JoinedStr)):
        return True
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
        return False
    name, value = node.targets[0].id, node.value
    typed = isinstance(value, ast.Subscript) or ast.unparse(value).startswith("TypeVar(")
    camel = name.strip("_")[:1].isupper() and not name.isupper()
    return name == "__all__" or typed or (camel and isinstance(value, ast.BinOp))


def _comparisons(node: ast.Compare) -> Iterator[_Place]:
    for at, each in enumerate(node.ops):
        for flipped in _FLIPS[type(each)]:
            what = f"{type(each).__name__} is {flipped.__name__}"
            yield node, what, partial(node.ops.__setitem__, at, flipped())


def _connectives(node: ast.BoolOp) -> Iterator[_Place]:
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield node, f"{type(node.op).__name__} turned", partial(_set, node, op=other)
    for at, part in enumerate(node.values):
        yield part, f"{ast.unparse(part)[:40]} left out", partial(node.values.pop, at)


def _expressions(node: Any) -> Iterator[_Place]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        twice = ast.UnaryOp(ast.Not(), node.operand)
        yield node, "Not dropped", partial(_set, node, operand=twice)
    elif isinstance(node, ast.BinOp) and type(node.op) in _TURNED:
        turned = _TURNED[type(node.op)]()
        yield node, f"{type(node.op).__name__} turned", partial(_set, node, op=turned)
        # The same on both sides of | is that side alone, of sets and of whole numbers.
        alone = partial(_set, node, op=ast.BitOr(), right=node.left)
        yield node, f"{ast.unparse(node.right)[:40]} left out", alone
    elif isinstance(node, ast.IfExp):
        yield node, "branches swapped", partial(_set, node, body=node.orelse, orelse=node.body)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if (other := _CALLED.get(node.func.id)) is not None:
            yield node, f"{node.func.id} is {other}", partial(_set, node.func, id=other)
    elif isinstance(node, ast.Constant) and (changed := _changed(node.value)) is not None:
        yield node, f"{node.value!r:.24} changed", partial(_set, node, value=changed)


def _set(node: ast.AST, **values: object) -> None:
    for name, value in values.items():
        setattr(node, name, value)


def _changed(value: object) -> object:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    return f"{value}x" if isinstance(value, str) else None


def _members(node: Any) -> Iterator[_Place]:
    if isinstance(node, ast.Dict):
        for at, key in enumerate(node.keys):
            what = f"{ast.unparse(key) if key else 'the rest'} left out"
            yield node.values[at], what, partial(_drop_entry, node, at)
        return
    members = node.ifs if isinstance(node, ast.comprehension) else node.elts
    if isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        for at, each in enumerate(members):
            yield each, f"{ast.unparse(each)[:40]} left out", partial(members.pop, at)


def _drop_entry(node: ast.Dict, at: int) -> None:
    del node.keys[at], node.values[at]


def _statements(node: Any) -> Iterator[_Place]:
    if isinstance(node, ast.If):
        turned = ast.UnaryOp(ast.Not(), node.test)
        yield node, "condition turned", partial(_set, node, test=turned)
    elif node.value is not None and ast.unparse(node.value) != "None":
        yield node, "returns None", partial(_set, node, value=ast.Constant(None))


def _left_out(block: Any) -> Iterator[_Place]:
    for at, each in enumerate(block if isinstance(block, list) else ()):
        if isinstance(each, _DROPPED) and not _unsaid(each):
            what = f"{ast.unparse(each).splitlines()[0][:40]} left out"
            yield each, what, partial(block.__setitem__, at, ast.Pass())
