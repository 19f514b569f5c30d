"""What messages that left have asked: the charges asked of each invoice, and the sum that pays a message exactly.

Money that comes in settles what was asked and is owed, interest and indemnity too, before it is a credit or serves what is not due
(C. civ. 1342-10, 1343-1; C. com. D441-5). Worked out from the actions and the law; books nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from relance.interpreter.action_state import DUTY, ActionState, acts
from relance.interpreter.compiled import compile_playbook
from relance.interpreter.designation import Given, Place
from relance.interpreter.notices import named_by, noticed, notices_of
from relance.interpreter.scope import covers, judged, stopped_on
from relance.law.claims import Movement, Owed, allocation_of, claimed, owed_of
from relance.law.recovery_costs import bearers
from relance.law.regimes import foreign
from relance.model import CLAIMED_PARTS, Channel, Charge, Claimed, Facts, Invoice, Playbook, Unit

ZERO = Decimal(0)
_END = 2**62  # after all that a day was told
_INTERESTS = frozenset({Charge.LATE_INTEREST, Charge.LEGAL_INTEREST})
_LEAVING = frozenset({"action.emitted", "action.approved", "action.executed"})
#: What came in on each invoice: (day, amount, is a credit note), in order.
Paid = Mapping[str, Sequence[tuple[date, Decimal, bool]]]


@dataclass(frozen=True, slots=True)
class Demand:
    """A message that left on a day: the invoices it asked, and the charges beside their principal.

    `place` is that of the word that it left: money told before it that day answers no message that was still in the house. `total` and `sums` (by invoice) are what it asked, where the journal has them of that very day; older journals have the total alone.
    """

    on: date
    invoices: tuple[str, ...]
    charges: frozenset[Charge]
    total: Decimal | None = None
    sums: Mapping[str, Decimal] = field(default_factory=dict)
    place: Place = (date.min, 0)


class Demands:
    """What was asked of a debtor up to a day. `playbook` says what its steps ask where the journal does not.

    `amounts` holds what is owed of each invoice before any money came: less than it is of, where it was cancelled or written off in part.
    """

    def __init__(self, facts: Facts, on: date, amounts: Mapping[str, Decimal], playbook: Playbook | None = None) -> None:
        """Read the actions; nothing is worked out yet."""
        self.facts = facts
        self._on = on
        self._amounts = amounts
        self._invoices = {invoice.id: invoice for invoice in facts.invoices if invoice.id in amounts}
        left = [act for act in acts(facts.events, on) if act.executed is not None and not act.step.startswith(DUTY)]
        self._notices = notices_of(left, facts, playbook)
        self.made = tuple(_demands(left, facts, playbook))
        self._charged = [demand for demand in self.made if demand.charges]

    def charges(self, invoice: str, before: Place) -> frozenset[Charge]:
        """Return the charges asked of an invoice by messages that left by a place among the events."""
        return frozenset[Charge]().union(*(demand.charges for demand in self._charged if demand.place <= before and invoice in demand.invoices))

    def owed(self, names: Iterable[str], charges: frozenset[Charge], on: date, paid: Paid) -> Claimed:
        """Work out what is owed of some invoices on a day with these charges, after what came in on them."""
        facts, bearing = self.facts, bearers(self.facts.invoices, paid)
        named = [self._invoices[name] for name in names if name in self._invoices]
        return claimed(
            charges,
            [self._owed(each, paid, indemnity=each.id in bearing) for each in named],
            on,
            currency=named[0].currency if named else "EUR",
            debtor_kind=facts.debtor.kind,
            creditor_kind=facts.creditor.kind,
            abroad=foreign(facts.creditor, facts.debtor),
            insolvency_on=stopped_on(facts.events, named, on),
            allocation=allocation_of(facts.creditor),
        )

    def _owed(self, invoice: Invoice, paid: Paid, *, indemnity: bool) -> Owed:
        owed = owed_of(invoice, (Movement(*row) for row in paid[invoice.id]), indemnity=indemnity)
        owed = replace(owed, amount=self._amounts[invoice.id])
        return judged(noticed(owed, self._notices.get(invoice.id), self.facts.creditor), self.facts, invoice, self._on)

    def beside(self, invoice: Invoice, at: Place, paid: Paid) -> Decimal:
        """Return what was asked of an invoice beside what its books leave open, and is owed when money comes."""
        on = at[0]
        charges = self.charges(invoice.id, at) if invoice.due < on else frozenset[Charge]()
        if not charges:
            return ZERO
        came = sum((amount for _, amount, _ in paid[invoice.id]), ZERO)
        return self.owed([invoice.id], charges, on, paid).total - max(self._amounts[invoice.id] - came, ZERO)

    def paid_by(self, amount: Decimal, at: Place, paid: Paid, given: Given) -> dict[str, Decimal]:
        """Share an amount that is exactly what is left of the sum of a message that had left among its invoices; of several, of the one about the oldest.

        Nothing where there is no such message.
        """
        lefts = (self._left(demand, paid, given) for demand in self.made if demand.place <= at)
        found = [left for left in lefts if left and sum(left.values(), ZERO) == amount]
        return min(found, key=lambda left: min((self._invoices[name].due, name) for name in left), default={})

    def _left(self, demand: Demand, paid: Paid, given: Given) -> dict[str, Decimal]:
        """Return what is left of the sum of a message, by invoice, after what came in on them or was lost since; nothing where more than one of them was asked came."""
        if not demand.invoices or not self._invoices.keys() >= set(demand.invoices):
            return {}
        since = [parts for at, parts in given.items() if at > demand.place]
        sums = {name: asked - sum((parts.get(name, ZERO) for parts in since), ZERO) for name, asked in demand.sums.items()}
        if sums.keys() != set(demand.invoices):
            before = {name: [row for row in paid[name] if row[0] <= demand.on] for name in self._invoices}
            parts = self.owed(demand.invoices, demand.charges, demand.on, before).invoices
            sums = {part.invoice: part.principal + part.interest + part.fixed_indemnity + part.contractual_penalty + part.complementary_indemnity for part in parts}
            if demand.total is not None:
                sums[demand.invoices[0]] += demand.total - sum(sums.values(), ZERO)
            for name in sums:
                sums[name] -= sum((amount for day, amount, _ in paid[name] if day > demand.on), ZERO)
        for name in sums:
            if not self._amounts[name]:  # of what was cancelled or is all written off nothing is owed, whatever was asked
                sums[name] = ZERO
        return sums if min(sums.values()) >= 0 else {}

    def credit(self, invoice: str, on: date, paid: Paid) -> Decimal:
        """Return what came in on an invoice beyond all that was asked of it and is owed."""
        over = sum((amount for _, amount, _ in paid[invoice]), ZERO) - self._amounts[invoice]
        charges = self.charges(invoice, (on, _END)) if over > 0 else frozenset[Charge]()
        if not charges:
            return max(over, ZERO)
        received = self.owed([invoice], charges, on, paid).invoices[0].received
        return over - sum((each.interest + each.fixed_indemnity + each.contractual_penalty + each.complementary_indemnity for each in received), ZERO)


def _demands(left: Sequence[ActionState], facts: Facts, playbook: Playbook | None) -> Iterator[Demand]:
    """Bring the actions of each message together."""
    messages: dict[str, list[ActionState]] = {}
    for act in left:
        messages.setdefault(act.message or act.id, []).append(act)
    told = _places(facts)
    for together in messages.values():
        place = max((act.executed, told.get((act.id, act.executed), 0)) for act in together if act.executed is not None)
        on = place[0]
        invoices = dict.fromkeys(name for act in together for name in sorted(named_by(act, facts)))
        charges = frozenset[Charge]().union(*(_charges(act, facts, playbook) for act in together))
        if all(act.claimed and act.on == on for act in together):
            total = sum((Decimal(str(act.claimed.get("total", 0))) for act in together), ZERO)
            yield Demand(on, tuple(invoices), charges, total, _sums(together), place)
        else:
            yield Demand(on, tuple(invoices), charges, place=place)


def _places(facts: Facts) -> Mapping[tuple[str, date], int]:
    """Return where among the events of a day the word stands that an action left."""
    return {(event.data["id"], event.on): event.seq for event in facts.events if event.kind in _LEAVING and "id" in event.data}


def _sums(together: Sequence[ActionState]) -> dict[str, Decimal]:
    """Add up what the actions of one message asked of each invoice, as the journal has it."""
    found: dict[str, Decimal] = {}
    for part in (part for act in together for part in act.claimed.get("invoices", ())):
        name = str(part["invoice"])
        found[name] = found.get(name, ZERO) + sum_of_part(part)
    return found


def sum_of_part(part: Mapping[str, Any]) -> Decimal:
    """Return what a message asked of one invoice, as the journal has it: its parts, or what was missing of a plan where that alone was asked."""
    if "arrears" in part:
        return Decimal(str(part["arrears"]))
    return sum((Decimal(str(part.get(each, 0))) for each in CLAIMED_PARTS), ZERO)


def _charges(act: ActionState, facts: Facts, playbook: Playbook | None) -> frozenset[Charge]:
    """Return the charges an action asked: as the journal has it, those too that what had come in already served; else as its step says."""
    if act.claimed:
        served = [one for part in act.claimed.get("invoices", ()) for one in part.get("received", ())]
        found = {charge for charge in Charge if any(Decimal(str(sums.get(charge, 0))) > 0 for sums in (act.claimed, *served))}
        if any("interest" in one for one in served) and not found & _INTERESTS:
            found.add(Charge.LEGAL_INTEREST if facts.debtor.kind == "consumer" else Charge.LATE_INTEREST)
        return frozenset(found)
    if playbook is None or act.playbook not in ("", playbook.id):
        return frozenset()
    return frozenset(charge for step in playbook.steps if act.step in (step.id, *step.formerly) for charge in step.claim)


def handed_over(made: Iterable[ActionState], facts: Facts, playbook: Playbook, on: date) -> frozenset[str]:
    """Return the invoices that a hand-over of this playbook was about, of an account the ones it named and no others, and that nobody has reopened since by the end of a day."""
    steps, found = compile_playbook(playbook).by_id, frozenset[str]()
    gone = [act for act in made if act.channel is Channel.HANDOVER and act.executed is not None and act.step in steps and act.playbook in ("", playbook.id)]
    back = [event for event in facts.events if event.kind == "case.reopened" and event.on <= on] if gone else []
    told = _places(facts) if back else {}
    for act in gone:
        named = named_by(act, facts)
        over = named if playbook.unit is Unit.ACCOUNT or not act.case else named & {act.case}
        day = act.executed or act.on
        later = [event for event in back if (event.on, event.seq) > (day, told.get((act.id, day), 0))]
        found |= over - {invoice.id for invoice in facts.invoices for event in later if covers(event, invoice)}
    return found
