"""The vocabulary of the journal (docs/language.md 5) as data, and typed events out of what people and files wrote.

Owns which kinds exist, their fields, what they may name and which fields are personal data. Refuses to raise on a
user's mistake (they come back as sentences), and to know where events are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Self, SupportsIndex

from relance.journal.event_fields import Field, FieldType, did_you_mean, read_currency, read_date, read_text
from relance.language.advice import word_within
from relance.language.vocabulary import known as words_of_table
from relance.language.vocabulary import meant
from relance.law.limitation import INTERRUPTIONS, SUSPENSIONS
from relance.law.persons import PERSONS
from relance.law.recipients import ESTATE_ROLES
from relance.model import DebtorRole, Event
from relance.sentences import Phrase, sentence, shipped_text


class Scope(StrEnum):
    """What an event of a kind names: an invoice, an account or debtor as well, a debtor alone, or the creditor."""

    INVOICE = "invoice"
    ANY = "any"
    DEBTOR = "debtor"
    CREDITOR = "creditor"


class Mistake(Phrase):
    """A sentence for the person who wrote an event; `field` names the key it is about, if one."""

    __slots__ = ("field",)
    field: str | None

    def __new__(cls, message: str, field: str | None = None) -> Self:
        """Make the sentence."""
        said = message if isinstance(message, Phrase) else shipped_text(message)
        made = super().__new__(cls, said.template, said.parts, said.many, said.number)
        made.field = field
        return made

    def __reduce_ex__(self, _: SupportsIndex) -> tuple[Any, ...]:
        """Travel to another process whole."""
        return Mistake, (Phrase(self.template, self.parts, self.many, self.number), self.field)


_MONEY = Field(FieldType.MONEY, required=True)
_DATE = Field(FieldType.DATE, required=True)
_TEXT = Field(FieldType.TEXT, required=True)
_CHANNEL = Field(FieldType.CHANNEL, required=True)
_SAID = Field(FieldType.TEXT, required=True, personal=True)
_MAY_SAY = Field(FieldType.TEXT, personal=True)
_MAY_TEXT = Field(FieldType.TEXT)
_MAY_DATE = Field(FieldType.DATE)
_MAY_INT = Field(FieldType.INT)
_MAY_MONEY = Field(FieldType.MONEY)
_MAY_CHANNEL = Field(FieldType.CHANNEL)
_MAY_SENDER = Field(FieldType.SENDER)
_MAY_BOOL = Field(FieldType.BOOL)
_MAY_WORDS = Field(FieldType.WORDS)
_MAY_MAPPING = Field(FieldType.MAPPING)
_MAY_PERSONAL_WORDS = Field(FieldType.WORDS, personal=True)
_MAY_PERSONAL_MAPPING = Field(FieldType.MAPPING, personal=True)

#: What a plan may say of the money paid under it, of the interest of its days and of an instalment that comes late (the first is meant where it says nothing).
PLAN_WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType({"serves": ("principal", "interest"), "interest": ("suspended", "runs"), "late": ("resumes", "ends")})
#: How a step of a playbook is named where the action's id is not at hand.
_STEP = {"playbook": _MAY_TEXT, "step": _MAY_TEXT, "occurrence": _MAY_INT, "channel": _MAY_CHANNEL}
_ACTION = {"id": _MAY_TEXT, **_STEP}
_LETTER = {"id": _MAY_TEXT, "reference": _MAY_TEXT}
_CALL = {"id": _MAY_TEXT}
_PAYMENT = {"amount": _MONEY, "method": _MAY_TEXT, "reference": _MAY_TEXT, "account": _MAY_TEXT}
_INVOICE = {
    "issued": _MAY_DATE, "document": _MAY_TEXT, "tags": _MAY_WORDS, "rate": _MAY_TEXT, "nature": _MAY_TEXT, "placed": _MAY_DATE, "delivered": _MAY_DATE, "performed": _MAY_DATE, "terms": _MAY_MAPPING, "fields": _MAY_PERSONAL_MAPPING,
}  # fmt: skip

#: Every kind of event a person or a file may record (docs/language.md 5), with its fields; `note` may stand in any.
PUBLIC: Mapping[str, Mapping[str, Field]] = MappingProxyType({
    "payment.received": _PAYMENT,
    "payment.reversed": _PAYMENT | {"reason": _MAY_SAY},
    "payment.reconciled": {"amount": _MONEY, "reference": _TEXT, "with": _TEXT, "of": _MAY_TEXT, "account": _MAY_TEXT},
    "payment.unmatched": _PAYMENT | {"payer": _MAY_SAY, "text": _MAY_SAY, "reason": _MAY_TEXT, "candidates": _MAY_PERSONAL_WORDS, "back": _MAY_BOOL, "since": _MAY_DATE},
    "payment.matched": {"reference": _MAY_TEXT, "outcome": _MAY_TEXT},
    "credit_note.issued": {"amount": _MONEY, "reference": _MAY_TEXT},
    "invoice.cancelled": {"reason": _MAY_SAY},
    "written_off": {"amount": _MAY_MONEY, "reason": _MAY_SAY},
    "dispute.opened": {"amount": _MAY_MONEY, "reason": _SAID},
    "dispute.closed": {"outcome": _TEXT},
    "promise.made": {"amount": _MONEY, "by": _DATE},
    "plan.agreed": {"instalments": Field(FieldType.INSTALMENTS, required=True), "serves": _MAY_TEXT, "interest": _MAY_TEXT, "late": _MAY_TEXT},
    "plan.cancelled": {"reason": _MAY_SAY},
    "offer.accepted": {},
    "offer.refused": {"reason": _MAY_SAY},
    "hold.placed": {"until": _MAY_DATE, "reason": _SAID},
    "hold.lifted": {},
    "profile.changed": {"profile": _TEXT},
    "playbook.changed": {"playbook": _TEXT, "position": _MAY_TEXT},
    "insolvency.opened": {"published_on": _DATE, "judged_on": _MAY_DATE, "procedure": _MAY_TEXT},
    "insolvency.closed": {},
    "judgment.given": {"enforceable_on": _DATE, "capitalised_from": _MAY_DATE, "reference": _MAY_TEXT},
    "contact.inbound": {"channel": _CHANNEL, "note": _SAID},
    "channel.refused": {"channel": _CHANNEL},
    "person.known": {"state": _TEXT, "since": _MAY_DATE, "name": _MAY_SAY, "address": _MAY_SAY, "country": _MAY_TEXT, "email": _MAY_SAY, "role": _MAY_TEXT},
    "person.ended": {"state": _TEXT},
    "addressee.named": {"role": _TEXT, "name": _MAY_SAY, "email": _MAY_SAY},
    "addressee.ended": {"role": _TEXT},
    "limitation.interrupted": {"by": _TEXT},
    "limitation.suspended": {"by": _TEXT},
    "limitation.resumed": {},
    "action.emitted": _ACTION | {
        "playbook_version": _MAY_INT, "carrier": _MAY_TEXT, "case": _MAY_TEXT, "invoices": _MAY_WORDS, "kind": _MAY_TEXT,
        "tone": _MAY_TEXT, "template": _MAY_TEXT, "language": _MAY_TEXT, "draft": _MAY_BOOL, "message": _MAY_TEXT,
        "deadline": _MAY_DATE, "claimed": _MAY_MAPPING, "reason": Field(FieldType.TEXT, naming_with="capacity"), "missing": _MAY_TEXT, "to": _MAY_TEXT, "sent_by": _MAY_SENDER,
        "reference": _MAY_TEXT, "approvers": _MAY_MAPPING, "to_role": _MAY_TEXT, "cc": _MAY_WORDS, "capacity": _MAY_TEXT, "offer": _MAY_MAPPING,
    },
    "action.approved": _ACTION | {"deadline": _MAY_DATE},
    "action.executed": _ACTION | {"outcome": _MAY_SAY, "document": _MAY_TEXT, "reference": _MAY_TEXT, "hour": _MAY_TEXT, "person": _MAY_SAY},
    "action.failed": _ACTION | {"error": _SAID, "task": _MAY_BOOL},
    "action.cancelled": _ACTION | {"reason": _SAID, "task": _MAY_BOOL},
    "action.skipped": _ACTION | {"reason": _SAID},
    "letter.presented": _LETTER,
    "letter.delivered": _LETTER,
    "letter.refused": _LETTER,
    "letter.unclaimed": _LETTER,
    "letter.returned": _LETTER | {"reason": _MAY_SAY},
    "call.reached": _CALL,
    "call.refused": _CALL,
    "call.no_answer": _CALL,
    "call.wrong_number": _CALL,
    "order.filed": _LETTER,
    "order.made": _LETTER,
    "order.served": _LETTER,
    "order.opposed": _LETTER,
    "handed_over": {"to": _TEXT},
    "case.closed": {"reason": _MAY_SAY},
    "case.reopened": {"reason": _MAY_SAY},
    "note": {"note": _SAID},
})  # fmt: skip

#: Kinds the system itself writes: what was read in, what was kept, how a message travels. No file of events may contain them.
INTERNAL: Mapping[str, Mapping[str, Field]] = MappingProxyType({
    "creditor.recorded": {"record": Field(FieldType.MAPPING, required=True)},
    "debtor.recorded": {"record": Field(FieldType.MAPPING, required=True, personal=True)},
    "debtor.merged": {"who": _TEXT, "reason": _MAY_SAY},
    "debtor.split": {"who": _TEXT, "reason": _MAY_SAY},
    "debtor.numbered": {"number": Field(FieldType.TEXT, required=True, personal=True)},
    "debtor.forgotten": {"reason": _TEXT, "kinds": _MAY_WORDS, "elsewhere": _MAY_WORDS},
    "invoice.recorded": _INVOICE | {"due": _DATE, "amount": _MONEY, "currency": _TEXT},
    "invoice.corrected": _INVOICE | {"due": _MAY_DATE, "amount": _MAY_MONEY, "reason": _MAY_SAY},
    "invoice.contradicted": {"field": _TEXT, "known": _TEXT, "given": _TEXT},
    "invoice.agreed": {},
    "document.attached": {
        "sha256": _TEXT, "kind": _TEXT, "size": Field(FieldType.INT, required=True), "media_type": _MAY_TEXT,
        "name": Field(FieldType.TEXT, required=True, personal=True), "id": _MAY_TEXT,
    },
    "action.attempted": {"id": _TEXT, "attempt": _MAY_INT, "message": _MAY_TEXT, "details": _MAY_PERSONAL_MAPPING},
    "action.unclear": {"id": _TEXT, "error": _MAY_SAY, "details": _MAY_PERSONAL_MAPPING},
    "action.superseded": {"id": _TEXT, "by": _MAY_TEXT},
    "action.endorsed": {"id": _TEXT},
    "sending.declared": {"sent_by": Field(FieldType.SENDER, required=True)},
    "plans.declared": {"late": _TEXT},
    "statement.read": {"account": _MAY_TEXT},
    "source.read": {"file": _SAID, "form": _TEXT, "authority": _TEXT, "accounts": _MAY_PERSONAL_WORDS, "since": _MAY_DATE, "until": _MAY_DATE, "sha256": _TEXT},
    "iban.confirmed": {"iban": _TEXT},
    "letterhead.declared": {"iban": _TEXT},
    "approvals.declared": {"rules": Field(FieldType.MAPPING, required=True)},
    "retention.declared": {"kind": _TEXT, "months": Field(FieldType.INT, required=True)},
    "evidence.made": {"sha256": _TEXT, "case": _MAY_TEXT, "entries": _MAY_INT},
    "rules.applied": {"rules": Field(FieldType.MAPPING, required=True)},
    "message.sent": {"id": _MAY_TEXT, "message": _MAY_TEXT, "details": _MAY_PERSONAL_MAPPING},
})  # fmt: skip


def _with_note(kinds: Mapping[str, Mapping[str, Field]]) -> dict[str, Mapping[str, Field]]:
    return {kind: MappingProxyType({"note": _MAY_SAY} | dict(fields)) for kind, fields in kinds.items()}


#: Every kind, public and internal, with its fields by name.
KINDS: Mapping[str, Mapping[str, Field]] = MappingProxyType(_with_note(PUBLIC) | _with_note(INTERNAL))

_SCOPES = {
    "invoice.cancelled": Scope.INVOICE,
    "invoice.recorded": Scope.INVOICE,
    "invoice.corrected": Scope.INVOICE,
    "invoice.contradicted": Scope.INVOICE,
    "invoice.agreed": Scope.INVOICE,
    "profile.changed": Scope.DEBTOR,
    "insolvency.opened": Scope.DEBTOR,
    "insolvency.closed": Scope.DEBTOR,
    "person.known": Scope.DEBTOR,
    "person.ended": Scope.DEBTOR,
    "addressee.named": Scope.DEBTOR,
    "addressee.ended": Scope.DEBTOR,
    "channel.refused": Scope.DEBTOR,
    "debtor.recorded": Scope.DEBTOR,
    "debtor.merged": Scope.DEBTOR,
    "debtor.split": Scope.DEBTOR,
    "debtor.numbered": Scope.DEBTOR,
    "debtor.forgotten": Scope.DEBTOR,
    "creditor.recorded": Scope.CREDITOR,
    "rules.applied": Scope.CREDITOR,
    "sending.declared": Scope.CREDITOR,
    "plans.declared": Scope.CREDITOR,
    "statement.read": Scope.CREDITOR,
    "source.read": Scope.CREDITOR,
    "iban.confirmed": Scope.CREDITOR,
    "letterhead.declared": Scope.CREDITOR,
    "approvals.declared": Scope.CREDITOR,
    "retention.declared": Scope.CREDITOR,
}
#: What an event of each kind may name.
SCOPES: Mapping[str, Scope] = MappingProxyType({kind: _SCOPES.get(kind, Scope.ANY) for kind in KINDS})
#: What a document is that a person keeps with a case, and the bytes that it may have.
DOCUMENT_KINDS = ("quote", "order", "contract", "delivery_note", "invoice", "terms", "letter", "proof")
DOCUMENT_LIMIT = 50_000_000
#: Keys of an event beside the fields of its kind.
COMMON = ("on", "event", "invoice", "currency")
#: Kinds that speak of an action, which they name by `id`, or by `step` (and `playbook`, `channel`).
ACTION_KINDS = frozenset(kind for kind in PUBLIC if kind.startswith("action."))


def build(raw: Mapping[str, object], *, seq: int = 0, internal: bool = False) -> tuple[Event | None, tuple[Mistake, ...]]:
    """Make a typed event of `{on, event, invoice?, currency?, …fields}`, or say everything that is wrong with it.

    Text is read as a person writes it (ISO dates, decimal strings, `true`); values already typed are taken as they
    are. Internal kinds are refused unless asked for. The event is None if and only if there is a mistake.
    """
    kind = raw.get("event")
    known = KINDS if internal else PUBLIC
    if not isinstance(kind, str) or kind not in known:
        return None, (_unknown_kind(kind, known),)
    fields = KINDS[kind]
    mistakes: list[Mistake] = []
    spare = _unknown_keys(raw, fields, kind, mistakes)
    on = _take(read_date, raw, "on", mistakes, required="on" not in spare)
    invoice = _take(read_text, raw, "invoice", mistakes, required=SCOPES[kind] is Scope.INVOICE and "invoice" not in spare)
    currency = None if "currency" in fields else _take(read_currency, raw, "currency", mistakes)
    if SCOPES[kind] in {Scope.DEBTOR, Scope.CREDITOR} and (invoice or currency):
        extra = "invoice" if invoice else "currency"
        mistakes.append(Mistake(sentence("'{kind}' counts for the {scope} as a whole: leave out '{extra}'", kind=kind, scope=shipped_text(str(SCOPES[kind])), extra=extra), extra))
    data = {}
    for name, field in fields.items():
        value = _take(field.read, raw, name, mistakes, required=field.required and name not in spare)
        if value is not None:
            data[name] = value
    if kind in ACTION_KINDS and not mistakes:
        _name_action(kind, data, mistakes)
    if not mistakes:
        _hold_against_the_law(kind, on, data, mistakes)
    if mistakes:
        return None, tuple(mistakes)
    assert isinstance(on, date)
    return Event(on=on, kind=kind, invoice=invoice, currency=currency, seq=seq, data=data), ()


def dump(event: Event) -> dict[str, Any]:
    """Write an event back as plain JSON values, keys in a fixed order, so that `build(dump(event))` is the event again."""
    plain: dict[str, Any] = {"on": event.on.isoformat(), "event": event.kind}
    if event.invoice is not None:
        plain["invoice"] = event.invoice
    if event.currency is not None:
        plain["currency"] = event.currency
    for name in sorted(event.data):
        if event.data[name] is not None:
            plain[name] = jsonable(event.data[name])
    return plain


def jsonable(value: Any) -> Any:
    """Turn a field's value into what JSON can hold: money and dates become text, tuples become lists."""
    kind = type(value)
    if kind is str or kind is int or kind is bool or value is None:
        return value
    if kind is Decimal:
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): jsonable(part) for key, part in value.items() if part is not None}
    if isinstance(value, tuple | list):
        return [jsonable(part) for part in value]
    if isinstance(value, str):
        return str(value)
    msg = sentence("an event cannot hold {value}", value=repr(value))
    raise TypeError(msg)


