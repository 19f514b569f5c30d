"""A document is taken out as it was put in, whatever it is, and one that was changed is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.journal.packing import DamagedDocument, packed, unpacked


@given(st.binary(max_size=400))
def test_what_is_put_in_is_taken_out(content):
    assert unpacked(packed(content)) == content


def test_a_letter_grows_small_and_noise_no_larger():
    assert len(packed(b"Madame, Monsieur, " * 500)) < 300
    noise = bytes(range(256))
    assert packed(noise) == noise
    twice = packed(b"x" * 500)
    assert unpacked(packed(twice)) == twice  # a document that looks like one that is kept


@pytest.mark.parametrize("harm", [lambda kept: kept[:-5], lambda kept: kept + b"x", lambda kept: kept[:20] + b"\x00" + kept[21:]])
def test_what_was_harmed_is_found(harm):
    with pytest.raises(DamagedDocument):
        unpacked(harm(packed(b"Madame, Monsieur, " * 500)))


def test_a_document_of_before_reads_as_it_did():
    assert unpacked(b"%PDF-1.7 as it is") == b"%PDF-1.7 as it is"
