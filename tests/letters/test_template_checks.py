"""The checks of wordings: each code has a bad example that it finds, at its place, and shipped wordings are clean."""

from __future__ import annotations

import dataclasses

import pytest
from click.testing import CliRunner

from relance.cli import main
from relance.language import library, load_playbook
from relance.letters.check import check_all, check_playbook
from relance.letters.text_codes import CODES
from relance.letters.wording import Templates

#: Code → (file, text, line, column, part of the message).
BAD = [
    ("PB401", "message", "---\nsubject: x\n---\n{% if tone %}\n", 4, 1, "never closed"),
    ("PB401", "message", "---\nsubject: x\n---\n{{ tone | shout }}\n", 4, 1, "shout"),
    ("PB402", "message", "---\nsubject: x\n---\nBonjour {{ debitor.name }}\n", 4, 12, "debitor"),
    ("PB402", "message", "---\nsubject: x\n---\n{{ debtor.nom }}\n", 4, 4, "debtor.nom"),
    ("PB402", "message", "---\nsubject: x\n---\n{% for line in invoices %}{{ line.ammount }}{% endfor %}\n", 4, 30, "line.ammount"),
    ("PB402", "message", "---\nsubject: x\n---\n{{ (invoices | first).ammount }}\n", 4, 1, "ammount"),
    ("PB402", "message", "---\nsubject: x\n---\n{{ sums.total.cents }}\n", 4, 4, "is text"),
    ("PB402", "message", "---\nsubject: x\n---\n{{ invoices.id }}\n", 4, 4, "a list"),
    ("PB402", "message", '---\nsubject: "{{ nobody }}"\n---\nx\n', 2, 14, "nobody"),
    ("PB403", "message", "no front matter\n", 1, 1, "no front matter"),
    ("PB403", "message", "---\nsubject: x\nobjet: y\n---\nx\n", 3, 1, "objet"),
    ("PB403", "message", "---\nsubject: x\ntone: rude\n---\nx\n", 3, 7, "rude"),
    ("PB406", "message", '---\nsubject: x\n---\n{% include "_blocks/closings.md.j2" %}\n', 4, 13, "closings"),
    ("PB407", "message", '---\nsubject: x\n---\n{% if tone == "curteous" %}x{% endif %}\n', 4, 16, "curteous"),
    ("PB407", "message", '---\nsubject: x\n---\n{% if channel in ["email", "fax"] %}x{% endif %}\n', 4, 29, "fax"),
    ("PB408", "sms", "Votre facture attend.\n", 1, 7, "facture"),
    ("PB408", "sms", "Total {{ sums.total }}\n", 1, 10, "sums"),
    ("PB409", "message", "---\nsubject: x\n---\nBonjour <b>vous</b>\n", 4, 9, "<b>"),
]  # fmt: skip


def findings(folder, stem, text):
    place = folder / "fr" / "essai" / f"{stem}.md.j2"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")
    return [each for each in check_all(Templates(folder), languages=("fr",)) if each.path == str(place)]


@pytest.mark.parametrize(("code", "stem", "text", "line", "column", "said"), BAD)
def test_each_mistake_is_found_at_its_place(tmp_path, code, stem, text, line, column, said):
    (finding,) = findings(tmp_path, stem, text)
    assert (finding.code, finding.line) == (code, line)
    assert said in finding.message
    if column > 1:
        assert finding.column == column
    assert finding.severity is CODES[code].severity


def test_every_mistake_of_a_file_is_told_at_once(tmp_path):
    found = findings(tmp_path, "message", "---\nsubject: x\nto: y\n---\n{{ a }} {{ b }}\n{{ debtor.c }} {{ a }}\n")
    assert [each.code for each in found] == ["PB403", "PB402", "PB402", "PB402", "PB402"]
    assert [(each.line, each.column) for each in found] == sorted((each.line, each.column) for each in found)


