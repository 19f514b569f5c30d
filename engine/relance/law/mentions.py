"""What a text to a debtor must say: the five mentions of an agency's letter, and what makes a formal notice.

Owns CPCE (enforcement) R124-4 and C. civ. 1344. Looks for each mention in a folded text, French or English; says what is
missing and never adds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from relance.law.folding import amount_places, dates, fold
from relance.law.texts import L111_8, L111_8_TITLE
from relance.model import LETTERS, Channel, Claimed, StepKind, Tone
from relance.sentences import plural, sentence

#: What prudence calls the least time to pay, in days.
LEAST_DAYS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is known of a text beside its words. None or empty means not known, and what needs it is not looked at.

    `collector` is `creditor` or `agency`, `debtor` `business` or `consumer` (None: what is special to either is not looked at).
    `first_letter`: this is the agency's letter of R124-4; `letter_reference` and `letter_date` are that letter's, for later
    contacts. `beside_letter`: a formal notice goes by letter too, so that this text need not say all of it. `claimed` is what is asked, `on` the day it leaves, `deadline` the last day it gives, `notice_on` the formal notice's.
    """

    channel: Channel = Channel.LETTER
    language: str = "fr"
    tone: Tone | None = None
    kind: StepKind = StepKind.REMINDER
    collector: str = "creditor"
    debtor: str | None = None
    first_letter: bool = False
    beside_letter: bool = False
    letter_reference: str | None = None
    letter_date: date | None = None
    on: date | None = None
    deadline: date | None = None
    notice_on: date | None = None
    claimed: Claimed | None = None
    invoices: tuple[str, ...] = ()
    creditor_name: str | None = None
    creditor_address: tuple[str, ...] = ()
    collector_name: str | None = None
    collector_address: tuple[str, ...] = ()


class Missing(NamedTuple):
    """A mention that is not there: the rule, the sentence, the way out, and which of the rule's mentions it is (a word of `MENTIONS`)."""

    code: str
    message: str
    mention: str
    hint: str | None = None


#: The mentions of a text to a debtor, by name: what a text of which nothing is known to be said yet would lack.
MENTIONS = (
    "time", "formal-notice", "deadline", "parts", "means", "contest", "activity", "collector-name", "collector-address", "creditor-name", "creditor-address", "ground",
    "amounts", "demand", "paragraphs", "no-letter", "letter-reference", "letter-date",
)  # fmt: skip


_NOTICE = re.compile(r"(?:mise|mis|mettre|mettons|mets) en demeure|met en demeure")
_NOTICE_EN = re.compile(r"formal notice|mise en demeure")
#: A notice that is announced or kept in reserve is none.
_TO_COME = re.compile(
    r"(?:faculte|droit|possibilite) de (?:vous )?mettre en demeure|mise en demeure (?:pourra|pourrait|sera|suivra)\w*|"
    r"(?:avant|sans) (?:une |toute )?(?:mise|mettre) en demeure|(?:right to|may|will|might) (?:\w+ ){0,4}formal notice|formal notice (?:may|might|will)"
)
_MEANS = re.compile(
    r"virements?|cheques?|carte (?:bancaire|bleue)|prelevements?|\biban\b|\brib\b|[a-z]{2}\d{2}(?: ?[a-z0-9]{4}){3,}|lien de paiement|"
    r"payer en ligne|paiement en ligne|mandat (?:cash|postal)|(?:bank |credit )?transfer|by card|payment link|pay online|direct debit|cheque"
)
_CONTEST = re.compile(
    r"contest\w*|desaccord|reclamation|litige|si vous (?:estimez|pensez|considerez)|observations|disput\w*|disagree\w*|object(?:ion|ions)?\b|query"
)
_ACTIVITY = re.compile(
    r"recouvrement (?:de creances )?(?:a l'|par voie )?amiable|recouvrement amiable|recouvrement de creances a l'amiable|"
    r"amicable (?:debt )?(?:recovery|collection)|out[- ]of[- ]court (?:debt )?(?:recovery|collection)"
)
_PAY = re.compile(r"\b(?:payer|paiement|regler|reglement|regularis\w+|acquitter|verser|pay|payment|settle)\b")


def missing_mentions(folded: str, context: Circumstances) -> Iterator[Missing]:
    """Return each mention a text should have and has not. `folded` is a text as `folding.fold` leaves it."""
    yield from _deadline(context)
    if context.kind is StepKind.FORMAL_NOTICE and context.channel is not Channel.CALL:
        yield from _formal_notice(folded, context)
    if context.collector == "agency":
        yield from _agency_letter(folded, context) if context.first_letter else _recall(folded, context)


def parts(context: Circumstances) -> tuple[tuple[str, Decimal], ...]:
    """Return the parts of what is asked that a text must tell apart, and the total where there is more than one."""
    claimed = context.claimed
    if claimed is None:
        return ()
    named = (
        ("principal", claimed.principal),
        (sentence("the late interest"), claimed.late_interest),
        (sentence("the legal interest"), claimed.legal_interest),
        (sentence("the fixed indemnity"), claimed.fixed_indemnity),
        (sentence("the contractual penalty"), claimed.contractual_penalty),
        (sentence("the complementary indemnity"), claimed.complementary_indemnity),
    )
    found = tuple((name, amount) for name, amount in named if amount)
    return (*found, ("total", claimed.total)) if len(found) > 1 else found


