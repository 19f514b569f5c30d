"""A second address, e-mail or telephone number of a debtor, told by a row: the first one stands, the other is kept as a note of his file.

Writes to nobody; a table of debtors says which is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from relance.importers.compared_texts import name_words
from relance.model import Address, Debtor
from relance.sentences import sentence

_CALLED = {"address": sentence("address"), "email": sentence("e-mail"), "phone": sentence("telephone number")}


def mailboxes(cell: str | None) -> list[str]:
    """Return the e-mail addresses of a cell, which may hold several: commas, semicolons, bars, slashes or spaces between them. What holds none stands as it is."""
    told = [one for one in re.split(r"[,;|/\s]+", cell or "") if "@" in one]
    return told if len(told) > 1 else [cell] if cell else []


def others(known: Debtor | None, told: Debtor, emails: str | None = None) -> Iterator[tuple[str, str]]:
    """Yield a note and what to say of each way to reach a debtor that a row tells otherwise than it is known, and of each further e-mail of the row's cell."""
    for second in mailboxes(emails)[1:]:
        if second.casefold() != (told.email or "").casefold():
            yield f"another e-mail: {second}", sentence("two e-mails, {first} and {second}: messages go to the first; the other is kept as a note of the file", first=repr(told.email), second=repr(second))
    for name, called in _CALLED.items() if known is not None else ():
        first, second = _written(getattr(known, name)), _written(getattr(told, name))
        if first and second and first.casefold() != second.casefold():
            yield f"another {called}: {second}", sentence("another {what}, {second}; {first} was read before, and stands; the other is kept as a note of the file", what=called, second=repr(second), first=repr(first))


def two_names(known: Debtor | None, told: Debtor) -> str:
    """Say what to ask of one number in a file with two names that have no word in common; nothing where there are not two."""
    if known is None:
        return ""
    first, second = name_words(known.name), name_words(told.name)
    if not first or not second or first & second:
        return ""
    return sentence("one number and two names, {first} and {second}: the first stands; if they are two, one of the numbers is wrong", first=repr(known.name), second=repr(told.name))


def named_otherwise(known: Debtor | None, told: Debtor) -> str:
    """Say what to ask of one identifier with two names, of which neither holds the other; nothing where there are not two."""
    if known is None or not told.siren or known.siren != told.siren:
        return ""
    first, second = name_words(known.name), name_words(told.name)
    if not first or not second or first <= second or second <= first:
        return ""
    return sentence("one SIREN, {siren}, and two names, {first} and {second}: the first stands; if they are two, one of the numbers is wrong", siren=told.siren, first=repr(known.name), second=repr(told.name))


def _written(one: Address | str | None) -> str:
    return ", ".join(one.lines) if isinstance(one, Address) else one or ""
