"""What a judge reads of an action: French words for what the engine wrote, a person's own words as they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from relance.delivery.spoken import OUTCOMES
from relance.journal.chain import Entry
from relance.journal.event_types import KINDS, SCOPES, Scope
from relance.model import Channel, Sender
from relance.report import french
from relance.report.french import entry_in_words


def entry(kind: str, **data: object) -> Entry:
    return Entry("forge", 1, datetime(2026, 9, 22, 8, tzinfo=UTC), date(2026, 9, 22), "morel", None, "V-1", kind, data, "claire", "0")


def told(kind: str, channel: Channel, **data: object) -> str:
    about = entry("action.emitted", id="a1", step="un", channel=channel, **({} if channel is Channel.CALL else {"sent_by": Sender.RELANCE}))
    return entry_in_words(entry(kind, id="a1", **data), about=about)


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ("sent", "Envoyé — un, courriel"),
        ("sent; left out: plan.pdf", "Envoyé : left out: plan.pdf — un, courriel"),
        ("sent, a person says", "Envoyé : au dire d’une personne — un, courriel"),
        ("remis en main propre", "Envoyé : remis en main propre — un, courriel"),
    ],
)
def test_what_left_is_said_in_french(outcome, said):
    assert told("action.executed", Channel.EMAIL, outcome=outcome) == said


@pytest.mark.parametrize("words", sorted({words for words, _ in OUTCOMES.values()}))
def test_each_outcome_of_a_call_has_its_french(words):
    assert words not in told("action.executed", Channel.CALL, outcome=words)


def test_a_call_that_was_tried_is_no_sending():
    assert told("action.attempted", Channel.CALL).startswith("Appel tenté")
    assert told("action.attempted", Channel.EMAIL).startswith("Envoi tenté")


@pytest.mark.parametrize(
    ("field", "known", "given", "said"),
    [
        ("amount", "900.00", "700.00", "Facture F-1 : un fichier donne 700,00 € comme montant, au lieu de 900,00 €"),
        ("due", "2026-04-01", "2026-05-01", "Facture F-1 : un fichier donne 1er mai 2026 comme échéance, au lieu de 1er avril 2026"),
        ("document", "F-0", "F-9", "Facture F-1 : un fichier donne F-9 comme numéro de facture, au lieu de F-0"),
    ],
)
def test_a_file_that_holds_an_invoice_otherwise_is_said(field, known, given, said):
    line = entry_in_words(replace(entry("invoice.contradicted", field=field, known=known, given=given), invoice="F-1"))
    assert line.replace("\xa0", " ").replace("\u202f", " ") == f"{said} ; à vérifier avant tout envoi"


def test_own_fields_that_a_file_holds_otherwise_are_named():
    line = entry_in_words(replace(entry("invoice.contradicted", field="fields", known="formule, parrain", given="formule, parrain"), invoice="F-1"))
    assert line == "Facture F-1 : un fichier donne d’autres valeurs aux champs propres formule, parrain ; à vérifier avant tout envoi"


@pytest.mark.parametrize(
    ("offer", "said"),
    [
        ({"amount": "700.00", "share": "70"}, "Relance (offre) : lettre simple, offre de 700,00 CHF pour solde"),
        ({"amount": "900.00", "instalments": [{"on": "2026-10-01", "amount": "450.00"}, {"on": "2026-11-02", "amount": "450.00"}]}, "Relance (offre) : lettre simple, offre de 900,00 CHF en 2 versements"),
    ],
)
def test_what_a_message_offers_is_said_in_the_currency_of_its_claim(offer, said):
    line = entry_in_words(entry("action.emitted", step="offre", channel="letter", claimed={"currency": "CHF"}, offer=offer))
    assert line.replace("\xa0", " ").replace("\u202f", " ") == said


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        ("written_off", {"amount": Decimal("300.00")}, "Somme passée en perte : 300,00 €"),
        ("written_off", {}, "Créance passée en perte"),
        ("dispute.opened", {"amount": Decimal("200.00"), "reason": "casse"}, "Contestation reçue à hauteur de 200,00 € : casse"),
        ("dispute.opened", {"reason": "casse"}, "Contestation reçue : casse"),
    ],
)
def test_of_what_is_lost_or_contested_in_part_a_judge_reads_the_part(kind, data, said):
    assert entry_in_words(entry(kind, **data)).replace("\xa0", " ").replace("\u202f", " ") == said


@pytest.mark.parametrize(
    ("kind", "channel", "said"),
    [
        ("letter.returned", Channel.LETTER, "Lettre retournée — un, lettre simple"),
        ("letter.returned", Channel.REGISTERED_LETTER, "Lettre recommandée retournée — un, lettre recommandée"),
        ("letter.presented", Channel.LETTER, "Lettre présentée — un, lettre simple"),
    ],
)
def test_only_a_registered_letter_is_called_one(kind, channel, said):
    assert told(kind, channel).startswith(said)
    assert entry_in_words(entry(kind)) == ("Lettre retournée" if kind == "letter.returned" else "Lettre recommandée présentée")


def test_a_file_that_agrees_again_is_said():
    assert entry_in_words(replace(entry("invoice.agreed"), invoice="F-1")) == "Facture F-1 : un fichier confirme ce qui était enregistré"


def test_every_kind_about_an_invoice_or_a_debtor_has_a_sentence():
    told = {kind for kind, scope in SCOPES.items() if scope is not Scope.CREDITOR}
    assert told - french._SENTENCES.keys() == set()


def test_every_field_that_a_file_can_tell_otherwise_has_a_name():
    own = {"note"}
    assert set(KINDS["invoice.recorded"]) - own == set(french.FIELDS)
