"""A document is taken out as it was put in, whatever it is, and one that was changed is found."""

import base64
import hashlib
import lzma
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.journal.packing import DamagedDocument, packed, unpacked, zstd
from relance.letters import sample
from relance.letters.document import Studio
from relance.letters.wording import Templates
from relance.model import Channel, Tone


@given(st.binary(max_size=400))
def test_what_is_put_in_is_taken_out(content):
    assert unpacked(packed(content)) == content


@given(st.lists(st.tuples(st.binary(max_size=60), st.binary(min_size=400, max_size=900)), max_size=3), st.sampled_from([b"\r\n", b"\n", b""]))
def test_an_email_is_kept_without_its_base64_and_comes_back_with_it(parts, between):
    content = between.join(piece for text, carried in parts for piece in (text, base64.encodebytes(carried).replace(b"\n", b"\r\n"), b"=="))
    assert unpacked(packed(content)) == content


@pytest.mark.parametrize("last", [b"==" + b"A" * 50, b"A=A", b"A"])
def test_lines_that_only_look_like_base64_are_kept_as_they_are(last):
    content = b"Subject: x\r\n\r\n" + (b"A" * 76 + b"\r\n") * 10 + last
    assert unpacked(packed(content)) == content


def test_what_an_email_carries_is_kept_like_the_letter_itself():
    facts = sample.facts()
    with Studio(Templates(), sample.writing(agency=False)) as studio:
        action = sample.action(facts, channel=Channel.LETTER, tone=Tone.FIRM, template="relance-2")
        page = studio.make([action], facts).files[0].content
    mail = b"Subject: x\r\n\r\n" + base64.encodebytes(page).replace(b"\n", b"\r\n")
    assert len(packed(mail)) < len(packed(page)) + 100
    assert unpacked(packed(mail)) == mail
    for harm in (b"9 9\nshort", b"a b\n", b"-1 3\nabcd"):
        with pytest.raises(DamagedDocument):
            unpacked(b"relance.zst1.mail\n" + zstd.compress(harm))


def test_what_another_library_packed_by_the_same_dictionary_is_taken_out():
    """Until 27 November 2026 `zstandard` packed documents."""
    kept = base64.b64decode("cmVsYW5jZS56c3QxCii1L/1g1AKdAQBkAk1hZGFtZSwgTW9uc2lldXIsIGxhMSByZXN0ZSBpbXBhecOpZS4gAgBAU1WDAERD3wE=")
    assert unpacked(kept) == "Madame, Monsieur, la facture F-1 reste impayée. ".encode() * 20


def test_a_letter_grows_small_and_noise_no_larger():
    assert len(packed(b"Madame, Monsieur, " * 500)) < 300
    noise = bytes(range(256))
    assert packed(noise) == noise
    twice = packed(b"x" * 500)
    assert unpacked(packed(twice)) == twice  # a document that looks like one that is kept


@pytest.mark.parametrize("harm", [lambda kept: kept[:-5], lambda kept: kept + b"x", lambda kept: kept[:20] + b"\x00" + kept[21:]])
def test_what_was_harmed_is_found(harm):
    for kept in (packed(b"Madame, Monsieur, " * 500), b"relance.xz\n" + lzma.compress(b"Madame, Monsieur, " * 500)):
        with pytest.raises(DamagedDocument):
            unpacked(harm(kept))


def test_what_claims_to_be_larger_than_any_document_is_not_opened():
    endless = b"\x28\xb5\x2f\xfd\xe0" + (1 << 40).to_bytes(8, "little") + b"\x01\x00\x00"
    for kept in (endless, b"\x28\xb5\x2f\xfd"):
        with pytest.raises(DamagedDocument):
            unpacked(b"relance.zst1\n" + kept)


def test_a_document_of_before_reads_as_it_did():
    assert unpacked(b"%PDF-1.7 as it is") == b"%PDF-1.7 as it is"
    assert unpacked(b"relance.xz\n" + lzma.compress(b"Madame", check=lzma.CHECK_NONE)) == b"Madame"


def test_the_dictionary_never_changes():
    content = files("relance.journal").joinpath("documents.zdict").read_bytes()
    assert hashlib.sha256(content).hexdigest() == "e40aa1949cd458133a9cf3940171cd9b481b92dbb29baa6f39e246f6014dd501", "journals were kept by it: another is another format"


def test_a_letter_is_kept_in_a_few_thousand_bytes():
    facts = sample.facts()
    for agency, template, most in ((False, "relance-2", 7_500), (True, "mise-en-demeure-agence", 9_000)):
        with Studio(Templates(), sample.writing(agency=agency)) as studio:
            action = sample.action(facts, channel=Channel.LETTER, tone=Tone.FIRM, template=template)
            (page,) = studio.make([action], facts).files
        assert len(packed(page.content)) < most
        assert unpacked(packed(page.content)) == page.content
