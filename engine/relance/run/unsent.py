"""Messages that had not left when a run began: which wait on, which have waited too long, and which their case does not ask for any more.

A run withdraws the last two, with the reason, and what is still due is made anew by it, with the sums of its day. A message of
which an attempt was begun stays as it is: it may have left. A draft, a call that nobody made and a task (`portfolio.tasks`) that their
case does not ask for any more end in the same way, and a duty of money that went back. Decides and writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from relance.dates import add
from relance.interpreter.action_state import DUTY, ActionState, acts
from relance.interpreter.arrears import asked_by
from relance.interpreter.compiled import compile_playbook
from relance.interpreter.duties import undone
from relance.interpreter.emission import OWN_SEQ
from relance.interpreter.snapshot import Snapshot, case_today
from relance.journal.chain import Entry
from relance.law.recipients import readdressed
from relance.model import POSTED_CHANNELS, Case, Channel, Event, Facts, Playbook, Sender
from relance.portfolio.contradicted import Doubts
from relance.portfolio.evaluation import climbs_of, held_by, no_longer_asked
from relance.portfolio.routing import Routing
from relance.portfolio.tasks import open_tasks
from relance.sentences import sentence

#: Kinds of entry about an attempt.
ATTEMPTS = ("action.attempted", "action.unclear")

Waiting = Sequence[tuple[Facts, ActionState]]
Attempts = Callable[[Facts], Iterable[Entry]]


class Unsent(NamedTuple):
    """Messages that had not left: those that wait on, those that waited too long for their playbook, those that are not asked for any more.

    `reasons` says why of the last, by action. `over` are drafts, calls, and tasks in a message's place, that are not asked for any more,
    each with the reason.
    """

    still: Waiting
    late: Waiting
    untrue: Waiting
    reasons: Mapping[str, str]
    over: Sequence[tuple[Facts, ActionState, str]] = ()


def unsent(known: Sequence[Facts], routing: Routing, on: date, attempts: Attempts, doubts: Doubts = lambda *_: None) -> Unsent:
    """Sort what relance is to send and has not; actions of one message stay together. `attempts` reads what a journal has of a debtor's attempts.

    What nobody has approved and asks for an invoice that `doubts` speaks of is not to leave unseen: it ends, and is made anew as a draft.
    """
    still: list[tuple[Facts, ActionState]] = []
    late: list[tuple[Facts, ActionState]] = []
    untrue: list[tuple[Facts, ActionState]] = []
    reasons: dict[str, str] = {}
    for facts in known:
        if any(event.data.get("sent_by") == Sender.RELANCE for event in facts.events):
            for group in _together(facts, on):
                playbooks = [(act, playbook) for act in group if (playbook := routing.playbooks.get(act.playbook)) is not None]
                place = still
                if any(_too_old(act, playbook, on) for act, playbook in playbooks):
                    place = late
                elif why := next(filter(None, (_doubted(act, facts, doubts) or _untrue(act, facts, playbook, routing, on) for act, playbook in playbooks)), None):
                    place = untrue
                    reasons |= dict.fromkeys((act.id for act in group), why)
                if place is not still and _may_have_left(group, attempts(facts)):
                    place = still
                place += [(facts, act) for act in group]
    over = (one for facts in known for ends in (_tasks_over, _by_hand_over, _duties_over) for one in ends(facts, routing, on))
    return Unsent(still, late, untrue, reasons, tuple(over))


def _tasks_over(facts: Facts, routing: Routing, on: date) -> Iterator[tuple[Facts, ActionState, str]]:
    """Find the tasks whose case was paid, stopped or moved since."""
    tasks = {task.action for task in open_tasks(facts.events, on)}
    for act in acts(facts.events, on) if tasks else ():
        if act.id in tasks:
            climbs, _ = climbs_of([_as_if_not_made(act, facts, on)], routing, on)
            if why := no_longer_asked(act.playbook, act.case, act.invoices, climbs):
                yield facts, act, why


def _by_hand_over(facts: Facts, routing: Routing, on: date) -> Iterator[tuple[Facts, ActionState, str]]:
    """Find the drafts and open calls whose case was paid, stopped or moved since; the drafts, too, that ask another principal, and the calls whose case is held.

    What travels with one of them ends with it. A call of which a part was paid stays: only its sheet is another. A draft of a journal that
    does not say who sends stays as it was made.
    """
    groups: dict[tuple[str, str], list[ActionState]] = {}
    for act in acts(facts.events, on):
        if (act.waits and (act.sent_by is not None or act.channel not in POSTED_CHANNELS)) or _is_open_call(act):
            groups.setdefault(_message(act), []).append(act)
    for group in groups.values():
        playbooks = [(act, playbook) for act in group if (playbook := routing.playbooks.get(act.playbook)) is not None]
        if why := next(filter(None, (_call_over(act, facts, routing, on) if _is_open_call(act) else _untrue(act, facts, playbook, routing, on) for act, playbook in playbooks)), None):
            yield from ((facts, act, why) for act in group)


def _duties_over(facts: Facts, _: Routing, on: date) -> Iterator[tuple[Facts, ActionState, str]]:
    """Find the duties that nobody has done yet of money that went back since."""
    for act in acts(facts.events, on) if (gone := undone(facts, on)) else ():
        if act.open and act.id in gone:
            yield facts, act, sentence("the money that it is about went back")


def _call_over(act: ActionState, facts: Facts, routing: Routing, on: date) -> str | None:
    """Say why nobody is to make a call any more: its case moved, stopped, or is held; None where somebody is."""
    climbs, _ = climbs_of([_as_if_not_made(act, facts, on)], routing, on)
    return no_longer_asked(act.playbook, act.case, act.invoices, climbs) or held_by(act.playbook, act.case, climbs)


def _is_open_call(act: ActionState) -> bool:
    return act.open and act.channel is Channel.CALL and not act.step.startswith(DUTY)


def without(known: Sequence[Facts], waiting: Unsent, on: date) -> Sequence[Facts]:
    """Let a portfolio know which messages leave no more, so that what is still due is made anew by the same run."""
    words: dict[tuple[str, str], list[Event]] = {}
    for facts, event in withdrawals(waiting, on):
        words.setdefault((facts.creditor.id, facts.debtor.id), []).append(event)
    if not words:
        return known
    return [replace(facts, events=(*facts.events, *words.get((facts.creditor.id, facts.debtor.id), ()))) for facts in known]


def without_unheard(known: Sequence[Facts], waiting: Unsent, attempts: Attempts) -> Sequence[Facts]:
    """Leave out of what is known the messages that wait on and of which no attempt was begun: nothing was said by them yet."""
    gone: dict[tuple[str, str], set[str]] = {}
    for facts, act in waiting.still:
        if not _may_have_left([act], attempts(facts)):
            gone.setdefault((facts.creditor.id, facts.debtor.id), set()).add(act.id)
    return [
        replace(facts, events=tuple(event for event in facts.events if not (event.kind.startswith("action.") and event.data.get("id") in ids)))
        if (ids := gone.get((facts.creditor.id, facts.debtor.id))) else facts
        for facts in known
    ]  # fmt: skip


def withdrawals(waiting: Unsent, on: date) -> list[tuple[Facts, Event]]:
    """Return the words that withdraw messages, each with its reason."""
    late: list[tuple[Facts, ActionState, str]] = [(facts, act, sentence("it has waited to leave since {since}, longer than its playbook lets it (withdraw_after)", since=act.since)) for facts, act in waiting.late]
    untrue = [(facts, act, waiting.reasons[act.id]) for facts, act in waiting.untrue]
    return [
        (facts, Event(on, "action.cancelled", act.carrier or None, data={"id": act.id, "reason": reason}, seq=OWN_SEQ))
        for facts, act, reason in (*late, *untrue, *waiting.over)
    ]


def days_of_messages(waiting: Waiting) -> tuple[date, ...]:
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


def _doubted(act: ActionState, facts: Facts, doubts: Doubts) -> str | None:
    """Say why a message that a person has not seen may not leave so; what was approved was seen."""
    return None if act.approved is not None else doubts(facts.creditor.id, act.invoices)


def _untrue(act: ActionState, facts: Facts, playbook: Playbook, routing: Routing, on: date) -> str | None:
    """Say why an action is not asked for any more: its case moved or stopped, or the principal of its own invoices is another; None where it is."""
    climbs, _ = climbs_of([_as_if_not_made(act, facts, on)], routing, on)
    if over := no_longer_asked(act.playbook, act.case, act.invoices, climbs):
        return over
    if moved := readdressed(act.channel, act.capacity, facts, on):
        return moved
    own, order = tuple(invoice for invoice in facts.invoices if invoice.id in act.invoices), compile_playbook(playbook).by_id
    if not own or "principal" not in act.claimed or act.step not in order:
        return None
    unit = case_today(Case(act.case, facts, own, own[0].currency), Snapshot(playbook, facts, on))
    now = asked_by(unit, playbook.steps[order[act.step]], act.invoices)
    was = tuple(None if part is None else Decimal(str(part)) for part in (act.claimed["principal"], act.claimed.get("arrears")))
    return None if (now.principal, now.arrears) == was else sentence("what it asks, made on {day}, is not what is open on {on}", day=act.on, on=on)


def _as_if_not_made(act: ActionState, facts: Facts, on: date) -> Facts:
    """Leave out of a debtor's facts an action and what was made with it: a hand-over of the same day does not stop the letter beside it."""
    made = {each.id for each in acts(facts.events, on) if (each.playbook, each.case, each.on) == (act.playbook, act.case, act.on)}
    return replace(facts, events=tuple(event for event in facts.events if not (event.kind.startswith("action.") and event.data.get("id") in made)))
