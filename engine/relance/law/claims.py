"""What may be asked on a day beside the principal, part by part, with the sum worked out.

Between professionals C. com. L441-10 and D441-5, of a public purchaser the code of public procurement; against a consumer C. civ. 1231-6 and
nothing else (`regimes` says which). Refuses to guess:
what the law does not let one ask, or a rate that is not known, is left out and `notes` say why.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from relance.dates import add_months
from relance.errors import RelanceError
from relance.law.capitalised import bearing, years
from relance.law.interest import ZERO, halves, stretch, total
from relance.law.parameters import Law, UnknownParameter, french, half_year
from relance.law.recovery_costs import beyond_indemnity
from relance.law.regimes import Regime, chargeable, regime_of
from relance.model import Charge, Claimed, Creditor, Invoice, InvoiceClaimed, Segment, Served
from relance.sentences import Phrase, sentence

_DAY = timedelta(days=1)
#: What an invoice bears by having been paid late.
_BY_LATENESS = frozenset({Charge.FIXED_INDEMNITY, Charge.COMPLEMENTARY_INDEMNITY})


class Allocation(StrEnum):
    """What a payment settles first. C. civ. 1343-1 says interest, unless the creditor agreed otherwise."""

    INTEREST_FIRST = "interest_first"
    PRINCIPAL_FIRST = "principal_first"


class Movement(NamedTuple):
    """Money that came (or, when negative, went back) on a day; `credit` marks a credit note, which always lowers the principal.

    `on_principal` marks money that the parties agreed to count on the principal, as under a plan (C. civ. 1343-1 gives way to their word).
    """

    on: date
    amount: Decimal
    credit: bool = False
    on_principal: bool = False


@dataclass(frozen=True, slots=True)
class Owed:
    """One invoice as the law sees it. `amount` is with tax, before any movement.

    `rate` is the contractual late interest in percent a year, `penalty` a contractual penalty in the invoice's currency, `costs` what its recovery has
    cost and `proof` what shows it.
    `indemnity` is false where another instalment of the same invoice already bears the 40 € (`bearers`). `pauses` are
    stretches of days, both ends counted, for which the parties agreed on time to pay: they bear no interest. `notice_on` is the day of
    the formal notice that named it, where there are several invoices and not one notice for all. `enforceable_on` is the day on which a
    judgment over it became enforceable: two months later the legal rate is five points higher (CMF L313-3). `capitalised_from` is the day from which a court lets a whole
    year's interest bear interest (C. civ. 1343-2). `below_floor`: an agreed rate below the floor is worked out all the same. `presented_on` is the day of that
    notice's presentation, where it is known: legal interest runs from the next. `presented_only`: where it is not, the creditor asks none.
    """

    id: str
    due: date
    amount: Decimal
    movements: tuple[Movement, ...] = ()
    rate: Decimal | None = None
    penalty: Decimal | None = None
    costs: Decimal | None = None
    proof: str = ""
    indemnity: bool = True
    pauses: tuple[tuple[date, date], ...] = ()
    notice_on: date | None = None
    presented_on: date | None = None
    presented_only: bool = False
    enforceable_on: date | None = None
    capitalised_from: date | None = None
    below_floor: bool = False


def owed_of(invoice: Invoice, movements: Iterable[Movement] = (), *, indemnity: bool = True) -> Owed:
    """Return an invoice of the model as `claimed` wants it; `terms` say its contractual penalty and what its recovery cost, where those are amounts."""
    return Owed(
        id=invoice.id,
        due=invoice.due,
        amount=invoice.amount,
        movements=tuple(movements),
        rate=invoice.rate,
        penalty=_amount(invoice.terms.get("penalty")),
        costs=_amount(invoice.terms.get("recovery_costs")),
        proof=str(invoice.terms.get("recovery_proof") or ""),
        indemnity=indemnity,
    )


def _amount(said: object) -> Decimal | None:
    if said is None:
        return None
    try:
        amount = Decimal(str(said))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount > 0 else None


_ALLOCATIONS = frozenset(Allocation)


def allocation_of(creditor: Creditor) -> Allocation:
    """Return what a creditor's terms say a payment settles first (`terms["allocation"]`); interest where they say nothing, or nothing known."""
    said = creditor.terms.get("allocation")
    return Allocation(said) if said in _ALLOCATIONS else Allocation.INTEREST_FIRST


