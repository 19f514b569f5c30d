"""What an author writes: the dates, conditions and steps of a playbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from relance.model.offer import OfferTerms
from relance.model.words import (
    Asks,
    Channel,
    Charge,
    Combine,
    Duration,
    EntryPoint,
    GrantsFrom,
    OnResume,
    Pace,
    StepKind,
    Tone,
    Unit,
    WhenClosed,
)

# --------------------------------------------------------------------------- time


@dataclass(frozen=True, slots=True)
class When:
    """An `at`: an anchor, a signed distance, and perhaps the end of that month. `text` is what the author wrote."""

    anchor: str
    offset: Duration | None = None
    end_of_month: bool = False
    text: str = ""


#: Anchors from which a ladder counts from its beginning: days of the invoice (of an account, of its carrier), and that of the creditor's mandate.
INVOICE_ANCHORS = ("due", "issued", "placed", "mandate")
#: Those of them that a case need not have: the day the claim was entrusted to who collects it, and the day of the mandate.
GIVEN_ANCHORS = ("placed", "mandate")
#: Anchors that are the latest event of that name. The broken ones, and the end of a hold, follow from other events.
WORLD_ANCHORS = (
    "promise.broken",
    "plan.broken",
    "dispute.closed",
    "hold.lifted",
    "payment.received",
    "payment.reversed",
    "letter.presented",
    "letter.refused",
    "letter.unclaimed",
    "letter.returned",
    "contact.inbound",
    "call.reached",
    "call.refused",
    "call.no_answer",
    "call.wrong_number",
    "order.filed",
    "order.made",
    "order.served",
    "order.opposed",
    "offer.refused",
)


# --------------------------------------------------------------------------- conditions


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison of one fact. `op` is `is`, `in`, `at_least`, `more_than`, `at_most`, `less_than`, `from`, `before` or `within`.

    `value` is a bool (`is`), a tuple of strings (`in`), a `Decimal` or `((currency, Decimal), …)` (money),
    an int (counts), a date (`from`, included; `before`, excluded) or a `Duration` (`within`).
    """

    __test__ = False  # not a pytest class

    fact: str
    op: str
    value: bool | int | Decimal | date | Duration | tuple[str, ...] | tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """True when every part is."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True when one part is; the first true one is the reason."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """True when its part is false, and so when a fact its part compares is missing."""

    part: Condition


Condition = Test | AllOf | AnyOf | Not

#: Facts that are true or false of a case.
STATE_FACTS = (
    "paid",
    "disputed",
    "promised",
    "promise_broken",
    "plan_running",
    "plan_broken",
    "insolvent",
    "on_hold",
    "unmatched_money",
    "written_off",
    "time_barred",
    "handed_over",
)
MONEY_FACTS = ("balance", "overdue_balance", "original_amount", "total_claimed")
COUNT_FACTS = ("days_overdue", "unpaid_invoices", "broken_promises", "usual_delay", "score")
WORD_FACTS = ("debtor", "profile", "country", "language", "creditor", "tag", "postcode")
DATE_FACTS = ("due_on", "issued_on")
#: What the fact of a creditor's own field begins with.
OWN = "field."
BOUNDS = ("at_least", "more_than", "at_most", "less_than")
DATE_BOUNDS = ("from", "before")

STOP_WHEN_DEFAULT = ("paid", "written_off", "insolvent", "time_barred", "handed_over")
HOLD_WHILE_DEFAULT = ("on_hold", "unmatched_money", "disputed", "promised", "plan_running")


# --------------------------------------------------------------------------- the playbook


class OwnFieldKind(StrEnum):
    """What a creditor's own field holds."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Repeat:
    """`times` is how often the step is sent in all (None: without end); `every` separates two of them."""

    every: Duration
    times: int | None


class Pause(NamedTuple):
    """Days of every year, (month, day), both included, in which nothing leaves; they may run over the new year."""

    start: tuple[int, int]
    end: tuple[int, int]

    def holds(self, day: date) -> bool:
        """Say whether a day lies within it."""
        now = day.month, day.day
        return self.start <= now <= self.end if self.start <= self.end else now >= self.start or now <= self.end


@dataclass(frozen=True, slots=True)
class Calendar:
    """`holidays` is an ISO country or country-subdivision code (FR, FR-57); `weekend` holds `date.weekday()` numbers.

    `place` is where the debtor is, by the same codes ("": nothing but `holidays` counts): a day that is a holiday in either is closed.
    In `pauses` nothing leaves; their days stay business days, so that time granted runs on.
    """

    holidays: str = "FR"
    weekend: tuple[int, ...] = (5, 6)
    when_closed: WhenClosed = WhenClosed.NEXT
    place: str = ""
    pauses: tuple[Pause, ...] = ()


class ContactDay(NamedTuple):
    """A day on which a debtor was written to or called, and how; None: nobody knows, and it counts for every channel."""

    on: date
    channel: Channel | None = None


class ContactCap(NamedTuple):
    """No more than so many contacts in any so many consecutive days; by these channels, where it names some."""

    contacts: int
    within: Duration
    channels: frozenset[Channel] = frozenset()


