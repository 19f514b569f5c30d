"""A sentence → how much it reads like those that may not be written, by weights that its words had in thousands of known ones.

Asked where no rule of `grammar` speaks. The sentences are `tests/law/mended/*.txt`, which a lawyer edits; `tests/law/weigh.py` makes
`playbooks/law/fr/checks/likeness.json` of them. Knows no rule of law, and names none: it names the words that weigh most.
Why so, and how often it is right: docs/decisions/220.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from math import sqrt
from typing import NamedTuple

from relance.data import shipped
from relance.law import grammar
from relance.law.folding import fold
from relance.law.lemmas import Sentence, Word

#: Letters of a word that are weighed together: what a wrong accent or ending leaves of it.
_GRAM = 4

#: A line of fewer words is a name or a label.
_WORDS = 3

#: How many words of a sentence are named.
_TOLD = 3


class _Weights(NamedTuple):
    """`bias`: what a sentence of unknown words scores; `limit`: from which score one is told; `by`: the weight of each trait."""

    bias: float
    limit: float
    by: Mapping[str, float]


def traits(sentence: Sentence) -> frozenset[str]:
    """Name what a sentence is weighed by: lemmas, two of them near each other, letters, what stands in the future or is denied, and how it is meant."""
    return frozenset(_traits(sentence))


def _traits(sentence: Sentence) -> Iterator[str]:
    words = sentence.words
    spoken = [_lemma(word) for word in words if word.text.isalpha() and word.keys]
    for word in words:
        yield from (f"u:{key}" for key in word.keys)
        marked = f"<{word.text}>"
        yield from (f"c:{marked[at : at + _GRAM]}" for at in range(len(marked) - _GRAM + 1))
    yield from (f"b:{first}_{second}" for first, second in pairwise(spoken))
    yield from (f"s:{first}_{second}" for first, second in zip(spoken, spoken[2:], strict=False))
    for name, places in (("future", sentence.future), ("denied", sentence.denied), ("reserved", sentence.reserved), ("allowed", sentence.allowed)):
        if places:
            yield name
    yield from (f"f:{key}" for at in sentence.future for key in words[at].keys)
    yield from (f"d:{key}" for at in sentence.denied for key in words[at].keys)


def _lemma(word: Word) -> str:
    return min(word.keys, key=lambda key: (key == word.text, key))


def score(weights: Mapping[str, float], bias: float, known: Collection[str]) -> float:
    """Weigh a sentence by its known traits; long ones weigh no more than short ones."""
    return bias + sum(weights[each] for each in sorted(known)) / sqrt(len(known)) if known else bias


@lru_cache(maxsize=32768)
def telling(folded: str, letters: str) -> tuple[str, ...]:
    """Return the words for which a sentence, as `grammar.sentences` yields it, reads like those that may not be written; none where it does not.

    What is wholly a reservation or the reader's own right is never told.
    """
    sentence = grammar.meant(folded, letters)
    if sentence is None or sum(word.text.isalpha() for word in sentence.words) < _WORDS:
        return ()
    if len(sentence.words) in (len(sentence.reserved), len(sentence.allowed)):
        return ()
    weights = _weights()
    if score(weights.by, weights.bias, [each for each in traits(sentence) if each in weights.by]) <= weights.limit:
        return ()
    weighed = sorted(enumerate(sentence.words), key=lambda each: (-_weight(weights.by, each[1]), each[0]))
    most = sorted(at for at, word in weighed[:_TOLD] if word.text.isalpha())
    return tuple("".join(letters[sentence.words[at].start : sentence.words[at].end]) for at in most)


def _weight(weights: Mapping[str, float], word: Word) -> float:
    return sum(weights.get(f"{kind}:{key}", 0.0) for key in word.keys for kind in "ufd")


@lru_cache(maxsize=1)
def _weights() -> _Weights:
    raw = json.loads(shipped("playbooks").joinpath("law").joinpath("fr").joinpath("checks").joinpath("likeness.json").read_text(encoding="utf-8"))
    return _Weights(raw["bias"], raw["limit"], raw["weights"])


def read(text: str) -> Iterator[frozenset[str]]:
    """Yield the traits of each sentence of a text that says something."""
    for _, folded, letters in grammar.sentences(fold(text), text):
        if (sentence := grammar.meant(folded, letters)) is not None:
            yield traits(sentence)