class _Part(NamedTuple):
    """One invoice, worked out: what is open of it, and the segments of its interest."""

    principal: Decimal
    interest: Decimal
    indemnity: Decimal
    penalty: Decimal
    complement: Decimal
    segments: tuple[Segment, ...] = ()
    paid_interest: Decimal = ZERO
    received: tuple[Served, ...] = ()


class _Run(NamedTuple):
    """The days over which interest runs, both counted, at the law's rate `name` or at a contractual `rate`."""

    start: date
    end: date
    name: str = ""
    rate: Decimal | None = None


class _Stop(NamedTuple):
    """The day on which an insolvency stops interest, and whether it is the judgment's."""

    on: date
    known: bool

    def note(self) -> str:
        """Say what stops it."""
        if self.known:
            return sentence("interest stops at the insolvency judgment of {on} (C. com. L622-28)", on=self.on)
        return sentence("interest stops at the publication of the insolvency on {on}, for the day of the judgment (C. com. L622-28) is not known", on=self.on)


def claimed(
    kinds: Collection[Charge],
    invoices: Sequence[Owed],
    on: date,
    *,
    currency: str = "EUR",
    debtor_kind: str | None = None,
    creditor_kind: str = "business",
    abroad: str | None = None,
    notice_on: date | None = None,
    insolvency_on: date | None = None,
    judgment_known: bool = True,
    allocation: Allocation = Allocation.INTEREST_FIRST,
    law: Law | None = None,
    strict: bool = False,
) -> Claimed:
    """Return what is asked on `on` for these invoices: their open principal and, of `kinds`, what the law lets one ask.

    Amounts are in `currency`. Movements after `on` are not looked at. `notice_on` is the day of the formal notice,
    `insolvency_on` that of the judgment (or, where it is not known, of its publication). Interest runs to `on` included; the day of a payment still counts on the whole.
    `abroad` is the country of a debtor whom French law does not govern (`regimes.foreign`). A debtor of unknown kind is treated as a consumer. For a rate that is not known, or below the floor, nothing is asked and
    `notes` say why; with `strict`, UnknownParameter or BelowFloor is raised instead.
    """
    law = law or french()
    notes: list[str] = []
    wanted = chargeable(kinds, currency=currency, debtor_kind=debtor_kind, creditor_kind=creditor_kind, abroad=abroad, notes=notes)
    regime = regime_of(debtor_kind, creditor_kind, abroad)
    stop = _Stop(insolvency_on, known=judgment_known) if insolvency_on else None
    parts = []
    for owed in invoices:
        noticed = owed.notice_on or notice_on
        run = _run(wanted, owed, on, creditor_kind, noticed, stop, regime, law, notes, strict=strict)
        least = _indemnity(owed, on, insolvency_on, regime, law) if wanted & _BY_LATENESS else ZERO
        complement = beyond_indemnity(owed.costs, owed.proof, least, owed.id, notes) if Charge.COMPLEMENTARY_INDEMNITY in wanted else ZERO
        fixed = least if Charge.FIXED_INDEMNITY in wanted else ZERO, _penalty(wanted, owed, on, noticed, notes), complement
        parts.append(_work_out(owed, on, run, fixed, allocation, law))
    principal, interest, indemnity, penalty, complement = [sum(each, ZERO) for each in zip(*(part[:5] for part in parts), strict=True)] or [ZERO] * 5
    if any(part.paid_interest for part in parts):
        paid = sum((part.paid_interest for part in parts), ZERO)
        notes.append(sentence("{paid} {currency} of what was paid was counted on interest (C. civ. 1343-1)", paid=paid, currency=currency))
    if interest and any(movement.on_principal or allocation is Allocation.PRINCIPAL_FIRST for owed in invoices for movement in kept(owed.movements, on)):
        notes.append(sentence("what was paid was counted on the principal first, as the parties agreed (C. civ. 1343-1)"))
    if interest and any(owed.capitalised_from and add_months(owed.capitalised_from, 12) < on for owed in invoices):
        notes.append(sentence("a whole year's interest bears interest, as the court granted (C. civ. 1343-2)"))
    late = Charge.LATE_INTEREST in wanted
    return Claimed(
        currency=currency,
        principal=principal,
        late_interest=interest if late else ZERO,
        legal_interest=ZERO if late else interest,
        fixed_indemnity=indemnity,
        contractual_penalty=penalty,
        complementary_indemnity=complement,
        total=principal + interest + indemnity + penalty + complement,
        segments=tuple(segment for part in parts for segment in part.segments),
        notes=tuple(dict.fromkeys(notes)),
        invoices=tuple(
            InvoiceClaimed(owed.id, part.principal, part.interest, part.indemnity, part.penalty, part.complement, part.received)
            for owed, part in zip(invoices, parts, strict=True)
        ),
    )


