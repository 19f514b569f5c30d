"""The walk over a parsed wording and its blocks: each name against the declared context, each computation against what it computes with.

Owns the findings of a template (PB401 to PB413) and their positions. Renders nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import Any

from jinja2 import Environment, TemplateAssertionError, TemplateSyntaxError, nodes

from relance.factcheck import undeclared
from relance.language.vocabulary import meant
from relance.letters.computing import FILTERS
from relance.letters.fields import Context, Undertaking, is_group, item_of, members
from relance.letters.figures import DayText, Money
from relance.letters.mending import (
    block_meant,
    left_open,
    merge_fields,
    near_filter,
    near_name,
    of_line,
    unclosed,
    whole_name,
    within_group,
)
from relance.letters.sms import secret_in
from relance.letters.text_codes import CODES
from relance.letters.wording import (
    FILES,
    READY,
    Templates,
    jinja_said,
    split_front_matter,
)
from relance.model import TONES, Channel, Diagnostic, Severity, StepKind
from relance.sentences import sentence

#: Names whose values come from a closed list.
_VOCABULARY: Mapping[str, frozenset[str]] = {
    "tone": frozenset(TONES),
    "channel": frozenset(FILES),
    "kind": frozenset(StepKind),
    "language": frozenset(),
    "debtor.kind": frozenset({"business", "consumer", "public"}),
    "creditor.kind": frozenset({"business", "consumer", "public"}),
    "sender.kind": frozenset({"business", "consumer", "public"}),
    "asks": frozenset({"whole", "arrears"}),
}
#: Types of what is read and does not compute; what computes of it, and as what; and how a type is named.
_TEXTS = frozenset({str, Money, DayText})
_COMPUTES: Mapping[Any, tuple[str, Any]] = {Money: ("amount", Decimal), DayText: ("date", date)}
#: The groups whose parts a word that stands alone may mean, the likeliest first.
_SEARCHED = ("invoice", "sums", "debtor", "payment", "sender")
_KINDS = {int: sentence("a number"), Decimal: sentence("a number"), bool: sentence("true or false")}
#: Groups of which an SMS may say nothing.
_TELLING = frozenset(
    {"sums", "invoice", "invoices", "payment", "receipts", "promise", "plan", "dispute", "days_overdue", "deadline", "notice"}
)
#: The braces of an instruction, with a space inside that makes text of them.
_SPACED = re.compile(r"\{ +[%{]|[%}] +\}")
#: Filters that make or take a number.
_NUMERIC = frozenset({"round", "int", "float", "abs", "sum", "filesizeformat"})
_ORDERED = frozenset({"lt", "gt", "lteq", "gteq"})
_TAG = re.compile(r"<!--.*?-->|</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]*)?/?>")


@lru_cache(maxsize=2048)
def _tree(environment: Environment, body: str) -> nodes.Template:
    """Parse a template whose filters and tests exist. Blocks stand in many wordings; the tree is shared: do not change it."""
    tree = environment.parse(body)
    for node in tree.find_all((nodes.Filter, nodes.Test)):
        if isinstance(node, nodes.Filter):
            message, known = sentence("there is no filter '{name}'", name=node.name), environment.filters
        else:
            message, known = sentence("there is no test '{name}'", name=node.name), environment.tests
        if node.name not in known:  # elsewhere only the compiler says so, and that costs as much again
            raise TemplateAssertionError(message, node.lineno)
    return tree


@dataclass
class TemplateWalk:
    """One walk over a wording and its blocks. A type is a group, `tuple[group, ...]`, `str`, `int`, `bool`, or None: not known."""

    templates: Templates
    language: str
    channel: Channel
    findings: list[Diagnostic]
    path: str = ""
    lines: list[str] = field(default_factory=list)
    shift: int = 0
    entered: tuple[str, ...] = ()
    constants: tuple[str, ...] = ()

    def source(self, body: str, path: str, text: str, *, first_line: int = 1, scope: Mapping[str, Any] | None = None) -> None:
        """Parse a template and visit it; `text` is the whole file, where columns are looked up."""
        outer = self.path, self.lines, self.shift
        self.path, self.lines, self.shift = path, text.split("\n"), first_line - 1
        try:
            tree = _tree(self.templates.environment, body)
        except TemplateSyntaxError as error:
            self.unreadable(error)
        else:
            self.visit(tree, dict(scope or {}))
        self.path, self.lines, self.shift = outer

    def unreadable(self, error: TemplateSyntaxError) -> None:
        """Report a template that cannot be read, at the line that was opened and never closed where that is the reason."""
        rows = self.lines[self.shift :]
        if "end of template" in (error.message or "").lower() and (left := left_open(rows)) is not None:
            self.say("PB401", left[0], sentence("this is opened and never closed"), "", sentence("write '{written}' behind what belongs to it", written=left[1]))
            return
        if not isinstance(error, TemplateAssertionError) and (begun := unclosed(rows[: error.lineno])) is not None:
            self.say("PB401", begun[0], sentence("this instruction is never closed on its line"), rows[begun[0] - 1][rows[begun[0] - 1].rindex("{%") :], sentence("write '{written}'", written=begun[1]))
            return
        line = rows[error.lineno - 1] if 0 < error.lineno <= len(rows) else ""
        hint = (near_filter(str(error.message)) or READY) if isinstance(error, TemplateAssertionError) else of_line(line)
        if hint is None and "unknown tag 'end" in (error.message or "") and (left := left_open(rows[: error.lineno - 1])) is not None:
            hint = sentence("write '{written}'", written=left[1])
        if "unknown tag 'end" in (error.message or "") and hint is not None and (twice := str(getattr(hint, "parts", {}).get("written", ""))) in line and left_open([*rows[: error.lineno - 1], line.replace(twice, "", 1)]) is None:
            self.say("PB401", error.lineno, jinja_said(error.message), twice, sentence("delete it"))
            return
        self.say("PB401", error.lineno, jinja_said(error.message), "", hint)

    def say(self, code: str, line: int, message: str, token: str, hint: str | None = None) -> None:
        """Report something on a line, under a token where it stands there."""
        number = line + self.shift
        shown = self.lines[number - 1] if 0 < number <= len(self.lines) else ""
        after = r"(?!\w)" if token[-1:].isalnum() else ""
        found = re.search(rf"(?<![\w.]){re.escape(token)}{after}", shown) if token else None
        column = found.start() + 1 if found else 1
        end = column + len(token) if found else len(shown) + 1
        severity = CODES[code].severity if code in CODES else Severity.ERROR
        self.findings.append(Diagnostic(self.path, number, column, code, severity, message, number, end, hint))

    # ----------------------------------------------------------------- statements

    def visit(self, node: nodes.Node, scope: dict[str, Any]) -> None:
        """Visit a statement and what stands in it; `scope` holds the names set so far, with their types."""
        match node:
            case nodes.For():
                kind = self.type_of(node.iter, scope)
                if is_group(kind) or kind in _TEXTS:
                    shown = _dotted(node.iter)
                    hint = sentence("did you mean '{near}'?", near=f"{shown}s") if f"{shown}s" in members(Context) else None
                    self.say("PB402", node.lineno, sentence("'{shown}' is one, and no list to go through", shown=shown), shown, hint)
                inner = dict(scope, loop=None)
                self.bind(node.target, item_of(self.type_of(node.iter, scope)), inner)
                for child in (*node.body, *([node.test] if node.test else ())):
                    self.visit(child, inner)
                for child in node.else_:
                    self.visit(child, scope)
            case nodes.Assign():
                self.bind(node.target, self.type_of(node.node, scope), scope)
            case nodes.AssignBlock():
                for child in node.body:
                    self.visit(child, dict(scope))
                self.bind(node.target, str, scope)
            case nodes.Macro():
                scope[node.name] = None
                inner = dict(scope, **{name.name: None for name in node.args}, caller=None, varargs=None, kwargs=None)
                for child in (*node.defaults, *node.body):
                    self.visit(child, inner)
            case nodes.If() if isinstance(node.test, nodes.Tuple):
                self.listed(node)
                for child in (*node.body, *node.elif_, *node.else_):
                    self.visit(child, scope)
            case nodes.Include():
                self.include(node, scope)
            case nodes.Import():
                scope[node.target] = None
            case nodes.FromImport():
                scope.update({(name if isinstance(name, str) else name[1]): None for name in node.names})
            case nodes.TemplateData():
                self.data(node)
            case nodes.Output():
                for child, behind in zip(node.nodes, (*node.nodes[1:], None), strict=True):
                    self.visit(child, scope)
                    if not isinstance(child, nodes.TemplateData):
                        self.bare(child, scope)
                        self.twice(child, behind, scope)
            case nodes.Expr():
                self.type_of(node, scope)
            case _:
                for child in node.iter_child_nodes():
                    self.visit(child, scope)

    def listed(self, node: nodes.If) -> None:
        """Report a condition that a comma makes a pair of: it always holds."""
        test = node.test
        hint = None
        if isinstance(test, nodes.Tuple) and isinstance(first := test.items[0], nodes.Compare) and len(first.ops) == 1 and first.ops[0].op == "eq" and all(isinstance(each, nodes.Const) for each in (first.ops[0].expr, *test.items[1:])):
            words = [f'"{each.value}"' for each in (first.ops[0].expr, *test.items[1:]) if isinstance(each, nodes.Const)]
            hint = sentence("write '{written}'", written=f"{{% if {_dotted(first.expr)} in ({', '.join(words)}) %}}")
        line = self.lines[node.lineno + self.shift - 1] if node.lineno + self.shift <= len(self.lines) else ""
        told = next((each[0] for each in re.finditer(r"\{%-? *(?:el)?if .*?%\}", line) if "," in each[0]), "")
        self.say("PB413", node.lineno, sentence("a comma makes several values of this condition, which always holds"), told, hint or sentence('write "and" or "or" between them'))

    def bind(self, target: nodes.Node, kind: Any, scope: dict[str, Any]) -> None:
        """Give the names that a statement sets their type."""
        for name in target.find_all(nodes.Name):
            scope[name.name] = None
        if isinstance(target, nodes.Name):
            scope[target.name] = kind

    def include(self, node: nodes.Include, scope: dict[str, Any]) -> None:
        """Visit a block that is included, once on a way."""
        if not isinstance(node.template, nodes.Const):
            line = self.lines[node.lineno + self.shift - 1]
            bare = re.search(r"include +([^\s\"'%}]+)", line)
            if bare is not None and "/" in bare[1]:
                self.say("PB406", node.lineno, sentence("the name of a block stands in quotes"), bare[1], sentence('write "{written}" in quotes', written=bare[1]))
                return
            self.type_of(node.template, scope)
            return
        name = str(node.template.value)
        read = self.templates.read(f"{self.language}/{name}")
        if read is None:
            stem = name.rpartition("/")[2].partition(".")[0]
            near = [block for block in self._blocks() if block in {f"_blocks/{stem}.md.j2", f"_blocks/{block_meant(stem)}.md.j2"}] or get_close_matches(name, self._blocks(), 1)
            self.say("PB406", node.lineno, sentence("the block '{name}' is not there", name=name), name, sentence("did you mean '{near}'?", near=near[0]) if near else None)
        elif name not in self.entered:
            self.entered += (name,)
            self.source(split_front_matter(read[1])[1], *read, scope=scope)
            self.entered = self.entered[:-1]

    @staticmethod
    @cache
    def groups() -> Mapping[str, Any]:
        """Return the groups of names that a wording reads from, with the names in each."""
        known = members(Context)
        return {name: members(kind) for name, kind in known.items() if is_group(kind)}

    def _blocks(self) -> list[str]:
        folders = (folder.joinpath(self.language, "_blocks") for folder in self.templates.folders)
        return [f"_blocks/{each.name}" for folder in folders if folder.is_dir() for each in folder.iterdir()]

    def data(self, node: nodes.TemplateData) -> None:
        """Look through the text between the instructions."""
        for number, line in enumerate(node.data.split("\n")):
            if found := _SPACED.search(line):
                self.say("PB401", node.lineno + number, sentence("'{found}' is printed as it stands", found=found[0]), found[0], sentence("write '{written}'", written="".join(found[0].split())))
            for blank, way in () if _SPACED.search(line) else merge_fields(line, self.groups()):
                self.say("PB401", node.lineno + number, sentence("'{found}' is printed as it stands", found=blank), blank, way)
            if found := _TAG.search(line):
                way = sentence("write '{written}'", written=f"{{#{found[0][4:-3]}#}}") if found[0].startswith("<!--") else sentence("write **bold**, *italic*, or a line of its own")
                self.say("PB409", node.lineno + number, sentence("'{found}' is HTML; a wording is Markdown", found=found[0]), found[0], way)
            for figure in undeclared(line, self.constants):
                hint = sentence('a figure of one case comes from a name in braces; one that is true of every case is declared: constants: ["{figure}"]', figure=figure)
                self.say("PB611", node.lineno + number, sentence("'{figure}' stands in the wording and cannot be true of every case", figure=figure), figure, hint)
            if self.channel is Channel.SMS and (word := secret_in(line)):
                self.say("PB408", node.lineno + number, sentence("a text message says '{word}', in which somebody else could read a debt", word=word), word)

    # ----------------------------------------------------------------- expressions

    def type_of(self, node: nodes.Node, scope: Mapping[str, Any]) -> Any:
        """Return the type of an expression, reporting every name in it that is not declared."""
        match node:
            case nodes.Name():
                return self.name(node, scope)
            case nodes.Getattr() if isinstance(node.node, nodes.Name) and node.node.name not in scope and node.node.name not in members(Context) and (whole := whole_name(_dotted(node), self.groups())) is not None:
                self.say("PB402", node.lineno, sentence("there is no '{shown}'", shown=_dotted(node)), _dotted(node), sentence("did you mean '{near}'?", near=whole))
                return None
            case nodes.Getattr():
                return self.member(node, node.attr, self.type_of(node.node, scope))
            case nodes.Getitem():
                kind, key = self.type_of(node.node, scope), node.arg
                if isinstance(key, nodes.Const) and isinstance(key.value, str):
                    return self.member(node, key.value, kind)
                self.type_of(key, scope)
                return item_of(kind)
            case nodes.Compare():
                self.compare(node)
                self.ordered(node, scope)
            case nodes.BinExpr():
                return self.computed(node, scope)
            case nodes.Filter() if node.name in FILTERS and node.node is not None:
                return self.printed(node, scope)
            case nodes.Filter() if node.name in _NUMERIC and node.node is not None:
                kind = self.type_of(node.node, scope)
                if kind in _TEXTS:
                    self.text(node, node.node)
                return Decimal if kind is Decimal else int
            case nodes.Filter() if node.name in ("first", "last", "min", "max") and node.node is not None:
                return item_of(self.type_of(node.node, scope))
            case nodes.Filter() if node.name in ("reverse", "sort", "list", "unique") and node.node is not None:
                return self.type_of(node.node, scope)
            case nodes.CondExpr():
                self.type_of(node.test, scope)
                kinds = [self.type_of(part, scope) for part in (node.expr1, node.expr2) if part is not None]
                return kinds[0] if len(set(kinds)) == 1 else None
        for child in node.iter_child_nodes():
            self.type_of(child, scope)
        return None

    def name(self, node: nodes.Name, scope: Mapping[str, Any]) -> Any:
        """Return the type of a name; report one that nobody fills."""
        if node.name in scope:
            return scope[node.name]
        known = members(Context)
        if node.name not in known:
            near = (whole_name(node.name, self.groups()) if "_" in node.name else None) or near_name(node.name, [*known, *scope])
            if near is None or is_group(known.get(near)):
                near = within_group(node.name, {group: members(known[group]) for group in _SEARCHED}) or near
            if node.name in TONES:
                hint = sentence("write '{written}'", written=f'"{node.name}"')
            else:
                hint = sentence("did you mean '{near}'?", near=near) if near else sentence("`relance template vars` lists the names there are")
            self.say("PB402", node.lineno, sentence("there is no '{name}'", name=node.name), node.name, hint)
            return None
        if self.channel is Channel.SMS and node.name in _TELLING:
            self.say("PB408", node.lineno, sentence("a text message must not say '{name}': somebody else could read a debt in it", name=node.name), node.name)
        return known[node.name]

    def member(self, node: nodes.Node, attribute: str, kind: Any) -> Any:
        """Return the type of a part of a value; report one that is not there."""
        if kind is None:
            return None
        shown = _dotted(node)
        if attribute == _COMPUTES.get(kind, ("", None))[0]:
            return _COMPUTES[kind][1]
        if is_group(kind):
            known = members(kind)
            if attribute in known:
                return known[attribute]
            near = near_name(attribute, known)
            hint = sentence("did you mean '{near}'?", near=f"{shown.rpartition('.')[0]}.{near}") if near else sentence("it has {names}", names=list(known))
            self.say("PB402", node.lineno, sentence("there is no '{shown}'", shown=shown), shown, hint)
        else:
            what = (
                sentence("a list: loop over it, or take its '| first'")
                if item_of(kind)
                else _KINDS.get(kind, sentence("text"))
            )
            self.say("PB402", node.lineno, sentence("there is no '{shown}': what stands before the dot is {what}", shown=shown, what=what), shown)
        return None

    def bare(self, node: nodes.Expr, scope: Mapping[str, Any]) -> None:
        """Report a number or a day that was computed and is printed by no filter, and a whole group or list, of which its inner form would be printed."""
        self.findings, kept = [], self.findings
        kind = self.type_of(node, scope)
        self.findings = kept
        if kind in (Decimal, date):
            way = "money" if kind is Decimal else "date"
            self.say("PB413", node.lineno, sentence("what is computed is printed by a filter"), "", sentence("put it in brackets and write `| {filter}` behind", filter=way))
        if isinstance(node, nodes.Name | nodes.Getattr) and is_group(kind) and "__str__" not in vars(kind):
            self.whole(node, members(kind))

    def whole(self, node: nodes.Name | nodes.Getattr, known: Mapping[str, Any]) -> None:
        """Report a group of names that is printed as one."""
        shown = _dotted(node)
        line = self.lines[node.lineno + self.shift - 1] if 0 < node.lineno + self.shift <= len(self.lines) else ""
        braces = re.search(rf"\{{\{{-? *{re.escape(shown)} *-?\}}\}}", line)
        leaf = next((name for name in ("name", "id", "total") if name in known), None)
        hint = sentence("write '{written}'", written=f"{{{{ {shown}.{leaf} }}}}") if leaf is not None and braces is not None else sentence("it has {names}", names=list(known))
        self.say("PB413", node.lineno, sentence("'{shown}' is several things at once: its inner form would be printed", shown=shown), braces[0] if braces is not None else shown, hint)

    def twice(self, node: nodes.Expr, behind: nodes.Node | None, scope: Mapping[str, Any]) -> None:
        """Report an amount behind which its currency is written again, and two values where a decimal comma was meant."""
        if isinstance(node, nodes.Tuple):
            names = [each.name for each in node.items if isinstance(each, nodes.Name)]
            meant = f"{{{{ {'.'.join(names)} }}}}" if len(names) == len(node.items) == 2 and names[1] in self.groups().get(names[0], ()) else None
            hint = sentence("write '{written}'", written=meant) if meant else sentence("write decimals with a point, as in 1.1")
            line = self.lines[node.lineno + self.shift - 1] if node.lineno + self.shift <= len(self.lines) else ""
            told = next((each for each in re.findall(r"\{\{[^{}]*\}\}", line) if "," in each), "") if meant else ""
            self.say("PB413", node.lineno, sentence('a "," makes two values here: both would be printed, in brackets'), told, hint)
        money = isinstance(node, nodes.Filter) and node.name == "money"
        if isinstance(behind, nodes.TemplateData) and (found := re.match(r"[\s\u00a0\u202f]*(€|EUR\b|euros?\b)", behind.data)) is not None:
            self.findings, kept = [], self.findings
            kind = self.type_of(node, scope)
            self.findings = kept
            if money or kind is Money:
                self.say("PB413", behind.lineno, sentence("an amount is printed with its currency, and '{found}' stands behind it again", found=found[1]), found[1], sentence("take '{found}' away", found=found[1]))

    def printed(self, node: nodes.Filter, scope: Mapping[str, Any]) -> Any:
        """Hold what a filter prints or counts from against what it takes."""
        value = node.node
        assert value is not None
        kind = self.kind(value, scope)
        for each in node.args:
            self.type_of(each, scope)
        takes = {"plus_days": "days", "instalments": "number"}.get(node.name)
        given = [each.key for each in node.kwargs] + [takes] * len(node.args)
        if given != ([takes] if takes else []):
            shown, written = f"| {node.name}", f"| {node.name}(3)" if takes else f"| {node.name}"
            self.say("PB401", node.lineno, sentence("'{shown}' is not given what it takes", shown=shown), shown, sentence("write '{written}'", written=written))
        wanted = (DayText, date) if node.name in ("date", "plus_days") else (Money, Decimal, int)
        if kind is not None and kind not in wanted:
            self.text(node, value)
        return {"money": str, "date": str, "plus_days": date, "instalments": tuple[Undertaking, ...]}[node.name]

    def text(self, node: nodes.Node, value: nodes.Node, kind: Any = None) -> None:
        """Report a text, of this type where it matters, that a wording takes for a number."""
        shown, way = _dotted(value), READY
        if kind is DayText and isinstance(node, nodes.Add) and isinstance(node.right, nodes.Const) and isinstance(node.right.value, int):
            way = sentence("as in {written}", written=f"{{{{ {shown} | plus_days({node.right.value}) | date }}}}")
        self.say("PB413", node.lineno, sentence("'{shown}' is text made for reading, and no number", shown=shown), shown, way)

    def kind(self, node: nodes.Node, scope: Mapping[str, Any]) -> Any:
        """Return the type of an expression; of what is written out, its own."""
        return type(node.value) if isinstance(node, nodes.Const) else self.type_of(node, scope)

    def computed(self, node: nodes.BinExpr, scope: Mapping[str, Any]) -> Any:
        """Hold a computation against the types of both sides. Texts may be set one behind the other, and a written one repeated or filled."""
        sides = [(side, self.kind(side, scope)) for side in (node.left, node.right)]
        kinds = [kind for _, kind in sides]
        if isinstance(node, nodes.And | nodes.Or):
            return kinds[0] if kinds[0] == kinds[1] else None
        told = [(side, kind) for side, kind in sides if kind in _TEXTS and not isinstance(side, nodes.Const)]
        if isinstance(node, nodes.Add) and not {int, float, Decimal, date} & set(kinds):
            return kinds[0] if kinds[0] == kinds[1] else None
        if told and not (isinstance(node, nodes.Mod) and kinds[0] is str and isinstance(node.left, nodes.Const)):
            self.text(node, *told[0])
        return None if set(kinds) & _TEXTS else Decimal if Decimal in kinds else kinds[0]

    def ordered(self, node: nodes.Compare, scope: Mapping[str, Any]) -> None:
        """Report a text that is held against a number, or against anything by its size."""
        left, kind = node.expr, self.kind(node.expr, scope)
        for operand in node.ops:
            other = self.kind(operand.expr, scope)
            texts = [side for side, of in ((left, kind), (operand.expr, other)) if of in _TEXTS and not isinstance(side, nodes.Const)]
            if texts and (operand.op in _ORDERED or (operand.op in {"eq", "ne"} and {int, float, Decimal} & {kind, other})):
                self.text(node, texts[0])
            left, kind = operand.expr, other

    def compare(self, node: nodes.Compare) -> None:
        """Report a word that a closed list does not have."""
        name = _dotted(node.expr)
        if not _VOCABULARY.get(name):
            return
        words = _VOCABULARY[name]
        for operand in node.ops:
            given = operand.expr.items if isinstance(operand.expr, nodes.List | nodes.Tuple) else [operand.expr]
            for each in given:
                if isinstance(each, nodes.Const) and isinstance(each.value, str) and each.value not in words:
                    near = meant(each.value, words)
                    hint = sentence("did you mean '{near}'?", near=near) if near else sentence("it is one of {words}", words=sorted(words))
                    self.say("PB407", each.lineno, sentence("'{name}' is never '{value}'", name=name, value=each.value), each.value, hint)


def _dotted(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{_dotted(node.node)}.{node.attr}"
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        return f"{_dotted(node.node)}.{node.arg.value}"
    return "…"
