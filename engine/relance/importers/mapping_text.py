"""A proposed column mapping as text: its columns, what the words of types and states mean, which rows are left out, and what is asked of a person.

Everything that is left out, a row or a column of sums or days, is said. Refuses to choose columns: `mapping_proposal` does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from relance.importers.layouts import LAYOUTS
from relance.importers.row_states import (
    PAYMENT_HEADERS,
    RETURN_HEADERS,
    STATE_HEADERS,
    VALID_HEADERS,
    meant_by_state,
    meant_by_type,
)
from relance.language.written import quoted
from relance.parsing import values
from relance.parsing.row_files import plain
from relance.sentences import in_turn, sentence

#: States that are left out though none of the first rows bears them.
_ALWAYS_OUT = ("Brouillon", "Annulé", "Draft", "Cancelled")
_MOST_WORDS = 20  # so many words a column of types or states has, at most
LETTER_HEADERS = frozenset({"lettrage", "lettre", "let", "code lettrage", "ecriture let", "lettering"})
JOURNAL_HEADERS = frozenset({"journal", "code journal", "jnl", "journal code", "code jnl"})
_BANK_JOURNAL = re.compile(r"^(?:bq|bnq|bnp|ca|cai|caisse|cm|ccp|sg|lcl|rg|banque|tr|tresorerie)\d*$")
#: Columns of sums that are no claim's: without tax, taxes, rates, prices.
_OTHER_SUMS = re.compile(r"\b(?:ht|hors|tva|vat|tax(?:e|es)?|untaxed|excl|net amount|subtotal|sous total|remise|discount|marge|margin|qte|quantite|quantity|qty|taux|rate|cout|cost|prix|price|plafond|limit)\b")


class Sampled(NamedTuple):
    """A column of the file: its header, and what stands in its first rows."""

    header: str
    cells: tuple[Any, ...]

    @property
    def words(self) -> str:
        """The header in small letters, without accents and punctuation."""
        return header_words(self.header)

    @property
    def said(self) -> dict[str, str]:
        """What its cells say, each once, by how cells are compared."""
        return {plain(cell): str(cell).strip() for cell in self.cells}


@dataclass(slots=True)
class Draft:
    """What is known of a file's layout: its columns, those that were taken for canonical ones, what is asked of a person, and whether something needs him first."""

    have: Sequence[Sampled]
    taken: dict[str, list[Sampled]]
    remarks: list[str] = field(default_factory=list)
    undecided: bool = False

    @property
    def used(self) -> set[str]:
        """The headers that were taken."""
        return {one.header for group in self.taken.values() for one in group}

    @property
    def tells_open(self) -> bool:
        """Say whether a column tells how much is open."""
        return not {"open", "paid"}.isdisjoint(self.taken)


