"""What a creditor is told of a period, in French: the state of each of his claims, what came in, what was written, as PDF and as a workbook.

Reads the journal and works nothing out but sums. Of other creditors it says nothing.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from relance.escaping import csv_cell
from relance.interpreter.action_state import ActionState, acts
from relance.interpreter.balance import Balances, balances
from relance.interpreter.invoice_state import state_of_invoice, still_open
from relance.interpreter.offer_outcomes import is_settled
from relance.journal.chain import Entry
from relance.journal.journal import Journal
from relance.model import Facts, Invoice
from relance.portfolio.grace import Grace, GraceOf, usual_grace
from relance.report import french
from relance.report.pages import page_of, part_of
from relance.report.remittances import Remittance, remittances

_QUIET = ("creditor.", "debtor.", "document.", "rules.", "evidence.", "action.attempted", "action.approved", "action.endorsed", "invoice.recorded")
_CLAIMS = ("Débiteur", "Facture", "Échéance", "Montant", "Reçu", "Reste dû", "État", "Dernier événement")
#: What a claim's states are called, the one that counts first; `state_of_invoice` finds them.
_STATES = {
    "closed": "dossier clos", "written_off": "passée en perte", "handed_over": "transmise", "insolvent": "procédure collective", "disputed": "contestée",
    "plan_running": "échéancier en cours", "promised": "promesse en cours", "on_hold": "suspendue", "plan_broken": "échéancier rompu", "promise_broken": "promesse rompue",
    "time_barred": "prescrite",
}  # fmt: skip
_COLUMNS = {"Échéance": "dd/mm/yyyy", "Jour": "dd/mm/yyyy", "Montant": "#,##0.00", "Reçu": "#,##0.00", "Reste dû": "#,##0.00"}
_MONEY = ("Jour", "Débiteur", "Facture", "Montant", "Nature", "Reversement")
_LETTERS = ("Jour", "Débiteur", "Message", "Moyen")


@dataclass(frozen=True, slots=True)
class ClaimState:
    """A claim on the last day of the period: what it was, what came in, what is open, and what was last known of it."""

    debtor: str
    invoice: str
    due: date
    amount: Decimal
    received: Decimal
    open: Decimal
    currency: str
    state: str
    last: str


@dataclass(frozen=True, slots=True)
class MoneyMoved:
    """Money that came in, or went back (below nought), in the period."""

    on: date
    debtor: str
    invoice: str
    amount: Decimal
    currency: str
    back: bool
    remitted: str = ""  # what became of it: remitted, to be remitted, paid to the creditor himself; "" where nobody collects for him


@dataclass(frozen=True, slots=True)
class ContactMade:
    """A message that left, or a call that was made, in the period."""

    on: date
    debtor: str
    step: str
    channel: str


@dataclass(frozen=True, slots=True)
class CreditorReport:
    """All of it."""

    name: str
    first: date
    last: date
    claims: tuple[ClaimState, ...]
    received: tuple[MoneyMoved, ...]
    written: tuple[ContactMade, ...]
    to_remit: tuple[tuple[str, Decimal], ...] = ()  # by currency, what of all that was received is still to be remitted on the last day


def report_of(journal: Journal, creditor: str, first: date, last: date, grace: GraceOf = usual_grace) -> CreditorReport:
    """Gather what is told of a creditor's claims, from the first to the last day of a period; `grace` says how long promises are waited for."""
    known = list(journal.facts(creditor))
    name = next((facts.creditor.name for facts in known if facts.creditor.name), creditor)
    claims = [each for facts in known for each in _claims(journal, facts, last, grace)]
    received = sorted((each for facts in known for each in _received(facts, first, last)), key=lambda each: (each.on, each.debtor, each.invoice))
    written = sorted((each for facts in known for each in _written(facts, first, last)), key=lambda each: (each.on, each.debtor))
    open_: dict[str, Decimal] = {}
    for facts in known:
        for each in remittances(facts, last):
            if each.done is None:
                currency = _currency(facts, each.invoice)
                open_[currency] = open_.get(currency, Decimal(0)) + each.amount
    return CreditorReport(name, first, last, tuple(claims), tuple(received), tuple(written), tuple(sorted(open_.items())))


