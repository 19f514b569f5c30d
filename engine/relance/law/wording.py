"""What may not be written to a debtor, and what must be: a rendered text and its context → findings with their place.

Owns the words of `playbooks/law/fr/checks/terms.yaml` and the mentions of CPCE (enforcement) R124-4 and of a formal notice.
Knows no template, no file of a playbook and no screen; it shows what the law says of a word and never rewrites.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from relance.law import grammar, mentions
from relance.law.folding import FoldedText, amount_places, fold
from relance.law.mentions import Circumstances
from relance.law.rules import Rule, load, rules
from relance.law.texts import L111_8
from relance.model import CONTACT_CHANNELS, Channel, Severity, StepKind
from relance.sentences import Phrase, sentence, shipped_text

__all__ = ["Circumstances", "Finding", "check"]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One fault of a text. `start` and `end` count characters of the text as given; both 0 where something is missing.

    `law` is the article, `certain` what it says, `prudence` what is care beyond it. `offence`: no playbook may waive it.
    """

    start: int
    end: int
    code: str
    severity: Severity
    message: str
    law: str
    certain: str
    prudence: str
    offence: bool
    hint: str | None = None


class _Term(NamedTuple):
    """One entry of the list of words."""

    code: str
    match: re.Pattern[str]
    unless: re.Pattern[str] | None
    language: str
    debtor: str | None
    channel: str | None
    heading: bool
    before_notice: bool
    instead: str | None


def check(text: str, context: Circumstances) -> tuple[Finding, ...]:
    """Return every fault of a rendered text, by place: words first of all, then what is missing.

    One finding for each word: where two terms overlap, the worse, then the longer, stands. A task or a hand-over is not written
    to the debtor, and has none.
    """
    if context.channel not in CONTACT_CHANNELS:
        return ()
    folded = fold(text)
    own = _own_words(folded)
    listed = tuple(_words(text, own, context))
    words = (*listed, *(found for found in _sentences(text, own, context) if not _covered(found, listed)))
    missing = (_finding(rules()[each.code], each.message, 0, 0, each.hint) for each in mentions.missing_mentions(folded.text, context))
    seen = (*_shouting(text), *_screen(folded, context))
    return tuple(sorted((*_outermost(words), *missing, *seen)))


def _finding(rule: Rule, message: str, start: int, end: int, hint: str | None = None) -> Finding:
    return Finding(start, end, rule.code, rule.severity, message, rule.law, rule.certain, rule.prudence, rule.offence, hint)


def _named(quoted: str, fault: str) -> Phrase:
    """Say what is wrong with words of a text, as the data of the law say it."""
    return sentence('"{quoted}": {fault}', quoted=quoted, fault=shipped_text(fault))


# --------------------------------------------------------------------------- words


@lru_cache(maxsize=1)
def _terms() -> tuple[_Term, ...]:
    return tuple(
        _Term(
            code=raw["code"],
            match=re.compile(rf"(?<![a-z0-9])(?:{raw['match']})(?![a-z0-9])"),
            unless=re.compile(raw["unless"]) if "unless" in raw else None,
            language=raw.get("language", "fr"),
            debtor=raw.get("debtor"),
            channel=raw.get("channel"),
            heading=raw.get("heading") == "true",
            before_notice=raw.get("notice") == "none",
            instead=raw.get("instead"),
        )
        for raw in load("terms")["terms"]
    )


@lru_cache(maxsize=1)
def _lawful() -> tuple[tuple[str | None, re.Pattern[str]], ...]:
    quoted = ((None, re.compile(re.escape(fold(paragraph).text))) for paragraph in L111_8)
    return (*quoted, *((raw["code"], re.compile(raw["match"])) for raw in load("terms")["lawful"]))


def _own_words(folded: FoldedText) -> FoldedText:
    """Return a text without what is the law's: L111-8 is not held against a letter that quotes it."""
    for code, pattern in _lawful():
        if code is None:
            folded = folded.blanked(pattern)
    return folded


def _words(text: str, folded: FoldedText, context: Circumstances) -> Iterator[Finding]:
    lines = tuple(_title_lines(text))
    for term in _terms():
        if not _counts(term, context):
            continue
        rule = rules()[term.code]
        for start, end, said in _in_titles(term, lines) if term.heading else _in_text(term, folded, text):
            yield _finding(
                rule, _named(" ".join(text[start:end].split()) or said, rule.title), start, end, term.instead and sentence("write {instead}", instead=shipped_text(term.instead))
            )


def _counts(term: _Term, context: Circumstances) -> bool:
    """Say whether a term is looked for in this text. French words are looked for in every language: a letter may mix them."""
    if term.language not in ("fr", context.language):
        return False
    if term.debtor is not None and term.debtor != context.debtor:
        return False
    if term.channel is not None and term.channel != context.channel:
        return False
    return not (term.before_notice and (context.kind is StepKind.FORMAL_NOTICE or context.notice_on is not None))


def _in_text(term: _Term, folded: FoldedText, text: str) -> Iterator[tuple[int, int, str]]:
    for code, pattern in _lawful():
        if code == term.code:
            folded = folded.blanked(pattern)
    for match in term.match.finditer(folded.text):
        if term.unless is not None and term.unless.search(_sentence(folded.text, match.start(), match.end())):
            continue
        if term.code not in load("terms")["denied"] or not grammar.is_excused(folded, text, match.span()):
            yield *folded.place(match.start(), match.end()), match[0]


