"""The list of what is handed back to a creditor who leaves, as French spreadsheets read it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from relance.portfolio.leaving import HandedBack
from relance.report.csv import safe

_HEAD = ("débiteur", "nom", "facture", "échéance", "montant", "encaissé", "reste dû", "devise", "dernière étape", "le")


def handed_back_csv(claims: Sequence[HandedBack]) -> str:
    """Write one row a claim."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow(_HEAD)
    for each in claims:
        sums = (f"{amount:.2f}".replace(".", ",") for amount in (each.amount, each.received, each.open))
        last = each.last_on.isoformat() if each.last_on else ""
        writer.writerow([safe(each.debtor), safe(each.name), safe(each.invoice), each.due.isoformat(), *sums, each.currency, each.last_step, last])
    return "\ufeff" + out.getvalue()
