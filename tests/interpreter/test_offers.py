"""An offer: what it offers on its day, and what becomes of it on each side of every boundary."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import pytest

from relance.interpreter import say
from relance.interpreter.debtor import look, renewed
from relance.interpreter.designation import OF_OFFER
from relance.interpreter.emission import emission
from relance.interpreter.offer_outcomes import is_settled, with_offers
from relance.interpreter.offers import as_data, from_data, offered, offers_made
from relance.interpreter.snapshot import Snapshot
from relance.language import load_playbook_text
from relance.model import (
    Address,
    Calendar,
    Claimed,
    Creditor,
    Debtor,
    Duration,
    Event,
    Facts,
    Instalments,
    Invoice,
    InvoiceClaimed,
    Offer,
    OfferTerms,
    Status,
    TimeUnit,
)
from relance.simulation.timeline import play

PLAYBOOK = """\
schema: 1
playbook: solde
version: 1
title: Solde
debtor: business
{more}
steps:
  - {{id: premiere, at: J+5, channels: [letter], tone: neutral, template: relance-1}}
  - {{id: offre, at: J+20, channels: [letter], tone: neutral, template: offre-solde, grants: 20 days, offer: {offer}}}
  - {{id: derniere, at: J+60, channels: [letter], tone: firm, template: relance-2}}
