"""`relance why`: the decision of a past day, with what was known that day, not what is known now."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from relance.cli.common import DAY, Stop, creditor_option, format_option, found, journal_option, opened, playbook_named, print_json, today

if TYPE_CHECKING:
    from relance.ladder.look import Seen
    from relance.ledger.books import Why
    from relance.model import Playbook


@click.command(name="why")
@click.argument("case", metavar="CASE")
@click.option("--on", type=DAY, default="today", show_default=True, help="The day of the decision.")
@click.option("--known-on", type=DAY, help="Use what was known on another day than that of the decision.")
@click.option("--playbook", "name", metavar="ID|FILE", help="The playbook; by default the one the case was last under.")
@format_option("text", "json")
@creditor_option
@journal_option
def command(case: str, on: date, known_on: date | None, name: str | None, form: str, creditor: str | None, where: str) -> None:
    """Say why something was sent for CASE on a day, or why nothing was: every step with its reason."""
    with opened(where) as journal:
        from relance.ledger import books

        target = found(journal, case, creditor)
        playbook, version = _playbook(books, journal, target, name, known_on or on)
        answer = books.why(journal, target, playbook, on, known_on, load=_shipped_or_near)
    if isinstance(answer, str):
        raise Stop(f"{answer}\nwith --known-on {today()} the same day is decided by what is known now" if known_on is None else answer)
    if form == "json":
        known = answer.known.isoformat() if answer.known else None
        decisions = [_plain(each) for each in answer.seen]
        emitted = [
            {"id": entry.data.get("id"), "step": entry.data.get("step"), "channel": entry.data.get("channel")} for entry in answer.emitted
        ]
        print_json({"version": 1, "on": on.isoformat(), "known_until": known, "playbook": playbook.id, "playbook_version": playbook.version,
                    "then_version": version, "decisions": decisions, "emitted": emitted})  # fmt: skip
    else:
        _show(answer, playbook, version)


def _playbook(books: Any, journal: Any, target: Any, name: str | None, day: date) -> tuple[Playbook, int | None]:
    """Load the playbook asked for, or the one the case was under by that day (else is under now)."""
    facts = next(journal.as_known_on(day).facts(target.creditor, target.debtor), None)
    past = books.playbook_of(facts, target) if facts else None
    if past is None and (facts := next(journal.facts(target.creditor, target.debtor), None)):
        past = books.playbook_of(facts, target)
    chosen = name or (past[0] if past else None)
    if chosen is None:
        raise Stop(f"the journal names no playbook for '{target.name}' yet: say which by --playbook")
    playbook = playbook_named(chosen)
    return playbook, past[1] if past and past[0] == playbook.id else None


def _shipped_or_near(name: str) -> Playbook | None:
    """Find a playbook that another case was acted by; None where it cannot be found or read."""
    from relance.language import library, load_playbook

    path = library.find(name) if name else None
    return load_playbook(path, checks=False)[0] if path is not None else None


def _plain(seen: Seen) -> dict[str, Any]:
    from relance.ladder.reasons import say

    decision = seen.decision
    steps = [
        {
            "step": verdict.step,
            "status": str(verdict.status),
            "on": verdict.on.isoformat() if verdict.on else None,
            "reason": say(verdict.reason),
        }
        for verdict in decision.steps
    ]
    following = {"step": decision.next.step, "on": decision.next.on.isoformat()} if decision.next else None
    return {"case": seen.case.id, "status": str(decision.status), "reason": say(decision.reason), "next": following, "steps": steps}


def _show(answer: Why, playbook: Playbook, version: int | None) -> None:
    from rich.console import Console
    from rich.table import Table

    from relance.ladder.reasons import say

    console = Console(highlight=False, markup=False, emoji=False)
    if version is not None and version != playbook.version:
        console.print(f"note: then it was version {version} of {playbook.id}; this is version {playbook.version}")
    known = answer.known.strftime("%Y-%m-%d %H:%M") if answer.known else "nothing"
    for each in answer.seen:
        decision = each.decision
        console.print(f"{each.case.id} on {answer.on}: {decision.status}: {say(decision.reason)}", style="bold")
        if decision.next:
            console.print(f"next: {decision.next.step} on {decision.next.on}")
        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in ("step", "status", "on", "why"):
            table.add_column(column, overflow="fold", no_wrap=column == "on")
        for verdict in decision.steps:
            table.add_row(verdict.step, str(verdict.status), verdict.on.isoformat() if verdict.on else "", say(verdict.reason))
        console.print(table)
    console.print(f"with what was recorded until {known} UTC")
    for entry in answer.emitted:
        data = entry.data
        console.print(
            f"emitted that day: {data.get('step')} by {data.get('channel')} for {entry.case or entry.invoice} (action {data.get('id')})"
        )
