"""An assigned claim: its debtor is told in the first message, in no other, and nothing is asked of him without (C. civ. 1324)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from relance.factcheck import check, known_of
from relance.importers.columns import ColumnMapping
from relance.importers.rows import invoice_of
from relance.law.assignment import Assignment, assignment_of
from relance.letters import sample
from relance.letters.document import Studio
from relance.letters.wording import Templates, WordingError
from relance.model import Channel, Event, Tone
from relance.run.precautions import assignment_is_untold

TERMS = {"assignor": "Salle Forme SAS", "assigned_on": "2026-02-10"}


def bought(*, told=None, before=None, channel=Channel.LETTER, template="cession", consumer=True, language="fr", tone=Tone.NEUTRAL):
    facts = sample.facts(consumer=consumer)
    claim = replace(facts.invoices[0], terms=TERMS | ({"assignment_told": told} if told else {}))
    events = tuple(event for event in facts.events if event.kind == "payment.received")
    if before is not None:
        events = (*events, Event(date(2026, 2, 21), "action.emitted", claim.id, None, 5, {"id": "x1", "playbook": "p", "step": "s", "channel": before, "case": claim.id, "invoices": (claim.id,)}))
        if before is Channel.CALL:
            events = (*events, Event(date(2026, 2, 21), "action.executed", claim.id, None, 6, {"id": "x1"}))
    facts = replace(facts, invoices=(claim,), events=events)
    blank = sample.action(facts, channel=channel, tone=tone, language=language, template=template)
    return replace(blank, claimed=sample.asked_of(facts, blank.invoices, blank.on, ())), facts


def read(action, facts):
    with Studio(writing=sample.writing(agency=False)) as studio:
        text, context = studio.text([action], facts)
        return text.plain(10_000).replace("\u202f", " ").replace("\xa0", " "), {each.code for each in check(studio.finished(text, context, [action]), known_of([action], facts))}


@pytest.mark.parametrize("consumer", [True, False])
@pytest.mark.parametrize(("language", "says"), [("fr", "La présente vaut notification de cette cession (article 1324 du code civil)"), ("en", "notice of that assignment (article 1324")])
@pytest.mark.parametrize("tone", [Tone.COURTEOUS, Tone.NEUTRAL])
def test_the_notice_names_assignor_and_day_and_holds_against_the_facts(consumer, language, says, tone):
    text, codes = read(*bought(consumer=consumer, language=language, tone=tone))
    assert codes == set()
    assert says in text
    assert "Salle Forme SAS" in text
    assert ("10 février 2026" if language == "fr" else "10 February 2026") in text
    assert ("article 14" in text) is consumer


def test_a_letter_about_two_invoices_says_which_was_assigned():
    action, facts = bought(told="2026-02-20")
    first, second = facts.invoices[0], sample.facts(invoices=2).invoices[1]
    facts = replace(facts, invoices=(first, replace(second, terms={"assignor": "Énergie Bleue SA", "assigned_on": "2026-02-12"})))
    names = (first.id, second.id)
    text, codes = read(replace(action, invoices=names, claimed=sample.asked_of(facts, names, action.on, ())), facts)
    assert codes == set()
    assert "Énergie Bleue SA a cédé à Atelier du Rhône SARL sa créance au titre de F-2026-002, avec ses accessoires." in text
    assert "Salle Forme SAS a cédé" not in text
    assert "des précédents créanciers, Salle Forme SAS et Énergie Bleue SA, vos nom" in text


@pytest.mark.parametrize(("made", "refused"), [
    ({"template": "relance-1"}, True), ({"template": "relance-1", "before": Channel.LETTER}, False), ({"template": "relance-1", "before": Channel.EMAIL}, False),
    ({"template": "relance-1", "before": Channel.CALL}, True), ({"template": "relance-1", "told": "2026-02-20"}, False), ({"template": "cession"}, False),
])  # fmt: skip
def test_no_message_asks_an_assigned_claim_before_its_debtor_was_told(made, refused):
    _, codes = read(*bought(consumer=False, **made))
    assert ("PB614" in codes) is refused


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("before", [Channel.REGISTERED_LETTER, None])
def test_one_who_was_told_is_not_told_again(before, language):
    text, codes = read(*bought(before=before, language=language))
    assert codes == set()
    now = ("vaut notification", "donc désormais", "recevoir cette lettre", "from now on", "received this letter")
    again = ("Nous vous rappelons que", "avant d’avoir connaissance de la cession", "We remind you that", "before you were told of the assignment")
    assert any(each in text for each in now) is (before is None)
    assert any(each in text for each in again) is (before is not None)


@pytest.mark.parametrize(("channel", "before", "asks"), [(Channel.CALL, None, True), (Channel.CALL, Channel.LETTER, False), (Channel.HANDOVER, None, True), (Channel.LETTER, None, False)])
def test_a_call_or_hand_over_about_an_untold_assignment_waits_for_a_person(channel, before, asks):
    action, facts = bought(before=before, channel=Channel.LETTER)
    why = assignment_is_untold([facts])(replace(action, channel=channel))
    assert (why is not None) is asks


def test_what_was_paid_to_the_assignor_lowers_the_claim_as_any_payment():
    action, _ = bought()
    assert action.claimed.principal == Decimal("1000.00")  # 200.00 of 1,200.00 came in


@pytest.mark.parametrize(("terms", "found"), [
    (TERMS, Assignment("Salle Forme SAS", date(2026, 2, 10))), ({"assignor": "A"}, None), ({"assigned_on": "2026-02-10"}, None), ({"assignor": "A", "assigned_on": "hier"}, None), ({}, None),
])  # fmt: skip
def test_an_assignment_has_an_assignor_and_a_day(terms, found):
    assert assignment_of(replace(sample.facts().invoices[0], terms=terms)) == found


@pytest.mark.parametrize(("said", "half"), [(TERMS, False), ({}, False), ({"assignor": "A"}, True), ({"assigned_on": "2026-02-10"}, True), ({"assignment_told": "2026-02-10"}, True), (TERMS | {"assignment_told": "2026-02-12"}, False)])
def test_half_an_assignment_is_refused_in_a_file_of_invoices(said, half):
    """Read as none, its debtor would be asked by who is a stranger to him."""
    row = {"id": "F-1", "due": date(2026, 3, 2)} | said
    if half:
        with pytest.raises(ValueError, match="without its assignor or its day"):
            invoice_of(row, Decimal(100), "EUR", ColumnMapping())
    else:
        assert invoice_of(row, Decimal(100), "EUR", ColumnMapping()).terms == said


def test_a_notice_of_an_assignment_is_not_made_where_no_invoice_names_one():
    """It would be a reminder of a stranger, and count as the notice; beside it the same wording about a bought claim is made."""
    action, facts = bought()
    without = replace(facts, invoices=tuple(replace(invoice, terms={}) for invoice in facts.invoices))
    with Studio(writing=sample.writing(agency=False)) as studio:
        refused, made = studio.make([action], without), studio.make([action], facts)
        assert refused.house
        assert "give them `assignor` and `assigned_on`" in (refused.missing or "")
        assert not refused.files
        assert made.missing is None
        assert made.files
        assert studio.make([replace(action, template="relance-1")], without).missing is None


def test_a_wording_needs_only_what_there_is_to_need(tmp_path):
    place = tmp_path / "fr" / "avis" / "letter.md.j2"
    place.parent.mkdir(parents=True)
    place.write_text("---\nsubject: Avis\nneeds: [assignments, tout]\n---\nBonjour.\n")
    with pytest.raises(WordingError, match="cannot need 'tout'"):
        Templates(tmp_path).find("avis", Channel.LETTER, "fr")
