"""A signature is bound to what was read: whatever it covers and changes is named."""

import shutil
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from relance.cli import main

SHIPPED = Path(__file__).parents[2]


def run(*args, code=0):
    done = CliRunner().invoke(main, list(args), env={"GITHUB_ACTIONS": "", "RELANCE_LETTERHEAD": ""})
    assert done.exit_code == code, done.output
    return done.output


@pytest.fixture
def signed(tmp_path, monkeypatch):
    """A project whose playbook was read, with its own paper and wordings."""
    monkeypatch.chdir(tmp_path)
    source = (SHIPPED / "playbooks" / "declic.yaml").read_text(encoding="utf-8")
    Path("ours.yaml").write_text(source.replace("playbook: declic", "playbook: ours", 1), encoding="utf-8")
    Path("paper.yaml").write_text("schema: 1\nsender: {name: Atelier, siren: '552100554', email: a@atelier.example, address: [1 rue Haute, 69001 Lyon]}\n", encoding="utf-8")
    shutil.copytree(SHIPPED / "templates" / "fr" / "declic", tmp_path / "wordings" / "fr" / "declic")
    Path("books").mkdir()
    run("book", "ours.yaml", "--out", "books/ours.pdf", "--letterhead", "paper.yaml", "--templates", "wordings")
    run("sign", "books/ours.pdf", "--by", "Me Claire Martin", "--role", "avocate", "--on", "2026-11-26", "--reservation", "L'anglais n'a pas été relu.")
    return tmp_path


def test_who_read_it_is_kept_beside_the_playbook(signed):
    held = yaml.safe_load(Path("ours.signed.yaml").read_text(encoding="utf-8"))
    assert (held["by"], held["role"], held["read_on"], held["reservations"]) == ("Me Claire Martin", "avocate", "2026-11-26", ["L'anglais n'a pas été relu."])
    assert held["files"] == {"playbook": "ours.yaml", "letterhead": "paper.yaml", "templates": ["wordings"]}
    assert "2 files, nothing found" in run("validate", "ours.yaml", "ours.signed.yaml", "--require-signed", "--templates", "wordings")


@pytest.mark.parametrize(
    ("file", "old", "new", "named"),
    [
        ("ours.yaml", "J+3", "J+4", "playbook ours"),
        ("paper.yaml", "name: Atelier", "name: Atelier Nord", "letterhead"),
        ("wordings/fr/declic/message.md.j2", "facture", "Facture", "wording fr/declic/message.md.j2"),
    ],
)
def test_what_changed_since_is_an_error_that_names_it(signed, file, old, new, named):
    text = Path(file).read_text(encoding="utf-8")
    assert old in text
    Path(file).write_text(text.replace(old, new, 1), encoding="utf-8")
    found = run("validate", "ours.yaml", "--require-signed", "--templates", "wordings", code=1)
    assert f"changed since Me Claire Martin signed on 2026-11-26: {named} [PB418]" in found
    assert "PB418" not in run("validate", "ours.yaml", "--templates", "wordings")


def test_a_playbook_that_nobody_signed_is_an_error_where_it_is_asked(signed):
    Path("ours.signed.yaml").unlink()
    assert "nobody signed the book of this playbook [PB418]" in run("validate", "ours.yaml", "--require-signed", "--templates", "wordings", code=1)
    Path("relance.yaml").write_text("schema: 1\nrequire_signed: true\nplaybooks: [.]\ntemplates: [wordings]\n", encoding="utf-8")
    assert "PB418" in run("validate", "ours.yaml", code=1)


def test_parts_altered_by_hand_are_no_signature(signed):
    held = yaml.safe_load(Path("ours.signed.yaml").read_text(encoding="utf-8"))
    held["parts"]["letterhead"] = "0" * 64
    Path("ours.signed.yaml").write_text(yaml.safe_dump(held), encoding="utf-8")
    assert "PB418" in run("validate", "ours.signed.yaml", code=1)
    assert "PB418" in run("validate", "ours.yaml", "--require-signed", "--templates", "wordings", code=1)


def test_what_is_no_book_is_not_signed(tmp_path):
    (tmp_path / "other.pdf").write_bytes(b"%PDF-1.4 nothing")
    assert "is no book" in run("sign", str(tmp_path / "other.pdf"), "--by", "X", code=2)
