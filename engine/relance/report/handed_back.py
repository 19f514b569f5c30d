"""The list of what is handed back to a creditor who leaves, as French spreadsheets read it."""

from __future__ import annotations

from collections.abc import Sequence

from relance.escaping import csv_text
from relance.portfolio.leaving import HandedBack
from relance.report import plain

_HEAD = ("débiteur", "nom", "facture", "échéance", "montant", "encaissé", "reste dû", "devise", "dernière étape", "le")


def handed_back_csv(claims: Sequence[HandedBack]) -> str:
    """Write one row a claim."""
    rows: list[tuple[object, ...]] = [tuple(_HEAD)]
    for each in claims:
        sums = (plain.amount(some, each.currency).replace(".", ",") for some in (each.amount, each.received, each.open))
        last = each.last_on.isoformat() if each.last_on else ""
        rows.append((each.debtor, each.name, each.invoice, each.due.isoformat(), *sums, each.currency, each.last_step, last))
    return "\ufeff" + csv_text(rows, delimiter=";")
