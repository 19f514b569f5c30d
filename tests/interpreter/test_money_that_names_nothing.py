"""Money that names no invoice goes by C. civ. 1342-10; what it settled stays settled; what goes back is what had come in."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.interpreter.amounts_asked import asked_in_full
from relance.interpreter.balance import balances
from relance.interpreter.cases import cases
from relance.interpreter.snapshot import Snapshot, case_today
from relance.model import Creditor, Debtor, Event, Facts, Invoice

D = Decimal
JAN = date(2026, 1, 1)


def claim(name, due, amount="100.00", *, issued=None, rate=None, currency="EUR", document=""):
    return Invoice(name, date.fromisoformat(due), D(amount), currency, issued and date.fromisoformat(issued), document, rate=rate and D(rate))


def money(on, amount, invoice=None, kind="payment.received", currency=None):
    return Event(date.fromisoformat(on), kind, invoice, currency, data={"amount": D(amount)})


def left(invoices, events, on="2026-12-31", debtor="business"):
    told = tuple(replace(event, seq=number) for number, event in enumerate(sorted(events, key=lambda event: event.on)))
    facts = Facts(Creditor("c"), Debtor("d", kind=debtor), tuple(invoices), told)
    found = balances(facts, date.fromisoformat(on))
    return {name: str(amount) for name, amount in found.outstanding.items()}, {code: str(amount) for code, amount in found.credit.items()}


def test_what_is_due_goes_before_what_is_not_and_the_older_before_the_newer():
    claims = [claim("A", "2026-05-01"), claim("B", "2026-02-01"), claim("C", "2026-02-15")]
    assert left(claims, [money("2026-03-01", "150.00")])[0] == {"B": "0.00", "C": "50.00", "A": "100.00"}


def test_between_professionals_the_dearest_debt_comes_first_among_those_due():
    claims = [claim("old", "2026-02-01"), claim("dear", "2026-02-15", rate="15"), claim("cheap", "2026-01-15", rate="9"), claim("later", "2026-06-01", rate="20")]
    paid = [money("2026-03-01", "150.00")]
    assert left(claims, paid)[0] == {"cheap": "100.00", "old": "50.00", "dear": "0.00", "later": "100.00"}  # the law's own rate is 12.15 %
    assert left(claims, paid, debtor="consumer")[0] == {"cheap": "0.00", "old": "50.00", "dear": "100.00", "later": "100.00"}


def test_where_the_rate_of_the_law_is_not_known_age_alone_counts():
    claims = [claim("old", "2027-02-01"), claim("dear", "2027-02-15", rate="15")]
    assert left(claims, [money("2027-03-01", "100.00")], "2027-04-01")[0] == {"old": "0.00", "dear": "100.00"}


def test_debts_alike_in_all_are_paid_in_proportion_to_the_cent():
    claims = [claim("A", "2026-02-01", "100.00"), claim("B", "2026-02-01", "200.00")]
    assert left(claims, [money("2026-03-01", "100.00")])[0] == {"A": "66.66", "B": "133.34"}


def test_a_currency_without_cents_is_not_cut_into_cents():
    claims = [claim("A", "2026-02-01", "100", currency="JPY"), claim("B", "2026-02-01", "200", currency="JPY")]
    assert left(claims, [money("2026-03-01", "100", currency="JPY")])[0] == {"A": "66", "B": "134"}


def test_an_invoice_that_came_later_takes_back_nothing_and_finds_what_is_left_over():
    old, new = claim("A", "2026-05-01", issued="2026-01-02"), claim("B", "2026-03-10", issued="2026-03-01")
    paid = [money("2026-02-01", "130.00")]
    assert left([old], paid) == ({"A": "0.00"}, {"EUR": "30.00"})
    assert left([old, new], paid) == ({"B": "70.00", "A": "0.00"}, {})


def test_instalments_of_a_named_document_share_by_the_same_order():
    claims = [claim("F/1", "2026-02-01", document="F"), claim("F/2", "2026-03-01", document="F"), claim("G", "2026-01-01")]
    assert left(claims, [money("2026-03-15", "130.00", "F")])[0] == {"G": "100.00", "F/1": "0.00", "F/2": "70.00"}


def test_a_payment_that_went_back_is_taken_from_where_it_went():
    claims = [claim("A", "2026-02-01"), claim("B", "2026-02-15")]
    first, second = money("2026-03-01", "100.00"), money("2026-03-05", "80.00")
    back = money("2026-03-20", "100.00", kind="payment.reversed")
    assert left(claims, [first, second, back])[0] == {"A": "100.00", "B": "20.00"}


def test_a_reversal_by_name_of_money_that_had_named_nothing_is_found_there():
    claims = [claim("A", "2026-02-01"), claim("B", "2026-02-15")]
    events = [money("2026-03-01", "150.00"), money("2026-03-20", "150.00", "A", kind="payment.reversed")]
    assert left(claims, events)[0] == {"A": "100.00", "B": "100.00"}


@pytest.mark.parametrize("kind", ["payment.received", None])
def test_nobody_owes_more_than_the_invoice_whatever_goes_back(kind):
    events = [money("2026-03-20", "150.00", "A", kind="payment.reversed")]
    events += [money("2026-03-01", "30.00", "A", kind)] if kind else []
    assert left([claim("A", "2026-02-01")], events) == ({"A": "100.00"}, {})


def test_a_cancelled_invoice_owes_nothing_and_nothing_is_asked_on_it(bench):
    ladder = bench("  - {id: a, at: J+5, channels: [email], tone: firm, claim: [late_interest]}\n")
    ladder.told("2026-02-10", "payment.received", amount="30.00").told("2026-02-20", "payment.reversed", amount="50.00")
    ladder.told("2026-02-25", "invoice.cancelled")
    today = Snapshot(ladder.playbook, ladder.facts, date(2026, 3, 1))
    assert today.balances.outstanding == {"F-1": 0}
    assert asked_in_full(case_today(cases(ladder.playbook, ladder.facts)[0], today)).total == 0


CENTS = st.integers(1, 30_000).map(lambda cents: D(cents) / 100)
CLAIMS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 60), CENTS, st.sampled_from([None, D("9.5"), D(15)])), min_size=1, max_size=4)
NAMES = st.sampled_from([None, "F-0", "F-1"])
KINDS = st.sampled_from(["payment.received", "payment.received", "payment.reversed", "credit_note.issued"])
MOVES = st.lists(st.tuples(st.integers(0, 120), KINDS, NAMES, CENTS), max_size=7)


def facts_of(claims, moves):
    invoices = tuple(
        Invoice(f"F-{n}", JAN + timedelta(issued + term), amount, issued=JAN + timedelta(issued), rate=rate) for n, (issued, term, amount, rate) in enumerate(claims)
    )
    events = [Event(JAN + timedelta(day), kind, name, seq=n, data={"amount": amount}) for n, (day, kind, name, amount) in enumerate(moves)]
    return Facts(Creditor("c"), Debtor("d", kind="business"), invoices, tuple(sorted(events, key=lambda event: (event.on, event.seq))))


@given(CLAIMS, MOVES)
def test_nothing_is_lost_and_nothing_is_owed_twice(claims, moves):
    facts = facts_of(claims, moves)
    found = balances(facts, JAN + timedelta(200))
    for invoice in facts.invoices:
        booked = sum((amount for _, amount, _ in found.paid[invoice.id]), D(0))
        assert 0 <= found.outstanding[invoice.id] == max(invoice.amount - booked, 0)
        assert sum((amount for _, amount, credit in found.paid[invoice.id] if not credit), D(0)) >= 0
    came = sum((event.data["amount"] for event in facts.events if event.kind != "payment.reversed"), D(0))
    went = sum((event.data["amount"] for event in facts.events if event.kind == "payment.reversed"), D(0))
    kept = sum((sum((amount for _, amount, _ in rows), D(0)) for rows in found.paid.values()), D(0))
    over = sum((max(sum((amount for _, amount, _ in found.paid[one.id]), D(0)) - one.amount, D(0)) for one in facts.invoices), D(0))
    loose = found.credit.get("EUR", D(0)) - over
    assert came - went <= kept + loose <= came


@given(CLAIMS, st.lists(st.tuples(st.integers(0, 120), st.just("payment.received"), st.none(), CENTS), max_size=5), st.tuples(st.integers(0, 40), st.integers(0, 60), CENTS))
def test_what_was_settled_stays_settled_when_an_invoice_comes_later(claims, moves, newer):
    _, term, amount = newer
    facts = facts_of(claims, moves)
    late = Invoice("Z", JAN + timedelta(130 + term), amount, issued=JAN + timedelta(130))
    before = balances(facts, JAN + timedelta(200))
    after = balances(replace(facts, invoices=(*facts.invoices, late)), JAN + timedelta(200))
    assert {name: after.outstanding[name] for name in before.outstanding} == before.outstanding


def test_the_creditor_s_terms_say_what_a_part_payment_settles_first(bench):
    def look(**terms):
        ladder = bench("  - {id: a, at: J+5, channels: [email], tone: firm, claim: [late_interest]}\n", amount="10000.00")
        ladder.told("2026-03-01", "payment.received", amount="4000.00")
        ladder.facts = replace(ladder.facts, creditor=replace(ladder.facts.creditor, terms=terms))
        return asked_in_full(case_today(cases(ladder.playbook, ladder.facts)[0], Snapshot(ladder.playbook, ladder.facts, date(2026, 4, 1))))

    interest_first, principal_first, unknown = look(), look(allocation="principal_first"), look(allocation="as it comes")
    assert (principal_first.principal, interest_first.principal > 6000) == (6000, True)
    assert interest_first.total > principal_first.total
    assert "principal first" in principal_first.notes[0]
    assert unknown == interest_first


def said(on, kind, invoice, **data):
    return Event(date.fromisoformat(on), kind, invoice, data=data)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ((), {"A": "0.00", "B": "50.00", "C": "100.00"}),
        ((said("2026-02-20", "dispute.opened", "A", reason="x"),), {"A": "50.00", "B": "0.00", "C": "100.00"}),  # due and contested, before what is not due
        ((said("2026-02-20", "dispute.opened", "A", reason="x", amount=D(40)),), {"A": "0.00", "B": "50.00", "C": "100.00"}),
        ((said("2026-02-20", "dispute.opened", "A", reason="x", amount=D("99.99")),), {"A": "0.00", "B": "50.00", "C": "100.00"}),
        ((said("2026-02-20", "dispute.opened", "A", reason="x", amount=D(100)),), {"A": "50.00", "B": "0.00", "C": "100.00"}),  # the whole of it, said as a sum
        ((said("2026-02-20", "dispute.opened", "A", reason="x"), said("2026-02-25", "dispute.closed", "A", outcome="x")), {"A": "0.00", "B": "50.00", "C": "100.00"}),
        ((said("2026-03-02", "dispute.opened", "A", reason="x"),), {"A": "0.00", "B": "50.00", "C": "100.00"}),  # after the money
    ],
)
def test_what_is_contested_as_a_whole_is_paid_after_what_is_not(words, found):
    claims = [claim("A", "2026-02-01"), claim("B", "2026-02-15"), claim("C", "2026-04-01")]
    assert left(claims, [*words, money("2026-03-01", "150.00")])[0] == found


def test_money_that_names_a_contested_invoice_pays_it():
    claims = [claim("A", "2026-02-01"), claim("B", "2026-02-15")]
    assert left(claims, [said("2026-02-20", "dispute.opened", "A", reason="x"), money("2026-03-01", "100.00", "A")])[0] == {"A": "0.00", "B": "100.00"}


def test_a_credit_note_without_a_name_does_not_pass_over_what_is_contested():
    claims = [claim("A", "2026-02-01"), claim("B", "2026-02-15")]
    events = [said("2026-02-20", "dispute.opened", "A", reason="x"), money("2026-03-01", "100.00", kind="credit_note.issued")]
    assert left(claims, events)[0] == {"A": "0.00", "B": "100.00"}
