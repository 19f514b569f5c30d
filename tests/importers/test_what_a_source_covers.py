"""Each file says what it covers, and with which file's word what it tells again was reconciled; the journal keeps both."""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from click.testing import CliRunner
from tests.importers.test_sources_agree import BANKS, IBAN, TOLD, brought, days

from relance.cli import main
from relance.importers import sources
from relance.importers.sources import Authority, SourceCoverage
from relance.journal.journal import Journal

HISTORY = days(
    "F-2026-101 C1 2025-12-04 120.00", "F-2026-102 C2 2025-12-04 250.50", "F-2026-103 C2 2025-12-05 1000.00",
    "payment 2025-12-29 F-2026-101 40 B0", "payment 2026-01-14 F-2026-102 250.50 B1",
)  # fmt: skip
PAID = Decimal("290.50")
#: Of each source: the file's name, by whose word, on which accounts, from which day to which.
COVERS = {
    "list": ("list.csv", Authority.LIST, set(), date(2025, 12, 4), date(2026, 1, 14)),
    "fec": ("000987651FEC20261231.txt", Authority.BOOKS, {"411", "512000"}, date(2025, 12, 4), date(2026, 1, 14)),
    "ledger": ("ledger.csv", Authority.BOOKS, {"411"}, date(2025, 12, 4), date(2026, 1, 14)),
    "statement": ("releve.xml", Authority.BANK, {IBAN}, date(2025, 12, 29), date(2026, 1, 14)),
    "CFONB 120": ("releve.cfonb", Authority.BANK, {IBAN}, date(2025, 12, 29), date(2026, 1, 14)),
    "MT940": ("releve.sta", Authority.BANK, {IBAN}, date(2025, 12, 29), date(2026, 1, 14)),
    "OFX 1": ("releve.ofx", Authority.BANK, {IBAN}, date(2025, 12, 29), date(2026, 1, 14)),
}


@pytest.fixture
def journal(tmp_path):
    with Journal.open(tmp_path / "relance.db", now=lambda: datetime(2026, 6, 1, 9, tzinfo=UTC)) as made:
        yield made


def sources_read(journal) -> list:
    return list(journal.entries(kinds=("source.read",)))


@pytest.mark.parametrize("name", COVERS)
def test_the_journal_keeps_what_a_file_covers_once(tmp_path, journal, name):
    file, authority, accounts, since, until = COVERS[name]
    if name in BANKS:
        brought(journal, tmp_path, TOLD["einvoices"][0](HISTORY))
    before = len(sources_read(journal))
    _, outcome = brought(journal, tmp_path, TOLD[name][0](HISTORY))
    one = outcome.coverage[file]
    assert (one.authority, one.accounts, one.until) == (authority, accounts, until)
    assert one.since <= since
    (entry,) = sources_read(journal)[before:]
    assert (entry.creditor, entry.data["file"], entry.data["authority"], set(entry.data.get("accounts", ())), entry.data["until"]) == ("atelier", file, authority, accounts, until)
    brought(journal, tmp_path, TOLD[name][0](HISTORY))
    assert len(sources_read(journal)) == before + 1


