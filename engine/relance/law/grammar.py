"""What a sentence may not say, whatever its words: the rules of `playbooks/law/fr/checks/sentences.yaml` → places of a text.

A rule is made of patterns over the classes of `lexicon.yaml`. `@saisir @biens`: a word of the one, then one of the other, at
most `reach` words between them; `@saisir & @biens`: in either order; `@passer:futur`: in the future; `:passe`: in a clause of what has been; `+@b`: a word between at most; `a|b`: one of them.
`0` is any number, `*` any word; `!@b` no word of it: the next two words are none (`@vos !@affaires`), or the verb of that tense is not (`!@licites:futur`). A denial is lawful unless the rule says `denied: counts`; so is a reservation where it says `reserved: lawful`, and what has been where it says `past: lawful`. A rule that says `alone` is asked where no other speaks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import permutations
from typing import Any

from relance.law import lemmas
from relance.law.folding import FoldedText, fold
from relance.law.lemmas import Sentence, Word
from relance.law.rules import load

#: Words that may stand between two of a pattern.
REACH = 6

#: What a pattern calls any word, as in `@juge *:futur`.
_ANY = "*"

_Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Item:
    """One place of a pattern: phrases, one of which must stand there. `tense`: its first word is in it; `near`: a word before it at most; `other`: none may."""

    phrases: dict[str, tuple[_Phrase, ...]]
    tense: str
    near: bool
    other: bool = False

    def ends(self, sentence: Sentence, at: int) -> int | None:
        """Return where the longest phrase that stands at a place ends, or None."""
        if self.tense and at not in (sentence.future if self.tense == "futur" else sentence.past):
            return None
        if self.other:
            return at + 1 if self._is_other(sentence, at) else None
        if _ANY in self.phrases:
            return at + 1
        best: int | None = None
        for key in sentence.words[at].keys:
            for phrase in self.phrases.get(key, ()):
                end = at + len(phrase)
                if _stands(phrase, sentence.words[at:end]) and (best is None or end > best):
                    best = end
        return best


    def within(self, reach: int) -> int:
        """Return how many words may stand before it: none before what must be another word than some, of no tense."""
        return 0 if self.other and not self.tense else 1 if self.near else reach

    def _is_other(self, sentence: Sentence, at: int) -> bool:
        """Say whether none of the phrases stands at a place or, of no tense, at the next; what has a tense is a verb."""
        if self.tense and not lemmas.is_verb(sentence.words[at]):
            return False
        places = range(at, min(at + (1 if self.tense else 2), len(sentence.words)))
        return not any(_stands(phrase, sentence.words[place : place + len(phrase)]) for place in places for key in sentence.words[place].keys for phrase in self.phrases.get(key, ()))


#: A pattern, with the first words of its items, the fewest first: a sentence that has none of an item's is not looked through.
_Needing = tuple[tuple[_Item, ...], tuple[frozenset[str], ...]]


def _needing(pattern: tuple[_Item, ...]) -> _Needing:
    return pattern, tuple(sorted({frozenset(item.phrases) for item in pattern if not item.other and _ANY not in item.phrases}, key=len))


@dataclass(frozen=True)
class SentenceRule:
    """A kind of sentence. `catches` and `spares` are its examples; `debtor` narrows whom it protects."""

    name: str
    code: str
    says: str
    law: str
    instead: str
    patterns: tuple[tuple[_Item, ...], ...]
    unless: tuple[tuple[_Item, ...], ...]
    reach: int
    denied_counts: bool
    reserved_lawful: bool
    right_counts: bool
    past_lawful: bool
    alone: bool
    debtor: str | None
    catches: tuple[str, ...]
    spares: tuple[str, ...]

    @cached_property
    def needing(self) -> tuple[_Needing, ...]:
        """Each pattern with what it needs."""
        return tuple(map(_needing, self.patterns))

    @cached_property
    def excuses(self) -> tuple[_Needing, ...]:
        """Each pattern of `unless` with what it needs."""
        return tuple(map(_needing, self.unless))


@dataclass(frozen=True, slots=True)
class Passage:
    """A place of a folded text and the rule it breaks."""

    rule: SentenceRule
    start: int
    end: int


# --------------------------------------------------------------------------- the rules


@lru_cache(maxsize=1)
def sentence_rules() -> tuple[SentenceRule, ...]:
    """Return every rule of the sentences."""
    return tuple(_rule(raw) for raw in load("sentences")["rules"])


@lru_cache(maxsize=1)
def _frames() -> tuple[_Needing, ...]:
    """Return the patterns that make a statement lawful whatever the rule."""
    return tuple(_needing(each) for text in load("sentences").get("unless", ()) for each in _patterns(text))


def _rule(raw: Any) -> SentenceRule:
    return SentenceRule(
        name=raw["name"],
        code=raw["code"],
        says=raw["says"],
        law=raw["law"],
        instead=raw["instead"],
        patterns=tuple(each for text in raw["patterns"] for each in _patterns(text)),
        unless=tuple(each for text in raw.get("unless", ()) for each in _patterns(text)),
        reach=int(raw.get("reach", REACH)),
        denied_counts=raw.get("denied") == "counts",
        reserved_lawful=raw.get("reserved") == "lawful",
        right_counts=raw.get("right") == "counts",
        past_lawful=raw.get("past") == "lawful",
        alone=bool(raw.get("alone")),
        debtor=raw.get("debtor"),
        catches=tuple(raw["catches"]),
        spares=tuple(raw["spares"]),
    )


def _patterns(text: str) -> Iterator[tuple[_Item, ...]]:
    """Read a pattern; one whose parts stand in any order is as many patterns."""
    for parts in permutations(text.split(" & ")):
        yield tuple(_item(item) for part in parts for item in part.split())


@lru_cache(maxsize=8192)
def _item(text: str) -> _Item:
    names, _, tense = text.lstrip("+!").partition(":")
    phrases: dict[str, list[_Phrase]] = {}
    for name in names.split("|"):
        for phrase in _class(name[1:]) if name.startswith("@") else (_phrase(name),):
            phrases.setdefault(phrase[0], []).append(phrase)
    return _Item({first: tuple(each) for first, each in phrases.items()}, tense, text.startswith("+"), other="!" in text)


@lru_cache(maxsize=256)
def _class(name: str) -> tuple[_Phrase, ...]:
    """Return the phrases of a class of the lexicon; "@other" in it stands for the phrases of that class."""
    found: list[_Phrase] = []
    for entry in load("lexicon")["classes"][name]:
        found += _class(entry[1:]) if entry.startswith("@") else [_phrase(entry)]
    return tuple(found)


def _phrase(entry: str) -> _Phrase:
    return (_ANY,) if entry == _ANY else tuple(re.findall(r"[a-z0-9]+|[€%]", fold(entry).text))


# --------------------------------------------------------------------------- matching

_END = re.compile(r"(?<=[a-z0-9)%€»\0 ])[.!?…]+(?=\s|$)|\n|(?<=[a-z])( )(?=(?:vous|nous|je|si|merci|veuillez)\b)")
_LAST = re.compile(r"[a-z]+\Z")
_LEADS = frozenset(["nous", "vous", "je", "on", "ne", "n", "de", "d", "a", "pour", "sur", "par", "avec", "chez", "entre", "et", "ou", "que", "qu", "qui", "si", "comme", "sans", "envers", "contre"])
_NAMED = re.compile(r"(?<=[a-z]) « ([^»\n]{1,80}) »")


def check(folded: FoldedText, text: str, debtor: str | None) -> tuple[Passage, ...]:
    """Return what a text says against a rule, by place. `folded` is `text` folded."""
    return tuple(
        Passage(sentence_rules()[number], start + first, start + last)
        for start, said, letters in sentences(folded, text)
        for number, first, last in _broken(said, letters, debtor)
    )


def sentences(folded: FoldedText, text: str) -> Iterator[tuple[int, str, str]]:
    """Yield every sentence of a folded text: where it begins, its folded characters, and those they were made of."""
    for start, end in _sentences(folded, text):
        yield start, folded.text[start:end], _written(folded, text, start, end)


def is_excused(folded: FoldedText, text: str, place: tuple[int, int]) -> bool:
    """Say whether the sentence around a place of a folded text denies what stands there, or is one that no rule is asked of."""
    for start, end in _sentences(folded, text):
        if start <= place[0] < end:
            sentence = _read(folded.text[start:end], _written(folded, text, start, end))
            return any(sentence.words[at].start < place[1] - start and place[0] - start < sentence.words[at].end for at in sentence.denied | _stated(sentence, _frames(), REACH))
    return False


def _sentences(folded: FoldedText, text: str) -> Iterator[tuple[int, int]]:
    """Cut a text into sentences; a capital may begin one where the full stop was forgotten ("… cette semaine Vous pouvez payer")."""
    start = 0
    for match in _END.finditer(folded.text):
        if match[1] is not None and not _begins(folded, text, match):
            continue
        yield start, match.start()
        start = match.end()
    yield start, len(folded.text)


def _begins(folded: FoldedText, text: str, match: re.Match[str]) -> bool:
    """Say whether a pronoun in the middle of a line begins a sentence: a capital, behind a word in small letters that calls for no pronoun ("nous Vous prions")."""
    first, last = folded.starts[match.end()], folded.starts[match.start() - 1]
    before = _LAST.search(folded.text, max(0, match.start() - 20), match.start())
    return text[first].isupper() and text[first + 1 : first + 2].islower() and text[last].islower() and (before is None or before[0] not in _LEADS)


def _written(folded: FoldedText, text: str, start: int, end: int) -> str:
    """Return the characters that those of a sentence were made of, one for each."""
    return "".join(text[place] for place in folded.starts[start:end])


@lru_cache(maxsize=32768)
def _read(folded: str, letters: str) -> Sentence:
    return lemmas.read(_NAMED.sub(lambda match: " " * len(match[0]), folded), letters)


@lru_cache(maxsize=32768)
def _broken(folded: str, letters: str, debtor: str | None) -> tuple[tuple[int, int, int], ...]:
    """Read one sentence once, however many letters say it: the number of a rule and the place of its words."""
    if not any(mark.isalpha() for mark in folded):
        return ()
    sentence = _read(folded, letters)
    found: list[tuple[int, int, int]] = []
    by_word, always = _asked_by()
    live = always.union(*(by_word[key] for key in sentence.keys if key in by_word))
    for number, rule in sorted(((number, sentence_rules()[number]) for number in live), key=lambda each: (each[1].alone, each[0])):
        if rule.debtor in (None, debtor) and not (rule.alone and found) and (place := _place(rule, sentence)) is not None:
            found.append((number, *place))
    return tuple(found)


@lru_cache(maxsize=1)
def _asked_by() -> tuple[dict[str, frozenset[int]], frozenset[int]]:
    """Return by word the rules (their numbers) one of whose patterns may begin to hold with it, and those that may hold without any; of most sentences few rules are left."""
    by_word: dict[str, set[int]] = {}
    always: set[int] = set()
    for number, rule in enumerate(sentence_rules()):
        for _, needed in rule.needing:
            if not needed:
                always.add(number)
            for word in needed[0] if needed else ():
                by_word.setdefault(word, set()).add(number)
    return {word: frozenset(numbers) for word, numbers in by_word.items()}, frozenset(always)


def _place(rule: SentenceRule, sentence: Sentence) -> tuple[int, int] | None:
    """Return the characters of the first place that breaks a rule, or None."""
    excused: frozenset[int] | None = None
    for pattern, needed in rule.needing:
        if any(map(sentence.keys.isdisjoint, needed)):
            continue
        for taken in _taken(pattern, sentence, rule.reach):
            if not rule.denied_counts and not sentence.denied.isdisjoint(taken):
                continue
            if rule.reserved_lawful and not sentence.reserved.isdisjoint(taken):
                continue
            if not rule.right_counts and not sentence.allowed.isdisjoint(taken):
                continue
            if rule.past_lawful and not sentence.past.isdisjoint(taken):
                continue
            if excused is None:
                excused = _stated(sentence, _frames(), REACH) | _stated(sentence, rule.excuses, rule.reach)
            if not excused.isdisjoint(taken):
                continue
            return sentence.words[taken[0]].start, sentence.words[taken[-1]].end
    return None


def _stated(sentence: Sentence, patterns: tuple[_Needing, ...], reach: int) -> frozenset[int]:
    """Return the words of the statements in which one of some patterns stands: what makes one statement lawful excuses no other."""
    taken: set[int] = set()
    for pattern, needed in patterns:
        if not any(map(sentence.keys.isdisjoint, needed)):
            taken.update(at for words in _taken(pattern, sentence, reach) for at in words)
            if taken and len(sentence.statements) == 1:
                break
    return frozenset(at for statement in sentence.statements if not taken.isdisjoint(statement) for at in statement)


def _taken(pattern: tuple[_Item, ...], sentence: Sentence, reach: int) -> Iterator[tuple[int, ...]]:
    """Yield the words that a pattern takes, from each place where it may begin."""
    for at in range(len(sentence.words)):
        if (end := pattern[0].ends(sentence, at)) is not None:
            rest = _following(pattern[1:], sentence, end, reach)
            if rest is not None:
                yield (*range(at, end), *rest)


def _following(pattern: tuple[_Item, ...], sentence: Sentence, start: int, reach: int) -> tuple[int, ...] | None:
    if not pattern:
        return ()
    for at in range(start, min(start + pattern[0].within(reach) + 1, len(sentence.words))):
        if (end := pattern[0].ends(sentence, at)) is not None:
            rest = _following(pattern[1:], sentence, end, reach)
            if rest is not None:
                return (*range(at, end), *rest)
    return None


def _stands(phrase: _Phrase, words: tuple[Word, ...]) -> bool:
    return len(words) == len(phrase) and all(key in word.keys for key, word in zip(phrase, words, strict=True))
