"""One history told by several sources, in any order and twice, leaves open what a plain computation does; and each file's lines add up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.importers.test_lifecycle import collected, message
from tests.statements import bank_files

from relance.importers.columns import ColumnMapping, Layout
from relance.importers.fec import COLUMNS
from relance.importers.import_settings import Settings
from relance.importers.intake import Form, fates, recognise, take
from relance.importers.line_count import LineFate
from relance.interpreter.balance import balances
from relance.journal.journal import Journal
from relance.model import Creditor

TODAY = date(2026, 6, 1)
NEW_YEAR = date(2026, 1, 1)
IBAN = "FR7630006000011234567890189"
LEDGER = {"journal": "JournalCode", "on": "EcritureDate", "account": "CompteNum", "debtor": "CompAuxNum", "name": "CompAuxLib", "piece": "PieceRef", "issued": "PieceDate", "label": "EcritureLib",
          "debit": "Debit", "credit": "Credit", "letter": "EcritureLet", "lettered": "DateLet"}  # fmt: skip
MAPPING = ColumnMapping(
    tables={"ledger": Layout({name: (head,) for name, head in LEDGER.items()})}, terms="30 jours", creditor=Creditor("atelier", "Atelier", siren="000987651", iban=IBAN),
)  # fmt: skip
DEBTORS = {"C1": ("Imprimerie Lindor", "000019182"), "C2": ("Garage Morel", "552100554")}
NOTHING = Decimal(0)


class Sold(NamedTuple):
    """An invoice."""

    number: str
    debtor: str
    issued: date
    amount: Decimal


class Moved(NamedTuple):
    """What happened to invoices of one debtor: a payment, one that came back, a credit note, a loss; `shares` by invoice; `name` the bank's."""

    what: str
    on: date
    debtor: str
    shares: tuple[tuple[str, Decimal], ...]
    name: str

    @property
    def amount(self) -> Decimal:
        return sum((amount for _, amount in self.shares), NOTHING)

    @property
    def sign(self) -> int:
        return -1 if self.what == "reversal" else 1


@dataclass(frozen=True)
class History:
    """Invoices and what happened to them, and how those who tell it do: which payments bear a letter, which column a list has, whether with a day."""

    sold: tuple[Sold, ...]
    moves: tuple[Moved, ...]
    letters: str = "all"
    column: str = "paid"
    dated: bool = True

    def about(self, number: str, *kinds: str) -> Decimal:
        """Return the sum of what happened to an invoice, of some kinds."""
        return sum((one.sign * amount for one in self.moves if one.what in kinds for name, amount in one.shares if name == number), NOTHING)

    def open_sums(self, *kinds: str) -> dict[str, Decimal]:
        """Compute what is open by debtor after what happened of some kinds."""
        left = dict.fromkeys(DEBTORS, NOTHING)
        for one in self.sold:
            left[one.debtor] += one.amount - self.about(one.number, *kinds)
        return left


#: What may happen to an invoice: payments and what came back, credit notes, losses; a number is a sum (and the invoice's place, so that no two parts are alike), None what is left.
FATES: tuple[tuple[tuple[str, int | None], ...], ...] = (
    (), (("payment", None),), (("payment", 40),), (("payment", 40), ("payment", None)), (("payment", 40), ("payment", 40)), (("payment", None), ("reversal", None)),
    (("payment", None), ("reversal", None), ("payment", None)), (("payment", 40), ("payment", 30), ("reversal", 40)), (("payment", 40), ("reversal", 40), ("payment", 30)),
    (("credit", 30),), (("credit", 30), ("payment", None)), (("payment", 40), ("credit", 30)), (("loss", None),), (("loss", 30),), (("payment", 40), ("loss", None)),
    (("payment", 40), ("loss", 30)), (("together", None),), (("together", None),),
)  # fmt: skip


