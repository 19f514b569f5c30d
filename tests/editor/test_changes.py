"""What an editor may do to a text, over the protocol: findings as one types, ways out, a step named anew, the outline, the layout; and wordings."""

import pytest
from lsprotocol import types as lsp
from tests.editor.test_positions import HEAD, LADDER

from relance.language import load_playbook_text
from relance.simulation.timeline import preview
from relance.simulation.what_if import invented

STEP = "steps:\n  - {id: a, at: J+3, channels: [email], tone: firm%s}\n"

#: Text with one mistake that has one way out → what the finding's code is, and the line that was wrong as it is then.
FIXED = {
    "a key": (LADDER.replace("    tone: formal", "    ton: formal"), "PB101", "    tone: formal"),
    "a word": (LADDER.replace("tone: formal", "tone: ferme"), "PB104", "    tone: firm"),
    "a moment in French": (LADDER.replace("10 days", "10 jours ouvrés"), "PB105", "    at: relance-1 + 10 business days"),
    "an amount without quotes": (HEAD + "min_balance: 5.00\n" + STEP % "", "PB103", 'min_balance: "5.00"'),
    "an amount with a comma": (HEAD + STEP % ", if: {balance: {at_least: 500,00}}", "PB008", '  - {id: a, at: J+3, channels: [email], tone: firm, if: {balance: {at_least: "500.00"}}}'),
    "a list without brackets": (LADDER.replace("[email]", "email"), "PB103", "    channels: [email]"),
    "a comparison": (HEAD + STEP % ", if: balance >= 500", "PB103", '  - {id: a, at: J+3, channels: [email], tone: firm, if: {balance: {at_least: "500"}}}'),
    "an anchor": (LADDER.replace("at: relance-1 +", "at: relence-1 +"), "PB202", "    at: relance-1 + 10 days"),
    "an id in capitals": (HEAD + STEP.replace("id: a", "id: Mise-En-Demeure") % "", "PB105", "  - {id: mise-en-demeure, at: J+3, channels: [email], tone: firm}"),
    "a version of the language": (LADDER.replace("schema: 1", "schema: 2"), "PB109", "schema: 1"),
    "a version in quotes": (LADDER.replace("version: 1", 'version: "1.0"'), "PB103", "version: 1"),
    "a quote that is never closed": (LADDER.replace("title: Essai", 'title: "Essai'), "PB002", 'title: "Essai"'),
    "a space that is missing": (LADDER.replace("tone: formal", "tone:formal"), "PB002", "    tone: formal"),
    "a key that does not line up": (LADDER.replace("    tone: formal", "   tone: formal"), "PB002", "    tone: formal"),
    "a tab": (LADDER.replace("    tone: formal", "\t\ttone: formal"), "PB002", "    tone: formal"),
    "a no-break space": (LADDER.replace("    tone: formal", "    tone\u00a0: formal"), "PB101", "    tone: formal"),
    "an item twice": (LADDER.replace("[email]", "[email, email]"), "PB107", "    channels: [email]"),
    "a state that is missing": (LADDER.replace("steps:", "stop_when: [written_off, insolvent, time_barred]\nsteps:"), "PB215", "stop_when: [written_off, insolvent, time_barred, paid]"),
    "an anchor of YAML": (LADDER.replace("title: Essai", "title: &nom Essai"), "PB004", "title: Essai"),
}


@pytest.mark.parametrize("name", FIXED)
def test_the_one_way_out_is_taken(editor, name):
    text, code, row = FIXED[name]
    document = editor.open(text)
    assert [each.code for each in document.findings if each.severity is lsp.DiagnosticSeverity.Error] == [code]
    fix = next(each for each in document.fixes() if each.diagnostics[0].code == code)
    after = document.edited(fix.edit.changes[document.uri])
    line = document.findings[0].range.start.line if name != "a key that does not line up" else after.split("\n").index(row)
    document.type(after)
    left = [each.code for each in document.findings]
    document.close()
    assert after.split("\n")[line] == row
    assert code not in left


