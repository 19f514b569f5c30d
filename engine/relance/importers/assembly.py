"""Rows in canonical columns, put together: whose they are, what they repeat, what they contradict; `Facts` at the end.

Owns what is true between rows. What is known already (`know`: the journal's facts) may be spoken of and is not said
again. A row that cannot stand raises ValueError with the sentence for its reject.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from relance import iban
from relance.currencies import exact
from relance.importers import contacts, parties, rows
from relance.importers.columns import Cells, ColumnMapping
from relance.importers.credit_notes_told import CreditNotesTold
from relance.importers.rows import KnownInvoice
from relance.importers.sources import ToldAgain
from relance.importers.unnamed_money import UnnamedMoney
from relance.journal import event_types as vocabulary
from relance.journal.masterdata import DUE_SUPPOSED
from relance.model import Creditor, Debtor, Event, Facts, Invoice
from relance.parsing import values
from relance.parsing.rejects import Reject, Remark
from relance.sentences import Phrase, marked, sentence
from relance.statements.transaction import source_of

NO_CREDITOR = "creditor"
_MONEY = frozenset({"payment.received", "payment.reversed", "credit_note.issued", "promise.made", "plan.agreed"})

Origin = tuple[str, int]  # file and line
Key = tuple[str, str]  # creditor, and an invoice's or debtor's id


class _Taken(NamedTuple):
    """An invoice or credit note that was taken, to be compared with a row that bears its number again."""

    place: tuple[str, int, str]
    debtor: str
    said: tuple[Any, ...]
    invoice: Invoice | None
    mark: int = 0


@dataclass(slots=True)
class Assembly:
    """What has been read so far."""

    mapping: ColumnMapping
    not_after: date | None = None
    any_debtor: bool = False
    rejects: list[Reject] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    repeated: int = 0
    creditors: dict[str, tuple[str, Creditor]] = field(default_factory=dict)
    debtors: dict[Key, tuple[str, Debtor]] = field(default_factory=dict)
    inline: dict[Key, Debtor] = field(default_factory=dict)
    taken: dict[Key, _Taken] = field(default_factory=dict)
    owners: dict[str, list[str]] = field(default_factory=dict)  # invoice id → its creditors
    accounts: dict[Key, list[Invoice]] = field(default_factory=dict)
    events: dict[Key, list[tuple[Event, Origin]]] = field(default_factory=dict)
    origin: Origin = ("", 0)  # of the row that is being taken
    agreed: list[ToldAgain] = field(default_factory=list)  # what a row states was paid, and others told by the invoice's name
    origins: dict[tuple[str | int, ...], Origin] = field(default_factory=dict)  # of what was made of rows, named as `Recorded.fresh` does
    credit_notes: list[tuple[Cells, str, str, Event, str]] = field(default_factory=list)
    known: dict[Key, KnownInvoice] = field(default_factory=dict)
    known_debtors: dict[Key, Facts] = field(default_factory=dict)
    known_creditors: set[str] = field(default_factory=set)
    notes_told: dict[Key, CreditNotesTold] = field(default_factory=dict)  # by creditor and debtor
    unnamed: dict[tuple[str, str, str], UnnamedMoney] = field(default_factory=dict)  # by creditor, debtor and currency
    earlier: dict[int, int] = field(default_factory=dict)  # what was taken in blocks before: mark of the number → mark of what was said
    owing: set[str] = field(default_factory=set)  # debtors that were given
    doubted: set[str] = field(default_factory=set)  # what was said of how to reach a party: said once
    known_marks: set[int] = field(default_factory=set)  # of movements with a lasting reference

    def know(self, facts: Facts) -> None:
        """Take note of what the journal knows of a debtor."""
        creditor, debtor = facts.creditor.id, facts.debtor.id
        self.known_debtors[creditor, debtor] = facts
        self.known_creditors.add(creditor)
        for name, known in rows.known_invoices(facts).items():
            if (creditor, name) not in self.known:
                self.known[creditor, name] = known
                self.owners.setdefault(name, []).append(creditor)
        self.known_marks.update(mark for event in facts.events if (mark := mark_of(creditor, debtor, event.kind, event.data)) is not None)

    def forget(self) -> None:
        """Let go of what was read and known, but for the parties and a mark of each invoice: the next block is read for itself."""
        self.owing |= {debtor for _, debtor in (*self.accounts, *self.events)}
        self.earlier |= {hash(key): taken.mark for key, taken in self.taken.items() if taken.mark}
        self.repeated = 0
        for held in (self.rejects, self.remarks, self.credit_notes, self.known_marks):
            held.clear()
        for by_key in (self.inline, self.taken, self.owners, self.accounts, self.events, self.known, self.known_debtors, self.unnamed, self.notes_told, self.origins, self.agreed):
            by_key.clear()

    # -- parties

    def take_creditor(self, row: Cells) -> None:
        """Take a row of `creditors`."""
        ident = row.values["id"]
        made = parties.creditor(ident, self._with_number(row, row.values))
        if self._is_new_party(self.creditors, ident, made, sentence("creditor {name}", name=repr(ident))):
            self.creditors[ident] = (_place(row), made)
            if made.iban and (wrong := iban.mistake(made.iban)):
                self.remarks.append(Remark(row.file, row.line, sentence("{creditor}: {wrong}; nothing that names this account leaves", creditor=repr(ident), wrong=wrong)))

    def take_debtor(self, row: Cells) -> None:
        """Take a row of `debtors`; without a creditor it counts for every one."""
        key = (row.values.get("creditor", ""), row.values["id"])
        made = parties.debtor(key[1], self._with_number(row, row.values))
        if self._is_new_party(self.debtors, key, made, sentence("debtor {name}", name=repr(key[1]))):
            self.debtors[key] = (_place(row), made)
            if len(several := contacts.mailboxes(row.values.get("email"))) > 1:
                self.remarks.append(Remark(row.file, row.line, sentence("{debtor}: {count} e-mails in one cell: messages go to the first, {first}", debtor=key[1], count=len(several), first=repr(several[0]))))

    def _with_number(self, row: Cells, found: Mapping[str, Any], prefix: str = "") -> Mapping[str, Any]:
        """Return a party's values with the SIREN its number holds; a number that is none is said, and left out."""
        name = f"{prefix}siren"
        for doubt in parties.contact_doubts(found, prefix):
            if doubt not in self.doubted:
                self.doubted.add(doubt)
                self.remarks.append(Remark(row.file, row.line, doubt))
        if not (text := found.get(name)):
            return found
        digits, wrong = parties.company_number(str(text))
        if wrong:
            self.remarks.append(Remark(row.file, row.line, wrong))
        return {**found, name: digits or None}

    def _is_new_party(self, among: Mapping[Any, tuple[str, Any]], key: Any, made: Any, what: str) -> bool:
        if key not in among:
            return True
        where, before = among[key]
        if before != made:
            msg = sentence("{what} is already on {where} with other contents", what=what, where=where)
            raise ValueError(msg)
        self.repeated += 1
        return False

    def _creditor_of(self, row: Cells) -> str:
        if named := row.values.get("creditor"):
            return str(named)
        if self.mapping.creditor:
            return self.mapping.creditor.id
        have = set(self.creditors) or self.known_creditors
        if len(have) > 1:
            msg = sentence("no creditor, and there are {count} of them", count=len(have))
            raise ValueError(msg)
        return next(iter(have), NO_CREDITOR)

    # -- invoices

    def take_invoice(self, row: Cells) -> None:
        """Take a row of `invoices`: an invoice with what its columns tell, or a credit note."""
        found = row.values
        creditor, debtor, ident = self._creditor_of(row), found["debtor"], found["id"]
        if found.get("by_name"):
            self._same_person(creditor, debtor, found)
        currency = found.get("currency", "EUR")
        amount = exact(found["amount"], currency)
        if self.not_after and (late := found.get("issued")) and late > self.not_after:
            msg = sentence("issued on {late}, in the future", late=late)
            raise ValueError(msg)
        credit = rows.is_credit_note(found)
        if not amount or (amount < 0 and not credit):
            msg = sentence("an invoice of {amount} {currency}: an amount is above zero", amount=amount, currency=currency)
            raise ValueError(msg)
        if credit:
            note = rows.credit_note_of(found, abs(amount), currency)
            if self._is_new(row, creditor, debtor, None, (note,)):
                self._remember(row, creditor, debtor)
                self.credit_notes.append((row, creditor, debtor, note, found.get("document", "")))
            return
        if found.get("due_supposed") or (found.get("due") is None and self.mapping.terms):
            found = self._due_as_known(row, creditor, amount)
        invoice = rows.invoice_of(found, amount, currency, self.mapping)
        known = self._known_as(creditor, debtor, invoice)
        self._agree(creditor, debtor, found, invoice, known)
        told = (*rows.events_of_row(found, invoice, known, self.not_after), *self._stated(creditor, debtor, invoice, rows.stated_sum(found, invoice, known, self.not_after)))
        if not self._is_new(row, creditor, debtor, invoice, told):
            return
        self._remember(row, creditor, debtor)
        if invoice.issued is not None and invoice.due < invoice.issued:
            self.remarks.append(Remark(row.file, row.line, sentence("{ident}: due on {due}, before it was issued on {issued}: look at it before it is asked for", ident=ident, due=invoice.due, issued=invoice.issued)))
        self.accounts.setdefault((creditor, debtor), []).append(invoice)
        self.origins[creditor, debtor, invoice.id] = (row.file, row.line)
        for name in dict.fromkeys((ident, invoice.document or ident)):
            if creditor not in self.owners.setdefault(name, []):
                self.owners[name].append(creditor)
            self.taken.setdefault((creditor, name), _Taken((row.file, row.line, row.row), debtor, (), invoice))
        for event in told:
            self._add(creditor, debtor, event)

    def _agree(self, creditor: str, debtor: str, found: Mapping[str, Any], invoice: Invoice, known: rows.KnownInvoice | None) -> None:
        """Keep what a row states was paid, so far as others than lists told it by the invoice's name: it is reconciled, and nothing is written."""
        if known is None or not rows.states_payment(found):
            return
        others = known.invoice.amount - known.settled - known.named - known.stated
        if others > 0:
            file, line = self.origin
            self.agreed.append(ToldAgain(file, line, creditor, debtor, invoice.id, found.get("settled") or invoice.issued or invoice.due, others, invoice.currency))

    def _due_as_known(self, row: Cells, creditor: str, amount: Decimal) -> dict[str, Any]:
        """Return a row that tells no due date of its own with that of the same invoice, where another source told it; else by what it was supposed is said."""
        claim = self._claim(creditor, row.values["id"])
        told = {**row.values, "due_supposed": row.values.get("due_supposed", "terms")}
        if claim is not None and claim[1].id == row.values["id"] and claim[1].amount == amount:
            return {**told, "due": claim[1].due}
        if "due_supposed" in row.values:
            self.remarks.append(Remark(row.file, row.line, sentence("{what}: {why}", what=row.values["id"], why=row.values["due_supposed"])))
        return told

    def _stated(self, creditor: str, debtor: str, invoice: Invoice, one: rows.StatedSum | None) -> tuple[Event, ...]:
        """Return the events of what a row states was paid; what the journal knows of it as money that names no invoice is not paid again."""
        facts = self.known_debtors.get((creditor, debtor))
        if one is None:
            return ()
        if facts is None:
            return rows.as_events(one, invoice.id, Decimal(0))
        key = (creditor, debtor, invoice.currency)
        if key not in self.unnamed:
            self.unnamed[key] = UnnamedMoney(facts, invoice.currency)
        return rows.as_events(one, invoice.id, self.unnamed[key].explains(invoice.id, one))

    def _same_person(self, creditor: str, debtor: str, found: Mapping[str, Any]) -> None:
        """Raise ValueError where only a name says who owes, and who bears it lives elsewhere: two of one name are two debtors."""
        before, made = self._debtor(creditor, debtor), parties.debtor(debtor, found, "debtor.")
        if before is None or before.address is None or made.address is None or parties.same_place(before.address, made.address):
            return
        msg = (
            sentence("{debtor} is known at {names}, and this one is at {names_2}: two of one name, and no identifier tells them apart; give each a number of its own in a table", debtor=repr(debtor), names=repr(", ".join(before.address.lines)), names_2=repr(", ".join(made.address.lines)))
        )
        raise ValueError(msg)

    def _known_as(self, creditor: str, debtor: str, invoice: Invoice) -> KnownInvoice | None:
        """Return what the journal knows of this very invoice; another one under its number is the journal's to refuse."""
        known = self.known.get((creditor, invoice.id))
        return known if known is not None and known.debtor == debtor and known.invoice.id == invoice.id else None

    def _is_new(self, row: Cells, creditor: str, debtor: str, invoice: Invoice | None, told: tuple[Event, ...]) -> bool:
        ident = row.values["id"]
        said = (invoice, told, row.values.get("document"))
        before = self.taken.get((creditor, ident))
        mark = self.earlier.get(hash((creditor, ident)))
        if before is None and mark is not None:
            if mark != _mark(row):
                msg = sentence("{ident} already stands in an earlier row with other contents", ident=repr(ident))
                raise ValueError(msg)
            self.repeated += 1
            return False
        if before is None:
            self.taken[creditor, ident] = _Taken((row.file, row.line, row.row), debtor, said, invoice, _mark(row))
            return True
        if before.debtor == debtor and (before.said == said or self._told_at_last(before, invoice, (creditor, debtor))):
            self.repeated += 1
            return False
        file, line, _ = before.place
        msg = sentence("{ident} is already on line {line} of {file} with {what}", ident=repr(ident), line=line, file=file, what=_difference(before, debtor, invoice))
        raise ValueError(msg)

    def _told_at_last(self, before: _Taken, invoice: Invoice | None, whose: Key) -> bool:
        """Take the due date that a row tells for one that was supposed, or stay with the told one; False where anything else differs."""
        if before.invoice is None or invoice is None:
            return False
        supposed, told = (DUE_SUPPOSED in one.terms for one in (before.invoice, invoice))
        if supposed == told or replace(before.invoice, due=invoice.due, terms={}) != replace(invoice, terms={}):
            return False
        if supposed:
            self.accounts[whose] = [invoice if one is before.invoice else one for one in self.accounts[whose]]
            for name in dict.fromkeys((invoice.id, invoice.document or invoice.id)):
                self.taken[whose[0], name] = self.taken[whose[0], name]._replace(invoice=invoice, said=(invoice, *before.said[1:]))
        return True

    def _claim(self, creditor: str, name: str) -> tuple[str, Invoice] | None:
        """Return debtor and claim of an invoice or document, read now or known before."""
        taken = self.taken.get((creditor, name))
        if taken is not None and taken.invoice is not None:
            return taken.debtor, taken.invoice
        known = self.known.get((creditor, name))
        return (known.debtor, known.invoice) if known is not None else None

    def settle_credit_notes(self) -> None:
        """Give each credit note to the invoice it names, now that all are known; else to the debtor's account."""
        for row, creditor, debtor, note, document in self.credit_notes:
            self.origin = (row.file, row.line)
            claim = self._claim(creditor, document) if document else None
            if claim is not None and claim[0] != debtor:
                self.rejects.append(Reject(row.file, row.line, sentence("{document} is an invoice of debtor {debtor}", document=repr(document), debtor=repr(claim[0])), row.row))
                continue
            named = document if claim is None or claim[1].currency == note.currency else ""
            if claim is None and document:  # it finds its invoice when that one comes; until then it takes nothing from another
                self.remarks.append(Remark(row.file, row.line, sentence("the invoice {document} that this credit note is about is not known yet: nothing else is lowered", document=repr(document))))
            key = (creditor, debtor)
            if key not in self.notes_told:
                self.notes_told[key] = CreditNotesTold(self.known_debtors.get(key) or Facts(Creditor(creditor), Debtor(debtor), ()))
            said = rows.event(on=note.on, event=note.kind, invoice=named, **note.data) if named else note
            new = self.notes_told[key].say(said, named, row.values.get("open"))
            if new is None:
                self.repeated += 1
            else:
                self._add(creditor, debtor, new)

    def _remember(self, row: Cells, creditor: str, debtor: str) -> None:
        """Keep what an invoice says of its debtor; what was known before stands, and what differs from it is kept as a note, and said."""
        found = row.values
        if any(key.startswith("debtor.") for key in found):
            made = parties.debtor(debtor, self._with_number(row, found, "debtor."), "debtor.")
            inline, known = self.inline.get((creditor, debtor)), self.known_debtors.get((creditor, debtor))
            self.inline[creditor, debtor] = made if inline is None else parties.filled(inline, made)
            told = [one.data["note"] for one in known.events if one.kind == "note"] if known is not None else []
            told += [one.data["note"] for one, _ in self.events.get((creditor, debtor), ()) if one.kind == "note"]
            before = inline or (known.debtor if known is not None else None)
            if asked := contacts.named_otherwise(before, made) or contacts.two_names(inline, made):
                self.remarks.append(Remark(row.file, row.line, sentence("{what}: {why}", what=debtor, why=asked)))
            for note, said in contacts.others(before, made, found.get("debtor.email")):
                if note not in told:
                    self._add(creditor, debtor, rows.event(on=found.get("issued") or found["due"], event="note", note=note))
                    self.remarks.append(Remark(row.file, row.line, sentence("{what}: {why}", what=debtor, why=said)))

    # -- events

    def take_event(self, row: Cells) -> None:
        """Take a row of `events`, about an invoice, an account or a debtor that is known."""
        raw = dict(row.values)
        if self.not_after and raw["on"] > self.not_after:
            msg = sentence("dated {on}, in the future", on=raw["on"])
            raise ValueError(msg)
        creditor, debtor = self._subject(row, raw.pop("creditor", None), raw.pop("debtor", None), raw.get("invoice"))
        if raw["event"] == "promise.made" and "by" in raw:
            form = self.mapping.tables["events"].format if "events" in self.mapping.tables else self.mapping.format
            raw["by"] = values.date_reader(form.dates)(raw["by"])
        claim = self._claim(creditor, raw["invoice"]) if "invoice" in raw else None
        code = claim[1].currency if claim else self._currency(creditor, debtor, raw)
        if claim and raw.get("currency", code) != code:
            msg = sentence("in {currency}, but invoice {invoice} is in {code}", currency=raw["currency"], invoice=repr(raw["invoice"]), code=code)
            raise ValueError(msg)
        if code and "amount" in raw:
            raw["amount"] = exact(raw["amount"], code)
        if code and not claim and raw["event"] in _MONEY:
            raw["currency"] = code
        if claim:
            raw.pop("currency", None)
        self._add(creditor, debtor, rows.event(**raw))

    def _subject(self, row: Cells, creditor: str | None, debtor: str | None, invoice: str | None) -> Key:
        """Return the creditor and debtor an event is about; raises ValueError where they are not known."""
        if invoice is None:
            if debtor is None:
                raise ValueError(sentence("the event names neither an invoice nor a debtor"))
            owner = self._creditor_of(row)
            if not self.any_debtor and (owner, debtor) not in self.accounts and self._debtor(owner, debtor) is None:
                msg = sentence("debtor {debtor} is not known", debtor=repr(debtor))
                raise ValueError(msg)
            return owner, debtor
        owners = [one for one in self.owners.get(invoice, ()) if creditor in (None, one)]
        claim = self._claim(owners[0], invoice) if len(owners) == 1 else None
        if claim is None:
            several = sentence("several creditors have an invoice {invoice}; name the creditor", invoice=repr(invoice))
            msg = several if owners else sentence("invoice {invoice} is not known", invoice=repr(invoice))
            raise ValueError(msg)
        if debtor not in (None, claim[0]):
            msg = sentence("invoice {invoice} is not one of debtor {debtor}", invoice=repr(invoice), debtor=repr(debtor))
            raise ValueError(msg)
        return owners[0], claim[0]

    def _currency(self, creditor: str, debtor: str, raw: Mapping[str, Any]) -> str | None:
        if raw.get("currency"):
            return str(raw["currency"])
        known = self.known_debtors.get((creditor, debtor))
        claims = (*self.accounts.get((creditor, debtor), ()), *(known.invoices if known else ()))
        codes = sorted({one.currency for one in claims})
        if len(codes) > 1 and raw["event"] in _MONEY:
            msg = sentence("the debtor has invoices in {names}: the event must say the currency", names=" and ".join(codes))
            raise ValueError(msg)
        return codes[0] if len(codes) == 1 else None

    def _add(self, creditor: str, debtor: str, event: Event) -> None:
        if mark_of(creditor, debtor, event.kind, event.data) in self.known_marks:
            self.repeated += 1
        else:
            self.events.setdefault((creditor, debtor), []).append((event, self.origin))

    # -- the end

    def _debtor(self, creditor: str, debtor: str) -> Debtor | None:
        for key in ((creditor, debtor), ("", debtor)):
            if key in self.debtors:
                return self.debtors[key][1]
        known = self.known_debtors.get((creditor, debtor))
        inline = self.inline.get((creditor, debtor))
        if known is None or inline is None:
            return inline if known is None else known.debtor
        return parties.filled(known.debtor, inline)  # an invoice tells what is not known of a debtor, and corrects nothing

    def _creditor(self, ident: str) -> Creditor:
        if ident in self.creditors:
            return self.creditors[ident][1]
        given = self.mapping.creditor
        return given if given is not None and given.id == ident else Creditor(ident)

    def facts(self, *, every_debtor: bool = False) -> Iterable[Facts]:
        """Yield what was read, by creditor and debtor, events in the order of their days; also debtors of whom nothing is owed."""
        keys = {*self.accounts, *self.events}
        if every_debtor:
            have = {*self.creditors} or {key[0] for key in keys} or self.known_creditors
            lone = self.mapping.creditor.id if self.mapping.creditor else min(have, default=NO_CREDITOR)
            owing = self.owing.union(debtor for _, debtor in keys)
            keys |= {(creditor or lone, debtor) for creditor, debtor in self.debtors if creditor or debtor not in owing}
        for creditor, debtor in sorted(keys):
            in_order = sorted(self.events.get((creditor, debtor), ()), key=lambda each: each[0].on)
            self.origins |= {(creditor, debtor, place): origin for place, (_, origin) in enumerate(in_order)}
            yield Facts(
                creditor=self._creditor(creditor),
                debtor=self._debtor(creditor, debtor) or Debtor(debtor),
                invoices=tuple(self.accounts.get((creditor, debtor), ())),
                events=tuple(vocabulary.at_seq(event, place) for place, (event, _) in enumerate(in_order)),
            )


