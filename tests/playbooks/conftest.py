"""Shared by the tests of the shipped playbooks."""

from __future__ import annotations

import pytest

from relance.language.library import shipped_ids


@pytest.fixture(params=shipped_ids())
def shipped_id(request: pytest.FixtureRequest) -> str:
    return str(request.param)
