"""Every code is explained, its bad example gives it and its good one does not, and no code is used that is not explained."""

import re
from pathlib import Path

import pytest

from relance.importers.case_file import read_case
from relance.language import load_playbook_text
from relance.language.codes import codes, complete_example

ENGINE = Path(__file__).parents[2] / "engine" / "relance"
OWN = [code for code in codes().values() if not code.code.startswith("PB3")]


def found(example: str, reads: str) -> set[str]:
    text = complete_example(example, reads)
    _, findings = read_case(text) if reads == "case" else load_playbook_text(text, "essai.yaml")
    return {finding.code for finding in findings}


@pytest.mark.parametrize("code", [code for code in OWN if code.bad], ids=lambda code: code.code)
def test_the_bad_example_is_caught_and_the_good_one_is_clean(code):
    own = {each for each in found(code.bad, code.reads) if not each.startswith("PB3")}
    assert own == {code.code}
    assert found(code.good, code.reads) == set()


def test_every_code_in_the_engine_is_explained():
    used = {code for path in ENGINE.rglob("*.py") for code in re.findall(r'"(PB[0-9]{3})"', path.read_text(encoding="utf-8"))}
    assert {code for code in used if not code.startswith("PB4")} - set(codes()) == set()


def test_every_code_says_what_and_why():
    assert all((code.what or code.why) and code.title and code.source for code in codes().values())
    assert all(code.why for code in OWN)
