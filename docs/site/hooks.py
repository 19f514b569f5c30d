"""What the site makes of the source when it is built: the front page, every command's help, every code and key, the shipped playbooks drawn with their letters.

Owns nothing that a page in docs/ says. Links out of docs/ become plain words, since a site has no sources beside it.
"""

from __future__ import annotations

import email
import email.policy
import gzip
import re
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html import escape
from pathlib import Path
from posixpath import dirname, join, normpath, relpath
from typing import Any

import click
from mkdocs.structure.files import File, Files

from relance.cli import COMMANDS, main
from relance.cli.speech import click_speaks
from relance.interpreter.conditions import describe
from relance.language import library, load_playbook
from relance.letters import book, sample
from relance.letters.document import Document
from relance.model import INVOICE_ANCHORS, WORLD_ANCHORS, Playbook, Step, TimeUnit
from relance.report.french import CHANNELS
from relance.report.markdown import timeline_markdown
from relance.report.reference import codes_page, reference_page
from relance.sentences import read_in, told
from relance.simulation.timeline import preview
from relance.simulation.what_if import invented

ROOT = Path(__file__).resolve().parents[2]
#: Pages of the root that the site shows: file → place.
OF_THE_ROOT = {name: f"project/{name}" for name in ("CONTRIBUTING.md", "RELEASING.md", "SECURITY.md", "CODE_OF_CONDUCT.md", "CHANGELOG.md")}
FRENCH = ("guide-auteur.md", "guide-exploitant.md", "prove.md", "studio.md", "scenarios/", "commandes/", "cles.md", "codes-fr.md")
#: The folder of every command's help, by language, with the title of its first page and the heads of its table.
HELPS = {"en": ("commands", "Every command", "Command", "What it does"), "fr": ("commandes", "Toutes les commandes", "Commande", "Ce qu’elle fait")}
#: What draws the playbooks, as Mermaid publishes it (MIT): nothing is fetched from elsewhere when a page is read.
MERMAID = "assets/mermaid.min.js"
DUE, AMOUNT = date(2026, 3, 2), Decimal("1200.00")
_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")


# --------------------------------------------------------------------------- what MkDocs calls


def on_config(config: Any) -> Any:
    """Put what is made into the navigation."""
    decisions = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    config.nav[1]["Auteurs"].append({"Les scénarios": ["scenarios/index.md", *(f"scenarios/{name}.md" for name in library.shipped_ids())]})
    config.nav[2]["Exploitants"] += [{"Les commandes": _in_nav("fr")}, {"Les clés": "cles.md"}, {"Les codes": "codes-fr.md"}]
    config.nav.append({"Commands": _in_nav("en")})
    config.nav.append(
        {"Engineers": [*OF_THE_ROOT.values(), {"Decisions": ["decisions/README.md", *(f"decisions/{name}" for name in decisions)]}]}
    )
    known = {str(path.relative_to(ROOT / "docs")) for path in (ROOT / "docs").rglob("*.md")}
    config.nav[-1]["Engineers"][:0] = sorted(known - _named(config.nav) - {"site"})
    return config


def on_files(files: Files, config: Any) -> Files:
    """Add the pages that are made."""
    made: dict[str, str | bytes] = {"index.md": _inside((ROOT / "README.md").read_text("utf-8"), "README.md", "index.md")}
    made |= {place: _inside((ROOT / name).read_text("utf-8"), name, place) for name, place in OF_THE_ROOT.items()}
    made |= dict(command_pages("en")) | dict(command_pages("fr"))
    with read_in("fr"):
        made |= {"cles.md": reference_page(), "codes-fr.md": codes_page()}
    made[MERMAID] = gzip.decompress((ROOT / "docs" / "site" / "mermaid.min.js.gz").read_bytes())
    for name in library.shipped_ids():
        made |= playbook_pages(name)
    made["scenarios/index.md"] = _scenarios()
    for place, content in made.items():
        files.append(File.generated(config, place, content=content))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Read codes and keys from the source, whatever the file says; keep links inside the site."""
    place = page.file.src_uri
    match place:
        case "codes.md":
            return codes_page()
        case "reference.md":
            return reference_page()
    return _inside(markdown, f"docs/{place}", place) if page.file.generated_by is None else markdown


def on_post_page(output: str, page: Any, **_: Any) -> str:
    """Say of a French page that it is one, so that it is read aloud and hyphenated as French; give a page with a drawing what draws it."""
    french = page.file.src_uri.startswith(FRENCH)
    output = output.replace('<html lang="en"', '<html lang="fr"', 1) if french else output
    if '<pre class="mermaid">' not in output:
        return output
    script = f'<script src="{relpath(MERMAID, dirname(page.file.dest_uri) or ".")}"></script>'  # there before the theme looks for it elsewhere
    return output.replace("</head>", f"{script}</head>", 1)


def _in_nav(language: str) -> list[Any]:
    """List the pages of every command's help in a language."""
    folder = HELPS[language][0]
    return [f"{folder}/index.md", *({name: f"{folder}/{name}.md"} for name in COMMANDS)]


