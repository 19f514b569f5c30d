"""To whom within the debtor's house a message is addressed, and who gets a copy: people whom the debtor's own data name, by their role.

Owns the reading of `addressee.named`. Whoever stands for the debtor in law (`law.recipients`) comes before every role, a consumer has none, and
nobody is written to of whom no event says that he is the debtor's; the salesman is the creditor's, and only ever gets a copy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from relance.law.recipients import Recipient, recipient
from relance.model import LETTERS, Action, Address, Channel, DebtorRole, Event, Facts
from relance.sentences import marked, sentence, shipped_text

_CALLED: Mapping[str, str] = {
    DebtorRole.ACCOUNTING: marked("accounts department"), DebtorRole.DIRECTOR: marked("director"), DebtorRole.LEGAL: marked("legal department"), DebtorRole.SALESMAN: marked("salesman"),
}  # fmt: skip
#: Whose mailbox is the debtor's.
_OF_HIS_HOUSE = tuple(role for role in DebtorRole if role is not DebtorRole.SALESMAN)
#: How a letter names a role beneath the debtor's name, by language.
ATTENTION: Mapping[str, Mapping[str, str]] = {
    "fr": {DebtorRole.ACCOUNTING: "À l’attention du service comptabilité", DebtorRole.DIRECTOR: "À l’attention de la direction", DebtorRole.LEGAL: "À l’attention du service juridique"},
    "en": {DebtorRole.ACCOUNTING: "For the attention of the accounts department", DebtorRole.DIRECTOR: "For the attention of the management", DebtorRole.LEGAL: "For the attention of the legal department"},
}
#: How it names him by his name.
_BY_NAME: Mapping[str, str] = {"fr": "À l’attention de {name}", "en": "For the attention of {name}"}


class Addressee(NamedTuple):
    """Somebody by his role; what is not known is empty."""

    role: str
    name: str = ""
    email: str = ""


def addressees(events: Iterable[Event], on: date) -> Mapping[str, Addressee]:
    """Return who has each role on a day: the last one named, unless he was ended since."""
    found: dict[str, Addressee] = {}
    for event in events:
        if event.on > on or not event.kind.startswith("addressee."):
            continue
        role = str(event.data.get("role") or "")
        found.pop(role, None)
        if event.kind == "addressee.named":
            found[role] = Addressee(role, str(event.data.get("name") or ""), str(event.data.get("email") or ""))
    return found


def house_mailbox(events: Iterable[Event], on: date) -> str | None:
    """Return the mailbox of the first role of the debtor's house that has one, in the order of `DebtorRole`; the salesman's is the creditor's."""
    known = addressees(events, on)
    return next((known[role].email for role in _OF_HIS_HOUSE if role in known and known[role].email), None)


def with_mailbox(to: Recipient, facts: Facts, on: date) -> Recipient:
    """Return whom one writes to with a mailbox: his own, or where the debtor himself has none, that of a role of his house (decision 196)."""
    if to.email or to.capacity or facts.debtor.kind == "consumer":
        return to
    return to._replace(email=house_mailbox(facts.events, on))


def addressed(action: Action, facts: Facts) -> Recipient:
    """Return whom a message is addressed to: who stands for the debtor, else the debtor, by the role that its step names.

    An e-mail goes to the mailbox of the role, none where none is known; a letter to the debtor's address, for the attention of the role.
    """
    to = with_mailbox(recipient(facts, action.on, action.capacity), facts, action.on)
    if not _has_roles(action, facts) or not action.to_role:
        return to
    known = addressees(facts.events, action.on).get(action.to_role, Addressee(action.to_role))
    if action.channel in LETTERS and to.address is not None:
        to = to._replace(address=Address((_attention(known, action.language), *to.address.lines), to.address.country))
    return to._replace(email=known.email or None) if action.channel in _MAILED else to


#: Channels that arrive in a mailbox.
_MAILED = frozenset({Channel.EMAIL, Channel.ELECTRONIC_REGISTERED_LETTER})


def copies(action: Action, facts: Facts) -> tuple[Addressee, ...]:
    """Return who gets a copy of a message: of an e-mail only, in the order of its step; nobody whose mailbox it goes to, or who has none (`no_copy`)."""
    return tuple(each for each in _copied(action, facts) if each.email and each.email != addressed(action, facts).email)


def no_copy(action: Action, facts: Facts) -> str:
    """Say who gets no copy because no mailbox of his is known; nothing where everybody gets his."""
    lacking = [shipped_text(_CALLED[each.role]) for each in _copied(action, facts) if not each.email]
    return sentence("no copy, for want of an e-mail address: {names}", names=lacking) if lacking else ""


def mailbox_missing(action: Action, facts: Facts) -> str | None:
    """Say that the role a message goes to has no mailbox, or None: somebody else's is no place for it."""
    if not action.to_role or action.channel not in _MAILED or not _has_roles(action, facts) or addressed(action, facts).email:
        return None
    return sentence("debtor: no e-mail address is known of his {role}: record addressee.named", role=shipped_text(_CALLED[action.to_role]))


def _copied(action: Action, facts: Facts) -> tuple[Addressee, ...]:
    if action.channel is not Channel.EMAIL or action.capacity:
        return ()
    known = addressees(facts.events, action.on)
    return tuple(known.get(role, Addressee(role)) for role in action.cc if role == DebtorRole.SALESMAN or _has_roles(action, facts))


def _has_roles(action: Action, facts: Facts) -> bool:
    """Say whether there are people of the debtor's to write to: a consumer has none, and who stands for the debtor is written to himself."""
    return not action.capacity and facts.debtor.kind != "consumer"


def _attention(known: Addressee, language: str) -> str:
    told = language if language in ATTENTION else "en"
    return _BY_NAME[told].format(name=known.name) if known.name else ATTENTION[told][known.role]
