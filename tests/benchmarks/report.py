"""Measure everything, each beside its limit in the same run: `python -m tests.benchmarks.report`, or a part of it, `--only run,fold --invoices 100000`.

Writes the tables between the marks of docs/scale.md (`--dry` prints them), and for the gate what the ratios were (`measured.json`). Every task is
a process of its own, run in turn with its limit; figures are medians. `--gate` measures two small ratios and fails where one is worse
than it was by more than the noise of both runs.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent))
import files
import generator
from measuring import Figure, Task, alternately, machine, python, ratios, relance, table

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "scale.md"
MEASURED = Path(__file__).with_name("measured.json")
PLAYBOOKS = ROOT / "playbooks"
#: Beyond its own noise a ratio may be so much worse on the day of a gate: machines and libraries differ by that.
MARGIN = 0.25


class Part(NamedTuple):
    """A part of the report: what is measured, beside which limit, and what is to be reached."""

    tasks: Mapping[str, Task]
    beside: Mapping[str, str]
    wanted: Mapping[str, str]
    said: str


def _files(folder: Path, total: int) -> Path:
    """Write a portfolio of so many invoices, unless it is there."""
    place = folder / f"files-{total}"
    if not place.is_dir():
        files.generate(place, total)
    return place


def _lake(folder: Path, total: int) -> Path:
    place = folder / f"lake-{total}"
    if not place.is_dir():
        subprocess.run([sys.executable, generator.__file__, str(total), str(place)], check=True)
    return place


def _morning(place: Path, journal: str, *more: str, invoices: str = "invoices.csv", out: str = "out", on: str = str(files.ON)) -> list[str]:
    given = ("--invoices", invoices, "--debtors", "debtors.csv", "--creditors", "creditors.csv", "--letterhead", "letterhead.yaml")
    return relance("run", "--playbook", "negligent", *given, "--as-of", on, "--journal", str(place / journal), "--out", str(place / out), "--new", *more)


def _gone(place: Path) -> None:
    """Take away what a run leaves."""
    for each in place.glob("fresh.db*"):
        each.unlink()
    for name in ("out", "bare"):
        shutil.rmtree(place / name, ignore_errors=True)


def _bare(place: Path, *, write: bool) -> list[str]:
    return python(f"import files; from pathlib import Path; files.bare(Path({str(place)!r}), write={write})")


def run(folder: Path, invoices: int) -> Part:
    """A portfolio from its files, into a new journal, with its e-mails, and dry."""
    place, more = _files(folder, invoices), _files(folder, 5 * invoices)
    names = ("decided, dry", "read and kept alone", "decided, kept, e-mails written", "read, kept and written alone", "five times as many, dry")
    gone = partial(_gone, place)
    tasks = (
        Task(_morning(place, "fresh.db", "--dry-run"), folder=place, before=gone), Task(_bare(place, write=False)),
        Task(_morning(place, "fresh.db"), folder=place, before=gone), Task(_bare(place, write=True), before=gone), Task(_morning(more, "fresh.db", "--dry-run"), folder=more),
    )  # fmt: skip
    beside = {names[0]: names[1], names[2]: names[3], names[4]: names[0]}
    return Part(dict(zip(names, tasks, strict=True)), beside, {names[0]: "2 s", names[2]: "4 s", names[4]: "five times as long"}, f"{invoices:,} invoices of {invoices // 10:,} debtors in CSV")


def journal(folder: Path, invoices: int) -> Part:
    """A morning after: a journal of so many open invoices, and one new invoice for each hundred; and what is asked of such a journal."""
    place = _files(folder, invoices)
    kept, copy = place / "kept.db", place / "copy.db"

    def ready() -> None:
        if not kept.is_file():
            alternately({"": Task(_morning(place, "kept.db", "--sent-by", "other"), folder=place)}, 0)
        _gone(place)
        copy.unlink(missing_ok=True)
        shutil.copy(kept, copy)

    bare = "every line of the journal read alone"
    asked = {name: Task(relance(*argv, "--journal", str(kept)), folder=place, before=ready) for name, argv in {
        "relance cases": ("cases",), "relance report": ("report",), "relance why": ("why", "F0000000", "--playbook", "negligent")}.items()}  # fmt: skip
    new = "a morning, one in a hundred new"
    tasks = {
        new: Task(_morning(place, "copy.db", invoices="changed.csv", on="2026-11-27"), folder=place, before=ready), **asked,
        bare: Task(python(f"import files; from pathlib import Path; files.read_journal(Path({str(kept)!r}))"), before=ready),
    }  # fmt: skip
    return Part(tasks, dict.fromkeys([new, *asked], bare), {new: "5 s", **dict.fromkeys(asked, "2 s")}, f"a journal of {invoices:,} open invoices")


def fold(folder: Path, invoices: int) -> Part:
    """Parquet to actions, beside reading the same columns, and beside the narrow reading."""
    tasks, beside, wanted = dict[str, Task](), dict[str, str](), dict[str, str]()
    for total, most in ((invoices // 10, "2.5 ×"), (invoices, "1.6 ×")):
        place = str(_lake(folder, total))
        names = [f"{total:,}: {what}" for what in ("actions", "the same columns read alone", "counted and summed alone")]
        stages = [sys.executable, str(Path(__file__).with_name("stages.py")), place]
        tasks |= {names[0]: Task(stages), names[1]: Task([*stages, "--alone"]), names[2]: Task([*stages, "--narrow"])}
        beside |= {names[0]: names[1], names[2]: names[1]}
        wanted[names[0]] = most
    return Part(tasks, beside, wanted, f"{invoices // 10:,} and {invoices:,} invoices in Parquet")


def routing(folder: Path, invoices: int) -> Part:
    """One playbook, alone and as the tenth of a routing."""
    place, rules = _lake(folder, invoices // 10), folder / "routing.yaml"
    for number in range(10):
        (folder / f"n{number}.yaml").write_text((PLAYBOOKS / "negligent.yaml").read_text("utf-8").replace("playbook: negligent", f"playbook: n{number}"), encoding="utf-8")
    below = "".join(f'  - {{playbook: n{number}, if: {{original_amount: {{less_than: "{10 ** (1.5 + 0.3 * (number + 1)):.2f}"}}}}}}\n' for number in range(9))
    rules.write_text(f"schema: 1\ntitle: Ten\nroutes:\n{below}  - playbook: n9\n", encoding="utf-8")
    tables = ("run", "--tables", str(place), "--as-of", str(generator.ON), "--dry-run", "--trust")
    tasks = {"one playbook": Task(relance(*tables, "--playbook", "negligent")), "ten of a routing": Task(relance(*tables, "--routing", str(rules)), folder=folder)}
    return Part(tasks, {"ten of a routing": "one playbook"}, {"ten of a routing": "1.5 ×"}, f"{invoices // 10:,} invoices in Parquet")


def commands(folder: Path, _: int) -> Part:
    """What an author waits for: whole processes."""
    hundred = folder / "hundred"
    if not hundred.is_dir():
        hundred.mkdir()
        shipped = sorted(path for path in PLAYBOOKS.glob("*.yaml") if path.with_suffix(".test.yaml").is_file())
        for number in range(100):
            path = shipped[number % len(shipped)]
            (hundred / f"pack-{number}.yaml").write_text(path.read_text("utf-8").replace(f"playbook: {path.stem}", f"playbook: pack-{number}"), encoding="utf-8")
    bare = "Python and click alone"
    tasks = {
        "relance --help": Task(relance("--help")), "validate, 100 playbooks": Task(relance("validate", "--quiet", str(hundred))),
        "test, 31 cases": Task(relance("test", str(PLAYBOOKS / "agence-amiable.test.yaml"))), "preview of a ladder": Task(relance("preview", "negligent", "--due", "2026-03-02", "--amount", "1200")),
        bare: Task(python("import click")),
    }  # fmt: skip
    wanted = {"relance --help": "90 ms", "validate, 100 playbooks": "1 s", "test, 31 cases": "500 ms"}
    return Part(tasks, dict.fromkeys(list(tasks)[:4], bare), wanted, "whole processes")


def texts(folder: Path, _: int) -> Part:
    """A letter and an e-mail, held against their facts, beside what carries them alone; a year of a ladder."""
    del folder
    start = "from one_text import letters, emails, layouts, mails, years\n"
    tasks = {name: Task(python(start + f"{call}({times})"), times) for name, call, times in (
        ("a letter", "letters", 300), ("its layout alone", "layouts", 300), ("an e-mail", "emails", 2000), ("its MIME alone", "mails", 2000), ("a year foretold", "years", 200))}  # fmt: skip
    wanted = {"a letter": "3 ms", "an e-mail": "0.3 ms", "a year foretold": "10 ms"}
    return Part(tasks, {"a letter": "its layout alone", "an e-mail": "its MIME alone"}, wanted, "each after some to warm up; the start of the process left out")


#: The parts, and of how many invoices each is unless it is told.
PARTS: Mapping[str, tuple[Callable[[Path, int], Part], int]] = {
    "run": (run, 20_000), "journal": (journal, 100_000), "fold": (fold, 1_000_000), "routing": (routing, 1_000_000), "commands": (commands, 0), "texts": (texts, 0),
}  # fmt: skip


def gate(folder: Path) -> dict[str, tuple[dict[str, Task], str, str]]:
    """The ratios that are watched: small enough for every landing."""
    place, lake = _files(folder, 2_000), str(_lake(folder, 100_000))
    stages = [sys.executable, str(Path(__file__).with_name("stages.py")), lake]
    dry = {"task": Task(_morning(place, "fresh.db", "--dry-run"), folder=place), "limit": Task(python("import sqlalchemy, click, jsonschema"))}
    folded = {"task": Task(stages), "limit": Task([*stages, "--alone"])}
    return {"2,000 invoices from files": (dry, "task", "limit"), "100,000 invoices folded": (folded, "task", "limit")}


def watched(folder: Path, rounds: int) -> dict[str, list[float]]:
    """Measure the ratios of the gate, round by round."""
    found = dict[str, list[float]]()
    for name, (tasks, task, limit) in gate(folder).items():
        figures = alternately(tasks, rounds)
        found[name] = ratios(figures[task], figures[limit])
    return found


def worse(now: Sequence[float], before: Sequence[float]) -> bool:
    """Say whether a ratio is worse by more than noise: its best round is beyond the worst of before, and beyond the margin and the spread of both."""
    spread = (max(now) - min(now)) / median(now) + (max(before) - min(before)) / median(before)
    return min(now) > max(before) and median(now) > median(before) * (1 + MARGIN + spread)


def hold(found: Mapping[str, Sequence[float]], kept: Mapping[str, Sequence[float]]) -> list[str]:
    """Return a line for each ratio that is worse than it was; one that was never kept is not."""
    return [f"{name}: {median(now):.2f} times its limit, {median(kept[name]):.2f} as kept" for name, now in found.items() if name in kept and worse(now, kept[name])]


def written(part: str, lines: Sequence[str]) -> None:
    """Put a part's table between its marks in the page."""
    text, marks = PAGE.read_text("utf-8"), (f"<!-- measured: {part} -->", "<!-- end -->")
    PAGE.write_text(re.sub(f"(?s){marks[0]}.*?{marks[1]}", lambda _: "\n".join((marks[0], *lines, marks[1])), text), encoding="utf-8")


