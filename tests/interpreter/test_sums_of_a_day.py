"""What is asked on a day: all that is due or what is missing of a plan, of the invoices named and no others, and what is at stake in what was made before."""

from dataclasses import replace
from decimal import Decimal

import pytest
from test_edges_of_states import day

from relance.interpreter.amounts_asked import asked, asked_in_full
from relance.interpreter.arrears import arrears, asked_as, same_sums
from relance.interpreter.at_stake import at_stake
from relance.interpreter.cases import cases
from relance.interpreter.snapshot import Snapshot, case_today
from relance.model import Asks, Charge, Claimed, Creditor

D = Decimal
TOP = "calendar: {holidays: FR, weekend: [], when_closed: keep}\nunit: account\n"
LADDER = "  - {id: a, kind: formal_notice, at: J+30, channels: [email], tone: formal, claim: [late_interest, fixed_indemnity]}\n"
BOTH = (Charge.LATE_INTEREST, Charge.FIXED_INDEMNITY)


def account(bench, **debtor):
    return bench(LADDER, top=TOP, **debtor).invoice("F-2", "2026-02-05", "50.00").invoice("F-3", "2026-02-03", "30.00")


def today(ladder, on):
    (case, *_) = cases(ladder.playbook, ladder.facts)
    return case_today(case, Snapshot(ladder.playbook, ladder.facts, day(on)))


def planned(ladder, invoice=None, first="60.00"):
    return ladder.told("2026-02-10", "plan.agreed", invoice, instalments=({"on": day("03-10"), "amount": D(first)}, {"on": day("04-10"), "amount": D("40.00")}))


@pytest.mark.parametrize(
    ("on", "paid", "shares"),
    [
        ("03-10", None, {"F-1": 0, "F-3": 0, "F-2": 0}),  # its day is not past
        ("03-11", None, {"F-1": 60, "F-3": 0, "F-2": 0}),  # the oldest first
        ("03-11", "25.00", {"F-1": 35, "F-3": 0, "F-2": 0}),
        ("04-11", None, {"F-1": 100, "F-3": 0, "F-2": 0}),
    ],
)
def test_what_is_missing_of_a_plan_falls_on_its_invoices_oldest_first(bench, on, paid, shares):
    ladder = planned(account(bench))
    if paid:
        ladder.told("2026-03-01", "payment.received", None, amount=paid)
    assert arrears(today(ladder, on)) == shares


def test_the_arrears_of_a_plan_stop_at_what_is_open_and_go_on_to_the_next(bench):
    ladder = planned(account(bench), first="120.00")
    assert arrears(today(ladder, "03-11")) == {"F-1": 100, "F-3": 20, "F-2": 0}
    assert arrears(today(ladder, "04-11")) == {"F-1": 100, "F-3": 30, "F-2": 30}
    disputed = planned(account(bench), first="120.00").told("2026-02-11", "dispute.opened", amount="90.00")
    assert arrears(today(disputed, "03-11")) == {"F-1": 10, "F-3": 30, "F-2": 50}


def test_a_plan_is_about_its_own_invoices_in_their_currency(bench):
    ladder = planned(planned(account(bench), "F-2", "20.00"), "F-3", "30.00").invoice("F-4", "2026-01-15", "70.00", currency="USD")
    assert arrears(today(ladder, "03-11")) == {"F-2": 20, "F-3": 30}
    assert arrears(today(planned(ladder), "03-11")).keys() == {"F-1", "F-2", "F-3"}
    assert arrears(today(account(bench), "03-11")) == {}


