"""A French sentence → its words: what each may be the form of, and which clause it stands in.

Owns how French is read: lemmas (by `simplemma`, imported when the first word asks), participles, the future, clauses, what is
denied, what is only reserved and what is the reader's own right. Knows no law: the rules are in `grammar`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from relance.law.folding import fold
from relance.law.rules import load

_WORD = re.compile(r"[a-z]+(?='(?=[a-z]))|[a-z]+|\d+(?:[.,]\d+)*|[,;:()€%]")
_FUTURE = re.compile(r"(?:r|er|ir)(?:ai|as|a|ons|ez|ont)")
_CONDITIONAL = re.compile(r"\w+r(?:ais|ait|ions|iez|aient)")
_INFINITIVE = re.compile(r"\w+(?:er|ir|re|oir)")


@dataclass(frozen=True, slots=True)
class Word:
    """One word. `keys` are the folded words it may be a form of; `start` and `end` count characters of the folded sentence."""

    text: str
    keys: frozenset[str]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words of a sentence, and the places of those that stand in the future, in a denial, in a reservation, in a right of the reader's."""

    words: tuple[Word, ...]
    keys: frozenset[str]
    future: frozenset[int]
    denied: frozenset[int]
    reserved: frozenset[int]
    allowed: frozenset[int]


def read(folded: str, originals: str) -> Sentence:
    """Read a folded sentence. `originals[i]` is the character that the folded one at i was made of: a lemma needs its accents."""
    words = tuple(
        Word(match[0], _keys(match[0], _as_written(originals[match.start() : match.end()])), *match.span())
        for match in _WORD.finditer(folded)
    )
    future = frozenset(at for at in range(len(words)) if _is_future(words, at))
    denied: set[int] = set()
    reserved: set[int] = set()
    allowed: set[int] = set()
    for clause in _clauses(words):
        denied.update(_denied(words, clause))
        if _is_reserved(words, clause):
            reserved.update(clause)
        if _is_right(words, clause):
            allowed.update(clause)
    return Sentence(
        words, frozenset().union(*(word.keys for word in words)), future, frozenset(denied), frozenset(reserved), frozenset(allowed)
    )


def _as_written(letters: str) -> str:
    """Put a word together again; a ligature stands once, though it folds to two letters."""
    return letters.replace("œœ", "œ").replace("ææ", "æ").lower()


# --------------------------------------------------------------------------- words


@lru_cache(maxsize=65536)
def _keys(folded: str, written: str) -> frozenset[str]:
    import simplemma

    keys = {folded}
    if folded.isalpha():
        keys.add(fold(simplemma.lemmatize(written, lang="fr")).text)
        keys.update(_infinitives(written))
        keys.update(_participles().get(folded, ()))
    return frozenset(keys)


def _infinitives(written: str) -> Iterator[str]:
    """Name what a form would be the participle of; most of them are no words, and no rule asks for those."""
    for ending, verb in (("é", "er"), ("ée", "er"), ("és", "er"), ("ées", "er"), ("i", "ir"), ("ie", "ir"), ("is", "ir"), ("ies", "ir")):
        if written.endswith(ending):
            yield fold(written[: -len(ending)]).text + verb


@lru_cache(maxsize=1)
def _participles() -> dict[str, tuple[str, ...]]:
    known: dict[str, tuple[str, ...]] = {}
    for verb, forms in load("lexicon")["participles"].items():
        known |= {form: (*known.get(form, ()), verb) for form in forms.split()}
    return known


@lru_cache(maxsize=1)
def _marks() -> dict[str, frozenset[str]]:
    return {name: frozenset(words.split()) for name, words in load("lexicon")["marks"].items()}


def _has(word: Word, mark: str) -> bool:
    return not _marks()[mark].isdisjoint(word.keys)


def _is_future(words: tuple[Word, ...], at: int) -> bool:
    """Say whether a word is a verb in the future: "saisirons", "allons saisir", "sera saisi"."""
    word = words[at]
    if _FUTURE.search(word.text) and word.text not in word.keys - {word.text} and _is_form(word):
        return True
    before = words[max(0, at - 4) : at]
    if _INFINITIVE.fullmatch(word.text):
        return any(_has(each, "towards") for each in before[-3:])
    if not word.text.endswith(("e", "ee", "es", "ees", "i", "is", "ie", "ies", "u", "us", "ue", "ues", "t", "ts", "te", "tes")):
        return False
    return any("etre" in each.keys and _comes(words, max(0, at - 4) + place, each) for place, each in enumerate(before))