@pytest.mark.parametrize(
    "text",
    [
        LADDER.replace("    kind: formal_notice", "    tone: firm\n    kind: formal_notice"),  # a key twice: either may go
        LADDER.replace("    at: J+3\n", ""),  # what is missing has an example, no more
        LADDER.replace("J+3", "J+trois"),
    ],
)
def test_a_finding_with_more_than_one_way_out_has_no_quick_fix(editor, text):
    document = editor.open(text)
    assert document.findings
    assert not document.fixes()
    document.close()


def test_findings_come_as_one_types_and_go(editor):
    document = editor.open(LADDER)
    assert "PB104" not in [each.code for each in document.findings]
    document.type(LADDER.replace("tone: formal", "tone: fermé"))
    assert "PB104" in [each.code for each in document.findings]
    document.type(LADDER)
    assert "PB104" not in [each.code for each in document.findings]
    document.close()


def test_the_codes_are_those_of_validate(editor, beside):
    from relance.checking import Checker

    text = LADDER.replace("grants: 15 days", "grants: 3 days")
    document = editor.open(text, saved=True)
    assert sorted(each.code for each in document.findings) == sorted(each.code for each in Checker().check_file(beside / "essai.yaml").findings)
    assert document.findings
    document.close()


def test_a_file_that_is_none_of_ours_is_left_alone(editor):
    document = editor.open("services:\n  web: {image: nginx}\n", "compose.yaml")
    assert [each.severity for each in document.findings] == [lsp.DiagnosticSeverity.Information]
    document.close()


# --------------------------------------------------------------------------- steps


def test_a_step_is_found_from_where_it_is_named(editor):
    document = editor.open(LADDER.replace("at: relance-1", "at: rel¦ance-1"))
    found = document.definition()
    document.close()
    assert (found.uri, found.range.start.line) == (document.uri, 5)


def test_a_step_taken_over_is_found_in_the_file_it_comes_from(editor):
    document = editor.open("schema: 1\nplaybook: essai\nversion: 1\nextends: negligent\nsteps:\n  - {id: suite, at: rela¦nce-1 + 3 days, channels: [email], tone: firm}\n")
    found = document.definition()
    document.close()
    assert found.uri.endswith("/negligent.yaml")


def test_what_a_playbook_builds_on_is_opened(editor):
    document = editor.open("schema: 1\nplaybook: essai\nversion: 1\nextends: negli¦gent\n")
    assert document.definition().uri.endswith("/negligent.yaml")
    document.close()


TESTS = "schema: 1\nplaybook: scenario\ntests:\n  - name: essai\n    case_file: cas.yaml\n    expect:\n      - {on: 2026-03-05, step: relance-1}\n"


def test_a_step_is_named_anew_wherever_it_is_named(editor, beside):
    (beside / "scenario.test.yaml").write_text(TESTS, encoding="utf-8")
    text = LADDER.replace("playbook: essai", "playbook: scenario")
    document = editor.open(text.replace("id: relance-1", "id: rela¦nce-1"), "scenario.yaml", saved=True)
    changes = document.renamed("premiere-relance").changes
    tests = next(edits for uri, edits in changes.items() if uri.endswith(".test.yaml"))
    after = document.edited(changes[document.uri])
    document.close()
    assert [(edit.range.start.line, edit.new_text) for edit in tests] == [(6, "premiere-relance")]
    assert after == text.replace("relance-1", "premiere-relance").replace("  - id: premiere-relance\n", "  - id: premiere-relance\n    formerly: [relance-1]\n    template: relance-1\n")


