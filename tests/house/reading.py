"""The tree as the house rules read it: every source parsed once, nothing run."""

import ast
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCT = ("consent", "index_service", "index_verify", "index_client", "thin_client")
CODE = (*PRODUCT, "demo", "bench", "proofs", "migrations", "dev.py")
_NOT_OURS = {"__pycache__", "build", "dist"}


@dataclass(frozen=True, eq=False)
class Source:
    """One source: its path from the root, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed source."""
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Everything in it, outermost first."""
        return [self.tree, *self.parents]

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """What each part stands in, outermost parts first: the one walk through a source."""
        found: dict[ast.AST, ast.AST] = {}
        level: list[ast.AST] = [self.tree]
        while level:
            parts = [
                (part, whole)
                for whole in level
                for part in ast.iter_child_nodes(whole)
                if not isinstance(part, ast.expr_context)  # says nothing, and one object for all
            ]
            found.update(parts)
            level = [part for part, _ in parts]
        return found

    @cached_property
    def docstrings(self) -> set[ast.AST]:
        """The strings that are docstrings, or texts standing by themselves."""
        return {
            node.value
            for node in self.nodes
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        }

    @cached_property
    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function and method, nested ones too."""
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
        return [node for node in self.nodes if isinstance(node, kinds)]

    @cached_property
    def calls(self) -> list[ast.Call]:
        """Every call."""
        return [node for node in self.nodes if isinstance(node, ast.Call)]

    @cached_property
    def imports(self) -> list[tuple[ast.stmt, str, str]]:
        """Every import: (statement, module, name imported from it, or "")."""
        found: list[tuple[ast.stmt, str, str]] = []
        for node in self.nodes:
            if isinstance(node, ast.Import):
                found += [(node, alias.name, "") for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                found += [(node, node.module or "", alias.name) for alias in node.names]
        return found

    def within(self, node: ast.AST, kinds: type[ast.AST] | tuple[type[ast.AST], ...]) -> bool:
        """Return whether a part stands anywhere inside one of these."""
        whole = self.parents.get(node)
        while whole is not None:
            if isinstance(whole, kinds):
                return True
            whole = self.parents.get(whole)
        return False


@cache
def sources(*rooms: str) -> tuple[Source, ...]:
    """Return every Python source of these rooms (folders or files below the root)."""
    found: list[Source] = []
    for room in rooms:
        place = ROOT / room
        paths = [place] if place.suffix == ".py" else sorted(place.rglob("*.py"))
        found += [_source(path) for path in paths if not _NOT_OURS & set(path.parts)]
    return tuple(found)


@cache
def _source(path: Path) -> Source:
    return Source(path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))


def named(node: ast.AST) -> str:
    """Return the dotted name an expression is ("a.b.c"), or "" if it is none."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = named(node.value)
        return f"{before}.{node.attr}" if before else node.attr
    return ""


def at(node: ast.AST) -> str:
    """Return the line a part stands on."""
    return f"line {getattr(node, 'lineno', 0)}"
