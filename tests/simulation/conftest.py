"""Let the tests of this folder share their slow way, and the portfolios of tests/columnar."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "columnar"))