def test_a_step_is_named_anew_in_the_playbooks_that_build_on_it(editor, beside):
    folder = beside / "famille"
    base = LADDER.replace("playbook: essai", "playbook: base")
    child = "schema: 1\nplaybook: enfant\nversion: 1\nextends: base\nsteps:\n  - {id: relance-1, tone: neutral}\n  - {id: suite, at: relance-1 + 3 days, after: [relance-1], channels: [email], tone: firm, template: relance-1}\n"
    folder.mkdir()
    (folder / "enfant.yaml").write_text(child, encoding="utf-8")
    (folder / "enfant.test.yaml").write_text(TESTS.replace("scenario", "enfant"), encoding="utf-8")
    (folder / "autre.test.yaml").write_text(TESTS.replace("scenario", "negligent"), encoding="utf-8")
    (folder / "enfant.promises.yaml").write_text("schema: 1\nplaybook: enfant\npromises:\n  - name: une seule fois\n    at_most: 1\n    of: {step: relance-1}\n", encoding="utf-8")
    document = editor.open(base.replace("id: relance-1", "id: rela¦nce-1"), "famille/base.yaml", saved=True)
    changes = document.renamed("premiere").changes
    listed = {each.uri.rpartition("/")[2] for each in document.references()}
    document.close()
    assert {uri.rpartition("/")[2]: len(edits) for uri, edits in changes.items()} == {"base.yaml": 3, "enfant.yaml": 3, "enfant.test.yaml": 1, "enfant.promises.yaml": 1}
    assert listed == {"base.yaml", "enfant.yaml", "enfant.test.yaml", "enfant.promises.yaml"}
    document = editor.open(child.replace("at: relance-1", "at: relan¦ce-1"), "famille/enfant.yaml")
    assert document.renamed("premiere").changes.keys() == changes.keys()
    assert document.renamed("mise-en-demeure") is None
    document.close()


def test_a_step_that_ships_keeps_its_name(editor):
    document = editor.open("schema: 1\nplaybook: essai\nversion: 1\nextends: negligent\nsteps:\n  - {id: suite, at: rela¦nce-1 + 3 days, channels: [email], tone: firm}\n")
    editor.messages.clear()
    assert document.renamed("premiere-relance") is None
    document.close()
    assert "ships with relance" in editor.messages[0]


@pytest.mark.parametrize(
    ("text", "name", "opened"),
    [
        (TESTS.replace("scenario", "negligent").replace("step: relance-1", "step: relan¦ce-1"), "a.test.yaml", "/negligent.yaml"),
        (TESTS.replace("playbook: scenario", "playbook: negli¦gent"), "a.test.yaml", "/negligent.yaml"),
        ("schema: 1\nroutes:\n  - playbook: dec¦lic\n", "routage.yaml", "/declic.yaml"),
        ("schema: 1\nplaybook: negligent\npromises:\n  - name: une seule fois\n    at_most: 1\n    of: {step: relan¦ce-1}\n", "a.promises.yaml", "/negligent.yaml"),
        (LADDER + "  - {id: suite, at: J+40, channels: [letter], tone: firm, template: relan¦ce-2}\n", "essai.yaml", "/fr/relance-2/"),
    ],
)
def test_what_is_named_is_opened(editor, text, name, opened):
    document = editor.open(text, name)
    assert opened in document.definition().uri
    document.close()


def test_a_step_named_anew_goes_on_where_it_stood(editor):
    """The journal knows the step by its old id: what was sent under it is sent."""
    from dataclasses import replace
    from datetime import date
    from decimal import Decimal

    text = LADDER.replace("id: relance-1", "id: rela¦nce-1")
    document = editor.open(text)
    after = document.edited(document.renamed("premiere-relance").changes[document.uri])
    document.close()
    (old, _), (new, findings) = load_playbook_text(LADDER, "essai.yaml"), load_playbook_text(after, "essai.yaml")
    assert new is not None, findings
    facts = invented(date(2026, 3, 2), Decimal(100))
    played = preview(old, facts, date(2026, 2, 1), date(2026, 3, 10))
    went_on = preview(new, replace(facts, events=played.facts.events), date(2026, 3, 11), date(2026, 12, 31))
    assert [entry.first.step for entry in played.entries] == ["relance-1"]
    assert [entry.first.step for entry in went_on.entries] == ["mise-en-demeure"]


