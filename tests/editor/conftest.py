"""One language server, as an editor starts it: a process, spoken to over its standard input and output."""

import asyncio
import sys
from pathlib import Path

import pytest
from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

from relance.editor.answers import Edit, changed
from relance.language.place import Span

DUE = "2026-03-02"


class Editor:
    """An editor with one server: it opens texts, moves the cursor and shows what comes back."""

    def __init__(self, runner, folder, *, language="en", snippets=False):
        self.runner, self.folder, self.found = runner, folder, {}
        self.client = LanguageClient("a test", "1")
        self.news = asyncio.Event()
        self.messages = []
        self.versions = {}
        self.version = 0

        @self.client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def published(params):
            self.found[params.uri] = params.diagnostics
            self.versions[params.uri] = params.version
            self.news.set()

        @self.client.feature(lsp.WINDOW_SHOW_MESSAGE)
        def said(params):
            self.messages.append(params.message)

        runner.run(self._start(language, snippets))

    async def _start(self, language, snippets):
        await self.client.start_io(sys.executable, "-c", "from relance.cli import main; main()", "lsp")
        item = lsp.ClientCompletionItemOptions(snippet_support=snippets)
        capabilities = lsp.ClientCapabilities(text_document=lsp.TextDocumentClientCapabilities(completion=lsp.CompletionClientCapabilities(completion_item=item)))
        options = {"language": language, "example": {"due": DUE, "amount": "1200.00"}}
        self.capabilities = (await self.client.initialize_async(lsp.InitializeParams(capabilities=capabilities, initialization_options=options))).capabilities
        self.client.initialized(lsp.InitializedParams())

    def client_says(self, uri, tell):
        """Tell the server something, and wait for its findings on this version of the text."""

        async def told():
            tell()
            while self.versions.get(uri) != self.version:
                self.news.clear()
                await asyncio.wait_for(self.news.wait(), 60)

        self.runner.run(told())

    def close(self):
        async def end():
            await self.client.shutdown_async(None)
            self.client.exit(None)
            await self.client.stop()

        self.runner.run(end())

    def open(self, text, name="essai.yaml", *, saved=False):
        """Open a text whose cursor is written `¦`; return its document and the cursor's place."""
        before, _, after = text.partition("¦")
        whole = before + after
        path = self.folder / name
        if saved:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(whole, encoding="utf-8")
        uri = path.as_uri()

        self.version += 1
        self.client_says(uri, lambda: self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(lsp.TextDocumentItem(uri, "yaml", self.version, whole))))
        line = before.split("\n")
        place = lsp.Position(len(line) - 1, len(line[-1].encode("utf-16-le")) // 2)
        return Document(self, uri, whole, place)


class Document:
    def __init__(self, editor, uri, text, place):
        self.editor, self.uri, self.text, self.place = editor, uri, text, place
        self.id = lsp.TextDocumentIdentifier(uri)

    def ask(self, name, params):
        method = getattr(self.editor.client, f"{name}_async")
        return self.editor.runner.run(asyncio.wait_for(method(params), 60))

    def close(self):
        self.editor.client.text_document_did_close(lsp.DidCloseTextDocumentParams(self.id))

    def type(self, text):
        editor = self.editor
        editor.version += 1
        self.text = text
        new = lsp.VersionedTextDocumentIdentifier(uri=self.uri, version=editor.version)
        changes = [lsp.TextDocumentContentChangeWholeDocument(text)]
        editor.client_says(self.uri, lambda: editor.client.text_document_did_change(lsp.DidChangeTextDocumentParams(new, changes)))

    @property
    def findings(self):
        return self.editor.found.get(self.uri, ())

    def suggestions(self):
        return self.ask("text_document_completion", lsp.CompletionParams(self.id, self.place)).items

    def accepted(self, label):
        """Return the text once the suggestion of that label was taken."""
        item = next(each for each in self.suggestions() if each.label == label)
        return self.edited([item.text_edit])

    def edited(self, edits):
        rows = self.text.split("\n")

        def column(place):  # back from UTF-16 to characters
            return len(rows[place.line].encode("utf-16-le")[: 2 * place.character].decode("utf-16-le")) + 1

        spans = [Edit(Span("", e.range.start.line + 1, column(e.range.start), e.range.end.line + 1, column(e.range.end)), e.new_text) for e in edits]
        return changed(self.text, spans)

    def hover(self):
        found = self.ask("text_document_hover", lsp.HoverParams(self.id, self.place))
        return found.contents.value if found is not None else None

    def definition(self):
        return self.ask("text_document_definition", lsp.DefinitionParams(self.id, self.place))

    def renamed(self, new):
        return self.ask("text_document_rename", lsp.RenameParams(text_document=self.id, position=self.place, new_name=new))

    def references(self):
        return self.ask("text_document_references", lsp.ReferenceParams(lsp.ReferenceContext(include_declaration=True), self.id, self.place))

    def fixes(self):
        whole = lsp.Range(lsp.Position(0, 0), lsp.Position(10_000, 0))
        return self.ask("text_document_code_action", lsp.CodeActionParams(self.id, whole, lsp.CodeActionContext(list(self.findings))))

    def fixed(self):
        """Return the text once the one quick fix there is was taken."""
        (fix,) = self.fixes()
        return self.edited(fix.edit.changes[self.uri])


@pytest.fixture(scope="package")
def runner():
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="package")
def editor(runner, tmp_path_factory):
    made = Editor(runner, tmp_path_factory.mktemp("editor"))
    yield made
    made.close()


@pytest.fixture(scope="package")
def french_editor(runner, tmp_path_factory):
    made = Editor(runner, tmp_path_factory.mktemp("redaction"), language="fr", snippets=True)
    yield made
    made.close()


@pytest.fixture
def beside(editor) -> Path:
    return editor.folder
