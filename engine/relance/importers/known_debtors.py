"""A debtor's number in one source against who he is in the journal: the same invoice, of the same sum and the same person, has one debtor.

An e-invoice knows a debtor by his SIREN, the books by their account. Owns that the two are one; a number that the journal knows as a debtor
is nobody else's, and a name or a SIREN that contradicts makes two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from relance.importers.columns import Cells
from relance.importers.compared_texts import name_words
from relance.importers.parties import company_number
from relance.journal.journal import Journal
from relance.model import Creditor, Debtor, Event, Facts
from relance.zones import paris_day

_ASKED = 3  # invoices by which a number is looked for, at most


@dataclass(slots=True)
class KnownDebtors:
    """What each debtor's number of a file is called in the journal, asked once for each."""

    journal: Journal
    called: dict[str, str] = field(default_factory=dict)
    found: list[tuple[str, str, str]] = field(default_factory=list)  # creditor, debtor, and a number that he bears elsewhere: to be kept
    kept: dict[str, str] | None = None  # numbers that he was found to bear before
    merged: set[str] | None = None  # debtors who count for another, with some creditor

    def renamed(self, rows: Iterable[Any]) -> list[Any]:
        """Return rows with the debtors under which the journal knows them; what is no `Cells` is left as it is."""
        rows = list(rows)
        unseen: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for row in rows:
            if isinstance(row, Cells) and "amount" in row.values and "id" in row.values and row.values.get("debtor", "") not in self.called:
                unseen[row.values["debtor"]].append(row.values)
        for row in rows:
            if isinstance(row, Cells) and (debtor := row.values.get("debtor")) and debtor not in self.called and debtor not in unseen:
                unseen[debtor] = []  # what is told of him here is no invoice
        debtors, invoices = self.journal.known_among(unseen, (cells["id"] for told in unseen.values() for cells in told[:_ASKED]))
        for debtor, told in unseen.items():
            known = self._counts_for(debtor) if debtor in debtors else self._by_invoices(debtor, [cells for cells in told[:_ASKED] if cells["id"] in invoices])
            if told or known != debtor:
                self.called[debtor] = known
        return [self._named(row) for row in rows]

    def known_as(self, debtor: str) -> str:
        """Return who bears a number of a file, by what it told so far and what was kept."""
        if debtor in self.called:
            return self.called[debtor]
        return self._counts_for(debtor) if self.journal.creditors_of(debtor) else self._by_invoices(debtor, ())

    def _named(self, row: Any) -> Any:
        if not isinstance(row, Cells) or (debtor := row.values.get("debtor")) is None or self.called.get(debtor, debtor) == debtor:
            return row
        return row._replace(values={**row.values, "debtor": self.called[debtor]})

    def _counts_for(self, debtor: str) -> str:
        """Return whom a debtor whom the journal knows counts for."""
        if self.merged is None:
            self.merged = {name for _, name in self.journal.merged_names()}
        now = self.journal.counts_for(debtor) if debtor in self.merged else {debtor}
        return now.pop() if len(now) == 1 else debtor

    def _by_invoices(self, debtor: str, told: Iterable[Mapping[str, Any]]) -> str:
        """Return who bears a number that no debtor has: as was kept, or who owes the invoices that a file tells of him."""
        if self.kept is None:
            self.kept = {str(one.data["number"]): one.debtor for one in self.journal.entries(kinds=("debtor.numbered",)) if one.debtor and "number" in one.data}
        if debtor in self.kept:
            return self.kept[debtor]
        for cells in told:
            places = [place for place in self.journal.places(cells["id"]) if place.invoice is not None and cells.get("creditor") in (None, place.creditor)]
            for place in places if len(places) == 1 else ():
                facts = next(self.journal.facts(place.creditor, place.debtor), None)
                claim = next((one for one in facts.invoices if one.id == cells["id"]), None) if facts is not None else None
                if facts is not None and claim is not None and claim.amount == cells["amount"] and _same(facts.debtor, cells):
                    self.found.append((place.creditor, place.debtor, debtor))
                    return place.debtor
        return debtor

    def keep(self, on: date | None, actor: str) -> None:
        """Write down (as of a day; None: today) which numbers known debtors were found to bear, for files that tell of no invoice of theirs."""
        if on is None and self.journal.now is not None:
            on = paris_day(self.journal.now())
        some = [
            Facts(Creditor(creditor), Debtor(debtor), (), (Event(on, "debtor.numbered", data={"number": number}),))
            for creditor, debtor, number in self.found if on is not None
        ]
        if some:
            self.journal.take_in(some, actor=actor)
            self.found.clear()


def _same(known: Debtor, cells: Mapping[str, Any]) -> bool:
    """Say whether nothing that a row tells of its debtor contradicts who is known, and something agrees."""
    siren, _ = company_number(str(cells.get("debtor.siren") or ""))
    if siren and known.siren:
        return siren == known.siren
    words = name_words(str(cells.get("debtor.name") or ""))
    return bool(words) and words == name_words(known.name)
