from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from relance.data import shipped
from relance.interpreter import look
from relance.language import load_playbook
from relance.model import AnyOf, Creditor, Debtor, Event, Facts, Invoice, Status, Test
from relance.portfolio.evaluation import Count, evaluate
from relance.portfolio.routing import Route, Routing, only

MONDAY = date(2026, 3, 2)
GAP = "contact: {min_gap: 5 days}\n"


def _emitted(on, playbook, step, invoice, channel="email"):
    data = {"id": f"{playbook}/{step}/{invoice}", "playbook": playbook, "step": step, "occurrence": 1, "channel": channel, "case": invoice,
            "carrier": invoice, "draft": False}  # fmt: skip
    return Event(on, "action.emitted", invoice, data=data)


def test_every_case_is_counted_under_what_it_waits_for(make_playbook, make_facts):
    playbook = make_playbook('min_balance: "5.00"\n')
    portfolio = [
        make_facts(("F-1", "2026-02-27", "100.00")),
        make_facts(("F-2", "2026-03-27", "100.00"), ("F-3", "2026-02-27", "4.00"), debtor="b"),
        make_facts(("F-4", "2026-02-27", "100.00"), debtor="c", events=(Event(MONDAY, "dispute.opened", data={"reason": "x"}),)),
        make_facts(("F-5", "2026-02-27", "9.00"), debtor="d", events=(Event(MONDAY, "payment.received", data={"amount": Decimal(9)}),)),
    ]
    found = evaluate(portfolio, only(playbook), MONDAY)
    assert found.adds_up
    assert dict(found.counts) == {
        Count("two-steps", Status.DUE, "first"): 1,
        Count("two-steps", Status.WAITING, "first"): 1,
        Count("two-steps", Status.WAITING, "balance below min_balance"): 1,
        Count("two-steps", Status.HELD, "disputed"): 1,
        Count("two-steps", Status.STOPPED, "paid"): 1,
    }


def test_one_debtor_under_one_playbook_is_what_a_look_says(make_playbook, make_facts):
    playbook = make_playbook("combine: debtor\n" + GAP)
    facts = make_facts(("F-1", "2026-02-27", "100.00"), ("F-2", "2026-02-10", "50.00"))
    assert evaluate([facts], only(playbook), MONDAY).actions == list(look(playbook, facts, MONDAY).actions)


def test_two_playbooks_of_one_debtor_share_the_room_there_is(make_playbook, make_facts):
    one, two = make_playbook(GAP, name="one"), make_playbook(GAP, name="two")
    facts = make_facts(("F-1", "2026-02-10", "100.00"), ("F-2", "2026-02-27", "100.00"))
    moved = Event(date(2026, 1, 1), "playbook.changed", "F-2", data={"playbook": "two"})
    sent = _emitted(date(2026, 2, 11), "one", "first", "F-1")
    facts = make_facts(("F-1", "2026-02-10", "100.00"), ("F-2", "2026-02-27", "100.00"), events=(moved, sent))
    found = evaluate([facts], Routing((Route(one),), {"two": two}), MONDAY)
    assert [(action.case, action.playbook, action.step) for action in found.actions] == [("F-1", "one", "second")]
    assert found.counts[Count("two", Status.WAITING, "first")] == 1


def test_without_contact_rules_both_leave(make_playbook, make_facts):
    one, two = make_playbook(name="one"), make_playbook(name="two")
    moved = Event(date(2026, 1, 1), "playbook.changed", "F-2", data={"playbook": "two"})
    facts = make_facts(("F-1", "2026-02-27", "100.00"), ("F-2", "2026-02-27", "100.00"), events=(moved,))
    found = evaluate([facts], Routing((Route(one),), {"two": two}), MONDAY)
    assert sorted(action.playbook for action in found.actions) == ["one", "two"]


def test_an_agency_contacts_a_debtor_once_for_all_its_creditors(make_playbook, make_facts):
    agency = make_playbook("collector: agency\n" + GAP)
    signed = date(2026, 1, 1)
    both = [
        make_facts(("F-1", "2026-02-27", "100.00"), creditor="a", mandate=signed),
        make_facts(("G-1", "2026-02-26", "100.00"), creditor="b", mandate=signed),
    ]
    assert [action.case for action in evaluate(both, only(agency), MONDAY).actions] == ["G-1"]
    sent = make_facts(
        ("G-1", "2026-02-26", "100.00"), creditor="b", mandate=signed, events=(_emitted(MONDAY, "two-steps", "first", "G-1"),)
    )
    assert evaluate([both[0], sent], only(agency), MONDAY + timedelta(4)).actions == []
    assert [action.case for action in evaluate([both[0], sent], only(agency), MONDAY + timedelta(7)).actions] == ["F-1"]


def test_creditors_in_their_own_names_do_not_stand_in_each_others_way(make_playbook, make_facts):
    own = make_playbook(GAP)
    both = [make_facts(("F-1", "2026-02-27", "100.00"), creditor="a"), make_facts(("G-1", "2026-02-26", "100.00"), creditor="b")]
    assert len(evaluate(both, only(own), MONDAY).actions) == 2


def test_an_agency_without_a_mandate_is_stopped(make_playbook, make_facts):
    found = evaluate([make_facts(("F-1", "2026-02-27", "100.00"))], only(make_playbook("collector: agency\n")), MONDAY)
    assert [(count.status, count.about) for count in found.counts] == [
        (Status.STOPPED, "no mandate of the creditor is in force (CPCE R124-3)")
    ]


