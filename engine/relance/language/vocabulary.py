"""What an author meant by a word that the language does not know: a table first, spelling last.

The table, `vocabulary.yaml`, holds what French people write for keys, values, units, weekdays and events. A way out that
turns the meaning round is worse than none: what the table leaves empty is not guessed, nor what lies as near to a second
word as to the first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from difflib import SequenceMatcher
from functools import lru_cache
from importlib.resources import files
from typing import Any

#: How like a word must be to be taken for it, and by how much more than any other word.
_LIKE, _APART = 0.7, 0.05
#: How much, where another word says the contrary: `paiement reçu` is no `payment.reversed`.
_ALIKE = 0.8
#: Words that turn the meaning of those beside them round: what is denied is not spelt like what is said.
TURNS = frozenset({"pas", "non", "sans", "sauf", "ni", "ne", "jamais", "hors", "aucun", "aucune", "not", "no", "without", "never"})


@lru_cache(maxsize=1)
def _data() -> Mapping[str, Any]:
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    found: Mapping[str, Any] = yaml.load(files("relance.language").joinpath("vocabulary.yaml").read_text("utf-8"), Loader=loader)  # noqa: S506 - strings, lists and mappings alone
    return found


@lru_cache(maxsize=1)
def words_meant() -> Mapping[str, tuple[str, ...]]:
    """Return what people write, as it is written and folded, and the words of the language it may stand for.

    As written comes first: `solde` is what is owed, and `soldé` that nothing is.
    """
    found = {_spaced(written): (words,) if isinstance(words, str) else tuple(words) for written, words in _data()["words"].items()}
    return {**{folded(written).replace(".", " "): words for written, words in found.items()}, **{folded(written): words for written, words in found.items()}, **found}


def known(written: str) -> tuple[str, ...] | None:
    """Return the words that the table has for what was written, or for one of what was written as several; None where it does not have it."""
    table, plain = words_meant(), folded(written)
    plain = re.sub(r"(?<=\d),00\b", "", plain)
    found = table.get(_spaced(written), table.get(plain, table.get(plain.replace(".", " ").strip())))
    if found is None and len(plain) > 4:
        found = table.get(plain.removesuffix("s"), table.get(re.sub(r"(?<=\w{3})s\b", "", plain)))
    return found


@lru_cache(maxsize=1)
def opposites() -> frozenset[frozenset[str]]:
    """Return the pairs of words of which one says the contrary of the other."""
    return frozenset(frozenset(pair) for pair in _data()["opposites"])


@lru_cache(maxsize=1)
def numbers() -> Mapping[str, str]:
    """Return the numbers that are known in words, folded, and their figures."""
    return {folded(words): number for words, number in _data()["numbers"].items()}


def in_figures(text: str) -> str:
    """Write a number that stands in words at the head of a text in figures: `quinze jours` is `15 jours`."""
    plain = folded(text)
    found = max((words for words in numbers() if plain.startswith(f"{words} ")), key=len, default=None)
    return f"{numbers()[found]} {plain.removeprefix(found).strip()}" if found is not None else text


def _spaced(text: str) -> str:
    """Write a text small, with its accents, as words between single spaces."""
    return " ".join(re.sub(r"[\s_-]+", " ", unicodedata.normalize("NFC", text)).lower().replace("’", "'").split())


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """Write a text without accents, capitals, underscores, hyphens and odd spaces, as words that are compared."""
    plain = unicodedata.normalize("NFKD", text)
    return _spaced("".join(letter for letter in plain if not unicodedata.combining(letter)))


def meant(written: str, among: Collection[str]) -> str | None:
    """Return the one word of `among` that was meant, or None where there is none or more than one could be."""
    asked = folded(written)
    same = [word for word in among if folded(word) == asked]
    if same:
        return same[0]
    if (words := known(written)) is not None:
        return next((word for word in words if word in among), None)
    return _near(asked, among)


def _near(asked: str, among: Collection[str]) -> str | None:
    """Return the word that is spelt most alike, unless another is spelt nearly as much so, or says the contrary as well."""
    if (turning := TURNS & {*asked.split()}) and len(asked.split()) > 1:
        among = [word for word in among if turning & {*folded(word).split()}]
    ranked = sorted(((SequenceMatcher(None, folded(word), asked).ratio(), word) for word in among), reverse=True)
    if not ranked or ranked[0][0] < _LIKE:
        return None
    (best, word), *others = ranked
    if any(word in pair and (asked in map(folded, pair) or (best < _ALIKE and pair <= {*among})) for pair in opposites()):
        return None
    for likeness, other in others:
        contrary = likeness >= _LIKE and frozenset((word, other)) in opposites()
        if best - likeness < (2 * _APART if contrary else _APART):
            return None
    return word
