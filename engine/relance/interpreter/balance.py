"""What is open on a day: payments, reversals and credit notes against the claims of one debtor with one creditor.

A movement that names a claim goes to it; one that names a document goes to its instalments, one that names nothing to the debtor's claims
in its currency, both by the order of C. civ. 1342-10 (`relance.law.allocation`); but who pays exactly what a message asked pays that, and who promised
to pay a claim, or has a plan of it, pays that first.
What is paid beyond the principal settles what was asked beside it and is owed before it is a credit. Nothing is stored: it is worked out anew each day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from relance.currencies import major
from relance.interpreter.demands import Demands
from relance.interpreter.designation import Designations, Given, Place
from relance.interpreter.scope import covers, left_undisputed
from relance.law.allocation import Debt, allocate
from relance.law.interest import CENT
from relance.law.parameters import UnknownParameter, value_on
from relance.model import Event, Facts, Invoice, Playbook

ZERO = Decimal(0)
#: Kinds of event that move a balance, with their sign: a payment lowers it.
MOVEMENTS = {"payment.received": 1, "payment.reversed": -1, "credit_note.issued": 1}
_CREDIT, _LOSS = "credit_note.issued", "written_off"

#: How dear a claim is to its debtor on a day: the yearly rate it bears, in percent.
_Rate = Callable[[Invoice, date], Decimal]


@dataclass(frozen=True, slots=True)
class Balances:
    """What each existing claim still owes and what came in on it, by id, and what is left over by currency.

    `paid` holds (day, amount, is a credit note) in order; a reversal is negative, and never takes back more than had come in.
    A claim not yet issued is not in it; of the `cancelled` ones nothing is owed. `written_off` holds what was written off in part, and
    `partly` the events that did so, by (day, seq): a loss of all that is open ends the claim instead, and moves nothing. `given` is what each
    event gave to which claim (what went back is negative), by (day, seq).
    """

    outstanding: dict[str, Decimal]
    paid: dict[str, list[tuple[date, Decimal, bool]]]
    credit: dict[str, Decimal]
    cancelled: frozenset[str] = frozenset()
    written_off: dict[str, Decimal] = field(default_factory=dict)
    partly: frozenset[tuple[date, int]] = frozenset()
    given: Given = field(default_factory=dict)


@dataclass(slots=True)
class _Gift:
    """A movement that named no claim, and what became of it: the shares that claims had of it, and what is left of it."""

    amount: Decimal
    credit: bool
    shares: list[tuple[str, Decimal]]
    rest: Decimal


@dataclass(slots=True)
class _Pool:
    """The claims that movements of one name (a document, or none) and currency go to, and those movements so far."""

    claims: list[Invoice]
    gifts: list[_Gift] = field(default_factory=list)


@dataclass(slots=True)
class _Books:
    """What is owed of each claim before money (`owed`), what is left of it, and what came in on it, while movements are booked one after the other."""

    facts: Facts
    on: date
    playbook: Playbook | None
    owed: dict[str, Decimal]
    left: dict[str, Decimal] = field(init=False)
    paid: dict[str, list[tuple[date, Decimal, bool]]] = field(init=False)
    losses: dict[str, list[tuple[date, Decimal]]] = field(default_factory=dict)
    partly: set[tuple[date, int]] = field(default_factory=set)
    given: defaultdict[Place, dict[str, Decimal]] = field(default_factory=lambda: defaultdict(dict))
    _asked: Demands | None = None
    _said: Designations | None = None
    _contested: list[Event] | None = None

    def __post_init__(self) -> None:
        self.left = dict(self.owed)
        self.paid = {name: [] for name in self.owed}

    @property
    def disputes(self) -> Sequence[Event]:
        """What the debtor contested and what was settled of it: few among many events, and asked for each claim at each payment that names none."""
        if self._contested is None:
            self._contested = [event for event in self.facts.events if event.kind in ("dispute.opened", "dispute.closed")]
        return self._contested

    @property
    def words(self) -> Designations:
        """What the debtor said that his money is for: read only where money came that names nothing."""
        if self._said is None:
            self._said = Designations(self.facts)
        return self._said

    @property
    def demands(self) -> Demands:
        """What was asked of the debtor: read only where money came that its name does not settle."""
        if self._asked is None:
            self._asked = Demands(self.facts, self.on, self.owed, self.playbook)
        return self._asked

    def book(self, event: Event, invoice: str, amount: Decimal, *, credit: bool = False) -> None:
        """Take an amount off a claim, or with a negative one put it back."""
        self.left[invoice] -= amount
        self.paid[invoice].append((event.on, amount, credit))
        self.give(event, invoice, amount)

    def give(self, event: Event, invoice: str, amount: Decimal) -> None:
        """Keep what an event gave to a claim."""
        given = self.given[event.on, event.seq]
        given[invoice] = given.get(invoice, ZERO) + amount

    def write_off(self, event: Event, invoice: str, amount: Decimal) -> None:
        """Take a part off what is owed of a claim."""
        self.left[invoice] -= amount
        self.owed[invoice] -= amount
        self.losses.setdefault(invoice, []).append((event.on, amount))
        self.partly.add((event.on, event.seq))
        self.give(event, invoice, amount)


def balances(facts: Facts, on: date, playbook: Playbook | None = None) -> Balances:
    """Work out what is open at the end of a day, in the claims' own currencies. `playbook` says what its steps asked where the journal does not."""
    named = {event.invoice for event in facts.events if event.kind == "invoice.cancelled" and event.on <= on}
    claims = sorted(
        (invoice for invoice in facts.invoices if invoice.issued is None or invoice.issued <= on),
        key=lambda invoice: (invoice.due, invoice.id),
    )
    cancelled = frozenset(invoice.id for invoice in claims if invoice.id in named or invoice.document in named) if named else frozenset()
    books = _Books(facts, on, playbook, {invoice.id: ZERO if invoice.id in cancelled else invoice.amount for invoice in claims})
    moved = [event for event in facts.events if event.on <= on and (event.kind in MOVEMENTS or (event.kind == _LOSS and "amount" in event.data))]
    loose = _by_name(moved, claims, {invoice.id for invoice in facts.invoices}, books)
    credit: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for (_, currency), pool in _by_order(loose, facts, claims, books).items():
        credit[currency] += sum((gift.rest for gift in pool.gifts), ZERO)
    for invoice in claims:
        if books.left[invoice.id] < 0:
            credit[invoice.currency] += books.demands.credit(invoice.id, on, books.paid)
            books.left[invoice.id] = ZERO
    over = {currency: amount for currency, amount in credit.items() if amount > 0}
    written_off = {name: sum((amount for _, amount in rows), ZERO) for name, rows in books.losses.items()}
    return Balances(books.left, books.paid, over, cancelled, written_off, frozenset(books.partly), books.given)


