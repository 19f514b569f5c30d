"""What was written off whole is open nowhere; what is left of a part that was, is."""

from datetime import date
from decimal import Decimal

import pytest

from relance.model import Creditor, Debtor, Event, Facts, Invoice
from relance.portfolio.metrics import figures
from relance.portfolio.receivables import By, ageing, standings
from relance.portfolio.roll_rates import debt_ages
from relance.report.access import all_known
from relance.report.creditor_report import report_of

ON, LOST = date(2026, 6, 30), date(2026, 6, 1)
CLAIM = Invoice("F-1", date(2026, 5, 1), Decimal(100), issued=date(2026, 4, 1))
OTHER = Invoice("F-2", date(2026, 5, 2), Decimal(30), issued=date(2026, 4, 1))
CHAIN = [CLAIM, OTHER]


def loss(about="F-1", on=LOST, seq=1, **data):
    return Event(on, "written_off", about, None, seq, data)


BACK = Event(date(2026, 6, 2), "case.reopened", "F-1", None, 2)
CASES = [
    ((), {"F-1": 100, "F-2": 30}),
    ((loss(),), {"F-2": 30}),
    ((loss(amount=Decimal(100)),), {"F-2": 30}),
    ((loss(amount=Decimal("99.99")),), {"F-1": Decimal("0.01"), "F-2": 30}),
    ((loss(), BACK), {"F-1": 100, "F-2": 30}),
    ((loss(), BACK, loss(on=ON, seq=3)), {"F-2": 30}),
    ((loss(on=ON),), {"F-2": 30}),
    ((loss(on=date(2026, 7, 1)),), {"F-1": 100, "F-2": 30}),
    ((loss(about=None),), {}),
    ((loss(about=None, amount=Decimal(110)),), {"F-2": 20}),
]


@pytest.mark.parametrize(("events", "left"), CASES)
def test_what_was_written_off_whole_is_open_nowhere(events, left):
    facts = Facts(Creditor("atelier"), Debtor("dupont"), tuple(CHAIN), events)
    total = Decimal(sum(left.values()))
    assert {each.case: each.open for each in standings([facts], ON, By(lambda _: None))} == left
    assert sum(sum(each.sums) for each in ageing([facts], ON)) == total
    assert sum(sum(each.counts) for each in ageing([facts], ON)) == len(left)
    assert figures([facts], date(2026, 1, 1), ON).open == {"EUR": total}
    assert debt_ages([facts], date(2026, 1, 1), ON).sales[0].open == total


@pytest.mark.parametrize(("data", "left", "where"), [({}, 0, "passée en perte"), ({"amount": Decimal(60)}, 40, "échue, 60 jours")])
def test_the_report_to_a_creditor_leaves_it_out_of_what_is_due(journal, data, left, where):
    journal.record("atelier", "dupont", invoices=[CLAIM], events=[loss(**data)], actor="import")
    (claim,) = report_of(journal, "atelier", date(2026, 6, 1), ON).claims
    assert (claim.open, claim.state) == (left, where)


@pytest.mark.parametrize(("data", "left"), [({}, "0"), ({"amount": Decimal(60)}, "40")])
def test_who_asks_for_his_data_reads_what_is_open(journal, data, left):
    journal.record("atelier", "dupont", invoices=[CLAIM], events=[loss(**data)], actor="import")
    known = all_known(journal, "dupont", ON)
    assert [Decimal(each["open"]) for each in known["creditors"][0]["invoices"]] == [Decimal(left)]
