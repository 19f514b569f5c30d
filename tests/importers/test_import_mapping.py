"""Column mappings: what they say is read, and every mistake in one is said at its place."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.importers.columns import Format
from relance.importers.mapping import read_mapping

GOOD = """\
schema: 1
mapping: sage
format: {dates: day/month/year, decimal: ","}
creditor: {id: atelier, name: Atelier, mandate: 2026-01-05, address: [1 rue X, 69001 Lyon]}
terms: 45 jours fin de mois
end_of_month: before
invoices:
  columns: {id: N°, debtor.address: [Adresse 1, Adresse 2]}
  values: {type: {AV: credit_note}}
  defaults: {currency: EUR}
  format: {decimal: "."}
"""


def test_a_mapping_is_built():
    mapping, said = read_mapping(GOOD)
    assert not said
    assert (mapping.id, mapping.terms, mapping.end_of_month, mapping.accounts) == ("sage", "45 jours fin de mois", "before", ("411",))
    assert (mapping.creditor.mandate, mapping.creditor.address.lines) == (date(2026, 1, 5), ("1 rue X", "69001 Lyon"))
    layout = mapping.tables["invoices"]
    assert layout.columns == {"id": ("N°",), "debtor.address": ("Adresse 1", "Adresse 2")}
    assert layout.format == Format(dates="day/month/year", decimal=".")


@pytest.mark.parametrize(
    ("before", "after", "code", "token", "said"),
    [
        ("{id: N°", "{idd: N°", "PB101", "idd", '"idd" is not a key of the columns of invoices'),
        ("mapping: sage\n", "", "PB102", "schema", 'a column mapping needs the key "mapping"'),
        ("day/month/year", "day-month-year", "PB104", "day-month-year", "day/month/year"),
        ("end_of_month: before\n", "", "PB510", "45 jours fin de mois", "can be counted in two ways"),
        ("45 jours fin de mois", "plus tard", "PB510", "plus tard", "plus tard"),
        ("invoices:", "factures:", "PB101", "factures", '"factures" is not a key of a column mapping'),
    ],
)
def test_a_mistake_is_said_at_its_place(before, after, code, token, said):
    text = GOOD.replace(before, after, 1)
    assert text != GOOD
    mapping, found = read_mapping(text, "m.yaml")
    assert mapping is None
    one = next(one for one in found if one.code == code)
    assert text.splitlines()[one.line - 1][one.column - 1 : one.end_column - 1] == token
    assert said in one.message + (one.hint or "")


@given(st.text(max_size=60), st.integers(0, 10))
def test_whatever_is_written_comes_back_as_findings(text, at):
    lines = GOOD.splitlines()
    lines[at] = text
    mapping, found = read_mapping("\n".join(lines))
    assert mapping is not None or found
