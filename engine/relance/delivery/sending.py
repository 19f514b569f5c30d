"""One run of sending: each ready message asked about, made, attempted, and its outcome written, one after the other.

Owns the order of things: what is known of the debtor is read when the message's turn comes, the attempt is written before it
is handed over and only where nothing was recorded of the debtor since, the outcome after. Whatever stops the run, the next
one goes on from the journal. Carriers are given by the caller, and give up within `outbox.ATTEMPT`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from relance.delivery.enclosures import invoices_enclosed, letter_beside, letters_by_step
from relance.delivery.outbox import TRIES, Message, State, again, record_outcome
from relance.delivery.release_check import LEFT, MAX_AGE, DebtorBooks, KnownDebtor, Release, Rules, answer, before, known_debtor, refreshed
from relance.delivery.smtp import Transmission, TransmissionResult
from relance.interpreter import compile_playbook
from relance.journal.store import JournalError
from relance.letters.book import attachment_of
from relance.letters.document import Document, Studio
from relance.letters.email import Attachment
from relance.model import REGISTERED, Action, Channel, Facts, Playbook
from relance.portfolio.contradicted import Doubts
from relance.portfolio.routing import Routing
from relance.sentences import in_turn, sentence, sentence_of, shipped_text, system_words
from relance.zones import paris_day


class Desk(DebtorBooks, Protocol):
    """What a run asks of a journal, beside the outbox's part: the documents that were kept."""

    def attach(
        self, creditor: str, debtor: str, content: bytes, *, name: str, kind: str, on: Any, actor: str, case: str | None = None, action: str | None = None,
        media_type: str | None = None,
    ) -> str:  # fmt: skip
        """Keep a document and return its hash."""

    def document(self, sha256: str) -> bytes | None:
        """Return a kept document."""


