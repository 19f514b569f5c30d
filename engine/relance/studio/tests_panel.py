"""What the tests beside a playbook found, on a page: each test, and what differs in one that fails."""

from __future__ import annotations

from collections.abc import Iterable

from nicegui import ui

from relance.model import Diagnostic
from relance.sentences import sentence
from relance.simulation.coverage import Coverage
from relance.simulation.playbook_tests import Result
from relance.studio.frame import PageReader, shown


def show_results(results: Iterable[Result], findings: Iterable[Diagnostic], reader: PageReader) -> None:
    """Show what was found of the tests' own text, then how each came out."""
    say = reader.say
    for each in findings:
        ui.label(f"{each.line}: {say(each.message)} [{each.code}]")
    for result in results:
        good = not (result.differences or result.ends)
        name = say(sentence("passes") if good else sentence("fails"))
        with ui.row().classes("items-center"):
            ui.icon("check_circle" if good else "cancel", color="positive" if good else "negative").props(f'role=img aria-label="{name}"')
            ui.label(shown(result.test.name))
        for difference in result.differences:
            ui.label(shown(say(difference.why), 400)).classes("rl-soft q-pl-lg")
        for ended in result.ends:
            ui.label(shown(say(ended), 400)).classes("rl-soft q-pl-lg")


def show_coverage(covered: Coverage, reader: PageReader) -> None:
    """Say how much of a playbook its tests exercise, and what none of them does."""
    say = reader.say
    ui.label(say(sentence("{covered} of {total} exercised by a test", covered=covered.covered, total=covered.total))).classes("text-bold q-mt-sm")
    for gap in covered.gaps:
        ui.label(shown(say(gap), 300)).classes("rl-soft q-pl-lg")
