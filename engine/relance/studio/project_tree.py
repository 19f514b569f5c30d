"""The files of a project as a tree: each playbook with its tests and its promises below it, then routings, wordings by folder, letterheads, and what else there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import PurePosixPath
from typing import Any

from relance.sentences import sentence

#: Kind of a file → the branch it hangs on, in the order of the tree; what belongs to a playbook hangs on that, where it is there.
BRANCHES = {
    "playbook": sentence("Playbooks"), "routing": sentence("Routings"), "wording": sentence("Wordings"), "letterhead": sentence("Letterheads"),
    "test": sentence("Tests"), "promises": sentence("Promises"), "project": sentence("The project"), "": sentence("Other files"),
}  # fmt: skip
#: How the names of files end that belong to the playbook beside them, whose name they begin with.
_BELONGING = (".test", ".promises", ".signature")

Node = dict[str, Any]


def project_tree(paths: Iterable[str], kind: Callable[[str], str | None], say: Callable[[Any], str], called: Callable[[str], str]) -> list[Node]:
    """Return the nodes of the tree, as `ui.tree` takes them; a file's id is its path, and no branch is one.

    `kind` says what a YAML file is, `called` how a name is shown.
    """
    branches: dict[str, list[Node]] = {name: [] for name in BRANCHES}
    playbooks: dict[str, Node] = {}
    belonging: list[tuple[str, str, Node]] = []
    for path in paths:
        place = PurePosixPath(path)
        if place.suffix == ".j2":
            _hang(branches["wording"], path, place.parts, called)
            continue
        node: Node = {"id": path, "label": called(place.name)}
        found = kind(path) if place.suffix in (".yaml", ".yml") else None
        branch = found if found is not None and found in BRANCHES else ""
        stem = place.with_suffix("")
        if stem.suffix in _BELONGING:
            belonging.append((stem.with_suffix("").as_posix(), branch, node))
            continue
        branches[branch].append(node)
        if branch == "playbook":
            playbooks[stem.as_posix()] = node
    for whose, branch, node in belonging:
        (playbooks[whose].setdefault("children", []) if whose in playbooks else branches[branch]).append(node)
    return [{"id": f"{name}:", "label": say(title), "children": branches[name]} for name, title in BRANCHES.items() if branches[name]]


def _hang(nodes: list[Node], path: str, parts: tuple[str, ...], called: Callable[[str], str]) -> None:
    """Hang a wording on the folders that it lies in."""
    for depth, part in enumerate(parts[:-1], 1):
        name = f"wording:{'/'.join(parts[:depth])}"
        folder = next((node for node in nodes if node["id"] == name), None)
        if folder is None:
            nodes.append(folder := {"id": name, "label": called(part), "children": []})
        nodes = folder["children"]
    nodes.append({"id": path, "label": called(parts[-1])})
