"""Where a playbook is: a path, an id of one of the project, or an id of one that ships with relance.

Owns the search, and refuses to read what it finds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from importlib.resources.abc import Traversable
from pathlib import Path

from relance.data import shipped

SUFFIXES = (".yaml", ".yml")
#: What stands beside a playbook and is none.
BESIDE = (".test.yaml", ".promises.yaml", ".signed.yaml")


def shipped_ids() -> tuple[str, ...]:
    """Name the playbooks that ship with relance."""
    found = (f.name for f in shipped("playbooks").iterdir() if f.is_file())
    return tuple(sorted(name.removesuffix(".yaml") for name in found if name.endswith(".yaml") and not name.endswith(BESIDE)))


def playbooks_in(folders: Iterable[Path]) -> dict[str, Path]:
    """Name the playbooks of some folders and what is below them, by the name of their file; the first of a name counts."""
    found: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(each for suffix in SUFFIXES for each in folder.rglob(f"*{suffix}")):
            if not path.name.endswith(BESIDE):
                found.setdefault(path.stem, path)
    return found


def near_playbook(name: str, folder: Path, folders: Iterable[Path] = ()) -> str | None:
    """Return the playbook that was meant by a name that is none: of those in a folder, in those of a project, and of those that ship."""
    known = [*(path.stem for path in folder.glob("*.yaml") if not path.name.endswith(BESIDE)), *playbooks_in(folders), *shipped_ids()]
    return next(iter(get_close_matches(name, known, 1)), None)


def find(name: str, *, beside: Path | None = None, folders: Sequence[Path] = ()) -> Path | Traversable | None:
    """Find a playbook by path, by id in the folder `beside`, in the `folders` of a project, or among those that ship. None: there is none.

    A path is relative to `beside`, where it is given. The empty name names none.
    """
    if "/" in name or "\\" in name or name.endswith(SUFFIXES):
        path = Path(name) if beside is None else beside / name
        return path if path.is_file() else None
    if beside is not None:
        for suffix in SUFFIXES:
            if name and (near := beside / f"{name}{suffix}").is_file():
                return near
    if name and name in (ours := playbooks_in(folders)):
        return ours[name]
    ships = shipped("playbooks").joinpath(f"{name}.yaml")
    return ships if "/" not in name and not name.startswith(".") and ships.is_file() else None
