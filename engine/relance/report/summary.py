"""What a run did, as a table for the terminal and as CSV: cases by playbook, status and step or reason, then what was new."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from relance.model import TEXT_CHANNELS, Action, Status
from relance.portfolio.evaluation import Count, Evaluation
from relance.portfolio.routing import Unrouted
from relance.report.timeline import table, word

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
        rows.add_row(*shown, count.about, str(number))
        before = here
    rows.add_row("all", "", "", str(evaluation.cases), style="bold")
    return rows


def heading(evaluation: Evaluation, debtors: int) -> Text:
    """Say what was looked at."""
    cases = _many(evaluation.cases, "case")
    return Text.assemble(
        (f"As of {evaluation.on}", "bold"), f": {_many(evaluation.invoices, 'invoice')} of {_many(debtors, 'debtor')}, {cases}"
    )


def emitted_table(new: Sequence[Action], earlier: int, *, dry: bool) -> RenderableType:
    """Say what was newly emitted, by step and channel, and what of it waits for a person."""
    verb = "would be emitted" if dry else "emitted"
    ladder = [action for action in new if not action.step.startswith("duty.")]
    lines: list[RenderableType] = []
    if new:
        rows = table("playbook", "step", "by", "actions")
        rows.columns[-1].justify = "right"
        counts = Counter((action.playbook, action.step, word(action.channel)) for action in new)
        for (playbook, step, channel), number in sorted(counts.items()):
            rows.add_row(playbook, step.removeprefix("duty."), channel, str(number))
        lines += [rows, Text()]
    texts = [action for action in ladder if action.channel in TEXT_CHANNELS]
    messages = len({(action.creditor, action.debtor, action.channel, action.message or action.id) for action in texts})
    drafts = sum(action.draft for action in new)
    duties = len(new) - len(ladder)
    said = f"{_many(len(new), 'new action')} {verb}" if new else "nothing new"
    said += f", in {_many(messages, 'message')}" if messages else ""
    said += f"; {_many(drafts, 'draft')} to approve" if drafts else ""
    said += f"; {_many(duties, 'duty', 'duties')} of law" if duties else ""
    said += f"; {earlier} emitted earlier for this day" if earlier else ""
    return Group(*lines, Text(said))


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
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    for row in rows:
        writer.writerow([f"'{cell}" if isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@", "\t"} else cell for cell in row])
    return out.getvalue()


def _many(number: int, one: str, several: str = "") -> str:
    return f"{number:,} {one if number == 1 else several or one + 's'}".replace(",", " ")
