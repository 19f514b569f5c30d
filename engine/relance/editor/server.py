"""`relance lsp`: a language server on pygls that asks the editor's functions. Owns which files belong together and when findings are told; no rule."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.workspace import TextDocument

from relance.checking import Checker
from relance.editor import completion, family, fixes, hover, protocol, steps, structure, wordings
from relance.editor.answers import Edit
from relance.editor.example import ExampleInvoice
from relance.files import PROJECT, find_above
from relance.language.layout import relaid
from relance.language.parse import day, decimal_amount
from relance.letters.wording import Templates
from relance.model import Diagnostic
from relance.project import load
from relance.sentences import LANGUAGES, said, sentence

#: How long an editor must be still before the file is checked, in seconds.
_STILL = 0.15
_TRIGGERS = [":", " ", "[", "{", ",", "-", "+", ".", "|", '"', "'", "%"]


@dataclass(slots=True)
class EditorSettings:
    """How the author reads, and the example that days are shown for."""

    language: str
    example: ExampleInvoice
    snippets: bool = False


class RelanceServer(LanguageServer):
    """A server for the files of one editor."""

    def __init__(self, settings: EditorSettings, version: str) -> None:
        super().__init__("relance", version, text_document_sync_kind=lsp.TextDocumentSyncKind.Incremental)
        self.settings = settings
        self.told: dict[str, dict[str, tuple[Diagnostic, ...]]] = {}  # by open file: findings by the file they stand in

    def opened(self, uri: str) -> TextDocument:
        """Return a document, as it stands in the editor, else on the disk."""
        return self.workspace.get_text_document(uri)

    def asked(self, document: TextDocument) -> completion.Asked:
        """Return what a function is asked about."""
        return completion.Asked(document.source, document.path, self.settings.language, Templates(*folders_of(Path(document.path))))

    def text_of(self, path: str) -> str:
        """Return the text of a file of the disk, as it stands in the editor where it is open; the empty text where it is none in UTF-8."""
        try:
            return self.opened(protocol.uri_of(path)).source
        except UnicodeDecodeError:
            return ""

    def family_of(self, document: TextDocument, step: str) -> tuple[str | None, Mapping[str, str]]:
        """Return the playbook that defines a step named in a document, and every file (path → text) that may name it."""
        home = family.home(document.source, document.path, step, self.text_of)
        return home, {document.path: document.source} if home is None else family.family(home, self.text_of)

    # -- findings

    def check(self, document: TextDocument) -> tuple[Diagnostic, ...]:
        """Check a document as `relance validate` checks a file; what needs the file itself waits until it is saved."""
        path = Path(document.path)
        if wordings.is_wording(document.path):
            return wordings.wording_findings(document.source, path)
        saved = path.is_file() and path.read_bytes() == document.source.encode()
        return Checker(folders_of(path)).check(document.source.encode(), document.path, path if saved else None, named=False).findings

    def tell(self, document: TextDocument) -> None:
        """Publish what is found, each finding at the file it stands in; what another open file says of that one stays."""
        before = self.told.get(document.uri, {})
        now: dict[str, tuple[Diagnostic, ...]] = {document.uri: ()}
        for finding in self.check(document):
            uri = protocol.uri_of(finding.path)
            now[uri] = (*now.get(uri, ()), finding)
        self.told[document.uri] = now
        for uri in {*before, *now}:
            self._publish(uri)

    def forget(self, uri: str) -> None:
        """Take back what a file that is closed had told."""
        for each in self.told.pop(uri, {}):
            self._publish(each)

    def _publish(self, uri: str) -> None:
        found = sorted({finding for told in self.told.values() for finding in told.get(uri, ())})
        document = self.opened(uri)
        shown = [protocol.diagnostic(document, each, self.settings.language) for each in found]
        self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, shown, version=document.version))


def folders_of(path: Path) -> tuple[Path, ...]:
    """Return the folders of wordings that the project of a file names."""
    found = find_above(path.parent, PROJECT) if path.parent.is_dir() else None
    project = load(found)[0] if found is not None else None
    return project.templates if project is not None else ()


def made(settings: EditorSettings, version: str) -> RelanceServer:
    """Make a server with everything it offers."""
    server = RelanceServer(settings, version)
    _of_life(server)
    _of_writing(server)
    _of_reading(server)
    return server


def serve(settings: EditorSettings, version: str, read: BinaryIO, write: BinaryIO) -> None:
    """Answer one editor over two streams until it says goodbye."""
    made(settings, version).start_io(read, write)


# --------------------------------------------------------------------------- what it offers


def _of_life(server: RelanceServer) -> None:
    @server.feature(lsp.INITIALIZE)
    def initialize(params: lsp.InitializeParams) -> None:
        server.settings = _chosen(server.settings, params)

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def did_open(params: lsp.DidOpenTextDocumentParams) -> None:
        server.tell(server.opened(params.text_document.uri))

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def did_save(params: lsp.DidSaveTextDocumentParams) -> None:
        server.tell(server.opened(params.text_document.uri))

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    async def did_change(params: lsp.DidChangeTextDocumentParams) -> None:
        document, version = server.opened(params.text_document.uri), params.text_document.version
        await asyncio.sleep(_STILL)
        if document.version == version:
            server.tell(document)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(params: lsp.DidCloseTextDocumentParams) -> None:
        server.forget(params.text_document.uri)


def _chosen(settings: EditorSettings, params: lsp.InitializeParams) -> EditorSettings:
    """Take language and example from what the client says of itself; what the command line asked for in another language than English stays."""
    options: Any = params.initialization_options if isinstance(params.initialization_options, dict) else {}
    spoken = str(options.get("language") or (params.locale or "")[:2])
    known = spoken in LANGUAGES and (settings.language == LANGUAGES[0] or "language" in options)
    item = params.capabilities.text_document.completion.completion_item if params.capabilities.text_document and params.capabilities.text_document.completion else None
    return EditorSettings(spoken if known else settings.language, _example(settings.example, options.get("example")), bool(item and item.snippet_support))


def _example(example: ExampleInvoice, asked: Any) -> ExampleInvoice:
    """Read an example invoice, `{"due": "2026-03-02", "amount": "1200.00", "currency": "EUR"}`; what cannot be read stays as it was."""
    given = asked if isinstance(asked, dict) else {}
    try:
        due: date = day(str(given["due"])) if "due" in given else example.due
        amount: Decimal = decimal_amount(str(given["amount"])) if "amount" in given else example.amount
    except ValueError:
        return example
    return ExampleInvoice(due, amount, str(given.get("currency", example.currency)))


def _of_writing(server: RelanceServer) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=_TRIGGERS))
    def complete(params: lsp.CompletionParams) -> lsp.CompletionList:
        document = server.opened(params.text_document.uri)
        line, column = protocol.client_place(document, params.position)
        if wordings.is_wording(document.path):
            found = wordings.complete_wording(document.source, document.path, server.settings.language, line, column)
        else:
            found = completion.complete(server.asked(document), line, column)
        items = [protocol.completion_item(document, each, place, snippets=server.settings.snippets) for place, each in enumerate(found)]
        return lsp.CompletionList(is_incomplete=False, items=items)

    @server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, lsp.CodeActionOptions(code_action_kinds=[lsp.CodeActionKind.QuickFix]))
    def quick_fixes(params: lsp.CodeActionParams) -> Sequence[lsp.CodeAction]:
        document = server.opened(params.text_document.uri)
        found = [each for each in server.check(document) if protocol.uri_of(each.path) == document.uri]
        touched = [each for each in found if _touches(protocol.range_of(document, protocol.span_of(each)), params.range)]
        ways = (fixes.quick_fix(document.source, each, server.settings.language) for each in touched)
        return [protocol.code_action(server.opened, document, way, server.settings.language) for way in ways if way is not None]

    @server.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
    def rename(params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
        document = server.opened(params.text_document.uri)
        try:
            edits = _renamed(server, document, protocol.client_place(document, params.position), params.new_name)
        except steps.RenameRefusedError as error:
            server.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Error, said(error.args[0], server.settings.language)))
            return None
        return protocol.workspace_edit(server.opened, edits)

    @server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
    def prepare_rename(params: lsp.PrepareRenameParams) -> lsp.Range | None:
        document = server.opened(params.text_document.uri)
        name = steps.name_at(document.source, document.path, *protocol.client_place(document, params.position))
        return protocol.range_of(document, name.span) if name is not None else None

    @server.feature(lsp.TEXT_DOCUMENT_FORMATTING)
    def formatting(params: lsp.DocumentFormattingParams) -> Sequence[lsp.TextEdit]:
        document = server.opened(params.text_document.uri)
        after = relaid(document.source) if not wordings.is_wording(document.path) else None
        if after is None or after == document.source:
            return []
        return [lsp.TextEdit(lsp.Range(lsp.Position(0, 0), lsp.Position(len(document.lines) + 1, 0)), after)]


def _touches(one: lsp.Range, other: lsp.Range) -> bool:
    return (one.start.line, one.start.character) <= (other.end.line, other.end.character) and (other.start.line, other.start.character) <= (one.end.line, one.end.character)


def _renamed(server: RelanceServer, document: TextDocument, place: tuple[int, int], new: str) -> tuple[Edit, ...]:
    """Name the step at a place anew in every file of its playbook's family. Raises RenameRefusedError."""
    name = steps.name_at(document.source, document.path, *place)
    home, files = server.family_of(document, name.id) if name is not None else (None, {})
    if home is not None and home != document.path and family.ships(home):
        raise steps.RenameRefusedError(sentence("this step is of a playbook that ships with relance, and keeps its name"))
    return steps.rename(files, home, name.id if name is not None else "", new)


