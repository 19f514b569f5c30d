"""What messages that left have asked: which invoices, which charges, what sum, and what of it is paid exactly."""

from dataclasses import replace
from decimal import Decimal

import pytest
from test_edges_of_states import day, numbered

from relance.interpreter.action_state import acts
from relance.interpreter.balance import balances
from relance.interpreter.demands import Demands, handed_over, sum_of_part
from relance.interpreter.notices import named_by, notices_of
from relance.law.claims import Allocation
from relance.model import Charge, Creditor, Debtor, Facts, Invoice

D = Decimal
FIRST, SECOND, LATER = Invoice("F-1", day("02-01"), D(100)), Invoice("F-2", day("02-10"), D(50)), Invoice("F-3", day("06-30"), D(70))
NOTHING = {name: [] for name in ("F-1", "F-2", "F-3")}
INTEREST, INDEMNITY = Charge.LATE_INTEREST, Charge.FIXED_INDEMNITY


def sent(on="03-01", name="x", step="a", channel="email", case="d/EUR", **data):
    return (on, "action.emitted", {"id": name, "step": step, "playbook": "essai", "channel": channel, "case": case, "carrier": "F-1"} | data, None)


def facts_of(*words, invoices=(FIRST, SECOND, LATER), debtor="business", **creditor):
    return Facts(Creditor("c", **({"kind": "business"} | creditor)), Debtor("d", kind=debtor), invoices, numbered(*words))


def demands(*words, on="12-31", playbook=None, amounts=None, **more):
    facts = facts_of(*words, **more)
    return Demands(facts, day(on), amounts or {each.id: each.amount for each in facts.invoices}, playbook)


def by(on):
    """Return the end of a day as a place among the events."""
    return day(on), 10**9


def given(rows, place=10**9):
    """Return what rows of money gave, as the books have it; each at one place of its day."""
    return {(on, place): {name: amount} for name, each in rows.items() for on, amount, _ in each}


def asks(**sums):
    """What the journal has of a message that asked these sums, each (invoice, part, amount)."""
    parts = [{"invoice": name.replace("_", "-"), **{part: str(amount) for part, amount in each.items()}} for name, each in sums.items()]
    total = sum(D(str(amount)) for each in sums.values() for amount in each.values())
    charges = {charge: str(sum(D(str(each.get("interest" if charge is INTEREST else charge, 0))) for each in sums.values())) for charge in (INTEREST, INDEMNITY)}
    return {"total": str(total), "invoices": parts, **charges}


WHOLE = asks(F_1={"principal": 100, "interest": 3, "fixed_indemnity": 40}, F_2={"principal": 50})


def test_a_message_has_the_sums_that_the_journal_has_of_it():
    (made,) = demands(sent(invoices=("F-1", "F-2"), claimed=WHOLE)).made
    assert (made.on, made.invoices, made.total, made.sums) == (day("03-01"), ("F-1", "F-2"), 193, {"F-1": 143, "F-2": 50})
    assert made.charges == {INTEREST, INDEMNITY}


def test_the_actions_of_one_message_are_one_demand_and_what_is_asked_twice_of_an_invoice_adds_up():
    part = asks(F_1={"principal": "60", "interest": "0.50"})
    rest = asks(F_1={"principal": "40"}, F_2={"principal": "50"})
    one = sent(name="x", message="m", invoices=("F-1",), claimed=part), sent(name="y", message="m", invoices=("F-1", "F-2"), claimed=rest)
    (made,) = demands(*one).made
    assert (made.invoices, made.total, made.sums, made.charges) == (("F-1", "F-2"), D("150.50"), {"F-1": D("100.50"), "F-2": 50}, {INTEREST})
    apart = demands(sent(name="x", invoices=("F-1",), claimed=part), sent(name="y", invoices=("F-1", "F-2"), claimed=rest)).made
    assert [each.total for each in apart] == [D("60.50"), D(90)]


def test_a_message_that_left_on_another_day_than_it_was_made_or_has_no_sums_is_worked_out():
    letter = sent("03-01", channel="letter", draft=True, invoices=("F-1",), claimed=asks(F_1={"principal": 100, "interest": 3}))
    (made,) = demands(letter, ("03-04", "action.approved", {"id": "x"}, None)).made
    assert (made.on, made.total, made.sums, made.charges) == (day("03-04"), None, {}, {INTEREST})
    (old,) = demands(sent(invoices=("F-1",), claimed={"total": "103.00", INTEREST: "3.00"})).made
    assert (old.total, old.sums) == (103, {})
    assert demands(sent(draft=True, invoices=("F-1",))).made == ()
    assert demands(sent(step="duty.remit", invoices=("F-1",))).made == ()


