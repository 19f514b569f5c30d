"""The file of a debtor in one page: where its cases stand, what happened, and a form to record more."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from nicegui import ui

from relance.journal.event_types import ACTION_KINDS, PUBLIC
from relance.letters.figures import money
from relance.report.words import word
from relance.sentences import marked, sentence
from relance.studio.case_panels import show_attach, show_entries, show_papers, show_why
from relance.studio.desk import NotDoneError
from relance.studio.frame import PATIENCE, PageReader, framed, reader_here, show_table, shown
from relance.studio.gate import Role

if TYPE_CHECKING:
    from relance.studio.desk import CaseFile, OperatorDesk
    from relance.studio.settings import StudioSettings

#: What a person most often records by hand comes first; what is said of an action is recorded where it waits.
_OFTEN = (
    "payment.received", "promise.made", "dispute.opened", "dispute.closed", "plan.agreed", "hold.placed", "hold.lifted", "playbook.changed", "handed_over", "case.closed",
    "credit_note.issued", "letter.presented", "letter.refused", "letter.unclaimed", "letter.returned", "note",
)  # fmt: skip
_RECORDED = tuple(dict.fromkeys((*_OFTEN, *(kind for kind in PUBLIC if kind not in ACTION_KINDS))))


def serve(studio: StudioSettings) -> None:
    """Say which address is the file of a debtor."""

    @ui.page("/case/{creditor}/{debtor:path}", response_timeout=PATIENCE)
    async def case(creditor: str, debtor: str) -> None:
        reader, desk = reader_here(studio.language), studio.desk
        with framed(reader, "/case", shown(debtor, 60)):
            if desk is None:
                return
            try:
                file = await asyncio.to_thread(desk.case, creditor, debtor)
            except NotDoneError as error:
                ui.label(reader.say(error.args[0])).props("role=alert")
                return
            _case(studio, desk, reader, file)


def _case(studio: StudioSettings, desk: OperatorDesk, reader: PageReader, file: CaseFile) -> None:
    debtor, say = file.facts.debtor, reader.say
    ui.element("h2").style("font-size:1.3rem;line-height:1.4;margin:0;font-weight:600")._text = shown(debtor.name or debtor.id)  # noqa: SLF001
    ui.label(shown(f"{debtor.id} · {file.facts.creditor.name or file.facts.creditor.id} · {debtor.email or ''} · {debtor.phone or ''}")).classes("rl-soft")
    show_table(
        [say(sentence(head)) for head in (marked("case"), marked("playbook"), marked("status"), marked("open"), marked("due on"), marked("next"), marked("why"))],
        [
            (case.case, case.playbook, _word(reader, case.status), str(money(case.open, case.currency, reader.language)), case.due.isoformat(), f"{case.step} {case.on.isoformat() if case.on else ''}", say(case.reason))
            for case in file.standings
        ],
        say(sentence("Open cases")),
        {3},
    )
    show_why(desk, reader, file)
    if reader.may(Role.OPERATOR):
        _record(studio, desk, reader, file)
        show_attach(desk, reader, file)
    show_papers(desk, reader, file, studio.shelf)
    if reader.may(Role.OPERATOR):
        _evidence(desk, reader, file)
    show_entries(reader, file.entries[::-1], sentence("What happened"), file.facts.invoices[0].currency if file.facts.invoices else "EUR")


def _word(reader: PageReader, name: str) -> str:
    with reader.reading():
        return word(name)


def _record(studio: StudioSettings, desk: OperatorDesk, reader: PageReader, file: CaseFile) -> None:
    """Let a person record an event: each kind its own fields, checked when it is recorded."""
    say = reader.say
    with ui.expansion(say(sentence("record what happened")), icon="edit_note").classes("w-full"):
        kind = ui.select(list(_RECORDED), label=say(sentence("what happened")), value="payment.received").classes("w-80")
        on = ui.input(say(sentence("on")), value=studio.today.isoformat()).props("type=date stack-label")
        invoices = {"": say(sentence("the debtor as a whole")), **{each.id: each.id for each in file.facts.invoices}}
        invoice = ui.select(invoices, label=say(sentence("about")), value="").classes("w-80")
        fields = ui.column()
        values: dict[str, Any] = {}

        mistakes = ui.label("").props("role=status aria-live=polite").classes("text-negative")

        def written() -> dict[str, str]:
            return {"event": kind.value, "on": on.value, "invoice": invoice.value, **{name: (each.value or "").strip() for name, each in values.items()}}

        def check() -> None:
            """Say what is wrong with what is written so far."""
            mistakes.text = "; ".join(shown(say(each), 300) for each in desk.mistakes(written()))

        def form() -> None:
            fields.clear()
            values.clear()
            mistakes.text = ""
            with fields:
                for name, each in PUBLIC[kind.value].items():
                    label = f"{name}{' *' if each.required else ''}"
                    values[name] = ui.input(label, on_change=check).classes("w-80").props("debounce=300").props("type=date stack-label" if str(each.type) == "day" else "")

        kind.on_value_change(lambda _: form())
        on.on_value_change(check)
        form()

        async def record() -> None:
            try:
                await asyncio.to_thread(desk.record, file.target.creditor, file.target.debtor, written(), reader.user.name)
            except NotDoneError as error:
                ui.notify(shown(say(error.args[0]), 400), type="negative")
                return
            ui.navigate.reload()

        ui.button(say(sentence("record")), icon="check", on_click=record).props("no-caps")


def _evidence(desk: OperatorDesk, reader: PageReader, file: CaseFile) -> None:
    """Let a person have the file for a bailiff or a court; that it was made stands in the journal."""

    async def make() -> None:
        try:
            made = await asyncio.to_thread(desk.evidence, file.target.creditor, file.target.debtor, reader.user.name)
        except NotDoneError as error:
            ui.notify(shown(reader.say(error.args[0]), 400), type="negative")
            return
        if made.missing:
            ui.notify(shown(reader.say(sentence("not kept: {name}", name=list(made.missing))), 400), type="warning")
        ui.download.content(made.content, made.name)

    ui.button(reader.say(sentence("the file for a bailiff or a court (zip)")), icon="folder_zip", on_click=make).props("outline no-caps")
