"""The site is built strictly, has what is made of the source, and loads nothing from elsewhere to show a text."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from relance.cli import COMMANDS
from relance.language import library
from relance.report.reference import explained

pytest.importorskip("material", reason="the site is not installed (pip install 'relance[docs]')")
pytestmark = pytest.mark.long
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    words = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    done = subprocess.run(words, cwd=ROOT, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_every_command_and_code_is_there(site):
    for name in COMMANDS:
        assert f"Usage: relance {name}" in (site / "commands" / f"{name}.html").read_text("utf-8")
        assert f"Usage\N{NO-BREAK SPACE}: relance {name}" in (site / "commandes" / f"{name}.html").read_text("utf-8")
    codes = (site / "codes.html").read_text("utf-8")
    assert [code for code in explained() if f'id="{code.lower()}"' not in codes] == []


def test_codes_and_keys_are_there_in_french(site):
    codes, keys = ((site / name).read_text("utf-8") for name in ("codes-fr.html", "cles.html"))
    assert [code for code in explained() if f'id="{code.lower()}"' not in codes] == []
    assert [(name in page, '<html lang="fr"' in page) for name, page in (("Tous les codes", codes), ("Toutes les clés", keys))] == [(True, True)] * 2


@pytest.mark.parametrize("name", library.shipped_ids())
def test_every_shipped_playbook_is_drawn_with_its_letters(site, name):
    page = (site / "scenarios" / f"{name}.html").read_text("utf-8")
    assert '<html lang="fr"' in page
    assert '<pre class="mermaid"><code>flowchart TD' in page
    assert page.index('src="../assets/mermaid.min.js"') < page.index("assets/javascripts/bundle.")
    shown = re.findall(rf'(?:href|src)="({name}/[^"]+)"', page)
    assert shown
    assert all((site / "scenarios" / file).stat().st_size for file in shown)


def test_every_file_a_page_names_is_in_the_site(site):
    lost = [
        f"{page.relative_to(site)}: {link}"
        for page in site.rglob("*.html")
        if page.name != "404.html"  # its links are from the root of whatever serves it
        for link in re.findall(r'(?:href|src)="([^"#]+)', page.read_text("utf-8"))
        if not re.match(r"[a-z]+:", link) and not (page.parent / link.partition("?")[0]).exists()
    ]
    assert lost == []


def test_no_page_loads_a_script_a_style_or_a_picture_from_elsewhere(site):
    loaded = r'<(?:script|img|link rel="(?:stylesheet|icon|preconnect)")[^>]*(?:src|href)="(https?://[^"]+)"'
    assert [found for page in site.rglob("*.html") for found in re.findall(loaded, page.read_text("utf-8"))] == []
