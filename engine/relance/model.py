"""The nouns of relance: frozen, typed, without behaviour.

Every other module speaks in these words and none of them is defined twice. Nothing here reads a file, a clock
or the environment; nothing here decides. Money is `Decimal` in the currency's own units, dates are `datetime.date`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

# --------------------------------------------------------------------------- closed vocabularies


class Channel(StrEnum):
    """How a message or task leaves."""

    EMAIL = "email"
    LETTER = "letter"
    REGISTERED_LETTER = "registered_letter"
    ELECTRONIC_REGISTERED_LETTER = "electronic_registered_letter"
    SMS = "sms"
    CALL = "call"
    TASK = "task"
    HANDOVER = "handover"
    WEBHOOK = "webhook"


#: Channels that write to or call the debtor: the contact rules look at these and at no others.
CONTACT_CHANNELS = frozenset(
    {Channel.EMAIL, Channel.LETTER, Channel.REGISTERED_LETTER, Channel.ELECTRONIC_REGISTERED_LETTER, Channel.SMS, Channel.CALL}
)
#: Channels on which a text is sent, so that a tone and a wording are needed.
TEXT_CHANNELS = CONTACT_CHANNELS
#: Channels a person must carry out and record before the action counts as executed.
MANUAL_CHANNELS = frozenset({Channel.CALL, Channel.TASK})
#: What arrives as a letter, on paper or as an electronic registered one.
REGISTERED = frozenset({Channel.REGISTERED_LETTER, Channel.ELECTRONIC_REGISTERED_LETTER})
LETTERS = frozenset({Channel.LETTER, Channel.REGISTERED_LETTER, Channel.ELECTRONIC_REGISTERED_LETTER})
#: Channels by which a message leaves the house; a call or task is a person's, a hand-over is a change of hands.
POSTED_CHANNELS = frozenset(Channel) - MANUAL_CHANNELS - {Channel.HANDOVER}


class Sender(StrEnum):
    """Who sends what a run emits: relance itself, which writes down when it left, or another system of the house."""

    RELANCE = "relance"
    OTHER = "other"


class Tone(StrEnum):
    """How a text speaks, softest first."""

    COURTEOUS = "courteous"
    NEUTRAL = "neutral"
    FIRM = "firm"
    FORMAL = "formal"


TONES: tuple[Tone, ...] = tuple(Tone)


class StepKind(StrEnum):
    """What a step is in law."""

    REMINDER = "reminder"
    FORMAL_NOTICE = "formal_notice"
    HANDOVER = "handover"
    LEGAL = "legal"
    TASK = "task"


class Unit(StrEnum):
    """What climbs the ladder."""

    INVOICE = "invoice"
    ACCOUNT = "account"


class Combine(StrEnum):
    """Which actions of one debtor on one day become one message."""

    NONE = "none"
    STEP = "step"
    DEBTOR = "debtor"


class WhenClosed(StrEnum):
    """Where a date that falls on a closed day moves."""

    NEXT = "next"
    PREVIOUS = "previous"
    KEEP = "keep"


class GrantsFrom(StrEnum):
    """From when the time that a letter grants counts: the day it leaves, or that on which the post first presents it."""

    POSTING = "posting"
    PRESENTATION = "presentation"


class Asks(StrEnum):
    """What a step asks: all that is open and due, or what is missing of the plans in force on it, where there are such."""

    WHOLE = "whole"
    ARREARS = "arrears"


class EntryPoint(StrEnum):
    """Where a case that arrives late starts."""

    FIRST = "first"
    CURRENT = "current"


class Pace(StrEnum):
    """How a late ladder goes on."""

    KEEP = "keep"
    CATCH_UP = "catch_up"
    JUMP = "jump"
    DROP = "drop"


class OnResume(StrEnum):
    """What the end of a hold does to the dates."""

    CONTINUE = "continue"
    RESTART = "restart"


class Charge(StrEnum):
    """What is asked beside the principal."""

    LATE_INTEREST = "late_interest"
    LEGAL_INTEREST = "legal_interest"
    FIXED_INDEMNITY = "fixed_indemnity"
    CONTRACTUAL_PENALTY = "contractual_penalty"


class TimeUnit(StrEnum):
    """What a duration counts."""

    DAY = "day"
    BUSINESS_DAY = "business day"
    WEEK = "week"
    MONTH = "month"


class Severity(StrEnum):
    """How bad a finding is; an error makes a playbook unusable."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


