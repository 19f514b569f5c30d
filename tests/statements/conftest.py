"""What a bank's file says is written by `bank_files`, which the tests of this folder import by its name."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
