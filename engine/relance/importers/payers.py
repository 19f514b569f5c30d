"""Who a payer is among the debtors, by his name as the bank writes it: in capitals, without its legal form, cut short, now and then misspelt.

Owns how near two names are. A name that two debtors bear is both of theirs; what is only like a name never outranks one that is the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from relance.importers.compared_texts import name_words, plain_letters, words_of_name

Whose = tuple[str, str]  # creditor and debtor

_CUT = 12  # letters that a name cut short has at least
_LIKE = 0.87  # how like a misspelt name is, of 1, at least
_TELLING = 500  # debtors who share a word that tells them apart, at most
_APART = 0.05  # by how much it is less like any other


@dataclass(slots=True)
class Payers:
    """The debtors by the words of their names."""

    words: dict[Whose, frozenset[str]] = field(default_factory=dict)
    spelt: dict[Whose, str] = field(default_factory=dict)  # the words in their order
    by_word: dict[str, set[Whose]] = field(default_factory=lambda: defaultdict(set))

    def learn(self, whose: Whose, name: str) -> None:
        """Take note of a debtor's name."""
        self.words[whose] = name_words(name)
        self.spelt[whose] = " ".join(words_of_name(name))
        for word in self.words[whose]:
            self.by_word[word].add(whose)

    def bearing(self, payer: str, creditors: Collection[str] | None) -> set[Whose]:
        """Return who bears the payer's name: the same words; else those of whose name it has all the words but some, or which the bank cut short."""
        words = name_words(payer)
        near = self._near(words, creditors)
        exact = {whose for whose in near if self.words[whose] == words}
        if exact:
            return exact
        shorter = {
            whose for whose in near if len(min(self.words[whose], words, key=len)) > 1 and (self.words[whose] <= words or words <= self.words[whose])
        }
        said = " ".join(words_of_name(payer))
        return shorter | {whose for whose in near if len(said) >= _CUT and self.spelt[whose].startswith(said)}

    def like(self, payer: str, creditors: Collection[str] | None) -> Whose | None:
        """Return the debtor whose name the payer's is a misspelling of: very like it, and like no other nearly as much."""
        said = _in_order(words_of_name(payer))
        ranked: list[tuple[float, Whose]] = []
        telling = [word for word in name_words(payer) if len(self.by_word.get(word, ())) <= _TELLING]
        for whose in self._near(telling, creditors):
            compared = SequenceMatcher(None, said, _in_order(self.spelt[whose].split()), autojunk=False)
            if compared.quick_ratio() >= _LIKE - _APART:
                ranked.append((compared.ratio(), whose))
        ranked.sort(reverse=True)
        if not ranked or ranked[0][0] < _LIKE or (len(ranked) > 1 and ranked[1][0] > ranked[0][0] - _APART):
            return None
        return ranked[0][1]

    def named_in(self, text: str, whose: Whose) -> bool:
        """Say whether a text has all the words of a debtor's name, of which there are two at least."""
        words = self.words.get(whose, frozenset())
        return len(words) > 1 and words <= set(plain_letters(text).casefold().replace("'", " ").split())

    def _near(self, words: Collection[str], creditors: Collection[str] | None) -> set[Whose]:
        near = set().union(*(self.by_word.get(word, set()) for word in words))
        return {whose for whose in near if creditors is None or whose[0] in creditors}


def _in_order(words: Collection[str]) -> str:
    return " ".join(sorted(words))