def _run(
    wanted: set[Charge],
    owed: Owed,
    on: date,
    creditor_kind: str,
    notice_on: date | None,
    stop: _Stop | None,
    regime: Regime,
    law: Law,
    notes: list[str],
    *,
    strict: bool,
) -> _Run | None:
    """Return the days and the rate of an invoice's interest, or None where none is asked."""
    start, end = owed.due + _DAY, on
    if stop is not None and end >= stop.on:
        end = stop.on - _DAY
        notes.append(stop.note())
    if Charge.LATE_INTEREST in wanted:
        if start > end:
            return None
        if owed.rate is None or not regime.agreed:
            run = _known(_Run(start, end, regime.late_interest), owed, law, notes, strict=strict)
            return run._replace(rate=law.value_on(run.name, run.start)) if run is not None and regime.frozen else run
        return _contractual(_Run(start, end, rate=owed.rate), owed, law, notes, strict=strict)
    if Charge.LEGAL_INTEREST not in wanted:
        return None
    if notice_on is None or notice_on >= on:
        notes.append(sentence("legal interest is asked only from the day after the formal notice (C. civ. 1231-6)"))
        return None
    since = owed.presented_on or (None if owed.presented_only else notice_on)
    if since is None or since >= on:
        notes.append(sentence("legal interest is asked only from the day after the formal notice was presented"))
        return None
    start = max(start, since + _DAY)
    name = "legal-interest-others" if creditor_kind == "business" else "legal-interest-individuals"
    return _known(_Run(start, end, name), owed, law, notes, strict=strict) if start <= end else None


def _contractual(run: _Run, owed: Owed, law: Law, notes: list[str], *, strict: bool) -> _Run | None:
    try:
        check_floor(run.rate or ZERO, run.start, law)
    except BelowFloor as error:
        if owed.below_floor:
            notes.append(sentence("{error}: worked out as asked, and not to be asked of the debtor", error=error))
            return run
        if strict:
            raise
        notes.append(sentence("no late interest is asked on {invoice}: {error}", invoice=owed.id, error=error))
        return None
    except UnknownParameter:
        if strict:
            raise
        notes.append(sentence("whether {rate} % on {invoice} reaches the floor of C. com. L441-10 II could not be checked: the legal rate of then is not known", rate=run.rate, invoice=owed.id))
    return run


def _no_rate(owed: Owed, first: date, last: date, law: Law, error: UnknownParameter) -> Phrase:
    """Say that nothing is asked for some days because a figure is not known; `relance law check` says what to add."""
    return sentence("no interest is asked on {invoice} from {first} to {last}: not known for then: {figure}", invoice=owed.id, first=first, last=last, figure=law[error.parameter].named)


