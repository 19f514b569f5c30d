"""What leaves: the message or task of a step, and the sums it asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from relance.model.offer import Offer
from relance.model.playbook import Approvers
from relance.model.words import Channel, StepKind, Tone


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of days at one rate on one base: `interest` is rounded to the cent. Both days are counted."""

    start: date
    end: date
    days: int
    rate: Decimal
    base: Decimal
    interest: Decimal
    invoice: str = ""


@dataclass(frozen=True, slots=True)
class Served:
    """Money that came in on an invoice (negative: went back), and what of it served what. The parts add up to `amount`, but for what is a credit."""

    on: date
    amount: Decimal
    credit_note: bool = False
    principal: Decimal = Decimal(0)
    interest: Decimal = Decimal(0)
    fixed_indemnity: Decimal = Decimal(0)
    contractual_penalty: Decimal = Decimal(0)
    complementary_indemnity: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class InvoiceClaimed:
    """What is asked of one invoice, part by part, and what came in on it. The parts of all invoices add up to those of `Claimed`.

    `arrears`: of it, what is missing of a plan, where that alone is asked.
    """

    invoice: str
    principal: Decimal
    interest: Decimal = Decimal(0)
    fixed_indemnity: Decimal = Decimal(0)
    contractual_penalty: Decimal = Decimal(0)
    complementary_indemnity: Decimal = Decimal(0)
    received: tuple[Served, ...] = ()
    arrears: Decimal | None = None


#: The sums of `InvoiceClaimed`: together, what is asked of the invoice.
CLAIMED_PARTS = ("principal", "interest", "fixed_indemnity", "contractual_penalty", "complementary_indemnity")
#: Sums of `Claimed` that are written down only where they are asked.
SELDOM = ("complementary_indemnity",)


@dataclass(frozen=True, slots=True)
class Claimed:
    """What is asked on a day, part by part, in `currency`. `notes` say why a part is not asked; `invoices` say the same invoice by invoice.

    `total` is what is asked: the sum of the parts, or the `arrears` of a plan where those alone are; the parts are then what is open.
    """

    currency: str
    principal: Decimal
    late_interest: Decimal = Decimal(0)
    legal_interest: Decimal = Decimal(0)
    fixed_indemnity: Decimal = Decimal(0)
    contractual_penalty: Decimal = Decimal(0)
    complementary_indemnity: Decimal = Decimal(0)
    total: Decimal = Decimal(0)
    arrears: Decimal | None = None
    segments: tuple[Segment, ...] = ()
    notes: tuple[str, ...] = ()
    invoices: tuple[InvoiceClaimed, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """One message or task that a step emits for one case on one channel. `message` is the id of the message that carries it."""

    id: str
    on: date
    creditor: str
    debtor: str
    case: str
    carrier: str
    invoices: tuple[str, ...]
    playbook: str
    playbook_version: int
    step: str
    occurrence: int
    kind: StepKind
    channel: Channel
    tone: Tone | None
    template: str
    language: str
    draft: bool
    deadline: date | None
    claimed: Claimed
    reason: str
    message: str = ""
    missing: str | None = None
    to: str | None = None
    approvers: Approvers = Approvers()
    offer: Offer | None = None
    to_role: str = ""
    cc: tuple[str, ...] = ()
    registered: bool = False  # its step goes out as a registered letter too, made with it; a journal tells that by the letter's own events
    capacity: str = ""  # of whom it is addressed to, where that is not the debtor alone (`law.recipients`)
