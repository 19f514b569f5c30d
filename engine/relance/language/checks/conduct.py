"""Checks of conduct: a tone that softens, reminders that pile up, contact rules the delays cannot keep, hand-overs (PB209 to PB213, PB216)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from relance.contact_room import limits_of, room, since_full
from relance.dates import first_day, written
from relance.language.checks.reach import unreachable
from relance.language.checks.references import NOMINAL
from relance.language.code import Code, check
from relance.language.source import Source
from relance.law.deadlines import granted
from relance.model import CONTACT_CHANNELS, TONES, WORLD_ANCHORS, Channel, ContactDay, Diagnostic, Playbook, Severity, Step, StepKind
from relance.sentences import sentence

#: Simple reminders beyond which they stop working: the field's experience, no law.
MOST_REMINDERS = 3


@check(
    Code(
        "PB209", "a tone that softens", Severity.WARNING,
        what="A later step is at least as firm as those before it, unless it answers an event.",
        why="A courteous note after a formal notice says that the notice was not meant.",
        source="the field's practice",
        bad="""\
steps:
  - {id: relance-1, at: J+3, channels: [email], tone: firm}
  - {id: relance-2, at: J+9, channels: [email], tone: courteous}
""",
        good="""\
steps:
  - {id: relance-1, at: J+3, channels: [email], tone: courteous}
  - {id: relance-2, at: J+9, channels: [email], tone: firm}
""",
    ),
)
def softens(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """PB209: a tone softer than an earlier step's. A step that answers an event may speak as softly as it likes."""
    firmest: Step | None = None
    for index, step in enumerate(playbook.steps):
        if step.tone is None or step.at.anchor in WORLD_ANCHORS or not _speaks(step):
            continue
        if firmest is not None and firmest.tone is not None and TONES.index(step.tone) < TONES.index(firmest.tone):
            message = sentence('"{step}" is {tone}, and "{firmest}" before it was {firm} already', step=step.id, tone=step.tone, firmest=firmest.id, firm=firmest.tone)
            hint = sentence("a ladder that softens says that the firm letter was not meant; raise this tone, or lower the earlier one")
            yield source.at(("steps", index, "tone")).diagnostic("PB209", message, severity=Severity.WARNING, hint=hint)
        else:
            firmest = step


def _speaks(step: Step) -> bool:
    return any(channel in CONTACT_CHANNELS for channel in step.channels)


@check(
    Code(
        "PB210", "reminders that pile up", Severity.WARNING,
        what="At most three simple reminders come between the due date and the formal notice.",
        why="The fourth reminder teaches the debtor that nothing follows.",
        source="the field's practice",
        bad="""\
steps:
  - {id: r-1, at: J+3, channels: [email], tone: courteous}
  - {id: r-2, at: J+13, channels: [email], tone: courteous}
  - {id: r-3, at: J+23, channels: [email], tone: courteous}
  - {id: r-4, at: J+33, channels: [email], tone: courteous}
""",
        good="""\
steps:
  - {id: r-1, at: J+3, channels: [email], tone: courteous}
  - {id: r-2, at: J+13, channels: [email], tone: courteous}
  - {id: r-3, at: J+23, channels: [email], tone: firm}
""",
    ),
)
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
            message = sentence('with "{step}" the debtor has had more than {most} simple reminders', step=step.id, most=MOST_REMINDERS)
            if notice:
                message = sentence('with "{step}" the debtor has had more than {most} simple reminders before the formal notice', step=step.id, most=MOST_REMINDERS)
            hint = sentence("reminders that pile up stop working: make it a call or a formal notice, or drop one")
            yield source.at(("steps", index, "id")).diagnostic("PB210", message, severity=Severity.WARNING, hint=hint)
            return


