"""Ways out, without a protocol: each is a sentence that is still said, and mends what it is given for."""

import pytest
from tests.sentences import collect

from relance.editor.answers import changed
from relance.editor.fixes import WAYS, quick_fix
from relance.language import load_playbook_text
from relance.language.codes import codes, complete_example

EXAMPLES = {code.code: complete_example(code.bad) for code in codes().values() if code.bad and code.reads == "playbook"}


def test_every_way_out_is_a_sentence_that_is_said():
    said = {each for found in collect.in_code() for each in ([found] if isinstance(found, str) else found)}
    assert set(WAYS) - said == set()


@pytest.mark.parametrize("code", EXAMPLES)
def test_a_way_out_mends_what_it_is_given_for_and_brings_nothing_new(code):
    text = EXAMPLES[code]
    _, found = load_playbook_text(text, "/essai.yaml")
    for finding in found:
        fix = quick_fix(text, finding)
        if fix is not None:
            after = changed(text, fix.edits)
            _, left = load_playbook_text(after, "/essai.yaml")
            assert (finding.code, finding.message) not in [(each.code, each.message) for each in left], after
            assert "PB002" not in [each.code for each in left], after


def test_as_many_findings_have_a_way_out_as_did():
    fixed = {finding.code for text in EXAMPLES.values() for finding in load_playbook_text(text, "/essai.yaml")[1] if quick_fix(text, finding)}
    assert fixed >= {"PB002", "PB004", "PB101", "PB103", "PB104", "PB107", "PB108", "PB109", "PB202", "PB213", "PB215", "PB301", "PB307", "PB311", "PB316", "PB322", "PB324"}
