"""Checks of conduct: a tone that softens, reminders that pile up, contact rules the delays cannot keep, hand-overs (PB209 to PB213, PB216)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from relance.dates import add, roll, written
from relance.language.checks.reach import unreachable
from relance.language.checks.references import NOMINAL
from relance.language.source import Source
from relance.law.deadlines import granted
from relance.model import CONTACT_CHANNELS, TONES, WORLD_ANCHORS, Channel, Diagnostic, Playbook, Severity, Step, StepKind

#: Simple reminders beyond which they stop working: the field's experience, no law.
MOST_REMINDERS = 3


def softens(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """PB209: a tone softer than an earlier step's. A step that answers an event may speak as softly as it likes."""
    firmest: Step | None = None
    for index, step in enumerate(playbook.steps):
        if step.tone is None or step.at.anchor in WORLD_ANCHORS or not _speaks(step):
            continue
        if firmest is not None and firmest.tone is not None and TONES.index(step.tone) < TONES.index(firmest.tone):
            message = f'"{step.id}" is {step.tone}, and "{firmest.id}" before it was {firmest.tone} already'
            hint = "a ladder that softens says that the firm letter was not meant; raise this tone, or lower the earlier one"
            yield source.at(("steps", index, "tone")).diagnostic("PB209", message, severity=Severity.WARNING, hint=hint)
        else:
            firmest = step


def _speaks(step: Step) -> bool:
    return any(channel in CONTACT_CHANNELS for channel in step.channels)


def pile_up(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """PB210: more than three simple reminders of one debtor, after the due date and before the formal notice."""
    count = 0
    for index, step in enumerate(playbook.steps):
        if step.kind is not StepKind.REMINDER:
            return
        early = step.at.anchor == "due" and written(step.at, NOMINAL["due"], playbook.calendar) < NOMINAL["due"]
        writes = any(channel in CONTACT_CHANNELS and channel is not Channel.CALL for channel in step.channels)
        if early or not writes or step.condition is not None or step.at.anchor in WORLD_ANCHORS:
            continue
        count += 1 if step.repeat is None else step.repeat.times or MOST_REMINDERS + 1
        if count > MOST_REMINDERS:
            notice = any(each.kind is StepKind.FORMAL_NOTICE for each in playbook.steps)
            message = f'with "{step.id}" the debtor has had more than {MOST_REMINDERS} simple reminders{" before the formal notice" if notice else ""}'
            hint = "reminders that pile up stop working: make it a call or a formal notice, or drop one"
            yield source.at(("steps", index, "id")).diagnostic("PB210", message, severity=Severity.WARNING, hint=hint)
            return


def contact_rules(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """PB211: written delays that the contact rules can never keep; says what the real dates become."""
    moved = [(step, own, real) for step, own, real in real_dates(playbook) if real > own]
    if not moved:
        return
    key = "min_gap" if playbook.contact.min_gap is not None else "at_most"
    told = ", ".join(f'"{step.id}" from {_days(own)} to {_days(real)}' for step, own, real in moved)
    hint = "lengthen the delays, or loosen the rule; as it is, these are the days on which they leave at the earliest"
    where = source.key(("contact", key))
    yield where.diagnostic("PB211", f"the contact rules move {told}", severity=Severity.WARNING, hint=hint)


def _days(day: date) -> str:
    return f"J{(day - NOMINAL['due']).days:+d}"


def real_dates(playbook: Playbook) -> list[tuple[Step, date, date]]:
    """Play the unconditional contacts of a ladder on a nominal due date: each with its own date and the one the contact rules leave it."""
    rules, calendar = playbook.contact, playbook.calendar
    if rules.min_gap is None and rules.max_contacts is None:
        return []
    days: dict[str, date] = dict(NOMINAL)
    contacts: list[date] = []
    found = []
    for step in playbook.steps:
        start = days.get("previous" if step.at.anchor == "previous" else step.at.anchor)
        if start is None or step.condition is not None:
            continue
        own = roll(written(step.at, start, playbook.calendar), step.when_closed or calendar.when_closed, calendar)
        real = own
        if _speaks(step):
            if contacts and rules.min_gap is not None:
                real = max(real, add(contacts[-1], rules.min_gap, calendar))
            if rules.max_contacts and rules.within is not None and len(contacts) >= rules.max_contacts:
                real = max(real, add(contacts[-rules.max_contacts], rules.within, calendar))
            real = roll(real, step.when_closed or calendar.when_closed, calendar) if real > own else own
            contacts.append(real)
            found.append((step, own, real))
        days[step.id] = days["previous"] = real
        if step.grants is not None:
            days[f"{step.id}.deadline"] = granted(real, step.grants, calendar, step.grants_from)
    return found


def handed_over_unasked(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """PB212: a legal step with no formal notice and no amicable attempt before it. Of a hand-over PB306 says it."""
    for index, step in enumerate(playbook.steps):
        if step.kind is StepKind.HANDOVER:
            return
        if step.kind is StepKind.LEGAL:
            asked = any(_speaks(each) for each in playbook.steps[:index])
            if not asked:
                message = f'"{step.id}" comes before anybody asked the debtor to pay'
                hint = "write a reminder and a formal notice above it"
                yield source.at(("steps", index, "kind")).diagnostic("PB212", message, severity=Severity.WARNING, hint=hint)
            return


def handed_over_unapproved(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """PB213: a hand-over that no person approves."""
    for index, step in enumerate(playbook.steps):
        if step.kind is StepKind.HANDOVER and not step.approval:
            message = f'"{step.id}" hands the case over without a person looking at it'
            where = source.key(("steps", index, "kind"))
            yield where.diagnostic("PB213", message, severity=Severity.WARNING, hint="add `approval: required`")


def handed_over_unnoticed(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """PB216: a hand-over that no formal notice can precede: none is written above it that a debtor of his kind can reach."""
    lost = unreachable(playbook)
    for index, step in enumerate(playbook.steps):
        above = (each for each in playbook.steps[:index] if each.kind is StepKind.FORMAL_NOTICE and each.id not in lost)
        if step.kind is StepKind.HANDOVER and any(_speaks(each) for each in playbook.steps[:index]) and not any(above):
            message = f'no formal notice can come before "{step.id}" hands the case over'
            hint = "write a step of kind: formal_notice above it, or waive this with the reason"
            yield source.key(("steps", index, "kind")).diagnostic("PB216", message, severity=Severity.WARNING, hint=hint)


CHECKS = (softens, pile_up, contact_rules, handed_over_unasked, handed_over_unapproved, handed_over_unnoticed)
