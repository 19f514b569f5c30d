"""What a passage is, whatever the case: whether it has figures, what it announces, which numbers, mailboxes and articles stand in it.

Most passages of a batch stand in every message of it, word for word: each is read once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from relance.factcheck import reading
from relance.factcheck.reading import Mark, flat, plain

FRUITLESS = re.compile(r"(?:sans reglement|without payment|brought no|unsuccessful|sans effet|pas ete suivies? d'un reglement)[^.]{0,24}: ?$")
TO_COME = re.compile(r"a echoir|pas encore echu|not yet due|not due yet|to come|a venir|prochaines? echeances?")
_NAMED = re.compile(r"\b(?:facture|invoice)s?(?: n°| no\.?| number)? (?![€$£¥])(?P<id>[^\s,;:!?()«»\"]*\d[^\s,;:!?()«»\"]*)")
_TOKEN = re.compile(r"(?<![\w./@-])[^\W\d_]++[-_./ ]?\d[\w/.-]*\w(?![\w@])")
_DUE = re.compile(
    r"\b(?:sont|est|demeurent?|restent?) (?:toujours )?(?:echues?|impayee?s?)|\bechues? (?:le|depuis|ci-dessous)|\bfactures? echues?|\bexigibles? depuis|"
    r"\b(?:est|sont) arrivee?s? a echeance|echeance est passee|\boverdue\b|past due|\bunpaid\b|\bfell due\b|\bpast their due date"
)
_NOT = re.compile(r"(?:\bn'|\bne |\bnot |\bno |\bsi |\bif |\bpas encore )[^.;:]{0,14}$")
_DUE_WORDS = re.compile("echu|impay|exigible|echeance|due|unpaid")
_CLOSING = re.compile(r"salutations|cordialement|sentiments|sincerely|faithfully|regards|yours")
_PARTIES = re.compile(r"attention|creancier|creditor|exerce une activite|amicable|collection")
_SIREN = re.compile(r"\bsiren(?: du destinataire)? ?:? ?(\d{3} ?\d{3} ?\d{3})(?!\d)")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_BLANKS = str.maketrans("\u00a0\u202f", "  ")


class Sense(NamedTuple):
    """What a passage is. `text` is as a reader sees it, `low` the same, flat.

    `due`: where something is called due; `numbered`: where something is called an invoice (true) or is made like the number of one,
    and is given a number; `fruitless` and `to_come`: it announces what stayed without payment, or speaks of what is
    not due yet; `item`: it begins as an item of such a list does; `parties`: it names who writes, for whom, or to whom; `closing`: it
    is a closing formula.
    """

    text: str
    low: str
    figures: bool
    due: tuple[tuple[int, int], ...]
    fruitless: bool
    to_come: bool
    item: bool
    announces: bool
    parties: bool
    closing: bool
    accounts: tuple[str, ...]
    companies: tuple[tuple[str, str], ...]  # as it is said, and the number alone
    mailboxes: tuple[str, ...]
    articles: tuple[Mark, ...]
    numbered: tuple[tuple[bool, int, int], ...]


@lru_cache(maxsize=4096)
def sense_of(passage: str) -> Sense:
    """Say what a passage is."""
    text = plain(passage)
    low = flat(text)
    figures, announces = reading.has_figures(low), low.endswith(":")
    accounts = [mark.value for mark in reading.ibans(text.translate(_BLANKS))] if figures else []
    return Sense(
        text=text,
        low=low,
        figures=figures,
        due=tuple(match.span() for match in _DUE.finditer(low) if not _NOT.search(low, 0, match.start())) if _DUE_WORDS.search(low) else (),
        fruitless=":" in low[-3:] and FRUITLESS.search(low) is not None,
        to_come=TO_COME.search(low) is not None,
        item=low[:1].isdigit(),
        announces=announces,
        parties=_PARTIES.search(low) is not None,
        closing=_CLOSING.search(low) is not None,
        accounts=tuple(each for each in accounts if each[:2].isalpha() and len(each) >= 15),
        companies=tuple((match[0], match[1].replace(" ", "")) for match in _SIREN.finditer(low)) if "siren" in low else (),
        mailboxes=tuple(match[0] for match in map(_MAIL.search, low.split()) if match) if "@" in low else (),
        articles=tuple(reading.articles(low)) if figures else (),
        numbered=tuple(_numbered(low)) if figures else (),
    )


def _numbered(low: str) -> Iterator[tuple[bool, int, int]]:
    if "factur" in low or "invoice" in low:
        for match in _NAMED.finditer(low):
            yield (True, *match.span("id"))
    for match in _TOKEN.finditer(low):
        yield (False, *match.span())
