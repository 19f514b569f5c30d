"""A column mapping proposed for a file, from its headers (French and English accounting software) and what stands under them.

A proposal, with its doubts written beside it: dates that could be in two orders, columns nobody claims. What is proposed
can be read by the loader, and was tried on the file.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from relance.importers import columns, fec
from relance.importers.header_names import WORDINGS
from relance.importers.mapping import read_mapping
from relance.parsing import row_files, values
from relance.parsing.rejects import Reject, Remark, Row, Unreadable
from relance.parsing.row_files import full, plain

_SAMPLE = 500

_CREDIT = re.compile(r"^(?:av|avoir|avoirs|credit|credit note|note de credit|out refund|av\w*|a)$")
_INVOICE = re.compile(r"^(?:fa|fac|fact|facture|factures|invoice|out invoice|facture client|f|fc|vt)$")
#: Headers that tell the state of an invoice, and the states in which it claims nothing.
_STATE = frozenset({"etat", "statut", "status", "state", "invoice status", "statut de la facture", "etat de la facture", "statut facture", "docstatus", "fk statut", "workflow state"})
_NO_CLAIM = re.compile(
    r"^(?:brouillons?|draft|annule(?:e|es|s)?|cancell?ed|cancel|void(?:ed)?|abandonne(?:e|es|s)?|supprime(?:e|s)?|deleted|devis|proforma|pro forma|"
    r"en preparation|a valider|non valide(?:e|s)?|provisoire|refuse(?:e|s)?|rejected|pending approval)$"
)
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-zA-Z]{2,}")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mapping as YAML, what to look at before it is used, and whether the file could be read whole with it."""

    text: str
    remarks: tuple[str, ...]
    whole: bool


class _Column(NamedTuple):
    """A column of the file: its header, and what stands in its first rows."""

    header: str
    cells: tuple[Any, ...]


def propose(path: Path) -> Proposal:
    """Propose a mapping for a table of invoices or debtors. Raises `Unreadable`."""
    flat = row_files.table(path, wanted=fec.COLUMNS, quoted=False) if _is_text(path) else None
    if flat is not None and fec.looks_like(flat.headers):
        text = (
            'schema: 1\nmapping: fec\nterms: 30 jours  # a FEC has no due dates: give your payment terms\naccounts: ["411"]  # customers\n'
        )
        return Proposal(text, ("a FEC needs no columns, only the payment terms: put in yours",), whole=True)
    wanted = {wording for wordings in WORDINGS.values() for wording in wordings} | {_words(name) for name in columns.TABLES["invoices"]}
    found = row_files.table(path, wanted=lambda header: _words(header) in wanted)
    rows = [row for row in islice(found.rows, _SAMPLE) if isinstance(row, Row)]
    have = [
        _Column(header, tuple(row.cells[place] for row in rows if place < len(row.cells) and full(row.cells[place])))
        for place, header in enumerate(found.headers)
        if plain(header)
    ]
    taken = _by_header(have)
    _by_value(have, taken)
    return _written(path, have, taken)


