"""The fonts a letter is set in: those of the package, whatever the machine has, so that the same letter is the same everywhere.

Owns their order: the text's own first, then those that bring the scripts and pictures a name may hold.
Why so, and what was refused: docs/decisions/056.
"""

from __future__ import annotations

from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING

from relance.data import shipped

if TYPE_CHECKING:
    import typst

_SCRIPTS = (
    "Hebrew", "Armenian", "Georgian", "Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya", "Tamil", "Telugu", "Kannada", "Malayalam", "Sinhala",
    "Thai", "Lao", "Khmer", "Myanmar", "Ethiopic", "Thaana", "Tifinagh",
)  # fmt: skip
#: Families in the order in which a character is looked for. Those after Droid Sans Fallback (Chinese, Japanese, Korean) come with Typst.
FAMILIES = (
    "Source Sans 3", "Noto Naskh Arabic", *(f"Noto Sans {script}" for script in _SCRIPTS), "Noto Emoji", "Droid Sans Fallback", "Noto Sans Symbols2",
    "Libertinus Serif", "DejaVu Sans Mono", "New Computer Modern Math",
)  # fmt: skip


def lay_out(root: Path, *, system: bool = False) -> typst.Fonts:
    """Put the layout into a folder, where Typst finds files, and open its fonts; with `system`, those of the machine too."""
    import typst

    layout = shipped("templates").joinpath("layout")
    in_place = isinstance(layout, Path)  # else the package is a zip
    _copy(layout, root, leave=("fonts",) if in_place else ())
    return typst.Fonts(include_system_fonts=system, font_paths=[layout / "fonts" if isinstance(layout, Path) else root / "fonts"])


def _copy(folder: Traversable, to: Path, leave: tuple[str, ...] = ()) -> None:
    for child in folder.iterdir():
        if child.name in leave:
            continue
        if child.is_dir():
            (to / child.name).mkdir()
            _copy(child, to / child.name)
        else:
            (to / child.name).write_bytes(child.read_bytes())
