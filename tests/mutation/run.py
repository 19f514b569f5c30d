"""Change the heart one place at a time and see whether a test falls: `python tests/mutation/run.py [FILE …]`, files as in `dates.py law/limitation.py`.

The tests are gathered once. Each is run once under coverage, which tells the lines it reaches; then every change (mutants.py) is put into a process of its own, a fork of this one, and the tests that
reach its line are run until one falls, those that fell for its neighbours first, then those that fell most for its module, then those whose file names something of it, then the quickest. A change that no test notices is printed with its place, unless survivors.txt lists it with a
reason; the exit status is 1 if there is one. With `--state FILE` an interrupted run goes on where it was: what was killed is not tried again unless its function changed.
"""

from __future__ import annotations

import argparse
import ast
import gc
import hashlib
import json
import os
import resource
import signal
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import coverage
import hypothesis
import mutants
import pytest
from _pytest.runner import runtestprotocol

ROOT = Path(__file__).resolve().parents[2]
ENGINE = ROOT / "engine" / "relance"
#: The heart, what others rest on first.
HEART = ("interpreter/*.py", "law/interest.py", "law/limitation.py", "dates.py", "journal/chain.py", "law/*.py")
TESTS = (
    "tests/interpreter",
    "tests/law",
    "tests/dates",
    "tests/scenarios",
    "tests/journal/test_chain.py",
    "tests/test_dates_pendulum.py",
    "tests/test_zones.py",
)
#: Not run, by file or test: they set letters or fold tables, and the threads of these parts, which stay, are missing in a fork, which would wait for them.
LEFT_OUT = (
    "tests/law/test_recipients.py",
    "tests/law/test_recovery_costs.py",
    "tests/interpreter/test_what_a_step_asks.py::test_tables_have_the_same_sum",
    "tests/interpreter/test_presentation.py::test_tables_ask_the_same",
)
KNOWN = Path(__file__).with_name("survivors.txt")
#: Modules whose caches hold what takes long to read (the lexicon, the rules of sentences, the figures of law): emptied before each test only where they are what is changed.
SLOW_TO_READ = ("relance.law.lemmas", "relance.law.grammar", "relance.law.wording", "relance.law.mentions", "relance.law.rules", "relance.law.parameters")
#: Modules whose caches could hide that a test reaches a line.
CACHES = ("relance.interpreter", "relance.law", "relance.dates", "relance.journal")
COLUMNS = ("changes", "tried", "killed", "listed", "open")
#: How many of the tests that fell most for a module are asked first.
MOST = 24
#: Processor seconds that a change may cost beside four times what its tests cost without it; one that takes longer counts as noticed.
PATIENCE = 10.0


@dataclass
class Reach:
    """What a run without changes told: the seconds of each test, by its number, and the tests that reach a line of a file."""

    seconds: dict[int, float] = field(default_factory=dict)
    lines: dict[str, dict[int, list[int]]] = field(default_factory=dict)


class Trial:
    """A pytest plugin that runs, in place of the tests, every change against the tests that reach it."""

    def __init__(self, files: Sequence[Path], state: Path | None, budget: float, *, new: bool) -> None:
        self.files, self.state, self.budget, self.new = files, state, budget, new
        self.killers: dict[str, list[int]] = defaultdict(list)
        self.fell: dict[str, Counter[int]] = defaultdict(Counter)  # by module, how often each test noticed a change of it
        self.survived: list[str] = []
        self.tried = 0

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Learn what each test reaches, then try the changes; True: there is nothing left to run."""
        session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]  # one folder for all the processes to come
        items = session.items
        reach = measured(items, self.files)
        gc.collect()
        gc.freeze()  # a fork shares what no collection of garbage touches
        done = self.done()
        for path in self.files:
            spans = Spans(path)
            prints = fingerprints(path)
            for change in mutants.of(path, named(path)):
                mark = f"{prints[change.function]} {change.name}"
                if mark not in done:
                    self.note(mark, change, self.survives(change, items, reach, spans))
        return True

    def survives(self, change: mutants.Mutant, items: Sequence[pytest.Item], reach: Reach, spans: Spans) -> str:
        """Try one change and say how it came out: `killed`, `survived`, `no test`, or `not tried` where its code does not fit."""
        known = reach.lines.get(str(spans.path), {})
        tests = {number for line in spans.around(change.line) for number in known.get(line, ())}
        known_to_fall = (*self.killers[change.function], *(number for number, _ in self.fell[change.module].most_common(MOST)))
        first = [number for number in dict.fromkeys(known_to_fall) if number in tests]
        order = [*first, *sorted(tests - set(first), key=lambda number: (not names(items[number], change), reach.seconds[number]))]
        chosen, spent = [], 0.0
        for number in order:
            spent += reach.seconds[number]
            if self.budget and chosen and spent > self.budget:
                break
            chosen.append(number)
        if not chosen:
            return "no test"
        reader, writer = os.pipe()
        code = fork(lambda: judged(change, [items[number] for number in chosen], chosen, writer), limit=PATIENCE + 4 * spent)
        os.close(writer)
        with os.fdopen(reader, "rb") as stream:
            killer = stream.read().decode()
        if killer:
            self.fell[change.module][int(killer)] += 1
            self.killers[change.function] = [int(killer), *(each for each in self.killers[change.function] if each != int(killer))][:8]
        return {0: "survived", 2: "not tried"}.get(code, "killed")

    def done(self) -> set[str]:
        """Read what an earlier run killed or, where only new changes are asked for, tried."""
        return {mark for mark, outcome in outcomes(self.state).items() if self.new or outcome == "killed"}

    def note(self, mark: str, change: mutants.Mutant, outcome: str) -> None:
        """Keep the outcome, and print it if nobody noticed the change."""
        self.tried += 1
        if self.state is not None:
            with self.state.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps([outcome, mark, change.line]) + "\n")
        if outcome in {"survived", "no test"}:
            self.survived.append(change.name)


def names(item: pytest.Item, change: mutants.Mutant) -> bool:
    """Tell whether the file of a test imports something of the module that is changed: it was written about it."""
    return any(getattr(each, "__module__", None) == change.module for each in vars(getattr(item, "module", object)).values())


class Spans:
    """The lines of the statement, or of the head of the compound statement, that a line of a file belongs to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.heads = [
            range(node.lineno, end_of_head(node) + 1) for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.stmt)
        ]

    def around(self, line: int) -> range:
        """Return the lines of the smallest one about this line."""
        return min((head for head in self.heads if line in head), key=len, default=range(line, line + 1))