def _claims(journal: Journal, facts: Facts, last: date, grace: GraceOf) -> Iterable[ClaimState]:
    state = balances(facts, last)
    left, became = still_open(facts, state, last), {each.id: each for each in acts(facts.events, last)}
    said = [entry for entry in journal.entries(creditor=facts.creditor.id, debtor=facts.debtor.id) if entry.on <= last and not entry.kind.startswith(_QUIET)]
    emitted = {str(entry.data["id"]): entry for entry in said if entry.kind == "action.emitted" and "id" in entry.data}
    for invoice in facts.invoices:
        if invoice.issued is None or invoice.issued <= last:
            open_ = left.get(invoice.id, Decimal(0))
            came = sum((amount for day, amount, _ in state.paid.get(invoice.id, ()) if day <= last), Decimal(0))
            about = max((entry for entry in said if entry.invoice in (None, invoice.id)), key=lambda entry: (entry.on, entry.seq), default=None)
            where = _where(facts, invoice, state, last, grace(facts, invoice))
            yield ClaimState(
                _name(facts), invoice.id, invoice.due, invoice.amount, came, open_, invoice.currency, where, _last(about, emitted, became, invoice.currency)
            )


def _where(facts: Facts, invoice: Invoice, held: Balances, last: date, grace: Grace) -> str:
    """Say where a claim stands on a day."""
    open_ = held.outstanding.get(invoice.id, Decimal(0))
    if invoice.id in held.cancelled:
        return "annulée"
    if is_settled(facts, invoice.id, last):
        return "soldée par accord"
    states = state_of_invoice(facts, invoice, open_, last, grace=grace.length, calendar=grace.calendar, held=held).states
    if not open_:
        return "passée en perte" if "written_off" in states else "soldée"
    late = (last - invoice.due).days
    said = next((words for name, words in _STATES.items() if name in states), "")
    return said or ("non échue" if late <= 0 else f"échue, {late} jour{'s' * (late > 1)}")


def _last(entry: Entry | None, emitted: Mapping[str, Entry], became: Mapping[str, ActionState], currency: str) -> str:
    """Say what was last known, with its day; of what was sent or done, what it was, and of what was only made, that it did not leave."""
    if entry is None:
        return ""
    if entry.kind == "action.emitted":
        act = became.get(str(entry.data.get("id", "")))
        return f"{entry.on:%d/%m/%Y} : {french.entry_in_words(entry, currency, None, act)}"
    of = emitted.get(str(entry.data.get("id", "")))
    said = of if of is not None and entry.kind == "action.executed" else entry
    return f"{entry.on:%d/%m/%Y} : {french.entry_in_words(said, currency, None if said is of else of)}"


def _received(facts: Facts, first: date, last: date) -> Iterable[MoneyMoved]:
    signs = {"payment.received": 1, "payment.reversed": -1}
    owed: dict[tuple[object, ...], list[Remittance]] = {}
    for each in remittances(facts, last):
        owed.setdefault((each.received, each.invoice, each.amount), []).append(each)
    for event in facts.events:
        if event.kind in signs and first <= event.on <= last:
            currency, amount = event.currency or _currency(facts, event.invoice), signs[event.kind] * event.data["amount"]
            there = owed.get((event.on, event.invoice, amount))
            said = _remitted(there.pop(0)) if there else "réglé au créancier" if event.data.get("method") == "direct" else ""
            yield MoneyMoved(event.on, _name(facts), event.invoice or "", amount, currency, event.kind == "payment.reversed", said)


def _remitted(one: Remittance) -> str:
    if one.done is not None:
        return f"reversé le {one.done:%d/%m/%Y}"
    return f"à reverser avant le {one.by:%d/%m/%Y} inclus" if one.by is not None else "à reverser"


def _currency(facts: Facts, invoice: str | None) -> str:
    first = facts.invoices[0].currency if facts.invoices else "EUR"
    return next((each.currency for each in facts.invoices if each.id == invoice), first)


def _written(facts: Facts, first: date, last: date) -> Iterable[ContactMade]:
    """Tell each message and call once, however many invoices it was about."""
    seen = set[tuple[str, str]]()
    for act in acts(facts.events, last):
        if act.contact is not None and first <= act.contact <= last and (key := (act.message or act.id, act.channel)) not in seen:
            seen.add(key)
            yield ContactMade(act.contact, _name(facts), act.step, french.CHANNELS.get(str(act.channel), str(act.channel)))


