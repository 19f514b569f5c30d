"""The floors of docs/decisions: a module imports from its own floor and from those below, never upwards; the middle stays pure."""

import ast
from functools import cache
from pathlib import Path

ENGINE = Path(__file__).parents[1] / "engine" / "relance"
FLOORS = (
    "errors", "extras", "files", "data", "model", "currencies", "iban", "dates", "zones", "law", "language", "interpreter", "factcheck", "journal", "importers", "portfolio", "columnar", "simulation", "run", "letters", "delivery", "report", "cli",
)  # fmt: skip
MODULES = sorted(ENGINE.rglob("*.py"))
#: What the pure floors may not touch: files, clocks, the environment, YAML, tables.
IMPURE = {"os", "pathlib", "time", "random", "subprocess", "yaml", "polars", "narwhals", "pyarrow", "sqlalchemy", "jinja2", "click", "rich", "pendulum"}


def floor_of(module: str) -> int:
    parts = module.split(".")
    return FLOORS.index(parts[1]) if len(parts) > 1 and parts[1] in FLOORS else len(FLOORS)


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Read a module once, whatever asks."""
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def calls(path: Path) -> set[str]:
    return {ast.unparse(node.func) for node in nodes(path) if isinstance(node, ast.Call)}


def place(path: Path) -> str:
    return path.relative_to(ENGINE).as_posix()


def imported(path: Path) -> set[str]:
    names = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names if node.module == "relance"}
    return names


def test_imports_go_down():
    upwards = []
    for path in MODULES:
        name = "relance." + path.relative_to(ENGINE).with_suffix("").as_posix().replace("/", ".")
        if name != "relance.__init__":
            upwards += [f"{name} → {other}" for other in imported(path) if other.startswith("relance.") and floor_of(other) > floor_of(name)]
    assert upwards == []


def test_the_interpreter_is_pure():
    for path in sorted((ENGINE / "interpreter").rglob("*.py")):
        assert not {name.split(".")[0] for name in imported(path)} & IMPURE, place(path)
        assert "open" not in calls(path), place(path)


def test_only_the_command_line_reads_the_clock_the_environment_and_prints():
    forbidden = {"print", "date.today", "datetime.now", "datetime.utcnow", "time.time", "pendulum.now", "pendulum.today", "os.getcwd", "Path.cwd", "os.getenv"}
    for path in MODULES:
        if "cli" not in path.parts:
            assert not calls(path) & forbidden, place(path)
            assert "os.environ" not in {ast.unparse(node) for node in nodes(path) if isinstance(node, ast.Attribute)}, place(path)


#: What a message says of its case is answered by the interpreter; invented cases are the one exception: they make the events they hold.
def test_letters_read_no_events():
    for path in sorted((ENGINE / "letters").glob("*.py")):
        if path.name not in ("sample.py", "situations.py"):
            assert not [ast.unparse(node) for node in nodes(path) if isinstance(node, ast.Attribute) and node.attr == "events"], place(path)
