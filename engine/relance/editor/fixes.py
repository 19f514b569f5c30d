"""The one way out that a finding names, as changes of the text. A finding that names two, or only an example, has none.

A hint is data: its template says which way out it is, its parts what to write. What a template does stands in one table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from relance.editor.answers import Edit, QuickFix, text_in
from relance.editor.reading import around, own_steps
from relance.language.extends import INHERITED, SHIPPED
from relance.language.place import Span
from relance.language.source import Path, lines
from relance.model import Diagnostic
from relance.sentences import Phrase, said

Parts = Mapping[str, Any]
#: What a way out makes of the text, the place of the finding and the parts of the sentence; None where it cannot be done here.
Way = Callable[[str, Span, Parts], tuple[Edit, ...] | None]


def quick_fix(text: str, finding: Diagnostic, language: str = "en") -> QuickFix | None:
    """Return the one way out of a finding; None where there is none, or more than one."""
    span = Span(finding.path, finding.line, finding.column, finding.end_line or finding.line, finding.end_column or finding.column)
    said_of = (*_phrases(finding.hint), *_phrases(finding.message))
    for phrase in said_of if all(each.template not in (INHERITED, SHIPPED) for each in said_of) else ():
        way = WAYS.get(phrase.template)
        place = _named(text, span, finding.message) if phrase.template in _MEANT else span
        edits = way(text, place, phrase.parts) if way is not None else None
        if edits:
            return QuickFix(finding, said(finding.hint or finding.message, language), edits)
    return None


def _named(text: str, span: Span, message: str) -> Span:
    """Narrow a place down to the word that the message names, where a value holds more than that: an anchor in a moment."""
    parts = message.parts.values() if isinstance(message, Phrase) else ()
    shown = text_in(text, span)
    words = [part for part in parts if isinstance(part, str) and not isinstance(part, Phrase) and part]
    found = [match for word in words if (match := re.search(rf"(?<![\w.-]){re.escape(word)}(?![\w-])", shown)) is not None]
    longest = max(found, key=lambda match: match.end() - match.start(), default=None)
    if longest is None or shown.strip("\"'") == longest[0]:
        return span
    return span._replace(column=span.column + longest.start(), end_column=span.column + longest.end())


def _phrases(text: str | None) -> Iterator[Phrase]:
    """Give a sentence, then the sentences it is made of."""
    if isinstance(text, Phrase):
        yield text
        for part in text.parts.values():
            yield from _phrases(part)


# --------------------------------------------------------------------------- what a way out writes


def _instead(make: Callable[[Parts], str], *, bare: bool = False) -> Way:
    """Write something in the place of what was found; quotes that stand there stay, unless it is to be `bare`, and text that a flow would part gets some."""

    def way(text: str, span: Span, parts: Parts) -> tuple[Edit, ...] | None:
        new, old = make(parts), text_in(text, span)
        if bare:
            return (Edit(span, new),)
        quote = old[:1] if old[:1] in {'"', "'"} and old[-1:] == old[:1] and new[:1] not in {'"', "'", "["} else '"' if _parted(text, span, new) else ""
        return (Edit(span, f"{quote}{new}{quote}"),)

    return way


def _parted(text: str, span: Span, new: str) -> bool:
    before = lines(text)[span.line - 1][: span.column - 1]
    return "," in new and new[:1] not in {'"', "'", "[", "{"} and (before.count("{") > before.count("}") or before.count("[") > before.count("]"))


def _within(name: str) -> Way:
    """Write the word meant in the place of one part of what was found."""

    def way(text: str, span: Span, parts: Parts) -> tuple[Edit, ...] | None:
        near = next((each.parts["near"] for each in _phrases(parts["known"]) if "near" in each.parts), None)
        shown, old = text_in(text, span), str(parts[name])
        return (Edit(span, shown.replace(old, near, 1)),) if near and old in shown else None

    return way


def _spans(text: str, span: Span, parts: Parts) -> tuple[Edit, ...] | None:
    """Write a span of time in the place of the number and the unit that stand there."""
    new = re.sub(r"\d{1,4}\s*[^\W\d_][^\d+,\"'-]*", str(parts["span"]), text_in(text, span), count=1)
    return (Edit(span, new),) if new != text_in(text, span) else None


def _only(when: str, way: Way) -> Way:
    """Take a way out only where the text written has this form: elsewhere it is no more than an example."""
    return lambda text, span, parts: way(text, span, parts) if re.fullmatch(when, str(parts["text"])) else None


def _of_names(way: Way) -> Way:
    """Take a way out only where a name was found: what a wording says of a whole line cannot be replaced by one."""
    return lambda text, span, parts: way(text, span, parts) if re.fullmatch(r"[\w./-]+", text_in(text, span)) else None


def _deleted(text: str, span: Span, _: Parts) -> tuple[Edit, ...] | None:
    """Delete what was found: an anchor or a tag, an item of a list, a key with its value."""
    row = lines(text)[span.line - 1]
    before, found, behind = row[: span.column - 1], text_in(text, span), row[span.end_column - 1 :]
    if (mark := re.match(r"[&!]\S* *", found or behind)) is not None:
        return (Edit(span._replace(end_column=span.column + mark.end()), ""),)
    value = re.match(r" *:[^,{}\[\]]*", behind)
    end = span.end_column + (value.end() if value is not None else 0)
    rest = row[end - 1 :]
    if before.strip(" ") in {"", "-"} and re.fullmatch(r"\s*(?:#.*)?", rest) and span.line < len(lines(text)):
        return (Edit(Span(span.path, span.line, 1, span.line + 1, 1), ""),)
    if before.rstrip().endswith(","):
        return (Edit(Span(span.path, span.line, len(before.rstrip()), span.line, end), ""),)
    if before.rstrip().endswith(("[", "{")):
        comma = re.match(r" *, *", rest)
        return (Edit(Span(span.path, span.line, span.column, span.line, end + (comma.end() if comma is not None else 0)), ""),)
    return None


def _deleted_key(key: str) -> Way:
    """Delete a key whose value, or the mapping it is in, was found."""

    def way(text: str, span: Span, parts: Parts) -> tuple[Edit, ...] | None:
        read = around(text, span.path)
        near = [place for path, place in (read.keys if read is not None else {}).items() if path[-1:] == (key,) and span.line <= place.line <= span.line + 5]
        return _deleted(text, min(near), parts) if near else None

    return way


def _spaced(_: str, span: Span, parts: Parts) -> tuple[Edit, ...]:
    return (Edit(span, f"{parts['key']}: "),)


def _indented(text: str, span: Span, parts: Parts) -> tuple[Edit, ...]:
    row = lines(text)[span.line - 1]
    return (Edit(Span(span.path, span.line, 1, span.line, 1 + len(row) - len(row.lstrip())), " " * int(parts["wanted"])),)


def _no_tabs(text: str, span: Span, _: Parts) -> tuple[Edit, ...] | None:
    row = lines(text)[span.line - 1]
    indent = row[: len(row) - len(row.lstrip())]
    return (Edit(Span(span.path, span.line, 1, span.line, 1 + len(indent)), indent.replace("\t", "  ")),) if "\t" in indent else None


def _dashed(text: str, span: Span, _: Parts) -> tuple[Edit, ...] | None:
    row = lines(text)[span.line - 1]
    indent = len(row) - len(row.lstrip())
    return (Edit(Span(span.path, span.line, 1, span.line, 1 + indent), f"{' ' * (indent - 2)}- "),) if indent >= 2 and span.column == indent + 1 else None


def _cents(text: str, span: Span, parts: Parts) -> tuple[Edit, ...] | None:
    """Write an amount with the point that its comma was meant for."""
    before = re.search(r"[\d ]*\d,\s*$", lines(text)[span.line - 1][: span.column - 1])
    start = before.start() + len(before[0]) - len(before[0].lstrip()) if before is not None else 0
    return (Edit(span._replace(column=start + 1), f'"{parts["amount"]}"'),) if before is not None else None


def _with_key(key: str) -> Way:
    """Write a key into the step that the finding is about."""

    def way(text: str, span: Span, _: Parts) -> tuple[Edit, ...] | None:
        step = next((each for each in reversed(own_steps(text, span.path)) if each.place.line <= span.line), None)
        if step is None:
            return None
        row = lines(text)[step.place.line - 1]
        flow = "{" in row[: step.place.column - 1]
        indent = " " * (len(row) - len(row.lstrip(" -")))
        place = Span(span.path, step.place.line, step.place.end_column, step.place.line, step.place.end_column)
        return (Edit(place, f", {key}" if flow else f"\n{indent}{key}"),)

    return way


def _with_item(path: Path, item: str | Callable[[Parts], str]) -> Way:
    """Write a word behind the last item of a list; one that is not there yet is begun above the steps."""

    def way(text: str, span: Span, parts: Parts) -> tuple[Edit, ...] | None:
        read = around(text, span.path)
        items: Any = read.value if read is not None else None
        for part in path:
            items = items.get(part) if isinstance(items, dict) else None
        word = item if isinstance(item, str) else item(parts)
        if read is None or (items is None and (len(path) > 1 or "steps" not in read.value)):
            return None
        if items is None:
            top = read.key(("steps",))
            return (Edit(top._replace(end_line=top.line, end_column=top.column), f"{path[0]}: [{word}]\n"),)
        if not isinstance(items, list) or not items:
            return None
        last = read.at((*path, len(items) - 1))
        row = lines(text)[last.line - 1]
        block = row[: last.column - 1].strip() == "-"
        place = last._replace(column=last.end_column)
        return (Edit(place, f"\n{row[: last.column - 1]}{word}" if block else f", {word}"),)

    return way


def _by_channels(channels: str) -> Way:
    """Write other channels in the place of those of a step."""

    def way(text: str, span: Span, _: Parts) -> tuple[Edit, ...] | None:
        found = re.search(r"channels: *(\[[^\]]*\])", lines(text)[span.line - 1])
        return None if found is None else (Edit(Span(span.path, span.line, found.start(1) + 1, span.line, found.end(1) + 1), f"[{channels}]"),)

    return way


def _granted(days: Callable[[Parts], str]) -> Way:
    """Write the least time to pay in the place of a shorter one."""

    def way(text: str, span: Span, parts: Parts) -> tuple[Edit, ...] | None:
        return (Edit(span, f"{days(parts)} days"),) if re.fullmatch(r"\d+ (?:business )?(?:day|week)s?", text_in(text, span).strip("\"'")) else None

    return way


def _written_out(text: str, span: Span, _: Parts) -> tuple[Edit, ...] | None:
    """Write the text that an alias stands for in its place."""
    found = re.findall(rf"&{re.escape(text_in(text, span).lstrip('*'))} +([^&*{{}}\[\],#\n]*[^&*{{}}\[\],#\s])", text)
    return (Edit(span, found[0]),) if len(found) == 1 else None


def _fenced(text: str, span: Span, _: Parts) -> tuple[Edit, ...] | None:
    """Close the front matter of a wording below its last key."""
    rows = lines(text)
    end = next((number for number, row in enumerate(rows[1:], 1) if not re.match(r"\w+ *:|[ \t]|- |#", row)), len(rows))
    return (Edit(Span(span.path, end + 1, 1, end + 1, 1), "---\n"),) if 1 < end < len(rows) else None


def _closed(close: Callable[[str, Parts], str]) -> Way:
    """Write what closes a value at the end of its line, before a remark."""

    def way(text: str, span: Span, parts: Parts) -> tuple[Edit, ...] | None:
        row = lines(text)[span.line - 1]
        end = span.column + len(re.split(r"\s+#|\s*$", row[span.column - 1 :], maxsplit=1)[0])
        mark = close(row[span.column - 1 : end - 1], parts)
        return (Edit(span._replace(column=end, end_column=end), mark),) if mark else None

    return way


def _quoted(text: str, span: Span, _: Parts) -> tuple[Edit, ...] | None:
    """Put a value in quotes: up to the end of its line, or of its place in a flow."""
    row = lines(text)[span.line - 1]
    before, behind = row[: span.column - 1], row[span.column - 1 :]
    flow = before.count("{") > before.count("}") or before.count("[") > before.count("]")
    value = re.split(r"\s*[,\]}]|\s+#|\s*$" if flow else r"\s+#|\s*$", behind, maxsplit=1)[0]
    if not value or not re.search(r"(?:[:,\[{-]\s+|[\[{])$", before) or '"' in value or "\\" in value:
        return None
    return (Edit(span._replace(end_column=span.column + len(value)), f'"{value}"'),)


def _braced(text: str, span: Span, _: Parts) -> tuple[Edit, ...] | None:
    """Put a value that begins with a name in braces, as a wording has it, in quotes."""
    found = re.match(r"\{\{[^{}\"]*\}\}[^\"#,\]}]*(?<!\s)", lines(text)[span.line - 1][span.column - 2 :])
    return None if found is None else (Edit(span._replace(column=span.column - 1, end_column=span.column - 1 + found.end()), f'"{found[0]}"'),)


def _declared(text: str, span: Span, parts: Parts) -> tuple[Edit, ...] | None:
    """Declare a creditor's own field at the top of the playbook, behind those that are."""
    read = around(text, span.path)
    if read is None:
        return None
    fields: Any = read.value.get("fields")
    if isinstance(fields, dict) and fields:
        last = read.at(("fields", list(fields)[-1]))
        row = lines(text)[last.line - 1]
        before = row[: read.key(("fields", list(fields)[-1])).column - 1]
        flow = "{" in before
        return (Edit(last._replace(line=last.end_line, column=last.end_column), f", {parts['name']}: {parts['kind']}" if flow else f"\n{before}{parts['name']}: {parts['kind']}"),)
    if "steps" not in read.value or fields is not None:
        return None
    top = read.key(("steps",))
    return (Edit(top._replace(end_line=top.line, end_column=top.column), f"fields: {{{parts['name']}: {parts['kind']}}}\n"),)


