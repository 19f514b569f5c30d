"""The tree of a project: what belongs to a playbook hangs on it, every file is there once, and no branch can be taken for a file."""

from relance.sentences import told
from relance.studio.project_tree import project_tree

KINDS = {
    "playbooks/a.yaml": "playbook", "playbooks/a.test.yaml": "test", "playbooks/a.promises.yaml": "promises", "playbooks/lone.test.yaml": "test",
    "routage.yaml": "routing", "papier.yaml": "letterhead", "relance.yaml": "project", "notes.yaml": None,
}  # fmt: skip
WORDINGS = ["templates/fr/relance-1/courteous/email.md.j2", "templates/fr/relance-1/message.md.j2", "aussi/x.j2"]


def leaves(nodes):
    for node in nodes:
        yield from [node["id"]] if ":" not in node["id"] else []
        yield from leaves(node.get("children", ()))


def test_each_file_hangs_where_it_is_looked_for():
    found = project_tree([*KINDS, *WORDINGS, "LISEZMOI.md"], KINDS.get, told, str.upper)
    assert [node["id"] for node in found] == ["playbook:", "routing:", "wording:", "letterhead:", "test:", "project:", ":"]
    assert sorted(leaves(found)) == sorted([*KINDS, *WORDINGS, "LISEZMOI.md"])
    playbook = found[0]["children"][0]
    assert [playbook["label"], *(node["id"] for node in playbook["children"])] == ["A.YAML", "playbooks/a.test.yaml", "playbooks/a.promises.yaml"]
    assert [node["id"] for node in found[4]["children"]] == ["playbooks/lone.test.yaml"]
    french = next(node for node in found[2]["children"] if node["label"] == "TEMPLATES")["children"][0]
    assert french["label"] == "FR"
    assert [each["label"] for each in french["children"][0]["children"]] == ["COURTEOUS", "MESSAGE.MD.J2"]
    assert not {node["id"] for node in found} & set(KINDS)
