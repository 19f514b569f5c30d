"""Files that are whole or not there, and for their owner alone: what a full disk or a crash leaves behind is the old file, or none."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

#: The file at the root of a project.
PROJECT = "relance.yaml"
#: What is written names people and what they owe: it is for its owner alone.
PRIVATE = 0o600


@contextmanager
def whole(path: Path, *, linked: bool = False) -> Iterator[BinaryIO]:
    """Give a stream beside a file's place; have it on the disk and move it there at the end, or leave nothing behind.

    The file is readable by its owner alone. A device (`/dev/stdout`) is written as it is. A link is not followed, but where somebody's own
    file is changed in its place (`linked`): then it stays a link. Raises OSError.
    """
    place = path.resolve()
    if path.is_symlink() and not linked and (place.is_file() or not place.exists()):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    if place.exists() and not place.is_file():
        with place.open("wb") as stream:
            yield stream
        return
    draft = place.with_name(f".{place.name}.part")
    try:
        draft.unlink(missing_ok=True)
        draft.touch(PRIVATE)
        with draft.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(place)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def replace_whole(path: Path, content: bytes | str, *, linked: bool = False) -> None:
    """Write a file whole or not at all: one that was there stays as it was when there is no room. Raises OSError."""
    with whole(path, linked=linked) as stream:
        stream.write(content.encode() if isinstance(content, str) else content)


def new_file(path: Path, content: bytes | str) -> None:
    """Write a file that is not there yet, for its owner alone; a link is not followed. Raises FileExistsError, OSError."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "wb") as stream:
        stream.write(content.encode() if isinstance(content, str) else content)
        stream.flush()
        os.fsync(stream.fileno())


def find_above(folder: Path, name: str) -> Path | None:
    """Return the file of that name in a folder, or above it within its repository (`.git`). Outside of a repository, there alone."""
    here = folder.absolute()
    above = [here, *here.parents]
    root = next((place for place, each in enumerate(above) if (each / ".git").exists()), 0)
    return next((found for each in above[: root + 1] if (found := each / name).is_file()), None)