@st.composite
def histories(draw: st.DrawFn) -> History:
    """A few invoices of two debtors, some of one sum on one day, over a turn of the year."""
    sold: list[Sold] = []
    moves: list[Moved] = []
    waiting: dict[str, Sold] = {}
    whose = draw(st.lists(st.sampled_from(["C1", "C2"]), min_size=1, max_size=4))
    for place, debtor in enumerate(whose):
        amount = draw(st.sampled_from([Decimal("120.00"), Decimal("250.50"), Decimal("1000.00")]))
        one = Sold(f"F-2026-{place + 101}", debtor, date(2025, 11, 25) + timedelta(draw(st.sampled_from([0, 0, 9]))), amount)
        sold.append(one)
        on, last = one.issued + timedelta(draw(st.integers(20, 36))), NOTHING
        for what, some in draw(st.sampled_from(FATES if whose.count(debtor) == 1 else [one for one in FATES if ("loss", None) not in one])):
            left = amount - sum((each.sign * part for each in moves for name, part in each.shares if name == one.number), NOTHING)
            part = last if what == "reversal" and some is None else Decimal(some + place) if some else left
            last = part
            if what == "together":
                first = waiting.pop(one.debtor, None)
                if first is None:
                    waiting[one.debtor] = one
                else:
                    moves.append(Moved("payment", on, one.debtor, ((first.number, first.amount), (one.number, amount)), f"B{len(moves)}"))
                continue
            name = f"B{len(moves)}"
            if what == "reversal":
                name = next(each.name for each in reversed(moves) if each.what == "payment" and each.shares == ((one.number, part),))
            moves.append(Moved(what, on, one.debtor, ((one.number, part),), name))
            on += timedelta(draw(st.integers(8, 20)))
    moves.sort(key=lambda one: one.on)
    return History(tuple(sold), tuple(moves), draw(st.sampled_from(["all", "balanced", "none"])), draw(st.sampled_from(["paid", "open"])), draw(st.booleans()))


# ------------------------------------------------------------------------------------------- who tells it


def as_list(history: History) -> dict[str, str]:
    """Write a list of invoices whose column says what was paid, or what is open."""
    rows = [f"id;debtor;debtor.name;debtor.siren;issued;due;amount;{history.column};settled;type;document"]
    for one in history.sold:
        who = ";".join(DEBTORS[one.debtor])
        days = [each.on for each in history.moves if any(name == one.number for name, _ in each.shares)]
        paid = history.about(one.number, "payment", "reversal")
        told = paid if history.column == "paid" else one.amount - history.about(one.number, "payment", "reversal", "credit", "loss")
        settled = max(days).isoformat() if days and history.dated and (paid or (history.column == "open" and told != one.amount)) else ""
        rows.append(f"{one.number};{one.debtor};{who};{one.issued};{one.issued + timedelta(30)};{one.amount};{told or '' if history.column == 'paid' else told};{settled};invoice;")
    for one in history.moves:
        if one.what == "credit":
            rest = "" if history.column == "paid" else "0.00"
            rows.append(f"AV-{one.name};{one.debtor};{';'.join(DEBTORS[one.debtor])};{one.on};;{one.amount};{rest};;credit_note;{one.shares[0][0]}")
    return {"list.csv": "\n".join(rows) + "\n"}


@dataclass
class Books:
    """The lines of an accounting file."""

    lines: list[str] = field(default_factory=lambda: ["\t".join(COLUMNS)])
    number: int = 0

    def entry(self, journal: str, day: date, piece: str, label: str, letter: str, *sides: tuple[str, str, Decimal], piece_date: date | None = None) -> None:
        """Write an entry: account, customer and sum (above nothing: debit) of each line."""
        self.number += 1
        for account, who, amount in sides:
            debit, credit = (f"{max(amount, NOTHING)}".replace(".", ","), f"{max(-amount, NOTHING)}".replace(".", ","))
            mine, name = (letter, DEBTORS[who][0]) if who else ("", "")
            cells = (journal, journal, str(self.number), f"{day:%Y%m%d}", account, "", who, name, piece, f"{piece_date or day:%Y%m%d}", label, debit, credit, mine)
            self.lines.append("\t".join((*cells, f"{day:%Y%m%d}" if mine else "", f"{day:%Y%m%d}", "", "")))


