"""A key in the wrong mapping is told where it belongs, whichever key and mapping it is: read off the schema, not off a list. And what two fresh sets of sixty mistakes got less than three for.

The sets were written before anybody looked at what is said of them; a French lawyer's slips of form, of level, of phrase. Read strictly by one reader they got 2.57 and 2.47 of 3; three more, after these were mended, 2.61, 2.33 and 2.48: what nobody foresaw stays below 2.7.
"""

from __future__ import annotations

import pytest
from tests.language.test_unseen_mistakes import BOOK, FILES, PAPER, PLAN, PROMISE, ROUTE, TEST, TEXT, findings, told_with_the_way_out

from relance.language import schema_walk

_IF = 'if: {balance: {at_least: "500.00"}}'
_GRANTS = "grants: 15 days"
_END = "    approval: required\n"
_TITLE = "title: Notre façon de relancer"
#: Name → the file, what is written otherwise (where it stands last), how, on which line of that it is told, the way out.
MISTAKES = {
    # form
    "a-second-colon": (BOOK, _TITLE, "title: Relance : clients négligents", 0, 'put the whole value in quotes: `title: "Relance : clients négligents"`'),
    "quotes-within-quotes": (BOOK, _TITLE, 'title: "Notre "façon" de relancer"', 0, "close them: 'Notre \"façon\" de relancer'"),
    "a-value-below-its-key": (BOOK, "    channels: [registered_letter]", "    channels:\n    registered_letter", 1, "write it behind the key: `channels: [registered_letter]`"),
    "an-arrow-for-a-colon": (BOOK, "tone: formal", "tone -> formal", 0, "write `tone: formal`"),
    "a-sign-in-braces": (BOOK, _IF, "if: {montant: > 500}", 0, 'write balance: {more_than: "500"}'),
    "an-email-that-begins-with-at": (TEST, "email: compta@dupont.example", "email: @dupont.example", 0, 'put the whole value in quotes: `email: "@dupont.example"`'),
    "two-channels-and-a-plus": (BOOK, "[registered_letter]", "[email+sms]", 0, "write email, sms"),
    # level
    "a-rule-of-contact-in-a-step": (BOOK, _GRANTS, "min_gap: 5 days", 0, 'it stands under "contact" at the left margin, as `contact: {min_gap: 5 days}`'),
    "a-key-of-a-step-in-contact": (BOOK, "{min_gap: 5 days}", "{min_gap: 5 days, grants: 8 days}", 0, 'write it below the "at" of the step that it is for'),
    "a-fact-in-a-step": (BOOK, _GRANTS, f'{_GRANTS}\n    balance: {{at_least: "500"}}', 1, 'it stands under "if", as `if: {balance: {at_least: "500"}}`'),
    "the-language-in-a-step": (BOOK, _GRANTS, f"{_GRANTS}\n    language: en", 1, '"language" is a key of a playbook: move it to the left margin'),
    "a-due-date-in-the-case": (TEST, "      invoices:", "      due: 2026-03-02\n      invoices:", 0, 'write it in an item of "invoices", as `due: 2026-03-02`'),
    "a-siren-of-no-sender": (PAPER, "payment: {", 'siren: "732829320"\npayment: {', 0, 'it stands under "sender"'),
    # kinds of value
    "a-list-for-a-word": (PLAN, "language: fr", "language: [fr, en]", 0, "write one alone: fr"),
    "a-list-for-one-of-two-kinds": (PROMISE, "never: call", "never: [call, sms]", 0, "write one alone: call"),
    "a-mapping-for-a-list": (BOOK, _IF, "if: {any_of: {disputed: true, promised: true}}", 0, "write [{disputed: true}, {promised: true}]"),
    "a-day-without-its-year": (TEST, "{on: 2026-03-12, step", "{on: 12/03, step", 0, "write year-month-day: 2026-03-12"),
    "nothing-in-words": (TEST, "    expect:\n", "    expect: aucune relance\n    x:\n", 0, "write []"),
    # phrases
    "without-a-dispute": (BOOK, _IF, "if: sauf litige", 0, "write {disputed: false}"),
    "always": (BOOK, _IF, "if: toujours", 0, "without a condition it always is so: leave it out"),
    "above-a-balance": (BOOK, "approval: required", "approval: si solde > 5000", 0, 'write {by: 2, above: "5000"}'),
    "till-it-is-paid": (BOOK, _GRANTS, f"{_GRANTS}\n    repeat: jusqu'au paiement", 1, "write {every: 14 days, times: unlimited}"),
    "business-days-of-the-week": (BOOK, _GRANTS, f"{_GRANTS}\n    weekdays: jours ouvrés", 1, "write [monday, tuesday, wednesday, thursday, friday]"),
    "after-and-a-delay": (BOOK, "after: [relance-1]", "after: [relance-1 + 5 days]", 0, "`at: relance-1 + 5 days`"),
    "forty-euros-and-no-cents": (BOOK, "claim: [late_interest, fixed_indemnity]", 'claim: "40,00 €"', 0, "write [fixed_indemnity]"),
    "a-day-before-its-hours": (BOOK, "{min_gap: 5 days}", "{min_gap: 5 days, hours: {call: lundi 9h-12h}}", 0, 'write "09:00-12:00" alone'),
    "an-event-in-a-phrase": (TEST, "event: payment.received", "event: contestation de la facture", 0, "did you mean 'dispute.opened'?"),
    # two more sets of sixty, 2.61 and 2.33 on first contact
    "a-first-item-beside-its-key": (BOOK, "    channels: [registered_letter]", "    channels: - registered_letter", 0, "write `channels: [registered_letter]`, or each item on a line of its own"),
    "a-dash-one-space-too-far": (BOOK, "  - id: appel", "   - id: appel", 0, "indent it by 2 spaces"),
    "round-brackets": (BOOK, "calendar: {holidays: FR}", "calendar: (holidays: FR)", 0, "write `calendar: {holidays: FR}`"),
    "the-other-bracket": (BOOK, "channels: [registered_letter]", "channels: [registered_letter}", 0, 'write "]" in place of "}"'),
    "two-commas": (BOOK, "channels: [registered_letter]", "channels: [registered_letter,, email]", 0, 'two "," follow each other'),
    "words-without-dashes": (BOOK, "    channels: [registered_letter]", "    channels:\n      registered_letter\n      email", 1, "write [registered_letter, email]"),
    "a-key-without-colon": (BOOK, "steps:\n", "steps\n", 0, "write `steps:`"),
    "a-title-with-a-dash": (BOOK, _TITLE, "title: - Notre façon", 0, 'put the whole value in quotes: `title: "- Notre façon"`'),
    "a-colon-without-space": (BOOK, "{holidays: FR}", "{holidays:FR}", 0, "write holidays: FR"),
    "a-list-without-brackets": (BOOK, _END, f"{_END}  - {{id: z, at: J+40, channels: email, letter, tone: firm}}\n", 1, "write [email, letter]"),
    "states-without-brackets": (BOOK, _IF, "if: {any_of: disputed, promised}", 0, "write [disputed, promised]"),
    "a-key-of-two": (TEST, "      invoices:", "      email: a@b.example\n      invoices:", 0, 'under "creditor" or "debtor"'),
    "a-sum-without-quotes": (PLAN, "fail_on: warning", "fail_on: warning\nabove: 5000", 1, 'write it in an item of "approvals", as `above: "5000"`'),
    "a-fact-at-the-top": (BOOK, "debtor: business", "days_overdue: {at_least: 3}\ndebtor: business", 0, "write it under the `if` of the step that it is for"),
    "a-step-behind-its-day": (TEST, "      - {on: 2026-03-12, step: appel, channels: [call]}", "      - 2026-03-12: appel", 0, "write {on: 2026-03-12, step: appel}"),
    "a-route-by-its-playbook": (ROUTE, "  - playbook: consommateur\n    if: {debtor: consumer}", "  - consommateur: {debtor: consumer}", 0, "write playbook: consommateur, if: {debtor: consumer}"),
    "a-week-later": (BOOK, "at: J+30", "at: une semaine plus tard", 0, '"previous + 1 week"'),
    "a-number-in-words": (BOOK, "at: J+30", "at: J plus sept", 0, 'write "J+7"'),
    "a-year-of-two-figures": (TEST, "issued: 2026-01-31", "issued: 31/01/26", 0, "write year-month-day: 2026-01-31"),
    "one-debtor-or-another": (BOOK, _IF, "if: debtor = business ou public", 0, "write {debtor: [business, public]}"),
    "unlike": (BOOK, _IF, "if: debtor != consumer", 0, "write {not: {debtor: consumer}}"),
    "unpaid-for-so-long": (BOOK, _IF, "if: impayée depuis plus de 60 jours", 0, "write {days_overdue: {more_than: 60}}"),
    "a-comparison-as-a-key": (BOOK, _IF, "if: {balance > 500}", 0, 'write balance: {more_than: "500"}'),
    "at-the-least": (BOOK, "min_gap: 5 days", "min_gap: 5 jours minimum", 0, 'write "5 days"'),
    "a-negative-delay": (BOOK, _GRANTS, "grants: -15 days", 0, 'write "15 days"'),
    "hours-of-a-step": (BOOK, _GRANTS, f"{_GRANTS}\n    expires: 36 heures", 1, 'write "2 days"'),
    "till-noon": (BOOK, "{min_gap: 5 days}", "{min_gap: 5 days, hours: {call: 9h-midi}}", 0, 'write "09:00-12:00"'),
    "none-at-all": (BOOK, "fallback: {call: email}", "fallback: aucun", 0, "leave it out"),
    "so-many-a-month": (PROMISE, "    at_most: 3\n    of: contact\n    within: 30 days", "    at_most: 3 par mois", 0, "write at_most: 3, within: 30 days"),
    "granted-in-the-plural": (BOOK, "    grants: 15 days", "    délais accordés: 15 days", 0, 'did you mean "grants"? write `grants: 15 days`'),
    # a last set of sixty, 2.48 on first contact
    "a-comma-for-a-colon": (BOOK, "    at: J+30", "    at, J+30", 0, "write `at: J+30`"),
    "half-the-braces": (BOOK, "calendar: {holidays: FR}", "calendar: holidays: FR}", 0, "write `calendar: {holidays: FR}`"),
    "a-key-of-the-project": (BOOK, "debtor: business", "require_signed: true\ndebtor: business", 0, '"require_signed" is a key of relance.yaml'),
    "a-key-of-a-playbook": (PLAN, "fail_on: warning", "fail_on: warning\nsteps: []", 1, '"steps" is a key of a playbook'),
    "the-end-of-a-delay-of-so-long": (BOOK, _END, f"{_END}  - {{id: suite, at: à l'expiration du délai de 15 jours, channels: [letter], tone: formal}}\n", 1, 'write "mise-en-demeure.deadline"'),
    "in-words-and-figures": (BOOK, _GRANTS, "grants: quinze (15) jours", 0, 'write "15 days"'),
    "only-in-the-morning": (BOOK, "{min_gap: 5 days}", "{min_gap: 5 days, hours: {call: le matin seulement}}", 0, 'write "09:00-12:00"'),
    "a-point-in-thousands": (BOOK, _IF, "if: montant > 1.500 €", 0, 'write {balance: {more_than: "1500"}}'),
    "a-word-and-a-sum": (BOOK, _IF, "if: particulier et solde > 100", 0, 'write {debtor: consumer, balance: {more_than: "100"}}'),
    "two-bounds-in-a-list": (BOOK, _IF, "if: {balance: [100, 500]}", 0, 'write {at_least: "100", at_most: "500"}'),
    "days-late": (BOOK, _IF, "if: {jours de retard: 30}", 0, "write `days_overdue: {at_least: 30}`"),
    "one-tone-but-another": (BOOK, "tone: formal", "tone: poli mais ferme", 0, "write courteous, and firm in a step of its own"),
    "a-word-and-a-state": (ROUTE, "if: {debtor: consumer}", "if: consommateur et litige", 0, "write {debtor: consumer, disputed: true}"),
    # wordings
    "a-comparison-without-if": (TEXT, '{% if tone == "courteous" %}', '{% tone == "courteous" %}', 0, "write '{% if tone == \"courteous\" %}'"),
    "never-closed": (TEXT, "{{ invoice.due }}", "{{ invoice.due", 0, "write '{{ invoice.due }}'"),
    "a-name-in-french": (TEXT, "attend votre règlement", "{{ le montant dû }} attend", 0, "write '{{ sums.total }}'"),
    "a-name-without-its-point": (TEXT, "{{ invoice.due }}", "{{ invoice due }}", 0, "write '{{ invoice.due }}'"),
    "a-name-with-an-elision": (TEXT, "{{ invoice.due }}", "{{ date d'échéance }}", 0, "write '{{ invoice.due }}'"),
    "compared-in-words": (TEXT, 'tone == "courteous"', "sums.total.amount supérieur à 500", 0, "write '{% if sums.total.amount > 500 %}'"),
    "the-other-end": (TEXT, "{% endif %}", "{% endfor %}", 0, "write '{% endif %}'"),
    "an-elision-in-braces": (TEXT, "attend votre règlement", "{{ d'invoice.id }} attend", 0, "write 'd'{{ invoice.id }}'"),
    "days-added-to-a-date": (TEXT, "{{ invoice.due }}", "{{ invoice.due + 8 jours }}", 0, "write '{{ invoice.due | plus_days(8) }}'"),
    "or-in-french": (TEXT, "{{ invoice.due }}", "{{ invoice.due ou 'inconnue' }}", 0, "write '{{ invoice.due or 'inconnue' }}'"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_at_its_line_with_the_way_out(project, name):
    told, found = told_with_the_way_out(project, MISTAKES[name])
    assert told, found


def keys_of(*path):
    return schema_walk.key_rules(schema_walk.parts_at("playbook", path))


#: Where keys are put that belong elsewhere: what is written there, the mapping that they are of, and what is said of each.
MOVED = {
    "of a playbook in a step": (f"    {_GRANTS}\n", "    {}: x\n", (), ("steps", 0), "move it to the left margin"),
    "of a playbook in the calendar": ("{holidays: FR}", "{{holidays: FR, {}: x}}", (), ("calendar",), "move it to the left margin"),
    "of a step in the contact rules": ("{min_gap: 5 days}", "{{min_gap: 5 days, {}: x}}", ("steps", 0), ("contact",), 'write it below the "at" of the step'),
    "of the calendar in a step": (f"    {_GRANTS}\n", "    {}: x\n", ("calendar",), ("steps", 0), 'it stands under "calendar" at the left margin'),
    "of the contact rules in the calendar": ("{holidays: FR}", "{{holidays: FR, {}: x}}", ("contact",), ("calendar",), 'it stands under "contact"'),
    "of an offer in a step": (f"    {_GRANTS}\n", "    {}: x\n", ("steps", 0, "offer"), ("steps", 0), "it stands under"),
}

#: Keys that another mapping near by has as well, and `cc`, which people write to a letter's sender.
_MORE_THAN_ONE = {"channels", "every", "to", "when_closed", "pauses", "cc"}


@pytest.mark.parametrize("name", MOVED)
def test_every_key_is_told_its_home(project, name):
    old, new, of, at, way = MOVED[name]
    other = {key for place in (of, at, ("steps", 0, "if")) for key in keys_of(*place) if place != of}
    asked = [key for key in keys_of(*of) if key not in {*other, *_MORE_THAN_ONE} and (of == () or key not in keys_of())]
    assert len(asked) > 1
    without = []
    for key in asked:
        (project / BOOK).write_text(FILES[BOOK].replace(old, new.format(key)), encoding="utf-8")
        if not any(f'"{key}" is a key of' in (each.hint or "") and way in each.hint for each in findings(project, BOOK)):
            without.append((key, [each.hint for each in findings(project, BOOK) if f'"{key}"' in each.message]))
    (project / BOOK).write_text(FILES[BOOK], encoding="utf-8")
    assert without == [], without
