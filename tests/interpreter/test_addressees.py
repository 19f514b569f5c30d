"""Whose mailbox and whose attention, by role: the reading of `addressee.named` on a day, without a letter set."""

from dataclasses import replace
from datetime import date

import pytest
from test_edges_of_states import day, numbered
from test_what_the_journal_keeps import PLAIN

from relance.interpreter.addressees import Addressee, addressed, addressees, copies, mailbox_missing, no_copy
from relance.model import Address, Channel, Creditor, Debtor, Facts

HOME = Address(("3 rue des Lilas", "1000 Bruxelles"), "BE")
DEBTOR = Debtor("d", name="Durand SARL", kind="business", address=HOME, email="contact@durand.example")
MIRAIL = {"role": "accounting", "name": "Mme Mirail", "email": "mirail@durand.example"}
REY = {"role": "salesman", "name": "Paul Rey", "email": "rey@atelier.example"}


def facts_of(*words, debtor=DEBTOR):
    return Facts(Creditor("c"), debtor, (), numbered(*((on, kind, data, None) for on, kind, data in words)))


def named(data, on="01-05", kind="addressee.named"):
    return (on, kind, data)


@pytest.mark.parametrize(
    ("words", "on", "known"),
    [
        ([], "03-01", {}),
        ([named(MIRAIL)], "01-04", {}),
        ([named(MIRAIL)], "01-05", {"accounting": Addressee("accounting", "Mme Mirail", "mirail@durand.example")}),
        ([named({"role": "director"})], "03-01", {"director": Addressee("director")}),
        ([named(MIRAIL), named(MIRAIL, "02-01", "addressee.ended")], "03-01", {}),
        ([named(MIRAIL, "02-01", "addressee.ended")], "03-01", {}),
        ([named(MIRAIL), named({"role": "accounting", "name": "M. Sol"}, "02-01")], "03-01", {"accounting": Addressee("accounting", "M. Sol", "")}),
        ([("01-04", "payment.received", {"role": "legal", "name": "x"}), named(MIRAIL)], "03-01", {"accounting": Addressee("accounting", "Mme Mirail", "mirail@durand.example")}),
        ([named({"name": "x"})], "03-01", {"": Addressee("", "x")}),
    ],
)
def test_who_has_each_role_on_a_day(words, on, known):
    assert addressees(facts_of(*words).events, day(on)) == known


MAIL = replace(PLAIN, on=date(2026, 3, 1), to_role="accounting", language="fr")
LETTER = replace(MAIL, channel=Channel.LETTER)


@pytest.mark.parametrize(
    ("action", "words", "email", "lines"),
    [
        (MAIL, [named(MIRAIL)], "mirail@durand.example", HOME.lines),
        (MAIL, [], None, HOME.lines),  # nobody else's mailbox
        (MAIL, [named(MIRAIL | {"email": ""})], None, HOME.lines),
        (replace(MAIL, channel=Channel.ELECTRONIC_REGISTERED_LETTER), [named(MIRAIL)], "mirail@durand.example", ("À l’attention de Mme Mirail", *HOME.lines)),
        (replace(MAIL, channel=Channel.SMS), [named(MIRAIL)], "contact@durand.example", HOME.lines),
        (replace(MAIL, to_role=""), [named(MIRAIL)], "contact@durand.example", HOME.lines),
        (replace(MAIL, to_role="director"), [named(MIRAIL)], None, HOME.lines),
        (LETTER, [named(MIRAIL)], "contact@durand.example", ("À l’attention de Mme Mirail", *HOME.lines)),
        (LETTER, [], "contact@durand.example", ("À l’attention du service comptabilité", *HOME.lines)),
        (replace(LETTER, language="en"), [named(MIRAIL)], "contact@durand.example", ("For the attention of Mme Mirail", *HOME.lines)),
        (replace(LETTER, language="de"), [], "contact@durand.example", ("For the attention of the accounts department", *HOME.lines)),
        (replace(LETTER, to_role="legal", language="en"), [named(MIRAIL)], "contact@durand.example", ("For the attention of the legal department", *HOME.lines)),
    ],
)
def test_a_message_goes_to_the_mailbox_or_for_the_attention_of_its_role(action, words, email, lines):
    to = addressed(action, facts_of(*words))
    assert (to.name, to.email, to.address) == ("Durand SARL", email, Address(lines, "BE"))


