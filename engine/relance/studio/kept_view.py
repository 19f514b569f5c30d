"""What waits and where cases stand, decided once and kept: pages read it from memory, and what was recorded since is decided anew for its debtors alone.

Owns when something is decided again: a debtor of whom the journal says more; every debtor of a creditor whose rules, record or merges changed; all on a new
day. Few are decided where they are asked for; many by a process of its own, of whose progress pages tell. Nothing of it outlives the server: the journal is
what is true.
"""

from __future__ import annotations

import gc
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime
from multiprocessing import get_context
from typing import Any, NamedTuple, TypeVar

from relance.delivery.outbox import ATTEMPT
from relance.delivery.worklist import WorkItem, in_order_of_worth, work_at_large
from relance.journal.journal import Journal
from relance.model import Playbook
from relance.portfolio.receivables import Ageing, Ages
from relance.project import Project
from relance.studio.case_list import ListedCase, statuses
from relance.studio.desk import DecidedDebtor, OperatorDesk
from relance.studio.morning_lists import LookItem, looked_until, missing_rates

#: So many debtors are decided where they are asked for; more, by a process.
AT_ONCE = 200
#: So many are given to the process at a time.
_PART = 250
#: How the names of kinds begin that may change what is about a creditor's books; what is about a debtor's actions does not.
_BOOKS = ("payment.", "invoice.", "debtor.", "creditor.", "iban.", "statement.", "matching.")
#: After how many new objects the young are searched for garbage, and how many such searches lead to one of the older. A command searches far less often.
_SEARCHES = (10_000, 5, 5)

Name = tuple[str, str]  # creditor and debtor
_T = TypeVar("_T")