def _is_text(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return not stream.read(4).startswith((b"PK\x03\x04", b"PAR1"))
    except OSError as error:
        msg = f"cannot be read: {error.strerror or error}"
        raise Unreadable(msg) from error


def _words(header: object) -> str:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", str(header)).replace("°", " ").replace("º", " ").replace("№", "n ")
    return " ".join(re.findall(r"[a-z0-9]+", unicodedata.normalize("NFKD", spaced).encode("ascii", "ignore").decode().casefold()))


def _by_header(have: Sequence[_Column]) -> dict[str, list[_Column]]:
    """Give headers to canonical columns: over all columns, the earliest wording of each first."""
    taken: dict[str, list[_Column]] = {}
    used: set[str] = set()
    every = {name: (_words(name), *WORDINGS.get(name, ())) for name in dict.fromkeys((*WORDINGS, *columns.TABLES["invoices"]))}
    for rank in range(max(map(len, every.values()))):
        for name, wordings in every.items():
            if name in taken or rank >= len(wordings):
                continue
            match = next(
                (one for one in have if one.header not in used and _words(one.header) in {wordings[rank], wordings[rank].replace(" ", "")}),
                None,
            )
            if match is not None and _fits(name, match):
                taken[name] = [match]
                used.add(match.header)
    for number in ("2", "3"):
        more = next(
            (
                one
                for one in have
                if one.header not in used and _words(one.header) in {f"adresse {number}", f"address {number}", f"street{number}"}
            ),
            None,
        )
        if more is not None and "debtor.address" in taken:
            taken["debtor.address"].append(more)
            used.add(more.header)
    if "debtor" not in taken and "debtor.name" in taken:
        taken["debtor"] = taken["debtor.name"]
    return taken


def _fits(name: str, column: _Column) -> bool:
    """Say whether what stands in a column can be what its header says: a `Date` that holds words is none."""
    kind = columns.TABLES["invoices"][name].kind
    if name == "debtor.country":
        return _share(_country, column.cells) > 0.8
    if kind not in {"date", "amount", "currency"} or not column.cells:
        return True
    if kind == "date":
        return _order(column.cells) is not None
    return _share(values.currency if kind == "currency" else _any_amount, column.cells) > 0.8


def _country(cell: Any) -> None:
    if not re.fullmatch(r"[A-Za-z]{2}", str(cell).strip()):
        raise ValueError(cell)


def _any_amount(cell: Any) -> Any:
    try:
        return values.amount_reader(",")(cell)
    except ValueError:
        return values.amount_reader(".")(cell)


def _share(read: Callable[[Any], Any], cells: Sequence[Any]) -> float:
    good = 0
    for cell in cells:
        try:
            read(cell)
        except ValueError:
            continue
        good += 1
    return good / len(cells) if cells else 0.0


def _order(cells: Sequence[Any]) -> str | None:
    """Return the order of a column's dates, `day/month/year?` where it could be month first as well; None where these are no dates."""
    shares = {order: _share(values.date_reader(order), cells) for order in ("iso", "day/month/year", "month/day/year")}
    if max(shares.values()) < 0.8:
        return None
    if shares["iso"] > 0.8:
        return "iso"
    if shares["day/month/year"] == shares["month/day/year"]:
        return "day/month/year?"
    return max(("day/month/year", "month/day/year"), key=lambda order: shares[order])


def _by_value(have: Sequence[_Column], taken: dict[str, list[_Column]]) -> None:
    """Give columns that no header told by what stands in them."""
    used = {one.header for group in taken.values() for one in group}
    rest = [one for one in have if one.header not in used and one.cells]
    for name, test in (("debtor.email", _is_mail), ("debtor.siren", _is_siren), ("currency", values.currency)):
        match = next((one for one in rest if _share(test, one.cells) > 0.9), None)
        if name not in taken and match is not None:
            taken[name] = [match]
            rest.remove(match)
    days = [one for one in rest if _order(one.cells) is not None]
    for name in ("issued", "due"):
        if name not in taken and days:
            taken[name] = [days.pop(0)]


def _is_mail(cell: Any) -> None:
    if not _MAIL.fullmatch(str(cell).strip()):
        raise ValueError(cell)


def _is_siren(cell: Any) -> None:
    from stdnum.fr import siren, siret

    digits = "".join(str(cell).split())
    if not (len(digits) in {9, 14} and (siren.is_valid(digits) or siret.is_valid(digits))):
        raise ValueError(cell)


# --------------------------------------------------------------------------- the mapping as text


def _written(path: Path, have: Sequence[_Column], taken: dict[str, list[_Column]]) -> Proposal:
    table = "invoices" if "amount" in taken or "due" in taken else "debtors"
    if table == "debtors":
        taken = {
            ("id" if name == "debtor" else name.removeprefix("debtor.")): group
            for name, group in taken.items()
            if name.startswith("debtor")
        }
    remarks: list[str] = []
    days = [one for name in ("issued", "due", "settled") for one in taken.get(name, ())]
    orders = [order for one in days if (order := _order(one.cells)) is not None]
    order = next((one for one in orders if not one.endswith("?")), orders[0].rstrip("?") if orders else "auto")
    if orders and all(one.endswith("?") for one in orders):
        remarks.append("no date has a day beyond the 12th: check whether the day or the month comes first")
    decimal = _decimal([cell for name in ("amount", "open", "paid") for one in taken.get(name, ()) for cell in one.cells])
    lines = ["schema: 1", f"mapping: {_slug(path.stem)}", f"format: {{dates: {order}, decimal: {_quoted(decimal)}}}"]
    if table == "invoices" and "due" not in taken:
        lines.append("terms: 30 jours  # no column holds the due date: put in your payment terms")
        remarks.append("no column holds the due date: put in your payment terms")
    if {"debit", "credit"} <= {_words(one.header) for one in have}:
        remarks.append("a ledger, with payments among its rows: a table holds invoices alone; export the FEC, which says what settles what")
    lines += [f"{table}:", "  columns:"]
    for name in columns.TABLES[table]:
        if group := taken.get(name):
            heads = _quoted(group[0].header) if len(group) == 1 else f"[{', '.join(_quoted(one.header) for one in group)}]"
            sample = next((str(cell).replace("\n", " ")[:40] for cell in group[0].cells), "")
            lines.append(f"    {name}: {heads}" + (f"  # {sample}" if sample else ""))
    lines += _meanings(taken)
    if table == "invoices":
        lines += _states(have, taken, remarks)
    if table == "invoices" and "currency" not in taken:
        lines += ["  defaults:", "    currency: EUR  # no column holds the currency"]
    used = {one.header for group in taken.values() for one in group}
    for one in have:
        if one.header not in used:
            lines.append(f"# not used: {one.header!r}" + (f", such as {str(one.cells[0])[:40]!r}" if one.cells else ""))
    text = "".join(f"{line}\n" for line in lines)
    return _tried(path, table, text, remarks)


def _states(have: Sequence[_Column], taken: dict[str, list[_Column]], remarks: list[str]) -> list[str]:
    """Leave out the rows whose state says that they claim nothing, and say what other states there are."""
    used = {one.header for group in taken.values() for one in group}
    lines: list[str] = []
    for one in have:
        if one.header in used or _words(one.header) not in _STATE or not one.cells:
            continue
        cells = {plain(cell): str(cell).strip() for cell in one.cells}
        out = sorted(said for said in cells.values() if _NO_CLAIM.match(_words(said)))
        if len(cells) > 20 or (not out and len(cells) == len(one.cells)):
            continue
        named = list(dict.fromkeys((*out, "Brouillon", "Annulé", "Draft", "Cancelled")))
        lines += ["  where:" if not lines else "", f"    {_quoted(one.header)}: {{not: [{', '.join(map(_quoted, named))}]}}"]
        kept = sorted(set(cells.values()) - set(out))
        taken.setdefault("where", []).append(one)
        remarks.append(f"{one.header!r} tells the state: {', '.join(out) or 'no row'} left out, {', '.join(kept) or 'nothing'} read; check that these are invoices you may claim")
    return [line for line in lines if line]


def _meanings(taken: Mapping[str, list[_Column]]) -> list[str]:
    """Write what the words of a `type` column mean, where it tells credit notes from invoices."""
    if "type" not in taken:
        return []
    lines = ["  values:", "    type:"]
    for cell in sorted({plain(cell) for cell in taken["type"][0].cells}):
        said = _words(cell)
        meant = "credit_note" if _CREDIT.match(said) else "invoice" if _INVOICE.match(said) else None
        lines.append(f"      {_quoted(cell)}: {meant or 'invoice'}" + ("" if meant else "  # check this"))
    return lines


def _decimal(cells: Sequence[Any]) -> str:
    texts = [cell for cell in cells if isinstance(cell, str)]
    comma, point = (_share(values.amount_reader(sign), texts) for sign in (",", "."))
    if not texts or comma == point:
        return "auto"
    return "," if comma > point else "."


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _slug(stem: str) -> str:
    return "-".join(_words(stem).split()) or "mapping"


def _tried(path: Path, table: str, text: str, remarks: list[str]) -> Proposal:
    """Read the file with the proposal and add what did not work."""
    mapping, findings = read_mapping(text)
    if mapping is None:
        return Proposal(text, (*remarks, *(one.message for one in findings)), whole=False)
    good = 0
    bad: list[Reject] = []
    try:
        for row in columns.canonical_rows(path, table, mapping):
            if isinstance(row, Reject):
                bad.append(row)
            elif isinstance(row, Remark):
                remarks.append(row.text)
            else:
                good += 1
    except Unreadable as error:
        return Proposal(text, (*remarks, str(error)), whole=False)
    remarks.append(f"{good} of {good + len(bad)} rows can be read with this")
    remarks += [f"line {one.line}: {one.reason}" for one in bad[:5]]
    return Proposal(text, tuple(remarks), whole=not bad and good > 0)
