"""Days that a house lives: which are open, what left on each, and how to find a text among what left."""

from __future__ import annotations

import re
from datetime import date, timedelta


def weekdays(first, last, step=1):
    """Return every so manieth open day of a stretch."""
    day, end, found = date.fromisoformat(first), date.fromisoformat(last), []
    while day <= end:
        if day.weekday() < 5:
            found.append(day.isoformat())
        day += timedelta(1)
    return found[::step]


def lived(house, post, days, *words, events=None, **more):
    """Live some days; return what left by day, the events of a day told before its run."""
    found = {}
    for day in days:
        house.at(day)
        for event in (events or {}).get(day, ()):
            house.relance("record", *event)
        if left := house.spend(day, *words, post=post, **more):
            found[day] = left
    return found


def about(left, *words):
    """Return the days and texts in which a text has all of some words."""
    return [(day, text) for day, texts in left.items() for text in texts if all(word in text for word in words)]


def figures(text):
    """Return every amount in euros of a text."""
    return {found.replace(" ", "") for found in re.findall(r"(?<![\d,])(\d{1,3}(?: \d{3})*,\d{2}) €", text)}