@pytest.mark.parametrize("name", COVERS)
def test_an_import_cut_short_before_that_is_made_whole_by_the_next(tmp_path, journal, monkeypatch, name):
    if name in BANKS:
        brought(journal, tmp_path, TOLD["einvoices"][0](HISTORY))
    before = len(sources_read(journal))
    with monkeypatch.context() as cut:
        cut.setattr(sources, "keep", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            brought(journal, tmp_path, TOLD[name][0](HISTORY))
    assert len(sources_read(journal)) == before
    _, outcome = brought(journal, tmp_path, TOLD[name][0](HISTORY))
    assert outcome.recorded.written == 0
    assert [entry.data["file"] for entry in sources_read(journal)[before:]] == [COVERS[name][0]]


@pytest.mark.parametrize("name", ["einvoices", "statuses"])
def test_what_speaks_of_one_document_has_no_coverage_beside_it(tmp_path, journal, name):
    brought(journal, tmp_path, TOLD["einvoices"][0](HISTORY))
    _, outcome = brought(journal, tmp_path, TOLD[name][0](HISTORY))
    assert not outcome.coverage
    assert not sources_read(journal)


@pytest.mark.parametrize("first", ["list", "fec", "ledger", "statement"])
def test_what_is_told_again_names_the_file_that_told_it_first(tmp_path, first):
    for second in (name for name in ("list", "fec", "ledger", "statement", "OFX 1") if name != first):
        (folder := tmp_path / second.replace(" ", "")).mkdir()
        with Journal.open(folder / "relance.db", now=lambda: datetime(2026, 6, 1, 9, tzinfo=UTC)) as journal:
            if first in BANKS:
                brought(journal, folder, TOLD["einvoices"][0](HISTORY))
            brought(journal, folder, TOLD[first][0](HISTORY))
            _, outcome = brought(journal, folder, TOLD[second][0](HISTORY))
            if {first, second} == {"fec", "ledger"}:  # both are the books: known, and nothing to reconcile
                assert not outcome.reconciled_with
                continue
            assert {(one.source.file, one.authority) for one in outcome.reconciled_with} == {COVERS[first][:2]}, second
            assert sum(one.told.amount for one in outcome.reconciled_with) == PAID, second
            assert {one.told.file for one in outcome.reconciled_with} == {COVERS[second][0]}


@pytest.mark.parametrize("second", ["fec", "statement"])
def test_what_a_platform_and_what_a_person_told_is_named_so(tmp_path, journal, second):
    brought(journal, tmp_path, TOLD["einvoices"][0](HISTORY))
    brought(journal, tmp_path, {name: text for name, text in TOLD["statuses"][0](HISTORY).items() if name.startswith("B1")})
    CliRunner().invoke(main, ["record", "F-2026-101", "payment.received", "amount=40.00", "--on", "2025-12-29", "--journal", str(tmp_path / "relance.db")], catch_exceptions=False)
    _, outcome = brought(journal, tmp_path, TOLD[second][0](HISTORY))
    assert {one.authority: one.told.amount for one in outcome.reconciled_with} == {Authority.PLATFORM: Decimal("250.50"), Authority.PERSON: Decimal("40.00")}
    assert all(one.source is None for one in outcome.reconciled_with)


def test_of_two_statements_that_cover_a_day_the_one_that_told_is_named(tmp_path, journal):
    """The first statement of the account reaches as far and lacks the payment."""
    brought(journal, tmp_path, TOLD["einvoices"][0](HISTORY))
    part = days(*("F-2026-101 C1 2025-12-04 120.00", "F-2026-102 C2 2025-12-04 250.50", "payment 2025-12-29 F-2026-101 40 B0"))
    rest = days(*("F-2026-101 C1 2025-12-04 120.00", "F-2026-102 C2 2025-12-04 250.50", "payment 2025-12-29 F-2026-102 250.50 B1"))
    brought(journal, tmp_path, {"a.xml": TOLD["statement"][0](part)["releve.xml"]})
    brought(journal, tmp_path, {"b.xml": TOLD["statement"][0](rest)["releve.xml"]})
    _, outcome = brought(journal, tmp_path, TOLD["OFX 1"][0](part) | {"rest.ofx": TOLD["OFX 1"][0](rest)["releve.ofx"]})
    assert {one.told.file: one.source.file for one in outcome.reconciled_with} == {"releve.ofx": "a.xml", "rest.ofx": "b.xml"}


@pytest.mark.parametrize(("on", "account", "form", "answer"), [
    (date(2026, 1, 1), IBAN, "camt", True), (date(2026, 1, 31), "12345678901", "camt", True), (date(2026, 1, 15), "", "camt", True),
    (date(2025, 12, 31), IBAN, "camt", False), (date(2026, 2, 1), IBAN, "camt", False), (date(2026, 1, 15), "FR7630006000019876543210909", "camt", False),
    (date(2026, 1, 15), IBAN, "ofx", False),
])  # fmt: skip
def test_a_statement_covers_its_account_and_its_days(on, account, form, answer):
    one = SourceCoverage("a.xml", "camt", Authority.BANK, {IBAN}, date(2026, 1, 1), date(2026, 1, 31))
    assert one.covers(Authority.BANK, form, account, on) is answer
    assert not one.covers(Authority.BOOKS, form, account, on)


def test_a_statement_that_names_no_account_says_so():
    one = SourceCoverage("a.ofx", "ofx", Authority.BANK, since=date(2026, 1, 1), until=date(2026, 1, 31), creditors={"atelier"})
    assert one.said() == "an account that it does not state, 2026-01-01 to 2026-01-31, as the bank tells it"
    assert one.covers(Authority.BANK, "ofx", "", date(2026, 1, 15))


def imported(folder, *arguments: str) -> str:
    (folder / "m.yaml").write_text(f"schema: 1\nmapping: m\nterms: 30 jours\ncreditor: {{id: atelier, name: Atelier, siren: '000987651', iban: {IBAN}}}\n", "utf-8")
    for name in ("list", "fec", "statement", "OFX 1"):
        for file, text in TOLD[name][0](HISTORY).items():
            (folder / file).write_text(text, "utf-8")
    files = [str(folder / COVERS[name][0]) for name in ("list", "fec", "statement", "OFX 1")]
    fixed = ["--columns", str(folder / "m.yaml"), "--journal", str(folder / "j.db"), "--as-of", "2026-06-01", "--commit", "--new"]
    return CliRunner(env={"COLUMNS": "80"}).invoke(main, ["import", *files, *fixed, *arguments], catch_exceptions=False).stdout


def test_an_import_prints_it_in_both_languages_within_80_columns(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for language, words in (
        ("en", ("covers accounts 411, 512000, 2025-12-04 to 2026-01-14, as the books tell it", "reconciled with list.csv (list of invoices, 2025-12-04 to 2026-01-14): 2 movements of 290.50 EUR")),
        ("fr", ("couvre comptes 411, 512000, du 04/12/2025 au 14/01/2026, selon la comptabilité", "rapproché avec list.csv (liste de factures, du 04/12/2025 au 14/01/2026) : 2 mouvements, 290,50 EUR")),
    ):  # fmt: skip
        (folder := tmp_path / language).mkdir()
        monkeypatch.setenv("RELANCE_LANG", language)
        shown = imported(folder)
        one_line = unicodedata.normalize("NFKC", " ".join(shown.split()))
        for each in words:
            assert each in one_line
        assert all(len(line) <= 80 for line in shown.splitlines() if str(folder) not in line)


def test_an_import_says_it_to_programs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = {one["path"].rpartition("/")[2]: one for one in json.loads(imported(tmp_path, "--format", "json"))["files"]}
    assert told["releve.ofx"]["covers"] == {"file": "releve.ofx", "form": "ofx", "authority": "bank", "accounts": [IBAN], "creditors": ["atelier"], "since": "2025-12-29", "until": "2026-01-14"}
    assert [(one["with"], one["source"]["file"], one["source"]["accounts"], one["amount"]) for one in told["releve.ofx"]["reconciled_with"]] == [
        ("camt B0", "releve.xml", [IBAN], "40.00"), ("camt B1", "releve.xml", [IBAN], "250.50"),
    ]  # fmt: skip
    assert told["list.csv"]["reconciled_with"] == []