def test_who_has_no_address_gets_no_line_and_a_consumer_has_no_people():
    assert addressed(LETTER, facts_of(named(MIRAIL), debtor=replace(DEBTOR, address=None))).address is None
    consumer = facts_of(named(MIRAIL), named(REY), debtor=replace(DEBTOR, kind="consumer"))
    assert addressed(MAIL, consumer).email == "contact@durand.example"
    assert [each.role for each in copies(replace(MAIL, cc=("accounting", "salesman")), consumer)] == ["salesman"]


@pytest.mark.parametrize(
    ("words", "to_role", "email"),
    [
        ([named(MIRAIL)], "", "mirail@durand.example"),  # the debtor himself, by the only mailbox of his house
        ([named({"role": "director", "email": "chef@durand.example"}), named(MIRAIL)], "", "mirail@durand.example"),  # in the order of the roles
        ([named({"role": "accounting", "name": "M. Sol"}), named({"role": "legal", "email": "droit@durand.example"})], "", "droit@durand.example"),
        ([named(REY)], "", None),  # the creditor's salesman is a third party to the debt
        ([named(MIRAIL)], "accounting", "mirail@durand.example"),
        ([named(MIRAIL)], "director", None),  # a role that was asked for is not another
    ],
)
def test_who_has_no_mailbox_of_his_own_is_written_to_at_that_of_his_house(words, to_role, email):
    facts = facts_of(*words, debtor=replace(DEBTOR, email=None))
    assert addressed(replace(MAIL, to_role=to_role), facts).email == email
    assert addressed(replace(MAIL, to_role=to_role), replace(facts, debtor=replace(facts.debtor, kind="consumer"))).email is None


def test_nobody_gets_a_copy_of_what_he_gets():
    facts = facts_of(named(MIRAIL), named(REY), debtor=replace(DEBTOR, email=None))
    assert [each.role for each in copies(replace(MAIL, to_role="", cc=("accounting", "salesman")), facts)] == ["salesman"]
    assert [each.role for each in copies(replace(MAIL, cc=("accounting", "salesman")), facts)] == ["salesman"]


def test_who_stands_for_the_debtor_is_written_to_himself_and_nobody_gets_a_copy():
    guardian = {"state": "guardianship", "name": "Mme Roux", "email": "roux@tutelle.example"}
    told = facts_of(named(MIRAIL), named(REY), ("02-01", "person.known", guardian))
    action = replace(MAIL, capacity="guardian", cc=("salesman",))
    assert (addressed(action, told).name, addressed(action, told).email) == ("Mme Roux", "roux@tutelle.example")
    assert (copies(action, told), no_copy(action, told), mailbox_missing(action, told)) == ((), "", None)


@pytest.mark.parametrize(
    ("action", "got", "said"),
    [
        (replace(MAIL, to_role="", cc=("salesman", "accounting")), ["rey@atelier.example", "mirail@durand.example"], ""),
        (replace(MAIL, cc=("director",)), [], "no copy, for want of an e-mail address: director"),
        (replace(MAIL, cc=("director", "salesman", "legal")), ["rey@atelier.example"], "no copy, for want of an e-mail address: director, legal department"),
        (replace(MAIL, cc=()), [], ""),
        (replace(LETTER, cc=("salesman", "director")), [], ""),  # of an e-mail only
    ],
)
def test_who_gets_a_copy_and_who_gets_none_for_want_of_a_mailbox(action, got, said):
    facts = facts_of(named(MIRAIL), named(REY))
    assert ([each.email for each in copies(action, facts)], str(no_copy(action, facts))) == (got, said)


def test_a_copy_goes_to_whom_the_data_name_on_its_day():
    assert not copies(replace(MAIL, cc=("accounting",), on=date(2026, 1, 4)), facts_of(named(MIRAIL)))


@pytest.mark.parametrize(
    ("action", "words", "missing"),
    [
        (MAIL, [], True),
        (MAIL, [named(MIRAIL)], False),
        (replace(MAIL, on=date(2026, 1, 4)), [named(MIRAIL)], True),
        (replace(MAIL, to_role=""), [], False),
        (replace(MAIL, channel=Channel.ELECTRONIC_REGISTERED_LETTER), [], True),
        (LETTER, [], False),
        (replace(MAIL, channel=Channel.SMS), [], False),
    ],
)
def test_a_role_without_a_mailbox_is_said(action, words, missing):
    said = "debtor: no e-mail address is known of his accounts department: record addressee.named"
    assert mailbox_missing(action, facts_of(*words)) == (said if missing else None)
    assert mailbox_missing(action, facts_of(*words, debtor=replace(DEBTOR, kind="consumer", email=None))) is None