def test_a_step_that_asks_arrears_asks_them_alone_where_a_plan_is_in_force_on_its_invoices(bench):
    unit = today(planned(account(bench), "F-1"), "03-11")
    alone = asked_as(unit, Asks.ARREARS, BOTH, ["F-1", "F-2"])
    assert (alone.total, alone.arrears, alone.principal, alone.late_interest, alone.fixed_indemnity) == (60, 60, 150, 0, 0)
    assert [(each.invoice, each.arrears) for each in alone.invoices] == [("F-1", 60), ("F-2", 0)]
    without = asked_as(unit, Asks.ARREARS, BOTH, ["F-2", "F-3"])
    assert (without.arrears, without.principal, without.fixed_indemnity) == (None, 80, 80)
    whole = asked_as(unit, Asks.WHOLE, BOTH, ["F-1"])
    assert (whole.arrears, whole.principal, whole.fixed_indemnity) == (None, 100, 40)
    assert asked_as(unit, Asks.WHOLE, (), ["F-1"]).total == 100


def test_two_days_ask_the_same_where_only_interest_has_grown():
    one = Claimed("EUR", D(100), late_interest=D(1), total=D(101))
    assert same_sums(one, replace(one, late_interest=D(2), total=D(102)))
    assert not same_sums(one, replace(one, principal=D(99)))
    assert not same_sums(one, replace(one, arrears=D(99)))


def test_all_that_could_be_asked_of_a_professional_and_of_a_consumer(bench):
    ladder = account(bench).done("a", "2026-03-03")
    full = asked_in_full(today(ladder, "03-11"), ["F-1", "F-2"])
    assert (full.principal, full.fixed_indemnity, full.late_interest > 0, full.legal_interest) == (150, 80, True, 0)
    assert asked_in_full(today(ladder, "03-11")).principal == 180
    private = account(bench, kind="consumer").done("a", "2026-03-03")
    full = asked_in_full(today(private, "03-11"))
    assert (full.principal, full.fixed_indemnity, full.late_interest, full.legal_interest > 0) == (180, 0, 0, True)


def test_what_is_asked_goes_by_the_law_of_both_parties_the_currency_and_the_terms(bench):
    ladder = account(bench).told("2026-02-20", "payment.received", "F-1", amount="50.00")
    interest_first = asked(today(ladder, "03-11"), BOTH, ["F-1"])
    ladder.facts = replace(ladder.facts, creditor=replace(ladder.facts.creditor, terms={"allocation": "principal_first"}))
    assert (interest_first.principal > 50, asked(today(ladder, "03-11"), BOTH, ["F-1"]).principal) == (True, 50)
    private = account(bench)
    private.facts = replace(private.facts, creditor=replace(private.facts.creditor, kind="individual"))
    assert asked(today(private, "03-11"), BOTH, ["F-1"]).fixed_indemnity == 0
    dollars = bench(LADDER, top=TOP)
    dollars.facts = replace(dollars.facts, invoices=(replace(dollars.facts.invoices[0], currency="USD"),))
    assert asked(today(dollars, "03-11"), BOTH).currency == "USD"


def made(ladder):
    """What the ladder asked on 3 March: F-1, F-2 and F-3 with their charges."""
    (action,) = ladder.play("2026-03-03", "2026-03-03").entries[0].actions
    return action


def test_what_is_at_stake_is_what_the_invoices_of_a_message_ask_today(bench):
    ladder = account(bench)
    action = made(ladder)
    asked_then = action.claimed.total
    assert at_stake([action], ladder.facts, day("03-03")) == asked_then
    assert at_stake([action, action], ladder.facts, day("03-03")) == 2 * asked_then
    assert at_stake([], ladder.facts, day("03-03")) == 0
    later = at_stake([action], ladder.facts, day("04-03"))
    assert later > asked_then  # a month of interest more
    plain = replace(action, claimed=replace(action.claimed, late_interest=D(0), fixed_indemnity=D(0)))
    assert at_stake([plain], ladder.facts, day("04-03")) == 180  # charges that it did not ask are not at stake
    ladder.told("2026-03-20", "dispute.opened", "F-1", amount="99.50").told("2026-03-20", "dispute.opened", "F-2").told("2026-03-20", "dispute.opened", "F-3")
    assert at_stake([plain], ladder.facts, day("04-03")) == D("0.50")
    ladder.told("2026-03-21", "payment.received", "F-1", amount="0.50")
    assert at_stake([action], ladder.facts, day("04-03")) == 0  # nothing is open and undisputed: no charges alone


