"""A mandate that a table of creditors tells: each of its terms is read as what it is, or the row is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from relance.importers import intake
from relance.importers.import_settings import Settings
from relance.journal.journal import Journal
from relance.law.duties import mandate_end
from relance.law.mandate import POWERS, ceiling, powers
from relance.model import Creditor, Debtor, Invoice


@pytest.fixture
def told(tmp_path):
    """Take a table of one creditor in a journal that knows him; return him, and what was refused."""

    def take(**cells):
        with Journal.open(tmp_path / "relance.db", now=lambda: datetime(2026, 2, 2, 9, tzinfo=UTC)) as journal:
            journal.record(Creditor("atelier", "Atelier"), Debtor("C1", "Dupont"), invoices=[Invoice("F-0", date(2026, 1, 15), Decimal(10))], actor="t")
            (tmp_path / "c.csv").write_text(f"id;name;{';'.join(cells)}\natelier;Atelier;{';'.join(cells.values())}\n", "utf-8")
            outcome = intake.take(journal, [intake.recognise(tmp_path / "c.csv", "creditors")], Settings(not_after=date(2026, 2, 2)))
            return journal.creditor_records()[0], [str(each.reason) for each in outcome.rejects]

    return take


def test_a_day_and_a_sum_are_read_however_they_are_written(told):
    found, refused = told(mandate="05/01/2026", mandate_until="31/12/2026", mandate_number="M-7", mandate_powers="mise en demeure, échéanciers", mandate_ceiling="1 000,01")
    assert refused == []
    assert (found.mandate, mandate_end(found), ceiling(found), powers(found)) == (date(2026, 1, 5), date(2026, 12, 31), Decimal("1000.01"), ("notice", "plans"))
    assert found.terms["mandate_number"] == "M-7"


def test_none_is_no_power_and_an_empty_cell_is_all(told):
    assert powers(told(mandate_powers="aucun")[0]) == ()
    assert powers(told(mandate_number="M-8")[0]) == ()  # what a later table leaves out stays


def test_what_is_not_said_bounds_nothing(told):
    found, _ = told(mandate_powers="", mandate_until="", mandate_ceiling="")
    assert (powers(found), mandate_end(found), ceiling(found)) == (tuple(POWERS), None, None)


@pytest.mark.parametrize("wrong", [{"mandate_until": "31/02/2026"}, {"mandate_ceiling": "beaucoup"}, {"mandate_powers": "mise-en-demeure"}])
def test_what_is_no_day_no_sum_or_no_power_refuses_the_row(told, wrong):
    found, refused = told(**wrong)
    assert len(refused) == 1
    assert found.terms == {}
