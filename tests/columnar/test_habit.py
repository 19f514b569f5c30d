"""The usual delay over tables is that of one debtor's facts, on both sides of every bound: five payments, twelve months, money that came back."""

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.columnar.conftest_scale import ON, shipped
from tests.columnar.test_fold import same_views

from relance.columnar.engines import Engine
from relance.columnar.habit import looked_back_to, usual_delays
from relance.columnar.inputs import WHO, opened
from relance.columnar.schema import from_facts
from relance.dates import add_months
from relance.interpreter.habit import usual_delay
from relance.model import Creditor, Debtor, Event, Facts, Invoice, Test

PLAYBOOK = shipped("negligent")


def paying(name: str, *delays: int, months: int = 6) -> Facts:
    """A debtor whose invoices, due so many months ago, were each paid so many days late; of a delay that is a multiple of eleven a part came back."""
    due = add_months(ON, -months)
    invoices = tuple(Invoice(f"{name}-{place}", due, Decimal(100)) for place in range(len(delays)))
    events = [Event(due + timedelta(late), "payment.received", f"{name}-{place}", data={"amount": Decimal(50)}) for place, late in enumerate(delays)]
    events += [Event(due + timedelta(late + 1), "payment.reversed", f"{name}-{place}", data={"amount": Decimal(5)}) for place, late in enumerate(delays) if late and late % 11 == 0]
    ordered = sorted(events, key=lambda each: each.on)
    return Facts(Creditor("alpha"), Debtor(name), invoices, tuple(replace(each, seq=place) for place, each in enumerate(ordered)))


def test_both_folds_tell_the_same_habit(engine: Engine) -> None:
    rng = random.Random(7)
    debtors = [paying(f"d{count}-{turn}", *(rng.randrange(-20, 60) for _ in range(count)), months=rng.choice([1, 6, 11, 12, 13])) for count in range(9) for turn in range(6)]
    debtors += [paying("four", 1, 2, 3, 4), paying("five", 5, 1, 4, 2, 3), paying("six", 6, 5, 4, 3, 2, 1), paying("back", 11, 1, 2, 3, 4), paying("same", 7, 7, 7, 7, 7)]
    setting = opened(engine, from_facts(debtors).frames(), PLAYBOOK, ON)
    found = engine.home(usual_delays(setting).join(setting.invoices.select(WHO, "debtor").unique(WHO), on=WHO, how="inner").select("debtor", "usual_delay"))
    own = {facts.debtor.id: habit for facts in debtors if (habit := usual_delay(facts, ON)) is not None}
    assert dict(found.rows()) == own
    assert own["five"] == 3
    assert own["six"] == 3
    assert not {"four", "back"} & own.keys()


@pytest.mark.parametrize("year", [2023, 2024, 2025])
def test_twelve_months_are_those_of_the_calendar(year: int) -> None:
    for count in range(365):
        first = looked_back_to(date(year, 1, 1) + timedelta(count))
        assert add_months(first, 12) > date(year, 1, 1) + timedelta(count) >= add_months(first - timedelta(1), 12)


def test_a_playbook_that_asks_for_the_habit_is_folded_over_tables(engine: Engine) -> None:
    step = replace(PLAYBOOK.steps[0], condition=Test("usual_delay", "at_least", 3))
    playbook = replace(PLAYBOOK, steps=(step, *PLAYBOOK.steps[1:]))
    assert same_views(engine, playbook, [paying("five", 5, 1, 4, 2, 3), paying("four", 1, 2, 3, 4), paying("slow", 1, 2, 2, 2, 9)])
