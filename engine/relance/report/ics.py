"""A timeline as an iCalendar file (RFC 5545): one all-day event a step, one for each deadline, the same names each time."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from icalendar import Calendar, Event

from relance.report.plain import amount
from relance.simulation.timeline import Sending, Timeline


def timeline_ics(timeline: Timeline) -> str:
    """Write a timeline. The stamp of each event is the first day that was played, so that the same preview is the same file."""
    calendar = Calendar()
    calendar.add("prodid", "-//relance//preview//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", timeline.playbook.title or timeline.playbook.id)
    stamp = datetime.combine(timeline.start, time(), UTC)
    for entry in timeline.entries:
        for event in _events(timeline, entry):
            event.add("dtstamp", stamp)
            calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written.decode("utf-8")


def _events(timeline: Timeline, entry: Sending) -> list[Event]:
    first = entry.first
    title = next((step.title for step in timeline.playbook.steps if step.id == first.step and step.title), first.step)
    debtor = timeline.facts.debtor.name or timeline.facts.debtor.id
    asked = f"{amount(first.claimed.total, first.claimed.currency)} {first.claimed.currency}"
    event = Event()
    event.add("uid", f"{first.id}@relance")
    event.add("dtstart", entry.on)
    event.add("dtend", entry.on + timedelta(days=1))
    event.add("summary", f"{title} – {debtor}, {first.case}")
    channels = ", ".join(channel.replace("_", " ") for channel in entry.channels)
    event.add("description", f"{channels}; {asked}; {entry.unsent or first.reason}{'; after approval' if first.draft else ''}")
    event.add("categories", [first.kind.value])
    event.add("transp", "TRANSPARENT")
    made = [event]
    if first.deadline is not None:
        deadline = Event()
        deadline.add("uid", f"{first.id}-deadline@relance")
        deadline.add("dtstart", first.deadline)
        deadline.add("dtend", first.deadline + timedelta(days=1))
        deadline.add("summary", f"{title}: deadline – {debtor}, {first.case}")
        deadline.add("transp", "TRANSPARENT")
        made.append(deadline)
    return made
