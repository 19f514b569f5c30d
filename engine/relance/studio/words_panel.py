"""What a playbook does in plain French sentences, a sentence a key, as its book says it; and the book itself, to read and to sign."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from nicegui import ui

import relance
from relance.book.how_to import instructions
from relance.book.pages import MadeWith, attached_to, book_pdf
from relance.book.sayings import Origin
from relance.book.signature import signature_beside, signature_text, signed_book
from relance.language import source
from relance.law import parameters
from relance.letters.document import File
from relance.letters.letterhead import read
from relance.letters.wording import Templates
from relance.model import Playbook
from relance.sentences import sentence
from relance.studio.frame import PageReader, shown
from relance.studio.gate import Role
from relance.studio.workspace import FileRefusedError

if TYPE_CHECKING:
    from relance.studio.settings import StudioSettings


def show_words(studio: StudioSettings, reader: PageReader, playbook: Playbook, text: str, path: str) -> None:
    """Show the sentences, in French as the letters are, and a button that makes the book of the text as it is written."""

    async def make() -> None:
        row.clear()
        with row:
            waits = ui.spinner()
            made = await asyncio.to_thread(book_of, studio, playbook, text, path)
            waits.delete()
            ui.link(reader.say(sentence("open the PDF")), studio.shelf.put(made), new_tab=True)
            if reader.may(Role.AUTHOR):
                ui.button(reader.say(sentence("I have read it: sign")), icon="draw", on_click=lambda: _sign(studio, reader, made, text, path)).props("outline no-caps")

    with ui.row().classes("items-center"):
        ui.button(reader.say(sentence("the book, to read and to sign")), icon="menu_book", on_click=make).props("outline no-caps")
    row = ui.row().classes("items-center").props("aria-live=polite")
    said = instructions(playbook)
    with ui.column().props("lang=fr"):
        for line in said.rules:
            ui.label(shown(line, 1000))
        for each in said.steps:
            ui.label(shown(each.step.title or each.step.id)).classes("text-bold q-mt-sm")
            for line in each.sentences:
                ui.label(shown(line, 1000))


async def _sign(studio: StudioSettings, reader: PageReader, book: File, text: str, path: str) -> None:
    """Ask who read the book, and with which reservations; keep both beside the playbook, where its file says what the book does."""
    say = reader.say
    with ui.dialog() as dialog, ui.card().style("width:36rem;max-width:95vw"):
        ui.label(say(sentence("Who read this book"))).classes("text-bold")
        by = ui.input(say(sentence("name")), value=reader.user.name).classes("w-full")
        role = ui.input(say(sentence("in which quality: a lawyer, a bailiff"))).classes("w-full")
        reservations = ui.textarea(say(sentence("reservations, one a line: what the reader does not answer for"))).classes("w-full").props("autogrow")
        with ui.row():
            ui.button(say(sentence("sign")), on_click=lambda: dialog.submit((by.value, role.value, reservations.value))).props("no-caps")
            ui.button(say(sentence("no")), on_click=lambda: dialog.submit(None)).props("flat no-caps")
    answer = await dialog
    dialog.delete()
    who, quality, written = ((each or "").strip() for each in answer or ("", "", ""))
    if not who:
        return
    read_by = ReadBy(who, quality, tuple(line.strip() for line in written.splitlines() if line.strip()))
    try:
        kept = await asyncio.to_thread(signed_beside, studio, book, text, path, read_by)
    except FileRefusedError as error:
        ui.notify(say(error.args[0]), type="negative")
        return
    ui.notify(say(sentence("signed: {file}", file=kept)), type="positive")


class ReadBy(NamedTuple):
    """Who read a book, in which quality, with which reservations."""

    by: str
    role: str = ""
    reservations: tuple[str, ...] = ()


def signed_beside(studio: StudioSettings, book: File, text: str, path: str, read_by: ReadBy) -> str:
    """Write the signature of a book beside its playbook, and return its path. Raises FileRefusedError where the file does not say what the book was made of."""
    workspace = studio.workspace
    if workspace.read(path).text != text:
        raise FileRefusedError(sentence("the file says something else than this book: save, make the book anew, and read it"))
    attached = attached_to(book.content)
    assert attached is not None
    out = signature_beside(workspace.place(path))
    made = signed_book(attached, workspace.root / book.name, out, by=read_by.by, on=studio.today, role=read_by.role, reservations=read_by.reservations)
    kept = out.relative_to(workspace.root).as_posix()
    workspace.put(kept, signature_text(made))
    return kept


def book_of(studio: StudioSettings, playbook: Playbook, text: str, path: str) -> File:
    """Make the book of a text, with the project's wordings and letterhead; `path` is the text's, as counted from the project."""
    root = studio.workspace.root
    letterhead = None if studio.project is None else studio.project.letterhead
    found, _ = source.read(text, path)
    made = MadeWith(
        playbook, Templates(*studio.folders), None if letterhead is None else read(letterhead)[0], parameters.french(), relance.__version__,
        Origin.said_by(found.value if found is not None else None),
    )  # fmt: skip
    files = {"playbook": path, "letterhead": None if letterhead is None else _from(root, letterhead), "templates": [_from(root, each) for each in studio.folders], "figures": None}
    return File(f"{playbook.id}.book.pdf", book_pdf(made, studio.today, files), "application/pdf")


def _from(root: Path, file: Path) -> str:
    """Name a file as it is found from a folder, which it need not be in."""
    return Path(os.path.relpath(file, root)).as_posix()
