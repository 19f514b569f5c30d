"""The schemas for an editor without a server: whole in themselves, as strict as the loader, with texts in the reader's language."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cli.test_operators_in_french import ENGLISH

from relance.data import shipped
from relance.editor.schema_file import READ, bundle, editor_schema
from relance.language import parse, schema_walk, source
from relance.language.codes import codes, complete_example

PLAYBOOKS = sorted(path for path in Path(str(shipped("playbooks"))).rglob("*.yaml") if "law" not in path.parts)


def plain(value):
    if isinstance(value, source.Number):
        return float(value)
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list) else value


def nodes(node):
    if isinstance(node, dict):
        yield node
        for inner in node.values():
            yield from nodes(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from nodes(inner)


@pytest.mark.parametrize("name", schema_walk.names())
def test_a_schema_is_whole_in_itself(name):
    found = editor_schema(name, "en")
    jsonschema.Draft7Validator.check_schema(found)
    assert found["$id"] == f"urn:relance:schema:{name}:1"
    for node in nodes(found):
        reference = node.get("$ref")
        if isinstance(reference, str):
            target = found
            for part in reference.removeprefix("#/").split("/"):
                target = target[part]


@pytest.mark.parametrize("path", PLAYBOOKS, ids=lambda path: path.name)
def test_one_schema_takes_every_file_that_ships(path):
    read, _ = source.read(path.read_bytes(), str(path))
    assert [error.message for error in jsonschema.Draft7Validator(bundle("fr")).iter_errors(plain(read.value))] == []


SHAPE = [code for code in codes().values() if code.bad and code.code in {"PB101", "PB102", "PB103", "PB104", "PB105", "PB106", "PB107", "PB108", "PB109"}]


@pytest.mark.parametrize("code", SHAPE, ids=lambda code: code.code)
def test_it_refuses_what_the_loader_refuses(code):
    read, _ = source.read(complete_example(code.bad, code.reads), "essai.yaml")
    assert list(jsonschema.Draft7Validator(bundle("en")).iter_errors(plain(read.value)))


def test_what_people_read_is_in_their_language():
    tone = editor_schema("playbook", "fr")["definitions"]["step"]["properties"]["tone"]
    unit = editor_schema("playbook", "fr")["properties"]["unit"]
    assert "Ton" in tone["markdownDescription"]
    assert [word in told for word, told in zip(unit["enum"], unit["markdownEnumDescriptions"], strict=True)] == [True, True]
    assert "C. civ. 1231" in editor_schema("playbook", "en")["definitions"]["step"]["properties"]["grants"]["markdownDescription"]


def test_a_text_that_is_not_written_so_is_told_how():
    definitions = bundle("en")["definitions"]["playbook"]["definitions"]
    assert definitions["share"]["patternErrorMessage"] == 'write a share in percent, in quotes, such as "70"'
    assert definitions["money"]["patternErrorMessage"] == 'write digits and a point, in quotes, such as "1200.50"'


def test_every_pattern_says_how_it_is_written():
    silent = [node["pattern"] for node in nodes(bundle("en")) if isinstance(node.get("pattern"), str) and "patternErrorMessage" not in node]
    assert set(silent) == {"^[0-9a-f]{64}$"}  # what relance writes into a signature


def test_every_name_and_word_has_its_meaning():
    for node in nodes(bundle("fr")["definitions"]):
        if isinstance(node.get("title"), str) and not node["title"].startswith("$"):  # what stands in a snippet
            assert node.get("markdownDescription") or "steps" in node, node
        if len(node.get("enum", ())) > 1:
            assert len(node["markdownEnumDescriptions"]) == len(node["enum"])


def test_a_french_reader_finds_no_english_word():
    read = {node[key] for node in nodes(bundle("fr")) for key in (*READ, "markdownDescription", "patternErrorMessage") if isinstance(node.get(key), str)}
    read |= {each for node in nodes(bundle("fr")) for each in node.get("markdownEnumDescriptions", ())}
    bare = {text: re.sub(r"`[^`]*`|\"[^\"]*\"|«[^»]*»", "", text) for text in read}
    assert [(text, found) for text, rest in bare.items() if (found := ENGLISH.findall(rest))] == []


def test_a_snippet_filled_with_its_examples_is_what_is_required():
    body = editor_schema("playbook", "en")["defaultSnippets"][0]["body"]
    step = editor_schema("playbook", "en")["definitions"]["step"]["defaultSnippets"][0]["body"]
    assert set(body) == {"schema", "playbook", "version", "title", "steps"}
    assert set(step) == {"id", "at", "channels", "tone"}
    filled = json.loads(re.sub(r"\$\{\d+\|([^,|}]*)[^}]*\}|\$\{\d+:([^}]*)\}", lambda found: found[1] or found[2], json.dumps(step)))
    assert parse.when(filled["at"])
    assert filled["tone"] == "courteous"


# --------------------------------------------------------------------------- as strict as the loader

FORMS = {node["x-form"]: node["pattern"] for name in schema_walk.names() for node in nodes(schema_walk.schema(name)) if "x-form" in node and "pattern" in node}
NUMBER = st.one_of(st.integers(0, 99_999).map(str), st.sampled_from(["0", "00", "007"]))
UNIT = st.sampled_from([*parse.UNITS, "business  days", "jours", "hour", "D", "j", ""])
SPACE = st.sampled_from(["", " ", "  "])
DURATIONS = st.one_of(st.tuples(NUMBER, SPACE, UNIT).map("".join), st.tuples(st.just("P"), NUMBER, st.sampled_from("DWMYHj")).map("".join))
ANCHORS = st.sampled_from(["J", "due", "issued", "relance-1", "a.deadline", "promise.broken", "order.served", "promise.kept", "previous", "Due", "relance_1", "1a", "J.deadline"])
MOMENTS = st.one_of(ANCHORS, st.tuples(ANCHORS, SPACE, st.sampled_from("+-"), SPACE, NUMBER, SPACE, UNIT, st.sampled_from(["", ", end of month", ",end of month", "end of month"])).map("".join))
CLOCK = st.tuples(st.integers(0, 29), st.integers(0, 69)).map(lambda at: f"{at[0]:02}:{at[1]:02}")
DRAWN = {
    "duration": DURATIONS, "grace": DURATIONS, "days": DURATIONS, "when": MOMENTS,
    "hours": st.tuples(CLOCK, CLOCK).map(sorted).filter(lambda pair: pair[0] != pair[1]).map("-".join),
    "day_of_year": st.tuples(st.integers(0, 13), st.integers(0, 32)).map(lambda at: f"{at[0]:02}-{at[1]:02}"),
    "money": st.one_of(st.decimals(0, 10**16, places=3).map(str), st.sampled_from(["1,5", "-1", "1.", ".5", "1.00001", "1e3"])),
    "share": st.one_of(st.decimals(0, 200, places=2).map(str), st.sampled_from(["70 %", "70%", "5,5", "-3", "1e2"])),
    "date": st.one_of(st.dates().map(str), st.sampled_from(["2026-1-5", "26-01-05", "2026/01/05", "05.01.2026", "2026-01", ""])),  # that a day exists, no pattern says
    "currency": st.sampled_from(["EUR", "eur", "EURO", "XXX", ""]),
}  # fmt: skip


def test_every_form_with_a_pattern_is_tried():
    assert set(FORMS) - {"holidays"} <= set(DRAWN)  # which places have holidays that are known, no pattern says


@pytest.mark.parametrize("form", sorted(set(FORMS) & set(DRAWN)))
@given(data=st.data())
def test_a_pattern_is_as_strict_as_the_loader(form, data):
    text = data.draw(DRAWN[form])
    try:
        parse.FORMS[form](text)
        loads = True
    except ValueError:
        loads = False
    assert bool(re.search(FORMS[form], text)) == loads, text
