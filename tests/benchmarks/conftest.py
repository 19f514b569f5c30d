"""Benchmarks run once, without being timed, among what takes longer; `--benchmark-enable` times them wherever they are asked for."""

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    if config.getoption("benchmark_disable") and not config.getoption("benchmark_enable"):
        for item in items:
            if "tests/benchmarks/" in item.nodeid:
                item.add_marker(pytest.mark.long)
