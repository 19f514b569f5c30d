"""The invented cases a text is read with before it is sent: a situation → facts, an action, and what the law should know of it.

Owns nothing of the law and reads no wording; `letters.lawful` does both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import product

from relance.interpreter.action_id import file_reference
from relance.interpreter.offers import offered
from relance.law import mentions
from relance.law.deadlines import granted
from relance.letters import sample
from relance.letters.check import included
from relance.letters.context import Writing
from relance.letters.letterhead import Letterhead
from relance.letters.sums import added
from relance.letters.wording import SUFFIX, Templates, WordingError
from relance.model import (
    LETTERS,
    REGISTERED,
    TEXT_CHANNELS,
    Action,
    Asks,
    Calendar,
    Channel,
    Charge,
    Duration,
    Event,
    Facts,
    Invoice,
    OfferTerms,
    Playbook,
    Step,
    StepKind,
    Tone,
)

ON, EARLY = sample.DAY, date(2026, 1, 25)
LETTER_ON, NOTICE_ON = date(2026, 2, 9), date(2026, 2, 13)
_LETTERS, _NOTICES = ("0f4e7d21aa", "5b70aa9c31"), ("93c5be6014", "c81d20ff47")


@dataclass(frozen=True, slots=True)
class Situation:
    """One text as it would leave, without what differs from playbook to playbook: texts of one situation are read once.

    `letter`: a letter of the collector went before; `notice`: a formal notice did. `beside`: a letter carries the notice too,
    `registered`: a registered one, of which an e-mail says that it is the copy.
    `mandated`: an agency writes, and the mentions it owes are looked for.
    """

    template: str
    channel: Channel
    language: str
    tone: Tone
    kind: StepKind = StepKind.REMINDER
    debtor: str = "business"
    claim: tuple[Charge, ...] = ()
    asks: Asks = Asks.WHOLE
    offer: OfferTerms | None = None
    grants: Duration | None = None
    early: bool = False
    letter: bool = False
    notice: bool = False
    beside: bool = False
    registered: bool = False
    agency: bool = False
    mandated: bool = False
    strict: bool = True  # what depends on the step is looked at, not words alone
    cases: tuple[bool, ...] = (False, True)  # the sample cases: one invoice, and a rich case of several
    to: str | None = None


def facts_of(situation: Situation, *, rich: bool) -> Facts:
    """Return a case whose names hold what real names hold: an ampersand, an apostrophe, an underscore, a word of Markdown.

    Where `rich`, the two invoices asked were written about apart, and all stands beside them that `sample.rich` knows.
    """
    plain = sample.facts(consumer=situation.debtor == "consumer", invoices=3 if rich else 1)
    creditor = replace(plain.creditor, name="L’Atelier d’Ébène & Fils *SARL*", kind="business")
    name = "Zoé L’Hôte-Dœuf" if situation.debtor == "consumer" else "Société N° 1 <Été> & Cie"
    invoices = tuple(replace(each, id=each.id.replace("F-2026-", "FA/2026_")) for each in plain.invoices)
    asked = invoices[: 2 if rich else 1]
    events = [event for event in plain.events if event.kind == "payment.received" and not situation.early]
    events = [replace(event, invoice=asked[0].id) for event in events]
    events += sent_before(situation, plain, asked)
    told = tuple(sorted(events, key=lambda event: (event.on, event.seq)))
    case = replace(plain, creditor=creditor, debtor=replace(plain.debtor, name=name), invoices=invoices, events=told)
    return sample.rich(case) if rich else case


def sent_before(situation: Situation, facts: Facts, asked: Sequence[Invoice]) -> list[Event]:
    """Return what says that the letters of a situation went before, about each of these invoices; all bear the reference of the file."""
    reference = file_reference(facts.creditor.id, facts.debtor.id, asked[0].currency)
    events: list[Event] = []
    if situation.letter or (situation.notice and situation.strict):
        events += _sent(_LETTERS, LETTER_ON, Channel.LETTER, StepKind.REMINDER, reference, asked)
    if situation.notice:
        events += _sent(_NOTICES, NOTICE_ON, Channel.REGISTERED_LETTER, StepKind.FORMAL_NOTICE, reference, asked)
    return events


def _sent(messages: Sequence[str], on: date, channel: Channel, kind: StepKind, reference: str, asked: Sequence[Invoice]) -> Iterator[Event]:
    """Say that each invoice had a message of its own, a day apart."""
    for later, (message, invoice) in enumerate(zip(messages, asked, strict=False)):
        data = {
            "id": message, "playbook": "essai", "step": f"avant-{kind}", "occurrence": 1, "channel": channel, "draft": False, "message": message,
            "kind": kind, "reference": reference, "case": invoice.id, "invoices": (invoice.id,),
        }  # fmt: skip
        yield Event(on + timedelta(later), "action.emitted", invoice.id, data=data)


def action_of(situation: Situation, facts: Facts) -> Action:
    """Return the action that carries the text, with what the interpreter lets one ask that day: one invoice, or the first two of several."""
    on = EARLY if situation.early else ON
    about = facts.invoices[:2]
    each = [tuple(invoice.id for invoice in about)] if situation.asks is Asks.ARREARS else [(invoice.id,) for invoice in about]
    parts = [sample.asked_of(facts, names, on, situation.claim, situation.asks) for names in each]
    blank = sample.action(
        facts, channel=situation.channel, tone=situation.tone, language=situation.language, template=situation.template, about=about
    )
    claimed, deadline = added(parts), granted(on, situation.grants, Calendar()) if situation.grants else None
    return replace(
        blank, on=on, kind=situation.kind, registered=situation.registered, claimed=claimed, to=situation.to, deadline=deadline, offer=offered(situation.offer, claimed, deadline, Calendar())
    )  # fmt: skip


def writing_of(situation: Situation, paper: Letterhead | None) -> Writing:
    """Return how it is written: on this paper, or as the sample is."""
    if paper is not None:
        return Writing(letterhead=paper, agency=situation.agency)
    return sample.writing(agency=situation.agency)


def law_context_of(situation: Situation, action: Action, facts: Facts, writing: Writing) -> mentions.Circumstances:
    """Return what the checks of law are told of the text."""
    if not situation.strict:
        return mentions.Circumstances(channel=situation.channel, language=situation.language, tone=situation.tone, notice_on=NOTICE_ON)
    sender, address = writing.letterhead.sender, facts.creditor.address
    return mentions.Circumstances(
        channel=situation.channel,
        language=situation.language,
        tone=situation.tone,
        kind=situation.kind,
        collector="agency" if situation.mandated and not (situation.beside and not situation.letter) else "creditor",
        debtor=situation.debtor,
        first_letter=situation.mandated and not situation.letter,
        beside_letter=situation.beside,
        letter_reference=file_reference(facts.creditor.id, facts.debtor.id, action.claimed.currency) if situation.letter else None,
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


# --------------------------------------------------------------------------- what a step sends


def situations_of(playbook: Playbook, number: int, step: Step, templates: Templates) -> Iterator[Situation]:
    """Name what a step sends: on each channel it may take, in each language, to each kind of debtor."""
    before = playbook.steps[:number]
    letter = any(LETTERS.intersection(each.channels) for each in before)
    stands_in = {into for _, into in step.fallback}
    agency = playbook.collector == "agency"
    for channel in sorted({*step.channels, *stands_in} & TEXT_CHANNELS):
        by_letter = bool(LETTERS.intersection(step.channels))
        for language in dict.fromkeys((playbook.language, *templates.languages())):
            if templates.locate(step.template or step.id, channel, language) is None:
                continue
            tones = [step.tone or Tone.NEUTRAL]
            if len(templates.folders) > 1 and reads_own(templates, step.template or step.id, channel, language):
                tones += tones_for(templates, step.template or step.id, channel, language)
            debtors = ("business", "consumer") if playbook.debtor == "any" else (playbook.debtor,)
            for tone, debtor in product(dict.fromkeys(tones), debtors):
                yield Situation(
                    template=step.template or step.id,
                    channel=channel,
                    language=language,
                    tone=tone,
                    kind=step.kind,
                    debtor=debtor,
                    claim=step.claim,
                    asks=step.asks,
                    offer=step.offer,
                    grants=step.grants,
                    early=step.at.anchor == "due" and step.at.offset is not None and step.at.offset.number < 0,
                    letter=letter,
                    notice=any(each.kind is StepKind.FORMAL_NOTICE for each in before),
                    registered=channel in step.channels and channel not in REGISTERED and bool(REGISTERED.intersection(step.channels)),
                    beside=by_letter and channel not in LETTERS and channel not in stands_in,
                    agency=agency,
                    mandated=agency and (letter or channel in LETTERS),  # a contact before the letter is PB310's
                    to=step.to,
                )


def tones_for(templates: Templates, name: str, channel: Channel, language: str) -> tuple[Tone, ...]:
    """Return the tones a wording is written for; none where it cannot be read."""
    try:
        return templates.find(name, channel, language).tones
    except WordingError:
        return ()


def reads_own(templates: Templates, name: str, channel: Channel, language: str) -> bool:
    """Say whether a wording, or a block it includes, is read from a folder of one's own (any folder, where there is none beside the shipped one)."""
    place = templates.locate(name, channel, language)
    folders = tuple(f"{folder}/" for folder in templates.folders[:-1] or templates.folders)
    assert place is not None, "a template's channels are those that have a wording"
    return any((read := templates.read(each)) is not None and read[0].startswith(folders) for each in files_of(templates, place))


def files_of(templates: Templates, place: str) -> list[str]:
    """Name a wording and the blocks it includes."""
    language = place.split("/", 1)[0]
    return [place, *sorted(f"{language}/_blocks/{name}{SUFFIX}" for name in included(templates, place))]
