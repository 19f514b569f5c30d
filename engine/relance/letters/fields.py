"""The declared context: every name a wording may use, with its meaning.

The dataclasses below are the one definition: letters are filled from them, `relance template vars` prints them and the
checks of templates compare with them. Every leaf is text ready to read, a whole number or true/false; `""` and None
mean "not known" or "not asked", so that `{% if … %}` always works. Refuses to compute anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

from relance.letters.figures import NOTHING, DayText, Money


def says(meaning: str, unknown: Any) -> Any:
    """Declare a name: what it means, and the value it has when nothing is known."""
    return field(default=unknown, metadata={"meaning": meaning})


def says_amount(meaning: str) -> Any:
    """Declare an amount: text ready to read, whose `.amount` computes (`| money` prints what came of it); '' where there is none."""
    return field(default=NOTHING, metadata={"meaning": meaning, "kind": Money})


def says_day(meaning: str) -> Any:
    """Declare a day in words, whose `.date` computes (`| plus_days(8) | date`); '' where there is none."""
    return field(default="", metadata={"meaning": meaning, "kind": DayText})


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A person or company a letter speaks of."""

    name: str = says("name or company name", "")
    sms_name: str = says("who writes, in a text message: a short name in which nobody else can read a debt", "")
    legal_form: str = says("legal form", "")
    capital: str = says("share capital, written out", "")
    siren: str = says("SIREN, in groups of three", "")
    rcs: str = says("trade register entry", "")
    vat: str = says("VAT number", "")
    address: str = says("postal address on one line", "")
    address_lines: tuple[str, ...] = says("the lines of the postal address", ())
    country: str = says("ISO code of the country", "")
    email: str = says("e-mail address", "")
    phone: str = says("telephone number, as dialled in France or internationally", "")
    reply_to: str = says("address for replies, where it differs from the e-mail address", "")
    website: str = says("web site", "")
    place: str = says("town the letter is written in", "")
    signatory: str = says("name of the person who signs", "")
    role: str = says("function of the person who signs", "")
    kind: str = says("'business', 'consumer' or '' when not known", "")
    mandate: str = says("day the creditor gave the agency its mandate", "")
    mediator: str = says("the consumer mediator of a business: name, postal address, web site (C. conso. L616-1)", "")
    activity: str = says("statutory description of an agency's activity", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLine:
    """One of the creditor's own fields of an invoice."""

    name: str = says("its name, as `fields` of the playbook declares it", "")
    text: str = says("what the file told, as it stands; `invoice | field(name, kind)` says it as what it is", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    """One claim of the table."""

    id: str = says("number of the invoice, with `/2` for an instalment", "")
    document: str = says("number of the invoice an instalment belongs to; the id itself otherwise", "")
    issued: str = says_day("day of issue, in words")
    issued_short: str = says("day of issue, as a table has it", "")
    due: str = says_day("due date, in words")
    due_short: str = says("due date, as a table has it", "")
    amount: str = says_amount("amount with tax as invoiced")
    paid: str = says_amount("payments and credit notes set against it; '' when there are none")
    open: str = says_amount("principal still to be paid on it, the disputed part left out; those of a message add up to `sums.principal`")
    left: str = says_amount("principal still to be paid on it, the disputed part counted in")
    disputed: str = says_amount("what of it the debtor disputes and nothing asks; '' when he disputes nothing")
    days_overdue: int = says("whole days since the due date; 0 before it", 0)
    overdue: bool = says("whether the due date is past", False)
    own: tuple[OwnLine, ...] = says("the creditor's own fields of it", ())


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentLine:
    """One stretch of days at one rate on one base."""

    invoice: str = says("number of the invoice", "")
    start: str = says("first day counted, as a table has it", "")
    end: str = says("last day counted, as a table has it", "")
    days: int = says("days counted, both ends included", 0)
    rate: str = says("rate a year", "")
    base: str = says_amount("amount the interest is counted on")
    interest: str = says_amount("interest of these days, rounded to the cent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What is asked, part by part; a part that is not asked is ''."""

    principal: str = says_amount("open principal of the invoices listed")
    late_interest: str = says_amount("late-payment interest (C. com. L441-10 II)")
    legal_interest: str = says_amount("interest at the legal rate (C. civ. 1231-6)")
    fixed_indemnity: str = says_amount("fixed recovery indemnity (C. com. D441-5)")
    contractual_penalty: str = says_amount("penalty the contract provides for (C. civ. 1231-5)")
    complementary_indemnity: str = says_amount("what recovery cost beyond the fixed indemnity, on proof (C. com. L441-10 II)")
    total: str = says_amount("what is asked: everything, or what is missing of a plan where the step asks that (`asks`)")
    daily: str = says_amount("by how much the interest grows a day at the rates of today; '' when none runs")
    extras: bool = says("whether anything is asked beside the principal", False)
    on: str = says_day("day up to which the sums are counted, in words")
    segments: tuple[SegmentLine, ...] = says("interest worked out, one line a stretch of days at one rate", ())
    notes: tuple[str, ...] = says("why a part is not asked (for the call sheet, not for the debtor)", ())


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedTexts:
    """The texts of French law that hold between creditor and debtor, as a letter cites them; '' where none does (a consumer, a foreign law)."""

    french: bool = says("whether French law governs: the debtor is in France, or the creditor's terms say so", True)
    late_payment: str = says("the articles on late-payment interest and on the fixed indemnity, in a sentence", "")
    interest: str = says("the articles on late-payment interest, in a sentence", "")
    interest_short: str = says("the article on late-payment interest, as a table has it", "")
    indemnity_short: str = says("the article on the fixed indemnity, as a table has it", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """How to pay."""

    beneficiary: str = says("name of the account holder", "")
    iban: str = says("IBAN in groups of four", "")
    bic: str = says("BIC", "")
    reference: str = says("text to be given with the transfer", "")
    link: str = says("address of a payment page", "")
    qr: str = says("the SEPA QR code of what is asked: alone on its line, it becomes the picture in a letter and nothing elsewhere", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """An earlier message, letter or call."""

    on: str = says_day("day, in words")
    on_short: str = says("day, as a table has it", "")
    channel: str = says("channel, as a word of the playbook language", "")
    channel_name: str = says("channel, in the language of the text", "")
    reference: str = says("reference that message bore", "")
    message: str = says("id of that message, as its Message-ID bears it", "")
    step: str = says("id of the step", "")
    invoices: str = says("numbers of the invoices of this message that it was about", "")
    handed_over: bool = says("whether another system of the house sends it: the day is then that on which it was handed over for sending", False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice(Contact):
    """A formal notice."""

    interest_from: str = says("first day of the interest that is asked since this notice, in words; '' when none is", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A payment or credit note received."""

    on: str = says_day("day, in words")
    on_short: str = says("day, as a table has it", "")
    amount: str = says_amount("amount")
    credit_note: bool = says("whether it is a credit note", False)
    part_of: str = says_amount("what came in that day, where a part of it went to other invoices; '' elsewhere")
    beside: bool = says("whether a part of it served anything but the principal", False)
    principal: str = says_amount("what of it served the principal")
    interest: str = says_amount("what of it served interest (C. civ. 1343-1); '' when nothing did")
    fixed_indemnity: str = says_amount("what of it served the fixed recovery indemnity; '' when nothing did")
    contractual_penalty: str = says_amount("what of it served a penalty of the contract; '' when nothing did")
    complementary_indemnity: str = says_amount("what of it served the complementary indemnity; '' when nothing did")


@dataclass(frozen=True, slots=True, kw_only=True)
class Undertaking:
    """A promise to pay."""

    on: str = says_day("day promised, in words")
    on_short: str = says("day promised, as a table has it", "")
    amount: str = says_amount("amount promised")


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisedSum(Undertaking):
    """A promise to pay, and what came of it."""

    broken: bool = says("whether its day is past and its money, or a part of it, is not there", False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instalment(Undertaking):
    """One instalment of a plan."""

    missing: str = says_amount("what is missing of it, payments since the plan was agreed set against the instalments in order; '' when nothing is")
    in_part: bool = says("whether a part of it came in", False)
    missed: bool = says("whether its day is past and its money, or a part of it, is not there", False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentLine:
    """The assignment by which the creditor has a claim."""

    assignor: str = says("who had the claim before", "")
    on: str = says_day("day of the assignment, in words")
    told: bool = says("whether the debtor was told of it before this message", False)
    invoices: str = says("its invoices among those of this message, listed; '' where it is about all of them", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferLine:
    """What the message offers until its `deadline`: to settle for a part, or to pay in instalments."""

    settlement: bool = says("whether a part settles the whole; else it is an offer of `instalments`", False)
    amount: str = says_amount("what settles the claim, or the sum of the instalments")
    share: str = says("the share of the principal that settles, such as '70 %'; '' for instalments", "")
    waived: str = says_amount("what is waived of the principal once it is paid in time; '' for instalments")
    by_payment: bool = says("whether paying exactly that sum in time accepts it, without a word", False)
    instalments: tuple[Undertaking, ...] = says("the instalments offered, by day", ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Everything a wording may name."""

    tone: str = says("how the text speaks: 'courteous', 'neutral', 'firm' or 'formal'", "")
    language: str = says("language of the text", "")
    channel: str = says(
        "channel this text leaves by: 'email', 'letter', 'registered_letter', 'electronic_registered_letter', 'sms', 'call'", ""
    )
    kind: str = says("kind of the step: 'reminder', 'formal_notice', 'handover', 'legal', 'task'", "")
    step: str = says("id of the step", "")
    asks: str = says("what this message asks: 'arrears' (what is missing of the plans over its invoices) or 'whole' (all that is open and due)", "whole")
    offer: OfferLine | None = says("what this message offers, or none", None)
    assignments: tuple[AssignmentLine, ...] = says("the assignments by which the creditor has these invoices, oldest first; empty where he always had them", ())
    occurrence: int = says("how often this step has been sent, this time included", 1)
    today: str = says_day("day of the message, in words")
    reference: str = says("our reference of the file, the same on each message of it", "")
    agency: bool = says("whether an agency writes for the creditor (R. 124-4 applies)", False)
    consumer: bool = says("whether the debtor is a consumer", False)
    sender: Party = says("who writes: the creditor, or the agency that acts for it", None)
    creditor: Party = says("who is owed", None)
    debtor: Party = says("who owes", None)
    recipient: Party = says("who gets the message: the debtor, or who stands for him or beside him", None)
    copies: tuple[Party, ...] = says("who gets a copy of an e-mail, by `role`", ())
    capacity: str = says("in which capacity, where it is not the debtor alone: 'guardian', 'representative' (of a minor), 'counsel', 'curator' (a copy), 'protected_person' (whose curator gets the copy), of an estate 'notary' or 'heir'; else ''", "")
    invoice: InvoiceLine = says("the invoice the message is about: the only one, or the oldest of several", None)
    invoices: tuple[InvoiceLine, ...] = says("every invoice of the message, oldest due date first", ())
    invoice_count: int = says("how many invoices there are", 1)
    several: bool = says("whether there is more than one", False)
    issue_dates: bool = says("whether the day of issue of at least one of them is known", False)
    overdue: bool = says("whether at least one of them is past its due date", False)
    days_overdue: int = says("days since the oldest due date; 0 before it", 0)
    days_to_due: int = says("days until the oldest due date; 0 after it", 0)
    sums: Sums = says("what is asked, part by part", None)
    texts: CitedTexts = says("the texts of law on late payment that hold for this debtor", None)
    deadline: str = says_day("last day the debtor is given, in words; '' when none is given")
    pay_by: str = says_day("day by which to ask for payment, in words: the deadline, or where none is given eight days on (fifteen for a consumer), open where the debtor is")
    days_granted: int = says("days from today to the deadline", 0)
    payment: Payment = says("how to pay", None)
    previous: Contact | None = says("the last message or call about all of these invoices once each was due, or none", None)
    first_letter: Contact | None = says(
        "the first letter of this collector about these invoices (its reference and date must be recalled: R. 124-4), or none", None
    )
    first_letters: tuple[Contact, ...] = says("the first letter about each of these invoices: more than one where they were first written about apart", ())
    unannounced: bool = says("whether one of these invoices was in no letter yet, so that this one must say all that a first letter does (R. 124-4)", False)
    registered_copy: bool = says("whether a registered letter of the same step leaves on the day of this message: neither withdrawn, skipped nor failed", False)
    notice: Notice | None = says("the formal notice of these invoices (of several, the latest), or none", None)
    notices: tuple[Notice, ...] = says("the formal notice of each of these invoices: more than one where they had theirs apart", ())
    unwarned: bool = says("whether one of these invoices is in no formal notice, where another is", False)
    history: tuple[Contact, ...] = says("every earlier message and call about these invoices once they were due, oldest first", ())
    coming: tuple[InvoiceLine, ...] = says("the debtor's other open invoices that are not due yet, to be shown apart and as such", ())
    disputed_total: str = says_amount("what is disputed of these invoices, for the sheet of whoever examines it; '' when nothing is")
    coming_total: str = says_amount("what is open on them; '' when there are none")
    credit: str = says_amount("what the debtor paid too much in this currency and nothing has used, to be shown apart; '' when there is nothing")
    proofs: tuple[str, ...] = says("what shows the costs of recovery asked beyond the fixed indemnity, invoice by invoice", ())
    receipts: tuple[Receipt, ...] = says("payments and credit notes on these invoices, oldest first", ())
    promise: PromisedSum | None = says("the latest promise to pay these invoices, kept or not, or none", None)
    plan: tuple[Instalment, ...] = says("instalments of the plan over these invoices that runs or ran, by day, or none", ())
    plan_agreed: str = says_day("day that plan was agreed, in words; '' when there is none, or more than one")
    plan_suspends: bool = says("whether no interest is counted for the days on which that plan was kept", False)
    missed: tuple[Instalment, ...] = says("instalments of that plan whose day is past and whose money is not there", ())
    missed_total: str = says_amount("what is missing of them; '' when nothing is")
    plan_invoices: tuple[InvoiceLine, ...] = says("the invoices of this message that those plans are about", ())
    beside_plan: tuple[InvoiceLine, ...] = says("the invoices of this message that no plan is about, where there is a plan", ())
    beside_plan_total: str = says_amount("what is open on them; '' when there are none")
    dispute: str = says("what the debtor said when disputing one of these invoices, '' when no dispute is open", "")
    place_to_sign: str = says("the room of a signature by hand: alone on its line, it leaves it on paper and is nothing elsewhere", "")
    partner: Party = says("the bailiff's office the letterhead names as partner (`declic` may mention it); empty when there is none", None)
    to: str = says("who would take over at a handover: 'agency', 'bailiff', 'lawyer', 'court' or ''", "")


class Declared(NamedTuple):
    """One line of `relance template vars`."""

    name: str
    type: str
    meaning: str
    sample: str


@lru_cache(maxsize=32)
def members(kind: type) -> dict[str, Any]:
    """Return the names of a group with their types: `str`, `int`, `bool`, another group, or `tuple[group, ...]`."""
    hints = get_type_hints(kind)
    return {item.name: item.metadata.get("kind") or _without_none(hints[item.name]) for item in fields(kind)}


def _without_none(hint: Any) -> Any:
    if get_origin(hint) is UnionType:
        return next(part for part in get_args(hint) if part is not NoneType)
    return hint


def item_of(kind: Any) -> Any:
    """Return the type of the items of a list, or None when the type is no list."""
    return get_args(kind)[0] if get_origin(kind) is tuple else None


def is_group(kind: Any) -> bool:
    """Say whether a type is a group with names of its own."""
    return isinstance(kind, type) and hasattr(kind, "__dataclass_fields__")


def groups(kind: type = Context) -> set[type]:
    """Return a group and every group below it."""
    found = {kind}
    for hint in members(kind).values():
        inner = item_of(hint) or hint
        if is_group(inner):
            found |= groups(inner)
    return found


def declared(sample: Any, kind: type = Context, prefix: str = "") -> Iterator[Declared]:
    """Walk every declared name, groups before their members, with the values of a sample; `[]` marks the items of a list."""
    types = members(kind)
    for item in fields(kind):
        hint, value = types[item.name], getattr(sample, item.name, None)
        inner = item_of(hint)
        group = hint if is_group(hint) else inner if is_group(inner) else None
        name = prefix + item.name
        yield Declared(name, _word(hint), item.metadata["meaning"], "" if group else _shown(value))
        if group:
            first = (value[0] if value else None) if inner else value
            yield from declared(first, group, name + ("[]." if inner else "."))


def _word(hint: Any) -> str:
    if item_of(hint):
        return "list"
    return "group" if is_group(hint) else {str: "text", Money: "amount", DayText: "day", int: "number", bool: "true/false"}[hint]


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return " · ".join(value)
    return "" if value is None else str(value)
