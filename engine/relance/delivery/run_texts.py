"""What a run hands on: the actions of its day, the text of each message, and what cannot be written taken back.

Owns the order in which a message becomes a file after the journal holds it, and what becomes of one that does not. Every way of running asks here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path

from relance.delivery.outbox import POSTED, action_of, read
from relance.journal.chain import Entry
from relance.journal.journal import Journal
from relance.letters import texts
from relance.letters.context import Writing
from relance.letters.document import Studio
from relance.letters.texts import Texts, Unwritten
from relance.letters.wording import Templates
from relance.model import Action, Channel, Event
from relance.run.journal_run import Round
from relance.sentences import sentence


def emitted_of(entries: Iterable[Entry], on: date, fresh: Mapping[str, Action]) -> Iterator[Action]:
    """Yield the actions of entries that relance emitted on a day: those of this run as they are, others as the journal tells them."""
    names = ((str(entry.data.get("id", "")), entry) for entry in entries if entry.on == on and entry.debtor is not None)
    yield from (fresh.get(name) or action_of(entry) for name, entry in names if entry.key == f"action:{name}")


def emitted_on(journal: Journal, on: date, done: Round) -> list[Action]:
    """Return every action the journal holds of a day: those of this run, and of runs before it."""
    fresh = {action.id: action for action in done.new}
    return list(emitted_of(journal.entries(kinds=("action.emitted",)), on, fresh))


def write_texts(done: Round, actions: Iterable[Action], folder: Path, writing: Writing, templates: tuple[Path, ...]) -> Texts:
    """Write the text of each message below `folder`, by the wordings of `templates`, and return what could not be written. Raises OSError."""
    make = partial(Studio, Templates(*templates))
    with texts.studio_by_playbook(writing, agencies_of(done), make) as studio:
        return texts.write(actions, done.facts, folder / "messages", studio)


def agencies_of(done: Round) -> dict[str, bool]:
    """Say of each playbook of a round whether an agency writes by it."""
    return {name: playbook.collector == "agency" for name, playbook in done.routing.playbooks.items()}


def take_back_unwritten(journal: Journal, unwritten: tuple[Unwritten, ...], on: date, actor: str) -> None:
    """Take back messages that cannot be made: none is sent, none counts, each is a task. The next run makes anew those that the house could not write.

    One that cannot reach its debtor has failed, as if `send` had found it; what another system sends may find him by what it knows.
    """
    for one in unwritten:
        first = one.actions[0]
        if not one.house:
            theirs = {item.action.id for each in read(journal, creditor=first.creditor, debtor=first.debtor) for item in each.items if item.other}
            if first.id in theirs or first.channel not in POSTED - {Channel.WEBHOOK}:
                continue
        kind, said = ("action.cancelled", {"reason": sentence("it could not be written: {why}", why=one.why)}) if one.house else ("action.failed", {"error": one.why})
        events = [Event(on, kind, each.carrier or None, data={"id": each.id, **said, "task": True}) for each in one.actions]
        journal.record(first.creditor, first.debtor, events, actor=actor, keys=[f"unwritten:{each.id}" for each in one.actions])
