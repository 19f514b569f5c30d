"""A promise is kept, runs or is broken by the grace of the playbook that acted on its claim, in the figures and in what a creditor is told."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from relance.language import load_playbook
from relance.model import Calendar, Creditor, Debtor, Duration, Event, Facts, Invoice, TimeUnit
from relance.portfolio.grace import grace_by
from relance.portfolio.metrics import figures

ACTED = {"id": "a", "step": "relance-1", "playbook": "maison", "channel": "email", "case": "F-1"}
#: Promised for a Friday.
FACTS = Facts(
    Creditor("atelier"), Debtor("dupont"), (Invoice("F-1", date(2026, 2, 1), Decimal("900.00")),),
    (
        Event(date(2026, 2, 3), "action.emitted", "F-1", None, 1, ACTED),
        Event(date(2026, 2, 4), "promise.made", "F-1", None, 2, {"amount": Decimal("900.00"), "by": date(2026, 2, 6)}),
        Event(date(2026, 2, 11), "payment.received", "F-1", None, 3, {"amount": Decimal("900.00")}),
    ),
)  # fmt: skip


def outcome(grace: Duration, until: date, calendar: Calendar | None = None, acted: str = "maison") -> tuple[int, int, int]:
    playbook, _ = load_playbook("negligent", checks=False)
    playbook = replace(playbook, grace=grace, calendar=calendar or playbook.calendar)
    facts = replace(FACTS, events=(replace(FACTS.events[0], data=ACTED | {"playbook": acted}), *FACTS.events[1:]))
    known = {("atelier", "maison"): playbook}
    found = figures([facts], date(2026, 1, 1), until, grace_by(lambda *name: known.get(name)))
    return found.promises.kept, found.promises.broken, found.promises.running


@pytest.mark.parametrize(
    ("grace", "until", "found"),
    [
        (Duration(2), date(2026, 2, 28), (0, 1, 0)),
        (Duration(4), date(2026, 2, 28), (0, 1, 0)),
        (Duration(5), date(2026, 2, 28), (1, 0, 0)),
        (Duration(4), date(2026, 2, 10), (0, 0, 1)),
        (Duration(4), date(2026, 2, 11), (0, 1, 0)),
        (Duration(3, TimeUnit.BUSINESS_DAY), date(2026, 2, 28), (1, 0, 0)),
        (Duration(2, TimeUnit.BUSINESS_DAY), date(2026, 2, 28), (0, 1, 0)),
    ],
)
def test_a_promise_is_waited_for_as_long_as_its_playbook_says(grace, until, found):
    assert outcome(grace, until) == found


def test_where_no_playbook_is_known_it_is_the_language_s_own_grace():
    assert outcome(Duration(5), date(2026, 2, 28), acted="gone") == (0, 1, 0)
    assert figures([FACTS], date(2026, 1, 1), date(2026, 2, 8)).promises.running == 1
    assert figures([FACTS], date(2026, 1, 1), date(2026, 2, 9)).promises.broken == 1
