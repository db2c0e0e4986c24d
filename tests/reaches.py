"""Reads from the code which names of libraries it uses that they do not promise."""

from __future__ import annotations

import ast
import importlib
import inspect
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from compat import LIBRARIES, Library, Reach
from settings import ROOT

CODE = ("benchmarks", "demo", "local", "realtime", "store", "tasks", "webapp")
SINGLE_FILES = ("compat.py", "errors.py", "settings.py", "tests/sockets.py")
OURS = {*CODE, "compat", "errors", "settings", "tests"}
# What begins with an underscore and stands in the manual all the same: SQLAlchemy keeps it apart so from the
# names of columns, and Python gives the end of a process the name that it has in C.
PROMISED = {"_mapping", "_exit"}


@dataclass(slots=True)
class Source:
    """A file of the project.

    Attributes:
        path: From the project's root.
        imports: What each name in it was imported as: `module` or `module:name`.
    """

    path: str
    tree: ast.Module
    imports: dict[str, str] = field(default_factory=dict)
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Use:
    """A place where a name of a library is used that it does not promise."""

    path: str
    line: int
    name: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} uses {self.name}, which does not stand in compat.py for that file"


@cache
def sources() -> tuple[Source, ...]:
    """All code that runs."""
    paths = [path for folder in CODE for path in sorted((ROOT / folder).rglob("*.py"))]
    paths += [ROOT / name for name in SINGLE_FILES]
    return tuple(read(path.relative_to(ROOT).as_posix(), path.read_text()) for path in paths)


def read(path: str, text: str) -> Source:
    """Reads a file."""
    source = Source(path, ast.parse(text))
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                whole = alias.name
                source.imports[alias.asname or whole.split(".")[0]] = (
                    whole if alias.asname else whole.split(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                source.imports[alias.asname or alias.name] = f"{node.module}:{alias.name}"
        elif isinstance(node, ast.ClassDef):
            source.classes[node.name] = node
    return source


def split(name: str) -> tuple[str, list[str] | None]:
    """A name of `compat.LIBRARIES`, and the parameters that were read with it."""
    bare, bracket, parameters = name.partition("(")
    return bare, [one for one in parameters.rstrip(")").split(", ") if one] if bracket else None


def find(owner: str) -> Any:
    """The class or module that `module:Class` or `module` names."""
    module, _, qualified = owner.partition(":")
    found: Any = importlib.import_module(module)
    for part in filter(None, qualified.split(".")):
        found = getattr(found, part)
    return found


def has(owner: Any, name: str) -> bool:
    """True for an attribute of a class or module, and for one that a method of the class sets."""
    return hasattr(owner, name) or (inspect.isclass(owner) and name in _set_in(owner))


@cache
def _set_in(one: type) -> frozenset[str]:
    names: set[str] = set()
    for base in one.__mro__:
        try:
            tree = ast.parse(textwrap.dedent(inspect.getsource(base)))
        except (OSError, TypeError):
            continue  # It is written in C.
        names |= {
            node.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
        }
    return frozenset(names)


def parameters_of(owner: Any, name: str) -> list[str]:
    """The names of all parameters of a function, a class or a method, without `self`."""
    called = getattr(owner, name)
    names = list(inspect.signature(called).parameters)
    return names[1:] if inspect.isclass(owner) and inspect.isfunction(called) else names


def undeclared(known: Sequence[Source]) -> list[Use]:
    """Where names are used that do not stand in `compat.LIBRARIES` for that file."""
    declared = {
        (path, split(name)[0])
        for library in LIBRARIES
        for reach in library.reaches
        for path in reach.used_by
        for name in reach.names
    }
    uses = {use for source in known for use in _uses(source, known)}
    return sorted(
        (use for use in uses if (use.path, use.name) not in declared),
        key=lambda use: (use.path, use.line, use.name),
    )


def unused(known: Iterable[Source], libraries: Iterable[Library] = LIBRARIES) -> list[str]:
    """What stands in `compat.LIBRARIES` for a file that does not use it."""
    words = {source.path: _words(source.tree) for source in known}
    return [
        f"compat.py says that {path} uses {reach.owner}.{split(name)[0]}, which it does not"
        for library in libraries
        for reach in library.reaches
        for path in reach.used_by
        for name in reach.names
        if split(name)[0] not in words.get(path, ())
    ]


def _words(tree: ast.Module) -> set[str]:
    """All names in the code of a file, and in its strings where they are one."""
    words: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name) | ast.Name(id=name) | ast.FunctionDef(name=name):
                words.add(name)
            case ast.alias(name=name):
                words.add(name)
            case ast.Constant(value=str(name)):
                words.add(name)
    return words


def _uses(source: Source, known: Sequence[Source]) -> Iterator[Use]:
    own = _own_names(source.tree)
    for node in ast.walk(source.tree):
        match node:
            case ast.Attribute(value=value, attr=name) if _is_private(name) and not _is_self(value):
                if name not in own or _is_super(value):
                    yield Use(source.path, node.lineno, name)
            case ast.Attribute(value=value, attr=name) if not _is_self(value):
                if name in _outspoken() and not (isinstance(value, ast.Name) and value.id in source.imports):
                    yield Use(source.path, node.lineno, name)
            case ast.Call(
                func=ast.Name(id="getattr" | "setattr"), args=[_, ast.Constant(value=str(name)), *_]
            ):
                if _is_private(name):
                    yield Use(source.path, node.lineno, name)
            case ast.Import(names=names):
                for alias in names:
                    for part in filter(_is_private, alias.name.split(".")):
                        yield Use(source.path, node.lineno, part)
            case ast.ImportFrom(module=str(module), names=names) if module.split(".")[0] not in OURS:
                hidden = any(map(_is_private, module.split("."))) and not module.startswith("_typeshed")
                for alias in names:
                    if hidden or _is_private(alias.name):
                        yield Use(source.path, node.lineno, alias.name)
            case ast.ClassDef():
                yield from _uses_of_class(source, node, known)


def _uses_of_class(source: Source, node: ast.ClassDef, known: Sequence[Source]) -> Iterator[Use]:
    """What a class overrides of a library's, and takes of it through `self`."""
    bases = list(_foreign_bases(source, node, known, set()))
    for one in node.body:
        names: list[str] = []
        match one:
            case ast.FunctionDef(name=name):
                names = [name]
            case ast.Assign(targets=targets):
                names = [
                    part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)
                ]
            case ast.AnnAssign(target=ast.Name(id=name)):
                names = [name]
        yield from (Use(source.path, one.lineno, name) for name in names if _is_of_library(name, bases))
    for inner in ast.walk(node):
        match inner:
            case ast.Attribute(value=value, attr=name) if _is_self(value) or _is_super(value):
                if _is_of_library(name, bases):
                    yield Use(source.path, inner.lineno, name)