"""
SETTLE, BY_PAYMENT, PLAN = '{settlement: "70"}', '{settlement: "70", accepted_by: payment}', "{instalments: 3, every: 1 month, first: 8 days}"
DUE = date(2026, 2, 2)
MADE, UNTIL = date(2026, 2, 23), date(2026, 3, 16)  # the twentieth day is a Sunday: the letter names the day after


def written(offer, more=""):
    playbook, findings = load_playbook_text(PLAYBOOK.format(offer=offer, more=more), "solde.yaml")
    assert playbook is not None, findings
    return playbook


def told(*events, invoices=(("F-1", "1000.00"),)):
    ordered = sorted(events, key=lambda each: each[0])
    return Facts(
        Creditor("c", "C"), Debtor("d", "D", kind="business", address=Address(("1 rue A", "69001 Lyon"))),
        tuple(Invoice(name, DUE, Decimal(amount), issued=date(2026, 1, 2)) for name, amount in invoices),
        tuple(Event(on, kind, data.pop("invoice", None), None, seq, data) for seq, (on, kind, data) in enumerate(ordered)),
    )  # fmt: skip


def paid(on, amount, **more):
    return on, "payment.received", {"amount": Decimal(amount), **more}


def back(on, amount, **more):
    return on, "payment.reversed", {"amount": Decimal(amount), **more}


def said(on, word):
    return on, f"offer.{word}", {}


def played(offer, *events, until=date(2026, 6, 30), more="", invoices=(("F-1", "1000.00"),)):
    days = list(play(written(offer, more), told(*events, invoices=invoices), date(2026, 2, 1), until))
    left = [(action.step, action.on) for day in days for action in day.look.actions]
    return days[-1], dict(left)


@pytest.mark.parametrize(
    ("offer", "events", "ends"),
    [
        (BY_PAYMENT, [paid(UNTIL, "700.00")], True),
        (BY_PAYMENT, [paid(UNTIL + timedelta(1), "700.00")], False),
        (BY_PAYMENT, [paid(UNTIL, "699.99")], False),
        (BY_PAYMENT, [paid(UNTIL, "700.01")], False),  # not exactly the settlement: nobody said that he accepts
        (BY_PAYMENT, [paid(date(2026, 3, 1), "300.00"), paid(UNTIL, "400.00")], True),
        (BY_PAYMENT, [said(date(2026, 3, 1), "refused"), paid(UNTIL, "700.00")], False),
        (BY_PAYMENT, [paid(date(2026, 3, 1), "700.00"), back(date(2026, 3, 5), "700.00")], False),
        (BY_PAYMENT, [paid(date(2026, 3, 1), "700.00"), back(date(2026, 3, 5), "700.00"), paid(UNTIL, "700.00")], True),
        (SETTLE, [paid(UNTIL, "700.00")], False),
        (SETTLE, [said(date(2026, 3, 1), "accepted"), paid(UNTIL, "700.00")], True),
        (SETTLE, [said(date(2026, 3, 1), "accepted"), paid(UNTIL, "700.01")], True),
        (SETTLE, [said(date(2026, 3, 1), "accepted"), paid(UNTIL + timedelta(1), "700.00")], False),
        (SETTLE, [paid(date(2026, 2, 26), "700.00"), said(UNTIL, "accepted")], True),
        (SETTLE, [paid(date(2026, 2, 26), "700.00"), said(UNTIL + timedelta(1), "accepted")], False),
        (SETTLE, [said(date(2026, 3, 1), "refused"), said(date(2026, 3, 2), "accepted"), paid(UNTIL, "700.00")], False),
        (SETTLE, [said(date(2026, 2, 22), "accepted"), paid(UNTIL, "700.00")], False),  # before it left
    ],
)
def test_a_settlement_ends_the_claim_where_it_is_accepted_and_paid_in_time_and_nowhere_else(offer, events, ends):
    last, left = played(offer, *events)
    assert ("derniere" not in left) is ends
    assert (last.look.seen[0].decision.status is Status.STOPPED) is ends


def test_an_accepted_settlement_holds_its_case_and_lapses_as_a_broken_promise():
    last, left = played(SETTLE, said(date(2026, 3, 1), "accepted"))
    assert left["derniere"] == date(2026, 4, 3)
    states = Snapshot(written(SETTLE), last.facts, UNTIL).standings["F-1"]
    assert "promised" in states.states
    after = Snapshot(written(SETTLE), last.facts, UNTIL + timedelta(3)).standings["F-1"]
    assert "promise_broken" in after.states
    assert after.outstanding == Decimal("1000.00")


GRACE = "grace: 2 business days"


@pytest.mark.parametrize(("late", "settled", "broken"), [(0, True, False), (1, False, False), (2, False, False), (4, False, True)])
def test_the_grace_of_promises_keeps_the_ladder_waiting_and_gives_no_more_time_to_settle(late, settled, broken):
    # UNTIL is a Monday, its two business days end on the Wednesday, and what is booked on the Thursday came by then
    last, left = played(SETTLE, said(date(2026, 3, 1), "accepted"), paid(UNTIL + timedelta(late), "700.00"), more=GRACE)
    assert is_settled(last.facts, "F-1", last.on) is settled
    assert ("derniere" in left) is not settled
    states = Snapshot(written(SETTLE, GRACE), last.facts, UNTIL + timedelta(5)).standings["F-1"]
    assert (len(states.broken_promises) == 1) is broken
    assert states.outstanding == (Decimal(0) if settled else Decimal("300.00")) or "written_off" in states.states


def test_the_promise_is_of_what_had_not_come_when_the_offer_was_accepted():
    last, _ = played(SETTLE, paid(date(2026, 2, 26), "200.00"), said(date(2026, 3, 1), "accepted"))
    promise = next(event for event in last.facts.events if event.kind == "promise.made")
    assert (promise.data["amount"], promise.data["by"], promise.invoice) == (Decimal("500.00"), UNTIL, "F-1")


@pytest.mark.parametrize(("known", "settles"), [(False, True), (True, False)])
def test_money_of_the_very_day_counts_unless_the_message_had_deducted_it(known, settles):
    last, _ = played(BY_PAYMENT, *([paid(MADE, "700.00")] if known else []), until=MADE)
    told_later = Event(MADE, "payment.received", "F-1", None, 2**36 - 1, {"amount": Decimal("210.00" if known else "700.00")})
    after = with_offers(replace(last.facts, events=(*last.facts.events, *(() if known else (told_later,)))))
    assert any(event.kind == "written_off" for event in after.events) is settles


def test_money_that_goes_back_reopens_what_was_settled():
    last, _ = played(BY_PAYMENT, paid(date(2026, 3, 1), "700.00"), back(date(2026, 4, 20), "700.00"))
    assert [(event.on, event.kind) for event in last.facts.events if OF_OFFER in event.data] == [(date(2026, 3, 1), "written_off"), (date(2026, 4, 20), "case.reopened")]
    assert Snapshot(written(BY_PAYMENT), last.facts, date(2026, 4, 19)).standings["F-1"].states == {"written_off"}
    assert [is_settled(last.facts, "F-1", date(*day)) for day in ((2026, 2, 28), (2026, 3, 1), (2026, 4, 19), (2026, 4, 20))] == [False, True, True, False]
    assert last.look.seen[0].decision.status is not Status.STOPPED


@pytest.mark.parametrize(("word", "runs"), [("accepted", True), ("refused", False)])
def test_accepted_instalments_are_a_plan_of_the_days_and_sums_offered(word, runs):
    last, left = played(PLAN, said(UNTIL, word), until=date(2026, 3, 30))
    plans = [event for event in last.facts.events if event.kind == "plan.agreed"]
    assert bool(plans) is runs
    if runs:
        assert [(each["on"], each["amount"]) for each in plans[0].data["instalments"]] == [
            (date(2026, 3, 24), Decimal("333.33")), (date(2026, 4, 24), Decimal("333.33")), (date(2026, 5, 26), Decimal("333.34")),
        ]  # fmt: skip
    assert "derniere" not in left
    assert (last.look.seen[0].decision.status is Status.HELD) is (runs and last.on <= date(2026, 3, 26))


def test_a_plan_that_is_accepted_a_day_late_is_none():
    last, _ = played(PLAN, said(UNTIL + timedelta(1), "accepted"))
    assert not any(event.kind == "plan.agreed" for event in last.facts.events)


ONCE = """\
schema: 1
playbook: deux-offres
version: 1
title: Deux offres
debtor: business
steps:
  - {{id: une, at: J+20, channels: [letter], tone: neutral, template: offre-solde, grants: 20 days, offer: {{settlement: "80"}}}}
  - {{id: deux, at: J+60, channels: [letter], tone: neutral, template: offre-solde, grants: 20 days, offer: {{settlement: "70"{again}}}}}