def lettering(history: History) -> dict[str, str]:
    """Return the letter of each invoice and bank's name: those that movements join bear one, where the books letter them."""
    joined = {one.number: one.number for one in history.sold}
    for one in history.moves:
        names = [name for name, _ in one.shares]
        joined |= {name: joined[names[0]] for name, first in joined.items() if first in [joined[each] for each in names]}
    found = {}
    for place, first in enumerate(dict.fromkeys(joined.values())):
        group = [one for one in history.sold if joined[one.number] == first]
        moves = [one for one in history.moves if joined[one.shares[0][0]] == first]
        open_ = sum((one.amount - history.about(one.number, "payment", "reversal", "credit", "loss") for one in group), NOTHING)
        if moves and (history.letters == "all" or (history.letters == "balanced" and not open_)):
            found |= {one.number: f"A{place}" for one in group} | {one.name: f"A{place}" for one in moves}
    return found


def booked(books: Books, history: History, since: date = date.min, until: date = date.max) -> None:
    """Write what happened in these days."""
    letters = lettering(history)
    for one in history.sold:
        if since <= one.issued < until:
            books.entry("VE", one.issued, one.number, one.number, letters.get(one.number, ""), ("411000", one.debtor, one.amount), ("707000", "", -one.amount))
    for one in history.moves:
        if since <= one.on < until:
            name, letter = one.shares[0][0], letters.get(one.name, "")
            mine = ("411000", one.debtor, -one.amount * one.sign)
            match one.what:
                case "payment":
                    books.entry("BQ", one.on, f"VIR{one.on:%m%d}", "VIREMENT", letter, ("512000", "", one.amount), mine)
                case "reversal":
                    books.entry("BQ", one.on, name, f"REJET {name}", letter, ("512000", "", -one.amount), mine)
                case "credit":
                    books.entry("VE", one.on, f"AV-{one.name}", f"AVOIR {name}", letter, ("707000", "", one.amount), mine)
                case "loss":
                    books.entry("OD", one.on, name, f"PERTE {name}", letter, ("654000", "", one.amount), mine)


def as_fec(history: History) -> dict[str, str]:
    """Write it all into one accounting file."""
    books = Books()
    booked(books, history)
    return {"000987651FEC20261231.txt": "\n".join(books.lines) + "\n"}


def as_ledger(history: History) -> dict[str, str]:
    """Write the customers' side of the books as a table; it has no account that would say of a credit that it is a loss."""
    books = Books()
    booked(books, replace(history, moves=tuple(one for one in history.moves if one.what != "loss")))
    kept = [place for place, head in enumerate(COLUMNS) if head in LEDGER.values()]
    lines = [line.split("\t") for line in books.lines]
    return {"ledger.csv": "".join(";".join(cells[place] for place in kept) + "\n" for cells in lines if cells[4].startswith(("411", "Compte")))}


def as_two_years(history: History) -> dict[str, str]:
    """Write an accounting file for each year; the second opens with what the first left, line by line."""
    first, second = Books(), Books()
    booked(first, history, until=NEW_YEAR)
    before = [one for one in history.moves if one.on < NEW_YEAR]
    gone = [one.name for one in before if one.what == "reversal"]
    for one in history.sold:
        kept = [each for each in before if each.name not in gone and any(name == one.number for name, _ in each.shares)]
        if any(len(each.shares) > 1 for each in kept) or sum((part for each in kept for _, part in each.shares), NOTHING) == one.amount:
            continue
        second.entry("AN", NEW_YEAR, one.number, one.number, "", ("411000", one.debtor, one.amount), ("890000", "", -one.amount), piece_date=one.issued)
        for each in kept:
            second.entry("AN", NEW_YEAR, f"VIR{each.on:%m%d}" if each.what == "payment" else one.number, "A NOUVEAU", "", ("411000", one.debtor, -each.amount), ("890000", "", each.amount))
    booked(second, history, since=NEW_YEAR)
    return {f"000987651FEC{year}1231.txt": "\n".join(books.lines) + "\n" for year, books in ((2025, first), (2026, second))}


