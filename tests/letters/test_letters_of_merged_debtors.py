"""What is written to two who are one: to whom, where, about which invoices and messages, under which reference; apart again, each his own. On both databases."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import pytest

from relance.importers.columns import ColumnMapping
from relance.importers.import_settings import Settings
from relance.importers.intake import recognise, take
from relance.language import load_playbook_text
from relance.letters import texts
from relance.letters.context import Writing, build
from relance.letters.document import Studio
from relance.letters.letterhead import PLAIN
from relance.letters.wording import Templates
from relance.model import Address, Creditor
from relance.portfolio.routing import only
from relance.run import journal_run

TODAY = date(2026, 6, 1)
ATELIER = Creditor("atelier", "Atelier Durand", siren="732829320", address=Address(("1 rue des Lilas", "69003 Lyon")), email="compta@durand.example", iban="FR7630006000011234567890189")
TWO = """id;debtor;debtor.name;debtor.address;debtor.postcode;debtor.city;issued;due;amount
G-1;C;Morel SARL;1 rue Haute;69001;Lyon;2026-05-01;2026-05-29;100.00
G-2;D;Garage Morel;9 quai Bas;38000;Grenoble;2026-05-01;2026-05-28;250.00
"""
LADDER = """schema: 1
playbook: lettres
version: 1
title: Lettres
debtor: business
unit: account
steps:
  - {id: first, at: J+1, channels: [letter], tone: courteous, template: relance-1}
  - {id: second, at: J+8, channels: [letter], tone: firm, template: relance-2}
"""


@pytest.fixture
def house(journal, tmp_path):
    """Return what reads the letters of a run on a day, by the debtor they are to."""
    (tmp_path / "t.csv").write_text(TWO, "utf-8")
    journal.take_in([], actor="test")
    take(journal, [recognise(tmp_path / "t.csv")], Settings(ColumnMapping(creditor=ATELIER), TODAY))
    playbook, _ = load_playbook_text(LADDER, "lettres.yaml")
    assert playbook is not None

    def letters(on: date) -> dict[str, str]:
        done = journal_run.run(journal, (), only(playbook), on, actor="test", load=lambda _: None, sent_by="other")
        folder = tmp_path / f"{on}-{len(list(tmp_path.iterdir()))}"
        with texts.studio_by_playbook(Writing(PLAIN), {}, partial(Studio, Templates())) as studio:
            made = texts.write(done.new, done.facts, folder, studio)
        assert not made.missing, [one.why for one in made.missing]
        found = {}
        for (_, debtor), facts in done.facts.items():
            if mine := [one for one in done.new if one.debtor == debtor]:
                to = build(mine, facts, Writing(PLAIN)).recipient
                (path,) = (path for path in made.paths if f"-{debtor}-" in path.name)
                found[debtor] = "\n".join((to.name, *to.address_lines, path.read_text("utf-8")))
        return found

    return letters


def test_a_letter_to_two_who_are_one_is_to_the_one_and_about_both(journal, house):
    journal.merge("C", "D", on=TODAY, actor="anna")
    (letter,) = house(TODAY).values()
    assert letter.startswith("Garage Morel\n9 quai Bas\n38000 Grenoble")
    assert "Morel SARL" not in letter
    assert "G-1" in letter
    assert "G-2" in letter
    assert "350,00" in letter.replace("\u202f", " ")


def test_apart_again_each_has_his_name_his_invoice_and_his_reference(journal, house):
    journal.merge("C", "D", on=TODAY, actor="anna")
    journal.split("C", "D", on=TODAY, actor="anna")
    found = house(TODAY)
    assert set(found) == {"C", "D"}
    for debtor, own, other in (("C", ("Morel SARL", "G-1", "100,00"), ("Garage Morel", "G-2")), ("D", ("Garage Morel", "G-2", "250,00"), ("Morel SARL", "G-1"))):
        assert all(word in found[debtor] for word in own)
        assert not any(word in found[debtor] for word in other)


def test_a_letter_after_a_split_recalls_only_what_was_written_to_himself(journal, house):
    first = house(TODAY)
    assert set(first) == {"C", "D"}
    journal.merge("C", "D", on=TODAY, actor="anna")
    journal.split("C", "D", on=TODAY + timedelta(days=3), actor="anna")
    second = house(TODAY + timedelta(days=7))
    for debtor, own, other in (("C", "G-1", "G-2"), ("D", "G-2", "G-1")):
        assert own in second[debtor]
        assert other not in second[debtor]
