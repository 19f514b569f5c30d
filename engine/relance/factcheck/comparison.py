"""A finished message and what is known of its case → what does not hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from relance.factcheck import names, tables
from relance.factcheck.constants import Constants, constants_of
from relance.factcheck.finding import Contradiction, sentence_around
from relance.factcheck.finished import Finished, TextTable
from relance.factcheck.known import KnownCase
from relance.factcheck.offers import of_the_offer
from relance.factcheck.prose import Reader
from relance.factcheck.reading import days, flat, plain
from relance.factcheck.sense import Sense, sense_of
from relance.law.articles import ARTICLES, CODES
from relance.sentences import sentence

__all__ = ["Contradiction", "check"]


def check(text: Finished, known: KnownCase) -> tuple[Contradiction, ...]:
    """Return what a finished message says that is not in the facts, in the order of the text; nothing where all of it holds."""
    constants = constants_of(text.constants)
    margin = [sense_of(line) for line in (text.subject, *text.margin)]
    senses = [passage if isinstance(passage, TextTable) else sense_of(passage) for passage in text.passages]
    return tuple(dict.fromkeys((*_of_the_sums(known), *_read(text, known, constants, margin, senses), *names.read(text, known, margin, senses))))


def _read(text: Finished, known: KnownCase, constants: Constants, margin: Sequence[Sense], senses: Sequence[Sense | TextTable]) -> Iterator[Contradiction]:
    reader = Reader(known, constants)
    for line in margin:
        yield from reader.passage(line)
    yield from _of_the_day(text, known)
    yield from _of_the_assignment(text, known)
    before, fruitless, to_come = "", False, False
    for sense in senses:
        if isinstance(sense, TextTable):
            yield from tables.read(sense, reader, before)
            for row in sense.rows if sense.head and len(sense.head) == 2 else ():
                yield from _articles(reader.own(sense_of(row[0])), constants, known.said)
            continue
        fruitless = sense.fruitless or (fruitless and sense.item)
        if sense.announces:
            to_come = sense.to_come
        elif to_come:
            to_come = any(name in sense.text for name in known.aside)
        before = sense.text
        if not (sense.tells or reader.wordy):
            continue
        yield from reader.passage(sense, fruitless=fruitless and sense.item, to_come=to_come)
        if sense.articles:
            yield from _articles(reader.own(sense), constants, known.said)
        if sense.plan and not known.plans.agreed:
            yield Contradiction("PB613", sentence_around(sense.text, *sense.plan), sentence("no plan is agreed about these invoices"))
        if sense.copy and not known.copied:
            yield Contradiction("PB605", sentence_around(sense.text, *sense.copy), sentence("no registered letter of this step leaves beside this message"))


def _of_the_day(text: Finished, known: KnownCase) -> Iterator[Contradiction]:
    """Hold the line of place and day, which names nothing, against the day of the message: another day of the case is as wrong there as any."""
    for sense in (sense_of(each) for each in text.margin if ":" not in each):
        for mark in sense.days:
            if mark.value != known.on:
                yield Contradiction("PB602", sense.text, sentence("the message is of {on}", on=known.on))


def _of_the_assignment(text: Finished, known: KnownCase) -> Iterator[Contradiction]:
    """Find an assigned claim that is asked, of whose assignment nothing has told the debtor and this message does not either."""
    said = [flat(plain(each)) for each in text.passages if isinstance(each, str)] if known.untold else []
    for assignor, on in sorted(known.untold):
        if not any(flat(plain(assignor)) in each and any(mark.value == on for mark in days(each)) for each in said):
            yield Contradiction("PB614", assignor, sentence("the debtor was not told that {assignor} assigned the claim on {on}", assignor=assignor, on=on))


def _of_the_sums(known: KnownCase) -> Iterator[Contradiction]:
    """Hold what is asked against the invoices that are named: a sum is over these invoices, and the whole is the sum of its parts."""
    whole = f"{known.total} {known.currency}"
    added = sum(known.parts.values(), Decimal(0))
    if known.arrears is not None:
        if known.total != known.plans.asked:
            yield Contradiction("PB609", whole, sentence("{missing} {currency} is missing of what was agreed about these invoices", missing=known.plans.asked, currency=known.currency))
    elif known.total != added:
        yield Contradiction("PB609", whole, sentence("its parts add up to {sum}", sum=added))
    yield from of_the_offer(known.offer, whole)
    if known.rows and not any(principal == known.principal for principal in _principals(known)):
        yield Contradiction(
            "PB609", sentence("{principal} {currency} of principal", principal=known.principal, currency=known.currency), sentence("{invoices} leave {principal} open", invoices=tuple(known.rows), principal=_principals(known)[0])
        )


def _principals(known: KnownCase) -> tuple[Decimal, ...]:
    """Add up what is open of the invoices named: by the books, and as the law leaves it after interest."""
    rows = known.rows.values()
    return sum((min(row.open) for row in rows), Decimal(0)), sum((max(row.open) for row in rows), Decimal(0))


def _articles(sense: Sense, constants: Constants, said: str) -> Iterator[Contradiction]:
    """Hold each article against the code it stands in."""
    for mark in sense.articles:
        article, named = mark.value
        code = ARTICLES.get(article)
        if code is None:
            if article not in constants.articles and sense.low[mark.start : mark.end] not in said:
                yield Contradiction("PB606", sentence_around(sense.text, mark.start, mark.end), sentence("{article} is no article that is known here", article=article))
        elif named and code not in named:
            wrong = sentence("{article} is an article of the {code}", article=article, code=CODES[code][0])
            yield Contradiction("PB606", sentence_around(sense.text, mark.start, mark.end), wrong)
