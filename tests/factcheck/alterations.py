"""Ways to make a finished message untrue in one fact, as a slip of a template or of the code that fills it would."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random
from typing import Any

from relance.factcheck import Finished, KnownCase, TextTable, reading
from relance.factcheck.reading import flat

#: Where a text stands: a field or passage of the message, and of a table its row and column.
Place = tuple[Any, ...]


def texts(text: Finished) -> Iterator[tuple[Place, str]]:
    """Yield every piece of text of a message, with its place."""
    yield ("subject",), text.subject
    for number, line in enumerate(text.margin):
        yield ("margin", number), line
    for number, passage in enumerate(text.passages):
        if isinstance(passage, TextTable):
            yield from (
                (("passages", number, row, column), cell) for row, cells in enumerate(passage.rows) for column, cell in enumerate(cells)
            )
        else:
            yield ("passages", number), passage


def put(text: Finished, place: Place, said: str) -> Finished:
    """Return a message with another text in a place."""
    match place:
        case ("subject",):
            return replace(text, subject=said)
        case ("margin", number):
            return replace(text, margin=tuple(said if at == number else line for at, line in enumerate(text.margin)))
        case ("passages", number):
            return replace(text, passages=[said if at == number else each for at, each in enumerate(text.passages)])
        case ("passages", number, row, column):
            table = text.passages[number]
            assert isinstance(table, TextTable)
            rows = tuple(
                tuple(said if (at, over) == (row, column) else cell for over, cell in enumerate(cells))
                for at, cells in enumerate(table.rows)
            )
            return replace(text, passages=[replace(table, rows=rows) if at == number else each for at, each in enumerate(text.passages)])
    raise AssertionError(place)


def _at(text: Finished, rng: Random, find: Callable[[str], Any]) -> tuple[Place, str, Any] | None:
    found = [(place, said, mark) for place, said in texts(text) for mark in find(said)]
    return rng.choice(found) if found else None


def a_cent(text: Finished, known: KnownCase, rng: Random) -> Finished | None:
    """Change the last digit of an amount."""

    def mine(said: str) -> list[reading.Mark]:
        marks = [mark for mark in reading.amounts(flat(said)) if said[mark.start : mark.end] not in " ".join(text.constants)]
        return [mark for mark in marks if flat(said)[mark.start : mark.end] not in known.said and mark.value[0] not in known.amounts_of_law]

    picked = _at(text, rng, mine)
    if picked is None:
        return None
    place, said, mark = picked
    last = max(at for at in range(mark.start, mark.end) if said[at].isdigit())
    return put(text, place, said[:last] + str((int(said[last]) + 1) % 10) + said[last + 1 :])


def a_day(text: Finished, known: KnownCase, rng: Random) -> Finished | None:
    """Move a day to the next, or to the one before."""

    def mine(said: str) -> list[reading.Mark]:
        return [mark for mark in reading.days(flat(said)) if flat(said)[mark.start : mark.end] not in flat(" ".join(text.constants))]

    picked = _at(text, rng, mine)
    if picked is None or picked[2].value is None:
        return None
    place, said, mark = picked
    day = mark.value.day + 1 if mark.value.day < 28 else mark.value.day - 1
    written = said[mark.start : mark.end]
    digits = len(written) - len(written.lstrip("0123456789"))
    tail = written[digits:].removeprefix("er")
    return put(text, place, said[: mark.start] + f"{day:02}"[-max(digits, len(str(day))) :] + tail + said[mark.end :])


def another_invoice(text: Finished, known: KnownCase, rng: Random) -> Finished | None:
    """Name another debtor's invoice."""
    name = rng.choice(list(known.rows))
    picked = _at(text, rng, lambda said: [said] if name in said else [])
    return put(text, picked[0], picked[1].replace(name, "FA-977-13", 1)) if picked else None


def an_account(text: Finished, known: KnownCase, rng: Random) -> Finished | None:
    """Change a digit of the account number, in the text or in the payment code."""
    if text.payment_code is not None and rng.random() < 0.3:
        at = text.payment_code.index(known.iban) + 9
        return replace(
            text, payment_code=text.payment_code[:at] + str((int(text.payment_code[at], 36) + 1) % 10) + text.payment_code[at + 1 :]
        )
    picked = _at(text, rng, lambda said: [said] if known.iban and "".join(said.split()) == known.iban else [])
    if picked is None:
        return None
    digits = [at for at, each in enumerate(picked[1]) if each.isdigit()]
    at = rng.choice(digits)
    return put(text, picked[0], picked[1][:at] + str((int(picked[1][at]) + 1) % 10) + picked[1][at + 1 :])


def a_name(text: Finished, known: KnownCase, rng: Random) -> Finished | None:
    """Put the creditor's name for the debtor's, or the other way round, where the address, the parties or the signature stands."""
    if text.recipient and "@" not in text.recipient[0] and rng.random() < 0.3:
        return replace(text, recipient=(known.creditor, *text.recipient[1:]))
    places = []
    for place, said in texts(text):
        party = len(place) == 4 and place[3] == 1 and not any(text.passages[place[1]].head)
        if party and said.startswith(known.debtor):
            places.append((place, known.creditor + said[len(known.debtor) :]))
        elif party and said.startswith(known.creditor):
            places.append((place, known.debtor + said[len(known.creditor) :]))
        elif said.startswith(f"{known.debtor}, "):
            places.append((place, known.creditor + said[len(known.debtor) :]))
        elif "\n" in said and place[0] == "passages" and known.sender in said:
            places.append((place, said.replace(known.sender, known.debtor)))
    return put(text, *rng.choice(places)) if places else None


WAYS = (a_cent, a_cent, a_day, a_day, another_invoice, an_account, a_name)
