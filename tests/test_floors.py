"""The floors of docs/decisions: a module imports from its own floor and from those below, never upwards; the middle stays pure."""

import ast
from pathlib import Path

import pytest

ENGINE = Path(__file__).parents[1] / "engine" / "relance"
FLOORS = (
    "model", "data", "dates", "law", "language", "interpreter", "journal", "importers", "portfolio", "columnar", "simulation", "run", "letters", "delivery", "report", "cli",
)  # fmt: skip
MODULES = sorted(ENGINE.rglob("*.py"))
#: What the pure floors may not touch: files, clocks, the environment, YAML, tables.
IMPURE = {"os", "pathlib", "time", "random", "subprocess", "yaml", "polars", "narwhals", "pyarrow", "sqlalchemy", "jinja2", "click", "rich", "pendulum"}


def floor_of(module: str) -> int:
    parts = module.split(".")
    return FLOORS.index(parts[1]) if len(parts) > 1 and parts[1] in FLOORS else len(FLOORS)


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names if node.module == "relance"}
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ENGINE).as_posix())
def test_imports_go_down(path):
    name = "relance." + path.relative_to(ENGINE).with_suffix("").as_posix().replace("/", ".")
    if name == "relance.__init__":
        return
    mine = floor_of(name)
    upwards = {other for other in imported(path) if other.startswith("relance.") and floor_of(other) > mine}
    assert not upwards


@pytest.mark.parametrize("path", sorted((ENGINE / "interpreter").rglob("*.py")), ids=lambda path: path.name)
def test_the_interpreter_is_pure(path):
    assert not {name.split(".")[0] for name in imported(path)} & IMPURE
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert "open" not in {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


@pytest.mark.parametrize("path", [path for path in MODULES if "cli" not in path.parts], ids=lambda path: path.relative_to(ENGINE).as_posix())
def test_only_the_command_line_reads_the_clock_the_environment_and_prints(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    forbidden = {"print", "date.today", "datetime.now", "datetime.utcnow", "time.time", "pendulum.now", "pendulum.today", "os.getcwd", "Path.cwd", "os.getenv"}
    assert not calls & forbidden
    assert "os.environ" not in {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


#: What a message says of its case is answered by the interpreter; invented cases are the one exception: they make the events they hold.
@pytest.mark.parametrize("path", sorted((ENGINE / "letters").glob("*.py")), ids=lambda path: path.name)
def test_letters_read_no_events(path):
    if path.name in ("sample.py", "situations.py"):
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "events"]
