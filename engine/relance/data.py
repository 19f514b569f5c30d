"""Where the files that ship with relance are: `playbooks/`, `schemas/` and `templates/`.

Right for a wheel, an editable install, a bare checkout and a zipped wheel alike. Refuses to know what is in them.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


def shipped(folder: str) -> Traversable:
    """Return the shipped folder of that name (`playbooks`, `schemas` or `templates`), installed or in the checkout."""
    inside = files("relance").joinpath(folder)
    if inside.is_dir():
        return inside
    checkout = Path(__file__).resolve().parents[2] / folder
    if checkout.is_dir():
        return checkout
    msg = f"relance is not installed whole: its {folder!r} folder is missing; install it again"
    raise FileNotFoundError(msg)
