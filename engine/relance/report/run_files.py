"""The files of a run beside its messages: its actions line by line, the count, what was rejected, what no playbook takes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from relance.files import replace_whole
from relance.importers.portfolio_files import rejects_csv
from relance.model import Action
from relance.parsing.rejects import Reject
from relance.portfolio.evaluation import Evaluation
from relance.report.plain import action_row
from relance.report.summary import summary_csv, unrouted_csv

#: The name of the file of the actions in a run's folder.
ACTIONS = "actions.jsonl"


def run_folder(on: date) -> str:
    """Return what the folder of a day's run is called, where nothing else is said."""
    return f"relance-{on}"


def action_lines(actions: Iterable[Action]) -> Iterator[str]:
    """Write each action as a line of JSON."""
    return (json.dumps(action_row(action), ensure_ascii=False, separators=(",", ":")) + "\n" for action in actions)


def write_run_files(folder: Path, actions: Iterable[Action], evaluation: Evaluation, rejects: tuple[Reject, ...]) -> None:
    """Write all of them below a folder. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    replace_whole(folder / ACTIONS, "".join(action_lines(actions)))
    write_tables(folder, evaluation, rejects)


def write_tables(folder: Path, evaluation: Evaluation, rejects: tuple[Reject, ...]) -> None:
    """Write the count, and what was rejected or taken by no playbook."""
    _put(folder / "summary.csv", summary_csv(evaluation))
    _put(folder / "rejects.csv", rejects_csv(rejects) if rejects else None)
    _put(folder / "unrouted.csv", unrouted_csv(evaluation.unrouted) if evaluation.unrouted else None)


def _put(path: Path, text: str | None) -> None:
    """Write a file whole or not at all; None takes away what an earlier run left."""
    if text is None:
        path.unlink(missing_ok=True)
    else:
        replace_whole(path, text)
