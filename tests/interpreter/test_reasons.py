"""Why, in words: what each reason says, and what it says where there is more to say of it."""

from datetime import date

import pytest

from relance.contact_room import ContactLimit
from relance.interpreter.reasons import addressed_to, room_reason, say
from relance.law.recipients import Recipient
from relance.model import Channel, Reason

ON, THEN = date(2026, 3, 1), date(2026, 3, 2)


@pytest.mark.parametrize(
    ("name", "args", "said"),
    [
        ("at", ("J+5",), "J+5"),
        ("at", ("J+5", None), "J+5"),
        ("at", ("J+5", THEN), "J+5, moved to the open day 2026-03-02"),
        ("held", ("disputed", None), "disputed"),
        ("held", ("on_hold", THEN), "on_hold until 2026-03-02"),
        ("held", ("disputed",), "disputed"),
        ("pending", ("a", ON, 0), "a message of a of 2026-03-01 has not left yet"),
        ("pending", ("a", ON, 1), "a message of a of 2026-03-01 has not left yet"),
        ("pending", ("a", ON, 2), "a message of a has waited since 2026-03-01 to leave (2 days)"),
        ("done", (1,), "executed"),
        ("done", (2,), "executed 2 times"),
        ("done", (), "executed"),
        ("crowded_out", (ON, THEN), "could not go before 2026-03-01, and is not sent from 2026-03-02 on"),
        ("deadline", ("a", ON), "a gave the debtor until 2026-03-01"),
        ("min_gap", (ON,), "too soon after the contact of 2026-03-01"),
    ],
)
def test_a_reason_in_words(name, args, said):
    assert say(Reason(name, args)) == said


@pytest.mark.parametrize(
    ("limit", "reason"),
    [
        (ContactLimit("min_gap", 1, lambda day: day), Reason("min_gap", (ON,))),
        (ContactLimit("at_most", 3, lambda day: day), Reason("at_most", (3, ON))),
        (ContactLimit("at_most", 2, lambda day: day, frozenset({Channel.SMS, Channel.CALL})), Reason("at_most_by", (2, "call, sms", ON))),
    ],
)
def test_which_contact_rule_has_no_room(limit, reason):
    assert room_reason(limit, ON) == reason


def test_a_reason_says_to_whom_a_message_goes_where_that_is_not_the_debtor_alone():
    assert addressed_to("J+5", Recipient("", "M. Roux")) == "J+5"
    assert addressed_to("J+5", Recipient("guardian", "Mme Roux")) == "J+5; to the guardian, Mme Roux"
