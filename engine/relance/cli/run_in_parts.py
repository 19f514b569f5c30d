"""A run over a portfolio too large to be held: part by part, each all or nothing; the debtors whom no file names come last.

What is shown and written is that of the whole. A run that was broken off is finished by the same run again: what was emitted stays emitted.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, TextIO

from relance.cli import run_output as whole
from relance.cli.common import system_user
from relance.cli.defaults import approvals_of, rules_here
from relance.cli.expired import erase_and_say
from relance.cli.loading import playbook_near
from relance.cli.witness import can_witness, witnessed
from relance.importers.portfolio_files import Portfolio
from relance.importers.portfolio_parts import PortfolioPart, PortfolioParts
from relance.model import Claimed
from relance.report.summary import EmittedCounts
from relance.run.journal_run import Round, standing_before

if TYPE_CHECKING:
    from relance.journal.journal import Journal
    from relance.letters.pool import TextWriters
    from relance.letters.texts import Texts, Unwritten
    from relance.model import Action
    from relance.parsing.rejects import Reject
    from relance.portfolio.routing import Routing


#: So many parts are decided while the texts of one are still being written.
_AHEAD = 1
OpenedFor = Callable[[whole.Writes], AbstractContextManager["Journal"]]


@dataclass
class Total:
    """What the parts did so far, without what they made."""

    rounds: Round | None = None
    debtors: int = 0
    emitted: EmittedCounts = field(default_factory=EmittedCounts)
    earlier: int = 0
    rejects: list[Reject] = field(default_factory=list)
    missing: list[Unwritten] = field(default_factory=list)

    def add(self, done: Round, emitted: list[Action]) -> None:
        """Add a part's round, and all that was emitted of its debtors on the day."""
        self.debtors += len({name for _, name in done.facts})
        self.emitted.add(done.new)
        self.earlier += len(emitted) - len(done.new)
        light = replace(done, new=(), facts={}, doubted=tuple(map(_light, done.doubted)), recorded=replace(done.recorded, fresh=frozenset()))
        light.evaluation.actions.clear()
        light.evaluation.duties.clear()
        self.rounds = light if self.rounds is None else self.rounds + light


def execute_in_parts(parts: PortfolioParts, rules: Routing, on: date, writes: whole.Writes, opened_for: OpenedFor, form: str = "table") -> whole.Executed:
    """Run, write and show; `opened_for` opens the journal that is written to."""
    from relance.delivery.call_sheets import sheets_anew
    from relance.delivery.run_texts import agencies_of, take_back_unwritten
    from relance.report.run_files import action_lines
    from relance.run import journal_run as rounds

    if not writes.dry:
        whole.can_write(writes.folder)
        can_witness()
    total = Total()
    writers: TextWriters | None = None
    begun: deque[Callable[[], Texts]] = deque()

    def settle(texts: Texts) -> None:
        take_back_unwritten(journal, texts.missing, on, writes.actor)
        total.missing += [replace(one, actions=tuple(map(_light, one.actions))) for one in texts.missing]

    with opened_for(writes) as journal, _lines(writes) as lines, ExitStack() as open_now:
        if not writes.dry:
            whole.stop_out_of_order(journal, on)
        standing, approvals = standing_before(journal, rules, moved=True), rules_here(journal)
        for part in _and_others(parts, journal):
            with whole.bar() as watch:
                done = rounds.run(
                    journal, part.portfolio.facts, rules, on, actor=writes.actor, load=partial(playbook_near, checks=True), keep=not writes.dry, watch=watch,
                    sent_by=writes.sent_by, about=part.about, standing=standing, listed=parts.creditors, approvals=approvals,
                )  # fmt: skip
            total.rejects += [*part.portfolio.rejects, *rounds.not_taken(done.recorded)]
            emitted = list(done.new) if writes.dry else _emitted(journal, on, done)
            if lines is not None:
                lines.writelines(action_lines(emitted))
                writers = writers or open_now.enter_context(_writers(writes))
                calls = list(sheets_anew(journal, done.facts, done.routing.playbooks, on))
                begun.append(writers.begin([*emitted, *calls], done.facts, agencies_of(done)))
            if form == "jsonl":
                whole.show_lines(done)
            total.add(done, emitted)
            if len(begun) > _AHEAD:
                settle(begun.popleft()())
        for written in begun:
            settle(written())
        assert total.rounds is not None
        if not writes.dry:
            _write_rest(total, writes)
            erase_and_say(journal, writes.actor)
            approvals_of(journal, system_user())
        sure = writes.dry or witnessed(journal, writes.journal)
    _show(total, writes, form)
    return whole.Executed(total.rounds, [], tuple(total.rejects), tuple(one for one in total.missing if one.house), sure=sure)


def _and_others(parts: PortfolioParts, journal: Journal) -> Iterator[PortfolioPart]:
    """Yield the parts, then the debtors whom the journal knows and none of them names."""
    yield from parts
    last = ""
    while names := journal.debtors(last):
        last = names[-1]
        if others := parts.others(names):
            yield PortfolioPart(Portfolio(()), frozenset(others))


def _emitted(journal: Journal, on: date, done: Round) -> list[Action]:
    """Return every action the journal holds of this day and of a part's debtors."""
    from relance.delivery.run_texts import emitted_of

    again = [key for key, facts in done.facts.items() if any(event.kind == "action.emitted" and event.on == on for event in facts.events)]
    entries = (entry for creditor, debtor in again for entry in journal.entries(creditor=creditor, debtor=debtor, kinds=("action.emitted",)))
    new = {action.id for action in done.new}
    return [*(one for one in emitted_of(entries, on, {}) if one.id not in new), *done.new]


@contextmanager
def _lines(writes: whole.Writes) -> Iterator[TextIO | None]:
    """Give the file of the actions, to be written line by line; it takes its name when it is whole."""
    from relance.report.run_files import ACTIONS

    if writes.dry:
        yield None
        return
    path = writes.folder / ACTIONS
    beside = path.with_name(f".{ACTIONS}.part")
    try:
        writes.folder.mkdir(parents=True, exist_ok=True)
        beside.unlink(missing_ok=True)
        with beside.open("x", encoding="utf-8") as lines:
            yield lines
        beside.replace(path)
    except OSError as error:
        raise whole.not_written(writes.folder, error) from error
    finally:
        beside.unlink(missing_ok=True)


def _writers(writes: whole.Writes) -> TextWriters:
    """Open what writes the texts, once the first part is in the journal."""
    from relance.letters.pool import TextWriters

    return TextWriters(writes.folder / "messages", writes.templates, whole.writing_for(writes))


def _write_rest(total: Total, writes: whole.Writes) -> None:
    """Write the tables of the whole."""
    from relance.report.run_files import write_tables

    assert total.rounds is not None
    try:
        write_tables(writes.folder, total.rounds.evaluation, tuple(total.rejects))
    except OSError as error:
        raise whole.not_written(writes.folder, error) from error


def _show(total: Total, writes: whole.Writes, form: str) -> None:
    from relance.letters.texts import Texts

    assert total.rounds is not None
    if form != "jsonl":
        whole.show_tables(total.rounds.evaluation, total.debtors, total.emitted, total.earlier, dry=writes.dry)
    whole.show_notes(total.rounds, tuple(total.rejects), None if writes.dry else Texts((), tuple(total.missing)), writes, form)


def _light(action: Action) -> Action:
    """Return an action without its sums: what is said of it at the end needs none."""
    return replace(action, claimed=Claimed(action.claimed.currency, action.claimed.principal))
