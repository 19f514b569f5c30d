"""The pages are true: links lead somewhere, decisions are numbered and say what was refused, the examples of CONTRIBUTING and the words of the glossary exist."""

import ast
import re
from pathlib import Path

from tests.sentences.collect import nodes

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "tests").glob("*/README.md"), *(ROOT / ".github").rglob("*.md")])
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def anchors(path: Path) -> set[str]:
    """Name the places of a page as a forge and MkDocs do."""
    text = text_of(path)
    made = {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in HEADING.findall(text)}
    return made | set(re.findall(r'<a id="([^"]+)"', text))


def test_every_link_of_a_page_leads_somewhere():
    lost = []
    for page in PAGES:
        for link in LINK.findall(CODE.sub("", text_of(page))):
            target, _, place = link.replace("\\", "").partition("#")
            if re.match(r"[a-z]+:", target):
                continue
            path = (page.parent / target).resolve() if target else page
            if not path.exists() or (place and path.suffix == ".md" and place not in anchors(path)):
                lost.append((page.relative_to(ROOT).as_posix(), link))
    assert lost == []


def test_a_decision_is_dated_and_says_what_was_refused():
    for page in DECISIONS:
        lines = text_of(page).splitlines()
        assert re.fullmatch(rf"# {page.stem[:3]} \S.*", lines[0]), page.name
        said = re.fullmatch(r"Date: \d{4}-\d\d-\d\d\. Status: (accepted|superseded)\. Superseded by: (none|\[\d{3}\]\((\d{3}-[^)]+\.md)\))\.", lines[2])
        assert said, (page.name, lines[2])
        assert (said[1] == "superseded") == (said[3] is not None), page.name
        assert said[3] is None or said[3] > page.name, page.name
        refused = text_of(page).partition("\n## Refused\n\n")[2].splitlines()
        assert refused, page.name
        assert all(line.startswith(("- ", "  ")) for line in refused), page.name


def test_the_table_of_decisions_is_what_the_pages_say():
    rows = re.findall(r"^\| \[(\d{3})\]\(([^)]+)\) \| (.+) \| (\d{4}-\d\d-\d\d) \| (\w+) \|$", text_of(ROOT / "docs" / "decisions" / "README.md"), re.MULTILINE)
    numbers = [number for number, *_ in rows]
    assert numbers == sorted(set(numbers))
    assert [name for _, name, *_ in rows] == [page.name for page in DECISIONS]
    for number, name, title, date, status in rows:
        head = text_of(ROOT / "docs" / "decisions" / name).splitlines()
        assert head[0] == f"# {number} {title}"
        assert head[2].startswith(f"Date: {date}. Status: {status}.")


def test_contributing_shows_how_to_add_each_sort_of_thing_with_a_test_and_a_page():
    parts = text_of(ROOT / "CONTRIBUTING.md").split("\n### … ")[1:]
    assert [re.sub(r"^an? ", "", part).split(":")[0].split("(")[0].strip() for part in parts] == [
        "check of a playbook", "condition", "event", "channel", "importer", "output format", "sentence", "figure of the law", "wording",
    ]  # fmt: skip
    for part in parts:
        links = LINK.findall(part)
        assert len(links) > 2
        assert any(link.startswith("tests/") for link in links)


def test_every_class_the_glossary_names_is_one():
    table = text_of(ROOT / "docs" / "glossary.md").partition("\n## From code to the field\n")[2]
    named = {word for row in re.findall(r"^\| (.+?) \|", table, re.MULTILINE) for word in re.findall(r"`([A-Z][A-Za-z]+)[`.]", row)}
    classes = {
        node.name
        for path in (ROOT / "engine").rglob("*.py")
        for node in nodes(path)
        if isinstance(node, ast.ClassDef)
    }
    assert len(named) > 20
    assert named - classes == set()


def test_the_decisions_that_code_refers_to_are_there():
    named = {
        number
        for path in (ROOT / "engine").rglob("*.py")
        for said in re.findall(r"docs/decisions/(\d{3}(?:(?:, | and )\d{3})*)", text_of(path))
        for number in re.findall(r"\d{3}", said)
    }
    assert len(named) > 15
    assert named - {page.stem[:3] for page in DECISIONS} == set()
