"""Files that are open in a session: what was typed is kept, and nobody's later writing is taken for what was read."""

from __future__ import annotations

import pytest

from relance.studio.open_texts import MOST_OPEN, OpenTexts
from relance.studio.workspace import FileRefusedError, OpenFile, Workspace, file_mark


@pytest.fixture
def project(tmp_path):
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(f"playbook: {name}\n", "utf-8")
    return Workspace(tmp_path)


def test_what_was_typed_is_there_again_and_what_was_not_is_read_anew(project):
    texts = OpenTexts()
    one, two = texts.open("one.yaml", project.read), texts.open("two.yaml", project.read)
    assert texts.typed(one, "playbook: mine\n")
    assert not texts.typed(one, "playbook: mine too\n")  # unsaved before
    (project.root / "one.yaml").write_text("playbook: theirs\n", "utf-8")
    (project.root / "two.yaml").write_text("playbook: theirs\n", "utf-8")
    assert texts.open("one.yaml", project.read) is one
    assert (one.text, one.unsaved) == ("playbook: mine too\n", True)
    again = texts.open("two.yaml", project.read)
    assert (again.text, again.unsaved) == ("playbook: theirs\n", False)
    with pytest.raises(FileRefusedError):
        project.write(one.file, one.text)
    assert texts.typed(two, "playbook: of the other page\n")  # a page that was open before still holds what it read
    with pytest.raises(FileRefusedError):
        project.write(two.file, two.text)
    assert texts.open("two.yaml", project.read) is two


def test_what_is_saved_is_unsaved_no_more_and_what_is_closed_is_forgotten(project):
    texts = OpenTexts()
    one = texts.open("one.yaml", project.read)
    texts.typed(one, "playbook: mine\n")
    one.file = project.write(one.file, one.text)
    assert not one.unsaved
    texts.typed(one, "playbook: more\n")
    texts.close("one.yaml")
    assert texts.paths() == ()
    assert texts.open("one.yaml", project.read).text == "playbook: mine\n"
    with pytest.raises(FileRefusedError):
        texts.open("../else.yaml", project.read)
    assert texts.paths() == ("one.yaml",)


def test_of_too_many_the_oldest_without_changes_is_closed():
    def read(path: str) -> OpenFile:
        return OpenFile(path, "a\n", "\n", file_mark(b"a\n"))

    texts = OpenTexts()
    names = [f"{number}.yaml" for number in range(MOST_OPEN + 1)]
    texts.typed(texts.open(names[0], read), "changed\n")
    for name in names[1:]:
        texts.open(name, read)
    assert texts.paths() == (names[0], *names[2:])
