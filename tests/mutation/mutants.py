"""The changes that are tried: every place of a function that mutmut would change, as the function's code after the change.

Left out is what nobody could notice or what says nothing about the code: annotations and docstrings (mutmut's own rule), a string in other letters beside the string with `XX` about it, what `cast`
names, `strict` of `zip`, the size of a cache, the words of an `assert`, the words of a sentence (tests/sentences compares them all with the catalogue), the `ZERO` that a sum starts with, and what compiles to the same code.
"""

from __future__ import annotations
import __future__

import ast
import difflib
import functools
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import libcst
from mutmut.mutation.file_mutation import Mutation, create_mutations

#: What a change may touch without being a change: the words of an assertion for the reader of the types, or of the caller's own mistakes; sentences.
NOT_ASKED = (
    re.compile(r",?\s*strict=(True|False|None)"),
    re.compile(r"(?<=\blru_cache\()maxsize=\w+"),
    re.compile(r"\bcast\([^,()]+,\s*"),
    re.compile(r"^\s*assert\b.*$", re.MULTILINE),
    re.compile(r'(?<=\bsentence\()\s*"[^"]*"|(?<=\bplural\()\s*"[^"]*",\s*"[^"]*"|(?<=\bmarked\()"[^"]*"'),
)


@dataclass(frozen=True)
class Mutant:
    """One change: the function's dotted name in its module, the line of the file, what stood there and stands there now, and the function's code after it."""

    module: str
    function: str
    line: int
    old: str
    new: str
    code: CodeType
    #: 0 for the first of its words in the function, 1 for the second …
    nth: int = 0

    @property
    def name(self) -> str:
        """Say it as survivors.txt does: place, what stood there, what was put in its place."""
        return f"{self.module}.{self.function}: {self.old} => {self.new}" + (f" ({self.nth + 1})" if self.nth else "")


def of(path: Path, module: str) -> Iterator[Mutant]:
    """Yield the changes of every function and method of a file, in the order of the file."""
    source = path.read_text("utf-8")
    bare = without_decorators(source)
    starts = {(name, at.name): at.lineno for name, at in functions(ast.parse(bare))}
    tree, changes, *_ = create_mutations(str(path), bare)
    homes = dict(owners(tree))
    said: Counter[tuple[str, str, str]] = Counter()
    for change in changes:
        function = change.contained_by_top_level_function
        if isinstance(function, libcst.FunctionDef) and function in homes and not (only_letters(change) or only_start(change) or only_strict(change)):
            name = homes[function]
            made = mutant(function, change, module, name, starts[name.rpartition(".")[0], function.name.value])
            if made is not None:
                key = (name, made.old, made.new)
                yield Mutant(made.module, made.function, made.line, made.old, made.new, made.code, said[key])
                said[key] += 1


def mutant(function: libcst.FunctionDef, change: Mutation, module: str, name: str, start: int) -> Mutant | None:
    """Make the change, or return None where it is none."""
    before = libcst.Module([function]).code
    after = libcst.Module([libcst.ensure_type(function.deep_replace(change.original_node, change.mutated_node), libcst.FunctionDef)]).code
    if functools.reduce(lambda text, shape: shape.sub("", text), NOT_ASKED, before) == functools.reduce(
        lambda text, shape: shape.sub("", text), NOT_ASKED, after
    ):
        return None
    try:
        old, new = compiled(before, function.name.value), compiled(after, function.name.value)
    except SyntaxError:
        return None
    if same(old, new):
        return None
    was, now = before.splitlines(), after.splitlines()
    gone, come = difference(was, now)
    header = next(number for number, line in enumerate(was) if re.match(r"(async )?def ", line))
    first = next((number for number, (one, other) in enumerate(zip(was, now, strict=False)) if one != other), len(was) - 1)
    return Mutant(module, name, start + first - header, gone, come, new)


def only_letters(change: Mutation) -> bool:
    """Tell whether a string was put into capitals or out of them: the same string with `XX` about it is tried already."""
    one, other = change.original_node, change.mutated_node
    return (
        isinstance(one, libcst.SimpleString) and isinstance(other, libcst.SimpleString) and one.value.casefold() == other.value.casefold()
    )