def test_a_moved_case_follows_its_playbook_and_one_moved_nowhere_is_reported(make_playbook, make_facts):
    one, two = make_playbook(name="one"), make_playbook(name="two")
    moves = tuple(
        Event(date(2026, 2, 1), "playbook.changed", name, data={"playbook": to}) for name, to in (("F-1", "two"), ("F-2", "gone"))
    )
    facts = make_facts(("F-1", "2026-02-27", "1.00"), ("F-2", "2026-02-27", "1.00"), ("F-3", "2026-02-27", "1.00"), events=moves)
    found = evaluate([facts], Routing((Route(one),), {"two": two}), MONDAY)
    assert {(action.case, action.playbook) for action in found.actions} == {("F-1", "two"), ("F-3", "one")}
    assert [(each.invoice, "gone" in each.reason) for each in found.unrouted] == [("F-2", True)]
    assert found.adds_up


def test_a_move_of_tomorrow_is_not_yet_one(make_playbook, make_facts):
    move = Event(MONDAY + timedelta(1), "playbook.changed", "F-1", data={"playbook": "gone"})
    found = evaluate([make_facts(("F-1", "2026-02-27", "1.00"), events=(move,))], only(make_playbook()), MONDAY)
    assert len(found.actions) == 1


def test_a_playbook_takes_only_the_debtors_it_is_for(make_playbook, make_facts):
    playbook = make_playbook("debtor: business\n")
    portfolio = [
        make_facts((f"F-{n}", "2026-02-27", "1.00"), debtor=str(n), kind=kind) for n, kind in enumerate(("business", "consumer", None))
    ]
    found = evaluate(portfolio, only(playbook), MONDAY)
    assert [action.case for action in found.actions] == ["F-0", "F-2"]
    assert [each.reason for each in found.unrouted] == ["two-steps is for business debtors, and this one is a consumer"]


def test_the_tasks_of_the_law_come_once_whatever_the_playbooks(make_playbook, make_facts):
    one, two = make_playbook(name="one"), make_playbook(name="two")
    events = (
        Event(date(2026, 1, 1), "playbook.changed", "F-2", data={"playbook": "two"}),
        Event(MONDAY, "insolvency.opened", data={"published_on": MONDAY}),
    )
    facts = make_facts(("F-1", "2026-02-27", "1.00"), ("F-2", "2026-02-27", "1.00"), events=events)
    found = evaluate([facts], Routing((Route(one),), {"two": two}), MONDAY)
    assert [duty.step for duty in found.duties] == ["duty.declare_claim"]


# --------------------------------------------------------------------------- laws

_KINDS = st.sampled_from(["business", "consumer", None])
_AMOUNTS = st.decimals("0.01", "2000", places=2)
_DAYS = st.integers(-120, 60).map(lambda days: MONDAY + timedelta(days))
_PLAYBOOKS = tuple(
    load_playbook(shipped("playbooks").joinpath(f"{name}.yaml"))[0] for name in ("consommateur", "negligent", "systematique")
)


@st.composite
def _portfolios(draw):
    found = []
    for debtor in range(draw(st.integers(0, 4))):
        invoices = tuple(
            Invoice(f"F-{debtor}-{n}", draw(_DAYS), draw(_AMOUNTS), draw(st.sampled_from(["EUR", "USD"])))
            for n in range(draw(st.integers(0, 3)))
        )
        events = [Event(draw(_DAYS), "payment.received", each.id, data={"amount": each.amount}) for each in invoices if draw(st.booleans())]
        if invoices and draw(st.booleans()):
            events.append(
                Event(draw(_DAYS), "playbook.changed", invoices[0].id, data={"playbook": draw(st.sampled_from(["negligent", "gone"]))})
            )
        profile = draw(st.sampled_from(["negligent", "standard", None]))
        owes = Debtor(f"d{debtor}", "D", draw(_KINDS), profile, email="a@b.example")
        found.append(Facts(Creditor("c"), owes, invoices, tuple(sorted(events, key=lambda event: event.on))))
    return found


@given(_portfolios(), _DAYS)
def test_no_case_is_lost_and_none_is_counted_twice(portfolio, on):
    rules = (
        Route(_PLAYBOOKS[0], Test("debtor", "in", ("consumer",))),
        Route(_PLAYBOOKS[1], AnyOf((Test("profile", "in", ("negligent",)), Test("balance", "at_least", Decimal(500))))),
        Route(_PLAYBOOKS[2], Test("days_overdue", "at_least", 1)),
    )
    found = evaluate(portfolio, Routing(rules), on)
    assert found.adds_up
    assert found.invoices == sum(len(facts.invoices) for facts in portfolio)
    for playbook, facts in (
        (playbook, facts) for playbook in _PLAYBOOKS for facts in portfolio if facts.debtor.kind in (None, playbook.debtor)
    ):
        alone = Facts(facts.creditor, facts.debtor, facts.invoices, tuple(each for each in facts.events if each.kind != "playbook.changed"))
        assert evaluate([alone], only(playbook), on).actions == list(look(playbook, alone, on).actions)
    due = sum(number for count, number in found.counts.items() if count.status is Status.DUE)
    assert due == len({(action.creditor, action.debtor, action.case, action.playbook) for action in found.actions})
    assert len({action.id for action in found.actions}) == len(found.actions)
