"""The portfolio in a page: what is open by age, and every open case in a list that can be filtered, sorted and taken away as a file."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from nicegui import ui

from relance.escaping import csv_text
from relance.extras import has_tables
from relance.letters.figures import money
from relance.portfolio.receivables import BUCKETS, Ageing, OpenCase
from relance.report.words import word
from relance.sentences import marked, sentence
from relance.studio.case_list import CaseFilter, list_page
from relance.studio.charts import show_bars
from relance.studio.frame import PATIENCE, PageReader, case_address, framed, reader_here, show_progress, shown
from relance.studio.year_panel import show_year

if TYPE_CHECKING:
    from collections.abc import Iterable

    from relance.studio.kept_view import KeptView
    from relance.studio.settings import StudioSettings

_HEADS = (
    ("debtor", marked("debtor")), ("case", marked("case")), ("creditor", marked("creditor")), ("playbook", marked("playbook")), ("status", marked("status")),
    ("open", marked("open")), ("currency", marked("currency")), ("due", marked("due on")), ("age", marked("days late")), ("step", marked("next step")), ("on", marked("on")),
)  # fmt: skip
#: How many cases a page shows: the first unless another is chosen.
_ROWS = (25, 50, 100)
_NUMBERS = ("open", "age")
#: A link that a browser follows by mouse and by keyboard; its text is shown as text.
_LINK = '<q-td :props="props"><a :href="props.row.address">{{ props.value }}</a></q-td>'


def serve(studio: StudioSettings) -> None:
    """Say which address is the portfolio's."""

    @ui.page("/portfolio", response_timeout=PATIENCE)
    async def portfolio() -> None:
        reader, desk, view = reader_here(studio.language), studio.desk, studio.view
        with framed(reader, "/portfolio", reader.say(sentence("Portfolio"))):
            if desk is None or view is None:
                ui.label(reader.say(sentence("there is no journal here: start the studio with --journal")))
                return
            progress = await asyncio.to_thread(view.progress)
            page = _Portfolio(reader, view)
            show_progress(reader, progress, view, page.show)
            with reader.reading():
                page.build()
                show_year(reader, desk)
                if has_tables():
                    from relance.studio.forecast_panel import show_forecast

                    show_forecast(reader, desk, view)