def as_statement(history: History) -> dict[str, str]:
    """Write the bank's statement."""
    entries = []
    for one in history.moves:
        if one.what in ("payment", "reversal"):
            side, party = ("CRDT", "Dbtr") if one.sign > 0 else ("DBIT", "Cdtr")
            text = " ".join(("FACTURE" if one.sign > 0 else "IMPAYE", *(name for name, _ in one.shares)))
            entries.append(
                f'<Ntry><Amt Ccy="EUR">{one.amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>{"<RvslInd>true</RvslInd>" if one.sign < 0 else ""}<Sts>BOOK</Sts><BookgDt><Dt>{one.on}</Dt></BookgDt>'
                f"<NtryDtls><TxDtls><Refs><AcctSvcrRef>{one.name}</AcctSvcrRef></Refs><RltdPties><{party}><Nm>{DEBTORS[one.debtor][0].upper()}</Nm></{party}></RltdPties>"
                f"<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
            )
    return {
        "releve.xml": '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id>'
        f"<IBAN>{IBAN}</IBAN></Id></Acct>{''.join(entries)}</Stmt></BkToCstmrStmt></Document>"
    }


def as_bank(form: str) -> Callable[[History], dict[str, str]]:
    """Return what writes the bank's statement in another format."""

    def written(history: History) -> dict[str, str]:
        name, write, _ = bank_files.WRITERS[form]
        moved = [
            bank_files.Moved(
                str(one.amount * one.sign), DEBTORS[one.debtor][0].upper(), " ".join(("FACTURE" if one.sign > 0 else "IMPAYE", *(name for name, _ in one.shares))),
                on=one.on.isoformat(), back=one.sign < 0, reference=one.name,
            )
            for one in history.moves if one.what in ("payment", "reversal")
        ]  # fmt: skip
        return {name: write(moved)}

    return written


def as_statuses(history: History) -> dict[str, str]:
    """Write that money was collected (status 212), invoice by invoice."""
    issued = {one.number: f"{one.issued:%Y%m%d}" for one in history.sold}
    return {
        f"{one.name}-{name}.xml": message("212", number=name, on=f"{one.on:%Y%m%d}100000", sums=collected(str(amount)), seller="000987651", issued=issued[name])
        for one in history.moves if one.what == "payment" for name, amount in one.shares
    }  # fmt: skip


def _document(kind: str, code: str, number: str, debtor: str, issued: date, amount: Decimal, more: str) -> str:
    name, siren = DEBTORS[debtor]

    def party(role: str, name: str, siren: str) -> str:
        return (
            f"<cac:Accounting{role}Party><cac:Party><cac:PartyName><cbc:Name>{name}</cbc:Name></cac:PartyName><cac:PartyLegalEntity><cbc:RegistrationName>{name}</cbc:RegistrationName>"
            f'<cbc:CompanyID schemeID="0002">{siren}</cbc:CompanyID></cac:PartyLegalEntity></cac:Party></cac:Accounting{role}Party>'
        )

    sums = "".join(f'<cbc:{one}Amount currencyID="EUR">{amount}</cbc:{one}Amount>' for one in ("TaxExclusive", "TaxInclusive", "Payable"))
    return (
        f'<{kind} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{kind}-2" xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"'
        f' xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"><cbc:ID>{number}</cbc:ID><cbc:IssueDate>{issued}</cbc:IssueDate>'
        f"{f'<cbc:DueDate>{issued + timedelta(30)}</cbc:DueDate>' if kind == 'Invoice' else ''}<cbc:{kind}TypeCode>{code}</cbc:{kind}TypeCode>"
        f"<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>{more}{party('Supplier', 'Atelier', '000987651')}{party('Customer', name, siren)}"
        f"<cac:LegalMonetaryTotal>{sums}</cac:LegalMonetaryTotal></{kind}>"
    )


def as_einvoices(history: History) -> dict[str, str]:
    """Write invoices and credit notes as UBL."""
    files = {f"{one.number}.xml": _document("Invoice", "380", one.number, one.debtor, one.issued, one.amount, "") for one in history.sold}
    for one in history.moves:
        if one.what == "credit":
            about = f"<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>{one.shares[0][0]}</cbc:ID></cac:InvoiceDocumentReference></cac:BillingReference>"
            files[f"AV-{one.name}.xml"] = _document("CreditNote", "381", f"AV-{one.name}", one.debtor, one.on, one.amount, about)
    return files


