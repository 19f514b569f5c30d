"""The account of an evidence file held against the journal's lines in it: its additions, its total, and the amount of each invoice."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from relance.sentences import sentence

_INVOICE = "Facture "


def account_faults(account: bytes, manifest: Mapping[str, Any], entries: Iterable[Mapping[str, Any]]) -> list[str]:
    """Work the account out again: every balance from the amounts before it, the total, and every invoice as the journal last knew it."""
    amounts = _invoices(entries)
    faults: list[str] = []
    open_ = Decimal(0)
    try:
        for row in list(csv.reader(account.decode("utf-8-sig").splitlines(), delimiter=";"))[1:]:
            if not row[0]:  # a stretch of interest, which is in a line above
                continue
            what, amount, said = row[1], _sum(row[2]), _sum(row[3])
            open_ += amount
            if said != open_:
                faults.append(sentence("0-decompte.csv: '{what}': the balance is {open}, not {said}", what=what, open=open_, said=said))
            name = what.removeprefix(_INVOICE).partition(", échéance")[0]
            if what.startswith(_INVOICE) and amounts.get(name) != amount:
                faults.append(sentence("0-decompte.csv: invoice {name} is of {value}, not {amount}", name=name, value=amounts.get(name, sentence("no amount that the journal knows")), amount=amount))
        if open_ != Decimal(str(manifest["total"])):
            faults.append(sentence("0-decompte.csv: it comes to {open}, and the manifest says {total}", open=open_, total=manifest["total"]))
    except (KeyError, IndexError, ValueError, InvalidOperation) as error:
        faults.append(sentence("0-decompte.csv: it cannot be read: {name}", name=type(error).__name__))
    return faults


def _invoices(entries: Iterable[Mapping[str, Any]]) -> dict[str, Decimal]:
    """Return the amount of each invoice, corrections laid over it in their order."""
    amounts: dict[str, Decimal] = {}
    for entry in sorted(entries, key=lambda entry: int(entry["seq"])):
        if entry["kind"] in ("invoice.recorded", "invoice.corrected"):
            payload = json.loads(entry["payload"])
            if "amount" in payload:
                amounts[str(entry["invoice"])] = Decimal(str(payload["amount"]))
    return amounts


def _sum(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))
