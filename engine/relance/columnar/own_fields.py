"""The truth values of tests on a creditor's own fields, over claims: each distinct set of fields is read once, by `own_fields`."""

from __future__ import annotations

import json

import polars as pl

from relance.columnar.engines import Frame
from relance.columnar.inputs import Setting
from relance.interpreter.conditions import truth
from relance.model import OWN, Test
from relance.own_fields import own_value


def own_columns(setting: Setting) -> list[str]:
    """Name the columns that `own_truths` adds: `own_<place of the test>`."""
    return [f"own_{place}" for place, _ in _tests(setting)]


def own_truths(setting: Setting, claims: Frame) -> Frame:
    """Add to claims (with `fields`, a JSON object) the truth value of each test on a field of the creditor's own: 0, 1, null where it is missing."""
    tests = _tests(setting)
    if not tests:
        return claims
    told = setting.engine.home(claims.select("fields").unique("fields"))["fields"].drop_nulls().to_list()
    rows = [(text, *(_number(test, json.loads(text)) for _, test in tests)) for text in told]
    schema = {"fields": pl.String(), **{f"own_{place}": pl.Int32() for place, _ in tests}}
    known = setting.engine.share(pl.DataFrame(rows, schema=schema, orient="row"))
    return claims.join(known, on="fields", how="left").drop("fields")


def _tests(setting: Setting) -> list[tuple[int, Test]]:
    return [(place, test) for place, test in enumerate(setting.plan.tests) if test.fact.startswith(OWN)]


def _number(test: Test, fields: dict[str, str]) -> int | None:
    found = truth(test, own_value(test, fields), "")
    return None if found is None else int(found)
