"""Wordings against the law, once filled (PB3xx): every text a playbook sends, read with a sample case by `relance.law.wording`.

Owns the sample cases and the way from a place in a filled text back to its template. A word stands in the wording that says
it; a mention that is not there is told at the step that should carry it. What a word means in law is not known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from relance.dates import add
from relance.language import checks
from relance.language.source import Source, Span
from relance.law import mentions, wording
from relance.law.claims import Movement, claimed, owed_of
from relance.law.folding import fold
from relance.letters import sample
from relance.letters.check import included, place_of
from relance.letters.context import LETTERS, Writing, build, reference_of
from relance.letters.letterhead import Letterhead
from relance.letters.wording import SUFFIX, Templates, WordingError
from relance.model import (
    TEXT_CHANNELS,
    Action,
    Calendar,
    Channel,
    Claim,
    Diagnostic,
    Duration,
    Event,
    Facts,
    Playbook,
    Step,
    StepKind,
    Tone,
)

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
    claim: tuple[Claim, ...] = ()
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


class Fault(NamedTuple):
    """A finding, and where its words stand in a template; `path` is "" for what is missing."""

    found: wording.Finding
    path: str
    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1


# --------------------------------------------------------------------------- what is read


def check_playbook(
    playbook: Playbook, source: Source | None, templates: Templates, paper: Letterhead | None = None
) -> tuple[Diagnostic, ...]:
    """Read every text of a playbook in every language there is, as the law does; what the author waived is left out.

    Where nobody brought wordings of his own, the playbook's language is enough: a test reads what ships in all of them.
    `paper` is the letterhead it is read with, a sample without. A text that cannot be filled is what `letters.check` tells.
    """
    found: dict[tuple[str, int, int, str, str], Diagnostic] = {}
    for number, step in enumerate(playbook.steps):
        for situation in _situations(playbook, number, step, templates):
            for fault in _faults(situation, templates, paper):
                each = _told(fault) if fault.path else _told_at(fault, step, situation, place_of(source, playbook, number, step))
                found.setdefault((each.path, each.line, each.column, each.code, fault.found.message), each)
    return checks.waived(playbook, tuple(sorted(found.values())))


def check_all(templates: Templates, *, languages: Iterable[str] = (), paper: Letterhead | None = None) -> tuple[Diagnostic, ...]:
    """Read every wording at every tone it is written for, on every channel, for its words; no playbook says more of it.

    Where folders of one's own come before the shipped one, only what is read from them, wholly or for a block.
    """
    found: set[Diagnostic] = set()
    for language in languages or templates.languages():
        for name in templates.names(language):
            for channel in sorted(TEXT_CHANNELS.intersection(templates.channels(name, language))):
                if not _own(templates, name, channel, language):
                    continue
                for tone in _tones(templates, name, channel, language):
                    for debtor in ("business", "consumer"):
                        situation = Situation(
                            name,
                            channel,
                            language,
                            tone,
                            debtor=debtor,
                            grants=Duration(10),
                            letter=True,
                            notice=True,
                            strict=False,
                            cases=(debtor == "business",),
                        )
                        found.update(_told(fault) for fault in _faults(situation, templates, paper) if fault.path)
    return tuple(sorted(found))


def _tones(templates: Templates, name: str, channel: Channel, language: str) -> tuple[Tone, ...]:
    try:
        return templates.find(name, channel, language).tones
    except WordingError:
        return ()


def _own(templates: Templates, name: str, channel: Channel, language: str) -> bool:
    place = templates.locate(name, channel, language)
    folders = tuple(f"{folder}/" for folder in templates.folders[:-1] or templates.folders)
    assert place is not None, "a template's channels are those that have a wording"
    return any((read := templates.read(each)) is not None and read[0].startswith(folders) for each in _files(templates, place))


def _files(templates: Templates, place: str) -> list[str]:
    """Name a wording and the blocks it includes."""
    language = place.split("/", 1)[0]
    return [place, *sorted(f"{language}/_blocks/{name}{SUFFIX}" for name in included(templates, place))]


def _situations(playbook: Playbook, number: int, step: Step, templates: Templates) -> Iterator[Situation]:
    """Name what a step sends: on each channel it may take, in each language, to each kind of debtor."""
    before = playbook.steps[:number]
    letter = any(LETTERS.intersection(each.channels) for each in before)
    stands_in = {into for _, into in step.fallback}
    agency = playbook.collector == "agency"
    others = templates.languages() if len(templates.folders) > 1 else ()  # what ships was read in every language before it shipped
    for channel in sorted({*step.channels, *stands_in} & TEXT_CHANNELS):
        by_letter = bool(LETTERS.intersection(step.channels))
        for language in dict.fromkeys((playbook.language, *others)):
            if templates.locate(step.template or step.id, channel, language) is None:
                continue
            for debtor in ("business", "consumer") if playbook.debtor == "any" else (playbook.debtor,):
                yield Situation(
                    template=step.template or step.id,
                    channel=channel,
                    language=language,
                    tone=step.tone or Tone.NEUTRAL,
                    kind=step.kind,
                    debtor=debtor,
                    claim=step.claim,
                    grants=step.grants,
                    early=step.at.anchor == "due" and step.at.offset is not None and step.at.offset.number < 0,
                    letter=letter,
                    notice=any(each.kind is StepKind.FORMAL_NOTICE for each in before),
                    beside=by_letter and channel not in LETTERS and channel not in stands_in,
                    agency=agency,
                    mandated=agency and (letter or channel in LETTERS),  # a contact before the letter is PB310's
                    cases=(False, True) if language == playbook.language else (False,),
                    to=step.to,
                )


# --------------------------------------------------------------------------- the sample cases


def _facts(situation: Situation, *, rich: bool) -> Facts:
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


def _action(situation: Situation, facts: Facts) -> Action:
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


def _writing(situation: Situation, paper: Letterhead | None) -> Writing:
    if paper is not None:
        return Writing(letterhead=paper, agency=situation.agency)
    return sample.writing(agency=situation.agency)


def _law_context(situation: Situation, action: Action, facts: Facts, writing: Writing) -> mentions.Context:
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


# --------------------------------------------------------------------------- reading


def _faults(situation: Situation, templates: Templates, paper: Letterhead | None) -> tuple[Fault, ...]:
    return _read(situation, templates) if paper is None else _read_on(situation, templates, paper)


@lru_cache(maxsize=8192)
def _read(situation: Situation, templates: Templates) -> tuple[Fault, ...]:
    """Read the texts of a situation once, however many playbooks send them."""
    return _read_on(situation, templates, None)


def _read_on(situation: Situation, templates: Templates, paper: Letterhead | None) -> tuple[Fault, ...]:
    place = templates.locate(situation.template, situation.channel, situation.language)
    assert place is not None, "a situation is made of wordings that are there"
    found: dict[tuple[str, str], Fault] = {}
    broken: list[Diagnostic] = []
    for rich in situation.cases:
        facts = _facts(situation, rich=rich)
        action, writing = _action(situation, facts), _writing(situation, paper)
        try:
            text = templates.find(situation.template, situation.channel, situation.language).render(build([action], facts, writing))
        except WordingError as error:
            broken.append(error.diagnostic)
            continue
        whole = f"{text.subject}\n\n{text.plain()}"
        for each in wording.check(whole, _law_context(situation, action, facts, writing)):
            if each.end or each.code not in _OF_THE_PLAYBOOK:
                found.setdefault((each.code, each.message), _placed(each, whole, place, templates))
    if len(broken) == len(situation.cases):
        found["", ""] = _unfilled(broken[0])
    return tuple(found.values())


def _unfilled(why: Diagnostic) -> Fault:
    """Turn a text that no sample case fills into a fault: what it names may be unknown on the day too."""
    finding = wording.Finding(
        0, 1, why.code, why.severity, why.message, "", "", "", offence=False, hint="ask first, as in `{% if notice %}`"
    )
    return Fault(finding, why.path, why.line, why.column, why.end_line, why.end_column)


#: What is missing and stands in the playbook itself, where a check of the playbook tells it.
_OF_THE_PLAYBOOK = frozenset({"PB304"})


def _placed(found: wording.Finding, whole: str, place: str, templates: Templates) -> Fault:
    """Look for the words of a finding in the wording, then in the blocks it includes; a word that a variable brought stands nowhere."""
    if not found.end:
        return Fault(found, "")
    words = fold(whole[found.start : found.end]).text.strip()
    for name in _files(templates, place):
        if (read := templates.read(name)) is None:
            continue
        path, text = read
        folded = fold(text)
        at = folded.text.find(words)
        if at >= 0:
            start, end = folded.place(at, at + len(words))
            return Fault(found, path, *_line(text, start), *_line(text, end))
    read = templates.read(place)
    assert read is not None
    first = len(read[1].split("\n", 1)[0]) + 1
    return Fault(replace(found, message=f"{found.message} (a variable brings it)"), read[0], 1, 1, 1, first)


def _line(text: str, place: int) -> tuple[int, int]:
    return text.count("\n", 0, place) + 1, place - text.rfind("\n", 0, place)


# --------------------------------------------------------------------------- telling


def _told(fault: Fault) -> Diagnostic:
    found = fault.found
    return Diagnostic(
        fault.path, fault.line, fault.column, found.code, found.severity, found.message, fault.end_line, fault.end_column, _hint(found)
    )


def _told_at(fault: Fault, step: Step, situation: Situation, where: Span) -> Diagnostic:
    said = f"the {situation.channel.replace('_', ' ')} of \"{step.id}\" in '{situation.language}': {fault.found.message}"
    return where.diagnostic(fault.found.code, said, severity=fault.found.severity, hint=_hint(fault.found))


def _hint(found: wording.Finding) -> str | None:
    return "; ".join(part for part in (found.hint, found.law) if part) or None