EVERY = frozenset({"payment", "reversal", "credit", "loss"})
#: Each way of telling a history: the files it makes, and what it tells of beside invoices (None: no invoices either, only money).
TOLD = {
    "list": (as_list, None),
    "fec": (as_fec, EVERY),
    "two years": (as_two_years, EVERY),
    "ledger": (as_ledger, EVERY - {"loss"}),
    "statement": (as_statement, frozenset({"payment", "reversal"})),
    "einvoices": (as_einvoices, frozenset({"credit"})),
    **{form: (as_bank(form), frozenset({"payment", "reversal"})) for form in ("CFONB 120", "MT940", "OFX 1")},
}
TOLD["statuses"] = (as_statuses, frozenset({"payment"}))
#: The bank alone knows no invoice.
BANKS = frozenset({"statement", "CFONB 120", "MT940", "OFX 1", "statuses"})


def tells(name: str, history: History) -> frozenset[str]:
    """Return what a source tells of beside invoices."""
    if name == "list":
        return EVERY if history.column == "open" else EVERY - {"loss"}
    return TOLD[name][1] or frozenset()


def open_sums(journal: Journal) -> dict[str, Decimal]:
    """Return what is open by debtor, whatever the journal calls him."""
    sums = dict.fromkeys(DEBTORS, NOTHING)
    for facts in journal.facts():
        who = next(key for key, (name, _) in DEBTORS.items() if facts.debtor.name == name)
        found = balances(facts, TODAY)
        ended = {one.invoice for one in facts.events if one.kind == "written_off" and (one.on, one.seq) not in found.partly}
        sums[who] += sum((left for name, left in found.outstanding.items() if name not in ended), NOTHING)
    return sums


def brought(journal: Journal, folder: Path, files: dict[str, str]):
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    sources = [recognise(folder / name, mapping=MAPPING) for name in files]
    return sources, take(journal, sources, Settings(MAPPING, TODAY))


def told_by(folder: Path, history: History, names) -> None:
    """Tell a history by several sources, and hold what is open against the plain computation.

    Left out: what nobody tells. A status (212) says that money came; where no other source tells that it went back (a list tells it net), it never did.
    """
    if "statuses" in names and not any("reversal" in (TOLD[name][1] or ()) for name in names):
        gone = {one.name for one in history.moves if one.what == "reversal"}
        history = replace(history, moves=tuple(one for one in history.moves if one.name not in gone))
    with Journal.open(folder / "relance.db", now=lambda: datetime(2026, 6, 1, 9, tzinfo=UTC)) as journal:
        for name in (*names, *names) if names[0] in BANKS else names:
            brought(journal, folder, TOLD[name][0](history))
        assert open_sums(journal) == history.open_sums(*frozenset().union(*(tells(name, history) for name in names)))
        written = sum(1 for _ in journal.entries())
        for name in names:
            brought(journal, folder, TOLD[name][0](history))
        assert sum(1 for _ in journal.entries()) == written


PAIRS = [pair for pair in permutations(TOLD, 2) if not BANKS.issuperset(pair)]


@given(history=histories(), pair=st.sampled_from(PAIRS))
def test_two_sources_in_any_order_and_twice_leave_open_what_a_plain_computation_does(tmp_path_factory, history, pair):
    told_by(tmp_path_factory.mktemp("sources"), history, pair)


@pytest.mark.long
@given(history=histories(), pair=st.sampled_from(PAIRS))
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_many_histories_leave_open_what_a_plain_computation_does(tmp_path_factory, history, pair):
    told_by(tmp_path_factory.mktemp("sources"), history, pair)


def days(*rows: str) -> History:
    """Read a history written in a few words: `F-2026-101 C1 2025-11-25 120.00`, then `payment 2025-12-29 F-2026-101 40 B0`."""
    sold, moves = [], []
    for row in map(str.split, rows):
        if row[0].startswith("F-"):
            sold.append(Sold(row[0], row[1], date.fromisoformat(row[2]), Decimal(row[3])))
        else:
            whose = next(one.debtor for one in sold if one.number == row[2])
            moves.append(Moved(row[0], date.fromisoformat(row[1]), whose, ((row[2], Decimal(row[3])),), row[4]))
    return History(tuple(sold), tuple(moves))


