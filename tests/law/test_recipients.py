"""To whom one writes instead: who gets each message, in which capacity, what it says; and when nobody does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from relance.factcheck import check
from relance.factcheck.known import known_of
from relance.interpreter.case_history import case_history
from relance.interpreter.debtor import look
from relance.interpreter.emission import emission, happened
from relance.interpreter.snapshot import reachable
from relance.journal.event_types import build
from relance.language import library, load_playbook
from relance.law.recipients import address_lines, estate, readdressed, recipients, stopping
from relance.letters.context import Writing
from relance.letters.document import Studio, group_messages
from relance.letters.estate import statement_of
from relance.letters.sample import writing as sample_paper
from relance.model import Address, Channel, Creditor, Debtor, Event, Facts, Invoice, Sender
from relance.portfolio.routing import only
from relance.run.unsent import unsent

NOTICE = date(2026, 3, 19)
CREDITOR = Creditor(
    "a", name="Atelier SARL", kind="business", siren="000987651", address=Address(("12 quai des Brotteaux", "69006 Lyon")), email="compta@atelier.example",
    iban="FR7630006000011234567890189", terms={"mediator": "CM2C, 49 rue de Ponthieu, 75008 Paris"},
)  # fmt: skip
INVOICE = Invoice("F-1", issued=date(2026, 1, 2), due=date(2026, 2, 2), amount=Decimal(1200), currency="EUR")
WHOM = {"name": "Claude Durand", "address": "12, rue Exemple, 69001 Lyon", "email": "c.durand@exemple.example"}
TOLD = date(2026, 2, 10)


def known(state, on=TOLD, **more):
    return Event(on, "person.known", data={"state": state, **more})


def facts(*events, kind="consumer", tags=()):
    address = Address(("3 rue des Lilas", "69003 Lyon"))
    debtor = Debtor("d", name="Camille Martin", kind=kind, country="FR", address=address, email="c@martin.example", phone="06 12 34 56 78", tags=tags)
    return Facts(CREDITOR, debtor, (INVOICE,), events)


def played(told, until=NOTICE, playbook="consommateur"):
    """Play a ladder forward day by day; return the actions of the last day and what was known before it."""
    book, _ = load_playbook(library.find(playbook), checks=False)
    on = date(2026, 2, 3)
    while True:
        made = look(book, told, on).actions
        if on == until:
            return made, told
        told = replace(told, events=told.events + tuple(event for action in made for event in happened(action)))
        on = date.fromordinal(on.toordinal() + 1)


@pytest.mark.parametrize(
    ("state", "capacities"),
    [("guardianship", ["guardian"]), ("minor", ["representative"]), ("counsel", ["counsel"]), ("curatorship", ["protected_person", "curator"])],
)
def test_the_notice_goes_to_who_stands_for_the_debtor_as_a_draft_that_names_him(state, capacities):
    made, told = played(facts(known(state, **WHOM)))
    assert [action.capacity for action in made] == capacities
    assert all(action.draft for action in made)
    assert len({action.id for action in made}) == len(made) == len({action.message for action in made})
    with Studio(writing=Writing()) as studio:
        for group in group_messages(made):
            document = studio.make(group, told)
            theirs = group[0].capacity != "protected_person"
            assert not document.missing
            assert document.to == (("Claude Durand", "12 rue Exemple", "69001 Lyon") if theirs else ("Camille Martin", "3 rue des Lilas", "69003 Lyon"))
            assert document.subject.startswith("Camille Martin – ") == theirs
            text, _ = studio.text(group, told)
            assert text.plain().startswith("Maître," if group[0].capacity == "counsel" else "Madame, Monsieur,")
            assert "Camille Martin" in text.plain() or not theirs


def test_a_copy_to_the_curator_is_no_earlier_message_of_its_own():
    made, told = played(facts(known("curatorship", **WHOM)))
    after = replace(told, events=told.events + tuple(event for action in made for event in happened(action)))
    (notice,) = case_history(after, date(2026, 4, 1), after.invoices).notices
    assert notice.act.capacity == "protected_person"
    assert len({(each.on, each.act.capacity) for each in case_history(after, date(2026, 4, 1), after.invoices).contacts if each.on == NOTICE}) == 1


@pytest.mark.parametrize("state", ["deceased", "over_indebtedness", "over_indebtedness_filed"])
def test_no_ladder_writes_to_an_estate_or_past_an_over_indebtedness(state):
    told = facts(known(state, **WHOM))
    assert recipients(told, TOLD) == ()
    assert stopping(told, TOLD) == state


@pytest.mark.parametrize(
    "more", [{}, {"name": "Claude Durand"}, {"address": "12 rue Exemple, 69001 Lyon"}], ids=["nobody", "no address", "no name"]
)
def test_whoever_is_not_named_with_an_address_is_not_written_to(more):
    assert stopping(facts(known("guardianship", **more)), TOLD) == "guardianship"


def test_two_states_a_tag_and_the_day_before():
    both = facts(known("guardianship", **WHOM), known("counsel", **WHOM))
    assert stopping(both, TOLD) == "guardianship"
    assert stopping(facts(tags=("tutelle",)), TOLD) == "guardianship"
    before = recipients(facts(known("guardianship", **WHOM)), date(2026, 2, 9))
    assert [each.capacity for each in before] == [""]
    ended = facts(known("counsel", **WHOM), Event(date(2026, 3, 1), "person.ended", data={"state": "counsel"}))
    assert [each.capacity for day in (date(2026, 2, 28), date(2026, 3, 1)) for each in recipients(ended, day)] == ["counsel", ""]


def test_a_sole_trader_is_written_to_himself():
    assert [each.capacity for each in recipients(facts(known("sole_trader", **WHOM)), TOLD)] == [""]


def test_only_the_debtor_whom_nobody_stands_for_is_called():
    told = facts(known("guardianship", **WHOM))
    reached = [channel for channel in Channel if reachable(told, channel, TOLD)]
    assert {Channel.CALL, Channel.SMS} & {*reached} == set()
    assert {Channel.EMAIL, Channel.REGISTERED_LETTER} <= {*reached}
    by_post = facts(known("curatorship", name="Claude Durand", address="12 rue Exemple, 69001 Lyon"))
    assert not reachable(by_post, Channel.EMAIL, TOLD)  # the curator could not get the copy
    assert reachable(by_post, Channel.LETTER, TOLD)


def test_a_text_that_does_not_say_for_whom_it_is_read_is_contradicted():
    (notice,), told = played(facts(known("guardianship", **WHOM)))
    with Studio(writing=Writing()) as studio:
        text, context = studio.text([notice], told)
        finished = studio.finished(text, context, [notice])
    assert check(finished, known_of([notice], told)) == ()
    mute = replace(finished, passages=tuple(each for each in finished.passages if not (isinstance(each, str) and "Camille Martin" in each)))
    assert [each.code for each in check(mute, known_of([notice], told))] == ["PB607"]
    astray = replace(finished, recipient=("Camille Martin", *finished.recipient[1:]))
    assert [each.code for each in check(astray, known_of([notice], told))] == ["PB607"]


def test_what_was_made_for_somebody_else_is_not_let_go():
    now = facts(known("guardianship", **WHOM))
    assert "Claude Durand" in str(readdressed(Channel.EMAIL, "", now, TOLD))
    assert readdressed(Channel.EMAIL, "guardian", now, TOLD) is None
    assert readdressed(Channel.TASK, "", now, TOLD) is None  # a task is of the house
    assert readdressed(Channel.EMAIL, "", now, date(2026, 2, 9)) is None
    assert readdressed(Channel.EMAIL, "", facts(known("guardianship")), TOLD) is None  # the ladder's stop says it


def test_a_run_withdraws_a_draft_to_the_debtor_once_a_guardian_is_known():
    book, _ = load_playbook(library.find("consommateur"), checks=False)
    (notice,), told = played(facts())
    waiting = replace(told, events=(*told.events, emission(notice, sent_by=Sender.RELANCE)))
    held = unsent([waiting], only(book), NOTICE, lambda _: ())
    assert not held.over
    moved = replace(waiting, events=(*waiting.events, known("guardianship", on=NOTICE, **WHOM)))
    ((_, act, why),) = unsent([moved], only(book), NOTICE, lambda _: ()).over
    assert (act.id, "Claude Durand" in why) == (notice.id, True)


# --------------------------------------------------------------------------- an estate


@pytest.mark.parametrize("agency", [False, True])
@pytest.mark.parametrize(("role", "says"), [("notary", "Maître,"), ("heir", "condoléances"), (None, "condoléances")])
def test_an_estate_is_told_the_principal_and_nothing_is_put_on_its_reader(role, says, agency):
    told = facts(known("deceased", **WHOM, **({"role": role} if role else {})))
    action = statement_of(told, "F-1", {"F-1"}, NOTICE)
    assert action is not None
    assert action.claimed.total == Decimal(1200)
    with Studio(writing=sample_paper(agency=True) if agency else Writing()) as studio:
        document = studio.make([action], told)
        text, _ = studio.text([action], told)
    assert not document.missing
    assert document.to[0] == "Claude Durand"
    assert document.subject == "Succession Camille Martin, créance au titre de la facture F-1"
    said = " ".join(text.plain().split())
    assert says in said
    assert "mettons en demeure" not in said
    assert ("pour votre part" in said) == (role != "notary")


def test_no_estate_letter_before_its_day_or_without_a_reader_or_a_debt():
    told = facts(known("deceased", **WHOM))
    assert statement_of(told, "F-1", {"F-1"}, date(2026, 2, 9)) is None
    assert statement_of(facts(known("deceased")), "F-1", {"F-1"}, NOTICE) is None
    paid = facts(known("deceased", **WHOM), Event(TOLD, "payment.received", "F-1", data={"amount": Decimal(1200)}))
    assert statement_of(paid, "F-1", {"F-1"}, NOTICE) is None
    assert estate(facts(known("guardianship", **WHOM)), NOTICE) is None


@pytest.mark.parametrize(("state", "role", "taken"), [("deceased", "notary", True), ("deceased", "heir", True), ("deceased", "cousin", False), ("counsel", "notary", False)])
def test_a_role_is_one_of_an_estate(state, role, taken):
    event, mistakes = build({"on": "2026-03-05", "event": "person.known", "state": state, "role": role})
    assert (event is not None) == taken == (not mistakes)


def test_a_house_number_stays_with_its_street():
    assert address_lines("12 bis, rue Exemple,\n69001 Lyon") == ("12 bis rue Exemple", "69001 Lyon")
    assert address_lines("") == ()
