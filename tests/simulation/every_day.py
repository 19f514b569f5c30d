"""The slow way: a debtor looked at on every day, without any shortcut. What plays forward must say the same."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta

from relance.interpreter import look
from relance.interpreter.emission import emitted_in_vain, happened
from relance.interpreter.scope import covers
from relance.model import Event, Facts, Playbook
from relance.simulation.timeline import Place, PlayedDay, Timeline, gathered, place


def preview_every_day(playbook: Playbook, facts: Facts, start: date, until: date, unsent: Mapping[Place, str] | None = None) -> Timeline:
    """Return what `preview` must return."""
    unsent = unsent or {}
    return gathered(playbook, facts, (start, until), play_every_day(playbook, facts, start, until, unsent), unsent)


def play_every_day(playbook: Playbook, facts: Facts, start: date, until: date, unsent: Mapping[Place, str]) -> Iterator[PlayedDay]:
    """Look on each day, and take what leaves as carried out on it."""
    events = sorted(facts.events, key=_order)
    told = [event for event in events if event.kind in ("action.approved", "action.executed", "action.failed", "action.cancelled", "action.skipped")]
    said = {event.data["step"] for event in told if "step" in event.data and any(covers(event, invoice) for invoice in facts.invoices)}
    on = start
    while on <= until:
        facts = replace(facts, events=tuple(events))
        seen = look(playbook, facts, on)
        for action in (*seen.actions, *seen.duties):
            for event in emitted_in_vain(action) if place(action) in unsent else happened(action, said):
                insort(events, event, key=_order)
        yield PlayedDay(on, seen, replace(facts, events=tuple(events)))
        on += timedelta(days=1)


def _order(event: Event) -> tuple[date, int]:
    return event.on, event.seq