def _named(nav: Any) -> set[str]:
    """Name every page of a navigation."""
    if isinstance(nav, str):
        return {nav}
    return set().union(*(_named(each) for each in (nav.values() if isinstance(nav, dict) else nav)))


# --------------------------------------------------------------------------- links


def _inside(text: str, written: str, place: str) -> str:
    """Turn links of a file `written` in the repository into links of the page `place`; what the site does not show becomes code."""

    def turned(found: re.Match[str]) -> str:
        mark, words, target = found.groups()
        path, _, anchor = target.replace("\\", "").partition("#")
        if not path or re.match(r"[a-z]+:", path):
            return found[0]
        file = normpath(join(dirname(written), path))
        if (ROOT / file).is_dir():
            file = join(file, "README.md")
        shown = OF_THE_ROOT.get(file, "index.md" if file == "README.md" else file.removeprefix("docs/"))
        if shown == file:  # nothing in docs/, and no page of the root
            return f"`{words.strip('`').replace(chr(92), '')}`"
        return f"{mark}[{words}]({relpath(shown, dirname(place) or '.')}{'#' + anchor if anchor else ''})"

    return _LINK.sub(turned, text)


# --------------------------------------------------------------------------- commands


def command_pages(language: str) -> Iterator[tuple[str, str]]:
    """Write a page for every command, from its own help in a language, and one that lists them."""
    click_speaks()
    with read_in(language):
        yield from list(_command_pages(*HELPS[language]))


def _command_pages(folder: str, title: str, *heads: str) -> Iterator[tuple[str, str]]:
    rows = "\n".join(f"| [`relance {name}`]({name}.md) | {escape(told(line))} |" for name, (_, line) in COMMANDS.items())
    yield f"{folder}/index.md", f"# {title}\n\n| {heads[0]} | {heads[1]} |\n|---|---|\n{rows}\n"
    context = click.Context(main, info_name="relance")
    for name in COMMANDS:
        command = main.get_command(context, name)
        assert command is not None
        yield f"{folder}/{name}.md", "\n\n".join(_helps(command, context, name)) + "\n"


def _helps(command: click.Command, parent: click.Context, name: str, level: int = 1) -> Iterator[str]:
    """Write the help of a command and of those below it."""
    context = click.Context(command, info_name=name, parent=parent, max_content_width=100, terminal_width=100)
    yield f"{'#' * level} {context.command_path}\n\n```text\n{command.get_help(context)}\n```"
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            inner = command.get_command(context, below)
            if inner is not None:
                yield from _helps(inner, context, below, level + 1)


# --------------------------------------------------------------------------- playbooks


def _loaded(name: str) -> Playbook:
    playbook, findings = load_playbook(library.find(name))
    assert playbook is not None, findings
    return playbook


def _scenarios() -> str:
    rows = "\n".join(f"| [{each.title}]({each.id}.md) | {each.description} |" for each in map(_loaded, library.shipped_ids()))
    return f"# Les scénarios livrés\n\n| Scénario | Pour qui |\n|---|---|\n{rows}\n"


