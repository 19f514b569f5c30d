"""A history that breaks a promise, as a test to paste: it fails for as long as the playbook does what the history shows.

A test takes what is made as sent on its day and knows no missed run. A history that needs a message, an approval or a call that
came late, or a run that did not take place, cannot be told so: then there is no test of it. Nor is there of what has not come, for a test
that lists what left passes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from relance.journal.event_types import PUBLIC
from relance.model import Event, Facts
from relance.proof.prove import Held, Proof, Ruling
from relance.proof.replay import HistoryLine, replay
from relance.simulation.playbook_tests import PlayTest, run_test
from relance.simulation.what_if import as_recorded
from relance.simulation.written_tests import written_test

#: What a person says of an action, and of what a test is told; the rest is what a ladder does of its own accord.
_SAID = ("approved", "cancelled", "skipped", "failed", "executed")


def breach_test(proof: Proof, held: Held, name: str) -> str | None:
    """Return the test of a broken promise by that name, an item of the list in a `*.test.yaml`; None where a test cannot play its history."""
    if held.ruling is not Ruling.BROKEN or not held.history:
        return None
    claim = held.facts or proof.facts
    lines = [line for line, _ in replay(proof.playbook, claim, held.history)]
    last = lines[-1]
    facts = replace(claim, events=events_of_history(claim, lines))
    left = run_test(proof.playbook, PlayTest("", facts, held.history[0].on, last.on, ())).left
    if not last.step:
        return None
    wrong = next((entry for entry in left if (entry.on, entry.first.step) == (last.on, last.step)), None)
    if wrong is None:
        return None
    return written_test(name, facts, [entry for entry in left if entry is not wrong], days=(None, last.on))


def events_of_history(facts: Facts, lines: Sequence[HistoryLine]) -> tuple[Event, ...]:
    """Return what a test is told of a history: what happened from outside, and what people said of the steps by their name."""
    name = facts.invoices[0].id
    told: list[Event] = []
    for line in lines:
        if line.what in _SAID:
            words = {key: value for key, value in (line.events[0].data if line.events else {}).items() if key != "id"}
            told.append(Event(line.on, f"action.{line.what}", name, None, len(told), {"step": line.step, **words}))
        elif line.what not in ("run", "sent", "missed", "withdrawn"):
            told += [replace(as_recorded(event), seq=len(told)) for event in line.events if event.kind in PUBLIC]
    return tuple(told)