def retyped(kind: str, plain: Mapping[str, Any]) -> dict[str, Any]:
    """Type the fields of an event that `jsonable` flattened; for what the journal itself wrote, so a wrong value raises ValueError."""
    fields = KINDS[kind]
    return {name: fields[name].read(value) if name in fields else value for name, value in plain.items() if value is not None}


def at_seq(event: Event, seq: int) -> Event:
    """Return the event at another place in the order of its day."""
    return replace(event, seq=seq)


# --------------------------------------------------------------------------- what is wrong with the event as a whole
def _take(read: Callable[[Any], Any], raw: Mapping[str, object], name: str, mistakes: list[Mistake], *, required: bool = False) -> Any:
    value = raw.get(name)
    if value is None or (isinstance(value, str) and not value.strip()):
        if required:
            mistakes.append(Mistake(sentence("'{kind}' needs '{name}'", kind=raw.get("event"), name=name), name))
        return None
    try:
        return read(value)
    except ValueError as error:
        mistakes.append(Mistake(sentence("'{name}': {why}", name=name, why=error.args[0]), name))
        return None


# --------------------------------------------------------------------------- what is wrong with the event as a whole


def _unknown_kind(kind: object, known: Mapping[str, Any]) -> Mistake:
    if kind is None or kind == "":
        return Mistake(sentence("an event needs 'event', what happened: payment.received, dispute.opened …"), "event")
    if kind in INTERNAL:
        return Mistake(sentence("'{kind}' is written by relance itself and cannot be recorded", kind=kind), "event")
    if kind in {"promise.broken", "plan.broken"}:
        return Mistake(sentence("'{kind}' is not recorded: it follows from the promise, its grace and the payments", kind=kind), "event")
    near = meant(str(kind), known) or word_within(str(kind), list(known))
    return Mistake(sentence("there is no event '{kind}'; {hint}", kind=kind, hint=did_you_mean([] if near is None else [near], known)), "event")


