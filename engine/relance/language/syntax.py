"""What is wrong with a text that is not YAML, in words an author knows (PB002).

Owns the sentences; the parser's own English is looked up as a whole, never cut apart.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import yaml

from relance.language.place import Span
from relance.language.vocabulary import known, meant
from relance.model import BOUNDS, COUNT_FACTS, MONEY_FACTS, Diagnostic
from relance.sentences import sentence

_QUOTE = sentence("put the whole value in quotes")
_INDENT = sentence("line keys of one mapping up under each other, with spaces")

#: Ways out that a value in quotes is.
_ASKS_FOR_QUOTES = frozenset({"put the whole value in quotes", "{quote}, or check the indentation"})

#: The parser's problem → what to say, and the way out.
_KNOWN: dict[str, tuple[str, str | None]] = {
    "mapping values are not allowed here": (sentence('a second ":" on this line is read as another key'), sentence("{quote}, or check the indentation", quote=_QUOTE)),
    "found character '\\t' that cannot start any token": (sentence("a tab stands where spaces belong"), sentence("indent with spaces")),
    "found character '@' that cannot start any token": (sentence('a value cannot start with "@" without quotes'), _QUOTE),
    "found character '`' that cannot start any token": (sentence('a value cannot start with "`" without quotes'), _QUOTE),
    "found character '%' that cannot start any token": (sentence('a value cannot start with "%" without quotes'), _QUOTE),
    "could not find expected ':'": (sentence('a ":" is missing after this key'), sentence('write "key: value"')),
    "found unexpected end of stream": (sentence("the file ends inside quotes"), sentence("close the quotes")),
    "found unexpected document separator": (sentence("the document ends inside quotes"), sentence("close the quotes")),
    "sequence entries are not allowed here": (sentence('a "-" starts a list item in the wrong place'), sentence("put the list on its own lines below the key")),
    "mapping keys are not allowed here": (sentence('a "?" starts a key in the wrong place'), _QUOTE),
    "block sequence entries are not allowed in this context": (sentence('a "-" starts a list item in the wrong place'), sentence("put the list on its own lines below the key")),
    "did not find expected <document start>": (sentence("text stands before the first key"), _INDENT),
}
#: Where the sentence depends on what was being read, and on the token found.
_CONTEXT: dict[str, tuple[str, str | None]] = {
    "while parsing a block mapping": (sentence("this line does not line up with the keys above it"), _INDENT),
    "while parsing a block collection": (sentence("this line does not line up with the list items above it"), sentence('line the "-" up under each other, with spaces')),
    "while parsing a flow mapping": (sentence('a "," or "}}" is missing'), None),
    "while parsing a flow sequence": (sentence('a "," or "]" is missing'), None),
    "while parsing a flow node": (sentence("a value is missing"), None),
    "while parsing a block node": (sentence("a value is missing"), None),
    "while scanning a double-quoted scalar": (sentence("a backslash in double quotes starts an escape that YAML does not know"), sentence("use single quotes, or double the backslash")),
    "while scanning an alias": (sentence('a name is missing after "*"'), sentence('{quote} if the "*" is text', quote=_QUOTE)),
    "while scanning an anchor": (sentence('a name is missing after "&"'), sentence('{quote} if the "&" is text', quote=_QUOTE)),
    "while scanning a directive": (sentence('a line that starts with "%" is an instruction to YAML readers'), sentence("delete it")),
    "while parsing a tag": (sentence('"!" starts a tag, which is not read'), sentence('{quote} if the "!" is text', quote=_QUOTE)),
    "while scanning a tag": (sentence('"!" starts a tag, which is not read'), sentence('{quote} if the "!" is text', quote=_QUOTE)),
    "while scanning a block scalar": (sentence('the line after "|" or ">" is not what a block of text needs'), sentence("start the text on the next line, indented")),
    "while scanning a plain scalar": (sentence("this text needs quotes"), _QUOTE),
    "while scanning for the next token": (sentence("this character cannot stand here"), _QUOTE),
}
_ENDS = frozenset({"while parsing a flow mapping", "while parsing a flow sequence"})


#: What stands on a line by itself when two versions were merged and nobody chose.
_MERGE = re.compile(r"(<{7}|={7}|>{7}|\|{7})(?: .*)?")
_BULLET = re.compile(r"( *)(--+|->|→|[–—−•·*+▪◦○●]|\d+[.)]|[a-z]\))(?= +\w)")
_SPACELESS = re.compile(r"( *(?:- +)?)([a-z_]+):([^\s:/].*)")
#: A key and its value with a no-break space between them, or the sign of other formats.
_UNPARTED = re.compile(r"( *(?:- +)?)([a-z_]+)(:[\u00a0\u202f] *| *= *)([^\s=].*)")
#: Keys that begin a line.
_KEYS = "schema|playbook|version|title|id|at|kind|channels?|tone|grants|claim|approval|fallback|if|after|template|steps|debtor|calendar|contact|holidays|name|expect|case|invoices|events|on|step|tests|routes|promises|never|while|within|of|language|templates|playbooks|journal|sender|payment|iban"
#: Keys that hold a list.
_LISTS = frozenset({"channels", "claim", "after", "weekdays", "weekend", "stop_when", "hold_while", "profiles", "drop", "cc", "formerly", "templates", "playbooks", "address", "contains", "without"})
#: A key of the language and its value with nothing but a space between them.
_COLONLESS = re.compile(rf"( *(?:- +)?)({_KEYS}) +([^\s:=#-][^:]*)")
_OPENED = re.compile(r"""( *(?:- +)?[^\s:'"#]+: +)(["'])((?:(?!\2).)*)""")
#: A value in quotes that has the same quote within, as `'L'impayé'` and `"un "rappel" simple"` have.
_QUOTED_WITHIN = re.compile(r"""( *(?:- +)?[^\s:'"#]+: +)(["'])((?:(?!\2).)+\2[^\s,:].*?)\2""")
#: A key and a value that stands in no quotes and no brackets.
_PLAIN = re.compile(r"""( *)((?:- +)?[^\s:'"#{[]+): +([^\s'"{[|>&*#].*?) *""")
#: A key with another sign than a colon behind it, or none.
_SIGNED = re.compile(r"( *)((?:- +)?[^\W\d][\w-]*) *(?:->|=>|→|⇒|:=|\u2192|;|,|\||\uff1a) *(\S.*)")
#: A comparison as the value of a fact, between braces.
_COMPARED = re.compile(r"([^\W\d]\w*) *: *(>=|<=|≥|≤|>|<) *[\"']?(\d[\d \u00a0\u202f]*(?:[.,]\d+)?)[\"']? *(?:€|EUR|euros?)?")


def explain(error: yaml.YAMLError, lines: list[str], path: str) -> Diagnostic:
    """Say where and why reading stopped. A mistake that the parser feels lines later is told where it was made."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return _made_before(lines, path, mark.line if mark is not None else len(lines)) or _felt(error, lines, path)


def _made_before(lines: Sequence[str], path: str, felt: int) -> Diagnostic | None:
    """Find what authors do on a line above the one where the parser stopped."""
    for number, line in enumerate(lines, 1):
        if _MERGE.fullmatch(line):
            hint = sentence("keep one of the two versions, and delete the lines of <, = and >")
            return Span(path, number, 1, number, len(line) + 1).diagnostic("PB002", sentence("two versions of this file were merged and nobody chose"), hint=hint)
    for number in range(min(felt + 1, len(lines)), 0, -1):
        line = lines[number - 1]
        if felt + 1 - number <= 2 and (found := re.match(r" *[\u00a0\u202f\u2007\u3000]+", line)) is not None:
            where = Span(path, number, 1, number, len(found[0]) + 1)
            return where.diagnostic("PB002", sentence("no-break spaces stand where this line is indented"), hint=sentence("indent it by {wanted} common spaces", wanted=len(found[0])))
        if felt + 1 - number <= 1 and (found := re.match(r"( *)-([a-z_]+:(?: .*)?)$", line)) is not None:
            where = Span(path, number, len(found[1]) + 1, number, len(found[1]) + 2)
            return where.diagnostic("PB002", sentence('a space is missing behind the "-" of this item'), hint=sentence("write `{written}`", written=f"- {found[2]}"))
        if felt + 1 - number <= 2 and (found := _COLONLESS.fullmatch(line)) is not None:
            start = len(found[1]) + 1
            where = Span(path, number, start, number, start + len(found[2]))
            return where.diagnostic("PB002", sentence('a ":" is missing behind "{key}"', key=found[2]), hint=sentence("write `{key}: {value}`", key=found[2], value=found[3]))
        if felt + 1 - number <= 1 and (found := _BULLET.match(line)) is not None:
            start = len(found[1]) + 1
            message = sentence('an item of a list begins with "-", and this is "{mark}"', mark=found[2])
            return Span(path, number, start, number, start + len(found[2])).diagnostic("PB002", message, hint=sentence('write "-" instead'))
        if felt + 1 - number <= 2 and (found := _SPACELESS.fullmatch(line)) is not None:
            start = len(found[1]) + 1
            where = Span(path, number, start, number, start + len(found[2]) + 1)
            return where.diagnostic("PB002", sentence('a space is missing behind "{key}:"', key=found[2]), hint=sentence("write `{key}: {value}`", key=found[2], value=found[3]))
        if felt + 1 - number <= 2 and (found := _UNPARTED.fullmatch(line)) is not None:
            start = len(found[1]) + 1
            where = Span(path, number, start, number, start + len(found[2]) + len(found[3]))
            message = sentence('a no-break space stands behind "{key}:"', key=found[2]) if "=" not in found[3] else sentence('"{key}" has "=" behind it, and not ":"', key=found[2])
            return where.diagnostic("PB002", message, hint=sentence("write `{key}: {value}`", key=found[2], value=found[4]))
        if felt + 1 - number <= 2 and (found := re.fullmatch(r"( *(?:- +)?[a-z_]+: +(?:\[[^\[\]]*\]|\{.*\}))([,;]) *", line)) is not None:
            where = Span(path, number, len(found[1]) + 1, number, len(found[1]) + 2)
            return where.diagnostic("PB002", sentence('a "{mark}" stands behind the value', mark=found[2]), hint=sentence("delete it"))
        if felt + 1 - number <= 2 and (found := _QUOTED_WITHIN.fullmatch(line)) is not None:
            start = len(found[1]) + 1
            where = Span(path, number, start, number, len(line) + 1)
            other = '"' if found[2] == "'" else "'"
            value = found[3].replace(other, other * 2 if other == "'" else '\\"')
            return where.diagnostic("PB002", sentence("the {quote} within ends the text that it began with", quote=found[2]), hint=sentence("close them: {quote}{value}{quote}", quote=other, value=value))
        if (found := _OPENED.fullmatch(line)) is not None:
            start = len(found[1]) + 1
            where = Span(path, number, start, number, len(line) + 1)
            return where.diagnostic("PB002", sentence("these quotes are never closed on their line"), hint=sentence("close them: {quote}{value}{quote}", quote=found[2], value=found[3].rstrip()))
    return None


def _in_quotes(line: str) -> str | None:
    """Write a key and its value again, the value in quotes, where it stands in none; None where the line is no key with a value."""
    found = _PLAIN.fullmatch(line)
    if found is None or re.match(r"-(?: |$)", found[3]):
        return None
    value, *remark = re.split(r"(?= +#)", found[3], maxsplit=1)
    quote = "'" if '"' in value else '"'
    return f"{found[2]}: {quote}{value.replace(quote, quote * 2)}{quote}{''.join(remark)}"


def _items_beside(lines: Sequence[str], at: int) -> tuple[str, str] | None:
    """Return a key whose first item stands beside it, `channels: - email`, and the whole list in brackets."""
    found = re.fullmatch(r" *(?:- +)?([\w-]+): +-(?: +(\S.*?))? *", lines[at]) if at < len(lines) else None
    if found is None:
        return None
    items = [found[2]] if found[2] else []
    for line in lines[at + 1 :]:
        below = re.fullmatch(r" +- +([^\s:]+) *", line)
        if below is None:
            break
        items.append(below[1])
    return found[1], f"[{', '.join(items)}]"


def _without_colon(lines: Sequence[str], at: int) -> tuple[str, str] | None:
    """Say what is wrong with a line that has no colon, and what to write: another sign behind its key, or the value of the key above it."""
    line = lines[at] if at < len(lines) else ""
    if (signed := _SIGNED.fullmatch(line)) is not None:
        return sentence('a ":" is missing behind "{key}"', key=signed[2].removeprefix("- ").strip()), sentence("write `{written}`", written=f"{signed[2]}: {signed[3]}")
    if (alone := re.fullmatch(rf" *((?:- +)?(?:{_KEYS})) *", line)) is not None:
        return sentence('a ":" is missing behind "{key}"', key=alone[1].removeprefix("- ").strip()), sentence("write `{written}`", written=f"{alone[1]}:")
    above = next((each for each in reversed(lines[:at]) if each.strip()), "")
    key = re.fullmatch(r" *(?:- +)?([\w-]+): *", above)
    if key is None or not line.strip() or ":" in line:
        return None
    text = line.strip()
    return sentence('this is the value of "{key}", and stands no deeper than its key', key=key[1]), sentence("write it behind the key: `{key}: {value}`", key=key[1], value=f"[{text}]" if key[1] in _LISTS else text)


def _comparison(line: str) -> tuple[int, int, str] | None:
    """Write `balance: > 500` as the bound that it means. Returns column, width and what to write."""
    found = _COMPARED.search(line)
    fact = meant(found[1], (*MONEY_FACTS, *COUNT_FACTS)) if found is not None else None
    bound = next((word for word in known(found[2]) or () if word in BOUNDS), None) if found is not None else None
    if found is None or fact is None or bound is None:
        return None
    number = re.sub(r"\s", "", found[3]).replace(",", ".")
    return found.start() + 1, len(found[0].rstrip()), f"{fact}: {{{bound}: {number if fact in COUNT_FACTS else chr(34) + number + chr(34)}}}"


def _unaligned(lines: Sequence[str], mark: Any) -> tuple[str, str] | None:
    """Say how far a key that is one of an item above it has to move."""
    line = lines[mark.line] if mark.line < len(lines) else ""
    if line.lstrip().startswith("-"):
        return None
    above = next((each for each in reversed(lines[: mark.line]) if each.strip()), "")
    named = re.fullmatch(r" *([^\W\d][\w.-]*): *(?:#.*)?", line)
    dash = next((len(each) - len(each.lstrip()) for each in reversed(lines[: mark.line]) if each.lstrip().startswith("- ")), None)
    below = next((each for each in lines[mark.line + 1 :] if each.strip()), "")
    if named is not None and dash == mark.column and len(below) - len(below.lstrip()) > mark.column and not re.fullmatch(_KEYS, named[1]):
        return sentence('this begins an item of a list, and has no "-" as the items above it have'), sentence("write `{written}`", written=f"- id: {named[1]}")
    item = re.match(r" *- +", above)
    wanted = item.end() if item else len(above) - len(above.lstrip())
    if wanted == mark.column:
        return None
    return sentence("this line does not line up with the keys above it"), sentence("indent it by {wanted} spaces, so that it stands under the key above it", wanted=wanted)


def _first_dash(lines: Sequence[str], mark: Any) -> tuple[int, str] | None:
    """Find the first item of a list, where it lacks the "-" that the items below it have; returns its line and what to write."""
    if mark.line >= len(lines) or not lines[mark.line].lstrip().startswith("- "):
        return None
    found: tuple[int, str] | None = None
    for number in range(mark.line, 0, -1):
        line = lines[number - 1]
        deep = len(line) - len(line.lstrip())
        if not line.strip() or deep > mark.column:
            continue
        if deep < mark.column:
            break
        key = re.fullmatch(r" *([\w.-]+):(.*)", line)
        if key is None:
            return None
        above = next((each.strip() for each in reversed(lines[: number - 1]) if each.strip() and len(each) - len(each.lstrip()) < mark.column), "")
        item = f"- id: {key[1]}" if not key[2].strip() else f"- playbook: {key[1]}" if above == "routes:" and key[1] not in {"playbook", "if"} else f"- {line.strip()}"
        found = number, sentence("write `{written}`", written=item)
    return found


def _dash_out(lines: Sequence[str], mark: Any) -> int | None:
    """Return how far the "-" of the item above stands, where the one that was stopped at stands elsewhere."""
    line = lines[mark.line] if mark.line < len(lines) else ""
    if not line.lstrip().startswith("- "):
        return None
    above = next((each for each in reversed(lines[: mark.line]) if each.lstrip().startswith("- ")), None)
    deep = len(above) - len(above.lstrip()) if above is not None else None
    return deep if deep is not None and deep != len(line) - len(line.lstrip()) else None


def _second_key(line: str) -> tuple[int, int, str] | None:
    """Find a second key on a line: one that begins a mapping without braces, or one that belongs on a line of its own. Returns column, width and what to write."""
    if (braces := re.fullmatch(r"( *(?:- +)?)([a-z_]+): +([a-z_]+) *: +(\{.*\}|\S+)", line.rstrip())) is not None:
        value = braces[4].rstrip("}") if "{" not in braces[4] else braces[4]
        written = f"{braces[1].lstrip()}{braces[2]}: {{{braces[3]}: {value}}}"
        return braces.start(3) + 1, len(braces[3]), sentence("write `{written}`", written=written)
    if (two := re.fullmatch(rf"( *(?:- +)?)(?:[a-z_]+): +.*?\S[,;]? +(({_KEYS}): .*)", line.rstrip())) is not None:
        return two.start(2) + 1, len(two[3]), sentence("write `{written}` on a line of its own, under the key above it", written=two[2])
    return None


def _too_deep(lines: Sequence[str], mark: Any) -> tuple[int, str, str] | None:
    """Say how far a key that stands deeper than the finished one above it has to move."""
    line = lines[mark.line] if mark is not None and mark.line < len(lines) else ""
    own = re.match(r"( *)[\w.-]+:(?: |$)", line)
    above = next((each for each in reversed(lines[: mark.line]) if each.strip()), "") if own is not None else ""
    done = re.match(r"( *(?:- +)?)[\w.-]+: +\S", above)
    if own is None or done is None or len(own[1]) <= len(done[1]):
        return None
    return len(own[1]), sentence("this line is indented deeper than the keys above it"), sentence("indent it by {wanted} spaces, so that it stands under the key above it", wanted=len(done[1]))


def _felt(error: yaml.YAMLError, lines: list[str], path: str) -> Diagnostic:
    """Say where the parser stopped, and what it lacked there."""
    problem, context = str(getattr(error, "problem", "") or ""), str(getattr(error, "context", "") or "")
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    message, hint = _KNOWN.get(problem) or _CONTEXT.get(context) or (sentence("the text is not YAML from here on"), None)
    if context in {"while parsing a block mapping", "while parsing a block collection"} and mark is not None:
        message, hint = _unaligned(lines, mark) or (message, hint)
    if mark is not None and context in {"while parsing a block mapping", "while parsing a block collection"} and (out := _dash_out(lines, mark)) is not None:
        return Span(path, mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2).diagnostic("PB002", sentence('this "-" does not line up with those above it'), hint=sentence('indent it by {wanted} spaces, as the "-" above it', wanted=out))
    if context == "while parsing a block mapping" and mark is not None and (first := _first_dash(lines, mark)) is not None:
        return Span(path, first[0], 1, first[0], len(lines[first[0] - 1]) + 1).diagnostic("PB002", sentence('this begins an item of a list, and has no "-" as the item on line {line} has', line=mark.line + 1), hint=first[1])
    if problem == "mapping values are not allowed here" and mark is not None and (second := _second_key(lines[mark.line] if mark.line < len(lines) else "")) is not None:
        return Span(path, mark.line + 1, second[0], mark.line + 1, second[0] + second[1]).diagnostic("PB002", sentence('a second ":" on this line is read as another key'), hint=second[2])
    if problem == "mapping values are not allowed here" and mark is not None and (deep := _too_deep(lines, mark)) is not None:
        return Span(path, mark.line + 1, 1, mark.line + 1, deep[0] + 1).diagnostic("PB002", deep[1], hint=deep[2])
    beside = _items_beside(lines, mark.line) if mark is not None and getattr(message, "template", None) == 'a "-" starts a list item in the wrong place' else None
    if mark is not None and beside is not None and beside[0] not in _LISTS and "," not in beside[1] and (text := re.fullmatch(r" *((?:- +)?[\w-]+): +(- .*?) *", lines[mark.line])) is not None:
        hint = sentence("put the whole value in quotes: `{written}`", written=f'{text[1]}: "{text[2]}"')
    elif beside is not None:
        hint = sentence("write `{key}: {value}`, or each item on a line of its own below the key", key=beside[0], value=beside[1])
    opened: Any = getattr(error, "context_mark", None)
    if problem == "could not find expected ':'" and opened is not None and (bare := _without_colon(lines, opened.line)) is not None:
        row = lines[opened.line]
        return Span(path, opened.line + 1, len(row) - len(row.lstrip()) + 1, opened.line + 1, len(row) + 1).diagnostic("PB002", bare[0], hint=bare[1])
    if mark is not None and mark.line < len(lines) and (compared := _comparison(lines[mark.line])) is not None:
        column, width, written = compared
        return Span(path, mark.line + 1, column, mark.line + 1, column + width).diagnostic("PB002", message, hint=sentence("write {written}", written=written))
    if mark is not None and mark.line < len(lines) and getattr(hint, "template", None) in _ASKS_FOR_QUOTES and (quoted := _in_quotes(lines[mark.line])) is not None:
        round_ = re.fullmatch(r" *((?:- +)?[^\s:]+: +)\((.*:.*)\) *", lines[mark.line])
        hint = sentence("write `{written}`", written=f"{round_[1]}{{{round_[2]}}}") if round_ else sentence("put the whole value in quotes: `{written}`", written=quoted)
    if context in _ENDS and opened is not None:
        what = "{" if "mapping" in context else "["
        message = sentence('{message} for the "{what}" on line {line}', message=message, what=what, line=opened.line + 1)
        wrong, right = ("]", "}") if what == "{" else ("}", "]")
        if mark is not None and mark.line < len(lines) and lines[mark.line][mark.column : mark.column + 1] == wrong:
            hint = sentence('write "{right}" in place of "{wrong}"', right=right, wrong=wrong)
        if mark is not None and mark.line == opened.line and ";" in lines[mark.line][opened.column : mark.column]:
            hint = sentence('write "," between them, not ";"')
        if mark is not None and mark.line > opened.line:
            mark, hint = opened, sentence('write "{closing}" at the end of this line', closing="}" if what == "{" else "]")
    if problem == "found unexpected end of stream" and opened is not None:
        mark, message = opened, sentence("these quotes are never closed")
    if mark is None:
        return Span(path).diagnostic("PB002", message, hint=hint)
    if hint is None and context == "while parsing a flow node" and mark.line < len(lines) and re.search(r", *,", lines[mark.line]):
        hint = sentence('two "," follow each other: delete one')
    line, column = mark.line + 1, mark.column + 1
    if line > len(lines):  # the end of the file: point behind its last character
        line = max(1, len(lines))
        column = len(lines[line - 1]) + 1
    width = _width(lines[line - 1][column - 1 :])
    return Span(path, line, column, line, column + width).diagnostic("PB002", message, hint=hint)


def _width(rest: str) -> int:
    """Take the word that stands there, or one character."""
    word = rest.split(maxsplit=1)[0] if rest.strip() and not rest[0].isspace() else ""
    return max(1, len(word.split(":", 1)[0]) if word else 1)
