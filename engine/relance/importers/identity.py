"""Who is who: the parties an e-invoice names against those that are known, identifiers before names.

A SIREN, a VAT number or an account tells who a creditor is, else the name that one of them alone bears; the only one there is, whom nobody named, is the one. A debtor is
known by SIREN, else by a name that one known debtor alone bears at the same place. What stays in doubt gets an id of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from relance.iban import mistake
from relance.importers import parties
from relance.importers.assembly import NO_CREDITOR
from relance.importers.columns import Cells
from relance.importers.compared_texts import name_words
from relance.importers.movements import Found
from relance.model import Address, Creditor, Facts
from relance.parsing.rejects import Reject, Remark
from relance.sentences import sentence

Rows = Mapping[str, Iterable[Cells | Reject | Remark]]


@dataclass(slots=True)
class Identities:
    """The ids that parties bear in the journal, or in the tables read beside."""

    by_siren: dict[tuple[str, str], str] = field(default_factory=dict)  # role and SIREN
    by_vat: dict[str, str] = field(default_factory=dict)  # creditors
    by_account: dict[str, str] = field(default_factory=dict)
    by_name: dict[frozenset[str], set[tuple[str, Address | None, str | None]]] = field(default_factory=dict)  # debtors
    creditors: dict[str, Creditor] = field(default_factory=dict)
    _told: set[str] = field(default_factory=set)  # accounts that were spoken of

    def renamed(self, found: Found) -> Cells:
        """Return a row with the ids under which its parties are known."""
        cells = dict(found.row.values)
        if found.table == "creditors":
            cells["id"] = self._creditor(cells)
        else:
            if "creditor" in cells:
                cells["creditor"] = self._creditor({"id": cells["creditor"], **cells.pop("seller", {})})
            cells["debtor"] = self._debtor(cells)
        return found.row._replace(values=cells)

    def is_named(self, creditor: str) -> bool:
        """Say whether a creditor's record tells who he is; what one invoice says of him corrects nothing then."""
        return creditor in self.creditors and bool(self.creditors[creditor].name)

    def other_account(self, row: Cells, account: str) -> list[Remark]:
        """Say that an invoice asks for payment to another account than its creditor's, which is not taken: who forges an invoice wants just that."""
        known = self.creditors.get(row.values.get("creditor", ""))
        if known is None or not known.name or not account or account in self._told or account == _compact(known.iban) or mistake(account):
            return []
        self._told.add(account)
        return [Remark(row.file, row.line, sentence(
            "{number} asks for payment to {account}, and {creditor} is paid to {known}: the account is not taken from an invoice; if it is his, import it in his table of creditors, then `relance creditor confirm`",
            number=row.values["id"], account=account, creditor=known.id, known=known.iban or sentence("no account yet"),
        ))]  # fmt: skip

    def _creditor(self, cells: Mapping[str, Any]) -> str:
        given, vat = str(cells["id"]), _compact(cells.get("vat") or (cells.get("terms") or {}).get("vat"))
        if known := self.by_siren.get(("creditor", given)):
            return known
        siren = cells.get("siren") or (given if given.isdigit() else None)
        others = {one.id for one in self.creditors.values() if siren and one.siren and one.siren != siren}
        for known in (self.by_vat.get(vat), self.by_account.get(_compact(cells.get("iban")))):
            if known and known not in others:
                return known
        words = name_words(str(cells.get("name", "")))
        alike = [one.id for one in self.creditors.values() if words and name_words(one.name) == words and one.id not in others]
        lone = next(iter(self.creditors.values())) if len(self.creditors) == 1 else None
        if len(alike) == 1:
            return alike[0]
        return lone.id if lone is not None and lone.id == NO_CREDITOR and not lone.name and not lone.siren else given

    def _debtor(self, cells: Mapping[str, Any]) -> str:
        given, siren = str(cells["debtor"]), cells.get("debtor.siren")
        if known := self.by_siren.get(("debtor", str(siren or given))):
            return known
        made = parties.debtor(given, cells, "debtor.")
        near = [
            ident
            for ident, address, number in self.by_name.get(name_words(made.name), ())
            if number in (None, made.siren) and (address is None or made.address is None or parties.same_place(address, made.address))
        ]
        return near[0] if len(near) == 1 and made.name else given


def _compact(number: object) -> str:
    return "".join(str(number or "").split()).upper()


def identities(known: Iterable[Facts], rows: Rows) -> Identities:
    """Learn who is known from the journal, and from tables read beside."""
    found = Identities()
    for table, role, ident, siren in (
        ("creditors", "creditor", "id", "siren"), ("debtors", "debtor", "id", "siren"), ("invoices", "debtor", "debtor", "debtor.siren"),
    ):  # fmt: skip
        for row in rows[table]:
            if isinstance(row, Cells) and (digits := "".join(str(row.values.get(siren, "")).split())[:9]):
                found.by_siren[role, digits] = row.values[ident]
    for facts in known:
        creditor, debtor = facts.creditor, facts.debtor
        found.creditors[creditor.id] = creditor
        if creditor.siren:
            found.by_siren["creditor", creditor.siren] = creditor.id
        if creditor.iban:
            found.by_account[_compact(creditor.iban)] = creditor.id
        if vat := _compact(creditor.terms.get("vat")):
            found.by_vat[vat] = creditor.id
        if debtor.siren and debtor.id != debtor.siren:
            found.by_siren["debtor", debtor.siren] = debtor.id
        if debtor.name:
            found.by_name.setdefault(name_words(debtor.name), set()).add((debtor.id, debtor.address, debtor.siren))
    return found