def test_what_is_at_stake_in_a_message_about_the_arrears_of_a_plan_is_what_is_missing_of_it(bench):
    ladder = account(bench)
    action = made(ladder)
    reminder = replace(action, claimed=replace(action.claimed, arrears=D(60)))
    planned(ladder, "F-1")
    assert at_stake([reminder], ladder.facts, day("03-11")) == 60
    assert at_stake([action], ladder.facts, day("03-11")) > 180


def test_what_is_at_stake_in_a_message_whose_invoices_are_not_known_is_what_it_asked(bench):
    ladder = account(bench)
    action = made(ladder)
    assert at_stake([replace(action, invoices=("F-8",))], ladder.facts, day("04-03")) == action.claimed.total
    some = at_stake([replace(action, invoices=("F-2", "F-8"))], ladder.facts, day("03-03"))
    assert D(90) < some < D(92)  # 50.00, 40.00 and the interest of F-2 alone
    assert at_stake([action], replace(ladder.facts, creditor=Creditor("other")), day("03-03")) > 0


@pytest.mark.parametrize(
    ("on", "kind", "on_interest", "credit"),
    [
        ("2026-03-09", "payment.received", True, False),  # the day before the plan
        ("2026-03-10", "payment.received", False, False),
        ("2026-04-20", "payment.received", False, False),  # its last day
        ("2026-04-21", "payment.received", True, False),  # the day on which it broke
        ("2026-03-09", "credit_note.issued", False, True),
    ],
)
def test_what_is_paid_while_a_plan_is_kept_counts_on_the_principal(bench, on, kind, on_interest, credit):
    ladder = bench("  - {id: a, kind: formal_notice, at: J+30, channels: [email], tone: formal, claim: [late_interest]}\n", top=TOP + "grace: 0 days\n", amount="1000.00")
    ladder.told("2026-03-10", "plan.agreed", instalments=({"on": day("04-20"), "amount": D(500)}, {"on": day("06-20"), "amount": D(500)}))
    ladder.told(on, kind, amount="100.00")
    (served,) = asked(today(ladder, "04-30"), (Charge.LATE_INTEREST,)).invoices[0].received
    assert (served.interest > 0, served.credit_note) == (on_interest, credit)


def test_what_is_asked_of_an_invoice_is_without_what_is_cancelled_lost_or_disputed_and_follows_its_judgment(bench):
    ladder = account(bench).told("2026-02-10", "written_off", "F-1", amount="10.00").told("2026-02-11", "dispute.opened", "F-1", amount="25.00")
    assert asked(today(ladder, "03-11"), (), ["F-1"]).principal == 65
    ladder.told("2026-02-12", "invoice.cancelled", "F-2")
    assert asked(today(ladder, "03-11"), (), ["F-2"]).principal == 0
    private = account(bench, kind="consumer").done("a", "2026-02-20")
    plain = asked(today(private, "2026-12-31"), (Charge.LEGAL_INTEREST,), ["F-1"]).legal_interest
    private.told("2026-03-01", "judgment.given", "F-1", enforceable_on=day("03-01"))
    assert asked(today(private, "2026-12-31"), (Charge.LEGAL_INTEREST,), ["F-1"]).legal_interest > plain
    assert asked(today(private, "2026-12-31"), (Charge.LEGAL_INTEREST,), ["F-2"]).legal_interest * 2 <= plain


def test_of_several_instalments_one_is_asked_the_forty_euros(bench):
    ladder = bench(LADDER, top=TOP)
    parts = tuple(replace(ladder.facts.invoices[0], id=f"F/{number}", document="F", due=day(f"02-0{number}")) for number in (1, 2))
    ladder.facts = replace(ladder.facts, invoices=parts)
    assert [each.fixed_indemnity for each in asked(today(ladder, "03-11"), BOTH).invoices] == [40, 0]