def playbook_pages(name: str) -> dict[str, str | bytes]:
    """Write the page of a shipped playbook: drawn, played for one invoice, with every text that left; and the files of its letters."""
    playbook = _loaded(name)
    facts = invented(
        DUE, AMOUNT, profile=next(iter(playbook.profiles), None), debtor="consumer" if playbook.debtor == "consumer" else "business"
    )
    facts = replace(facts, creditor=sample.facts().creditor)  # one whose letters say all that the law asks of his house
    played = preview(playbook, facts, date(2026, 1, 31), date(2027, 3, 2))
    with tempfile.TemporaryDirectory() as folder:
        written = book.write(played, Path(folder), writing=sample.writing(agency=playbook.collector == "agency"))
    made: dict[str, str | bytes] = {}
    texts = []
    for document in written.documents:
        made |= {
            f"scenarios/{name}/{file.name}": file.content for file in document.files if file.media_type in ("application/pdf", "image/png")
        }
        texts.append(_shown(document, name))
    with read_in("fr"):
        table = timeline_markdown(played).partition("\n\n")[2]
        drawing = drawn(playbook)
    made[f"scenarios/{name}.md"] = (
        f"# {playbook.title}\n\n`{playbook.id}`, version {playbook.version}. {playbook.description}\n\n```mermaid\n{drawing}\n```\n\n"
        f"## Joué pour une facture de 1 200,00 € échue le 2 mars 2026\n\n{table}\n## Les textes\n\n" + "\n\n".join(texts) + "\n"
    )
    return made


def _shown(document: Document, name: str) -> str:
    """Show a message folded up: a letter as its pages, what is text as text."""
    files = {file.media_type: file for file in document.files}
    lines = [f'??? note "{CHANNELS[document.channel].capitalize()} : {document.subject.replace(chr(34), chr(39))}"', ""]
    if "application/pdf" in files:
        lines += [f"[PDF]({name}/{files['application/pdf'].name})", ""]
        lines += [
            f"![{document.subject}, page {number}]({name}/{file.name})"
            for number, file in enumerate((f for f in document.files if f.media_type == "image/png"), 1)
        ]
    else:
        lines += ["```text", *_text_of(document).splitlines(), "```"]
    return "\n".join([lines[0], *(f"    {line}" if line else "" for line in lines[1:])])


def _text_of(document: Document) -> str:
    first = document.files[0]
    if first.name.endswith(".eml"):
        body = email.message_from_bytes(first.content, policy=email.policy.default).get_body(("plain",))
        return str(body.get_content()) if body is not None else ""
    plain = next((file for file in document.files if file.name.endswith(".txt")), first)
    return plain.content.decode()


def drawn(playbook: Playbook) -> str:
    """Draw a playbook in Mermaid: an arrow from what a step counts from, a dotted one from what it waits for."""
    number = {step.id: f"s{index}" for index, step in enumerate(playbook.steps)}
    lines = ["flowchart TD"]
    anchors: dict[str, str] = {}
    for index, step in enumerate(playbook.steps):
        lines.append(f"  {number[step.id]}{_box(step)}")
        anchor = step.at.anchor
        before = playbook.steps[index - 1].id if anchor == "previous" and index else anchor.removesuffix(".deadline")
        if before not in number:
            anchors.setdefault(anchor, f"a{len(anchors)}")
        lines.append(f"  {number.get(before) or anchors[anchor]} -->|{_quoted(step.at.text)}| {number[step.id]}")
        lines += [f"  {number[other]} -.-> {number[step.id]}" for other in step.after if other != before]
    known = {*INVOICE_ANCHORS, *WORLD_ANCHORS}
    lines += [f"  {place}({_quoted(_ANCHORS.get(anchor, anchor) if anchor in known else anchor)})" for anchor, place in anchors.items()]
    return "\n".join(lines)


_ANCHORS = {"due": "échéance", "issued": "facture émise"}
_UNITS = {TimeUnit.DAY: "jours", TimeUnit.BUSINESS_DAY: "jours ouvrés", TimeUnit.WEEK: "semaines", TimeUnit.MONTH: "mois"}


def _box(step: Step) -> str:
    words = [step.title or step.id, ", ".join(CHANNELS[channel] for channel in step.channels)]
    words += [f"si {describe(step.condition)}"] if step.condition is not None else []
    words += [f"délai : {step.grants.number} {_UNITS[step.grants.unit]}"] if step.grants else []
    words += ["validation requise"] if step.approval else []
    text = _quoted("<br>".join(escape(word, quote=False) for word in words))
    return f"{{{{{text}}}}}" if step.approval else f"[{text}]"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "#quot;") + '"'
