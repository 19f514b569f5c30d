"""What a case is held or stopped by is said alike in a reason, in a table and alone: its words stand in one place."""

from __future__ import annotations

import pytest

from relance.interpreter.reasons import STATES, Reason, say
from relance.report.words import condition_words, word
from relance.sentences import read_in, told


@pytest.mark.parametrize("state", sorted(STATES))
def test_a_state_is_said_alike_everywhere(state):
    with read_in("fr"):
        assert told(say(Reason("stopped", (state,)))) == word(state) == condition_words(state) != state


def test_english_tables_keep_their_spaces():
    with read_in("en"):
        assert word("plan_running") == "plan running"
        assert condition_words("plan_running") == "plan_running"
