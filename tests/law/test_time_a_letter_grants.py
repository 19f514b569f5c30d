"""The last day that a letter names: never a closed one where the debtor is, and as long as the post keeps it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.dates import add, holidays_of, is_open
from relance.interpreter.compiled import at_place, compile_playbook
from relance.language import load_playbook_text
from relance.law.deadlines import granted, kept_by_the_post
from relance.law.places import PLACES, holiday_place
from relance.model import Address, Calendar, Duration, GrantsFrom

FIFTEEN = Duration(15)


@pytest.mark.parametrize(
    ("lines", "country", "place"),
    [
        (("1 rue de la Paix", "57000 Metz"), "FR", "FR-57"),
        (("1 rue de la Paix", "F-67000 Strasbourg"), "FR", "FR-67"),
        (("97133 Saint-Barthélemy",), "FR", "FR-977"),
        (("97150 Saint-Martin",), "FR", "FR-978"),
        (("97110 Pointe-à-Pitre",), "FR", "FR-971"),
        (("1 rue de la Paix", "69001 Lyon"), "FR", None),
        (("Rue 57000", "54000 Nancy"), "FR", None),
        (("570001 rue",), "FR", None),
        (("57000 Street", "1000 Brussels"), "BE", None),
        (("Fort-de-France",), "MQ", "FR-972"),
        ((), "FR", None),
    ],
)
def test_where_an_address_is(lines, country, place):
    assert holiday_place(Address(lines, country)) == place


def test_every_place_is_one_whose_holidays_are_known():
    assert all(holidays_of(place, 2026) for place in PLACES)
    assert holiday_place(None) is None


@pytest.mark.parametrize(
    ("left", "place", "last"),
    [
        (date(2026, 3, 19), "", date(2026, 4, 3)),  # Good Friday
        (date(2026, 3, 19), "FR-57", date(2026, 4, 7)),  # a holiday in Metz, then a weekend and Easter Monday
        (date(2026, 5, 12), "", date(2026, 5, 27)),
        (date(2026, 5, 12), "FR-971", date(2026, 5, 28)),
        (date(2026, 3, 6), "", date(2026, 3, 23)),  # a Saturday and a Sunday
        (date(2026, 3, 5), "", date(2026, 3, 20)),
    ],
)
def test_a_last_day_is_an_open_one(left, place, last):
    assert granted(left, FIFTEEN, Calendar(place=place)) == last


def test_time_from_presentation_is_left_whole_on_the_last_day_the_post_keeps_the_letter():
    left = date(2026, 3, 2)
    assert kept_by_the_post(left) == 15
    assert granted(left, Duration(8), Calendar(), GrantsFrom.PRESENTATION) == date(2026, 3, 25)
    assert granted(left, Duration(8), Calendar()) == date(2026, 3, 10)


@given(
    left=st.dates(date(2015, 1, 1), date(2035, 12, 31)), days=st.integers(0, 60), place=st.sampled_from(["", *PLACES]),
    weekend=st.sampled_from([(), (6,), (4, 5), (5, 6)]), counted=st.sampled_from(GrantsFrom),
)  # fmt: skip
def test_no_time_is_cut_and_no_last_day_is_closed(left, days, place, weekend, counted):
    calendar = Calendar(weekend=weekend, place=place)
    last = granted(left, Duration(days), calendar, counted)
    assert last >= add(left, Duration(days), calendar)
    assert last.weekday() < 5
    assert is_open(calendar, last)
    assert counted is GrantsFrom.POSTING or last >= left + timedelta(15 + days)


def test_a_ladder_keeps_the_days_of_its_debtors_place():
    text = "schema: 1\nplaybook: essai\nversion: 1\ntitle: Essai\nsteps:\n  - {id: r, at: J+1, channels: [email], tone: neutral}\n"
    playbook, _ = load_playbook_text(text, "essai.yaml")
    assert playbook is not None
    metz = at_place(playbook, "FR-57")
    assert metz is at_place(playbook, "FR-57")
    assert at_place(playbook, None) is playbook
    due = date(2026, 4, 2)
    assert compile_playbook(playbook).rungs[0].own(due)[1] == date(2026, 4, 3)
    assert compile_playbook(metz).rungs[0].own(due)[1] == date(2026, 4, 7)
