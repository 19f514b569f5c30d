"""Which promises a playbook is held to: those of its file, and those that law and prudence ask of every playbook, but for what it waives."""

from __future__ import annotations

from pathlib import Path

from relance.model import Diagnostic, Playbook
from relance.proof.built_in import built_in
from relance.proof.promise_file import SUFFIX, read_promises
from relance.proof.promises import Promise


def promises_beside(playbook: Path) -> Path:
    """Return where the promises of a playbook's file stand, whether there are any or not."""
    return playbook.with_name(playbook.name.removesuffix(".yaml") + SUFFIX)


def promises_of(playbook: Playbook, path: Path, named: Path | None = None) -> tuple[tuple[Promise, ...], tuple[Diagnostic, ...]]:
    """Return what a playbook is held to: by the file that was `named`, else by the one beside `path`, where there is one.

    Where a finding is an error, only what is asked of every playbook is held. Raises OSError.
    """
    beside = named or promises_beside(path)
    if named is None and not beside.is_file():
        return built_in(playbook), ()
    made, findings = read_promises(beside.read_bytes(), str(beside), playbook)
    if made is None:
        return built_in(playbook), findings
    return (*built_in(playbook, made.waived), *made.promises), findings