#: A movement no claim's name settles, or a loss: the event, its amount (a reversal's is negative), and whether only such money may pay for it.
_Loose = tuple[Event, Decimal, bool]


def _by_name(moved: Sequence[Event], claims: Sequence[Invoice], ids: set[str], books: _Books) -> list[_Loose]:
    """Book what names a claim; return the rest and the losses in order, with what reversals by name took back beyond what had been paid by name."""
    loose: list[_Loose] = []
    back: defaultdict[str, list[Event]] = defaultdict(list)
    for event in moved:
        if event.kind == _LOSS:
            loose.append((event, ZERO, False))  # of what is open on its day, so after the money that had come
        elif event.invoice in books.left:
            books.book(event, event.invoice, _signed(event), credit=event.kind == _CREDIT)
            if event.kind == "payment.reversed":
                back[event.invoice].append(event)
        elif event.invoice not in ids:
            loose.append((event, _signed(event), False))
    if not back:
        return loose
    for invoice in claims:
        excess = -sum((amount for _, amount, credit in books.paid[invoice.id] if not credit), ZERO)
        for event in reversed(back.get(invoice.id, ())):
            part = min(excess, event.data["amount"])
            if part > 0:
                excess -= part
                _shorten(books, invoice.id, event, part)
                loose.append((replace(event, invoice=None, currency=invoice.currency), -part, True))
    return sorted(loose, key=lambda each: (each[0].on, each[0].seq))


