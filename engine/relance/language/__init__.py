"""The language floor: text → `Playbook`, or diagnostics.

Every mistake a person can make comes back as a value, all of them at once, sorted by place. Nothing raises on what a
file holds.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path

from relance.language import build, checks, extends, library, shape
from relance.language import source as sources
from relance.language.findings import has_errors
from relance.language.place import Span
from relance.language.source import Source
from relance.language.vocabulary import meant
from relance.model import Diagnostic, Playbook
from relance.sentences import sentence

__all__ = ["Source", "Span", "examine", "examine_read", "has_errors", "load_playbook", "load_playbook_text", "read_file", "resolve"]


def load_playbook(
    name: str | Path | Traversable, *, beside: Path | None = None, checks: bool = True
) -> tuple[Playbook | None, tuple[Diagnostic, ...]]:
    """Find, read, check and build a playbook. It is None exactly when a diagnostic is an error.

    `name` is a path, or a text: the id of one that ships, the id of a file in the folder `beside`, or a path written out.
    With `checks=False` the checks of coherence and law are left out: shape alone decides.
    """
    path = library.find(name, beside=beside) if isinstance(name, str) else name
    if path is None:
        hint = sentence("give a path, or one of {playbooks}", playbooks=library.shipped_ids())
        return None, (Span(str(name)).diagnostic("PB010", sentence("there is no playbook '{name}'", name=name), hint=hint),)
    text, unreadable = read_file(path)
    if text is None:
        return None, unreadable
    return load_playbook_text(text, str(path), checks=checks)


def read_file(path: Path | Traversable) -> tuple[bytes | None, tuple[Diagnostic, ...]]:
    """Read a file's bytes, one more than may be, so that a huge file costs nothing."""
    try:
        with path.open("rb") as file:
            return file.read(sources.MAX_BYTES + 1), ()
    except OSError as error:
        reason = {
            "FileNotFoundError": sentence("there is no such file"),
            "IsADirectoryError": sentence("it is a directory"),
            "PermissionError": sentence("reading it is not permitted"),
        }
        return None, (
            Span(str(path)).diagnostic("PB010", sentence("the file cannot be read: {reason}", reason=reason.get(type(error).__name__, error.strerror or "?"))),
        )


def load_playbook_text(text: str | bytes, path: str, *, checks: bool = True) -> tuple[Playbook | None, tuple[Diagnostic, ...]]:
    """Do what `load_playbook` does with a text that is already there; `path` names it, and its folder is searched for `extends`."""
    if isinstance(text, bytes) and b"extends" not in text:
        return _alone(text, path, checks=checks)
    playbook, _, findings = examine(text, path, checks=checks)
    return playbook, findings


@lru_cache(maxsize=64)
def _alone(data: bytes, path: str, *, checks: bool) -> tuple[Playbook | None, tuple[Diagnostic, ...]]:
    """Read a playbook that stands alone: it is what its text says, so that a morning, a studio or a server reads it once."""
    playbook, _, findings = examine(data, path, checks=checks)
    return playbook, findings


def examine(text: str | bytes, path: str, *, checks: bool = True) -> tuple[Playbook | None, Source | None, tuple[Diagnostic, ...]]:
    """Do what `load_playbook_text` does, and return the source too, for whoever says more about a place in it."""
    return examine_read(*sources.read(text, path), checks=checks)


def examine_read(
    source: Source | None, findings: tuple[Diagnostic, ...], *, checks: bool = True
) -> tuple[Playbook | None, Source | None, tuple[Diagnostic, ...]]:
    """Do what `examine` does with what `source.read` returned."""
    own = source
    source, findings = _resolved(source, findings)
    if source is None or own is None or has_errors(findings):
        return None, source, findings
    playbook = build.playbook(source.value)
    if checks:
        findings = tuple(sorted({*findings, *extends.at_home(_checked(playbook, source), own)}))
    return (None if has_errors(findings) else playbook), source, findings


def resolve(text: str | bytes, path: str) -> tuple[Source | None, tuple[Diagnostic, ...]]:
    """Read a playbook's source with what it `extends` merged in, held against the schema."""
    return _resolved(*sources.read(text, path))


def _resolved(source: Source | None, findings: tuple[Diagnostic, ...]) -> tuple[Source | None, tuple[Diagnostic, ...]]:
    if source is None:
        return None, findings
    findings = tuple(sorted({*findings, *shape.check(source, "playbook")}))
    if "drop" in source.value and "extends" not in source.value:
        hint = sentence("to leave out a step of this file, delete it; to build on another playbook, name it by `extends`")
        findings = (*findings, source.key(("drop",)).diagnostic("PB111", sentence('"drop" leaves out steps of another playbook, and none is named'), hint=hint))
    if has_errors(findings) or "extends" not in source.value:
        return source, findings
    return _extended(source)


def _extended(source: Source) -> tuple[Source, tuple[Diagnostic, ...]]:
    name = source.value["extends"]
    where = source.at(("extends",))
    found = library.find(name, beside=Path(source.path).parent) if name != source.value["playbook"] else None
    if found is None:
        near = meant(str(name), library.shipped_ids())
        hint = sentence('did you mean "{near}"?', near=near) if near is not None and near != name else sentence("there are {playbooks}, or a file {name}.yaml beside this one", playbooks=library.shipped_ids(), name=name)
        return source, (where.diagnostic("PB110", sentence('there is no playbook "{name}" to extend', name=name), hint=hint),)
    text, unreadable = read_file(found)
    parent, broken = sources.read(text, str(found)) if text is not None else (None, unreadable)
    if parent is not None and not broken:
        broken = shape.check(parent, "playbook")
    if parent is None or broken:
        return source, (
            where.diagnostic("PB110", sentence('the playbook "{name}" has mistakes of its own', name=name), hint=sentence("`relance validate {found}` shows them", found=found)),
        )
    if "extends" in parent.value:
        message = sentence('"{name}" extends "{parent}"; a playbook extends only one that stands alone', name=name, parent=parent.value["extends"])
        return source, (where.diagnostic("PB110", message, hint=sentence("extend {parent}, or write the steps out", parent=parent.value["extends"])),)
    merged, findings = extends.merge(source, parent)
    return merged, tuple(sorted({*findings, *shape.check(merged, "playbook")}))


def _checked(playbook: Playbook, source: Source) -> tuple[Diagnostic, ...]:
    return checks.run(playbook, source)
