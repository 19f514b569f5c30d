"""What is written down of an action: every field of it as plain values, what follows when it is carried out, and the habit its debtor has of paying."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from test_edges_of_states import day, emitted, fold, numbered

from relance.interpreter.action_id import file_reference
from relance.interpreter.emission import OWN_SEQ, emission, emitted_in_vain, happened, released
from relance.interpreter.habit import no_longer_seen, usual_delay
from relance.model import (
    Action,
    Approvers,
    Channel,
    Claimed,
    Creditor,
    Debtor,
    Event,
    Facts,
    Invoice,
    InvoiceClaimed,
    Segment,
    Sender,
    Served,
    StepKind,
    Tone,
)

D = Decimal
ON = date(2026, 3, 1)
PLAIN = Action(
    id="x", on=ON, creditor="c", debtor="d", case="F-1", carrier="F-1", invoices=("F-1",), playbook="p", playbook_version=3, step="a", occurrence=2, kind=StepKind.REMINDER,
    channel=Channel.EMAIL, tone=None, template="", language="", draft=False, deadline=None, claimed=Claimed("EUR", D("1E+2"), total=D(100)), reason="J",
)  # fmt: skip
NAMED = {
    "id": "x", "playbook": "p", "playbook_version": 3, "step": "a", "occurrence": 2, "kind": "reminder", "channel": "email", "carrier": "F-1", "case": "F-1", "invoices": ("F-1",),
    "draft": False, "reason": "J", "reference": file_reference("c", "d", "EUR"),
}  # fmt: skip
NONE_ASKED = {"late_interest": "0", "legal_interest": "0", "fixed_indemnity": "0", "contractual_penalty": "0"}
SUMS = {"currency": "EUR", "principal": "100", **NONE_ASKED, "total": "100"}


def test_what_is_not_said_of_an_action_is_not_written():
    assert emission(PLAIN) == Event(ON, "action.emitted", "F-1", None, OWN_SEQ, NAMED | {"claimed": SUMS})


def test_all_that_is_said_of_an_action_is_written_as_plain_values():
    full = replace(
        PLAIN, tone=Tone.FIRM, template="t", language="fr", draft=True, message="m", deadline=date(2026, 3, 9), missing="email", to="bailiff", capacity="guardian", to_role="director",
        cc=("salesman",), approvers=Approvers(2, D("500.00")),
    )  # fmt: skip
    event = emission(full, date(2026, 3, 2), Sender.RELANCE, 7)
    assert (event.on, event.seq) == (date(2026, 3, 2), 7)
    assert event.data == NAMED | {
        "claimed": SUMS, "tone": "firm", "template": "t", "language": "fr", "draft": True, "message": "m", "deadline": date(2026, 3, 9), "missing": "email", "to": "bailiff",
        "capacity": "guardian", "to_role": "director", "cc": ("salesman",), "sent_by": "relance", "approvers": {"by": 2, "above": "500.00"},
    }  # fmt: skip
    assert emission(replace(PLAIN, approvers=Approvers(2))).data["approvers"] == {"by": 2, "above": None}
    assert "sent_by" not in emission(replace(PLAIN, channel=Channel.CALL), None, Sender.RELANCE).data  # nobody sends a call


def test_the_sums_of_an_action_are_written_part_by_part_and_what_is_nought_is_left_out():
    segment = Segment(invoice="F-1", start=date(2026, 2, 2), end=date(2026, 3, 1), days=28, rate=D("12.15"), base=D(100), interest=D("0.93"))
    served = Served(date(2026, 2, 10), D(5), interest=D(5))
    part = InvoiceClaimed("F-1", D(100), D("0.93"), D(40), complementary_indemnity=D(2), received=(served,), arrears=D(60))
    claimed = Claimed("EUR", D(100), late_interest=D("0.93"), fixed_indemnity=D(40), complementary_indemnity=D(2), total=D(60), arrears=D(60), segments=(segment,), invoices=(part,))
    assert emission(replace(PLAIN, claimed=claimed)).data["claimed"] == SUMS | {
        "late_interest": "0.93", "fixed_indemnity": "40", "complementary_indemnity": "2", "total": "60", "arrears": "60",
        "segments": [{"invoice": "F-1", "start": "2026-02-02", "end": "2026-03-01", "days": 28, "rate": "12.15", "base": "100", "interest": "0.93"}],
        "invoices": [{
            "invoice": "F-1", "principal": "100", "interest": "0.93", "fixed_indemnity": "40", "complementary_indemnity": "2", "arrears": "60",
            "received": [{"on": "2026-02-10", "amount": "5", "interest": "5"}],
        }],
    }  # fmt: skip
    whole = emission(replace(PLAIN, claimed=replace(claimed, arrears=None, invoices=(InvoiceClaimed("F-1", D(100)),), segments=()))).data["claimed"]
    assert (whole["invoices"], "arrears" in whole, "segments" in whole) == ([{"invoice": "F-1", "principal": "100"}], False, False)


def words(events):
    return [(event.kind, event.seq - OWN_SEQ, event.data) for event in events]


@pytest.mark.parametrize(
    ("change", "follow"),
    [
        ({}, []),
        ({"draft": True}, [("action.approved", 1, {"id": "x"})]),
        ({"channel": Channel.CALL}, [("action.executed", 2, {"id": "x"})]),
        ({"channel": Channel.TASK, "draft": True}, [("action.approved", 1, {"id": "x"}), ("action.executed", 2, {"id": "x"})]),
    ],
)
def test_what_follows_from_an_action_that_is_carried_out(change, follow):
    action = replace(PLAIN, **change)
    first, *rest = happened(action)
    assert first == emission(action)
    assert words(rest) == follow
    assert {(event.on, event.invoice) for event in rest} <= {(ON, "F-1")}
    assert happened(action, {"a"}) == (first,)  # somebody else tells what came of it
    assert happened(action, {"b"}) == (first, *rest)


def test_a_message_that_cannot_be_written_is_withdrawn_on_its_day():
    first, back = emitted_in_vain(PLAIN)
    assert first == emission(PLAIN)
    assert back == Event(ON, "action.cancelled", "F-1", None, OWN_SEQ + 1, {"id": "x"})


@pytest.mark.parametrize(
    ("said", "follow"),
    [
        ({"draft": True}, ["action.approved"]),
        ({"channel": "call"}, ["action.executed"]),
        ({"channel": "call", "draft": True}, ["action.approved", "action.executed"]),
        ({"sent_by": "relance"}, ["action.executed"]),
        ({"sent_by": "relance", "draft": True}, ["action.approved", "action.executed"]),
        ({}, []),
    ],
)
def test_what_lets_an_action_that_waits_go(said, follow):
    (act,) = fold(emitted(id="x", **said))
    events = released(act, date(2026, 3, 5))
    assert [event.kind for event in events] == follow
    assert {(event.on, event.invoice, event.currency, event.data["id"]) for event in events} <= {(date(2026, 3, 5), "F-1", None, "x")}
    assert [event.seq for event in events] == [OWN_SEQ + {"action.approved": 1, "action.executed": 2}[kind] for kind in follow]


def payers(*delays, back=None, extra=()):
    """A debtor who paid an invoice of 1 February 2026 each so many days late."""
    claims = tuple(Invoice(f"F-{number}", day("02-01"), D(10)) for number in range(len(delays)))
    paid = [(date.fromordinal(day("02-01").toordinal() + late).isoformat(), "payment.received", {"amount": D(10)}, f"F-{number}") for number, late in enumerate(delays)]
    return Facts(Creditor("c"), Debtor("d"), claims, numbered(*paid, *([] if back is None else [(back, "payment.reversed", {"amount": D(10)}, "F-0")]), *extra))


@pytest.mark.parametrize(
    ("facts", "on", "delay"),
    [
        (payers(1, 2, 3, 4), "12-31", None),  # too few
        (payers(1, 2, 3, 4, 9), "12-31", 3),
        (payers(1, 2, 3, 4, 9, 9), "12-31", 3),  # the lower of the two in the middle
        (payers(-5, -3, 3, 4, 9), "12-31", 3),
        (payers(1, 2, 3, 4, 9), "02-10", 3),  # the last came that day
        (payers(1, 2, 3, 4, 9), "02-09", None),
        (payers(1, 2, 3, 4, 9), "2027-02-01", 3),
        (payers(1, 2, 3, 4, 9), "2027-02-02", None),  # a year after the first
        (payers(1, 2, 3, 4, 9, back="03-01"), "02-28", 3),
        (payers(1, 2, 3, 4, 9, back="03-01"), "03-01", None),
        (payers(1, 2, 3, 4, 9, extra=[("03-01", "payment.received", {"amount": D(1)}, None), ("03-01", "payment.received", {"amount": D(1)}, "F-77")]), "12-31", 3),
    ],
)
def test_how_late_a_debtor_is_used_to_pay(facts, on, delay):
    assert usual_delay(facts, day(on)) == delay


def test_a_payment_is_looked_back_on_for_a_year():
    assert list(no_longer_seen(payers(1, back="03-05"))) == [date(2027, 2, 2)]