def named(path: Path) -> str:
    """Return the name of the module of a file."""
    return "relance." + path.relative_to(ENGINE).with_suffix("").as_posix().replace("/", ".")


def end_of_head(node: ast.stmt) -> int:
    """Return the last line of a statement, or of what stands before the colon of one with a body."""
    body = getattr(node, "body", None) or getattr(node, "cases", None)
    if not body:
        return node.end_lineno or node.lineno
    first = body[0].lineno if hasattr(body[0], "lineno") else body[0].pattern.lineno
    return max(node.lineno, first - 1)


def fingerprints(path: Path) -> dict[str, str]:
    """Say of each function of a file which text it had: when the text changes, its changes are tried anew."""
    source = path.read_text("utf-8")
    found = {}
    for home, node in mutants.functions(ast.parse(source)):
        text = ast.get_source_segment(source, node) or ""
        found[f"{home}.{node.name}".lstrip(".")] = hashlib.sha256(text.encode()).hexdigest()[:10]
    return found


def fork(work: Any, limit: float = 0.0) -> int:
    """Run something in a copy of this process and return its exit status, or less than 0 if a signal ended it; `limit` is in processor seconds."""
    child = os.fork()
    if child == 0:
        code = 3
        try:
            if limit:
                resource.setrlimit(resource.RLIMIT_CPU, (int(limit) + 1, int(limit) + 2))
                signal.alarm(int(limit) * 20 + 60)
            code = work()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def measured(items: Sequence[pytest.Item], files: Sequence[Path]) -> Reach:
    """Run every test under coverage and tell what each reaches; one that fails without a change is told of nowhere, so that it is asked nothing.

    It is run in this process, so that every fork of it has imported and read what the tests need.
    """
    watch = coverage.Coverage(data_file=None, include=[str(path) for path in files], config_file=False)
    found = Reach()
    slow = [name for name in SLOW_TO_READ if not any(named(path) == name for path in files)]
    before = threads()  # an import may leave some that nothing uses
    watch.start()
    for number, item in enumerate(items):
        mutants.forget(CACHES, slow)
        watch.switch_context(str(number))
        start = sum(os.times()[:4])
        passed = runs(item, items[number + 1] if number + 1 < len(items) else None)
        if threads() > before:
            message = f"{item.nodeid} left a thread behind: a fork has no copy of it and would wait for it; name it or its file in LEFT_OUT"
            raise RuntimeError(message)
        if passed:
            found.seconds[number] = sum(os.times()[:4]) - start
    watch.stop()
    data = watch.get_data()
    for path in data.measured_files():
        found.lines[path] = {
            line: kept
            for line, names in data.contexts_by_lineno(path).items()
            if (kept := [int(name) for name in names if name and int(name) in found.seconds])
        }
    return found


def threads() -> int:
    """Count the threads of this process, those of libraries in other languages too where the system tells."""
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) if tasks.is_dir() else threading.active_count()


