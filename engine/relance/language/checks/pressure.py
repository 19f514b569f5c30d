"""The checks of law on what a ladder puts a debtor under (PB320 to PB324): pure functions, `Playbook, Source → diagnostics`.

Owns how many messages a debtor gets in a week, when he is called, what a formal notice goes by, and what is asked of a debt
that is contested. What each rule says, and its article, stand in `relance.law.rules`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction

from relance.contact_room import Opening, limits_of, room, since_full
from relance.dates import written
from relance.language.checks.law import found_at, least_days
from relance.language.checks.references import NOMINAL
from relance.language.code import check
from relance.language.source import Path, Source
from relance.law.deadlines import granted
from relance.model import (
    CONTACT_CHANNELS,
    AllOf,
    AnyOf,
    Calendar,
    Channel,
    Condition,
    ContactDay,
    Diagnostic,
    Duration,
    Not,
    Playbook,
    Step,
    StepKind,
    Test,
    WhenClosed,
)
from relance.sentences import joined, sentence

#: Messages in seven days beyond which a playbook is refused: the DGCCRF found fault with three contacts a week; no text gives a number.
MOST_MESSAGES = 4
#: Days that calls or text messages without end leave between two of them at least: prudence, no law says it.
LEAST_BETWEEN = 14
#: Days for which such calls may go on closer together than that: prudence, no law says it.
LONGEST = 90
#: What reaches a person at once, wherever he is.
_INSTANT = frozenset({Channel.CALL, Channel.SMS})


@check()
def messages(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """Look for messages that multiply: more than four in seven days, each channel being one; calls and text messages less than 14 days apart without end, or for more than 90 days (PB320)."""
    endless: list[int] = []
    for number, step in enumerate(playbook.steps):
        if step.repeat is None or not _INSTANT.intersection(step.channels):
            continue
        where: Path = ("steps", number, "repeat")
        between = _between(playbook, number)
        if step.repeat.times is None:
            endless.append(number)
            if between < LEAST_BETWEEN:
                message = sentence('"{step}" calls or sends text messages without end, less than {least_between} days apart', step=step.id, least_between=LEAST_BETWEEN)
                yield found_at(source, "PB320", where, message, sentence("say how often in all, as in `times: 3`"))
            elif _between(playbook, *endless) < LEAST_BETWEEN:
                message = sentence('"{step}" and the steps before it call or send text messages without end, less than {least_between} days apart', step=step.id, least_between=LEAST_BETWEEN)
                yield found_at(source, "PB320", where, message, sentence("say how often in all, as in `times: 3`"))
        elif between < LEAST_BETWEEN and between * (step.repeat.times - 1) > LONGEST:
            message = sentence(
                '"{step}" calls or sends text messages for more than {longest} days, less than {least_between} days apart', step=step.id, longest=LONGEST, least_between=LEAST_BETWEEN
            )
            yield found_at(source, "PB320", where, message, sentence("say how often in all, as in `times: 3`"))
    worst = max(_weeks(playbook), default=None)
    if worst is not None and worst[0] > MOST_MESSAGES:
        most, _, number = worst
        message = sentence('a debtor may get {most} messages in seven days with "{step}"; each channel is one', most=most, step=playbook.steps[number].id)
        yield found_at(source, "PB320", ("steps", number, "channels"), message, sentence("use fewer channels, or leave more days between them"))


def _between(playbook: Playbook, *numbers: int) -> Fraction:
    """Return the days between two calls or text messages of repeating steps together, at the least that repetitions and contact rules leave."""
    steps = [playbook.steps[number] for number in numbers]
    own = 1 / sum((Fraction(1, max(1, least_days(step.repeat.every))) for step in steps if step.repeat is not None), Fraction())
    gap = playbook.contact.min_gap
    caps = (Fraction(least_days(cap.within), cap.contacts) for cap in playbook.contact.at_most if cap.contacts and (not cap.channels or all(_INSTANT.intersection(step.channels) <= cap.channels for step in steps)))
    return max(own, Fraction(0 if gap is None else least_days(gap)), *caps)


def _weeks(playbook: Playbook) -> Iterator[tuple[int, int, int]]:
    """Yield, for each contact of a nominal case, the messages of the seven days that it ends, and its step's number; last steps first in a tie."""
    contacts = _contacts(playbook)
    for day, number, _ in contacts:
        yield sum(each for other, _, each in contacts if 0 <= (day - other).days < 7), -number, number


