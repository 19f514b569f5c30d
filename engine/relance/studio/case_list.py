"""A list of cases as a page shows it: what a filter leaves, in an order, one page of it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from heapq import nlargest, nsmallest
from operator import attrgetter
from typing import Any, NamedTuple

from relance.portfolio.receivables import OpenCase

#: What a list is sorted by: the name of a column → of the case's own field.
ORDERS: Mapping[str, str] = {name: name for name in ("debtor", "case", "creditor", "playbook", "status", "open", "due", "age", "step", "on")}


class ListedCase(NamedTuple):
    """A case, and the words by which it is found: small letters."""

    case: OpenCase
    words: str

    @classmethod
    def of(cls, case: OpenCase, name: str) -> ListedCase:
        """List a case of a debtor who is called so."""
        return cls(case, f"{name} {case.debtor} {case.case} {case.creditor} {case.playbook} {case.step}".casefold())


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What is looked for: every word of `text`, a status, a creditor; what is empty narrows nothing."""

    text: str = ""
    status: str = ""
    creditor: str = ""

    def takes(self, cases: Iterable[ListedCase]) -> list[OpenCase]:
        """Return the cases that it leaves."""
        for word in self.text.casefold().split():
            cases = [each for each in cases if word in each.words]
        found = [each.case for each in cases]
        if self.status:
            found = [case for case in found if case.status == self.status]
        return [case for case in found if case.creditor == self.creditor] if self.creditor else found


def list_page(cases: list[OpenCase], order: str, first: int, count: int, *, descending: bool = False) -> list[OpenCase]:
    """Return so many cases from a place on, in an order: without sorting those behind them. What has no day comes last."""
    field = attrgetter(ORDERS[order])

    def key(case: OpenCase) -> Any:
        value = field(case)
        return (date.min if descending else date.max) if value is None else value

    chosen = (nlargest if descending else nsmallest)(first + count, cases, key=key)
    return chosen[first:]


def statuses(cases: Iterable[ListedCase]) -> Counter[str]:
    """Count cases by status."""
    return Counter(case.status for case, _ in cases)
