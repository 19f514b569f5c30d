"""A text and its context → a letter as PDF/UA-1 (or a picture of it), by Typst.

Owns one warm compiler and the data it is given. What a letter says goes in as JSON and is never part of a source; a
character no font of the package has becomes □, so that no name stops a letter. Refuses to know what a wording says.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Self

import typst

from relance.letters.bare_streams import with_bare_streams
from relance.letters.context import to_pay
from relance.letters.fields import Context
from relance.letters.fonts import FAMILIES, lay_out
from relance.letters.letterhead import PLAIN, Letterhead
from relance.letters.markdown import Node, clean, inline_text
from relance.letters.qr import modules
from relance.letters.unbroken import unbroken
from relance.letters.wording import Text
from relance.letters.words import footer_of, sender_lines, words
from relance.model import Action

REGISTERED = ("registered_letter", "electronic_registered_letter")
#: Rows from which a table carries its total over; a shorter one rarely breaks.
LONG_TABLE = 6
_MISSING = re.compile(r'the text `"(.*?)"` could not be displayed', re.DOTALL)
_ESCAPED = re.compile(r"\\u\{([0-9a-fA-F]+)\}")
_LONG_WORD = re.compile(r"[^\s\u00a0\u202f\u200b]{41,}")
_LONG_CELL = re.compile(r"[^\s\u00a0\u202f\u200b]{25,}")
_BREAK = "\u200b"
#: What is read aloud or copied: a reference of ours, an e-mail address of a common length.
_WHOLE = re.compile(r"(\bR-[0-9A-F]{4}-[0-9A-F]{4}\b|[\w.+-]{1,30}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+){1,3})")
#: One picture of several characters (a flag, a family, a skin colour) becomes one box.
_JOINED = re.compile("\u25a1(?:[\u200d\ufe00-\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]+\u25a1?)*")
#: Runs of dark (#) and light (.) modules, the longest first → a stroke, or a move, in the words of an SVG path.
_SIGNS = bytes.maketrans(b"10", b"#.")
_RUNS = tuple((sign * size, (b"h%d" if sign == b"#" else b"m%d 0") % size) for size in (7, 5, 4, 3, 2, 1) for sign in (b"#", b"."))
_PAGES = re.compile(rb"/Type ?/Pages ?/Count ([0-9]+)")


class Press:
    """A warm Typst compiler with the layout, its fonts and one letterhead; close it, or use it as a context manager."""

    def __init__(self, letterhead: Letterhead = PLAIN) -> None:
        self.letterhead = letterhead
        self._folder = tempfile.TemporaryDirectory(prefix="relance-")
        root = Path(self._folder.name)
        fonts = lay_out(root, system=bool(letterhead.font))
        self.logo = ""
        if letterhead.logo is not None:
            self.logo = f"logo.{letterhead.logo_kind}"
            (root / self.logo).write_bytes(letterhead.logo)
        self._data = root / "data.json"
        self._compiler = typst.Compiler(root / "letter.typ", root=root, font_paths=fonts)
        self._undrawable: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove the folder the compiler works in."""
        self._folder.cleanup()

    def pdf(self, text: Text, data: Mapping[str, Any], action: Action) -> bytes:
        """Return one letter (`data`) as tagged PDF/UA-1; the same letter is the same bytes."""
        return with_bare_streams(self._laid(text, data, action)[0])

    def pictures(self, text: Text, data: Mapping[str, Any], action: Action, *, ppi: int = 100) -> list[bytes]:
        """Return each page of one letter (`data`) as PNG."""
        _, data = self._laid(text, data, action)
        made = self._compile(data, "png", action, ppi=ppi)
        return made if isinstance(made, list) else [made]

    def _laid(self, text: Text, data: Mapping[str, Any], action: Action) -> tuple[bytes, Mapping[str, Any]]:
        """Lay a letter on one page where it fits, a little tighter if need be, else on several; return it and how it was laid.

        What is tried depends on the text alone, never on the letters before.
        """
        lines = _lines_about(text)
        for tight, at_most in ((False, 42.5), (True, 66)):
            if lines <= at_most:
                one = {**data, "one_page": True, "tight": tight}
                made = self._compile(one, "pdf", action)
                assert isinstance(made, bytes)
                if page_count(made) == 1:
                    return made, one
        several = {**data, "one_page": False, "tight": False}
        made = self._compile(several, "pdf", action)
        assert isinstance(made, bytes)
        return made, several

    def data(self, text: Text, context: Context, *, qr: str | None, action: Action) -> dict[str, Any]:
        """Return what the layout reads: texts, the tree of the body and the payment code (`qr` holds its lines) as a picture."""
        says, paper, sender = words(context.language), self.letterhead, context.sender
        paid_to = context.payment
        named = {"amount": to_pay(context), "name": paid_to.beneficiary, "iban": paid_to.iban, "reference": paid_to.reference}
        return {
            "lang": context.language if len(context.language) in (2, 3) and context.language.isalpha() else "fr",
            "region": "GB" if context.language == "en" else "FR",
            "fonts": [paper.font, *FAMILIES] if paper.font else list(FAMILIES),
            "colour": paper.colour,
            "title": clean(text.subject or context.reference),
            "subject": _breakable([clean(text.subject or context.reference)], _LONG_WORD),
            "author": clean(sender.name),
            "keywords": [context.reference, *(clean(line.id) for line in context.invoices[:20])],
            "sender": _lines(sender_lines(sender, says)),
            "recipient": _lines([context.recipient.name, *context.recipient.address_lines, *_abroad(context)]),
            "mention": says.get(context.channel, "") if context.channel in REGISTERED else "",
            "references": [
                f"{says['reference']} {context.reference}",
                *([f"{says['debtor_siren']} {context.debtor.siren}"] if context.debtor.siren else []),
            ],
            "reference": context.reference,
            "running": clean(context.debtor.name)[:60],
            "place_date": says["date"].format(place=clean(sender.place), day=context.today)
            if sender.place
            else says["date_alone"].format(day=context.today),
            "body": [layable(node) for node in text.blocks],
            "qr": svg(qr) if qr else None,
            "footer": soften(clean(paper.footer or footer_of(sender, says))),
            "logo": self.logo or None,
            "logo_width": float(paper.logo_width),
            "logo_alt": clean(paper.logo_text or says["logo_alt"].format(name=sender.name)),
            "qr_alt": clean(says["qr_alt"].format(**named)),
            "short": _is_short(sender_lines(sender, says)) and _is_short([context.recipient.name, *context.recipient.address_lines]),
            "words": dict(says),
        }

    def _compile(
        self, data: Mapping[str, Any], form: Literal["pdf", "png"], action: Action, *, ppi: int | None = None
    ) -> bytes | list[bytes]:
        """Hand the data to Typst as a file beside the layout: unlike an input, that leaves what it has compiled before warm."""
        stamp = datetime(action.on.year, action.on.month, action.on.day, tzinfo=UTC)
        given = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        for _ in range(64):
            self._data.unlink(missing_ok=True)  # a file cut short and rewritten is flushed to the disk by ext4: 3 ms
            self._data.write_text(self._drawable(given), encoding="utf-8")
            try:
                made = self._compiler.compile(format=form, ppi=ppi, pdf_standards=["ua-1"] if form == "pdf" else [], timestamp=stamp)
            except typst.TypstError as error:
                missing = set(_unescape("".join(_MISSING.findall(str(error)))))
                if not missing - self._undrawable:
                    raise
                self._undrawable |= missing
            else:
                assert made is not None
                return made
        msg = "a letter keeps naming characters that cannot be drawn"
        raise RuntimeError(msg)

    def _drawable(self, given: str) -> str:
        if given.isascii() or self._undrawable.isdisjoint(given):
            return given
        return _JOINED.sub("\u25a1", given.translate({ord(each): "\u25a1" for each in self._undrawable}))


