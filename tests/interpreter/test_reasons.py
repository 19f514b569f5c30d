"""Why, in words: what each reason says, and what it says where there is more to say of it."""

from datetime import date

import pytest

from relance.contact_room import ContactLimit
from relance.interpreter.reasons import addressed_to, room_reason, say
from relance.law.recipients import Recipient
from relance.model import Channel, Reason
from relance.sentences import said

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
        (ContactLimit("at_most", 2, lambda day: day, frozenset({Channel.SMS, Channel.CALL})), Reason("at_most_by", (2, ("call", "sms"), ON))),
    ],
)
def test_which_contact_rule_has_no_room(limit, reason):
    assert room_reason(limit, ON) == reason


def test_a_reason_says_to_whom_a_message_goes_where_that_is_not_the_debtor_alone():
    assert addressed_to("J+5", Recipient("", "M. Roux")) == "J+5"
    assert addressed_to("J+5", Recipient("guardian", "Mme Roux")) == "J+5; to the guardian, Mme Roux"


@pytest.mark.parametrize(
    ("name", "args", "said_in_english", "said_in_french"),
    [
        ("at", ("relance-1 + 5 business days",), "relance-1 + 5 business days", "relance-1 + 5 jours ouvrés"),
        ("at", ("relance-1 + 1 month, end of month", None), "relance-1 + 1 month, end of month", "relance-1 + 1 mois, fin de mois"),
        ("at", ("relance-1 + 01 days",), "relance-1 + 01 days", "relance-1 + 01 days"),  # not as the length is said: it stays as written
        ("at", ("J+5",), "J+5", "J+5"),
        ("repeat", ("8 days",), "repeated after 8 days", "répétée après 8 jours"),
        ("after", ("5 days",), "waits for 5 days", "attend 5 days"),  # a step of that name
        ("at_most", (1, ON), "one contact already, counted from 2026-03-01", "déjà un contact, compté à partir du 01/03/2026"),
        ("at_most", (2, ON), "2 contacts already, counted from 2026-03-01", "2 contacts déjà, comptés depuis le 01/03/2026"),
        ("at_most_by", (1, ("sms",), ON), "one contact by sms already, counted from 2026-03-01", "déjà un contact par SMS, compté à partir du 01/03/2026"),
        ("at_most_by", (2, ("call", "registered_letter", "sms"), ON), "2 contacts by call, registered letter, sms already, counted from 2026-03-01", "déjà 2 contacts par appel, lettre recommandée, SMS, comptés depuis le 01/03/2026"),
        ("condition", ("not offered",), "an offer was made before, and this step makes none again", "une proposition a déjà été faite, et cette étape n’en refait pas"),
        ("condition", ("balance",), "the condition balance does not hold", "la condition balance n’est pas vraie"),
        ("stopped", ("not offered",), "not offered", "not offered"),
        ("stopped", ("paid",), "paid", "payé"),
        ("held", ("not paid", None), "not paid", "not paid"),
    ],
)
def test_a_reason_in_two_languages(name, args, said_in_english, said_in_french):
    found = say(Reason(name, args))
    assert (str(found), said(found, "fr")) == (said_in_english, said_in_french)
