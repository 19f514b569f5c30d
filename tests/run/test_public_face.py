from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest

import relance
from relance.data import shipped


def test_importing_relance_loads_nothing_else():
    code = "import relance, sys; print([name for name in sys.modules if name.startswith('relance.')])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


@pytest.mark.parametrize("name", relance.__all__)
def test_every_public_name_is_there(name):
    assert getattr(relance, name) is not None
    assert name in dir(relance)


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="nothing_like_it"):
        relance.nothing_like_it  # noqa: B018


def test_a_case_is_decided_in_five_lines(tmp_path):
    playbook, _ = relance.load_playbook(shipped("playbooks").joinpath("negligent.yaml"))
    text = 'invoices:\n  - {id: F-1, due: 2026-03-02, amount: "10.00"}\n'
    facts, _ = relance.read_case(text)
    on = date(2026, 3, 3)
    (case,) = relance.cases(playbook, facts)
    decision = relance.decide(playbook, relance.observe(playbook, case, on), on)
    assert decision.step is not None
    assert decision.step.id == "relance-1"
