"""A studio kept warm for the whole session, and ways to read a page back."""

from __future__ import annotations

import pytest

from relance.letters import sample
from relance.letters.context import Writing
from relance.letters.document import Studio


@pytest.fixture(scope="session")
def studio():
    with Studio(writing=Writing()) as made:
        yield made


@pytest.fixture(scope="session")
def agency_studio():
    with Studio(writing=sample.writing(agency=True)) as made:
        yield made
