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
from relance.report.words import condition_words, head, word
from relance.sentences import AmountPart, retold, sentence, tell, tell_part, told
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
        made.add_column(head(column), overflow="fold")
    return made


def decision_table(playbook: Playbook, look: Look, on: date) -> RenderableType:
    """Show what was decided of each case on a day: the answer, then every step's verdict with its reason."""
    parts: list[RenderableType] = []
    for seen in look.seen:
        parts += [*_decided(playbook, look, seen, on), Text()]
    return Group(*parts[:-1])


def _decided(playbook: Playbook, look: Look, seen: Seen, on: date) -> list[RenderableType]:
    decision = seen.decision
    top = Text.assemble((seen.case.id, "bold"), " " + tell("on {on}, by {playbook} version {version}", on=on, playbook=playbook.id, version=playbook.version))
    answer = Text.assemble((word(decision.status), _COLOURS[decision.status]), ": ")
    answer.append(f"{decision.step.id}, {told(say(decision.reason))}" if decision.step is not None else told(say(decision.reason)))
    if decision.next is not None:
        answer.append("; " + tell("next {step} on {on}", step=decision.next.step, on=decision.next.on))
    verdicts = table("step", "verdict", "on", "why")
    for column in verdicts.columns[:3]:
        column.no_wrap = True
    for verdict in decision.steps:
        style = "bold" if verdict.status is StepStatus.DUE else "dim" if verdict.status in _DIM else ""
        day = tell_part(verdict.on) if verdict.on is not None else ""
        verdicts.add_row(verdict.step, word(verdict.status), day, told(say(verdict.reason)), style=style)
    parts: list[RenderableType] = [top, answer, Text(), verdicts]
    for action in look.actions:
        if action.case == seen.case.id:
            asked = f"{amount(action.claimed.total, action.claimed.currency)} {action.claimed.currency}"
            channel = word(action.channel)
            if action.missing:
                channel = tell("{channel} (for want of an address or number for: {missing})", channel=channel, missing=word(action.missing))
            leaves = tell("{channel}, asks {asked}", channel=channel, asked=asked)
            if action.draft:
                leaves = tell("{leaves}, as a draft to approve", leaves=leaves)
            parts.append(Text(f"→ {leaves}"))
    return parts


def played(timeline: Timeline) -> RenderableType:
    """Show a timeline: what would leave, when, by which channels, what it asks, and why."""
    playbook = timeline.playbook
    several = len(timeline.ends) > 1
    top = Text.assemble((playbook.title or playbook.id, "bold"), " " + tell("({playbook}, version {version})", playbook=playbook.id, version=playbook.version))
    facts = timeline.facts
    owed = [
        sentence("{invoice} of {amount} due {due}", invoice=each.id, amount=AmountPart(each.amount, each.currency), due=each.due)
        for each in facts.invoices[:3]
    ]
    about = tell("{debtor} owes {creditor}: {owed}", debtor=facts.debtor.name or facts.debtor.id, creditor=facts.creditor.name or facts.creditor.id, owed=owed)
    if len(facts.invoices) > 3:
        about = tell("{message} and {count} more", message=about, count=len(facts.invoices) - 3)
    rows = table("on", "step", "by", "asked", "why")
    rows.columns[1].no_wrap = True
    rows.columns[-3].max_width = 12
    rows.columns[-2].justify = "right"
    rows.columns[-2].no_wrap = True
    for entry in timeline.entries:
        first = entry.first
        step = first.step if first.occurrence == 1 else f"{first.step} ({first.occurrence})"
        why = tell("{reason}; draft", reason=first.reason) if first.draft else told(first.reason)
        if entry.unsent:
            why = tell("not written, does not leave: {reason}", reason=told(entry.unsent))
        missing = next((tell("no {channel}", channel=word(action.missing)) + "; " for action in entry.actions if action.missing), "")
        name = Text.assemble(step, ("\n" + first.case, "dim")) if several else Text(step)
        channels = "\n".join(word(one) for one in entry.channels)
        rows.add_row(tell_part(entry.on), name, channels, amount(first.claimed.total, first.claimed.currency), missing + why)
    ends = [
        Text.assemble(
            tell("{case} on {on}:", case=end.case, on=end.on) + " " if several else tell("{on}:", on=end.on) + " ", (word(end.status), _COLOURS[end.status]), f", {condition_words(end.reason)}"
        )
        for end in timeline.ends
    ]
    body: RenderableType = rows if timeline.entries else Text(tell("nothing leaves"))
    duties = [
        Text(
            tell("{on}: a task the law adds, by {deadline}: {reason}", on=duty.on, deadline=duty.deadline, reason=retold(duty.reason))
            if duty.deadline
            else tell("{on}: a task the law adds: {reason}", on=duty.on, reason=retold(duty.reason))
        )
        for duty in timeline.duties
    ]
    return Group(top, Text(about), Text(), body, Text(), *_left_out(timeline, several=several), *duties, *ends)


def _left_out(timeline: Timeline, *, several: bool) -> list[RenderableType]:
    """Show the steps that never left, with the reason."""
    if not timeline.left_out:
        return []
    rows = table("never left", "why")
    rows.columns[0].no_wrap = True
    for each in timeline.left_out:
        name = Text.assemble(each.step, ("\n" + each.case, "dim")) if several else Text(each.step)
        rows.add_row(name, told(each.reason), style="dim")
    return [rows, Text()]
