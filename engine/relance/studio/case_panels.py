"""What else a debtor's file offers: why each step stands where it stands today and when it comes, the papers that are kept, and a paper to keep."""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nicegui import ui

from relance.interpreter.reasons import say as say_reason
from relance.journal.event_types import DOCUMENT_KINDS, DOCUMENT_LIMIT
from relance.letters.document import File
from relance.report.french import entry_in_words as told_in_french
from relance.report.words import head, word
from relance.sentences import marked, plural, sentence, tell, told
from relance.studio.case_acts import keep_paper, kept_paper, why_today
from relance.studio.desk import NotDoneError
from relance.studio.frame import PageReader, show_table, shown

if TYPE_CHECKING:
    from relance.journal.chain import Entry
    from relance.portfolio.explain import Why
    from relance.studio.desk import CaseFile, OperatorDesk
    from relance.studio.documents import Shelf

_PAPERS = {
    "quote": marked("a quote"), "order": marked("an order"), "contract": marked("a contract"), "delivery_note": marked("a delivery note"), "invoice": marked("an invoice"),
    "terms": marked("general terms"), "letter": marked("a letter"), "proof": marked("another proof"),
}  # fmt: skip


def show_why(desk: OperatorDesk, reader: PageReader, file: CaseFile) -> None:
    """Offer what is decided of each step today, why, and on which day it comes."""
    panel = ui.expansion(reader.say(sentence("why, and what comes")), icon="help_outline").classes("w-full")

    async def look(event: Any) -> None:
        if not event.value:
            return
        panel.clear()
        try:
            answer = await asyncio.to_thread(why_today, desk, file.target)
        except NotDoneError as error:
            with panel:
                ui.label(reader.say(error.args[0])).props("role=alert")
            return
        with panel, reader.reading():
            _steps(answer)

    panel.on_value_change(look)


def _steps(answer: Why) -> None:
    for judged in answer.judged:
        decision = judged.seen.decision
        ui.label(tell("{case} on {on}: {status}: {reason}", case=judged.seen.case.id, on=answer.on, status=word(str(decision.status)), reason=say_reason(decision.reason))).classes("text-bold")
        rows = [(each.step, word(str(each.status)), each.on.isoformat() if each.on else "", told(say_reason(each.reason))) for each in decision.steps]
        show_table([head(name) for name in ("step", "status", "on", "why")], rows, tell("Steps of {case}", case=shown(judged.seen.case.id)))
    for one in answer.unrouted:
        ui.label(tell("{invoice} on {on}: under no playbook: {reason}", invoice=one.invoice, on=answer.on, reason=told(one.reason)))


def show_entries(reader: PageReader, entries: Sequence[Entry], title: str, currency: str = "EUR") -> None:
    """Show entries of a debtor's journal in words, in their order."""
    emitted = {entry.data.get("id"): entry for entry in entries if entry.kind == "action.emitted"}
    show_table(
        [reader.say(sentence(head)) for head in (marked("day"), marked("what happened"), marked("about"), marked("by"))],
        [(entry.on.isoformat(), told_in_french(entry, currency, emitted.get(entry.data.get("id"))), entry.invoice or entry.case or "", entry.actor) for entry in entries],
        reader.say(title),
    )


def show_papers(desk: OperatorDesk, reader: PageReader, file: CaseFile, shelf: Shelf) -> None:
    """List the papers that the journal keeps of a debtor, letters as they left among them; each opens by itself."""
    papers = [entry for entry in file.entries if entry.data.get("sha256") and entry.kind == "document.attached"]
    with ui.expansion(reader.say(plural("{count} paper is kept", "{count} papers are kept", len(papers))), icon="folder_open").classes("w-full"):
        for entry in reversed(papers):
            name = f"{entry.on.isoformat()} · {shown(entry.data.get('name') or entry.data.get('kind') or '', 80)}"
            ui.button(name, icon="description", on_click=lambda _, data=entry.data: _open(desk, reader, shelf, data)).props("flat dense no-caps align=left")


async def _open(desk: OperatorDesk, reader: PageReader, shelf: Shelf, data: Any) -> None:
    content = await asyncio.to_thread(kept_paper, desk, str(data["sha256"]))
    if content is None:
        ui.notify(reader.say(sentence("it is not kept any more")), type="warning")
        return
    name = str(data.get("name") or "document")
    kind = data.get("media_type") or mimetypes.guess_type(name)[0] or "application/octet-stream"
    ui.navigate.to(shelf.put(File(name, content, str(kind))), new_tab=True)


def show_attach(desk: OperatorDesk, reader: PageReader, file: CaseFile) -> None:
    """Let a person keep a paper with the file."""
    say = reader.say
    with ui.expansion(say(sentence("keep a paper")), icon="attach_file").classes("w-full"):
        kind = ui.select({name: say(_PAPERS[name]) for name in DOCUMENT_KINDS}, value="proof", label=say(sentence("what the paper is"))).classes("w-80")

        async def given(event: Any) -> None:
            content = await event.file.read()
            try:
                await asyncio.to_thread(keep_paper, desk, file.target, event.file.name, content, kind.value, reader.user.name)
            except NotDoneError as error:
                ui.notify(say(error.args[0]), type="negative")
                return
            ui.navigate.reload()

        field = ui.upload(max_file_size=DOCUMENT_LIMIT, auto_upload=True, on_upload=given, on_rejected=lambda: ui.notify(say(sentence("larger than {size} MB", size=DOCUMENT_LIMIT // 1_000_000)), type="negative"))
        field.style("display:none")  # its own buttons have no name for who does not see them
        ui.button(say(sentence("choose a file")), icon="upload_file", on_click=lambda: field.run_method("pickFiles")).props("outline no-caps")
