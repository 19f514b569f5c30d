"""What is printed, without the marks that turn writing round: an id out of a file must not steer what shows it.

They become their escapes, which in JSON stand for the same sign.
"""

from __future__ import annotations

import re
from typing import Any, TextIO, cast

#: Marks of direction (Unicode TR9): embeddings, overrides, isolates, and the marks of a side.
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class _Upright:
    """A stream of text that writes marks of direction as escapes; bytes go by it, to the stream below."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        self._stream.write(_TURNING.sub(lambda found: f"\\u{ord(found[0]):04x}", text))
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def upright(stream: TextIO) -> TextIO:
    """Return a stream that prints to this one, upright."""
    return cast("TextIO", _Upright(stream))