def _name(facts: Facts) -> str:
    return facts.debtor.name or facts.debtor.id


def _sums(report: CreditorReport) -> list[str]:
    """Say what came in and what is open, currency by currency."""
    currencies = sorted({each.currency for each in report.claims} | {each.currency for each in report.received})
    lines = []
    for currency in currencies:
        came = sum((each.amount for each in report.received if each.currency == currency), Decimal(0))
        open_ = sum((each.open for each in report.claims if each.currency == currency), Decimal(0))
        lines.append(f"Encaissements de la période : {french.french_amount(came, currency)}. Reste dû au {french.day_in_french(report.last)} : {french.french_amount(open_, currency)}.")
    lines += [f"À reverser au {french.day_in_french(report.last)} : {french.french_amount(amount, currency)}." for currency, amount in report.to_remit]
    return lines


def creditor_pdf(report: CreditorReport) -> bytes:
    """Return the report as PDF."""
    claims = [
        [
            each.debtor, each.invoice, f"{each.due:%d/%m/%Y}", *(french.french_amount(amount, each.currency) for amount in (each.amount, each.received, each.open)),
            f"{each.state} ; {each.last}" if each.last else each.state,
        ]
        for each in report.claims
    ]  # fmt: skip
    received = [[f"{each.on:%d/%m/%Y}", each.debtor, each.invoice, french.french_amount(each.amount, each.currency), _nature(each), each.remitted] for each in report.received]
    written = [[f"{each.on:%d/%m/%Y}", each.debtor, each.step, each.channel] for each in report.written]
    parts = [
        part_of("État des créances", (*_CLAIMS[:6], "État, dernier événement"), claims, "1lllll1", [] if claims else ["Aucune créance."]),
        part_of("Encaissements", _MONEY, received, "l1llll", [] if received else ["Aucun sur la période."]),
        part_of("Courriers et appels", _LETTERS, written, "l1ll", [] if written else ["Aucun sur la période."]),
    ]
    opening = [f"Du {french.day_in_french(report.first)} au {french.day_in_french(report.last)}.", *_sums(report)]
    return page_of(f"Compte rendu pour {report.name}", opening, parts, report.last)


def creditor_workbook(report: CreditorReport) -> bytes:
    """Return the report as a workbook of four sheets, the first with whose it is and its sums; no cell of it is run."""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sums: list[list[object]] = [[line] for line in _sums(report)]
    sheets: Sequence[tuple[str, Sequence[str], list[list[object]]]] = (
        ("Résumé", ("Compte rendu pour", report.name), [["Du", report.first], ["Au", report.last], *sums]),
        (
            "Créances", (*_CLAIMS, "Monnaie"),
            [[each.debtor, each.invoice, each.due, each.amount, each.received, each.open, each.state, each.last, each.currency] for each in report.claims],
        ),
        ("Encaissements", (*_MONEY, "Monnaie"), [[each.on, each.debtor, each.invoice, each.amount, _nature(each), each.remitted, each.currency] for each in report.received]),
        ("Courriers", _LETTERS, [[each.on, each.debtor, each.step, each.channel] for each in report.written]),
    )
    for place, (title, head, rows) in enumerate(sheets):
        sheet = book.worksheets[0] if place == 0 else book.create_sheet()
        sheet.title = title
        sheet.append([csv_cell(name) for name in head])
        for row in rows:
            sheet.append([csv_cell(cell) for cell in row])
        sheet.freeze_panes = "A2"
        for number, name in enumerate(head, 1):
            column = sheet.column_dimensions[get_column_letter(number)]
            column.width = 14 if name in _COLUMNS else 24
            for (cell,) in sheet.iter_rows(2, sheet.max_row, number, number) if sheet.max_row > 1 else ():
                cell.number_format = _COLUMNS.get(name, cell.number_format)
        for cell in sheet[1]:
            cell.font = Font(bold=True)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _nature(received: MoneyMoved) -> str:
    return "rejet" if received.back else "encaissement"
