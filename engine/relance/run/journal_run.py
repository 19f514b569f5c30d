"""One run over a portfolio: what was read goes into the journal, every open case is decided, what is due is emitted.

All of it is one transaction of the journal; a round on the same day finds nothing new. Writes no file and renders no text.
Why so, and what was refused: docs/decisions/031.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from relance.dates import add
from relance.importers.rejects import Reject
from relance.importers.rows import STATED, restated
from relance.interpreter.action_state import ActionState, acts
from relance.journal.journal import Conflict, Journal, Recorded
from relance.model import Action, Event, Facts, Playbook, Sender
from relance.portfolio import applied_rules
from relance.portfolio.evaluation import Evaluation
from relance.portfolio.routing import Routing, moved_to, with_known
from relance.run import against_books, precautions
from relance.run.strategy import evaluate_known

#: Events of a day that a run writes come after those it was told.
_OWN_SEQ = 2**35


class Watch(NamedTuple):
    """Who is told how far a round is: how many debtors there are, then how many are done."""

    begins: Callable[[int], None]
    goes_on: Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Round:
    """What a round did. `new` were never emitted before; `facts` is what was known of each debtor before they were."""

    recorded: Recorded
    evaluation: Evaluation
    new: tuple[Action, ...]
    facts: dict[tuple[str, str], Facts]
    routing: Routing
    pending: tuple[date, ...] = ()  # since when each message has waited to leave, those of this run not among them
    withdrawn: int = 0  # messages that waited too long for their playbook
    doubted: tuple[Action, ...] = ()  # drafts among the new that would have been sent, but for a precaution
    lost: tuple[precautions.LostStep, ...] = ()  # steps that open cases have had and no playbook knows any more
    unnamed: tuple[str, ...] = ()  # invoices that new messages ask for and that the files do not name


def run(
    journal: Journal,
    portfolio: Sequence[Facts],
    routing: Routing,
    on: date,
    *,
    actor: str,
    load: Callable[[str], Playbook | None],
    keep: bool = True,
    watch: Watch | None = None,
    sent_by: Sender | None = None,
) -> Round:
    """Record a portfolio, decide on all that is known, emit what is due. `load` finds playbooks that cases were moved to.

    `sent_by` says from now on who sends what is emitted; None: as the journal says already. With `keep=False` nothing is written. Raises JournalError, and nothing was written then; RuntimeError when cases are lost.
    """
    found: list[tuple[Evaluation, Sequence[Facts], Routing, Pending]] = []
    careful: list[tuple[frozenset[str], precautions.Renamed]] = []
    before = [(entry.creditor, entry.data["rules"]) for entry in journal.entries(kinds=("rules.applied",))]
    read = precautions.statements(journal) if routing.statement_within is not None else {}

    def decide(known: Sequence[Facts]) -> Sequence[Action]:
        whole = with_known(routing, moved_to(known), load)
        if watch is not None:
            watch.begins(len({facts.debtor.id for facts in known}))
        waiting = _pending(known, whole, on)
        known = _withdrawn(known, waiting.late, on)
        evaluation = evaluate_known(known, whole, on, progress=None if watch is None else watch.goes_on)
        if not evaluation.adds_up:
            raise RuntimeError(f"{evaluation.counts.total()} of {evaluation.cases} cases are counted; nothing was emitted")
        found.append((evaluation, known, whole, waiting))
        return sorted((*evaluation.actions, *evaluation.duties), key=lambda each: (each.creditor, each.debtor, each.case, each.step))

    def doubted(actions: Sequence[Action], conflicts: Sequence[Conflict]) -> Sequence[Action]:
        _, known, whole, _ = found[-1]
        renamed = precautions.Renamed(before, whole.playbooks, known, on)
        rules = [against_books.in_conflict(conflicts), renamed.why]
        if routing.statement_within is not None:
            rules.append(precautions.statement_is_old(precautions.read_until(known, read), routing.statement_within, on))
        made = actions
        for why in rules:
            made = precautions.drafted(made, why)
        careful.append((frozenset(one.id for one, was in zip(made, actions, strict=True) if one is not was), renamed))
        return made

    recorded, new = journal.run(
        _restated(journal, portfolio), decide, on=on, actor=actor, keep=keep, rules=lambda: applied_rules.plain_of(found[-1][2]), sent_by=sent_by,
        withdrawn=lambda: [(facts, _withdrawal(act, on)) for facts, act in found[-1][3].late],
        doubted=doubted,
    )  # fmt: skip
    evaluation, known, whole, waiting = found[-1]
    drafts, renamed = careful[-1]
    return Round(
        recorded, evaluation, new, {(facts.creditor.id, facts.debtor.id): facts for facts in known}, whole,
        pending=_messages(waiting.still), withdrawn=len(_messages(waiting.late)),
        doubted=tuple(action for action in new if action.id in drafts), lost=tuple(renamed.lost()), unnamed=against_books.unnamed(new, portfolio),
    )  # fmt: skip


Waiting = Sequence[tuple[Facts, ActionState]]


class Pending(NamedTuple):
    """Messages that had not left when a run began: those that wait on, and those that have waited too long for their playbook."""

    still: Waiting
    late: Waiting


def _pending(known: Sequence[Facts], routing: Routing, on: date) -> Pending:
    still: list[tuple[Facts, ActionState]] = []
    late: list[tuple[Facts, ActionState]] = []
    for facts in known:
        if any(event.data.get("sent_by") == Sender.RELANCE for event in facts.events):
            for act in acts(facts.events, on):
                if act.pending:
                    (late if _too_old(act, routing.playbooks.get(act.playbook), on) else still).append((facts, act))
    return Pending(still, late)


def _too_old(act: ActionState, playbook: Playbook | None, on: date) -> bool:
    return playbook is not None and playbook.withdraw_after is not None and add(act.since, playbook.withdraw_after, playbook.calendar) <= on


def _withdrawn(known: Sequence[Facts], late: Waiting, on: date) -> Sequence[Facts]:
    """Let a portfolio know which messages leave no more, so that what is still due is made anew by the same run."""
    if not late:
        return known
    words: dict[tuple[str, str], list[Event]] = {}
    for facts, act in late:
        words.setdefault((facts.creditor.id, facts.debtor.id), []).append(_withdrawal(act, on))
    return [replace(facts, events=(*facts.events, *words.get((facts.creditor.id, facts.debtor.id), ()))) for facts in known]


def _withdrawal(act: ActionState, on: date) -> Event:
    reason = f"it has waited to leave since {act.since}, longer than its playbook lets it (withdraw_after)"
    return Event(on, "action.cancelled", act.carrier or None, data={"id": act.id, "reason": reason}, seq=_OWN_SEQ)


def _messages(waiting: Waiting) -> tuple[date, ...]:
    """Return since when each message has waited: actions that travel together count once."""
    since = {(facts.creditor.id, facts.debtor.id, act.message or act.id, act.channel): act.since for facts, act in waiting}
    return tuple(sorted(since.values()))


def _restated(journal: Journal, portfolio: Sequence[Facts]) -> Sequence[Facts]:
    """Leave of payments that a list states as a whole ("paid so far") what the journal does not hold."""
    if not any(one.data.get("reference") == STATED for facts in portfolio for one in facts.events):
        return portfolio
    known = {(facts.creditor.id, facts.debtor.id): facts for facts in journal.facts()}
    return [restated(facts, known.get((facts.creditor.id, facts.debtor.id))) for facts in portfolio]


def conflicts(found: Iterable[Conflict]) -> tuple[Reject, ...]:
    """Write invoices that are known with other contents as rejects: nothing was overwritten, a person decides."""
    return tuple(
        Reject(
            "journal", 0, f"invoice {one.invoice!r} of {one.debtor!r} is known with another {one.field}, {one.known}; the file says {one.given}",
            f"{one.creditor};{one.debtor};{one.invoice}",
        )
        for one in found
    )  # fmt: skip
