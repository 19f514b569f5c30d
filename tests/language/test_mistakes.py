"""Sixty mistakes of French authors, scored: 3 for the line, the cause and the way out; 2 without one of the two; 1 for the line alone."""

import re

import pytest

from relance.language import load_playbook_text
from relance.language.parse import UNITS
from relance.language.vocabulary import folded, known, meant, opposites, words_meant
from relance.model import BOUNDS, WORLD_ANCHORS, Channel, Tone

TEXT = """\
schema: 1
playbook: garage
version: 1
title: Relances de l'été
debtor: business
calendar: {holidays: FR}
contact: {min_gap: 5 days}
min_balance: "10.00"
steps:
  - id: rappel
    at: J+4
    channels: [email]
    fallback: {email: letter}
    tone: courteous
  - id: telephone
    at: rappel + 6 business days
    if: {balance: {at_least: "300.00"}}
    channels: [call]
    fallback: {call: email}
    tone: courteous
  - id: mise-en-demeure
    kind: formal_notice
    at: J+40
    after: [rappel]
    channels: [registered_letter]
    tone: formal
    grants: 15 days
    claim: [late_interest, fixed_indemnity]
    approval: required
"""
NUMBERED = TEXT.split("\n")


def line(number, text):
    """Write another text on a line."""
    return lambda: "\n".join([*NUMBERED[: number - 1], text, *NUMBERED[number:]])


#: Name → the file, the line that is to blame, what must be said of the cause, and of the way out; None: it is lawful.
MISTAKES = {
    # keys and words
    "key misspelt": (line(12, "    chanels: [email]"), 12, "chanels", '"channels"'),
    "key in French": (line(12, "    canaux: [email]"), 12, "canaux", '"channels"'),
    "tone's key in French": (line(14, "    ton: courteous"), 14, "ton", '"tone"'),
    "condition in French": (line(17, '    si: {balance: {at_least: "300.00"}}'), 17, "si", '"if"'),
    "fact in French": (line(17, '    if: {solde: {at_least: "300.00"}}'), 17, "solde", '"balance"'),
    "bound in French": (line(17, '    if: {balance: {au_moins: "300.00"}}'), 17, "au_moins", '"at_least"'),
    "steps in French": (line(9, "étapes:"), 9, "étapes", '"steps"'),
    "title in French": (line(4, "titre: Relances"), 4, "titre", '"title"'),
    "approval in French": (line(29, "    validation: required"), 29, "validation", '"approval"'),
    "notice in French": (line(22, "    kind: mise en demeure"), 22, "mise en demeure", '"formal_notice"'),
    "tone in French": (line(14, "    tone: courtois"), 14, "courtois", '"courteous"'),
    "debtor in French": (line(5, "debtor: professionnel"), 5, "professionnel", '"business"'),
    "courriel": (line(12, "    channels: [courriel]"), 12, "courriel", '"email"'),
    "mail": (line(12, "    channels: [mail]"), 12, "mail", '"email"'),
    "recommandé": (line(25, "    channels: [recommandé]"), 25, "recommandé", '"registered_letter"'),
    "lrar": (line(25, "    channels: [LRAR]"), 25, "LRAR", '"registered_letter"'),
    "téléphone": (line(18, "    channels: [téléphone]"), 18, "téléphone", '"call"'),
    "claim in French": (line(28, "    claim: [pénalités de retard]"), 28, "pénalités", '"late_interest"'),
    "weekday": (line(6, "calendar: {holidays: FR, weekend: [samedi]}"), 6, "samedi", '"saturday"'),
    "upper-case id": (line(21, "  - id: Mise-En-Demeure"), 21, "not an id", "mise-en-demeure"),
    "accented id": (line(15, "  - id: téléphone"), 15, "not an id", "write telephone"),
    # days
    "business days": (line(16, "    at: rappel + 6 jours ouvrés"), 16, "no date", "rappel \\+ 6 business days"),
    "days in French": (line(16, "    at: rappel + 6 jours"), 16, "no unit", '"6 days"'),
    "due date": (line(11, "    at: échéance + 4 jours"), 11, "no date", "due \\+ 4 days"),
    "payment": (line(16, "    at: paiement + 3 days"), 16, "no step", '"payment.received"'),
    "due without accents": (line(16, "    at: echeance + 3 days"), 16, "no step", '"due"'),
    "small j": (line(11, "    at: j+4"), 11, "no date", "J\\+4"),
    "long minus": (line(11, "    at: J\N{MINUS SIGN}4"), 11, "no date", "J-4"),
    "J and business days": (line(11, "    at: J+4 jours ouvrés"), 11, "no date", "due \\+ 4 business days"),
    "no anchor": (line(11, "    at: 4 jours"), 11, "from when", "due \\+ 4 days"),
    "calendar day": (line(23, "    at: 2026-04-01"), 23, "day of the calendar", "J\\+14"),
    "step renamed": (line(10, "  - id: premier-rappel"), 16, "rappel", "premier-rappel"),
    "duration in French": (line(27, "    grants: 8 jours ouvrés"), 27, "no duration", "8 business days"),
    "short duration": (line(27, "    grants: 8j"), 27, "no unit", '"8 days"'),
    # numbers and kinds
    "amount without quotes": (line(17, "    if: {balance: {at_least: 300.00}}"), 17, "number", '"300.00" in quotes'),
    "decimal comma in braces": (line(17, "    if: {balance: {at_least: 300,00}}"), 17, "comma", '"300.00"'),
    "cents that count": (line(17, "    if: {balance: {at_least: 300,50}}"), 17, "comma", '"300.50"'),
    "decimal comma": (line(8, 'min_balance: "10,00"'), 8, "no amount", '"10.00"'),
    "euro sign": (line(8, "min_balance: 10 €"), 8, "no amount", '"10"'),
    "version with a point": (line(3, "version: 1.0"), 3, "whole number", "write 1$"),
    "version as text": (line(3, 'version: "1.0"'), 3, "whole number", "write 1$"),
    "half a contact": (line(7, "contact: {at_most: {contacts: 2.5, within: 7 days}}"), 7, "whole number", None),
    "yes": (line(29, "    approval: yes"), 29, "yes", '"required"'),
    "oui": (line(29, "    approval: oui"), 29, "oui", '"required"'),
    "once: oui": (line(14, "    tone: courteous\n    once: oui"), 15, "true or false", "write true"),
    "channels as text": (line(12, "    channels: email, letter"), 12, "list", "\\[email, letter\\]"),
    "comparison": (line(17, "    if: balance >= 300"), 17, "mapping", 'at_least: "300"'),
    "comparison in French": (line(17, "    if: solde > 300,50 €"), 17, "mapping", '{balance: {more_than: "300.50"}}'),
    "fallback as a list": (line(13, "    fallback: [letter]"), 13, "mapping", "{email: letter}"),
    "repeat as a number": (line(14, "    tone: courteous\n    repeat: 3"), 15, "mapping", "every"),
    # the text
    "indented too little": (line(11, "   at: J+4"), 11, "line up", "4 spaces"),
    "tab": (line(11, "\tat: J+4"), 11, "tab", "spaces"),
    "no space behind the colon": (line(26, "    tone:formal"), 26, "space is missing", "tone: formal"),
    "quote left open": (line(4, 'title: "Relances de l\'été'), 4, "never closed", "close them"),
    "two colons": (line(4, "title: Relances: été"), 4, 'second ":"', "quotes"),
    "no-break space": (line(26, "    tone\N{NO-BREAK SPACE}: formal"), 26, "no-break space", "tone:"),
    "dash missing": (line(15, "    id: telephone"), 15, "new item", "- id"),
    "key twice": (line(14, "    tone: courteous\n    tone: firm"), 15, "twice", "keep one"),
    "merge markers": (line(14, "<<<<<<< HEAD\n    tone: firm\n=======\n    tone: neutral\n>>>>>>> autre"), 14, "merged", "keep one"),
    "two documents": (line(29, "    approval: required\n---"), 30, "second document", "---"),
    "hours without quotes": (line(7, "contact: {min_gap: 5 days, hours: {call: 09:00-18:00}}"), None, None, None),
    "line ends of Windows": (lambda: TEXT.replace("\n", "\r\n"), None, None, None),
}


