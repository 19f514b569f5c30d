"""What a message may recall of its case: what was sent and heard before the day, the first letter, the first notice, plans, promises, disputes."""

from decimal import Decimal

import pytest
from test_edges_of_states import CLAIM, PLAN, day, numbered, paid

from relance.interpreter.case_history import FactsOfDay, case_history, known_before
from relance.model import Creditor, Debtor, Facts, Invoice

D = Decimal
SECOND = Invoice("F-2", day("2026-03-01"), D(50))


def history(on, *words, invoices=(CLAIM, SECOND), **more):
    facts = Facts(Creditor("c"), Debtor("d"), (CLAIM, SECOND), numbered(*words))
    return case_history(facts, day(on), invoices, **more)


def sent(on, name="x", channel="email", invoice="F-1", **data):
    return (on, "action.emitted", {"id": name, "step": name, "playbook": "p", "channel": channel} | data, invoice)


def called(on, how, name="x"):
    return (on, f"call.{how}", {"id": name})


MADE = [sent("03-01", channel="call"), ("03-01", "action.executed", {"id": "x"})]


@pytest.mark.parametrize(
    ("words", "heard"),
    [
        ([sent("02-02")], True),
        ([sent("02-01")], False),  # on the day it fell due: no reminder of a debt that is late
        ([sent("03-09")], True),
        ([sent("03-10")], False),  # of today
        ([sent("03-01", draft=True)], False),
        ([sent("03-01", channel="task")], False),
        (MADE, True),
        ([*MADE, called("03-01", "answered")], True),
        ([*MADE, called("03-01", "no_answer")], False),
        ([*MADE, called("03-01", "wrong_number")], False),
        ([*MADE, called("03-01", "no_answer", "y")], True),  # another call
        ([*MADE, called("03-01", "no_answer"), called("03-02", "answered")], True),  # as last recorded
        ([*MADE, called("03-10", "no_answer")], False),  # recorded today
        ([*MADE, called("03-11", "no_answer")], True),  # not yet
        ([*MADE, ("03-01", "call.no_answer", {})], True),  # of no action that is named
        ([*MADE, ("03-02", "contact.made", {"id": "x"})], True),  # no word about a call
        ([sent("03-01", "y", draft=True), sent("03-01", case="d/EUR")], True),  # of the account; another that has not left is none
        ([sent("03-01", case="e/EUR")], False),
        ([sent("03-01", capacity="curator")], False),  # a copy is no message of its own
        ([sent("03-01", capacity="guardian")], True),
    ],
)
def test_what_the_debtor_has_heard_of_before_today(words, heard):
    assert [each.act.id for each in history("03-10", *words).contacts] == (["x"] if heard else [])


def test_a_message_that_several_actions_travelled_in_is_told_once_with_all_its_invoices_in_their_order():
    words = [sent("03-05", "b", invoice="F-2", message="m"), sent("03-05", "c", invoice="F-1", message="m"), sent("03-04", "d"), sent("03-05", "a", invoice="F-2")]
    told = history("03-10", *words).contacts
    assert [(each.act.message or each.act.id, each.on.day, [invoice.id for invoice in each.invoices]) for each in told] == [
        ("d", 4, ["F-1"]),
        ("a", 5, ["F-2"]),
        ("m", 5, ["F-1", "F-2"]),
    ]


FIRSTS = [
    ([sent("02-05", channel="letter")], ["x"], []),
    ([sent("02-05", channel="email")], [], []),
    ([sent("02-05", "e", "email", kind="formal_notice")], [], ["e"]),
    ([sent("02-05", "r", "registered_letter", kind="formal_notice")], ["r"], ["r"]),
    ([sent("02-05", "l", "letter"), sent("02-06", "r", "registered_letter", kind="formal_notice")], ["l"], ["r"]),
    ([sent("02-06", "e", "email", kind="formal_notice"), sent("02-05", "r", "letter", kind="formal_notice")], ["r"], ["r"]),  # the earlier day
    ([sent("02-05", "e", "email", kind="formal_notice"), sent("02-05", "r", "letter", kind="formal_notice")], ["r"], ["r"]),  # of one day, on paper
    ([sent("02-05", "t", "task", kind="formal_notice"), ("02-05", "action.executed", {"id": "t"}), sent("02-05", "u", "email", kind="formal_notice")], [], ["u"]),
    ([sent("01-20", channel="letter")], ["x"], []),  # before it was due, too
    ([sent("02-05", channel="letter", draft=True)], [], []),
]


@pytest.mark.parametrize(("words", "letters", "notices"), FIRSTS)
def test_the_first_letter_and_the_first_notice_of_an_invoice(words, letters, notices):
    found = history("03-10", *words, invoices=(CLAIM,))
    assert ([each.act.id for each in found.first_letters], [each.act.id for each in found.notices]) == (letters, notices)