def _comes(words: tuple[Word, ...], at: int, word: Word) -> bool:
    """Say whether a form of "être" is in the future, or the infinitive of something to come: "sera", "va être", "risque d'être"."""
    if word.text == "etre":
        return any(_has(each, "towards") for each in words[max(0, at - 3) : at])
    return _is_form(word) and _FUTURE.search(word.text) is not None


def _is_form(word: Word) -> bool:
    """Say whether a word that ends like a future is one: its lemma is an infinitive."""
    return any(_INFINITIVE.fullmatch(key) and key != word.text for key in word.keys)


# --------------------------------------------------------------------------- clauses


def _clauses(words: tuple[Word, ...]) -> Iterator[range]:
    """Cut a sentence where another clause begins; a condition or a relative ends with its comma."""
    cuts = [0]
    inside = False
    for at, word in enumerate(words):
        if word.text in (";", ":", "(", ")") or (inside and word.text == ","):
            cuts.append(at)
            inside = False
        elif _opens(words, at):
            cuts.append(at)
            inside = True
        elif word.text in ("et", "mais", "donc", "puis", "or", ",") and at + 1 < len(words) and _has(words[at + 1], "subjects"):
            cuts.append(at)
            inside = False
    yield from (range(start, end) for start, end in pairwise((*dict.fromkeys(cuts), len(words))) if start < end)


def _opens(words: tuple[Word, ...], at: int) -> bool:
    """Say whether a condition or a relative clause begins here: "si", "s'il", "que", "faute de", "passé ce délai"."""
    following = words[at + 1].text if at + 1 < len(words) else ""
    if words[at].text == "s":
        return following in ("il", "ils")
    if words[at].text == "passe":
        return following in ("ce", "cette", "le", "la")
    return words[at].text in _marks()["openers"]


def _denied(words: tuple[Word, ...], clause: range) -> Iterator[int]:
    """Name what a clause denies: all of it after "ne … pas" or under "ni", the next words after "aucun" or "sans"."""
    texts = [words[at].text for at in clause]
    if any(_has(words[at], "not_a_denial") for at in clause):
        return
    if texts[:2] in (["ne", "pas"], ["ne", "plus"]) and not {"ne", "n"} & set(texts[2:]):  # "ne pas payer est …": the verb alone
        yield from range(clause.start, min(clause.start + 3, clause.stop))
        return
    if (gerund := next((at for at in clause[1:] if words[at].text == "ne" and words[at - 1].text == "en"), None)) is not None:
        yield from range(gerund, min(gerund + 3, clause.stop))  # "en ne payant pas, vous commettez …": the gerund alone
        return
    if ({"ne", "n"} & set(texts) and any(_has(words[at], "denials") for at in clause)) or "ni" in texts:
        yield from clause
        return
    for at in clause:
        if _has(words[at], "nothing") and not (words[at].text == "sans" and _is_certain(words, at, clause)):
            yield from range(at, min(at + 7, clause.stop))


def _is_certain(words: tuple[Word, ...], at: int, clause: range) -> bool:
    """Say whether "sans" brings a condition or a manner ("sans paiement", "sans délai"), not something that is not asked."""
    return any(_has(each, "unpaid") for each in words[at + 1 : min(at + 4, clause.stop)])


def _is_reserved(words: tuple[Word, ...], clause: range) -> bool:
    """Say whether a clause only keeps a faculty: "se réserver", "pourrons", "éventuel", "le cas échéant"."""
    return any(_has(words[at], "reservations") for at in clause)


def _is_right(words: tuple[Word, ...], clause: range) -> bool:
    """Say whether a clause tells the reader what he may do, or what the judge alone may: "vous pouvez", "seul un juge peut"."""
    for at in clause:
        if words[at].text in ("pouvez", "pourrez", "souhaitez", "libre", "libres", "droit") and any(
            words[back].text == "vous" for back in range(max(clause.start, at - 4), at)
        ):
            return True
        if words[at].text in ("seul", "seule") and any(_has(each, "judges") for each in words[at + 1 : at + 4]):
            return True
    return False
