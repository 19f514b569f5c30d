"""Compiles the catalogues of sentences when a wheel is built: `relance.po` into the `relance.mo` that the wheel has beside it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueHook(BuildHookInterface):  # type: ignore[type-arg]
    """Makes the `.mo` files outside the checkout, which reads the `.po` files: two builds of one checkout do not meet."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, for a wheel that is no editable install."""
        if version == "editable":
            return
        self._made = TemporaryDirectory()
        package = Path(self.root, "engine")
        for number, written in enumerate(package.glob("relance/locales/*/LC_MESSAGES/*.po")):
            compiled = Path(self._made.name, f"{number}.mo")
            with written.open("rb") as source, compiled.open("wb") as target:
                write_mo(target, read_po(source))
            build_data["force_include"][str(compiled)] = written.relative_to(package).with_suffix(".mo").as_posix()

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Take the compiled catalogues away."""
        if version != "editable":
            self._made.cleanup()
