"""A French sentence → its words: what each may be the form of, and which clause it stands in.

Owns how French is read: lemmas (by `simplemma`, imported when the first word asks), participles, the future, clauses, what is
denied, what is only reserved and what is the reader's own right. Knows no law: the rules are in `grammar`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations, pairwise, product, takewhile

from relance.law.folding import fold
from relance.law.rules import load

_WORD = re.compile(r"[a-z]+(?='(?=[a-z]))|[a-z]+|\d+(?:[.,]\d+)*|[,;:()€%]")
_FUTURE = re.compile(r"(?:r|er|ir)(?:ai|as|a|ons|ez|ont)$")
_CONDITIONAL_END = re.compile(r"(er|ir)(?:ais|ait|ions|iez|aient)$")
_CONDITIONAL = re.compile(r"\w+r(?:ais|ait|ions|iez|aient)")
_INFINITIVE = re.compile(r"\w+(?:er|ir|re|oir)")
_PARTICIPLE = re.compile(r"\w+(?:e|ee|es|ees|i|ie|is|ies|u|ue|us|ues|it|ite|its|ites|ert|erte|int|inte)")
_ACCENTS = {"e": "éèê", "a": "àâ", "i": "îï", "o": "ô", "u": "ûù", "c": "ç"}
_LONGEST_UNACCENTED = 16

#: What joins two things that are said.
_JOINING = ("et", "mais", "donc", "puis", "or")

#: What a pattern calls any number.
NUMBER = "0"


@dataclass(frozen=True, slots=True)
class Word:
    """One word. `keys` are the folded words it may be a form of; `start` and `end` count characters of the folded sentence."""

    text: str
    keys: frozenset[str]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words of a sentence, and the places of those that stand in the future, in a denial, in a reservation, in a right of the reader's, in what has been."""

    words: tuple[Word, ...]
    keys: frozenset[str]
    future: frozenset[int]
    denied: frozenset[int]
    reserved: frozenset[int]
    allowed: frozenset[int]
    past: frozenset[int]
    statements: tuple[range, ...]


def read(folded: str, originals: str) -> Sentence:
    """Read a folded sentence. `originals[i]` is the character that the folded one at i was made of: a lemma needs its accents."""
    words = _without_idioms(
        _without_names(
            tuple(
                Word(match[0], _keys(match[0], _as_written(originals[match.start() : match.end()])), *match.span())
                for match in _WORD.finditer(folded)
            ),
            originals,
        )
    )
    future = frozenset(at for at in range(len(words)) if _is_future(words, at))
    denied: set[int] = set()
    reserved: set[int] = set()
    allowed: set[int] = set()
    past: set[int] = set()
    for clause, following in pairwise((*_clauses(words), range(0))):
        if _is_asked(words, clause, following):
            allowed.update(clause)
        denied.update(_denied(words, clause))
        if _is_reserved(words, clause):
            reserved.update(clause)
        if _is_right(words, clause):
            allowed.update(clause)
        if _is_past(words, clause):
            past.update(clause)
    keys = frozenset().union(*(word.keys for word in words))
    return Sentence(words, keys, future, frozenset(denied), frozenset(reserved), frozenset(allowed), frozenset(past), tuple(_statements(words)))


def _without_names(words: tuple[Word, ...], originals: str) -> tuple[Word, ...]:
    """Take the meaning from the words of a firm's name ("la société Filou Jouets", "Saisie Informatique SARL"): capitals beside a word that announces a name."""
    if originals.isupper():
        return words
    capital = [originals[word.start].isupper() and word.text.isalpha() for word in words]
    named: set[int] = set()
    for at, word in enumerate(words):
        if _has(word, "before_a_name"):
            named.update(takewhile(lambda place: capital[place], range(at + 1, len(words))))
        if _has(word, "after_a_name"):
            named.update(takewhile(lambda place: capital[place], range(at - 1, -1, -1)))
    return tuple(replace(word, keys=frozenset()) if at in named else word for at, word in enumerate(words))


