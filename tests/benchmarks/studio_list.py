"""What a page of the portfolio costs the studio's server, in milliseconds of processor: `python -m tests.benchmarks.studio_list 100000`. Nothing is decided: that is `studio_load`'s."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from relance.portfolio.receivables import OpenCase
from relance.studio.case_list import CaseFilter, ListedCase, list_page, statuses

T = TypeVar("T")
_TODAY = date(2026, 11, 27)
_EACH, _ROWS, _ROUNDS = 5, 50, 5
_STATUSES = ("waiting", "due", "held", "awaiting_sending")


def case_of(number: int, place: int) -> ListedCase:
    """Make one open case of a debtor."""
    age = (number * 7 + place) % 95
    case = OpenCase(
        f"c{number % 4}", f"D{number:06}", f"F{number:06}-{place}", "negligent", _STATUSES[(number + place) % 4], f"reason {number} {place}",
        Decimal(100 + (number * 13 + place * 311) % 9000), "EUR", _TODAY - timedelta(age), age, "relance-2", _TODAY + timedelta(number % 30),
    )  # fmt: skip
    return ListedCase.of(case, f"Société {number} SARL")


def timed(name: str, work: Callable[[], T]) -> T:
    """Say what some work costs, in the mean of some rounds."""
    begun = time.process_time()
    for _ in range(_ROUNDS):
        done = work()
    print(f"{name:32} {1000 * (time.process_time() - begun) / _ROUNDS:6.0f} ms CPU")
    return done


def main(cases: int) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    every = [case_of(number, place) for number in range(cases // _EACH) for place in range(_EACH)]
    print(f"{len(every)} cases, {(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024} MB")

    def page(narrowed: CaseFilter) -> int:
        found = narrowed.takes(every)
        list_page(found, "age", 0, _ROWS, descending=True)
        statuses(every)
        return len(found)

    timed("the first page", lambda: page(CaseFilter()))
    timed("a filter by name", lambda: page(CaseFilter("société 77")))
    timed("a filter by status and creditor", lambda: page(CaseFilter(status="held", creditor="c1")))
    timed("page 100 by what is open", lambda: list_page(CaseFilter().takes(every), "open", 100 * _ROWS, _ROWS, descending=True))


if __name__ == "__main__":
    main(int(sys.argv[1]))
