"""The closed vocabularies of a playbook, and the durations it counts."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


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


class DebtorRole(StrEnum):
    """What somebody is of the debtor's house; the salesman is the creditor's."""

    ACCOUNTING = "accounting"
    DIRECTOR = "director"
    LEGAL = "legal"
    SALESMAN = "salesman"


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
    COMPLEMENTARY_INDEMNITY = "complementary_indemnity"


class TimeUnit(StrEnum):
    """What a duration counts."""

    DAY = "day"
    BUSINESS_DAY = "business day"
    WEEK = "week"
    MONTH = "month"


class Duration(NamedTuple):
    """So many days, business days, weeks or months; `number` is negative for "before"."""

    number: int
    unit: TimeUnit = TimeUnit.DAY
