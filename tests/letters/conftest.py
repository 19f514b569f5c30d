"""A studio kept warm for the whole session. It lays out names and sums that no case has, so that nothing is held against facts."""

from __future__ import annotations

import pytest

from relance.letters import sample
from relance.letters.context import Writing
from relance.letters.document import Studio


@pytest.fixture(scope="session")
def studio():
    with Studio(writing=Writing(), checked=False) as made:
        yield made


@pytest.fixture(scope="session")
def agency_studio():
    with Studio(writing=sample.writing(agency=True), checked=False) as made:
        yield made
