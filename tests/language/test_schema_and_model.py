"""The model is written by hand; here it is held against the schema, so that neither grows a word the other does not know."""

from dataclasses import fields

from relance.language.schema_walk import schema
from relance.model import Playbook, Step

#: Keys whose field has another name, or several.
PLAYBOOK = {"playbook": {"id"}, "late": {"entry", "pace"}, "schema": set(), "extends": set(), "drop": set()}
STEP = {"if": {"condition"}, "approval": {"approval", "approvers"}}


def names(properties, other):
    return {name for key in properties for name in other.get(key, {key})}


def test_the_model_has_the_keys_of_the_schema():
    whole = schema("playbook")
    assert names(whole["properties"], PLAYBOOK) == {field.name for field in fields(Playbook)} - {"said"}
    assert names(whole["definitions"]["step"]["properties"], STEP) == {field.name for field in fields(Step)}