def _without_idioms(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Read "n'avons d'autre choix que de" as "allons": what only leads to the verb that follows is one word, so that no rule loses its reach over it."""
    found: list[Word] = []
    at = 0
    while at < len(words):
        length = next((len(idiom) for idiom in _idioms() if all(key in word.keys for key, word in zip(idiom, words[at : at + len(idiom)], strict=False)) and at + len(idiom) <= len(words)), 0)
        if length:
            found.append(Word(words[at].text, frozenset({words[at].text, "aller"}), words[at].start, words[at + length - 1].end))
        else:
            found.append(words[at])
        at += length or 1
    return tuple(found)


@lru_cache(maxsize=1)
def _idioms() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(idiom.split()) for idiom in load("lexicon")["idioms"])


def _as_written(letters: str) -> str:
    """Put a word together again; a ligature stands once, though it folds to two letters."""
    return letters.replace("œœ", "œ").replace("ææ", "æ").lower()


# --------------------------------------------------------------------------- words


@lru_cache(maxsize=65536)
def _keys(folded: str, written: str) -> frozenset[str]:
    import simplemma

    keys = {folded}
    if folded.isalpha() and written != "à":  # no form of "avoir"
        spelt = written if simplemma.is_known(written, lang="fr") else _accented(written)
        keys.add(fold(simplemma.lemmatize(spelt, lang="fr")).text)
        keys.update(_infinitives(written))
        keys.update(_forms().get(folded) or _forms().get(folded.removesuffix("s"), ()))
    elif folded[0].isdigit():
        keys.add(NUMBER)
    return frozenset(keys)


def _accented(written: str) -> str:
    """Return the known word that a word without its accents may be ("prevenons" → "prévenons"), or the word as it is written."""
    import simplemma

    if not written.isascii() or len(written) > _LONGEST_UNACCENTED:
        return written
    places = [at for at, letter in enumerate(written) if letter in _ACCENTS]
    for count in (1, 2):
        for chosen in combinations(places, count):
            for letters in product(*(_ACCENTS[written[at]] for at in chosen)):
                spelt = list(written)
                for at, letter in zip(chosen, letters, strict=True):
                    spelt[at] = letter
                if simplemma.is_known("".join(spelt), lang="fr"):
                    return "".join(spelt)
    return written


def _infinitives(written: str) -> Iterator[str]:
    """Name what a form would be the participle or first person of ("lançons", also a fish); most are no words, and no rule asks for those."""
    if (conditional := _CONDITIONAL_END.search(folded := fold(written).text)) is not None:
        yield folded[: conditional.start()] + conditional[1]
    for ending, verb in (("ons", "er"), ("é", "er"), ("ée", "er"), ("és", "er"), ("ées", "er"), ("i", "ir"), ("ie", "ir"), ("is", "ir"), ("ies", "ir")):
        if written.endswith(ending):
            yield fold(written[: -len(ending)]).text + verb


@lru_cache(maxsize=1)
def _forms() -> dict[str, tuple[str, ...]]:
    known: dict[str, tuple[str, ...]] = {}
    for word, forms in load("lexicon")["forms"].items():
        known |= {form: (*known.get(form, ()), word) for form in forms.split()}
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


def is_verb(word: Word) -> bool:
    """Say whether a word may be a form of a verb: one of its keys looks like an infinitive."""
    return any(_INFINITIVE.fullmatch(key) for key in word.keys)


def _is_form(word: Word) -> bool:
    """Say whether a word that ends like a future is one: its lemma is an infinitive, and no present of a stem in "r" ("livrons", "préférez")."""
    return any(
        _INFINITIVE.fullmatch(key) and key != word.text and word.text not in (key[:-2] + ending for ending in ("ons", "ez", "a", "ai", "as"))
        for key in word.keys
    )


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
        elif _goes_on(words, at):
            cuts.append(at)
            inside = False
    yield from (range(start, end) for start, end in pairwise((*dict.fromkeys(cuts), len(words))) if start < end)


def _goes_on(words: tuple[Word, ...], at: int) -> bool:
    """Say whether something else is said from here: "et", "mais", "puis" or a comma with a subject of its own, or such a word behind a comma ("…, et aucune enseigne")."""
    following = words[at + 1] if at + 1 < len(words) else None
    if following is None or words[at].text not in (*_JOINING, ","):
        return False
    return _has(following, "subjects") or (words[at].text == "," and following.text in _JOINING)


def _statements(words: tuple[Word, ...]) -> Iterator[range]:
    """Cut a sentence where something else is said: behind a semicolon, and where "et", "mais", "donc", "puis", "or" or a comma brings a subject of its own; a condition stays with what follows from it."""
    start, inside = 0, False
    for at, word in enumerate(words):
        cut = False
        if word.text == ";":
            cut, inside = True, False
        elif inside and word.text == ",":
            inside = False
        elif _opens(words, at) and word.text not in ("que", "qu", "qui", "dont"):
            inside = True
        elif _goes_on(words, at):
            cut, inside = True, False
        if cut and at > start:
            yield range(start, at)
            start = at
    yield range(start, len(words))


def _opens(words: tuple[Word, ...], at: int) -> bool:
    """Say whether a condition or a relative clause begins here: "si", "s'il", "que", "faute de", "passé ce délai"."""
    following = words[at + 1].text if at + 1 < len(words) else ""
    if words[at].text == "s":
        return following in ("il", "ils")
    if words[at].text == "passe":
        return following in ("ce", "cette", "le", "la")
    return words[at].text in _marks()["openers"]


def _denied(words: tuple[Word, ...], clause: range) -> Iterator[int]:
    """Name what a clause denies: all of it after "ne … pas", under "ni" or said of a judge alone, the next words after "aucun" or "sans"."""
    clause = _without_tag(words, clause)
    texts = [words[at].text for at in clause]
    if any(_has(words[at], "not_a_denial") for at in clause) or _is_hoped(words, clause):
        return
    if texts[:2] in (["ne", "pas"], ["ne", "plus"]) and not {"ne", "n"} & set(texts[2:]):  # "ne pas payer est …": the verb alone
        yield from range(clause.start, min(clause.start + 3, clause.stop))
        return
    if (gerund := next((at for at in clause[1:] if words[at].text == "ne" and words[at - 1].text == "en"), None)) is not None:
        yield from range(gerund, min(gerund + 3, clause.stop))  # "en ne payant pas, vous commettez …": the gerund alone
        return
    if _is_only(words, clause):
        return
    if ({"ne", "n"} & set(texts) and any(_has(words[at], "denials") for at in clause)) or "ni" in texts or _cannot(words, clause) or _is_others(words, clause):
        yield from clause
        return
    for at in clause:
        if _has(words[at], "nothing") and not (words[at].text == "sans" and _is_certain(words, at, clause)):
            yield from takewhile(lambda place: words[place].text != ",", range(at, min(at + 7, clause.stop)))


def _without_tag(words: tuple[Word, ...], clause: range) -> range:
    """Leave out "n'est-ce pas" at the end of a clause: it asks for assent and denies nothing."""
    tag = [word.text for word in words[max(clause.start, clause.stop - 4) : clause.stop]] == ["n", "est", "ce", "pas"]
    return range(clause.start, clause.stop - 4) if tag else clause


def _is_hoped(words: tuple[Word, ...], clause: range) -> bool:
    """Say whether a clause only hopes that something need not be ("nous préférerions ne pas avoir à …"), which threatens with it."""
    texts = [words[at].text for at in clause]
    need = any(texts[at : at + 4] in (["ne", "pas", "avoir", "a"], ["n", "avoir", "pas", "a"]) or texts[at : at + 3] == ["ne", "pas", "devoir"] for at in range(len(texts)))
    return need and any(_has(words[at], "hopes") for at in clause)


def _is_only(words: tuple[Word, ...], clause: range) -> bool:
    """Say whether "ne … plus que" says that one thing alone is left, which affirms it: "n'est plus qu'une question de jours"."""
    last = clause.stop - 1
    return words[last].text == "plus" and clause.stop < len(words) and words[clause.stop].text in ("que", "qu")


def _cannot(words: tuple[Word, ...], clause: range) -> bool:
    """Say whether a clause denies a faculty with "ne" alone: "ne peuvent être bloqués", not "ne peut que"."""
    return any(
        words[at].text == "ne" and "pouvoir" in words[at + 1].keys and not any(each.text == "que" for each in words[at + 2 : at + 4])
        for at in clause[:-1]
    )


def _is_others(words: tuple[Word, ...], clause: range) -> bool:
    """Say whether a clause tells what others alone may do, which the writer thereby may not: "seul un juge peut"."""
    return any(words[at].text in ("seul", "seule") and any(_has(each, "judges") for each in words[max(clause.start, at - 3) : at + 4]) for at in clause)


def _is_certain(words: tuple[Word, ...], at: int, clause: range) -> bool:
    """Say whether "sans" brings a condition or a manner ("sans paiement", "sans délai"), not something that is not asked."""
    return any(_has(each, "unpaid") for each in words[at + 1 : min(at + 4, clause.stop)])


def _is_reserved(words: tuple[Word, ...], clause: range) -> bool:
    """Say whether a clause only keeps a faculty ("se réserver", "pourrons", "éventuel") or supposes ("si nous devions")."""
    return any(_has(words[at], "reservations") for at in clause) or (words[clause.start].text == "si" and any(_has(words[at], "supposed") for at in clause))


def _is_asked(words: tuple[Word, ...], clause: range, following: range) -> bool:
    """Say whether a condition is the reader's own case, which the next clause asks him to tell: "si une procédure est ouverte, merci de nous communiquer …"."""
    if words[clause.start].text not in ("si", "s") or any(_has(words[at], "hopes") or _has(words[at], "denials") for at in clause):
        return False
    texts = {words[at].text for at in following}
    begged = any(_has(words[at], "told") and (words[at].text.endswith("ez") or texts & {"merci", "veuillez", "priere"}) for at in following)
    return begged and "nous" in texts


def _is_past(words: tuple[Word, ...], clause: range) -> bool:
    """Say whether a clause tells what has been: "a réglé", "nous avons reçu", "est parti"; a participle alone is not enough."""
    return any(words[at].text in ("ai", "as", "a", "avons", "avez", "ont") and "avoir" in words[at].keys and _has_done(words[at + 1 : min(at + 4, clause.stop)]) for at in clause)


def _has_done(following: tuple[Word, ...]) -> bool:
    """Say whether a participle follows and no infinitive before it: not "prête à être déposée"."""
    near = tuple(takewhile(lambda each: not (each.text == "etre" or (is_verb(each) and _INFINITIVE.fullmatch(each.text) and each.text[-2:] == "er")), following))
    return any(_PARTICIPLE.fullmatch(each.text) and _is_form(each) for each in near)


def _is_right(words: tuple[Word, ...], clause: range) -> bool:
    """Say whether a clause tells the reader what he may do ("vous pouvez", "vous êtes libre de", "vous avez la possibilité de"; not "vous ne pouvez plus"), or bids him do it himself."""
    return _is_bidden(words, clause) or any(
        _names_right(words, at, clause)
        and any("vous" in words[back].keys for back in range(max(clause.start, at - 4), at))
        and not any(words[back].text in ("ne", "n") for back in range(max(clause.start, at - 4), at))
        for at in clause
    )


def _is_bidden(words: tuple[Word, ...], clause: range) -> bool:
    """Say whether a clause bids the reader do a thing that is his own: "pensez à signaler", "rapprochez-vous de", "merci de prévenir"."""
    opening = [words[at] for at in clause if words[at].text.isalpha()][:4]
    begged = opening[:1] and (opening[0].text in ("veuillez", "pensez") or [each.text for each in opening[:2]] == ["merci", "de"])
    if begged:
        return any(_has(each, "own_acts") for each in opening[1:])
    whom = {each.text for each in opening[1:3]}
    return bool(opening) and opening[0].text.endswith("ez") and _has(opening[0], "own_acts") and not whom.isdisjoint({"a", "au", "aux", "votre", "vos", "de", "nous", "le", "la", "les"}) and "autour" not in whom


def _names_right(words: tuple[Word, ...], at: int, clause: range) -> bool:
    """Say whether a word is a faculty: by itself, or where somebody has it ("avez la possibilité", "est loisible"; not "informons de la possibilité")."""
    had = words[max(clause.start, at - 3) : at]
    return _has(words[at], "faculties") or (_has(words[at], "faculties_had") and any({"avoir", "etre", "garder", "conserver", "disposer"} & word.keys for word in had))