def _contacts(playbook: Playbook) -> list[tuple[date, int, int]]:
    """Play a ladder on a nominal due date, kept apart as the contact rules say: each contact's day, its step's number, its messages.

    A step on a condition, or counted from an event, may never come: it stands only if it repeats, on the nominal due date.
    """
    days: dict[str, date] = dict(NOMINAL)
    wanted: list[tuple[date, int, int]] = []
    for number, step in enumerate(playbook.steps):
        start = days.get(step.at.anchor)
        own = None if start is None else written(step.at, start, playbook.calendar)
        if own is not None and step.condition is None:
            days[step.id] = days["previous"] = own
            if step.grants is not None:
                days[f"{step.id}.deadline"] = granted(own, step.grants, playbook.calendar, step.grants_from)
        channels = len(CONTACT_CHANNELS.intersection(step.channels))
        if channels and step.kind is not StepKind.LEGAL:
            wanted += ((day, number, channels) for day in _days_of(step, own))
    return _kept_apart(playbook, sorted(wanted))


def _days_of(step: Step, own: date | None) -> Iterator[date]:
    if step.repeat is None:
        if own is not None and step.condition is None:
            yield own
        return
    every = timedelta(days=max(1, least_days(step.repeat.every)))
    times = min(step.repeat.times or MOST_MESSAGES * 2, MOST_MESSAGES * 2)
    yield from ((own or NOMINAL["due"]) + every * turn for turn in range(times))


def _kept_apart(playbook: Playbook, wanted: list[tuple[date, int, int]]) -> list[tuple[date, int, int]]:
    """Move contacts as far apart as the contact rules ask; what falls on one day is one contact."""
    limits = limits_of(playbook.contact, playbook.calendar, _at_least)
    kept: list[tuple[date, int, int]] = []
    contacts: list[ContactDay] = []
    before: date | None = None
    for day, number, messages in wanted:
        channels = CONTACT_CHANNELS.intersection(playbook.steps[number].channels)
        opens = (each.opens for each in room(limits, since_full(limits, contacts), channels))
        real = kept[-1][0] if kept and day == before else max([day, *opens])
        kept.append((real, number, messages))
        contacts += (ContactDay(real, channel) for channel in channels)
        before = day
    return kept


def _at_least(length: Duration, _: Calendar) -> Opening:
    """Return a contact rule that lasts no longer than it must."""
    return lambda day: day + timedelta(days=least_days(length))


@check()
def closed_days(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """Look for a call or a text message that may fall on a Sunday or a holiday (PB321)."""
    calendar = playbook.calendar
    for number, step in enumerate(playbook.steps):
        if not _INSTANT.intersection(step.channels):
            continue
        if 6 not in calendar.weekend or (step.when_closed or calendar.when_closed) is WhenClosed.KEEP:
            message = sentence('"{step}" may call or send a text message on a Sunday or a public holiday', step=step.id)
            where: Path = ("steps", number, "channels")
            yield found_at(source, "PB321", where, message, sentence("close Sundays and holidays, and use when_closed: next"))


@check()
def notice_channels(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """Look for a formal notice that goes by text message or call alone, or would where an address is missing (PB322), or by e-mail alone (PB323)."""
    for number, step in enumerate(playbook.steps):
        channels = CONTACT_CHANNELS.intersection(step.channels)
        if step.kind is not StepKind.FORMAL_NOTICE or not channels:
            continue
        where: Path = ("steps", number, "channels")
        if channels <= _INSTANT:
            yield found_at(source, "PB322", where, sentence('the formal notice "{step}" goes by {channels} alone', step=step.id, channels=joined(sorted(channels), "and")), sentence("use registered_letter"))
        elif (instead := frozenset(dict(step.fallback).get(channel, channel) for channel in channels)) <= _INSTANT:
            message = sentence('the formal notice "{step}" goes by {channels} alone', step=step.id, channels=joined(sorted(instead), "and"))
            yield found_at(source, "PB322", ("steps", number, "fallback"), message, sentence("let it become a task where the address is missing"))
        elif channels <= _INSTANT | {Channel.EMAIL}:
            yield found_at(source, "PB323", where, sentence('the formal notice "{step}" goes by e-mail alone', step=step.id), sentence("use registered_letter, and email beside it"))


@check()
def contested(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """Look for charges asked by a step that a dispute neither holds, stops nor is looked at by (PB324)."""
    if any(_asks(condition, "disputed") for condition in (*playbook.hold_while, *playbook.stop_when)):
        return
    for number, step in enumerate(playbook.steps):
        told = step.condition is not None and _asks(step.condition, "disputed")
        if step.claim and not told and CONTACT_CHANNELS.intersection(step.channels):
            message = sentence('"{step}" asks for more than the principal while the debt is contested', step=step.id)
            yield found_at(source, "PB324", ("steps", number, "claim"), message, sentence("add disputed to hold_while"))


def _asks(condition: Condition, fact: str) -> bool:
    """Say whether a condition looks at a fact."""
    match condition:
        case Test():
            return condition.fact == fact
        case AnyOf() | AllOf():
            return any(_asks(part, fact) for part in condition.parts)
        case Not():
            return _asks(condition.part, fact)
        case _:
            return False


#: Every check of pressure, for the registry.
