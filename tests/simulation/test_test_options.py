"""Options of `relance test`: by name, texts, what happened written down, coverage of what has no test, and watching."""

import json
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner
from tests.simulation.test_playbook_tests import PLAYBOOK

from relance.cli import main
from relance.language import source

CASE = """\
    case:
      creditor: {id: atelier, name: Atelier du Rhône SARL, siren: "552100554", kind: business, email: compta@atelier.example, address: [12 quai Perrache, 69002 Lyon]}
      debtor: {id: dupont, name: Dupont SA, kind: business, country: FR, email: a@b.example, phone: "+33639980012", address: [1 rue de la Paix, 69001 Lyon]}
      invoices:
        - {id: F-1, due: 2026-03-02, amount: "400.00"}
    until: 2026-03-20
"""
HEAD = "# Les essais de la maison\nschema: 1\nplaybook: small\ntests:\n"
GOOD = f"""\
  - name: promesse tenue  # la plus fréquente
{CASE}    expect:
      - {{on: 2026-02-25, step: before, channels: [email]}}
      - {{on: 2026-03-03, step: first, channels: [email]}}
      - {{on: 2026-03-13, step: first, channels: [email], occurrence: 2}}
"""
BAD = f"""\
  - name: personne ne paie
{CASE}    expect:
      - {{on: 2026-02-25, step: before, channels: [email]}}
      # la première relance
      - {{on: 2026-03-04, step: first, channels: [email], claimed: {{total: "400.00"}}}}

    ends: stopped
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.yaml").write_text(PLAYBOOK, encoding="utf-8")
    return tmp_path


def write(folder, *tests):
    (folder / "small.test.yaml").write_text(HEAD + "".join(tests), encoding="utf-8")


def relance(*args, code=0):
    result = CliRunner().invoke(main, ["test", *args])
    assert result.exit_code == code, result.output
    return result


def test_only_tests_of_that_name_are_run(folder):
    write(folder, GOOD, BAD)
    assert "1 test: 1 pass, 0 fail" in relance("-k", "PROMESSE").output
    assert "1 test: 0 pass, 1 fail" in relance("-k", "paie personne", code=1).output
    assert "2 tests: 1 pass, 1 fail" in relance("-k", "promesse", "-k", "personne", code=1).output


def test_a_name_that_no_test_has_is_never_green(folder):
    write(folder, GOOD)
    assert "no test has" in relance("-k", "litige", code=2).output


def test_what_happened_is_written_for_review_and_passes_then(folder):
    write(folder, GOOD, BAD)
    relance("--update", code=1)
    after = (folder / "small.test.yaml").read_text("utf-8")
    assert relance().exit_code == 0
    assert after.startswith(HEAD + GOOD)  # what passed stays, letter for letter
    assert '- {on: 2026-03-03, step: first, channels: [email], claimed: {total: "400.00"}}' in after
    assert "ends: stopped" not in after
    relance("--update")
    assert (folder / "small.test.yaml").read_text("utf-8") == after


def test_nothing_is_written_where_all_pass(folder):
    write(folder, GOOD)
    before = (folder / "small.test.yaml").read_bytes()
    assert "written" not in relance("--update").output
    assert (folder / "small.test.yaml").read_bytes() == before


def test_a_test_that_expects_nothing_gets_what_left(folder):
    write(folder, f"  - name: rien\n{CASE}    expect: []\n")
    relance("--update", code=1)
    read, findings = source.read((folder / "small.test.yaml").read_bytes(), "x")
    assert not findings
    assert [one["step"] for one in read.value["tests"][0]["expect"]] == ["before", "first", "first"]
    relance()


TEXT = GOOD.replace("step: first, channels: [email]}", "step: first, channels: [email], text: %s}")


def test_words_of_a_text_are_asked_for(folder):
    write(folder, TEXT % '{contains: ["F-1", "400,00 €"], without: ["mise en demeure"]}')
    relance()
    write(folder, TEXT % '{contains: ["mise en demeure"], without: ["F-1"]}')
    said = relance(code=1).output
    assert 'the text does not say "mise en demeure"' in said
    assert 'the text says "F-1"' in said
    assert "2 tests" not in said


def test_a_whole_text_is_kept_and_compared(folder):
    write(folder, TEXT % "{snapshot: textes/premiere.txt}")
    assert "there is no snapshot textes/premiere.txt" in relance(code=1).output
    relance("--update")
    kept = (folder / "textes" / "premiere.txt").read_text("utf-8")
    assert "F-1" in kept
    relance()
    (folder / "textes" / "premiere.txt").write_text(kept.replace("F-1", "F-2"), encoding="utf-8")
    assert "F-2" in relance(code=1).output


def test_the_firms_own_wording_is_read(folder):
    wording = folder / "modeles" / "fr" / "relance-1" / "message.md.j2"
    wording.parent.mkdir(parents=True)
    wording.write_text("---\nsubject: Votre facture {{ invoice.id }}\n---\nMerci de régler {{ sums.total }}.\n", encoding="utf-8")
    write(folder, TEXT % '{contains: ["Merci de régler"]}')
    relance(code=1)
    relance("--templates", "modeles")


def test_a_text_of_what_has_none_is_a_finding(folder):
    tests = GOOD.replace("{on: 2026-02-25, step: before, channels: [email]}", "{on: 2026-02-25, step: before, channels: [email], text: {channel: letter, contains: [x]}}")
    write(folder, tests)
    assert "no message of it has a text" in relance(code=1).output


def test_a_playbook_without_tests_is_named_and_counts(folder):
    write(folder, GOOD)
    (folder / "autre.yaml").write_text(PLAYBOOK.replace("playbook: small", "playbook: autre"), encoding="utf-8")
    said = relance("--coverage").output
    assert "autre: no test" in said
    both = json.loads(relance("--coverage", "--format", "json").output)["coverage"]
    assert {each["playbook"]: each["tested"] for each in both} == {"small": True, "autre": False}


def test_too_little_exercised_fails(folder):
    write(folder, GOOD)
    report = json.loads(relance("--coverage", "--format", "json").output)["coverage"][0]
    percent = 100 * report["covered"] // report["total"]
    assert 0 < percent < 100
    relance("--fail-under", str(percent))
    assert f"{percent} % is exercised" in relance("--fail-under", str(percent + 1), code=1).output


def test_a_french_author_reads_french(folder):
    write(folder, GOOD, BAD)
    said = CliRunner().invoke(main, ["test", "--lang", "fr", "--coverage"]).output
    assert "2 essais : 1 réussi, 1 échoué" in said
    assert "never" not in said
    assert "fail" not in said.lower()


def test_a_change_runs_the_tests_again(folder):
    write(folder, BAD)
    command = [sys.executable, "-u", "-c", "from relance.cli import main; main()", "test", "--watch"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8") as watching:
        seen = (line for line in watching.stdout if line.startswith(("1 test", "2 tests")))
        assert next(seen) == "1 test: 0 pass, 1 fail\n"
        time.sleep(0.05)
        write(folder, GOOD)
        assert next(seen) == "1 test: 1 pass, 0 fail\n"
        watching.kill()