"""


@pytest.mark.parametrize(("again", "left"), [("", ["une"]), (", again: true", ["une", "deux"])])
def test_nothing_is_offered_twice_unless_the_playbook_says_so(again, left):
    playbook, findings = load_playbook_text(ONCE.format(again=again), "deux-offres.yaml")
    assert playbook is not None, findings
    days = list(play(playbook, told(), date(2026, 2, 1), date(2026, 6, 30)))
    assert [action.step for day in days for action in day.look.actions] == left
    second = next(each for each in days[-1].look.seen[0].decision.steps if each.step == "deux")
    assert (say(second.reason) == "an offer was made before, and this step makes none again") is (left == ["une"])


def test_an_account_is_offered_a_share_of_each_invoice_and_settled_by_one_sum():
    invoices = (("F-1", "1000.00"), ("F-2", "333.33"))
    last, left = played(BY_PAYMENT, paid(UNTIL, "933.33"), more="unit: account", invoices=invoices)
    emitted = next(event for event in last.facts.events if event.kind == "action.emitted" and event.data["step"] == "offre")
    assert emitted.data["offer"] == {"amount": "933.33", "share": "70", "by_payment": True, "sums": {"F-1": "700.00", "F-2": "233.33"}}
    assert "derniere" not in left
    assert {event.invoice for event in last.facts.events if event.kind == "written_off"} <= {"F-1", "F-2"}


def test_what_follows_from_an_offer_is_worked_out_anew_from_what_was_told():
    last, _ = played(BY_PAYMENT, paid(date(2026, 3, 1), "700.00"))
    assert with_offers(last.facts) == last.facts
    assert any(OF_OFFER in event.data for event in last.facts.events)


def test_an_offer_reads_back_as_it_was_written():
    settlement = Offer(Decimal("933.33"), Decimal(70), by_payment=True, sums=(("F-1", Decimal("700.00")), ("F-2", Decimal("233.33"))))
    plan = Offer(Decimal(100), instalments=((date(2026, 3, 24), Decimal(50)), (date(2026, 4, 24), Decimal(50))))
    assert [from_data(as_data(each)) for each in (settlement, plan)] == [settlement, plan]


@pytest.mark.parametrize(("currency", "amount", "settles"), [("EUR", "3.34", "2.34"), ("EUR", "3.35", "2.35"), ("JPY", "101", "71"), ("KWD", "4.001", "2.801")])
def test_a_share_is_rounded_to_what_the_currency_can_pay(currency, amount, settles):
    claimed = Claimed(currency, Decimal(amount), total=Decimal(amount), invoices=(InvoiceClaimed("F-1", Decimal(amount)),))
    offer = offered(OfferTerms(settlement=Decimal(70)), claimed, UNTIL, Calendar())
    assert offer is not None
    assert offer.amount == Decimal(settles)


@pytest.mark.parametrize(
    ("terms", "amount", "made"),
    [
        (OfferTerms(settlement=Decimal(70)), "3.34", True),
        (OfferTerms(settlement=Decimal(70)), "3.33", False),
        (OfferTerms(settlement=Decimal(30)), "3.34", True),
        (OfferTerms(settlement=Decimal(30)), "1", False),
        (OfferTerms(settlement=Decimal("99.9")), "1000", True),
        (OfferTerms(settlement=Decimal("99.9")), "999.99", False),
        (OfferTerms(instalments=Instalments(3, Duration(1, TimeUnit.MONTH), Duration(8))), "3", True),
        (OfferTerms(instalments=Instalments(3, Duration(1, TimeUnit.MONTH), Duration(8))), "2.99", False),
    ],
)
@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
def test_what_is_paid_what_is_waived_and_each_instalment_are_a_unit_of_the_currency_at_least(terms, amount, made, currency):
    asked = Decimal(amount) if currency != "JPY" else Decimal(amount).to_integral_value(ROUND_CEILING if made else ROUND_FLOOR)
    offer = offered(terms, Claimed(currency, asked, total=asked, invoices=(InvoiceClaimed("F-1", asked),)), UNTIL, Calendar())
    assert (offer is not None) is made
    if offer is not None and offer.instalments:
        assert min(part for _, part in offer.instalments) >= 1
    elif offer is not None:
        assert 1 <= offer.amount <= asked - 1 or terms.settlement == Decimal("99.9")
        assert 0 < offer.amount < asked


@pytest.mark.parametrize(("amount", "left"), [("3.34", ["premiere", "offre", "derniere"]), ("3.33", ["premiere", "derniere"])])
def test_of_too_little_no_offer_is_made_and_the_ladder_goes_on(amount, left):
    _, steps = played(SETTLE, invoices=(("F-1", amount),))
    assert list(steps) == left
    last, _ = played(SETTLE, invoices=(("F-1", amount),), until=MADE + timedelta(1))
    passed = next(each for each in last.look.seen[0].decision.steps if each.step == "offre")
    assert ("3.34" in str(say(passed.reason))) is (amount == "3.33")


def test_the_parts_of_a_settlement_add_up_to_the_share_of_the_whole():
    claims = tuple(InvoiceClaimed(f"F-{number}", Decimal("0.05")) for number in range(100))
    offer = offered(OfferTerms(settlement=Decimal(70)), Claimed("EUR", Decimal("5.00"), total=Decimal("5.00"), invoices=claims), UNTIL, Calendar())
    assert offer is not None
    assert offer.amount == sum(part for _, part in offer.sums) == Decimal("3.50")


def test_instalments_add_up_to_the_whole_and_fall_on_open_days():
    claimed = Claimed("EUR", Decimal("100.01"), total=Decimal("100.01"), invoices=(InvoiceClaimed("F-1", Decimal("100.01")),))
    offer = offered(OfferTerms(instalments=Instalments(24, Duration(1, TimeUnit.MONTH), Duration(8))), claimed, date(2026, 3, 16), Calendar())
    assert offer is not None
    assert sum(part for _, part in offer.instalments) == Decimal("100.01")
    assert all(on.weekday() < 5 for on, _ in offer.instalments)
    assert len({on for on, _ in offer.instalments}) == 24


def test_a_message_with_an_offer_travels_apart():
    playbook = written(SETTLE, more="combine: debtor")
    facts = told(invoices=(("F-1", "1000.00"), ("F-2", "500.00")))
    first = [Event(date(2026, 2, 9), "action.emitted", name, None, seq, {"step": "premiere", "playbook": "solde", "channel": "letter"}) for seq, name in enumerate(("F-1", "F-2"))]
    seen = look(playbook, Facts(facts.creditor, facts.debtor, facts.invoices, tuple(first)), MADE)
    assert len({action.message for action in seen.actions if action.offer}) == 2


def test_an_offer_that_leaves_later_than_it_was_made_names_the_day_that_the_journal_holds():
    playbook, facts = written(SETTLE), told()
    (action,) = (each for day in play(playbook, facts, date(2026, 2, 1), MADE) for each in day.look.actions if each.step == "offre")
    later = renewed(action, facts, playbook, MADE + timedelta(3))
    assert (later.on, later.deadline, later.offer) == (MADE + timedelta(3), UNTIL, action.offer)


@pytest.mark.parametrize(("said_until", "until"), [({}, UNTIL), ({"deadline": UNTIL + timedelta(7)}, UNTIL + timedelta(7))])
def test_who_approves_an_offer_may_give_it_another_day(said_until, until):
    playbook = written(SETTLE)
    days = list(play(playbook, told(), date(2026, 2, 1), MADE))
    (action,) = (each for each in days[-1].look.actions)
    events = (emission(replace(action, draft=True)), Event(MADE, "action.approved", "F-1", data={"id": action.id, **said_until}))
    (made,) = offers_made(replace(days[0].facts, events=events), until)
    assert made.until == until


def act(step, on, share, until, *, invoice="F-1", instalments=()):
    offer = Offer(Decimal(share), None if instalments else Decimal(50), by_payment=not instalments, instalments=instalments)
    claimed = {"currency": "EUR", "invoices": [{"invoice": invoice, "principal": "1000.00"}]}
    data = {"id": step, "playbook": "p", "step": step, "occurrence": 1, "channel": "letter", "case": invoice, "carrier": invoice, "invoices": (invoice,), "draft": False, "deadline": until}
    return on, "action.emitted", {"invoice": invoice, **data, "offer": as_data(offer), "claimed": claimed}


FIRST, SECOND = act("une", date(2026, 3, 2), "700.00", date(2026, 3, 31)), act("deux", date(2026, 3, 16), "500.00", date(2026, 4, 10))


@pytest.mark.parametrize(
    ("events", "answers"),
    [
        ([said(date(2026, 3, 15), "accepted")], ["offer.accepted", None]),  # the second has not left
        ([said(date(2026, 3, 16), "accepted")], [None, "offer.accepted"]),  # both stand: the latest is meant
        ([said(date(2026, 3, 31), "refused")], [None, "offer.refused"]),
        ([said(date(2026, 4, 10), "accepted")], [None, "offer.accepted"]),
        ([said(date(2026, 4, 11), "accepted")], [None, None]),
        ([said(date(2026, 3, 20), "refused"), said(date(2026, 3, 21), "accepted")], ["offer.accepted", "offer.refused"]),
        ([said(date(2026, 3, 20), "refused"), said(date(2026, 4, 1), "accepted")], [None, "offer.refused"]),  # the first has lapsed
        ([said(date(2026, 3, 10), "refused"), said(date(2026, 3, 20), "accepted")], ["offer.refused", "offer.accepted"]),
        ([said(date(2026, 3, 20), "accepted"), said(date(2026, 3, 24), "accepted")], [None, "offer.accepted"]),  # written down twice: nobody agrees to both
        ([said(date(2026, 3, 20), "refused"), said(date(2026, 3, 24), "refused")], [None, "offer.refused"]),  # written down twice: one refusal
        ([said(date(2026, 3, 20), "refused"), said(date(2026, 3, 20), "refused"), said(date(2026, 3, 31), "accepted")], ["offer.accepted", "offer.refused"]),
        ([said(date(2026, 3, 10), "refused"), said(date(2026, 3, 16), "refused")], ["offer.refused", "offer.refused"]),  # the second had not left when the first was refused
        ([said(date(2026, 3, 10), "accepted"), said(date(2026, 3, 31), "accepted")], ["offer.accepted", None]),
        ([said(date(2026, 3, 10), "accepted"), said(date(2026, 4, 1), "accepted")], ["offer.accepted", "offer.accepted"]),  # the first has lapsed
    ],
)
def test_of_two_offers_that_stand_a_word_answers_the_latest_that_waits_for_one(events, answers):
    made = offers_made(told(FIRST, SECOND, *events), date(2026, 6, 30))
    assert [None if each.answer is None else each.answer.kind for each in made] == answers


@pytest.mark.parametrize(("amount", "on", "settles"), [("700.00", date(2026, 3, 31), True), ("700.00", date(2026, 4, 1), False), ("500.00", date(2026, 4, 10), True), ("500.00", date(2026, 4, 11), False)])
def test_each_of_two_offers_stands_until_its_own_day(amount, on, settles):
    facts = with_offers(told(FIRST, SECOND, paid(on, amount, invoice="F-1")))
    assert is_settled(facts, "F-1", date(2026, 6, 30)) is settles


def test_of_two_plans_offered_one_word_agrees_one():
    one = act("une", date(2026, 3, 2), "1000.00", date(2026, 3, 31), instalments=((date(2026, 4, 10), Decimal(500)), (date(2026, 5, 11), Decimal(500))))
    two = act("deux", date(2026, 3, 16), "1000.00", date(2026, 4, 10), instalments=((date(2026, 4, 20), Decimal(250)),) * 4)
    facts = with_offers(told(one, two, said(date(2026, 3, 20), "accepted")))
    assert [len(event.data["instalments"]) for event in facts.events if event.kind == "plan.agreed"] == [4]


def test_an_answer_about_one_invoice_is_no_answer_about_another():
    invoices = (("F-1", "1000.00"), ("F-2", "1000.00"))
    facts = told(FIRST, act("deux", date(2026, 3, 16), "500.00", date(2026, 4, 10), invoice="F-2"), (date(2026, 3, 20), "offer.accepted", {"invoice": "F-1"}), invoices=invoices)
    assert [each.answer is not None for each in offers_made(facts, date(2026, 6, 30))] == [True, False]
    both = told(FIRST, act("deux", date(2026, 3, 16), "500.00", date(2026, 4, 10), invoice="F-2"), said(date(2026, 3, 20), "accepted"), said(date(2026, 3, 20), "accepted"), invoices=invoices)
    assert [each.answer is not None for each in offers_made(both, date(2026, 6, 30))] == [True, True]  # two offers of two claims, two words


@pytest.mark.parametrize(
    ("offer", "events", "settled", "older"),
    [
        (SETTLE, [said(date(2026, 3, 1), "accepted"), paid(UNTIL, "700.00")], True, "500.00"),
        (SETTLE, [said(date(2026, 3, 1), "accepted"), paid(date(2026, 3, 5), "300.00"), paid(UNTIL, "400.00")], True, "500.00"),
        (SETTLE, [said(date(2026, 3, 1), "accepted"), paid(UNTIL, "750.00")], True, "450.00"),  # what is more goes to the older one
        (SETTLE, [said(date(2026, 3, 1), "accepted"), paid(UNTIL + timedelta(1), "750.00")], False, "0"),  # too late, and not that sum
        (SETTLE, [said(date(2026, 3, 1), "refused"), paid(UNTIL, "700.00")], False, "0"),
        (BY_PAYMENT, [paid(UNTIL, "700.00")], True, "500.00"),
        (BY_PAYMENT, [paid(UNTIL, "699.99")], False, "0"),
        (PLAN, [said(date(2026, 3, 1), "accepted"), paid(date(2026, 3, 24), "333.33"), paid(date(2026, 4, 24), "333.33")], None, "500.00"),
        (PLAN, [paid(date(2026, 3, 24), "333.33")], None, "166.67"),  # nobody accepted it
    ],
)
def test_money_that_names_nothing_is_for_what_was_offered_and_accepted_before_an_older_invoice(offer, events, settled, older):
    facts = told((date(2026, 2, 1), "hold.placed", {"invoice": "F-0", "reason": "x"}), *events)
    old = Invoice("F-0", date(2025, 12, 2), Decimal("500.00"), issued=date(2025, 11, 2))
    days = list(play(written(offer), replace(facts, invoices=(old, *facts.invoices)), date(2026, 2, 1), date(2026, 4, 25)))
    last = Snapshot(written(offer), days[-1].facts, days[-1].on)
    assert last.balances.outstanding["F-0"] == Decimal(older)
    assert is_settled(days[-1].facts, "F-1", days[-1].on) is bool(settled)
    if settled is None:
        assert ("plan_running" in last.standings["F-1"].states) is (older == "500.00")


CLAIM = Claimed("EUR", Decimal("200.00"), total=Decimal("200.00"), invoices=(InvoiceClaimed("F-1", Decimal("200.00")),))


def test_where_there_is_no_last_day_nothing_is_offered():
    terms = OfferTerms(settlement=Decimal(70))
    assert offered(terms, CLAIM, None, Calendar()) is None
    assert offered(None, CLAIM, UNTIL, Calendar()) is None


def test_instalments_count_in_the_days_of_the_calendar_and_what_does_not_part_falls_on_the_last():
    terms = OfferTerms(instalments=Instalments(3, Duration(4, TimeUnit.BUSINESS_DAY), Duration(5, TimeUnit.BUSINESS_DAY)))
    offer = offered(terms, CLAIM, date(2026, 4, 30), Calendar(holidays="FR"))
    assert offer is not None
    assert offer.instalments == (  # the first and the eighth of May are holidays
        (date(2026, 5, 11), Decimal("66.66")), (date(2026, 5, 18), Decimal("66.66")), (date(2026, 5, 22), Decimal("66.68")),
    )  # fmt: skip


def test_an_offer_is_written_in_figures_whatever_the_decimals():
    large = Decimal("1E+3")
    assert as_data(Offer(large, Decimal("7E+1"), sums=(("F-1", large),))) == {"amount": "1000", "share": "70", "by_payment": False, "sums": {"F-1": "1000"}}
    assert as_data(Offer(large, instalments=((UNTIL, large),))) == {"amount": "1000", "instalments": [{"on": "2026-03-16", "amount": "1000"}]}
    assert from_data({"amount": "1000", "share": "70"}) == Offer(large, Decimal(70))


def test_an_answer_counts_from_its_own_day():
    accepted, refused = (offers_made(told(FIRST, said(date(2026, 3, 10), word)), date(2026, 3, 10))[0] for word in ("accepted", "refused"))
    assert [accepted.accepted_by(date(2026, 3, day)) for day in (9, 10)] == [refused.refused_by(date(2026, 3, day)) for day in (9, 10)] == [False, True]
    assert offers_made(told(FIRST, said(date(2026, 3, 10), "accepted")), date(2026, 3, 9))[0].answer is None


def test_offers_are_the_messages_that_left_and_named_a_last_day_once_a_step():
    on, kind, data = FIRST
    without = {name: value for name, value in data.items() if name != "offer"}
    letters = [
        (on, kind, dict(data)),
        (on, kind, data | {"id": "une-b", "channel": "email"}),
        (on, kind, data | {"id": "a-draft", "step": "autre", "draft": True}),
        (on, kind, data | {"id": "no-day", "step": "encore", "deadline": None}),
        (on, kind, without | {"id": "no-offer", "step": "relance"}),
        (date(2026, 3, 1), kind, data | {"id": "before", "step": "avant"}),
        (date(2026, 3, 3), "action.executed", {"id": "before"}),
    ]
    assert [(made.act.id, made.on) for made in offers_made(told(*letters), UNTIL)] == [("before", date(2026, 3, 1)), ("une", on)]


def test_of_one_step_by_two_ways_the_one_that_left_first_is_the_offer():
    on, kind, data = FIRST
    drafts = [(on, kind, data | {"id": name, "draft": True, "channel": channel}) for name, channel in (("a", "letter"), ("b", "email"))]
    left = [(date(2026, 3, 6), "action.approved", {"id": "a"}), (date(2026, 3, 5), "action.approved", {"id": "b"})]
    assert [(made.act.id, made.on) for made in offers_made(told(*drafts, *left), UNTIL)] == [("b", date(2026, 3, 5))]


def test_a_refusal_of_the_day_on_which_another_left_is_a_refusal_of_what_stands_beside_it():
    invoices = (("F-1", "1000.00"), ("F-2", "1000.00"))
    on, kind, data = FIRST
    both = (on, kind, data | {"invoices": ("F-1", "F-2"), "case": "d/EUR"})
    facts = told(both, SECOND, (date(2026, 3, 16), "offer.refused", {"invoice": "F-2"}), said(date(2026, 3, 18), "refused"), invoices=invoices)
    assert [each.answer and each.answer.on for each in offers_made(facts, date(2026, 6, 30))] == [date(2026, 3, 16), None]


def follows(*events, invoices=(("F-1", "1000.00"),)):
    """What an offer led to: (day, kind, invoice, what matters of it), in order."""
    found = [event for event in with_offers(told(*events, invoices=invoices)).events if OF_OFFER in event.data]
    return [(event.on, event.kind, event.invoice or event.currency, event.data.get("amount", event.data.get("late"))) for event in found]


def offer_of(amount="700.00", *, of_account=False, parts=None, **more):
    """Return the first offer, of an account or with parts of its sums said otherwise."""
    on, kind, data = FIRST
    data = data | {"offer": data["offer"] | {"amount": amount} | more}
    if of_account:
        data |= {"invoices": ("F-1", "F-2"), "case": "d/EUR"}
    return on, kind, data | {"claimed": {"invoices": parts}} if parts is not None else data


WORD, PAID = date(2026, 3, 10), date(2026, 3, 20)
TWO = (("F-1", "1000.00"), ("F-2", "100.00"))
PLANNED = {"share": None, "instalments": [{"on": "2026-04-10", "amount": "700.00"}]}


@pytest.mark.parametrize(
    ("events", "invoices", "led_to"),
    [
        ([offer_of(), said(WORD, "accepted")], TWO[:1], [(WORD, "promise.made", "F-1", Decimal("700.00"))]),
        ([offer_of(), said(WORD, "accepted"), paid(WORD, "200.00")], TWO[:1], [(WORD, "promise.made", "F-1", Decimal("500.00"))]),
        ([offer_of(), said(WORD, "accepted"), paid(WORD, "700.00")], TWO[:1], [(WORD, "written_off", "F-1", None)]),  # it was paid as it was accepted
        ([offer_of(by_payment=False), said(WORD, "accepted"), paid(date(2026, 3, 9), "700.00")], TWO[:1], [(WORD, "written_off", "F-1", None)]),
        ([offer_of(), said(WORD, "refused")], TWO[:1], []),
        ([offer_of(of_account=True), said(WORD, "accepted")], TWO, [(WORD, "promise.made", "EUR", Decimal("700.00"))]),
        ([offer_of(of_account=True, **PLANNED), said(WORD, "accepted")], TWO, [(WORD, "plan.agreed", "EUR", "resumes")]),
        ([offer_of(**PLANNED), said(WORD, "accepted")], TWO[:1], [(WORD, "plan.agreed", "F-1", "resumes")]),
        ([offer_of(**PLANNED), said(WORD, "refused")], TWO[:1], []),
        ([offer_of("1000.00"), paid(PAID, "1000.00")], TWO[:1], []),  # all of it came: nothing is lost
        ([offer_of(), paid(PAID, "700.00", invoice="F-1")], TWO[:1], [(PAID, "written_off", "F-1", None)]),
        ([offer_of(), paid(date(2026, 3, 1), "300.00"), paid(PAID, "400.00")], TWO[:1], []),  # what had come before is not of it
        ([offer_of(), paid(date(2026, 3, 1), "300.00"), paid(PAID, "700.00")], TWO[:1], [(PAID, "written_off", "F-1", None)]),
        ([offer_of(), (PAID, "credit_note.issued", {"amount": Decimal("700.00")})], TWO[:1], []),  # a credit note is no payment
        ([offer_of(parts=[]), paid(PAID, "700.00")], TWO[:1], []),  # the journal does not say what was asked
        ([offer_of(of_account=True, parts=[{"invoice": "F-1", "principal": "1000.00"}, {"invoice": "F-2"}]), paid(PAID, "700.00", invoice="F-1")], TWO, [(PAID, "written_off", "F-1", None)]),
        ([offer_of(of_account=True), paid(PAID, "700.00", invoice="F-1")], TWO[:1], [(PAID, "written_off", "F-1", None)]),  # an invoice that nobody knows
        ([offer_of(parts=[{"invoice": "F-1", "principal": "1000.00", "received": [{"on": "2026-03-02", "amount": "100.00"}]}]), paid(FIRST[0], "100.00"), paid(PAID, "600.00")], TWO[:1], []),
        ([offer_of(parts=[{"invoice": "F-1", "principal": "1000.00", "received": [{"on": "2026-03-01", "amount": "100.00"}]}]), paid(FIRST[0], "100.00"), paid(PAID, "600.00")], TWO[:1], [(PAID, "written_off", "F-1", None)]),
        ([offer_of(parts=[{"invoice": "F-1", "principal": "1000.00", "received": [{"on": "2026-03-02", "amount": "100.00", "credit_note": True}]}]), paid(PAID, "700.00")], TWO[:1], [(PAID, "written_off", "F-1", None)]),
    ],
)  # fmt: skip
def test_what_an_offer_leads_to(events, invoices, led_to):
    assert follows(*events, invoices=invoices) == led_to


def test_what_follows_stands_behind_all_that_was_told_of_its_day_and_is_numbered_as_the_last_of_it():
    facts = with_offers(told(offer_of(), paid(PAID, "700.00", invoice="F-1"), (PAID, "note.added", {}), (date(2026, 3, 21), "note.added", {})))
    assert [(event.kind, event.seq) for event in facts.events] == [("action.emitted", 0), ("payment.received", 1), ("note.added", 2), ("written_off", 2), ("note.added", 3)]
    assert with_offers(facts) == facts
    later = with_offers(told(offer_of("1000.00", **PLANNED), said(WORD, "accepted")))
    assert [(event.kind, event.seq) for event in later.events] == [("action.emitted", 0), ("offer.accepted", 1), ("plan.agreed", 1)]
