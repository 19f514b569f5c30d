"""The files of a project as the studio shows, reads and writes them: below one folder, whole, and never over what somebody else wrote.

Owns the paths: nothing outside of the folder is read or written, and no link is followed out of it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from relance.errors import RelanceError
from relance.files import replace_whole
from relance.sentences import Phrase, sentence, system_words

#: What an author writes: playbooks, tests, promises, letterheads, wordings.
_KINDS = (".yaml", ".yml", ".j2", ".md")
_NOT_SHOWN = frozenset({"node_modules", "__pycache__"})  # beside those whose name starts with a dot
#: A file that a person writes is never so large; a larger one is not opened.
MAX_BYTES = 1_000_000
_MODE = 0o644
_GIT_SECONDS = 10


class FileRefusedError(RelanceError):
    """A file cannot be read or written, with a sentence that says why."""


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file as it was read: its text with line ends of one character, what they were, and the mark of what stood there."""

    path: str
    text: str
    newline: str
    mark: str
    byte_order_mark: bool = False


@dataclass(frozen=True, slots=True)
class Workspace:
    """A project's folder. Paths are given and returned as counted from it, with slashes."""

    root: Path

    def files(self) -> Iterator[str]:
        """Name what an author writes, folder by folder, in order."""
        for base, folders, names in os.walk(self.root):
            folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _NOT_SHOWN)
            for name in sorted(names):
                if name.lower().endswith(_KINDS) and not name.startswith("."):
                    yield Path(base, name).relative_to(self.root).as_posix()

    def place(self, path: str) -> Path:
        """Return where a path of the project lies. Raises FileRefusedError for one that leads out of it, or that is no file of an author."""
        asked = PurePosixPath(path)
        hidden = any(part.startswith(".") for part in asked.parts)
        place = self.root.joinpath(*asked.parts)
        if asked.is_absolute() or hidden or not place.resolve().is_relative_to(self.root.resolve()) or not path.lower().endswith(_KINDS):
            raise FileRefusedError(sentence('"{path}" is no file of this project', path=path))
        return place

    def read(self, path: str) -> OpenFile:
        """Read a file. Raises FileRefusedError."""
        place = self.place(path)
        try:
            if place.stat().st_size > MAX_BYTES:
                raise FileRefusedError(sentence('"{path}" is larger than what a person writes', path=path))
            data = place.read_bytes()
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise FileRefusedError(sentence('"{path}" is no text in UTF-8', path=path)) from None
        except OSError as error:
            raise FileRefusedError(_unread(path, error)) from error
        newline = "\r\n" if "\r\n" in text else "\n"
        return OpenFile(path, text.replace("\r\n", "\n"), newline, file_mark(data), data.startswith(b"\xef\xbb\xbf"))

    def committed(self, path: str) -> str | None:
        """Return a file as the last commit of git has it; None where git does not know it. Raises FileRefusedError."""
        place, git = self.place(path), shutil.which("git")
        if git is None:
            return None
        asked = subprocess.run([git, "-C", str(place.parent), "cat-file", "blob", f"HEAD:./{place.name}"], capture_output=True, check=False, timeout=_GIT_SECONDS)  # noqa: S603 - no shell; a path below the project
        return asked.stdout.decode("utf-8", "replace").replace("\r\n", "\n") if asked.returncode == 0 else None

    def write(self, file: OpenFile, text: str) -> OpenFile:
        """Write what a file holds now, whole, with the line ends it had. Raises FileRefusedError, also where somebody wrote it since it was read."""
        place = self.place(file.path)
        data = (b"\xef\xbb\xbf" if file.byte_order_mark else b"") + text.replace("\n", file.newline).encode()
        if len(data) > MAX_BYTES:
            raise FileRefusedError(sentence('"{path}" is larger than what a person writes', path=file.path))
        try:
            there = place.read_bytes() if place.exists() else b""
            if file_mark(there) != file.mark:
                raise FileRefusedError(sentence('somebody else wrote "{path}" since you opened it: copy your text, open the file again, and compare', path=file.path))
            mode = place.stat().st_mode & 0o777 if place.exists() else _MODE
            place.parent.mkdir(parents=True, exist_ok=True)
            replace_whole(place, data, linked=True)
            place.chmod(mode)
        except OSError as error:
            raise FileRefusedError(_unread(file.path, error)) from error
        return OpenFile(file.path, text, file.newline, file_mark(data), file.byte_order_mark)

    def put(self, path: str, text: str) -> None:
        """Write a file that is made anew each time, whole, over the one that was made before. Raises FileRefusedError."""
        place = self.place(path)
        try:
            mark = file_mark(place.read_bytes() if place.exists() else b"")
        except OSError as error:
            raise FileRefusedError(_unread(path, error)) from error
        self.write(OpenFile(path, "", "\n", mark), text)

    def changed(self, path: str, change: Callable[[str | None], str]) -> None:
        """Write a file anew from its text (None: there is none yet). Raises FileRefusedError."""
        if not self.place(path).exists():
            self.begin({path: change(None)})
            return
        file = self.read(path)
        self.write(file, change(file.text))

    def begin(self, files: Mapping[str, str]) -> tuple[str, ...]:
        """Write files that are not there yet, all of them or none. Raises FileRefusedError where one is there."""
        for path in files:
            if self.place(path).exists():
                raise FileRefusedError(sentence('"{path}" is there already', path=path))
        for path, text in files.items():
            self.write(OpenFile(path, "", "\n", file_mark(b"")), text)
        return tuple(files)


def file_mark(data: bytes) -> str:
    """Return what tells two versions of a file apart."""
    return hashlib.sha256(data).hexdigest()


def _unread(path: str, error: OSError) -> Phrase:
    return sentence('"{path}": {reason}', path=path, reason=system_words(error))
