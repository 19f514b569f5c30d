"""A column mapping proposed for a file, from its headers (French and English accounting software) and what stands under them.

A proposal, with its doubts written beside it: dates that could be in two orders, columns nobody claims. What is proposed
can be read by the loader, and was tried on the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from relance.importers import columns, fec, portfolio_files
from relance.importers.columns import Cells, ColumnMapping
from relance.importers.header_names import WORDINGS
from relance.importers.layouts import TABLES
from relance.importers.ledger_proposal import as_ledger, journal_lines
from relance.importers.mapping import read_mapping
from relance.importers.mapping_text import Draft, Sampled, column_lines, header_words, type_lines, unused_lines, where_lines
from relance.importers.movements import Found
from relance.importers.row_states import NO, RETURN_HEADERS, YES, meant_by_type
from relance.language.written import quoted
from relance.parsing import row_files, values
from relance.parsing.rejects import Reject, Remark, Row, Unreadable
from relance.parsing.row_files import full, plain
from relance.sentences import sentence, sentence_of, system_words

_SAMPLE = 500  # rows that are looked at
_TRIED = 20_000  # rows that the proposal is tried on
_TOLD = 5  # rows of which is said why they are refused

_MOST_TYPES = 20  # words that a column of types has, at most
#: The words that the header of a day may have for it to be the day of issue, or the due date, where no header says so in full. A day of clearing is neither.
_ISSUED = frozenset({
    "bill", "billing", "created", "creation", "d", "date", "dates", "day", "de", "doc", "document", "du", "emis", "emise", "emission", "facturation", "facture", "invoice", "issue", "issued", "jour", "la", "le", "piece", "sale", "vente",
})  # fmt: skip
_DUE = frozenset({
    "d", "date", "day", "de", "deadline", "du", "due", "ech", "echeance", "exigibilite", "exigible", "facture", "invoice", "jour", "la", "le", "limite", "payable", "terme",
})  # fmt: skip
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-zA-Z]{2,}")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mapping as YAML, what to look at before it is used, and whether the file could be read whole with it.

    `usable`: an import takes the mapping, though single rows may be refused. What is not is a beginning for a person to finish.
    """

    text: str
    remarks: tuple[str, ...]
    whole: bool
    usable: bool = True


