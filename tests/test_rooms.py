"""The house as a whole: no circle, no room too large, no module too long, and no public name that stands for two things."""

import ast
import subprocess
import sys
from collections import Counter, defaultdict
from graphlib import TopologicalSorter
from pathlib import Path

from tests.sentences.collect import nodes

ENGINE = Path(__file__).parents[1] / "engine" / "relance"
MODULES = {("relance." + path.relative_to(ENGINE).with_suffix("").as_posix().replace("/", ".")).removesuffix(".__init__"): path for path in ENGINE.rglob("*.py")}

#: Words that say what a module does with its one thing; which thing it is, the module's name says.
VERBS = {"build", "check", "find", "fold", "load", "parse", "read", "render", "resolve", "run", "verify", "write"}


def imports():
    graph = {}
    for name, path in MODULES.items():
        found = set()
        for node in nodes(path):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found |= {full if (full := f"{node.module}.{alias.name}") in MODULES else node.module for alias in node.names}
        graph[name] = {each for each in found if each in MODULES and each != name}
    return graph


def test_no_module_imports_itself_by_a_circle():
    TopologicalSorter({name: found for name, found in imports().items() if name != "relance"}).prepare()


def test_no_room_is_larger_than_fifteen_in_a_hundred_of_the_house():
    sizes = Counter()
    for path in MODULES.values():
        sizes[path.relative_to(ENGINE).parts[0]] += len(path.read_text(encoding="utf-8").splitlines())
    assert {room: size for room, size in sizes.items() if size > 0.15 * sizes.total()} == {}


def test_no_public_class_is_two_things():
    homes = defaultdict(set)
    for name, path in MODULES.items():
        for node in nodes(path)[0].body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].add(name)
    assert {name: sorted(where) for name, where in homes.items() if len(where) > 1} == {}


def answers():
    """Give, by the name of each public function, what it answers with where: a module's own word is read with its module's name, `camt.read` and `lemmas.read`.

    Left out are commands (the command line names them), checks (nobody calls them by name), and what `columnar` has under the name of what it must agree with.
    """
    found = defaultdict(dict)
    for name, path in MODULES.items():
        for node in nodes(path)[0].body:
            marks = [ast.unparse(each) for each in getattr(node, "decorator_list", ())]
            named = any(mark.partition("(")[0].endswith(("command", "group", "check")) for mark in marks)
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not named and not name.startswith("relance.columnar."):
                found[node.name][name] = ast.unparse(node.returns).removesuffix(" | None") if node.returns else ""
    return found


def test_no_public_function_is_two_things():
    twice = {name for name, where in answers().items() if len(set(where.values())) > 1 and name not in VERBS}
    assert twice == set(), "another function of that name answers with another kind of thing: give the new one a name of its own"


def test_help_loads_nothing_heavy():
    heavy = ("pendulum", "polars", "jsonschema", "sqlalchemy", "babel", "rich", "typst")
    code = f"import sys; sys.argv = ['relance', '--help']\nfrom relance.cli import main\ntry: main()\nexcept SystemExit: pass\nprint([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_what_is_run_with_what_takes_longer_is_there():
    """Each line of tests/dear.txt names a test that its file has; one whose name is gone would be run in the suite again without a word."""
    tests = ENGINE.parents[1] / "tests"
    lines = [line.partition("::") for line in (tests / "dear.txt").read_text(encoding="utf-8").splitlines()]
    gone = [f"{file}::{name}" for file, _, name in lines if f"\ndef {name.partition('[')[0]}(" not in (tests.parent / file).read_text(encoding="utf-8")]
    assert gone == []
    assert len(lines) == len(set(lines)) > 0
