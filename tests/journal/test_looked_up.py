"""Debtors are looked up: a journal of a million entries is not read as a whole for each block of an import, and each part of a run."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa

from relance.journal.journal import Journal
from relance.model import Creditor, Debtor, Facts, Invoice

TODAY = date(2026, 3, 1)


def owing(first: int, stop: int) -> list[Facts]:
    return [Facts(Creditor("c", "Atelier"), Debtor(f"D{n}", f"Client {n}"), (Invoice(f"F{n}", date(2026, 2, 1), Decimal("10.00"), "EUR"),)) for n in range(first, stop)]


@pytest.mark.parametrize(
    "done",
    [
        lambda journal: journal.take_in(owing(50, 60), actor="t"),
        lambda journal: journal.take_in(owing(10, 20), actor="t"),  # known already
        lambda journal: list(journal.facts_about({"D5", "D6"}, {"F7"})),
        lambda journal: journal.run(owing(60, 70), lambda _known, _found: [], on=TODAY, actor="t", about={"D60"}),
    ],
    ids=["new", "known", "read", "run"],
)
def test_nothing_reads_the_whole_chain_to_find_a_few_debtors(tmp_path, done):
    """Asked for the order of the chain, SQLite walks all of it rather than look up some debtors: the plan of each query says so."""
    with Journal.open(tmp_path / "j.db", now=lambda: datetime(2026, 3, 1, tzinfo=UTC)) as journal:
        journal.take_in(owing(0, 50), actor="t")
        asked = []
        sa.event.listen(journal.engine, "before_cursor_execute", lambda _connection, _cursor, statement, values, _context, many: many or asked.append((statement, values)))
        done(journal)
        queries = [(statement, values) for statement, values in asked if statement.lstrip().startswith("SELECT") and "journal" in statement]
        assert queries
        with journal.engine.connect() as connection:
            plans = [row[3] for query in queries for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query[0]}", query[1])]
    whole = [plan for plan in plans if "journal" in plan and (plan.startswith("SCAN") or plan.endswith("sqlite_autoindex_journal_1 (creditor=?)"))]
    assert not whole
