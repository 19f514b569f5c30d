"""Texts in playbook tests: what a message of a test says, filled for its case, held against what its author expects.

Reads and compares; writes nothing. Spaces and line breaks are alike, for a wording may be set anew without saying anything else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import unified_diff
from pathlib import Path

from relance.interpreter.case_history import known_before
from relance.letters.document import Studio
from relance.letters.wording import FILES, WordingError
from relance.model import Channel
from relance.sentences import sentence
from relance.simulation.playbook_tests import Expected, ExpectedText, FileResult, Result
from relance.simulation.timeline import Sending

_SHOWN = 12


def with_texts(file: FileResult, studio: Studio) -> FileResult:
    """Return the results of a file's tests with what their texts say otherwise than expected."""
    folder = Path(file.file.path).parent
    return replace(file, results=tuple(replace(result, texts=tuple(_gaps(result, studio, folder))) for result in file.results))


def snapshots(file: FileResult, studio: Studio) -> Mapping[Path, str]:
    """Return the files that hold whole texts, as they would be written now."""
    folder = Path(file.file.path).parent
    found: dict[Path, str] = {}
    for result in file.results:
        for wanted, left in result.met:
            if wanted.text is not None and wanted.text.snapshot is not None:
                found[folder / wanted.text.snapshot] = text_said(result, left, wanted.text, studio)
    return found


def text_said(result: Result, left: Sending, wanted: ExpectedText, studio: Studio) -> str:
    """Fill the text of a message of a test: its subject, an empty line, its body. Raises WordingError."""
    action = next(each for each in left.actions if each.channel is wanted.channel or (wanted.channel is None and each.channel in FILES))
    assert result.facts is not None
    text, _ = studio.text([action], known_before(result.facts, [action]))
    head = f"{text.subject}\n\n" if text.subject else ""
    return f"{head}{text.plain().strip()}\n"


def _gaps(result: Result, studio: Studio, folder: Path) -> Iterator[str]:
    for wanted, left in result.met:
        if wanted.text is not None:
            yield from _of_message(result, wanted, left, wanted.text, studio, folder)


def _of_message(result: Result, wanted: Expected, left: Sending, text: ExpectedText, studio: Studio, folder: Path) -> Iterator[str]:
    if not any(_fits(action.channel, text) for action in left.actions):
        yield sentence("{step} of {day}: no message of it has a text to be read", step=wanted.step, day=wanted.on)
        return
    try:
        said = text_said(result, left, text, studio)
    except WordingError as error:
        yield sentence("{step} of {day}: the text cannot be written: {reason}", step=wanted.step, day=wanted.on, reason=error.diagnostic.message)
        return
    flat = _flat(said)
    for words in text.contains:
        if _flat(words) not in flat:
            yield sentence('{step} of {day}: the text does not say "{words}"', step=wanted.step, day=wanted.on, words=words)
    for words in text.without:
        if _flat(words) in flat:
            yield sentence('{step} of {day}: the text says "{words}"', step=wanted.step, day=wanted.on, words=words)
    if text.snapshot is not None:
        yield from _of_snapshot(wanted, said, text.snapshot, folder)


def _of_snapshot(wanted: Expected, said: str, name: str, folder: Path) -> Iterator[str]:
    try:
        kept = (folder / name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        yield sentence("{step} of {day}: there is no snapshot {file}; `relance test --update` writes it", step=wanted.step, day=wanted.on, file=name)
        return
    if kept != said:
        lines = [line for line in unified_diff(kept.splitlines(), said.splitlines(), lineterm="", n=0) if line[:3] not in {"---", "+++"} and line[:1] in "+-"]
        shown = "".join(f"\n      {line}" for line in lines[:_SHOWN])
        yield sentence("{step} of {day}: the text is not that of {file}{lines}", step=wanted.step, day=wanted.on, file=name, lines=shown)


def _fits(channel: Channel, text: ExpectedText) -> bool:
    return channel is text.channel or (text.channel is None and channel in FILES)


def _flat(text: str) -> str:
    return " ".join(text.split())
