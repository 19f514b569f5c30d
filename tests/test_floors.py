"""The floors of docs/decisions: a module imports from its own floor and from those below, never upwards; the middle stays pure."""

import ast
from functools import cache
from pathlib import Path

from tests.sentences.collect import nodes

ENGINE = Path(__file__).parents[1] / "engine" / "relance"
FLOORS = (
    "errors", "files", "escaping", "data", "model", "sentences", "extras", "currencies", "iban", "dates", "contact_room", "own_fields", "zones", "law", "language", "project", "interpreter", "factcheck", "journal", "parsing", "statements", "importers", "convert", "portfolio", "columnar", "simulation", "proof", "run", "letters", "delivery", "report", "book", "checking", "editor", "studio", "cli",
)  # fmt: skip
MODULES = sorted(ENGINE.rglob("*.py"))
#: What the pure floors may not touch: files, clocks, the environment, YAML, tables.
IMPURE = {"os", "pathlib", "time", "random", "subprocess", "yaml", "polars", "narwhals", "pyarrow", "sqlalchemy", "jinja2", "click", "rich", "pendulum"}


def floor_of(module: str) -> int:
    parts = module.split(".")
    return FLOORS.index(parts[1]) if len(parts) > 1 and parts[1] in FLOORS else len(FLOORS)


@cache
def calls(path: Path) -> frozenset[str]:
    return frozenset(ast.unparse(node.func) for node in nodes(path) if isinstance(node, ast.Call))


def place(path: Path) -> str:
    return path.relative_to(ENGINE).as_posix()


@cache
def imported(path: Path) -> frozenset[str]:
    names = set[str]()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names if node.module == "relance"}
    return frozenset(names)


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


@cache
def names_from(path: Path) -> frozenset[str]:
    """Name everything a module takes by `from … import …`, in full."""
    return imported(path) | {f"{node.module}.{alias.name}" for node in nodes(path) if isinstance(node, ast.ImportFrom) for alias in node.names}


def rooms(*names: str) -> list[Path]:
    return [path for path in MODULES if path.relative_to(ENGINE).parts[0].removesuffix(".py") in names]


def test_neither_of_a_pair_imports_the_other():
    for one, other in (("language", "interpreter"), ("importers", "portfolio"), ("simulation", "run"), ("delivery", "report")):
        for mine, theirs in ((one, other), (other, one)):
            for path in rooms(mine):
                assert not {name for name in imported(path) if name.startswith(f"relance.{theirs}.") or name == f"relance.{theirs}"}, place(path)


def test_the_ground_floors_touch_no_table_and_no_database():
    """The law, the language, dates and the interpreter; a file of the house is read by `data`, one of a user's by the language."""
    tables = {"polars", "narwhals", "pyarrow", "duckdb", "pyspark", "sqlalchemy"}
    for path in rooms("model", "currencies", "sentences", "iban", "dates", "contact_room", "own_fields", "zones", "law", "language", "project", "interpreter", "journal"):
        found = {name.split(".")[0] for name in imported(path)} & tables
        assert found <= ({"sqlalchemy"} if "journal" in path.parts else set()), place(path)


def test_dataframes_are_at_home_in_the_columnar_room():
    """Below it Polars reads Parquet in one file; beside and above it only what plays or runs tables knows of it."""
    below = [path for path in MODULES if path.parts != () and floor_of("relance." + place(path).removesuffix(".py").replace("/", ".")) < FLOORS.index("columnar")]
    knowing = {place(path) for path in below if {"polars", "narwhals"} & {name.split(".")[0] for name in imported(path)}}
    assert knowing <= {"parsing/row_files.py"}
    for path in rooms("columnar"):
        assert not {name for name in imported(path) if name.startswith("relance.importers")}, place(path)


def test_nobody_above_the_portfolio_builds_a_case():
    """Whoever asks about a case asks the decided one (`portfolio.evaluation.decided`). The public face offers the function to others."""
    for path in MODULES:
        room = path.relative_to(ENGINE).parts[0]
        if room not in ("interpreter", "portfolio", "columnar", "simulation", "proof", "__init__.py"):
            assert not {name for name in names_from(path) if name.startswith("relance.interpreter.cases")}, place(path)


def test_only_who_decides_decides():
    """Delivery asks what the portfolio decided; letters and reports say what was decided."""
    deciding = {"relance.interpreter.decide", "relance.interpreter.observe", "relance.interpreter.look"}
    deciding |= {f"relance.interpreter.{name}" for name in ("decision.decide", "view.observe", "debtor.look", "amounts_asked.asked")}
    for path in rooms("delivery", "report"):
        assert not names_from(path) & deciding, place(path)
    for path in rooms("letters"):
        assert not {name for name in imported(path) if name.startswith(("relance.delivery", "relance.report"))}, place(path)


def test_one_definition_each():
    """What has a home is not written anew: zones, months, currencies, errors of a file, files written whole, cells of CSV."""
    homes = {
        "zoneinfo": set(), "pendulum": {"zones.py", "dates.py"}, "babel.numbers.get_currency_precision": {"currencies.py"}, "stdnum.iban": {"iban.py"}, "schwifty": set(), "pycountry": set(),
    }  # fmt: skip
    for path in MODULES:
        for name, home in homes.items():
            assert place(path) in home or not {each for each in names_from(path) if each == name or each.startswith(f"{name}.")}, f"{place(path)}: {name}"
        assert place(path) in ("files.py", "cli/journal.py") or "os.fsync" not in calls(path), place(path)
        assert place(path) == "escaping.py" or not {"csv.writer", "csv.DictWriter"} & calls(path), place(path)
        assert place(path) == "language/findings.py" or "severity is Severity.ERROR for" not in path.read_text(encoding="utf-8"), place(path)


def test_only_what_prints_asks_the_readers_language():
    asks = {f"relance.sentences.{name}" for name in ("reader", "read_in", "tell", "tell_number", "told")}
    for path in MODULES:
        if path.relative_to(ENGINE).parts[0] not in ("report", "studio", "cli", "sentences.py"):
            assert not names_from(path) & asks, place(path)