def mark_of(creditor: str, debtor: str, kind: str, data: Mapping[str, Any]) -> int | None:
    """Return what stands for a movement whose source named it for ever; None for any other. A number, as there are many."""
    reference = str(data.get("reference", ""))
    lasting = reference.startswith("FEC ") or source_of(reference) is not None  # such name one movement for ever, however it is matched later
    return hash((creditor, debtor, kind, reference)) if lasting else None


def _mark(row: Cells) -> int:
    """Return what stands for all that a row says of its invoice, its debtor's particulars aside."""
    return hash(frozenset((name, str(value)) for name, value in row.values.items() if not name.startswith("debtor.")))


def _place(row: Cells) -> str:
    return sentence("line {line} of {file}", line=row.line, file=row.file)


def _difference(before: _Taken, debtor: str, invoice: Invoice | None) -> str:
    if before.debtor != debtor:
        return sentence("another debtor, {name}", name=repr(before.debtor))
    if before.invoice and invoice:
        for name, said in (("amount", marked("another amount, {told}")), ("currency", marked("another currency, {told}")), ("due", marked("another due date, {told}")), ("issued", marked("another date, {told}"))):
            if (told := getattr(before.invoice, name)) != getattr(invoice, name):
                return Phrase(said, {"told": told})
    return sentence("other contents")
