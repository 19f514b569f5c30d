"""Many documents at once, on all cores: each worker keeps its own warm studio, and only a few jobs wait at a time.

Owns the processes. Documents come back in the order of the jobs, whatever the number of workers; memory does not grow with
their number.
"""

from __future__ import annotations

import errno
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple, Self

from relance.letters import texts
from relance.letters.book import attachment_of
from relance.letters.context import Writing
from relance.letters.document import PAPER, Document, Studio, group_messages
from relance.letters.email import Attachment
from relance.letters.wording import Templates
from relance.model import Action, Facts
from relance.sentences import sentence

#: Jobs sent to a worker at a time: enough to make the sending cheap, few enough to keep memory flat.
CHUNK = 24
#: So many actions of one part of a run are sooner written by workers than they have started.
MANY = 200


class Job(NamedTuple):
    """One message to make, and whether an agency writes it; for an e-mail, what is enclosed, after the letter of the same step."""

    actions: tuple[Action, ...]
    facts: Facts
    agency: bool = False
    letter: tuple[tuple[Action, ...], Facts] | None = None
    enclosed: tuple[Attachment, ...] = ()


_studios: dict[bool, Studio] = {}


def _warm(folders: tuple[Path, ...], writing: Writing) -> None:
    """Prepare a worker: one studio for each kind of writer, kept for the life of the process."""
    templates = Templates(*folders)
    for agency in (False, True):
        _studios[agency] = Studio(templates, replace(writing, agency=agency))


def _make(jobs: Sequence[Job]) -> list[Document]:
    return list(_in_order(jobs, lambda agency: _studios[agency]))


def _in_order(jobs: Iterable[Job], studio: Callable[[bool], Studio]) -> Iterator[Document]:
    """Make documents one after the other; the letter made last is not made anew for the e-mail that carries it."""
    last: tuple[Job, Document] | None = None
    for job in jobs:
        desk, enclosed = studio(job.agency), job.enclosed
        if job.letter is not None:
            made = last[1] if last is not None and last[0] == Job(*job.letter, agency=job.agency) else desk.make(*job.letter)
            enclosed = (*attachment_of(made), *enclosed)
        document = desk.make(job.actions, job.facts, attachments=enclosed)
        last = (job, document) if document.channel in PAPER else last
        yield document


@contextmanager
def _workers_alive() -> Iterator[None]:
    """Make an OSError of a worker that was ended from outside, by who looks after memory or by a person."""
    try:
        yield
    except BrokenExecutor as error:
        raise ChildProcessError(errno.ECHILD, sentence("a process that writes messages was ended from outside, perhaps for want of memory")) from error


def documents(
    jobs: Iterable[Job], *, folders: tuple[Path, ...] = (), writing: Writing | None = None, workers: int | None = None
) -> Iterator[Document]:
    """Make the documents of many messages; `workers` is by default the number of cores. With one, no process is started. Raises OSError where one is ended from outside."""
    workers, writing = workers or os.cpu_count() or 1, writing or Writing()
    source = iter(jobs)
    if workers == 1:
        yield from _alone(source, folders, writing)
        return
    with _workers_alive(), ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_warm, initargs=(folders, writing)) as pool:
        waiting: deque[Future[list[Document]]] = deque()
        while True:
            while len(waiting) < 3 * workers and (chunk := list(islice(source, CHUNK))):
                waiting.append(pool.submit(_make, chunk))
            if not waiting:
                return
            yield from waiting.popleft().result()


def _alone(jobs: Iterable[Job], folders: tuple[Path, ...], writing: Writing) -> Iterator[Document]:
    templates = Templates(*folders)
    with Studio(templates, writing) as creditor, Studio(templates, replace(writing, agency=True)) as agency:
        yield from _in_order(jobs, lambda agencys: agency if agencys else creditor)


class TextWriters:
    """The texts of a run in parts, written by workers while the next part is decided; few of them are written at once. A context manager."""

    def __init__(self, folder: Path, folders: tuple[Path, ...], writing: Writing) -> None:
        """Prepare to write into `folder`, by the wordings of `folders`; no process is started yet. One core is left to who decides."""
        self._folder, self._folders, self._writing = folder, folders, writing
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def begin(self, actions: Sequence[Action], facts: Mapping[tuple[str, str], Facts], agencies: Mapping[str, bool]) -> Callable[[], texts.Texts]:
        """Begin to write what `texts.write` would, and return what waits for it; both raise OSError. `agencies` says of each playbook whether an agency writes."""
        if self._pool is None and len(actions) < MANY:
            with texts.studio_by_playbook(self._writing, agencies, lambda writing: Studio(Templates(*self._folders), writing)) as studio:
                written = texts.write(actions, facts, self._folder, studio)
            return lambda: written
        if self._pool is None:
            self._pool = ProcessPoolExecutor(max((os.cpu_count() or 1) - 1, 1), mp_context=get_context("spawn"), initializer=_warm, initargs=(self._folders, self._writing))
        groups = iter(group_messages(actions))
        begun: list[Future[texts.Texts]] = []
        while chunk := list(chain.from_iterable(islice(groups, CHUNK))):
            theirs = {(action.creditor, action.debtor): facts[action.creditor, action.debtor] for action in chunk}
            with _workers_alive():
                begun.append(self._pool.submit(_write, chunk, theirs, self._folder, agencies))
        return lambda: _waited_for(begun)


def _waited_for(begun: Sequence[Future[texts.Texts]]) -> texts.Texts:
    with _workers_alive():
        return sum((each.result() for each in begun), texts.Texts((), ()))


def _write(actions: Sequence[Action], facts: Mapping[tuple[str, str], Facts], folder: Path, agencies: Mapping[str, bool]) -> texts.Texts:
    return texts.write(actions, facts, folder, lambda playbook: _studios[agencies.get(playbook, False)])
