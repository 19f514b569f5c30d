"""The pages made of the schema and of the catalogues are what these say today, and every key and code says what it is."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from relance.cli import main
from relance.language import load_playbook_text, schema_walk
from relance.language.codes import complete_example
from relance.report.reference import codes_page, explained, key_entries, look_up, reference_page, yaml_of

DOCS = Path(__file__).resolve().parents[2] / "docs"


def run(*words):
    return CliRunner().invoke(main, words, catch_exceptions=False)


def test_the_page_of_keys_is_fresh():
    assert (DOCS / "reference.md").read_text(encoding="utf-8") == reference_page(), "relance schema --format markdown > docs/reference.md"


def test_the_page_of_codes_is_fresh():
    assert (DOCS / "codes.md").read_text(encoding="utf-8") == codes_page(), "relance explain --format markdown > docs/codes.md"


@pytest.mark.parametrize("name", schema_walk.names())
def test_every_key_has_a_title(name):
    assert [entry.path for entry in key_entries(name) if entry.title == entry.path.rsplit(".", 1)[-1] and entry.path.count(".") == 0] == []


def test_every_default_and_example_is_what_the_schema_takes():
    """Each example of a key at the top of a playbook, put into one, keeps its shape."""
    for entry in key_entries("playbook"):
        if entry.path.count(".") or entry.path in {"steps", "extends", "drop", "schema"}:
            continue
        for value in (*entry.examples, *([] if entry.default is None else [entry.default])):
            text = complete_example(f"{entry.path}: {yaml_of(value)}\n")
            findings = load_playbook_text(text, "essai.yaml", checks=False)[1]
            assert findings == (), f"{entry.path}: {value}"


def test_a_key_is_found_by_its_path_or_its_end():
    assert [entry.path for entry in look_up("playbook", "steps.channels")] == ["steps.channels"]
    assert [entry.path for entry in look_up("playbook", "repeat.times")] == ["steps.repeat.times"]
    assert look_up("playbook", "chanels") == ()


def test_schema_says_what_a_key_means(snapshot):
    snapshot.snapshot_dir = Path(__file__).parent / "snapshots"
    snapshot.assert_match(
        run("schema", "steps.channels").output + run("schema", "late").output + run("schema", "stop_when").output, "schema.txt"
    )


def test_schema_of_a_key_that_is_not_there():
    result = run("schema", "chanels")
    assert (result.exit_code, result.stderr) == (2, "Error: a playbook file has no key 'chanels'; did you mean 'channels'?\n")
    assert run("schema", "--of", "nothing").exit_code == 2


def test_schema_prints_itself():
    import json

    printed = json.loads(run("schema", "--format", "json").output)
    assert printed["$id"] == "urn:relance:schema:playbook:1"
    assert printed["properties"].keys() == schema_walk.schema("playbook")["properties"].keys()
    assert json.loads(run("schema", "--of", "all", "--format", "json").output)["definitions"].keys() == set(schema_walk.names())
    assert run("schema", "--of", "routing").output.startswith("schema ")


def test_explain(snapshot):
    snapshot.snapshot_dir = Path(__file__).parent / "snapshots"
    snapshot.assert_match(
        run("explain", "pb203").output + "\n" + run("explain", "PB301").output + "\n" + run("explain", "PB404").output, "explain.txt"
    )
    assert run("explain").output.count("\n") == len(explained())
    result = run("explain", "PB299")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: there is no code 'PB299'")