@dataclass(frozen=True, slots=True)
class ContactRules:
    """How often one debtor may be contacted. `hours` gives a channel `HH:MM-HH:MM`, local time, once for each window of its day.

    `replies_hold`: a reply holds what it is about until a person has read it.
    """

    min_gap: Duration | None = None
    at_most: tuple[ContactCap, ...] = ()
    hours: tuple[tuple[Channel, str], ...] = ()
    replies_hold: bool = False


class Tier(NamedTuple):
    """A share, in percent, of the money received of an invoice up to a sum; None: of all above the tiers before."""

    percent: Decimal
    up_to: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """What a collector bills a creditor, without tax: so much a case, a share of what comes in, or both; never charged to the debtor. `creditors` pay otherwise."""

    amount: Decimal | None
    currency: str
    vat: Decimal
    success: tuple[Tier, ...] = ()
    creditors: Mapping[str, Price] = field(default_factory=dict)

    def of(self, creditor: str) -> Price:
        """Return the price for a creditor."""
        return self.creditors.get(creditor, self)


class Approvers(NamedTuple):
    """How many people approve a message that asks more than `above`, in its own currency (None: whatever it asks); any other takes one."""

    by: int = 1
    above: Decimal | None = None

    def needed(self, asked: Decimal) -> int:
        """Return how many people approve a message that asks a sum."""
        return self.by if self.above is None or asked > self.above else 1

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Approvers:
        """Read it from what the emission of an action holds."""
        said = data.get("approvers") or {}
        above = said.get("above")
        return cls(int(said.get("by", 1)), None if above is None else Decimal(above))


@dataclass(frozen=True, slots=True)
class Waiver:
    """A finding of the checks that the author accepts, with the reason."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Step:
    """One rung of the ladder. `template` is the id where the author named none.

    A step that counts from an event answers each such event; with `once`, the first that comes and no other.
    """

    id: str
    at: When
    channels: tuple[Channel, ...]
    title: str = ""
    kind: StepKind = StepKind.REMINDER
    after: tuple[str, ...] = ()
    condition: Condition | None = None
    fallback: tuple[tuple[Channel, Channel], ...] = ()
    tone: Tone | None = None
    template: str = ""
    grants: Duration | None = None
    grants_from: GrantsFrom = GrantsFrom.POSTING
    claim: tuple[Charge, ...] = ()
    asks: Asks = Asks.WHOLE
    offer: OfferTerms | None = None
    repeat: Repeat | None = None
    once: bool = False
    expires: Duration | None = None
    when_closed: WhenClosed | None = None
    or_at: When | None = None  # the step comes on this date where it is known and earlier
    not_before: When | None = None  # and on this one where it is known and later
    weekdays: tuple[int, ...] = ()  # `date.weekday()` numbers on which alone it may leave; none: on any
    pauses: tuple[Pause, ...] = ()  # beside the calendar's
    approval: bool = False
    approvers: Approvers = Approvers()
    to: str | None = None
    to_role: str = ""  # of the debtor's house: whom an e-mail or a letter is addressed to
    cc: tuple[str, ...] = ()  # roles that get a copy of an e-mail
    newcomers: bool = False  # of an account: also asks invoices that joined it and that no message has named
    formerly: tuple[str, ...] = ()
    cost: tuple[tuple[Channel, Decimal], ...] = ()

    @property
    def dates(self) -> tuple[When, ...]:
        """Every date it counts by: `at`, `or_at`, `not_before`."""
        return tuple(each for each in (self.at, self.or_at, self.not_before) if each is not None)


@dataclass(frozen=True, eq=False)
class Playbook:
    """A built playbook. Compared and hashed by identity, so that what is compiled from it can be kept beside it.

    `said` is the file it was built from, as plain values; None where it was made in code.
    """

    id: str
    version: int
    title: str
    steps: tuple[Step, ...]
    description: str = ""
    debtor: str = "any"
    collector: str = "creditor"
    profiles: tuple[str, ...] = ()
    language: str = "fr"
    unit: Unit = Unit.INVOICE
    keeps_place: bool = False  # of an account: when its oldest invoice is paid, and one that was asked with it is still open
    combine: Combine = Combine.NONE
    calendar: Calendar = Calendar()
    contact: ContactRules = ContactRules()
    entry: EntryPoint = EntryPoint.FIRST
    pace: Pace = Pace.KEEP
    on_resume: OnResume = OnResume.CONTINUE
    withdraw_after: Duration | None = None
    grace: Duration = Duration(2)
    min_balance: Decimal | None = None
    price: Price | None = None
    stop_when: tuple[Condition, ...] = tuple(Test(word, "is", value=True) for word in STOP_WHEN_DEFAULT)
    hold_while: tuple[Condition, ...] = tuple(Test(word, "is", value=True) for word in HOLD_WHILE_DEFAULT)
    waive: tuple[Waiver, ...] = ()
    fields: tuple[tuple[str, OwnFieldKind], ...] = ()
    said: Mapping[str, Any] | None = None


def makes_offers(playbook: Playbook) -> bool:
    """Say whether a step of a playbook makes an offer."""
    return any(step.offer is not None for step in playbook.steps)
