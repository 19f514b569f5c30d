"""What a proof found, on a page: each promise with its ruling, a breach as a history, as a case to play and as a test, what may come after what."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from nicegui import ui

from relance.model import Diagnostic
from relance.proof.breach_test import breach_test
from relance.proof.prove import Proof, Ruling
from relance.report.proof_graph import svg
from relance.report.proofs import history_lines, line_said
from relance.sentences import sentence
from relance.studio.frame import PageReader, shown
from relance.studio.played_case import PlayedCase, breach_case

_RULINGS = {
    Ruling.PROVED: ("check_circle", "positive", sentence("proved")), Ruling.BROKEN: ("cancel", "negative", sentence("BROKEN")),
    Ruling.UNDECIDED: ("help", "warning", sentence("not decided")),
}  # fmt: skip


def show_proof(proof: Proof, findings: Iterable[Diagnostic], reader: PageReader, play: Callable[[PlayedCase], object]) -> None:
    """Show what was found of the promises' own text, then how each was ruled; `play` is given the case of a breach."""
    say = reader.say
    for each in findings:
        ui.label(f"{each.line}: {say(each.message)} [{each.code}]").props("role=alert")
    for held in proof.held:
        icon, colour, name = _RULINGS[held.ruling]
        with ui.row().classes("items-center no-wrap"):
            ui.icon(icon, color=colour).props(f'role=img aria-label="{say(name)}"')
            ui.label(shown(f"{held.promise.code or ''} {say(held.promise.name)}".strip(), 300))
        if held.ruling is Ruling.BROKEN and held.history:
            for line in history_lines(proof, held):
                ui.label(shown(f"{line.on.isoformat()}  {line_said(line)}", 400)).classes("rl-soft q-pl-xl")
            ui.button(say(sentence("play it: its days and letters")), icon="event", on_click=lambda _, held=held: play(breach_case(proof, held))).props("outline dense no-caps").classes("q-ml-xl")
            if (test := breach_test(proof, held, say(held.promise.name))) is not None:
                with ui.expansion(say(sentence("as a test, which fails until it is mended:"))).classes("q-pl-lg"):
                    ui.code(test, language="yaml").classes("w-full")
    with ui.expansion(say(sentence("what may come after what"))).classes("w-full"):
        ui.html(svg(proof.playbook, proof.reached.follows), sanitize=False).classes("w-full")