def test_each_invoice_has_its_own_first_letter_and_one_letter_is_told_once():
    both = sent("02-08", "both", "letter", invoices=("F-1", "F-2"))
    found = history("03-10", both).first_letters
    assert [(each.act.id, [invoice.id for invoice in each.invoices]) for each in found] == [("both", ["F-1", "F-2"])]
    found = history("03-10", sent("02-05", "own", "letter"), both).first_letters
    assert [(each.act.id, [invoice.id for invoice in each.invoices]) for each in found] == [("own", ["F-1"]), ("both", ["F-2"])]


def test_a_step_is_a_notice_by_its_name_where_the_journal_does_not_say_what_it_was():
    facts = Facts(Creditor("c"), Debtor("d"), (CLAIM,), numbered(sent("02-05", "x", "letter")))
    past = case_history(facts, day("03-10"), [CLAIM])
    assert not past.notices
    assert [each.act.id for each in type(past)(facts, past.on, past.invoices, past.acts, {"x"}).notices] == ["x"]


def test_the_facts_of_a_day_are_folded_once_for_whoever_asks():
    facts = Facts(Creditor("c"), Debtor("d"), (CLAIM,), numbered(sent("02-05")))
    folded = FactsOfDay(facts, day("03-10"))
    assert case_history(facts, day("03-10"), [CLAIM], day=folded).acts is folded.acts
    assert folded.balances.outstanding == {"F-1": 100}


AGREED = PLAN[2]["instalments"]


@pytest.mark.parametrize(
    ("on", "words", "missing", "missed"),
    [
        ("03-10", [PLAN], [60, 40], []),  # its own day is not past
        ("03-11", [PLAN], [60, 40], [60]),
        ("03-11", [PLAN, paid("03-10", 59)], [1, 40], [1]),
        ("03-11", [PLAN, paid("03-10", 60)], [0, 40], []),
        ("03-11", [PLAN, paid("03-10", 75)], [0, 25], []),
        ("04-11", [PLAN, paid("03-10", 75)], [0, 25], [25]),
        ("03-11", [PLAN, paid("03-05", 10), paid("03-06", 30, "payment.reversed")], [60, 40], [60]),  # what went back is no debt of the plan
        ("03-11", [("03-01", "plan.agreed", {"instalments": AGREED[::-1]})], [60, 40], [60]),
    ],
)
def test_what_is_missing_of_a_plan_instalment_by_instalment(on, words, missing, missed):
    found = history(on, *words)
    assert [part.missing for part in found.instalments] == missing
    assert [part.missing for part in found.missed] == missed


def test_the_plans_in_force_are_told_oldest_first_each_once_and_not_when_cancelled():
    old, new = ("03-01", "plan.agreed", PLAN[2], "F-2"), ("03-02", "plan.agreed", PLAN[2], "F-1")
    assert [plan.event.on.day for plan in history("03-05", old, new).plans] == [1, 2]
    assert [plan.event.on.day for plan in history("03-05", (*PLAN, None)).plans] == [1]
    assert history("03-05", old, new, ("03-04", "plan.cancelled", {}, "F-1")).plan_of.keys() == {"F-2"}


OPENED = ("03-02", "dispute.opened", {"reason": "price"})


@pytest.mark.parametrize(
    ("words", "promised", "disputed"),
    [
        ([], None, None),
        ([("03-02", "promise.made", {"by": day("03-05")}), ("03-04", "promise.made", {"by": day("03-20")}, "F-2")], 4, None),
        ([("03-10", "promise.made", {"by": day("03-20")})], 10, None),  # of today
        ([("03-11", "promise.made", {"by": day("03-20")})], None, None),
        ([("03-02", "promise.made", {"by": day("03-05")}, "F-9")], None, None),
        ([OPENED], None, 2),
        ([OPENED, ("03-05", "dispute.closed", {})], None, None),
        ([OPENED, ("03-05", "dispute.closed", {}, "F-2")], None, 2),  # of the other
        ([OPENED, ("03-04", *OPENED[1:], "F-2")], None, 4),  # the latest
        ([("03-04", *OPENED[1:], "F-2"), ("03-04", *OPENED[1:])], None, 4),
        ([(*OPENED, "F-9")], None, None),
    ],
)
def test_the_latest_promise_and_the_dispute_that_is_still_open(words, promised, disputed):
    found = history("03-10", *words)
    assert (found.promise and found.promise.on.day, found.dispute and found.dispute.on.day) == (promised, disputed)


def test_what_was_known_before_a_message_is_without_its_own_actions_and_what_came_after(bench):
    ladder = bench("  - {id: a, at: J, channels: [email], tone: courteous}\n", top="calendar: {holidays: FR, weekend: [], when_closed: keep}\n")
    (action,) = ladder.play("2026-02-01", "2026-02-10").entries[0].actions
    events = numbered(("01-31", "note", {}), ("02-01", "action.emitted", {"id": action.id}), ("02-01", "note", {"id": action.id}), ("02-01", "action.emitted", {"id": "z"}), ("02-02", "note", {}))
    told = known_before(Facts(Creditor("c"), Debtor("d"), (), events), [action]).events
    assert [event.seq for event in told] == [0, 2, 3]