def _last(text: str, span: Span, _: Parts) -> tuple[Edit, ...] | None:
    """Move the rule above the one found, which has no condition, behind the last."""
    read, rows = around(text, span.path), lines(text)
    routes: Any = read.value.get("routes") if read is not None else None
    if read is None or not isinstance(routes, list):
        return None
    starts = [min(place.line for path, place in read.keys.items() if path[:2] == ("routes", number)) for number in range(len(routes))]
    below = next((number for number in range(1, len(routes)) if starts[number] <= span.line < (*starts, len(rows) + 1)[number + 1]), None)
    if below is None or not all(rows[start - 1].lstrip().startswith("- ") for start in starts):
        return None
    end = max(place.end_line for path, place in read.values.items() if path[:2] == ("routes", len(routes) - 1))
    moved, kept = rows[starts[below - 1] - 1 : starts[below] - 1], rows[starts[below] - 1 : end]
    return (Edit(Span(span.path, starts[below - 1], 1, end, len(rows[end - 1]) + 1), "\n".join([*kept, *moved]).rstrip()),)


def _filtered(text: str, span: Span, parts: Parts) -> tuple[Edit, ...] | None:
    """Print what a wording computes by a filter."""
    row = lines(text)[span.line - 1]
    found = re.findall(r"\{\{(.*?)\}\}", row)
    if len(found) != 1:
        return None
    start = row.index("{{") + 3
    return (Edit(Span(span.path, span.line, start, span.line, start + len(found[0])), f" ({found[0].strip()}) | {parts['filter']} "),)


