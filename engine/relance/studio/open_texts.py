"""The files that a person has open in a session, with their texts as they were typed: kept until the session ends, whichever page is looked at meanwhile. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from relance.studio.workspace import OpenFile

#: So many are open at a time: of more, the oldest without changes is closed.
MOST_OPEN = 12


@dataclass(slots=True)
class TypedText:
    """A file as it was read or written last, and its text as it is now: whoever holds it saves over that file and no later one."""

    file: OpenFile
    text: str

    @property
    def unsaved(self) -> bool:
        """Whether it says something else than its file did."""
        return self.text != self.file.text


@dataclass(slots=True)
class OpenTexts:
    """The open files by path, in the order in which they were opened."""

    _texts: dict[str, TypedText] = field(default_factory=dict)

    def paths(self) -> tuple[str, ...]:
        """Name what is open."""
        return tuple(self._texts)

    def open(self, path: str, read: Callable[[str], OpenFile]) -> TypedText:
        """Return an open file, read where it was not open, or was and says nothing that is not saved. Raises what `read` raises."""
        kept = self._texts.get(path)
        if kept is None or not kept.unsaved:
            file = read(path)
            kept = self._texts[path] = TypedText(file, file.text)
        others = [name for name, each in self._texts.items() if name != path and not each.unsaved]
        for name in others[: max(len(self._texts) - MOST_OPEN, 0)]:
            del self._texts[name]
        return kept

    def at(self, path: str) -> TypedText | None:
        """Return an open file; None where it is not open."""
        return self._texts.get(path)

    def typed(self, typed: TypedText, text: str) -> bool:
        """Keep a text as it is typed; say whether that it is unsaved is new, or no more so. Of two pages with one file, what was typed last is kept."""
        before = typed.unsaved
        typed.text = text
        self._texts[typed.file.path] = typed
        return before != typed.unsaved

    def close(self, path: str) -> None:
        """Close a file and forget what was typed in it."""
        self._texts.pop(path, None)
