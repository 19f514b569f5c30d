"""Factur-X MINIMUM and BASIC WL without a due date: the creditor's usual terms, else the law's 30 days, and which of them is said."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from tests.importers.test_import_einvoice import CII

from relance.importers.columns import ColumnMapping
from relance.importers.import_settings import Settings
from relance.importers.intake import recognise, take
from relance.journal.journal import Journal
from relance.model import Event

DUE = '<ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime><udt:DateTimeString format="102">20260201</udt:DateTimeString></ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>'
DELIVERED = """<ram:ApplicableHeaderTradeDelivery><ram:ActualDeliverySupplyChainEvent><ram:OccurrenceDateTime>
  <udt:DateTimeString format="102">20260112</udt:DateTimeString></ram:OccurrenceDateTime></ram:ActualDeliverySupplyChainEvent></ram:ApplicableHeaderTradeDelivery>"""
SETTLEMENT = " <ram:ApplicableHeaderTradeSettlement>"
WORDS = "<ram:SpecifiedTradePaymentTerms><ram:Description>{}</ram:Description></ram:SpecifiedTradePaymentTerms>"
LAW = "by the 30 days that the law gives who agreed nothing (C. com. L441-10 I)"


def profile(name: str, due: str = "") -> str:
    assert DUE in CII
    return CII.replace("urn:cen.eu:en16931:2017", name).replace(DUE, due)


@pytest.fixture
def journal(tmp_path):
    with Journal.open(tmp_path / "relance.db", now=lambda: datetime(2026, 6, 1, 9, tzinfo=UTC)) as opened:
        yield opened


def brought(journal, tmp_path, text, terms="", name="f.xml"):
    (tmp_path / name).write_text(text, "utf-8")
    mapping = ColumnMapping(terms=terms)
    return take(journal, [recognise(tmp_path / name, mapping=mapping)], Settings(mapping, date(2026, 6, 1)))


def dues(journal) -> list[date]:
    return [one.due for facts in journal.facts() for one in facts.invoices]


@pytest.mark.parametrize(("name", "called"), [("urn:factur-x.eu:1p0:minimum", "MINIMUM"), ("urn:factur-x.eu:1p0:basicwl", "BASIC WL"), ("urn:zugferd.de:2p0:minimum", "MINIMUM")])
@pytest.mark.parametrize(("terms", "due", "by"), [("", date(2026, 2, 1), LAW), ("45 jours", date(2026, 2, 16), "by the usual terms of the column mapping, '45 jours'")])
def test_the_usual_terms_or_the_laws_days_are_taken_and_said(journal, tmp_path, name, called, terms, due, by):
    outcome = brought(journal, tmp_path, profile(name), terms)
    assert not outcome.rejects
    assert dues(journal) == [due]
    (said,) = [one.text for one in outcome.remarks]
    assert said.startswith(f"F-1: no due date, which the profile {called} leaves out: taken as due on {due}, {by}")
    again = brought(journal, tmp_path, profile(name), terms)
    assert not again.remarks
    assert not again.rejects
    assert dues(journal) == [due]


def test_the_laws_days_run_from_a_later_delivery(journal, tmp_path):
    text = profile("urn:factur-x.eu:1p0:basicwl").replace(SETTLEMENT, DELIVERED + SETTLEMENT, 1)
    brought(journal, tmp_path, text)
    assert dues(journal) == [date(2026, 2, 11)]


@pytest.mark.parametrize(
    ("name", "due", "found", "rejected"),
    [
        ("urn:factur-x.eu:1p0:basicwl", DUE, [date(2026, 2, 1)], ""),
        ("urn:factur-x.eu:1p0:basicwl", WORDS.format("60 jours date de facture"), [date(2026, 3, 3)], ""),
        ("urn:factur-x.eu:1p0:basicwl", WORDS.format("payable bientôt, sous quelques jours"), [], "sous quelques jours"),
        ("urn:cen.eu:en16931:2017", "", [], "no due date"),
        ("urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic", "", [], "no due date"),
    ],
)
def test_what_an_invoice_says_or_must_say_is_supposed_by_nobody(journal, tmp_path, name, due, found, rejected):
    outcome = brought(journal, tmp_path, profile(name, due))
    assert dues(journal) == found
    assert not [one for one in outcome.remarks if "leaves out" in one.text]
    assert all(rejected in one.reason for one in outcome.rejects)
    assert bool(outcome.rejects) == bool(rejected)


LIST = "id;debtor;debtor.siren;debtor.name;issued;due;amount\nF-1;000019182;000019182;Dupont;2026-01-02;2026-02-20;120.00\n"


@pytest.mark.parametrize("together", [True, False])
def test_a_due_date_that_another_source_told_stands(journal, tmp_path, together):
    (tmp_path / "list.csv").write_text(LIST, "utf-8")
    (tmp_path / "f.xml").write_text(profile("urn:factur-x.eu:1p0:minimum"), "utf-8")
    sources = [recognise(tmp_path / name) for name in ("list.csv", "f.xml")]
    for batch in [sources] if together else [[one] for one in sources]:
        outcome = take(journal, batch, Settings(ColumnMapping(), date(2026, 6, 1)))
        assert not outcome.rejects
        assert not [one for one in outcome.remarks if "leaves out" in one.text]
    assert dues(journal) == [date(2026, 2, 20)]




def told_due(journal, tmp_path, form, due="2026-03-15", amount="120.00"):
    """Bring the same invoice with its due date by another source."""
    if form == "xml":
        return brought(journal, tmp_path, profile("urn:cen.eu:en16931:2017", DUE.replace("20260201", due.replace("-", ""))), name="g.xml")
    (facts,) = journal.facts()
    invoice = facts.invoices[0]
    (tmp_path / "g.csv").write_text(f"id,creditor,debtor,amount,due,currency\n{invoice.id},{facts.creditor.id},{facts.debtor.id},{invoice.amount},{due},{invoice.currency}\n")
    mapping = ColumnMapping()
    return take(journal, [recognise(tmp_path / "g.csv", mapping=mapping)], Settings(mapping, date(2026, 6, 1)))


@pytest.mark.parametrize("form", ["xml", "csv"])
@pytest.mark.parametrize("terms", ["", "45 jours"])
def test_the_first_source_that_tells_the_due_date_is_right(journal, tmp_path, form, terms):
    """A supposed date gives way without a conflict, once; a second date told is a conflict, and the invoice without one changes nothing any more."""
    minimum = profile("urn:factur-x.eu:1p0:minimum")
    brought(journal, tmp_path, minimum, terms)
    outcome = told_due(journal, tmp_path, form)
    assert (outcome.rejects, dues(journal)) == ([], [date(2026, 3, 15)])
    kinds = [entry.kind for entry in journal.entries()]
    for again in (lambda: told_due(journal, tmp_path, form), lambda: brought(journal, tmp_path, minimum, terms), lambda: brought(journal, tmp_path, minimum, "90 jours")):
        assert not again().rejects
        assert [entry.kind for entry in journal.entries()] == kinds
    other = told_due(journal, tmp_path, form, "2026-04-20")
    assert len(other.rejects) == 1
    assert dues(journal) == [date(2026, 3, 15)]


@pytest.mark.parametrize("form", ["xml", "csv"])
def test_a_source_that_tells_just_what_was_supposed_settles_it(journal, tmp_path, form):
    brought(journal, tmp_path, profile("urn:factur-x.eu:1p0:minimum"))
    assert not told_due(journal, tmp_path, form, "2026-02-01").rejects
    assert len(told_due(journal, tmp_path, form, "2026-03-15").rejects) == 1
    assert dues(journal) == [date(2026, 2, 1)]


@pytest.mark.parametrize("names", [("a.xml", "b.xml"), ("b.xml", "a.xml")])
def test_both_at_once_in_any_order(journal, tmp_path, names):
    for name, text in zip(names, (profile("urn:factur-x.eu:1p0:minimum"), profile("urn:cen.eu:en16931:2017", DUE)), strict=True):
        (tmp_path / name).write_text(text.replace("20260201", "20260315"), "utf-8")
    outcome = take(journal, [recognise(tmp_path / name) for name in ("a.xml", "b.xml")], Settings(ColumnMapping(), date(2026, 6, 1)))
    assert (outcome.rejects, dues(journal)) == ([], [date(2026, 3, 15)])


def test_a_day_recorded_by_hand_is_told(journal, tmp_path):
    brought(journal, tmp_path, profile("urn:factur-x.eu:1p0:minimum"))
    (facts,) = journal.facts()
    journal.record(facts.creditor, facts.debtor, [Event(date(2026, 5, 1), "invoice.corrected", "F-1", data={"due": date(2026, 2, 28)})], actor="a")
    assert len(told_due(journal, tmp_path, "csv").rejects) == 1
    assert dues(journal) == [date(2026, 2, 28)]
