"""A tray of letters for the printer or the postal provider: each letter by itself, then one PDF for all and a CSV.

Owns the folder. A letter is written beside its place and moved there whole, so that a full disk leaves nothing half-made; the
tray can be filled by several runs, and is put in order at the end of each.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from relance.letters.batch import Slip, merged, slip, table
from relance.letters.document import Document
from relance.model import Action
from relance.post.smtp import Outcome, Result


class Tray:
    """A folder: `single/` holds each letter and its slip, `letters.pdf` all of them for printing on both sides, `letters.csv` one row each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.single = folder / "single"

    def put(self, actions: Sequence[Action], document: Document) -> Outcome:
        """Lay one letter into the tray, as a carrier does. A full disk ends the run."""
        try:
            self.lay(document)
        except OSError as error:
            return Outcome(Result.NOT_SENT, f"{self.folder}: {error.strerror or error}", stop=True)
        return Outcome(Result.SENT, f"laid into {self.folder}")

    def lay(self, document: Document) -> None:
        """Lay one letter into the tray; the same letter again changes nothing. Raises OSError."""
        file = document.files[0]
        self.single.mkdir(parents=True, exist_ok=True)
        replace_whole(self.single / f"{file.name}.json", json.dumps(slip(document)._asdict(), ensure_ascii=False).encode())
        replace_whole(self.single / file.name, file.content)

    def slips(self) -> list[Slip]:
        """Return the slip of each letter that lies in the tray, in the order of their names."""
        found = []
        for path in sorted(self.single.glob("*.json")):
            if path.with_suffix("").is_file():
                value = json.loads(path.read_text(encoding="utf-8"))
                found.append(Slip(**{**value, "to": tuple(value["to"])}))
        return found

    def close(self) -> int:
        """Write `letters.pdf` and `letters.csv` for all that lies in the tray; return how many letters. Raises OSError."""
        slips = self.slips() if self.single.is_dir() else []
        if slips:
            work = self.folder / ".letters.pdf"
            starts = merged([self.single / each.file for each in slips], work)
            work.replace(self.folder / "letters.pdf")
            replace_whole(self.folder / "letters.csv", table(slips, starts).encode("utf-8-sig"))
        return len(slips)


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
