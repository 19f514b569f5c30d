"""What a passage says, whatever the case: its amounts, days, numbers, mailboxes and articles, what it calls due, and what it announces.

Most passages of a batch stand in every message of it, word for word: each is read once, and held against every case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from relance.factcheck import reading
from relance.factcheck.reading import Mark, flat, has_one, plain
from relance.law.articles import CODES

FRUITLESS = re.compile(r"(?:sans reglement|without payment|brought no|unsuccessful|sans effet|pas ete suivies? d'un reglement)[^.]{0,24}: ?$")
_TO_COME = ("a echoir", "pas encore echu", "not yet due", "not due yet", "to come", "a venir", "prochaine echeance", "prochaines echeance")
_NAMED = re.compile(r"(?:(?:facture|invoice)(?<!\w.{7})s?(?: n°| no\.?| number)?|la notre,|ours,|lettre au sujet de|letter about) (?![€$£¥])(?P<id>[^\s,;:!?()«»\"]*\d[^\s,;:!?()«»\"]*)")
#: What follows the letters of a number, from its first digit: `2026-001` of `F-2026-001`, looked for at digits alone.
_AFTER_LETTERS = re.compile(r"[0-9](?:(?<=[^\W\d_].)|(?<=[^\W\d_][-_./ ].))[\w/.-]*\w(?![\w@])")
_STAYS = ("sont", "est", "demeure", "demeurent", "reste", "restent")
#: What calls something due; each is a word of its own, which is asked of what is found.
_DUE = re.compile(
    "|".join(f"{verb} (?:(?:toujours )?(?:echues?|impayee?s?)|arrivee?s? a echeance)" for verb in _STAYS)
    + r"|echues? (?:le|depuis|ci-dessous)|factures? echues?|exigibles? depuis|echeance est passee|overdue\b|past due|unpaid\b|fell due\b|past their due date"
)
_NOT = re.compile(r"(?:\bn'|\bne |\bnot |\bno |\bsi |\bif |\bpas encore )[^.;:]{0,14}$")
#: Words without which a pattern finds nothing: a search for one is many times cheaper than the pattern, and most passages have none of them.
_DUE_WORDS = ("echu", "impay", "exigible", "a echeance", "echeance est", "overdue", "past due", "past their", "unpaid", "fell due")
_PLAN_WORDS = ("echeancier", "payment plan")
_COPY_WORDS = ("recommandee", "registered letter")
_CLOSING = ("salutations", "cordialement", "sentiments", "sincerely", "faithfully", "regards", "yours")
_PARTIES = ("attention", "creancier", "creditor", "exerce une activite", "amicable", "collection")
_SIREN = re.compile(r"\bsiren(?: du destinataire)? ?:? ?(\d{3} ?\d{3} ?\d{3})(?!\d)")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_LATE = re.compile(
    r"(?P<n>\d+) jours? (?:apres (?:son|leur) echeance|de retard)|depuis (?P<m>\d+) jours?|(?P<p>\d+) days? (?:after (?:its|their) due date|overdue|late|past due)"
    r"|(?:overdue|unpaid|late)[^.;]{0,20} (?:for|by) (?P<q>\d+) days?"
)
_COUNT = re.compile(r"(?<![\w,./-])(\d{1,4}) (?:factures|invoices)\b")
#: How a message says that a plan was agreed.
_PLAN = re.compile("echeancier (?:a ete )?convenu|convenus d'un echeancier|echeancier dont nous etions convenus|payment plan (?:was |we had )?agreed|agreed a payment plan")
#: How a message says which invoices a plan is about; those that it is not about follow behind a semicolon.
_SCOPE = re.compile(r"(?:echeancier|payment plan)[^;.:]{0,60} (?:port(?:e|ent|ait|aient) sur|cover(?:s|ed)?) ")
#: How a message is called the copy of a registered letter.
_COPY = re.compile("copie de (?:la|notre|cette) lettre recommandee|lettre recommandee dont voici la copie|copy of (?:the|our) registered letter|registered letter of which this is a copy")
#: How a message says what a payment was set against.
_SERVED = re.compile(r"imputes ainsi ?: |set against: ")
_SERVED_WORDS = ("imputes", "set against")
#: How near an article its code is named.
_NEAR = 72


class Sense(NamedTuple):
    """What a passage says. `text` is as a reader sees it, `low` the same, flat.

    `days` to `counts` are read only where a digit stands (`figures`): days late and numbers of invoices are whole numbers, an article's
    value is its name and the codes that are named near it. `due`: where something is called due; `numbered`: where something is called an
    invoice (true) or is made like the number of one, and is given a number; `plan`, `scope` and `copy`: where it says that a plan was agreed,
    which invoices a plan is about, or that it is the copy of a registered letter; `fruitless` and `to_come`: it announces what stayed without payment, or speaks of what is
    not due yet; `item`: it begins as an item of such a list does; `parties`: it names who writes, for whom, or to whom; `closing`: it is a
    closing formula; `served`: where it says what a payment was set against; `named`: an account, a company's number or a mailbox stands
    in it; `tells`: it says something of a case at all, which most passages do not.
    """

    text: str
    low: str
    figures: bool
    days: tuple[Mark, ...]
    amounts: tuple[Mark, ...]
    references: tuple[Mark, ...]
    percentages: tuple[Mark, ...]
    articles: tuple[Mark, ...]
    late: tuple[Mark, ...]
    counts: tuple[Mark, ...]
    numbered: tuple[tuple[bool, int, int], ...]
    accounts: tuple[str, ...]
    companies: tuple[tuple[str, str], ...]  # as it is said, and the number alone
    mailboxes: tuple[str, ...]
    due: tuple[tuple[int, int], ...]
    plan: tuple[int, int] | None
    scope: tuple[int, int] | None
    copy: tuple[int, int] | None
    fruitless: bool
    to_come: bool
    item: bool
    announces: bool
    parties: bool
    closing: bool
    served: tuple[int, int] | None
    named: bool
    tells: bool


@lru_cache(maxsize=4096)
def sense_of(passage: str) -> Sense:
    """Say what a passage says."""
    text = plain(passage)
    low = flat(text)
    figures = reading.has_figures(low)
    accounts = tuple(_accounts(text)) if figures and reading.IBAN_STARTS.search(text) else ()
    companies = tuple((match[0], match[1].replace(" ", "")) for match in _SIREN.finditer(low)) if "siren" in low else ()
    mailboxes = tuple(match[0] for match in map(_MAIL.search, low.split()) if match) if "@" in low else ()
    due = tuple(_due(low)) if has_one(low, _DUE_WORDS) else ()
    planned = has_one(low, _PLAN_WORDS)
    plan = _span(_PLAN.search(low)) if planned else None
    copy = _span(_COPY.search(low)) if has_one(low, _COPY_WORDS) else None
    return Sense(
        text=text,
        low=low,
        figures=figures,
        days=reading.days(low) if figures else (),
        amounts=reading.amounts(low) if figures else (),
        references=tuple(reading.reference_places(low)) if figures and "r-" in low else (),
        percentages=tuple(reading.percentages(low)) if figures and "%" in low else (),
        articles=tuple(_articles(low)) if figures and reading.cites(low) else (),
        late=tuple(_late(low)) if figures and ("jour" in low or "day" in low) else (),
        counts=tuple(_counts(low)) if figures and ("factures" in low or "invoices" in low) else (),
        numbered=tuple(_numbered(low)) if figures else (),
        accounts=accounts,
        companies=companies,
        mailboxes=mailboxes,
        due=due,
        plan=plan,
        scope=_span(_SCOPE.search(low)) if planned else None,
        copy=copy,
        fruitless=":" in low[-3:] and FRUITLESS.search(low) is not None,
        to_come=is_to_come(low),
        item=low[:1].isdigit(),
        announces=low.endswith(":"),
        parties=has_one(low, _PARTIES),
        closing=has_one(low, _CLOSING),
        served=_span(_SERVED.search(low)) if figures and has_one(low, _SERVED_WORDS) else None,
        named=bool(accounts or companies or mailboxes),
        tells=figures or bool(due) or plan is not None or copy is not None,
    )


def is_to_come(low: str) -> bool:
    """Say whether a flat text speaks of what is not due yet."""
    return has_one(low, _TO_COME)


def _span(match: re.Match[str] | None) -> tuple[int, int] | None:
    return match.span() if match else None


def _due(low: str) -> Iterator[tuple[int, int]]:
    place = 0
    while match := _DUE.search(low, place):
        start, place = match.span()
        if start and (low[start - 1].isalnum() or low[start - 1] == "_"):
            place = start + 1
        elif not _NOT.search(low, 0, start):
            yield match.span()


def _articles(low: str) -> Iterator[Mark]:
    for mark in reading.articles(low):
        near = low[max(mark.start - _NEAR, 0) : mark.end + _NEAR]
        yield mark._replace(value=(mark.value, frozenset(code for code, words in CODES.items() if any(word in near for word in words))))


def _late(low: str) -> Iterator[Mark]:
    for match in _LATE.finditer(low):
        yield Mark(int(next(filter(None, match.groups()))), *match.span())


def _counts(low: str) -> Iterator[Mark]:
    for match in _COUNT.finditer(low):
        yield Mark(int(match[1]), *match.span())


def _accounts(text: str) -> Iterator[str]:
    for mark in reading.ibans(text):
        if mark.value[:2].isalpha() and len(mark.value) >= 15:
            yield mark.value


def _numbered(low: str) -> Iterator[tuple[bool, int, int]]:
    if "factur" in low or "invoice" in low or "lettre au" in low or "letter about" in low:
        for match in _NAMED.finditer(low):
            yield (True, *match.span("id"))
    for match in _AFTER_LETTERS.finditer(low):
        if (start := _letters_before(low, match.start())) is not None:
            yield (False, start, match.end())


def _letters_before(low: str, place: int) -> int | None:
    """Return where the letters begin that stand before a digit, or before a mark and a digit; None where they are the end of something longer."""
    start = place - 1 if low[place - 1] in "-_./ " else place
    first = low.rfind(" ", 0, start) + 1
    if low[first:start].isalpha():  # most numbers stand behind a word that is letters alone
        return first
    while start and (each := low[start - 1]).isalnum() and not each.isdecimal():
        start -= 1
    return None if start and (low[start - 1] in "_./@-" or low[start - 1].isalnum()) else start
