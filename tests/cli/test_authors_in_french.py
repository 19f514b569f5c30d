"""What an author reads under a French locale, command by command, on a project of his own, on broken files and on what other products export: no English word."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.cli.test_operators_in_french import ENGLISH
from tests.convert.test_convert import EVERY, FROM
from tests.sentences.english import english_words, of_the_language

from relance.cli import main

BAD = Path(__file__).parents[1] / "golden" / "bad"
CLAIM = shlex.split(
    "claim --creditor 'Atelier du Rhône' --creditor-siren 552100554 --creditor-address '1 rue de la Paix, 69001 Lyon' --creditor-email a@atelier.example"
    " --iban FR7630006000011234567890189 --debtor 'Dupont SA' --debtor-siren 732829320 --debtor-address '2 rue Royale, 75001 Paris' --debtor-email d@dupont.example"
    " --number F-1 --issued 2026-01-01 --due 2026-02-01 --amount 1200.00 --kind business --profile negligent --basis devis --agreed --undisputed --yes --new"
)
COMMANDS = [
    ["new", "maison", "--from", "negligent"],
    ["new", "maison", "--from", "negligent"],
    ["new", "Maison"],
    ["new", "autre", "--from", "personne"],
    ["fmt"],
    ["fmt", "--check"],
    ["fmt", "rien.yaml"],
    ["test", "-k", "paie"],
    ["test", "playbooks/echec.test.yaml"],
    ["test", "playbooks/echec.test.yaml", "--coverage", "--fail-under", "100"],
    ["test", "-k", "nul essai"],
    ["prove", "maison"],
    ["prove", "personne"],
    ["preview", "maison", "--due", "2026-03-02", "--amount", "1200.00", "--event", "2026-03-06 promise.made 1200.00 2026-03-20"],
    ["preview", "maison", "--due", "2026-03-02", "--amount", "1200.00", "--event", "2026-03-06 dispute.opened livraison", "--format", "markdown"],
    ["preview", "maison", "--due", "2026-03-02", "--amount", "1200.00", "--event", "2026-03-06 insolvency.opened 2026-03-05"],
    ["preview", "maison", "--due", "2026-03-02", "--amount", "1200.00", "--event", "2026-03-06 paiement 200"],
    ["preview", "maison", "--due", "2026-03-02", "--amount", "1200.00", "--event", "2026-03-06 payment.received 10 20"],
    ["preview", "maison", "--due", "2026-03-02"],
    ["preview", "maisson", "--due", "2026-03-02"],
    ["preview", "maison", "--due", "2026-03-02", "--amount", "-3"],
    ["preview", "agence-amiable", "--due", "2026-03-02", "--amount", "1200.00"],
    ["diff", "negligent", "systematique"],
    ["diff", "negligent", "systematique", "--format", "markdown"],
    ["diff", "negligent", "personne"],
    ["explain", "PB304"],
    ["explain", "PB999"],
    ["template", "check"],
    ["template", "show", "relance-1", "--tone", "firm"],
    ["template", "show", "personne"],
    ["book", "personne"],
    ["book", "negligent", "--letterhead", "relance.yaml"],
    ["convert", "casse.json", "--from", "odoo"],
    ["convert", "casse.json", "--from", "lago"],
    ["convert", "casse.xml", "--from", "killbill"],
    ["convert", "casse.csv", "--from", "odoo"],
    ["sign", "personne"],
    ["schema", "personne"],
    CLAIM,
    ["claim"],
    *(["convert", str(file), "--from", FROM[file.stem.split("-")[0]]] for file in EVERY),
]
#: Words of English sentences that are no words of the language of playbooks either.
GRAMMAR = re.compile(r"\b(?:the|is|are|was|of|it|its|has|have|write|there|this|that|which|with|did|you|mean|needs?|takes?|an)\b")
BROKEN = {"casse.json": '{"a": [1, 2', "casse.xml": "<a><b></a>", "casse.csv": "a;b\n1\n"}


def english_in(output: str) -> list[str]:
    """Return the lines that hold an English word, but for what stands in a playbook, in quotes, in a path, or is a word of the language."""
    said = re.sub(r"\S*/\S*[a-z]\S*", "", output)
    bare = re.sub(r"`[^`]*`|«.*?»|«[^»]*»|\{[^}]*\}|--\w[\w-]*|relance \w+( \w+)?|\b[a-z]+(?:[-._][a-z_]+)+\b", "", said)
    lines = (line for line in bare.splitlines() if not re.match(r"\s*(?:- )?[\w-]+: ?\S", line) or line.startswith(("#", "Erreur", "perdu")))
    return [line.strip()[:100] for line in lines if ENGLISH.search(line) or english_words(line, of_the_language())]


@pytest.fixture
def french(french_terminal):
    for name, text in BROKEN.items():
        (french_terminal / name).write_text(text, "utf-8")
    return french_terminal


@pytest.mark.long  # every command that an author has, with proofs, years played forward and letters set: none of it is cheaper by itself
def test_no_author_meets_english(french):
    wrong = []
    for words in COMMANDS:
        done = CliRunner().invoke(main, words, catch_exceptions=False)
        wrong += [(words[:3], line) for line in english_in(done.output)]
        if words == COMMANDS[0]:
            whole = (french / "playbooks" / "maison.test.yaml").read_text("utf-8")
            (french / "playbooks" / "echec.test.yaml").write_text(whole.replace("step: relance-1, ", "step: appel, ", 1).replace("ends: stopped", "ends: held", 1), "utf-8")
    assert wrong == [], "\n".join(map(str, wrong))


def test_no_finding_is_english(french):
    done = CliRunner().invoke(main, ["validate", str(BAD), "--format", "json"])
    said = re.findall(r'"(?:message|hint)": "(.*)"', done.output)
    assert len(said) > 200
    assert [each for each in said if GRAMMAR.search(re.sub(r"`[^`]*`|«.*?»", "", each))] == []


def test_one_process_may_speak_to_readers_of_both_languages(tmp_path, monkeypatch):
    """What click calls a path is said anew for each, whichever language the command was first read in."""
    monkeypatch.chdir(tmp_path)
    for language in ("en", "fr", "en"):
        said = CliRunner().invoke(main, ["fmt", "rien.yaml"], env={"RELANCE_LANG": language}).output
        assert ("Chemin" in said, "Path" in said) == (language == "fr", language == "en"), said
