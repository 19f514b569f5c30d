"""A statement of which anything was refused is not read (`statement.read`): who has paid is not known. Mended and imported again, it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from bank_files import WRITERS, Moved, cfonb, cfonb_record
from test_lines_add_up import MAPPING, TODAY, settled

from relance.importers import intake
from relance.importers.import_settings import Settings
from relance.portfolio.statements import statements

GOOD = [Moved("1200.00", "IMPRIMERIE LINDOR", "FACTURE F-2026-001"), Moved("450.00", "SOCIETE BELAIR", "F-2026-003", on="2026-02-23")]
#: By format: how the day of the second movement is written, and what stands there that is none.
DAMAGE = {
    "camt": ("<BookgDt><Dt>2026-02-23", "<BookgDt><Dt>2026-02-31"), "ofx": ("<DTPOSTED>20260223", "<DTPOSTED>20260231"),
    "csv": ("23/02/2026", "31/02/2026"), "mt940": (":61:2602230223", ":61:2602310231"),
}  # fmt: skip


def taken(journal, folder, name, text, encoding):
    (folder / name).write_text(text, encoding)
    return intake.take(journal, [intake.recognise(folder / name, mapping=MAPPING)], Settings(MAPPING, TODAY))


@pytest.mark.parametrize("form", sorted(WRITERS.keys() - {"camt.054"}))  # which tells of no whole day
def test_a_statement_of_which_a_movement_was_refused_does_not_count(tmp_path, form):
    name, write, encoding = WRITERS[form]
    good = write(GOOD)
    damaged = next((good.replace(*each) for each in DAMAGE.values() if each[0] in good), None)
    if damaged is None:  # CFONB, whose balance is that of its movements
        damaged = good.replace(cfonb_record("04", date(2026, 2, 23), GOOD[1].sum, label="VIR SEPA RECU"), cfonb_record("04", date(2026, 2, 23), GOOD[1].sum + 1, label="VIR SEPA RECU"))
    assert damaged != good
    with settled(tmp_path) as journal:
        assert taken(journal, tmp_path, name, damaged, encoding).rejects
        assert statements(journal) == {}
        outcome = taken(journal, tmp_path, name, good, encoding)
        assert not outcome.rejects
        assert statements(journal) == {"atelier": date(2026, 2, 23)}


def test_one_statement_of_a_file_may_count_and_the_other_not(tmp_path):
    """Two days in one file: the second is refused whole, and the account was read up to the first."""
    second = cfonb([replace(GOOD[1], on="2026-02-25")]).replace(cfonb_record("07", date(2026, 2, 25), GOOD[1].sum + 1000), cfonb_record("07", date(2026, 2, 25), GOOD[1].sum + 999))
    with settled(tmp_path) as journal:
        assert taken(journal, tmp_path, "two.txt", cfonb(GOOD) + second, "ascii").rejects
        assert statements(journal) == {"atelier": date(2026, 2, 23)}