def propose(path: Path) -> Proposal:
    """Propose a mapping for a table of invoices or debtors. Raises `Unreadable`."""
    flat = row_files.table(path, wanted=fec.COLUMNS, quoted=False) if _is_text(path) else None
    if flat is not None and fec.looks_like(flat.headers):
        terms, customers = sentence("a FEC has no due dates: give your payment terms"), sentence("the accounts of customers")
        text = f'schema: 1\nmapping: fec\nterms: 30 jours  # {terms}\naccounts: ["411"]  # {customers}\n'
        return Proposal(text, (sentence("a FEC needs no columns, only the payment terms: put in yours"),), whole=True)
    wanted = {wording for wordings in WORDINGS.values() for wording in wordings} | {header_words(name) for name in TABLES["invoices"]}
    found = row_files.table(path, wanted=lambda header: header_words(header) in wanted)
    rows = [row for row in islice(found.rows, _SAMPLE) if isinstance(row, Row)]
    have = [
        Sampled(header, tuple(row.cells[place] for row in rows if place < len(row.cells) and full(row.cells[place])))
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
        msg = sentence("cannot be read: {what}", what=system_words(error))
        raise Unreadable(msg) from error


def _by_header(have: Sequence[Sampled]) -> dict[str, list[Sampled]]:
    """Give headers to canonical columns: over all columns, the earliest wording of each first."""
    taken: dict[str, list[Sampled]] = {}
    used: set[str] = set()
    every = {name: (header_words(name), *WORDINGS.get(name, ())) for name in dict.fromkeys((*WORDINGS, *TABLES["invoices"]))}
    for rank in range(max(map(len, every.values()))):
        for name, wordings in every.items():
            if name in taken or rank >= len(wordings):
                continue
            match = next(
                (one for one in have if one.header not in used and header_words(one.header) in {wordings[rank], wordings[rank].replace(" ", "")}),
                None,
            )
            if match is not None and _fits(name, match):
                taken[name] = [match]
                used.add(match.header)
    returns = next((one for one in have if one.header not in used and one.words in RETURN_HEADERS), None)
    if "type" not in taken and returns is not None and _fits("type", returns):
        taken["type"] = [returns]
        used.add(returns.header)
    _one_amount(taken)
    for number in ("2", "3"):
        more = next(
            (
                one
                for one in have
                if one.header not in used and header_words(one.header) in {f"adresse {number}", f"address {number}", f"street{number}"}
            ),
            None,
        )
        if more is not None and "debtor.address" in taken:
            taken["debtor.address"].append(more)
            used.add(more.header)
    if "debtor" not in taken and "debtor.name" in taken:
        taken["debtor"] = taken["debtor.name"]
    if "debtor.name" not in taken and (who := taken.get("debtor")) and who[0].words in WORDINGS["debtor.name"] and not _are_numbers(who[0].cells):
        taken["debtor.name"] = who
    return taken


def _one_amount(taken: dict[str, list[Sampled]]) -> None:
    """Keep one way of telling the amount: a column of its own, else a pair of debit and credit, else the debit; a ledger's running balance is not what is open."""
    if "amount" not in taken and {"debit", "credit"} <= taken.keys():
        if "open" in taken and taken["open"][0].words in ("solde", "balance", "solde progressif", "solde cumule"):
            del taken["open"]
        return
    debit = taken.pop("debit", None)
    taken.pop("credit", None)
    if debit is not None:
        taken.setdefault("amount", debit)


def _fits(name: str, column: Sampled) -> bool:
    """Say whether what stands in a column can be what its header says: a `Date` that holds words is none."""
    kind = TABLES["invoices"][name].kind
    if name == "debtor.country":
        return _share(_country, column.cells) > 0.8
    if name in ("id", "debtor.name") and column.words in ("name", "nom"):
        return _are_numbers(column.cells) is (name == "id")
    if name == "type":
        return len(column.said) <= _MOST_TYPES and any(meant_by_type(column.words, header_words(said)) for said in column.said)
    if kind.startswith("one of "):
        return _share(columns.cell_reader(kind, columns.Format()), column.cells) > 0.8
    if name == "paid" and {plain(cell) for cell in column.cells} <= YES | NO:
        return False  # whether, not how much
    if kind not in {"date", "amount", "currency"} or not column.cells:
        return True
    if kind == "date":
        return _order(column.cells) is not None
    return _share(values.currency if kind == "currency" else _any_amount, column.cells) > 0.8


def _are_numbers(cells: Sequence[Any]) -> bool:
    """Say whether cells are numbers of documents: figures in nearly all, each once."""
    return bool(cells) and sum(any(sign.isdigit() for sign in str(cell)) for cell in cells) > 0.8 * len(cells) and len(set(map(str, cells))) > 0.9 * len(cells)


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


def _by_value(have: Sequence[Sampled], taken: dict[str, list[Sampled]]) -> None:
    """Give columns that no header told by what stands in them."""
    used = {one.header for group in taken.values() for one in group}
    rest = [one for one in have if one.header not in used and one.cells]
    for name, test in (("debtor.email", _is_mail), ("debtor.siren", _is_siren), ("currency", values.currency)):
        match = next((one for one in rest if _share(test, one.cells) > 0.9), None)
        if name not in taken and match is not None:
            taken[name] = [match]
            rest.remove(match)
    for name, words in (("issued", _ISSUED), ("due", _DUE)):
        match = next((one for one in rest if words.issuperset(one.words.split()) and _order(one.cells) is not None), None)
        if name not in taken and match is not None:
            taken[name] = [match]
            rest.remove(match)


def _is_mail(cell: Any) -> None:
    if not _MAIL.fullmatch(str(cell).strip()):
        raise ValueError(cell)


def _is_siren(cell: Any) -> None:
    from stdnum.fr import siren, siret

    digits = "".join(str(cell).split())
    if not (len(digits) in {9, 14} and (siren.is_valid(digits) or siret.is_valid(digits))):
        raise ValueError(cell)


# --------------------------------------------------------------------------- the mapping as text


def _written(path: Path, have: Sequence[Sampled], taken: dict[str, list[Sampled]]) -> Proposal:
    if (booked := as_ledger(have, taken)) is not None:
        taken = booked
    table = "ledger" if booked is not None else "invoices" if {"amount", "due", "debit"} & taken.keys() else "debtors"
    if table == "debtors":
        taken = {
            ("id" if name == "debtor" else name.removeprefix("debtor.")): group
            for name, group in taken.items()
            if name.startswith("debtor")
        }
    draft = Draft(have, taken)
    days = [one for name in ("on", "issued", "due", "settled", "lettered") for one in taken.get(name, ())]
    orders = [order for one in days if (order := _order(one.cells)) is not None]
    order = next((one for one in orders if not one.endswith("?")), orders[0].rstrip("?") if orders else "auto")
    if orders and all(one.endswith("?") for one in orders):
        draft.remarks.append(sentence("no date has a day beyond the 12th: check whether the day or the month comes first"))
    decimal = _decimal([cell for name in ("amount", "open", "paid", "debit", "credit") for one in taken.get(name, ()) for cell in one.cells])
    lines = ["schema: 1", f"mapping: {_slug(path.stem)}", f"format: {{dates: {order}, decimal: {quoted(decimal)}}}"]
    if table != "debtors" and "due" not in taken:
        draft.remarks.append(sentence("no column holds the due date: put in your payment terms"))
        lines.append(f"terms: 30 jours  # {draft.remarks[-1]}")
    if table == "invoices" and taken.get("debtor") == taken.get("debtor.name", ()):
        draft.remarks.append(sentence("debtors are told apart by {header}: two who bear one name would be one; add their numbers to the export", header=repr(taken["debtor"][0].header)))
    lines += column_lines(table, taken)
    if table == "invoices":
        lines += [*type_lines(draft), *where_lines(draft)]
        if "debit" in taken and "type" not in taken and any(_share(_nonzero, [cell]) for cell in taken["credit"][0].cells):
            draft.remarks.append(sentence("a ledger, with credits among its rows: each is read as a credit note; if payments are among them, export the FEC, which says what settles what"))
            draft.undecided = True
    if table == "ledger":
        lines += journal_lines(draft)
    if table == "invoices" and "currency" not in taken:
        lines += ["  defaults:", f"    currency: EUR  # {sentence('no column holds the currency')}"]
    lines += unused_lines(draft, _order)
    return _tried(path, table, "".join(f"{line}\n" for line in lines), draft)


def _nonzero(cell: Any) -> None:
    if not _any_amount(cell):
        raise ValueError(cell)


def _decimal(cells: Sequence[Any]) -> str:
    texts = [cell for cell in cells if isinstance(cell, str)]
    comma, point = (_share(values.amount_reader(sign), texts) for sign in (",", "."))
    if not texts or comma == point:
        return "auto"
    return "," if comma > point else "."


def _slug(stem: str) -> str:
    return "-".join(header_words(stem).split()) or "mapping"


def _tried(path: Path, table: str, text: str, draft: Draft) -> Proposal:
    """Read the file with the proposal, as an import does, and add what did not work."""
    mapping, findings = read_mapping(text)
    if mapping is None:
        return Proposal(text, (*draft.remarks, *(one.message for one in findings)), whole=False, usable=False)
    if table == "ledger":
        return _tried_ledger(path, text, mapping, draft)
    found = portfolio_files.build({table: _rows(path, table, mapping)}, mapping=mapping, every_debtor=True)
    remarks = [*draft.remarks, *(one.text for one in found.remarks[:_TOLD])]
    if found.unreadable:
        return Proposal(text, (*remarks, *(one.reason for one in found.unreadable)), whole=False, usable=False)
    good = found.rows - sum(one.line in {line for _, line in found.read} for one in found.rejects)
    bad = len(found.rejects)
    remarks.append(sentence("{good} of {all} rows can be read with this", good=good, all=good + bad))
    remarks += [_refused(one) for one in found.rejects[:_TOLD]]
    return Proposal(text, tuple(remarks), whole=not bad and good > 0 and not draft.undecided, usable=good > 0)


def _tried_ledger(path: Path, text: str, mapping: ColumnMapping, draft: Draft) -> Proposal:
    """Read a ledger with the proposal, as an import does."""
    try:
        found = list(islice(fec.read(path, mapping, ledger=True), _TRIED))
    except Unreadable as error:
        return Proposal(text, (*draft.remarks, sentence_of(error)), whole=False, usable=False)
    bad = [one for one in found if isinstance(one, Reject)]
    good = sum(isinstance(one, Found) for one in found)
    remarks = [*draft.remarks, sentence("{good} invoices, payments and credit notes are read with this, {bad} lines are not", good=good, bad=len(bad)), *map(_refused, bad[:_TOLD])]
    return Proposal(text, tuple(remarks), whole=not bad and good > 0 and not draft.undecided, usable=good > 0)


def _refused(one: Reject) -> str:
    """Say why a line is not read."""
    return sentence("line {line}: {reason}", line=one.line, reason=one.reason)


def _rows(path: Path, table: str, mapping: ColumnMapping) -> Iterator[Cells | Reject | Remark]:
    try:
        columns.check_dates(path, table, mapping)
        yield from islice(columns.canonical_rows(path, table, mapping), _TRIED)
    except Unreadable as error:
        yield Reject(path.name, 0, sentence_of(error))
