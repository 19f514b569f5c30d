"""Whole phrases of French lawyers and credit managers: what is denied, limited, worked out or of another thing never leads to a word that turns the meaning round.

Sixty mistakes, written down before the tables were looked at, got 2.10 of 3 on first contact, read strictly by one reader; what got less than three then stands here.
"""

from __future__ import annotations

import pytest
from tests.language.test_unseen_mistakes import BOOK, ROUTE, TEST, TEXT, told_with_the_way_out

_IF = 'if: {balance: {at_least: "500.00"}}'
#: Name → the file, what is written otherwise (where it stands last), how, on which line of that it is told, the way out.
MISTAKES = {
    "due-limit": (BOOK, "    at: J+3\n", "    at: 3 jours après la date limite de règlement\n", 0, 'write "due + 3 days"'),
    "monday-behind": (BOOK, "at: J+30", "at: J+30 le lundi suivant", 0, 'write "J+30", and `weekdays: [monday]` beside it'),
    "end-of-its-month": (BOOK, "at: J+30", "at: dernier jour du mois de l'échéance", 0, 'write "due, end of month"'),
    "nothing-came": (BOOK, "at: J+30", "at: à défaut de règlement sous 8 jours", 0, 'how long after the step above, "previous + 8 days"'),
    "between-two-days": (BOOK, "    at: J+3\n", "    at: entre J+3 et J+5\n", 0, 'write the first, "J+3", and `expires: 3 days`'),
    "solemn": (BOOK, "tone: formal", "tone: juridique", 0, 'did you mean "formal"?'),
    "what-it-is-for": (BOOK, "kind: formal_notice", "kind: dernière relance avant contentieux", 0, 'did you mean "reminder"?'),
    "and-not": (BOOK, _IF, "if: balance >= 500 and not disputed", 0, 'write {balance: {at_least: "500"}, disputed: false}'),
    "a-fact-of-ones-own": (BOOK, _IF, "if: {nouveau_client: oui}", 0, "`tag: nouveau-client`"),
    "more-than": (BOOK, _IF, "if: {days_overdue: plus de 30}", 0, "write {more_than: 30}"),
    "else": (BOOK, _IF, f"{_IF}\n    sinon: rappel-avant-echeance", 1, "a step of its own, with the contrary condition"),
    "days-of-holidays": (BOOK, "{holidays: FR}", "{holidays: [1er janvier, 1er mai]}", 0, "write FR"),
    "days-of-august": (BOOK, "{holidays: FR}", "{holidays: FR, fermeture: du 1er au 20 août}", 0, "write pauses: [{from: 08-01, to: 08-20}]"),
    "two-ranges": (BOOK, "{min_gap: 5 days}", "{min_gap: 5 days, hours: {call: de 9h à 12h et de 14h à 18h}}", 0, 'write a list: ["09:00-12:00", "14:00-18:00"]'),
    "the-one-in-charge": (BOOK, "approval: required", "approval: responsable crédit", 0, "who approves is named in relance.yaml"),
    "with-tax": (BOOK, "approval: required", 'approval: {by: 2, above: "5 000 € TTC"}', 0, 'write "5000"'),
    "ten-percent-off": (BOOK, "grants: 15 days", "grants: 15 days\n    offer: {remise: 10 %}", 1, 'for 10 % off write settlement: "90"'),
    "behind-a-call": (BOOK, "fallback: {call: email}", "fallback: email puis lettre", 0, "write {call: email}"),
    "settled": (TEST, "ends: finished", "ends: réglé", 0, "write stopped"),
    "disputed-at-its-end": (TEST, "ends: finished", "ends: en litige", 0, "write held"),
    "a-distance-in-a-test": (TEST, "{on: 2026-03-12, step", "{on: J+10, step", 0, "worked out from the due date"),
    "the-rest": (ROUTE, "  - playbook: maison", "  - sinon: maison", 0, "write `- playbook: maison` last"),
    "a-bad-payer": (ROUTE, "if: {debtor: consumer}", "if: {debtor: mauvais payeur}", 0, "how a debtor pays is his `profile`"),
    "reminders-of-before": (TEXT, "attend votre règlement", "attend, malgré nos {{ relances }}, votre règlement", 0, "did you mean 'history'?"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_phrase_is_told_at_its_line_with_the_way_out(project, name):
    told, found = told_with_the_way_out(project, MISTAKES[name])
    assert told, found


@pytest.mark.parametrize("written_so", ["à défaut de paiement", "faute de règlement", "absence de paiement", "paiement attendu", "pas de virement"])
def test_what_has_not_come_is_no_event_that_came(project, written_so):
    _, found = told_with_the_way_out(project, (BOOK, "    at: J+3\n", f"    at: {written_so} sous 8 jours\n", 0, ""))
    assert not [each for each in found if "payment.received" in each.message], found


def test_people_who_approve_are_counted_and_named(tmp_path):
    from relance.project import load

    path = tmp_path / "relance.yaml"
    path.write_text("schema: 1\napprovals:\n  - {people: [claire, karim]}\n", "utf-8")
    _, (found,) = load(path)
    assert found.hint == "write how many, and who beside it: people: 2, who: [claire, karim]"
