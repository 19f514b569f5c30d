"""Two versions of a playbook on the cases of the journal: each played forward under both, what changes as charts and tables, as `relance diff --portfolio` counts it.

Needs Polars: whoever shows it asks first whether that is there (`relance.extras`).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from nicegui import ui

from relance.columnar.engines import PolarsEngine
from relance.columnar.schema import from_facts
from relance.report.differences import lost_lines
from relance.report.forecasts import GRANTED, one_line, steps_of
from relance.report.words import grouped, head
from relance.sentences import tell, tell_number, told
from relance.simulation.playbook_diff import PlaybookChange, change
from relance.simulation.portfolio import foresee
from relance.studio.charts import show_bars
from relance.studio.frame import show_table

if TYPE_CHECKING:
    from relance.model import Playbook
    from relance.studio.desk import OperatorDesk


def change_of(desk: OperatorDesk, old: Playbook, new: Playbook, until: date) -> PlaybookChange:
    """Play every case of the journal forward from today to a day, under both."""
    with desk.journal() as journal:
        tables = from_facts(journal.facts()).frames()
    engine = PolarsEngine()
    return change(foresee(engine, tables, old, desk.today(), until), foresee(engine, tables, new, desk.today(), until))


def show_change(made: PlaybookChange) -> None:
    """Show what changes; asked within `PageReader.reading`."""
    ui.label(tell_number("{old} → {new}: {changed} of {cases} case changes", "{old} → {new}: {changed} of {cases} cases change", made.cases, old=made.old, new=made.new, changed=grouped(made.changed), cases=grouped(made.cases))).classes("text-bold").props("role=status")
    for line in lost_lines(made.old, made.new, made.lost):
        ui.label(line).props("role=alert")
    ui.label(tell("messages and calls: {before} → {after}", before=grouped(sum(made.before.values())), after=grouped(sum(made.after.values()))))
    if made.cost_before or made.cost_after:
        ui.label(tell("cost: {cost}", cost=f"{grouped(made.cost_before, 2)} → {grouped(made.cost_after, 2)}"))
    weeks = sorted({*made.before, *made.after})
    if weeks:
        names = (head("old"), head("new"))
        series = [[made.before.get(monday, 0) for monday in weeks], [made.after.get(monday, 0) for monday in weeks]]
        show_bars(tell("Messages and calls by week"), [monday.isoformat() for monday in weeks], dict(zip(names, series, strict=True)), ("#78909c", "#1565c0"))
    if rows := steps_of(made):
        kinds = ("added", "removed", "earlier", "later")
        columns = zip(*(numbers for _, *numbers in rows), strict=True)
        show_bars(tell("By step"), [step for step, *_ in rows], dict(zip(map(head, kinds), columns, strict=True)), ("#2e7d32", "#c62828", "#1565c0", "#b26a00"))
        show_table([head(name) for name in ("step", *kinds)], [(step, *map(grouped, numbers)) for step, *numbers in rows], tell("By step"), {1, 2, 3, 4})
        worst = [(tell("{case} of {debtor}", case=row["case"], debtor=row["debtor"]), one_line(was), one_line(now)) for row, was, now in made.worst]
        show_table([head(name) for name in ("case", "old", "new")], worst, tell("The cases that change most"))
    ui.label(tell("What this takes for granted")).classes("text-bold")
    for each in GRANTED:
        ui.label(told(each)).classes("rl-soft")