def _shorten(books: _Books, invoice: str, event: Event, part: Decimal) -> None:
    """Take out of a claim's book what a reversal gave back and nobody had paid: no one owes more than the invoice."""
    amount: Decimal = event.data["amount"]
    rows = books.paid[invoice]
    at = len(rows) - 1 - rows[::-1].index((event.on, -amount, False))
    rows[at : at + 1] = [(event.on, part - amount, False)] if part < amount else []
    books.left[invoice] -= part
    books.give(event, invoice, part)


def _by_order(loose: Sequence[_Loose], facts: Facts, claims: list[Invoice], books: _Books) -> dict[tuple[str, str], _Pool]:
    """Book what names no claim, movement by movement; return what is left of it, by name and currency."""
    pools: dict[tuple[str, str], _Pool] = {}
    rate = _rate(facts) if loose else _alike
    for event, amount, apart in loose:
        if event.kind == _LOSS:
            _lose(event, [invoice for invoice in claims if covers(event, invoice)], books)
            continue
        own = [invoice for invoice in claims if event.invoice is None or invoice.document == event.invoice]
        currency = event.currency or sole_currency(own or facts.invoices)
        key = (event.invoice or "", currency)
        if key not in pools:
            pools[key] = _Pool([invoice for invoice in own if invoice.currency == currency])
        if amount > 0:
            pools[key].gifts.append(_give(event, amount, pools[key].claims, rate, books))
        else:
            _take_back(event, -amount, pools[key], books, apart=apart)
    return pools


def _lose(event: Event, claims: Sequence[Invoice], books: _Books) -> None:
    """Write off a part of some claims, oldest due date first; a loss of all that is open of them on its day is their end, and moves nothing here."""
    there = [invoice.id for invoice in claims]
    since = {name: sum((amount for day, amount, _ in books.paid[name] if day > event.on), ZERO) for name in there}
    then = {name: min(max(books.left[name] + since[name], ZERO), books.owed[name]) for name in there}
    rest: Decimal = event.data["amount"]
    if rest >= sum(then.values(), ZERO):
        return
    for name in there:
        part = min(rest, then[name])
        if part:
            books.write_off(event, name, part)
            rest -= part


def _signed(event: Event) -> Decimal:
    amount: Decimal = event.data["amount"]
    return MOVEMENTS[event.kind] * amount


def _give(event: Event, amount: Decimal, claims: Sequence[Invoice], rate: _Rate, books: _Books) -> _Gift:
    """Share a movement among the claims there were on its day; later ones find what is left of it, as they come.

    A payment of exactly what was promised, of the next instalments of a plan, or of what a message asked pays that. Else what a word of the debtor is
    for comes first (`designation`), then what is due and not contested, by C. civ. 1342-10, then what was asked beside it and is owed, then what is
    contested as a whole, and what is not due yet. A credit note settles nothing but principal.
    """
    gift = _Gift(amount, event.kind == _CREDIT, [], amount)
    there = [invoice for invoice in claims if invoice.issued is None or invoice.issued <= event.on]
    if not gift.credit:
        meant = books.words.meant(event, there, books.given)
        exactly = {} if meant.exact else books.demands.paid_by(amount, (event.on, event.seq), books.paid, books.given)
        if exactly and exactly.keys() <= {invoice.id for invoice in there}:
            for name, wanted in exactly.items():
                _serve(event, gift, name, wanted, books)
            return gift
        for names, wanted in meant.sums:
            least = max(gift.rest - wanted, ZERO)
            for name in names:
                _serve(event, gift, name, min(gift.rest - least, books.left[name]), books)
    smallest = major(1, claims[0].currency) if claims else CENT
    contested = set() if gift.credit else {each.id for each in there if books.left[each.id] > 0 and not _undisputed(each, event, books)}
    for later in (False, True):
        debts = [Debt(each.id, each.due, books.left[each.id], rate(each, event.on)) for each in there if books.left[each.id] > 0 and (each.due > event.on or each.id in contested) is later]
        for share in allocate(gift.rest, debts, event.on, quantum=smallest)[0]:
            _serve(event, gift, share.id, share.amount, books)
        for invoice in (each for each in there if each.id not in contested) if gift.rest and not (later or gift.credit) else ():
            _serve(event, gift, invoice.id, books.demands.beside(invoice, (event.on, event.seq), books.paid), books)
    coming = [invoice for invoice in claims if invoice.issued is not None and invoice.issued > event.on] if gift.rest else []
    for invoice in sorted(coming, key=lambda each: (each.issued, each.due, each.id)):
        _serve(event, gift, invoice.id, books.left[invoice.id], books)
    return gift


