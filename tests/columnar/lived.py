"""Portfolios whose history the engine itself has written, and the future of a debtor day by day, without any shortcut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from conftest_scale import ON, portfolio

from relance.interpreter.action_state import acts
from relance.interpreter.cases import cases
from relance.interpreter.debtor import Seen, look
from relance.interpreter.emission import happened
from relance.model import MANUAL_CHANNELS, POSTED_CHANNELS, Channel, Event, Facts, Playbook, Sender, Status
from relance.portfolio.evaluation import evaluate
from relance.portfolio.routing import only
from relance.simulation.timeline import play

Key = tuple[str, str, str]
Lines = list[tuple[date, str, int, tuple[Channel, ...]]]


def lived(seed: int, playbook: Playbook, *, debtors: int, rare: float, history: int = 80) -> list[Facts]:
    """Make a portfolio of random events through which the engine ran every day, up to some days before `ON`; some approvals are still to come."""
    found = []
    rng = Random(seed)
    for facts in portfolio(seed, playbook, debtors=debtors, rare=rare):
        kind = playbook.debtor if playbook.debtor != "any" else facts.debtor.kind
        said = tuple(replace(event, seq=event.seq % 1000) for event in facts.events if event.on <= ON and not event.kind.startswith("action."))
        elsewhere = tuple(each for each in facts.contacts_elsewhere if each.on <= ON)
        facts = replace(facts, debtor=replace(facts.debtor, kind=kind), events=said, contacts_elsewhere=elsewhere)  # noqa: PLW2901
        end = ON - timedelta(1)
        for *_, facts in play(playbook, facts, ON - timedelta(history), end):  # noqa: B007, B020, PLW2901
            pass
        events = _cut(rng, _posted(facts.events) if rng.random() < 0.5 else facts.events)
        found.append(replace(facts, events=tuple(replace(event, seq=place) for place, event in enumerate(events))))
    return found


def _posted(events: Sequence[Event]) -> list[Event]:
    """Let relance send what was emitted, on the day it was free to leave."""
    found: list[Event] = []
    sent = {event.data["id"] for event in events if event.kind == "action.emitted" and event.data["channel"] in POSTED_CHANNELS}
    drafts = {event.data["id"] for event in events if event.kind == "action.emitted" and event.data["draft"]}
    for event in events:
        name = event.data.get("id")
        mine = name in sent and event.kind in ("action.emitted", "action.approved")
        found.append(replace(event, data={**event.data, "sent_by": Sender.RELANCE}) if mine and event.kind == "action.emitted" else event)
        if mine and (event.kind == "action.approved" or name not in drafts):
            found.append(replace(event, kind="action.executed", data={"id": name}))
    return found


def _cut(rng: Random, events: Sequence[Event]) -> list[Event]:
    """Now and then take back what people did, and the ladder after them, in the last days."""
    if rng.random() < 0.6:
        return list(events)
    cut = ON - timedelta(rng.randint(1, 12))
    return [event for event in events if event.on < cut or not event.kind.startswith("action.") or (event.on == cut and event.kind == "action.emitted")]


def day_by_day(playbook: Playbook, facts: Facts, until: date) -> dict[Key, Lines]:
    """Look at a debtor every day, give the approvals that are asked for, and take what leaves as carried out."""
    found: dict[Key, Lines] = {(facts.creditor.id, facts.debtor.id, case.id): [] for case in cases(playbook, facts)}
    day = ON
    while day <= until:
        seen = look(playbook, facts, day)
        if given := approvals(facts, seen.seen, day):
            facts = replace(facts, events=(*facts.events, *given))
            seen = look(playbook, facts, day)
        by_case: dict[Key, list] = {}
        for action in seen.actions:
            by_case.setdefault((action.creditor, action.debtor, action.case), []).append(action)
            facts = replace(facts, events=(*facts.events, *happened(action)))
        for key, made in by_case.items():
            found[key].append((day, made[0].step, made[0].occurrence, tuple(action.channel for action in made)))
        day += timedelta(1)
    return found


def approvals(facts: Facts, seen: Sequence[Seen], day: date) -> tuple[Event, ...]:
    """Approve the drafts that hold cases up, do the calls and tasks among them, and send what waits to leave."""
    given: list[Event] = []
    for case, _, decision in seen:
        if decision.status in (Status.AWAITING_APPROVAL, Status.AWAITING_SENDING):
            named = {"", case.id, *(claim.id for claim in case.invoices)}
            for act in acts(facts.events, day):
                if (act.waits or act.pending) and act.case in named:
                    done = ("executed",) if act.posted or act.channel in MANUAL_CHANNELS else ()
                    verbs = (*(("approved",) if act.waits else ()), *done)
                    given += [Event(day, f"action.{verb}", act.carrier, None, 10**9, {"id": act.id}) for verb in verbs]
    return tuple(given)


def household_day_by_day(playbook: Playbook, household: Sequence[Facts], until: date) -> dict[Key, Lines]:
    """The same for the creditors of an agency, who share their room with a debtor."""
    found: dict[Key, Lines] = {(facts.creditor.id, facts.debtor.id, case.id): [] for facts in household for case in cases(playbook, facts)}
    known = {facts.creditor.id: facts for facts in household}
    day = ON
    while day <= until:
        for name, facts in known.items():
            known[name] = replace(facts, events=(*facts.events, *approvals(facts, look(playbook, facts, day).seen, day)))
        by_case: dict[Key, list] = {}
        for action in evaluate(list(known.values()), only(playbook), day).actions:
            by_case.setdefault((action.creditor, action.debtor, action.case), []).append(action)
            facts = known[action.creditor]
            known[action.creditor] = replace(facts, events=(*facts.events, *happened(action)))
        for key, made in by_case.items():
            found[key].append((day, made[0].step, made[0].occurrence, tuple(action.channel for action in made)))
        day += timedelta(1)
    return found
