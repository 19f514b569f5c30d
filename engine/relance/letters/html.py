"""The tree of a wording → HTML for an e-mail: accessible, no remote picture, readable on a dark screen.

Owns the tags. Every text is escaped here, once; links were checked when the tree was filled.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from html import escape

from jinja2 import Environment, Template
from markupsafe import Markup

from relance.data import shipped
from relance.letters.fields import Context
from relance.letters.letterhead import Letterhead
from relance.letters.markdown import Node
from relance.letters.unbroken import unbroken
from relance.letters.wording import Text
from relance.letters.words import footer_of, words


@lru_cache(maxsize=1)
def _layout() -> Template:
    source = shipped("templates").joinpath("layout", "email.html.j2").read_text(encoding="utf-8")
    return Environment(autoescape=True, trim_blocks=True, keep_trailing_newline=True).from_string(source)


def page(text: Text, context: Context, letterhead: Letterhead) -> str:
    """Return the HTML part of an e-mail."""
    return _layout().render(
        language=context.language,
        subject=text.subject,
        body=Markup("\n".join(_blocks(text.blocks))),  # noqa: S704  (made of escaped text below)
        footer=letterhead.footer or footer_of(context.sender, words(context.language)),
    )


def _inline(nodes: Sequence[Node]) -> str:
    out = []
    for node in nodes:
        if isinstance(node, str):
            out.append(escape(unbroken(node), quote=False))
        elif node[0] == "br":
            out.append("<br>")
        elif node[0] == "a":
            out.append(f'<a href="{escape(node[1])}">{_inline(node[2])}</a>')
        else:
            tag = "strong" if node[0] == "b" else "em"
            out.append(f"<{tag}>{_inline(node[1])}</{tag}>")
    return "".join(out)


def _blocks(blocks: Sequence[Node]) -> Iterator[str]:
    for block in blocks:
        match block[0]:
            case "p":
                yield f"<p>{_inline(block[1])}</p>"
            case "h":
                yield f"<h2>{_inline(block[2])}</h2>"
            case "ul":
                yield f"<ul>{_items(block[1])}</ul>"
            case "ol":
                yield f'<ol start="{block[1]}">{_items(block[2])}</ol>'
            case "quote":
                yield f"<blockquote>{''.join(_blocks(block[1]))}</blockquote>"
            case "table":
                yield _table(block)
            case "hr":
                yield "<hr>"


def _items(items: Sequence[Sequence[Node]]) -> str:
    return "".join(f"<li>{_inline(item[0][1]) if len(item) == 1 and item[0][0] == 'p' else ''.join(_blocks(item))}</li>" for item in items)


def _table(block: Node) -> str:
    _, aligns, head, rows, _ = block
    marks = ["" if align == "left" else f' class="{align}"' for align in aligns]
    if not any(head):
        pairs = ("".join(f"<td{mark}>{_inline(cell)}</td>" for mark, cell in zip(marks, row, strict=True)) for row in rows)
        return f'<table role="presentation"><tbody>{"".join(f"<tr>{pair}</tr>" for pair in pairs)}</tbody></table>'
    heads = "".join(f'<th scope="col"{mark}>{_inline(cell)}</th>' for mark, cell in zip(marks, head, strict=True))
    body = "".join(f"<tr>{''.join(f'<td{mark}>{_inline(cell)}</td>' for mark, cell in zip(marks, row, strict=True))}</tr>" for row in rows)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
