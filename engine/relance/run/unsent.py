"""Messages that had not left when a run began: which wait on, which have waited too long, and which ask what is not open any more.

A run withdraws the last two, with the reason, and what is still due is made anew by it, with the sums of its day. A message of
which an attempt was begun stays as it is: it may have left. Decides and writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from relance.dates import add
from relance.interpreter.action_state import ActionState, acts
from relance.interpreter.amounts_asked import asked
from relance.interpreter.compiled import compile_playbook
from relance.interpreter.snapshot import Snapshot, case_today
from relance.journal.chain import Entry
from relance.model import Case, Event, Facts, Playbook, Sender
from relance.portfolio.routing import Routing
from relance.sentences import sentence

#: Events of a day that a run writes come after those it was told.
_OWN_SEQ = 2**35

#: Kinds of entry about an attempt.
ATTEMPTS = ("action.attempted", "action.unclear")

Waiting = Sequence[tuple[Facts, ActionState]]
Attempts = Callable[[Facts], Iterable[Entry]]


class Unsent(NamedTuple):
    """Messages that had not left: those that wait on, those that waited too long for their playbook, those whose sum is not true any more."""

    still: Waiting
    late: Waiting
    untrue: Waiting


def unsent(known: Sequence[Facts], routing: Routing, on: date, attempts: Attempts) -> Unsent:
    """Sort what relance is to send and has not; actions of one message stay together. `attempts` reads what a journal has of a debtor's attempts."""
    still: list[tuple[Facts, ActionState]] = []
    late: list[tuple[Facts, ActionState]] = []
    untrue: list[tuple[Facts, ActionState]] = []
    for facts in known:
        if any(event.data.get("sent_by") == Sender.RELANCE for event in facts.events):
            for group in _together(facts, on):
                playbooks = [(act, playbook) for act in group if (playbook := routing.playbooks.get(act.playbook)) is not None]
                place = still
                if any(_too_old(act, playbook, on) for act, playbook in playbooks):
                    place = late
                elif any(_untrue(act, facts, playbook, on) for act, playbook in playbooks):
                    place = untrue
                if place is not still and _may_have_left(group, attempts(facts)):
                    place = still
                place += [(facts, act) for act in group]
    return Unsent(still, late, untrue)


def without(known: Sequence[Facts], waiting: Unsent, on: date) -> Sequence[Facts]:
    """Let a portfolio know which messages leave no more, so that what is still due is made anew by the same run."""
    words: dict[tuple[str, str], list[Event]] = {}
    for facts, event in withdrawals(waiting, on):
        words.setdefault((facts.creditor.id, facts.debtor.id), []).append(event)
    if not words:
        return known
    return [replace(facts, events=(*facts.events, *words.get((facts.creditor.id, facts.debtor.id), ()))) for facts in known]


def withdrawals(waiting: Unsent, on: date) -> list[tuple[Facts, Event]]:
    """Return the words that withdraw messages, each with its reason."""
    late = [(facts, act, sentence("it has waited to leave since {since}, longer than its playbook lets it (withdraw_after)", since=act.since)) for facts, act in waiting.late]
    untrue = [(facts, act, sentence("what it asks, made on {on}, is not what is open on {today}", on=act.on, today=on)) for facts, act in waiting.untrue]
    return [
        (facts, Event(on, "action.cancelled", act.carrier or None, data={"id": act.id, "reason": reason}, seq=_OWN_SEQ))
        for facts, act, reason in (*late, *untrue)
    ]


def messages(waiting: Waiting) -> tuple[date, ...]:
    """Return since when each message has waited: actions that travel together count once."""
    since = {(facts.creditor.id, facts.debtor.id, *_message(act)): act.since for facts, act in waiting}
    return tuple(sorted(since.values()))


def _message(act: ActionState) -> tuple[str, str]:
    return act.message or act.id, act.channel


def _together(facts: Facts, on: date) -> list[list[ActionState]]:
    groups: dict[tuple[str, str], list[ActionState]] = {}
    for act in acts(facts.events, on):
        if act.pending:
            groups.setdefault(_message(act), []).append(act)
    return list(groups.values())


def _may_have_left(group: Sequence[ActionState], attempts: Iterable[Entry]) -> bool:
    """Say whether an attempt of a message was begun and not found to have sent nothing."""
    last = {entry.data.get("id"): (entry.data.get("details") or {}).get("outcome") != "not_sent" for entry in attempts}
    return any(last.get(act.id, False) for act in group)


def _too_old(act: ActionState, playbook: Playbook, on: date) -> bool:
    return playbook.withdraw_after is not None and add(act.since, playbook.withdraw_after, playbook.calendar) <= on


def _untrue(act: ActionState, facts: Facts, playbook: Playbook, on: date) -> bool:
    """Say whether the principal of an action's own invoices is another than it asks."""
    own, order = tuple(invoice for invoice in facts.invoices if invoice.id in act.invoices), compile_playbook(playbook).by_id
    if not own or "principal" not in act.claimed or act.step not in order:
        return False
    unit = case_today(Case(act.case, facts, own, own[0].currency), Snapshot(playbook, facts, on))
    return asked(unit, playbook.steps[order[act.step]].claim, act.invoices).principal != Decimal(str(act.claimed["principal"]))
