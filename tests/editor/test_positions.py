"""Positions of a cursor, scripted, over the protocol: what is offered, what comes of taking it, what is told."""

import pytest

HEAD = "schema: 1\nplaybook: essai\nversion: 1\ntitle: Essai\n"
LADDER = (
    HEAD
    + "steps:\n"
    + "  - id: relance-1\n    title: Première relance\n    at: J+3\n    channels: [email]\n    tone: courteous\n"
    + "  - id: mise-en-demeure\n    kind: formal_notice\n    at: relance-1 + 10 days\n    channels: [registered_letter]\n    tone: formal\n    grants: 15 days\n"
)

#: Text with the cursor at ¦ → labels that are offered, labels that are not, the label that comes first.
OFFERED = {
    "an empty file": ("¦", {"schema", "playbook", "steps"}, {"tone"}, "schema"),
    "a key of the top, begun": (HEAD + "cal¦", {"calendar", "contact"}, {"title", "playbook"}, "steps"),
    "keys of the top that are there already": (HEAD + "¦\nsteps: []\n", {"unit"}, {"title", "steps"}, None),
    "a key of a step": (LADDER + "  - id: appel\n    ¦", {"at", "channels", "tone", "grants"}, {"id", "schema"}, "at"),
    "a key between two": (HEAD + "steps:\n  - id: a\n    ¦\n    tone: firm\n", {"at", "channels"}, {"tone", "id"}, "at"),
    "the first key of a step": (HEAD + "steps:\n  - ¦", {"id", "at"}, {"schema"}, "id"),
    "a key in flow style": (HEAD + "steps:\n  - {id: a, ¦", {"at", "channels"}, {"id"}, "at"),
    "a key in flow style, more behind it": (HEAD + "steps:\n  - {id: a, ¦, tone: firm}\n", {"at", "channels"}, {"id", "tone"}, "at"),
    "the calendar in flow style": (HEAD + "calendar: {¦}\n", {"holidays", "weekend", "when_closed", "pauses"}, {"steps"}, None),
    "the calendar in block style": (HEAD + "calendar:\n  ¦", {"holidays", "weekend"}, {"steps"}, None),
    "hours by channel": (HEAD + "contact: {hours: {¦}}\n", {"call", "sms", "email"}, {"task", "handover"}, None),
    "a tone": (HEAD + "steps:\n  - id: a\n    tone: ¦\n", {"courteous", "neutral", "firm", "formal"}, {"business"}, "courteous"),
    "a tone in quotes": (HEAD + 'steps:\n  - id: a\n    tone: "¦"\n', {"firm"}, set(), None),
    "a kind": (HEAD + "steps:\n  - {id: a, kind: ¦}\n", {"reminder", "formal_notice", "handover", "legal", "task"}, set(), None),
    "a channel of a list in flow style": (HEAD + "steps:\n  - {id: a, channels: [email, ¦]}\n", {"letter", "registered_letter", "sms"}, set(), None),
    "a channel of a list in block style": (HEAD + "steps:\n  - id: a\n    channels:\n      - ¦\n", {"letter", "registered_letter"}, set(), None),
    "the fallback's channel": (HEAD + "steps:\n  - {id: a, fallback: {¦}}\n", {"email", "letter"}, set(), None),
    "the fallback's other channel": (HEAD + "steps:\n  - {id: a, fallback: {email: ¦}}\n", {"letter", "sms"}, set(), None),
    "true or false": (HEAD + "keeps_place: ¦\n", {"true", "false"}, set(), None),
    "the debtor": (HEAD + "debtor: ¦\n", {"business", "consumer", "public", "any"}, set(), None),
    "an anchor of the first step": (HEAD + "steps:\n  - id: a\n    at: ¦\n", {"J+14", "due", "issued", "promise.broken"}, {"previous", "a"}, None),
    "an anchor of a later step": (LADDER + "  - id: suite\n    at: ¦", {"relance-1", "mise-en-demeure", "mise-en-demeure.deadline", "previous"}, {"suite", "relance-1.deadline"}, None),
    "an anchor in the middle of a ladder": (LADDER.replace("relance-1 + 10", "¦ + 10"), {"relance-1"}, {"mise-en-demeure"}, None),
    "behind an anchor": (LADDER + "  - id: suite\n    at: relance-1 ¦", {"+ 5 days", "+ 5 business days", "- 7 days"}, {"relance-1"}, None),
    "behind a sign": (LADDER + "  - id: suite\n    at: relance-1 + ¦", {"+ 5 days"}, {"- 7 days"}, None),
    "a unit": (LADDER + "  - id: suite\n    at: relance-1 + 5 ¦", {"days", "business days", "weeks", "months"}, {"hours"}, None),
    "a unit, begun": (LADDER + "  - id: suite\n    at: relance-1 + 5 b¦", {"business days"}, {"days"}, None),
    "the end of the month": (LADDER + "  - id: suite\n    at: due + 1 months¦", {"end of month"}, set(), None),
    "a second moment": (LADDER + "  - {id: suite, at: J+40, or_at: ¦}\n", {"promise.broken", "mise-en-demeure.deadline"}, {"suite"}, None),
    "not before": (LADDER + "  - {id: suite, at: J+40, not_before: ¦}\n", {"letter.presented"}, set(), None),
    "steps that must be done": (LADDER + "  - {id: suite, after: [¦]}\n", {"relance-1", "mise-en-demeure"}, {"suite"}, None),
    "a fact of a condition": (LADDER + "  - {id: suite, if: {¦}}\n", {"balance", "promise_broken", "any_of", "not"}, {"at"}, None),
    "bounds of an amount": (LADDER + "  - {id: suite, if: {balance: {¦}}}\n", {"at_least", "less_than"}, {"balance"}, None),
    "a condition within another": (LADDER + "  - id: suite\n    if:\n      any_of:\n        - ¦\n", {"balance", "country"}, set(), None),
    "a word of a condition": (LADDER + "  - {id: suite, if: {debtor: ¦}}\n", {"business", "consumer", "public"}, {"any"}, None),
    "a channel of a condition": (LADDER + "  - {id: suite, if: {reachable_by: ¦}}\n", {"email", "sms"}, {"task"}, None),
    "a state that stops": (HEAD + "stop_when: [paid, ¦]\n", {"insolvent", "time_barred"}, {"balance"}, None),
    "what is claimed": (LADDER + "  - {id: suite, claim: [¦]}\n", {"late_interest", "fixed_indemnity"}, set(), None),
    "who takes over": (LADDER + "  - {id: suite, kind: handover, to: ¦}\n", {"bailiff", "lawyer", "agency", "court"}, set(), None),
    "a wording": (LADDER + "  - {id: suite, template: ¦}\n", {"relance-1", "mise-en-demeure"}, {"_blocks"}, None),
    "the playbook to build on": ("schema: 1\nplaybook: essai\nversion: 1\nextends: ¦\n", {"negligent", "declic"}, {"essai"}, None),
    "a step to leave out": ("schema: 1\nplaybook: essai\nversion: 1\nextends: negligent\ndrop: [¦]\n", {"appel", "relance-1"}, set(), None),
    "an anchor of the playbook it builds on": ("schema: 1\nplaybook: essai\nversion: 1\nextends: negligent\nsteps:\n  - id: suite\n    at: ¦\n", {"relance-1", "mise-en-demeure.deadline"}, set(), None),
    "a finding that may be waived": (HEAD + "waive:\n  - code: ¦\n", {"PB217", "PB325"}, {"PB001", "PB301"}, None),
    "a text before what cannot be read": (HEAD + "debtor: ¦\nsteps: [{]\n", {"business"}, set(), None),
    "nothing in a comment": (HEAD + "# debtor: ¦\n", set(), {"business"}, None),
    "nothing in a description": (HEAD + "description: >-\n  Pour un débiteur ¦\n", set(), {"business"}, None),
    "nothing for a free text": (HEAD.replace("Essai\n", "¦\n"), set(), {"firm"}, None),
}

