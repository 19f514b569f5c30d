"""What a step asks is a property of the step: the arrears of a plan, or the whole; emission, letter, code and tables have one figure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.columnar.engines import PolarsEngine
from relance.columnar.evaluation import evaluate_tables
from relance.columnar.schema import from_facts
from relance.factcheck import check, known_of
from relance.interpreter.arrears import arrears
from relance.interpreter.case_history import known_before
from relance.interpreter.debtor import renewed
from relance.interpreter.emission import emission
from relance.interpreter.snapshot import Snapshot, case_today
from relance.language import library, load_playbook, load_playbook_text
from relance.letters.context import Writing, payment_payload
from relance.letters.document import Studio
from relance.model import Address, Asks, Case, Charge, Creditor, Debtor, Event, Facts, Invoice
from relance.portfolio.evaluation import evaluate
from relance.portfolio.routing import only

CREDITOR = Creditor("scierie", name="Scierie", kind="business", address=Address(("4 route du Col", "88400 Gérardmer")), iban="FR7630006000011234567890189", mandate=date(2026, 1, 5))
DEBTOR = Debtor("klein", name="Klein SA", kind="business", country="FR", email="bureau@klein.example", address=Address(("9 rue Haute", "67000 Strasbourg")))
BROKEN = date(2026, 5, 19)
PARTS = ((date(2026, 5, 15), Decimal("600.00")), (date(2026, 6, 15), Decimal("600.00")))


def agreed(about: str | None, *parts: tuple[date, Decimal]) -> Event:
    return Event(date(2026, 4, 2), "plan.agreed", about, None, 1, {"instalments": tuple({"on": on, "amount": amount} for on, amount in parts or PARTS)})


def told(on: date, kind: str, amount: str, about: str | None = "F-1", seq: int = 2) -> Event:
    return Event(on, kind, about, None, seq, {"amount": Decimal(amount)})


def books(*events: Event, invoices: tuple[tuple[str, str], ...] = (("F-1", "1200.00"),), language: str | None = None) -> Facts:
    claims = tuple(Invoice(name, date(2026, 3, 2 + number), Decimal(amount)) for number, (name, amount) in enumerate(invoices))
    return Facts(CREDITOR, replace(DEBTOR, language=language), claims, tuple(sorted(events, key=lambda event: (event.on, event.seq))))


def playbook(asks: str = "", *, more: str = "", unit: str = "invoice"):
    head = f"schema: 1\nplaybook: essai\nversion: 1\ntitle: Essai\nunit: {unit}\ncombine: none\n"
    step = f"  - {{id: plan-rompu, at: plan.broken, channels: [letter], tone: neutral, template: plan-rompu, grants: 8 days{asks}}}\n"
    found, findings = load_playbook_text(f"{head}{more}steps:\n{step}", "essai.yaml")
    assert found is not None, findings
    return found


def due(rules, facts: Facts, on: date = BROKEN):
    return evaluate([facts], only(rules), on).actions


def figures(action, facts: Facts, *, agency: bool = False):
    """Return the one sum as the emission has it, the letter asks it and its payment code does; the letter holds against the facts."""
    with Studio(writing=Writing(agency=agency)) as studio:
        text, context = studio.text([action], known_before(facts, [action]))
        contradictions = check(studio.finished(text, context, [action]), known_of([action], facts))
    code = payment_payload(context)
    asked = Decimal(emission(action).data["claimed"]["total"])
    assert contradictions == ()
    return asked, None if code is None else Decimal(code.split("\n")[7].removeprefix("EUR")), text.plain(10_000).replace("\u202f", " ").replace("\xa0", " ")


# --------------------------------------------------------------------------- the step says it


@pytest.mark.parametrize(("asks", "total"), [("", "600.00"), (", asks: arrears", "600.00"), (", asks: whole", "1200.00")])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_emission_letter_and_code_ask_one_sum(asks, total, language):
    facts = books(agreed("F-1"), language=language)
    (action,) = due(playbook(asks), facts)
    asked, code, words = figures(action, facts)
    assert asked == code == action.claimed.total == Decimal(total)
    written = {"fr": {"600.00": "régler 600,00 €", "1200.00": "régler 1 200,00 €"}, "en": {"600.00": "pay €600.00", "1200.00": "pay €1,200.00"}}
    assert written[language][total] in words
    assert action.claimed.principal == Decimal("1200.00"), "what is open is another word"


@pytest.mark.parametrize("name", ["negligent", "agence-amiable", "consommateur", "mauvaise-foi", "courtois", "systematique"])
def test_each_shipped_answer_to_a_broken_plan_asks_the_arrears(name):
    rules, _ = load_playbook(library.find(name))
    assert rules is not None
    answers = [step for step in rules.steps if step.at.anchor == "plan.broken"]
    assert {step.asks for step in answers} == {Asks.ARREARS}
    assert {step.asks for step in rules.steps if step not in answers} == {Asks.WHOLE}


@pytest.mark.parametrize("said", [", kind: formal_notice", ", claim: [late_interest]", ", kind: task"])
def test_what_is_no_plain_reminder_asks_the_whole(said):
    assert playbook(said).steps[0].asks is Asks.WHOLE


def test_a_step_of_another_day_may_ask_the_arrears_and_asks_the_whole_without_a_plan():
    rules = playbook(", asks: arrears")
    rules = replace(rules, steps=(replace(rules.steps[0], at=replace(rules.steps[0].at, anchor="due")),))
    (action,) = due(rules, books(), date(2026, 3, 2))
    assert (action.claimed.total, action.claimed.arrears) == (Decimal("1200.00"), None)


def test_charges_are_not_asked_beside_arrears():
    facts = books(agreed("F-1"))
    rules = playbook(", asks: arrears")
    rules = replace(rules, steps=(replace(rules.steps[0], claim=(Charge.LATE_INTEREST, Charge.FIXED_INDEMNITY)),))
    (action,) = due(rules, facts)
    assert (action.claimed.total, action.claimed.late_interest) == (Decimal("600.00"), 0)


def test_tables_have_the_same_sum():
    facts = [books(agreed("F-1")), replace(books(), debtor=replace(DEBTOR, id="autre"))]
    plain = {action.id: action.claimed.total for action in evaluate(facts, only(playbook()), BROKEN).actions}
    tables = evaluate_tables(PolarsEngine(), from_facts(facts).frames(), playbook(), BROKEN).actions
    assert {row["id"]: Decimal(row["total"]) / 100 for row in tables.iter_rows(named=True)} == plain != {}


def test_a_draft_of_a_later_day_asks_what_is_missing_then():
    facts = books(agreed("F-1"))
    (action,) = due(playbook(), facts)
    assert renewed(action, facts, playbook(), date(2026, 6, 18)).claimed.total == Decimal("1200.00")
    came = replace(facts, events=(*facts.events, told(date(2026, 5, 20), "payment.received", "250.00")))
    assert renewed(action, came, playbook(), date(2026, 5, 21)).claimed.total == Decimal("350.00")


# --------------------------------------------------------------------------- a plan over several invoices


def test_what_a_plan_over_two_invoices_lacks_is_asked_once():
    facts = books(agreed(None, (date(2026, 5, 15), Decimal("700.00")), (date(2026, 6, 15), Decimal("500.00"))), invoices=(("F-1", "600.00"), ("F-2", "600.00")))
    actions = due(playbook(), facts)
    assert [(action.invoices, action.claimed.total) for action in actions] == [(("F-1",), Decimal("600.00")), (("F-2",), Decimal("100.00"))]
    assert [figures(action, facts)[:2] for action in actions] == [(Decimal(600), Decimal(600)), (Decimal(100), Decimal(100))]
    (whole,) = due(playbook(unit="account"), facts)
    assert figures(whole, facts)[:2] == (Decimal(700), Decimal(700))


def test_an_account_asks_the_arrears_of_the_invoice_that_a_plan_is_about_and_lists_the_other():
    facts = books(agreed("F-1"), invoices=(("F-1", "1200.00"), ("F-2", "300.00")))
    (action,) = due(playbook(unit="account"), facts)
    assert action.invoices == ("F-1", "F-2")
    assert figures(action, facts)[:2] == (Decimal(600), Decimal(600))
    assert {each.invoice: each.arrears for each in action.claimed.invoices} == {"F-1": Decimal(600), "F-2": Decimal(0)}


# --------------------------------------------------------------------------- what lowers the debt


@pytest.mark.parametrize("kind", ["credit_note.issued", "written_off"])
@pytest.mark.parametrize(("amount", "missing"), [("599.99", "0.01"), ("600.00", None), ("100.00", "500.00")])
def test_what_is_owed_no_more_is_missing_of_no_instalment(kind, amount, missing):
    facts = books(agreed("F-1"), told(date(2026, 5, 18), kind, amount))
    actions = due(playbook(), facts)
    assert [action.claimed.total for action in actions] == ([] if missing is None else [Decimal(missing)])
    assert [figures(action, facts)[0] for action in actions] == [action.claimed.total for action in actions]
    words = Snapshot(playbook(), facts, BROKEN).standings["F-1"].states
    assert ("plan_broken" in words, "plan_running" in words) == ((True, False) if missing else (False, True))


def test_a_credit_note_that_covers_the_missed_instalment_puts_the_plan_in_force_again():
    facts = books(agreed("F-1"), told(date(2026, 5, 25), "credit_note.issued", "600.00"))
    words = [Snapshot(playbook(), facts, date(2026, 5, day)).standings["F-1"].states & {"plan_broken", "plan_running"} for day in (24, 25)]
    assert words == [{"plan_broken"}, {"plan_running"}]


def test_a_promise_is_kept_by_money_alone():
    promised = Event(date(2026, 4, 2), "promise.made", "F-1", None, 1, {"by": date(2026, 4, 10), "amount": Decimal(600)})
    for kind, broken in (("credit_note.issued", True), ("payment.received", False)):
        facts = books(promised, told(date(2026, 4, 9), kind, "600.00"))
        assert ("promise_broken" in Snapshot(playbook(), facts, date(2026, 4, 20)).standings["F-1"].states) is broken


KINDS = st.sampled_from(["payment.received", "payment.reversed", "credit_note.issued", "written_off"])
CENTS = st.integers(1, 90_000).map(lambda cents: Decimal(cents) / 100)
MOVED = st.lists(st.tuples(st.dates(date(2026, 4, 3), BROKEN), KINDS, CENTS, st.sampled_from(["F-1", "F-2", None])), max_size=5)


@given(MOVED, st.sampled_from(["F-1", None]), st.sampled_from(["F-1", "F-2"]))
def test_arrears_never_ask_more_than_is_open_nor_twice_what_is_missing(moved, about, of):
    events = [told(on, kind, str(amount), name, seq=10 + number) for number, (on, kind, amount, name) in enumerate(moved)]
    facts = books(agreed(about), *events, invoices=(("F-1", "700.00"), ("F-2", "500.00")))
    today = Snapshot(playbook(), facts, BROKEN)
    unit = case_today(Case(of, facts, tuple(each for each in facts.invoices if each.id == of), "EUR"), today)
    found = arrears(unit)
    assert all(0 <= share <= today.standings[name].undisputed for name, share in found.items())
    assert sum(found.values()) <= Decimal(600)
    for action in due(playbook(), facts):
        assert action.claimed.total <= action.claimed.principal
        assert known_of([action], facts).plans.asked == action.claimed.total
