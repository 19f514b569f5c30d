"""Files that are whole or not there: what a full disk or a crash leaves behind is the old file, or none."""

from __future__ import annotations

import os
from pathlib import Path


def replace_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place, have it on the disk, and move it there. Raises OSError, and leaves nothing behind."""
    work = path.with_name(f".{path.name}.part")
    try:
        with work.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        work.replace(path)
    except BaseException:
        work.unlink(missing_ok=True)
        raise