#: Text with the cursor → the label taken, and the line of the cursor after it.
TAKEN = {
    "a key": (HEAD + "cal¦\n", "calendar", "calendar: "),
    "a key whose colon is there": (HEAD + "cal¦: {}\n", "calendar", "calendar: {}"),
    "a key in flow style": (HEAD + "calendar: {hol¦}\n", "holidays", "calendar: {holidays: }"),
    "a word in the place of another": (HEAD + "debtor: bus¦iness # qui doit\n", "consumer", "debtor: consumer # qui doit"),
    "a word in quotes": (HEAD + "debtor: 'b¦'\n", "consumer", "debtor: 'consumer'"),
    "a whole list": (HEAD + "steps:\n  - id: a\n    channels: ¦\n", "email", "    channels: [email]"),
    "an item of a list": (HEAD + "steps:\n  - {id: a, channels: [email, le¦]}\n", "letter", "  - {id: a, channels: [email, letter]}"),
    "an anchor": (LADDER + "  - id: suite\n    at: mise¦\n", "mise-en-demeure.deadline", "    at: mise-en-demeure.deadline"),
    "a distance": (LADDER + "  - id: suite\n    at: relance-1 ¦\n", "+ 5 business days", "    at: relance-1 + 5 business days"),
    "a unit behind a number": (LADDER + "  - id: suite\n    at: relance-1 + 12 da¦\n", "days", "    at: relance-1 + 12 days"),
    "the end of the month": (LADDER + "  - id: suite\n    at: due + 1 months¦\n", "end of month", "    at: due + 1 months, end of month"),
    "behind a letter of two units of UTF-16": (HEAD + "steps:\n  - {id: a, title: 🙂 Rappel, ton¦}\n", "tone", "  - {id: a, title: 🙂 Rappel, tone: }"),
}

