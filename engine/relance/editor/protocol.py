"""Answers of the editor's functions in the terms of the Language Server Protocol: places counted from 0, in the client's units."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lsprotocol import types as lsp
from pygls import uris
from pygls.workspace import ServerTextPosition, ServerTextRange, TextDocument

from relance.editor.answers import Edit, Lens, QuickFix, Suggestion, Symbol
from relance.language.place import Span
from relance.model import Diagnostic, Severity
from relance.sentences import said

Opened = Callable[[str], TextDocument]
"""What gives the document of a URI."""

_SEVERITIES = {Severity.ERROR: lsp.DiagnosticSeverity.Error, Severity.WARNING: lsp.DiagnosticSeverity.Warning, Severity.HINT: lsp.DiagnosticSeverity.Information}
_KINDS = {
    "key": lsp.CompletionItemKind.Property, "word": lsp.CompletionItemKind.EnumMember, "step": lsp.CompletionItemKind.Reference,
    "name": lsp.CompletionItemKind.Variable, "filter": lsp.CompletionItemKind.Function, "file": lsp.CompletionItemKind.File,
}  # fmt: skip


def client_place(document: TextDocument, position: lsp.Position) -> tuple[int, int]:
    """Return line and column, counted from 1, of a client's position."""
    place = document.position_from_client_units(position)
    return place.line + 1, place.character + 1


def range_of(document: TextDocument, span: Span) -> lsp.Range:
    """Return a span as the client counts it."""
    start, end = ServerTextPosition(span.line - 1, span.column - 1), ServerTextPosition(span.end_line - 1, span.end_column - 1)
    return document.range_to_client_units(ServerTextRange(start, end))


def span_of(finding: Diagnostic) -> Span:
    """Return where a finding stands; one without an end covers a character."""
    return Span(finding.path, finding.line, finding.column, finding.end_line or finding.line, finding.end_column or finding.column + 1)


def diagnostic(document: TextDocument, finding: Diagnostic, language: str) -> lsp.Diagnostic:
    """Return a finding, its hint on a line of its own."""
    message = said(finding.message, language)
    if finding.hint:
        message += f"\n{said(finding.hint, language)}"
    return lsp.Diagnostic(range_of(document, span_of(finding)), message, severity=_SEVERITIES[finding.severity], code=finding.code, source="relance")


def completion_item(document: TextDocument, suggestion: Suggestion, place: int, *, snippets: bool) -> lsp.CompletionItem:
    """Return a suggestion; `place` is its place among them, which the client keeps."""
    snippet = suggestion.snippet if snippets else None
    return lsp.CompletionItem(
        suggestion.label, kind=_KINDS[suggestion.kind], detail=suggestion.title or None,
        documentation=lsp.MarkupContent(lsp.MarkupKind.Markdown, suggestion.meaning) if suggestion.meaning else None,
        text_edit=lsp.TextEdit(range_of(document, suggestion.span), snippet or suggestion.text),
        insert_text_format=lsp.InsertTextFormat.Snippet if snippet else lsp.InsertTextFormat.PlainText, sort_text=f"{place:04}",
    )  # fmt: skip


def workspace_edit(opened: Opened, edits: Iterable[Edit]) -> lsp.WorkspaceEdit:
    """Return changes of one or more files."""
    changes: dict[str, list[lsp.TextEdit]] = {}
    for span, text in edits:
        uri = uri_of(span.path)
        changes.setdefault(uri, []).append(lsp.TextEdit(range_of(opened(uri), span), text))
    return lsp.WorkspaceEdit(changes=changes)


def code_action(opened: Opened, document: TextDocument, fix: QuickFix, language: str) -> lsp.CodeAction:
    """Return a way out as a quick fix of its finding."""
    return lsp.CodeAction(
        fix.title, kind=lsp.CodeActionKind.QuickFix, diagnostics=[diagnostic(document, fix.finding, language)], edit=workspace_edit(opened, fix.edits), is_preferred=True,
    )  # fmt: skip


def symbol(document: TextDocument, one: Symbol) -> lsp.DocumentSymbol:
    """Return a name of the outline with what is below it."""
    whole = range_of(document, one.span._replace(column=1, end_line=one.last_line, end_column=len(document.lines[one.last_line - 1].rstrip("\r\n")) + 1))
    kind = lsp.SymbolKind.Event if one.kind == "step" else lsp.SymbolKind.Property
    return lsp.DocumentSymbol(one.name, kind, whole, range_of(document, one.span), detail=one.detail or None, children=[symbol(document, each) for each in one.children])


def code_lens(lens: Lens) -> lsp.CodeLens:
    """Return small print; it does nothing when it is chosen."""
    place = lsp.Position(lens.line - 1, 0)
    return lsp.CodeLens(lsp.Range(place, place), command=lsp.Command(lens.title, ""))


def location(opened: Opened, span: Span) -> lsp.Location:
    """Return a place in a file."""
    uri = uri_of(span.path)
    return lsp.Location(uri, range_of(opened(uri), span))


def uri_of(path: str) -> str:
    """Return the URI of a file."""
    return uris.from_fs_path(path) or path
