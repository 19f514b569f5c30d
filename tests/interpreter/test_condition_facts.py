"""docs/language.md 3: the amount at origin, days of the calendar, the postcode, steps done, the payer's habit: each on both sides of its boundary."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from relance.interpreter.habit import usual_delay
from relance.language import load_playbook_text
from relance.law.places import postcode
from relance.model import Address, Creditor, Debtor, Event, Facts, Invoice, StepStatus

STEP = "  - {{id: a, at: J, channels: [task], if: {asked}}}\n"
HEAD = "schema: 1\nplaybook: essai\nversion: 1\ntitle: Essai\nsteps:\n"


def comes(ladder, on="2026-02-02"):
    return ladder.at(on).steps[0].status is StepStatus.DUE


@pytest.mark.parametrize(("bound", "so"), [("100.00", True), ("100.01", False)])
def test_the_amount_at_origin_is_what_the_invoice_was_made_out_for(bench, bound, so):
    ladder = bench(STEP.format(asked=f'{{original_amount: {{at_least: "{bound}"}}}}')).told("2026-01-20", "payment.received", amount="60.00")
    assert comes(ladder) is so


def test_the_amount_at_origin_of_an_account_is_that_of_its_open_invoices(bench):
    ladder = bench(STEP.format(asked='{original_amount: {more_than: "100.00"}}'), top="unit: account\n").invoice("F-2", "2026-02-02", "50.00")
    assert comes(ladder)
    assert not comes(ladder.told("2026-01-20", "payment.received", invoice="F-2", amount="50.00"))


@pytest.mark.parametrize(
    ("asked", "so"),
    [
        ("{due_on: {before: 2026-02-02}}", False),
        ("{due_on: {before: 2026-02-03}}", True),
        ("{due_on: {from: 2026-02-02}}", True),
        ("{due_on: {from: 2026-02-03}}", False),
        ("{issued_on: {from: 2026-01-02, before: 2026-01-03}}", True),
        ("{issued_on: {before: 2026-01-02}}", False),
    ],
)
def test_a_day_of_the_calendar_is_a_bound(bench, asked, so):
    assert comes(bench(STEP.format(asked=asked), due="2026-02-02", issued="2026-01-02")) is so


def test_a_day_that_is_not_known_makes_neither_true(bench):
    for asked in ("{issued_on: {before: 2030-01-01}}", "{issued_on: {from: 2000-01-01}}"):
        ladder = bench(STEP.format(asked=asked), due="2026-02-02")
        ladder.facts = replace(ladder.facts, invoices=(replace(ladder.facts.invoices[0], issued=None),))
        assert not comes(ladder)


@pytest.mark.parametrize(
    ("lines", "country", "code"),
    [
        (("3 quai Claude-Bernard", "69002 Lyon"), "FR", "69002"),
        (("75 rue de la Paix", "F-75011 PARIS"), "FR", "75011"),
        (("12 rue Frébault", "97110 Pointe-à-Pitre"), "GP", "97110"),
        (("3 rue du Port", "Lyon"), "FR", None),
        (("75172 Pforzheim",), "DE", ""),
    ],
)
def test_the_postcode_is_that_of_the_line_that_begins_with_it(lines, country, code):
    assert postcode(Address(lines, country)) == code


@pytest.mark.parametrize(("asked", "so"), [('"69"', True), ('"690"', True), ('["75", "69002"]', True), ('"2"', None), ('"75"', False)])
def test_a_postcode_is_asked_by_its_beginning(bench, asked, so):
    if so is None:
        playbook, said = load_playbook_text(HEAD + STEP.format(asked=f"{{postcode: {asked}}}"), "essai.yaml")
        assert playbook is None
        assert [each.code for each in said] == ["PB105"]
        return
    ladder = bench(STEP.format(asked=f"{{postcode: {asked}}}"))
    ladder.facts = replace(ladder.facts, debtor=replace(ladder.facts.debtor, address=Address(("3 quai Claude-Bernard", "69002 Lyon"))))
    assert comes(ladder) is so


DONE = "  - {id: appel, at: J+1, channels: [call], tone: courteous}\n  - {id: suite, at: J+5, channels: [task], if: {done: appel}}\n"


def test_a_step_is_done_once_it_was_executed_and_not_by_being_skipped(bench):
    def suite(ladder):
        return ladder.at("2026-02-20").steps[1].status

    data = {"id": "1", "playbook": "essai", "step": "appel", "occurrence": 1, "channel": "call", "case": "F-1"}
    emitted = {**data, "invoices": ("F-1",)}
    assert suite(bench(DONE)) is StepStatus.PASSED_OVER
    called = bench(DONE).told("2026-02-03", "action.emitted", **emitted)
    assert suite(called) is StepStatus.PASSED_OVER
    assert suite(called.told("2026-02-04", "action.executed", **data)) is StepStatus.DUE
    skipped = bench(DONE).told("2026-02-03", "action.emitted", **emitted).told("2026-02-04", "action.skipped", **data)
    assert suite(skipped) is StepStatus.PASSED_OVER


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (DONE, []),
        (DONE.replace("done: appel", "done: apel"), ["PB226"]),
        (DONE.replace("done: appel", "not: {any_of: [{done: [appel, rien]}]}"), ["PB226"]),
    ],
)
def test_a_condition_names_steps_that_there_are(text, codes):
    said = load_playbook_text(HEAD + text, "essai.yaml")[1]
    assert [each.code for each in said if each.code == "PB226"] == codes


def test_what_stops_or_holds_a_case_cannot_ask_the_ladder():
    text = HEAD.replace("steps:\n", "stop_when: [paid, {done: appel}]\nsteps:\n") + DONE
    assert "PB226" in [each.code for each in load_playbook_text(text, "essai.yaml")[1]]


def paying(*payments):
    """Facts of a debtor with six invoices due on the first of January to June, of which some were paid so many days late."""
    invoices = tuple(Invoice(f"P-{number}", date(2026, number, 1), Decimal(100)) for number in range(1, 7))
    events = tuple(Event(date.fromordinal(invoices[number - 1].due.toordinal() + late), "payment.received", f"P-{number}", data={"amount": Decimal(100)}) for number, late in payments)
    return Facts(Creditor("atelier"), Debtor("dupont"), invoices, tuple(sorted(events, key=lambda each: each.on)))


ON = date(2026, 7, 1)


def test_a_habit_is_the_middle_of_five_payments_and_fewer_are_none():
    known = paying((1, -3), (2, 40), (3, 10), (4, 12), (5, 11))
    assert usual_delay(known, ON) == 11
    assert usual_delay(replace(known, events=known.events[:4]), ON) is None
    assert usual_delay(paying((1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6)), ON) == 3  # of two in the middle, the lower


def test_a_habit_forgets_after_twelve_months_and_knows_no_payment_to_come():
    known = paying((1, 0), (2, 0), (3, 0), (4, 0), (5, 0))
    assert usual_delay(known, date(2026, 12, 31)) == 0
    assert usual_delay(known, date(2027, 1, 1)) is None
    assert usual_delay(known, date(2026, 4, 30)) is None


def test_money_that_was_taken_back_or_names_nothing_is_no_habit():
    known = paying((1, 0), (2, 0), (3, 0), (4, 0), (5, 0))
    back = Event(date(2026, 6, 1), "payment.reversed", "P-5", data={"amount": Decimal(100)})
    nameless = Event(date(2026, 6, 2), "payment.received", None, data={"amount": Decimal(100)})
    assert usual_delay(replace(known, events=(*known.events, back, nameless)), ON) is None


@pytest.mark.parametrize(("bound", "so"), [(11, True), (12, False)])
def test_a_habit_is_a_fact_like_another(bench, bound, so):
    ladder = bench(STEP.format(asked=f"{{usual_delay: {{at_least: {bound}}}}}"), due="2026-07-01")
    known = paying((1, -3), (2, 40), (3, 10), (4, 12), (5, 11))
    ladder.facts = replace(known, creditor=ladder.facts.creditor, debtor=ladder.facts.debtor, invoices=(*ladder.facts.invoices, *known.invoices))
    assert comes(ladder, "2026-07-01") is so
