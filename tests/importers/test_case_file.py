"""Case files into facts, and every mistake in one at its place."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.importers.case_file import read_case
from relance.importers.layouts import TABLES
from relance.language.schema_walk import schema
from relance.model import Address, Creditor, Debtor, Invoice, Severity

GOOD = """\
schema: 1
creditor: {id: atelier, name: Atelier du Rhône SARL, siren: "552100554", kind: business, mandate: 2026-01-05, terms: {capital: 10 000 EUR}}
debtor: {id: dupont, name: Dupont SA, kind: business, profile: negligent, country: FR, email: compta@dupont.example, address: [1 rue de la Paix, 69001 Lyon]}
invoices:
  - {id: F-1, issued: 2026-01-02, due: 2026-02-01, amount: "1200.00"}
  - {id: F-2, issued: 2026-01-02, amount: "300", currency: USD, instalments: [{due: 2026-02-01, amount: "100"}, {due: 2026-03-01, amount: "200"}]}
events:
  - {on: 2026-02-20, event: payment.received, invoice: F-1, amount: "200.00"}
  - {on: 2026-02-10, event: promise.made, invoice: F-2, amount: "100", by: 2026-02-18}
  - {on: 2026-02-20, event: hold.placed, reason: vacances}
"""


def test_a_case_becomes_facts():
    facts, said = read_case(GOOD)
    assert said == ()
    assert facts.creditor.mandate == date(2026, 1, 5)
    assert facts.creditor.terms == {"capital": "10 000 EUR"}
    assert facts.debtor.address == Address(("1 rue de la Paix", "69001 Lyon"), "FR")
    assert [(one.id, one.document, one.due, one.amount, one.currency) for one in facts.invoices] == [
        ("F-1", "", date(2026, 2, 1), Decimal("1200.00"), "EUR"),
        ("F-2/1", "F-2", date(2026, 2, 1), Decimal("100.00"), "USD"),
        ("F-2/2", "F-2", date(2026, 3, 1), Decimal("200.00"), "USD"),
    ]
    assert [(one.on.day, one.kind, one.seq) for one in facts.events] == [
        (10, "promise.made", 0),
        (20, "payment.received", 1),
        (20, "hold.placed", 2),
    ]
    assert facts.events[0].data["by"] == date(2026, 2, 18)


def test_a_case_is_read_by_its_path(tmp_path):
    path = tmp_path / "dupont.case.yaml"
    path.write_text(GOOD, "utf-8")
    assert read_case(path) == read_case(GOOD)
    with pytest.raises(FileNotFoundError):
        read_case(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("before", "after", "code", "line", "token", "said"),
    [
        ("id: F-2,", "id: F-1,", "PB504", 6, "F-1", 'the invoice "F-1" is already on line 5'),
        ('"1200.00"', '"0.00"', "PB502", 5, '"0.00"', '"amount": an amount is above zero'),
        ('"1200.00"', '"1200.005"', "PB502", 5, '"1200.005"', '"amount": 1200.005 has more decimals than EUR has'),
        ("USD", "XQZ", "PB503", 6, "XQZ", "'XQZ' is not a currency code"),
        ('amount: "300"', 'amount: "301"', "PB505", 6, '"301"', 'the instalments of "F-2" add up to 300.00, not to 301.00'),
        ("payment.received,", "payment.recieved,", "PB506", 8, "payment.recieved", "did you mean 'payment.received'?"),
        ("by: 2026-02-18", "by: demain", "PB506", 9, "demain", "'by'"),
        ("on: 2026-02-10", "on: 2026-01-01", "PB507", 9, "2026-01-01", 'before "F-2" was issued on 2026-01-02'),
        ('due: 2026-02-01, amount: "1200', 'due: 2026-01-01, amount: "1200', "PB507", 5, "2026-01-01", "before it was issued"),
        ("invoice: F-1,", "invoice: F-9,", "PB508", 8, "F-9", 'there is no invoice "F-9"'),
        ("invoice: F-1, amount", "amount", "PB509", 8, "{", "does not say its currency"),
        ("invoice: F-1, amount", "currency: CHF, amount", "PB509", 8, "CHF", "nothing is owed in CHF"),
        ('amount: "1200.00"}', 'amount: "1200.00", montant: "1"}', "PB101", 5, "montant", '"montant" is not a key of an invoice'),
    ],
)
def test_each_mistake_is_said_at_its_place(before, after, code, line, token, said):
    text = GOOD.replace(before, after, 1)
    assert text != GOOD
    facts, found = read_case(text, "x.yaml")
    one = next(one for one in found if one.code == code)
    assert (one.line, one.path) == (line, "x.yaml")
    assert text.splitlines()[line - 1][one.column - 1 : one.end_column - 1] == token
    assert said in one.message + (one.hint or "")
    assert (facts is None) == any(one.severity is Severity.ERROR for one in found)


def test_all_mistakes_come_at_once():
    _, found = read_case(GOOD.replace("id: F-2,", "id: F-1,").replace('"1200.00"', '"1.005"').replace("hold.placed", "hold.place"))
    assert [one.code for one in found] == ["PB502", "PB504", "PB508", "PB506"]


@given(st.text(max_size=60) | st.sampled_from(GOOD.splitlines()), st.integers(0, 9))
def test_whatever_is_written_comes_back_as_findings(text, at):
    lines = GOOD.splitlines()
    lines[at] = text
    facts, found = read_case("\n".join(lines))
    assert (facts is None) == any(one.severity is Severity.ERROR for one in found)
    assert list(found) == sorted(found)


@pytest.mark.parametrize(("noun", "name"), [(Creditor, "creditor"), (Debtor, "debtor"), (Invoice, "invoice")])
def test_the_schema_and_the_model_name_the_same_things(noun, name):
    properties = set(schema("case")["definitions"][name]["properties"])
    assert {field.name for field in fields(noun)} == properties - {"instalments"} - (
        {"country"} if noun is Creditor else set()
    )  # its address has it


def test_the_schema_of_mappings_names_every_column():
    for table, columns in TABLES.items():
        found = schema("column-mapping")["properties"][table]["properties"]
        for part in ("columns", "values", "defaults"):
            assert set(found[part]["properties"]) == set(columns)