# --------------------------------------------------------------------------- diagnostics


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """One mistake in what a person wrote. Lines and columns count from 1; `end_column` is one past the last character."""

    path: str
    line: int
    column: int
    code: str
    severity: Severity
    message: str
    end_line: int = 0
    end_column: int = 0
    hint: str | None = None


# --------------------------------------------------------------------------- time


class Duration(NamedTuple):
    """So many days, business days, weeks or months; `number` is negative for "before"."""

    number: int
    unit: TimeUnit = TimeUnit.DAY


@dataclass(frozen=True, slots=True)
class When:
    """An `at`: an anchor, a signed distance, and perhaps the end of that month. `text` is what the author wrote."""

    anchor: str
    offset: Duration | None = None
    end_of_month: bool = False
    text: str = ""


#: Anchors that belong to the invoice (or to the carrier of an account).
INVOICE_ANCHORS = ("due", "issued")
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
BOUNDS = ("at_least", "more_than", "at_most", "less_than")
DATE_BOUNDS = ("from", "before")

STOP_WHEN_DEFAULT = ("paid", "written_off", "insolvent", "time_barred", "handed_over")
HOLD_WHILE_DEFAULT = ("on_hold", "unmatched_money", "disputed", "promised", "plan_running")


# --------------------------------------------------------------------------- the playbook


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


@dataclass(frozen=True, slots=True)
class ContactRules:
    """How often one debtor may be contacted. `hours` gives a channel `HH:MM-HH:MM`, local time, once for each window of its day."""

    min_gap: Duration | None = None
    max_contacts: int | None = None
    within: Duration | None = None
    hours: tuple[tuple[Channel, str], ...] = ()


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
    repeat: Repeat | None = None
    once: bool = False
    expires: Duration | None = None
    when_closed: WhenClosed | None = None
    or_at: When | None = None  # the step comes on this date where it is known and earlier
    not_before: When | None = None  # and on this one where it is known and later
    weekdays: tuple[int, ...] = ()  # `date.weekday()` numbers on which alone it may leave; none: on any
    pauses: tuple[Pause, ...] = ()  # beside the calendar's
    approval: bool = False
    to: str | None = None
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
    said: Mapping[str, Any] | None = None


# --------------------------------------------------------------------------- what happened


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address: the lines as written, and the country's ISO code."""

    lines: tuple[str, ...]
    country: str = "FR"


@dataclass(frozen=True, slots=True)
class Creditor:
    """Who is owed. `terms` holds what a letter needs beside the name (legal form, capital, RCS, means of payment)."""

    id: str
    name: str = ""
    kind: str = "business"
    siren: str | None = None
    address: Address | None = None
    email: str | None = None
    phone: str | None = None
    iban: str | None = None
    bic: str | None = None
    mandate: date | None = None
    terms: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Debtor:
    """Who owes. None means "not known", and a condition on it is then false."""

    id: str
    name: str = ""
    kind: str | None = None
    profile: str | None = None
    country: str | None = None
    language: str | None = None
    siren: str | None = None
    address: Address | None = None
    email: str | None = None
    phone: str | None = None
    score: int | None = None
    tags: tuple[str, ...] = ()
    zone: str = "Europe/Paris"


