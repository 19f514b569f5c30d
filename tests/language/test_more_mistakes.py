"""Mistakes of French lawyers that were written down before anybody looked at what is said of them; scored as those of test_mistakes."""

import re

import pytest
from tests.language.test_mistakes import TEXT, line

from relance.language import load_playbook_text

#: Name → the file, the line that is to blame, what must be said of the cause, and of the way out; None: it is lawful.
MISTAKES = {
    # who
    "a company": (line(5, "debtor: société"), 5, "société", '"business"'),
    "a private person": (line(5, "debtor: particulier"), 5, "particulier", '"consumer"'),
    "B2B": (line(5, "debtor: B2B"), 5, "B2B", '"business"'),
    "an administration": (line(5, "debtor: administration"), 5, "administration", '"public"'),
    "debtor in French": (line(5, "débiteur: business"), 5, "débiteur", '"debtor"'),
    # how it leaves
    "e-mail with a hyphen": (line(12, "    channels: [e-mail]"), 12, "e-mail", '"email"'),
    "an acknowledged letter": (line(25, "    channels: [lettre recommandée avec AR]"), 25, "lettre recommandée", '"registered_letter"'),
    "an electronic one": (line(25, "    channels: [LRE]"), 25, "LRE", '"electronic_registered_letter"'),
    "a text": (line(12, "    channels: [texto]"), 12, "texto", '"sms"'),
    "a bailiff as a channel": (line(25, "    channels: [commissaire de justice]"), 25, "commissaire de justice", '"handover"'),
    "two by a semicolon": (line(12, "    channels: [email; letter]"), 12, "email; letter", "email, letter"),
    "two by a word": (line(12, "    channels: email et letter"), 12, "list", r"\[email, letter\]"),
    "the fallback alone": (line(13, "    fallback: letter"), 13, "mapping", "{email: letter}"),
    # how it speaks
    "friendly": (line(14, "    tone: amical"), 14, "amical", '"courteous"'),
    "strict": (line(14, "    tone: ferme"), 14, "ferme", '"firm"'),
    "an abbreviation": (line(22, "    kind: MED"), 22, "MED", '"formal_notice"'),
    "a reminder": (line(22, "    kind: relance"), 22, "relance", '"reminder"'),
    "a semicolon behind": (line(14, "    tone: courteous;"), 14, "courteous;", '"courteous"'),
    # what is asked
    "the indemnity": (line(28, "    claim: [indemnité forfaitaire]"), 28, "indemnité", '"fixed_indemnity"'),
    "legal interest": (line(28, "    claim: [intérêts légaux]"), 28, "intérêts", '"legal_interest"'),
    "a penalty clause": (line(28, "    claim: [clause pénale]"), 28, "clause", '"contractual_penalty"'),
    "forty euros": (line(28, "    claim: [40 €]"), 28, "40 €", '"fixed_indemnity"'),
    # time
    "a number in words": (line(27, "    grants: quinze jours"), 27, "no duration", "15 days"),
    "a bare number": (line(27, "    grants: 15"), 27, "text", "15 days"),
    "weeks": (line(27, "    grants: 2 semaines"), 27, "no unit", '"2 weeks"'),
    "months": (line(27, "    grants: 1 mois"), 27, "no unit", '"1 month"'),
    "spaces around the sign": (line(11, "    at: J + 4"), None, None, None),
    "D for day": (line(11, "    at: D+4"), 11, "no date", r"J\+4"),
    "J and days": (line(11, "    at: J+4 jours"), 11, "no date", r"J\+4"),
    "days after the due date": (line(11, "    at: 4 jours après l'échéance"), 11, "no date", r"due \+ 4 days"),
    "days before the due date": (line(11, "    at: 7 jours avant l'échéance"), 11, "no date", "due - 7 days"),
    "days after a step": (line(16, "    at: 6 jours après rappel"), 16, "no date", r"rappel \+ 6 days"),
    "the end of the month": (line(23, "    at: J+40 fin de mois"), 23, "no date", r"J\+40, end of month"),
    "no unit": (line(16, "    at: rappel + 6"), 16, "no date", r"rappel \+ 6 days"),
    "one step, not a list": (line(24, "    after: rappel"), 24, "list", r"\[rappel\]"),
    "an hour with its letter": (line(7, "contact: {min_gap: 5 days, hours: {call: 9h-18h}}"), 7, "no hours", '"09:00-18:00"'),
    "hours by telephone": (line(7, 'contact: {min_gap: 5 days, hours: {téléphone: "09:00-18:00"}}'), 7, "téléphone", '"call"'),
    "three a month": (line(7, "contact: {at_most: 3 par mois}"), 7, "mapping", "{contacts: 3, within: 30 days}"),
    # where
    "France": (line(6, "calendar: {holidays: France}"), 6, "France", '"?FR'),
    "a calendar that is a country": (line(6, "calendar: FR"), 6, "mapping", "holidays: FR"),
    # conditions and sums
    "an amount as a fact": (line(17, '    if: {montant: {at_least: "300.00"}}'), 17, "montant", '"balance"'),
    "a sign in the bound": (line(17, '    if: {balance: ">= 300"}'), 17, "mapping", "at_least"),
    "a bare bound": (line(17, '    if: {balance: "300"}'), 17, "mapping", "at_least"),
    "more than in French": (line(17, '    if: {balance: {supérieur à: "300"}}'), 17, "supérieur à", '"more_than"'),
    "days late": (line(17, "    if: {jours de retard: {at_least: 30}}"), 17, "jours de retard", '"days_overdue"'),
    "spaces in an amount": (line(8, 'min_balance: "1 000,00"'), 8, "no amount", '"1000.00"'),
    "typographic quotes": (line(8, "min_balance: “10.00”"), 8, "no amount", '"10.00"'),
    # the file
    "a version of lawyers": (line(3, "version: v1"), 3, "whole number", "write 1"),
    "the schema's name": (line(1, "schema: relance"), 1, "relance", "write 1"),
    "a mandatory approval": (line(29, "    approval: obligatoire"), 29, "obligatoire", '"required"'),
    "a name with a number sign": (line(10, "  - id: rappel n°1"), 10, "not an id", "write rappel-n-?1"),
    "a name of a firm": (line(2, "playbook: Garage Dupont"), 2, "not an id", "write garage-dupont"),
    "a space before the colon": (line(4, "title : Relances de l'été"), None, None, None),
    "French quotation marks": (line(4, "title: « Relances : l'été »"), 4, 'second ":"', "quotes"),
    "a long dash": (line(15, "  — id: telephone"), 15, "dash|-", '"-"'),
    "a bracket left open": (line(18, "    channels: [call"), 18, '"]" is missing', '"]" at the end'),
    "a brace left open": (line(17, '    if: {balance: {at_least: "300.00"}'), 17, '"}" is missing', '"}" at the end'),
    "a single quote left open": (line(4, "title: 'Relances"), 4, "never closed", "close them"),
    "a comma at the end": (line(14, "    tone: courteous,"), 14, "courteous,", '"courteous"'),
}  # fmt: skip


def score(name):
    text, at, cause, way = MISTAKES[name]
    _, found = load_playbook_text(text(), "garage.yaml")
    if at is None:
        return 0 if found else 3
    here = [finding for finding in found if finding.line == at]
    said = [any(re.search(wanted, f"{one.message}\n{one.hint or ''}", re.MULTILINE) for one in here) for wanted in (cause, way) if wanted]
    return (1 + sum(said) + (1 if way is None else 0)) if here else 0


SCORES = {name: score(name) for name in MISTAKES}


@pytest.mark.parametrize("name", MISTAKES)
def test_no_mistake_is_told_at_the_wrong_place(name):
    assert SCORES[name] >= 1


def test_on_the_whole_they_are_told_clearly_and_with_the_way_out():
    assert len(MISTAKES) >= 40
    assert sum(SCORES.values()) / len(SCORES) >= 2.7, [name for name, each in SCORES.items() if each < 3]


def test_the_file_itself_is_sound():
    assert load_playbook_text(TEXT, "garage.yaml")[1] == ()
