"""Wordings against the law, once filled (PB3xx): every text a playbook sends, read with a sample case by `relance.law.wording`.

Owns what is read and the way from a place in a filled text back to its template. A word stands in the wording that says
it; a mention that is not there is told at the step that should carry it. What a word means in law is not known here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from relance.factcheck import Contradiction, check, known_of
from relance.language import checks
from relance.language.place import Span
from relance.language.source import Source
from relance.law import wording
from relance.law.folding import fold
from relance.letters import checked
from relance.letters.business_mentions import mediator_missing
from relance.letters.check import place_of, reader_of
from relance.letters.context import build
from relance.letters.letterhead import Letterhead
from relance.letters.situations import (
    Situation,
    action_of,
    facts_of,
    files_of,
    law_context_of,
    reads_own,
    situations_of,
    tones_for,
    writing_of,
)
from relance.letters.wording import Templates, WordingError
from relance.model import TEXT_CHANNELS, Asks, Diagnostic, Duration, Playbook, Severity, Step, Tone
from relance.sentences import sentence, shipped_text


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
    """Read every text of a playbook on every channel, in every language and at every tone there is; what the author waived is left out.

    A text may leave in any of its languages, for a debtor may have one of his own. At another tone than the step's it is read for its
    words alone: what it must say belongs to the step, and so does the tone it says it in. The words of what ships were read at every tone
    by a test, so that only wordings of one's own are read at the tones no step uses.
    `paper` is the letterhead it is read with, a sample without. A text that cannot be filled is what `letters.check` tells.
    """
    found: dict[tuple[str, int, int, str, str], Diagnostic] = {}
    for number, step in enumerate(playbook.steps):
        for situation in situations_of(playbook, number, step, templates):
            for fault in _faults(situation, templates, paper):
                if situation.tone is not (step.tone or Tone.NEUTRAL) and not fault.path:
                    continue
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
                if not reads_own(templates, name, channel, language):
                    continue
                for tone in tones_for(templates, name, channel, language):
                    for debtor, asks in product(("business", "consumer"), Asks):
                        situation = Situation(
                            name,
                            channel,
                            language,
                            tone,
                            debtor=debtor,
                            asks=asks,
                            grants=Duration(10),
                            letter=True,
                            notice=True,
                            strict=False,
                            cases=(debtor == "business",),
                        )
                        found.update(_told(fault) for fault in _faults(situation, templates, paper) if fault.path)
    return tuple(sorted(found))


# --------------------------------------------------------------------------- reading


def _faults(situation: Situation, templates: Templates, paper: Letterhead | None) -> tuple[Fault, ...]:
    place = templates.locate(situation.template, situation.channel, situation.language)
    assert place is not None, "a situation is made of wordings that are there"
    asked = reader_of(templates, place)
    return _read(situation, asked) if paper is None else _read_on(situation, asked, paper)


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
        facts = facts_of(situation, rich=rich)
        action, writing = action_of(situation, facts), writing_of(situation, paper)
        try:
            text = templates.find(situation.template, situation.channel, situation.language).render(build([action], facts, writing))
        except WordingError as error:
            broken.append(error.diagnostic)
            continue
        whole = f"{text.subject}\n\n{text.plain()}"
        for each in wording.check(whole, law_context_of(situation, action, facts, writing)):
            if each.end or each.code not in _OF_THE_PLAYBOOK:
                found.setdefault((each.code, each.message), _placed(each, whole, place, templates))
        if paper is not None and (unnamed := mediator_missing(whole, str(paper.sender.get("mediator", "")))):
            found.setdefault(("PB416", unnamed), Fault(wording.Finding(0, 0, "PB416", Severity.ERROR, unnamed, "", "", "", offence=False, hint=""), ""))
        for untrue in check(checked.message(text), known_of([action], facts, checked.paper_of(writing, facts.debtor))):
            found.setdefault((untrue.code, untrue.fact), _placed(_untrue(untrue, whole), whole, place, templates))
    if len(broken) == len(situation.cases):
        found["", ""] = _unfilled(broken[0])
    return tuple(found.values())


def _untrue(found: Contradiction, whole: str) -> wording.Finding:
    """Turn what a text says against the facts of its sample case into a finding that has a place, if its sentence stands there in one piece."""
    start = max(whole.find(found.quote), 0)
    message = sentence("“{quote}”: {fact}", quote=found.quote, fact=found.fact)
    return wording.Finding(start, start + len(found.quote), found.code, Severity.ERROR, message, "", "", "", offence=False, hint="")


def _unfilled(why: Diagnostic) -> Fault:
    """Turn a text that no sample case fills into a fault: what it names may be unknown on the day too."""
    finding = wording.Finding(
        0, 1, why.code, why.severity, why.message, "", "", "", offence=False, hint=why.hint or sentence("ask first, as in `{{% if notice %}}`")
    )
    return Fault(finding, why.path, why.line, why.column, why.end_line, why.end_column)


#: What is missing and stands in the playbook itself, where a check of the playbook tells it.
_OF_THE_PLAYBOOK = frozenset({"PB304"})


def _placed(found: wording.Finding, whole: str, place: str, templates: Templates) -> Fault:
    """Look for the words of a finding in the wording, then in the blocks it includes; a word that a variable brought stands nowhere."""
    if not found.end:
        return Fault(found, "")
    words = fold(whole[found.start : found.end]).text.strip()
    for name in files_of(templates, place):
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
    return Fault(replace(found, message=sentence("{message} (a variable brings it)", message=found.message)), read[0], 1, 1, 1, first)


def _line(text: str, place: int) -> tuple[int, int]:
    return text.count("\n", 0, place) + 1, place - text.rfind("\n", 0, place)


# --------------------------------------------------------------------------- telling


def _told(fault: Fault) -> Diagnostic:
    found = fault.found
    return Diagnostic(
        fault.path, fault.line, fault.column, found.code, found.severity, found.message, fault.end_line, fault.end_column, _hint(found)
    )


def _told_at(fault: Fault, step: Step, situation: Situation, where: Span) -> Diagnostic:
    said = sentence("the {channel} of \"{step}\" in '{language}': {message}", channel=situation.channel.replace("_", " "), step=step.id, language=situation.language, message=fault.found.message)
    return where.diagnostic(fault.found.code, said, severity=fault.found.severity, hint=_hint(fault.found))


def _hint(found: wording.Finding) -> str | None:
    if found.hint and found.law:
        return sentence("{hint}; {law}", hint=found.hint, law=shipped_text(found.law))
    if found.law and found.end and not found.hint:  # these very words are what may not be written
        return sentence("leave these words out; {law}", law=shipped_text(found.law))
    return found.hint or (shipped_text(found.law) if found.law else None)
