"""A portfolio's tables into facts: what the columns mean together, and every row that cannot stand."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from relance.importers import portfolio_files
from relance.importers.mapping import read_mapping
from relance.model import Address

HERE = Path(__file__).resolve().parent
RECEIVABLES = HERE.parents[1] / ".." / "shared" / "data" / "receivables" / "accounts-receivable.csv"


@pytest.fixture
def give(tmp_path):
    """Return a function that writes tables and reads them as a portfolio."""

    def read(mapping: str = "", not_after: date | None = None, **texts: str):
        files = {}
        for name, text in texts.items():
            files[name] = tmp_path / f"{name}.csv"
            files[name].write_text(text, "utf-8")
        built = None
        if mapping:
            built, said = read_mapping(f"schema: 1\nmapping: test\n{mapping}")
            assert not said
        files.setdefault("invoices", tmp_path / "invoices.csv")
        return portfolio_files.read(**files, mapping=built, not_after=not_after)

    return read


HEAD = "id;debtor;issued;due;amount;currency\n"
ONE = HEAD + "F-1;dupont;02/01/2026;01/02/2026;1 200,00;EUR\n"


def reasons(found):
    return [(one.file, one.line, one.reason) for one in found.rejects]


def test_headers_that_are_the_canonical_columns_need_no_mapping(give):
    found = give(invoices=ONE)
    (facts,) = found.facts
    assert (facts.creditor.id, facts.debtor.id) == ("creditor", "dupont")
    (invoice,) = facts.invoices
    assert (invoice.id, invoice.issued, invoice.due) == ("F-1", date(2026, 1, 2), date(2026, 2, 1))
    assert (str(invoice.amount), invoice.currency) == ("1200.00", "EUR")
    assert not found.rejects


def test_debtors_and_creditors_are_joined_to_their_invoices(give):
    found = give(
        invoices=ONE,
        debtors="id;name;kind;country;email;address;postcode;city;tags;score\ndupont;Dupont SA;business;FR;a@b.example;1 rue X|Bât. 2;69001;Lyon;vip,btp;40\n",
        creditors="id;name;siren;Forme juridique;capital\natelier;Atelier du Rhône;552100554;SARL;\n",
    )
    (facts,) = found.facts
    assert facts.debtor.address == Address(("1 rue X", "Bât. 2", "69001 Lyon"), "FR")
    assert (facts.debtor.tags, facts.debtor.score) == (("vip", "btp"), 40)
    assert facts.creditor.id == "atelier"
    assert dict(facts.creditor.terms) == {"Forme juridique": "SARL"}


def test_a_debtor_may_stand_on_the_invoices_own_row(give):
    found = give(
        mapping="invoices: {columns: {id: N°, debtor: Code client, debtor.name: Client, debtor.address: [Adresse 1, Adresse 2], due: Éch., amount: TTC}, defaults: {debtor.kind: business}}\n",
        invoices="N°;Code client;Client;Adresse 1;Adresse 2;Éch.;TTC\n1;C1;Durand;3 quai Y;69002 Lyon;01/02/2026;10,00\n",
    )
    debtor = found.facts[0].debtor
    assert (debtor.name, debtor.kind, debtor.address) == ("Durand", "business", Address(("3 quai Y", "69002 Lyon")))


@pytest.mark.parametrize(
    ("columns", "cells", "events"),
    [
        ("settled", "15/02/2026", [("payment.received", date(2026, 2, 15), "1200.00")]),
        ("paid", "200,00", [("payment.received", date(2026, 1, 2), "200.00")]),
        ("paid;settled", "200,00;15/02/2026", [("payment.received", date(2026, 2, 15), "200.00")]),
        ("open", "900,00", [("payment.received", date(2026, 1, 2), "300.00")]),
        ("open", "1200,00", []),
        ("paid", "0", []),
        ("disputed", "oui", [("dispute.opened", date(2026, 1, 2), None)]),
        ("disputed_on", "05/02/2026", [("dispute.opened", date(2026, 2, 5), None)]),
        ("disputed", "non", []),
    ],
)
def test_columns_beside_the_invoice_become_events(give, columns, cells, events):
    found = give(invoices=ONE.replace("currency\n", f"currency;{columns}\n").replace("EUR\n", f"EUR;{cells}\n"))
    assert not found.rejects
    told = [(one.kind, one.on, str(one.data["amount"]) if "amount" in one.data else None) for one in found.facts[0].events]
    assert told == events


@pytest.mark.parametrize("row", ["A-1;dupont;03/02/2026;;-200,00;EUR;;F-1\n", "A-1;dupont;03/02/2026;;200,00;EUR;credit_note;F-1\n"])
def test_a_credit_note_is_an_event_on_the_invoice_it_names(give, row):
    found = give(invoices=row.join([HEAD.replace("\n", ";type;document\n"), "F-1;dupont;02/01/2026;01/02/2026;1200,00;EUR;;\n"]))
    (facts,) = found.facts
    assert [one.id for one in facts.invoices] == ["F-1"]
    (event,) = facts.events
    assert (event.kind, event.invoice, event.currency, event.data) == (
        "credit_note.issued", "F-1", None, {"amount": Decimal("200.00"), "reference": "A-1"},
    )  # fmt: skip


def test_a_credit_note_that_names_nothing_goes_to_the_account(give):
    found = give(invoices=ONE + "A-1;dupont;03/02/2026;;-200,00;EUR\n")
    assert (found.facts[0].events[0].invoice, found.facts[0].events[0].currency) == (None, "EUR")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("F-2;dupont;31/02/2026;01/03/2026;10,00;EUR", "'issued': '31/02/2026' is not a day of the calendar"),
        ("F-2;dupont;01/02/2026;;10,00;EUR", "no due date: name its column, `due`, or say `terms: 30 days` in a column mapping"),
        ("F-2;dupont;01/02/2026;01/03/2026;dix;EUR", "'amount': 'dix' is not an amount"),
        ("F-2;dupont;01/02/2026;01/03/2026;;EUR", "no 'amount'"),
        ("F-2;dupont;01/02/2026;01/03/2026;0,00;EUR", "an invoice of 0.00 EUR: an amount is above zero"),
        ("F-2;dupont;01/02/2026;01/03/2026;10,0050;EUR", "10.0050 has more decimals than EUR has"),
        ("F-2;dupont;01/02/2026;01/03/2026;10,00;EURO", "'currency': 'EURO' is not a currency code (ISO 4217, such as EUR)"),
        (";dupont;01/02/2026;01/03/2026;10,00;EUR", "no 'id'"),
        ("F-2;;01/02/2026;01/03/2026;10,00;EUR", "no 'debtor'"),
        ("F-1;dupont;02/01/2026;01/02/2026;1 300,00;EUR", "'F-1' is already on line 2 of invoices.csv with another amount, 1200.00"),
        ("F-1;durand;02/01/2026;01/02/2026;1 200,00;EUR", "'F-1' is already on line 2 of invoices.csv with another debtor, 'dupont'"),
        ("F-1;dupont;02/01/2026;01/03/2026;1 200,00;EUR", "'F-1' is already on line 2 of invoices.csv with another due date, 2026-02-01"),
        ("F-2;dupont;01/02", "3 cells where at least 6 are needed: the line may be cut short"),
        ("F-2;dupont;01/02/2026;01/03/2026;10,00;EUR;x", "7 cells where the header has 6"),
        ("A-2;dupont;;;-10,00;EUR", "a credit note without a date"),
    ],
)
def test_a_row_that_cannot_stand_is_a_reject_and_the_rest_goes_on(give, row, reason):
    found = give(invoices=ONE + row + "\nF-3;dupont;01/02/2026;01/03/2026;10,00;EUR\n")
    assert reasons(found) == [("invoices.csv", 3, reason)]
    assert found.rejects[0].row == row
    assert [one.id for one in found.facts[0].invoices] == ["F-1", "F-3"]


def test_a_row_said_twice_changes_nothing(give):
    found = give(invoices=ONE + ONE.removeprefix(HEAD))
    assert (found.repeated, len(found.facts[0].invoices), found.rejects) == (1, 1, ())


EVENTS = "on;event;invoice;debtor;amount;currency;by;reason;outcome\n"


def test_events_find_their_invoice_or_debtor(give):
    found = give(
        invoices=ONE,
        events=EVENTS
        + "20/02/2026;payment.received;F-1;;200,00;;;;\n10/02/2026;promise.made;F-1;;1000,00;;25/02/2026;;\n"
        + "12/02/2026;hold.placed;;dupont;;;;vacances;\n13/02/2026;payment.received;;dupont;5,00;;;;\n",
    )
    assert not found.rejects
    events = found.facts[0].events
    assert [(one.on.day, one.kind, one.invoice, one.currency, one.seq) for one in events] == [
        (10, "promise.made", "F-1", None, 0),
        (12, "hold.placed", None, None, 1),
        (13, "payment.received", None, "EUR", 2),
        (20, "payment.received", "F-1", None, 3),
    ]
    assert events[0].data["by"] == date(2026, 2, 25)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("20/02/2026;payment.received;F-9;;200,00;;;;", "invoice 'F-9' is not known"),
        ("20/02/2026;payment.received;F-1;durand;200,00;;;;", "invoice 'F-1' is not one of debtor 'durand'"),
        ("20/02/2026;payment.received;;durand;200,00;;;;", "debtor 'durand' is not known"),
        ("20/02/2026;payment.received;;;200,00;;;;", "the event names neither an invoice nor a debtor"),
        ("20/02/2026;payment.recieved;F-1;;200,00;;;;", "there is no event 'payment.recieved'; did you mean 'payment.received'?"),
        ("20/02/2026;payment.received;F-1;;;;;;", "'payment.received' needs 'amount'"),
        ("20/02/2026;payment.received;F-1;;1,0050;;;;", "1.0050 has more decimals than EUR has"),
        ("20/02/2026;payment.received;F-1;;1,00;USD;;;", "in USD, but invoice 'F-1' is in EUR"),
        ("99/02/2026;payment.received;F-1;;1,00;;;;", "'on': '99/02/2026' is not a day of the calendar"),
        ("20/02/2026;promise.made;F-1;;1,00;;mardi;;", "'mardi' is not a date"),
    ],
)
def test_an_event_about_nothing_known_is_a_reject(give, row, reason):
    found = give(invoices=ONE, events=EVENTS + row + "\n")
    assert reasons(found) == [("events.csv", 2, reason)]
    assert not found.facts[0].events


def test_money_without_a_currency_is_refused_where_there_are_two(give):
    found = give(
        invoices=ONE + "F-2;dupont;02/01/2026;01/02/2026;5,00;USD\n", events=EVENTS + "20/02/2026;payment.received;;dupont;1,00;;;;\n"
    )
    assert "EUR and USD" in found.rejects[0].reason


def test_an_event_may_name_the_document_of_instalments(give):
    head = HEAD.replace("\n", ";document\n")
    found = give(
        invoices=head + "F-1/1;dupont;02/01/2026;01/02/2026;5,00;EUR;F-1\nF-1/2;dupont;02/01/2026;01/03/2026;5,00;EUR;F-1\n",
        events=EVENTS + "20/02/2026;dispute.opened;F-1;;;;;abîmé;\n",
    )
    assert not found.rejects
    assert found.facts[0].events[0].invoice == "F-1"


def test_one_number_of_two_creditors_is_two_invoices(give):
    text = "creditor;" + ONE.replace("F-1;", "a;F-1;") + "b;F-1;dupont;02/01/2026;01/02/2026;9,00;EUR\n"
    found = give(invoices=text, events="on;event;invoice;creditor\n20/02/2026;hold.lifted;F-1;\n20/02/2026;hold.lifted;F-1;b\n")
    assert [(one.creditor.id, len(one.invoices), len(one.events)) for one in found.facts] == [("a", 1, 0), ("b", 1, 1)]
    assert reasons(found) == [("events.csv", 2, "several creditors have an invoice 'F-1'; name the creditor")]


def test_an_import_refuses_the_future_and_a_run_over_the_past_does_not(give):
    tables = {
        "invoices": HEAD.replace("\n", ";settled\n")
        + "F-1;d;02/01/2026;01/02/2026;5,00;EUR;15/03/2026\nF-2;d;02/04/2026;01/05/2026;5,00;EUR;\nF-3;d;02/01/2026;01/02/2026;5,00;EUR;\n",
        "events": EVENTS + "20/04/2026;payment.received;F-3;;1,00;;;;\n",
    }
    assert not give(**tables).rejects
    found = give(**tables, not_after=date(2026, 3, 2))
    assert reasons(found) == [
        ("invoices.csv", 2, "paid on 2026-03-15, in the future"),
        ("invoices.csv", 3, "issued on 2026-04-02, in the future"),
        ("events.csv", 2, "dated 2026-04-20, in the future"),
    ]


def test_due_dates_follow_from_the_terms_of_payment(give):
    text = "id;debtor;issued;amount\nF-1;d;10/01/2026;5,00\n"
    assert give(mapping="terms: 30 jours\n", invoices=text).facts[0].invoices[0].due == date(2026, 2, 9)
    given_terms = "terms: 45 jours fin de mois\nend_of_month: before\n"
    assert give(mapping=given_terms, invoices=text).facts[0].invoices[0].due == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("mapping", "invoices", "reason"),
    [
        ("", "id;debtor;isued;due;amount\n1;2;3;4;5\n", "the column 'isued' is not known; did you mean 'issued'?"),
        ("", "N° de pièce;Tiers;Solde\n1;2;3\n", "no column is headed 'id'"),
        ("invoices: {columns: {id: Numero}}\n", "Numéro;Tiers\n1;2\n", "no column is headed 'Numero', which the mapping takes for 'id'; did you mean 'Numéro'?"),
        ("", ONE.replace("02/01/2026", "01/25/2026"), "month/day/year"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_meant_so_is_refused_whole(give, mapping, invoices, reason):
    found = give(mapping=mapping, invoices=invoices)
    assert [one.line for one in found.unreadable] == [0]
    assert reason in found.unreadable[0].reason


def test_a_file_that_is_not_there_is_a_reject(give):
    assert give().unreadable[0].reason.startswith("cannot be read")


def test_rejects_are_written_so_that_a_spreadsheet_runs_nothing(give):
    found = give(invoices=ONE + "=cmd|x;dupont;31/02/2026;01/03/2026;10,00;EUR\n")
    rows = list(csv.reader(io.StringIO(portfolio_files.rejects_csv(found.rejects))))
    assert rows[0] == ["file", "line", "reason", "row"]
    assert rows[1][3].startswith("'=cmd|x")


@pytest.mark.skipif(not RECEIVABLES.exists(), reason="the shared table of receivables is not beside the checkout")
def test_the_published_receivables_are_read_whole():
    mapping, said = read_mapping(HERE / "receivables.mapping.yaml")
    assert not said
    found = portfolio_files.read(RECEIVABLES, mapping=mapping)
    assert (found.rows, found.rejects, found.repeated) == (2466, (), 0)
    assert sum(len(one.invoices) for one in found.facts) == 2466
    kinds = [event.kind for one in found.facts for event in one.events]
    assert (kinds.count("payment.received"), kinds.count("dispute.opened")) == (2466, 561)
    paid = sum(event.data["amount"] for one in found.facts for event in one.events if event.kind == "payment.received")
    assert paid == sum(invoice.amount for one in found.facts for invoice in one.invoices)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 19), st.integers(0, 60), st.sampled_from(';"x9é\x0c\n ,')), unique_by=lambda hit: hit[0], max_size=8)
)
def test_damage_costs_its_own_rows_and_no_others(give, hits):
    rows = [f"F-{chr(97 + n) * 4};d{n % 3};02/01/2026;01/02/2026;{n + 1},00;EUR" for n in range(20)]
    clean = [one for facts in give(invoices=HEAD + "\n".join(rows)).facts for one in facts.invoices]
    assert len(clean) == 20
    harmed = {f"F-{chr(97 + at) * 4}" for at, _, _ in hits}
    for at, cell, sign in hits:
        place = cell % len(rows[at])
        rows[at] = rows[at][:place] + sign + rows[at][place + 1 :]
    found = give(invoices=HEAD + "\n".join(rows) + "\n")
    whole = [one for facts in found.facts for one in facts.invoices]
    swallowed = "".join(one.row for one in found.rejects)  # by a quote that a later row happens to close
    assume(all(len(one.row) < 500 for one in found.rejects))  # a reject shows no more of it
    assert [one for one in clean if one.id not in harmed and one not in whole and one.id not in swallowed] == []
    assert len(whole) + len(found.rejects) + swallowed.count("\n") >= 20


def test_excel_and_parquet_are_read_by_the_same_mapping(tmp_path):
    openpyxl, polars = pytest.importorskip("openpyxl"), pytest.importorskip("polars")
    mapping, _ = read_mapping(
        'schema: 1\nmapping: x\ninvoices: {columns: {id: "N°", debtor: Client, issued: Date, due: Échéance, amount: TTC, settled: Réglée le}}\n'
    )
    head = ["N°", "Client", "Date", "Échéance", "TTC", "Réglée le"]
    book = openpyxl.Workbook()
    for row in (
        ["Factures"],
        head,
        [1001, "C1", datetime(2026, 1, 2), datetime(2026, 2, 1), 1200.1, None],
        [1002, "C1", None, "01/02/2026", "x", None],
    ):
        book.active.append(row)
    book.save(tmp_path / "f.xlsx")
    polars.DataFrame(
        [[1001, "C1", date(2026, 1, 2), date(2026, 2, 1), Decimal("1200.10"), date(2026, 2, 3)]], schema=head, orient="row"
    ).write_parquet(tmp_path / "f.parquet")
    excel, parquet = (portfolio_files.read(tmp_path / name, mapping=mapping) for name in ("f.xlsx", "f.parquet"))
    assert reasons(excel) == [("f.xlsx", 4, "'TTC': 'x' is not an amount")]
    assert excel.facts[0].invoices == parquet.facts[0].invoices
    (invoice,) = excel.facts[0].invoices
    assert (invoice.id, str(invoice.amount), invoice.due) == ("1001", "1200.10", date(2026, 2, 1))
    assert [event.on for event in parquet.facts[0].events] == [date(2026, 2, 3)]
