"""The author's page: the files of the project, those that are open side by side, and the view of the one that is looked at."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from nicegui import ui

from relance.checking import kind_of_file
from relance.editor.new_project import new_playbook
from relance.language import library
from relance.sentences import sentence
from relance.studio.file_view import FileView
from relance.studio.frame import PageReader, framed, reader_here, shown
from relance.studio.gate import Role, kept_of
from relance.studio.open_texts import OpenTexts
from relance.studio.project_tree import project_tree
from relance.studio.workspace import FileRefusedError

if TYPE_CHECKING:
    from relance.studio.settings import StudioSettings

_KEPT = "open texts"
#: Ctrl+S wherever the cursor is on the page; a field that is being filled in gives its value first. In the editor its own key does it.
_SAVE_KEY = """
document.addEventListener('keydown', (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 's' || event.defaultPrevented) return;
    event.preventDefault();
    const field = document.activeElement?.closest('input, textarea');
    field?.blur();
    setTimeout(() => emitEvent('relance-save'), field ? 500 : 0);
});
"""


def serve(studio: StudioSettings) -> None:
    """Say which address is which page of the author."""

    @ui.page("/write")
    async def write(file: str = "") -> None:
        reader, request = reader_here(studio.language), ui.context.client.request
        assert request is not None
        texts = kept_of(request.scope).setdefault(_KEPT, OpenTexts())
        with framed(reader, "/write", reader.say(sentence("Playbooks"))):
            await _OpenFiles(studio, reader, texts).build(file)


class _OpenFiles:
    """The page: every file of the project, a button for each that is open, and their views, of which one is seen."""

    def __init__(self, studio: StudioSettings, reader: PageReader, texts: OpenTexts) -> None:
        self.studio, self.reader, self.texts = studio, reader, texts
        self.views: dict[str, FileView] = {}
        self.path = ""  # of the one that is seen
        self.files = dict[str, str]()  # of the project: what each is called where one is chosen

    async def build(self, file: str) -> None:
        """Make the page."""
        say = self.reader.say
        self.files = {path: shown(path, 90) for path in self.studio.workspace.files()}
        with ui.row().classes("w-full items-center"):
            self.choice = ui.select(self.files, label=say(sentence("file")), with_input=True, on_change=self._chosen).classes("w-96").props("dense outlined")
            if self.reader.may(Role.AUTHOR):
                ui.button(say(sentence("new playbook")), icon="add", on_click=self._new).props("outline no-caps")
                ui.button(say(sentence("save")), icon="save", on_click=self._save).props("no-caps")
                ui.button(say(sentence("back to what is saved")), icon="undo", on_click=self._take_back).props("flat no-caps")
        self.project = ui.expansion(say(sentence("the files of the project")), icon="account_tree", value=not file).classes("w-full").props("dense header-class=text-body2")
        await self._show_tree()
        label = say(sentence("open files"))
        self.names = ui.row().classes("w-full items-center q-mb-sm").props(f'role=group aria-label="{label}"').style("gap:4px")
        self.none = ui.label("").classes("rl-soft").props("role=status")
        self.place = ui.column().classes("w-full")
        ui.on("relance-save", lambda _: self._save())
        ui.timer(0.5, lambda: ui.run_javascript(_SAVE_KEY), once=True)
        if file:
            await self.open(file)
        else:
            self.show()

    async def _show_tree(self) -> None:
        """Show the project's files as a tree; a file is opened by a click or by Enter, a branch grows."""
        work = self.studio.workspace
        nodes = await asyncio.to_thread(lambda: project_tree(self.files, lambda path: kind_of_file(work.place(path)), self.reader.say, lambda name: shown(name, 60)))
        self.project.clear()
        with self.project, ui.element("div").style("max-height:45vh;overflow:auto"):
            self.tree = ui.tree(nodes, on_select=self._selected).props("dense no-connectors selected-color=primary")
            self.tree.expand(["playbook:", "wording:"])

    async def _selected(self, event: Any) -> None:
        if event.value is not None and event.value not in self.files:
            self.tree.expand([event.value])  # a branch, which is not looked at
            self.tree.deselect()
        elif event.value is not None and event.value != self.path:
            await self.open(str(event.value))

    async def open(self, path: str) -> None:
        """Show a file; its view is made where it was not looked at yet."""
        try:
            if path not in self.views or self.texts.at(path) is None:
                typed = self.texts.open(path, self.studio.workspace.read)
                if (old := self.views.pop(path, None)) is not None:
                    old.whole.delete()
                with self.place:
                    self.views[path] = view = FileView(self.studio, self.reader, self.texts, typed, self.show)
                    view.build()
        except FileRefusedError as error:
            self.show()
            self.none.text = self.reader.say(error.args[0])
            self.none.set_visibility(True)
            return
        self.path = path
        self.project.close()
        ui.navigate.history.replace(f"/write?file={quote(path)}")
        self.show()

    def show(self) -> None:
        """Show which files are open, which of them say what is not saved, and the view of one."""
        say = self.reader.say
        if self.path and self.path not in self.files:
            self.files[self.path] = shown(self.path, 90)
            self.choice.set_options(self.files)
            ui.timer(0, self._show_tree, once=True)
        self.choice.value = self.path or None
        for path in self.views.keys() - set(self.texts.paths()):
            self.views.pop(path).whole.delete()
        self.names.clear()
        with self.names:
            for path in self.texts.paths():
                typed = self.texts.at(path)
                unsaved = typed is not None and typed.unsaved
                name = f"{shown(path, 60)}{' •' if unsaved else ''}"
                about = say(sentence("{file}, not saved", file=shown(path, 60))) if unsaved else shown(path, 60)
                button = ui.button(name, on_click=lambda _, path=path: self.open(path)).props(f"dense no-caps {'unelevated' if path == self.path else 'outline'}")
                button.props["aria-label"] = about
                button.props["aria-pressed"] = "true" if path == self.path else "false"
                close = ui.button(icon="close", on_click=lambda _, path=path: self._close(path)).props("flat round dense size=sm")
                close.props["aria-label"] = say(sentence("close {file}", file=shown(path, 60)))
        for path, view in self.views.items():
            view.show(visible=path == self.path)
        self.none.text = say(sentence("open a file, or begin a playbook from one that ships"))
        self.none.set_visibility(not self.path)

    # ----------------------------------------------------------------- moves

    async def _chosen(self, event: Any) -> None:
        if event.value and event.value != self.path:
            await self.open(str(event.value))

    async def _save(self) -> None:
        if self.path:
            await self.views[self.path].save()

    async def _take_back(self) -> None:
        if self.path:
            await self.views[self.path].take_back()

    async def _close(self, path: str) -> None:
        """Close a file; what it says and is not saved is given up only by who says so."""
        say, typed = self.reader.say, self.texts.at(path)
        if typed is not None and typed.unsaved:
            with ui.dialog() as dialog, ui.card():
                ui.label(say(sentence("{file} says what is not saved: give it up?", file=shown(path, 60))))
                with ui.row():
                    ui.button(say(sentence("give it up")), on_click=lambda: dialog.submit(True)).props("no-caps")
                    ui.button(say(sentence("no")), on_click=lambda: dialog.submit(False)).props("flat no-caps")
            given_up = await dialog
            dialog.delete()
            if not given_up:
                return
        self.texts.close(path)
        if path != self.path:
            self.show()
            return
        self.path = ""
        if left := self.texts.paths():
            await self.open(left[-1])
        else:
            ui.navigate.history.replace("/write")
            self.show()

    async def _new(self) -> None:
        say = self.reader.say
        with ui.dialog() as dialog, ui.card().classes("w-96"):
            ui.label(say(sentence("A playbook of your own, from one that ships"))).classes("text-bold")
            model = ui.select(list(library.shipped_ids()), value="negligent", label=say(sentence("from"))).classes("w-full")
            name = ui.input(say(sentence("name: lower-case letters, digits, hyphens")), validation={say(sentence("lower-case letters, digits, hyphens")): lambda value: value.replace("-", "").isalnum() and value == value.lower()}).classes("w-full")
            with ui.row():
                ui.button(say(sentence("begin")), on_click=lambda: dialog.submit((model.value, name.value))).props("no-caps")
                ui.button(say(sentence("no")), on_click=lambda: dialog.submit(None)).props("flat no-caps")
        chosen = await dialog
        if not chosen or not chosen[1]:
            return
        try:
            files = new_playbook(chosen[1], chosen[0])
            places = self.studio.workspace
            written = places.begin({path: text for path, text in files.items() if path.startswith("playbooks/") or not places.place(path).exists()})
        except (FileRefusedError, ValueError) as error:
            ui.notify(say(error.args[0]), type="negative")
            return
        await self.open(written[0])
