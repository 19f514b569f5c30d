"""Laws of the wording checker: it never fails, points inside the text, and sees a word whatever is put around it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from relance.law.folding import fold
from relance.law.wording import Circumstances, check
from relance.model import CONTACT_CHANNELS, StepKind

CONTEXTS = st.builds(
    Circumstances,
    channel=st.sampled_from(sorted(CONTACT_CHANNELS)),
    language=st.sampled_from(["fr", "en"]),
    kind=st.sampled_from([StepKind.REMINDER, StepKind.FORMAL_NOTICE]),
    debtor=st.sampled_from([None, "business", "consumer"]),
    collector=st.sampled_from(["creditor", "agency"]),
    first_letter=st.booleans(),
)
PIECES = st.sampled_from(
    [
        "frais de dossier ",
        "L. 441-6 ",
        "saisie",
        "\n",
        "\n\n",
        "> ",
        "1 200,00 €",
        " ",
        "\u00a0",
        "É",
        "12/03/2026",
        "Tribunal",
        ". ",
        "!!",
        "*",
        "\u00ad",
        "ﬁ",
        "ß",
        "\u202f",
    ]
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=40).map("".join))


@given(TEXTS, CONTEXTS)
def test_every_finding_lies_in_the_text(text, context):
    for finding in check(text, context):
        assert 0 <= finding.start <= finding.end <= len(text)
        assert finding.code.startswith("PB3")
        assert finding.message


@given(TEXTS)
@example("0\x85¸")
@example("a ¸ b¸¸")
def test_folding_keeps_the_place_of_every_character(text):
    folded = fold(text)
    assert len(folded.text) == len(folded.starts)
    assert list(folded.starts) == sorted(folded.starts)
    assert "  " not in folded.text


@given(st.text(alphabet="abcàâäçéèêëîïôöùûüÿœæ'’- ", max_size=40))
def test_capitals_and_accents_change_nothing(text):
    assert fold(text.upper()).text == fold(text).text
    assert fold(text).text.isascii()


@given(st.text(alphabet="abcdeé .\n", max_size=60), st.text(alphabet="abcdeé .\n", max_size=60))
def test_a_forbidden_word_is_found_wherever_it_stands(before, after):
    text = f"{before} Sommation {after}"
    (finding,) = [one for one in check(text, Circumstances()) if one.code == "PB330"]
    assert text[finding.start : finding.end] == "Sommation"


@pytest.mark.parametrize(
    "text", ["AAA " * 5000, "frais " * 5000, "> " * 10000, "\n\n " * 7000, "vos voisins seront " * 1200, "capitalisation " * 1400]
)
def test_a_long_text_is_read_in_one_pass(text):
    """Twice the text is about twice the work: none of these may hang."""
    assert isinstance(check(text, Circumstances(debtor="consumer")), tuple)
