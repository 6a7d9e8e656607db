"""What a Python file imports, read from its text.

An import below `if TYPE_CHECKING:` is marked `only_types`: it asks for nothing at run time. A string
"iree.a.b:Name" is the way a registry names a class that it imports later, and so an import, marked `by_name`;
f"{_PLACE}.b:Name" is too, where _PLACE is a constant of the file.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_LAZY = re.compile(r"(iree(?:\.\w+)+):\w+")


class Import(NamedTuple):
    """`from iree.hal import buffer` imports iree.hal.buffer where that is a file, else `buffer` from iree.hal."""

    module: str
    line: int
    name: str = ""
    only_types: bool = False
    by_name: bool = False


def module_path(root: Path, module: str) -> str | None:
    """The file of a module of this workspace, generated or written; None where it has none here."""
    path = module.replace(".", "/")
    candidates = (f"{path}.py", f"{path}/__init__.py")
    schema = root / f"{path.removesuffix('_generated')}.fbs"
    if path.endswith("_generated") and schema.exists():
        return candidates[0]
    return next((candidate for candidate in candidates if (root / candidate).is_file()), None)


def _checks_types(node: ast.If) -> bool:
    return ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def _nodes(tree: ast.AST, only_types: bool) -> Iterator[tuple[ast.AST, bool]]:
    for node in ast.iter_child_nodes(tree):
        typed = only_types or (isinstance(node, ast.If) and _checks_types(node))
        yield node, typed
        yield from _nodes(node, typed)


def _string_constants(tree: ast.Module) -> dict[str, str]:
    constants = {}
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))):
                constants[name] = text
    return constants


def _text(node: ast.AST, constants: dict[str, str]) -> str | None:
    """The value of a string, or of an f-string that only names constants."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.FormattedValue(value=ast.Name(id=name)):
            return constants.get(name)
        case ast.JoinedStr(values=parts):
            texts = [_text(part, constants) for part in parts]
            return "".join(text for text in texts if text is not None) if None not in texts else None
    return None


def _of_node(root: Path, node: ast.AST, constants: dict[str, str]) -> Iterator[Import]:
    match node:
        case ast.Import(names=aliases):
            yield from (Import(alias.name, node.lineno) for alias in aliases)
        case ast.ImportFrom(module=str(module), names=aliases):
            for alias in aliases:
                inner = f"{module}.{alias.name}"
                if module_path(root, inner):
                    yield Import(inner, node.lineno)
                else:
                    yield Import(module, node.lineno, alias.name)
        case ast.Constant() | ast.JoinedStr():
            lazy = _LAZY.fullmatch(_text(node, constants) or "")
            if lazy and module_path(root, lazy[1]):
                yield Import(lazy[1], node.lineno, by_name=True)


def imports_of(root: Path, path: str) -> list[Import]:
    tree = ast.parse((root / path).read_text(), filename=path)
    constants = _string_constants(tree)
    found = ((one, typed) for node, typed in _nodes(tree, False) for one in _of_node(root, node, constants))
    return [one._replace(only_types=typed) for one, typed in found]
