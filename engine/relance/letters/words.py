"""What a page adds to a wording: "Objet", "Page 1 sur 2", the sender's block and the company line, in each language.

Owns what belongs to the layout and to no author. A language it does not know reads as English.
"""

from __future__ import annotations

from collections.abc import Mapping

from relance.letters.fields import Party

WORDS: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "subject": "Objet :",
        "reference": "Nos références :",
        "debtor_siren": "SIREN du destinataire :",
        "page": "Page",
        "of": "sur",
        "to_carry": "À reporter",
        "carried": "Report",
        "date": "{place}, le {day}",
        "date_alone": "Le {day}",
        "qr": "Pour payer, visez ce code avec l’application de votre banque : le bénéficiaire, l’IBAN, le montant et la référence sont déjà remplis.",
        "qr_alt": "Code QR de virement SEPA de {amount} à {name}, IBAN {iban}, référence {reference}",
        "logo_alt": "Logo de {name}",
        "registered_letter": "Lettre recommandée avec avis de réception",
        "electronic_registered_letter": "Lettre recommandée électronique",
        "capital": "au capital de {capital}",
        "phone": "Tél.",
    },
    "en": {
        "subject": "Subject:",
        "reference": "Our reference:",
        "debtor_siren": "Your SIREN:",
        "page": "Page",
        "of": "of",
        "to_carry": "Carried forward",
        "carried": "Brought forward",
        "date": "{place}, {day}",
        "date_alone": "{day}",
        "qr": "To pay, scan this code with your bank’s app: beneficiary, IBAN, amount and reference are filled in already.",
        "qr_alt": "QR code for a SEPA transfer of {amount} to {name}, IBAN {iban}, reference {reference}",
        "logo_alt": "Logo of {name}",
        "registered_letter": "Registered letter with acknowledgement of receipt",
        "electronic_registered_letter": "Electronic registered letter",
        "capital": "share capital {capital}",
        "phone": "Tel.",
    },
}


def words(language: str) -> Mapping[str, str]:
    """Return the layout's words in a language."""
    return WORDS.get(language, WORDS["en"])


def sender_lines(sender: Party, says: Mapping[str, str]) -> list[str]:
    """Return the block at the top left: name, address, telephone, e-mail."""
    phone = f"{says['phone']} {sender.phone}" if sender.phone else ""
    return [line for line in (sender.name, *sender.address_lines, phone, sender.email, sender.website) if line]


def footer_of(sender: Party, says: Mapping[str, str]) -> str:
    """Return the line a company's papers carry (C. com. R123-237, R123-238): name, form, capital, register, VAT number."""
    form = " ".join(part for part in (sender.legal_form, says["capital"].format(capital=sender.capital) if sender.capital else "") if part)
    register = sender.rcs or (f"SIREN {sender.siren}" if sender.siren else "")
    return " – ".join(part for part in (sender.name, form, sender.address, register, sender.vat) if part)