#: Characters of a sentence that are looked at on either side of a word.
_REACH = 600
_END = re.compile(r"(?<=[a-z0-9)%€»]{2})[.!?;] |\n")


def _sentence(text: str, start: int, end: int) -> str:
    near = max(0, start - _REACH)
    first = max((found.end() for found in _END.finditer(text, near, start)), default=near)
    last = _END.search(text, end, end + _REACH)
    return text[first : last.start() if last else end + _REACH]


class _Line(NamedTuple):
    start: int
    folded: FoldedText


def _title_lines(text: str) -> Iterator[_Line]:
    """Return the lines that stand as a letterhead, a title or a signature does: short, on their own, no sentence."""
    lines = list(re.finditer(r"[^\n]*", text))
    lines = [line for line in lines if line[0] or line.start() == 0 or text[line.start() - 1 : line.start()] == "\n"]
    for number, line in enumerate(lines):
        bare = line[0].strip().lstrip("#>*-_| ").rstrip("*_| ")
        if not bare or len(bare) > 80 or bare[-1] in ".,;:!?" or not bare[0].isupper():
            continue
        following = lines[number + 1][0].strip().lstrip("#>*-_| ") if number + 1 < len(lines) else ""
        if not following or not following[0].islower():
            start = line.start() + line[0].find(bare)
            yield _Line(start, fold(bare))


def _in_titles(term: _Term, lines: Iterable[_Line]) -> Iterator[tuple[int, int, str]]:
    for start, folded in lines:
        if term.match.fullmatch(folded.text) and not (term.unless and term.unless.search(folded.text)):
            first, last = folded.place(0, len(folded.text))
            yield start + first, start + last, folded.text


def _sentences(text: str, folded: FoldedText, context: Circumstances) -> Iterator[Finding]:
    """Read the sentences by their sense. French alone has rules of it; a letter in another language may mix French words, which `_words` knows."""
    if context.language != "fr":
        return
    for found in grammar.check(folded, text, context.debtor):
        rule = rules()[found.rule.code]
        start, end = folded.place(found.start, found.end)
        said = " ".join(text[start:end].split())
        yield replace(_finding(rule, _named(said, found.rule.says), start, end, sentence("write {instead}", instead=shipped_text(found.rule.instead))), law=found.rule.law)


_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.HINT: 2}


def _covered(found: Finding, listed: Iterable[Finding]) -> bool:
    """Say whether a word of the list tells the same place, no less severely: it names what is wrong more closely than the sense does."""
    return any(_ORDER[one.severity] <= _ORDER[found.severity] and one.start < found.end and found.start < one.end for one in listed)


def _outermost(findings: Iterable[Finding]) -> list[Finding]:
    """Keep, of findings that overlap, the worse, then the longer."""
    kept: list[Finding] = []  # by place; none overlaps another
    for finding in sorted(findings, key=lambda one: (_ORDER[one.severity], one.start - one.end, one.start, one.code)):
        at = bisect_left(kept, finding.end, key=lambda one: one.start)
        if at == 0 or kept[at - 1].end <= finding.start:
            kept.insert(at, finding)
    return kept


# --------------------------------------------------------------------------- how it looks

_SENTENCE = re.compile(r"[^.!?\n]+[.!]*")
_LOUD = re.compile(r"!{2,}|\bURGENT\b")


def _shouting(text: str) -> Iterator[Finding]:
    """Look for sentences with four words in capitals on end; a title ends without a full stop, and an address too."""
    rule = rules()["PB344"]
    places = [match.span() for match in _LOUD.finditer(text)]
    sentences = (found for found in _SENTENCE.finditer(text) if found[0].endswith((".", "!")))
    places += [sentence.span() for sentence in sentences if _in_capitals(sentence[0])]
    for start, end in places:
        said = " ".join(text[start:end].split())
        yield _finding(rule, _named(said, rule.title), start, end, sentence("write it in lower case, with a full stop"))


def _in_capitals(sentence: str) -> bool:
    run = 0
    for word in re.split(r"[^\w]+", sentence):
        run = run + 1 if len(word) > 1 and word.isupper() and word.isalpha() else 0 if word else run
        if run >= 4:
            return True
    return False


_MONEY_MARK = re.compile(r" ?(?:€|euros?\b|eur\b|usd\b|gbp\b|chf\b|\$|£)")
_MOTIVE = re.compile(
    r"(?<![a-z])(?:dettes?|endette\w*|impayee?s?|creances?|mises? en demeure|contentieux|huissiers?|"
    r"debts?|unpaid|overdue|arrears|owed?|owing|formal notice)(?![a-z])"
)


def _screen(folded: FoldedText, context: Circumstances) -> Iterator[Finding]:
    """Look at what a passer-by reads on the screen of a telephone."""
    if context.channel is not Channel.SMS:
        return
    rule = rules()["PB359"]
    shown = [
        (start, end)
        for _, start, end in amount_places(folded.text)
        if _MONEY_MARK.match(folded.text, end) or folded.text[max(0, start - 2) : start].strip() in ("€", "$", "£")
    ]
    shown += [match.span() for match in _MOTIVE.finditer(folded.text)]
    for start, end in sorted(shown):
        yield _finding(
            rule, _named(folded.text[start:end], rule.title), *folded.place(start, end), sentence("ask to call back or to read the letter")
        )