#: Text with the cursor → what the hover says.
TOLD = {
    "a key": (HEAD + "keeps_¦place: true\n", ["An account keeps its place"]),
    "a key with its law": (LADDER.replace("grants", "gra¦nts"), ["Time granted", "C. civ. 1231", "15 days"]),
    "a word": (HEAD + "unit: acc¦ount\n", ["account", "climb together"]),
    "a step, by its id": (LADDER.replace("id: relance-1", "id: rel¦ance-1"), ["Première relance", "€1,200.00", "2 March 2026", "Thursday 5 March 2026"]),
    "a step, by an anchor": (LADDER.replace("at: relance-1", "at: relan¦ce-1"), ["Première relance", "Thursday 5 March 2026"]),
    "a formal notice, moved off a Sunday": (LADDER.replace("id: mise", "id: mi¦se"), ["`grants: 15 days`", "Monday 16 March 2026"]),
    "a step that would not leave": (LADDER + "  - {id: pro¦messe, at: promise.broken, channels: [email], tone: firm}\n", ["would not leave", "promise.broken"]),
    "a fact of a condition": (LADDER + "  - {id: suite, at: J+40, if: {overdue_¦balance: {more_than: '0'}}, channels: [email], tone: firm}\n", ["Overdue amount", "due date is past"]),
    "a code": (HEAD + "waive:\n  - {code: PB2¦18, reason: nos factures sont échelonnées}\n", ["PB218"]),
    "a moment": (LADDER.replace("at: J+3", "a¦t: J+3"), ["When", "the id of an earlier step"]),
}


@pytest.mark.parametrize("name", OFFERED)
def test_what_is_offered(editor, name):
    text, offered, not_offered, first = OFFERED[name]
    document = editor.open(text)
    labels = [each.label for each in document.suggestions()]
    document.close()
    assert offered <= set(labels)
    assert not not_offered & set(labels)
    assert first is None or labels[0] == first
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize("name", TAKEN)
def test_what_comes_of_taking_it(editor, name):
    text, label, row = TAKEN[name]
    document = editor.open(text)
    line = text.partition("¦")[0].count("\n")
    after = document.accepted(label)
    document.close()
    assert after.split("\n")[line] == row
    assert after.split("\n")[:line] == document.text.split("\n")[:line]


@pytest.mark.parametrize("name", TOLD)
def test_what_is_told(editor, name):
    text, told = TOLD[name]
    document = editor.open(text)
    shown = document.hover()
    document.close()
    assert [each for each in told if each not in (shown or "")] == []


def test_nothing_is_told_of_a_value_of_ones_own(editor):
    document = editor.open(HEAD.replace("title: Essai", "title: Es¦sai"))
    assert document.hover() is None
    document.close()