def test_a_second_name_keeps_the_first_two(editor):
    text = LADDER.replace("    title: Première relance\n", "    formerly: [rappel]\n    template: relance-1\n")
    document = editor.open(text.replace("id: relance-1", "id: rela¦nce-1"))
    after = document.edited(document.renamed("premiere-relance").changes[document.uri])
    document.close()
    assert "formerly: [relance-1, rappel]" in after
    assert after.count("template:") == 1


def test_a_step_of_flow_style_keeps_its_style(editor):
    document = editor.open(HEAD + "steps:\n  - {id: rap¦pel, at: J+3, channels: [task]}\n")
    after = document.edited(document.renamed("rappel-1").changes[document.uri])
    document.close()
    assert after.endswith("  - {id: rappel-1, formerly: [rappel], at: J+3, channels: [task]}\n")


@pytest.mark.parametrize(("new", "why"), [("Première relance", "is no id"), ("mise-en-demeure", "already")])
def test_a_name_that_cannot_be_is_refused_with_the_reason(editor, new, why):
    document = editor.open(LADDER.replace("id: relance-1", "id: rela¦nce-1"))
    editor.messages.clear()
    assert document.renamed(new) is None
    document.close()
    assert why in editor.messages[0]


def test_every_place_that_names_a_step_is_listed(editor):
    document = editor.open(LADDER.replace("id: relance-1", "id: rela¦nce-1"))
    assert [each.range.start.line for each in document.references()] == [5, 12]
    document.close()


# --------------------------------------------------------------------------- structure


def test_the_outline_names_keys_and_steps(editor):
    document = editor.open(LADDER)
    names = document.ask("text_document_document_symbol", lsp.DocumentSymbolParams(document.id))
    document.close()
    assert [each.name for each in names] == ["schema", "playbook", "version", "title", "steps"]
    assert [(each.name, each.range.start.line, each.range.end.line) for each in names[-1].children] == [("relance-1", 5, 9), ("mise-en-demeure", 10, 15)]


def test_steps_fold(editor):
    document = editor.open(LADDER)
    found = document.ask("text_document_folding_range", lsp.FoldingRangeParams(document.id))
    document.close()
    assert [(each.start_line, each.end_line) for each in found] == [(4, 15), (5, 9), (10, 15)]


def test_small_print_says_what_comes_next(editor):
    document = editor.open(LADDER + "  - {id: promesse, at: promise.broken, channels: [email], tone: firm}\n")
    found = document.ask("text_document_code_lens", lsp.CodeLensParams(document.id))
    document.close()
    assert [(each.range.start.line, each.command.title) for each in found] == [
        (0, "For an invoice of €1,200.00 due on 2 March 2026 that nobody pays"),
        (5, "Thursday 5 March 2026 · next: mise-en-demeure, Monday 16 March 2026"),
        (10, "Monday 16 March 2026 · next: nothing"),
        (16, "would not leave: counts from promise.broken, which has not happened"),
    ]


def test_a_file_with_a_mistake_has_no_small_print(editor):
    document = editor.open(LADDER.replace("tone: formal", "tone: fermé"))
    assert not document.ask("text_document_code_lens", lsp.CodeLensParams(document.id))
    document.close()


def test_a_text_is_laid_out_as_by_fmt(editor):
    text = HEAD + "steps:\n- id: a   # premier\n  at: J+3\n  channels: [task]\n"
    document = editor.open(text)
    (edit,) = document.ask("text_document_formatting", lsp.DocumentFormattingParams(document.id, lsp.FormattingOptions(2, insert_spaces=True)))
    document.close()
    assert edit.new_text.startswith(HEAD + "steps:\n  - id: a # premier\n    at: J+3\n")


# --------------------------------------------------------------------------- wordings

