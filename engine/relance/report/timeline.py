"""Decisions and timelines as tables for a terminal, fit for 80 columns. Returns what rich can print; prints nothing."""

from __future__ import annotations

from datetime import date

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from relance.interpreter import say
from relance.interpreter.debtor import Look, Seen
from relance.model import Playbook, Status, StepStatus
from relance.report.plain import amount
from relance.simulation.timeline import Timeline

_COLOURS = {
    Status.DUE: "bold green",
    Status.AWAITING_APPROVAL: "yellow",
    Status.AWAITING_SENDING: "yellow",
    Status.WAITING: "cyan",
    Status.HELD: "yellow",
    Status.STOPPED: "magenta",
    Status.FINISHED: "magenta",
}
_DIM = (StepStatus.PASSED_OVER, StepStatus.BLOCKED, StepStatus.EXPIRED, StepStatus.SKIPPED)


def table(*columns: str) -> Table:
    """Return a table without lines, as every command shows its own."""
    made = Table(box=None, pad_edge=False, header_style="bold", show_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        made.add_column(column, overflow="fold")
    return made


def word(name: str) -> str:
    """Write a word of a closed vocabulary for a person."""
    return name.replace("_", " ")


def decision_table(playbook: Playbook, look: Look, on: date) -> RenderableType:
    """Show what was decided of each case on a day: the answer, then every step's verdict with its reason."""
    parts: list[RenderableType] = []
    for seen in look.seen:
        parts += [*_decided(playbook, look, seen, on), Text()]
    return Group(*parts[:-1])


def _decided(playbook: Playbook, look: Look, seen: Seen, on: date) -> list[RenderableType]:
    decision = seen.decision
    head = Text.assemble((seen.case.id, "bold"), f" on {on}, by {playbook.id} version {playbook.version}")
    answer = Text.assemble((word(decision.status), _COLOURS[decision.status]), ": ")
    answer.append(f"{decision.step.id}, {say(decision.reason)}" if decision.step is not None else say(decision.reason))
    if decision.next is not None:
        answer.append(f"; next {decision.next.step} on {decision.next.on}")
    verdicts = table("step", "verdict", "on", "why")
    for column in verdicts.columns[:3]:
        column.no_wrap = True
    for verdict in decision.steps:
        style = "bold" if verdict.status is StepStatus.DUE else "dim" if verdict.status in _DIM else ""
        day = verdict.on.isoformat() if verdict.on is not None else ""
        verdicts.add_row(verdict.step, word(verdict.status), day, say(verdict.reason), style=style)
    parts: list[RenderableType] = [head, answer, Text(), verdicts]
    for action in look.actions:
        if action.case == seen.case.id:
            asked = f"{amount(action.claimed.total, action.claimed.currency)} {action.claimed.currency}"
            missing = f" (for want of an address or number for: {action.missing})" if action.missing else ""
            draft = ", as a draft to approve" if action.draft else ""
            parts.append(Text(f"→ {word(action.channel)}{missing}, asks {asked}{draft}"))
    return parts


def played(timeline: Timeline) -> RenderableType:
    """Show a timeline: what would leave, when, by which channels, what it asks, and why."""
    playbook = timeline.playbook
    several = len(timeline.ends) > 1
    head = Text.assemble((playbook.title or playbook.id, "bold"), f" ({playbook.id}, version {playbook.version})")
    facts = timeline.facts
    about = f"{facts.debtor.name or facts.debtor.id} owes {facts.creditor.name or facts.creditor.id}: "
    about += ", ".join(
        f"{invoice.id} of {amount(invoice.amount, invoice.currency)} {invoice.currency} due {invoice.due}" for invoice in facts.invoices[:3]
    )
    about += f" and {len(facts.invoices) - 3} more" if len(facts.invoices) > 3 else ""
    rows = table("on", "step", "by", "asked", "why")
    rows.columns[1].no_wrap = True
    rows.columns[-3].max_width = 11
    rows.columns[-2].justify = "right"
    rows.columns[-2].no_wrap = True
    for entry in timeline.entries:
        first = entry.first
        step = first.step if first.occurrence == 1 else f"{first.step} ({first.occurrence})"
        why = f"{first.reason}; draft" if first.draft else first.reason
        missing = next((f"no {word(action.missing)}; " for action in entry.actions if action.missing), "")
        name = Text.assemble(step, ("\n" + first.case, "dim")) if several else Text(step)
        channels = "\n".join(word(one) for one in entry.channels)
        rows.add_row(entry.on.isoformat(), name, channels, amount(first.claimed.total, first.claimed.currency), missing + why)
    ends = [
        Text.assemble(
            f"{end.case} on {end.on}: " if several else f"{end.on}: ", (word(end.status), _COLOURS[end.status]), f", {end.reason}"
        )
        for end in timeline.ends
    ]
    body: RenderableType = rows if timeline.entries else Text("nothing leaves")
    duties = [
        Text(f"{duty.on}: a task the law adds{f', by {duty.deadline}' if duty.deadline else ''}: {duty.reason}") for duty in timeline.duties
    ]
    return Group(head, Text(about), Text(), body, Text(), *duties, *ends)
