"""The file of a case for a bailiff or a court: what is owed and why, every document, the proofs.

One zip in the order it is asked for (claim, orders and contracts, deliveries, invoices, formal notices, reminders, proofs).
Built from the journal alone; what was not kept is named as missing, never made anew. The same journal gives the same bytes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from relance.escaping import csv_text
from relance.interpreter.action_state import acts
from relance.interpreter.amounts_asked import asked_in_full
from relance.interpreter.balance import Balances, balances
from relance.interpreter.invoice_state import InvoiceState
from relance.interpreter.scope import covers
from relance.interpreter.snapshot import CaseSnapshot, Snapshot, case_today
from relance.journal.chain import Entry
from relance.journal.journal import Journal
from relance.journal.reading import event_of
from relance.journal.store import CHAINS, reading
from relance.model import Case, Channel, Claimed, Facts, Invoice, Playbook, Sender, Unit
from relance.portfolio.explain import Target, claims_in_case, facts_of, history
from relance.report import french
from relance.sentences import sentence
from relance.zones import paris_day

#: Folders in the order a bailiff or a clerk asks for them, with their French titles, and the kinds of document in each.
FOLDERS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("1-engagement", "Engagement du débiteur", ("contract", "order", "quote", "terms")),
    ("2-livraison", "Livraison ou exécution", ("delivery_note",)),
    ("3-factures", "Factures", ("invoice",)),
    ("4-mises-en-demeure", "Mises en demeure", ()),
    ("5-relances", "Relances et échanges", ("letter",)),
    ("6-preuves", "Preuves d'envoi et de réception", ("proof",)),
)
#: Kinds of document that are a message as it left: `relance send` keeps each under the name of its channel.
_SENT = frozenset({"sent", *Channel})
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Piece:
    """One numbered document of the file. `content` is None where the journal names it but does not keep it."""

    number: int
    folder: str
    path: str
    title: str
    on: date
    sha256: str
    content: bytes | None


@dataclass(frozen=True, slots=True)
class AccountLine:
    """A line of the account: on a day, what, what it adds (negative: takes away), what is then open."""

    on: date
    what: str
    amount: Decimal
    open: Decimal


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that the file says, before it is written."""

    target: Target
    on: date
    facts: Facts
    claims: tuple[Invoice, ...]
    claimed: Claimed
    lines: tuple[AccountLine, ...]
    entries: tuple[Entry, ...]
    pieces: tuple[Piece, ...]
    missing: tuple[str, ...]
    head: tuple[int, str]
    outstanding: Mapping[str, Decimal]
    credit: Decimal = ZERO  # what the debtor paid beyond all that was asked and owed, in this currency


def gather(journal: Journal, target: Target, on: date) -> Dossier | str:
    """Gather all that the journal knows of a case on a day; or say why there is no file to make."""
    facts = facts_of(journal, target.creditor, target.debtor)
    names = frozenset[str]() if facts is None else claims_in_case(journal, target, facts, on)
    claims = tuple(invoice for invoice in facts.invoices if invoice.id in names) if facts else ()
    if facts is None or not claims:
        return sentence("the journal knows no invoice of '{name}': evidence is made for a claim", name=target.name)
    if len({invoice.currency for invoice in claims}) > 1:
        return sentence("'{name}' owes in several currencies: name one account, as {debtor}/{currency}", name=target.name, debtor=target.debtor, currency=claims[0].currency)
    entries = tuple(entry for entry in history(journal, target, names) if entry.kind != "evidence.made")  # it tells of a file, not of the case
    unit = _unit(facts, claims, on)
    claimed = asked_in_full(unit, _asked(unit, on))
    state = balances(facts, on)
    pieces, missing = _pieces(journal, entries)
    lines = _lines(facts, unit, state, claimed, on)
    with reading(journal.engine) as connection:
        head = connection.execute(sa.select(CHAINS.c.seq, CHAINS.c.hash).where(CHAINS.c.creditor == target.creditor)).one()
    return Dossier(target, on, facts, claims, claimed, lines, entries, pieces, missing, (head[0], head[1]), state.outstanding, state.credit.get(claimed.currency, ZERO))


