"""Markdown with holes → a tree of blocks, filled with values that are never read as Markdown.

A wording is rendered with a hole in place of each value, parsed once (the same branches give the same text, so the
parse is kept), and only then filled: a name such as `**x**`, `<b>` or `| a |` stays what it is. Raw HTML, pictures and
code are no part of the language. The tree is plain lists and strings, ready for JSON.
Why so, and what was refused: docs/decisions/039.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from relance.letters.figures import Money, money
from relance.letters.unbroken import breakable, unbroken

if TYPE_CHECKING:
    from markdown_it.token import Token

#: A block or an inline node: `["p", [inline…]]`, `["h", level, […]]`, `["ul", [[block…]…]]`, `["ol", start, [[block…]…]]`,
#: `["quote", [block…]]`, `["hr"]`, `["qr"]`, `["sign"]`, `["table", aligns, head, rows, carried or None]`; inline: text, `["b", […]]`,
#: `["i", […]]`, `["a", href, […]]`, `["br"]`.
Node = Any

_HOLE = re.compile("\ue000([0-9]+)\ue001")
_HOLE_IN_LINK = re.compile("(?:\ue000|%EE%80%80)([0-9]+)(?:\ue001|%EE%80%81)")
#: What no text may hold: control characters, and marks that turn the direction of what follows (C0, C1, bidi embeddings).
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ue000\ue001]|[\ud800-\udfff]")
_ALIGNS = {"text-align:left": "left", "text-align:right": "right", "text-align:center": "center"}
QR_MARK = "\uf8ffqr"
#: And for the room of a signature by hand, on paper.
SIGN_MARK = "\uf8ffsign"


def hole(number: int) -> str:
    """Return what stands for a value until the tree is filled."""
    return f"\ue000{number}\ue001"


def clean(text: str) -> str:
    """Take out of a value what no text may hold; a line break or tab becomes a space."""
    if text.isascii() and text.isprintable():
        return text
    return _FORBIDDEN.sub("", text.replace("\r\n", " ").replace("\n", " ").replace("\t", " ").replace("\u2028", " ").replace("\u2029", " "))


@lru_cache(maxsize=1)
def _parser() -> Any:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False})
    return parser.enable("table").disable(["code", "fence", "backticks", "image", "html_block", "html_inline", "reference", "autolink"])


@lru_cache(maxsize=512)
def parse(text: str) -> tuple[Node, ...]:
    """Read Markdown with holes into a tree whose texts are split at the holes."""
    tokens = iter(_parser().parse(text))
    return tuple(_blocks(tokens, None))


def _blocks(tokens: Iterator[Token], until: str | None) -> Iterator[Node]:
    for token in tokens:
        kind = token.type
        if kind == until:
            return
        if kind in ("paragraph_open", "heading_open"):
            inline = list(_inline(next(tokens).children or []))
            next(tokens)
            yield ["p", inline] if kind == "paragraph_open" else ["h", int(token.tag[1]), inline]
        elif kind in ("bullet_list_open", "ordered_list_open"):
            close = kind.replace("_open", "_close")
            items = []
            for inner in tokens:
                if inner.type == close:
                    break
                items.append(list(_blocks(tokens, "list_item_close")))
            yield ["ul", items] if kind == "bullet_list_open" else ["ol", int(token.attrGet("start") or 1), items]
        elif kind == "blockquote_open":
            yield ["quote", list(_blocks(tokens, "blockquote_close"))]
        elif kind == "hr":
            yield ["hr"]
        elif kind == "table_open":
            yield _table(tokens)


def _table(tokens: Iterator[Token]) -> Node:
    rows: list[list[Node]] = []
    aligns: list[str] = []
    for token in tokens:
        if token.type == "table_close":
            break
        if token.type == "tr_open":
            rows.append([])
        elif token.type in ("th_open", "td_open"):
            if token.type == "th_open":
                aligns.append(_ALIGNS.get(str(token.attrGet("style") or ""), "left"))
            rows[-1].append(list(_inline(next(tokens).children or [])))
    return ["table", aligns, rows[0], rows[1:]]


def _inline(tokens: Sequence[Token]) -> Iterator[Node]:
    return _spans(iter(tokens), None)


def _spans(tokens: Iterator[Token], until: str | None) -> Iterator[Node]:
    for token in tokens:
        match token.type:
            case kind if kind == until:
                return
            case "text" | "text_special":
                if token.content:
                    yield _split(token.content)
            case "softbreak":
                yield " "
            case "hardbreak":
                yield ["br"]
            case "strong_open":
                yield ["b", list(_spans(tokens, "strong_close"))]
            case "em_open":
                yield ["i", list(_spans(tokens, "em_close"))]
            case "link_open":
                href = str(token.attrGet("href") or "")
                yield ["a", tuple(_HOLE_IN_LINK.split(href)), list(_spans(tokens, "link_close"))]


def _split(text: str) -> str | tuple[Any, ...]:
    """Return plain text, or a tuple that alternates text and the number of a hole."""
    if "\ue000" not in text:
        return text
    parts = _HOLE.split(text)
    return tuple(int(part) if index % 2 else part for index, part in enumerate(parts))


# --------------------------------------------------------------------------- filling


def fill(nodes: Sequence[Node], values: Sequence[Any], language: str) -> list[Node]:
    """Put the values into the holes; a paragraph that is nothing but the QR mark becomes a picture, an empty one goes."""
    filled = []
    for node in nodes:
        made = _fill_block(node, values, language)
        if made is not None:
            filled.append(made)
    return filled


def _fill_block(node: Node, values: Sequence[Any], language: str) -> Node | None:
    match node[0]:
        case "p":
            inline = _fill_inline(node[1], values)
            if inline == [QR_MARK]:
                return ["qr"]
            if inline == [SIGN_MARK]:
                return ["sign"]
            return ["p", inline] if any(part not in (" ", "") for part in inline) else None
        case "h":
            return ["h", node[1], _fill_inline(node[2], values)]
        case "ul":
            return ["ul", [fill(item, values, language) for item in node[1]]]
        case "ol":
            return ["ol", node[1], [fill(item, values, language) for item in node[2]]]
        case "quote":
            return ["quote", fill(node[1], values, language)]
        case "table":
            rows = [[_fill_inline(cell, values) for cell in row] for row in node[3]]
            return ["table", node[1], [_fill_inline(cell, values) for cell in node[2]], rows, _carried(node[3], values, language)]
        case _:
            return list(node)


def _fill_inline(nodes: Sequence[Node], values: Sequence[Any]) -> list[Node]:
    out: list[Node] = []
    for node in nodes:
        if isinstance(node, str):
            out.append(node)
        elif isinstance(node, tuple):
            out.append("".join(clean(str(values[part])) if isinstance(part, int) else part for part in node))
        elif node[0] == "a":
            target = "".join(
                quote(clean(str(values[int(part)])), safe=":/?&=#@%+,;") if at % 2 else part for at, part in enumerate(node[1])
            )
            inside = _fill_inline(node[2], values)
            out.append(["a", target, inside] if _harmless(target) else ["i", inside])
        elif node[0] == "br":
            out.append(["br"])
        else:
            out.append([node[0], _fill_inline(node[1], values)])
    return out


def _harmless(target: str) -> bool:
    return target.startswith(("https://", "http://", "mailto:", "tel:"))


def _carried(rows: Sequence[Sequence[Node]], values: Sequence[Any], language: str) -> list[str] | None:
    """Return the running total after each row, where the last column holds one bare amount a row, all of one currency."""
    found: list[str] = []
    total, currency = Decimal(0), None
    for row in rows:
        cell = row[-1] if row else None
        bare = (
            isinstance(cell, list)
            and len(cell) == 1
            and isinstance(cell[0], tuple)
            and len(cell[0]) == 3
            and not (cell[0][0] or cell[0][2])
        )
        value = values[cell[0][1]] if bare and cell else None
        if not isinstance(value, Money) or value.currency != (currency or value.currency):
            if row is rows[-1] and found:  # the line of the total
                return [*found, found[-1]]
            return None
        currency = value.currency
        total += value.amount
        found.append(str(money(total, currency, language)))
    return found or None


# --------------------------------------------------------------------------- as text


def inline_text(nodes: Sequence[Node]) -> str:
    """Write inline nodes as plain text; a link is followed by its address where that is not what it shows."""
    out = []
    for node in nodes:
        if isinstance(node, str):
            out.append(node)
        elif node[0] == "br":
            out.append("\n")
        elif node[0] == "a":
            shown = inline_text(node[2])
            address = node[1].removeprefix("mailto:").removeprefix("tel:")
            out.append(shown if address in shown or not shown else f"{shown} ({address})")
        else:
            out.append(inline_text(node[1]))
    return "".join(out)


def to_text(blocks: Sequence[Node], width: int = 76) -> str:
    """Write a filled tree as plain text in lines of at most `width` characters (a long word or link is never cut)."""
    return "\n".join(_text_lines(blocks, width)).strip("\n") + "\n"


def _text_lines(blocks: Sequence[Node], width: int) -> Iterator[str]:
    for block in blocks:
        match block[0]:
            case "p" | "h":
                for line in inline_text(block[-1]).split("\n"):
                    yield from _wrap(line, width)
            case "ul" | "ol":
                for number, item in enumerate(block[-1], start=block[1] if block[0] == "ol" else 0):
                    mark = f"{number}. " if block[0] == "ol" else "- "
                    lines = [line for line in _text_lines(item, width - len(mark)) if line]
                    yield from (mark + line if index == 0 else " " * len(mark) + line for index, line in enumerate(lines))
            case "quote":
                yield from ("> " + line if line else ">" for line in list(_text_lines(block[1], width - 2))[:-1])
            case "table":
                yield from _text_table(block, width)
            case "hr":
                yield "-" * 20
            case _:
                continue
        yield ""


def _text_table(block: Node, width: int) -> Iterator[str]:
    head = [inline_text(cell) for cell in block[2]]
    rows = [[inline_text(cell) for cell in row] for row in block[3]]
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    if sum(widths) + 2 * len(widths) - 2 <= width:
        for row in (head, ["-" * size for size in widths], *rows) if any(head) else rows:
            cells = (
                cell.rjust(size) if align == "right" else cell.ljust(size) for cell, size, align in zip(row, widths, block[1], strict=True)
            )
            yield "  ".join(cells).rstrip()
        return
    if len(head) == 2:
        yield from (line for name, value in rows for line in _beside(name, value, widths[0], width))
        return
    for number, row in enumerate(rows):
        if number:
            yield ""
        yield from (f"{name.ljust(max(map(len, head)))}  {cell}".lstrip() for name, cell in zip(head, row, strict=True) if cell)


def _beside(name: str, value: str, size: int, width: int) -> Iterator[str]:
    """Set a value beside its name, in a column of its own where the names are short, under it where they are long."""
    if size > width // 3:
        yield from _wrap(name, width)
        yield from ("  " + line for line in _wrap(value, width - 2))
        return
    for number, line in enumerate(_wrap(value, width - size - 2)):
        yield f"{'' if number else name:{size}}  {line}".rstrip()


def _wrap(line: str, width: int) -> Iterator[str]:
    if len(line) > width:
        line = unbroken(line)
    while len(line) > width:
        cut = line.rfind(" ", 0, width + 1)
        if cut <= 0:
            cut = line.find(" ")
        if cut < 0:
            break
        yield breakable(line[:cut].rstrip(" "))
        line = line[cut + 1 :]
    yield breakable(line)
