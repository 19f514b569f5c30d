"""Every document of a preview in one folder, so that a lawyer can read a whole playbook before it goes live.

Owns the folder: letters as PDF and PNG, e-mails as EML, texts and call sheets, and an index of what there is. Nothing is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

from relance.files import replace_whole
from relance.interpreter.case_history import known_before
from relance.letters.context import Writing
from relance.letters.document import PAPER, Document, Studio, group_messages
from relance.letters.email import Attachment
from relance.letters.wording import Templates
from relance.model import Action, Channel, Facts
from relance.simulation.timeline import Place, Timeline, place

#: The page that lists what a folder holds.
INDEX = "index.html"


@dataclass(frozen=True, slots=True)
class Written:
    """What a book holds: the documents in order, and the paths written, the index first."""

    documents: tuple[Document, ...]
    paths: tuple[Path, ...]

    @property
    def missing(self) -> tuple[Document, ...]:
        """The messages that could not be made, with their reasons."""
        return tuple(each for each in self.documents if each.missing)


def write(
    timeline: Timeline, folder: Path, *, templates: Templates | None = None, writing: Writing | None = None, pictures: bool = True,
    enclosed: Sequence[Attachment] = (), free: Callable[[Sequence[Path]], None] = lambda _: None,
) -> Written:  # fmt: skip
    """Write every text of a timeline into a folder, which is made; `writing` may set another tone or language, `enclosed` travels with each e-mail.

    Each file is whole or not there; `free` is asked of all, the index first, before any is written. Raises OSError where the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return _lay(timeline, _made(timeline, templates, writing, enclosed, pictures=pictures), folder, free)


def written_forward(
    play: Callable[[Mapping[Place, str]], Timeline], folder: Path, *, templates: Templates | None = None, writing: Writing | None = None,
    free: Callable[[Sequence[Path]], None] = lambda _: None,
) -> tuple[Timeline, Written]:  # fmt: skip
    """Play a ladder forward and write its texts; what the house cannot write does not leave, and the ladder is played anew without it.

    `play` makes the timeline without the messages it is given, by their place, each with the reason; `free` is asked of all files, the index first, before any is written. Raises OSError where the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    unsent: dict[Place, str] = {}
    while True:
        timeline = play(unsent)
        documents = _made(timeline, templates, writing, (), pictures=True)
        made = {action.id: action for entry in timeline.entries for action in entry.actions}
        lost = [(made[name], each.missing) for each in documents if each.house and each.missing for name in each.actions if place(made[name]) not in unsent]
        if not lost:
            return timeline, _lay(timeline, documents, folder, free)
        first = min(action.on for action, _ in lost)
        unsent |= {place(action): why for action, why in lost if action.on == first}


def _made(
    timeline: Timeline, templates: Templates | None, writing: Writing | None, enclosed: Sequence[Attachment], *, pictures: bool
) -> tuple[Document, ...]:
    writing = replace(writing or Writing(), agency=timeline.playbook.collector == "agency")
    with Studio(templates, writing, read_back=1) as studio:
        actions = [action for entry in timeline.entries for action in entry.actions if studio.writes(action)]
        return tuple(_documents(studio, actions, timeline.facts, enclosed, pictures=pictures))


def _lay(timeline: Timeline, documents: tuple[Document, ...], folder: Path, free: Callable[[Sequence[Path]], None]) -> Written:
    index = folder / INDEX
    made = [(folder / file.name, file.content) for document in documents for file in document.files]
    free([index, *(path for path, _ in made)])
    for path, content in made:
        replace_whole(path, content)
    replace_whole(index, _index(timeline, documents).encode())
    return Written(documents, (index, *(path for path, _ in made)))


def _documents(
    studio: Studio, actions: Sequence[Action], facts: Facts, enclosed: Sequence[Attachment], *, pictures: bool
) -> Iterable[Document]:
    """Make each message as of its own day, letters first, so that the e-mail of a step can carry its letter."""
    by_day: dict[tuple[object, ...], list[list[Action]]] = {}
    for group in group_messages(actions):
        by_day.setdefault((group[0].on, group[0].debtor), []).append(group)
    for groups in by_day.values():
        letter: Document | None = None
        for group in sorted(groups, key=lambda each: each[0].channel not in PAPER):
            known = known_before(facts, group)
            attached = (*attachment_of(letter), *enclosed) if group[0].channel is Channel.EMAIL else ()
            document = studio.make(group, known, attachments=attached, pictures=pictures)
            letter = document if document.channel in PAPER else letter
            yield document


def attachment_of(letter: Document | None) -> tuple[Attachment, ...]:
    """Return a letter as what travels with the e-mail of the same step."""
    if letter is None or not letter.files:
        return ()
    return (Attachment(letter.files[0].name, letter.files[0].content),)


def _index(timeline: Timeline, documents: Sequence[Document]) -> str:
    """List the messages with links to their files."""
    title = escape(f"{timeline.playbook.title or timeline.playbook.id} (version {timeline.playbook.version})")
    rows = "\n".join(_row(each) for each in documents)
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>{title}</title>\n'
        "<style>body{font-family:sans-serif;margin:2rem}td,th{text-align:left;padding:.25rem 1rem .25rem 0;vertical-align:top}</style></head>\n"
        f"<body>\n<h1>{title}</h1>\n<table>\n<thead><tr><th>Channel</th><th>Subject</th><th>Files</th></tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n</body>\n</html>\n"
    )


def _row(document: Document) -> str:
    links = "<br>".join(f'<a href="{escape(file.name)}">{escape(file.name)}</a>' for file in document.files)
    shown = links or f"not made: {escape(document.missing or '')}"
    return f"<tr><td>{escape(str(document.channel))}</td><td>{escape(document.subject)}</td><td>{shown}</td></tr>"