def _undisputed(invoice: Invoice, event: Event, books: _Books) -> Decimal:
    """Return what its debtor does not contest of what is left of a claim when his money comes."""
    said = [each for each in books.disputes if (each.on, each.seq) < (event.on, event.seq) and covers(each, invoice)]
    return left_undisputed(said[-1] if said else None, invoice, books.left[invoice.id], books.facts.invoices, books.left)


def _serve(event: Event, gift: _Gift, invoice: str, wanted: Decimal, books: _Books) -> None:
    """Give a claim so much of what is left of a movement, or all that is left of it."""
    share = min(gift.rest, wanted)
    if share > 0:
        gift.shares.append((invoice, share))
        gift.rest -= share
        books.book(event, invoice, share, credit=gift.credit)


def _rate(facts: Facts) -> _Rate:
    """Say which debts their debtor has most interest in paying: between professionals those of the highest rate; else all are alike.

    Where the rate of the law on a day is not known, no agreed one can be called higher: all are alike again.
    """
    if {facts.debtor.kind, facts.creditor.kind} != {"business"} or all(invoice.rate is None for invoice in facts.invoices):
        return _alike

    def rate(invoice: Invoice, day: date) -> Decimal:
        try:
            legal = value_on("late-interest", day)
        except UnknownParameter:
            return ZERO
        if invoice.rate is not None:
            return invoice.rate
        return legal if invoice.currency == "EUR" else ZERO

    return rate


def _alike(_: Invoice, __: date) -> Decimal:
    return ZERO


def _take_back(event: Event, amount: Decimal, pool: _Pool, books: _Books, *, apart: bool) -> None:
    """Undo the last payment of that very amount; else take from what was left over, then from the shares given last.

    `apart`: what was paid by name is not touched; else it comes last, what was paid too much before the rest, from the claims latest due.
    Beyond that there is nothing to take.
    """
    paid = [gift for gift in pool.gifts if not gift.credit]
    same = next((gift for gift in reversed(paid) if gift.amount == amount), None)
    if same is not None:
        for invoice, share in same.shares:
            books.book(event, invoice, -share)
        pool.gifts.remove(same)
        return
    for gift in reversed(paid):
        part = min(gift.rest, amount)
        gift.rest -= part
        amount -= part
    for gift in reversed(paid):
        while gift.shares and amount > 0:
            invoice, share = gift.shares.pop()
            part = min(share, amount)
            amount -= part
            books.book(event, invoice, -part)
            if part < share:
                gift.shares.append((invoice, share - part))
        gift.amount = sum((share for _, share in gift.shares), gift.rest)
    for over in () if apart else (True, False):
        for name in (invoice.id for invoice in reversed(pool.claims)):
            came = sum((each for _, each, credit in books.paid[name] if not credit), ZERO)
            part = min(amount, came, -books.left[name] if over else came)
            if part > 0:
                books.book(event, name, -part)
                amount -= part


def sole_currency(invoices: Iterable[Invoice]) -> str:
    """Return the currency of a debtor's claims; EUR where there are several, or none."""
    currencies = {invoice.currency for invoice in invoices}
    return currencies.pop() if len(currencies) == 1 else "EUR"
