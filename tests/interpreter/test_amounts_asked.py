"""What is asked: what is open, undisputed and due on the day, invoice by invoice, and nothing else."""

from datetime import date
from decimal import Decimal

import pytest

from relance.interpreter.amounts_asked import asked, asked_in_full, demanded, to_come
from relance.interpreter.cases import cases
from relance.interpreter.snapshot import Snapshot, case_today
from relance.model import Charge

D = Decimal
OPEN = "calendar: {holidays: FR, weekend: [saturday, sunday], when_closed: keep}\n"
ACCOUNT = OPEN + "unit: account\n"
EARLY = "  - {id: avant, at: J-7, channels: [email], tone: courteous}\n"
LADDER = """\
  - {id: rappel, at: J+5, channels: [email], tone: courteous}
  - {id: mise-en-demeure, kind: formal_notice, at: J+30, channels: [registered_letter], tone: formal, grants: 15 days, claim: [late_interest, fixed_indemnity]}
"""


def unit_on(ladder, on: str, case: int = 0):
    day = date.fromisoformat(on)
    return case_today(cases(ladder.playbook, ladder.facts)[case], Snapshot(ladder.playbook, ladder.facts, day))


def names(states) -> list[str]:
    return [each.invoice.id for each in states]


def test_an_account_asks_what_is_due_and_lists_the_rest_apart(bench):
    ladder = bench(LADDER, top=ACCOUNT).invoice("F-2", "2026-02-10", "30.00").invoice("F-3", "2026-06-30", "4500.00")
    on_the_day, after = unit_on(ladder, "2026-02-10"), unit_on(ladder, "2026-02-11")
    assert (names(demanded(on_the_day)), names(to_come(on_the_day))) == (["F-1"], ["F-2", "F-3"])
    assert (names(demanded(after)), names(to_come(after))) == (["F-1", "F-2"], ["F-3"])
    assert asked(after, ()).principal == D("130.00")
    assert asked_in_full(after).principal == D("130.00")


def test_what_an_action_names_is_what_its_sum_is_made_of(bench):
    ladder = bench(LADDER, top=ACCOUNT).invoice("F-2", "2026-02-10", "30.00").invoice("F-3", "2026-06-30", "4500.00")
    for entry in ladder.play("2026-02-01", "2026-05-30").entries:
        for action in entry.actions:
            assert tuple(each.invoice for each in action.claimed.invoices) == action.invoices
            assert action.claimed.principal == sum(each.principal for each in action.claimed.invoices)
            assert {each.invoice for each in action.claimed.segments} <= set(action.invoices)
            assert "F-3" not in action.invoices


def test_a_message_before_the_due_date_announces_what_falls_due_with_the_carrier(bench):
    ladder = bench(EARLY + LADDER, top=ACCOUNT).invoice("F-2", "2026-02-01", "30.00").invoice("F-3", "2026-02-02", "7.00")
    first = ladder.play("2026-01-20", "2026-01-30").entries[0].first
    assert (first.step, first.invoices, first.claimed.total) == ("avant", ("F-1", "F-2"), D("130.00"))


def test_one_invoice_is_asked_by_its_own_ladder_whenever_it_speaks(bench):
    ladder = bench(EARLY, top=OPEN)
    assert [(each.first.invoices, each.first.claimed.total) for each in ladder.play("2026-01-20", "2026-02-02").entries] == [(("F-1",), D("100.00"))]


def test_a_disputed_part_is_not_asked_and_neither_is_an_invoice_that_is_taken_out(bench):
    ladder = bench(LADDER, top=ACCOUNT).invoice("F-2", "2026-02-03", "30.00").told("2026-02-04", "dispute.opened", "F-1", amount="40.00", reason="x")
    assert asked(unit_on(ladder, "2026-02-06"), ()).principal == D("90.00")
    ladder.told("2026-02-05", "promise.made", "F-2", amount="30.00", by="2026-03-30")
    assert names(demanded(unit_on(ladder, "2026-02-06"))) == ["F-1"]


def test_the_sums_of_named_invoices_are_theirs_alone(bench):
    ladder = bench(LADDER, top=ACCOUNT).invoice("F-2", "2026-02-03", "30.00")
    found = asked(unit_on(ladder, "2026-03-01"), (Charge.FIXED_INDEMNITY,), ["F-2"])
    assert (found.principal, found.fixed_indemnity, [each.invoice for each in found.invoices]) == (D("30.00"), D(40), ["F-2"])


@pytest.mark.parametrize(("amount", "holds"), [("130.00", True), ("130.01", False)])
def test_total_claimed_counts_what_is_due(bench, amount, holds):
    step = f'  - {{id: a, at: J, expires: 400 days, channels: [email], tone: courteous, if: {{total_claimed: {{at_least: "{amount}"}}}}}}\n'
    ladder = bench(step, top=ACCOUNT, kind="consumer").invoice("F-2", "2026-02-10", "30.00").invoice("F-3", "2026-06-30", "4500.00")
    assert (ladder.at("2026-02-11").step is not None) is holds
    assert ladder.at("2026-02-10").step is None


def test_interest_from_a_notice_runs_from_the_notice_that_named_the_invoice(bench):
    top = ACCOUNT + "debtor: consumer\n"
    ladder = bench(LADDER.replace("claim: [late_interest, fixed_indemnity]", "claim: [legal_interest]"), top=top, kind="consumer", amount="1000.00")
    ladder.invoice("F-2", "2026-02-10", "1000.00").invoice("F-3", "2026-02-10", "1000.00")
    for on, names_ in (("2026-03-03", ("F-1",)), ("2026-03-13", ("F-1", "F-2"))):
        ladder.done("mise-en-demeure", on, "registered_letter", case="dupont/EUR", carrier=names_[0], invoices=names_)
    found = asked(unit_on(ladder, "2026-03-20"), (Charge.LEGAL_INTEREST,))
    assert [(each.invoice, each.start.isoformat()) for each in found.segments] == [("F-1", "2026-03-04"), ("F-2", "2026-03-14")]
    assert [each.invoice for each in found.invoices if not each.interest] == ["F-3"]
