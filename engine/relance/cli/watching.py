"""Files that are watched: once at first, then again whenever one of them changes, comes or goes."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

#: How long between two looks, in seconds.
_PAUSE = 0.4
_WATCHED = (".yaml", ".yml", ".j2", ".txt")


def changes(paths: Sequence[Path]) -> Iterator[None]:
    """Yield at once, then each time files below these paths have changed; never ends by itself."""
    seen = None
    while True:
        now = _stamps(paths)
        if now != seen:
            seen = now
            yield
            seen = _stamps(paths)  # what a run wrote itself starts no other
        else:
            time.sleep(_PAUSE)


def _stamps(paths: Sequence[Path]) -> dict[str, tuple[int, int]]:
    """Return time of change and size of each file that counts."""
    found = {}
    for path in paths:
        below = (Path(base, name) for base, _, names in os.walk(path) for name in names) if path.is_dir() else path.parent.glob(f"{path.name.split('.', 1)[0]}.*")
        for each in below:
            if each.suffix in _WATCHED:
                try:
                    stat = each.stat()
                except OSError:
                    continue
                found[str(each)] = (stat.st_mtime_ns, stat.st_size)
    return found