def _of_reading(server: RelanceServer) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    def hovered(params: lsp.HoverParams) -> lsp.Hover | None:
        document = server.opened(params.text_document.uri)
        line, column = protocol.client_place(document, params.position)
        if wordings.is_wording(document.path):
            found = wordings.hover_wording(document.source, document.path, server.settings.language, line, column)
        else:
            found = hover.hover(server.asked(document), server.settings.example, line, column)
        return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, found.text), protocol.range_of(document, found.span)) if found is not None else None

    @server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    def definition(params: lsp.DefinitionParams) -> lsp.Location | None:
        document = server.opened(params.text_document.uri)
        place = protocol.client_place(document, params.position)
        name = steps.name_at(document.source, document.path, *place)
        found = family.playbook_about(document.source, document.path, server.text_of) if name is not None else None
        span = steps.definition(found[1], found[0], name.id) if found is not None and name is not None else None
        span = span or family.file_at(document.source, document.path, *place, server.asked(document).templates)
        return protocol.location(server.opened, span) if span is not None else None

    @server.feature(lsp.TEXT_DOCUMENT_REFERENCES)
    def references(params: lsp.ReferenceParams) -> Sequence[lsp.Location]:
        document = server.opened(params.text_document.uri)
        name = steps.name_at(document.source, document.path, *protocol.client_place(document, params.position))
        files = server.family_of(document, name.id)[1] if name is not None else {}
        wanted = params.context.include_declaration
        spans = [each.span for path, text in files.items() for each in steps.names_in(text, path) if name and each.id == name.id and (wanted or not each.defines)]
        return [protocol.location(server.opened, span) for span in spans]

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def symbols(params: lsp.DocumentSymbolParams) -> Sequence[lsp.DocumentSymbol]:
        document = server.opened(params.text_document.uri)
        return [] if wordings.is_wording(document.path) else [protocol.symbol(document, each) for each in structure.symbols_of(document.source, document.path)]

    @server.feature(lsp.TEXT_DOCUMENT_FOLDING_RANGE)
    def folding(params: lsp.FoldingRangeParams) -> Sequence[lsp.FoldingRange]:
        document = server.opened(params.text_document.uri)
        return [lsp.FoldingRange(first - 1, last - 1) for first, last in structure.folds(document.source, document.path)]

    @server.feature(lsp.TEXT_DOCUMENT_CODE_LENS)
    def lenses(params: lsp.CodeLensParams) -> Sequence[lsp.CodeLens]:
        document = server.opened(params.text_document.uri)
        if wordings.is_wording(document.path):
            return []
        return [protocol.code_lens(each) for each in structure.lenses(document.source, document.path, server.settings.example, server.settings.language)]
