"""What the form of a step says to whoever reads French, and what it writes of what was typed."""

import pytest
import yaml

from relance.editor.reading import steps_here
from relance.language import schema_walk
from relance.report.words import word
from relance.sentences import read_in
from relance.studio.frame import PageReader
from relance.studio.gate import User
from relance.studio.step_form import StepForm, closed_words, typed_value


def test_every_word_of_a_closed_list_has_its_french():
    rules = schema_walk.key_rules(schema_walk.parts_at("playbook", ("steps", 0)))
    words = {each for part in rules.values() for listed in closed_words(part) for each in listed}
    assert {"formal_notice", "sunday", "late_interest"} <= words
    with read_in("fr"):
        assert {each for each in words if word(each) == each.replace("_", " ")} <= {"sms", "webhook"}


@pytest.mark.parametrize("typed", ["Première relance", "no", "1.0", "un, deux", "a: b", "J+3", "# rien", '"entre guillemets"', "l'échéance", "2026-03-01"])
def test_text_that_is_typed_is_read_as_that_text(typed: str):
    written = typed_value(f"  {typed} ", plain=True)
    assert yaml.safe_load(f"{{key: {written}}}") == {"key": typed}


def test_what_is_no_text_is_written_as_typed_and_nothing_is_none():
    assert typed_value(" {balance: {at_least: 5}} ", plain=False) == "{balance: {at_least: 5}}"
    assert typed_value("  ", plain=True) is typed_value("", plain=False) is None


def test_a_key_filled_in_is_written_and_a_refusal_is_told_in_french():
    text = "steps:\n  - id: un\n    after:\n      # les deux\n      - zero\n    tone: firm\n"
    put: list[str] = []
    refused: list[str] = []
    form = StepForm(PageReader(User("claire"), "fr"), put.append, refused.append)
    form.text, form.path = text, "essai.yaml"
    (step,) = steps_here(text, "essai.yaml")
    form._fill(step, "tone", "neutral")
    assert put == [text.replace("firm", "neutral")]
    form._fill(step, "after", "[zero]")
    assert put[1:] == []
    assert refused == ["`after` contient des commentaires : modifiez-le dans le texte"]