def _is_of_library(name: str, bases: Iterable[type]) -> bool:
    """True for a name of a base class's; for a public one where the base is of a library behind the wall.

    Who makes a class of such a library's leans on how it works inside, whatever the name.
    """
    walled = _walled_packages()
    return any(
        has(base, name) and (_is_private(name) or base.__module__.split(".")[0] in walled)
        for base in bases
        if not _is_dunder(name)
    )


def _foreign_bases(
    source: Source, node: ast.ClassDef, known: Sequence[Source], seen: set[int]
) -> Iterator[type]:
    """The classes of others that a class of the project is made from, over its own bases too."""
    if id(node) in seen:
        return
    seen.add(id(node))
    for base in node.bases:
        name = ast.unparse(base.value if isinstance(base, ast.Subscript) else base)
        first, _, rest = name.partition(".")
        if first in source.classes and not rest:
            yield from _foreign_bases(source, source.classes[first], known, seen)
            continue
        imported = source.imports.get(first)
        if imported is None:
            continue
        module = imported.partition(":")[0]
        if module.split(".")[0] in OURS:
            path = module.replace(".", "/")
            for other in known:
                if other.path in (f"{path}.py", f"{path}/__init__.py") and first in other.classes:
                    yield from _foreign_bases(other, other.classes[first], known, seen)
            continue
        found = _import(imported, rest)
        if inspect.isclass(found):
            yield found


def _import(imported: str, rest: str) -> Any:
    """What an import names, be it a submodule or an attribute, and the attributes of it that follow."""
    module, _, name = imported.partition(":")
    found: Any = importlib.import_module(module)
    for part in [*filter(None, [name]), *filter(None, rest.split("."))]:
        if not hasattr(found, part):
            importlib.import_module(f"{found.__name__}.{part}")
        found = getattr(found, part)
    return found


def _own_names(tree: ast.Module) -> set[str]:
    """What a file gives a name to: functions, classes, variables, and attributes of its own objects."""
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
            case ast.Attribute(value=value, attr=name, ctx=ast.Store()) if _is_self(value):
                names.add(name)
    return names


@cache
def _outspoken() -> frozenset[str]:
    """Public looking names of the wall that cannot be mistaken: of several words, and nobody's else."""
    own: set[str] = set()
    for source in sources():
        own |= _own_names(source.tree)
    names = {split(name)[0] for _, _, name in entries()}
    return frozenset(name for name in names if "_" in name.strip("_") and not name.startswith("_")) - own | {
        "eio"
    }


@cache
def _walled_packages() -> frozenset[str]:
    return frozenset(reach.owner.partition(":")[0].split(".")[0] for _, reach, _ in entries())


def entries(libraries: Iterable[Library] = LIBRARIES) -> list[tuple[Library, Reach, str]]:
    """Each name on its own."""
    return [
        (library, reach, name) for library in libraries for reach in library.reaches for name in reach.names
    ]


def _is_private(name: str) -> bool:
    return name.startswith("_") and not _is_dunder(name) and name not in PROMISED and name != "_"


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _is_self(value: ast.expr) -> bool:
    return isinstance(value, ast.Name) and value.id in ("self", "cls")


def _is_super(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "super"
