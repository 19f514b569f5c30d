"""`relance why`: the decision of a past day, with what was known that day and by the rules of that day, not those of now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from relance.cli.common import (
    DAY,
    FILE,
    Stop,
    creditor_option,
    format_option,
    found,
    journal_option,
    opened,
    print_json,
    today,
)
from relance.cli.loading import playbook_near, playbook_of
from relance.cli.rules import routing_named
from relance.sentences import joined, retold, sentence, tell, tell_part, told

if TYPE_CHECKING:
    from relance.journal.journal import Journal
    from relance.model import Event, Playbook
    from relance.portfolio.explain import Judged, Target, Why
    from relance.portfolio.routing import Routing


class _By(NamedTuple):
    """What decides, and a sentence that says where it comes from."""

    rules: Playbook | Routing
    source: str
    version: int | None = None  # of the playbook, as the journal names it


@click.command(name="why")
@click.argument("case", metavar="CASE")
@click.option("--on", type=DAY, default="today", show_default=True, help="The day of the decision.")
@click.option("--known-on", type=DAY, help="Use what was known on another day than that of the decision.")
@click.option("--playbook", "name", metavar="ID|FILE", help="Decide by this playbook instead of the rules of that day.")
@click.option("--routing", type=FILE, metavar="FILE", help="Decide by these rules instead.")
@format_option("text", "json")
@creditor_option
@journal_option
def command(
    case: str, on: date, known_on: date | None, name: str | None, routing: Path | None, form: str, creditor: str | None, where: str
) -> None:
    """Say why something was sent for CASE on a day, or why nothing was: every step with its reason.

    The rules are those the run of that day wrote into the journal, whatever the files say now.
    """
    if name is not None and routing is not None:
        raise Stop(tell("name one of --playbook and --routing"))
    with opened(where) as journal:
        from relance.portfolio import explain

        target = found(journal, case, creditor)
        by = _by(journal, target, name, routing, on, known_on or on)
        answer = explain.why(journal, target, by.rules, on, known_on, load=playbook_near)
    if isinstance(answer, str):
        raise Stop(tell("{answer}\nwith --known-on {today} the same day is decided by what is known now", answer=answer, today=today()) if known_on is None else answer)
    notes = _notes(answer, by)
    if form == "json":
        _print(answer, by, notes)
    else:
        _show(answer, by, notes)


def _by(journal: Journal, target: Target, name: str | None, routing: Path | None, on: date, day: date) -> _By:
    """Choose what decides: what was asked for; else the rules of the day; else the playbook the case was last under."""
    from relance.portfolio import explain

    if name is not None:
        return _By(playbook_of(name, checks=False), tell("by the playbook asked for"))
    if routing is not None:
        return _By(routing_named(routing), tell("by {routing}", routing=routing))
    past = journal.as_known_on(day)
    rules = explain.applied(past, target.creditor, on)
    if rules is not None:
        return _By(rules.routing, tell("by the rules that runs applied from {since} on", since=rules.since))
    for each in (past, journal):
        facts = next(each.facts(target.creditor, target.debtor), None)
        named = explain.playbook_followed(facts, target) if facts is not None else None
        if named is not None:
            return _By(playbook_of(named[0], checks=False), tell("by the playbook the case was last under, as its file is now"), named[1])
    raise Stop(tell("the journal names no playbook for '{target}' yet: say which by --playbook, or --routing", target=target.name))


def _notes(answer: Why, by: _By) -> list[str]:
    """Say where what decides here is not what acted then."""
    here = answer.playbooks
    then = {
        (str(entry.data["playbook"]), entry.data.get("playbook_version")) for entry in answer.emitted if entry.data.get("playbook")
    } or {(name, by.version) for name in here if by.version is not None}
    notes = []
    for name, version in sorted(then, key=str):
        if name not in here:
            now = joined(tuple(here), "and") if here else sentence("no playbook")
            was = sentence("{name}, version {version}", name=name, version=version) if version else name
            notes.append(tell("what was emitted that day was by {then}; this is decided by {now}", then=was, now=now))
        elif version is not None and version != here[name]:
            notes.append(tell("then it was version {version} of {name}; this is version {here}", version=version, name=name, here=here[name]))
    return [*notes, *(note for judged in answer.judged for note in _settled(judged, answer.on))]


def _settled(judged: Judged, on: date) -> Iterator[str]:
    """Say what an offer left behind it: that a claim was settled, so that the rest is waived."""
    from relance.interpreter.designation import OF_OFFER

    own = {invoice.id for invoice in judged.seen.case.invoices}
    for event in judged.seen.case.facts.events:
        if OF_OFFER in event.data and event.invoice in own and event.on <= on:
            if event.kind == "written_off":
                yield tell("{invoice}: settled on {on} as it was offered, and the rest is waived", invoice=event.invoice, on=event.on)
            elif event.kind == "case.reopened":
                yield tell("{invoice}: money of the settlement went back on {on}, and the whole is owed again", invoice=event.invoice, on=event.on)


def _print(answer: Why, by: _By, notes: list[str]) -> None:
    first = answer.judged[0].playbook if answer.judged else None
    emitted = [
        {"id": entry.data.get("id"), "step": entry.data.get("step"), "channel": entry.data.get("channel"),
         "playbook": entry.data.get("playbook"), "playbook_version": entry.data.get("playbook_version")}
        for entry in answer.emitted
    ]  # fmt: skip
    then = next((entry.data.get("playbook_version") for entry in answer.emitted if first and entry.data.get("playbook") == first.id), by.version)
    print_json({
        "version": 1, "on": answer.on.isoformat(), "known_until": answer.known.isoformat() if answer.known else None,
        "playbook": first.id if first else None, "playbook_version": first.version if first else None, "then_version": then,
        "by": by.source, "notes": notes, "decisions": [_plain(each, answer.on) for each in answer.judged], "emitted": emitted,
        "unrouted": [{"invoice": one.invoice, "reason": one.reason} for one in answer.unrouted],
        "since": [
            {"on": entry.on.isoformat(), "event": entry.kind, "id": entry.data.get("id"), "playbook": entry.data.get("playbook"), "reason": entry.data.get("reason") or entry.data.get("error")}
            for entry in answer.since
        ],
    })  # fmt: skip


def _unmatched(judged: Judged, on: date) -> tuple[Event, ...]:
    from relance.interpreter.invoice_state import unmatched_money

    return unmatched_money(judged.seen.case.facts, judged.seen.case.invoices, on)


def _plain(judged: Judged, on: date) -> dict[str, Any]:
    from relance.interpreter.reasons import say

    case, decision = judged.seen.case, judged.seen.decision
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
    return {
        "case": case.id, "playbook": judged.playbook.id, "playbook_version": judged.playbook.version, "status": str(decision.status),
        "reason": say(decision.reason), "next": following, "steps": steps,
        "unmatched": [{"on": one.on.isoformat(), "amount": str(one.data["amount"]), "reference": one.data.get("reference")} for one in _unmatched(judged, on)],
    }  # fmt: skip


def _show(answer: Why, by: _By, notes: list[str]) -> None:
    from rich.table import Table

    from relance.cli.screen import screen
    from relance.interpreter.reasons import say
    from relance.portfolio.tasks import not_reached, stands_for_a_message

    console = screen()
    for note in notes:
        console.print(tell("note: {note}", note=note))
    known = f"{tell_part(answer.known.date())} {answer.known:%H:%M}" if answer.known else None
    for judged in answer.judged:
        decision = judged.seen.decision
        console.print(tell("{case} on {on}: {status}: {reason}", case=judged.seen.case.id, on=answer.on, status=told(str(decision.status).replace("_", " ")), reason=say(decision.reason)), style="bold")
        if decision.next:
            console.print(tell("next: {step} on {on}", step=decision.next.step, on=decision.next.on))
        for paid in _unmatched(judged, answer.on):
            amount = f"{paid.data['amount']:.2f} {judged.seen.case.currency}"
            waits = tell("{amount} of {on} wait to be matched", amount=amount, on=paid.on)
            console.print(f"{waits}, {paid.data['reference']}" if paid.data.get("reference") else waits)
        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in ("step", "status", "on", "why"):
            table.add_column(told(column), overflow="fold", no_wrap=column == "on")
        for verdict in decision.steps:
            table.add_row(verdict.step, told(str(verdict.status).replace("_", " ")), tell_part(verdict.on) if verdict.on else "", told(say(verdict.reason)))
        console.print(table)
    for one in answer.unrouted:
        console.print(tell("{invoice} on {on}: under no playbook: {reason}", invoice=one.invoice, on=answer.on, reason=retold(one.reason)), style="bold")
    deciding = ", ".join(tell("{playbook} version {version}", playbook=name, version=version) for name, version in answer.playbooks.items())
    console.print(f"{f'{deciding}, ' if deciding else ''}{by.source}")
    console.print(tell("with what was recorded until {known} UTC", known=known) if known else tell("with nothing recorded"))
    for entry in answer.emitted:
        data = entry.data
        emitted = tell(
            "emitted that day: {step} by {channel} for {case} (action {action})",
            step=data.get("step"), channel=told(str(data.get("channel")).replace("_", " ")), case=entry.case or entry.invoice, action=data.get("id"),
        )
        console.print(tell("{what}: {why}", what=emitted, why=not_reached(data)) if stands_for_a_message(data) else emitted)
    for entry in answer.since:
        data = entry.data
        if entry.kind == "playbook.changed":
            console.print(tell("since then: moved to the playbook '{playbook}', on {on}", playbook=data.get("playbook"), on=entry.on))
        else:
            reason = data.get("reason") or data.get("error")
            since = tell("since then: {event} on {on} (action {action})", event=entry.kind, on=entry.on, action=data.get("id"))
            console.print(f"{since}: {retold(str(reason))}" if reason else since)
