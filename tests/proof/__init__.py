"""The proof: load held, faults survived, bad inputs tried, each check with count and seed.

`python -m tests.proof --json FILE` runs all of it, which takes hours; `tests/test_proof.py`
runs a small share of each check among the ordinary tests.
"""

import sys
from pathlib import Path

_SHARED = str(Path(__file__).parents[1])  # what test files share lies there
if _SHARED not in sys.path:
    sys.path.insert(0, _SHARED)
