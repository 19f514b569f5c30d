"""Several texts read as one: each pattern goes once over all of them, and each text gets what stands in it, at its own places."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any

from relance.factcheck import reading
from relance.factcheck.reading import Mark, flat, has_one, plain

#: What stands between two texts: nothing is read across it, as nothing is across the ends of a text.
_BETWEEN = "\n;.\n"


class Joined:
    """Texts as a reader sees them, behind one another (`text`, and the same flat, `low`), and each by itself (`texts`, `lows`)."""

    def __init__(self, text: str, texts: Sequence[str]) -> None:
        """Find where each text begins."""
        self.text, self.texts, self.low = text, texts, flat(text)
        self.starts, place = [], 0
        for each in texts:
            self.starts.append(place)
            place += len(each) + len(_BETWEEN)
        self.lows = [self.low[start : start + len(each)] for start, each in zip(self.starts, texts, strict=True)]

    def having(self, words: Sequence[str]) -> Container[int]:
        """Say which texts have one of some words: most words stand in none."""
        whole = self.low
        if said := [word for word in words if word in whole]:
            return {number for number, low in enumerate(self.lows) if has_one(low, said)}
        return ()

    def spread(self, places: Iterable[tuple[Any, int, int]]) -> dict[int, tuple[Mark, ...]]:
        """Give each text what was found in it, in the order of the places."""
        found: dict[int, tuple[Mark, ...]] = {}
        starts, number, last = self.starts, 0, len(self.starts) - 1
        for value, start, end in places:
            while number < last and start >= starts[number + 1]:
                number += 1
            first = starts[number]
            mark = Mark(value, start - first, end - first)
            found[number] = (*found[number], mark) if number in found else (mark,)
        return found

    def days(self) -> Mapping[int, tuple[Mark, ...]]:
        """Give each text its calendar days."""
        return self.spread(reading.places_of_days(self.low))

    def amounts(self) -> Mapping[int, tuple[Mark, ...]]:
        """Give each text its amounts; one in which a sign stands before a number is read by itself."""
        found = self.spread(reading.places_before_signs(self.low))
        for number in self.spread(reading.signs_first(self.low)):
            found[number] = reading.amounts(self.lows[number])
        return found

    def percentages(self) -> Mapping[int, tuple[Mark, ...]]:
        """Give each text its percentages."""
        return self.spread(reading.percentages(self.low)) if "%" in self.low else {}


def together(texts: Sequence[str]) -> Iterator[Joined]:
    """Join texts as they were given; each stands alone where one of them has in it what stands between two."""
    text = plain(_BETWEEN.join(texts))
    if len(apart := text.split(_BETWEEN)) == len(texts):
        yield Joined(text, apart)
    else:
        yield from (Joined(plain(each), (plain(each),)) for each in texts)
