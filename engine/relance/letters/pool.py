"""Many documents at once, on all cores: each worker keeps its own warm studio, and only a few jobs wait at a time.

Owns the processes. Documents come back in the order of the jobs, whatever the number of workers; memory does not grow with
their number.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from relance.letters.book import attachment_of
from relance.letters.context import Writing
from relance.letters.document import PAPER, Document, Studio
from relance.letters.email import Attachment
from relance.letters.wording import Templates
from relance.model import Action, Facts

#: Jobs sent to a worker at a time: enough to make the sending cheap, few enough to keep memory flat.
CHUNK = 24


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


def documents(
    jobs: Iterable[Job], *, folders: tuple[Path, ...] = (), writing: Writing | None = None, workers: int | None = None
) -> Iterator[Document]:
    """Make the documents of many messages; `workers` is by default the number of cores. With one, no process is started."""
    workers, writing = workers or os.cpu_count() or 1, writing or Writing()
    source = iter(jobs)
    if workers == 1:
        yield from _alone(source, folders, writing)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_warm, initargs=(folders, writing)) as pool:
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
