"""A debtor's number in one source against who he is in the journal: the same invoice, of the same sum and the same person, has one debtor.

An e-invoice knows a debtor by his SIREN, the books by their account. Owns that the two are one; a number that the journal knows as a debtor
is nobody else's, and a name or a SIREN that contradicts makes two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from relance.importers.columns import Cells
from relance.importers.compared_texts import name_words
from relance.importers.parties import company_number
from relance.journal.journal import Journal
from relance.model import Debtor

_ASKED = 3  # invoices by which a number is looked for, at most


@dataclass(slots=True)
class KnownDebtors:
    """What each debtor's number of a file is called in the journal, asked once for each."""

    journal: Journal
    called: dict[str, str] = field(default_factory=dict)

    def renamed(self, rows: Iterable[Any]) -> list[Any]:
        """Return rows with the debtors under which the journal knows them; what is no `Cells` is left as it is."""
        rows = list(rows)
        unseen: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for row in rows:
            if isinstance(row, Cells) and "amount" in row.values and "id" in row.values and row.values.get("debtor", "") not in self.called:
                unseen[row.values["debtor"]].append(row.values)
        for debtor, told in unseen.items():
            self.called[debtor] = self._known_as(debtor, told)
        return [self._named(row) for row in rows]

    def _named(self, row: Any) -> Any:
        if not isinstance(row, Cells) or (debtor := row.values.get("debtor")) is None or self.called.get(debtor, debtor) == debtor:
            return row
        return row._replace(values={**row.values, "debtor": self.called[debtor]})

    def _known_as(self, debtor: str, told: list[Mapping[str, Any]]) -> str:
        if self.journal.creditors_of(debtor):
            return debtor
        for cells in told[:_ASKED]:
            places = [place for place in self.journal.places(cells["id"]) if place.invoice is not None and cells.get("creditor") in (None, place.creditor)]
            for place in places if len(places) == 1 else ():
                facts = next(self.journal.facts(place.creditor, place.debtor), None)
                claim = next((one for one in facts.invoices if one.id == cells["id"]), None) if facts is not None else None
                if facts is not None and claim is not None and claim.amount == cells["amount"] and _same(facts.debtor, cells):
                    return place.debtor
        return debtor


def _same(known: Debtor, cells: Mapping[str, Any]) -> bool:
    """Say whether nothing that a row tells of its debtor contradicts who is known, and something agrees."""
    siren, _ = company_number(str(cells.get("debtor.siren") or ""))
    if siren and known.siren:
        return siren == known.siren
    words = name_words(str(cells.get("debtor.name") or ""))
    return bool(words) and words == name_words(known.name)
