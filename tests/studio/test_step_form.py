"""What the form of a step says to whoever reads French."""

from relance.language import schema_walk
from relance.report.words import word
from relance.sentences import read_in
from relance.studio.step_form import closed_words


def test_every_word_of_a_closed_list_has_its_french():
    rules = schema_walk.key_rules(schema_walk.parts_at("playbook", ("steps", 0)))
    words = {each for part in rules.values() for listed in closed_words(part) for each in listed}
    assert {"formal_notice", "sunday", "late_interest"} <= words
    with read_in("fr"):
        assert {each for each in words if word(each) == each.replace("_", " ")} <= {"sms", "webhook"}
