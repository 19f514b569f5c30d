"""What leaves on which day, as a table, and what does not leave and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from nicegui import ui

from relance.letters.figures import money
from relance.report.words import condition_words, word
from relance.sentences import marked, sentence
from relance.studio.frame import PageReader, shown

if TYPE_CHECKING:
    from relance.simulation.timeline import Sending, Timeline

_HEADS = (marked("day"), marked("step"), marked("by"), marked("asked"), marked("why"))


def day_said(on: date, language: str) -> str:
    """Write a day with its weekday: "Mon 2 Mar 2026", « lun. 2 mars 2026 »."""
    from babel.dates import format_date

    return format_date(on, "EEE d MMM y", locale=language)


def show_sendings(timeline: Timeline, reader: PageReader, read: Callable[[Sending], None]) -> None:
    """Show the table of what leaves and how it ends; whoever chooses a step there reads what leaves."""
    say = reader.say
    with ui.element("table").classes("rl-table"):
        ui.element("caption").style("text-align:left")._text = say(sentence("What leaves, if nothing happens but what you let happen"))  # noqa: SLF001
        with ui.element("tr"):
            for head in _HEADS:
                ui.element("th").props("scope=col").classes("rl-number" if head == "asked" else "")._text = say(head)  # noqa: SLF001
        for entry in timeline.entries:
            _sending(entry, reader, read)
    if timeline.left_out:
        ui.label(say(sentence("What does not leave"))).classes("text-bold q-mt-md")
    for each in timeline.left_out:
        ui.label(shown(say(sentence("{what}: {why}", what=each.step, why=each.reason)), 400)).classes("rl-soft")
    for end in timeline.ends:
        ui.label(say(sentence("{day}: {status}, {why}", day=day_said(end.on, reader.language), status=word(end.status), why=condition_words(end.reason)))).classes("rl-soft")


def _sending(entry: Sending, reader: PageReader, read: Callable[[Sending], None]) -> None:
    say, first = reader.say, entry.first
    with ui.element("tr"):
        cells = (day_said(entry.on, reader.language), first.step, ", ".join(word(channel) for channel in entry.channels))
        for place, cell in enumerate(cells):
            with ui.element("td"):
                if place == 1:
                    ui.button(shown(cell), on_click=lambda: read(entry)).props("flat dense no-caps").props(f'title="{say(sentence("read what leaves"))}"')
                else:
                    ui.label(cell)
        ui.element("td").classes("rl-number")._text = str(money(first.claimed.total, first.claimed.currency, reader.language))  # noqa: SLF001
        ui.element("td")._text = say(first.reason) + (" · " + say(sentence("a person approves")) if first.draft else "")  # noqa: SLF001
