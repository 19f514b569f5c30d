"""Whether something that is kept elsewhere names a person: the name of a file that was imported, who paid, a bank's text.

A file's name is taken for his at one word of his (`dupont-jean.csv`): what is lost is a name, and what the file told stays. A payer or a text names
him where all of his name stands there, or his e-mail address or number: another's money keeps its payer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from relance.journal.elsewhere import Sought, plainly, words_of
from relance.model import Facts

#: Shorter words stand in names of files that have nothing to do with him.
_SHORTEST = 3
#: So long a word is also found within another: `jeandupont`.
_WITHIN = 4
#: Fields of money: another's keeps its payer.
_OF_MONEY = frozenset({"payer", "text"})
_WORDS = re.compile(r"[^\W_]+")


class NamedIn:
    """What a person is known by, to be called with a field's name and its value."""

    def __init__(self, known: Iterable[Facts]) -> None:
        """Take in what is known of him."""
        facts = tuple(known)
        said = {text for each in facts for text in (each.debtor.name, each.debtor.email, each.debtor.siren, each.debtor.id)}
        said |= {str(event.data[name]) for each in facts for event in each.events for name in ("name", "email", "payer") if event.data.get(name)}
        self._words = frozenset(word for text in said if text for word in (*_WORDS.findall(plainly(text)), plainly(text)) if len(word) >= _SHORTEST and any(map(str.isalpha, word)))
        self._sought = Sought(word for each in facts for word in words_of(each))

    def __call__(self, name: str, value: str) -> bool:
        """Say whether the value of a field names him."""
        if self._sought.is_in(value):
            return True
        plain = plainly(value)
        return name not in _OF_MONEY and any(word in plain if len(word) >= _WITHIN else word in _WORDS.findall(plain) for word in self._words)