def _unit(facts: Facts, claims: Sequence[Invoice], on: date) -> CaseSnapshot:
    """Return the case on the day, of which all that is due can be asked, by the law floor, whatever the playbook asked."""
    plain = Playbook("", 0, "", (), unit=Unit.ACCOUNT)
    case = Case(f"{facts.debtor.id}/{claims[0].currency}", facts, tuple(claims), claims[0].currency)
    return case_today(case, Snapshot(plain, facts, on))


#: What is open, past its day and not asked all the same, by the state of the claim.
_NOT_ASKED = {"written_off": "Part abandonnée", "plan_running": "Part sous échéancier", "time_barred": "Part prescrite"}


def _why_not(claim: InvoiceState) -> str | None:
    """Name what a claim is called that is not asked though its day is past; None of one that is: a hold, a promise and a hand-over pay nothing."""
    return next((name for state, name in _NOT_ASKED.items() if state in claim.states), None)


def _asked(unit: CaseSnapshot, on: date) -> frozenset[str]:
    """Name the claims that are due, open and undisputed; where nothing is open, those that were due, for what the law adds."""
    due = [each for each in unit.claims if each.invoice.due < on and _why_not(each) is None]
    nothing_open = not any(each.outstanding for each in unit.claims)
    return frozenset(each.invoice.id for each in due if nothing_open or (each.outstanding and each.undisputed))


def _not_asked(unit: CaseSnapshot, on: date) -> dict[str, Decimal]:
    """Sum what is open and not asked, by what it is called."""
    found: dict[str, Decimal] = {}
    for each in unit.claims:
        why = "Part non échue" if each.invoice.due >= on else _why_not(each)
        contested = ZERO if why else each.outstanding - each.undisputed
        for name, amount in ((why, each.outstanding if why else ZERO), ("Part contestée", contested)):
            if name and amount:
                found[f"{name}, non demandée"] = found.get(f"{name}, non demandée", ZERO) + amount
    return found


def _lines(facts: Facts, unit: CaseSnapshot, state: Balances, claimed: Claimed, on: date) -> tuple[AccountLine, ...]:
    """List what moved the account, day by day, then what is open and not asked, each under its own name, and what the law adds."""
    paid, claims = state.paid, unit.case.invoices
    moves: list[tuple[date, int, str, Decimal]] = []
    for invoice in claims:
        start = invoice.issued or min(invoice.due, on)
        if start <= on:
            moves.append((start, 0, f"Facture {invoice.id}, échéance le {french.day_in_french(invoice.due)}", invoice.amount))
        for day, amount, credit in paid.get(invoice.id, ()):
            name = "Avoir" if credit else "Paiement" if amount > 0 else "Paiement rejeté"
            moves.append((day, 1 if amount > 0 else 2, f"{name} sur {invoice.id}", -amount))
        if lost := state.written_off.get(invoice.id):
            last = max(event.on for event in facts.events if (event.on, event.seq) in state.partly and covers(event, invoice))
            moves.append((last, 2, f"Part abandonnée de {invoice.id}", -lost))
    cancelled = {event.invoice: event.on for event in facts.events if event.kind == "invoice.cancelled" and event.on <= on}
    for invoice in claims:
        day_cancelled = cancelled.get(invoice.id) or (cancelled.get(invoice.document) if invoice.document else None)
        if day_cancelled is not None:
            left = invoice.amount - sum((amount for _, amount, _ in paid.get(invoice.id, ())), state.written_off.get(invoice.id, Decimal(0)))
            moves.append((day_cancelled, 3, f"Annulation de {invoice.id}", -left))
    lines, open_ = [], Decimal(0)
    for day, _, what, amount in sorted(moves, key=lambda move: move[:3]):
        open_ += amount
        lines.append(AccountLine(day, what, amount, open_))
    interest = sum((segment.interest for segment in claimed.segments), Decimal(0))
    due = claimed.principal - (interest - claimed.late_interest - claimed.legal_interest)
    apart = _not_asked(unit, on)
    name = "Intérêts au taux légal" if claimed.legal_interest else "Intérêts de retard"
    for what, amount in (
        *((what, -amount) for what, amount in apart.items()),
        ("Part non demandée", due - open_ + sum(apart.values(), Decimal(0))),
        (name, interest),
        ("Indemnité forfaitaire de recouvrement (C. com. art. D. 441-5)", claimed.fixed_indemnity),
        ("Clause pénale", claimed.contractual_penalty),
        ("Frais de recouvrement au-delà de l’indemnité, sur justificatifs (C. com. art. L. 441-10, II)", claimed.complementary_indemnity),
    ):
        if amount:
            open_ += amount
            lines.append(AccountLine(on, what, amount, open_))
    assert open_ == claimed.total  # the account and the claim are one sum
    return tuple(lines)


