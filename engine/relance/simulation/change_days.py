"""The days on which something about a debtor changes by the calendar alone: a hold ends, a promise or a term is not kept, an invoice falls due, a claim is barred.

What a playbook does not ask about is left out. Where a day cannot be told beforehand (limitation that is suspended), the next one is given. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from relance.dates import add
from relance.interpreter.cases import cases
from relance.interpreter.compiled import ASKED, CompiledPlaybook, compile_playbook
from relance.interpreter.debtor import considered
from relance.interpreter.habit import no_longer_seen
from relance.interpreter.newcomers import first_letter
from relance.interpreter.snapshot import Snapshot
from relance.law.duties import mandate_end
from relance.model import Channel, Duration, Event, Facts, Playbook, Unit

_DAY = timedelta(days=1)
_LIMITATION = frozenset({"time_barred", "limitation_within"})


def stirs(playbook: Playbook, facts: Facts, on: date, until: date) -> set[date]:
    """Return the days after `on`, up to `until`, on which something about a debtor changes by itself in a way that a view does not tell."""
    found = {day for day in (*ends(playbook, facts), *barred_days(Snapshot(playbook, facts, on), until)) if on < day <= until}
    if "total_claimed" in tested(playbook):
        found |= {day for first, next_ in pairwise([on, *sorted(found), until + _DAY]) for day in grown(playbook, facts, first, next_ - _DAY)}
    return found


def tested(playbook: Playbook) -> frozenset[str]:
    """Name the facts that a playbook compares."""
    return frozenset(test.fact for test in compile_playbook(playbook).tests)


def ends(playbook: Playbook, facts: Facts) -> set[date]:
    """Return the days on which the calendar changes what is known of a debtor, whatever the ladder does; those of limitation and of interest aside."""
    asks = tested(playbook)
    found = {invoice.issued for invoice in facts.invoices if invoice.issued is not None}
    if _asks_what_is_due(playbook, asks):
        found |= {invoice.due + _DAY for invoice in facts.invoices}
    if "usual_delay" in asks:
        found |= set(no_longer_seen(facts))
    if facts.creditor.mandate is not None:
        found.add(facts.creditor.mandate)
    if playbook.collector == "agency" and (last := mandate_end(facts.creditor)) is not None:
        found.add(last + _DAY)
    return found.union(*(_ends(playbook, event) for event in facts.events))


def _asks_what_is_due(playbook: Playbook, asks: frozenset[str]) -> bool:
    """Say whether it matters to a playbook's account, beside the days of its steps, that an invoice falls due."""
    account = playbook.unit is Unit.ACCOUNT
    hands_over = account and "handed_over" in asks and any(Channel.HANDOVER in step.channels for step in playbook.steps)
    joining = account and "total_claimed" in asks
    return bool(asks & {"overdue_balance", ASKED}) or joining or hands_over or first_letter(playbook) is not None


def _ends(playbook: Playbook, event: Event) -> Iterator[date]:
    """Give the days after those on which a hold, a promise or an instalment ends."""
    if event.kind == "hold.placed" and event.data.get("until") is not None:
        yield event.data["until"] + _DAY
    elif event.kind == "promise.made":
        yield add(event.data["by"], playbook.grace, playbook.calendar) + _DAY
    elif event.kind == "plan.agreed":
        for term in event.data["instalments"]:
            yield add(term["on"], playbook.grace, playbook.calendar) + _DAY


def overdue_days(plan: CompiledPlaybook, facts: Facts) -> set[date]:
    """Return the days on which a test of the days overdue turns; views know them."""
    values = [test.value for test in plan.tests if test.fact == "days_overdue" and isinstance(test.value, int)]
    return {invoice.due + timedelta(value + more) for invoice in facts.invoices for value in values for more in (0, 1)}


# --------------------------------------------------------------------------- limitation


def barred_days(today: Snapshot, until: date) -> Iterator[date]:
    """Yield days after a day on which a test of limitation may turn, as things stand on it. While limitation is suspended, that is any day up to `until`."""
    playbook = today.playbook
    within = [test.value for test in compile_playbook(playbook).tests if test.fact == "limitation_within"]
    if not tested(playbook) & _LIMITATION:
        return
    if any(event.kind == "limitation.suspended" for event in today.facts.events):
        yield from (today.on + timedelta(number) for number in range(1, (until - today.on).days + 1))
        return
    for barred in {each.barred for each in today.standings.values() if each.outstanding and each.barred is not None}:
        yield barred
        for value in within:
            yield _near(playbook, barred, value)


def _near(playbook: Playbook, barred: date, within: object) -> date:
    """Return the first day from which a claim is barred within a duration."""
    assert isinstance(within, Duration)
    day = add(barred, within._replace(number=-within.number), playbook.calendar) - timedelta(10)
    while add(day, within, playbook.calendar) < barred:
        day += _DAY
    return day


# --------------------------------------------------------------------------- interest


def grown(playbook: Playbook, facts: Facts, first: date, last: date) -> Iterator[date]:
    """Yield the days after `first`, up to `last`, on which what is claimed has grown past what a test compares it with.

    Nothing else may change between the two: then it only grows, and halving finds the days.
    """
    plan = compile_playbook(playbook)
    places = [place for place, test in enumerate(plan.tests) if test.fact == "total_claimed"]

    def told(day: date) -> list[bool | None]:
        today = Snapshot(playbook, facts, day)
        return [seen.view.truths[place] for case in cases(playbook, facts) for seen in considered(case, today) for place in places]

    def turns(low: date, before: list[bool | None], high: date, after: list[bool | None]) -> Iterator[date]:
        if before == after:
            return
        if (high - low).days == 1:
            yield high
            return
        middle = low + (high - low) // 2
        half = told(middle)
        yield from turns(low, before, middle, half)
        yield from turns(middle, half, high, after)

    if first < last:
        yield from turns(first, told(first), last, told(last))


def event_days(facts: Facts) -> Sequence[date]:
    """Return the days on which something is told of a debtor, or somebody else contacted him."""
    return [*(event.on for event in facts.events), *(each.on for each in facts.contacts_elsewhere)]