def header_words(header: object) -> str:
    """Return a header, or a cell, as the words that stand in it: small letters, no accents, no punctuation."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", str(header)).replace("°", " ").replace("º", " ").replace("№", "n ")
    return " ".join(re.findall(r"[a-z0-9]+", unicodedata.normalize("NFKD", spaced).encode("ascii", "ignore").decode().casefold()))


def column_lines(table: str, taken: Mapping[str, Sequence[Sampled]]) -> list[str]:
    """Write which header each canonical column has, with a cell of it."""
    lines = [f"{table}:", "  columns:"]
    for name in LAYOUTS[table]:
        if group := taken.get(name):
            heads = quoted(group[0].header) if len(group) == 1 else f"[{', '.join(quoted(one.header) for one in group)}]"
            sample = next((" ".join(str(cell).split())[:40] for cell in group[0].cells), "")
            lines.append(f"    {name}: {heads}" + (f"  # {sample}" if sample else ""))
    return lines


def type_lines(draft: Draft) -> list[str]:
    """Write what the words of a `type` column mean; a word that is not known is an invoice until a person says otherwise."""
    if "type" not in draft.taken:
        return []
    column = draft.taken["type"][0]
    lines, unknown = ["  values:", "    type:"], []
    for said, written in sorted(column.said.items()):
        meant = meant_by_type(column.words, header_words(said))
        if meant in ("none", "payment"):
            continue
        unknown += [written] if meant is None else []
        lines.append(f"      {quoted(said)}: {meant or 'invoice'}" + ("" if meant else f"  # {sentence('check this')}"))
    if unknown:
        draft.remarks.append(sentence("{header} says {words}: read as invoices; check that they are", header=repr(column.header), words=unknown))
    return lines if len(lines) > 2 else []


def where_lines(draft: Draft) -> list[str]:
    """Write which rows are left out, and why: types that claim nothing, payments, states, entries that are settled."""
    out: dict[str, list[str]] = {}
    if "type" in draft.taken:
        _types_out(draft, draft.taken["type"][0], out)
    for one in draft.have:
        if one.header in draft.used or not one.cells or len(one.said) > _MOST_WORDS:
            continue
        if one.words in STATE_HEADERS | PAYMENT_HEADERS | VALID_HEADERS:
            _states_out(draft, one, out)
        elif one.words in JOURNAL_HEADERS and "debit" in draft.taken and (bank := [said for said in one.said.values() if _BANK_JOURNAL.match(header_words(said))]):
            _payments_out(draft, one, bank, out)
    lines = [f"    {quoted(header)}: {{not: [{', '.join(map(quoted, cells))}]}}" for header, cells in out.items()]
    lettered = next((one for one in draft.have if one.header not in draft.used and one.words in LETTER_HEADERS), None)
    if lettered is not None and "debit" in draft.taken:
        lines.append(f'    {quoted(lettered.header)}: [""]')
        draft.taken.setdefault("where", []).append(lettered)
        draft.remarks.append(sentence("{header} letters what is settled: its rows are left out", header=repr(lettered.header)))
    return ["  where:", *lines] if lines else []


def _types_out(draft: Draft, column: Sampled, out: dict[str, list[str]]) -> None:
    meant = {said: meant_by_type(column.words, header_words(said)) for said in column.said.values()}
    if none := sorted(said for said, what in meant.items() if what == "none"):
        out.setdefault(column.header, []).extend(none)
        draft.remarks.append(sentence("{header} says {words}: no invoices, left out", header=repr(column.header), words=none))
    if paid := sorted(said for said, what in meant.items() if what == "payment"):
        _payments_out(draft, column, paid, out)


def _payments_out(draft: Draft, column: Sampled, said: Iterable[str], out: dict[str, list[str]]) -> None:
    """Leave payments out: a table holds invoices and credit notes. Without a column that tells what is open, a person must say where they are read from."""
    named = sorted(said)
    out.setdefault(column.header, []).extend(named)
    draft.taken.setdefault("where", []).append(column)
    left_out = sentence("{header} says {words}: payments, left out", header=repr(column.header), words=named)
    why = sentence("a ledger, with payments among its rows: a table holds invoices alone; export the FEC, which says what settles what")
    draft.remarks.append(left_out if draft.tells_open else in_turn([left_out, why]))
    draft.undecided = draft.undecided or not draft.tells_open


def _states_out(draft: Draft, one: Sampled, out: dict[str, list[str]]) -> None:
    """Leave out the rows whose state says that they claim nothing, and say what other states there are."""
    meant = {said: meant_by_state(one.words, header_words(said)) for said in one.said.values()}
    none = sorted(said for said, what in meant.items() if what == "none" or (what == "paid" and not draft.tells_open))
    if not none and (len(meant) == len(one.cells) or one.words not in STATE_HEADERS):
        return
    part = sorted(said for said, what in meant.items() if what == "part")
    always = _ALWAYS_OUT if one.words in STATE_HEADERS and not all(said.isdigit() for said in meant) else ()
    if named := list(dict.fromkeys((*none, *always))):
        out.setdefault(one.header, []).extend(named)
        draft.taken.setdefault("where", []).append(one)
    kept = sorted(set(meant) - set(none))
    out_of_it, read = none or sentence("no row"), kept or sentence("nothing")
    draft.remarks.append(sentence("{header} tells the state: {out} left out, {read} read; check that these are invoices you may claim", header=repr(one.header), out=out_of_it, read=read))
    if part and not draft.tells_open:
        draft.remarks.append(sentence("{header} says {words}, and no column tells how much is open: add one to the export, or import the payments", header=repr(one.header), words=part))
        draft.undecided = True


def unused_lines(draft: Draft, day_order: Callable[[Sequence[Any]], str | None]) -> list[str]:
    """Write which columns are not used, and ask about those that hold days, sums or addresses."""
    lines = []
    for one in draft.have:
        if one.header in draft.used:
            continue
        said = {"header": repr(one.header)}
        lines.append(f"# {sentence('not used: {header}, such as {cell}', **said, cell=repr(str(one.cells[0])[:40])) if one.cells else sentence('not used: {header}', **said)}")
        if one.words in RETURN_HEADERS or not one.cells or _OTHER_SUMS.search(one.words):
            continue
        what = sentence("days") if day_order(one.cells) else sentence("e-mail addresses") if all("@" in str(cell) for cell in one.cells) else sentence("sums") if _sums(one.cells) else ""
        if what:
            draft.remarks.append(sentence("{header} holds {what} and is left out: which are they?", header=repr(one.header), what=what))
    return lines


def _sums(cells: Sequence[Any]) -> bool:
    """Say whether cells hold sums of money: amounts, some with cents."""
    for sign in (",", "."):
        read = values.amount_reader(sign)
        try:
            found = [read(cell) for cell in cells]
        except ValueError:
            continue
        return any(isinstance(cell, float) or (isinstance(cell, str) and re.search(r"[.,][0-9]{2}\b", cell)) for cell in cells) and any(found)
    return False
