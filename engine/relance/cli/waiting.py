"""`send --wait`: what waits for its hours is sent when they come, on the same day.

Nothing is open and nothing is written while it waits, so that Ctrl-C, a cut of power or a colleague's run harms nothing: the messages are
ready as before. It is bounded by what a message may wait for: hours that come later on its debtor's same day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from time import sleep
from typing import TYPE_CHECKING

from relance.sentences import tell_number
from relance.zones import paris_clock

if TYPE_CHECKING:
    from relance.delivery.sending import SendingReport

#: The clock is looked at this often, so that a machine that slept, or whose clock was set, is not late.
LOOK = timedelta(minutes=1)


def for_hours(reports: Iterable[SendingReport]) -> list[SendingReport]:
    """Return the reports of what waits for hours that come on this day, the next to come first."""
    return sorted((each for each in reports if each.opens is not None), key=lambda each: (each.opens, each.message.id))


def said(waiting: list[SendingReport]) -> str:
    """Say how many wait, until when, and that they may be left: hours are those of Paris."""
    assert waiting[0].opens is not None
    return tell_number(
        "{count} message waits for its hours, until {first} (Paris); Ctrl-C ends it, and it stays ready",
        "{count} messages wait for their hours, the first until {first} (Paris); Ctrl-C ends it, and they stay ready",
        len(waiting), first=paris_clock(waiting[0].opens),
    )  # fmt: skip


def wait_until(moment: datetime, clock: Callable[[], datetime]) -> None:
    """Come back when the clock has reached a moment."""
    while (left := moment - clock()) > timedelta():
        sleep(min(left, LOOK).total_seconds())
