"""What the report holds one figure against another by: a ratio is worse only beyond the noise of both runs."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from measuring import Figure, Task, measured, middle, python, ratios, table

from report import PAGE, PARTS, hold, worse

KEPT = [2.0, 2.1, 2.05]


@pytest.mark.parametrize(
    ("now", "is_worse"),
    [
        ([2.0, 2.1, 2.2], False),
        ([2.6, 2.7, 2.65], False),  # beyond a quarter, within a quarter and the noise
        ([2.8, 2.85, 2.9], True),
        ([1.0, 3.0, 3.1], False),  # one round was as good as before: noise
    ],
)
def test_a_ratio_is_worse_beyond_noise(now, is_worse):
    assert worse(now, KEPT) is is_worse
    assert bool(hold({"a": now}, {"a": KEPT})) is is_worse
    assert hold({"new": now}, {"a": KEPT}) == []


def test_a_task_says_itself_what_its_work_cost():
    figure = measured(Task(python("from measuring import cost\nwith cost(): sum(range(10))"), times=10))
    assert 0 <= figure.cpu < 0.01
    with pytest.raises(RuntimeError, match="no such thing"):
        measured(Task(python("import sys; sys.stderr.write('no such thing'); sys.exit(3)")))


def test_each_task_stands_beside_its_limit():
    found = {"one": [Figure(2, 2, 10), Figure(4, 4, 12), Figure(3, 3, 11)], "alone": [Figure(1, 1, 5)] * 3}
    assert ratios(found["one"], found["alone"]) == [2, 4, 3]
    assert middle(found["one"]) == Figure(3, 3, 11)
    assert table(found, {"one": "alone"}, {"one": "4 s"})[2:] == ["| one | 3.00 s | 3.00 s | 11 MiB | 3.00 × alone | 4 s |", "| alone | 1.00 s | 1.00 s | 5 MiB | – | – |"]


def test_the_page_has_a_place_for_every_part():
    text = PAGE.read_text("utf-8")
    assert all(f"<!-- measured: {name} -->" in text for name in PARTS)
