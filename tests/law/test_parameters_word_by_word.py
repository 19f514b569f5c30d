"""A parameter of the law: every field of its file, every sentence about one that is wrong or to be read again, on both sides of its day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from relance.law.changes import ComingText, coming_texts, ended_versions, figure_changes
from relance.law.parameters import Concern, Law, Parameter, UnknownParameter, Value, concerns, half_year, read, read_parameter

URL = "https://example.org/x"
TEXT = f"""
parameter: x
title: A figure
unit: percent
law: C. civ. 1
checked_on: 2026-07-01
note: Read twice.
every: half-year
until: 2026-12-31
text_until: 2026-11-30
fr: {{title: Un chiffre, law: code civil 1}}
values:
  - from: 2026-01-01
    value: "3.10"
    reference: {{title: First, url: {URL}}}
    published: unknown
    verified: true
  - from: 2026-07-01
    value: "3.20"
    reference: {{title: Second, url: {URL}}}
    published: 2026-06-28
    verified: false
"""
FIRST = Value(date(2026, 1, 1), Decimal("3.10"), "First", URL, None, verified=True)
SECOND = Value(date(2026, 7, 1), Decimal("3.20"), "Second", URL, date(2026, 6, 28), verified=False)


def written(folder, text, name="x.yaml"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refusal(folder, text, name="x.yaml"):
    with pytest.raises(ValueError, match=r"\.yaml") as caught:
        read_parameter(written(folder, text, name))
    return str(caught.value)


def test_every_field_of_a_file_is_read(tmp_path):
    assert read_parameter(written(tmp_path, TEXT)) == Parameter(
        name="x", title="A figure", unit="percent", law="C. civ. 1", checked_on=date(2026, 7, 1), values=(FIRST, SECOND), note="Read twice.", half_yearly=True,
        until=date(2026, 12, 31), text_until=date(2026, 11, 30), operation="", parts=(), starts=(FIRST.start, SECOND.start), french_title="Un chiffre", french_law="code civil 1",
    )  # fmt: skip


@pytest.mark.parametrize("operation", ["sum_of", "product_of"])
def test_what_a_file_does_not_say_is_nothing(tmp_path, operation):
    text = f"parameter: x\ntitle: é\nunit: days\nlaw: l\nchecked_on: 2026-01-01\n{operation}: [a, b]\n"
    assert read_parameter(written(tmp_path, text)) == Parameter(
        name="x", title="é", unit="days", law="l", checked_on=date(2026, 1, 1), values=(), note="", half_yearly=False, until=None, text_until=None,
        operation=operation, parts=("a", "b"), starts=(), french_title="", french_law="",
    )  # fmt: skip


def test_a_figure_is_the_sum_or_the_product_of_its_parts(tmp_path):
    for name, value in (("a", "2"), ("b", "5")):
        written(tmp_path, f'parameter: {name}\ntitle: t\nunit: days\nlaw: l\nchecked_on: 2026-01-01\nvalues:\n  - {{from: 2026-01-01, value: "{value}", reference: {{title: t, url: u}}, published: unknown, verified: true}}\n', f"{name}.yaml")
    written(tmp_path, "parameter: s\ntitle: t\nunit: days\nlaw: l\nchecked_on: 2026-01-01\nsum_of: [a, b]\n", "s.yaml")
    written(tmp_path, "parameter: p\ntitle: t\nunit: days\nlaw: l\nchecked_on: 2026-01-01\nproduct_of: [a, b]\n", "p.yaml")
    law = read(tmp_path)
    assert [law.value_on(name, date(2026, 1, 1)) for name in "absp"] == [2, 5, 7, 10]
    assert [part.name for part, _ in law.values_on("p", date(2026, 1, 1))] == ["a", "b"]


def test_a_file_that_is_none_is_named_with_the_reason(tmp_path):
    wrong = "x.yaml is no parameter of the law: "
    assert refusal(tmp_path, TEXT.replace("from: 2026-07-01", "from: 2026-01-01")) == wrong + "its values must go from the oldest to the newest"
    assert refusal(tmp_path, TEXT.replace("from: 2026-07-01", "from: 2025-07-01")) == wrong + "its values must go from the oldest to the newest"
    assert refusal(tmp_path, TEXT + "sum_of: [a, b]\n") == wrong + "give either `values`, or `sum_of` or `product_of`"
    assert refusal(tmp_path, TEXT.replace("unit: percent\n", "")) == wrong + "'unit'"
    assert refusal(tmp_path, TEXT, "y.yaml") == "y.yaml holds the parameter 'x'; name it x.yaml"
    with pytest.raises(UnknownParameter, match=r"x is worked out from p, which is worked out itself"):
        Law({name: Parameter(name, "t", "days", "l", date(2026, 1, 1), (), operation="sum_of", parts=(part,)) for name, part in (("x", "p"), ("p", "q"))}).stated("x")


def concerned(folder, on, text=TEXT):
    return list(concerns(Law({"x": read_parameter(written(folder, text))}), on))


UNVERIFIED = Concern("x", "unverified", f"3.20 from 2026-07-01 is not verified: Second <{URL}>")
COMING = Concern("x", "missing", "no value yet for the half-year from 2027-01-01; add it when it is published and move `until` to 2027-06-30")
RUNNING = Concern("x", "missing", "no value for the running half-year, from 2027-01-01")
LATER = Concern("x", "missing", "no value yet for the half-year from 2027-07-01; add it when it is published and move `until` to 2027-12-31")
SUPERSEDED = Concern("x", "superseded", "the version of C. civ. 1 read here ended on 2026-11-30; read the one in force")


def old(on, days):
    return Concern("x", "old", f"last checked on 2026-07-01, {days} days ago; read the source again and move `checked_on`")


@pytest.mark.parametrize(
    ("on", "said"),
    [
        (date(2026, 10, 29), [UNVERIFIED, COMING]),  # 120 days
        (date(2026, 10, 30), [old(None, 121), UNVERIFIED, COMING]),
        (date(2026, 11, 30), [old(None, 152), UNVERIFIED, COMING]),
        (date(2026, 12, 1), [old(None, 153), UNVERIFIED, COMING, SUPERSEDED]),
        (date(2026, 12, 31), [old(None, 183), UNVERIFIED, COMING, SUPERSEDED]),
        (date(2027, 1, 1), [old(None, 184), UNVERIFIED, RUNNING, LATER, SUPERSEDED]),
    ],
)
def test_what_is_to_be_read_again_and_from_which_day(tmp_path, on, said):
    assert concerned(tmp_path, on) == said


def test_a_figure_without_half_years_lacks_none(tmp_path):
    text = TEXT.replace("every: half-year\n", "").replace("verified: false", "verified: true").replace("text_until: 2026-11-30\n", "")
    assert concerned(tmp_path, date(2026, 7, 2), text) == []
    assert concerned(tmp_path, date(2026, 7, 2), TEXT.replace("until: 2026-12-31\n", "", 1)) == [UNVERIFIED]


def test_half_years_end_with_june_and_december():
    assert half_year(date(2026, 6, 30)) == (date(2026, 1, 1), date(2026, 6, 30))
    assert half_year(date(2026, 7, 1)) == (date(2026, 7, 1), date(2026, 12, 31))


def test_a_version_ends_within_the_days_asked_or_not(tmp_path):
    law = Law({"x": read_parameter(written(tmp_path, TEXT))})
    end, day = date(2026, 11, 30), timedelta(1)
    spans = [(end, end + day), (end - day, end), (end + day, end + 2 * day), (end - day, end + day)]
    assert [[each.name for each in ended_versions(law, *span)] for span in spans] == [["x"], [], [], ["x"]]
    assert [(each.figure.name, each.before, each.after) for each in figure_changes(law, date(2026, 6, 30), date(2026, 7, 1))] == [("x", Decimal("3.10"), Decimal("3.20"))]
    assert [(each.before, each.after) for each in figure_changes(law, date(2025, 12, 31), date(2026, 1, 1))] == [(None, Decimal("3.10"))]
    assert figure_changes(law, date(2026, 7, 1), date(2026, 12, 31)) == ()


def test_the_watch_list_is_read_field_by_field():
    listed = {each.name: each for each in coming_texts()}
    order = listed["Décret n° 2026-96 du 16 février 2026 (injonction de payer)"]
    assert order == ComingText(
        order.name, order.about, date(2026, 9, 1), (), ("payment-order-service", "payment-order-registry", "payment-order-enforcement"), (), verified=False,
        read_on=date(2026, 11, 26), url="https://www.lemondedudroit.fr",
    )  # fmt: skip
    assert order.about.startswith("Ordonnances rendues à compter du 1er septembre 2026")
    bill = listed["Proposition de loi n° 83 (2025-2026) visant à réduire les retards de paiement"]
    assert (bill.start, bill.articles, bill.verified, bill.read_on) == (None, ("L441-10", "L2192-13"), True, date(2026, 11, 26))
    assert any(each.codes for each in coming_texts())
    days = [each.start for each in coming_texts()]
    assert days == sorted(day for day in days if day is not None) + [None] * days.count(None)