def _pieces(journal: Journal, entries: Sequence[Entry]) -> tuple[tuple[Piece, ...], tuple[str, ...]]:
    """Give a number to every document in the order of the folders and of its day; name what was sent and not kept."""
    emitted = {str(entry.data.get("id") or f"entry {entry.seq}"): entry for entry in entries if entry.kind == "action.emitted"}
    together = {str(entry.data["message"]): entry for entry in emitted.values() if entry.data.get("message")}
    became = {act.id: act for act in acts((event_of(entry) for entry in entries if entry.kind.startswith("action.")), date.max)}
    left = {name for name, act in became.items() if act.contact}
    found: list[tuple[int, date, str, str, str]] = []
    sent: set[str] = set()
    for entry in entries:
        if entry.kind != "document.attached":
            continue
        kind, action = str(entry.data["kind"]), str(entry.data.get("id") or "")
        place = next((index for index, (_, _, kinds) in enumerate(FOLDERS) if kind in kinds), 4)
        title = f"{french.DOCUMENTS.get(kind, kind).capitalize()} : {entry.data.get('name', 'document')}"
        of = emitted.get(action) or together.get(action)
        if of is not None and kind in _SENT:
            sent.add(str(of.data.get("message") or action))
            place = 3 if of.data.get("kind") == "formal_notice" else 4
            title = french.entry_in_words(replace(of, data={**of.data, "draft": False}))
            act = became.get(str(of.data.get("id", "")))
            title += " — sans envoi" if act is not None and act.executed is None else ""
        found.append((place, entry.on, str(entry.data["sha256"]), str(entry.data.get("name") or "document"), title))
    pieces = []
    for number, (place, on, sha256, name, title) in enumerate(sorted(dict.fromkeys(found)), 1):
        path = f"{FOLDERS[place][0]}/piece-{number:02d}-{_safe(name)}"
        pieces.append(Piece(number, FOLDERS[place][0], path, title, on, sha256, journal.document(sha256)))
    missing = [f"{piece.title}, {french.day_in_french(piece.on)}" for piece in pieces if piece.content is None]
    written = {"email", "letter", "registered_letter", "electronic_registered_letter", "sms"}
    for name, entry in emitted.items():
        went = name in left or ("id" not in entry.data and not (entry.data.get("draft") or entry.data.get("sent_by") == Sender.RELANCE))  # what went before the journal has no id
        if went and entry.data.get("channel") in written and not {name, str(entry.data.get("message") or name)} & sent:
            missing.append(f"{french.entry_in_words(replace(entry, data={**entry.data, 'draft': False}))}, {french.day_in_french(entry.on)}")
    return tuple(pieces), tuple(missing)


def _safe(name: str) -> str:
    """Make a file name that no system trips over."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return _UNSAFE.sub("-", plain).strip(".-")[-80:] or "document"


def account_csv(dossier: Dossier) -> bytes:
    """Write the account and each stretch of interest, as French spreadsheets read it."""
    rows = [["date", "libellé", "montant", "solde", "du", "au", "jours", "taux % l'an", "base"]]
    rows += [[line.on.isoformat(), line.what, _comma(line.amount), _comma(line.open), "", "", "", "", ""] for line in dossier.lines]
    for segment in dossier.claimed.segments:
        dates = [segment.start.isoformat(), segment.end.isoformat(), str(segment.days)]
        what = f"dont intérêts sur {segment.invoice}"
        rows.append(["", what, _comma(segment.interest), "", *dates, _comma(segment.rate), _comma(segment.base)])
    return ("\ufeff" + csv_text(rows, delimiter=";", end="\r\n")).encode()


def _comma(amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", ",")


def known_until(dossier: Dossier) -> date:
    """Return the day of the last entry of the case."""
    return max(paris_day(entry.recorded_at) for entry in dossier.entries)