@pytest.mark.parametrize(
    ("part", "total"),
    [
        ({"principal": "1", "interest": "2", "fixed_indemnity": "4", "contractual_penalty": "8", "complementary_indemnity": "16"}, 31),
        ({"principal": "1"}, 1),
        ({"principal": "100", "arrears": "25.50"}, D("25.50")),
        ({}, 0),
    ],
)
def test_what_was_asked_of_one_invoice_is_all_its_parts_or_the_arrears_alone(part, total):
    assert sum_of_part(part) == total


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({"invoices": ("F-3",)}, {"F-3"}),
        ({"case": "F-2", "carrier": "F-2"}, {"F-2"}),
        ({"case": "F-3", "carrier": "F-3"}, {"F-3"}),  # its own case, though it is not due
        ({"case": "d/EUR"}, {"F-1", "F-2"}),  # of an account, what was due before the day
        ({"case": "d/EUR", "carrier": "F-3"}, {"F-1", "F-2", "F-3"}),  # and what carries it
        ({"case": "d/USD"}, set()),
        ({"case": "d"}, {"F-1", "F-2"}),
        ({"case": "e"}, set()),
    ],
)
def test_the_invoices_that_a_message_asked(said, named):
    facts = facts_of(sent(**said))
    (act,) = acts(facts.events, day("12-31"))
    assert named_by(act, facts) == named
    assert "F-2" not in named_by(replace(act, executed=day("02-10")), facts) or said.get("case") == "F-2"  # on the day it fell due it was not late
    assert named_by(replace(act, executed=None, on=day("03-01")), facts) == named


def test_charges_count_from_the_day_they_were_asked_and_for_the_invoices_asked():
    made = demands(sent(invoices=("F-1",), claimed=WHOLE), sent("04-01", "y", invoices=("F-2",), claimed=asks(F_2={"principal": 50, "interest": 1})))
    assert [made.charges("F-1", by(on)) for on in ("02-28", "03-01")] == [set(), {INTEREST, INDEMNITY}]
    assert [made.charges("F-2", by(on)) for on in ("03-31", "04-01")] == [set(), {INTEREST}]
    cents = demands(sent(invoices=("F-1",), claimed=asks(F_1={"principal": 100, "interest": "0.40"})))
    assert cents.charges("F-1", by("03-01")) == {INTEREST}  # however little


def test_the_step_says_what_was_asked_where_the_journal_does_not(bench):
    playbook = bench("  - {id: a, at: J, channels: [email], tone: firm, claim: [fixed_indemnity], formerly: [old]}\n").playbook
    for said, charges in (({}, {INDEMNITY}), ({"step": "old"}, {INDEMNITY}), ({"step": "b"}, set()), ({"playbook": ""}, {INDEMNITY}), ({"playbook": "q"}, set())):
        assert demands(sent(invoices=("F-1",), **said), playbook=playbook).charges("F-1", by("03-01")) == charges
    assert demands(sent(invoices=("F-1",))).charges("F-1", by("03-01")) == set()


def test_what_is_owed_beside_the_principal_of_an_invoice_is_what_was_asked_of_it_once_it_is_late():
    made = demands(sent("01-20", invoices=("F-1",), claimed=WHOLE))
    assert made.beside(FIRST, by("02-01"), NOTHING) == 0  # the day it falls due
    assert made.beside(FIRST, by("02-02"), NOTHING) == D("40.03")  # a day of interest
    assert made.beside(SECOND, by("03-01"), NOTHING) == 0  # of it nothing was asked
    paid = NOTHING | {"F-1": [(day("02-02"), D(60), False)]}
    assert made.beside(FIRST, by("02-02"), paid) == D("40.03")
    assert made.beside(FIRST, by("02-02"), NOTHING | {"F-1": [(day("02-02"), D(120), False)]}) == D("20.03")


