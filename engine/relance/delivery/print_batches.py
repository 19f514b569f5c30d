"""A tray of letters for the printer or the postal provider: each letter by itself, then one PDF for all (or several) and a CSV.

Owns the folder. A letter is written beside its place and moved there whole, so that a full disk leaves nothing half-made; the
tray can be filled by several runs, and is put in order at the end of each.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from relance.delivery.smtp import Transmission, TransmissionResult
from relance.files import replace_whole
from relance.letters.batch import Slip, batch_csv, merged, slip
from relance.letters.document import Document
from relance.model import Action
from relance.sentences import sentence, system_words

#: Letters in one merged PDF, at most: what a printer takes in one go.
VOLUME = 500


class Tray:
    """A folder: `single/` holds each letter and its slip, `letters.pdf` all of them for printing on both sides, `letters.csv` one row each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.single = folder / "single"

    def put(self, actions: Sequence[Action], document: Document) -> Transmission:
        """Lay one letter into the tray, as a carrier does. A full disk ends the run."""
        try:
            self.lay(document)
        except OSError as error:
            return Transmission(TransmissionResult.NOT_SENT, sentence("{what}: {why}", what=self.folder, why=system_words(error)), stop=True)
        return Transmission(TransmissionResult.SENT, sentence("laid into {folder}", folder=self.folder))

    def lay(self, document: Document) -> None:
        """Lay one letter into the tray; the same letter again changes nothing. Raises OSError."""
        file = document.files[0]
        self.single.mkdir(parents=True, exist_ok=True)
        note = self.single / f"{file.name}.json"
        replace_whole(note, json.dumps(slip(document)._asdict(), ensure_ascii=False).encode())
        try:
            replace_whole(self.single / file.name, file.content)
        except BaseException:
            note.unlink(missing_ok=True)
            raise

    def slips(self) -> list[Slip]:
        """Return the slip of each letter that lies in the tray, in the order of their names."""
        found = []
        for path in sorted(self.single.glob("*.json")):
            if path.with_suffix("").is_file():
                value = json.loads(path.read_text(encoding="utf-8"))
                found.append(Slip(**{**value, "to": tuple(value["to"])}))
        return found

    def close(self) -> int:
        """Write the merged PDF and `letters.csv` for all that lies in the tray; return how many letters. Raises OSError.

        More than `VOLUME` letters are printed from several files, `letters-001.pdf` and so on: memory does not grow with the batch.
        """
        slips = self.slips() if self.single.is_dir() else []
        if not slips:
            return 0
        parts = [slips[at : at + VOLUME] for at in range(0, len(slips), VOLUME)]
        names = ["letters.pdf"] if len(parts) == 1 else [f"letters-{number:03}.pdf" for number in range(1, len(parts) + 1)]
        works = [self.folder / f".{name}" for name in names]
        try:
            starts = _merged([[self.single / each.file for each in part] for part in parts], works)
            for work, name in zip(works, names, strict=True):
                work.replace(self.folder / name)
        except BaseException:
            for work in works:
                work.unlink(missing_ok=True)
            raise
        for old in (self.folder / "letters.pdf", *self.folder.glob("letters-[0-9]*.pdf")):
            if old.name not in names:
                old.unlink(missing_ok=True)  # of a smaller or larger batch: nobody shall print it beside the new ones
        places = [(name, start) for name, each in zip(names, starts, strict=True) for start in each]
        replace_whole(self.folder / "letters.csv", batch_csv(slips, places).encode("utf-8-sig"))
        return len(slips)


def _merged(parts: Sequence[Sequence[Path]], works: Sequence[Path]) -> list[list[int]]:
    """Merge each part into its file, on all cores where there are several."""
    if len(parts) == 1:
        return [merged(parts[0], works[0])]
    with ProcessPoolExecutor(min(os.cpu_count() or 1, len(parts)), mp_context=get_context("spawn")) as pool:
        return list(pool.map(merged, parts, works))