@pytest.mark.parametrize(
    "text",
    [
        "{% set total = sums.total %}{{ total }}",
        "{% for line in invoices %}{{ loop.index }} {{ line.open }}{% if not loop.last %},{% endif %}{% endfor %}",
        "{% macro greet(who) %}Bonjour {{ who }}{% endmacro %}{{ greet(debtor.name) }}",
        "{% for each in history | reverse %}{{ each.on }}{% endfor %}",
        "{{ (invoices | last).id }} {{ invoices[0].due }} {{ debtor['name'] }}",
        '{% if tone in ["firm", "formal"] and kind == "formal_notice" %}x{% endif %}',
        "{% set x %}{{ today }}{% endset %}{{ x }}",
        "{% if first_letter %}{{ first_letter.reference }}{% endif %}",
    ],
)
def test_what_is_right_is_left_alone(tmp_path, text):
    assert findings(tmp_path, "message", f"---\nsubject: x\n---\n{text}\n") == []


def test_the_shipped_wordings_are_clean():
    assert check_all(Templates()) == ()


@pytest.mark.parametrize("name", library.shipped_ids())
def test_every_shipped_playbook_finds_its_wordings(name):
    playbook, _ = load_playbook(library.find(name), checks=False)
    for language in ("fr", "en"):
        assert check_playbook(dataclasses.replace(playbook, language=language), None, Templates()) == ()


def test_a_step_without_a_wording_or_at_another_tone_is_found_at_the_step(tmp_path):
    from relance.language.source import read

    playbook, _ = load_playbook(library.find("negligent"), checks=False)
    path = library.find("negligent")
    source, _ = read(path.read_bytes(), "negligent.yaml")
    folder = tmp_path / "fr" / "mise-en-demeure"
    folder.mkdir(parents=True)
    (folder / "message.md.j2").write_text("---\nsubject: x\ntone: courteous\n---\nx\n")
    steps = tuple(dataclasses.replace(step, template="appelle") if step.id == "appel" else step for step in playbook.steps)
    found = check_playbook(dataclasses.replace(playbook, steps=steps), source, Templates(tmp_path))
    assert {each.code for each in found} == {"PB404", "PB405"}
    missing = next(each for each in found if each.code == "PB404")
    assert missing.path == "negligent.yaml"
    assert missing.line > 1
    assert missing.hint.startswith("did you mean 'appel'? or write fr/appelle/")


def test_an_agencys_letter_includes_what_r124_4_lists(tmp_path):
    playbook, _ = load_playbook(library.find("agence-amiable"), checks=False)
    folder = tmp_path / "fr" / "premiere-lettre-agence"
    folder.mkdir(parents=True)
    (folder / "message.md.j2").write_text('---\nsubject: x\n---\n{% include "_blocks/identity.md.j2" %}\n')
    found = check_playbook(playbook, None, Templates(tmp_path))
    assert {each.code for each in found} == {"PB410"}
    assert {each.message.split("block '")[1].split("'")[0] for each in found} == {"sums", "payment", "statutory"}


@pytest.mark.long
def test_every_shipped_wording_at_every_tone_as_the_law_reads_it():
    assert CliRunner().invoke(main, ["template", "check"]).exit_code == 0


def test_the_command_tells_and_its_exit_code_says(tmp_path):
    run = CliRunner().invoke
    assert run(main, ["template", "check", "negligent"]).exit_code == 0
    folder = tmp_path / "fr" / "relance-1"
    folder.mkdir(parents=True)
    (folder / "message.md.j2").write_text("---\nsubject: x\n---\n{{ nobody }}\n")
    told = run(main, ["template", "check", "negligent", "--templates", str(tmp_path)])
    assert told.exit_code == 1
    assert "message.md.j2:4:4: there is no 'nobody' [PB402]" in told.output
    assert '"PB402"' in run(main, ["template", "check", "negligent", "--templates", str(tmp_path), "--format", "json"]).output
    assert run(main, ["template", "show", "relance-1", "--templates", str(tmp_path)]).exit_code == 2


def test_vars_list_and_show():
    run = CliRunner().invoke
    names = run(main, ["template", "vars"]).output
    assert "sums.segments[].rate" in names
    assert "12,15\u202f%" in names
    assert '"version": 1' in run(main, ["template", "vars", "--format", "json"]).output
    assert "fr  relance-1  " in run(main, ["template", "list"]).output
    shown = run(main, ["template", "show", "relance-2", "--tone", "formal", "--lang", "en", "--invoices", "3"]).output
    assert "F-2026-003" in shown
