"""A ledger of customers' accounts, exported as a table, as the lines of a FEC: by the mapping's `ledger`.

It has the customers' side of each entry alone, so that the journal says what a line is: `sale`, `bank`, `opening` or `other` where the mapping says it,
else the journal's code as for a FEC. Where no column numbers the entries, a line's own contents do.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from relance.importers.columns import Cells, ColumnMapping, canonical_rows, check_dates
from relance.parsing.rejects import Reject, Remark, Row
from relance.statements.transaction import Numbered, made_reference

#: The column of a FEC for each of a ledger's, and the one beside them that says when a line falls due.
HEADS = {
    "journal": "JournalCode", "entry": "EcritureNum", "on": "EcritureDate", "account": "CompteNum", "debtor": "CompAuxNum", "name": "CompAuxLib", "piece": "PieceRef",
    "issued": "PieceDate", "label": "EcritureLib", "debit": "Debit", "credit": "Credit", "letter": "EcritureLet", "lettered": "DateLet", "due": "EcheanceDate",
}  # fmt: skip


def entry_rows(path: Path, mapping: ColumnMapping) -> Iterator[Row | Reject | Remark]:
    """Yield the lines of a ledger in the order of `HEADS`, as a FEC writes them, then the row as it stood. Raises `Unreadable`."""
    check_dates(path, "ledger", mapping)
    numbered = Numbered()
    for row in canonical_rows(path, "ledger", mapping):
        if not isinstance(row, Cells):
            yield row
            continue
        account = row.values.get("account") or mapping.accounts[0]
        found = {"debtor": account} | row.values | {"account": account}
        if not found.get("entry"):
            said = made_reference(*(found.get(name, "") for name in ("on", "debtor", "piece", "label", "debit", "credit")))
            found["entry"] = found["piece"] if found.get("debit") and found.get("piece") else numbered(said, reversal=False)
        yield Row(row.line, [*(_cell(found.get(name)) for name in HEADS), row.row])


def _cell(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", ",")
    return f"{value:%Y%m%d}" if isinstance(value, date) else str(value or "")