def _unknown_keys(raw: Mapping[str, object], fields: Mapping[str, Field], kind: str, mistakes: list[Mistake]) -> set[str]:
    """Report keys the kind does not have; return the required names that a misspelt key stands for (one message a mistake)."""
    spare: set[str] = set()
    for key in raw:
        if key in fields or key in COMMON or raw[key] is None:
            continue
        missing = [name for name in fields if raw.get(name) is None]
        could = [*missing, *(name for name in COMMON if name not in raw)]
        near = [word for word in words_of_table(str(key)) or () if word in could][:1] or get_close_matches(str(key), could, 1)
        needed = [name for name in missing if fields[name].required]
        near = near or (needed if len(needed) == 1 and raw[key] is not None else [])
        spare.update(near)
        own = [name for name in fields if name != "note"] or ["note"]
        mistakes.append(Mistake(sentence("'{kind}' has no '{key}'; {hint}", kind=kind, key=key, hint=did_you_mean(near, own)), str(key)))
    return spare


def _hold_against_the_law(kind: str, on: date, data: dict[str, Any], mistakes: list[Mistake]) -> None:
    """Refuse what cannot be so: a judgment after its publication, limitation interrupted by what interrupts nothing, a plan's unknown word."""
    for name, known in PLAN_WORDS.items() if kind == "plan.agreed" else ():
        if name in data and data[name] not in known:
            mistakes.append(Mistake(sentence("'{name}': '{value}' is not known of a plan; {hint}", name=name, value=data[name], hint=did_you_mean([], known)), name))
    mistakes += before_its_day(kind, on, data)
    if kind == "insolvency.opened" and data.get("judged_on", date.min) > data["published_on"]:
        mistakes.append(Mistake(sentence("'judged_on' is after 'published_on': a judgment is given before it is published"), "judged_on"))
    if kind == "limitation.interrupted" and data["by"] not in INTERRUPTIONS:
        words = ", ".join(INTERRUPTIONS)
        message = sentence("'by': '{by}' interrupts nothing; what does is {words} (C. civ. 2240 to 2244), never a letter, even registered", by=data["by"], words=words)
        mistakes.append(Mistake(message, "by"))
    if kind in ("person.known", "person.ended") and data["state"] not in PERSONS:
        mistakes.append(Mistake(sentence("'state': '{state}' is no state of a person; {hint}", state=data["state"], hint=did_you_mean([], tuple(PERSONS))), "state"))
    if kind == "person.known" and (role := data.get("role")) and (data["state"] != "deceased" or role not in ESTATE_ROLES):
        mistakes.append(Mistake(sentence("'role': '{role}' is nobody to write to; of who has died it is one of {names}", role=role, names=list(ESTATE_ROLES)), "role"))
    if kind in ("addressee.named", "addressee.ended") and data["role"] not in set(DebtorRole):
        mistakes.append(Mistake(sentence("'role': '{role}' is no role; {hint}", role=data["role"], hint=did_you_mean([], tuple(DebtorRole))), "role"))
    if kind == "addressee.named" and not (data.get("name") or data.get("email")):
        mistakes.append(Mistake(sentence("'email': say who it is: a name, an e-mail address, or both"), "email"))
    if kind == "limitation.suspended" and data["by"] not in SUSPENSIONS:
        message = sentence("'by': '{by}' does not suspend limitation; what does is {names} (C. civ. 2230 to 2242)", by=data["by"], names=list(SUSPENSIONS))
        mistakes.append(Mistake(message, "by"))


def before_its_day(kind: str, on: date, data: Mapping[str, Any]) -> list[Mistake]:
    """Ask about a day to come that lies before the day on which it was agreed: one of the two is wrong."""
    named = {"promise.made": "by", "hold.placed": "until", "plan.agreed": "instalments"}.get(kind, "")
    told = data.get(named)
    days = [told] if isinstance(told, date) else [part["on"] for part in told or ()]
    return [Mistake(sentence("'{named}' is {day}, before the day of the event, {on}: which of the two is meant?", named=named, day=day, on=on), named) for day in days if day < on][:1]


def _name_action(kind: str, data: dict[str, Any], mistakes: list[Mistake]) -> None:
    """Hold what is said of an action to naming it: by its id, or by its step."""
    if kind == "action.emitted":
        mistakes += [Mistake(sentence("'{kind}' needs '{name}'", kind=kind, name=name), name) for name in ("step", "channel") if name not in data]
        data.setdefault("occurrence", 1)
        data.setdefault("draft", False)
    elif "id" not in data and "step" not in data:
        mistakes.append(Mistake(sentence("'{kind}' needs 'id' or 'step', to say which action it speaks of", kind=kind), "id"))
