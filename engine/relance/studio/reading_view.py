"""A finished message on a page: the sheets of a letter as pictures, an e-mail in a frame at two widths, a text with its parts, a sheet to call by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from nicegui import ui

from relance.letters.document import Document, File
from relance.model import Severity
from relance.report.words import word
from relance.sentences import plural, sentence
from relance.studio.documents import Shelf, email_page
from relance.studio.frame import PageReader, shown

if TYPE_CHECKING:
    from relance.law.wording import Finding

_HTML = "text/html; charset=utf-8"
_WIDE, _NARROW = "100%", "390px"


def show(document: Document, shelf: Shelf, reader: PageReader) -> None:
    """Show a document; of one that cannot be made, the reason."""
    if document.missing is not None:
        with ui.row().classes("items-center no-wrap").props("role=alert"):
            ui.icon("error", color="negative")
            ui.label(shown(reader.say(document.missing), 2000))
        return
    if document.to:
        ui.label(reader.say(sentence("to {who}", who=", ".join(shown(each) for each in document.to)))).classes("rl-soft")
    first = document.files[0]
    if first.media_type == "application/pdf":
        _letter(document, shelf, reader)
    elif first.media_type == "message/rfc822":
        _email(first, shelf, reader)
    elif first.media_type == "text/html":
        _frame(shelf.put(File(first.name, first.content, _HTML)), _WIDE, document.subject, height="70vh")
    else:
        _text(document, reader)


def _letter(document: Document, shelf: Shelf, reader: PageReader) -> None:
    pages = [file for file in document.files if file.media_type == "image/png"]
    with ui.row().classes("items-center"):
        ui.link(reader.say(sentence("open the PDF")), shelf.put(document.files[0]), new_tab=True)
        ui.label(reader.say(plural("{count} page", "{count} pages", int(document.details["pages"])))).classes("rl-soft")
    for number, each in enumerate(pages, 1):
        name = reader.say(sentence("page {number} of the letter: {subject}", number=number, subject=shown(document.subject)))
        ui.element("img").style("width:100%;max-width:820px;border:1px solid var(--rl-line);background:#fff").props(f'src="{shelf.put(each)}" alt="{_quoted(name)}"')


def _email(file: File, shelf: Shelf, reader: PageReader) -> None:
    head, body = email_page(file.content)
    with ui.element("dl").style("display:grid;grid-template-columns:max-content 1fr;gap:2px 12px;margin:0"):
        for name, value in head.items():
            ui.element("dt").classes("rl-soft")._text = name  # noqa: SLF001
            ui.element("dd").style("margin:0")._text = shown(value)  # noqa: SLF001
    address = shelf.put(body)
    with ui.tabs().props("dense") as tabs:
        wide = ui.tab(reader.say(sentence("computer")))
        narrow = ui.tab(reader.say(sentence("telephone")))
    with ui.tab_panels(tabs, value=wide).classes("w-full"):
        for tab, width in ((wide, _WIDE), (narrow, _NARROW)):
            with ui.tab_panel(tab).classes("q-px-none"):
                _frame(address, width, head.get("Subject", file.name))


def _text(document: Document, reader: PageReader) -> None:
    text = document.files[0].content.decode()
    ui.element("pre").style("white-space:pre-wrap;font-family:inherit;border:1px solid var(--rl-line);border-radius:8px;padding:12px;max-width:420px")._text = text  # noqa: SLF001
    parts = int(document.details.get("segments", 1))
    count = plural("{count} part of a text message", "{count} parts of a text message", parts)
    ui.label(reader.say(sentence("{letters} characters, {parts}", letters=len(text), parts=count))).classes("rl-soft")


def show_words_found(text: str, found: Sequence[Finding], reader: PageReader) -> None:
    """Show what the checks of law found in a text, and the text with those words marked; nothing where they found nothing."""
    if not found:
        return
    say = reader.say
    ui.label(say(plural("the law checks find {count} place in the text", "the law checks find {count} places in the text", len(found)))).classes("text-bold")
    with ui.element("ul").style("margin:0"):
        for each in found:
            ui.element("li")._text = f"{say(each.message)} [{each.code}]"  # noqa: SLF001
    name = say(sentence("the text, with the words that were found marked"))
    with ui.element("div").style("white-space:pre-wrap;border:1px solid var(--rl-line);border-radius:8px;padding:12px;max-height:480px;overflow:auto").props(f'tabindex=0 role=region aria-label="{name}"'):
        for piece, said in marked_pieces(text, found):
            if not said:
                ui.element("span")._text = piece  # noqa: SLF001
                continue
            mark = ui.element("mark").classes(f"rl-{said[0].severity}")
            mark._text = piece  # noqa: SLF001
            mark.tooltip("; ".join(f"{say(each.message)} [{each.code}]" for each in said))


def marked_pieces(text: str, found: Sequence[Finding]) -> Iterator[tuple[str, tuple[Finding, ...]]]:
    """Cut a text where findings begin and end: pieces in their order, each with what was found in it, the worst first."""
    cuts = sorted({0, len(text), *(min(place, len(text)) for each in found for place in (each.start, each.end))})
    for start, end in pairwise(cuts):
        said = tuple(each for each in found if each.start <= start and end <= each.end)
        yield text[start:end], tuple(sorted(said, key=lambda each: (each.severity is not Severity.ERROR, each)))


def _frame(address: str, width: str, name: str, height: str = "480px") -> None:
    """Show a page that may do nothing: no script, no form, no way out."""
    frame = ui.element("iframe").style(f"width:{width};max-width:100%;height:{height};border:1px solid var(--rl-line);background:#fff")
    frame.props(f'src="{address}" title="{_quoted(shown(name))}"')
    frame.props["sandbox"] = ""


def _quoted(text: str) -> str:
    return text.replace('"', "”").replace("\\", "")


def channel_name(document: Document) -> str:
    """Return the channel in the reader's words; asked within `PageReader.reading`."""
    return word(document.channel)