#: A payment of the first year comes back in the second; a net sum in the list, told as a whole; two of one sum, one of which the opening entry repeats; what bounces names an invoice that the second file has not.
OVER_THE_YEAR = {
    "back in the second year": days(
        "F-2026-101 C1 2025-12-04 120.00", "F-2026-103 C1 2025-12-04 120.00", "payment 2025-12-29 F-2026-101 40 B0", "payment 2025-12-29 F-2026-103 42 B4",
        "reversal 2026-01-15 F-2026-101 40 B0", "reversal 2026-01-16 F-2026-103 42 B4", "payment 2026-01-24 F-2026-101 30 B2", "payment 2026-01-30 F-2026-103 32 B6",
    ),
    "net of what came back": days(
        "F-2026-102 C1 2025-12-04 120.00", "F-2026-103 C1 2025-11-25 250.50", "F-2026-104 C1 2025-11-25 250.50", "payment 2025-12-23 F-2026-104 43 B3",
        "payment 2025-12-28 F-2026-103 42 B2", "payment 2025-12-31 F-2026-104 33 B4", "payment 2026-01-08 F-2026-102 41 B0", "loss 2026-01-19 F-2026-102 31 B1", "reversal 2026-01-20 F-2026-104 43 B3",
    ),
    "back in the same year": days(
        "F-2026-102 C2 2025-11-25 120.00", "F-2026-103 C2 2025-11-25 1000.00", "payment 2025-12-16 F-2026-102 120 B3", "payment 2025-12-24 F-2026-103 42 B5",
        "reversal 2025-12-28 F-2026-102 120 B3", "payment 2026-01-07 F-2026-103 42 B6",
    ),
    "two of one sum": days(
        "F-2026-103 C2 2025-11-25 250.50", "F-2026-104 C2 2025-11-25 120.00", "payment 2025-12-19 F-2026-104 43 B5", "payment 2025-12-24 F-2026-103 42 B3",
        "payment 2025-12-27 F-2026-104 43 B6", "loss 2026-01-03 F-2026-103 32 B4",
    ),
    "bounced, of the year before": days(
        "F-2026-102 C1 2025-11-25 120.00", "F-2026-103 C1 2025-11-25 250.50", "payment 2025-12-25 F-2026-102 41 B1", "payment 2025-12-26 F-2026-103 250.50 B2",
        "reversal 2026-01-11 F-2026-103 250.50 B2", "payment 2026-01-19 F-2026-103 250.50 B4",
    ),
}  # fmt: skip


@pytest.mark.parametrize("pair", [("list", "two years"), ("two years", "list")], ids=" then ".join)
@pytest.mark.parametrize("case", OVER_THE_YEAR)
@pytest.mark.parametrize(("letters", "column"), [("balanced", "paid"), *(pytest.param(*each, marks=pytest.mark.long) for each in (("balanced", "open"), ("none", "paid"), ("none", "open")))])
def test_books_of_two_years_beside_a_list_count_nothing_twice(tmp_path, case, pair, letters, column):
    for dated in (True, False):
        (folder := tmp_path / str(dated)).mkdir()
        told_by(folder, replace(OVER_THE_YEAR[case], letters=letters, column=column, dated=dated), pair)


@pytest.mark.parametrize(("line", "kind"), [("BQ\t512000", "payment.reversed"), ("OD\t654000", "written_off")])
def test_a_second_file_names_an_invoice_of_the_first(tmp_path, line, kind):
    """What bounces, or is lost, a year later is about the invoice that its piece names, though no line of that file is."""
    history = days("F-2026-101 C1 2025-11-25 120.00", "F-2026-102 C1 2025-11-25 250.50", "payment 2025-12-20 F-2026-101 120 B0")
    code, account = line.split("\t")
    later = Books()
    if kind == "payment.reversed":
        later.entry(code, date(2026, 1, 9), "F-2026-101", "REJET", "", (account, "", Decimal(-120)), ("411000", "C1", Decimal(120)))
    else:
        later.entry(code, date(2026, 1, 9), "F-2026-102", "PERTE", "", (account, "", Decimal("250.50")), ("411000", "C1", Decimal("-250.50")))
    with Journal.open(tmp_path / "relance.db", now=lambda: datetime(2026, 6, 1, 9, tzinfo=UTC)) as journal:
        brought(journal, tmp_path, as_fec(history))
        _, outcome = brought(journal, tmp_path, {"later.txt": "\n".join(later.lines) + "\n"})
        assert not outcome.rejects
        assert [(one.kind, one.invoice) for one in journal.entries() if one.kind == kind] == [(kind, "F-2026-101" if kind == "payment.reversed" else "F-2026-102")]
        later.lines[1:] = [one.replace("F-2026-10", "F-2026-90") for one in later.lines[1:]]
        later.lines[1:] = [one.replace("BQ\tBQ\t1", "BQ\tBQ\t9").replace("OD\tOD\t1", "OD\tOD\t9") for one in later.lines[1:]]
        _, outcome = brought(journal, tmp_path, {"other.txt": "\n".join(later.lines) + "\n"})
        assert [one.reason.partition(",")[0] for one in outcome.rejects] == ([] if kind == "payment.reversed" else ["a loss of 250.50 that names no invoice"])


