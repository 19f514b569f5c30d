"""What a payment that names nothing is for, place by place: on both sides of the word, of its end, of its last day and of its sum."""

from decimal import Decimal

import pytest
from test_edges_of_states import day, numbered

from relance.interpreter.designation import OF_OFFER, Designated, Designations
from relance.model import Creditor, Debtor, Event, Facts, Invoice

D = Decimal
CLAIMS = tuple(Invoice(name, day("02-01"), D(500), issued=day("01-02")) for name in ("F-1", "F-2", "F-3"))
PROMISE = ("03-01", "promise.made", {"by": day("03-10"), "amount": D(100)}, "F-2")
PLAN = ("03-01", "plan.agreed", {"instalments": ({"on": day("04-10"), "amount": D(70)}, {"on": day("03-10"), "amount": D(60)})}, "F-2")
ENDS = (*PLAN[:2], PLAN[2] | {"late": "ends"}, "F-2")
NONE = Designated()


def for_(amount, name="F-2"):
    return Designated((((name,), D(amount)),))


def exactly(amount, *names):
    return Designated(((names or ("F-2",), D(amount)),), exact=True)


def meant(words, on, amount, given=(), claims=CLAIMS, seq=9):
    facts = Facts(Creditor("c"), Debtor("d"), CLAIMS, numbered(*words))
    gave = {(day(when), number): {name: D(part)} for when, number, name, part in given}
    return Designations(facts).meant(Event(day(on), "payment.received", None, None, seq, {"amount": D(amount)}), claims, gave)


@pytest.mark.parametrize(
    ("words", "on", "amount", "given", "found"),
    [
        ([], "03-05", 40, [], NONE),
        ([PROMISE], "03-05", 40, [], for_(100)),
        ([PROMISE], "03-05", 100, [], exactly(100)),
        ([PROMISE], "02-28", 100, [], NONE),  # before it was made
        ([PROMISE], "03-10", 40, [], for_(100)),
        ([PROMISE], "03-11", 40, [], NONE),  # broken: only that very sum is for it
        ([PROMISE], "03-11", 100, [], exactly(100)),
        ([PROMISE], "03-05", 40, [("03-02", 5, "F-2", 30)], for_(70)),
        ([PROMISE], "03-05", 70, [("03-02", 5, "F-2", 30)], exactly(70)),
        ([PROMISE], "03-05", 40, [("03-02", 5, "F-1", 30)], for_(100)),  # what another claim had is none of it
        ([PROMISE], "03-05", 40, [("02-28", 5, "F-2", 30)], for_(100)),
        ([PROMISE], "03-05", 40, [("03-01", 0, "F-2", 30)], for_(100)),  # the word itself
        ([PROMISE], "03-05", 40, [("03-05", 9, "F-2", 30)], for_(100)),  # the money itself
        ([PROMISE], "03-05", 40, [("03-02", 5, "F-2", 100)], NONE),
        ([PROMISE], "03-05", 0, [("03-02", 5, "F-2", 100)], NONE),
        ([PROMISE, ("03-02", "credit_note.issued", {}, "F-2")], "03-05", 40, [("03-02", 1, "F-2", 30)], for_(100)),  # a credit note keeps no promise
        ([PROMISE, ("03-02", "written_off", {}, "F-2")], "03-05", 40, [("03-02", 1, "F-2", 30)], for_(100)),
        ([PLAN, ("03-02", "credit_note.issued", {}, "F-2")], "03-05", 40, [("03-02", 1, "F-2", 30)], for_(30)),  # and it does a plan
        ([PLAN, ("03-02", "written_off", {}, "F-2")], "03-05", 40, [("03-02", 1, "F-2", 30)], for_(30)),
        ([("03-01", "promise.made", {"by": day("03-10")}, "F-2")], "03-05", 40, [], NONE),  # of no sum
        ([("03-01", "promise.made", PROMISE[2] | {OF_OFFER: "x"}, "F-2"), ("03-02", *PROMISE[1:3], "F-1")], "03-05", 40, [], for_(100, "F-1")),
        ([(*PROMISE[:3], None)], "03-05", 40, [], NONE),  # about all that he owes: it tells none from the others
        ([PROMISE, (*PROMISE[:3], "F-1")], "03-05", 40, [], Designated(((("F-2",), D(100)), (("F-1",), D(100))))),
        ([PROMISE, ("03-04", "promise.made", {"by": day("03-20"), "amount": D(50)}, "F-2")], "03-05", 40, [], for_(50)),
        ([PROMISE, ("03-06", "promise.made", {"by": day("03-20"), "amount": D(50)}, "F-2")], "03-05", 40, [], for_(100)),
        ([PROMISE, ("03-04", "plan.cancelled", {}, "F-2")], "03-05", 40, [], for_(100)),  # a promise is no plan
        ([PLAN, ("03-04", "plan.cancelled", {}, "F-2")], "03-05", 40, [], NONE),
        ([PLAN, ("03-04", "plan.cancelled", {}, "F-1")], "03-05", 40, [], for_(60)),
        ([PLAN, ("03-05", "plan.cancelled", {}, "F-2")], "03-05", 40, [], NONE),
        ([PLAN], "03-05", 40, [], for_(60)),
        ([PLAN], "03-10", 40, [], for_(60)),
        ([PLAN], "03-05", 60, [], exactly(60)),
        ([PLAN], "03-05", 130, [], exactly(130)),
        ([PLAN], "03-20", 40, [], for_(60)),  # what is missing of it
        ([PLAN], "04-10", 40, [], for_(130)),
        ([PLAN], "04-20", 40, [("03-05", 5, "F-2", 60)], for_(70)),
        ([ENDS], "03-10", 40, [], for_(60)),
        ([ENDS], "03-11", 40, [], NONE),
        ([ENDS], "03-11", 60, [], exactly(60)),
    ],
)
def test_what_money_is_for(words, on, amount, given, found):
    assert meant(words, on, amount, given) == found


@pytest.mark.parametrize(("seq", "found"), [(0, NONE), (1, for_(100))])
def test_money_of_the_very_day_is_for_a_word_that_was_said_before_it(seq, found):
    assert meant([PROMISE], "03-01", 40, seq=seq) == found


@pytest.mark.parametrize(("claims", "found"), [(CLAIMS[:2], for_(100)), (CLAIMS[1:2], NONE), (CLAIMS[:1], NONE), ((), NONE)])
def test_a_word_counts_where_it_tells_some_of_the_claims_of_the_day_from_the_others(claims, found):
    assert meant([PROMISE], "03-05", 40, claims=claims) == found
    other = (*PROMISE[:3], "F-1")
    assert meant([(*PROMISE[:3], "F-9"), PROMISE], "03-05", 40, claims=claims) == found
    assert meant([PROMISE, other], "03-05", 40, claims=CLAIMS[1:]) == for_(100)
