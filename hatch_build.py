"""Compiles the catalogues of sentences when a wheel is built: `relance.po` into `relance.mo` beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueHook(BuildHookInterface):  # type: ignore[type-arg]
    """Makes the `.mo` files, and takes them away again: a checkout reads the `.po` files, which are never older."""

    def _compiled(self) -> list[tuple[Path, Path]]:
        written = Path(self.root, "engine", "relance", "locales").glob("*/LC_MESSAGES/*.po")
        return [(path, path.with_suffix(".mo")) for path in written]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, for a wheel that is no editable install."""
        if version == "editable":
            return
        for written, made in self._compiled():
            with written.open("rb") as source, made.open("wb") as target:
                write_mo(target, read_po(source))

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Take the compiled catalogues away."""
        for _, made in self._compiled():
            made.unlink(missing_ok=True)
