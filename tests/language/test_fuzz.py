"""Whatever a file holds, every floor of the checks answers with findings, and every form can print them."""

import json

import yaml
from hypothesis import given
from hypothesis import strategies as st

from relance.checking import Checker
from relance.language import schema_walk, source
from relance.report.diagnostics import FORMS, Report, render
from relance.report.reference import key_entries

CHECKER = Checker()
WORDS = sorted({entry.path.rsplit(".", 1)[-1] for name in schema_walk.names() for entry in key_entries(name) if name != "column-mapping"})
VALUES = [
    "J+3",
    "due - 7 days",
    "email",
    "relance-1",
    "paid",
    "EUR",
    "12.50",
    "2026-02-01",
    "formal_notice",
    "negligent",
    "unlimited",
    "8 days",
]

scalars = st.none() | st.booleans() | st.integers(-5, 10**6) | st.sampled_from(VALUES) | st.text(max_size=12)
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=5), inner, max_size=6),
    max_leaves=25,
)


def told(data, name):
    found = CHECKER.check(data, name, None)
    report = Report(found=found.findings, files=(name,), texts={name: found.text or ""})
    for form in FORMS:
        render(report, form).encode()
    return found.findings


@given(st.binary(max_size=200))
def test_bytes(data):
    assert told(data, "x.yaml")


@given(st.text(st.sampled_from("abc:-?,[]{}&*!|>'\"%@` \n\t#0é\u2028"), max_size=60))
def test_text_that_is_nearly_yaml(text):
    told(f"playbook: x\n{text}".encode(), "x.yaml")


@given(
    st.sampled_from(["playbook", "routes", "tests", "mapping", "parameter", "invoices", "sender"]),
    trees,
    st.dictionaries(st.sampled_from(WORDS), trees, max_size=8),
)
def test_values_of_any_shape(first, value, rest):
    told(yaml.safe_dump({"schema": 1, first: value, **rest}, allow_unicode=True).encode(), "x.yaml")


@given(st.dictionaries(st.text("abcdé ", min_size=1, max_size=6), trees, max_size=5))
def test_what_is_written_is_read_back_with_its_places(value):
    text = json.dumps(value, ensure_ascii=False).replace("/", "\\/")
    read, findings = source.read(text, "x.yaml")
    if findings or read is None or "\\u" in text:
        return
    assert read.value == value
    lines = source.lines(text)
    for span in (*read.values.values(), *read.keys.values()):
        assert 1 <= span.line <= len(lines)
        assert 1 <= span.column <= span.end_column <= len(lines[span.line - 1]) + 2
