"""The chain by itself: the one form that is hashed, what fits what came before, how personal values are sealed and found again."""

import hashlib
import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.journal.chain import MARKED, START, JournalRow, canonical, content_hash, fits, link, references, salt, sealed, sealed_name

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def reference(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def row(seq, previous, *, recorded_at="2026-03-02T08:00:00", **changed):
    made = JournalRow("atelier", seq, recorded_at, "2026-03-02", "r1", "F-1", "F-1", "note", '{"note":"é"}', "marie", None, previous, "")._replace(**changed)
    return made._replace(hash=link(made.previous_hash, content_hash(tuple(made)[:-2])))


@given(plain)
def test_the_fast_form_is_the_one_form(value):
    assert canonical(value) == reference(value)


@given(st.lists(st.none() | st.integers() | st.text(), max_size=5))
def test_contents_are_hashed_as_a_canonical_list(columns):
    written = reference(columns).encode(errors="surrogateescape")
    assert content_hash(tuple(columns)) == hashlib.sha256(written).hexdigest()


def test_a_link_covers_what_came_before_and_what_is_said():
    assert START == "0" * 64
    assert link("a", "bc") == hashlib.sha256(b"abc").hexdigest()
    assert len({link("a", "b"), link("b", "a"), link("a", "c"), link("c", "b")}) == 4


def test_what_fits_and_what_does_not():
    first = row(1, START)
    second = row(2, first.hash)
    assert fits(first, None) is None
    assert fits(second, first) is None
    assert fits(row(2, START), None) == "entry 1 is missing"
    assert fits(row(3, first.hash), first) == "entry 2 is missing"
    assert fits(row(1, "1" * 64), None) == fits(row(2, START), first) == "it does not continue the entry before it"
    assert fits(second, first._replace(hash="f" * 64)) == "it does not continue the entry before it"


@pytest.mark.parametrize("column", [name for name in JournalRow._fields if name not in ("seq", "previous_hash", "hash")])
def test_every_column_is_covered(column):
    first = row(1, START)
    assert fits(first._replace(**{column: "other"}), None) == "its contents were changed"


def test_time_may_stand_still_and_not_run_backwards():
    first = row(1, START)
    assert fits(row(2, first.hash, recorded_at="2026-03-02T08:00:00"), first) is None
    assert fits(row(2, first.hash, recorded_at="2026-03-02T07:59:59"), first) == "it was recorded before the entry it follows"


def test_a_salt_is_drawn_anew_and_hides_the_value():
    drawn = {salt() for _ in range(50)}
    assert len(drawn) == 50
    assert all(len(each) == 32 and set(each) <= set(string.hexdigits.lower()) for each in drawn)
    assert sealed("s", "v") == hashlib.sha256(b"s:v").hexdigest()
    assert sealed("s", "\udce9") == hashlib.sha256(b"s:\xe9").hexdigest()  # a byte that was no text is kept as it was


def test_a_debtor_is_known_by_half_a_hash_of_creditor_and_name():
    assert sealed_name("s", "atelier", "dupont") == sealed("s", '["atelier","dupont"]')[:32]
    assert sealed_name("s", "a", "bc") != sealed_name("s", "ab", "c")


def test_only_what_is_marked_is_a_reference():
    payload = {"note": {"personal": "h1"}, "terms": {"personal": "h2", "more": 1}, "list": ["personal"], "word": "personal", "other": {"x": 1}}
    assert references(payload) == ("h1",)
    assert MARKED in canonical(payload)


def test_a_name_that_was_no_text_is_hashed_as_the_bytes_it_was():
    """A surrogate stands for a byte that could not be read; entry and value keep it."""
    assert content_hash(("\udce9",)) == hashlib.sha256(b'["\xe9"]').hexdigest()
    assert content_hash(("\udce9",)) != content_hash(("\udce8",))