def _known(run: _Run, owed: Owed, law: Law, notes: list[str], *, strict: bool) -> _Run | None:
    """Keep the half-years whose rate is known: nothing is asked for the others, and the note says which."""
    start, end = run.start, run.end
    if strict:
        for first, _ in halves(start, end):
            law.value_on(run.name, first)
    while start <= end and (error := _unknown(law, run.name, start)):
        notes.append(_no_rate(owed, start, min(half_year(start)[1], end), law, error))
        start = half_year(start)[1] + _DAY
    day = start
    while day <= end:
        if error := _unknown(law, run.name, day):
            notes.append(_no_rate(owed, day, end, law, error))
            end = day - _DAY
        day = half_year(day)[1] + _DAY
    return run._replace(start=start, end=end) if start <= end else None


def _unknown(law: Law, name: str, day: date) -> UnknownParameter | None:
    try:
        law.value_on(name, day)
    except UnknownParameter as error:
        return error
    return None


class BelowFloor(RelanceError, ValueError):  # noqa: N818 - named as the author reads it
    """A contractual rate below three times the legal rate (C. com. L441-10 II)."""


def check_floor(rate: Decimal, day: date, law: Law | None = None) -> None:
    """Raise BelowFloor where a contractual late-interest rate is under the floor on the first day late, UnknownParameter where that is not known."""
    floor = (law or french()).value_on("late-interest-floor", day)
    if rate < floor:
        raise BelowFloor(sentence("the agreed rate of {rate} % is below {floor} %, three times the legal rate on {day} (C. com. L441-10 II)", rate=rate, floor=floor, day=day))


def _indemnity(owed: Owed, on: date, insolvency_on: date | None, regime: Regime, law: Law) -> Decimal:
    """Return the 40 € where the invoice is or was paid late: none before it is due, none where a judgment forbade to pay it by then."""
    if not owed.indemnity or on <= owed.due:
        return ZERO
    if insolvency_on is not None and owed.due >= insolvency_on:
        return ZERO
    in_time = sum((movement.amount for movement in kept(owed.movements, on) if movement.on <= owed.due), ZERO)
    if in_time >= owed.amount or _unknown(law, regime.fixed_indemnity, owed.due + _DAY):
        return ZERO  # paid in time, or late before there was an indemnity
    return law.value_on(regime.fixed_indemnity, owed.due + _DAY)


def _penalty(wanted: set[Charge], owed: Owed, on: date, notice_on: date | None, notes: list[str]) -> Decimal:
    if Charge.CONTRACTUAL_PENALTY not in wanted or owed.penalty is None:
        return ZERO
    if notice_on is None or notice_on >= on:
        notes.append(sentence("the contractual penalty is asked only after the formal notice (C. civ. 1231-5)"))
        return ZERO
    return owed.penalty


def kept(movements: Iterable[Movement], on: date) -> list[Movement]:
    """Return the movements up to a day; a payment that went back was never one, so that both leave the list."""
    found: list[Movement] = []
    if not movements:
        return found
    for movement in sorted((movement for movement in movements if movement.on <= on), key=lambda movement: movement.on):
        match = next(
            (one for one in reversed(found) if movement.amount < 0 and one.amount == -movement.amount and one.credit == movement.credit),
            None,
        )
        if match is None:
            found.append(movement)
        else:
            found.remove(match)
    return found


