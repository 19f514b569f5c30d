"""What the law makes whoever recovers a debt do besides asking: the tasks that the events of a day give rise to.

Owns CPCE (enforcement) R124-3, R124-5 and R124-6 for an agency, the declaration of a claim (C. com. R622-24) and its statement to the commission of over-indebtedness (C. conso. R723-1) for all.
Pure: says which tasks, why and by when; emitting and recording them is the ladder's and the ledger's affair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from relance.dates import add_months
from relance.law.parameters import Law, french
from relance.law.persons import PERSONS
from relance.model import Address, Creditor, Event, Facts
from relance.sentences import marked


@dataclass(frozen=True, slots=True)
class Duty:
    """One task. `name` is stable, `by` the last day to do it (None: at once), `invoice` what it is about, if one invoice."""

    name: str
    title: str
    article: str
    on: date
    by: date | None = None
    invoice: str | None = None


@dataclass(frozen=True, slots=True)
class _Kind:
    """A task that one kind of event gives rise to. `agency`: only for whoever recovers for others."""

    name: str
    title: str
    article: str
    agency: bool = True


_INFORM_PAID = _Kind("inform_creditor", marked("Inform the creditor of the payment"), marked("CPCE (enforcement) R124-5"))
_RECEIPT = _Kind("receipt", marked("Give the debtor a receipt for the payment"), marked("CPCE (enforcement) R124-6"))
_REMIT = _Kind("remit", marked("Remit what was collected to the creditor"), marked("CPCE (enforcement) R124-6"))
_INFORM_OFFER = _Kind("inform_creditor", marked("Inform the creditor of what the debtor proposes"), marked("CPCE (enforcement) R124-5"))
_DECLARE = _Kind("declare_claim", marked("Have the claim declared to the insolvency administrator"), marked("C. com. L622-24 and R622-24"), agency=False)
#: What a consumer's over-indebtedness asks for: another authority and another time than a trader's insolvency.
_STATE = _Kind("state_claim", PERSONS["over_indebtedness"].title, PERSONS["over_indebtedness"].article, agency=False)
#: How journals name that procedure.
_OVER_INDEBTEDNESS = frozenset({"surendettement", "over_indebtedness", "over-indebtedness"})
_PERSONS = {name: _Kind(f"person_{name}", state.title, state.article, agency=False) for name, state in PERSONS.items()} | {"over_indebtedness": _STATE}
_SEARCH = _Kind(
    "search_address", marked("Search for the debtor's address"), marked("no text: the mandate, and C. civ. 1344 for a notice that must reach"), agency=False
)

#: Which tasks an event gives rise to. A payment made to the creditor himself (`method: direct`) is neither receipted nor remitted.
ARISING: dict[str, tuple[_Kind, ...]] = {
    "payment.received": (_INFORM_PAID, _RECEIPT, _REMIT),
    "promise.made": (_INFORM_OFFER,),
    "plan.agreed": (_INFORM_OFFER,),
    "insolvency.opened": (_DECLARE, _STATE),
    "person.known": tuple(_PERSONS.values()),
    "letter.returned": (_SEARCH,),
}


def mandate_missing(creditor: Creditor, on: date, *, collector: str) -> str | None:
    """Return why an agency may do nothing for a creditor on a day, or None: a signed mandate comes first (R124-3)."""
    ended = mandate_ended(creditor, on)
    if collector != "agency" or (creditor.mandate is not None and creditor.mandate <= on and ended is None):
        return None
    if ended is not None:
        return f"the mandate of {creditor.name or creditor.id} ended on {ended} (CPCE (enforcement) R124-3)"
    when = "is not known" if creditor.mandate is None else f"is of {creditor.mandate}"
    return f"no mandate signed by {creditor.name or creditor.id} is in force on {on}: its date {when} (CPCE (enforcement) R124-3)"


def mandate_end(creditor: Creditor) -> date | None:
    """Return the last day of a creditor's mandate (`terms["mandate_until"]`), or None where it has no end, or none that is a day."""
    text = str(creditor.terms.get("mandate_until") or "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def mandate_ended(creditor: Creditor, on: date) -> date | None:
    """Return the last day of a creditor's mandate where it is past, else None."""
    last = mandate_end(creditor)
    return last if last is not None and last < on else None


def duties(facts: Facts, on: date, *, collector: str, law: Law | None = None) -> tuple[Duty, ...]:
    """Return the tasks that the events of `on` give rise to, in the order of the events.

    `collector` is `agency` or `creditor`. A payment that named several invoices, or none, yields one set of tasks.
    """
    law = law or french()
    return tuple(duty for event in facts.events if event.on == on for duty in _arising(event, facts, collector, law))


def not_reversed(events: Sequence[Event], on: date) -> tuple[Event, ...]:
    """Return the events up to `on` without the payments that were reversed by then: nothing is owed for money that went back.

    A reversal takes back the last payment before it of the same invoice and amount.
    """
    kept: list[Event] = []
    for event in sorted((event for event in events if event.on <= on), key=lambda event: event.on):
        if event.kind == "payment.reversed":
            paid = next((place for place in reversed(range(len(kept))) if kept[place].kind == "payment.received" and _sum(kept[place]) == _sum(event)), None)
            if paid is not None:
                del kept[paid]
        kept.append(event)
    return tuple(kept)


def _sum(event: Event) -> tuple[object, ...]:
    return event.invoice, event.data.get("amount"), event.data.get("currency")


def _arising(event: Event, facts: Facts, collector: str, law: Law) -> list[Duty]:
    direct = event.data.get("method") == "direct"
    return [
        Duty(kind.name, _title(kind, event), kind.article, event.on, _by(kind, event, facts, law), event.invoice)
        for kind in _kinds(event, facts)
        if (collector == "agency" or not kind.agency) and not (direct and kind in (_RECEIPT, _REMIT))
    ]


def _title(kind: _Kind, event: Event) -> str:
    """Return what is to be done, with the person to write to where he is known."""
    whom = ", ".join(str(event.data[part]) for part in ("name", "address", "email") if event.data.get(part))
    return f"{kind.title}: {whom}" if event.kind == "person.known" and whom else kind.title


def _kinds(event: Event, facts: Facts) -> tuple[_Kind, ...]:
    """Return the tasks of an event: of an insolvency that of a trader or of a consumer, of a state of a person its own."""
    if event.kind == "person.known":
        return (_PERSONS[event.data["state"]],)
    if event.kind == "insolvency.opened":
        said = str(event.data.get("procedure", "")).lower()
        return (_STATE,) if said in _OVER_INDEBTEDNESS or (facts.debtor.kind == "consumer" and not said) else (_DECLARE,)
    return ARISING.get(event.kind, ())


def _by(kind: _Kind, event: Event, facts: Facts, law: Law) -> date | None:
    if kind is _REMIT:
        return add_months(event.on, int(law.value_on("remittance", event.on)))
    if kind is _STATE:
        since: date = event.data.get("published_on") or event.data.get("since") or event.on
        return since + timedelta(int(law.value_on("over-indebtedness-answer", since)))
    if kind is _DECLARE:
        return declare_by(event.data.get("published_on", event.on), facts.creditor.address, facts.debtor.address, law=law)
    return None


def declare_by(published_on: date, creditor: Address | None, debtor: Address | None, *, law: Law | None = None) -> date:
    """Return the last day to declare a claim (R622-24): two months after the publication, four for a creditor from elsewhere.

    Elsewhere: outside metropolitan France for a court there, outside the department for a court overseas; the court is taken to be
    where the debtor's address is. Where either address is not known, two. Not moved off a closed day, so that it errs on the safe side.
    """
    ours, court = territory(creditor), territory(debtor)
    elsewhere = ours is not None and court is not None and ours != court
    name = "insolvency-declaration-overseas" if elsewhere else "insolvency-declaration"
    return add_months(published_on, int((law or french()).value_on(name, published_on)))


def territory(address: Address | None) -> str | None:
    """Return where an address lies: `FR` for metropolitan France, the department overseas (`971`), else the country; None where not known."""
    if address is None:
        return None
    if address.country != "FR":
        return address.country
    codes = (line.strip()[:5] for line in address.lines)
    overseas = next((code for code in codes if code.isdigit() and len(code) == 5 and code.startswith(("97", "98"))), None)
    return overseas[:3] if overseas else "FR"