def judged(change: mutants.Mutant, items: Sequence[pytest.Item], numbers: Sequence[int], writer: int) -> int:
    """Make the change and run the tests until one falls: 1 and its number if one does, 0 if none, 2 if the change cannot be made."""
    above = CACHES[:1] if change.module.startswith(CACHES[0]) else CACHES  # nothing of law or dates asks the interpreter
    mutants.forget(above, [name for name in SLOW_TO_READ if name != change.module])
    if not mutants.put(change):
        return 2
    for item, following, number in zip(items, [*items[1:], None], numbers, strict=True):
        if not runs(item, following):
            os.write(writer, str(number).encode())
            return 1
    return 0


def runs(item: pytest.Item, following: pytest.Item | None) -> bool:
    """Run one test and tell whether nothing failed, its fixtures included."""
    return not any(report.failed for report in runtestprotocol(item, log=False, nextitem=following))


def known() -> Mapping[str, str]:
    """Read the survivors that are listed: each with the reason above it, a line that begins with `##`."""
    found, reason = {}, ""
    for line in KNOWN.read_text("utf-8").splitlines():
        if line.startswith("## "):
            reason = line[3:]
        elif line and not line.startswith("#"):
            found[line] = reason
    return found


def outcomes(state: Path | None) -> dict[str, str]:
    """Read how each change came out: killed if it ever was, else as it came out last."""
    found: dict[str, str] = {}
    if state is not None and state.exists():
        for outcome, mark, _ in map(json.loads, state.read_text("utf-8").splitlines()):
            if found.get(mark) != "killed":
                found[mark] = outcome
    return found


def table(files: Sequence[Path], state: Path | None) -> Iterator[str]:
    """Yield, as Markdown, how many changes of each file were tried, killed, are listed, and are left."""
    found, listed = outcomes(state), known()
    whole: Counter[str] = Counter()
    yield "| module | changes | tried | killed | listed | open |\n| --- | ---: | ---: | ---: | ---: | ---: |"
    for path in files:
        prints, row = fingerprints(path), Counter[str]()
        for change in mutants.of(path, named(path)):
            outcome = found.get(f"{prints[change.function]} {change.name}", "")
            row["changes"] += 1
            row["tried"] += outcome != ""
            row["killed"] += outcome == "killed"
            row["listed"] += outcome != "killed" and change.name in listed
        row["open"] = row["changes"] - row["killed"] - row["listed"]
        whole += row
        yield f"| {named(path).removeprefix('relance.')} | " + " | ".join(str(row[name]) for name in COLUMNS) + " |"
    yield "| all | " + " | ".join(str(whole[name]) for name in COLUMNS) + " |"


def chosen(patterns: Sequence[str]) -> Iterator[Path]:
    """Yield the files of the engine that are meant, each once, in the order of the patterns."""
    yield from dict.fromkeys(path for pattern in patterns for path in sorted(ENGINE.glob(pattern)) if path.name != "__init__.py")


def main(arguments: Sequence[str]) -> int:
    """Run, print what is not known, and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="*", default=HEART, help="files of engine/relance, or patterns")
    parser.add_argument("--state", type=Path, help="a file that keeps what was tried, to go on with")
    parser.add_argument("--budget", type=float, default=0.0, help="seconds of tests that a change may cost; 0: all that reach it")
    parser.add_argument("--new", action="store_true", help="only the changes that the state has nothing of")
    parser.add_argument("--tests", nargs="+", default=TESTS, help="files and folders of tests to run in place of those of the heart")
    parser.add_argument("--table", action="store_true", help="run nothing: print what the state has of each file")
    asked = parser.parse_args(arguments)
    if asked.table:
        for line in table(list(chosen(asked.files)), asked.state):
            print(line, flush=True)
        return 0
    hypothesis.settings.register_profile(
        "mutation",
        max_examples=20,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    start = time.monotonic()
    trial = Trial(list(chosen(asked.files)), asked.state, asked.budget, new=asked.new)
    with tempfile.TemporaryDirectory(prefix="relance-mutation-") as folder:
        options = [
            "-q",
            "-n",
            "0",
            "-p",
            "no:cacheprovider",
            "--no-header",
            "--hypothesis-profile",
            "mutation",
            "--basetemp",
            f"{folder}/tests",
            "-k",
            "not postgresql",
            "-W",
            "ignore",
        ]
        options += [f"--{'deselect' if '::' in name else 'ignore'}={name}" for name in LEFT_OUT]
        pytest.main([*options, *(name for name in asked.tests if (ROOT / name).exists())], plugins=[trial])
    reasons = known()
    found = [name for name in trial.survived if name not in reasons]
    print("\n".join(found))
    print(
        f"{trial.tried} changes tried in {time.monotonic() - start:.0f} s, {len(trial.survived)} not noticed, {len(found)} of them without a reason",
        file=sys.stderr,
    )
    return 1 if found or not trial.tried else 0


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main(sys.argv[1:]))
