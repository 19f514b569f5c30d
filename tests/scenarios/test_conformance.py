"""What peers assert about when a reminder is due holds here, said in the language itself; what is about something else is listed."""

from pathlib import Path

import pytest
import yaml

from relance.simulation import playbook_tests

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("*.test.yaml"))
PEERS = HERE.parents[1].parent / "shared" / "data" / "peer_scenarios.json"


def names() -> list[str]:
    return [case["name"] for file in FILES for case in yaml.safe_load(file.read_text())["tests"]]


@pytest.mark.skipif(not PEERS.exists(), reason="the peers' behaviour is not beside this checkout")
def test_every_behaviour_of_a_peer_is_tested_or_listed_with_a_reason():
    import json

    known = {case["id"] for case in json.loads(PEERS.read_text())}
    listed = yaml.safe_load((HERE / "not_about_when.yaml").read_text())
    tested = {name.split()[0] for name in names() if name.split()[0] in known}
    assert known - tested - set(listed) == set()
    assert tested & set(listed) == set()
    assert set(listed) <= known
    assert all(len(reason) > 20 for reason in listed.values())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_language_says_what_peers_do(file):
    tests, findings = playbook_tests.read_tests(file)
    assert tests is not None, findings
    for result in playbook_tests.run_file(tests).results:
        assert result.passed, (result.test.name, result.differences, result.ends)
