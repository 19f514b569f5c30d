"""The ladder as a drawing: each step with its moment, channels and tone, the days on which it leaves or why it does not, and what ends or holds it all."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from nicegui import ui

from relance.model import Playbook
from relance.report.words import word
from relance.sentences import lasting, sentence
from relance.studio.days_panel import day_said
from relance.studio.frame import PageReader, shown
from relance.studio.played_case import channels_of

if TYPE_CHECKING:
    from relance.simulation.timeline import Sending, Timeline


class LadderView(NamedTuple):
    """What is drawn: a playbook (None: it has errors), the case that is played by it, the step that is looked at, and those that no test makes due."""

    playbook: Playbook | None
    timeline: Timeline | None
    chosen: str | None
    never_due: frozenset[str]


def show_ladder(reader: PageReader, view: LadderView, choose: Callable[[str], None]) -> None:
    """Draw it where one stands; a step that is clicked is chosen."""
    say, playbook, timeline = reader.say, view.playbook, view.timeline
    if playbook is None:
        ui.label(say(sentence("the ladder shows again once the errors are mended"))).classes("rl-soft")
        return
    ui.label(shown(playbook.title or playbook.id)).classes("text-h6")
    if playbook.description:
        ui.label(shown(playbook.description, 600)).classes("rl-soft")
    leaves: dict[str, list[Sending]] = {}
    for entry in timeline.entries if timeline is not None else ():
        leaves.setdefault(entry.first.step, []).append(entry)
    why = {each.step: each.reason for each in timeline.left_out} if timeline is not None else {}
    for step in playbook.steps:
        here = "rl-here" if step.id == view.chosen else ""
        with ui.element("button").classes(f"rl-step {here}").props("type=button").on("click", partial(choose, step.id)):
            with ui.row().classes("items-center w-full no-wrap"):
                for icon, channel in zip(channels_of(step.channels), step.channels, strict=True):
                    ui.icon(icon).props(f'role=img aria-label="{word(channel)}"')
                ui.label(shown(step.title or step.id)).classes("text-bold")
                ui.space()
                ui.label(shown(step.at.text)).classes("text-mono rl-soft")
            parts = [word(channel) for channel in step.channels]
            if step.tone is not None:
                parts.append(say(sentence("tone: {tone}", tone=word(step.tone))))
            if step.grants is not None:
                parts.append(say(sentence("grants {time}", time=lasting(step.grants.number, step.grants.unit))))
            if step.approval:
                parts.append(say(sentence("a person approves")))
            if step.condition is not None:
                parts.append(say(sentence("under a condition")))
            ui.label(" · ".join(parts)).classes("rl-soft")
            days = leaves.get(step.id, [])
            if days:
                ui.label("→ " + ", ".join(day_said(entry.on, reader.language) for entry in days[:4]) + (" …" if len(days) > 4 else ""))
            elif step.id in why:
                ui.label(say(sentence("does not leave: {why}", why=why[step.id]))).classes("rl-soft")
            if step.id in view.never_due:
                ui.label(say(sentence("no test makes it due"))).classes("text-warning")
    stops = " · ".join(_condition(each) for each in playbook.stop_when)
    holds = " · ".join(_condition(each) for each in playbook.hold_while)
    ui.label(say(sentence("ends when: {words}", words=stops))).classes("rl-soft")
    ui.label(say(sentence("is held while: {words}", words=holds))).classes("rl-soft")


def _condition(condition: Any) -> str:
    return shown(getattr(condition, "name", "") or getattr(condition, "fact", "") or str(condition), 60)
