"""What a property draws: new examples at each run, wherever it runs; those that failed are kept."""

import pytest
from hypothesis import settings


@pytest.mark.parametrize("name", ["suite", "whole"])
def test_a_property_draws_anew_and_keeps_what_failed_where_ci_is_set_too(name: str) -> None:
    """Hypothesis has other defaults where CI=true, as it is where .ci/run is run, and a profile of ours takes over what it does not say itself."""
    profile = settings.get_profile(name)
    assert not profile.derandomize
    assert profile.database is not None
    assert profile.print_blob
    assert profile.deadline is None
