"""What a playbook does in plain French sentences, a sentence a key, as its book says it; and the book itself, to read and to sign."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

from nicegui import ui

import relance
from relance.book.how_to import instructions
from relance.book.pages import MadeWith, book_pdf
from relance.book.sayings import Origin
from relance.language import source
from relance.law import parameters
from relance.letters.document import File
from relance.letters.letterhead import read
from relance.letters.wording import Templates
from relance.model import Playbook
from relance.sentences import sentence
from relance.studio.frame import PageReader, shown

if TYPE_CHECKING:
    from relance.studio.settings import StudioSettings


def show_words(studio: StudioSettings, reader: PageReader, playbook: Playbook, text: str, path: str) -> None:
    """Show the sentences, in French as the letters are, and a button that makes the book of the text as it is written."""

    async def make() -> None:
        waits = ui.spinner()
        made = await asyncio.to_thread(book_of, studio, playbook, text, path)
        waits.delete()
        ui.link(reader.say(sentence("open the PDF")), studio.shelf.put(made), new_tab=True)

    with ui.row().classes("items-center"):
        ui.button(reader.say(sentence("the book, to read and to sign")), icon="menu_book", on_click=make).props("outline no-caps")
    said = instructions(playbook)
    with ui.column().props("lang=fr"):
        for line in said.rules:
            ui.label(shown(line, 1000))
        for each in said.steps:
            ui.label(shown(each.step.title or each.step.id)).classes("text-bold q-mt-sm")
            for line in each.sentences:
                ui.label(shown(line, 1000))


def book_of(studio: StudioSettings, playbook: Playbook, text: str, path: str) -> File:
    """Make the book of a text, with the project's wordings and letterhead; `path` is the text's, as counted from the project."""
    project = studio.project
    folders = tuple(project.templates) if project is not None else ()
    letterhead = project.letterhead if project is not None else None
    found, _ = source.read(text, path)
    made = MadeWith(
        playbook, Templates(*folders), None if letterhead is None else read(letterhead)[0], parameters.french(), relance.__version__,
        Origin.said_by(found.value if found is not None else None),
    )  # fmt: skip

    def seen(file: Path) -> str:
        return Path(os.path.relpath(file, studio.workspace.root)).as_posix()

    files = {"playbook": path, "letterhead": None if letterhead is None else seen(letterhead), "templates": [seen(each) for each in folders], "figures": None}
    return File(f"{playbook.id}.book.pdf", book_pdf(made, studio.today, files), "application/pdf")
