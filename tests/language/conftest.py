"""A project of an author, into which the tests of this room write his mistakes."""

import pytest
from tests.language.test_unseen_mistakes import FILES, written


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Write the project, anew for each file of tests."""
    folder = tmp_path_factory.mktemp("projet")
    written(folder, FILES)
    return folder
