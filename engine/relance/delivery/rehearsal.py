"""A run that is tried: what it would record is kept beside the journal and read with it, so that each message finds those before it as in the run itself.

Owns nothing that is decided: that is `delivery.sending`'s, which is run as it is. Nothing is written, and nothing leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from relance.delivery.sending import Desk, Run
from relance.delivery.smtp import Transmission, TransmissionResult
from relance.journal.appending import Recorded
from relance.journal.chain import Entry
from relance.journal.reading import event_of
from relance.model import Creditor, Debtor, Event, Facts
from relance.sentences import sentence


def rehearsed(run: Run) -> Run:
    """Return the same run as a trial: every way takes what it is given, and says that it would be sent."""
    would = Transmission(TransmissionResult.SENT, sentence("would be sent"))
    return replace(run, desk=RehearsalDesk(run.desk), carriers=dict.fromkeys(run.carriers, lambda *_: would))


class RehearsalDesk:
    """A journal, and what a trial would have recorded in it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._said: dict[tuple[str, str], list[Entry]] = {}  # by creditor and debtor
        self._known: dict[tuple[str, str], dict[str, str]] = {}  # so, too: the reference of each action

    @property
    def now(self) -> Callable[[], datetime] | None:
        """Give the time."""
        return self._desk.now

    def creditors_of(self, debtor: str) -> list[str]:
        """Name the creditors who know a debtor."""
        return self._desk.creditors_of(debtor)

    def document(self, sha256: str) -> bytes | None:
        """Return a kept document."""
        return self._desk.document(sha256)

    def attach(self, *_: Any, **__: Any) -> str:
        """Keep nothing."""
        return ""

    def last_seq(self, creditor: str, debtor: str) -> int:
        """Return the place of the latest entry of a debtor, with those of the trial behind them."""
        return self._desk.last_seq(creditor, debtor) + len(self._said.get((creditor, debtor), ()))

    def entries(self, *, creditor: str | None = None, debtor: str | None = None, kinds: Sequence[str] = ()) -> Iterator[Entry]:
        """Read entries in the order of their chains, those of the trial last."""
        yield from self._desk.entries(creditor=creditor, debtor=debtor, kinds=kinds)
        for (whose, who), said in self._said.items():
            if creditor in (None, whose) and debtor in (None, who):
                yield from (entry for entry in said if not kinds or entry.kind in kinds)

    def facts(self, creditor: str | None = None, debtor: str | None = None) -> Iterator[Facts]:
        """Fold all that is known."""
        for facts in self._desk.facts(creditor, debtor):
            said = self._said.get((facts.creditor.id, facts.debtor.id), ())
            yield replace(facts, events=(*facts.events, *map(event_of, said))) if said else facts

    def record(self, creditor: Creditor | str, debtor: Debtor | str, events: Sequence[Event] = (), *, actor: str, keys: Sequence[str | None] = (), since: int | None = None) -> Recorded:
        """Remember events, unless more was recorded of the debtor after `since`."""
        del keys  # a trial hands nothing over twice
        creditor, debtor = (each if isinstance(each, str) else each.id for each in (creditor, debtor))
        last = self.last_seq(creditor, debtor)
        if since is not None and last > since:
            return Recorded()
        if (creditor, debtor) not in self._known:
            self._known[creditor, debtor] = self._references(creditor, debtor)
        whose = self._known[creditor, debtor]
        moment = self.now() if self.now is not None else datetime.min.replace(tzinfo=UTC)
        made = (
            Entry(creditor, last + place, moment, event.on, debtor, None, event.invoice, event.kind, event.data, actor, "", whose[event.data["id"]])
            for place, event in enumerate(events, 1)
        )
        self._said.setdefault((creditor, debtor), []).extend(made)
        return Recorded(len(events))

    def _references(self, creditor: str, debtor: str) -> dict[str, str]:
        """Return by which reference the chain knows the debtor of each action: one who was merged has several."""
        emitted: Iterable[Entry] = self._desk.entries(creditor=creditor, debtor=debtor, kinds=("action.emitted",))
        return {str(entry.data["id"]): entry.who for entry in emitted if "id" in entry.data}