def page_count(pdf: bytes) -> int:
    """Return how many pages a PDF has that a `Press` made: its first object, the root of its pages, says so."""
    found = _PAGES.search(pdf)
    assert found is not None
    return int(found[1])


def _lines_about(text: Text) -> float:
    """Guess how many lines a letter takes; a wrong guess costs time or a sheet, never correctness."""
    lines = 0.0
    for node in text.blocks:
        match node[0]:
            case "p" | "h":
                lines += 0.45 + sum(1 + len(part) // 105 for part in inline_text(node[-1]).split("\n"))
            case "table":
                lines += 0.8 + 1.2 * (len(node[3]) + any(node[2]))
            case "ul" | "ol":
                lines += 0.6 + sum(1 + len(str(item)) // 120 for item in node[-1])
            case "quote":
                lines += sum(1 + len(str(inner)) // 130 for inner in node[1])
            case _:
                lines += 2
    return lines


def _is_short(lines: Sequence[str]) -> bool:
    """Say whether an address block needs no measuring: at most six lines of 38 characters, as NF Z10-011 has it."""
    return len(lines) <= 6 and all(len(line) <= 38 for line in lines)


def _unescape(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def _lines(lines: Sequence[str]) -> list[str]:
    """Return lines of an address that can be laid: cleaned, an overlong word broken, no empty one."""
    return [soften(line) for line in map(clean, lines) if line.strip()]


def _abroad(context: Context) -> list[str]:
    """Name the country on the last line of an address abroad (UPU: in capitals, in the language of the country of posting)."""
    country, home = context.recipient.country, context.sender.country or "FR"
    if not country or country == home or not context.recipient.address_lines:
        return []
    from babel import Locale

    name = Locale("fr").territories.get(country)
    return [name.upper()] if name else []


# --------------------------------------------------------------------------- what the layout can lay


def layable(node: Node, pattern: re.Pattern[str] = _LONG_WORD) -> Node:
    """Return a block with a place to break in each overlong word, and without running totals a short table does not need."""
    match node[0]:
        case "table":
            carried = node[4] if node[4] is not None and len(node[3]) >= LONG_TABLE else None
            cut = _LONG_CELL if any(node[2]) else _LONG_WORD  # a list of names and values has room, and what stands in it is copied
            head = [_breakable(cell, cut) for cell in node[2]]
            return ["table", node[1], head, [[_breakable(cell, cut) for cell in row] for row in node[3]], carried]
        case "ul":
            return ["ul", [[layable(inner) for inner in item] for item in node[1]]]
        case "ol":
            return ["ol", node[1], [[layable(inner) for inner in item] for item in node[2]]]
        case "quote":
            return ["quote", [layable(inner) for inner in node[1]]]
        case "p" | "h":
            return [*node[:-1], _breakable(node[-1], pattern)]
        case _:
            return node


def _breakable(nodes: Sequence[Node], pattern: re.Pattern[str]) -> list[Node]:
    out: list[Node] = []
    for node in nodes:
        if isinstance(node, str):
            node = unbroken(node)  # noqa: PLW2901 - the same text
            out += _kept_whole(node, pattern) if "@" in node or "R-" in node else [soften(node, pattern)]
        elif node[0] == "br":
            out.append(node)
        else:
            out.append([*node[:-1], _breakable(node[-1], pattern)])
    return out


def _kept_whole(text: str, pattern: re.Pattern[str]) -> list[Node]:
    """Split a text so that each reference and e-mail address stands by itself, never cut at the end of a line."""
    parts = _WHOLE.split(text)
    return [["whole", part] if at % 2 else soften(part, pattern) for at, part in enumerate(parts) if part]


def soften(text: str, pattern: re.Pattern[str] = _LONG_WORD) -> str:
    """Put a zero-width space into overlong words, every 16 characters, so that a line can break there."""
    if len(text) < 17:
        return text
    return pattern.sub(lambda found: _BREAK.join(found[0][at : at + 16] for at in range(0, len(found[0]), 16)), text)


def svg(payload: str) -> str:
    """Draw a payment code as SVG, four light modules around it: one line a row, its strokes the dark modules."""
    size, rows = modules(payload)
    side, strokes = size + 8, b"\n".join(rows).translate(_SIGNS)
    for run, stroke in _RUNS:
        strokes = strokes.replace(run, stroke)
    lines = "".join(f"M4 {y + 4}.5{row}" for y, row in enumerate(strokes.decode().split("\n")))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"><rect width="{side}" height="{side}" fill="#fff"/>'
        f'<path d="{lines}" stroke="#000"/></svg>'
    )
