"""What a run did, as a table for the terminal and as CSV: cases by playbook, status and step or reason, then what was new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Self

from rich.console import Group, RenderableType
from rich.text import Text

from relance.escaping import csv_text
from relance.interpreter.action_state import DUTY
from relance.model import TEXT_CHANNELS, Action, Status
from relance.portfolio.evaluation import Count, Evaluation
from relance.portfolio.routing import Unrouted
from relance.report.timeline import table
from relance.report.words import condition_words, head, many, word
from relance.sentences import in_turn, numbered, tell, tell_number, told

_ORDER = (Status.DUE, Status.AWAITING_APPROVAL, Status.AWAITING_SENDING, Status.WAITING, Status.HELD, Status.STOPPED, Status.FINISHED)


def lines_of(evaluation: Evaluation) -> list[tuple[Count, int]]:
    """Return the lines of the count in the order of a working day: what is due first, the most cases first."""
    return sorted(evaluation.counts.items(), key=lambda line: (line[0].playbook, _ORDER.index(line[0].status), -line[1], line[0].about))


def counted(evaluation: Evaluation) -> RenderableType:
    """Show how many cases stand where; the lines add up to the last one."""
    rows = table("playbook", "status", "step or reason", "cases")
    rows.columns[-1].justify = "right"
    rows.columns[-1].no_wrap = True
    before: tuple[str, str] = ("", "")
    for count, number in lines_of(evaluation):
        here = (count.playbook, word(count.status))
        shown = tuple("" if here[: place + 1] == before[: place + 1] else here[place] for place in range(2))
        rows.add_row(*shown, condition_words(count.about), str(number))
        before = here
    rows.add_row(head("all"), "", "", str(evaluation.cases), style="bold")
    return rows


def heading(evaluation: Evaluation, debtors: int) -> Text:
    """Say what was looked at."""
    looked = tell("{invoices} of {debtors}, {cases}", invoices=many(evaluation.invoices, "invoice"), debtors=many(debtors, "debtor"), cases=many(evaluation.cases, "case"))
    return Text.assemble((tell("As of {on}:", on=evaluation.on), "bold"), f" {looked}")


_EMITTED = numbered("{count} new action emitted", "{count} new actions emitted")
_WOULD = numbered("{count} new action would be emitted", "{count} new actions would be emitted")


@dataclass
class EmittedCounts:
    """How many actions were newly emitted: by playbook, step and channel; in how many messages, and how many of them are drafts."""

    steps: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    messages: int = 0
    drafts: int = 0

    @classmethod
    def of(cls, new: Iterable[Action]) -> Self:
        """Count actions."""
        counts = cls()
        counts.add(new)
        return counts

    def add(self, new: Iterable[Action]) -> None:
        """Count more; the actions of one message come together."""
        messages: set[tuple[str, str, str, str]] = set()
        for action in new:
            self.steps[action.playbook, action.step, word(action.channel)] += 1
            self.drafts += action.draft
            if action.channel in TEXT_CHANNELS and not action.step.startswith(DUTY):
                messages.add((action.creditor, action.debtor, action.channel, action.message or action.id))
        self.messages += len(messages)


def emitted_table(new: EmittedCounts, earlier: int, *, dry: bool) -> RenderableType:
    """Say what was newly emitted, by step and channel, and what of it waits for a person."""
    lines: list[RenderableType] = []
    if new.steps:
        rows = table("playbook", "step", "by", "actions")
        rows.columns[-1].justify = "right"
        for (playbook, step, channel), number in sorted(new.steps.items()):
            rows.add_row(playbook, step.removeprefix(DUTY), channel, str(number))
        lines += [rows, Text()]
    return Group(*lines, Text(emitted_in_words(new, earlier, dry=dry)))


def emitted_in_words(new: EmittedCounts, earlier: int = 0, *, dry: bool) -> str:
    """Say in a line what was newly emitted, what of it waits for a person, and what was emitted `earlier` on the same day."""
    duties = sum(number for (_, step, _), number in new.steps.items() if step.startswith(DUTY))
    said = [tell_number(*(_WOULD if dry else _EMITTED), new.steps.total()) if new.steps else tell("nothing new")]
    if new.messages:
        said[0] = tell("{said}, in {messages}", said=said[0], messages=many(new.messages, "message"))
    said += [tell("{drafts} to approve", drafts=many(new.drafts, "draft"))] if new.drafts else []
    said += [many(duties, "duty")] if duties else []
    said += [tell_number("{count} emitted earlier for this day", "{count} emitted earlier for this day", earlier)] if earlier else []
    return told(in_turn(said))


def unrouted_csv(unrouted: Iterable[Unrouted]) -> str:
    """Write the invoices no playbook takes."""
    return _csv(("creditor", "debtor", "invoice", "reason"), unrouted)


def summary_csv(evaluation: Evaluation) -> str:
    """Write the count, a line a playbook, status and step or reason; invoices no playbook takes are a line of their own."""
    rows = [(count.playbook, count.status.value, count.about, number) for count, number in lines_of(evaluation)]
    if evaluation.unrouted:
        rows.append(("", "unrouted", "", len(evaluation.unrouted)))
    return _csv(("playbook", "status", "about", "cases"), rows)


def _csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    return csv_text((head, *rows))
