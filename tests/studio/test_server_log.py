"""What the studio's server writes where it was started."""

import logging
import sys

import pytest

from relance.studio.server import was_waited_for


@pytest.mark.parametrize(("fault", "kept"), [(RuntimeError("No response returned."), False), (RuntimeError("the disk is full"), True), (None, True)])
def test_a_browser_that_did_not_wait_for_its_page_is_no_fault(fault, kept):
    told = (type(fault), fault, None) if fault else sys.exc_info()
    assert was_waited_for(logging.LogRecord("uvicorn.error", logging.ERROR, "", 1, "Exception in ASGI application\n", (), told)) is kept