def lines_of(part: Part, found: Mapping[str, Sequence[Figure]], rounds: int) -> list[str]:
    """Say what was measured, on what, and the table."""
    return [f"{part.said[0].upper()}{part.said[1:]}; medians of {rounds} rounds. {machine()}.", "", *table(found, part.beside, part.wanted)]


def main() -> int:
    """Measure the parts that are asked for; 1 where the gate does not hold."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--only", default=",".join(PARTS), help="parts: %(default)s")
    ask.add_argument("--invoices", type=int, help="how many, in place of each part's own number")
    ask.add_argument("--rounds", type=int, default=3)
    ask.add_argument("--dry", action="store_true", help="print the tables, write nothing")
    ask.add_argument("--gate", action="store_true", help="hold two small ratios against those kept")
    ask.add_argument("--keep", action="store_true", help="keep the ratios of the gate as they are now")
    said = ask.parse_args()
    with tempfile.TemporaryDirectory(prefix="relance-measured-") as name:
        folder = Path(name)
        if said.gate or said.keep:
            found = watched(folder, said.rounds)
            for what, each in found.items():
                print(f"{what}: {median(each):.2f} times its limit ({min(each):.2f} to {max(each):.2f})")
            if said.keep:
                MEASURED.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
                return 0
            wrong = hold(found, json.loads(MEASURED.read_text("utf-8")))
            print(*wrong, sep="\n", end="\n" if wrong else "")
            return int(bool(wrong))
        for each in said.only.split(","):
            made, total = PARTS[each]
            part = made(folder, said.invoices or total)
            lines = lines_of(part, alternately(part.tasks, said.rounds), said.rounds)
            print(f"\n{each}\n", *lines, sep="\n", flush=True)
            if not said.dry:
                written(each, lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
