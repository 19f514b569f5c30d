"""A project that passes at once: a playbook of one's own from one that ships, its tests and promises, a wording, `relance.yaml`, and a file for CI. Writes nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping

from relance.data import shipped
from relance.files import PROJECT
from relance.language import library, load_playbook_text
from relance.sentences import sentence

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_CI = """\
name: relance
on: [push, pull_request]
jobs:
  relance:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with: {python-version: "3.12"}
      - run: pip install relance
      - run: relance validate
      - run: relance test
      - run: relance prove
"""


def new_playbook(name: str, model: str) -> Mapping[str, str]:
    """Return the files of a playbook of this name, as its model is: paths below the project, and what they hold; the playbook first.

    Raises ValueError with a sentence for a name that is none, and for a model that does not ship.
    """
    if _NAME.fullmatch(name) is None:
        raise ValueError(sentence("'{name}' is no name: lower-case letters and digits, words joined by hyphens", name=name))
    if model not in library.shipped_ids():
        raise ValueError(sentence("there is no playbook '{name}': give a path, or one of {playbooks}", name=model, playbooks=library.shipped_ids()))
    folder = shipped("playbooks")
    text, tests = (folder.joinpath(f"{model}{ending}").read_text(encoding="utf-8") for ending in (".yaml", ".test.yaml"))
    playbook, _ = load_playbook_text(text, f"{model}.yaml", checks=False)
    assert playbook is not None
    files = {f"playbooks/{name}.yaml": _renamed(text, model, name), f"playbooks/{name}.test.yaml": _renamed(tests, model, name)}
    if (promises := folder.joinpath(f"{model}.promises.yaml")).is_file():
        files[f"playbooks/{name}.promises.yaml"] = _renamed(promises.read_text(encoding="utf-8"), model, name)
    return files | _wording(playbook.language, [step.template for step in playbook.steps])


def new_project(language: str) -> Mapping[str, str]:
    """Return what a project has beside its playbooks: `relance.yaml`, in whose language commands speak, and a file for CI."""
    said = f"schema: 1\nlanguage: {language}\nplaybooks: [playbooks]\ntemplates: [modeles]\njournal: relance.db\nfail_on: warning\n"
    return {PROJECT: said, ".github/workflows/relance.yml": _CI}


def _renamed(text: str, old: str, new: str) -> str:
    """Give the playbook of a file another name, wherever it is named; the rest, comments too, stays as it is."""
    return re.sub(rf"\bplaybook: {old}\b(?!-)", f"playbook: {new}", text)


def _wording(language: str, names: list[str]) -> dict[str, str]:
    """Copy the first wording of the ladder, to be made one's own."""
    for name in names:
        found = shipped("templates").joinpath(language, name, "message.md.j2")
        if found.is_file():
            return {f"modeles/{language}/{name}/message.md.j2": found.read_text(encoding="utf-8")}
    return {}
