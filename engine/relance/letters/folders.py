"""What lies in a folder of the firm's own wordings and is never used: a file or folder that no step of any playbook reads.

Owns the walk through `<language>/<name>/<channel>.md.j2`. Reads no wording.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path

from relance.language.place import Span
from relance.language.vocabulary import folded, meant
from relance.letters.wording import FILES, SUFFIX, Templates
from relance.model import Diagnostic, Severity
from relance.sentences import sentence

#: The names a file of a wording may have.
STEMS = tuple(dict.fromkeys(stem for stems in FILES.values() for stem in stems))
_LAYOUT = sentence("`<language>/<wording>/<channel>.md.j2`, such as fr/relance-1/message.md.j2")

#: How like the name of a wording that is there the name of a folder must be to be one misspelt.
_LIKE = 0.85


def unused(templates: Templates, used: Iterable[str] = ()) -> tuple[Diagnostic, ...]:
    """Tell of every file of the firm's own folders that is never read. `used` are names of wordings beside those that ship."""
    ours = Templates()
    shipped = ours.folders
    names = {*used, *(name for language in ours.languages() for name in ours.names(language))}
    found = (each for folder in templates.folders if isinstance(folder, Path) and folder not in shipped for each in _folder(folder, names))
    return tuple(sorted(found))


def _folder(folder: Path, names: set[str]) -> Iterator[Diagnostic]:
    languages = {child.name for child in folder.iterdir() if child.is_dir() and _is_language(child.name)}
    for child in _children(folder):
        if child.is_file():
            if _is_wording(child):
                yield _never(child, sentence("a wording lies in {layout}", layout=_LAYOUT))
        elif child.name not in languages and child.name != "layout":
            way = sentence("call the folder {child}", child=child.name.lower()) if _is_language(child.name.lower()) else sentence("a wording lies in {layout}", layout=_LAYOUT)
            yield from (_never(file, way) for file in _files(child))
        elif child.name in languages:
            yield from _language(child, names)


def _language(folder: Path, names: set[str]) -> Iterator[Diagnostic]:
    for child in _children(folder):
        if child.is_file():
            if _is_wording(child):
                yield _never(child, sentence("a wording lies in {layout}", layout=_LAYOUT))
        elif not child.name.startswith("_"):
            yield from _wording(child, names)


def _wording(folder: Path, names: set[str]) -> Iterator[Diagnostic]:
    near = None
    if folder.name not in names:
        near = next((name for name in sorted(names) if _bare(name) == _bare(folder.name)), None) or _misspelt(folder.name, names)
    for file in _files(folder):
        stem = file.name.removesuffix(SUFFIX)
        if file.parent != folder or not file.name.endswith(SUFFIX) or stem not in STEMS:
            like = meant(stem.removesuffix(".md"), STEMS)
            yield _never(file, sentence("did you mean {like}{suffix}?", like=like, suffix=SUFFIX) if like else sentence("its name is one of {stems}, with {suffix}", stems=STEMS, suffix=SUFFIX))
        elif near is not None:
            yield _never(file, sentence("no step or wording has the name '{folder}'; did you mean '{near}'?", folder=folder.name, near=near))


def _misspelt(name: str, names: set[str]) -> str | None:
    """Return the wording whose name one was meant to be: spelt nearly alike, of the same number."""
    same = sorted(each for each in names if re.sub(r"\D", "", each) == re.sub(r"\D", "", name))
    return next(iter(get_close_matches(name, same, 1, _LIKE)), None)


def _bare(name: str) -> str:
    """Write a name without what joins its words: of two that differ by that alone, one is a mistake."""
    return folded(name).replace(" ", "")


def _never(path: Path, way: str) -> Diagnostic:
    return Span(str(path)).diagnostic("PB414", sentence("this wording is never used"), severity=Severity.WARNING, hint=way)


def _children(folder: Path) -> list[Path]:
    return sorted(child for child in folder.iterdir() if not child.name.startswith("."))


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))


def _is_language(name: str) -> bool:
    return len(name) == 2 and name.isalpha() and name.islower()


def _is_wording(path: Path) -> bool:
    return path.name.endswith((".j2", ".md")) and path.name.lower() != "readme.md"