class _Portfolio:
    """The page: the ages of what is open, and the list of the cases that a filter leaves."""

    def __init__(self, reader: PageReader, view: KeptView) -> None:
        self.reader, self.view, self.filter = reader, view, CaseFilter()
        self.order: dict[str, Any] = {"sortBy": "age", "descending": True, "page": 1, "rowsPerPage": _ROWS[0]}

    def build(self) -> None:
        say = self.reader.say
        self.ages = ui.column().classes("w-full")
        with ui.row().classes("items-center w-full q-mt-md"):
            ui.input(say(sentence("filter by name, number, playbook or step")), on_change=lambda event: self._narrow(text=event.value or "")).props("dense outlined clearable debounce=100").classes("w-72")
            self.status = ui.select({"": say(sentence("every status"))}, value="", label=say(sentence("status")), on_change=lambda event: self._narrow(status=event.value or "")).props("dense outlined").classes("w-48")
            creditors = {"": say(sentence("every creditor"))} | {name: shown(name, 60) for name in self.view.creditors()}
            ui.select(creditors, value="", label=say(sentence("creditor")), with_input=True, on_change=lambda event: self._narrow(creditor=event.value or "")).props("dense outlined").classes("w-48")
            ui.button(say(sentence("as a file (CSV)")), icon="download", on_click=self._file).props("outline no-caps")
        self.count = ui.label("").props("role=status aria-live=polite").classes("rl-soft")
        columns = [{"name": name, "field": name, "label": say(text), "sortable": name != "currency", "align": "right" if name in _NUMBERS else "left"} for name, text in _HEADS]
        title = say(sentence("Open cases"))
        self.table = ui.table(columns=columns, rows=[], row_key="place", pagination={**self.order, "rowsNumber": 0}).classes("w-full").props(f'dense flat bordered binary-state-sort :rows-per-page-options="{list(_ROWS)}" aria-label="{title}"')
        self.table.add_slot("body-cell-debtor", _LINK)
        self.table.on("request", self._turn)
        self.show()

    async def _narrow(self, **change: str) -> None:
        self.filter = CaseFilter(**{"text": self.filter.text, "status": self.filter.status, "creditor": self.filter.creditor} | change)
        self.order["page"] = 1
        self.show()

    def _turn(self, event: Any) -> None:
        """Show another page, or another order."""
        asked = event.args["pagination"]
        order = asked.get("sortBy")
        count = asked.get("rowsPerPage")
        self.order |= {"page": max(int(asked.get("page") or 1), 1), "rowsPerPage": count if count in _ROWS else _ROWS[0], "sortBy": order if order in dict(_HEADS) and order != "currency" else "age", "descending": bool(asked.get("descending"))}
        self.show()

    def show(self) -> None:
        """Show what is kept now."""
        every = self.view.cases()
        found = self.filter.takes(every)
        count = self.order["rowsPerPage"]
        first = (self.order["page"] - 1) * count
        with self.reader.reading():
            rows = [_row(case, first + place) for place, case in enumerate(list_page(found, self.order["sortBy"], first, count, descending=self.order["descending"]))]
            counts = self.view.statuses()
            self.count.text = self.reader.say(sentence("{found} of {total} cases", found=len(found), total=len(every))) + ": " + " · ".join(f"{number} {word(status)}" for status, number in counts.most_common())
            self.status.set_options({"": self.reader.say(sentence("every status"))} | {status: word(status) for status in sorted(counts)})
        self.table.rows = rows
        self.table.pagination = {**self.order, "rowsNumber": len(found)}
        self._ageing(self.view.ageing(self.filter.creditor or None))

    def _ageing(self, ageing: tuple[Ageing, ...]) -> None:
        if getattr(self, "aged", None) == ageing:
            return
        self.aged = ageing
        self.ages.clear()
        with self.ages, self.reader.reading():
            _ageing(self.reader, ageing)

    async def _file(self) -> None:
        cases = await asyncio.to_thread(lambda: self.filter.takes(self.view.cases()))
        ui.download.content(await asyncio.to_thread(table_of, cases), "portefeuille.csv")


def _ageing(reader: PageReader, ageing: tuple[Ageing, ...]) -> None:
    say = reader.say
    names = [say(_bucket(name)) for name, _ in BUCKETS]
    for each in ageing:
        title = say(sentence("What is open by days late, in {currency}", currency=each.currency))
        ui.label(title).classes("text-bold")
        show_bars(title, names, {title: [float(sum_) for sum_ in each.sums]}, height=220)
        with ui.element("table").classes("rl-table").style("max-width:760px"):
            with ui.element("tr"):
                for name in names:
                    ui.element("th").props("scope=col").classes("rl-number")._text = name  # noqa: SLF001
            with ui.element("tr"):
                for sum_, count in zip(each.sums, each.counts, strict=True):
                    ui.element("td").classes("rl-number")._text = f"{money(sum_, each.currency, reader.language)} ({count})"  # noqa: SLF001


def _bucket(name: str) -> str:
    return {"not due": marked("not due"), "over 90": marked("over 90")}.get(name, name)


def _row(case: OpenCase, place: int) -> dict[str, Any]:
    return {
        "place": place, "address": case_address(case.creditor, case.debtor), "debtor": shown(case.debtor, 60), "case": shown(case.case, 60), "creditor": shown(case.creditor, 60),
        "playbook": case.playbook, "status": word(case.status), "open": f"{case.open:.2f}", "currency": case.currency, "due": case.due.isoformat(), "age": case.age,
        "step": case.step, "on": case.on.isoformat() if case.on else "",
    }  # fmt: skip


def table_of(cases: Iterable[OpenCase]) -> str:
    """Write the cases as CSV in which no cell is a formula."""
    rows: list[list[Any]] = [[name for name, _ in _HEADS]]
    rows += [
        [case.debtor, case.case, case.creditor, case.playbook, case.status, f"{case.open:.2f}", case.currency, case.due, case.age, case.step, case.on or ""]
        for case in cases
    ]
    return csv_text(rows, end="\r\n")