@pytest.mark.parametrize(
    ("amount", "on", "paid", "found"),
    [
        (193, "03-01", {}, {"F-1": 143, "F-2": 50}),  # on its very day
        (193, "02-28", {}, {}),
        (192, "03-05", {}, {}),
        (150, "03-05", {"F-1": [("03-02", 43)]}, {"F-1": 100, "F-2": 50}),  # what came since is off it
        (150, "03-05", {"F-1": [("03-01", 43)]}, {}),  # what came up to its day, it knew
        (193, "03-05", {"F-1": [("03-01", 43)]}, {"F-1": 143, "F-2": 50}),
        (143, "03-05", {"F-2": [("03-02", 50)]}, {"F-1": 143, "F-2": 0}),  # one of them is paid
        (143 - 1, "03-05", {"F-2": [("03-02", 51)]}, {}),  # more than was asked of one of them came
    ],
)
def test_who_pays_exactly_what_is_left_of_a_message_pays_that(amount, on, paid, found):
    rows = NOTHING | {name: [(day(at), D(came), False) for at, came in each] for name, each in paid.items()}
    known = given(rows, -1)  # told before what was decided that day
    assert demands(sent(invoices=("F-1", "F-2"), claimed=WHOLE)).paid_by(D(amount), by(on), rows, known) == found


@pytest.mark.parametrize(("before", "found"), [(True, {}), (False, {"F-1": 143, "F-2": 50})])
def test_money_that_is_told_before_a_message_leaves_that_day_does_not_answer_it(before, found):
    made = demands(sent(invoices=("F-1", "F-2"), claimed=WHOLE))
    assert made.made[0].place == (day("03-01"), 0)
    assert made.paid_by(D(193), (day("03-01"), -1 if before else 1), NOTHING, {}) == found
    assert made.charges("F-1", (day("03-01"), -1 if before else 1)) == (set() if before else {INTEREST, INDEMNITY})
    rows = NOTHING | {"F-1": [(day("03-01"), D(43), False)]}
    left = {} if before else {"F-1": 100, "F-2": 50}
    assert made.paid_by(D(150), by("03-02"), rows, given(rows, -1 if before else 1)) == left


def test_of_two_messages_of_one_sum_the_one_about_the_oldest_invoice_is_paid():
    second = sent("03-01", "y", invoices=("F-2",), claimed=asks(F_2={"principal": 50}))
    first = sent("03-02", "x", invoices=("F-1",), claimed=asks(F_1={"principal": 50}))
    assert demands(second, first).paid_by(D(50), by("03-05"), NOTHING, {}) == {"F-1": 50}
    alike = replace(SECOND, due=FIRST.due)
    assert demands(second, first, invoices=(FIRST, alike)).paid_by(D(50), by("03-05"), NOTHING, {}) == {"F-1": 50}
    assert demands().paid_by(D(0), by("03-05"), NOTHING, {}) == {}


def test_a_message_about_an_invoice_that_is_not_issued_yet_is_no_sum_to_pay():
    assert demands(sent(invoices=("F-1", "F-2"), claimed=WHOLE), amounts={"F-1": D(100)}).paid_by(D(193), by("03-05"), NOTHING, {}) == {}
    alone = demands(sent(invoices=("F-1",), claimed=asks(F_1={"principal": 100})), invoices=(FIRST,))
    assert alone.paid_by(D(100), by("03-05"), {"F-1": []}, {}) == {"F-1": 100}  # all the debtor has
    assert demands(sent(case="d/USD", claimed=asks(F_1={"principal": 0}))).paid_by(D(0), by("03-05"), NOTHING, {}) == {}  # about none


def test_the_sum_of_an_older_journal_is_shared_as_the_law_has_it_and_the_rest_is_the_first_invoices():
    old = sent(invoices=("F-1", "F-2"), claimed={"total": "190.00", INDEMNITY: "40.00"})
    assert demands(old).paid_by(D(190), by("03-05"), NOTHING, {}) == {"F-1": 100, "F-2": 90}
    other = sent(invoices=("F-1", "F-2"), claimed={"total": "191.00", INDEMNITY: "40.00"})
    assert demands(other).paid_by(D(191), by("03-05"), NOTHING, {}) == {"F-1": 101, "F-2": 90}


def test_what_came_beyond_what_was_asked_and_is_owed_is_a_credit():
    made = demands(sent(invoices=("F-1",), claimed=WHOLE))
    for came, credit in ((100, 0), (D("100.50"), 0), (140, 0), (D("143.01"), None), (200, None)):
        found = made.credit("F-1", day("03-01"), NOTHING | {"F-1": [(day("03-01"), D(came), False)]})
        owed = 100 + made.beside(FIRST, by("03-01"), NOTHING)
        assert found == (max(came - owed, 0) if credit is None else credit)
    assert made.credit("F-2", day("03-01"), NOTHING | {"F-2": [(day("03-01"), D("50.50"), False)]}) == D("0.50")  # of it nothing was asked
    assert made.credit("F-2", day("03-01"), NOTHING) == 0


def owed(made, on="03-11", kinds=(INTEREST, INDEMNITY), names=("F-1",), paid=NOTHING):
    return made.owed(names, frozenset(kinds), day(on), paid)