def only_start(change: Mutation) -> bool:
    """Tell whether a sum was left to start with 0 in place of Decimal 0: they are equal, and so is what is added to them."""
    one, other = change.original_node, change.mutated_node
    if not (isinstance(one, libcst.Call) and isinstance(other, libcst.Call) and isinstance(one.func, libcst.Name) and one.func.value == "sum"):
        return False
    kept = [each.value for each in one.args]
    return len(kept) == 2 and isinstance(kept[1], libcst.Name) and kept[1].value == "ZERO" and [each.value for each in other.args] == kept[:1]


def only_strict(change: Mutation) -> bool:
    """Tell whether all that changed of a call of `zip` is its `strict`, or that it has one."""
    calls = [each for each in (change.original_node, change.mutated_node) if isinstance(each, libcst.Call) and isinstance(each.func, libcst.Name) and each.func.value == "zip"]
    given = [[each.value for each in call.args if each.keyword is None] for call in calls]
    return len(given) == 2 and given[0] == given[1]


def without_decorators(source: str) -> str:
    """Leave the lines of decorators of functions empty: mutmut passes decorated functions over, and here it is their code that is changed, not their names."""
    lines = source.splitlines()
    for _, node in functions(ast.parse(source)):
        for decorator in node.decorator_list:
            for number in range(decorator.lineno - 1, decorator.end_lineno or decorator.lineno):
                lines[number] = ""
    return "\n".join(lines) + "\n"


def functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield the functions of a module and the methods of its classes with the name of their class, or ""."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield "", node
        elif isinstance(node, ast.ClassDef):
            yield from ((node.name, each) for each in node.body if isinstance(each, ast.FunctionDef))


def owners(tree: libcst.Module) -> Iterator[tuple[libcst.FunctionDef, str]]:
    """Yield the same functions as `functions`, as libcst sees them, with their dotted names."""
    for node in tree.body:
        if isinstance(node, libcst.FunctionDef):
            yield node, node.name.value
        elif isinstance(node, libcst.ClassDef) and isinstance(node.body, libcst.IndentedBlock):
            yield from ((each, f"{node.name.value}.{each.name.value}") for each in node.body.body if isinstance(each, libcst.FunctionDef))


def compiled(source: str, name: str) -> CodeType:
    """Compile the text of one function to the code of its body."""
    module = compile(source, "<mutant>", "exec", flags=__future__.annotations.compiler_flag, dont_inherit=True)
    return next(each for each in module.co_consts if isinstance(each, CodeType) and each.co_name == name)


def same(one: object, other: object) -> bool:
    """Tell whether two constants, or the code of two functions, are the same but for their places in the text."""
    if isinstance(one, CodeType) and isinstance(other, CodeType):
        return (one.co_code, one.co_names, one.co_varnames) == (other.co_code, other.co_names, other.co_varnames) and same(
            one.co_consts, other.co_consts
        )
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and one == other


def difference(was: list[str], now: list[str]) -> tuple[str, str]:
    """Return what stood there and what stands there now, each in one line."""
    lines = [line for line in difflib.ndiff(was, now) if line[:2] in {"- ", "+ "}]
    return (" ".join(line[2:].strip() for line in lines if line[0] == "-"), " ".join(line[2:].strip() for line in lines if line[0] == "+"))


def put(change: Mutant) -> bool:
    """Give the function the code of the change, for good: whoever calls this is a process of its own. False where the code does not fit (a method that names its class)."""
    found: Any = sys.modules[change.module]
    for part in change.function.split("."):
        found = vars(found)[part]
    function = bare(found)
    if function.__code__.co_freevars != change.code.co_freevars:
        return False
    function.__code__ = change.code
    return True


def bare(found: Any) -> FunctionType:
    """Take a property, a cache, a class method or a context manager off its function."""
    while not isinstance(found, FunctionType) or hasattr(found, "__wrapped__"):
        found = next(getattr(found, part) for part in ("__wrapped__", "__func__", "fget", "func") if hasattr(found, part))
    return found


def forget(prefixes: tuple[str, ...], but: Sequence[str] = ()) -> None:
    """Empty the caches of functions of the modules whose names begin so, but for some."""
    for name, module in list(sys.modules.items()):
        if name.startswith(prefixes) and name not in but:
            for found in list(vars(module).values()):
                clear: Callable[[], None] | None = getattr(found, "cache_clear", None) if hasattr(found, "__wrapped__") else None
                if clear is not None:
                    clear()