@dataclass(frozen=True, slots=True)
class Invoice:
    """One claim: an invoice, or one instalment of it (`F-1/2`, whose `document` is `F-1`). A credit note is an event, not an invoice."""

    id: str
    due: date
    amount: Decimal
    currency: str = "EUR"
    issued: date | None = None
    document: str = ""
    tags: tuple[str, ...] = ()
    rate: Decimal | None = None  # contractual late-interest rate, percent a year
    nature: str = "general"  # limitation: general | transport
    delivered: date | None = None  # the day the goods were handed over; limitation runs from it
    performed: date | None = None  # the day the work was done or the service rendered; limitation runs from it
    terms: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the journal. Without `invoice` it counts for the debtor (or, with `currency`, for that account).

    `data` holds the fields of its kind (docs/language.md 5), already `Decimal`, `date`, `int` or `str`.
    `seq` orders the events of one day.
    """

    on: date
    kind: str
    invoice: str | None = None
    currency: str | None = None
    seq: int = 0
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of one debtor with one creditor: what a case file holds. Events are in order of (on, seq).

    `contacts_elsewhere` are days on which the same collector contacted this debtor for another creditor.
    """

    creditor: Creditor
    debtor: Debtor
    invoices: tuple[Invoice, ...]
    events: tuple[Event, ...] = ()
    contacts_elsewhere: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """What climbs the ladder: one invoice, or every invoice of one account. `facts` is where it comes from."""

    id: str
    facts: Facts
    invoices: tuple[Invoice, ...]
    currency: str


# --------------------------------------------------------------------------- what the interpreter sees and answers


class Done(NamedTuple):
    """A step that was executed, or skipped by hand: the last day, how many times executed, whether by hand.

    `first` is the day of the first execution where it was repeated, else None.
    """

    on: date
    times: int = 1
    skipped: bool = False
    first: date | None = None


@dataclass(frozen=True, slots=True)
class View:
    """What a playbook can see of a case on a day; two cases with the same view get the same decision.

    The tuples are aligned with the playbook's `Footprint`: `anchors` with its world anchors, `truths` with its tests
    (None: a fact is missing), `reachable` with its contact channels, `done`, `open` and `failed` with its steps.
    """

    due: date
    issued: date | None = None
    anchors: tuple[date | None, ...] = ()
    truths: tuple[bool | None, ...] = ()
    reachable: tuple[bool, ...] = ()
    done: tuple[Done | None, ...] = ()
    open: tuple[date | None, ...] = ()
    failed: tuple[frozenset[Channel], ...] = ()
    draft: int | None = None
    draft_on: date | None = None
    last_move: date | None = None
    last_contact: date | None = None
    full_since: date | None = None  # the contact whose `within` must run out before one more fits
    hold_ended: date | None = None
    held_until: date | None = None
    barrier: str | None = None  # what stops the case whatever the playbook says: closed, no_mandate, a state of `law.persons`
    pending: int | None = None  # the step of a message that is to leave and has not
    pending_on: date | None = None
    place: str | None = None  # where the debtor is, if that place has holidays of its own (FR-57)


class Status(StrEnum):
    """What a decision says of the case."""

    STOPPED = "stopped"
    HELD = "held"
    WAITING = "waiting"
    AWAITING_APPROVAL = "awaiting_approval"
    AWAITING_SENDING = "awaiting_sending"
    DUE = "due"
    FINISHED = "finished"


class StepStatus(StrEnum):
    """What a decision says of one step."""

    DONE = "done"
    DUE = "due"
    WAITING = "waiting"
    OPEN = "open"
    PASSED_OVER = "passed_over"
    EXPIRED = "expired"
    SKIPPED = "skipped_by_hand"
    BLOCKED = "blocked"


class Reason(NamedTuple):
    """Why: a name from a closed list and what fills its sentence. `interpreter.reasons.say` writes it out."""

    name: str
    args: tuple[Any, ...] = ()


class Verdict(NamedTuple):
    """What is said of one step, on which day it comes or came, and why."""

    step: str
    status: StepStatus
    on: date | None
    reason: Reason


class Next(NamedTuple):
    """The step and day that come first."""

    step: str
    on: date


class Way(NamedTuple):
    """A channel a due step leaves by; `missing` says what was missing where a `task` stands in for another channel."""

    channel: Channel
    missing: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What `decide` answers. `step`, `occurrence`, `ways` and `deadline` are set when `status` is due."""

    status: Status
    reason: Reason
    steps: tuple[Verdict, ...]
    next: Next | None = None
    step: Step | None = None
    occurrence: int = 0
    ways: tuple[Way, ...] = ()
    deadline: date | None = None


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
    received: tuple[Served, ...] = ()
    arrears: Decimal | None = None


#: The sums of `InvoiceClaimed`: together, what is asked of the invoice.
CLAIMED_PARTS = ("principal", "interest", "fixed_indemnity", "contractual_penalty")


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