def test_what_is_owed_goes_by_the_law_of_both_parties_and_by_what_was_told_of_the_claim():
    assert owed(demands()).fixed_indemnity == 40
    assert owed(demands(kind="individual")).fixed_indemnity == 0
    assert owed(demands(debtor="consumer")).fixed_indemnity == 0
    assert owed(demands(amounts={"F-1": D(60)})).principal == 60  # less than it is of: a part was written off
    insolvent = owed(demands(("02-20", "insolvency.opened", {"judged_on": day("02-20")}, None)))
    assert [segment.end for segment in insolvent.segments] == [day("02-19")]
    assert owed(demands(), names=("F-9",)).total == 0
    dollars = demands(invoices=(replace(FIRST, currency="USD"),))
    assert (owed(dollars).currency, owed(dollars, names=()).currency) == ("USD", "EUR")


def test_a_payment_on_what_was_asked_counts_as_the_creditors_terms_say():
    paid = NOTHING | {"F-1": [(day("03-01"), D(50), False)]}
    assert owed(demands(), paid=paid).principal > 50
    assert owed(demands(terms={"allocation": Allocation.PRINCIPAL_FIRST}), paid=paid).principal == 50


def test_of_several_instalments_one_bears_the_forty_euros():
    parts = tuple(Invoice(f"F/{number}", day(f"02-0{number}"), D(50), document="F") for number in (1, 2))
    made = demands(invoices=parts)
    assert owed(made, names=("F/1", "F/2"), paid={"F/1": [], "F/2": []}).fixed_indemnity == 40
    first_paid = {"F/1": [(day("02-01"), D(50), False)], "F/2": []}
    assert [each.fixed_indemnity for each in owed(made, names=("F/1", "F/2"), paid=first_paid).invoices] == [0, 40]


def test_legal_interest_runs_from_the_notice_that_named_the_invoice():
    made = demands(sent("03-01", kind="formal_notice", invoices=("F-1",)), debtor="consumer")
    (segment,) = owed(made, kinds=(Charge.LEGAL_INTEREST,)).segments
    assert segment.start == day("03-02")
    assert not owed(made, kinds=(Charge.LEGAL_INTEREST,), names=("F-2",)).segments


def test_a_judgment_raises_the_interest_of_the_claim_it_is_over_from_the_day_it_is_told():
    told = ("03-01", "judgment.given", {"enforceable_on": day("03-01")}, "F-1")
    late = day("09-30")
    notice = sent("02-05", kind="formal_notice", invoices=("F-1",))
    raised, plain = demands(notice, told, debtor="consumer"), demands(notice, debtor="consumer")
    assert raised.owed(["F-1"], frozenset({Charge.LEGAL_INTEREST}), late, NOTHING).total > plain.owed(["F-1"], frozenset({Charge.LEGAL_INTEREST}), late, NOTHING).total
    before = demands(notice, told, debtor="consumer", on="02-28")
    assert before.owed(["F-1"], frozenset({Charge.LEGAL_INTEREST}), late, NOTHING).total == plain.owed(["F-1"], frozenset({Charge.LEGAL_INTEREST}), late, NOTHING).total


def acts_of(*words):
    facts = facts_of(*words)
    return acts(facts.events, day("12-31")), facts


def test_the_first_formal_notice_that_named_an_invoice(bench):
    playbook = bench("  - {id: n, kind: formal_notice, at: J, channels: [email], tone: formal, grants: 8 days}\n").playbook
    words = sent("03-05", "y", kind="formal_notice", invoices=("F-1", "F-2")), sent("03-01", "x", kind="formal_notice", invoices=("F-1",))
    assert {name: notice.on for name, notice in notices_of(*acts_of(*words), None).items()} == {"F-1": day("03-01"), "F-2": day("03-05")}
    for said, found in (({"step": "n"}, True), ({"step": "n", "playbook": ""}, True), ({"step": "n", "playbook": "q"}, False), ({"step": "a"}, False), ({"step": "n", "kind": "reminder"}, False)):
        assert bool(notices_of(*acts_of(sent(invoices=("F-1",), **said)), playbook)) is found
    assert notices_of(*acts_of(sent(step="n", invoices=("F-1",))), None) == {}