def _work_out(owed: Owed, on: date, run: _Run | None, fixed: tuple[Decimal, Decimal, Decimal], allocation: Allocation, law: Law) -> _Part:
    """Walk through an invoice's movements: interest up to each, then what it settles. `fixed` are the 40 €, the contractual penalty and the complement.

    What is owed in all is the same in either order; the order decides what goes on bearing interest. An invoice whose
    payments reach its amount is settled, and bears none from the next day.
    """
    base, came, paid_interest, grown = owed.amount, ZERO, ZERO, ZERO
    found: list[Segment] = []
    received: list[Served] = []
    movements = kept(owed.movements, on)
    start = run.start if run else on
    for movement in movements:
        if run and movement.on >= start:
            last = min(movement.on, run.end)
            grown = _grow(found, owed, (base, grown, paid_interest), (start, last), run, law)
            start = last + _DAY
        on_interest = ZERO
        if allocation is Allocation.INTEREST_FIRST and movement.amount > 0 and not (movement.credit or movement.on_principal):
            on_interest = min(movement.amount, total(found) - paid_interest)
        received.append(Served(movement.on, movement.amount, movement.credit, movement.amount - on_interest, on_interest))
        paid_interest += on_interest
        grown = max(grown - on_interest, ZERO)
        came += movement.amount
        base = ZERO if came >= owed.amount else base - (movement.amount - on_interest)
    if run:
        _grow(found, owed, (base, grown, paid_interest), (start, run.end), run, law)
    accrued = total(found)
    if base > 0 and came < owed.amount:
        return _Part(base, accrued - paid_interest, *fixed, tuple(found), paid_interest, tuple(received))
    left = [max(came - owed.amount, ZERO)]
    for part in (accrued, *fixed):
        left.append(max(left[-1] - part, ZERO))
    paid_interest, *on_fixed = (before - after for before, after in pairwise(left))
    indemnity, penalty, complement = (part - served for part, served in zip(fixed, on_fixed, strict=True))
    settled = _settling(movements, (owed.amount, paid_interest, *on_fixed))
    return _Part(ZERO, accrued - paid_interest, indemnity, penalty, complement, tuple(found), paid_interest, settled)


def _settling(movements: Sequence[Movement], parts: Sequence[Decimal]) -> tuple[Served, ...]:
    """Say what the movements of a settled invoice served, in the order they came: its principal, interest, 40 €, penalty and complement, each up to its part."""
    left, served = list(parts), []
    for movement in movements:
        rest, shares = movement.amount, []
        for place, open_ in enumerate(left):
            share = min(rest, open_) if rest > 0 else rest if place == 0 else ZERO
            left[place] -= share
            rest -= share
            shares.append(share)
        served.append(Served(movement.on, movement.amount, movement.credit, *shares))
    return tuple(served)


def _grow(found: list[Segment], owed: Owed, bases: tuple[Decimal, Decimal, Decimal], days: tuple[date, date], run: _Run, law: Law) -> Decimal:
    """Add the interest of some days to `found`; `bases` are the principal, the interest that bears interest and the interest paid. Return what bears it after them."""
    principal, grown, paid = bases
    for first, last, year in years(owed.capitalised_from, *days):
        found += _accrue(owed, principal + grown if principal > 0 else ZERO, first, last, run, law)
        if year is not None:
            grown = bearing(found, year, grown, paid)
    return grown


def _accrue(owed: Owed, base: Decimal, start: date, end: date, run: _Run, law: Law) -> tuple[Segment, ...]:
    """Return the interest of some days on an unchanging base, but for the days on which the parties agreed that none runs."""
    agreed = run.rate
    found: list[Segment] = []
    for first, last in _running(owed.pauses, start, end):
        if agreed is not None:
            found += stretch(base, first, last, lambda _: agreed, cut=False, invoice=owed.id)
        else:
            for start_, end_, points in _raised(owed, first, last, run, law):
                found += stretch(base, start_, end_, partial(_at, law, run.name, points), invoice=owed.id)
    return tuple(found)


def _at(law: Law, name: str, points: Decimal, day: date) -> Decimal:
    rate = law.value_on(name, day)
    return rate + points if points else rate


def _raised(owed: Owed, start: date, end: date, run: _Run, law: Law) -> Iterable[tuple[date, date, Decimal]]:
    """Cut some days where the legal rate is raised after a judgment, with the points added to each part."""
    raised = add_months(owed.enforceable_on, 2) + _DAY if owed.enforceable_on is not None and run.name.startswith("legal-interest") else None
    if raised is None or end < raised:
        return ((start, end, ZERO),)
    points = law.value_on("judgment-surcharge", raised)
    return ((start, end, points),) if raised <= start else ((start, raised - _DAY, ZERO), (raised, end, points))


def _running(pauses: Iterable[tuple[date, date]], start: date, end: date) -> Iterable[tuple[date, date]]:
    """Give what is left of the days from `start` to `end`, both counted, outside some pauses."""
    for first, last in sorted(pauses):
        if first > end:
            break
        if start < first:
            yield start, first - _DAY
        start = max(start, last + _DAY)
    if start <= end:
        yield start, end
