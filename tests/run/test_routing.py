from __future__ import annotations

from datetime import date

import pytest

from relance.model import Event, Severity
from relance.portfolio.routing import assign, moved_to, read_routing, with_known

ON = date(2026, 3, 2)


@pytest.fixture
def write(tmp_path):
    def write(text: str):
        path = tmp_path / "routing.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def routed(path, facts):
    routing, said = read_routing(path)
    assert routing is not None, said
    assigned, unrouted = assign(routing, facts, ON)
    return {case.id: each.playbook.id for each in assigned for case in each.cases}, [each.invoice for each in unrouted]


def test_the_first_rule_that_holds_takes_the_case(write, make_facts):
    path = write(
        'routes:\n  - {playbook: mauvaise-foi, if: {balance: {at_least: "500.00"}}}\n  - {playbook: negligent, if: {profile: negligent}}\n'
    )
    facts = make_facts(("F-1", "2026-02-01", "499.99"), ("F-2", "2026-02-01", "500.00"), profile="negligent")
    assert routed(path, facts) == ({"F-2": "mauvaise-foi", "F-1": "negligent"}, [])
    assert routed(path, make_facts(("F-1", "2026-02-01", "499.99"))) == ({}, ["F-1"])


def test_a_rule_without_a_condition_takes_what_is_left(write, make_facts):
    path = write("routes:\n  - {playbook: consommateur}\n  - {playbook: negligent}\n")
    assert routed(path, make_facts(("F-1", "2026-02-01", "10.00"), kind="business"))[0] == {"F-1": "negligent"}


def test_an_account_is_asked_as_an_account(write, tmp_path, make_facts):
    (tmp_path / "together.yaml").write_text(
        "schema: 1\nplaybook: together\nversion: 1\ntitle: T\ndebtor: any\ncollector: creditor\nlanguage: fr\nunit: account\nsteps:\n"
        "  - {id: first, at: J+1, channels: [email], tone: courteous, template: relance-1}\n",
        encoding="utf-8",
    )
    path = write('routes:\n  - {playbook: together, if: {balance: {at_least: "500.00"}}}\n  - {playbook: negligent}\n')
    assert routed(path, make_facts(("F-1", "2026-02-01", "300.00"), ("F-2", "2026-02-01", "200.00")))[0] == {"dupont/EUR": "together"}
    assert routed(path, make_facts(("F-1", "2026-02-01", "300.00"), ("F-2", "2026-02-01", "199.99")))[0] == {
        "F-1": "negligent",
        "F-2": "negligent",
    }


def test_states_may_be_asked_as_in_a_playbook(write, make_facts):
    path = write("routes:\n  - {playbook: litige, if: {disputed: true}}\n  - {playbook: negligent}\n")
    facts = make_facts(
        ("F-1", "2026-02-01", "10.00"), ("F-2", "2026-02-01", "10.00"), events=(Event(ON, "dispute.opened", "F-2", data={"reason": "x"}),)
    )
    assert routed(path, facts)[0] == {"F-2": "litige", "F-1": "negligent"}


def test_a_move_goes_before_every_rule(write, make_facts):
    path = write("routes:\n  - {playbook: negligent}\n")
    facts = make_facts(("F-1", "2026-02-01", "10.00"), events=(Event(ON, "playbook.changed", data={"playbook": "declic"}),))
    assert routed(path, facts) == ({}, ["F-1"])
    routing, _ = read_routing(path)
    whole = with_known(routing, moved_to([facts]), lambda name: None)
    assert whole is routing
    other, _ = read_routing(write("routes:\n  - {playbook: declic}\n"))
    whole = with_known(routing, moved_to([facts]), other.playbooks.get)
    (each,), _ = assign(whole, facts, ON)
    assert each.playbook.id == "declic"


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("routes: []\n", "PB106", 1),
        ("routes:\n  - {playbok: negligent}\n", "PB101", 2),
        ("routes:\n  - {playbook: nobody}\n", "PB530", 2),
        ("routes:\n  - {playbook: ./nobody.yaml}\n", "PB530", 2),
        ("routes:\n  - {playbook: negligent, if: {balanc: 3}}\n", "PB101", 2),
        ('routes:\n  - {playbook: negligent, if: {balance: {at_least: "1,00"}}}\n', "PB105", 2),
        ("routes: [", "PB0", 1),
    ],
)  # fmt: skip
def test_a_mistake_is_found_at_its_place(write, text, code, line):
    routing, found = read_routing(write(text))
    assert routing is None
    assert any(each.code.startswith(code) and each.line == line for each in found), found


def test_a_broken_playbook_is_shown_with_its_mistakes(write, tmp_path):
    (tmp_path / "own.yaml").write_text("schema: 1\nplaybook: own\n", encoding="utf-8")
    routing, found = read_routing(write("routes:\n  - {playbook: own}\n"))
    assert routing is None
    assert {each.path.rpartition("/")[2] for each in found} == {"own.yaml", "routing.yaml"}


def test_rules_nobody_comes_to_are_hinted_at(write):
    routing, found = read_routing(write("routes:\n  - {playbook: negligent}\n  - {playbook: declic}\n"))
    assert routing is not None
    assert [(each.code, each.severity, each.line) for each in found] == [("PB531", Severity.HINT, 3)]
