"""The proof: load held, faults survived, bad inputs tried, each check with count and seed.

`python -m tests.proof --json FILE` runs all of it, which takes hours; `tests/proof/test_proof.py`
runs a small share of each check among the ordinary tests.
"""
