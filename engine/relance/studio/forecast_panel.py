"""What comes of the portfolio if nothing happens: messages, notices and hand-overs by month, for the debtors whose open cases are all under one playbook; on demand.

Needs Polars: whoever shows it asks first whether that is there (`relance.extras`).
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from nicegui import ui

from relance.columnar.engines import PolarsEngine
from relance.columnar.schema import from_facts
from relance.delivery.rules_in_force import rules_in_force
from relance.report.forecasts import GRANTED, by_month, by_step
from relance.report.words import grouped, head, word
from relance.sentences import sentence, tell, tell_number, told
from relance.simulation.forecast import forecast
from relance.simulation.portfolio import foresee
from relance.studio.charts import show_bars
from relance.studio.frame import PageReader, show_table, shown

if TYPE_CHECKING:
    from relance.portfolio.receivables import OpenCase
    from relance.simulation.forecast import Forecast
    from relance.studio.desk import OperatorDesk
    from relance.studio.kept_view import KeptView

#: So far a portfolio is played.
_AHEAD = timedelta(days=180)


def under_one(cases: Iterable[OpenCase], playbook: str) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Return the debtors, by creditor, whose open cases are all under a playbook, and those who have another beside: these are not played."""
    named: dict[tuple[str, str], set[str]] = {}
    for case in cases:
        named.setdefault((case.creditor, case.debtor), set()).add(case.playbook)
    theirs = {name for name, playbooks in named.items() if playbook in playbooks}
    mixed = {name for name in theirs if len(named[name]) > 1}
    return theirs - mixed, mixed


def forecast_of(desk: OperatorDesk, playbook: str, debtors: Collection[tuple[str, str]], until: date) -> Forecast | None:
    """Play debtors' cases forward from today to a day by a playbook that is in force; None where it is known no more."""
    with desk.journal() as journal:
        asked = rules_in_force(journal, desk.playbook, desk.today(), desk.account_of).load(playbook)
        if asked is None:
            return None
        tables = from_facts(facts for facts in journal.facts() if (facts.creditor.id, facts.debtor.id) in debtors).frames()
    return forecast(foresee(PolarsEngine(), tables, asked, desk.today(), until))


def show_forecast(reader: PageReader, desk: OperatorDesk, view: KeptView) -> None:
    """Offer what comes of the cases under a playbook, and show it where it is asked for."""
    say = reader.say
    counts = Counter(listed.case.playbook for listed in view.cases())
    known = {name: f"{shown(name, 60)} ({grouped(count)})" for name, count in counts.most_common() if desk.playbook(name) is not None}
    if not known:
        return
    with ui.row().classes("items-end q-mt-md"):
        choice = ui.select(known, value=next(iter(known)), label=say(sentence("cases under"))).classes("w-64").props("dense outlined")
        button = ui.button(say(sentence("what comes of them if nothing happens")), icon="trending_up").props("outline no-caps")
    found = ui.column().classes("w-full").props("aria-live=polite")

    async def show() -> None:
        found.clear()
        with found:
            ui.spinner().props(f'role=img aria-label="{say(sentence("at work"))}"')
        alone, mixed = under_one((listed.case for listed in view.cases()), choice.value)
        made = await asyncio.to_thread(forecast_of, desk, choice.value, alone, desk.today() + _AHEAD)
        found.clear()
        with found, reader.reading():
            if made is None:
                ui.label(tell("there is no playbook {playbook} any more", playbook=shown(choice.value, 60))).props("role=alert")
                return
            if mixed:
                ui.label(tell_number("{count} debtor who is under another playbook as well is left out", "{count} debtors who are under another playbook as well are left out", len(mixed)))
            _shown(made)

    button.on_click(show)


def _shown(made: Forecast) -> None:
    ui.label(tell("{playbook}, {on} to {until}", playbook=made.playbook, on=made.on, until=made.until)).classes("text-bold").props("role=status")
    months, title = by_month(made), tell("Messages and calls by month")
    if months:
        show_bars(title, [row.month for row in months], {head("messages"): [round(row.messages) for row in months]})
        show_table([head(name) for name in ("month", "messages", "notices", "hand-overs")], [(row.month, *map(grouped, (row.messages, row.notices, row.handovers))) for row in months], title, {1, 2, 3})
        show_table([head(name) for name in ("step", "by", "messages")], [(shown(row.step, 60), word(row.channel), grouped(row.messages)) for row in by_step(made)], tell("By step"), {2})
    ui.label(tell("What this takes for granted")).classes("text-bold")
    for each in GRANTED:
        ui.label(told(each)).classes("rl-soft")
