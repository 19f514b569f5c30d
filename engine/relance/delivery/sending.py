"""One run of sending: each ready message asked about, made, attempted, and its outcome written, one after the other.

Owns the order of things: what a message needs is looked at first, the attempt is written before it is handed over, the
outcome after. Whatever stops the run, the next one goes on from the journal. Carriers are given by the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from relance.delivery.enclosures import Letters, invoices_enclosed, letter_beside, letters_by_step
from relance.delivery.outbox import Books, Message, State, say
from relance.delivery.release_check import MAX_AGE, Release, answer, before, refreshed
from relance.delivery.smtp import Outcome, Result
from relance.journal.store import JournalError
from relance.letters.book import attachment_of
from relance.letters.document import Document, Studio
from relance.letters.email import Attachment
from relance.model import Action, Channel, Facts, Playbook
from relance.zones import paris_day


class Desk(Books, Protocol):
    """What a run asks of a journal, beside the outbox's part: the documents that were kept."""

    def attach(
        self, creditor: str, debtor: str, content: bytes, *, name: str, kind: str, on: Any, actor: str, case: str | None = None, action: str | None = None,
        media_type: str | None = None,
    ) -> str:  # fmt: skip
        """Keep a document and return its hash."""

    def document(self, sha256: str) -> bytes | None:
        """Return a kept document."""


#: Hands a document over and says what came of it.
Carrier = Callable[[Sequence[Action], Document], Outcome]


class Fate(StrEnum):
    """What a run did with a message."""

    SENT = "sent"
    FAILED = "failed"
    NOT_SENT = "not_sent"
    UNCLEAR = "unclear"
    WAITS = "waits"
    WITHDRAWN = "withdrawn"
    MISSING = "missing"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class Report:
    """A message, what became of it, and why. `stop`: the run ends here."""

    message: Message
    fate: Fate
    words: str = ""
    stop: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """What a run works with. `studio` gives a studio for a playbook (its paper, an agency's duties); `rehearsal` writes and sends nothing."""

    desk: Desk
    studio: Callable[[Playbook], Studio]
    playbooks: Callable[[str], Playbook | None]
    carriers: Mapping[Channel, Carrier]
    now: Callable[[], datetime]
    actor: str
    max_age: int = MAX_AGE
    rehearsal: bool = False

    def send(self, messages: Iterable[Message], everything: Sequence[Message] = ()) -> Iterator[Report]:
        """Take each message that is ready and has a carrier; end early where a carrier says so. `everything` is the whole outbox."""
        letters = letters_by_step(everything)
        for message in messages:
            if message.state is State.READY and message.channel in self.carriers:
                try:
                    report = self._one(message, letters)
                except JournalError as error:  # nothing was handed over: what comes after that is caught where it happens
                    report = Report(message, Fate.NOT_SENT, str(error), stop=True)
                yield report
                if report.stop:
                    return

    def _one(self, message: Message, letters: Letters) -> Report:
        now = self.now()
        facts = next(iter(self.desk.facts(message.creditor, message.debtor)), None)
        playbook = self.playbooks(message.items[0].action.playbook)
        verdict = answer(message, facts, playbook, now, max_age=self.max_age)
        if verdict.verdict is Release.WAIT:
            return Report(message, Fate.WAITS, verdict.why)
        if verdict.verdict is Release.WITHDRAW:
            self._write(message, "action.cancelled", now, reason=verdict.why)
            return Report(message, Fate.WITHDRAWN, verdict.why)
        assert facts is not None
        assert playbook is not None
        try:
            document = self._document(message, verdict.actions, facts, playbook, letters, now)
        except OSError as error:
            return Report(message, Fate.NOT_SENT, f"{error.filename or 'making it'}: {error.strerror or error}", stop=True)
        if document.missing is not None and message.channel not in (Channel.WEBHOOK, Channel.HANDOVER):
            if document.house:  # the step stays to be done, and its channel is as good as before
                self._write(message, "action.cancelled", now, reason=f"it could not be written: {document.missing}")
            else:
                self._write(message, "action.failed", now, error=document.missing)
            return Report(message, Fate.MISSING, document.missing)
        if self.rehearsal:
            return Report(message, Fate.SENT, _joined("would be sent", document.left_out))
        return self._hand_over(message, verdict.actions, document, now)

    def _hand_over(self, message: Message, actions: Sequence[Action], document: Document, now: datetime) -> Report:
        kept = self._keep(message, document, now)
        if not self._write(message, "action.attempted", now, keys=True, attempt=message.attempts + 1):
            return Report(message, Fate.TAKEN, "another run has it")
        outcome = self.carriers[message.channel](actions, document)
        try:
            self._settle(message, document, outcome, kept)
        except JournalError as error:
            said = f"{outcome.result.replace('_', ' ')}, but that could not be written down: {error}"
            return Report(message, Fate.UNCLEAR, _joined(outcome.words, said), stop=True)
        words = _joined(outcome.words, document.left_out) if outcome.result is Result.SENT else outcome.words
        return Report(message, Fate(outcome.result), words, outcome.stop)

    def _settle(self, message: Message, document: Document, outcome: Outcome, kept: str) -> None:
        """Write down what came of an attempt."""
        match outcome.result:
            case Result.SENT:
                more: dict[str, Any] = {"reference": str(document.details.get("message_id") or document.reference), "document": kept}
                said = {name: value for name, value in more.items() if value}
                self._write(message, "action.executed", self.now(), outcome=_joined("sent", document.left_out), **said)
            case Result.FAILED:
                self._write(message, "action.failed", self.now(), error=outcome.words)
            case Result.NOT_SENT:
                details = {"outcome": "not_sent", "error": outcome.words}
                self._write(message, "action.attempted", self.now(), attempt=message.attempts + 1, details=details)
            case Result.UNCLEAR:
                self._write(message, "action.unclear", self.now(), error=outcome.words)

    def _write(self, message: Message, kind: str, now: datetime, *, keys: bool = False, **data: Any) -> bool:
        if self.rehearsal:
            return True
        return say(self.desk, message, kind, on=paris_day(now), actor=self.actor, keys=keys, **data)

    def _keep(self, message: Message, document: Document, now: datetime) -> str:
        """Keep what is about to leave, byte for byte, so that it can be shown later."""
        if not document.files:
            return ""
        file, action = document.files[0], message.items[0].action
        return self.desk.attach(
            message.creditor, message.debtor, file.content, name=file.name, kind=str(message.channel), on=paris_day(now), actor=self.actor,
            case=action.case, action=action.id, media_type=file.media_type,
        )  # fmt: skip

    # ----------------------------------------------------------------- documents

    def _document(
        self, message: Message, actions: Sequence[Action], facts: Facts, playbook: Playbook, letters: Letters, now: datetime
    ) -> Document:
        studio = self.studio(playbook)
        enclosed: list[Attachment] = []
        if (letter := letter_beside(message, letters)) is not None:
            enclosed += attachment_of(studio.make(refreshed(letter, facts, playbook), before(facts, letter.actions)))
        enclosed += invoices_enclosed(self.desk, message)
        return studio.make(actions, before(facts, actions), attachments=enclosed, at=now)


def _joined(*words: str) -> str:
    return "; ".join(filter(None, words))
