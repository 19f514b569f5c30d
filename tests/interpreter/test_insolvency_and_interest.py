"""Interest after an insolvency: it stops for what was due, the end of the procedure starts nothing anew, later invoices are not touched."""

from datetime import date
from decimal import Decimal

from relance.interpreter.amounts_asked import asked
from relance.interpreter.cases import cases
from relance.interpreter.snapshot import Snapshot, case_today
from relance.model import Charge

STEP = "  - {id: a, at: J+5, channels: [email], tone: firm, claim: [late_interest]}\n"


def interest(ladder, on, case=0):
    today = Snapshot(ladder.playbook, ladder.facts, date.fromisoformat(on))
    return asked(case_today(cases(ladder.playbook, ladder.facts)[case], today), [Charge.LATE_INTEREST]).late_interest


def test_interest_stops_the_day_before_the_judgment_and_does_not_start_again(bench):
    before = interest(bench(STEP, amount="10000.00"), "2026-02-28")
    ladder = bench(STEP, amount="10000.00").told("2026-03-05", "insolvency.opened", None, published_on=date(2026, 3, 1))
    assert interest(ladder, "2026-04-30") == before > 0
    assert interest(ladder.told("2026-05-01", "insolvency.closed", None), "2026-06-30") == before


def test_it_stops_at_the_judgment_where_that_day_was_told(bench):
    ladder = bench(STEP, amount="10000.00").told("2026-03-05", "insolvency.opened", None, published_on=date(2026, 3, 1), judged_on=date(2026, 2, 20))
    assert interest(ladder, "2026-04-30") == interest(bench(STEP, amount="10000.00"), "2026-02-19") > 0


def test_what_stopped_it_is_said(bench):
    def notes(**told):
        ladder = bench(STEP, amount="10000.00").told("2026-03-05", "insolvency.opened", None, published_on=date(2026, 3, 1), **told)
        today = Snapshot(ladder.playbook, ladder.facts, date(2026, 4, 30))
        return asked(case_today(cases(ladder.playbook, ladder.facts)[0], today), [Charge.LATE_INTEREST]).notes

    assert notes(judged_on=date(2026, 2, 20)) == ("interest stops at the insolvency judgment of 2026-02-20 (C. com. L622-28)",)
    assert notes() == ("interest stops at the publication of the insolvency on 2026-03-01, for the day of the judgment (C. com. L622-28) is not known",)


def test_no_indemnity_where_the_judgment_forbade_to_pay_in_time(bench):
    def indemnity(judged, published=date(2026, 2, 15)):
        ladder = bench(STEP).told("2026-02-16", "insolvency.opened", None, published_on=published, judged_on=judged)  # due on 1 February
        today = Snapshot(ladder.playbook, ladder.facts, date(2026, 4, 30))
        return asked(case_today(cases(ladder.playbook, ladder.facts)[0], today), [Charge.FIXED_INDEMNITY]).fixed_indemnity

    assert indemnity(date(2026, 1, 30)) == indemnity(date(2026, 2, 1)) == 0
    assert indemnity(date(2026, 2, 2)) == 40


def test_an_invoice_due_after_the_end_of_the_procedure_bears_interest(bench):
    ladder = bench(STEP, amount="10000.00").invoice("F-2", "2026-06-01", "10000.00", "2026-05-02")
    ladder.told("2026-03-05", "insolvency.opened", None, published_on=date(2026, 3, 1))
    assert interest(ladder, "2026-06-30", 1) == 0
    ladder.told("2026-05-01", "insolvency.closed", None)
    assert interest(ladder, "2026-06-30", 1) == (Decimal(10000) * Decimal("12.15") * 29 / 36500).quantize(Decimal("0.01"))