def lines_of(name: str, history: History) -> list[int]:
    """Return how many lines each file of a source has."""
    if name == "list":
        return [len(history.sold) + sum(one.what == "credit" for one in history.moves)]
    if name == "statement":
        return [sum(one.what in ("payment", "reversal") for one in history.moves)]
    return [text.count("\n") - 1 if name in ("fec", "two years", "ledger") else 1 for text in TOLD[name][0](history).values()]


@given(history=histories(), names=st.permutations(sorted(TOLD.keys() - (BANKS - {"statement"}))))
@settings(max_examples=settings.default.max_examples // 10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_lines_of_each_file_add_up(tmp_path_factory, history, names):
    folder = tmp_path_factory.mktemp("lines")
    with Journal.open(folder / "relance.db", now=lambda: datetime(2026, 6, 1, 9, tzinfo=UTC)) as journal:
        for again in (False, True):
            for name in names:
                sources, outcome = brought(journal, folder, TOLD[name][0](history))
                for source, lines in zip(sources, lines_of(name, history), strict=True):
                    if source.form is Form.STATEMENT:
                        (tally,) = outcome.statements
                        told = (tally.matched, tally.reconciled, tally.known, tally.announced, tally.for_a_person, tally.rejected, *tally.passed_over.values())
                        assert tally.movements == lines == sum(told)
                        continue
                    counts = fates(outcome, source)
                    assert counts.total() == lines, (name, counts)
                    assert min(counts.values(), default=0) >= 0
                    if again and name != names[0]:
                        assert not counts[LineFate.NEW], (name, counts)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["F-1;C1;2026-01-02;2026-02-01;100.00;Facturé"], "1 row: 1 new"),
        (["F-1;C1;2026-01-02;2026-02-01;100.00;Facturé", "F-1;C1;2026-01-02;2026-02-01;100.00;Facturé"], "2 rows: 1 new, 1 known"),
        (["F-1;C1;2026-01-02;2026-02-01;100.00;Facturé", "F-1;C1;2026-01-02;2026-02-01;90.00;Facturé"], "2 rows: 1 new, 1 rejected"),
        (["F-1;C1;2026-01-02;2026-02-01;100.00;Brouillon", "F-2;C1;2026-01-02;31/02/2026;1.00;Facturé"], "2 rows: 1 rejected, 1 left out"),
    ],
)
def test_a_row_is_new_known_rejected_or_left_out(tmp_path, rows, said):
    from click.testing import CliRunner

    from relance.cli import main

    (tmp_path / "f.csv").write_text("\n".join(["id;debtor;issued;due;amount;État", *rows]) + "\n", "utf-8")
    (tmp_path / "m.yaml").write_text(
        "schema: 1\nmapping: m\ninvoices:\n  columns: {id: id, debtor: debtor, issued: issued, due: due, amount: amount}\n  where: {État: {not: [Brouillon]}}\n", "utf-8"
    )
    done = CliRunner().invoke(main, ["import", str(tmp_path / "f.csv"), "--columns", str(tmp_path / "m.yaml"), "--journal", str(tmp_path / "j.db"), "--as-of", "2026-06-01"])
    assert f", {said}" in " ".join(done.output.split()), done.output
