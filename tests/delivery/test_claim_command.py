"""One unpaid invoice in, letter and e-mail out: asked, by options, or from an electronic invoice; and when it stops."""

from __future__ import annotations

import email
import email.policy
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from relance.cli import main
from relance.delivery import outbox
from relance.importers import single_claim
from relance.journal.journal import Journal
from relance.letters import sample

OPTIONS = {
    "--creditor": "Atelier du Rhône SARL", "--creditor-address": "3 quai du Rhône, 69002 Lyon", "--creditor-email": "compta@atelier.example",
    "--iban": "FR76 3000 6000 0112 3456 7890 189", "--debtor": "Dupont SA", "--debtor-address": "12 rue de la Paix, 69001 Lyon",
    "--debtor-email": "compta@dupont.example", "--number": "F-1", "--issued": "2026-10-01", "--due": "02/11/2026", "--amount": "1 200,00",
    "--kind": "business", "--basis": "devis signé", "--on": "2026-11-20",
}  # fmt: skip
INVOICES = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "einvoices"


@pytest.fixture
def claim(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(*more, given=OPTIONS, answers=None):
        arguments = [part for name, value in given.items() for part in (name, value)]
        environment = {"RELANCE_JOURNAL": "books.db", "RELANCE_ACTOR": "claire"}
        return CliRunner().invoke(main, ["claim", *arguments, *more], input=answers, env=environment, catch_exceptions=False)

    return run


def test_options_say_it_all_and_the_case_is_open(claim, tmp_path):
    done = claim("--yes", "--agreed", "--undisputed")
    assert done.exit_code == 0, done.output
    assert "(declic, version 1)" in done.output
    assert "1\u202f200,00\u00a0€" in done.output
    with Journal.open(tmp_path / "books.db") as journal:
        (known,) = journal.facts()
        assert known.invoices[0].id == "F-1"
        assert sorted(str(each.channel) for each in outbox.read(journal)) == ["email", "letter"]
    assert list((tmp_path / "relance-F-1").glob("*.pdf"))
    assert list((tmp_path / "relance-F-1").glob("*.eml"))
    again = claim("--yes", "--agreed", "--undisputed")
    assert again.exit_code == 0
    assert "0 to leave today" in again.output, "the same claim twice opens one case"


@pytest.mark.parametrize(
    ("change", "more", "word"),
    [
        ({"--due": "2026-12-24"}, ["--agreed", "--undisputed"], "not due"),
        ({}, ["--agreed", "--disputed"], "disputed"),
        ({}, ["--not-agreed", "--undisputed"], "not liquidated"),
        ({"--basis": " "}, ["--agreed", "--undisputed"], "not certain"),
        ({"--due": "2019-11-02", "--issued": "2019-10-01"}, ["--agreed", "--undisputed"], "time-barred since 2024-10-02 (5 years between professionals (C. com. L110-4); counted from the day of issue"),
        ({"--due": "2024-10-02", "--issued": "2024-10-01", "--kind": "consumer"}, ["--agreed", "--undisputed"], "time-barred"),
        ({"--iban": "FR7630006000011234567890188"}, ["--agreed", "--undisputed"], "IBAN"),
        ({"--amount": "zéro"}, ["--agreed", "--undisputed"], "no amount"),
        ({"--due": "31/02/2026"}, ["--agreed", "--undisputed"], "no day"),
        ({"--debtor-address": "12 rue de la Paix"}, ["--agreed", "--undisputed"], "postcode"),
    ],
)
def test_it_stops_with_the_reason_and_writes_nothing(claim, tmp_path, change, more, word):
    done = claim("--yes", *more, given={**OPTIONS, **change})
    assert done.exit_code == 2
    assert word in done.output
    assert not (tmp_path / "books.db").exists()
    assert not (tmp_path / "relance-F-1").exists()


def test_yes_takes_nothing_as_said_that_was_not(claim):
    done = claim("--yes")
    assert done.exit_code == 2
    assert "not liquidated" in done.output
    assert "disputed" in done.output
    assert "--iban is missing" in claim("--yes", given={name: value for name, value in OPTIONS.items() if name != "--iban"}).output


def test_a_person_is_asked_until_the_answer_can_be_read(claim, tmp_path):
    typed = (
        "Atelier du Rhône SARL", "", "3 quai du Rhône, 69002 Lyon", "compta@atelier.example", "FR00", "FR76 3000 6000 0112 3456 7890 189", "Dupont SA",
        "123", "443061841", "12 rue de la Paix, 69001 Lyon", "compta@dupont.example", "F-7", "01/10/2026", "2026-11-02", "-5", "1200", "negligent",
        "commande 12", "y", "n", "y", "",
    )  # fmt: skip
    done = claim(given={"--on": "2026-11-20"}, answers="\n".join(typed))
    assert done.exit_code == 0, done.output
    for said in ("no valid IBAN", "no SIREN", "no amount", "(negligent)"):
        assert said in done.output
    assert (tmp_path / "relance-F-7" / "index.html").is_file()


def test_a_no_writes_nothing(claim, tmp_path):
    done = claim(
        "--agreed",
        "--undisputed",
        "--profile",
        "forgetful",
        given={**OPTIONS, "--creditor-siren": "552100554", "--debtor-siren": "443061841"},
        answers="n\n",
    )
    assert done.exit_code == 2
    assert "nothing was written" in done.output
    assert not (tmp_path / "books.db").exists()


def without_payee(folder: Path, name: str) -> Path:
    """Return a published sample; one that names another payee than the seller, which is not the seller's to claim, without him."""
    data = (INVOICES / name).read_bytes()
    if name.endswith(".pdf"):
        return INVOICES / name
    made = folder / name
    made.write_bytes(re.sub(rb"<ram:PayeeTradeParty>.*?</ram:PayeeTradeParty>", b"", data, flags=re.DOTALL))
    return made


@pytest.mark.skipif(not INVOICES.is_dir(), reason="the sample electronic invoices are not beside the checkout")
def test_what_is_owed_to_another_payee_is_not_claimed(claim, tmp_path):
    done = claim(str(INVOICES / "factur-x-en16931.xml"), "--yes", "--agreed", "--undisputed", given={"--due": "2026-11-02", "--on": "2026-11-20"})
    assert done.exit_code == 2
    assert "owed to 'PAYEE NAME', not to the seller" in done.output
    assert not (tmp_path / "books.db").exists()


@pytest.mark.skipif(not INVOICES.is_dir(), reason="the sample electronic invoices are not beside the checkout")
@pytest.mark.parametrize("name", ["Facture_FR_BASICWL.pdf", "factur-x-en16931.xml"])
def test_an_electronic_invoice_says_most_of_it(claim, tmp_path, name):
    invoice = without_payee(tmp_path, name)
    missing = {
        name: OPTIONS[name]
        for name in ("--creditor-email", "--debtor-email", "--iban", "--debtor-address", "--creditor-address", "--basis")
    }
    due = {"--due": "2026-11-02", "--issued": "2026-10-01", "--on": "2026-11-20", "--kind": "business"}
    done = claim(str(invoice), "--yes", "--agreed", "--undisputed", given={**missing, **due})
    assert done.exit_code == 0, done.output
    with Journal.open(tmp_path / "books.db") as journal:
        kinds = [entry.data["kind"] for entry in journal.entries(kinds=("document.attached",))]
    assert kinds == ["invoice"]


@pytest.mark.skipif(not INVOICES.is_dir(), reason="the sample electronic invoices are not beside the checkout")
def test_a_due_date_the_invoice_does_not_give_is_the_laws_and_said(claim):
    missing = {name: OPTIONS[name] for name in ("--creditor-email", "--debtor-email", "--iban", "--debtor-address", "--creditor-address", "--basis")}
    more = {"--issued": "2026-10-01", "--on": "2026-11-20", "--kind": "business"}  # the sample itself is of 2017: time-barred
    minimum = str(INVOICES / "Facture_FR_MINIMUM.pdf")
    assert "no due date, which the profile MINIMUM leaves out: taken as due on 2017-12-1" in claim(minimum, "--yes", "--agreed", "--undisputed", given={**missing, **more}).output
    done = claim(minimum, "--yes", "--agreed", "--undisputed", given={**missing, **more, "--due": "2026-11-02"})
    assert done.exit_code == 0, done.output
    assert "due 2026-11-02" in done.output


@pytest.mark.skipif(not INVOICES.is_dir(), reason="the sample electronic invoices are not beside the checkout")
def test_a_wrong_iban_in_the_invoice_is_not_taken_over(claim, tmp_path):
    due = {"--due": "2026-11-02", "--issued": "2026-10-01", "--on": "2026-11-20", "--kind": "business", "--basis": "devis signé"}
    invoice = str(without_payee(tmp_path, "factur-x-en16931.xml"))
    stopped = claim(invoice, "--yes", "--agreed", "--undisputed", given=due)
    assert stopped.exit_code == 2
    assert "is no IBAN, its key or its length is wrong: it is not taken" in stopped.output
    assert "--iban is missing" in stopped.output
    assert not (tmp_path / "books.db").exists()
    done = claim(invoice, "--yes", "--agreed", "--undisputed", given={**due, "--iban": OPTIONS["--iban"]})
    assert done.exit_code == 0, done.output
    assert "not made" not in done.output


@pytest.mark.skipif(not INVOICES.is_dir(), reason="the sample electronic invoices are not beside the checkout")
def test_the_invoice_travels_with_the_email(claim, tmp_path):
    missing = {name: OPTIONS[name] for name in ("--creditor-email", "--debtor-email", "--iban", "--debtor-address", "--creditor-address", "--basis")}
    more = {"--issued": "2026-10-01", "--due": "2026-11-02", "--on": "2026-11-20", "--kind": "business", "--out": "texts"}
    done = claim(str(INVOICES / "Facture_FR_BASICWL.pdf"), "--yes", "--agreed", "--undisputed", given={**missing, **more})
    assert done.exit_code == 0, done.output
    (mail,) = (tmp_path / "texts").glob("*.eml")
    names = [each.get_filename() for each in email.message_from_bytes(mail.read_bytes(), policy=email.policy.default).iter_attachments()]
    assert len(names) == 2
    assert names[1] == "Facture_FR_BASICWL.pdf"
    assert f"texts/{mail.name}" in done.output, "what leaves today is named"


def test_what_was_paid_before_is_not_asked_again():
    case = sample.facts()
    assert single_claim.said_by(case, date(2026, 3, 1))["amount"] == Decimal("1000.00")
    assert single_claim.said_by(case, date(2026, 2, 1))["amount"] == Decimal("1200.00")


@pytest.mark.parametrize(("text", "value"), [("1200", "1200.00"), ("1 200,5", "1200.50"), ("1\u202f200,00 €", "1200.00")])
def test_amounts_are_read_as_people_write_them(text, value):
    assert str(single_claim.read_amount(text)) == value


@pytest.mark.parametrize("text", ["0", "", "1.234,56", "-3", "1e5", "12.345"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ValueError, match="amount"):
        single_claim.read_amount(text)


def test_a_profile_has_a_playbook_that_ships():
    from relance.language import library

    for kind in ("business", "consumer"):
        for profile in single_claim.PROFILES:
            assert single_claim.playbook_for(kind, profile) in library.shipped_ids()


def test_the_house_writes_with_its_own_letterhead_and_wordings(claim, tmp_path):
    (tmp_path / "papier.yaml").write_text("schema: 1\nsender: {name: Maison Rivière SARL, address: [1 place Bellecour, 69002 Lyon], email: compta@riviere.example}\n", encoding="utf-8")
    for name in ("declic", "relance-1"):
        wording = tmp_path / "modeles" / "fr" / name / "message.md.j2"
        wording.parent.mkdir(parents=True)
        wording.write_text("---\nsubject: Votre facture {{ invoice.id }}\n---\nNous attendons {{ sums.total }}, dit {{ sender.name }}.\n", encoding="utf-8")
    done = claim("--yes", "--agreed", "--undisputed", "--letterhead", "papier.yaml", "--templates", "modeles")
    assert done.exit_code == 0, done.output
    assert "Nous attendons" in done.output
    assert "dit Maison Rivière SARL" in done.output


@pytest.mark.parametrize("paper", [True, False])
def test_a_second_claim_names_no_other_account_than_the_journal_knows(claim, tmp_path, paper):
    """The first account is taken without a question; another is a person's to confirm, and no paper names it meanwhile."""
    other, more = "FR1420041010050500013M02606", {"--debtor-siren": "443061841", "--creditor-siren": "552100554", "--profile": "forgetful"}
    sure = ("--yes", "--agreed", "--undisputed")
    first = claim(*sure, given={**OPTIONS, **more})
    assert first.exit_code == 0, first.output
    letterhead = tmp_path / "letterhead.yaml"
    letterhead.write_text(f"schema: 1\nsender: {{name: Atelier, address: [1 quai Perrache, 69002 Lyon], email: a@atelier.example}}\npayment: {{iban: {other}}}\n", "utf-8")
    how = {"--letterhead": str(letterhead)} if paper else {"--iban": other}
    second = claim(*sure, given={**OPTIONS, **more, "--number": "F-2", **how})
    assert second.exit_code == 2
    assert other in " ".join(second.output.split())
    assert not (tmp_path / "relance-F-2").exists()
