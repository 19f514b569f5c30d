"""The invented cases a text is read with before it is sent: a situation → facts, an action, and what the law should know of it.

Owns nothing of the law and reads no wording; `letters.lawful` does both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from relance.dates import add
from relance.law import mentions
from relance.law.claims import Movement, claimed, owed_of
from relance.letters import sample
from relance.letters.context import Writing, reference_of
from relance.letters.letterhead import Letterhead
from relance.model import Action, Calendar, Channel, Charge, Duration, Event, Facts, StepKind, Tone

ON, EARLY = sample.DAY, date(2026, 1, 25)
LETTER_ON, NOTICE_ON = date(2026, 2, 9), date(2026, 2, 13)
_LETTER, _NOTICE = "0f4e7d21aa", "93c5be6014"


@dataclass(frozen=True, slots=True)
class Situation:
    """One text as it would leave, without what differs from playbook to playbook: texts of one situation are read once.

    `letter`: a letter of the collector went before; `notice`: a formal notice did. `beside`: a letter carries the notice too.
    `mandated`: an agency writes, and the mentions it owes are looked for.
    """

    template: str
    channel: Channel
    language: str
    tone: Tone
    kind: StepKind = StepKind.REMINDER
    debtor: str = "business"
    claim: tuple[Charge, ...] = ()
    grants: Duration | None = None
    early: bool = False
    letter: bool = False
    notice: bool = False
    beside: bool = False
    agency: bool = False
    mandated: bool = False
    strict: bool = True  # what depends on the step is looked at, not words alone
    cases: tuple[bool, ...] = (False, True)  # the sample cases: one invoice, and a rich case of several
    to: str | None = None


def facts_of(situation: Situation, *, rich: bool) -> Facts:
    """Return a case whose names hold what real names hold: an ampersand, an apostrophe, an underscore, a word of Markdown.

    Where `rich`, it has three invoices, a promise and a plan that failed and a dispute about the last invoice.
    """
    plain = sample.facts(consumer=situation.debtor == "consumer", invoices=3 if rich else 1)
    creditor = replace(plain.creditor, name="L’Atelier d’Ébène & Fils *SARL*", kind="business")
    name = "Zoé L’Hôte-Dœuf" if situation.debtor == "consumer" else "Société N° 1 <Été> & Cie"
    invoices = tuple(replace(each, id=each.id.replace("F-2026-", "FA/2026_")) for each in plain.invoices)
    events = [event for event in plain.events if event.kind == "payment.received" and not situation.early]
    events = [replace(event, invoice=invoices[0].id) for event in events]
    if situation.letter or (situation.notice and situation.strict):
        events.append(_sent(_LETTER, LETTER_ON, Channel.LETTER, StepKind.REMINDER, invoices[0].id))
    if situation.notice:
        events.append(_sent(_NOTICE, NOTICE_ON, Channel.REGISTERED_LETTER, StepKind.FORMAL_NOTICE, invoices[0].id))
    if rich:
        day = date(2026, 1, 24)
        told: dict[str, dict[str, Any]] = {
            "promise.made": {"by": day, "amount": Decimal(100)},
            "plan.agreed": {"instalments": ({"on": day, "amount": Decimal(50)},)},
        }
        events += [Event(date(2026, 1, 20), kind, invoices[0].id, data=data) for kind, data in told.items()]
        events.append(Event(date(2026, 1, 21), "dispute.opened", invoices[-1].id, data={"reason": "deux caisses manquaient"}))
    return replace(
        plain,
        creditor=creditor,
        debtor=replace(plain.debtor, name=name),
        invoices=invoices,
        events=tuple(sorted(events, key=lambda event: (event.on, event.seq))),
    )


def _sent(identity: str, on: date, channel: Channel, kind: StepKind, invoice: str) -> Event:
    data = {
        "id": identity,
        "playbook": "essai",
        "step": f"avant-{kind}",
        "occurrence": 1,
        "channel": channel,
        "draft": False,
        "message": identity,
        "kind": kind,
    }
    return Event(on, "action.emitted", invoice, data=data)


def action_of(situation: Situation, facts: Facts) -> Action:
    """Return the action that carries the text, with what the law lets one ask that day."""
    on = EARLY if situation.early else ON
    asked = facts.invoices[:2] if len(facts.invoices) > 2 else facts.invoices
    paid = {event.invoice: (Movement(event.on, event.data["amount"]),) for event in facts.events if event.kind == "payment.received"}
    sums = claimed(
        situation.claim, [owed_of(each, paid.get(each.id, ())) for each in asked], on, debtor_kind=situation.debtor,
        notice_on=NOTICE_ON if situation.notice else None,
    )  # fmt: skip
    blank = sample.action(facts, channel=situation.channel, tone=situation.tone, language=situation.language, template=situation.template)
    return replace(
        blank, on=on, kind=situation.kind, claimed=sums, invoices=tuple(each.id for each in asked), to=situation.to,
        deadline=add(on, situation.grants, Calendar()) if situation.grants else None,
    )  # fmt: skip


def writing_of(situation: Situation, paper: Letterhead | None) -> Writing:
    """Return how it is written: on this paper, or as the sample is."""
    if paper is not None:
        return Writing(letterhead=paper, agency=situation.agency)
    return sample.writing(agency=situation.agency)


def law_context_of(situation: Situation, action: Action, facts: Facts, writing: Writing) -> mentions.Context:
    """Return what the checks of law are told of the text."""
    if not situation.strict:
        return mentions.Context(channel=situation.channel, language=situation.language, tone=situation.tone, notice_on=NOTICE_ON)
    sender, address = writing.letterhead.sender, facts.creditor.address
    return mentions.Context(
        channel=situation.channel,
        language=situation.language,
        tone=situation.tone,
        kind=situation.kind,
        collector="agency" if situation.mandated and not (situation.beside and not situation.letter) else "creditor",
        debtor=situation.debtor,
        first_letter=situation.mandated and not situation.letter,
        beside_letter=situation.beside,
        letter_reference=reference_of(_LETTER) if situation.letter else None,
        letter_date=LETTER_ON if situation.letter else None,
        on=action.on,
        deadline=action.deadline,
        notice_on=NOTICE_ON if situation.notice else None,
        claimed=action.claimed,
        invoices=action.invoices,
        creditor_name=facts.creditor.name,
        creditor_address=address.lines if address else (),
        collector_name=str(sender["name"]) if sender.get("name") else None,
        collector_address=tuple(str(line) for line in sender.get("address", ())),
    )
