"""What is found in a file that ships is said where the author brought it in, with where it stands."""

from __future__ import annotations

import pytest

from relance.data import shipped
from relance.language import source
from relance.language.extends import at_home
from relance.model.diagnostic import Diagnostic, Severity

HEAD = "schema: 1\nplaybook: maison\nversion: 1\ntitle: Maison\n"


@pytest.mark.parametrize(
    ("head", "folder", "name", "line", "said"),
    [
        (HEAD, "templates", "fr/relance-1/letter.md.j2", 1, 'it stands in the wording "fr/relance-1/letter.md.j2" that ships, line 7: put one of your own in its place'),
        (HEAD + "extends: negligent\n", "templates", "fr/relance-1/letter.md.j2", 5, 'it stands in the wording "fr/relance-1/letter.md.j2" that ships, line 7'),
        (HEAD + "extends: negligent\n", "playbooks", "negligent.yaml", 5, 'it comes from "negligent", line 7: write the step or the key here'),
    ],
)
def test_a_finding_of_what_ships_stands_in_the_authors_file_and_says_where_it_comes_from(head, folder, name, line, said):
    child, _ = source.read(head, "maison.yaml")
    finding = Diagnostic(str(shipped(folder).joinpath(*name.split("/"))), 7, 1, "PB332", Severity.ERROR, "x", hint="write y")
    moved = at_home([finding], child)[0]
    assert (moved.path, moved.line) == ("maison.yaml", line)
    assert moved.hint.startswith("write y (")
    assert said in moved.hint