class DeskCopy(NamedTuple):
    """What another process needs to decide as the desk does at one moment."""

    where: str
    moment: datetime
    day: date
    project: Project | None
    playbooks: Mapping[str, Playbook]
    since: date | None = None

    def decided(self, debtors: Sequence[str]) -> dict[Name, DecidedDebtor]:
        """Decide some debtors."""
        return OperatorDesk(self.where, lambda: self.moment, lambda: self.day, self.project, self.playbooks).decided(debtors, self.since)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the deciding is, in debtors; equal where all is decided."""

    done: int
    total: int

    @property
    def whole(self) -> bool:
        """Whether nothing is left to decide."""
        return self.done >= self.total


@dataclass
class KeptView:
    """The view of a desk. Any thread may ask; one decides at a time. `at_once` is how many debtors are decided without a process."""

    desk: OperatorDesk
    at_once: int = AT_ONCE
    _kept: dict[Name, DecidedDebtor] = field(default_factory=dict)
    _names: dict[str, set[Name]] = field(default_factory=dict)  # by debtor
    _large: tuple[WorkItem, ...] = ()
    _ages: dict[str, Ages] = field(default_factory=dict)  # by creditor
    _seen: dict[str, int] = field(default_factory=dict)
    _day: date | None = None
    _since: date | None = None  # the evening since which the morning is told
    _left: list[str] = field(default_factory=list)  # debtors still to be decided, the last first
    _told: set[str] = field(default_factory=set)  # of whom more was recorded since the process was given its part
    _total: int = 0
    _under_way: list[tuple[datetime, frozenset[str]]] = field(default_factory=list)  # attempts that are over then, and whose
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _worker: threading.Thread | None = None
    version: int = 0  # of what is kept: another number, other contents
    _listed: dict[Callable[[], object], tuple[int, date, Any]] = field(default_factory=dict)  # what was put together, of which version and day

    # ----------------------------------------------------------------- asked

    def progress(self) -> Progress:
        """Bring the view up to what is recorded, few debtors at once, many in the background; say how far it is."""
        with self._lock:
            self._renew()
            if self._left and len(self._left) <= self.at_once:
                self._take(self._copy().decided(self._left), self._left)
                self._left.clear()
            elif self._left and (self._worker is None or not self._worker.is_alive()):
                self._worker = threading.Thread(target=self._work, name="relance-deciding", daemon=True)
                self._worker.start()
            return Progress(self._total - len(self._left), self._total)

    def cases(self) -> Sequence[ListedCase]:
        """Return the open cases that are decided, in no order."""
        return self._put_together(self._cases)

    def statuses(self) -> Counter[str]:
        """Count these cases by status."""
        return self._put_together(self._statuses)

    def creditors(self) -> tuple[str, ...]:
        """Name the creditors of whom something is kept, in order."""
        with self._lock:
            return tuple(sorted(self._ages))

    def ageing(self, creditor: str | None = None) -> tuple[Ageing, ...]:
        """Return what is open by age, of a creditor or of all."""
        with self._lock:
            whole = Ages()
            for name, ages in self._ages.items():
                if creditor in (None, name):
                    whole.join(ages)
            return whole.found()

    def work(self) -> tuple[WorkItem, ...]:
        """Return what waits for a person, in the order of its worth."""
        return self._put_together(self._work_items)

    def looks(self) -> tuple[LookItem, ...]:
        """Return what is looked at and is no work, in no order."""
        return self._put_together(self._look_items)

    def wait(self) -> None:
        """Wait until the process at work has decided what was left."""
        if (worker := self._worker) is not None:
            worker.join()

    # ----------------------------------------------------------------- put together, once a version and day

    def _put_together(self, make: Callable[[], _T]) -> _T:
        with self._lock:
            now = (self.version, self.desk.today())
            if (kept := self._listed.get(make)) is None or kept[:2] != now:
                kept = self._listed[make] = (*now, make())
            found: _T = kept[2]
            return found

    def _cases(self) -> Sequence[ListedCase]:
        return tuple(case for each in self._kept.values() for case in each.cases)

    def _statuses(self) -> Counter[str]:
        return statuses(self.cases())

    def _work_items(self) -> tuple[WorkItem, ...]:
        return in_order_of_worth([*(item for each in self._kept.values() for item in each.work), *self._large], self.desk.today())

    def _look_items(self) -> tuple[LookItem, ...]:
        return (*(item for each in self._kept.values() for item in each.looks), *missing_rates(self.desk.today()))

    # ----------------------------------------------------------------- kept up

    def _renew(self) -> None:
        """Find out of whom more was recorded, and let them be decided again."""
        today, now = self.desk.today(), self.desk.now()
        with self.desk.journal() as journal:
            if self._day != today:
                self._day, self._since, self._seen = today, looked_until(journal, today), journal.news({}).heads
                self._again(list(_every(journal)), whole=True)
                self._look_at_large(journal)
                recent = [entry for entry in journal.entries(kinds=("action.attempted",)) if entry.recorded_at > now - ATTEMPT and entry.debtor]
                self._under_way = [(now + ATTEMPT, frozenset(entry.debtor or "" for entry in recent))]
                return
            news = journal.news(self._seen)
            over = [each for each in self._under_way if each[0] <= now]
            again = set(news.debtors).union(*(whose for _, whose in over))
            if news.at_large:
                again |= {debtor for debtor, names in self._names.items() if any(creditor in news.at_large for creditor, _ in names)}
            self._under_way = [each for each in self._under_way if each[0] > now]
            if "action.attempted" in news.kinds:
                self._under_way.append((now + ATTEMPT, news.debtors))
            if any(kind.startswith(_BOOKS) for kind in news.kinds):
                self._look_at_large(journal)
            self._seen = news.heads
            if again:
                self._again(again, whole=False)

    def _again(self, debtors: Collection[str], *, whole: bool) -> None:
        """Let debtors be decided again; `whole`: nothing else."""
        before = set() if whole else set(self._left)
        left = before.union(debtors)
        self._total = len(left) if not before else self._total + len(left) - len(before)
        self._left = sorted(left, reverse=True)
        self._told.update(debtors)

    def _look_at_large(self, journal: Journal) -> None:
        self._large = tuple(work_at_large(journal, self.desk.today(), paper=self.desk.account_of))
        self.version += 1

    def _work(self) -> None:
        """Decide what is left in a process of its own, part by part."""
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            while True:
                with self._lock:
                    part, copy = self._left[-_PART:], self._copy()
                    self._told.clear()
                if not part:
                    pass_over_what_stays()
                    return
                found = pool.submit(copy.decided, part).result()
                if not self._take_part(found, part, copy.day):
                    return  # whoever asks next sees the new day, and begins anew

    def _take_part(self, found: Mapping[Name, DecidedDebtor], part: Sequence[str], day: date) -> bool:
        """Keep what the process decided of its part, but of debtors of whom more was recorded since; say whether that day is still shown."""
        with self._lock:
            if day == self._day:
                done = {debtor for debtor in part if debtor not in self._told}
                self._take({name: each for name, each in found.items() if name[1] in done}, sorted(done))
                self._left = [debtor for debtor in self._left if debtor not in done]
            return day == self._day

    def _copy(self) -> DeskCopy:
        return DeskCopy(self.desk.where, self.desk.now(), self.desk.today(), self.desk.project, self.desk.playbooks, self._since)

    def _take(self, found: Mapping[Name, DecidedDebtor], debtors: Sequence[str]) -> None:
        """Keep what was decided of debtors instead of what was known of them."""
        for debtor in debtors:
            for name in self._names.pop(debtor, ()):
                old = self._kept.pop(name)
                self._ages[name[0]].take_out(old.ages)
        for name, each in found.items():
            self._kept[name] = each
            self._names.setdefault(name[1], set()).add(name)
            self._ages.setdefault(name[0], Ages()).join(each.ages)
        self.version += 1


def pass_over_what_stays() -> None:
    """Let the collector of garbage pass over what there is now, which stays, and come by often enough for pages, which are left after minutes and refer to themselves."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_SEARCHES)


def _every(journal: Journal) -> Iterator[str]:
    """Name every debtor that a journal knows."""
    last = ""
    while names := journal.debtors(last):
        yield from names
        last = names[-1]
