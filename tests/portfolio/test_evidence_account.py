"""A forged sum is found in an evidence file by itself, however consistent the forger makes the account."""

from __future__ import annotations

import pytest

from relance.report.evidence_account import account_faults

ENTRIES = (
    {"seq": 1, "kind": "invoice.recorded", "invoice": "V-1", "payload": '{"amount":"90.00"}'},
    {"seq": 4, "kind": "invoice.corrected", "invoice": "V-1", "payload": '{"amount":"100.00"}'},
)


def account(*rows: tuple[str, str, str]) -> bytes:
    lines = [
        "date;libellé;montant;solde;du;au;jours;taux;base",
        *(f"2026-03-01;{what};{amount};{open_};;;;;" for what, amount, open_ in rows),
    ]
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()


TRUE = (("Facture V-1, échéance le 1er mars 2026", "100,00", "100,00"), ("Paiement sur V-1", "-30,00", "70,00"))


def test_an_account_that_adds_up_to_the_journals_lines_is_whole():
    assert account_faults(account(*TRUE), {"total": "70.00"}, ENTRIES) == []


@pytest.mark.parametrize(
    ("rows", "total"),
    [
        (((TRUE[0][0], "9900,00", "9900,00"), (TRUE[1][0], "-30,00", "9870,00")), "9870.00"),
        (((TRUE[0][0], "90,00", "90,00"), (TRUE[1][0], "-30,00", "60,00")), "60.00"),
        ((TRUE[0], (TRUE[1][0], "-30,00", "71,00")), "70.00"),
        (TRUE, "70.01"),
        ((*TRUE, ("Facture V-9, échéance le 1er mars 2026", "5,00", "75,00")), "75.00"),
        (((TRUE[0][0], "cent", "100,00"),), "100.00"),
    ],
)
def test_a_forged_sum_is_found(rows, total):
    assert account_faults(account(*rows), {"total": total}, ENTRIES)
