"""Both sides of each bound of which claims a word is about, what of them is contested, which of several messages goes first, and who approves."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from relance.interpreter.contact_slot import Rival, waiting
from relance.interpreter.emission import approvers_as_data
from relance.interpreter.scope import OF_CLAIMS, covers, left_undisputed
from relance.model import Approvers, Event, Invoice

ON = date(2026, 3, 2)
FIRST, SECOND = Invoice("F-1", date(2026, 2, 1), Decimal(100)), Invoice("F-2", date(2026, 2, 10), Decimal(100))


def word(kind="dispute.opened", invoice=None, currency=None, **data):
    return Event(ON, kind, invoice, currency, 1, {name: Decimal(value) if isinstance(value, str) else value for name, value in data.items()})


@pytest.mark.parametrize(
    ("event", "claim", "about"),
    [
        (word(**{OF_CLAIMS: ("F-1",)}), FIRST, True),
        (word(**{OF_CLAIMS: ("F-1",)}), SECOND, False),
        (word(invoice="F-1", **{OF_CLAIMS: ("F-2",)}), FIRST, True),  # what names an invoice is about it
        (word(invoice="F-1"), FIRST, True),
        (word(invoice="F-1"), SECOND, False),
        (word(invoice="D-1"), replace(SECOND, document="D-1"), True),
        (word(currency="EUR"), FIRST, True),
        (word(currency="USD"), FIRST, False),
        (word(), replace(FIRST, issued=date(2026, 3, 1)), True),
        (word(), replace(FIRST, issued=ON), True),  # issued on its day, it was owed
        (word(), replace(FIRST, issued=date(2026, 3, 3)), False),
        (word(), FIRST, True),
        (word("payment.received", amount="1"), replace(FIRST, issued=date(2026, 3, 3)), True),  # money is for what comes, too
    ],
)
def test_what_a_word_is_about(event, claim, about):
    assert covers(event, claim) is about


OPEN = {"F-1": Decimal(100), "F-2": Decimal(100)}


@pytest.mark.parametrize(
    ("last", "first", "second"),
    [
        (None, 100, 100),
        (word("dispute.closed"), 100, 100),
        (word(), 0, 0),
        (word(amount="30"), 70, 100),  # of several, on the oldest
        (word(amount="100"), 0, 100),
        (word(amount="130"), 0, 70),
        (word(amount="200"), 0, 0),
        (word(amount="230"), 0, 0),
    ],
)
def test_a_part_that_is_contested_of_several_falls_once_on_the_oldest(last, first, second):
    assert (left_undisputed(last, FIRST, Decimal(100), (FIRST, SECOND), OPEN), left_undisputed(last, SECOND, Decimal(100), (FIRST, SECOND), OPEN)) == (first, second)


@pytest.mark.parametrize(("amount", "left"), [("30", 70), ("99.99", "0.01"), ("100", 0), ("100.01", 0)])
def test_a_part_that_is_contested_of_one_is_of_that_one(amount, left):
    assert left_undisputed(word(invoice="F-2", amount=amount), SECOND, Decimal(100), (FIRST, SECOND), OPEN) == Decimal(left)


@pytest.mark.parametrize(
    ("older", "open_", "left"),
    [
        (FIRST, {"F-1": Decimal(40), "F-2": Decimal(100)}, 60),  # 40 of the 80 are left for it
        (FIRST, OPEN, 100),
        (FIRST, {"F-1": Decimal(-20), "F-2": Decimal(100)}, 20),  # more than paid is nothing open
        (FIRST, {"F-2": Decimal(100)}, 20),  # of what is not known, nothing
        (replace(FIRST, currency="USD"), OPEN, 20),
        (replace(FIRST, issued=date(2026, 3, 3)), OPEN, 20),
        (replace(FIRST, due=SECOND.due), OPEN, 100),  # of one due date, by name
        (replace(FIRST, id="F-3", due=SECOND.due), OPEN | {"F-3": Decimal(100)}, 20),
        (replace(FIRST, due=date(2026, 2, 11)), OPEN, 20),
    ],
)
def test_what_an_older_claim_takes_of_a_contested_part(older, open_, left):
    assert left_undisputed(word(amount="80"), SECOND, Decimal(100), (older, SECOND), open_) == left


# --------------------------------------------------------------------------- which message goes


def rival(case, place, *, limited=True, collector="creditor", message=None):
    return Rival(case, collector, (message or case,), (place, date(2026, 2, 1), case), limited)


@pytest.mark.parametrize(
    ("rivals", "wait"),
    [
        ([], set()),
        ([rival("a", 0)], set()),
        ([rival("a", 1), rival("b", 0)], {"a"}),  # the highest step, whatever its name
        ([rival("a", 0), rival("b", 1)], {"b"}),
        ([rival("a", 0), rival("b", 1, limited=False)], {"b"}),  # a rule of one keeps the other apart
        ([rival("a", 0, limited=False), rival("b", 1)], {"b"}),
        ([rival("a", 0, limited=False), rival("b", 1, limited=False)], set()),
        ([rival("a", 0, limited=False), rival("b", 1, limited=False), rival("c", 2)], {"c"}),
        ([rival("a", 0), rival("b", 1, collector="agency")], set()),
        ([rival("a", 2, message="m"), rival("b", 1), rival("c", 0, message="m")], {"b"}),  # a message is as high as the highest it carries
        ([rival("a", 0, message="m", limited=False), rival("b", 0, message="m"), rival("c", 1, limited=False)], {"c"}),
    ],
)
def test_of_several_messages_the_highest_goes(rivals, wait):
    assert waiting(rivals) == wait


@pytest.mark.parametrize(
    ("approvers", "written"),
    [(Approvers(), None), (Approvers(1, Decimal("5.00")), None), (Approvers(2), {"by": 2, "above": None}), (Approvers(3, Decimal("5000.00")), {"by": 3, "above": "5000.00"})],
)
def test_who_approves_is_written_where_it_takes_several(approvers, written):
    assert approvers_as_data(approvers) == written
