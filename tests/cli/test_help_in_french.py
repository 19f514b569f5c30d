"""The help of every command, what click itself refuses, and what a broken file brings, under a French locale: no English word, and cheap enough to be asked each time."""

from __future__ import annotations

import re
import sys
from importlib import import_module

import click
import pytest
from click.testing import CliRunner
from tests.cli.test_operators_in_french import ENGLISH
from tests.sentences.english import english_words

from relance.cli import COMMANDS, main
from relance.cli.speech import _PLACEHOLDERS

#: What is written as it stands: values to choose from, defaults, names in quotes, options, names of variables, words with a point or a hyphen in them.
NAMES = re.compile(r"\[par défaut[^]]*\]|\[[\w|\s-]*\|[\w|\s-]*\]|`[^`]*`|«[^»]*»|\"[^\"]*\"|--\w[\w-]*|\bRELANCE_\w+|\b[a-z]+(?:[-.][a-z_]+)+\b|\brelance \w+(?: \w+(?![.\w]))?|\([^)\n]*starttls[^)]*\)")
REFUSED = (
    "run", "run --as-of x", "run --zz", "zz", "forecast negligent --from a", "interest --amount a", "preview", "preview negligent trop x", "cases --format zz", "fmt --check x --non", "test --fail-under a",
    "schema --format", "law zz", "outbox zz", "show rien", "show casse.yaml", "show vide.yaml", "show casse.yaml --resolved", "diff casse.yaml negligent", "validate casse.yaml", "validate rien",
    "prove rien", "book rien", "sign rien", "test rien", "preview rien --due 2026-03-02 --amount 1", "explain rien", "convert rien.csv --from odoo", "history rien", "why rien", "report", "evidence rien --out x.zip",
    "deadline --from 2026-03-01 --length 1", "deadline --from x --length P1M", "new Rien", "template show rien", "schema rien", "cases", "outbox list", "todo",
)  # fmt: skip


def called(command: click.Command, words: tuple[str, ...]):
    yield words
    for name, below in getattr(command, "commands", {}).items():
        yield from called(below, (*words, name))


def english_of(output: str) -> list[str]:
    """Return the lines that hold an English word, the name of a command at their head left out."""
    shown = re.sub(r"(?m)^  [a-z-]+  +(?=\S)|^Usage.*$", "", output)
    bare = NAMES.sub("", shown)
    return [line.strip() for line in bare.splitlines() if ENGLISH.search(line) or english_words(line)]


def test_no_help_is_english(french_terminal):
    pages = [words for name, (module, _) in COMMANDS.items() for words in called(import_module(f"relance.cli.{module}").command, (name,))]
    assert len(pages) > 80
    wrong = []
    for words in [(), *pages]:
        said = CliRunner().invoke(main, [*words, "--help"], catch_exceptions=False).output
        assert "Usage" in said, words
        wrong += [(" ".join(words), line) for line in english_of(said)]
        wrong += [(" ".join(words), name) for name in sorted(_PLACEHOLDERS - {"CODE", "D"}) if re.search(rf"(?<![\w-]){name}(?![\w-])", said)]
    assert wrong == [], "\n".join(map(str, wrong))


@pytest.fixture
def broken(french_terminal):
    (french_terminal / "casse.yaml").write_text("schema: 1\nplaybook: casse\nversion: 1\ntitle: Cassé\nsteps:\n  - {id: a, at: demain, channel: fax}\n", "utf-8")
    (french_terminal / "vide.yaml").write_text("a: [1\n", "utf-8")


@pytest.mark.usefixtures("broken")
def test_what_is_refused_is_refused_in_french():
    said = {line: CliRunner().invoke(main, line.split(), catch_exceptions=False).output for line in REFUSED}
    assert [line for line, output in said.items() if not output] == []
    wrong = [(line, each) for line, output in said.items() for each in english_of(re.sub(r"\S*/\S*[a-z]\S*", "", output)) if not re.match(r"\s*[\w-]+:|- \{", each)]
    assert wrong == [], "\n".join(map(str, wrong))


def test_an_extra_that_is_missing_is_named_in_french(french_terminal, monkeypatch):
    monkeypatch.setitem(sys.modules, "pygls", None)
    monkeypatch.setitem(sys.modules, "pygls.lsp.server", None)
    monkeypatch.delitem(sys.modules, "relance.editor.server", raising=False)
    said = CliRunner().invoke(main, ["lsp"])
    assert (said.exit_code, said.output) == (2, "Erreur\N{NO-BREAK SPACE}: relance lsp demande pygls\N{NO-BREAK SPACE}: pip install 'relance[lsp]'\n")


def test_questions_are_asked_and_answered_in_french(french_terminal):
    answers = (
        "Atelier", "", "3 quai, 69002 Lyon", "a@b.example", "FR7630006000011234567890189", "Dupont", "", "12 rue, 69001 Lyon", "d@d.example", "F-9", "01/13/2026", "01/01/2026", "01/02/2026", "beaucoup",
        "1 500,00 €", "machin", "professionnel", "négligent", "devis", "oui", "peut-être", "non", "non",
    )  # fmt: skip
    said = CliRunner().invoke(main, ["claim"], input="\n".join([*answers, ""]))
    assert said.exit_code == 2
    assert said.output.endswith("rien n’a été écrit\n")
    assert "répondez oui ou non" in said.output
    assert english_of(re.sub(r"business|consumer|forgetful|negligent|struggling|bad-faith|standard", "", said.output)) == []


def test_a_command_in_french_is_told_the_command_it_means():
    done = CliRunner().invoke(main, ["Vérifier", "maison"], env={"RELANCE_LANG": "fr"})
    assert (done.exit_code, "vouliez-vous dire «\N{NO-BREAK SPACE}validate\N{NO-BREAK SPACE}»" in done.output) == (2, True)