def findings(name):
    _, found = load_playbook_text(MISTAKES[name][0](), "garage.yaml")
    return found


def score(name):
    _, at, cause, way = MISTAKES[name]
    found = findings(name)
    if at is None:
        return 0 if found else 3
    here = [finding for finding in found if finding.line == at]
    if not here:
        return 0
    said = [any(re.search(wanted, f"{one.message}\n{one.hint or ''}", re.MULTILINE) for one in here) for wanted in (cause, way) if wanted]
    return 1 + sum(said) + (1 if way is None else 0)


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_with_its_place_cause_and_way_out(name):
    assert score(name) == 3, [(one.line, one.message, one.hint) for one in findings(name)]


@pytest.mark.parametrize("name", [name for name, (_, at, *_) in MISTAKES.items() if at is not None and name != "step renamed"])
def test_one_mistake_is_one_message(name):
    assert len({(one.line, one.column) for one in findings(name)}) == 1


def test_nobody_is_asked_to_keep_one_of_two_steps():
    assert all("keep one" not in (one.hint or "") for one in findings("dash missing"))


@pytest.mark.parametrize("pair", sorted(map(sorted, opposites())))
def test_no_way_out_says_the_contrary(pair):
    assert meant(pair[0], [pair[1]]) is None
    assert meant(pair[1], [pair[0]]) is None


@pytest.mark.parametrize(
    ("written", "among", "word"),
    [
        ("paiement", WORLD_ANCHORS, "payment.received"),
        ("payment.reversed", WORLD_ANCHORS, "payment.reversed"),
        ("jours ouvrables", UNITS, None),  # Monday to Saturday: no unit of the language
        ("heures", UNITS, None),
        ("at_lest", BOUNDS, "at_least"),
        ("at_mots", BOUNDS, "at_most"),
        ("at", BOUNDS, None),
        ("Recommande", list(Channel), "registered_letter"),
        ("E-Mail", list(Channel), "email"),
        ("pigeon", list(Channel), None),
        ("formelle", list(Tone), "formal"),
    ],
)
def test_what_is_meant(written, among, word):
    assert meant(written, [str(each) for each in among]) == word


def test_an_accent_may_be_the_whole_difference():
    facts = ("balance", "paid")
    assert (meant("solde", facts), meant("soldé", facts), meant("soldée", facts)) == ("balance", "paid", "paid")


def test_every_word_of_the_table_is_found_with_and_without_its_accents():
    assert all(known(word) is not None and known(folded(word)) is not None for word in words_meant())
