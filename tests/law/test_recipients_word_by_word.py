"""Who is written to in whose place, field by field: of each state the person, of a person what reaches him, of an estate its reader."""

from datetime import date

import pytest

from relance.law.recipients import Recipient, address_lines, estate, himself, person_named, readdressed, recipient, recipients, stopping
from relance.model import Address, Channel, Creditor, Debtor, Event, Facts

TOLD, ON = date(2026, 2, 10), date(2026, 3, 1)
HOME = Address(("3 rue des Lilas", "69003 Lyon"))
DEBTOR = Debtor("d", name="Camille Martin", kind="consumer", address=HOME, email="c@martin.example", phone="0612345678")
WHOM = {"name": "Claude Durand", "address": "12, rue Exemple, 69001 Lyon", "email": "c.durand@exemple.example"}
DURAND = Recipient("", "Claude Durand", Address(("12 rue Exemple", "69001 Lyon"), "FR"), "c.durand@exemple.example", None)


def facts(*told, debtor=DEBTOR):
    return Facts(Creditor("c"), debtor, (), tuple(Event(TOLD, "person.known", seq=at, data=data) for at, data in enumerate(told)))


def test_a_debtor_for_whom_nobody_stands_is_written_to_himself():
    assert recipients(facts(), ON) == (Recipient("", "Camille Martin", HOME, "c@martin.example", "0612345678"),)
    assert himself(facts(debtor=Debtor("d"))).name == "d"
    assert himself(facts(), "protected_person") == Recipient("protected_person", "Camille Martin", HOME, "c@martin.example", None)


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ("guardianship", (DURAND._replace(capacity="guardian"),)),
        ("minor", (DURAND._replace(capacity="representative"),)),
        ("counsel", (DURAND._replace(capacity="counsel"),)),
        ("curatorship", (Recipient("protected_person", "Camille Martin", HOME, "c@martin.example", None), DURAND._replace(capacity="curator"))),
        ("deceased", ()),
    ],
)
def test_who_is_written_to_of_each_state(state, found):
    told = facts({"state": state, **WHOM})
    assert recipients(told, ON) == found
    assert stopping(told, ON) == (None if found else state)
    for each in found:
        assert recipient(told, ON, each.capacity) == each
    assert recipient(told, ON, "heir") == (himself(told) if state != "deceased" else DURAND._replace(capacity="heir"))


def test_two_states_or_a_person_who_cannot_be_named_stop_the_ladder():
    both = facts({"state": "guardianship", **WHOM}, {"state": "counsel", **WHOM})
    assert recipients(both, ON) == ()
    assert stopping(both, ON) in ("guardianship", "counsel")
    unnamed = facts({"state": "guardianship"})
    assert (recipients(unnamed, ON), stopping(unnamed, ON)) == ((), "guardianship")


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (WHOM, DURAND),
        (WHOM | {"country": "BE"}, DURAND._replace(address=Address(DURAND.address.lines, "BE"))),
        (WHOM | {"address": ""}, DURAND._replace(address=None)),
        (WHOM | {"email": ""}, DURAND._replace(email=None)),
        ({"name": "Claude Durand"}, None),
        ({"address": "1 rue A, 69001 Lyon"}, None),
        (WHOM | {"name": None}, None),
    ],
)
def test_a_person_is_named_with_an_address_or_a_mailbox(data, found):
    assert person_named(Event(TOLD, "person.known", data=data)) == found


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("12, rue Exemple, 69001 Lyon", ("12 rue Exemple", "69001 Lyon")),
        ("12 bis, rue Exemple,69001 Lyon", ("12 bis rue Exemple", "69001 Lyon")),
        ("12 TER, rue Exemple", ("12 TER rue Exemple",)),
        ("Résidence Bel Air, 12, rue Exemple", ("Résidence Bel Air", "12 rue Exemple")),
        ("a\nb, , c", ("a", "b", "c")),
        ("", ()),
    ],
)
def test_an_address_on_one_line_is_cut_at_its_commas(text, lines):
    assert address_lines(text) == lines


@pytest.mark.parametrize(
    ("state", "role", "reader"),
    [("deceased", None, "heir"), ("deceased", "notary", "notary"), ("guardianship", None, None)],
)
def test_who_is_written_to_of_an_estate(state, role, reader):
    told = facts({"state": state, **WHOM, "role": role})
    assert estate(told, ON) == (None if reader is None else DURAND._replace(capacity=reader))
    assert estate(facts({"state": "deceased"}), ON) is None
    assert estate(told, date(2026, 2, 9)) is None
    if reader is not None:
        assert recipient(told, ON, reader) == DURAND._replace(capacity=reader)


def test_what_was_made_for_somebody_else_says_who_is_written_to_now():
    told = facts({"state": "guardianship", **WHOM})
    assert readdressed(Channel.EMAIL, "", told, ON) == "it is Claude Durand that is written to now"
    assert readdressed(Channel.EMAIL, "guardian", told, ON) is None
    assert readdressed(Channel.TASK, "", told, ON) is None
    assert readdressed(Channel.EMAIL, "", told, date(2026, 2, 9)) is None
    assert readdressed(Channel.EMAIL, "", facts({"state": "deceased"}), ON) is None  # its stop says it


@pytest.mark.parametrize(
    ("channel", "needs"),
    [(Channel.EMAIL, "email"), (Channel.ELECTRONIC_REGISTERED_LETTER, "email"), (Channel.LETTER, "address"), (Channel.REGISTERED_LETTER, "address"), (Channel.SMS, "phone"), (Channel.CALL, "phone")],
)
def test_what_a_channel_needs_to_reach_somebody(channel, needs):
    assert himself(facts()).reached_by(channel)
    assert not himself(facts())._replace(**{needs: None}).reached_by(channel)
    assert Recipient("", "x").reached_by(Channel.TASK)
