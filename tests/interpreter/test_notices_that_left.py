"""The formal notices that left, invoice by invoice, and the day on which the post says that each was before its debtor."""

from dataclasses import replace
from datetime import date

import pytest
from test_edges_of_states import day, numbered

from relance.interpreter.action_state import ActionState
from relance.interpreter.notices import LeftNotice, named_by, noticed, noticed_by, notices_of
from relance.law.claims import Owed
from relance.model import Channel, Creditor, Debtor, Facts, Invoice, Playbook

MADE, LEFT, CAME = day("03-01"), day("03-03"), day("03-06")
CLAIMS = tuple(Invoice(name, day(due), 100, issued=day("01-02"), document=document) for name, due, document in (("F-1", "02-01", "D-1"), ("F-2", "02-20", ""), ("F-3", "03-20", "")))
NOTICE = ActionState("n-1", "p", "a", 1, Channel.REGISTERED_LETTER, "F-1", "F-1", MADE, draft=False, executed=LEFT, kind="formal_notice", message="m-1", invoices=("F-1",))
PLAN = Playbook("p", 1, "P", ())
POST = ("03-06", "letter.presented", {})


def facts_of(*words):
    return Facts(Creditor("c"), Debtor("d"), CLAIMS, numbered(*words))


@pytest.mark.parametrize(
    ("act", "names"),
    [
        (NOTICE, {"F-1"}),
        (replace(NOTICE, invoices=("F-3", "F-9")), {"F-3"}),  # what it names, due or not; of what is not known nothing
        (replace(NOTICE, invoices=()), {"F-1"}),
        (replace(NOTICE, invoices=(), case="D-1", carrier="F-2"), {"F-1"}),
        (replace(NOTICE, invoices=(), case="d/EUR", carrier="F-3"), {"F-1", "F-2", "F-3"}),
        (replace(NOTICE, invoices=(), case="d/EUR", carrier="F-1"), {"F-1", "F-2"}),  # what is not due is not asked
        (replace(NOTICE, invoices=(), case="d/EUR", carrier="F-1", executed=day("02-20")), {"F-1"}),
        (replace(NOTICE, invoices=(), case="d/EUR", carrier="F-1", executed=None, on=day("02-21")), {"F-1", "F-2"}),
    ],
)
def test_which_invoices_a_message_asked(act, names):
    assert named_by(act, facts_of()) == names


@pytest.mark.parametrize(
    ("words", "presented"),
    [
        ([], None),
        ([POST], CAME),
        ([(*POST, None)], CAME),
        ([(*POST, "F-2")], None),
        ([(*POST, "D-1")], CAME),
        ([("03-03", *POST[1:])], LEFT),
        ([("03-02", *POST[1:])], None),  # before it left: another letter
        ([("03-09", "letter.delivered", {}), POST], CAME),
        ([("03-06", "letter.refused", {})], CAME),
        ([("03-06", "letter.unclaimed", {})], None),
        ([("03-06", "letter.presented", {"id": "n-1"})], CAME),
        ([("03-06", "letter.presented", {"id": "m-1"}, "F-2")], CAME),
        ([("03-06", "letter.presented", {"id": "n-2"})], None),
    ],
)
def test_the_day_on_which_the_post_had_a_notice_before_its_debtor(words, presented):
    assert notices_of([NOTICE], facts_of(*words), None) == {"F-1": LeftNotice(LEFT, presented)}
    assert notices_of([replace(NOTICE, channel=Channel.EMAIL)], facts_of(*words), None) == {"F-1": LeftNotice(LEFT)}
    assert notices_of([replace(NOTICE, executed=None)], facts_of(*words), None) == notices_of([replace(NOTICE, kind="reminder")], facts_of(*words), None) == {}


SECOND = replace(NOTICE, id="n-2", message="m-2", on=day("03-10"), executed=day("03-10"), invoices=("F-1", "F-2"))
SAME_DAY = replace(SECOND, executed=LEFT)


@pytest.mark.parametrize(
    ("acts", "said", "found"),
    [
        ([SECOND, NOTICE], [], {"F-1": LeftNotice(LEFT), "F-2": LeftNotice(day("03-10"))}),
        ([SECOND, NOTICE], [("03-12", "n-2")], {"F-1": LeftNotice(LEFT, day("03-12"), first=False), "F-2": LeftNotice(day("03-10"), day("03-12"))}),
        ([NOTICE, SECOND], [("03-06", "n-1"), ("03-12", "n-2")], {"F-1": LeftNotice(LEFT, CAME), "F-2": LeftNotice(day("03-10"), day("03-12"))}),
        ([NOTICE, SAME_DAY], [("03-12", "n-2")], {"F-1": LeftNotice(LEFT, day("03-12")), "F-2": LeftNotice(LEFT, day("03-12"))}),
    ],
)
def test_of_several_notices_the_first_that_left_counts_and_the_first_that_is_known_to_have_come(acts, said, found):
    facts = facts_of(*((on, "letter.presented", {"id": name}) for on, name in said))
    assert notices_of(acts, facts, PLAN) == found


def test_the_notices_of_a_playbook_are_those_of_its_own_ladder_that_left():
    elsewhere, waiting = replace(SECOND, playbook="q"), replace(SECOND, executed=None)
    assert noticed_by([NOTICE, elsewhere, waiting, replace(SECOND, kind="reminder")], facts_of(), PLAN) == {"F-1"}
    assert noticed_by([replace(NOTICE, playbook=""), SECOND], facts_of(), PLAN) == {"F-1", "F-2"}
    assert noticed_by([elsewhere], facts_of(), PLAN) == frozenset()


@pytest.mark.parametrize(
    ("terms", "first", "presented", "only"),
    [({}, True, CAME, False), ({}, False, None, False), ({"interest_from": "presented"}, True, CAME, True), ({"interest_from": "presented"}, False, CAME, True), ({"interest_from": "posted"}, False, None, False)],
)
def test_what_a_notice_says_to_the_law(terms, first, presented, only):
    owed, creditor = Owed("F-1", 100, date(2026, 2, 1)), Creditor("c", terms=terms)
    assert noticed(owed, LeftNotice(LEFT, CAME, first), creditor) == replace(owed, notice_on=LEFT, presented_on=presented, presented_only=only)
    assert noticed(owed, None, creditor) == owed
