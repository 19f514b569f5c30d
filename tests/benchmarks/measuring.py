"""What a process costs: wall and CPU seconds (its own and its children's) and its peak, several processes in turn within one run.

Figures of different days or machines are not to be compared; what stands beside each other here was measured alternately.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryFile
from typing import NamedTuple

ENGINE = Path(__file__).resolve().parents[2] / "engine"


class Figure(NamedTuple):
    """Wall seconds, CPU seconds (user and system, workers too), and the peak in MiB of the largest process."""

    wall: float
    cpu: float
    peak: float


class Task(NamedTuple):
    """A command that is measured: its arguments, how often it does its work (a figure is of one), and what makes all ready before."""

    argv: Sequence[str]
    times: int = 1
    before: Callable[[], None] = lambda: None
    folder: Path | None = None


def relance(*argv: str) -> list[str]:
    """Return how a command of relance is started."""
    return [sys.executable, "-c", "from relance.cli import main; main()", *argv]


def python(code: str, *argv: str) -> list[str]:
    """Return how a piece of Python is started; it sees the benchmarks."""
    return [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n{code}", *argv]


def measured(task: Task) -> Figure:
    """Run a command to its end and say what it cost. Raises RuntimeError where it fails; what is left to look at (exit code 1) is no failure."""
    task.before()
    environment = {**os.environ, "PYTHONPATH": str(ENGINE), "RELANCE_LANG": "en"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with TemporaryFile() as out, TemporaryFile() as wrong:
        began = time.perf_counter()
        process = subprocess.Popen(task.argv, stdout=out, stderr=wrong, env=environment, cwd=task.folder)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        wrong.seek(0)
        if process.returncode not in (0, 1):
            raise RuntimeError(f"{' '.join(task.argv[-6:])}: {wrong.read().decode(errors='replace')[-800:]}")
        cpu, told = used.ru_utime + used.ru_stime, out.read().decode(errors="replace").splitlines()
    if told and told[-1].startswith(_COST):
        wall, cpu = map(float, told[-1].split()[1:])
    return Figure(wall / task.times, cpu / task.times, used.ru_maxrss / 1024)


#: How a process says what its work cost, where its own start is no part of it.
_COST = "cost: "


@contextmanager
def cost() -> Iterator[None]:
    """Say, on the last line a process writes, what was done inside cost: wall and CPU seconds."""
    began = time.perf_counter(), time.process_time()
    yield
    print(f"{_COST}{time.perf_counter() - began[0]} {time.process_time() - began[1]}")


def alternately(tasks: Mapping[str, Task], rounds: int) -> dict[str, list[Figure]]:
    """Measure every task in turn, so many times; a first round, that fills the caches of the disk and of Python, is not counted."""
    found: dict[str, list[Figure]] = {name: [] for name in tasks}
    for number in range(rounds + 1):
        for name, task in tasks.items():
            figure = measured(task)
            if number:
                found[name].append(figure)
    return found


def middle(figures: Sequence[Figure]) -> Figure:
    """Return the median of each figure."""
    return Figure(*(median(each) for each in zip(*figures, strict=True)))


def ratios(these: Sequence[Figure], those: Sequence[Figure]) -> list[float]:
    """Return, round by round, how often the CPU of the limit a task took."""
    return [one.cpu / other.cpu for one, other in zip(these, those, strict=True)]


def seconds(value: float) -> str:
    """Write seconds so that what differs can be seen: milliseconds below one second."""
    return f"{value:.1f} s" if value >= 10 else f"{value:.2f} s" if value >= 1 else f"{value * 1000:.3g} ms"


def table(found: Mapping[str, Sequence[Figure]], beside: Mapping[str, str], wanted: Mapping[str, str]) -> list[str]:
    """Write measured tasks as a Markdown table: each beside its limit (`beside`), with what is to be reached (`wanted`)."""
    lines = ["| | Wall | CPU | Peak | CPU / limit | To reach |", "|---|---|---|---|---|---|"]
    for name, figures in found.items():
        wall, cpu, peak = middle(figures)
        ratio = f"{median(ratios(figures, found[beside[name]])):.2f} × {beside[name]}" if name in beside else "–"
        lines.append(f"| {name} | {seconds(wall)} | {seconds(cpu)} | {peak:,.0f} MiB | {ratio} | {wanted.get(name, '–')} |")
    return lines


def machine() -> str:
    """Name the machine and what runs on it."""
    cpu = next((line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines() if line.startswith("model name")), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores of {cpu}, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f} at the start"
