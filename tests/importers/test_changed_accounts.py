"""A creditor's IBAN that changes, by each way it may come in: it is taken and held, or not taken, and either is said."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from tests.importers.test_import_einvoice import CII

from relance.importers import intake
from relance.importers.columns import ColumnMapping
from relance.importers.import_settings import Settings
from relance.journal.journal import Journal
from relance.model import Creditor, Debtor, Invoice
from relance.parsing.rejects import Unreadable
from relance.portfolio.payee import confirm, recorded_ibans

OLD, NEW = "FR7630006000011234567890189", "FR1420041010050500013M02606"
DAY = date(2026, 2, 2)
ACCOUNT = "<ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>58</ram:TypeCode><ram:PayeePartyCreditorFinancialAccount><ram:IBANID>{}</ram:IBANID></ram:PayeePartyCreditorFinancialAccount></ram:SpecifiedTradeSettlementPaymentMeans>"
FEC = (
    "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise\n"
    "VE\tVentes\t1\t20260102\t411\tClients\tC1\tDupont\tF-1\t20260102\tF-1\t120,00\t0,00\t\t\t20260102\t\t\nVE\tVentes\t1\t20260102\t706\tVentes\t\t\tF-1\t20260102\tF-1\t0,00\t120,00\t\t\t20260102\t\t\n"
)


@pytest.fixture
def journal(tmp_path):
    """A creditor who is paid to `OLD`, and his debtor."""
    there = Journal.open(tmp_path / "relance.db", now=lambda: datetime(2026, 2, 2, 9, tzinfo=UTC))
    there.record(Creditor("atelier", "Atelier", siren="000987651", iban=OLD), Debtor("C1", "Dupont"), invoices=[Invoice("F-0", date(2026, 1, 15), Decimal(10))], actor="t")
    yield there
    there.close()


def _taken(journal: Journal, folder: Path, name: str, content: str, table: str | None = None, creditor: Creditor | None = None) -> list[str]:
    """Take one file and return what is remarked or refused."""
    (folder / name).write_text(content, "utf-8")
    mapping = ColumnMapping(creditor=creditor, id="house", terms="30 days")
    outcome = intake.take(journal, [intake.recognise(folder / name, table)], Settings(mapping, not_after=DAY))
    return [*(each.text for each in outcome.remarks), *(each.reason for each in outcome.rejects)]


@pytest.mark.parametrize(
    ("name", "content", "creditor"),
    [
        ("creditors.csv", f"id;name;iban\natelier;Atelier;{NEW}\n", None),
        ("fec.txt", FEC, Creditor("atelier", "Atelier", iban=NEW)),
    ],
)
def test_a_changed_account_is_taken_said_and_held_until_it_is_confirmed(journal, tmp_path, name, content, creditor):
    (said,) = _taken(journal, tmp_path, name, content, creditor=creditor)
    assert said.startswith(f"creditor 'atelier' is paid to another account now, {NEW}, not {OLD}")
    assert recorded_ibans(journal)[1]["atelier"].iban == NEW
    assert _taken(journal, tmp_path, name, content, creditor=creditor) == []  # said once
    assert confirm(journal, "atelier", "FR14 2004 1010 0505 0001 3M02 606", on=DAY, actor="t") is None
    assert recorded_ibans(journal) == ({"atelier": NEW}, {})


@pytest.mark.parametrize("account", [NEW, OLD, ""])
def test_an_invoice_that_names_another_account_changes_none_and_says_so(journal, tmp_path, account):
    means = ACCOUNT.format(account) if account else ""
    said = _taken(journal, tmp_path, "f.xml", CII.replace("</ram:InvoiceCurrencyCode>", f"</ram:InvoiceCurrencyCode>{means}"))
    assert recorded_ibans(journal) == ({"atelier": OLD}, {})
    assert [one for one in said if "account" in one] == [
        f"F-1 asks for payment to {NEW}, and atelier is paid to {OLD}: the account is not taken from an invoice; if it is his, import it in his table of creditors, then `relance creditor confirm`"
    ] * (account == NEW)


def test_the_same_account_written_otherwise_is_no_other(journal, tmp_path):
    spaced = "fr76 3000 6000 0112 3456 7890 189"
    assert _taken(journal, tmp_path, "creditors.csv", f"id;name;iban\natelier;Atelier;{spaced}\n") == []
    assert _taken(journal, tmp_path, "fec.txt", FEC, creditor=Creditor("atelier", "Atelier", iban=spaced)) == []
    assert recorded_ibans(journal) == ({"atelier": OLD}, {})


def test_an_account_that_none_can_be_is_held_and_cannot_be_confirmed(journal, tmp_path):
    wrong = f"{OLD[:-1]}8"
    said = _taken(journal, tmp_path, "creditors.csv", f"id;name;iban\natelier;Atelier;{wrong}\n")
    assert any("check digits are wrong" in one and "nothing that names this account leaves" in one for one in said)
    assert "nothing was confirmed" in str(confirm(journal, "atelier", wrong, on=DAY, actor="t"))
    assert recorded_ibans(journal)[0] == {"atelier": OLD}


def test_a_row_without_account_changes_none(journal, tmp_path):
    assert _taken(journal, tmp_path, "creditors.csv", "id;name;iban\natelier;Atelier;\n") == []
    assert recorded_ibans(journal) == ({"atelier": OLD}, {})


def test_a_creditors_table_that_its_headers_do_not_tell_is_not_one_of_debtors(journal, tmp_path):
    alone = "id;name;email\natelier;Atelier;a@atelier.example\n"
    (said,) = _taken(journal, tmp_path, "parties.csv", alone)
    assert said == "'atelier' is a creditor, and this table was read as one of debtors: give it by --creditors"
    assert _taken(journal, tmp_path, "parties.csv", alone, table="creditors") == []
    assert _taken(journal, tmp_path, "parties.csv", alone.replace("atelier;", "C1;")) == []


def test_json_is_refused_as_what_it_is(journal, tmp_path):
    with pytest.raises(Unreadable, match="JSON, which is read as no table"):
        _taken(journal, tmp_path, "creditors.json", '[{"id": "atelier", "iban": "x"}]')
