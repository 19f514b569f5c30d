"""The published table of 2,466 invoices, through the column mapping kept beside the tests of the ledger."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT.parent / "shared" / "data" / "receivables" / "accounts-receivable.csv"
MAPPING = ROOT / "tests" / "importers" / "receivables.mapping.yaml"

pytestmark = pytest.mark.skipif(not TABLE.is_file(), reason="the table of receivables is not beside this checkout")

#: All days are open, so that the last Sunday of June 2013 is a day like any other.
EVERY_DAY = """\
schema: 1
playbook: every-day
version: 1
title: Every day
debtor: business
collector: creditor
language: en
unit: invoice
calendar: {holidays: FR, weekend: [], when_closed: keep}
steps:
  - {id: before, at: J-5, channels: [task]}
  - {id: first, at: J+1, channels: [task]}
  - {id: second, at: J+15, channels: [task]}
  - {id: third, at: J+30, channels: [task]}
"""


def counts(folder: Path) -> Counter[str]:
    found: Counter[str] = Counter()
    with (folder / "summary.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found[row["status"]] += int(row["cases"])
    return found


@pytest.mark.parametrize("day", ["2013-06-30", "2013-07-01"])
@pytest.mark.parametrize("name", ["every-day", "systematique"])
def test_it_runs_to_the_end_and_the_counts_add_up(relance, tmp_path, name, day):
    (tmp_path / "every-day.yaml").write_text(EVERY_DAY, encoding="utf-8")
    playbook = "every-day.yaml" if name == "every-day" else name
    relance("run", "--playbook", playbook, "--invoices", TABLE, "--columns", MAPPING, "--as-of", day)
    found = counts(tmp_path / f"relance-{day}")
    assert found.total() == 2466
    assert set(found) <= {"due", "waiting", "held", "stopped", "finished"}
    assert found["stopped"] > 1500
    actions = (tmp_path / f"relance-{day}" / "actions.jsonl").read_text(encoding="utf-8").splitlines()
    assert found["due"] <= len(actions)
    if name == "every-day":
        assert found["due"] == len(actions) > 5


def test_a_cell_that_a_spreadsheet_would_run_is_quoted():
    from relance.escaping import csv_cell

    assert [csv_cell(cell) for cell in ("=1+1", "+33", "-F", "@a", "\t=1", "F-1", "", "-12,50", "-1 250.00", 3)] == ["'=1+1", "'+33", "'-F", "'@a", "'\t=1", "F-1", "", "-12,50", "-1 250.00", 3]
