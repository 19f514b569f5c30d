"""The portfolio: what is open by age, where the cases stand, what was collected; as pictures, as tables, and as a file."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any

from nicegui import ui

from relance.escaping import csv_text
from relance.letters.figures import money
from relance.portfolio.receivables import BUCKETS, Ageing, OpenCase
from relance.report.words import word
from relance.sentences import marked, sentence
from relance.studio.frame import PageReader, framed, reader_here, shown
from relance.studio.year_panel import show_year

if TYPE_CHECKING:
    from relance.studio.settings import StudioSettings

_HEADS = (
    ("debtor", marked("debtor")), ("case", marked("case")), ("creditor", marked("creditor")), ("playbook", marked("playbook")), ("status", marked("status")),
    ("open", marked("open")), ("currency", marked("currency")), ("due", marked("due")), ("age", marked("days late")), ("step", marked("next step")), ("on", marked("on")),
)  # fmt: skip


def serve(studio: StudioSettings) -> None:
    """Say which address is the portfolio's."""

    @ui.page("/portfolio")
    async def portfolio() -> None:
        reader, desk = reader_here(studio.language), studio.desk
        with framed(reader, "/portfolio", reader.say(sentence("Portfolio"))):
            if desk is None:
                ui.label(reader.say(sentence("there is no journal here: start the studio with --journal")))
                return
            cases, ageing = await asyncio.to_thread(desk.standings)
            with reader.reading():
                _ageing(reader, ageing)
                show_year(reader, desk)
                _cases(reader, cases)


def _ageing(reader: PageReader, ageing: tuple[Ageing, ...]) -> None:
    say = reader.say
    names = [say(sentence("{word}", word=say(_bucket(name)))) for name, _ in BUCKETS]
    for each in ageing:
        title = say(sentence("What is open by days late, in {currency}", currency=each.currency))
        ui.label(title).classes("text-bold")
        ui.echart(
            {
                "xAxis": {"type": "category", "data": names}, "yAxis": {"type": "value"}, "grid": {"left": 70, "right": 10, "top": 20, "bottom": 30},
                "series": [{"type": "bar", "data": [float(sum_) for sum_ in each.sums], "itemStyle": {"color": "#1565c0"}}], "aria": {"enabled": True},
            }
        ).classes("w-full").style("height:220px;max-width:760px").props(f'role=img aria-label="{title}"')  # fmt: skip
        with ui.element("table").classes("rl-table").style("max-width:760px"):
            with ui.element("tr"):
                for name in names:
                    ui.element("th").props("scope=col").classes("rl-number")._text = name  # noqa: SLF001
            with ui.element("tr"):
                for sum_, count in zip(each.sums, each.counts, strict=True):
                    ui.element("td").classes("rl-number")._text = f"{money(sum_, each.currency, reader.language)} ({count})"  # noqa: SLF001


def _bucket(name: str) -> str:
    return {"not due": marked("not due"), "over 90": marked("over 90")}.get(name, name)


def _cases(reader: PageReader, cases: tuple[OpenCase, ...]) -> None:
    say = reader.say
    counts = Counter(case.status for case in cases)
    ui.label(" · ".join(f"{number} {word(status)}" for status, number in counts.most_common())).classes("q-mt-md")
    rows = [_row(case) for case in cases]
    columns = [{"field": name, "headerName": say(sentence("{word}", word=say(text))), "filter": True, "sortable": True} for name, text in _HEADS]
    grid = ui.aggrid({"columnDefs": columns, "rowData": rows, "pagination": True, "paginationPageSize": 50, "defaultColDef": {"minWidth": 90, "resizable": True}})
    grid.classes("w-full").style("height:60vh").on("rowDoubleClicked", lambda event: ui.navigate.to(f"/case/{event.args['data']['creditor']}/{event.args['data']['key']}"))
    with ui.row():
        ui.label(say(sentence("a double click opens the file of a debtor"))).classes("rl-soft")
        ui.button(say(sentence("as a file (CSV)")), icon="download", on_click=lambda: ui.download.content(table_of(cases), "portefeuille.csv")).props("outline no-caps")


def _row(case: OpenCase) -> dict[str, Any]:
    return {
        "debtor": shown(case.debtor, 60), "key": case.debtor, "case": shown(case.case, 60), "creditor": case.creditor, "playbook": case.playbook, "status": word(case.status),
        "open": f"{case.open:.2f}", "currency": case.currency, "due": case.due.isoformat(), "age": case.age, "step": case.step, "on": case.on.isoformat() if case.on else "",
    }  # fmt: skip


def table_of(cases: tuple[OpenCase, ...]) -> str:
    """Write the cases as CSV in which no cell is a formula."""
    rows: list[list[Any]] = [[name for name, _ in _HEADS]]
    rows += [
        [case.debtor, case.case, case.creditor, case.playbook, case.status, f"{case.open:.2f}", case.currency, case.due, case.age, case.step, case.on or ""]
        for case in cases
    ]
    return csv_text(rows, end="\r\n")