@pytest.mark.parametrize(
    ("unit", "said", "found"),
    [
        ("account", {}, {"F-1", "F-2"}),
        ("account", {"invoices": ("F-2",)}, {"F-2"}),
        ("invoice", {"case": "F-1"}, {"F-1"}),
        ("invoice", {"case": "F-1", "invoices": ("F-1", "F-2")}, {"F-1"}),  # its own case alone
        ("invoice", {"case": "", "invoices": ("F-1", "F-2")}, {"F-1", "F-2"}),
        ("account", {"playbook": ""}, {"F-1", "F-2"}),
        ("account", {"playbook": "q"}, set()),
        ("account", {"step": "gone"}, set()),
        ("account", {"channel": "email"}, set()),
        ("account", {"draft": True}, set()),
    ],
)
def test_what_a_hand_over_was_about(bench, unit, said, found):
    playbook = bench("  - {id: h, kind: handover, at: J+9, channels: [handover], to: bailiff}\n", top=f"unit: {unit}\n").playbook
    assert handed_over(*acts_of(sent(**({"step": "h", "channel": "handover"} | said))), playbook, day("12-31")) == found


@pytest.mark.parametrize(
    ("on", "kind", "amount", "left"),
    [
        ("02-10", "payment.received", 120, {"F-1": 0, "F-2": 30}),  # what falls due that day comes before what was asked beside
        ("02-09", "payment.received", 120, {"F-1": 0, "F-2": 50}),  # what was asked beside comes before what is not due yet
        ("02-09", "payment.received", 145, {"F-1": 0, "F-2": D("45.27")}),  # 40 €, eight days of interest, and the rest
        ("02-09", "credit_note.issued", 120, {"F-1": 0, "F-2": 30}),  # a credit note settles nothing but principal
    ],
)
def test_money_that_names_nothing_settles_what_is_due_then_what_was_asked_beside_then_what_is_not_due(on, kind, amount, left):
    facts = facts_of(sent("02-05", invoices=("F-1",), claimed=WHOLE), (on, kind, {"amount": D(amount)}, None), invoices=(FIRST, SECOND))
    assert balances(facts, day(on)).outstanding == left


def test_who_pays_exactly_what_was_asked_pays_it_in_one_sum():
    facts = facts_of(sent(invoices=("F-1",), claimed=asks(F_1={"principal": 100, "interest": 3})), ("03-05", "payment.received", {"amount": D(103)}, None), invoices=(FIRST,))
    assert balances(facts, day("03-05")).paid == {"F-1": [(day("03-05"), D(103), False)]}
    twice = facts_of(sent(invoices=("F-1", "F-2"), claimed=WHOLE), ("03-05", "payment.received", {"amount": D(193)}, None), invoices=(FIRST, SECOND))
    assert {name: [amount for _, amount, _ in rows] for name, rows in balances(twice, day("03-05")).paid.items()} == {"F-1": [143], "F-2": [50]}


def test_the_playbook_of_a_debtor_says_what_its_steps_asked_where_the_journal_does_not(bench):
    playbook = bench("  - {id: a, at: J, channels: [email], tone: firm, claim: [fixed_indemnity]}\n").playbook
    facts = facts_of(sent(invoices=("F-1",)), ("03-05", "payment.received", {"amount": D(130)}, None), invoices=(FIRST,))
    assert (balances(facts, day("03-05"), playbook).credit, balances(facts, day("03-05")).credit) == ({}, {"EUR": 30})


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ([("03-02", "F-1")], {"F-2"}),
        ([("03-02", None)], set()),
        ([("02-28", None)], {"F-1", "F-2"}),  # what was reopened before it
        ([("03-01", None)], set()),  # on its day, told after it
        ([("12-30", "F-2"), ("12-31", "F-1")], {"F-1"}),  # the last is not told by that day
    ],
)
def test_what_was_reopened_after_it_is_handed_over_no_more(bench, words, found):
    playbook = bench("  - {id: h, kind: handover, at: J+9, channels: [handover], to: bailiff}\n", top="unit: account\n").playbook
    gone = sent(step="h", channel="handover", invoices=("F-1", "F-2"))
    made, facts = acts_of(gone, *((on, "case.reopened", {}, invoice) for on, invoice in words))
    assert handed_over(made, facts, playbook, day("12-30")) == found


def test_what_was_reopened_on_the_day_of_a_hand_over_and_before_it_is_handed_over(bench):
    playbook = bench("  - {id: h, kind: handover, at: J+9, channels: [handover], to: bailiff}\n").playbook
    gone = sent(step="h", channel="handover", case="F-1")
    assert handed_over(*acts_of(("03-01", "case.reopened", {}, "F-1"), gone), playbook, day("12-31")) == {"F-1"}
    assert handed_over(*acts_of(gone, ("03-01", "case.reopened", {}, "F-1")), playbook, day("12-31")) == set()