def _deadline(context: Circumstances) -> Iterator[Missing]:
    if context.on is None or context.deadline is None:
        return
    left = (context.deadline - context.on).days
    if left <= 0:
        yield Missing("PB358", sentence("the last day to pay, {deadline}, is not after {on}, the day the text leaves", deadline=context.deadline, on=context.on), "time")
    elif left < LEAST_DAYS and context.kind is StepKind.FORMAL_NOTICE:
        yield Missing("PB304", plural("{count} day to pay is short: eight at least are usual", "{count} days to pay are short: eight at least are usual", left), "time", sentence("grant 8 days or more"))


def _formal_notice(folded: str, context: Circumstances) -> Iterator[Missing]:
    words = _NOTICE_EN if context.language == "en" else _NOTICE
    if context.channel is not Channel.SMS and not words.search(_TO_COME.sub("", folded)):
        yield Missing("PB353", sentence("the text never says that it is a formal notice"), "formal-notice", sentence("write « mise en demeure »"))
    if context.channel not in LETTERS and context.channel is not Channel.EMAIL:
        return
    told = {day for day, _, _ in dates(folded)}
    if (context.deadline is None and not any(context.on is None or day > context.on for day in told)) or (
        context.deadline and context.deadline not in told
    ):
        day = sentence("the last day to pay, {deadline}, is not named", deadline=context.deadline) if context.deadline else sentence("the last day to pay is not named")
        yield Missing("PB354", day, "deadline", sentence("name a calendar day"))
    yield from (
        Missing("PB355", sentence("{name}, {amount}, does not show", name=name, amount=amount), "parts", sentence("show each part on its own")) for name, amount in _unsaid(folded, context)
    )
    if context.beside_letter:
        return
    if not _MEANS.search(folded):
        yield Missing("PB356", sentence("the text does not say how to pay"), "means", sentence("give the account (IBAN) or a payment link"))
    if not _CONTEST.search(folded):
        yield Missing("PB357", sentence("the text does not say how to contest"), "contest", sentence("say whom to write to"))


def _unsaid(folded: str, context: Circumstances) -> list[tuple[str, Decimal]]:
    shown = {amount for amount, _, _ in amount_places(folded)}
    return [(name, amount) for name, amount in parts(context) if amount not in shown]


def _agency_letter(folded: str, context: Circumstances) -> Iterator[Missing]:
    if not _ACTIVITY.search(folded):
        yield Missing(
            "PB350", sentence("mention 1°: that the sender is in the business of amicable recovery is not said"), "activity", sentence("write « recouvrement amiable »")
        )
    who = (
        ("collector-name", sentence("1°: the collector's name"), (context.collector_name,)),
        ("collector-address", sentence("1°: the collector's address"), context.collector_address),
        ("creditor-name", sentence("2°: the creditor's name"), (context.creditor_name,)),
        ("creditor-address", sentence("2°: the creditor's address"), context.creditor_address),
    )
    for mention, what, lines in who:
        if any(line and fold(line).text.strip() not in folded for line in lines):
            yield Missing("PB350", sentence("mention {what} is not there", what=what), mention)
    if context.invoices and not any(fold(invoice).text in folded for invoice in context.invoices):
        yield Missing("PB350", sentence("mention 3°: the ground of the claim is not there"), "ground", sentence("name the invoice and its date"))
    unsaid = _unsaid(folded, context)
    if unsaid or not any(True for _ in amount_places(folded)):
        told = [name for name, _ in unsaid] or sentence("any amount")
        yield Missing("PB350", sentence("mention 3°: {told} does not show", told=told), "amounts", sentence("show principal, interest and other parts apart"))
    if not (_PAY.search(folded) and _MEANS.search(folded)):
        yield Missing("PB350", sentence("mention 4°: that the debtor is to pay, and how, is not said"), "demand", sentence("give the account (IBAN) or a payment link"))
    if any(paragraph not in folded for paragraph in _l111_8()):
        yield Missing(
            "PB351", sentence("mention 5°: the second and third paragraphs of L111-8 are not there word for word"), "paragraphs", sentence("reproduce « {title} »", title=L111_8_TITLE)
        )


@lru_cache(maxsize=1)
def _l111_8() -> tuple[str, ...]:
    return tuple(fold(paragraph).text for paragraph in L111_8)


def _recall(folded: str, context: Circumstances) -> Iterator[Missing]:
    if context.letter_reference is None and context.letter_date is None:
        yield Missing("PB352", sentence("no letter of the agency is known that this contact could recall"), "no-letter", sentence("send the letter of R124-4 first"))
        return
    if context.letter_reference is not None and fold(context.letter_reference).text.strip() not in folded:
        yield Missing("PB352", sentence("the reference of the agency's letter, {letter_reference}, is not recalled", letter_reference=context.letter_reference), "letter-reference")
    if context.letter_date is not None and context.letter_date not in {day for day, _, _ in dates(folded)}:
        yield Missing("PB352", sentence("the date of the agency's letter, {letter_date}, is not recalled", letter_date=context.letter_date), "letter-date")
