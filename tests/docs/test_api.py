"""The page on the library is true: its example runs, its table names the public face, and the face hides nothing."""

import contextlib
import inspect
import io
import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules, walk_packages

import pytest

import relance
from relance import RelanceError

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLE = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1]
PACKAGES = ["relance", *(f"relance.{each.name}" for each in iter_modules(relance.__path__) if each.ispkg)]


def test_the_example_embeds_the_interpreter():
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(EXAMPLE, "docs/api.md", "exec"), {"__name__": "example"})
    assert said.getvalue().splitlines() == ["2026-03-03 relance-1 email 840.00 EUR", "paid"]
    assert sum(1 for line in EXAMPLE.splitlines() if line.strip() and not line.strip().startswith("#")) <= 30


def test_the_table_names_every_public_name_and_no_other():
    table = PAGE.partition("## What is public")[2].partition("## What may change")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`(\w+)", row)}
    also = {name for name in relance.__all__ if f"`{name}" in table}
    results = {"Evaluation", "Look", "Route", "Routing", "Timeline"}  # what functions of the table take and give
    assert named | results == set(relance.__all__)
    assert also >= named
    assert all(name in table for name in results)


@pytest.mark.parametrize("name", relance.__all__)
def test_every_public_name_is_there_with_its_types(name):
    found = getattr(relance, name)
    if inspect.isfunction(found):
        signature = inspect.signature(found)
        assert signature.return_annotation is not inspect.Signature.empty
        assert all(each.annotation is not inspect.Parameter.empty for each in signature.parameters.values())
    assert found is not None


@pytest.mark.parametrize("package", PACKAGES)
def test_no_face_hides_a_module_of_its_own_name(package):
    face = import_module(package)
    modules = {each.name for each in iter_modules(face.__path__)}
    assert not modules & set(getattr(face, "__all__", ()))


def test_every_error_of_its_own_is_a_relance_error():
    strays = []
    for each in walk_packages(relance.__path__, "relance."):
        if each.name.endswith("spark_job"):
            continue
        module = import_module(each.name)
        for name, found in inspect.getmembers(module, inspect.isclass):
            own = found.__module__ == each.name and issubclass(found, Exception) and not name.startswith("_")
            if own and not issubclass(found, RelanceError) and not each.name.startswith("relance.cli"):
                strays.append(f"{each.name}.{name}")
    assert strays == []


def test_a_name_nobody_knows_is_no_attribute():
    with pytest.raises(AttributeError, match="nobody"):
        relance.nobody  # noqa: B018
