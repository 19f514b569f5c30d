"""What a postal provider tells of letters → events of the journal: presented, delivered, refused, unclaimed, returned, and the proof kept.

Also ends what was unclear: a letter that the provider has did leave. Each thing is written once, however often it is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from relance.delivery import outbox
from relance.delivery.outbox import Message, State
from relance.delivery.postal_provider import POSTED_BY, PostalNews, PostalProvider, PostalStatus
from relance.journal.journal import Journal
from relance.model import LETTERS, Event
from relance.sentences import sentence

#: So long after it left a letter is asked about: a registered one is kept fifteen days, and its proof comes back within weeks.
ASKED_FOR = timedelta(days=90)
_KINDS: Mapping[PostalStatus, str] = {
    PostalStatus.PRESENTED: "letter.presented", PostalStatus.DELIVERED: "letter.delivered", PostalStatus.REFUSED: "letter.refused",
    PostalStatus.UNCLAIMED: "letter.unclaimed", PostalStatus.RETURNED: "letter.returned",
}  # fmt: skip
_LAST = frozenset({"letter.delivered", "letter.refused", "letter.unclaimed", "letter.returned", "action.failed"})


class LetterReport(NamedTuple):
    """A letter that was asked about: what the provider says (None: it has no such letter), and whether anything was written."""

    message: Message
    news: PostalNews | None
    written: bool


def follow(journal: Journal, provider: PostalProvider, *, on: date, actor: str) -> Iterator[LetterReport]:
    """Ask about every letter the provider has, or may have, and write down what is new. Raises ProviderError, JournalError."""
    posted, ended = _known(journal)
    for message in outbox.read(journal):
        if message.channel not in LETTERS or any(each.id in ended for each in message.actions):
            continue
        unclear = message.state is State.UNCLEAR
        if not unclear and (message.id not in posted or posted[message.id] + ASKED_FOR < on):
            continue
        news = provider.news(message.id)
        if news is None:
            yield LetterReport(message, None, written=False)
            continue
        written = False
        if unclear and news.status is not PostalStatus.REJECTED:
            day, reference = min(news.on or on, on), POSTED_BY + message.id
            written = outbox.record_outcome(journal, message, "action.executed", on=day, actor=actor, keys=True, outcome=sentence("sent, as the postal provider says"), reference=reference)
        yield LetterReport(message, news, written=_write(journal, message, news, on, actor) or written)


def _known(journal: Journal) -> tuple[dict[str, date], set[str]]:
    """Return when each letter was handed to the provider, by message; and the actions of which the last word was said."""
    posted, ended = {}, set()
    for entry in journal.entries(kinds=("action.executed", *_LAST)):
        reference = str(entry.data.get("reference") or "")
        if entry.kind == "action.executed" and reference.startswith(POSTED_BY):
            posted[reference.removeprefix(POSTED_BY)] = entry.on
        elif entry.kind in _LAST and entry.data.get("id"):
            ended.add(str(entry.data["id"]))
    return posted, ended


def _write(journal: Journal, message: Message, news: PostalNews, on: date, actor: str) -> bool:
    """Write what became of a letter, and keep the proof; say whether anything was new."""
    day = min(news.on or on, on)
    first = message.actions[0]
    if news.proof:
        journal.attach(
            message.creditor, message.debtor, news.proof, name=news.proof_name, kind="proof", on=day, actor=actor, case=first.case, action=first.id,
            media_type="application/pdf",
        )  # fmt: skip
    if news.status is PostalStatus.REJECTED:
        events = [Event(day, "action.failed", each.carrier or None, data={"id": each.id, "error": sentence("not posted: {why}", why=news.reason or sentence("rejected"))}) for each in message.actions]
    elif (kind := _KINDS.get(news.status)) is not None:
        data = {"reference": news.tracking or None} | ({"reason": news.reason or None} if news.status is PostalStatus.RETURNED else {})
        events = [Event(day, kind, each.carrier or None, data={"id": each.id, **{name: value for name, value in data.items() if value}}) for each in message.actions]
    else:
        return False
    keys = [f"post:{message.id}:{news.status}:{each.id}" for each in message.actions]
    return bool(journal.record(message.creditor, message.debtor, events, actor=actor, keys=keys).written)