def _row(text: str, span: Span, parts: Parts) -> tuple[Edit, ...]:
    """Write a row anew behind its indentation."""
    row = lines(text)[span.line - 1]
    start = len(row) - len(row.lstrip()) + 1
    return (Edit(span._replace(column=start, end_line=span.line, end_column=len(row) + 1), str(parts["written"])),)


def _word(name: str) -> Callable[[Parts], str]:
    return lambda parts: str(parts[name])


#: Ways out that put one word in the place of another.
_MEANT = frozenset({'did you mean "{near}"?', 'did you mean "{near}"? write `{written}`', "did you mean '{near}'?"})
#: Template of a way out → what it does.
WAYS: Mapping[str, Way] = {
    "did you mean {near}?": _instead(_word("near")),
    'did you mean "{near}"?': _instead(_word("near")),
    'did you mean "{near}"? write `{written}`': _instead(_word("near")),
    "did you mean '{near}'?": _of_names(_instead(_word("near"))),
    'write "{written}" in quotes': _instead(lambda parts: f'"{parts["written"]}"'),
    'write it in quotes: "{value}"': _instead(lambda parts: f'"{parts["value"]}"'),
    "write [{value}]": _instead(lambda parts: f"[{parts['value']}]"),
    "write [{items}]": _instead(lambda parts: f"[{parts['items']}]"),
    "write {written}": _instead(_word("written"), bare=True),
    "write '{written}'": _instead(_word("written")),
    "write {written}: two people above it, one below": _instead(_word("written"), bare=True),
    "write {whole}": _instead(_word("whole"), bare=True),
    "write {slug}": _instead(_word("slug")),
    "write {limit}": _instead(_word("limit"), bare=True),
    "write {word}": lambda text, span, parts: None if isinstance(parts["word"], Phrase) else _instead(_word("word"), bare=True)(text, span, parts),
    'write "{guess}"': _instead(lambda parts: f'"{parts["guess"]}"'),
    '"{text}" is no date; write "{again}"': _instead(_word("again")),
    '"{text}" is no date; put spaces around the sign: "{anchor} - {number} {unit}"': _instead(lambda parts: f"{parts['anchor']} - {parts['number']} {parts['unit']}"),
    '"{text}" is no date; write year-month-day: {guess}': _only(r"\d{1,2}/\d{1,2}/\d{4}", _instead(_word("guess"))),
    '"{text}" is no day of the year; write month-day: "{guess}"': _only(r"\d{1,2}[/.]\d{1,2}|\d{1,2}(?:er)? [^\W\d_]{3,}", _instead(lambda parts: f'"{parts["guess"]}"')),
    '"{text}" are no hours; write "{guess}"': _only(r"(?:de )?\d{1,2} *[hH:].*", _instead(lambda parts: f'"{parts["guess"]}"')),
    'write "{number} {near}"': _instead(lambda parts: f"{parts['number']} {parts['near']}"),
    'write "{span}"': _spans,
    '"{text}" is no unit of time; {known}': _within("text"),
    '"{anchor}" is no event a step can count from; {known}': _within("anchor"),
    "write `{bare}:` again, without the space": _instead(_word("bare")),
    "write `{key}: {value}`": _spaced,
    "write `{written}`": _row,
    "put the whole value in quotes: `{written}`": _row,
    'write "{right}" in place of "{wrong}"': _instead(_word("right"), bare=True),
    "indent it by {wanted} common spaces": _instead(lambda parts: " " * int(parts["wanted"])),
    "close them: {quote}{value}{quote}": _instead(lambda parts: f"{parts['quote']}{parts['value']}{parts['quote']}"),
    "indent it by {wanted} spaces, so that it stands under the key above it": _indented,
    "indent with spaces": _no_tabs,
    'write `- {value}: …`, the "-" two columns before, where a new item starts': _dashed,
    'write "{amount}", in quotes': _cents,
    'write "-" instead': _instead(lambda _: "-", bare=True),
    "delete it": _deleted,
    "take '{found}' away": lambda _, span, __: (Edit(span, ""),),
    "add `approval: required`": _with_key("approval: required"),
    "add paid to the list": _with_item(("stop_when",), "paid"),
    "add insolvent to stop_when": _with_item(("stop_when",), "insolvent"),
    "add time_barred to stop_when": _with_item(("stop_when",), "time_barred"),
    "add disputed to hold_while": _with_item(("hold_while",), "disputed"),
    "add written_off to `stop_when`": _with_item(("stop_when",), "written_off"),
    "add {word} to `hold_while`": _with_item(("hold_while",), _word("word")),
    "add sunday to the weekend": _with_item(("calendar", "weekend"), "sunday"),
    "leave it out": _deleted,
    "leave newcomers out: such an invoice gets the letter first": _deleted_key("newcomers"),
    "leave `accepted_by` out: a plan is accepted by a word": _deleted_key("accepted_by"),
    "the principal is always asked: leave it out": _deleted,
    "only what is owed by law or by contract is claimed here; the rest is for a court: leave it out": _deleted,
    "who receives it follows from the channel and the case: leave it out": _deleted,
    'a step stands where its "at" puts it, and the steps in their order: leave it out': _deleted,
    "leave `asks` out: what another person recovers is the whole": _deleted_key("asks"),
    'a remark stands behind "#": write {written}': _instead(_word("written"), bare=True),
    'write "{written}"': _instead(lambda parts: f'"{parts["written"]}"'),
    "put the whole value in quotes": _quoted,
    "close the quotes": _closed(lambda value, _: value[:1] if value[:1] in {'"', "'"} else ""),
    'write "{closing}" at the end of this line': _closed(lambda _, parts: str(parts["closing"])),
    "declare it: `fields: {{{name}: {kind}}}`": _declared,
    "put the rule without a condition last": _last,
    "use registered_letter": _by_channels("registered_letter"),
    "use registered_letter, and email beside it": _by_channels("registered_letter, email"),
    "use when_closed: next": _instead(lambda _: "next"),
    'add "grants: 15 days" or more': _with_key("grants: 15 days"),
    "grant 8 days or more": _granted(lambda _: "8"),
    "grant {acceptance} days or more": _granted(_word("acceptance")),
    "write the value out again": _written_out,
    "write text that contains braces in quotes": _braced,
    "write '---' on a line of its own below it": _fenced,
    "put it in brackets and write `| {filter}` behind": _filtered,
}
