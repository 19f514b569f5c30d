"""A message as it leaves → what the fact check reads: the tree of its text, its address, what the layout adds.

Owns the way from this room's shapes to those of `relance.factcheck`, which knows nothing of wordings, contexts or layouts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from relance.factcheck import Finished, Paper, TextTable
from relance.factcheck.finished import Passage
from relance.factcheck.reading import plain
from relance.letters.context import Writing
from relance.letters.markdown import Node, inline_text
from relance.letters.wording import Text
from relance.model import Debtor


def paper_of(writing: Writing, debtor: Debtor) -> Paper:
    """Return whose paper a message to a debtor is on."""
    paper = writing.letterhead
    return Paper(paper.sender, paper.payment, paper.partner_near(debtor.address), writing.agency)


def letter(data: Mapping[str, Any], code: str | None, constants: tuple[str, ...]) -> Finished:
    """Read a letter as it goes to the layout (`pdf.Press.data`). `code` are the lines of the payment code it shows."""
    return Finished(
        subject=inline_text(data["subject"]),
        passages=tuple(passages(data["body"])),
        recipient=tuple(data["recipient"]),
        sender=tuple(data["sender"]),
        margin=(*data["references"], data["place_date"]),
        payment_code=code if any(node[0] == "qr" for node in data["body"]) else None,
        constants=constants,
    )


def message(text: Text, *, to: str = "", copies: Sequence[str] = (), writer: str = "") -> Finished:
    """Read an e-mail (from whom, to whom), a text message or a sheet."""
    return Finished(text.subject, tuple(passages(text.blocks)), to=to, copies=tuple(copies), writer=writer, constants=text.constants)


def passages(blocks: Sequence[Node]) -> Iterator[Passage]:
    """Take a tree of blocks apart: paragraphs, headings and items as text, tables as tables."""
    for node in blocks:
        match node[0]:
            case "p" | "h":
                yield plain(inline_text(node[-1]))
            case "ul" | "ol":
                for item in node[-1]:
                    yield from passages(item)
            case "quote":
                yield from passages(node[1])
            case "table":
                yield TextTable(tuple(map(_cell, node[2])), tuple(tuple(map(_cell, row)) for row in node[3]))
            case _:
                continue


def _cell(nodes: Sequence[Node]) -> str:
    return plain(inline_text(nodes))
