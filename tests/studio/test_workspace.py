"""The files of a project: nothing outside of it, nothing over what somebody else wrote, and line ends as they were."""

from __future__ import annotations

import pytest

from relance.studio.workspace import MAX_BYTES, FileRefusedError, Workspace


@pytest.fixture
def project(tmp_path):
    root = tmp_path / "maison"
    (root / "playbooks").mkdir(parents=True)
    (root / "playbooks" / "a.yaml").write_bytes("schema: 1\r\n# commentaire gardé\r\n".encode())
    (root / ".git").mkdir()
    (root / ".git" / "config.yaml").write_text("secret: 1\n")
    (root / "node_modules").mkdir()
    (root / "node_modules" / "x.yaml").write_text("x: 1\n")
    (tmp_path / "dehors.yaml").write_text("dehors: 1\n")
    (root / "lien.yaml").symlink_to(tmp_path / "dehors.yaml")
    return Workspace(root)


def test_an_authors_files_are_listed_and_no_others(project):
    assert list(project.files()) == ["lien.yaml", "playbooks/a.yaml"]


@pytest.mark.parametrize("path", ["../dehors.yaml", "/etc/passwd", "lien.yaml", ".git/config.yaml", "playbooks/../../dehors.yaml", "relance.db", "", "a\x00.yaml"])
def test_nothing_outside_of_the_project_is_read_or_written(project, path):
    for act in (project.read, project.place):
        with pytest.raises((FileRefusedError, ValueError)):
            act(path)


def test_a_file_keeps_its_line_ends_and_comments(project):
    file = project.read("playbooks/a.yaml")
    assert file.text == "schema: 1\n# commentaire gardé\n"
    written = project.write(file, file.text + "playbook: a\n")
    place = project.root / "playbooks" / "a.yaml"
    assert place.read_bytes() == "schema: 1\r\n# commentaire gardé\r\nplaybook: a\r\n".encode()
    assert project.write(written, "schema: 1\n").mark != written.mark


def test_a_byte_order_mark_stays(project):
    place = project.root / "playbooks" / "a.yaml"
    place.write_bytes(b"\xef\xbb\xbfschema: 1\n")
    file = project.read("playbooks/a.yaml")
    assert file.text == "schema: 1\n"
    project.write(file, "schema: 1\nversion: 2\n")
    assert place.read_bytes() == b"\xef\xbb\xbfschema: 1\nversion: 2\n"


def test_what_somebody_else_wrote_is_not_overwritten(project):
    mine, theirs = project.read("playbooks/a.yaml"), project.read("playbooks/a.yaml")
    project.write(theirs, "schema: 1\nversion: 2\n")
    with pytest.raises(FileRefusedError, match="somebody else wrote"):
        project.write(mine, "schema: 1\nversion: 3\n")
    assert project.read("playbooks/a.yaml").text == "schema: 1\nversion: 2\n"


def test_new_files_are_all_written_or_none(project):
    with pytest.raises(FileRefusedError, match="there already"):
        project.begin({"playbooks/b.yaml": "x: 1\n", "playbooks/a.yaml": "y: 1\n"})
    assert not (project.root / "playbooks" / "b.yaml").exists()
    assert project.begin({"playbooks/b.yaml": "x: 1\n", "neuf/c.yaml": "y: 1\n"}) == ("playbooks/b.yaml", "neuf/c.yaml")


def test_what_no_person_writes_is_not_opened(project):
    (project.root / "gros.yaml").write_bytes(b"a" * (MAX_BYTES + 1))
    (project.root / "latin.yaml").write_bytes("échéance".encode("latin-1"))
    for path in ("gros.yaml", "latin.yaml", "absent.yaml"):
        with pytest.raises(FileRefusedError):
            project.read(path)
