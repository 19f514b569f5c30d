"""What became of open cases between two days: which are new, which are open no more, which stand elsewhere, and of which another sum is open. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from relance.portfolio.receivables import OpenCase


class ChangeKind(StrEnum):
    """How a case differs."""

    NEW = "new"
    CLOSED = "closed"
    STANDS_ELSEWHERE = "stands_elsewhere"
    OTHER_SUM = "other_sum"


@dataclass(frozen=True, slots=True)
class CaseChange:
    """A case that differs: as it stood, and as it stands; None where it was not, or is not, open."""

    before: OpenCase | None
    after: OpenCase | None

    @property
    def case(self) -> OpenCase:
        """Return the case as it was last seen."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def kind(self) -> ChangeKind:
        """Say how it differs; where its sum and its place are others, that it stands elsewhere."""
        if self.before is None:
            return ChangeKind.NEW
        if self.after is None:
            return ChangeKind.CLOSED
        return ChangeKind.OTHER_SUM if _place(self.before) == _place(self.after) else ChangeKind.STANDS_ELSEWHERE


def case_changes(before: Iterable[OpenCase], after: Iterable[OpenCase]) -> tuple[CaseChange, ...]:
    """Pair two days' open cases by their names, and return those that differ, in the order of creditor, debtor and case. Getting a day older is no difference."""
    then, now = ({(each.creditor, each.debtor, each.case): each for each in cases} for cases in (before, after))
    pairs = (CaseChange(then.get(name), now.get(name)) for name in sorted(then.keys() | now.keys()))
    return tuple(pair for pair in pairs if pair.before is None or pair.after is None or _place(pair.before) != _place(pair.after) or pair.before.open != pair.after.open)


def _place(case: OpenCase) -> tuple[str, ...]:
    """Return where a case stands: its playbook, its status and, where it is due, its step."""
    return case.playbook, case.status, case.step if case.status == "due" else ""
