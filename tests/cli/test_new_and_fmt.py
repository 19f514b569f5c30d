"""`relance new` makes a project that passes at once; `relance fmt` lays files out and keeps what they say."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from relance.cli import main
from relance.language import library
from relance.language.layout import relaid

PLAYBOOKS = Path(__file__).parents[2] / "playbooks"


def call(*words):
    return CliRunner().invoke(main, list(words))


@pytest.mark.parametrize("model", ["negligent", *(pytest.param(each, marks=pytest.mark.long) for each in ("consommateur", "agence-amiable"))])
def test_a_new_project_passes_at_once(tmp_path, monkeypatch, model):
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    assert call("new", "maison", "--from", model).exit_code == 0
    assert call("validate", ".").exit_code == 0
    tested = call("test", "playbooks")
    assert (tested.exit_code, "0 fail" in tested.output) == (0, True)
    assert len(list(tmp_path.glob("modeles/fr/*/message.md.j2"))) == 1
    assert (tmp_path / ".github" / "workflows" / "relance.yml").is_file()
    assert call("fmt", "--check").exit_code == 0


@pytest.mark.long
def test_every_shipped_playbook_can_be_begun_with(tmp_path, monkeypatch):
    for model in library.shipped_ids():
        folder = tmp_path / model
        folder.mkdir()
        monkeypatch.chdir(folder)
        assert call("new", "essai", "--from", model).exit_code == 0
        assert call("validate", ".").exit_code == 0, model


def test_a_second_playbook_joins_the_project_and_nothing_is_overwritten(tmp_path, monkeypatch):
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    call("new", "maison")
    (tmp_path / "relance.yaml").write_text("schema: 1\ntemplates: [modeles]\n", "utf-8")
    assert call("new", "autre").exit_code == 0
    assert (tmp_path / "relance.yaml").read_text("utf-8") == "schema: 1\ntemplates: [modeles]\n"
    again = call("new", "maison")
    assert (again.exit_code, "nothing is overwritten" in again.output) == (2, True)


@pytest.mark.parametrize(("words", "said"), [(("Maison",), "'Maison' is no name"), (("maison", "--from", "nobody"), "there is no playbook 'nobody'")])
def test_what_cannot_be_begun_is_refused(tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    done = call("new", *words)
    assert (done.exit_code, said in done.output, list(tmp_path.iterdir())) == (2, True, [])


def test_comments_order_and_quotes_stay():
    written = "schema: 1\n# why\nplaybook: maison   # ours\nsteps:\n- {id: relance, at: 'J+3'}\n# last\n"
    assert relaid(written) == "schema: 1\n# why\nplaybook: maison   # ours\nsteps:\n  - {id: relance, at: 'J+3'}\n# last\n"


@pytest.mark.parametrize("text", ['title: "never closed\n', "a: &x 1\nb: *x\n", "schema: 1\nschema: 2\n", ""])
def test_what_cannot_be_read_is_left_alone(text):
    assert relaid(text) is None


def test_laying_out_twice_changes_nothing_more():
    for name in library.shipped_ids():
        text = library.find(name).read_text(encoding="utf-8")
        once = relaid(text)
        assert once is not None
        assert relaid(once) == once


def test_fmt_says_what_it_changed_and_check_writes_nothing(tmp_path):
    path = tmp_path / "maison.yaml"
    text = "schema: 1\nplaybook: maison\nversion: 1\nsteps:\n- {id: relance, at: J+3}\n"
    path.write_text(text, "utf-8")
    assert (call("fmt", "--check", str(path)).exit_code, path.read_text("utf-8")) == (1, text)
    assert (call("fmt", str(path)).exit_code, path.read_text("utf-8")) == (0, text.replace("- {", "  - {"))
    assert call("fmt", "--check", str(path)).exit_code == 0
    path.write_text('title: "open\n', "utf-8")
    assert call("fmt", str(path)).exit_code == 2


def test_no_text_in_a_flow_is_parted_between_two_words():
    text = "a:\n  - {street: 1 rue de la Paix et encore beaucoup de mots, " + ", ".join(f"key{number}: some words that go on" for number in range(12)) + "}\n"
    assert relaid(text) == text


def test_a_mapping_of_one_key_keeps_its_braces_in_a_list():
    assert relaid("if: {any_of: [{disputed: true}, {profile: dispute}]}\n") == "if: {any_of: [{disputed: true}, {profile: dispute}]}\n"


@pytest.mark.long
def test_the_shipped_playbooks_are_laid_out_so():
    done = call("fmt", "--check", str(PLAYBOOKS))
    assert done.exit_code == 0, done.output
