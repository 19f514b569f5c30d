"""Read a FEC in a process of its own and print how much memory that took at the most, in MB: `python fec_reading.py FILE`."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from relance.importers import fec
from relance.importers.columns import ColumnMapping


def main(path: str) -> None:
    count = sum(1 for _ in fec.read(Path(path), ColumnMapping(terms="30 jours")))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{count} {peak}")


if __name__ == "__main__":
    main(sys.argv[1])
