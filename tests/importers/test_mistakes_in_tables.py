"""Mistakes in the files of a portfolio as a French credit manager makes them: each is said in French, by the name of the column, with the way out."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from relance.cli import main
from relance.parsing import values

INVOICES = "id;debtor;issued;due;amount;currency\nF-1;C001;31/01/2026;02/03/2026;1200,00;EUR\nF-2;C002;15/02/2026;17/03/2026;850,50;EUR\n"
DEBTORS = "id;name;kind;postcode;city;country;language;email\nC001;Dupont SA;business;69001;Lyon;FR;fr;compta@dupont.example\nC002;Martin SARL;business;46000;Cahors;FR;fr;compta@martin.example\n"
EVENTS = "on;event;invoice;amount;by\n10/03/2026;payment.received;F-1;200,00;\n12/03/2026;promise.made;F-2;850,50;20/03/2026\n"
MAPPING = """\
schema: 1
mapping: maison
format: {dates: day/month/year, decimal: ","}
invoices:
  columns: {id: "N° pièce", debtor: Client, debtor.name: Nom, issued: Date, due: Échéance, amount: Montant TTC}
  where: {État: {not: [Brouillon]}}
"""
TABLE = "N° pièce;Client;Nom;Date;Échéance;Montant TTC;État\nF-1;C001;Dupont SA;31/01/2026;02/03/2026;1200,00;Validée\nF-2;C002;Martin SARL;15/02/2026;17/03/2026;850,50;Validée\n"
FILES = {"invoices.csv": INVOICES, "debtors.csv": DEBTORS, "events.csv": EVENTS}


def said(folder, files, *options):
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    given = [str(folder / name) for name in files if name.endswith(".csv")]
    done = CliRunner().invoke(main, ["import", *given, *options, "--as-of", "2026-04-01", "--journal", str(folder / "relance.db")], env={"RELANCE_LANG": "fr"})
    return done.exit_code, " ".join(done.output.replace("\N{NO-BREAK SPACE}", " ").split())


def test_what_is_sound_has_no_remark(tmp_path):
    code, told = said(tmp_path, FILES)
    assert (code, "remarque" in told, "rejet" in told) == (0, False, False)


@pytest.mark.parametrize(
    ("file", "old", "new", "wanted"),
    [
        ("debtors.csv", "69001", "1001", "un tableur ôte le premier zéro ; écrivez « 01001 »"),
        ("debtors.csv", "69001", "690011", "un code postal français a cinq chiffres, et non « 690011 »"),
        ("debtors.csv", "Cahors;FR", "Cahors;Frnace", "« Frnace » n’est pas un pays"),
        ("debtors.csv", "compta@martin.example", "compta@martin", "« compta@martin » n’est pas une adresse électronique"),
        ("debtors.csv", "language;email\nC001;Dupont SA;business;69001;Lyon;FR;fr;compta@dupont.example", "language;phone\nC001;Dupont SA;business;69001;Lyon;FR;fr;06.39.98", "« 06.39.98 » n’est pas un numéro de téléphone"),
        ("invoices.csv", "02/03/2026;1200", ";1200", "pas d’échéance : nommez sa colonne, `due`, ou dites `terms: 30 days`"),
        ("debtors.csv", "compta@martin.example", "comptabilité@martin.example", "« comptabilité@martin.example » n’est pas une adresse électronique"),
        ("invoices.csv", "F-2;C002", "F-2;", "rien pour « debtor »"),
        ("events.csv", "amount;by", "amount;until", "« promise.made » n’a pas de « until » ; vouliez-vous dire « by » ?"),
        ("events.csv", "200,00;", ";", "il faut « amount » à « payment.received »"),
        ("events.csv", "200,00;", "-200,00;", "de l’argent qui repart est payment.reversed"),
        ("events.csv", "event;invoice", "event;facture", "la colonne « facture » n’est pas connue ; vouliez-vous dire « invoice » ?"),
        ("invoices.csv", "F-2;C002", "F-1;C002", "« F-1 » est déjà à la ligne 2 de invoices.csv avec un autre débiteur, « C001 »"),
    ],
)
def test_a_mistake_in_a_table_is_said_by_its_column(tmp_path, file, old, new, wanted):
    _, told = said(tmp_path, {**FILES, file: FILES[file].replace(old, new)})
    assert wanted in told


@pytest.mark.parametrize(
    ("file", "old", "new", "wanted"),
    [
        ("colonnes.yaml", "dates: day/month/year", "dates: month/day/year", "avec `dates: day/month/year`, c’en est un"),
        ("colonnes.yaml", 'decimal: ","', 'decimal: "."', 'avec `decimal: ","` dans la correspondance de colonnes, c’en est un'),
        ("colonnes.yaml", "where: {État", "where: {Etat", "vouliez-vous dire « État » ?"),
        ("colonnes.yaml", "Nom,", "Nom + Client,", "vouliez-vous dire « [Nom, Client] » ?"),
        ("colonnes.yaml", 'id: "N° pièce", ', "", 'la correspondance ne nomme pas de colonne pour « id » : écrivez `id: "N° pièce"`'),
        ("colonnes.yaml", 'decimal: ","', 'decimal: ",", encoding: ansi', "windows-1252"),
        ("table.csv", "C002;Martin", "C001;Martin", "un seul numéro et deux noms, « Dupont SA » et « Martin SARL »"),
    ],
)
def test_a_mistake_in_a_mapping_is_said_with_what_to_write(tmp_path, file, old, new, wanted):
    files = {"table.csv": TABLE, "colonnes.yaml": MAPPING}
    assert old in files[file]
    _, told = said(tmp_path, {**files, file: files[file].replace(old, new)}, "--columns", str(tmp_path / "colonnes.yaml"))
    assert wanted in told


def test_a_mapping_with_mistakes_is_shown_as_validate_shows_it(tmp_path):
    code, told = said(tmp_path, {"table.csv": TABLE, "colonnes.yaml": MAPPING.replace("amount:", "montant:")}, "--columns", str(tmp_path / "colonnes.yaml"))
    assert code == 2
    assert "n’est pas une clé connue ici (les colonnes des factures) [PB101]" in told
    assert "= vouliez-vous dire « amount » ?" in told
    assert "Erreur : la correspondance de colonnes" in told


@pytest.mark.parametrize(("cell", "code"), [("FR", "FR"), ("fr", "FR"), ("France", "FR"), ("Allemagne", "DE"), ("Côte d’Ivoire", "CI"), ("ETATS-UNIS", "US"), ("Pays Bas", "NL"), ("Frnace", "Frnace")])
def test_a_country_is_read_by_its_letters_or_its_name(cell, code):
    assert values.country(cell) == code


@pytest.mark.parametrize(("cell", "day"), [("10 mars 2026", "2026-03-10"), ("1er avril 2026", "2026-04-01"), ("3 févr. 2026", "2026-02-03"), ("24 December 2025", "2025-12-24")])
def test_a_day_is_read_with_the_name_of_its_month(cell, day):
    assert str(values.date_reader("auto")(cell)) == day


@pytest.mark.parametrize("cell", ["31 février 2026", "10 marsouin 2026", "mars 2026"])
def test_what_is_no_day_is_refused_with_the_name_of_a_month_too(cell):
    with pytest.raises(ValueError, match="is not a d"):
        values.date_reader("auto")(cell)


@pytest.mark.parametrize(("cell", "code"), [("fr", "fr"), ("FR", "fr"), ("français", "fr"), ("English", "en"), ("klingon-x", "klingon-x")])
def test_a_language_is_read_by_its_letters_or_its_name(cell, code):
    assert values.language(cell) == code
