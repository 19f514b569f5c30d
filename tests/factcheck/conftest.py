"""Makes what is shared in this folder importable, and a studio for each sort of writer."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from relance.letters.context import Writing
from relance.letters.document import Studio

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def studios():
    made: dict[bool, Studio] = {}

    def studio(writing: Writing) -> Studio:
        return made.setdefault(writing.agency, Studio(writing=writing))

    yield studio
    for each in made.values():
        each.close()