#: Hands a document over and says what came of it.
Carrier = Callable[[Sequence[Action], Document], Transmission]


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
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class SendingReport:
    """A message, what became of it, and why. `stop`: the run ends here. `opens`: when the hours come that it waits for, on this day."""

    message: Message
    fate: Fate
    words: str = ""
    stop: bool = False
    opens: datetime | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """What a run works with. `studio` gives a studio for a playbook (its paper, an agency's duties). `delivery.rehearsal` makes a trial of it.

    `playbooks` finds one by id where the journal's rules, `routing` by creditor, do not hold it; `read_until`, `payee` and `doubts` are as in `Rules`.
    """

    desk: Desk
    studio: Callable[[Playbook], Studio]
    playbooks: Callable[[str], Playbook | None]
    carriers: Mapping[Channel, Carrier]
    now: Callable[[], datetime]
    actor: str
    max_age: int = MAX_AGE
    routing: Callable[[str], Routing | None] = lambda _: None
    read_until: Callable[[str], date | None] = lambda _: None
    payee: Callable[[str], str | None] = lambda _: None
    doubts: Doubts = lambda *_: None

    @property
    def rules(self) -> Rules:
        """By what cases are decided."""
        return Rules(self.playbooks, self.routing, self.read_until, self.payee, self.doubts)

    def send(self, messages: Iterable[Message]) -> Iterator[SendingReport]:
        """Take each message that is ready and has a carrier, of one debtor the highest step first; end early where a carrier says so."""
        for message in self._in_order(messages):
            if message.state is State.READY and message.channel in self.carriers:
                try:
                    report = self._one(message)
                except JournalError as error:  # nothing was handed over: what comes after that is caught where it happens
                    report = SendingReport(message, Fate.NOT_SENT, str(error), stop=True)
                yield report
                if report.stop:
                    return

    def _in_order(self, messages: Iterable[Message]) -> list[Message]:
        """Where contact rules leave room for one, the highest step goes first, as in a run, and a registered letter before its copies; debtors stay in their order."""
        every = list(messages)
        place: dict[tuple[str, str], int] = {}
        for message in every:
            place.setdefault((message.creditor, message.debtor), len(place))

        def rank(message: Message) -> tuple[int, int, bool]:
            playbook = self.rules.playbook(message)
            order = {} if playbook is None else compile_playbook(playbook).by_id
            height = max(order.get(action.step, -1) for action in message.actions)
            return place[message.creditor, message.debtor], -height, message.channel not in REGISTERED

        return sorted(every, key=rank)

    def _one(self, message: Message) -> SendingReport:
        """Ask about a message as it stands when its turn comes, and again where something is recorded of the debtor meanwhile."""
        for _ in range(TRIES):
            now, known = self.now(), known_debtor(self.desk, message.creditor, message.debtor)
            fresh = again(self.desk, message)
            if fresh is None or fresh.state is not State.READY:
                taken = fresh is not None and fresh.state in LEFT
                why = sentence("another run has it") if taken else sentence("it is not there any more") if fresh is None else sentence("{state} since: {why}", state=shipped_text(fresh.state.replace("_", " ")), why=fresh.why)
                return SendingReport(message, Fate.TAKEN if taken else Fate.GONE, why)
            if (report := self._asked(fresh, known, now)) is not None:
                return report
        return SendingReport(message, Fate.WAITS, sentence("too much is being recorded of this debtor: try again"))

    def _asked(self, message: Message, known: KnownDebtor, now: datetime) -> SendingReport | None:
        """Send, withdraw or leave a message by what is known; None where more was recorded before it could be said."""
        facts, playbook = known.facts(message.creditor), self.rules.playbook(message)
        found = answer(message, known, self.rules, now, max_age=self.max_age)
        if found.verdict is Release.WAIT:
            return SendingReport(message, Fate.WAITS, found.why, opens=found.opens)
        if found.verdict is Release.WITHDRAW:
            written = self._write(message, "action.cancelled", now, since=known.since, reason=found.why)
            return SendingReport(message, Fate.WITHDRAWN, found.why) if written else None
        assert facts is not None
        assert playbook is not None
        try:
            document = self._document(message, found.actions, facts, playbook, known, now)
        except OSError as error:
            return SendingReport(message, Fate.NOT_SENT, sentence("{what}: {why}", what=error.filename or sentence("making it"), why=system_words(error)), stop=True)
        if document.missing is not None and message.channel not in (Channel.WEBHOOK, Channel.HANDOVER):
            if document.findings:  # the ladder may ask for it again, once what does not hold is mended
                self._write(message, "action.cancelled", now, reason=document.missing, task=True)
            elif not document.house:  # what the house lacks (a letterhead, a wording) it can give: the message stays as it was
                self._write(message, "action.failed", now, error=document.missing, task=True)
            return SendingReport(message, Fate.MISSING, document.missing)
        return self._hand_over(message, found.actions, document, now, known.since)

    def _hand_over(self, message: Message, actions: Sequence[Action], document: Document, now: datetime, since: int) -> SendingReport | None:
        kept = self._keep(message, document, now)
        if not self._write(message, "action.attempted", now, keys=True, since=since, attempt=message.attempts + 1):
            return None
        try:
            outcome = self.carriers[message.channel](actions, document)
        except BaseException as error:  # stopped by hand, or a fault: the attempt is over, and what came of it is not known
            self._write(message, "action.unclear", self.now(), error=sentence("stopped while it was under way: {why}", why=type(error).__name__))
            raise
        try:
            self._settle(message, document, outcome, kept)
        except JournalError as error:
            said = sentence("{result}, but that could not be written down: {why}", result=shipped_text(outcome.result.replace("_", " ")), why=sentence_of(error))
            return SendingReport(message, Fate.UNCLEAR, _joined(outcome.words, said), stop=True)
        words = _joined(outcome.words, document.left_out) if outcome.result is TransmissionResult.SENT else outcome.words
        return SendingReport(message, Fate(outcome.result), words, outcome.stop)

    def _settle(self, message: Message, document: Document, outcome: Transmission, kept: str) -> None:
        """Write down what came of an attempt."""
        match outcome.result:
            case TransmissionResult.SENT:
                more: dict[str, Any] = {"reference": outcome.reference or str(document.details.get("message_id") or document.reference), "document": kept}
                said = {name: value for name, value in more.items() if value}
                self._write(message, "action.executed", self.now(), outcome=_joined("sent", outcome.lacking, document.left_out), **said)
            case TransmissionResult.FAILED:
                self._write(message, "action.failed", self.now(), error=outcome.words)
            case TransmissionResult.NOT_SENT:
                details = {"outcome": "not_sent", "error": outcome.words}
                self._write(message, "action.attempted", self.now(), attempt=message.attempts + 1, details=details)
            case TransmissionResult.UNCLEAR:
                self._write(message, "action.unclear", self.now(), error=outcome.words)

    def _write(self, message: Message, kind: str, now: datetime, *, keys: bool = False, since: int | None = None, **data: Any) -> bool:
        return record_outcome(self.desk, message, kind, on=paris_day(now), actor=self.actor, keys=keys, since=since, **data)

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
        self, message: Message, actions: Sequence[Action], facts: Facts, playbook: Playbook, known: KnownDebtor, now: datetime
    ) -> Document:
        studio = self.studio(playbook)
        enclosed: list[Attachment] = []
        if (letter := letter_beside(message, letters_by_step(known.outbox), actions[0].on)) is not None:
            enclosed += attachment_of(studio.make(refreshed(letter, facts, playbook, actions[0].on), before(facts, letter.actions)))
        enclosed += invoices_enclosed(self.desk, message)
        return studio.make(actions, before(facts, actions), attachments=enclosed, at=now)


def _joined(*words: str) -> str:
    return in_turn([each for each in words if each])
