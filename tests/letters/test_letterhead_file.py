"""The letterhead: what is right is read, what is wrong is told with its place."""

from __future__ import annotations

import pytest

from relance.letters.letterhead import Letterhead, read
from relance.model import Address

GOOD = """
schema: 1
sender:
  name: Recouvrement du Rhône SAS
  address: [8 cours Lafayette, 69003 Lyon]
  email: dossiers@rdr.example
  siren: "732829320"
  legal_form: SAS
  capital: 10 000 €
  rcs: RCS Lyon 732 829 320
payment: {iban: FR7630006000011234567890189, bic: AGRIFRPP}
colour: "#7a1f3d"
logo_width: 40
"""


def written(folder, text):
    path = folder / "letterhead.yaml"
    path.write_text(text, encoding="utf-8")
    return read(path)


def test_a_right_one_is_read(tmp_path):
    paper, findings = written(tmp_path, GOOD)
    assert findings == ()
    assert paper.sender["name"] == "Recouvrement du Rhône SAS"
    assert paper.colour == "#7a1f3d"
    assert float(paper.logo_width) == 40


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("FR7630006000011234567890189", "FR7630006000011234567890188", "IBAN"),
        ("#7a1f3d", "purple", "colour"),
        ("email: dossiers@rdr.example", "email: nobody", "email"),
        ("logo_width: 40", "logo_widht: 40", "logo_widht"),
        ("logo_width: 40", "logo: nothing.png", "nothing.png"),
        ("name: Recouvrement du Rhône SAS", "name: ''", "name"),
        ('"732829320"', "732", "siren"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path, old, new, word):
    text = GOOD.replace(old, new)
    paper, findings = written(tmp_path, text)
    assert paper is None
    assert any(word in each.message or word in (each.hint or "") or word in text.splitlines()[each.line - 1] for each in findings)
    assert all(each.line > 1 for each in findings)


def test_a_logo_that_is_no_picture_is_refused(tmp_path):
    (tmp_path / "logo.png").write_text("not a picture")
    paper, findings = written(tmp_path, GOOD + "logo: logo.png\n")
    assert paper is None
    assert "no PNG, JPEG, GIF or SVG" in findings[0].message
    (tmp_path / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"x" * (3 << 20))
    assert "2 MB" in written(tmp_path, GOOD + "logo: logo.png\n")[1][0].message


def test_a_file_that_is_not_there_is_said(tmp_path):
    paper, findings = read(tmp_path / "none.yaml")
    assert paper is None
    assert "cannot be read" in findings[0].message


@pytest.mark.parametrize(
    ("lines", "country", "office"),
    [
        (("1 rue Haute", "69003 Lyon"), "FR", "Étude du Rhône"),
        (("1 rue Haute", "69100 Villeurbanne"), "FR", "Étude de Villeurbanne"),
        (("1 rue Haute", "75011 Paris"), "FR", "Étude Martin"),
        (("1 rue Haute", "6910 Roux"), "BE", "Étude Martin"),
    ],
)
def test_the_office_near_the_debtor_is_named(lines, country, office):
    near = {"69": {"name": "Étude du Rhône", "place": "Lyon"}, "69100": {"name": "Étude de Villeurbanne"}}
    paper = Letterhead(partner={"name": "Étude Martin", "place": "Paris", "near": near})
    assert paper.partner_near(Address(lines, country))["name"] == office


def test_without_an_address_the_partner_of_all_is_named():
    assert Letterhead(partner={"name": "Étude Martin"}).partner_near(None) == {"name": "Étude Martin"}
    assert Letterhead().partner_near(None) == {}