@check(
    Code(
        "PB211", "a contact rule the delays cannot keep", Severity.WARNING,
        what="The written delays leave the gap that `contact` asks for.",
        why="The dates in the file are not those on which the letters leave.",
        source="LANGUAGE 4",
        bad="""\
contact: {min_gap: 10 days}
steps:
  - {id: relance-1, at: J+3, channels: [email], tone: courteous}
  - {id: relance-2, at: J+8, channels: [email], tone: courteous}
""",
        good="""\
contact: {min_gap: 10 days}
steps:
  - {id: relance-1, at: J+3, channels: [email], tone: courteous}
  - {id: relance-2, at: J+14, channels: [email], tone: courteous}
""",
    ),
)
def contact_rules(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """PB211: written delays that the contact rules can never keep; says what the real dates become."""
    moved = [(step, own, real) for step, own, real in real_dates(playbook) if real > own]
    if not moved:
        return
    key = "min_gap" if playbook.contact.min_gap is not None else "at_most"
    told = [sentence('"{step}" from {own} to {real}', step=step.id, own=_days(own), real=_days(real)) for step, own, real in moved]
    hint = sentence("lengthen the delays, or loosen the rule; as it is, these are the days on which they leave at the earliest")
    where = source.key(("contact", key))
    yield where.diagnostic("PB211", sentence("the contact rules move {told}", told=told), severity=Severity.WARNING, hint=hint)


def _days(day: date) -> str:
    return f"J{(day - NOMINAL['due']).days:+d}"


def real_dates(playbook: Playbook) -> list[tuple[Step, date, date]]:
    """Play the unconditional contacts of a ladder on a nominal due date: each with its own date and the one the contact rules leave it."""
    calendar = playbook.calendar
    limits = limits_of(playbook.contact, calendar)
    if not limits:
        return []
    days: dict[str, date] = dict(NOMINAL)
    contacts: list[ContactDay] = []
    found = []
    for step in playbook.steps:
        start = days.get("previous" if step.at.anchor == "previous" else step.at.anchor)
        if start is None or step.condition is not None:
            continue
        closed = step.when_closed or calendar.when_closed
        own = first_day(written(step.at, start, calendar), closed, calendar, step.weekdays, step.pauses)
        real = own
        if _speaks(step):
            real = max([own, *(each.opens for each in room(limits, since_full(limits, contacts), step.channels))])
            real = first_day(real, closed, calendar, step.weekdays, step.pauses) if real > own else own
            contacts += (ContactDay(real, channel) for channel in step.channels if channel in CONTACT_CHANNELS)
            found.append((step, own, real))
        days[step.id] = days["previous"] = real
        if step.grants is not None:
            days[f"{step.id}.deadline"] = granted(real, step.grants, calendar, step.grants_from)
    return found


@check(
    Code(
        "PB212", "gone to law before anybody asked", Severity.WARNING,
        what="A legal step comes after at least one amicable attempt or a formal notice; so does a hand-over (PB306).",
        why="Debts are first recovered amicably; a judge will ask what was tried.",
        source="the field's practice; see PB306 for the law",
        bad="""\
steps: [{id: injonction, kind: legal, to: court, at: J+3, channels: [task]}]
""",
        good="""\
steps:
  - {id: relance, at: J+3, channels: [email], tone: courteous}
  - {id: mise-en-demeure, kind: formal_notice, at: J+20, channels: [registered_letter], tone: formal, grants: 15 days}
  - {id: injonction, kind: legal, to: court, at: mise-en-demeure.deadline + 1 day, channels: [task]}
""",
    ),
)
def handed_over_unasked(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """PB212: a legal step with no formal notice and no amicable attempt before it. Of a hand-over PB306 says it."""
    for index, step in enumerate(playbook.steps):
        if step.kind is StepKind.HANDOVER:
            return
        if step.kind is StepKind.LEGAL:
            asked = any(_speaks(each) for each in playbook.steps[:index])
            if not asked:
                message = sentence('"{step}" comes before anybody asked the debtor to pay', step=step.id)
                hint = sentence("write a reminder and a formal notice above it")
                yield source.at(("steps", index, "kind")).diagnostic("PB212", message, severity=Severity.WARNING, hint=hint)
            return


@check(
    Code(
        "PB213", "hand-over without approval", Severity.WARNING,
        what="A hand-over is approved by a person.",
        why="It cannot be taken back, costs money, and often ends the relation with the customer.",
        source="the field's practice",
        bad="""\
steps:
  - {id: relance, at: J+3, channels: [email], tone: courteous}
  - {id: mise-en-demeure, kind: formal_notice, at: J+15, channels: [registered_letter], tone: formal, grants: 15 days}
  - {id: transmission, kind: handover, to: bailiff, at: J+30, channels: [handover]}
""",
        good="""\
steps:
  - {id: relance, at: J+3, channels: [email], tone: courteous}
  - {id: mise-en-demeure, kind: formal_notice, at: J+15, channels: [registered_letter], tone: formal, grants: 15 days}
  - {id: transmission, kind: handover, to: bailiff, at: J+30, channels: [handover], approval: required}
""",
    ),
)
def handed_over_unapproved(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """PB213: a hand-over that no person approves."""
    for index, step in enumerate(playbook.steps):
        if step.kind is StepKind.HANDOVER and not step.approval:
            message = sentence('"{step}" hands the case over without a person looking at it', step=step.id)
            where = source.key(("steps", index, "kind"))
            yield where.diagnostic("PB213", message, severity=Severity.WARNING, hint=sentence("add `approval: required`"))


@check(
    Code(
        "PB216", "hand-over that no notice can precede", Severity.WARNING,
        what="A formal notice that the debtor can get stands above a hand-over.",
        why="Nothing puts him formally on notice otherwise, and whoever takes the case over must begin with that. Where a notice stands above, none goes without it.",
        source="the field's practice",
        bad="""\
steps:
  - {id: relance, at: J+3, channels: [email], tone: courteous}
  - {id: transmission, kind: handover, to: bailiff, at: J+30, channels: [handover], approval: required}
""",
        good="""\
steps:
  - {id: relance, at: J+3, channels: [email], tone: courteous}
  - {id: mise-en-demeure, kind: formal_notice, at: J+15, channels: [registered_letter], tone: formal, grants: 15 days}
  - {id: transmission, kind: handover, to: bailiff, at: J+30, channels: [handover], approval: required}
""",
    ),
)
def handed_over_unnoticed(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """PB216: a hand-over that no formal notice can precede: none is written above it that a debtor of his kind can reach."""
    lost = unreachable(playbook)
    for index, step in enumerate(playbook.steps):
        above = (each for each in playbook.steps[:index] if each.kind is StepKind.FORMAL_NOTICE and each.id not in lost)
        if step.kind is StepKind.HANDOVER and any(_speaks(each) for each in playbook.steps[:index]) and not any(above):
            message = sentence('no formal notice can come before "{step}" hands the case over', step=step.id)
            hint = sentence("write a step of kind: formal_notice above it, or waive this with the reason")
            yield source.key(("steps", index, "kind")).diagnostic("PB216", message, severity=Severity.WARNING, hint=hint)