LETTER = "---\nsubject: Facture {{ invoice.id }}\n---\nNous vous rappelons %s.\n"
NAMES = {
    "a name": (LETTER % "{{ su¦ }}", {"sums", "invoice", "debtor"}),
    "a name of a group": (LETTER % "{{ sums.¦ }}", {"total", "principal", "late_interest"}),
    "what computes": (LETTER % "{{ sums.total.¦ }}", {"amount"}),
    "a filter": (LETTER % "{{ sums.total.amount | ¦ }}", {"money", "instalments", "date"}),
    "an item of a loop": (LETTER % "{% for line in invoices %}{{ line.¦ }}{% endfor %}", {"id", "due", "open"}),
    "a word compared": (LETTER % '{% if tone == "¦" %}{% endif %}', {"courteous", "firm", "formal"}),
    "a block": (LETTER % '{% include "¦" %}', {"_blocks/statutory.md.j2"}),
    "an instruction": (LETTER % "{% ¦ %}", {"if", "for", "include"}),
    "the front matter": ("---\n¦\n---\nBonjour.\n", {"subject", "tone", "constants"}),
    "a tone of the front matter": ("---\nsubject: x\ntone: [¦]\n---\nBonjour.\n", {"courteous", "formal"}),
    "a name in the subject": ("---\nsubject: Facture {{ invoice.¦ }}\n---\nBonjour.\n", {"id", "due"}),
}


@pytest.mark.parametrize("name", NAMES)
def test_names_of_a_wording_are_offered(editor, name):
    text, offered = NAMES[name]
    document = editor.open(text, "modeles/fr/rappel/letter.md.j2")
    labels = {each.label for each in document.suggestions()}
    document.close()
    assert offered <= labels


def test_nothing_is_offered_in_the_text_of_a_letter(editor):
    document = editor.open(LETTER % "{{ sums.total }} avant le ¦", "modeles/fr/rappel/letter.md.j2")
    assert document.suggestions() == ()
    document.close()


def test_a_name_of_a_wording_is_told(editor):
    document = editor.open(LETTER % "{{ sums.to¦tal }}", "modeles/fr/rappel/letter.md.j2")
    told = document.hover()
    document.close()
    assert "what is asked" in told
    assert "€" in told


def test_a_name_in_a_wording_that_is_not_there_is_told_and_mended(editor):
    document = editor.open(LETTER % "{{ sums.totale }}", "modeles/fr/rappel/letter.md.j2")
    assert [each.code for each in document.findings] == ["PB402"]
    after = document.fixed()
    document.close()
    assert "{{ sums.total }}" in after


def test_a_french_author_reads_french(french_editor):
    document = french_editor.open(LADDER.replace("tone: formal", "tone: ferme").replace("grants", "gra¦nts"))
    messages = "\n".join(each.message for each in document.findings)
    told = document.hover()
    title = document.fixes()[0].title
    document.close()
    assert "vouliez-vous dire" in messages
    assert "vouliez-vous dire" in title
    assert "Délai accordé" in told
    assert "By default" not in told


def test_small_print_in_french(french_editor):
    document = french_editor.open(LADDER)
    titles = [each.command.title for each in document.ask("text_document_code_lens", lsp.CodeLensParams(document.id))]
    document.close()
    assert titles[1] == "jeudi 5 mars 2026 · ensuite : mise-en-demeure, lundi 16 mars 2026"


def test_an_editor_with_places_to_fill_gets_what_is_required(french_editor):
    document = french_editor.open(HEAD + "steps:\n  - id: a\n    ¦")
    snippets = {each.label: each.text_edit.new_text for each in document.suggestions()}
    document.close()
    assert snippets["repeat"] == "repeat: {every: ${1:14 days}, times: ${2:3}}"
    assert snippets["tone"] == "tone: ${1|courteous,neutral,firm,formal|}"
    assert snippets["channels"] == "channels: [$1]"
