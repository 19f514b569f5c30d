"""What a run over tables costs, stage by stage, beside the bare reading of the same files: `python tests/benchmarks/stages.py FOLDER`.

Prints seconds (wall, CPU) and the peak of memory so far, of this process: start it anew for each portfolio.
"""

from __future__ import annotations

import resource
import sys
import time
from itertools import pairwise
from pathlib import Path

from generator import ON
from measuring import cost
from test_scale_bench import bare, narrow
from written import playbook_of

from relance.columnar.data_quality import in_folder
from relance.columnar.engines import PolarsEngine
from relance.columnar.evaluation import evaluate_tables


def now() -> tuple[float, float, float]:
    """Return wall seconds, CPU seconds, and the peak in GiB."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return time.perf_counter(), used.ru_utime + used.ru_stime, used.ru_maxrss / 2**20


def main(folder: Path, what: str) -> None:
    """Read and group the files alone (`--alone`, or of few columns `--narrow`), or run."""
    alone = {"--alone": bare, "--narrow": narrow}.get(what)
    tables = in_folder(folder)
    marks = [("alone" if alone else "start", now())]
    if alone:
        alone(tables)
    else:
        found = evaluate_tables(PolarsEngine(), tables, playbook_of(), ON, said=lambda stage: marks.append((stage, now())))
    marks.append(("", now()))
    for (stage, before), (_, after) in pairwise(marks):
        print(f"{stage:<10}{after[0] - before[0]:8.2f} s{after[1] - before[1]:8.2f} s CPU{after[2]:7.2f} GiB")
    first, last = marks[0][1], marks[-1][1]
    print(f"{'all':<10}{last[0] - first[0]:8.2f} s{last[1] - first[1]:8.2f} s CPU{last[2]:7.2f} GiB")
    if not alone:
        print(f"{found.distinct:,} distinct views, {found.views:,} decided, {found.actions.height:,} actions")


if __name__ == "__main__":
    with cost():
        main(Path(sys.argv[1]), sys.argv[-1])
