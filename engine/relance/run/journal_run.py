"""One run over a portfolio: what was read goes into the journal, every open case is decided, what is due is emitted.

All of it is one transaction of the journal; a round on the same day finds nothing new. Writes no file and renders no text.
Why so, and what was refused: docs/decisions/031.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

from relance.importers.rows import is_stated, restated
from relance.journal.chain import Entry
from relance.journal.journal import Conflict, Journal, Recorded
from relance.model import Action, Facts, Playbook, Sender
from relance.parsing.rejects import Reject
from relance.portfolio import applied_rules
from relance.portfolio.contradicted import contradicted, doubts_of, said
from relance.portfolio.evaluation import Evaluation
from relance.portfolio.payee import ChangedIban, changed_ibans, recorded_ibans
from relance.portfolio.routing import Routing, moved_to, with_known
from relance.portfolio.statements import statements
from relance.portfolio.tasks import open_tasks
from relance.project import ApprovalRule
from relance.run import against_books, precautions, unsent
from relance.run.strategy import evaluate_known
from relance.sentences import plural, sentence


class StepOfCase(NamedTuple):
    """A step of one case, as a message carries it out."""

    creditor: str
    debtor: str
    case: str
    step: str


class Watch(NamedTuple):
    """Who is told how far a round is: how many debtors there are, then how many are done."""

    begins: Callable[[int], None]
    goes_on: Callable[[int], None]


class Standing(NamedTuple):
    """What a journal held before a run: the rules of each time, by creditor; the playbooks that cases were moved to; the trusted accounts and the changed ones, who sends, and up to when statements were read, by creditor; what files held otherwise."""

    rules: Sequence[tuple[str, Mapping[str, Any]]]
    moved: tuple[str, ...]
    accounts: tuple[Mapping[str, str], Mapping[str, ChangedIban]]
    declared: Mapping[str, Sender]
    read: Mapping[str, date]
    contradicted: tuple[Conflict, ...]


def standing_before(journal: Journal, routing: Routing, *, moved: bool = False) -> Standing:
    """Read it; which playbooks cases were `moved` to only where it is asked, for a whole run sees that of its own facts."""
    return Standing(
        [(entry.creditor, entry.data["rules"]) for entry in journal.entries(kinds=("rules.applied",))],
        tuple(dict.fromkeys(str(entry.data["playbook"]) for entry in journal.entries(kinds=("playbook.changed",)))) if moved else (),
        recorded_ibans(journal),
        {entry.creditor: Sender(entry.data["sent_by"]) for entry in journal.entries(kinds=("sending.declared",))},
        statements(journal) if routing.statement_within is not None else {},
        contradicted(journal),
    )


def out_of_order(journal: Journal, on: date, today: date) -> str | None:
    """Say why a run that is kept may not be one of this day, or None: what it emits would count on a day that has not come, or what later runs emitted would be made again."""
    if on > today:
        return sentence("{on} is in the future: `relance run --dry-run` says what would be, `relance forecast` what is to come", on=on)
    last = journal.last_run()
    if last is not None and on < last:
        return sentence("the journal was run for {last} already; a run for {on} would not know of it: `relance run --dry-run` and `relance why --on {on}` look back", last=last, on=on)
    return None


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
    tasks: tuple[date, ...] = ()  # since when each task of earlier days has waited for a person, those made anew by this run not among them
    untrue: int = 0  # messages withdrawn, for their case does not ask for them any more
    doubted: tuple[Action, ...] = ()  # drafts among the new that would have been sent, but for a precaution
    lost: tuple[precautions.LostStep, ...] = ()  # steps that open cases have had and no playbook knows any more
    unnamed: tuple[str, ...] = ()  # invoices that new messages ask for and that the files do not name
    accounts: Mapping[str, str] = field(default_factory=dict)  # creditor of new messages → why nothing that carries his IBAN leaves

    def __add__(self, other: Round) -> Round:
        """Sum the rounds of two parts of a portfolio."""
        lost = {(one.playbook, one.step): one for one in self.lost}
        for one in other.lost:
            before = lost.get((one.playbook, one.step))
            lost[one.playbook, one.step] = one if before is None else replace(one, cases=one.cases + before.cases)
        return Round(
            self.recorded + other.recorded, self.evaluation + other.evaluation, self.new + other.new, self.facts | other.facts, other.routing,
            tuple(sorted(self.pending + other.pending)), self.withdrawn + other.withdrawn, tuple(sorted(self.tasks + other.tasks)), self.untrue + other.untrue,
            self.doubted + other.doubted, tuple(lost.values()), self.unnamed + other.unnamed, {**self.accounts, **other.accounts},
        )  # fmt: skip


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
    only: Collection[StepOfCase] | None = None,
    about: Collection[str] | None = None,
    standing: Standing | None = None,
    listed: Collection[str] = (),
    approvals: Sequence[ApprovalRule] = (),
) -> Round:
    """Record a portfolio, decide on all that is known, emit what is due. `load` finds playbooks that cases were moved to.

    `sent_by` says from now on who sends what is emitted; None: as the journal says already. `only` narrows the run to some steps: no
    other is emitted, what waits to leave holds up nothing (it stays as it is), and the rules are not written down, for they are those of a run before. With `keep=False` nothing is written.
    A run in parts tells each which debtors it is `about`, what was `standing` before the first, and of which creditors the files of all parts have `listed` invoices.
    `approvals` are the rules of approval where the journal declares none: no row of a file approves past them.
    Raises JournalError, and nothing was written then; RuntimeError when cases are lost.
    """
    found: list[tuple[Evaluation, Sequence[Facts], Routing, unsent.Unsent]] = []
    careful: list[tuple[frozenset[str], precautions.Renamed]] = []
    standing = standing or standing_before(journal, routing)

    def attempts(facts: Facts) -> Iterable[Entry]:
        return journal.entries(creditor=facts.creditor.id, debtor=facts.debtor.id, kinds=unsent.ATTEMPTS)

    def decide(known: Sequence[Facts], found_now: Sequence[Conflict]) -> Sequence[Action]:
        conflicts = [*found_now, *against_books.unsettled(standing.contradicted, portfolio)]
        whole = with_known(routing, dict.fromkeys((*standing.moved, *moved_to(known))), load)
        if only is not None:
            meant = {one.debtor for one in only}
            known = [facts for facts in known if facts.debtor.id in meant]  # with every creditor: contact rules look at all of them
        if watch is not None:
            watch.begins(len({facts.debtor.id for facts in known}))
        waiting = unsent.unsent(known, whole, on, attempts, doubts_of(conflicts))
        known = unsent.without(known, waiting, on)
        if only is not None:
            known = unsent.without_unheard(known, waiting, attempts)
        evaluation = evaluate_known(known, whole, on, progress=None if watch is None else watch.goes_on)
        if not evaluation.adds_up:
            raise RuntimeError(plural("{total} of {count} case is counted; nothing was emitted", "{total} of {count} cases are counted; nothing was emitted", evaluation.cases, total=evaluation.counts.total()))
        found.append((evaluation, known, whole, waiting))
        made = (each for each in (*evaluation.actions, *evaluation.duties) if only is None or StepOfCase(each.creditor, each.debtor, each.case, each.step) in only)
        return doubted(sorted(made, key=lambda each: (each.creditor, each.debtor, each.case, each.step)), conflicts)

    def doubted(actions: Sequence[Action], conflicts: Sequence[Conflict]) -> Sequence[Action]:
        _, known, whole, _ = found[-1]
        renamed = precautions.Renamed(standing.rules, whole.playbooks, known, on)
        rules = [against_books.in_conflict(conflicts), renamed.why, precautions.account_is_new(changed_ibans(known, *standing.accounts, on), _handed_over(known, standing.declared, sent_by))]
        if routing.statement_within is not None:
            rules.append(precautions.statement_is_old(standing.read, routing.statement_within, on))
        made = actions
        for why in rules:
            made = precautions.drafted(made, why)
        made = precautions.drafted(made, precautions.mandate_is_too_narrow(known), by_hand=True)
        made = precautions.drafted(made, precautions.assignment_is_untold(known), by_hand=True)
        careful.append((frozenset(one.id for one, was in zip(made, actions, strict=True) if one is not was), renamed))
        return made

    recorded, new = journal.run(
        _restated(journal, portfolio), decide, on=on, actor=actor, keep=keep, rules=lambda: applied_rules.plain_of(found[-1][2]) if only is None else None, sent_by=sent_by,
        withdrawn=lambda: unsent.withdrawals(found[-1][3], on), about=about, approvals=approvals,
    )  # fmt: skip
    evaluation, known, whole, waiting = found[-1]
    drafts, renamed = careful[-1]
    return Round(
        recorded, evaluation, new, {(facts.creditor.id, facts.debtor.id): facts for facts in known}, whole,
        pending=unsent.days_of_messages(waiting.still), withdrawn=len(unsent.days_of_messages(waiting.late)), untrue=len(unsent.days_of_messages(waiting.untrue)),
        tasks=_tasks_left(known, new, on),
        doubted=tuple(action for action in new if action.id in drafts), lost=tuple(renamed.lost()), unnamed=against_books.unnamed(new, portfolio, listed),
        accounts={name: change.why for name, change in changed_ibans(known, *standing.accounts, on).items() if any(action.creditor == name for action in new)},
    )  # fmt: skip


def _tasks_left(known: Sequence[Facts], new: Sequence[Action], on: date) -> tuple[date, ...]:
    """Return since when tasks of earlier days are open, the oldest first."""
    anew = {(action.creditor, action.debtor, action.playbook, action.case, action.step) for action in new}
    return tuple(sorted(
        task.since for facts in known for task in open_tasks(facts.events, on)
        if task.since < on and (facts.creditor.id, facts.debtor.id, task.playbook, task.case, task.step) not in anew
    ))  # fmt: skip


def _handed_over(known: Sequence[Facts], declared: Mapping[str, Sender], sent_by: Sender | None) -> frozenset[str]:
    """Name the creditors whose messages another system sends."""
    return frozenset(facts.creditor.id for facts in known if (sent_by or declared.get(facts.creditor.id)) is Sender.OTHER)


def _restated(journal: Journal, portfolio: Sequence[Facts]) -> Sequence[Facts]:
    """Leave of payments that a list states as a whole ("paid so far") what the journal does not hold."""
    if not any(is_stated(one.data.get("reference")) for facts in portfolio for one in facts.events):
        return portfolio
    known = {(facts.creditor.id, facts.debtor.id): facts for facts in journal.facts_about({facts.debtor.id for facts in portfolio})}
    merged = journal.merged_names()

    def there(facts: Facts) -> Facts | None:
        return known.get((facts.creditor.id, merged.get((facts.creditor.id, facts.debtor.id), facts.debtor.id)))

    return [restated(facts, there(facts)) for facts in portfolio]


def not_taken(done: Recorded) -> tuple[Reject, ...]:
    """Write as rejects what a person decides: invoices that are known with other contents, for nothing was overwritten; words by which drafts would have left."""
    words = (Reject("journal", 0, one.said, one.row) for one in done.held)
    return (*(Reject("journal", 0, said(one), f"{one.creditor};{one.debtor};{one.invoice}") for one in done.conflicts), *words)
