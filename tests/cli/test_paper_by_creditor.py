"""Letterheads and wordings of relance.yaml by creditor: what `run`, `render` and `preview` write, each on its creditor's paper, in its words."""

from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from click.testing import CliRunner

from relance.cli import main

PLAYBOOK = """schema: 1
playbook: essai
version: 1
title: Essai
debtor: business
collector: creditor
late: {entry: current}
steps:
  - {id: une, title: Une, at: J+10, channels: [email], tone: firm, template: relance-1}
"""
PAPER = "schema: 1\nsender: {{name: {name}, address: [1 rue Neuve, 69001 Lyon], email: compta@{mail}.example, signatory: Anne Petit}}\n"
WORDING = """---
title: Rappel de la maison
subject: "Votre facture {{ invoice.id }}"
---
{% include "_blocks/opening.md.j2" %}

Chez la maison du pain, la facture **{{ invoice.id }}**, échue le {{ invoice.due }}, attend encore : {{ sums.total }}.

{% include "_blocks/closing.md.j2" %}
"""
PROJECT = "schema: 1\nletterhead: commun.yaml\nletterheads: {pain: pain.yaml}\nwordings: {pain: modeles-pain}\n"


@pytest.fixture
def house(tmp_path, monkeypatch):
    for place in ("relance.cli.common.now", "relance.cli.run.now"):
        monkeypatch.setattr(place, lambda: datetime(2026, 3, 2, 9, tzinfo=UTC))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "playbooks").mkdir()
    files = {"essai.yaml": PLAYBOOK, "commun.yaml": PAPER.format(name="Le groupe", mail="groupe"), "pain.yaml": PAPER.format(name="La maison du pain", mail="pain")}
    files["autre.yaml"] = PAPER.format(name="Une autre", mail="autre")
    files["modeles-pain/fr/relance-1/message.md.j2"] = WORDING
    files["invoices.csv"] = "id,creditor,debtor,amount,currency,issued,due\nP-1,pain,d,100.00,EUR,2026-01-02,2026-02-16\nL-1,lait,d,100.00,EUR,2026-01-02,2026-02-16\n"
    files["debtors.csv"] = "id,name,kind,email\nd,Durand SAS,business,info@durand.example\n"
    files["creditors.csv"] = "id,name\npain,Pain SARL\nlait,Lait SARL\n"
    files["relance.yaml"] = PROJECT
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")

    def run(*more):
        done = CliRunner().invoke(main, ["run", "--playbook", "essai.yaml", "--invoices", "invoices.csv", "--debtors", "debtors.csv", "--creditors", "creditors.csv", "--as-of", "2026-03-02", *more])
        assert done.exit_code == 0, done.output

    return tmp_path, run


def rendered(folder, *more):
    done = CliRunner().invoke(main, ["render", "--out", "papier", *more])
    assert done.exit_code == 0, done.output
    found = {}
    for path in sorted((folder / "papier").rglob("*.eml")):
        read = message_from_bytes(path.read_bytes(), policy=policy.default)
        found["pain" if "P-1" in read.as_string() or "P-1" in str(read["Subject"]) else "lait"] = (read["From"].addresses[0].addr_spec, read.get_body(("plain",)).get_content())
    return found


def test_each_creditor_writes_on_its_paper_in_its_words(house):
    folder, run = house
    run()
    made = rendered(folder)
    assert {name: sender for name, (sender, _) in made.items()} == {"pain": "compta@pain.example", "lait": "compta@groupe.example"}
    assert "Chez la maison du pain" in made["pain"][1]
    assert "Chez la maison du pain" not in made["lait"][1]


def test_a_letter_too_is_written_on_its_creditors_paper(house):
    """It was held against the common paper, and not written: each name on it was another's."""
    folder, run = house
    (folder / "essai.yaml").write_text(PLAYBOOK.replace("[email]", "[letter]"), encoding="utf-8")
    debtors = "id,name,kind,address,postcode,city,country\nd,Durand SAS,business,2 rue Haute,69002,Lyon,FR\n"
    (folder / "debtors.csv").write_text(debtors, encoding="utf-8")
    creditors = "id,name,iban\npain,Pain SARL,FR7630006000011234567890189\nlait,Lait SARL,FR7630006000011234567890189\n"
    (folder / "creditors.csv").write_text(creditors, encoding="utf-8")
    run()
    texts = [path.read_text("utf-8") for path in sorted((folder / "relance-2026-03-02" / "messages").glob("*.md"))]
    assert sorted(("P-1" in text, "La maison du pain" in text, "Le groupe" in text) for text in texts) == [(False, False, True), (True, True, False)]


def test_a_letterhead_of_the_command_line_is_for_all_and_the_wordings_stay(house):
    folder, run = house
    run("--letterhead", "autre.yaml")
    made = rendered(folder, "--letterhead", "autre.yaml")
    assert {sender for sender, _ in made.values()} == {"compta@autre.example"}
    assert "Chez la maison du pain" in made["pain"][1]


def test_without_either_key_all_write_alike(house):
    folder, run = house
    (folder / "relance.yaml").write_text("schema: 1\nletterhead: commun.yaml\n", encoding="utf-8")
    run()
    made = rendered(folder)
    assert {sender for sender, _ in made.values()} == {"compta@groupe.example"}
    assert "Chez la maison du pain" not in made["pain"][1]


def test_a_folder_that_is_not_there_is_a_mistake_of_the_project(house):
    folder, _ = house
    (folder / "relance.yaml").write_text("schema: 1\nwordings: {pain: nulle-part}\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["validate", "relance.yaml"])
    assert done.exit_code == 1
    assert 'there is no folder "nulle-part" here' in done.output
